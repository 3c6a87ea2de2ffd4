"""Mettre en base un jeu de chiffres officiel : tout ou rien, rejouable."""

import io
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction

from esperluette.indicateurs import fichier as fichiers
from esperluette.indicateurs import tableaux
from esperluette.indicateurs.demonstration import jeux_de_demonstration
from esperluette.indicateurs.jeux import JeuDeChiffres, jeux
from esperluette.indicateurs.lectures import correspondance
from esperluette.indicateurs.models import Tableau
from esperluette.journal.actions import consigner
from esperluette.territoires.avancement import Avancement
from esperluette.territoires.imports import PART_DE_REJETS_ADMISE, BilanImport, ImportImpossible
from esperluette.territoires.lectures import decoupage_charge
from esperluette.territoires.models import Commune, Decoupage, JeuImporte
from esperluette.territoires.telechargement import telecharger

LONGUEUR_DU_MILLESIME = JeuImporte._meta.get_field("millesime").max_length or 0


def importer_chiffres(
    identifiant: str,
    *,
    acteur: Any,
    fichier: Path | None = None,
    millesime: str = "",
    forcer: bool = False,
    avancement: Avancement | None = None,
) -> BilanImport:
    """Met en base ce jeu de chiffres, depuis un fichier ou son adresse officielle ; remplace l'import précédent.

    Lève une ErreurMetier (FichierRefuse, ImportImpossible) sans avoir rien changé.
    """
    avancement = avancement or Avancement()
    decrit = jeux()[identifiant]
    decoupage = decoupage_charge()
    if len(millesime) > LONGUEUR_DU_MILLESIME:
        raise ImportImpossible(f"Le millésime tient en {LONGUEUR_DU_MILLESIME} signes.")
    if decoupage is None:
        raise ImportImpossible("Le découpage n'est pas chargé : lancez d'abord « esperluette territoires charger ».")
    try:
        avancement.etape("Lecture")
        brut = _prendre(decrit, fichier, avancement)
        en_place = _deja_en_base(decrit, brut, decoupage, millesime)
        if en_place is not None and not forcer:
            return BilanImport(en_place, inchange=True)
        avancement.etape("Rapprochement des communes")
        lu = tableaux.lire(decrit, brut, correspondance(decoupage))
        _refuser_un_autre_fichier(brut, lu)
        importation = JeuImporte(
            jeu=decrit.id, millesime=millesime or brut.millesime or decrit.millesime, producteur=decrit.producteur,
            licence=decrit.licence, adresse="" if fichier else decrit.adresse, fichier=brut.nom[:200],
            empreinte=brut.empreinte, taille=brut.taille, encodage=brut.encodage, lignes=brut.table.height,
            rejetees=len(lu.rejets), doublons=lu.doublons, converties=lu.convertis, communes=lu.table.height,
            description=decrit.empreinte, decoupage=decoupage.empreinte,
        )  # fmt: skip
        avancement.etape("Mise en base")
        _mettre_en_base(importation, lu, acteur=acteur)
    except IntegrityError as erreur:
        raise ImportImpossible(
            f"Un autre import de « {identifiant} » s'est terminé en même temps ; celui-ci n'a rien changé. "
            "Relancez-le."
        ) from erreur
    finally:
        avancement.fin()
    return BilanImport(importation, tuple(lu.rejets))


def _prendre(decrit: JeuDeChiffres, fichier: Path | None, avancement: Avancement) -> fichiers.Brut:
    if fichier is not None:
        return fichiers.lire_fichier(decrit, fichier)
    nom, octets = telecharger(decrit, avancement)
    return fichiers.lire_octets(decrit, nom, octets)


