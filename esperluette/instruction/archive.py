"""La part de l'instruction dans une archive : pour l'ARS, sa grille et ses affectations ; pour tous, les réunions."""

from collections.abc import Iterator
from typing import Any

from esperluette.documents.emport import Piece, Regard, piece_gardee, piece_json
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.droits import retenue
from esperluette.instruction.models import Affectation
from esperluette.instruction.models_fiche import LigneDeGrille, ReunionSurSite


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """L'équipe emporte ses réunions, avec leur compte rendu ; la grille et les affectations restent à l'ARS."""
    yield from _reunions(dossier)
    if not regard.est_ars:
        return
    if lignes := [_ligne(n) for n in dossier.lignes_de_grille.select_related("modifie_par").order_by("pk")]:
        yield piece_json("ars/grille.json", "La grille d’instruction", lignes)
    if affectations := [_affectation(a) for a in dossier.affectations.select_related("agent", "par").order_by("pk")]:
        yield piece_json("ars/affectations.json", "À qui le dossier a été confié", affectations)


def _ligne(ligne: LigneDeGrille) -> dict[str, Any]:
    return {
        "grille": ligne.grille, "critere": ligne.critere, "valeur": ligne.valeur, "texte": ligne.texte,
        "modifie_par": str(ligne.modifie_par), "modifie_le": ligne.modifie_le,
    }  # fmt: skip


def _affectation(affectation: Affectation) -> dict[str, Any]:
    return {
        "agent": str(affectation.agent or ""), "par": str(affectation.par or ""), "motif": affectation.motif,
        "le": affectation.le,
    }  # fmt: skip


def _reunions(dossier: Dossier) -> Iterator[Piece]:
    reunions = dossier.reunions.filter(annulee_le=None).prefetch_related("pieces__fichier").order_by("prevue_le", "pk")
    for rang, reunion in enumerate(reunions, start=1):
        joints = []
        for numero, piece in enumerate(reunion.pieces.all(), start=1):
            fichier = piece.fichier
            chemin = f"reunions/reunion-{rang}-{numero}-{fichier.nom}"
            joints.append(chemin)
            yield piece_gardee(
                chemin, f"Pièce de la réunion n° {rang}", fichier.contenu, empreinte=fichier.empreinte,
                le=piece.jointe_le, retenue=retenue(fichier),
            )  # fmt: skip
        yield piece_json(f"reunions/reunion-{rang}.json", f"Réunion sur site n° {rang}", _reunion(reunion, joints))


def _reunion(reunion: ReunionSurSite, joints: list[str]) -> dict[str, Any]:
    return {
        "prevue_le": reunion.prevue_le, "heure": reunion.heure.isoformat() if reunion.heure else "",
        "lieu": reunion.lieu, "participants": reunion.participants, "tenue_le": reunion.tenue_le,
        "compte_rendu": reunion.compte_rendu if reunion.tenue_le else "", "pieces": joints,
    }  # fmt: skip
