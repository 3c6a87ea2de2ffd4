"""Ce que les sollicitations ajoutent aux pages d'un dossier, côté équipe ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.contributions import Bloc, Geste, Onglet
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier
from esperluette.referentiel.modele import Champ
from esperluette.sollicitations.droits import peut_demander
from esperluette.sollicitations.enums import EtatSollicitation
from esperluette.sollicitations.lectures import CHIFFRES, demandes_de, en_attente_ici


def onglets(dossier: Dossier, compte: Any) -> Iterator[Onglet]:
    """Les chiffres demandés, tant qu'on peut en demander ou s'il y en a eu ; avec ce qui attend d'être inséré."""
    demandes = demandes_de(dossier)
    if not demandes and not peut_demander(compte, dossier):
        return
    recus = sum(s.etat == EtatSollicitation.A_INSERER for s in demandes)
    lien = reverse("sollicitations:chiffres", args=[dossier.reference])
    yield Onglet("chiffres", "Chiffres", lien, nombre=recus, ordre=55)


def blocs(dossier: Dossier, _compte: Any) -> Iterator[Bloc]:
    """Un chiffre est arrivé, et n'est pas encore dans le projet."""
    recus = [s for s in demandes_de(dossier) if s.etat == EtatSollicitation.A_INSERER]
    if not recus:
        return
    if len(recus) == 1:
        titre = "Un chiffre demandé à l’ARS est arrivé"
        texte = f"« {recus[0].libelle} » n’est pas encore dans votre projet. {recus[0].attend}".strip()
    else:
        titre = f"{len(recus)} chiffres demandés à l’ARS sont arrivés"
        texte = "Ils ne sont pas encore dans votre projet."
    lien = reverse("sollicitations:chiffres", args=[dossier.reference])
    yield Bloc("chiffres", titre, texte, lien=lien, geste="Voir les chiffres reçus", ordre=30)


def gestes_du_champ(dossier: Dossier, compte: Any, champ: Champ) -> Iterator[Geste]:
    """Sous un champ de chiffres : demander celui qui manque, et combien l'ARS en cherche déjà pour lui."""
    if champ.type != CHIFFRES or not peut_demander(compte, dossier):
        return
    adresse = reverse("sollicitations:chiffres", args=[dossier.reference])
    if attendus := len(en_attente_ici(dossier, champ.id)):
        yield Geste(
            f"{attendus} chiffre{'s' if attendus > 1 else ''} attendu{'s' if attendus > 1 else ''} de l’ARS", adresse
        )
    rubrique = trame_de(dossier).rubrique_de(champ.id)
    yield Geste("Demander un chiffre à l’ARS", f"{adresse}?rubrique={rubrique.id}#demander")
