"""Ce que les autres écrans montrent d'une région : ses messages d'information."""

from typing import Any

from django import template

from esperluette.interlocuteurs.enums import PublicVise
from esperluette.interlocuteurs.models import MessageInformation

register = template.Library()


@register.inclusion_tag("interlocuteurs/_messages_de_region.html")
def messages_de_region(*, region: str, public: str = PublicVise.TOUS) -> dict[str, Any]:
    """`{% messages_de_region region="bretagne" public="equipes" %}` : les messages du jour ; rien s'il n'y en a pas.

    `public` : tous, equipes, agents ou elus. Une requête.
    """
    return {"messages_de_region": list(MessageInformation.objects.affichables(region, public)) if region else []}
