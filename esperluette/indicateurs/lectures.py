"""Les chiffres chargés, réunis en un seul tableau gardé en mémoire tant que rien ne change."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl

from esperluette.indicateurs.calcul import HABITANTS, Etat, Valeur
from esperluette.indicateurs.definitions import Definition, jeu_de
from esperluette.indicateurs.demonstration import references_de_demonstration
from esperluette.indicateurs.jeux import Champ, JeuDeChiffres, jeux
from esperluette.indicateurs.models import Tableau
from esperluette.indicateurs.tableaux import COMMUNE, Correspondance
from esperluette.territoires.models import AncienneCommune, Commune, Decoupage, JeuImporte

NIVEAUX = ("epci", "departement", "region")
RELECTURES = 3  # lectures de suite qu'un import peut couper avant qu'on rende ce qu'on a


@dataclass(frozen=True, slots=True)
class Source:
    """D'où vient un jeu chargé."""

    jeu: str
    titre: str
    producteur: str
    millesime: str
    licence: str
    demonstration: bool

    def __str__(self) -> str:
        return f"{self.producteur}, {self.titre}, {self.millesime}"


@dataclass(frozen=True, slots=True)
class Etablissement:
    """Un établissement ou un service, et la commune d'aujourd'hui où il est ; `compte` : l'indicateur où il entre."""

    finess: str
    nom: str
    categorie: str
    champ: Champ
    commune: str
    compte: str


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Une ligne par commune (hors arrondissements), ses niveaux, et les colonnes de tous les jeux chargés.

    `cle` change quand un jeu ou le découpage change : elle nomme ce qui en est gardé en mémoire.
    `references` : par niveau (« departement:22 », « france »…) et par chiffre, ce que valent les grands territoires
    quand seuls les jeux de démonstration sont chargés ; ils ne s'additionnent pas de quelques communes.
    """

    cle: tuple[str, ...]
    table: pl.DataFrame
    densite_par_tvs: pl.DataFrame | None
    sources: dict[str, Source]
    etablissements: pl.DataFrame | None = None
    references: dict[str, dict[str, Valeur]] = field(default_factory=dict, compare=False)
    memoire: dict[str, Any] = field(default_factory=dict, compare=False)

    def reference(self, niveau: str, chiffre: Definition) -> Valeur | None:
        """Ce que vaut ce chiffre à ce niveau quand un de ses jeux est de démonstration ; None s'il faut le calculer.

        Mêlé à un jeu importé, un jeu de démonstration ne donne aucune référence : les millésimes diffèrent.
        """
        demonstration = self._demonstration(chiffre)
        if not any(demonstration):
            return None
        connue = self.references.get(niveau, {}).get(chiffre.id) if all(demonstration) else None
        return connue or Valeur(None, Etat.NON_CHARGE, 0, 0)

    def sur_place(self, chiffre: Definition, valeur: Valeur) -> Valeur:
        """La valeur d'un territoire, sauf si le jeu de démonstration n'en dit rien : elle est alors non chargée."""
        if valeur.valeur is None and valeur.etat == Etat.MANQUANT and any(self._demonstration(chiffre)):
            return Valeur(None, Etat.NON_CHARGE, valeur.communes, 0)
        return valeur

    def _demonstration(self, chiffre: Definition) -> list[bool]:
        cles = {jeu_de()[c].id for c in chiffre.colonnes}
        return [self.sources[cle].demonstration for cle in sorted(cles) if cle in self.sources]


def chiffres() -> Chiffres:
    """Les chiffres chargés ; deux requêtes quand rien n'a changé depuis la dernière fois.

    Un import qui se termine entre la clé et la lecture retire le tableau que la clé nomme, et change la clé : tout se
    relit alors. Un tableau qui manque sans que la clé change manque pour de bon : ce qui est lu l'est une fois.
    """
    for _ in range(RELECTURES):
        cle = _cle()
        lus = _reunir(cle)
        if len(lus.sources) == len(cle) - 1 or _cle() == cle:
            break
    return lus


def _cle() -> tuple[str, ...]:
    decoupage = Decoupage.objects.order_by("-charge_le").values_list("empreinte", flat=True).first() or ""
    courants = JeuImporte.objects.filter(courant=True, jeu__in=list(jeux())).order_by("jeu")
    return (decoupage, *(f"{pk}:{empreinte}" for pk, empreinte in courants.values_list("pk", "empreinte")))


def vider_memoire() -> None:
    """Oublie ce qui est gardé en mémoire : pour les essais, et après un changement que rien n'a noté."""
    _reunir.cache_clear()
    _correspondance.cache_clear()


