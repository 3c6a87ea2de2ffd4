"""Ce que les compléments ajoutent aux pages d'un dossier, côté équipe."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.commun.dates import en_lettres
from esperluette.complements.enums import EtatDemande
from esperluette.dossiers.contributions import Bloc, Onglet
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import ouvertures_de


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """« 3 remarques de l'ARS, avant le 30 octobre », tant que l'équipe doit y répondre."""
    for ouverture in ouvertures_de(dossier):
        if not ouverture.total:
            continue
        faites = ouverture.total - ouverture.restantes
        avant = f", avant le {en_lettres(ouverture.avant_le)}" if ouverture.avant_le else ""
        titre = f"{ouverture.total} remarque{'s' if ouverture.total > 1 else ''} de l’ARS{avant}"
        compte_rendu = {0: "Aucune n’a encore de réponse.", ouverture.total: "Chacune a sa réponse."}.get(
            faites, f"{faites} sur {ouverture.total} {'ont' if faites > 1 else 'a'} une réponse."
        )
        texte = (
            f"{compte_rendu} Seul ce qui est remarqué se rouvre ; le délai de l’ARS est suspendu en attendant votre "
            "dépôt, au plus tard jusqu’à la date limite."
        )
        # Le bouton de tête y mène déjà qui peut répondre et n'a pas fini.
        deja = bool(ouverture.restantes) and bool(peut_rediger(compte, dossier))
        lien, geste = ("", "") if deja else (ouverture.lien, "Relire les remarques")
        yield Bloc("complements", titre, texte, lien, geste, urgent=True, ordre=0)


def onglets(dossier: Dossier, compte: Any) -> Iterator[Onglet]:
    """La page des remarques, dès que l'ARS en a fait."""
    if dossier.depose_le is None:
        return
    derniere = dossier.demandes.envoyees().first()
    if derniere is None:
        return
    attendues = sum(o.restantes for o in ouvertures_de(dossier)) if derniere.etat == EtatDemande.ENVOYEE else 0
    lien = reverse("complements:remarques", args=[dossier.reference])
    yield Onglet("remarques", "Remarques de l’ARS", lien, attendues, ordre=10)