def _deja_en_base(
    decrit: JeuDeChiffres, brut: fichiers.Brut, decoupage: Decoupage, millesime: str
) -> JeuImporte | None:
    """L'import en vigueur, s'il vient du même fichier, lu de la même façon."""
    return JeuImporte.objects.filter(
        jeu=decrit.id, courant=True, demonstration=False, empreinte=brut.empreinte, description=decrit.empreinte,
        decoupage=decoupage.empreinte, **({"millesime": millesime} if millesime else {}),
    ).first()  # fmt: skip


def _refuser_un_autre_fichier(brut: fichiers.Brut, lu: tableaux.Lu) -> None:
    if len(lu.rejets) > PART_DE_REJETS_ADMISE * brut.table.height:
        premier = lu.rejets[0]
        raise ImportImpossible(
            f"{brut.nom} : {len(lu.rejets)} lignes rejetées sur {brut.table.height} ; ce n'est sans doute pas le bon "
            f"fichier. Première cause, ligne {premier.ligne} : {premier.cause}."
        )
    if lu.table.is_empty() or lu.table.width == 1:
        raise ImportImpossible(f"{brut.nom} : aucune ligne ne porte de chiffre.")


@transaction.atomic
def _mettre_en_base(importation: JeuImporte, lu: tableaux.Lu, *, acteur: Any) -> None:
    """Le tableau d'un bloc ; celui qu'il remplace est oublié, sa provenance reste notée."""
    precedents = JeuImporte.objects.select_for_update().filter(jeu=importation.jeu, courant=True)
    Tableau.objects.filter(importation__in=[p.pk for p in precedents]).delete()
    JeuImporte.objects.filter(jeu=importation.jeu, courant=True).update(courant=False)
    importation.save()
    fiches = None if lu.etablissements is None else _parquet(lu.etablissements)
    Tableau.objects.create(
        importation=importation, contenu=_parquet(lu.table), rangees=lu.table.height, etablissements=fiches
    )
    consigner(
        "jeu_importe", importation, acteur=acteur, jeu=importation.jeu, millesime=importation.millesime,
        empreinte=importation.empreinte, communes=importation.communes, demonstration=importation.demonstration,
    )  # fmt: skip


def _parquet(table: pl.DataFrame) -> bytes:
    contenu = io.BytesIO()
    table.write_parquet(contenu, compression="zstd", compression_level=1, statistics=False)
    return contenu.getvalue()


# --- La démonstration ---------------------------------------------------------------------------------------------


def charger_chiffres_de_demonstration(*, acteur: Any = None) -> list[JeuImporte]:
    """Met en base le petit tableau de chiffres, jeu par jeu ; rend les jeux posés.

    N'écrase jamais un jeu importé, ne refait pas ce qui est à jour. Les communes que la base n'a pas sont omises.
    """
    decoupage = decoupage_charge()
    en_place = {i.jeu: i for i in JeuImporte.objects.filter(courant=True, jeu__in=list(jeux()))}
    prets = jeux_de_demonstration()
    codes = {code for pret in prets if tableaux.COMMUNE in pret.table.columns for code in pret.table[tableaux.COMMUNE]}
    connues = list(Commune.objects.filter(pk__in=codes).values_list("pk", flat=True))
    poses = []
    for pret in prets:
        ancien, table = en_place.get(pret.decrit.id), pret.table
        if tableaux.COMMUNE in table.columns:
            table = table.filter(pl.col(tableaux.COMMUNE).is_in(connues))
        etat = (pret.description, table.height)
        if ancien is not None and (not ancien.demonstration or (ancien.description, ancien.communes) == etat):
            continue
        importation = JeuImporte(
            jeu=pret.decrit.id, millesime=pret.millesime, producteur=pret.producteur, licence=pret.licence,
            fichier=pret.fichier, empreinte=pret.empreinte, lignes=table.height, communes=table.height,
            demonstration=True, description=pret.description, decoupage=decoupage.empreinte if decoupage else "",
        )  # fmt: skip
        _mettre_en_base(importation, tableaux.Lu(table), acteur=acteur)
        poses.append(importation)
    return poses
