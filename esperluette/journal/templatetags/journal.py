"""`{% load journal %}` : `{% journal evenements=… %}`, les actes en liste datée ; `{{ date|moment }}`."""

from collections.abc import Iterable
from typing import Any

from django import template

from esperluette.journal.dates import moment
from esperluette.journal.libelles import libelle
from esperluette.journal.models import Evenement

register = template.Library()
register.filter("moment", moment)


@register.inclusion_tag("journal/_journal.html")
def journal(*, evenements: Iterable[Evenement], vide: str = "Rien pour l’instant.") -> dict[str, Any]:
    """Une liste du plus récent au plus ancien : « le 3 mars à 14 h 32, Claire Le Goff a signé »."""
    lignes = [
        {"le": e.le, "moment": moment(e.le), "acteur": e.auteur, "phrase": libelle(e), "evenement": e}
        for e in evenements
    ]
    return {"lignes": lignes, "vide": vide}
