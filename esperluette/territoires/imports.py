"""Mettre en base un jeu de données officiel, ou le tableau de démonstration : tout ou rien, rejouable."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from esperluette.commun.erreurs import ErreurMetier
from esperluette.journal.actions import consigner
from esperluette.territoires.avancement import Avancement
from esperluette.territoires.jeux import Jeu, jeu
from esperluette.territoires.lectures import decoupage_charge
from esperluette.territoires.models import Commune, Decoupage, JeuImporte, Zonage
from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.rapprochement import Dit, Rapprochement, Rejet, rapprocher
from esperluette.territoires.tables import Table, lire_fichier, lire_octets
from esperluette.territoires.telechargement import telecharger

# Au-delà, ce n'est pas un fichier sale : c'est un autre fichier.
PART_DE_REJETS_ADMISE = 0.5
LOT = 2000


class ImportImpossible(ErreurMetier):
    """L'import n'a rien changé ; la phrase dit pourquoi."""


@dataclass(frozen=True, slots=True)
class BilanImport:
    """Ce qu'un import a fait ; `inchange` : ce fichier était déjà en base, rien n'a été écrit."""

    importation: JeuImporte
    rejets: tuple[Rejet, ...] = ()
    inchange: bool = False


def importer_jeu(
    identifiant: str,
    *,
    acteur: Any,
    fichier: Path | None = None,
    millesime: str = "",
    forcer: bool = False,
    avancement: Avancement | None = None,
) -> BilanImport:
    """Met en base ce jeu, depuis un fichier ou son adresse officielle ; remplace l'import précédent.

    Lève une ErreurMetier (JeuInconnu, FichierRefuse, ImportImpossible) sans avoir rien changé.
    """
    avancement = avancement or Avancement()
    decrit = jeu(identifiant)
    decoupage = decoupage_charge()
    if decoupage is None:
        raise ImportImpossible("Le découpage n'est pas chargé : lancez d'abord « esperluette territoires charger ».")
    try:
        table = _prendre(decrit, fichier, avancement)
        en_place = _deja_en_base(decrit, table, decoupage, millesime)
        if en_place is not None and not forcer:
            return BilanImport(en_place, inchange=True)
        avancement.etape("Rapprochement des communes")
        rapproche = rapprocher(decrit, table)
        _refuser_un_autre_fichier(table, rapproche)
        importation = JeuImporte(
            jeu=decrit.id,
            millesime=millesime or decrit.millesime,
            producteur=decrit.producteur,
            licence=decrit.licence,
            adresse="" if fichier else decrit.adresse,
            fichier=table.nom[:200],
            empreinte=table.empreinte,
            taille=table.taille,
            encodage=table.encodage,
            lignes=len(table.lignes),
            rejetees=len(rapproche.rejets),
            doublons=rapproche.doublons,
            converties=rapproche.convertis,
            description=decrit.empreinte,
            decoupage=decoupage.empreinte,
        )
        _mettre_en_base(importation, rapproche.dits, acteur=acteur, avancement=avancement)
    except IntegrityError as erreur:
        raise ImportImpossible(
            f"Un autre import de « {decrit.id} » s'est terminé en même temps ; celui-ci n'a rien changé. Relancez-le."
        ) from erreur
    finally:
        avancement.fin()
    return BilanImport(importation, rejets=tuple(rapproche.rejets))


def _deja_en_base(decrit: Jeu, table: Table, decoupage: Decoupage, millesime: str) -> JeuImporte | None:
    """L'import en vigueur, s'il vient du même fichier, lu de la même façon."""
    return JeuImporte.objects.filter(
        jeu=decrit.id,
        courant=True,
        demonstration=False,
        empreinte=table.empreinte,
        description=decrit.empreinte,
        decoupage=decoupage.empreinte,
        **({"millesime": millesime} if millesime else {}),
    ).first()


def _refuser_un_autre_fichier(table: Table, rapproche: Rapprochement) -> None:
    if len(rapproche.rejets) > PART_DE_REJETS_ADMISE * len(table.lignes):
        premier = rapproche.rejets[0]
        raise ImportImpossible(
            f"{table.nom} : {len(rapproche.rejets)} lignes rejetées sur {len(table.lignes)} ; ce n'est sans doute "
            f"pas le bon fichier. Première cause, ligne {premier.ligne} : {premier.cause}."
        )


def _prendre(decrit: Jeu, fichier: Path | None, avancement: Avancement) -> Table:
    if fichier is not None:
        return lire_fichier(fichier, taille_maximale_mo=decrit.taille_maximale_mo)
    nom, octets = telecharger(decrit, avancement)
    return lire_octets(nom, octets, taille_maximale_mo=decrit.taille_maximale_mo)


@transaction.atomic
def _mettre_en_base(importation: JeuImporte, dits: list[Dit], *, acteur: Any, avancement: Avancement) -> None:
    precedents = JeuImporte.objects.select_for_update().filter(jeu=importation.jeu, courant=True)
    Zonage.objects.filter(importation__in=[p.pk for p in precedents]).delete()
    JeuImporte.objects.filter(jeu=importation.jeu, courant=True).update(courant=False)
    importation.communes = len({dit.commune for dit in dits})
    importation.save()
    avancement.etape("Mise en base", len(dits))
    for debut in range(0, len(dits), LOT):
        Zonage.objects.bulk_create(
            Zonage(
                importation=importation,
                commune_id=dit.commune,
                classe=dit.classe,
                precisions=dit.precisions,
                anciennes=dit.anciennes,
            )
            for dit in dits[debut : debut + LOT]
        )
        avancement.avance(debut + LOT)
    consigner(
        "jeu_importe",
        importation,
        acteur=acteur,
        jeu=importation.jeu,
        millesime=importation.millesime,
        empreinte=importation.empreinte,
        communes=importation.communes,
        demonstration=importation.demonstration,
    )


# --- La démonstration ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LigneDeDemonstration:
    """Ce que dit d'une commune le tableau de démonstration, avec sa provenance."""

    jeu: str
    code: str
    classe: str
    precisions: tuple[str, ...]
    producteur: str
    millesime: str
    licence: str
    fichier: str
    empreinte: str


