"""La reconnaissance d'une équipe : la prononcer, la corriger, choisir ce qu'on en publie."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.actions.fiches import exiger, historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.valeurs import en_json
from esperluette.journal.actions import consigner
from esperluette.reconnaissances.droits import peut_choisir_la_publication, peut_reconnaitre
from esperluette.reconnaissances.models import Reconnaissance


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
