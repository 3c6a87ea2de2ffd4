"""Les pages de l'exploitant : la santé du service."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from esperluette.commun.sante import Etat
from esperluette.config.sante import Bilan, bilan


@never_cache
@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    """Tout le service : 200 s'il est rendu, 503 sinon. Sans le jeton, rien de plus que « ok » ou « ko »."""
    return _reponse(request, bilan())


@never_cache
@require_safe
def sante_du_web(request: HttpRequest) -> JsonResponse:
    """Ce processus web peut-il répondre ? Pour un répartiteur de charge : un travailleur arrêté n'y change rien."""
    return _reponse(request, bilan(vitaux=True))


def _reponse(request: HttpRequest, trouve: Bilan) -> JsonResponse:
    en_panne = trouve.etat is Etat.KO
    corps = trouve.en_json() if _a_le_jeton(request) else {"etat": Etat.KO if en_panne else Etat.OK}
    return JsonResponse(corps, status=503 if en_panne else 200, json_dumps_params={"ensure_ascii": False})


def _a_le_jeton(request: HttpRequest) -> bool:
    """Le jeton va dans un en-tête : une adresse s'écrit dans les journaux des mandataires."""
    sorte, _, jeton = request.headers.get("Authorization", "").partition(" ")
    connu = settings.SANTE_JETON
    return bool(connu) and sorte.lower() == "bearer" and constant_time_compare(jeton.strip(), connu)
