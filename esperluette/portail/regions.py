"""Le chemin d'une région, pour une forme : ce que son édition en dit, et ce qu'elle ne sait pas."""

from dataclasses import dataclass

from django.utils import timezone

from esperluette.interlocuteurs.lectures import structures_actives
from esperluette.interlocuteurs.models import MessageInformation, StructureAppui
from esperluette.portail.lectures import annonces_de
from esperluette.referentiel.lecture import edition_en_vigueur, editions, regions
from esperluette.referentiel.modele import Aide, Critere, Demarche, Document, Edition, Etape, Forme, Instance
from esperluette.territoires.models import Region


@dataclass(frozen=True, slots=True)
class Chemin:
    """Ce qu'une région demande et donne à une forme. Tout vient de l'édition, les structures de la base."""

    edition: Edition
    forme: Forme
    structures: tuple[StructureAppui, ...]
    annonces: tuple[MessageInformation, ...]

    @property
    def formes(self) -> list[Forme]:
        """Les formes que l'édition décrit, dans son ordre."""
        return [self.edition.socle.formes[cle] for cle in self.edition.entete.formes]

    @property
    def couverture(self) -> str:
        """Ce que l'édition ne dit pas de cette forme ; vide si elle en dit tout le chemin."""
        couverture = self.edition.entete.formes[self.forme.id]
        return "" if couverture.complete else couverture.note or "Les documents lus ne décrivent pas tout ce chemin."

    @property
    def etapes(self) -> list[Etape]:
        return list(self.edition.chemin_de(self.forme.id))

    @property
    def demarches(self) -> list[Demarche]:
        return [d for d in self.edition.demarches if self.forme.id in d.formes]

    @property
    def titres(self) -> dict[str, str]:
        """Le titre de chaque démarche de cette page, pour y renvoyer."""
        return {d.id: d.libelle for d in self.demarches}

    @property
    def aides(self) -> list[Aide]:
        return [a for a in self.edition.aides if self.forme.id in a.formes]

    @property
    def instances(self) -> list[Instance]:
        """Les commissions par lesquelles passe cette forme : celle d'une autre forme n'est pas montrée."""
        citees = {d.instance for d in self.demarches}
        d_ailleurs = {d.instance for d in self.edition.demarches} - citees
        return [i for i in self.edition.instances if i.id in citees or (not citees and i.id not in d_ailleurs)]

    def criteres(self, nature: str) -> list[Critere]:
        return [c for c in self.edition.criteres if c.nature == nature and self.forme.id in c.formes]

    @property
    def composition(self) -> list[Critere]:
        return self.criteres("composition")

    @property
    def declarations(self) -> list[Critere]:
        return self.criteres("declaration")

    @property
    def attentions(self) -> list[Critere]:
        """Ce qui se regarde sans rien faire tomber."""
        return self.criteres("attention")

    @property
    def documents(self) -> list[Document]:
        """Les documents de la région, ceux du socle national à part."""
        return list(self.edition.entete.documents)

    @property
    def erreurs(self) -> list[Document]:
        """Les documents où une erreur a été relevée."""
        return [d for d in self.documents if d.erreurs]

    @property
    def anciennes(self) -> list[Edition]:
        """Les éditions d'avant, conservées."""
        region, depuis = self.edition.region, self.edition.en_vigueur_du
        return [e for e in editions(region) if e.en_vigueur_du < depuis]


def chemin(cle: str, forme: str = "") -> Chemin | None:
    """Le chemin de cette région aujourd'hui ; `None` si elle n'est pas décrite, ou pas pour cette forme."""
    edition = edition_en_vigueur(cle, timezone.localdate()) if cle in regions() else None
    if edition is None or (forme and forme not in edition.entete.formes):
        return None
    retenue = forme or next(iter(edition.entete.formes))
    structures = structures_actives().filter(region__cle=cle)
    return Chemin(edition, edition.socle.formes[retenue], tuple(structures), annonces_de(cle))


def region_sans_edition(cle: str) -> Region | None:
    """Une région du découpage que personne n'a encore décrite."""
    return Region.objects.filter(cle=cle).first()


def regions_non_decrites() -> list[Region]:
    """Celles dont on ne sait encore que le nom."""
    return list(Region.objects.exclude(cle__in=regions()).order_by("nom"))
