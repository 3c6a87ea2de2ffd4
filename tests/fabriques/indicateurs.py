"""Des instantanés fictifs : un territoire et des chiffres inventés, jamais ceux d'une vraie commune."""

import io
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import polars as pl

from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.definitions import definitions, jeu_de
from esperluette.indicateurs.instantane import (
    CommuneLue,
    ConstatLu,
    DistanceLue,
    EtablissementLu,
    Instantane,
    LigneLue,
    NiveauLu,
    PyramideLue,
    TerritoireDeVieSanteLu,
    ThemeLu,
    TrancheLue,
    ValeurLue,
    ZonageLu,
)
from esperluette.indicateurs.models import Tableau
from esperluette.indicateurs.tableaux import COMMUNE, TU
from esperluette.territoires.models import JeuImporte

SOURCE = "Producteur fictif, jeu d’essai, 2024"
FINESS = "Producteur fictif, fichier des établissements, 2024"
NIVEAUX = (
    ("epci", "Communauté de communes du Val Fictif"), ("departement", "Haute-Essaie"), ("region", "Essaie"),
    ("france", "France"),
)  # fmt: skip
AGES = ("0 à 14 ans", "15 à 29 ans", "30 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 ans ou plus")


def valeur(nombre: float | None, etat: str = "connu", *, comptees: int = 3, communes: int = 3) -> ValeurLue:
    return ValeurLue(valeur=nombre, etat=etat, communes=communes, comptees=comptees)


def ligne(id: str = "taux", *, propre: ValeurLue | None = None, **voulu: Any) -> LigneLue:
    """Un taux fictif, connu partout : 2,4 ici, de 2,2 à 3,5 ailleurs."""
    valeurs = {"territoire": propre or valeur(2.4), "epci": valeur(2.2), "departement": valeur(3.1)}
    valeurs |= {"region": valeur(3.5), "france": valeur(3.3)}
    donnees: dict[str, Any] = {
        "libelle": "Taux fictif", "unite": "pour 10 000 habitants", "decimales": 1,
        "methode": "Total sur total.", "sources": (SOURCE,), "sens": 1, "valeurs": valeurs,
    }  # fmt: skip
    return LigneLue(id=id, **(donnees | voulu))


def pyramide(**voulu: Any) -> PyramideLue:
    tranches = tuple(
        TrancheLue(
            libelle=age, hommes=80 + 5 * rang, femmes=75 + 9 * rang,
            hommes_reference=9.0 - rang / 2, femmes_reference=8.0 + rang / 4,
        )
        for rang, age in enumerate(AGES)
    )  # fmt: skip
    return PyramideLue(**({"tranches": tranches, "reference": "Essaie", "source": SOURCE} | voulu))


def _themes() -> tuple[ThemeLu, ...]:
    return (
        ThemeLu(
            id="population", titre="La population",
            lignes=(
                ligne("habitants", libelle="Habitants", unite="habitants", decimales=0, total=True, sens=0,
                      propre=valeur(12345)),
                ligne("evolution", libelle="Évolution de la population, par an", unite="%", decimales=2, sens=0,
                      propre=valeur(-0.32)),
            ),
        ),
        ThemeLu(
            id="acces", titre="L’accès aux soins",
            lignes=(
                ligne("medecins"),
                ligne("tu", libelle="Taux tu", propre=valeur(None, "secret")),
                ligne("partiel", libelle="Taux partiel", propre=valeur(4.25, "incomplet", comptees=2)),
                ligne("absent", libelle="Taux absent", sources=(),
                      valeurs=dict.fromkeys(("territoire", *dict(NIVEAUX)), valeur(None, "non_charge"))),
            ),
        ),
    )  # fmt: skip


def instantane(**voulu: Any) -> Instantane:
    """Trois communes fictives, deux thèmes, une pyramide, et une ligne de chaque autre sorte."""
    donnees: dict[str, Any] = {
        "calcule_le": date(2026, 11, 22),
        "communes": (
            CommuneLue(code="99001", nom="Fictive-sur-Essai", population=9000),
            CommuneLue(code="99002", nom="Saint-Exemple", population=3000),
            CommuneLue(code="99003", nom="Le Modèle", population=345),
        ),
        "niveaux": tuple(NiveauLu(cle=cle, nom=nom) for cle, nom in NIVEAUX),
        "themes": _themes(),
        "pyramide": pyramide(),
        "zonages": tuple(
            ZonageLu(code=code, zonage="Zonage fictif", libelle=libelle, source=SOURCE)
            for code, libelle in (("99001", "Zone A"), ("99002", "Hors zone"), ("99003", "Zone A"))
        ),
        "vie_sante": (
            TerritoireDeVieSanteLu(
                code="99001", nom="Fictive-sur-Essai", communes=("99001", "99002"), densite=6.4, etat=Etat.CONNU,
                source=SOURCE,
            ),
        ),
        "etablissements": (
            EtablissementLu(
                finess="990000011", nom="Pharmacie fictive", categorie="Pharmacie", champ="ambulatoire",
                commune="Fictive-sur-Essai", code_commune="99001", source=FINESS,
            ),
            EtablissementLu(
                finess="990000029", nom="EHPAD du Modèle", categorie="EHPAD", champ="medico_social",
                commune="Le Modèle", source=FINESS,
            ),
        ),
        "distances": (
            DistanceLue(
                offre="urgences", libelle="Urgences", km=23.4, commune="Chef-Lieu", source=SOURCE, km_moyen=25.1,
                km_maximum=31.0, commune_eloignee="Le Modèle",
            ),
        ),
        "constats": (
            ConstatLu(id="c1", genre="fragilite", phrase="Moins de médecins qu’en Essaie : 2,4 contre 3,5.",
                      ligne="medecins", source=SOURCE),
        ),
        "non_charges": {"jeu-fictif": "esperluette donnees importer jeu-fictif"},
    }  # fmt: skip
    return Instantane(**(donnees | voulu))


def charger(chiffre: str, valeurs: Mapping[str, float | None], *, tues: Collection[str] = (), **voulu: Any) -> None:
    """Met en base ce chiffre, commune par commune, comme un import l'aurait fait : valeurs fictives, poids égaux.

    `tues` : les communes dont le producteur tait la valeur.
    """
    d = {x.id: x for x in definitions()}[chiffre]
    propre = d.moyenne or d.somme or (d.rapport or d.evolution or ("", ""))[0]
    par_jeu: dict[str, list[str]] = defaultdict(list)
    for colonne in dict.fromkeys(d.colonnes):
        par_jeu[jeu_de()[colonne].id].append(colonne)
    for jeu, colonnes in par_jeu.items():
        donnees: dict[str, Any] = {COMMUNE: list(valeurs)}
        for colonne in colonnes:
            siennes = [v if colonne == propre else 1000.0 for v in valeurs.values()]
            donnees[colonne] = pl.Series(siennes, dtype=pl.Float64)
            donnees[TU + colonne] = [code in tues and colonne == propre for code in valeurs]
        sortie = io.BytesIO()
        pl.DataFrame(donnees).write_parquet(sortie)
        JeuImporte.objects.filter(jeu=jeu).update(courant=False)
        commun = {"millesime": "2024", "producteur": "Producteur fictif", "licence": "Licence d'essai"}
        importation = JeuImporte.objects.create(
            jeu=jeu, fichier="essai.csv", empreinte=f"{len(valeurs):064d}", description="0" * 64, **(commun | voulu)
        )
        Tableau.objects.create(importation=importation, contenu=sortie.getvalue(), rangees=len(valeurs))
