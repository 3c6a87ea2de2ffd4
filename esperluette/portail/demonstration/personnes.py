"""Les comptes et l'organisme d'un scénario."""

from esperluette.comptes.actions import compte_pour
from esperluette.comptes.models import Compte, Organisme
from esperluette.portail.demonstration.scenario import Personne, Scenario
from esperluette.territoires.models import Region


def compte_de(personne: Personne) -> Compte:
    """Le compte fictif d'un personnage, créé au besoin."""
    return compte_pour(personne.courriel, prenom=personne.prenom, nom=personne.nom, fictif=True)


def organisme_de(scenario: Scenario, region: Region) -> Organisme:
    """L'ARS fictive d'une région, créée au besoin."""
    organisme, _ = Organisme.objects.get_or_create(
        nom=scenario.organisme.nom, defaults={"sorte": scenario.organisme.sorte, "region": region}
    )
    return organisme
