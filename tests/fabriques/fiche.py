"""Ce que la fiche de l'agent garde : un second dépôt, une réunion tenue, un collègue."""

import hashlib
from copy import deepcopy
from typing import Any

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Depot, Dossier
from esperluette.instruction.models_fiche import ReunionSurSite
from tests.fabriques.comptes import FonctionFabrique


def second_depot(dossier: Dossier, *, membres: Any = None, **reponses: Any) -> Depot:
    """Le même dépôt, où ces réponses ont changé, reçu à l'instant."""
    dernier = dossier.depots.filter(depose_le__isnull=False).first()
    contenu = deepcopy(dernier.contenu)
    contenu["reponses"] |= reponses
    contenu["version"] = dernier.numero + 1
    if membres is not None:
        contenu["membres"] = membres
    return Depot.objects.create(
        dossier=dossier,
        numero=dernier.numero + 1,
        contenu=contenu,
        empreinte=hashlib.sha256(str(contenu).encode()).hexdigest(),
        fige_par=dernier.fige_par,
        depose_le=timezone.now(),
    )


def collegue(dossier: Dossier) -> Compte:
    """Un autre agent de la région du dossier."""
    return FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte


def reunion_tenue(dossier: Dossier, agent: Compte) -> ReunionSurSite:
    """La réunion sur site, tenue aujourd'hui."""
    jour = timezone.localdate()
    return ReunionSurSite.objects.create(
        dossier=dossier, prevue_le=jour, tenue_le=jour, lieu="Mairie", saisie_par=agent, compte_rendu="Tous présents."
    )
