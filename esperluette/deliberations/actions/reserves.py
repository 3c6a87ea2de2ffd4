"""Suivre une réserve : l'équipe dépose une preuve, l'agent lève, abandonne avec motif, ou rouvre."""

from typing import Any

from django.db import transaction

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.deliberations import courriels
from esperluette.deliberations.actions.commun import exiger, texte_propre
from esperluette.deliberations.cycle import franchir_reserve
from esperluette.deliberations.droits import peut_prouver, peut_suivre
from esperluette.deliberations.enums import EtatDeReserve, GesteDeReserve
from esperluette.deliberations.models import EtapeDeReserve, Reserve
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.fichiers.actions import enregistrer
from esperluette.journal.actions import consigner


@transaction.atomic
def prouver(reserve: Reserve, *, acteur: Compte, texte: str = "", upload: Any = None) -> EtapeDeReserve:
    """L'équipe dépose une preuve : un texte, un fichier, ou les deux. L'agent en est prévenu.

    Lève Refus, ErreurMetier (rien à déposer) ou FichierRefuse. Rejoué à l'identique, sans effet.
    """
    reserve = Reserve.objects.select_for_update(of=("self",)).select_related("dossier__equipe").get(pk=reserve.pk)
    if reserve.etat != EtatDeReserve.A_LEVER:
        raise Conflit(f"Cette réserve est maintenant « {reserve.etat_enum.label} » : elle n’attend plus de preuve.")
    exiger(peut_prouver(acteur, reserve))
    propre = texte_propre(texte)
    if not propre and upload is None:
        raise ErreurMetier("Écrivez en quoi la réserve est levée, ou joignez un fichier.")
    fichier = enregistrer(upload, acteur=acteur) if upload is not None else None
    derniere = reserve.etapes.filter(geste=GesteDeReserve.PREUVE).select_related("fichier").last()
    if derniere and derniere.par_id == acteur.pk and derniere.texte == propre:
        memes = (derniere.fichier.empreinte if derniere.fichier else "") == (fichier.empreinte if fichier else "")
        if memes:
            return derniere
    etape = EtapeDeReserve.objects.create(
        reserve=reserve, geste=GesteDeReserve.PREUVE, texte=propre, fichier=fichier, par=acteur
    )
    consigner("reserve_preuve", reserve.dossier, acteur=acteur, reserve=reserve.pk)
    marquer_un_mouvement(reserve.dossier)
    courriels.preuve_deposee(reserve)
    return etape


def lever(reserve: Reserve, *, acteur: Compte, texte: str = "") -> Reserve:
    """Lève la réserve ; l'équipe en est prévenue. Rejoué par un double clic, sans effet."""
    return _finir(reserve, GesteDeReserve.LEVEE, EtatDeReserve.LEVEE, acteur, texte_propre(texte))


def abandonner(reserve: Reserve, *, acteur: Compte, motif: str) -> Reserve:
    """Renonce à la réserve, en disant pourquoi ; l'équipe en est prévenue."""
    if not (propre := texte_propre(motif)):
        raise ErreurMetier("Dites pourquoi la réserve est abandonnée : l’équipe le lira.")
    return _finir(reserve, GesteDeReserve.ABANDONNEE, EtatDeReserve.ABANDONNEE, acteur, propre)


def rouvrir(reserve: Reserve, *, acteur: Compte, motif: str) -> Reserve:
    """Rouvre une réserve levée par erreur, en disant pourquoi."""
    if not (propre := texte_propre(motif)):
        raise ErreurMetier("Dites pourquoi la réserve est rouverte : l’équipe le lira.")
    return _finir(reserve, GesteDeReserve.ROUVERTE, EtatDeReserve.A_LEVER, acteur, propre)


@transaction.atomic
def _finir(reserve: Reserve, geste: GesteDeReserve, arrivee: EtatDeReserve, acteur: Compte, texte: str) -> Reserve:
    exiger(peut_suivre(acteur, reserve))
    reserve = (
        Reserve.objects.select_for_update(of=("self",))
        .select_related("dossier__equipe__implantation")
        .get(pk=reserve.pk)
    )
    derniere = reserve.etapes.last()
    if reserve.etat == arrivee and derniere and derniere.geste == geste and derniere.par_id == acteur.pk:
        return reserve
    reserve = franchir_reserve(reserve, geste, acteur=acteur, texte=texte)
    courriels.reserve_suivie(reserve)
    return reserve
