"""Vérifier un document : déposer un fichier, ou saisir le code imprimé. Ouvert à tous ; rien n'est gardé."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from esperluette.documents.codes import normaliser
from esperluette.documents.verification import VerificationRefusee, verifier, verifier_le_code
from esperluette.portail.cache import publique
from esperluette.portail.forms import CodeForm, FichierForm

PAGE = "portail/verifier.html"
TROP = "Trop de vérifications ont été demandées d’ici. Attendez une minute, puis réessayez."
_ENTETES = 64 * 1024  # octets d'un envoi qui ne sont pas le fichier


# Rien ne s'écrit, et la réponse ne dépend que du fichier : sans jeton, la page se garde en cache, sans cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest) -> HttpResponse:
    """La page, ou ce que vaut le fichier déposé ; un code saisi mène à sa propre adresse."""
    if request.method == "POST":
        return _fichier(request)
    if "code" not in request.GET:
        return _accueil(request)
    form = CodeForm(request.GET)
    if form.is_valid():
        return redirect("portail:verifier_code", form.cleaned_data["code"])
    return _montrer(request, code=form, statut=422)


@never_cache
@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Ce que le code imprimé dit seul : la nature, la date, l'intégrité, et si le document vaut toujours."""
    propre = normaliser(code)
    if not propre:
        return _montrer(request, code=_form_refuse(code), statut=404)
    if propre != code:
        return redirect("portail:verifier_code", propre)
    if not _a_le_droit(request, "verifier_code"):
        return _montrer(request, trop=TROP, statut=429)
    trouve = verifier_le_code(propre)
    statut = 200 if trouve else 404
    return render(request, "portail/verifier_code.html", _forms(request) | {"document": trouve}, status=statut)


def _a_le_droit(request: HttpRequest, action: str) -> bool:
    """Le débit de cette adresse le permet ; une lecture compte aussi (l'enveloppe d'allauth l'exempte)."""
    return bool(ratelimit.consume(request, app="allauth.account", action=action, limit_get=True))


@publique
def _accueil(request: HttpRequest) -> HttpResponse:
    return render(request, PAGE, _forms(request))


@never_cache
def _fichier(request: HttpRequest) -> HttpResponse:
    if not _a_le_droit(request, "verifier_document"):
        return _montrer(request, trop=TROP, statut=429)
    maximum = settings.TAILLE_MAXIMALE_VERIFICATION
    if int(request.META.get("CONTENT_LENGTH") or 0) > maximum + _ENTETES:
        # Refusé avant d'être lu : rien n'en touche le disque.
        return _montrer(request, trop=f"Ce fichier est trop gros : {maximum // 1024**2} Mo au plus.", statut=413)
    form = FichierForm(request.POST, request.FILES)
    if not form.is_valid():
        return _montrer(request, fichier=form, statut=422)
    depose = form.cleaned_data["fichier"]
    try:
        constat = verifier(depose.read())
    except VerificationRefusee as refus:
        form.add_error("fichier", str(refus))
        return _montrer(request, fichier=form, statut=422)
    contexte = _forms(request) | {"constat": constat, "nom": depose.name}
    return render(request, "portail/verifier_fichier.html", contexte)


def _montrer(
    request: HttpRequest,
    *,
    statut: int,
    code: CodeForm | None = None,
    fichier: FichierForm | None = None,
    trop: str = "",
) -> HttpResponse:
    contexte = _forms(request) | {"trop": trop}
    contexte |= {"form_code": code} if code else {}
    contexte |= {"form_fichier": fichier} if fichier else {}
    return render(request, PAGE, contexte, status=statut)


def _forms(request: HttpRequest) -> dict[str, object]:
    return {"form_code": CodeForm(), "form_fichier": FichierForm(), "trop": ""}


def _form_refuse(code: str) -> CodeForm:
    form = CodeForm({"code": code[:200]})
    form.is_valid()
    return form
