"""Demander un chiffre à l'ARS, relancer, retirer ; répondre ; mettre la réponse dans le projet."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner
from esperluette.referentiel.normalisation import ValeurRefusee
from esperluette.sollicitations import courriels, insertion
from esperluette.sollicitations.droits import (
    DEJA,
    assez_attendu,
    peut_demander,
    peut_inserer,
    peut_relancer,
    peut_repondre,
    peut_retirer,
)
from esperluette.sollicitations.enums import EtatSollicitation, Issue
from esperluette.sollicitations.lectures import champ_de_chiffres, rubriques_de
from esperluette.sollicitations.models import LONGUEUR, Sollicitation

ENTIERS = 12  # chiffres avant la virgule, et 4 après : ce que la base garde


@transaction.atomic
def demander(
    dossier: Dossier,
    *,
    acteur: Compte,
    rubrique: str,
    libelle: str,
    precisions: str = "",
    jeton: uuid.UUID | None = None,
) -> Sollicitation:
    """Demande un chiffre à l'ARS et prévient ses agents ; le même `jeton` envoyé deux fois ne demande qu'une fois.

    Lève `Refus` (pas membre, dossier fermé), `ErreurMetier` (rien de demandé, trop de demandes en attente).
    """
    dossier = _verrouiller(dossier.pk)
    jeton = jeton or uuid.uuid4()
    deja = Sollicitation.objects.filter(dossier=dossier).filter(demandee_par=acteur, jeton=jeton).first()
    if deja is not None:
        return deja
    _exiger(peut_demander(acteur, dossier))
    voulue = next((r for r in rubriques_de(dossier) if r.id == rubrique), None)
    if voulue is None:
        raise ErreurMetier("Choisissez la rubrique de votre projet qui attend ce chiffre.")
    libelle = _texte(libelle, "le chiffre demandé", 200)
    maximum = settings.SOLLICITATIONS_EN_ATTENTE
    if Sollicitation.objects.filter(dossier=dossier).en_attente().count() >= maximum:
        raise ErreurMetier(
            f"{maximum} demandes attendent déjà l’ARS pour ce dossier : attendez ses réponses, ou retirez-en une."
        )
    hier = timezone.now() - timedelta(days=1)
    # Retirer puis redemander écrirait sans fin aux agents.
    if Sollicitation.objects.filter(dossier=dossier, demandee_le__gte=hier).count() >= 2 * maximum:
        raise ErreurMetier("Ce dossier a fait beaucoup de demandes depuis hier : reprenez demain.")
    sollicitation = Sollicitation.objects.create(
        dossier=dossier, rubrique=voulue.id, rubrique_intitule=voulue.intitule[:300],
        champ=champ_de_chiffres(voulue), libelle=libelle,
        precisions=_texte(precisions, "vos précisions", exige=False), demandee_par=acteur, jeton=jeton,
    )  # fmt: skip
    _noter("chiffre_demande", sollicitation, acteur)
    courriels.demandee(sollicitation)
    return sollicitation


@transaction.atomic
def relancer(sollicitation: Sollicitation, *, acteur: Compte) -> Sollicitation:
    """Rappelle la demande aux agents. Lève `Refus`, ou `ErreurMetier` si la dernière fois est trop récente."""
    sollicitation = _relire(sollicitation)
    _exiger(peut_relancer(acteur, sollicitation))
    if not (attendu := assez_attendu(sollicitation)):
        raise ErreurMetier(attendu.motif)
    sollicitation.relancee_le, sollicitation.relances = timezone.now(), sollicitation.relances + 1
    sollicitation.save(update_fields=["relancee_le", "relances"])
    _noter("chiffre_relance", sollicitation, acteur)
    courriels.relancee(sollicitation)
    return sollicitation


@transaction.atomic
def retirer(sollicitation: Sollicitation, *, acteur: Compte) -> Sollicitation:
    """L'équipe n'attend plus ce chiffre. Rejoué, sans effet. Lève `Refus` si l'ARS a répondu entre-temps."""
    sollicitation = _relire(sollicitation)
    _exiger(peut_retirer(acteur, sollicitation))
    if sollicitation.retiree_le is not None:
        return sollicitation
    sollicitation.retiree_le, sollicitation.retiree_par = timezone.now(), acteur
    sollicitation.save(update_fields=["retiree_le", "retiree_par"])
    _noter("chiffre_retire", sollicitation, acteur)
    return sollicitation


# --- La réponse ------------------------------------------------------------------------------------


