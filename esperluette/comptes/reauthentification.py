"""Redemander un code avant un acte qui engage : signer, décider.

    demander_code(request, motif="signer le projet de santé « Équipe de Loudéac »")   # envoie le courriel
    verifier_code(request, saisi, motif=…)   # OUI, ou lève CodeRefuse dont le texte se montre près du champ

Le code est lié au compte, à la session qui l'a demandé, au motif et, s'il est donné (`lie_a`), à l'empreinte du
contenu à signer. Les essais se comptent en base, un par un, même envoyés tous à la fois.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from esperluette.commun.erreurs import Refus
from esperluette.commun.permissions import OUI, Permission
from esperluette.comptes.models import CodeConfirmation, Compte
from esperluette.notifications.actions import envoyer

DUREE = timedelta(minutes=10)
ESSAIS = 5
# Un double clic ne renvoie pas de second code ; au-delà, un nouveau code remplace l'ancien.
MEME_DEMANDE = timedelta(seconds=20)
DEMANDES, FENETRE = 5, timedelta(minutes=15)
CLE_SESSION = "comptes.code_confirmation"


class CodeRefuse(Refus):
    """Le code n'est pas accepté ; `str(erreur)` dit pourquoi et quoi faire."""


@dataclass(frozen=True, slots=True)
class CodeConstate:
    """Un code qui vient de servir : où et quand il est parti, quand il a été recopié, en combien d'essais."""

    envoye_a: str
    envoye_le: datetime
    verifie_le: datetime
    essais: int


def demander_code(request: HttpRequest, *, motif: str, lie_a: str = "") -> None:
    """Envoie un code au compte connecté, pour ce motif (« signer … », en minuscules, écrit dans le courriel).

    `lie_a` : l'empreinte du contenu à signer ; le code ne vaudra que pour elle.

    Lève CodeRefuse si trop de codes ont été demandés. À appeler hors de toute transaction.
    """
    compte: Any = request.user
    motif = motif[:200]
    maintenant = timezone.now()
    with transaction.atomic(durable=True):
        Compte.objects.select_for_update(of=("self",)).get(pk=compte.pk)
        codes = CodeConfirmation.objects.filter(compte=compte)
        neufs = codes.filter(
            motif=motif, lie_a=lie_a, utilise_le=None, essais=0, cree_le__gt=maintenant - MEME_DEMANDE
        )
        if deja := neufs.order_by("-pk").first():
            request.session[CLE_SESSION] = deja.pk
            return
        codes.filter(cree_le__lt=maintenant - timedelta(days=1)).delete()
        if codes.filter(cree_le__gt=maintenant - FENETRE).count() >= DEMANDES:
            raise CodeRefuse(
                "Vous avez demandé plusieurs codes en peu de temps. Attendez un quart d’heure, ou cherchez le "
                "dernier dans vos courriels indésirables."
            )
        code = f"{secrets.randbelow(10**6):06d}"
        demande = CodeConfirmation.objects.create(
            compte=compte, motif=motif, lie_a=lie_a, envoye_a=compte.courriel, empreinte=_empreinte(code, compte.pk)
        )
        minutes = int(DUREE.total_seconds() // 60)
        envoyer(
            "comptes/code_confirmation",
            a=compte,
            contexte={"code": f"{code[:3]} {code[3:]}", "motif": motif, "minutes": minutes},
        )
    request.session[CLE_SESSION] = demande.pk


def code_en_attente(request: HttpRequest, *, motif: str, lie_a: str = "") -> bool:
    """Un code a-t-il été envoyé pour ce motif, encore bon à essayer ? (pour choisir quel écran montrer)"""
    return _valables(request, motif[:200], lie_a).exists()


def verifier_code(request: HttpRequest, saisi: str, *, motif: str, lie_a: str = "") -> Permission:
    """OUI si c'est le bon code ; il ne servira plus. Sinon lève CodeRefuse.

    À appeler hors de toute transaction (sinon RuntimeError) : un essai raté doit rester compté même si la
    suite échoue.
    """
    motif, chiffres = motif[:200], "".join(c for c in saisi if c.isdecimal() and c.isascii())
    if len(chiffres) != 6:
        raise CodeRefuse("Le code compte six chiffres. Recopiez celui du dernier courriel reçu.")
    with transaction.atomic(durable=True):
        if not _valables(request, motif, lie_a).update(essais=F("essais") + 1):
            raise CodeRefuse(_raison(request, motif, lie_a))
    demande = CodeConfirmation.objects.get(pk=request.session[CLE_SESSION])
    if not constant_time_compare(demande.empreinte, _empreinte(chiffres, demande.compte_id)):
        raise CodeRefuse(_reste(ESSAIS - demande.essais))
    with transaction.atomic(durable=True):
        utilise = CodeConfirmation.objects.filter(pk=demande.pk, utilise_le=None).update(utilise_le=timezone.now())
    if not utilise:
        raise CodeRefuse("Ce code a déjà servi. Demandez-en un nouveau.")
    return OUI


def code_constate(request: HttpRequest, *, motif: str, lie_a: str = "") -> CodeConstate | None:
    """Ce qu'on sait du code que cette session vient d'utiliser ; None s'il n'a pas servi."""
    demande = _demandee(request, motif[:200], lie_a).first()
    if demande is None or demande.utilise_le is None:
        return None
    return CodeConstate(
        envoye_a=demande.envoye_a, envoye_le=demande.cree_le, verifie_le=demande.utilise_le, essais=demande.essais
    )


def _demandee(request: HttpRequest, motif: str, lie_a: str) -> QuerySet[CodeConfirmation]:
    """La demande de cette session, si elle est bien de ce compte, pour ce motif et ce contenu."""
    compte: Any = request.user
    pk = request.session.get(CLE_SESSION)
    if pk is None or not compte.is_authenticated:
        return CodeConfirmation.objects.none()
    return CodeConfirmation.objects.filter(pk=pk, compte=compte, motif=motif, lie_a=lie_a)


def _valables(request: HttpRequest, motif: str, lie_a: str) -> QuerySet[CodeConfirmation]:
    demandee = _demandee(request, motif, lie_a)
    return demandee.filter(utilise_le=None, essais__lt=ESSAIS, cree_le__gt=timezone.now() - DUREE)


def _raison(request: HttpRequest, motif: str, lie_a: str) -> str:
    demande = _demandee(request, motif, lie_a).first()
    if demande is None:
        return "Aucun code ne vous a été envoyé pour cela. Demandez-en un."
    if demande.utilise_le:
        return "Ce code a déjà servi. Demandez-en un nouveau."
    if demande.essais >= ESSAIS:
        return "Ce code a été essayé trop de fois. Demandez-en un nouveau."
    return "Ce code a expiré. Demandez-en un nouveau."


def _reste(essais: int) -> str:
    if essais <= 0:
        return "Ce n’est pas le bon code, et il ne peut plus être essayé. Demandez-en un nouveau."
    suite = "il vous reste un essai" if essais == 1 else f"il vous reste {essais} essais"
    return f"Ce n’est pas le bon code ; {suite}."


def _empreinte(code: str, compte_id: Any) -> str:
    return salted_hmac(f"comptes.code:{compte_id}", code, algorithm="sha256").hexdigest()
