"""Mettre en mots un courriel : un objet, un texte, et un HTML facultatif.

`envoyer("equipes/invitation", …)` lit, dans les gabarits de l'app `equipes` :
`equipes/courriels/invitation.objet.txt`, `equipes/courriels/invitation.txt`, et s'il existe
`equipes/courriels/invitation.html`. Les fichiers .txt ne sont pas échappés : ce n'est pas du HTML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse

from esperluette.notifications.sortes import sorte_de

LONGUEUR_OBJET = 250
LONGUEUR_LIEN = 500


@dataclass(frozen=True, slots=True)
class Message:
    """Un courriel mis en mots."""

    objet: str
    texte: str
    html: str = ""


def rendre(gabarit: str, contexte: Mapping[str, Any]) -> Message:
    """Le message d'un gabarit « app/nom ». `SERVICE` et `ADRESSE` (celle du site) sont toujours définis."""
    app, _, nom = gabarit.partition("/")
    base = f"{app}/courriels/{nom}"
    complet = {"SERVICE": settings.SERVICE, "ADRESSE": settings.ADRESSE_PUBLIQUE, **contexte}
    objet = " ".join(_texte(f"{base}.objet.txt", complet).split())
    try:
        html = get_template(f"{base}.html").render(complet)
    except TemplateDoesNotExist:
        html = ""
    return Message(objet=objet[:LONGUEUR_OBJET], texte=_texte(f"{base}.txt", complet).strip() + "\n", html=html)


def _texte(nom: str, contexte: dict[str, Any]) -> str:
    gabarit: Any = get_template(nom)
    return str(gabarit.template.render(Context(contexte, autoescape=False)))


def lien_de(texte: str) -> str:
    """La première adresse du site que cite ce texte ; vide s'il n'y en a pas, ou si elle est démesurée."""
    trouve = re.search(re.escape(settings.ADRESSE_PUBLIQUE) + r"/[^\s<>]*", texte)
    return trouve.group().rstrip(".,;:") if trouve and len(trouve.group()) <= LONGUEUR_LIEN else ""


def pied_de(gabarit: str) -> str:
    """Le pied de chaque courriel : s'il se coupe, et où choisir. Ajouté à l'envoi, sans être gardé avec le texte."""
    sorte = sorte_de(gabarit)
    coupable = sorte is not None and not sorte.indispensable
    dit = "" if coupable else "Ce courriel est indispensable : il part toujours. "
    return f"--\n{dit}Choisir mes notifications : {settings.ADRESSE_PUBLIQUE}{reverse('notifications:choix')}\n"
