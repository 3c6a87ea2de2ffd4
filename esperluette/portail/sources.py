"""D'où vient ce que le site affirme : les documents de chaque région, les textes nationaux, les jeux de données."""

from dataclasses import dataclass

from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.lecture import editions
from esperluette.referentiel.modele import Document, Edition
from esperluette.territoires.models import Decoupage


@dataclass(frozen=True, slots=True)
class SourcesDUneRegion:
    """Les documents que citent les éditions d'une région, anciennes comprises."""

    edition: Edition
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class JeuDeDonnees:
    """Un jeu de données ouvert : ce qu'il apporte, qui le produit, de quand il date, sous quelle licence."""

    titre: str
    producteur: str
    millesime: str
    licence: str


def par_region() -> list[SourcesDUneRegion]:
    """Chaque région décrite et ses documents, sans répétition."""
    resultat = []
    for edition in editions_du_jour():
        documents = {d.id: d for ancienne in editions(edition.region) for d in ancienne.entete.documents}
        documents |= {d.id: d for d in edition.entete.documents}
        resultat.append(SourcesDUneRegion(edition, tuple(documents.values())))
    return resultat


def jeux_de_donnees() -> list[JeuDeDonnees]:
    """Les jeux chargés dans cette installation."""
    return [
        JeuDeDonnees("Découpage : communes, intercommunalités, départements, régions", d.producteur, str(d.millesime),
                     d.licence)
        for d in Decoupage.objects.all()[:1]
    ]  # fmt: skip
