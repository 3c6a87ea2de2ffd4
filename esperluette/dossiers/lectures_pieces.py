"""Les pièces d'un dossier : leurs versions, leur validité, ce qui en change d'un dépôt à l'autre."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.dossiers.contributions import Bloc
from esperluette.dossiers.models import Depot, Dossier, PieceJointe
from esperluette.fichiers.droits import peut_lire, retenue
from esperluette.referentiel.modele import Demarche

IMAGES = ("image/png", "image/jpeg")


def validite(demarche: Demarche, nature: str, saisie: date | None) -> date | None:
    """La date saisie ; sinon celle que donne la durée d'un texte, s'il y en a une, comptée d'aujourd'hui."""
    if saisie is not None:
        return saisie
    peremption = next((p.peremption for p in demarche.pieces if p.id == nature), None)
    return ajouter_mois(timezone.localdate(), peremption.mois) if peremption and peremption.mois else None


@dataclass(frozen=True, slots=True)
class PieceLue:
    """Une pièce telle qu'on la montre. `anciennes` : ses versions d'avant, la plus récente d'abord.

    `etat` : ce qui la distingue du dépôt précédent (« nouvelle », « remplacee »), vide si rien.
    """

    piece: PieceJointe
    perimee: bool
    lisible: bool
    retenue: str
    anciennes: tuple[PieceJointe, ...] = ()
    etat: str = ""
    avant: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vignette(self) -> bool:
        return self.lisible and bool(self.piece.fichier.vignette)

    @property
    def remplacement(self) -> str:
        """Le texte de remplacement de la vignette."""
        if self.piece.fichier.type_mime in IMAGES:
            return f"Aperçu de l’image « {self.piece.libelle} »"
        return f"Première page de « {self.piece.libelle} »"


def _toutes(dossier: Dossier) -> dict[int, PieceJointe]:
    pieces = dossier.pieces.select_related("fichier", "jointe_par").order_by("jointe_le", "pk")
    return {p.pk: p for p in pieces}


def _anciennes(piece: PieceJointe, toutes: Mapping[int, PieceJointe]) -> tuple[PieceJointe, ...]:
    chaine = []
    while piece.remplace_id is not None and piece.remplace_id in toutes:
        piece = toutes[piece.remplace_id]
        chaine.append(piece)
    return tuple(chaine)


def _lue(piece: PieceJointe, lecteur: Any, **autres: Any) -> PieceLue:
    return PieceLue(
        piece, piece.est_perimee(timezone.localdate()), bool(peut_lire(piece.fichier, lecteur)),
        retenue(piece.fichier), **autres,
    )  # fmt: skip


def pieces_en_place(dossier: Dossier, lecteur: Any) -> list[PieceLue]:
    """Les pièces du brouillon, dans l'ordre où leur première version a été jointe. Une requête."""
    toutes = _toutes(dossier)
    lues = [_lue(p, lecteur, anciennes=_anciennes(p, toutes)) for p in toutes.values() if p.retiree_le is None]
    return sorted(lues, key=_premiere_jointe)


def _premiere_jointe(lue: PieceLue) -> datetime:
    """Quand sa première version a été jointe : une pièce remplacée garde sa place."""
    return (lue.anciennes[-1] if lue.anciennes else lue.piece).jointe_le


def pieces_deposees(
    depot: Depot, lecteur: Any, *, precedent: Depot | None = None
) -> tuple[list[PieceLue], list[Mapping[str, Any]]]:
    """Les pièces d'un dépôt, comparées au `precedent` ; puis celles qui n'y sont plus. Une requête."""
    toutes = _toutes(depot.dossier)
    avant = {p["piece"]: p for p in precedent.contenu["pieces"]} if precedent else {}
    lues, gardees = [], set()
    for fige in depot.contenu["pieces"]:
        piece = toutes.get(fige["piece"])
        if piece is None:
            continue
        anciennes = _anciennes(piece, toutes)
        ancienne = next((avant[a.pk] for a in anciennes if a.pk in avant), {})
        etat = "" if precedent is None or piece.pk in avant else "remplacee" if ancienne else "nouvelle"
        gardees |= {piece.pk, ancienne.get("piece")}
        lues.append(_lue(piece, lecteur, anciennes=anciennes, etat=etat, avant=ancienne))
    return sorted(lues, key=_premiere_jointe), [p for pk, p in avant.items() if pk not in gardees]


@dataclass(frozen=True, slots=True)
class PieceMontree:
    """Une pièce et les adresses où la lire et en voir l'aperçu, pour qui la regarde."""

    lue: PieceLue
    lien: str
    apercu: str


def montrer(lues: Sequence[PieceLue], app: str, *debut: object) -> list[PieceMontree]:
    """Chaque pièce avec ses adresses : les vues `piece` et `piece_vignette` de `app`, `debut` avant la pièce."""

    def adresse(vue: str, lue: PieceLue) -> str:
        return reverse(f"{app}:{vue}", args=[*debut, lue.piece.pk])

    return [PieceMontree(lue, adresse("piece", lue), adresse("piece_vignette", lue)) for lue in lues]


def a_revoir(lues: Sequence[PieceLue]) -> Iterator[str]:
    """Ce qu'il vaut mieux régler avant de déposer, sans que rien ne l'impose."""
    for lue in lues:
        if lue.perimee and lue.piece.valable_jusqu_au:
            yield f"« {lue.piece.libelle} » n’est plus valable depuis le {lue.piece.valable_jusqu_au:%d/%m/%Y}."
        if lue.piece.fichier.avertissement_a_lire:
            yield f"« {lue.piece.libelle} » : {lue.piece.fichier.avertissements[0]}"


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """En tête du dossier : ce qui, dans les pièces, attend un geste de l'équipe. Une requête."""
    if not dossier.est_modifiable:
        return
    lues = pieces_en_place(dossier, compte)
    adresse = reverse("dossiers:pieces", args=[dossier.reference])
    dangers = [lue.piece.libelle for lue in lues if lue.piece.fichier.en_quarantaine]
    if dangers:
        noms = ", ".join(f"« {nom} »" for nom in dangers)
        yield Bloc(
            "pieces_quarantaine", "Une pièce est en quarantaine", f"L’antivirus a reconnu un danger dans {noms}.",
            adresse, "Voir les pièces", urgent=True,
        )  # fmt: skip
    if remarques := list(a_revoir(lues)):
        yield Bloc("pieces_a_revoir", "Des pièces à revoir", " ".join(remarques), adresse, "Voir les pièces")
