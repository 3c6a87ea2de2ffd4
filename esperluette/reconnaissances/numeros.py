"""Le numéro d'une reconnaissance : « R-BRE-2026-0042 », unique, par région et par année de début."""

from datetime import date

from django.db.models.functions import Length

from esperluette.equipes.lectures import edition_de
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.territoires.models import Region


def nouveau_numero(region: Region, debut: date) -> str:
    """Le numéro suivant ; à appeler dans la transaction qui l'écrit. La région est verrouillée jusque-là."""
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    edition = edition_de(region)
    prefixe = (edition.entete.region.prefixe if edition else "") or region.code
    annee = f"R-{prefixe}-{debut:%Y}-"
    donnes = Reconnaissance.objects.filter(numero__startswith=annee).order_by(Length("numero").desc(), "-numero")
    dernier = donnes.values_list("numero", flat=True).first()
    rang = int(dernier.removeprefix(annee)) + 1 if dernier else 1
    return f"{annee}{rang:04d}"


def suivant(numero: str) -> str:
    """Le numéro d'après, dans la même transaction."""
    debut, _, rang = numero.rpartition("-")
    return f"{debut}-{int(rang) + 1:04d}"