@lru_cache(maxsize=1)
def tableau_de_demonstration() -> tuple[LigneDeDemonstration, ...]:
    """Les zonages réels des intercommunalités de démonstration, faits par outils/zonages_de_demonstration.py."""
    chemin = files("esperluette.territoires") / "donnees" / "demonstration" / "zonages.csv"
    return tuple(
        LigneDeDemonstration(
            jeu=ligne["jeu"],
            code=ligne["commune"],
            classe=ligne["classe"],
            precisions=tuple(p for p in ligne["precisions"].split(" | ") if p),
            producteur=ligne["producteur"],
            millesime=ligne["millesime"],
            licence=ligne["licence"],
            fichier=ligne["fichier"],
            empreinte=ligne["empreinte"],
        )
        for ligne in csv.DictReader(StringIO(chemin.read_text(encoding="utf-8")))
    )


def charger_zonages_de_demonstration(*, acteur: Any = None) -> list[JeuImporte]:
    """Met en base le tableau de démonstration, jeu par jeu ; rend les jeux posés.

    N'écrase jamais un jeu réel, ne refait pas ce qui est à jour. Les communes que la base n'a pas sont omises.
    """
    decoupage = decoupage_charge()
    connues = set(
        Commune.objects.filter(pk__in={x.code for x in tableau_de_demonstration()}).values_list("pk", flat=True)
    )
    par_jeu: dict[str, list[LigneDeDemonstration]] = defaultdict(list)
    for ligne in tableau_de_demonstration():
        if ligne.code in connues:
            par_jeu[ligne.jeu].append(ligne)
    en_place = {i.jeu: i for i in JeuImporte.objects.filter(courant=True)}
    poses = []
    for identifiant, lignes in par_jeu.items():
        decrit, premiere = jeu(identifiant), lignes[0]
        ancien = en_place.get(identifiant)
        etat = (premiere.empreinte, decrit.empreinte, len({x.code for x in lignes}))
        if ancien is not None and (
            not ancien.demonstration or (ancien.empreinte, ancien.description, ancien.communes) == etat
        ):
            continue
        importation = JeuImporte(
            jeu=identifiant,
            millesime=premiere.millesime,
            producteur=premiere.producteur,
            licence=premiere.licence,
            fichier=premiere.fichier,
            empreinte=premiere.empreinte,
            lignes=len(lignes),
            demonstration=True,
            description=decrit.empreinte,
            decoupage=decoupage.empreinte if decoupage else "",
        )
        dits = [Dit(x.code, x.classe, list(x.precisions)) for x in lignes]
        _mettre_en_base(importation, dits, acteur=acteur, avancement=Avancement())
        poses.append(importation)
    return poses


__all__ = [
    "BilanImport",
    "FichierRefuse",
    "ImportImpossible",
    "charger_zonages_de_demonstration",
    "importer_jeu",
    "tableau_de_demonstration",
]
