"""Reconnaissances d'équipes."""

from datetime import date

import factory
from django.utils import timezone

from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques.equipes import EquipeFabrique


class ReconnaissanceFabrique(factory.django.DjangoModelFactory):
    """Une équipe reconnue en 2025, à l'annuaire. Traits : `finie`, `cachee`, `joignable`, `inventee`."""

    class Meta:
        model = Reconnaissance

    class Params:
        finie = factory.Trait(fin=date(2025, 12, 31))
        cachee = factory.Trait(publiee=False)
        joignable = factory.Trait(coordonnees_publiees=True)
        inventee = factory.Trait(equipe__fictive=True)

        retiree = factory.Trait(retiree_le=date(2025, 12, 31), fin=date(2025, 12, 30))
        suffisante = factory.Trait(composition_vue_le=factory.LazyFunction(timezone.now))

    numero = factory.Sequence(lambda n: f"R-ESS-2025-{n + 1:04d}")
    equipe = factory.SubFactory(EquipeFabrique)
    region = factory.LazyAttribute(lambda r: r.equipe.region)
    forme = "esp"
    debut = date(2025, 3, 1)
    decision_texte = "Décision ARS 2025-17"
    enregistree_par = factory.LazyAttribute(lambda r: r.equipe.cree_par)
