"""Ouvrir une instance qui manque, et dire comment elle délibère."""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from esperluette.commissions.actions.outils import ChampRefuse, exiger
from esperluette.commissions.droits import peut_composer, peut_creer_une_instance
from esperluette.commissions.enums import Niveau
from esperluette.commissions.models import Instance
from esperluette.commissions.regles import CHAMPS
from esperluette.commissions.valeurs import instances_de_depart, poser_instance
from esperluette.commun.erreurs import ErreurMetier
from esperluette.interlocuteurs.actions.fiches import historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.journal.actions import consigner
from esperluette.referentiel.modele import Edition
from esperluette.territoires.models import Departement, Region

EFFETS = ("favorable", "reserves", "ajournement", "defavorable")
ENTIERS = {"convocation_jours": (0, 90), "mandats_par_membre": (0, 9)}


@transaction.atomic
def creer_instance(
    region: Region,
    *,
    acteur: Any,
    edition: Edition | None = None,
    identifiant: str = "",
    sigle: str = "",
    nom: str = "",
    departement: Departement | None = None,
    source_document: str = "",
    source_date: datetime.date | None = None,
) -> Instance:
    """Ouvre une instance : celle que l'édition prévoit sous cet `identifiant`, avec ses sièges ; ou une autre, nommée.

    Rejouée, elle rend celle qui existe (et la remet en service). Une instance hors édition cite l'acte qui la crée.
    """
    exiger(peut_creer_une_instance(acteur, region.pk))
    if identifiant:
        return _d_apres_l_edition(region, edition, identifiant, acteur)
    if not sigle.strip() or not nom.strip():
        raise ChampRefuse("Donnez un sigle et un nom à cette commission.", "sigle")
    if not source_document.strip() or source_date is None:
        raise ChampRefuse("Citez l’acte qui crée cette commission, et sa date.", "source_document")
    niveau = Niveau.DEPARTEMENTAL if departement else Niveau.REGIONAL
    existante = Instance.objects.filter(region=region, sigle__iexact=sigle.strip(), departement=departement).first()
    if existante is not None:
        return existante
    instance = Instance.objects.create(
        region=region, instance_edition="", sigle=sigle.strip(), nom=nom.strip(), niveau=niveau,
        departement=departement, source_document=source_document.strip(), source_date=source_date,
    )  # fmt: skip
    historiser(instance, GesteDeFiche.CREATION, {}, {"sigle": instance.sigle, "nom": instance.nom}, acteur)
    consigner("instance_creee", instance, acteur=acteur, sigle=instance.sigle)
    return instance


def _d_apres_l_edition(region: Region, edition: Edition | None, identifiant: str, acteur: Any) -> Instance:
    valeurs = instances_de_depart(edition).get(identifiant) if edition is not None else None
    if edition is None or valeurs is None:
        raise ErreurMetier("L’édition de cette région ne prévoit pas cette commission.")
    existante = Instance.objects.filter(region=region, identifiant=identifiant).first()
    if existante is not None:
        if not existante.actif:
            existante.actif = True
            existante.save(update_fields=["actif", "modifie_le"])
            consigner("instance_rouverte", existante, acteur=acteur)
        return existante
    complet = {"actif": True, **valeurs}
    instance = Instance(region=region, identifiant=identifiant, edition=edition.numero, valeurs_de_depart=complet)
    try:
        with transaction.atomic():
            poser_instance(instance, complet)
    except IntegrityError:  # deux clics au même instant
        return Instance.objects.get(region=region, identifiant=identifiant)
    historiser(instance, GesteDeFiche.CREATION, {}, complet, acteur)
    consigner("instance_creee", instance, acteur=acteur, sigle=instance.sigle)
    return instance


@transaction.atomic
def fixer_les_regles(
    instance: Instance,
    *,
    acteur: Any,
    regles: Mapping[str, Any],
    avis: Sequence[Mapping[str, str]] = (),
    document: str = "",
    passage: str = "",
    date: datetime.date | None = None,
) -> Instance:
    """Garde les règles qu'un acte propre à l'instance change, et cite cet acte ; tout vide : retour à l'édition.

    `regles` ne nomme que ce qui diffère de l'édition. Une règle sans acte daté est refusée (`ChampRefuse`).
    """
    exiger(peut_composer(acteur, instance))
    instance = Instance.objects.select_for_update(of=("self",)).get(pk=instance.pk)
    propres, liste = _regles(regles), _avis(avis)
    if (propres or liste) and (not document.strip() or date is None):
        champ = "date" if document.strip() else "document"
        raise ChampRefuse("Citez l’acte qui fixe ces règles (règlement intérieur, arrêté), et sa date.", champ)
    if not (propres or liste):
        document, passage, date = "", "", None
    avant = (instance.regles, instance.avis, instance.regles_document, instance.regles_passage, instance.regles_date)
    if avant == (propres, liste, document.strip(), passage.strip(), date):
        return instance
    instance.regles, instance.avis = propres, liste
    instance.regles_document, instance.regles_passage, instance.regles_date = document.strip(), passage.strip(), date
    instance.save(update_fields=["regles", "avis", "regles_document", "regles_passage", "regles_date", "modifie_le"])
    consigner("regles_fixees", instance, acteur=acteur, regles=sorted(propres), avis=[a["id"] for a in liste])
    return instance


def _regles(regles: Mapping[str, Any]) -> dict[str, Any]:
    propres: dict[str, Any] = {}
    for cle, valeur in regles.items():
        if cle not in CHAMPS:
            raise ErreurMetier(f"« {cle} » n’est pas une règle de commission.")
        if cle == "quorum":
            propres[cle] = _part(str(valeur))
        elif cle in ENTIERS:
            bas, haut = ENTIERS[cle]
            if not bas <= int(valeur) <= haut:
                raise ChampRefuse(f"Entre {bas} et {haut}.", cle)
            propres[cle] = int(valeur)
        else:
            propres[cle] = bool(valeur)
    return propres


def _part(texte: str) -> str:
    try:
        part = Fraction(texte.replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise ChampRefuse("Écrivez une part, par exemple 1/2 ou 2/3.", "quorum") from None
    if not 0 < part <= 1 or part.denominator > 999:
        raise ChampRefuse("Le quorum est une part des membres : plus que 0, et 1 au plus.", "quorum")
    return f"{part.numerator}/{part.denominator}"


def _avis(avis: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    liste = [{"id": a["id"], "libelle": a["libelle"].strip(), "effet": a["effet"]} for a in avis]
    if any(a["effet"] not in EFFETS or not a["libelle"] for a in liste):
        raise ChampRefuse("Chaque avis a un nom et un effet.", "avis")
    if len({a["id"] for a in liste}) != len(liste):
        raise ChampRefuse("Deux avis portent le même nom.", "avis")
    if liste and not {"favorable", "defavorable"} <= {a["effet"] for a in liste}:
        raise ChampRefuse("Il faut au moins un avis favorable et un avis défavorable.", "avis")
    return liste
