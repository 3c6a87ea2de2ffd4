"""Le numéro d'une reconnaissance : « R-BRE-2026-0042 », unique, par région et par année de début."""

from datetime import date

from esperluette.equipes.lectures import edition_de
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.territoires.models import Region


def nouveau_numero(region: Region, debut: date) -> str:
    """Le numéro suivant ; à appeler dans la transaction qui l'écrit. La région est verrouillée jusque-là."""
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    edition = edition_de(region)
    prefixe = (edition.entete.region.prefixe if edition else "") or region.code
    annee = f"R-{prefixe}-{debut:%Y}-"
    donnes = Reconnaissance.objects.filter(numero__startswith=annee).values_list("numero", flat=True)
    rang = max((int(numero.removeprefix(annee)) for numero in donnes), default=0) + 1
    return f"{annee}{rang:04d}"
