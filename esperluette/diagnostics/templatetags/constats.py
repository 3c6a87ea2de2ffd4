"""`{% load constats %}{% phrases_gardees equipe=… as phrases %}` : ce que l'équipe a gardé de son diagnostic."""

from django import template

from esperluette.diagnostics.lectures.constats import phrases_gardees as phrases_de
from esperluette.equipes.models import Equipe

register = template.Library()


@register.simple_tag
def phrases_gardees(*, equipe: Equipe) -> list[str]:
    """Les phrases à reprendre dans le projet, chacune avec sa source. Une requête."""
    return [retenu.a_reprendre for retenu in phrases_de(equipe)]
