"""Reprendre un tableur entier : tout de suite s'il est court, sinon sans faire attendre la page."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.controle import Controle, controler
from esperluette.reprises.models import TableurDepose
from esperluette.reprises.tableur import lire


def lancer(depose: TableurDepose, *, acteur: Compte, inviter: bool) -> TableurDepose:
    """Lance la reprise, une seule fois : un second clic rend la première, finie ou en cours.

    Le tableur rendu dit `reprises` ou `refus` s'il est court ; un long continue chez le travailleur.
    """
    with transaction.atomic():
        depose = TableurDepose.objects.select_for_update().get(pk=depose.pk)
        if depose.lance_le is not None and not depose.refus and not depose.enlisee:
            return depose
        depose.lance_le, depose.fini_le, depose.refus, depose.inviter = timezone.now(), None, "", inviter
        depose.save(update_fields=["lance_le", "fini_le", "refus", "inviter"])
        long = len(lire(depose.nom, bytes(depose.octets))) > settings.LOT_EN_DIRECT
        if long:
            transaction.on_commit(lambda: poursuivre.enqueue(depose.pk))
    if not long:
        executer(depose.pk)
        depose.refresh_from_db()
    return depose


@task()
def poursuivre(pk: int) -> None:
    """La reprise d'un long tableur ; rejouée, elle ne refait rien."""
    executer(pk)


def executer(pk: int) -> None:
    """Contrôle de nouveau, puis reprend tout ou rien, et dit ce qui s'est passé."""
    with transaction.atomic():
        depose = (
            TableurDepose.objects.select_for_update(of=("self",)).select_related("depose_par").filter(pk=pk).first()
        )
        if depose is None or depose.fini_le is not None:
            return
        try:
            with transaction.atomic():
                depose.reprises = _reprendre(depose)
            depose.octets = b""  # repris : il n'y a plus de raison de le garder
        except ErreurMetier as refus:
            depose.refus = str(refus)
        depose.fini_le = timezone.now()
        depose.save(update_fields=["fini_le", "reprises", "refus", "octets"])


def _reprendre(depose: TableurDepose) -> int:
    controle = controler(lire(depose.nom, bytes(depose.octets)), acteur=depose.depose_par)
    if not controle.bon:
        raise ErreurMetier(pourquoi_pas(controle))
    return len(reprendre(controle.valides, acteur=depose.depose_par, importee=True, inviter=depose.inviter))


def pourquoi_pas(controle: Controle) -> str:
    """Ce qui empêche de reprendre un tableur contrôlé."""
    if controle.erreurs:
        return "Rien n’a été repris : corrigez d’abord les erreurs du tableur."
    return "Rien à reprendre : toutes les clés du tableur l’ont déjà été."
