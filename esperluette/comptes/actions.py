"""Créer un compte, ouvrir et fermer une fonction."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes import droits
from esperluette.comptes.enums import Role, SorteOrganisme
from esperluette.comptes.models import Compte, Fonction, Organisme
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer
from esperluette.territoires.models import Departement, Epci, Region


class AdresseRefusee(ErreurMetier):
    """L'adresse donnée n'en est pas une, ou elle est déjà prise."""


class FonctionRefusee(ErreurMetier):
    """Le rôle, le territoire ou les dates ne tiennent pas ensemble."""


def compte_pour(
    courriel: str, *, prenom: str = "", nom: str = "", acteur: Compte | None = None, **champs: Any
) -> Compte:
    """Le compte de cette adresse, créé (et journalisé) s'il n'existe pas ; un compte existant ne change pas."""
    courriel = _adresse(courriel)
    if existant := Compte.objects.filter(courriel__iexact=courriel).first():
        return existant
    try:
        with transaction.atomic():
            compte = Compte.objects.create_user(courriel, prenom=prenom, nom=nom, **champs)
            consigner("compte_cree", compte, acteur=acteur)
            return compte
    except IntegrityError:  # créé au même instant par une autre requête
        return Compte.objects.get(courriel__iexact=courriel)


def nommer(compte: Compte, *, prenom: str, nom: str) -> None:
    """Donne un nom à un compte qui n'en a aucun ; qui s'est déjà nommé garde le sien."""
    if compte.prenom or compte.nom:
        return
    compte.prenom, compte.nom = prenom, nom
    compte.save(update_fields=["prenom", "nom"])


def _adresse(courriel: str) -> str:
    courriel = courriel.strip().lower()
    try:
        validate_email(courriel)
    except ValidationError:
        raise AdresseRefusee(f"« {courriel} » n’est pas une adresse électronique.") from None
    return courriel


@transaction.atomic
def ouvrir_fonction(
    compte: Compte,
    *,
    acteur: Compte | None,
    role: str,
    organisme: Organisme,
    region: Region | None = None,
    departement: Departement | None = None,
    epcis: Iterable[Epci] = (),
    debut: date | None = None,
    fin: date | None = None,
    prevenir: bool = True,
) -> Fonction:
    """Donne une fonction à un compte, la journalise et le prévient ; rejouée, elle rend celle qui existe.

    Périmètre : le département s'il est donné (et sa région), restreint aux intercommunalités si elles le
    sont ; sinon la région. L'administrateur n'a pas de territoire.
    """
    epcis = sorted(epcis, key=lambda e: e.pk)
    if departement is not None:
        if region is not None and departement.region_id != region.pk:
            raise FonctionRefusee(f"{departement} n’est pas un département de la région {region}.")
        region = departement.region
    if role not in Role.values:
        raise FonctionRefusee(f"« {role} » n’est pas un rôle. Choisissez parmi : {', '.join(Role.values)}.")
    if role == Role.ADMIN and (region or epcis):
        raise FonctionRefusee("Un administrateur n’a pas de territoire : il s’occupe de toute la plateforme.")
    if role != Role.ADMIN and region is None:
        raise FonctionRefusee("Indiquez la région, ou le département, où s’exerce cette fonction.")
    debut = debut or timezone.localdate()
    if fin is not None and fin < debut:
        raise FonctionRefusee("La fin d’une fonction ne peut pas précéder son début.")
    if not (permis := droits.peut_ouvrir_fonction(acteur, role, region.pk if region else None)):
        raise Refus(permis.motif)
    pareilles = compte.fonctions.actives().filter(
        role=role, organisme=organisme, region=region, departement=departement
    )
    for fonction in pareilles.prefetch_related("epcis"):
        if sorted(e.pk for e in fonction.epcis.all()) == [e.pk for e in epcis]:
            return fonction
    fonction = Fonction.objects.create(
        compte=compte, organisme=organisme, role=role, region=region, departement=departement, debut=debut, fin=fin
    )
    fonction.epcis.set(epcis)
    compte.fonctions_lues = None
    _consigner_fonction("fonction_ouverte", fonction, acteur, epcis=[e.pk for e in epcis])
    if prevenir:
        envoyer("comptes/fonction_ouverte", a=compte, contexte={"compte": compte, "fonction": fonction})
    return fonction


@transaction.atomic
def fermer_fonction(fonction: Fonction, *, acteur: Compte | None, motif: str = "") -> Fonction:
    """Met fin à une fonction tout de suite ; déjà finie, elle ne change pas.

    Le dernier jour d'une fonction compte : la fermer aujourd'hui, c'est la finir hier.
    """
    if not (permis := droits.peut_ouvrir_fonction(acteur, fonction.role, fonction.region_id)):
        raise Refus(permis.motif)
    fonction = Fonction.objects.select_for_update(of=("self",)).select_related("compte").get(pk=fonction.pk)
    hier = timezone.localdate() - timedelta(days=1)
    if fonction.fin is not None and fonction.fin <= hier:
        return fonction
    fonction.fin = hier
    fonction.save(update_fields=["fin"])
    _consigner_fonction("fonction_fermee", fonction, acteur, motif=motif[:100])
    return fonction


def _consigner_fonction(sorte: str, fonction: Fonction, acteur: Compte | None, **suite: Any) -> None:
    consigner(
        sorte,
        fonction.compte,
        acteur=acteur,
        fonction=fonction.pk,
        role=fonction.role,
        role_libelle=fonction.get_role_display(),
        region=fonction.region_id,
        departement=fonction.departement_id,
        **suite,
    )


def ars_de(region: Region) -> Organisme:
    """L'ARS d'une région, créée la première fois qu'on la nomme."""
    existante = Organisme.objects.filter(sorte=SorteOrganisme.ARS, region=region).order_by("pk").first()
    return existante or Organisme.objects.create(
        nom=f"Agence régionale de santé {region.nom}", sorte=SorteOrganisme.ARS, region=region
    )


@transaction.atomic
def changer_adresse(compte: Compte, *, nouvelle: str, acteur: Compte | None) -> Compte:
    """Change l'adresse qui identifie un compte, et prévient l'ancienne et la nouvelle."""
    nouvelle = _adresse(nouvelle)
    if Compte.objects.filter(courriel__iexact=nouvelle).exclude(pk=compte.pk).exists():
        raise AdresseRefusee("Cette adresse est déjà celle d’un compte.")
    ancienne = compte.courriel
    if nouvelle == ancienne:
        return compte
    compte.courriel = nouvelle
    compte.save(update_fields=["courriel"])
    consigner("adresse_changee", compte, acteur=acteur)
    for adresse in (ancienne, nouvelle):
        envoyer("comptes/adresse_changee", a=adresse, contexte={"compte": compte})
    return compte
