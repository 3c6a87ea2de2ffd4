"""La synthèse d'un dossier en une page : qui, où, quoi, ce que les règles en disent. Pour le livret et la séance.

Ce qui est signé vient du dernier dépôt reçu ; ce que disent les règles est calculé au jour de la synthèse.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from esperluette.commissions.horaires import duree_totale, en_mots, heures_de_passage, ou
from esperluette.commissions.models import Point, Seance
from esperluette.commun.texte_riche import texte_brut
from esperluette.diagnostics.encart_ecrit import contestes
from esperluette.dossiers.lectures import demarche_de, edition_de, trame_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.lectures import faits
from esperluette.equipes.models import Equipe
from esperluette.equipes.situation import lire_d_un_coup
from esperluette.referentiel.evaluation import EtatCritere, Evaluation, FormeNonCouverte, evaluer
from esperluette.referentiel.modele import Edition
from esperluette.territoires.models import Commune

AXES_CITES, LONGUEUR = 8, 220


def points_du_livret(seance: Seance, cles: Iterable[int]) -> list[Point]:
    """Ces points de la séance, avec tout ce que lit une synthèse ; le nombre de requêtes ne dépend pas du leur."""
    depots = Depot.objects.filter(depose_le__isnull=False).order_by("-numero")
    equipes = Equipe.objects.avec_regles()
    points = list(
        seance.points.a_l_ordre_du_jour()
        .filter(pk__in=list(cles))
        .select_related("rapporteur", "dossier")
        .prefetch_related(Prefetch("dossier__equipe", equipes), Prefetch("dossier__depots", depots))
    )
    lire_d_un_coup(point.dossier.equipe for point in points)
    return points


def syntheses(seance: Seance, points: Sequence[Point]) -> list[dict[str, Any]]:
    """La synthèse de chaque point, dans l'ordre ; JSON."""
    heures = heures_de_passage(seance, seance.points.a_l_ordre_du_jour())
    communes = _noms_des_communes(points)
    pages = []
    for point in points:
        heure = heures.get(point.pk)
        page = synthese_de(point.dossier, communes)
        page |= {
            "point": point.pk,
            "numero": point.ordre,
            "affaire": point.affaire_libelle or point.dossier.demarche_libelle,
            "rapporteur": str(point.rapporteur) if point.rapporteur else "",
            "duree": point.duree_minutes,
            "heure": heure.isoformat() if heure else "",
            "porteur_invite": point.porteur_invite,
        }
        if point.motif_hors_delai:
            page["attentions"] = [f"Déposé après la date limite : {point.motif_hors_delai}", *page["attentions"]]
        pages.append(page)
    return pages


def synthese_de(dossier: Dossier, communes: dict[str, str] | None = None) -> dict[str, Any]:
    """Ce qu'une page dit d'un dossier. `communes` : les noms par code, quand l'appelant les a déjà lus."""
    depot = next(iter(dossier.depots.all()), None)
    membres = depot.contenu["membres"] if depot is not None else []
    if communes is None:
        communes = dict(Commune.objects.filter(pk__in=[m["commune"] for m in membres]).values_list("pk", "nom"))
    edition, equipe = edition_de(dossier), dossier.equipe
    evaluation = _evaluation(edition, dossier)
    return {
        "reference": dossier.reference,
        "equipe": equipe.nom,
        "forme": equipe.sigle,
        "commune": equipe.implantation.nom,
        "departement": equipe.implantation.departement.nom,
        "demarche": dossier.demarche_libelle,
        "depose_le": dossier.depose_le.isoformat() if dossier.depose_le else "",
        "version": depot.numero if depot is not None else 0,
        "membres": [
            {
                "nom": f"{m['prenom']} {m['nom']}",
                "profession": m["profession"],
                "commune": communes.get(m["commune"], "") if m["commune"] else "",
                "porteur": m["porteur"],
            }
            for m in membres
        ],
        "communes": sorted(c.nom for c in equipe.communes.all()) or [equipe.implantation.nom],
        "zonages": _zonages(edition, equipe),
        "axes": _axes(dossier, depot),
        "aides": _aides(edition, dossier),
        "verdict": evaluation.verdict.reponse.libelle if evaluation else "Sans règle connue",
        "controles": _controles(evaluation, dossier),
        "attentions": [*_attentions(evaluation), *_contestes(dossier, depot)],
    }


