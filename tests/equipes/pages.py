"""Lire une page comme on la lit à l'écran."""

import re

from django.urls import reverse

HOSTILE = "<script>alert(1)</script>"


def adresse(nom, *arguments):
    return reverse(f"equipes:{nom}", args=arguments)


def messages(reponse):
    return [str(m) for m in reponse.context["messages"]]


def texte(reponse):
    """Ce qu'on lit à l'écran, sans balises, espaces réunis."""
    contenu = reponse.content.decode().replace("&nbsp;", " ")
    contenu = re.sub(r"<(script|style)\b.*?</\1>", "", contenu, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", contenu).split())
