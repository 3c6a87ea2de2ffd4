"""Ce qu'on lit d'une requête sans s'y fier : d'où elle vient, par quel navigateur."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

AGENT_MAXIMUM = 400


def adresse_ip(request: HttpRequest) -> str:
    """L'adresse du visiteur, à travers les mandataires de confiance ; vide si elle manque ou n'en est pas une."""
    try:
        return str(ipaddress.ip_address(get_adapter().get_client_ip(request).strip()))
    except (PermissionDenied, ValueError):
        return ""


def agent_utilisateur(request: HttpRequest) -> str:
    """Le navigateur tel qu'il se nomme, réduit à une ligne lisible ; « … » s'il a été coupé."""
    dit = "".join(c for c in str(request.headers.get("User-Agent", "")) if c.isprintable())
    return dit if len(dit) <= AGENT_MAXIMUM else f"{dit[:AGENT_MAXIMUM]}…"
