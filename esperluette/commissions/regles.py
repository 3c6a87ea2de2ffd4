"""Comment une instance délibère : les valeurs de l'édition, et celles qu'un acte propre à l'instance y change.

`Regles` est une valeur pure : le quorum et le vote se calculent d'elle, sans base ni édition.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from esperluette.referentiel.lecture import edition_en_vigueur, national
from esperluette.referentiel.modele import AvisPossibles, Edition, Fonctionnement, Source
from esperluette.referentiel.modele import Instance as InstanceDEdition

if TYPE_CHECKING:
    from esperluette.commissions.models import Instance

EDITION, ACTE = "edition", "acte"
# Les règles qu'un acte propre peut changer, et comment elles se lisent du JSON de l'instance.
CHAMPS = (
    "quorum", "seconde_sans_quorum", "convocation_jours", "voix_preponderante", "mandats_par_membre",
    "capacite_stricte", "porteurs_presentent",
)  # fmt: skip


class ReglesInconnues(LookupError):
    """Ni l'édition ni le socle national ne disent comment cette instance délibère."""


@dataclass(frozen=True, slots=True)
class AvisPossible:
    """Un avis que l'instance peut rendre. `effet` : favorable, reserves, ajournement ou defavorable."""

    id: str
    libelle: str
    effet: str


@dataclass(frozen=True, slots=True)
class SourceDeRegle:
    """D'où vient une règle : de l'édition de la région, ou d'un acte propre à l'instance."""

    origine: str
    document: str
    passage: str = ""
    date: datetime.date | None = None
    interprete: bool = False
    note: str = ""

    @property
    def citation(self) -> str:
        """Le document et le passage, sans redire celui-ci quand le titre le dit déjà."""
        deja = self.passage.lower() in self.document.lower()
        return self.document if deja or not self.passage else f"{self.document}, {self.passage}"

    @property
    def propre(self) -> bool:
        """Vrai si un acte de l'instance l'emporte sur l'édition."""
        return self.origine == ACTE


@dataclass(frozen=True, slots=True)
class Regles:
    """Comment une instance convoque, se réunit et vote."""

    convocation_jours: int
    quorum: Fraction
    seconde_sans_quorum: bool
    voix_preponderante: bool
    mandats_par_membre: int
    avis: tuple[AvisPossible, ...]
    porteurs_presentent: bool = False
    # Vrai : une séance pleine refuse un dossier de plus ; faux : elle le signale seulement.
    capacite_stricte: bool = False
    reunion_sur_site: bool = False
    texte: str = ""
    # Par règle (« quorum », « avis »…), d'où elle vient.
    sources: Mapping[str, SourceDeRegle] = field(default_factory=dict, compare=False)

    def avis_de(self, identifiant: str) -> AvisPossible:
        """L'avis de cet identifiant ; KeyError si l'instance ne peut pas le rendre."""
        for avis in self.avis:
            if avis.id == identifiant:
                return avis
        raise KeyError(identifiant)

    def source_de(self, regle: str) -> SourceDeRegle | None:
        """D'où vient cette règle."""
        return self.sources.get(regle)


def regles_de(instance: "Instance", le: datetime.date | None = None) -> Regles:
    """Les règles de cette instance ce jour-là : celles de son édition, où ses actes propres l'emportent.

    Une instance que l'édition ne décrit pas suit le droit commun du socle national. Aucune requête si la région de
    l'instance est déjà lue. Lève `ReglesInconnues` si personne ne dit rien.
    """
    return avec_acte_propre(regles_de_depart(instance, le), instance)


def regles_de_depart(instance: "Instance", le: datetime.date | None = None) -> Regles:
    """Les mêmes, sans les actes propres de l'instance."""
    decrite = instance_d_edition(instance, le)
    if decrite is not None:
        return regles_d_edition(
            decrite.fonctionnement,
            decrite.avis,
            porteurs_presentent=decrite.porteurs_presentent,
            reunion_sur_site=decrite.reunion_sur_site,
        )
    socle = national()
    fonctionnements = list(socle.communs.get("fonctionnements", {}).values())
    avis = list(socle.communs.get("avis", {}).values())
    if not fonctionnements or not avis:
        raise ReglesInconnues(f"Aucun fonctionnement de droit commun pour {instance}.")
    contexte = {"documents": socle.documents}
    return regles_d_edition(
        Fonctionnement.model_validate(fonctionnements[0], context=contexte),
        AvisPossibles.model_validate(avis[0], context=contexte),
    )


def instance_d_edition(instance: "Instance", le: datetime.date | None = None) -> InstanceDEdition | None:
    """Ce que l'édition en vigueur dit de cette instance, ou rien."""
    edition = edition_de_l_instance(instance, le)
    if edition is None:
        return None
    return next((i for i in edition.instances if i.id == instance.instance_edition), None)


def edition_de_l_instance(instance: "Instance", le: datetime.date | None = None) -> Edition | None:
    """L'édition en vigueur dans la région de l'instance."""
    return edition_en_vigueur(instance.region.cle, le or timezone.localdate())


def nom_de_l_edition(instance: "Instance", le: datetime.date) -> str:
    """« bretagne/2024-10 » : ce qu'un document gardé cite de ses règles ; rien si la région n'en a pas."""
    edition = edition_de_l_instance(instance, le)
    return f"{edition.region}/{edition.numero}" if edition else ""


def regles_d_edition(fonctionnement: Fonctionnement, avis: AvisPossibles, **autres: bool) -> Regles:
    """Les valeurs calculables d'une édition, chacune avec sa source."""
    source, source_avis = _source(fonctionnement.source), _source(avis.source)
    return Regles(
        convocation_jours=fonctionnement.convocation_jours,
        quorum=Fraction(fonctionnement.part_de_quorum),
        seconde_sans_quorum=fonctionnement.seconde_sans_quorum,
        voix_preponderante=fonctionnement.voix_preponderante,
        mandats_par_membre=fonctionnement.mandats_par_membre,
        avis=tuple(AvisPossible(a.id, a.libelle, a.effet) for a in avis.liste),
        texte=fonctionnement.texte,
        sources=dict.fromkeys(CHAMPS, source) | {"avis": source_avis},
        **autres,
    )


def avec_acte_propre(regles: Regles, instance: "Instance") -> Regles:
    """Ces règles, où ce que l'acte propre de l'instance change l'emporte."""
    changees: dict[str, Any] = {cle: v for cle, v in instance.regles.items() if cle in CHAMPS}
    if "quorum" in changees:
        changees["quorum"] = Fraction(changees["quorum"])
    if instance.avis:
        changees["avis"] = tuple(AvisPossible(a["id"], a["libelle"], a["effet"]) for a in instance.avis)
    if not changees:
        return regles
    acte = SourceDeRegle(ACTE, instance.regles_document, instance.regles_passage, instance.regles_date)
    return replace(regles, **changees, sources={**regles.sources, **dict.fromkeys(changees, acte)})


def _source(source: Source) -> SourceDeRegle:
    return SourceDeRegle(
        EDITION, str(source.document), source.passage, source.date, interprete=source.interprete, note=source.note
    )
