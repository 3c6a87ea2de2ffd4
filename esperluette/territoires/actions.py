"""Charger le découpage en base."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from esperluette.journal.actions import consigner
from esperluette.territoires import texte as t
from esperluette.territoires.decoupage import Contenu, LigneCommune, cle_de_region, lire
from esperluette.territoires.enums import RangDeCle
from esperluette.territoires.models import (
    AncienneCommune,
    CleDeRecherche,
    Commune,
    Decoupage,
    Departement,
    Epci,
    Region,
)


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce qu'un chargement a fait ; `inchange` : la base avait déjà ce découpage, rien n'a été écrit."""

    millesime: int
    communes: int
    ajoutees: int = 0
    desactivees: int = 0
    inchange: bool = False


def charger(fichier: Path | None = None, *, acteur: Any = None, forcer: bool = False) -> Bilan:
    """Met la base au découpage du fichier (celui du paquet par défaut), tout ou rien.

    Rejouable. Une commune disparue est désactivée, jamais effacée ; son code mène à celle qui l'a absorbée.
    """
    contenu = lire(fichier)
    millesime = contenu.provenance.millesime
    nombre = len(contenu.communes)
    if not forcer and _deja_charge(contenu):
        return Bilan(millesime=millesime, communes=nombre, inchange=True)
    with transaction.atomic():
        connues = set(Commune.objects.filter(active=True).values_list("pk", flat=True))
        _charger_le_haut(contenu)
        _charger_les_communes(contenu.communes)
        desactivees = _desactiver(connues - {ligne.code for ligne in contenu.communes})
        _refaire_la_recherche(contenu)
        decoupage = _noter(contenu)
        ajoutees = len({ligne.code for ligne in contenu.communes} - connues)
        consigner(
            "decoupage_charge",
            decoupage,
            acteur=acteur,
            version=contenu.provenance.version,
            communes=nombre,
            ajoutees=ajoutees,
            desactivees=desactivees,
        )
    return Bilan(millesime=millesime, communes=nombre, ajoutees=ajoutees, desactivees=desactivees)


def _deja_charge(contenu: Contenu) -> bool:
    dernier = Decoupage.objects.order_by("-charge_le").first()
    return dernier is not None and dernier.empreinte == contenu.empreinte


def _remplacer(modele: type[models.Model], lignes: list[Any], champs: list[str]) -> None:
    modele._default_manager.bulk_create(lignes, update_conflicts=True, unique_fields=["code"], update_fields=champs)


def _charger_le_haut(contenu: Contenu) -> None:
    regions = [Region(code=code, nom=nom, cle=cle_de_region(nom)) for code, nom in contenu.regions]
    _remplacer(Region, regions, ["nom", "cle"])
    departements = [Departement(code=code, nom=nom, region_id=region) for code, nom, region in contenu.departements]
    _remplacer(Departement, departements, ["nom", "region"])
    _remplacer(Epci, [Epci(code=code, nom=nom, type=sorte) for code, nom, sorte in contenu.epci], ["nom", "type"])


def _charger_les_communes(lignes: list[LigneCommune]) -> None:
    region_de = dict(Departement.objects.values_list("code", "region_id"))
    communes = [
        Commune(
            code=ligne.code,
            nom=ligne.nom,
            departement_id=ligne.departement,
            region_id=region_de[ligne.departement],
            epci_id=ligne.epci or None,
            commune_mere_id=ligne.commune_mere or None,
            population=ligne.population,
            codes_postaux=list(ligne.codes_postaux),
            recherche=t.forme(ligne.nom),
            active=True,
        )
        for ligne in lignes
    ]
    champs = [champ.name for champ in Commune._meta.concrete_fields if not champ.primary_key]
    _remplacer(Commune, communes, champs)


def _desactiver(codes: set[str]) -> int:
    return Commune.objects.filter(pk__in=codes).update(active=False) if codes else 0


def _refaire_la_recherche(contenu: Contenu) -> None:
    CleDeRecherche.objects.all().delete()
    anciennes = [AncienneCommune(code=code, nom=nom, commune_id=commune) for code, nom, commune in contenu.anciennes]
    _remplacer(AncienneCommune, anciennes, ["nom", "commune"])
    perdues = set(AncienneCommune.objects.values_list("pk", flat=True)) - {a.code for a in anciennes}
    if perdues:
        AncienneCommune.objects.filter(pk__in=perdues).delete()
    CleDeRecherche.objects.bulk_create(cles_de(contenu.communes, anciennes))


def cles_de(lignes: list[LigneCommune], anciennes: list[AncienneCommune]) -> Iterator[CleDeRecherche]:
    """Les clés de recherche de ces communes et des anciennes communes qu'elles ont absorbées."""
    population = {ligne.code: ligne.population for ligne in lignes}
    for ligne in lignes:
        commune = {"poids": ligne.population, "commune_id": ligne.code}
        if ligne.commune_mere:
            for cle in (t.cle(ligne.nom), *ligne.codes_postaux):
                yield CleDeRecherche(cle=cle, rang=RangDeCle.ARRONDISSEMENT, **commune)
            continue
        for position, cle in enumerate(t.suffixes(ligne.nom)):
            yield CleDeRecherche(cle=cle, rang=RangDeCle.MOT if position else RangDeCle.NOM, **commune)
        for code_postal in ligne.codes_postaux:
            yield CleDeRecherche(cle=code_postal, rang=RangDeCle.NOM, **commune)
    for ancienne in anciennes:
        for cle in (ancienne.code.lower(), *t.suffixes(ancienne.nom)):
            yield CleDeRecherche(
                cle=cle,
                rang=RangDeCle.ANCIENNE,
                poids=population[ancienne.commune_id],
                commune_id=ancienne.commune_id,
                ancienne=ancienne,
            )


def _noter(contenu: Contenu) -> Decoupage:
    provenance = contenu.provenance
    decoupage, _ = Decoupage.objects.update_or_create(
        millesime=provenance.millesime,
        defaults={
            "version": provenance.version,
            "producteur": provenance.producteur,
            "licence": provenance.licence,
            "empreinte": contenu.empreinte,
            "charge_le": timezone.now(),
        },
    )
    return decoupage
