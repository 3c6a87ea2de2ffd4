"""La connexion sans mot de passe, posée sur allauth : une adresse, un code reçu par courriel.

Le parcours est le même que l'adresse soit connue ou non : rien n'indique s'il existe un compte. Le
compte n'est créé qu'une fois le code recopié, donc l'adresse prouvée.
"""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from esperluette.comptes.actions import compte_pour
from esperluette.notifications.actions import envoyer

TROP_DE_DEMANDES = (
    "Trop de codes ont été demandés en peu de temps. Attendez une minute, puis recommencez. "
    "Le dernier code reçu reste valable dix minutes."
)


def en_groupes(code: str) -> str:
    """« 123456 » se lit mieux « 123 456 »."""
    return f"{code[:3]} {code[3:]}"


class Adaptateur(DefaultAccountAdapter):
    """Ce que la maison change à allauth : l'envoi des courriels, les phrases, la suite de la connexion."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "Ce n’est pas le bon code. Recopiez les six chiffres du dernier courriel reçu.",
        "too_many_login_attempts": TROP_DE_DEMANDES,
        "rate_limited": TROP_DE_DEMANDES,
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Les courriels d'allauth passent par la file commune ; nous n'en utilisons qu'un."""
        if template_prefix != "account/email/login_code":
            raise NotImplementedError(template_prefix)
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        envoyer("comptes/code_connexion", a=email, contexte={"code": en_groupes(context["code"]), "minutes": minutes})

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """À la première connexion, on demande d'abord son nom."""
        suite: HttpResponse = super().post_login(request, user, **kwargs)
        if user.prenom and user.nom:
            return suite
        return HttpResponseRedirect(f"{reverse('comptes:presentation')}?{urlencode({'next': suite['Location']})}")


class CodeDeConnexion(LoginCodeVerificationProcess):
    """Le code en attente, gardé dans la session du navigateur qui l'a demandé."""

    @classmethod
    def demander(cls, request: HttpRequest, *, courriel: str, compte: Any) -> None:
        """Envoie un code à cette adresse, que le compte existe ou non."""
        etat = cls.initial_state(user=compte, email=courriel)
        etat["initiated_by_user"] = True
        login = Login(user=compte, email=courriel)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        etape = LoginByCodeStage(LoginStageController(request, login), request, login)
        etape.state.update(etat)
        code = cls(stage=etape)
        code.send()
        code.persist()

    @classmethod
    def resume(cls, stage: Any) -> Any:
        return cls(stage=stage).abort_if_invalid()

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        Adaptateur(self.request).send_mail("account/email/login_code", email, {"code": self.generate_code()})

    def resend(self) -> None:
        """Un nouveau code repart pour dix minutes ; l'ancien ne vaut plus rien."""
        self.state.update(at=time.time(), failed_attempts=0)
        self.send()
        self.record_resend()
        self.persist()

    def finish(self, redirect_url: str | None) -> HttpResponse:
        if self.user is None:
            self._user = compte_pour(self.state["email"])
        reponse: HttpResponse = super().finish(redirect_url)
        return reponse
