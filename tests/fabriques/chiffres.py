"""Des chiffres publics chargés, dans de petits fichiers de format officiel : valeurs inventées, communes réelles."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from esperluette.indicateurs.imports import importer_chiffres
from esperluette.indicateurs.lectures import vider_memoire
from esperluette.territoires.models import Decoupage
from tests.indicateurs import fichiers


def charger(*lignes: str, jeu: str = "comparateur", octets: bytes | None = None) -> None:
    """Charge ce jeu (la population de Loudéac, Plouguenast-Langast et Saint-Brieuc sans autre précision)."""
    commun = {"version": "essai", "producteur": "essai", "licence": "essai", "empreinte": "0" * 64}
    Decoupage.objects.get_or_create(millesime=2026, defaults=commun | {"charge_le": timezone.now()})
    with TemporaryDirectory() as dossier:
        fichier = Path(dossier) / "f.csv"
        fichier.write_bytes(octets or fichiers.comparateur(*lignes))
        importer_chiffres(jeu, acteur=None, fichier=fichier)
    vider_memoire()


def encart(**autres: Any) -> dict[str, Any]:
    """La valeur d'un champ de chiffres, sans base : deux communes, deux lignes, tout ce qui peut s'y ajouter."""

    def ligne(id: str, libelle: str, unite: str, *valeurs: float | None, decimales: int = 0) -> dict[str, Any]:
        cles = ("territoire", "epci", "departement", "region", "france")
        return {
            "id": id, "libelle": libelle, "unite": unite, "decimales": decimales, "methode": "Total des communes.",
            "valeurs": {
                cle: {"valeur": v, "etat": "connu" if v is not None else "secret", "communes": 2, "comptees": 2}
                for cle, v in zip(cles, valeurs, strict=True)
            },
            "sources": ["Insee, Comparateur, 2021"],
        }  # fmt: skip

    instantane = {
        "version": 1, "calcule_le": "2026-11-12",
        "communes": [
            {"code": "22136", "nom": "Loudéac", "population": 9600},
            {"code": "22219", "nom": "Plouguenast-Langast", "population": 2500},
        ],
        "niveaux": [
            {"cle": "epci", "nom": "CC Loudéac"}, {"cle": "departement", "nom": "Côtes-d’Armor"},
            {"cle": "region", "nom": "Bretagne"}, {"cle": "france", "nom": "France"},
        ],
        "themes": [
            {"id": "population", "titre": "La population", "lignes": [
                ligne("population", "Habitants", "habitants", 12100, 50000, 600000, 3394567, 67000000),
                ligne("densite", "Densité", "habitants au km²", 93.1, None, 88.2, 124.0, 106.0, decimales=1),
            ]},
        ],
        "zonages": [
            {"code": code, "zonage": "Zonage médecins", "jeu": "zip", "libelle": "ZIP", "source": "ARS Bretagne, 2024"}
            for code in ("22136", "22219")
        ],
        "etablissements": [
            {"finess": "220000001", "nom": "CH du Centre", "categorie": "Hôpital", "champ": "hospitalier",
             "commune": "Loudéac"},
        ],
        "distances": [
            {"offre": "urgences", "libelle": "Service d’urgences", "km": 34.4, "commune": "Saint-Brieuc",
             "source": "BPE, 2023"},
        ],
    }  # fmt: skip
    neuf = {"mode": "suivi", "instantane": instantane, "commentaire": "", "contestes": {}, "fournis": []}
    return neuf | autres
