"""Tenir la séance : l'ouvrir, dire qui est là, qui représente qui, qui préside."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions.cycle import franchir_seance
from esperluette.commissions.droits import peut_composer
from esperluette.commissions.enums import Modalite
from esperluette.commissions.models import Instance, MandatDeSiege, Seance, Siege
from esperluette.commissions.regles import regles_de
from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions.commun import ecrire, exiger, texte_propre
from esperluette.deliberations.droits import peut_saisir
from esperluette.deliberations.enums import Mode
from esperluette.deliberations.models import OptionsDeLecture, Pouvoir, Presence, Tenue
from esperluette.journal.actions import consigner

PARTI = "parti"


@transaction.atomic
def ouvrir(seance: Seance, *, acteur: Compte, vote_jusqu_a: datetime | None = None) -> Seance:
    """Ouvre la séance ; une consultation écrite dit jusqu'à quand. Lève Refus, SeanceImpossible ou ErreurMetier."""
    if seance.modalite == Modalite.ECRITE and (vote_jusqu_a is None or vote_jusqu_a <= timezone.now()):
        raise ErreurMetier("Dites jusqu’à quand les membres votent : une date et une heure à venir.")
    seance = franchir_seance(seance, "ouvrir", acteur=acteur)
    president = _mandats(seance).filter(president=True).order_by("-titulaire", "pk").first()
    Tenue.objects.get_or_create(
        seance=seance,
        defaults={
            "preside_par": president.compte if president else None,
            "vote_jusqu_a": vote_jusqu_a if seance.modalite == Modalite.ECRITE else None,
        },
    )
    return seance


@transaction.atomic
def fermer_la_consultation(seance: Seance, *, acteur: Compte) -> Tenue:
    """Met fin au vote écrit maintenant ; déjà fermé, sans effet."""
    exiger(peut_saisir(acteur, seance))
    tenue = _tenue(seance)
    if tenue.vote_jusqu_a is None or tenue.vote_jusqu_a > timezone.now():
        tenue.vote_jusqu_a = timezone.now()
        tenue.save(update_fields=["vote_jusqu_a"])
        consigner("consultation_fermee", seance, acteur=acteur)
    return tenue


@transaction.atomic
def presider(seance: Seance, compte: Compte, *, acteur: Compte) -> Tenue:
    """Dit qui préside cette séance : un membre votant."""
    exiger(peut_saisir(acteur, seance))
    if not _mandats(seance).filter(compte=compte, siege__votant=True).exists():
        raise ErreurMetier("La séance est présidée par un membre votant.")
    tenue = _tenue(seance)
    if tenue.preside_par_id != compte.pk:
        tenue.preside_par = compte
        tenue.save(update_fields=["preside_par"])
        consigner("seance_presidee", seance, acteur=acteur, preside_par=compte.pk)
    return tenue


@transaction.atomic
def observer(seance: Seance, texte: str, *, version_lue: int, acteur: Compte) -> int:
    """Ce qui vaut pour toute la séance, et ira au procès-verbal (personnes entendues, incidents)."""
    exiger(peut_saisir(acteur, seance))
    return ecrire(_tenue(seance), "observations", texte_propre(texte), version_lue=version_lue)


