"""Dossiers reçus par l'ARS, posés tels quels dans un état ; agents d'un territoire."""

import itertools
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique, commune

# Une année que les vraies actions ne numérotent pas : les deux fabriques se mêlent sans se heurter.
_numeros = itertools.count(1)


def recu(equipe: Equipe | None = None, *, code: str = "22136", **champs: Any) -> Dossier:
    """Un dossier breton reçu par l'ARS, déposé par défaut ; sans dépôt ni réponses, pour les listes."""
    equipe = equipe or EquipeFabrique(implantation=commune(code))
    edition = {"region": "bretagne", "edition": "2024-10", "demarche": "projet-de-sante"}
    valeurs = {
        "reference": f"ESP-BRE-2020-{next(_numeros):05d}", "etat": Etat.DEPOSE, "demarche_libelle": "Projet de santé",
        "depose_le": timezone.now(),
    }  # fmt: skip
    return Dossier.objects.create(equipe=equipe, cree_par=equipe.cree_par, **edition | valeurs | champs)


def agent(nom: str = "", *, code: str = "22136", territoire: str = "departement") -> Compte:
    """Un référent de cette commune, à l'échelle voulue : `epci`, `departement` ou `region`."""
    lieu = commune(code)
    portee: dict[str, Any] = {"region": lieu.region}
    if territoire != "region":
        portee["departement"] = lieu.departement
    if territoire == "epci":
        portee["epcis"] = [lieu.epci]
    if nom:
        portee |= {"compte__nom": nom, "compte__prenom": "Agent"}
    return FonctionFabrique(referent=True, **portee).compte


def aujourd_hui(dans: int = 0) -> date:
    """Le jour qu'il est, décalé de tant de jours."""
    return timezone.localdate() + timedelta(days=dans)
