"""Les fiches d'une région : chargées de l'édition bretonne, ou saisies à l'écran."""

from datetime import date
from typing import Any

import factory

from esperluette.interlocuteurs.actions import CompteRendu, charger_depuis_editions
from esperluette.interlocuteurs.models import Contact, Portee
from tests.fabriques.equipes import commune


def charger_la_bretagne(acteur: Any = None) -> CompteRendu:
    """Les fiches de la seule édition bretonne : la petite Bretagne n'a pas les territoires des autres régions."""
    return charger_depuis_editions(acteur, regions_choisies=["bretagne"])


class ContactFabrique(factory.django.DjangoModelFactory):
    """Une référente pour toute sa région, chargée d'une édition. `muet=True` : sans courriel."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    class Params:
        muet = factory.Trait(courriel="")

    region = factory.LazyFunction(lambda: commune().region)
    nom = "Claude Exemple"
    role = "Référente"
    organisme = "ARS d’essai"
    courriel = "claude.exemple@ars.example"
    libelle_territoire = "Bretagne"
    source_document = "Courriel de l'agence"
    source_date = date(2026, 9, 1)
    edition = "2024-10"
    valeurs_de_depart = factory.LazyFunction(lambda: {"nom": "Autre nom"})

    @factory.post_generation
    def portees(self, creer: bool, valeurs: Any, **_kwargs: Any) -> None:
        if creer:
            Portee.objects.create(contact=self)