def correspondance(decoupage: Decoupage) -> Correspondance:
    """Tout code d'hier et d'aujourd'hui, et la commune où il mène ; deux requêtes, puis aucune pour ce découpage."""
    return _correspondance(decoupage.empreinte, decoupage.charge_le)


@lru_cache(maxsize=1)
def _correspondance(_empreinte: str, _charge_le: datetime) -> Correspondance:
    actives = list(Commune.objects.filter(active=True).values_list("pk", "commune_mere_id", "departement_id"))
    codes = {code: (commune, False) for code, commune in AncienneCommune.objects.values_list("pk", "commune_id")}
    codes |= {code: (mere or code, mere is not None) for code, mere, _ in actives}
    table = pl.DataFrame(
        [(code, commune, arrondissement) for code, (commune, arrondissement) in codes.items()],
        schema={"@code": pl.String, COMMUNE: pl.String, "@arrondissement": pl.Boolean},
        orient="row",
    )
    couvertes = pl.DataFrame(
        [(code, departement) for code, mere, departement in actives if mere is None],
        schema={COMMUNE: pl.String, "departement": pl.String},
        orient="row",
    )
    return Correspondance(table, couvertes)


def etablissements(codes: Iterable[str]) -> tuple[Etablissement, ...] | None:
    """Ceux de ces communes (codes d'aujourd'hui), par champ puis par nom ; None si le jeu n'est pas chargé.

    Avec un jeu de démonstration, seules ses communes sont connues.
    """
    tous = chiffres().etablissements
    if tous is None:
        return None
    lignes = tous.filter(pl.col(COMMUNE).is_in(list(codes))).sort("champ", "libelle", "nom", "finess")
    voulues = lignes.select("finess", "nom", "libelle", "champ", COMMUNE, "compte").iter_rows()
    return tuple(Etablissement(*ligne) for ligne in voulues)


@lru_cache(maxsize=2)
def _reunir(cle: tuple[str, ...]) -> Chiffres:
    table, densite, fiches, sources = _communes(), None, None, {}
    for tableau in Tableau.objects.filter(importation__in=[int(c.split(":")[0]) for c in cle[1:]]).select_related(
        "importation"
    ):
        i = tableau.importation
        decrit = jeux()[i.jeu]
        sources[i.jeu] = Source(i.jeu, decrit.titre, i.producteur, i.millesime, i.licence, i.demonstration)
        lu = _lire(tableau.contenu)
        if decrit.grain == "tvs":
            densite = lu
        else:
            table = table.join(lu, on=COMMUNE, how="left")
        if tableau.etablissements is not None:
            fiches = _decrire(_lire(tableau.etablissements), decrit)
    references = references_de_demonstration() if any(s.demonstration for s in sources.values()) else {}
    return Chiffres(cle, table, densite, sources, fiches, references)


def _lire(contenu: bytes | memoryview) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(bytes(contenu)))


def _decrire(fiches: pl.DataFrame, jeu: JeuDeChiffres) -> pl.DataFrame:
    """Avec le libellé et le champ que le jeu donne aujourd'hui à chaque catégorie."""
    decrites = [(code, c.libelle, c.champ, c.compte) for code, c in jeu.categories.items()]
    schema = dict.fromkeys(("categorie", "libelle", "champ", "compte"), pl.String)
    return fiches.join(pl.DataFrame(decrites, schema=schema, orient="row"), on="categorie", how="inner")


def _communes() -> pl.DataFrame:
    lignes = Commune.objects.filter(active=True, commune_mere=None).values_list(
        "pk", "epci_id", "departement_id", "region_id", "population"
    )
    schema: dict[str, Any] = dict.fromkeys((COMMUNE, *NIVEAUX), pl.String) | {HABITANTS: pl.Float64}
    return pl.DataFrame(list(lignes), schema=schema, orient="row", strict=False)