@transaction.atomic
def fournir(
    sollicitation: Sollicitation,
    *,
    acteur: Compte,
    valeur: Decimal,
    unite: str,
    source: str,
    millesime: str,
    commentaire: str = "",
) -> Sollicitation:
    """Donne le chiffre, et le met dans le projet ; si le projet ne peut pas le recevoir, il attend.

    Rejoué à l'identique, sans effet. Lève `Refus`, `Conflit` (un collègue a répondu), `ErreurMetier`.
    """
    if not valeur.is_finite() or abs(valeur) >= 10**ENTIERS or round(valeur, 4) != valeur:
        raise ErreurMetier(f"Écrivez un nombre d’au plus {ENTIERS} chiffres, et 4 après la virgule.")
    donne = {
        "issue": Issue.FOURNI, "valeur": valeur, "unite": _texte(unite, "l’unité", 60),
        "source": _texte(source, "la source", 200), "millesime": _texte(millesime, "le millésime", 40),
        "commentaire": _texte(commentaire, "votre commentaire", exige=False), "motif": "",
    }  # fmt: skip
    sollicitation, neuve = _repondre(sollicitation, acteur, donne)
    if not neuve:
        return sollicitation
    _noter("chiffre_donne", sollicitation, acteur)
    insertion.tenter(sollicitation, acteur=acteur)
    courriels.repondue(sollicitation)
    return sollicitation


@transaction.atomic
def ne_pas_avoir(sollicitation: Sollicitation, *, acteur: Compte, motif: str) -> Sollicitation:
    """L'ARS n'a pas ce chiffre, et dit pourquoi. Rejoué à l'identique, sans effet. Lève `Refus`, `Conflit`."""
    donne = {"issue": Issue.INDISPONIBLE, "motif": _texte(motif, "pourquoi vous ne l’avez pas : l’équipe le lira")}
    sollicitation, neuve = _repondre(sollicitation, acteur, donne)
    if neuve:
        _noter("chiffre_indisponible", sollicitation, acteur)
        courriels.repondue(sollicitation)
    return sollicitation


def _repondre(sollicitation: Sollicitation, acteur: Compte, donne: Mapping[str, object]) -> tuple[Sollicitation, bool]:
    """Écrit la réponse ; faux si c'était déjà la sienne, mot pour mot."""
    sollicitation = _relire(sollicitation)
    la_sienne = sollicitation.repondue_par_id == acteur.pk
    if la_sienne and all(getattr(sollicitation, champ) == valeur for champ, valeur in donne.items()):
        return sollicitation, False
    if donne["issue"] == sollicitation.issue == Issue.INDISPONIBLE and not la_sienne:
        raise Conflit("Un collègue a déjà répondu que l’ARS n’a pas ce chiffre.")
    permission = peut_repondre(acteur, sollicitation)
    if not permission:
        raise (Conflit if permission.motif == DEJA else Refus)(permission.motif)
    for champ, valeur in donne.items():
        setattr(sollicitation, champ, valeur)
    sollicitation.repondue_le, sollicitation.repondue_par = timezone.now(), acteur
    sollicitation.save(update_fields=[*donne, "repondue_le", "repondue_par"])
    return sollicitation, True


@transaction.atomic
def inserer(sollicitation: Sollicitation, *, acteur: Compte) -> Sollicitation:
    """Met dans le projet un chiffre reçu qui n'y est pas ou plus. Rejoué, sans effet. Lève `Refus`, `ErreurMetier`."""
    sollicitation = _relire(sollicitation)
    if sollicitation.etat == EtatSollicitation.INSERE:
        return sollicitation
    _exiger(peut_inserer(acteur, sollicitation))
    try:
        insertion.inserer(sollicitation, acteur=acteur)
    except ValeurRefusee as refus:
        raise ErreurMetier(str(refus)) from None
    return sollicitation


# --- Ce que partagent les gestes ---------------------------------------------------------------------


def _verrouiller(dossier_id: int) -> Dossier:
    """Le dossier sous verrou : deux envois du même geste se suivent, le second voit le premier."""
    verrouille = Dossier.objects.select_for_update(of=("self",)).select_related(
        "equipe__implantation", "affecte_a", "instruit_par"
    )
    return verrouille.get(pk=dossier_id)


def _relire(sollicitation: Sollicitation) -> Sollicitation:
    dossier = _verrouiller(sollicitation.dossier_id)
    relue = Sollicitation.objects.select_related("demandee_par").get(pk=sollicitation.pk)
    relue.dossier = dossier
    return relue


def _noter(sorte: str, sollicitation: Sollicitation, acteur: Compte) -> None:
    marquer_un_mouvement(sollicitation.dossier)
    consigner(sorte, sollicitation.dossier, acteur=acteur, sollicitation=sollicitation.pk)


def _exiger(permission: Permission) -> None:
    if not permission:
        raise Refus(permission.motif)


def _texte(texte: str, quoi: str, longueur: int = LONGUEUR, *, exige: bool = True) -> str:
    """Le texte sans octet nul ni bords ; lève `ErreurMetier` s'il manque ou s'il est trop long."""
    propre = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if exige and not propre:
        raise ErreurMetier(f"Dites {quoi}.")
    if len(propre) > longueur:
        raise ErreurMetier(f"{quoi[0].upper()}{quoi[1:]} compte {len(propre)} signes ; la limite est de {longueur}.")
    return propre