def _noms_des_communes(points: Sequence[Point]) -> dict[str, str]:
    codes = {m["commune"] for p in points for d in list(p.dossier.depots.all())[:1] for m in d.contenu["membres"]}
    return dict(Commune.objects.filter(pk__in=codes - {None}).values_list("pk", "nom"))


def _evaluation(edition: Edition, dossier: Dossier) -> Evaluation | None:
    equipe = dossier.equipe
    try:
        return evaluer(edition, forme=equipe.forme_visee, faits=faits(equipe), le=timezone.localdate())
    except FormeNonCouverte:
        return None


def _zonages(edition: Edition, equipe: Equipe) -> list[str]:
    dits = [zone for zone, oui in faits(equipe).zonages.items() if oui]
    connus = edition.socle.zonages
    return [connus[z].sigle or connus[z].libelle for z in dits if z in connus]


def _axes(dossier: Dossier, depot: Depot | None) -> list[str]:
    """Le nom des axes du projet : la première colonne de chaque tableau de fiches de la trame."""
    if depot is None:
        return []
    reponses, axes = depot.contenu["reponses"], []
    for _, champ in trame_de(dossier).champs():
        if champ.type != "tableau" or champ.presentation != "fiches" or not champ.colonnes:
            continue
        for ligne in reponses.get(champ.id) or []:
            texte = " ".join(texte_brut(str(ligne.get(champ.colonnes[0].id) or "")).split())
            if texte:
                axes.append(texte[:LONGUEUR])
    return axes[:AXES_CITES]


def _aides(edition: Edition, dossier: Dossier) -> list[str]:
    """Les aides que cette démarche demande, avec leur montant quand il est publié."""
    return [
        f"{a.libelle} : {a.montant:.0f} €" if a.montant is not None else f"{a.libelle} ({a.montant_note})"
        for a in edition.aides
        if a.demarche == dossier.demarche and dossier.equipe.forme_visee in a.formes
    ]


def _controles(evaluation: Evaluation | None, dossier: Dossier) -> list[dict[str, str]]:
    """Ce que la machine a vérifié : la composition, puis les conditions propres à la démarche."""
    if evaluation is None:
        return []
    voulus = set(demarche_de(dossier).conditions)
    retenus = [e for e in evaluation.criteres if e.critere.nature == "composition" or e.critere.id in voulus]
    return [_controle(etat) for etat in retenus]


def _controle(etat: EtatCritere) -> dict[str, str]:
    return {
        "enonce": etat.critere.enonce,
        "verdict": etat.verdict.reponse.libelle,
        "motif": etat.verdict.motif,
        "source": etat.critere.source.passage,
    }


def _attentions(evaluation: Evaluation | None) -> list[str]:
    return [e.critere.enonce for e in evaluation.a_regarder] if evaluation is not None else []


def _contestes(dossier: Dossier, depot: Depot | None) -> list[str]:
    """Les chiffres publics que l'équipe conteste."""
    trouves = contestes(trame_de(dossier), depot.contenu["reponses"]) if depot is not None else []
    return [f"L’équipe conteste un chiffre, {c.libelle} : {c.motif}" for c in trouves]


def contexte_du_livret(seance: Seance, points: Sequence[Point]) -> dict[str, Any]:
    """Ce qui s'imprime ; JSON, sans date de fabrication."""
    instance = seance.instance
    return {
        "titre": f"Livret de séance — {instance}",
        "reference": f"{instance.sigle} {seance.date:%Y-%m-%d}",
        "equipe": {"nom": ""},
        "brouillon": False,
        "instance": instance.nom,
        "date": seance.date.isoformat(),
        "heure": f"{seance.heure:%H:%M}" if seance.heure else "",
        "ou": ou(seance),
        "duree": en_mots(duree_totale(points)),
        "seconde": seance.seconde_de_id is not None,
        "points": syntheses(seance, points),
    }
