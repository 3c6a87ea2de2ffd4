"""Demander une rencontre à l'interlocuteur de son territoire, la fixer, en rendre compte, la relancer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Model, Q
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.interlocuteurs import jetons
from esperluette.interlocuteurs.actions.fiches import exiger
from esperluette.interlocuteurs.cycle import franchir
from esperluette.interlocuteurs.destinataires import adresses_des, destinataires_de
from esperluette.interlocuteurs.droits import JOURS_AVANT_RELANCE, peut_relancer
from esperluette.interlocuteurs.enums import EtatDeDemande, SorteDeDemande
from esperluette.interlocuteurs.models import DemandeDeRencontre, StructureAppui
from esperluette.interlocuteurs.registres import equipes_de
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer
from esperluette.territoires.models import Commune

# Un double clic n'en fait pas deux.
DOUBLE = timedelta(minutes=30)
RELANCES_MAXIMUM = 3


@dataclass(frozen=True, slots=True)
class Demandeur:
    """Qui écrit, et comment lui répondre."""

    nom: str
    qualite: str
    courriel: str
    telephone: str = ""


@transaction.atomic
def demander(
    demandeur: Demandeur,
    *,
    acteur: Any,
    commune: Commune,
    message: str,
    sorte: str = SorteDeDemande.RENCONTRE,
    copies: Collection[StructureAppui] = (),
    equipe: Any = None,
) -> DemandeDeRencontre:
    """Écrit à l'interlocuteur de cette commune. Sans compte (`acteur=None`), la demande attend d'être confirmée par
    courriel ; avec un compte, elle part tout de suite, à l'adresse du compte. Rejouée, elle rend celle qui existe.

    Lève Refus si l'équipe n'est pas celle du compte, ErreurMetier si une structure n'est pas de la région.
    """
    _verifier(acteur, commune, copies, equipe)
    courriel = acteur.courriel if acteur is not None else demandeur.courriel.strip().lower()
    deja = DemandeDeRencontre.objects.filter(
        demandeur=acteur,
        courriel=courriel,
        commune=commune,
        message=message,
        sorte=sorte,
        creee_le__gte=timezone.now() - DOUBLE,
    ).exclude(etat=EtatDeDemande.ANNULEE)
    if existante := deja.first():
        return existante
    demande = DemandeDeRencontre.objects.create(
        sorte=sorte,
        etat=EtatDeDemande.A_CONFIRMER if acteur is None else EtatDeDemande.DEMANDEE,
        envoyee_le=None if acteur is None else timezone.now(),
        demandeur=acteur,
        nom=demandeur.nom,
        qualite=demandeur.qualite,
        courriel=courriel,
        telephone=demandeur.telephone,
        commune=commune,
        message=message,
        destinataire=destinataires_de(commune).interlocuteur,
        lie_type=ContentType.objects.get_for_model(equipe) if equipe is not None else None,
        lie_id=str(equipe.pk) if equipe is not None else "",
        equipe_nom=str(equipe) if equipe is not None else "",
        fictive=bool(getattr(acteur, "fictif", False)),
    )
    demande.copies.set(copies)
    consigner("demande_creee", demande, acteur=acteur, sorte_de_demande=demande.sorte)
    if acteur is None:
        _envoyer("interlocuteurs/a_confirmer", courriel, demande, jetons.lien("confirmer", demande.pk))
    else:
        _prevenir(demande)
    return demande


def confirmer(demande: DemandeDeRencontre) -> DemandeDeRencontre:
    """Le demandeur a suivi le lien reçu à son adresse : sa demande part. Rejoué, sans effet."""
    if demande.etat in (*EtatDeDemande.OUVERTS, *EtatDeDemande.CLOS):
        return demande
    demande = franchir(demande, "confirmer", acteur=None, contexte={"par_lien": True}, envoyee_le=timezone.now())
    _prevenir(demande)
    return demande


def fixer(
    demande: DemandeDeRencontre, *, acteur: Any, rendez_vous: datetime, lieu: str, participants: str
) -> DemandeDeRencontre:
    """L'agent fixe la rencontre, ou la déplace ; le demandeur en est prévenu."""
    if rendez_vous <= timezone.now():
        raise ErreurMetier("Cette date est passée : une rencontre se fixe dans l’avenir.")
    champs = {"rendez_vous": rendez_vous, "lieu": lieu, "participants": participants, "traitee_par": acteur}
    return _repondre("fixer", demande, acteur, champs, "interlocuteurs/fixee")


def rendre_compte(
    demande: DemandeDeRencontre,
    *,
    acteur: Any,
    implication: str,
    coherence: str,
    finalites: str,
    participants: str = "",
) -> DemandeDeRencontre:
    """La rencontre a eu lieu : ce qui s'y est dit de l'implication, de la cohérence et des finalités."""
    if demande.rendez_vous is not None and demande.rendez_vous > timezone.now():
        raise ErreurMetier("Cette rencontre n’a pas encore eu lieu. Déplacez-la, ou attendez son jour.")
    champs = {"implication": implication, "coherence": coherence, "finalites": finalites, "traitee_par": acteur}
    if participants:
        champs["participants"] = participants
    return _repondre("rendre_compte", demande, acteur, champs, "interlocuteurs/tenue")