@transaction.atomic
def noter_presence(
    seance: Seance, siege: Siege, compte: Compte, mode: str, *, acteur: Compte, le: datetime | None = None
) -> Presence | None:
    """Dit où en est une personne : présente, à distance, absente ou partie. Rejoué, sans effet.

    `le` : l'heure de l'arrivée ou du départ, entre l'ouverture et maintenant ; maintenant par défaut.
    """
    exiger(peut_saisir(acteur, seance))
    if not _mandats(seance).filter(siege=siege, compte=compte).exists():
        raise ErreurMetier(f"{compte} ne tient pas ce siège.")
    if mode not in (*Mode.values, PARTI):
        raise ErreurMetier("Dites présent, à distance, absent ou parti.")
    le = _heure(seance, le)
    Seance.objects.select_for_update(of=("self",)).get(pk=seance.pk)  # deux postes : l'un après l'autre
    courante = Presence.objects.filter(seance=seance, compte=compte, parti_le=None).first()
    if mode == (courante.mode if courante else ""):
        return courante
    consigner("presence_notee", seance, acteur=acteur, compte=compte.pk, siege=siege.pk, mode=mode)
    if mode == PARTI:
        if courante is None or courante.mode == Mode.ABSENT or courante.arrive_le is None:
            raise ErreurMetier(f"{compte} n’était pas là.")
        courante.parti_le = max(le, courante.arrive_le)
        courante.save(update_fields=["parti_le"])
        return courante
    if courante and courante.mode in Mode.LA and mode in Mode.LA:
        courante.mode = mode
        courante.save(update_fields=["mode"])
        return courante
    if courante:  # saisie par erreur : ni là, ni absente à cette heure
        courante.delete()
    elif mode == Mode.ABSENT and Presence.objects.filter(seance=seance, compte=compte).exists():
        raise ErreurMetier(f"{compte} a été là, puis est parti : c’est déjà noté.")
    return Presence.objects.create(
        seance=seance, siege=siege, compte=compte, mode=mode, arrive_le=None if mode == Mode.ABSENT else le,
        saisie_par=acteur,
    )  # fmt: skip


@transaction.atomic
def donner_mandat(seance: Seance, de: Siege, a: Siege | None, *, mandant: Compte, acteur: Compte) -> Pouvoir | None:
    """Le membre absent donne mandat à un autre siège ; `a=None` le retire. Un mandat par membre (R. 133-9)."""
    exiger(peut_saisir(acteur, seance))
    if not _mandats(seance).filter(siege=de, compte=mandant, siege__votant=True).exists():
        raise ErreurMetier("Seul un membre votant donne mandat.")
    Seance.objects.select_for_update(of=("self",)).get(pk=seance.pk)
    courant = Pouvoir.objects.filter(seance=seance, de=de, retire_le=None).first()
    if (courant.a_id if courant else None) == (a.pk if a else None):
        return courant
    if a is not None:
        _verifier_le_mandataire(seance, de, a)
    if courant:
        courant.retire_le = timezone.now()
        courant.save(update_fields=["retire_le"])
    consigner("mandat_donne", seance, acteur=acteur, de=de.pk, a=a.pk if a else None)
    if a is None:
        return None
    return Pouvoir.objects.create(seance=seance, de=de, mandant=mandant, a=a, saisi_par=acteur)


def _verifier_le_mandataire(seance: Seance, de: Siege, a: Siege) -> None:
    if a.pk == de.pk or not a.votant or not _mandats(seance).filter(siege=a).exists():
        raise ErreurMetier("Un mandat se donne à un autre membre votant.")
    limite = regles_de(seance.instance).mandats_par_membre
    deja = Pouvoir.objects.filter(seance=seance, a=a, retire_le=None).exclude(de=de).count()
    if deja >= limite:
        s = "s" if limite > 1 else ""
        raise ErreurMetier(f"« {a} » détient déjà {deja} mandat{s} : la règle est de {limite} par membre.")


@transaction.atomic
def choisir_la_lecture(instance: Instance, *, apres_le_sien: bool, acteur: Compte) -> OptionsDeLecture:
    """Montrer ou non les avis écrits avant que chacun ait rendu le sien."""
    exiger(peut_composer(acteur, instance))
    options, _ = OptionsDeLecture.objects.get_or_create(instance=instance)
    if options.apres_le_sien != apres_le_sien:
        options.apres_le_sien = apres_le_sien
        options.save(update_fields=["apres_le_sien"])
        consigner("lecture_choisie", instance, acteur=acteur, apres_le_sien=apres_le_sien)
    return options


def _mandats(seance: Seance) -> Any:
    return MandatDeSiege.objects.en_cours().filter(siege__instance=seance.instance_id)


def _tenue(seance: Seance) -> Tenue:
    Tenue.objects.get_or_create(seance=seance)
    return Tenue.objects.select_for_update(of=("self",)).get(seance=seance)


def _heure(seance: Seance, le: datetime | None) -> datetime:
    """Une heure plausible : jamais avant l'ouverture, jamais dans l'avenir."""
    maintenant = timezone.now()
    if le is None or timezone.is_naive(le):
        return maintenant
    return min(max(le, seance.ouverte_le or le), maintenant)
