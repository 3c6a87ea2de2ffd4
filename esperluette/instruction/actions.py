"""Les gestes de l'agent sur un dossier, et la reconnaissance d'une équipe."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.dossiers import courriels
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.instruction import affectations
from esperluette.instruction.droits import peut_choisir_la_publication, peut_reconnaitre
from esperluette.instruction.models import Reconnaissance
from esperluette.interlocuteurs.actions.fiches import exiger, historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.valeurs import en_json
from esperluette.journal.actions import consigner


@transaction.atomic
def prendre_en_instruction(dossier: Dossier, *, acteur: Compte) -> Dossier:
    """Prend le dossier en charge ; l'équipe le voit et reçoit un courriel. Rejoué par le même agent, sans effet.

    Lève `TransitionImpossible` (déjà pris par un autre, retiré…) ou `Refus` (hors du périmètre).
    """
    dossier = _relire(dossier)
    if dossier.etat == Etat.EN_INSTRUCTION and dossier.instruit_par_id == acteur.pk:
        return dossier
    dossier = franchir(dossier, "prendre_en_instruction", acteur=acteur)
    affectations.suivre_l_instruction(dossier)
    courriels.etat_change(dossier)
    return dossier


@transaction.atomic
def rendre(dossier: Dossier, *, acteur: Compte) -> Dossier:
    """Rend un dossier pris par erreur : il redevient à prendre, par qui la règle désigne. Rejoué, sans effet."""
    dossier = _relire(dossier)
    if dossier.etat == Etat.DEPOSE and peut_instruire(acteur, dossier):
        return dossier
    dossier = franchir(dossier, "rendre", acteur=acteur)
    affectations.affecter_selon_la_regle(dossier)
    courriels.etat_change(dossier)
    return dossier


def _relire(dossier: Dossier) -> Dossier:
    """Le dossier sous verrou : un second clic, arrivé au même instant, voit ce que le premier a fait."""
    return Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)


# --- La reconnaissance ----------------------------------------------------------------------------


def reconnaitre(
    equipe: Equipe,
    *,
    acteur: Compte,
    forme: str,
    debut: date,
    decision: str,
    fondement: str = "",
    dossier: Dossier | None = None,
    publiee: bool = True,
    reprise: bool = False,
) -> Reconnaissance:
    """Enregistre la reconnaissance d'une équipe, prononcée par l'ARS. `reprise` : la décision est antérieure.

    Lève Refus (hors du périmètre), Conflit (déjà reconnue sous cette forme), ou ErreurMetier (date à venir).
    """
    exiger(peut_reconnaitre(acteur, equipe))
    if debut > timezone.localdate():
        raise ErreurMetier("Une reconnaissance s’enregistre à partir du jour où elle prend effet.")
    if not decision.strip():
        raise ErreurMetier("Indiquez la référence de la décision : sans elle, rien ne dit que l’équipe est reconnue.")
    if equipe.reconnaissances.filter(forme=forme, fin=None).exists():
        raise Conflit("Cette équipe a déjà une reconnaissance en cours sous cette forme.")
    return _ecrire(
        Reconnaissance(equipe=equipe, forme=forme, region=equipe.region, dossier=dossier, enregistree_par=acteur),
        "equipe_reconnue",
        acteur=acteur,
        debut=debut,
        decision_texte=decision.strip(),
        fondement=fondement.strip(),
        publiee=publiee,
        reprise=reprise,
    )


def choisir_la_publication(reconnaissance: Reconnaissance, *, acteur: Compte, coordonnees: bool) -> Reconnaissance:
    """L'équipe publie ses coordonnées à l'annuaire, ou les en retire. Rejoué, sans effet."""
    exiger(peut_choisir_la_publication(acteur, reconnaissance))
    if reconnaissance.coordonnees_publiees == coordonnees:
        return reconnaissance
    sorte = "coordonnees_publiees" if coordonnees else "coordonnees_retirees"
    return _ecrire(reconnaissance, sorte, acteur=acteur, coordonnees_publiees=coordonnees)


def corriger_la_reconnaissance(reconnaissance: Reconnaissance, *, acteur: Compte, **champs: Any) -> Reconnaissance:
    """Corrige une erreur de saisie, publie, retire de l'annuaire ou met fin (`fin`). L'équipe ne change pas."""
    exiger(peut_reconnaitre(acteur, reconnaissance.equipe))
    return _ecrire(reconnaissance, "reconnaissance_corrigee", acteur=acteur, **champs)


@transaction.atomic
def _ecrire(reconnaissance: Reconnaissance, sorte: str, *, acteur: Compte, **champs: Any) -> Reconnaissance:
    """Le seul endroit qui écrit une reconnaissance ; l'acte va au journal de l'équipe, l'écart à l'histoire."""
    avant = {nom: en_json(getattr(reconnaissance, nom)) for nom in champs} if reconnaissance.pk else {}
    for nom, valeur in champs.items():
        setattr(reconnaissance, nom, valeur)
    apres = {nom: en_json(valeur) for nom, valeur in champs.items()}
    if apres == avant:
        return reconnaissance
    try:
        reconnaissance.full_clean()
    except ValidationError as erreur:
        raise ErreurMetier(" ".join(erreur.messages)) from erreur
    try:
        with transaction.atomic():
            reconnaissance.save()
    except IntegrityError as erreur:  # deux envois au même instant : la contrainte en base a tranché
        raise Conflit("Cette équipe a déjà une reconnaissance en cours sous cette forme.") from erreur
    geste = GesteDeFiche.MODIFICATION if avant else GesteDeFiche.CREATION
    historiser(reconnaissance, geste, avant, apres, acteur)
    consigner(
        sorte,
        reconnaissance.equipe,
        acteur=acteur,
        reconnaissance=reconnaissance.pk,
        forme=reconnaissance.sigle,
        champs=sorted(champs),
    )
    return reconnaissance
