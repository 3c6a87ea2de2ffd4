"""Une région d'essai, ses démarches inventées (tests/dossiers/editions), et une équipe qui y est installée."""

from pathlib import Path
from typing import Any

from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer, signer
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.models import Equipe
from tests.fabriques import dossiers as fabrique
from tests.fabriques.territoires import communes_reelles

EDITIONS = Path(__file__).parent / "editions"
MAMOUDZOU, KOUNGOU = "97611", "97610"
LETTRE, DEMANDE, PROJET = "lettre", "demande", "projet"


def equipe_d_essai(**champs: Any) -> Equipe:
    """Une médecin généraliste et un infirmier, confirmés, à Mamoudzou ; une association créée."""
    communes = communes_reelles(MAMOUDZOU, KOUNGOU)
    return fabrique.equipe_complete(implantation=communes[MAMOUDZOU], **champs)


def porteuse(equipe: Equipe) -> Compte:
    compte: Compte = equipe.porteur.compte
    return compte


def ouvrir(equipe: Equipe, demarche: str = LETTRE, **reponses: Any) -> Dossier:
    """Un dossier ouvert par la porteuse, avec ces réponses."""
    dossier = creer_dossier(equipe, demarche, acteur=porteuse(equipe))
    for chemin, valeur in reponses.items():
        fabrique.ecrire(dossier, chemin, valeur, porteuse(equipe))
    return dossier


def complet(equipe: Equipe, demarche: str) -> Dossier:
    """Un dossier à qui rien ne manque : réponses et pièces."""
    dossier = ouvrir(equipe, demarche)
    fabrique.remplir(dossier, acteur=porteuse(equipe))
    return dossier


def depose(equipe: Equipe, demarche: str) -> Depot:
    """Un dossier déposé, signé de ceux que la démarche demande."""
    dossier = complet(equipe, demarche)
    depot = figer(dossier, acteur=porteuse(equipe))
    for signataire in depot.contenu["signataires"]:
        membre = equipe.membres.get(pk=signataire["membre"])
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    return deposer(dossier, acteur=porteuse(equipe))
