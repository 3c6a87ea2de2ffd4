"""Le dépôt à l'écran de l'agent : le même document, dont chaque champ se désigne et se remarque."""

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from esperluette.documents.moteur import apercu
from esperluette.dossiers.affichage import identifiant_html
from esperluette.dossiers.contenu import document_du_depot
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Depot
from esperluette.referentiel.modele import Rubrique

GABARIT = "instruction/depot_lu.html"


def depot_a_lire(depot: Depot, *, remarquable: bool) -> Markup:
    """Le document déposé, à poser dans une page. `remarquable` : un lien « Remarquer » suit chaque champ."""
    document = document_du_depot(depot)
    trame = trame_de(depot.dossier)
    rubriques = [r for r in trame.rubriques if not r.annexe]
    remarquer = remarquable and depot.dossier.etat == Etat.EN_INSTRUCTION
    lues = [
        {**imprimee, "champs": _champs(imprimee, rubrique, depot, remarquer=remarquer)}
        for imprimee, rubrique in zip(document["rubriques"], rubriques, strict=False)
    ]
    return apercu(GABARIT, {**document, "rubriques": lues})


def _champs(imprimee: Mapping[str, Any], rubrique: Rubrique, depot: Depot, *, remarquer: bool) -> list[dict[str, Any]]:
    """Les champs imprimés, rapprochés de ceux de la trame par leur libellé, dans l'ordre."""
    restants = list(rubrique.champs)
    lus = []
    for champ in imprimee["champs"]:
        trouve = next((c for c in restants if c.libelle == champ["libelle"]), None)
        if trouve is not None:
            del restants[: restants.index(trouve) + 1]
        cle = trouve.id if trouve else ""
        lien = adresse_de_remarque(depot, cle) if cle and remarquer else ""
        lus.append({**champ, "cle": cle, "ancre": identifiant_html(cle) if cle else "", "remarquer": lien})
    return lus


def adresse_de_remarque(depot: Depot, champ: str) -> str:
    """Où remarquer ce champ ; vide tant que cette page n'existe pas."""
    try:
        return f"{reverse('instruction:remarquer', args=[depot.dossier.reference])}?champ={champ}"
    except NoReverseMatch:
        return ""
