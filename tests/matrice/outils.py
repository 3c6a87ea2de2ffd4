"""Demander une page sous un rôle, et dire sa réponse dans les mots des tables."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.messages import ERROR
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver

CONNEXION = "/compte/connexion/"


def _motifs(resolveur: Any, espaces: tuple[str, ...] = ()) -> Iterator[str]:
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLPattern):
            yield ":".join([*espaces, motif.name or "sans nom"])
        else:
            yield from _motifs(motif, (*espaces, motif.namespace) if motif.namespace else espaces)


TOUTES = sorted(set(_motifs(get_resolver(settings.ROOT_URLCONF))))


def demander(client: Any, geste: str, page: str, envoi: dict[str, Any]) -> Any:
    """La réponse de la page à ce navigateur ; tout ce qu'elle écrit est défait."""
    point = transaction.savepoint()
    try:
        reponse = client.post(page, envoi) if geste == "POST" else client.generic(geste, page)
        if reponse.streaming:
            reponse.getvalue()  # lu jusqu'au bout, le fichier se referme
        return reponse
    finally:
        transaction.savepoint_rollback(point)


def obtenu(reponse: HttpResponse, raisons: dict[str, str]) -> str:
    """La réponse, dans les mots de la table ; un refus dit sa raison, à l'écran."""
    statut = reponse.status_code
    if statut == 302:
        if reponse["Location"].split("?")[0] == CONNEXION:
            return "cnx"
        en_file = reponse.wsgi_request._messages._queued_messages  # type: ignore[attr-defined]
        return "!" if any(m.level >= ERROR for m in en_file) else ">"
    if statut == 403:
        texte = reponse.content.decode()
        return next((lettre for lettre, raison in raisons.items() if raison in texte), f"403 sans raison : {texte}")
    return {200: "ok", 404: "nul", 405: "no"}.get(statut, str(statut))


def convient(voulu: str, obtenu: str) -> bool:
    """« nn » admet « nul » et « no » ; tout le reste se dit exactement."""
    return obtenu in {"nul", "no"} if voulu == "nn" else obtenu == voulu
