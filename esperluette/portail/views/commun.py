"""Ce que les vues du portail partagent."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers


def adresse_lue(request: HttpRequest) -> QueryDict:
    """La chaîne de requête, sans les octets nuls que refuse PostgreSQL."""
    if "%00" not in request.META.get("QUERY_STRING", ""):
        return request.GET
    donnees = QueryDict(mutable=True)
    for cle, valeurs in request.GET.lists():
        donnees.setlist(cle.replace("\x00", ""), [v.replace("\x00", "") for v in valeurs])
    return donnees


def selon_htmx(reponse: HttpResponse) -> HttpResponse:
    """Un cache ne doit pas servir un fragment à la place de la page."""
    patch_vary_headers(reponse, ["HX-Request"])
    return reponse
