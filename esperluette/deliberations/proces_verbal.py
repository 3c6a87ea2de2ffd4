"""Ce que dit un procès-verbal (CRPA, art. R. 133-13), et l'extrait d'un dossier, qui ne dit rien des autres.

Nom et qualité des présents, questions traitées, sens de chaque délibération, mandataires et mandants, désaccords
demandés. Un déport nomme la personne, jamais son motif.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from esperluette.commissions.enums import Issue
from esperluette.commissions.models import Point, Seance
from esperluette.deliberations.enums import Mode
from esperluette.deliberations.lectures import avis_du_point
from esperluette.deliberations.models import Presence
from esperluette.deliberations.table import Participant, Table, deports_de

GABARIT, GABARIT_EXTRAIT = "deliberations/proces_verbal.html", "deliberations/extrait.html"
FORMAT = 1
SANS_DELIBERATION: dict[str, str] = {Issue.RETIRE: "retire", Issue.REPORTE: "reporte", Issue.A_EXAMINER: "reporte"}
# Ce qu'un extrait reprend de l'en-tête ; les observations, qui peuvent citer d'autres dossiers, n'en sont pas.
ENTETE = (
    "format", "reference", "equipe", "instance", "sigle", "date", "ouverte_le", "close_le", "lieu", "modalite",
    "seconde", "preside_par", "presents", "absents", "mandats", "valide",
)  # fmt: skip


def contenu_de(seance: Seance, points: Sequence[Point], table: Table) -> dict[str, Any]:
    """Le contenu figé d'un procès-verbal, en JSON. `points` : tous, dans l'ordre, avec leurs relations préchargées."""
    instance = seance.instance
    return {
        "format": FORMAT,
        "titre": "Procès-verbal",
        "reference": f"{instance.sigle}-{seance.date:%Y-%m-%d}",
        "equipe": {"nom": instance.nom, "commune": "", "departement": "", "region": instance.region.nom},
        "instance": instance.nom,
        "sigle": str(instance),
        "date": seance.date.isoformat(),
        "ouverte_le": seance.ouverte_le.isoformat() if seance.ouverte_le else "",
        "close_le": seance.close_le.isoformat() if seance.close_le else timezone.now().isoformat(),
        "lieu": seance.lieu,
        "modalite": seance.get_modalite_display(),
        "seconde": seance.seconde_de_id is not None,
        "preside_par": _president(table),
        "presents": _presents(table),
        "absents": [_personne(p) for p in table.participants if p.mode in ("", Mode.ABSENT)]
        if not table.ecrite
        else [],
        "mandats": [{"mandant": str(m.mandant), "de": str(m.de), "a": str(m.a)} for m in table.pouvoirs],
        "observations": table.tenue.observations if table.tenue else "",
        "points": [_point(n, point, table) for n, point in enumerate(points, 1)],
        "valide": None,
    }


def extrait_de(contenu: dict[str, Any], point: int) -> dict[str, Any]:
    """La part d'un procès-verbal qui concerne un point, et lui seul."""
    sien = next(p for p in contenu["points"] if p["point"] == point)
    return {cle: contenu[cle] for cle in ENTETE} | {
        "titre": "Extrait du procès-verbal",
        "reference": f"{contenu['reference']}-{sien['reference']}",
        "sujet": sien,
    }


def masquer(contenu: dict[str, Any], ecartes: Collection[int]) -> dict[str, Any]:
    """Ce qu'en lit quelqu'un d'écarté de ces points : leur rang, et rien d'autre ; ni les observations, qui peuvent
    les citer.
    """
    if not any(p["point"] in ecartes for p in contenu["points"]):
        return contenu
    points = [
        {"point": p["point"], "numero": p["numero"], "issue": "", "masque": True} if p["point"] in ecartes else p
        for p in contenu["points"]
    ]
    return contenu | {"observations": "", "points": points}


def a_imprimer(contenu: dict[str, Any], *, empreinte: str) -> dict[str, Any]:
    """Le contexte du gabarit : un document pas encore validé se dit « projet »."""
    return contenu | {"brouillon": contenu["valide"] is None, "empreinte": empreinte if contenu["valide"] else ""}


def _president(table: Table) -> str:
    tenue = table.tenue
    if tenue is None or tenue.preside_par is None:
        return ""
    siege = next((str(p.siege) for p in table.participants if p.compte.pk == tenue.preside_par_id), "")
    return ", ".join(filter(None, (str(tenue.preside_par), siege)))


def _personne(participant: Participant) -> dict[str, str]:
    qualite = "observateur" if not participant.siege.votant else "titulaire" if participant.titulaire else "suppléant"
    return {"nom": str(participant.compte), "siege": str(participant.siege), "qualite": qualite}


def _presents(table: Table) -> list[dict[str, Any]]:
    """Une ligne par personne venue, avec ses heures ; par écrit, personne ne siège : les votants sont aux points."""
    lignes = []
    for participant in table.participants:
        la = [p for p in participant.presences if p.mode in Mode.LA]
        if la:
            lignes.append(
                _personne(participant)
                | {"mode": Mode(la[-1].mode).label, "heures": [_heures(p, table.seance) for p in la]}
            )
    return lignes


def _heures(presence: Presence, seance: Seance) -> dict[str, str]:
    """L'arrivée et le départ ; le départ est vide pour qui est resté jusqu'à la clôture."""
    arrive = presence.arrive_le.isoformat() if presence.arrive_le else ""
    return {"arrive_le": arrive, "parti_le": presence.parti_le.isoformat() if presence.parti_le else ""}


def _point(numero: int, point: Point, table: Table) -> dict[str, Any]:
    dossier, avis = point.dossier, avis_du_point(point)
    implantation = dossier.equipe.implantation
    dit = {
        "point": point.pk,
        "numero": numero,
        "reference": dossier.reference,
        "equipe": dossier.equipe.nom,
        "commune": f"{implantation.nom} ({implantation.departement.nom})",
        "affaire": point.affaire_libelle or dossier.demarche_libelle,
        "rapporteur": str(point.rapporteur) if point.rapporteur else "",
        "deports": [str(d.compte) for d in deports_de(point)],
        "issue": SANS_DELIBERATION.get(point.issue, avis.sorte),
        "libelle": "", "effet": "", "motif": "", "quorum": "", "voix": "", "voix_par_siege": [], "reserves": [],
        "desaccords": [], "seance_suivante": "", "rendu_le": "",
    }  # fmt: skip
    if dit["issue"] == "retire":
        return dit | {"libelle": "Retiré de l’ordre du jour", "motif": point.motif_retrait}
    if dit["issue"] == "reporte":
        return dit | {"libelle": "Reporté, faute de quorum", "quorum": table.quorum_du_point(point).phrase}
    return dit | {
        "libelle": avis.libelle,
        "effet": avis.effet,
        "motif": avis.motif,
        "quorum": avis.quorum.get("phrase", ""),
        "voix": avis.voix.get("phrase", ""),
        "voix_par_siege": avis.voix.get("par_siege", []),
        "reserves": [
            {
                "texte": r.texte,
                "responsable": " : ".join(filter(None, (r.get_cote_display(), r.responsable))),
                "avant_le": r.avant_le.isoformat() if r.avant_le else "",
            }
            for r in point.reserves.all()
        ],
        "desaccords": [{"siege": str(d.siege), "texte": d.texte} for d in point.desaccords.all()],
        "seance_suivante": avis.seance_suivante.date.isoformat() if avis.seance_suivante else "",
        "rendu_le": avis.rendu_le.isoformat() if avis.rendu_le else "",
    }
