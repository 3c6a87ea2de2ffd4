"""La part de la commission dans une archive : ce qu'elle a dit, ses réserves et leurs preuves, ses procès-verbaux."""

from collections.abc import Iterator
from typing import Any

from esperluette.commissions.models import Deport
from esperluette.deliberations.droits import peut_mener
from esperluette.deliberations.lectures import (
    DECIDES,
    en_commission,
    extrait_ouvert_a_l_equipe,
    extraits_de,
    reserves_de,
)
from esperluette.deliberations.models import AvisRendu, Extrait, ProcesVerbal, Reserve
from esperluette.documents.canonique import canonique
from esperluette.documents.emport import Piece, Regard, Section, piece_gardee, piece_json, piece_page
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.droits import retenue


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """L'avis et les réserves dès qu'ils sont définitifs ; l'extrait quand il est ouvert à qui emporte.

    Le procès-verbal entier parle d'autres équipes : il ne va qu'à qui mène la séance, sans déport sur aucun point.
    """
    if passages := en_commission(dossier).passages:
        motive = regard.est_ars or dossier.etat in DECIDES
        dits = [_avis(p, motive=motive) for p in reversed(passages)]
        yield piece_json("commission/avis.json", "Les avis de la commission", dits)
    yield from _reserves(dossier)
    for extrait in reversed(extraits_de(dossier)):
        if not extrait.proces_verbal.est_fige or not (regard.est_ars or extrait_ouvert_a_l_equipe(extrait, dossier)):
            continue
        seance = extrait.point.seance
        yield from _acte(extrait, extrait.proces_verbal, f"extrait-{seance.date}", "Extrait du procès-verbal")
        if regard.est_ars and _lit_le_proces_verbal(regard.compte, extrait.proces_verbal):
            pv = extrait.proces_verbal
            yield from _acte(pv, pv, f"proces-verbal-{seance.date}", "Procès-verbal")


def _lit_le_proces_verbal(compte: Any, pv: ProcesVerbal) -> bool:
    if compte is None or not peut_mener(compte, pv.seance):
        return False
    return not Deport.objects.en_vigueur().filter(compte=compte, point__seance=pv.seance_id).exists()


def _avis(avis: AvisRendu, *, motive: bool) -> dict[str, Any]:
    """Avant la décision, l'équipe connaît l'avis ; son motif vient avec l'extrait. Un ajournement dit tout."""
    seance = avis.point.seance
    motif = avis.motif if motive or avis.est_un_ajournement else ""
    return {
        "instance": str(seance.instance), "seance": seance.date, "sorte": avis.sorte, "avis": avis.libelle,
        "effet": avis.effet, "motif": motif, "definitif_le": avis.definitif_le,
    }  # fmt: skip


def _reserves(dossier: Dossier) -> Iterator[Piece]:
    reserves = list(reserves_de(dossier))
    if not reserves:
        return
    donnees: list[dict[str, Any]] = []
    sections: list[Section] = []
    for rang, reserve in enumerate(reserves, start=1):
        etapes: list[dict[str, Any]] = []
        for numero, etape in enumerate(reserve.etapes.all(), start=1):
            chemin = ""
            if (fichier := etape.fichier) is not None:
                chemin = f"commission/preuves/reserve-{rang}-{numero}-{fichier.nom}"
                yield piece_gardee(
                    chemin, f"Preuve de la réserve n° {rang}", fichier.contenu, empreinte=fichier.empreinte,
                    le=etape.le, retenue=retenue(fichier),
                )  # fmt: skip
            etapes.append(
                {
                    "geste": etape.get_geste_display(),
                    "texte": etape.texte,
                    "par": str(etape.par),
                    "le": etape.le,
                    "fichier": chemin,
                }
            )
        donnees.append(_reserve(reserve) | {"etapes": etapes})
        lignes = [("État", reserve.etat_enum.label), ("À lever avant le", reserve.avant_le or "")]
        sections.append(Section(f"Réserve n° {rang}", lignes, reserve.texte))
        sections += [Section(f"{e['geste']} : {e['par']}", [("Fichier", e["fichier"])], e["texte"]) for e in etapes]
    yield piece_json("commission/reserves.json", "Les réserves et leur suivi (données)", donnees)
    yield piece_page("commission/reserves.html", "Les réserves de la commission", sections)


def _reserve(reserve: Reserve) -> dict[str, Any]:
    return {
        "texte": reserve.texte, "cote": reserve.cote, "responsable": reserve.responsable, "etat": reserve.etat,
        "avant_le": reserve.avant_le, "posee_le": reserve.posee_le, "levee_le": reserve.levee_le,
    }  # fmt: skip


def _acte(objet: ProcesVerbal | Extrait, pv: ProcesVerbal, nom: str, titre: str) -> Iterator[Piece]:
    """Le contenu canonique (son SHA-256 est l'empreinte imprimée) et les documents gardés."""
    contenu = canonique(objet.contenu)
    yield Piece(
        f"commission/{nom}.json", f"{titre} (contenu)", lambda: [contenu], pv.valide_le, len(contenu), objet.empreinte
    )
    for document in objet.documents.order_by("format", "pk"):
        yield piece_gardee(
            f"commission/{nom}.{document.format}", titre, document.fichier, empreinte=document.empreinte,
            le=pv.valide_le,
        )  # fmt: skip
