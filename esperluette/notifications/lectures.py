"""Lire la boîte locale."""

import re
from typing import Any

from django.db.models import Count, Max, QuerySet

from esperluette.notifications.models import Courriel

# Un code est seul sur sa ligne, en deux groupes de trois chiffres.
_CODE = re.compile(r"^\s*(\d{3}) ?(\d{3})\s*$", re.MULTILINE)

# Une liste déroulante plus longue ne sert plus à rien : l'adresse se met aussi dans l'URL (`?a=`).
LISTE = 200


def code_de(courriel: Courriel) -> str:
    """Le code à recopier que porte ce courriel (« 123 456 »), ou rien."""
    trouve = _CODE.search(courriel.texte)
    return f"{trouve[1]} {trouve[2]}" if trouve else ""


def boite(destinataire: str = "") -> QuerySet[Courriel]:
    """Les courriels, du plus récent au plus ancien ; d'un seul destinataire si on en donne un."""
    courriels = Courriel.objects.order_by("-cree_le", "-pk")
    return courriels.filter(destinataire=destinataire.strip().lower()) if destinataire.strip() else courriels


def destinataires() -> list[Any]:
    """Chaque adresse qui a reçu un courriel, avec leur nombre, la plus récemment servie d'abord."""
    par_adresse = Courriel.objects.order_by().values("destinataire")
    return list(par_adresse.annotate(nombre=Count("pk"), dernier=Max("cree_le")).order_by("-dernier")[:LISTE])
