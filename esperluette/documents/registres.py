"""D'où vient un document gardé, et ce qu'il vaut aujourd'hui : chaque app le dit pour ses objets.

from esperluette.documents.registres import ORIGINES, Origine
ORIGINES.inscrire("dossiers.depot", origines.depot, contenu=True)      # depuis AppConfig.ready()

`origines.depot(depot, document) -> Origine` ; `document` vaut None quand c'est le contenu canonique qu'on vérifie.
`contenu=True` : le modèle porte un champ `empreinte`, celle de son contenu canonique, qui se vérifie aussi.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models

from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit, Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Signataire:
    """Qui a signé le contenu du document, à quel titre, quand ; `annulee_le` : sa signature a été annulée."""

    nom: str
    qualite: str
    le: datetime | None
    methode: str = ""
    annulee_le: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origine:
    """Un document, en mots publics.

    `libelle` et `phrase` se montrent à qui n'a que le code imprimé : ni nom de personne, ni nom d'équipe. Le reste ne
    se montre qu'à qui présente le fichier lui-même.
    """

    libelle: str
    emetteur: str = ""
    reference: str = ""
    signataires: tuple[Signataire, ...] = ()
    etat: EtatDuDocument = EtatDuDocument.EN_VIGUEUR
    etat_le: date | None = None
    phrase: str = ""


Lecteur = Callable[[Any, DocumentProduit | None], Origine]


class Origines:
    """Un lecteur par type d'objet (« app.modele »)."""

    def __init__(self) -> None:
        self._lecteurs: dict[str, Lecteur] = {}
        self._contenus: set[str] = set()

    def inscrire(self, modele: str, lecteur: Lecteur, *, contenu: bool = False) -> None:
        """`lecteur(objet, document)` dit l'origine de tout document de ce type d'objet."""
        if self._lecteurs.get(modele, lecteur) is not lecteur:
            raise ValueError(f"L'origine des documents de « {modele} » est déjà inscrite.")
        self._lecteurs[modele] = lecteur
        if contenu:
            self._contenus.add(modele)

    def noms(self) -> list[str]:
        """Les types d'objet inscrits, triés."""
        return sorted(self._lecteurs)

    def de(self, objet: models.Model | None, document: DocumentProduit | None) -> Origine | None:
        """L'origine, ou None si personne ne la connaît."""
        lecteur = self._lecteurs.get(objet._meta.label_lower) if objet is not None else None
        return lecteur(objet, document) if lecteur else None

    def objet_du_contenu(self, empreinte: str) -> models.Model | None:
        """L'objet dont le contenu canonique a cette empreinte."""
        for nom in sorted(self._contenus):
            trouve: models.Model | None = (
                apps.get_model(nom)._default_manager.filter(empreinte=empreinte).order_by("pk").first()
            )
            if trouve is not None:
                return trouve
        return None


ORIGINES = Origines()


def signataires_de(objet: models.Model, *, empreinte: str) -> tuple[Signataire, ...]:
    """Ceux qui ont signé ce contenu, annulées comprises, dans l'ordre où ils ont signé."""
    signatures = Signature.objects.de(objet).filter(empreinte=empreinte)
    return tuple(
        Signataire(
            nom=s.nom,
            qualite=s.qualite,
            le=s.signee_le,
            methode=str(s.get_methode_display()),
            annulee_le=s.annulee_le,
        )
        for s in signatures
    )
