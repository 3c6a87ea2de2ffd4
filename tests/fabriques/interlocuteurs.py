"""Les fiches d'une région : chargées de l'édition bretonne, ou saisies à l'écran."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from esperluette.interlocuteurs.actions.fiches import CompteRendu, charger_depuis_editions
from esperluette.interlocuteurs.enums import EtatDeDemande, Qualite, SorteDeDemande
from esperluette.interlocuteurs.models import Contact, DemandeDeRencontre, Portee
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


class DemandeFabrique(factory.django.DjangoModelFactory):
    """Une demande de rencontre envoyée hier par un visiteur de Loudéac.

    Traits : `a_confirmer`, `fixee` (demain), `passee` (fixée, hier), `tenue`, `annulee`, `ancienne`, `ecrite`.
    """

    class Meta:
        model = DemandeDeRencontre

    class Params:
        a_confirmer = factory.Trait(etat=EtatDeDemande.A_CONFIRMER, envoyee_le=None)
        ancienne = factory.Trait(envoyee_le=factory.LazyFunction(lambda: timezone.now() - timedelta(days=10)))
        fixee = factory.Trait(
            etat=EtatDeDemande.FIXEE,
            lieu="Mairie",
            rendez_vous=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)),
        )
        passee = factory.Trait(
            etat=EtatDeDemande.FIXEE,
            lieu="Mairie",
            rendez_vous=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )
        tenue = factory.Trait(
            etat=EtatDeDemande.TENUE,
            rendez_vous=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
            close_le=factory.LazyFunction(timezone.now),
            implication="Trois médecins portent le projet.",
        )
        annulee = factory.Trait(etat=EtatDeDemande.ANNULEE)
        ecrite = factory.Trait(sorte=SorteDeDemande.MESSAGE)

    etat = EtatDeDemande.DEMANDEE
    nom = factory.Sequence(lambda n: f"Morgane Exemple {n}")
    qualite = Qualite.PROFESSIONNEL
    courriel = factory.Sequence(lambda n: f"morgane{n}@essais.example")
    commune = factory.LazyFunction(commune)
    message = "Nous voulons former une équipe."
    destinataire = "Manon MULLER, référente"
    envoyee_le = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
