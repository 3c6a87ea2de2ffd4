"""Se connecter, se présenter, tenir son profil."""

from typing import Any

from allauth.account import app_settings, utils  # utils d'abord : chargé seul, stages tourne en rond
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.views import ConfirmLoginCodeView, LogoutView, RequestLoginCodeView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic.edit import FormView

from esperluette.commun.vues import lecture_seule
from esperluette.comptes.connexion import TROP_DE_DEMANDES, CodeDeConnexion
from esperluette.comptes.exports import donnees_de
from esperluette.comptes.forms import DemandeCodeForm, ProfilForm, SaisieCodeForm
from esperluette.comptes.lectures import fonctions_actives

# L'adresse saisie est reproposée à qui revient en arrière ou laisse passer le délai.
CLE_ADRESSE = "comptes.adresse_saisie"


class ConnexionView(RequestLoginCodeView):
    """Premier écran : l'adresse. On peut toujours y revenir pour en donner une autre."""

    template_name = "account/login.html"
    form_class = DemandeCodeForm

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        return None

    def get_initial(self) -> dict[str, Any]:
        """L'adresse que porte le lien (`?courriel=`), sinon la dernière saisie."""
        return {"email": self.request.GET.get("courriel") or self.request.session.get(CLE_ADRESSE, "")}

    def form_valid(self, form: Any) -> HttpResponse:
        courriel = form.cleaned_data["email"].lower()
        self.request.session[CLE_ADRESSE] = courriel
        CodeDeConnexion.demander(self.request, courriel=courriel, compte=form._user)
        return HttpResponseRedirect(self.get_success_url())


class CodeView(ConfirmLoginCodeView):
    """Second écran : le code reçu."""

    template_name = "account/confirm_login_code.html"
    form_class = SaisieCodeForm

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(utils.get_login_redirect_url(request))
        etape = LoginStageController.enter(request, LoginByCodeStage.key)
        if etape is None:
            # Sans doute un double envoi : le premier a ouvert une autre session. Ne pas effacer son cookie.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            return self._recommencer()
        self._process = CodeDeConnexion.resume(etape)
        if self._process is None:
            return self._recommencer("Ce code a expiré. Demandez-en un nouveau.")
        return FormView.dispatch(self, request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Le nombre d'essais tient à la session ; la limite de débit, elle, compte aussi les essais simultanés.
        cle = f"{self._process.state['email']}:{self._process.state['at']}"
        if self._action == "verify" and not ratelimit.consume(request, action="confirm_login_code", key=cle):
            return self._abandonner()
        reponse: HttpResponse = super().post(request, *args, **kwargs)
        return reponse

    def form_invalid(self, form: Any) -> HttpResponse:
        if not form.has_error("code", "incorrect_code"):  # vide ou incomplet : ce n'est pas un essai
            return FormView.form_invalid(self, form)
        if not self._process.record_invalid_attempt():
            return self._abandonner()
        restants = app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS - self._process.state["failed_attempts"]
        reste = "Il vous reste un essai." if restants == 1 else f"Il vous reste {restants} essais."
        form.errors["code"][0] = f"{form.errors['code'][0]} {reste}"
        return FormView.form_invalid(self, form)

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        if ratelimit.consume(self.request, action="request_login_code", key=self._process.state["email"]):
            self._process.resend()
            messages.success(self.request, "Un nouveau code est parti. Le précédent ne vaut plus rien.")
        else:
            messages.error(self.request, TROP_DE_DEMANDES)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _abandonner(self) -> HttpResponse:
        self._process.abort()
        return self._recommencer("Ce code a été essayé trop de fois. Demandez-en un nouveau.")

    def _recommencer(self, message: str = "") -> HttpResponse:
        if message:
            messages.error(self.request, message)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))


class DeconnexionView(LogoutView):
    """Sortir ; le navigateur oublie les pages gardées en mémoire, pour qui viendrait après sur ce poste."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        reponse: HttpResponse = super().post(*args, **kwargs)
        reponse["Clear-Site-Data"] = '"cache"'
        return reponse


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def presentation(request: HttpRequest) -> HttpResponse:
    """À la première connexion : dire son nom, puis reprendre là où l'on allait."""
    suite = utils.get_next_redirect_url(request) or reverse(settings.LOGIN_REDIRECT_URL)
    formulaire = ProfilForm(request.POST or None, instance=request.user)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        return redirect(suite)
    return render(request, "comptes/presentation.html", {"form": formulaire, "suite": suite})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profil(request: HttpRequest) -> HttpResponse:
    """Mon nom, mes fonctions, mes données."""
    formulaire = ProfilForm(request.POST or None, instance=request.user)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(request, "Votre profil est enregistré.")
        return redirect("comptes:profil")
    if formulaire.errors:  # le nom affiché en tête reste celui qui est enregistré
        request.user.refresh_from_db()
    return render(request, "comptes/profil.html", {"form": formulaire, "fonctions": fonctions_actives(request.user)})


@login_required
@lecture_seule
def export(request: HttpRequest) -> HttpResponse:
    """Mes données, en un fichier JSON."""
    compte: Any = request.user
    reponse = JsonResponse(donnees_de(compte), json_dumps_params={"ensure_ascii": False, "indent": 2})
    reponse["Content-Disposition"] = f'attachment; filename="mes-donnees-{slugify(str(compte)) or compte.pk}.json"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def csrf_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """La page affichée date d'avant une connexion ou une déconnexion : l'expliquer, ne rien faire."""
    return render(request, "comptes/page_perimee.html", status=403)
