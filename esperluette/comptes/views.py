"""Se connecter, se présenter, tenir son profil."""

from typing import Any

from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic.edit import FormView

from esperluette.comptes.connexion import CodeDeConnexion
from esperluette.comptes.forms import DemandeCodeForm, ProfilForm, SaisieCodeForm
from esperluette.comptes.lectures import fonctions_actives


class ConnexionView(RequestLoginCodeView):
    """Premier écran : l'adresse. On peut toujours y revenir pour en donner une autre."""

    template_name = "account/login.html"
    form_class = DemandeCodeForm

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        return None

    def form_valid(self, form: Any) -> HttpResponse:
        CodeDeConnexion.demander(self.request, courriel=form.cleaned_data["email"], compte=form._user)
        return HttpResponseRedirect(self.get_success_url())


class CodeView(ConfirmLoginCodeView):
    """Second écran : le code reçu."""

    template_name = "account/confirm_login_code.html"
    form_class = SaisieCodeForm

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(get_login_redirect_url(request))
        etape = LoginStageController.enter(request, LoginByCodeStage.key)
        self._process = CodeDeConnexion.resume(etape) if etape else None
        if self._process is None:
            messages.warning(request, "Ce code a expiré. Demandez-en un nouveau.")
            return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))
        return FormView.dispatch(self, request, *args, **kwargs)


@login_required
@require_http_methods(["GET", "POST"])
def presentation(request: HttpRequest) -> HttpResponse:
    """À la première connexion : dire son nom, puis reprendre là où l'on allait."""
    suite = get_next_redirect_url(request) or reverse(settings.LOGIN_REDIRECT_URL)
    formulaire = ProfilForm(request.POST or None, instance=request.user)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        return redirect(suite)
    return render(request, "comptes/presentation.html", {"form": formulaire, "suite": suite})


@login_required
@require_http_methods(["GET", "POST"])
def profil(request: HttpRequest) -> HttpResponse:
    """Mon nom, mes fonctions, mes données."""
    formulaire = ProfilForm(request.POST or None, instance=request.user)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(request, "Votre profil est enregistré.")
        return redirect("comptes:profil")
    return render(request, "comptes/profil.html", {"form": formulaire, "fonctions": fonctions_actives(request.user)})