def repondre(demande: DemandeDeRencontre, *, acteur: Any, reponse: str) -> DemandeDeRencontre:
    """L'agent répond à un message ; le demandeur reçoit un lien vers la réponse."""
    return _repondre(
        "repondre", demande, acteur, {"reponse": reponse, "traitee_par": acteur}, "interlocuteurs/repondue"
    )


def annuler(demande: DemandeDeRencontre, *, acteur: Any, motif: str, par_lien: bool = False) -> DemandeDeRencontre:
    """Le demandeur renonce, ou l'agent y met fin : l'autre est prévenu."""
    etait_partie = demande.etat != EtatDeDemande.A_CONFIRMER
    demande = franchir(demande, "annuler", acteur=acteur, contexte={"par_lien": par_lien}, motif=motif.strip())
    if not etait_partie:
        return demande
    if par_lien or (acteur is not None and acteur.pk == demande.demandeur_id):
        _ecrire_aux_agents("interlocuteurs/annulee_agent", demande)
    else:
        _ecrire_au_demandeur("interlocuteurs/annulee", demande)
    return demande


@transaction.atomic
def relancer(demande: DemandeDeRencontre, *, acteur: Any, par_lien: bool = False) -> DemandeDeRencontre:
    """Rappelle une demande restée sans réponse, au plus une fois par semaine."""
    demande = DemandeDeRencontre.objects.select_for_update(of=("self",)).get(pk=demande.pk)
    exiger(peut_relancer(acteur, demande, par_lien=par_lien))
    return _relancer(demande, acteur)


def entretenir() -> None:
    """Chaque jour : rappelle les demandes sans réponse, efface celles qu'on n'a jamais confirmées."""
    maintenant = timezone.now()
    DemandeDeRencontre.objects.filter(
        etat=EtatDeDemande.A_CONFIRMER, creee_le__lt=maintenant - 2 * jetons.DELAI_DE_CONFIRMATION
    ).delete()
    limite = maintenant - timedelta(days=JOURS_AVANT_RELANCE)
    anciennes = DemandeDeRencontre.objects.filter(
        Q(relancee_le=None, envoyee_le__lt=limite) | Q(relancee_le__lt=limite),
        etat=EtatDeDemande.DEMANDEE,
        relances__lt=RELANCES_MAXIMUM,
    )
    for pk in anciennes.values_list("pk", flat=True):
        with transaction.atomic():
            demande = anciennes.select_for_update(of=("self",)).filter(pk=pk).first()
            if demande is not None:
                _relancer(demande, None)


def _relancer(demande: DemandeDeRencontre, acteur: Any) -> DemandeDeRencontre:
    DemandeDeRencontre.objects.filter(pk=demande.pk).update(relances=F("relances") + 1, relancee_le=timezone.now())
    demande.refresh_from_db()
    consigner("demande_relancee", demande, acteur=acteur, relances=demande.relances)
    _ecrire_aux_agents("interlocuteurs/relance", demande)
    return demande


def _verifier(acteur: Any, commune: Commune, copies: Collection[StructureAppui], equipe: Any) -> None:
    if any(s.region_id != commune.region_id or not s.actif for s in copies):
        raise ErreurMetier("Une structure en copie est de la même région que votre commune.")
    siennes = [e for e in equipes_de(acteur) if e.model is type(equipe)]
    if equipe is not None and not any(e.filter(pk=equipe.pk).exists() for e in siennes):
        raise Refus("Vous n’écrivez qu’au nom d’une équipe dont vous êtes membre.")


def _repondre(
    nom: str, demande: DemandeDeRencontre, acteur: Any, champs: dict[str, Any], gabarit: str
) -> DemandeDeRencontre:
    demande = franchir(demande, nom, acteur=acteur, **champs)
    _ecrire_au_demandeur(gabarit, demande)
    return demande


def _prevenir(demande: DemandeDeRencontre) -> None:
    """La demande part : à l'interlocuteur, aux structures choisies ; le demandeur garde son lien de suivi."""
    _ecrire_aux_agents("interlocuteurs/recue", demande)
    for adresse in adresses_des(demande.copies.all()):
        _envoyer("interlocuteurs/copie", adresse, demande, "")
    _ecrire_au_demandeur("interlocuteurs/partie", demande)


def _ecrire_aux_agents(gabarit: str, demande: DemandeDeRencontre) -> None:
    lien = f"{settings.ADRESSE_PUBLIQUE}{reverse('interlocuteurs:demande', args=[demande.pk])}"
    for adresse in destinataires_de(demande.commune).adresses:
        _envoyer(gabarit, adresse, demande, lien)


def _ecrire_au_demandeur(gabarit: str, demande: DemandeDeRencontre) -> None:
    _envoyer(gabarit, demande.courriel, demande, jetons.lien("suivi", demande.pk))


def _envoyer(gabarit: str, adresse: str, demande: DemandeDeRencontre, lien: str) -> None:
    objet: Model = demande
    contexte = {"demande": demande, "commune": str(demande.commune), "lien": lien}
    envoyer(gabarit, a=adresse, contexte=contexte, objet_lie=objet)
