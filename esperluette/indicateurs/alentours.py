"""Ce qui entoure les chiffres d'un territoire : ses zonages, ses établissements, l'offre la plus proche."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import polars as pl
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.definitions import jeu_de
from esperluette.indicateurs.demonstration import distances_de_demonstration
from esperluette.indicateurs.distances import PlusProche, Voisines, resumer
from esperluette.indicateurs.instantane import DistanceLue, EtablissementLu, TerritoireDeVieSanteLu, ZonageLu
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.lectures import Chiffres
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.contours import centres
from esperluette.territoires.jeux import Jeu
from esperluette.territoires.jeux import jeux as jeux_de_zonage
from esperluette.territoires.models import Commune, JeuImporte
from esperluette.territoires.zonages import ClassementCommune, zonages_de

GARDEES = 5_000  # communes dont on garde le zonage en mémoire : plusieurs régions, sans grossir avec le temps
BASSINS, DENSITE = "tvs", "densite-medecins"


@dataclass(slots=True)
class Alentours:
    """Ce qui se montre à côté des chiffres ; `non_charges` : ce qui manque, et la commande qui le charge."""

    zonages: tuple[ZonageLu, ...] = ()
    vie_sante: tuple[TerritoireDeVieSanteLu, ...] = ()
    etablissements: tuple[EtablissementLu, ...] = ()
    distances: tuple[DistanceLue, ...] = ()
    non_charges: dict[str, str] = field(default_factory=dict)
    demonstration: bool = False


class Offre(BaseModel):
    """Une offre dont on cherche la plus proche : le premier de ces indicateurs qui est chargé dit qui l'a."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    libelle: str
    indicateurs: tuple[str, ...]


@lru_cache(maxsize=1)
def offres() -> tuple[Offre, ...]:
    """Les offres, dans l'ordre : lu de donnees/distances.yaml."""
    octets = (files("esperluette.indicateurs") / "donnees" / "distances.yaml").read_bytes()
    return tuple(Offre(**brut) for brut in YAML(typ="safe").load(octets.decode("utf-8")))


def commande(jeu: str) -> str:
    """Ce qu'il faut taper pour charger ce jeu."""
    return f"esperluette donnees importer {jeu}"


def alentours(communes: Sequence[Commune], lus: Chiffres, *, acces: bool, fiches: bool) -> Alentours:
    """Tout ce qui entoure ces communes d'aujourd'hui ; `acces`, `fiches` : ce qu'on en veut.

    Sept requêtes au plus, deux quand tout a déjà servi, quel que soit le nombre de communes.
    """
    trouve = Alentours()
    if acces and communes:
        _zonages(trouve, communes, lus)
        trouve.vie_sante = _vie_sante(communes, lus)
        trouve.distances = _distances(communes, lus)
        des_bassins = [lus.sources[jeu] for jeu in (BASSINS, DENSITE) if jeu in lus.sources]
        trouve.demonstration |= bool(trouve.vie_sante) and any(source.demonstration for source in des_bassins)
    if fiches and communes:
        trouve.etablissements = _etablissements(communes, lus)
    return trouve


# --- Zonages ------------------------------------------------------------------------------------------------------


def _zonages(trouve: Alentours, communes: Sequence[Commune], lus: Chiffres) -> None:
    """Jeu par jeu, puis commune par commune ; une requête pour celles qu'on a déjà classées."""
    gardees = _deja_classees(lus)
    classees = {c.pk: dite for c in communes if (dite := gardees.get(c.pk)) is not None}
    neuves = [c.pk for c in communes if c.pk not in classees]
    for code, lue in (zonages_de(neuves) if neuves else {}).items():
        classees[code] = gardees[code] = {
            decrit.id: _zonage_lu(code, decrit, lue)
            for decrit in jeux_de_zonage().values()
            if decrit.id in lue.classes
        }
    dites = [classees[c.pk] for c in communes if c.pk in classees]
    for jeu in jeux_de_zonage():
        if any(jeu not in dite for dite in dites):
            trouve.non_charges[jeu] = commande(jeu)
    connus = [dite[jeu] for jeu in jeux_de_zonage() for dite in dites if jeu in dite]
    trouve.zonages = tuple(zonage for zonage, _ in connus)
    trouve.demonstration |= any(demonstration for _, demonstration in connus)


# Pour chaque commune et chaque jeu, ce qui s'en montre, et si cela vient de la démonstration.
_Classees = dict[str, dict[str, tuple[ZonageLu, bool]]]


def _deja_classees(lus: Chiffres) -> _Classees:
    """Oubliées dès qu'un zonage est importé, ou qu'elles sont trop ; jamais vidées : un autre fil peut y lire."""
    imports = JeuImporte.objects.filter(courant=True, jeu__in=list(jeux_de_zonage())).order_by("jeu")
    cle = tuple(imports.values_list("pk", "empreinte", "importe_le"))
    de_quand, gardees = lus.memoire.get("zonages", (None, {}))
    if de_quand != cle or len(gardees) > GARDEES:
        gardees = {}
        lus.memoire["zonages"] = (cle, gardees)
    connues: _Classees = gardees
    return connues


def _zonage_lu(code: str, decrit: Jeu, dite: ClassementCommune) -> tuple[ZonageLu, bool]:
    source, demonstration = _source_du_zonage(decrit, dite)
    libelle = dite.classes[decrit.id]
    return ZonageLu(code=code, zonage=decrit.titre, libelle=libelle, source=source, jeu=decrit.id), demonstration


def _source_du_zonage(decrit: Jeu, dite: ClassementCommune) -> tuple[str, bool]:
    source = next((dite.sources[zone] for zone in decrit.zones if zone in dite.sources), None)
    if source is None and decrit.libelle_seul:
        source = dite.source_densite
    return (str(source), source.demonstration) if source else (f"{decrit.producteur}, {decrit.titre}", False)


# --- Territoires de vie-santé --------------------------------------------------------------------------------------


def _vie_sante(communes: Sequence[Commune], lus: Chiffres) -> tuple[TerritoireDeVieSanteLu, ...]:
    if not {"tvs", "tvs_nom"} <= set(lus.table.columns):
        return ()
    lignes = lus.table.filter(pl.col(COMMUNE).is_in([c.pk for c in communes])).select("tvs", "tvs_nom", COMMUNE)
    par_bassin = lignes.drop_nulls("tvs").group_by("tvs").agg(pl.col("tvs_nom").first(), pl.col(COMMUNE).sort())
    densites = {}
    if lus.densite_par_tvs is not None:
        densites = dict(lus.densite_par_tvs.select("tvs", "densite_medecins").iter_rows())
    sources = [str(lus.sources[jeu]) for jeu in (BASSINS, DENSITE) if jeu in lus.sources]
    return tuple(
        TerritoireDeVieSanteLu(
            code=code, nom=nom or code, communes=tuple(membres), densite=densites.get(code),
            etat=_etat_de_la_densite(densites.get(code), lus), source=" ; ".join(sources),
        )
        for code, nom, membres in sorted(par_bassin.iter_rows(), key=lambda ligne: (ligne[1] or "", ligne[0]))
    )  # fmt: skip


def _etat_de_la_densite(valeur: float | None, lus: Chiffres) -> Etat:
    if valeur is not None:
        return Etat.CONNU
    return Etat.NON_CHARGE if lus.densite_par_tvs is None else Etat.MANQUANT


# --- Établissements ------------------------------------------------------------------------------------------------


def _etablissements(communes: Sequence[Commune], lus: Chiffres) -> tuple[EtablissementLu, ...]:
    if lus.etablissements is None:
        return ()
    noms = {c.pk: c.nom for c in communes}
    sources = [str(lus.sources[cle]) for cle in lus.sources if jeux()[cle].grain == "etablissement"]
    lignes = lus.etablissements.filter(pl.col(COMMUNE).is_in(list(noms))).sort("champ", "libelle", "nom", "finess")
    voulues = lignes.select("finess", "nom", "libelle", "champ", COMMUNE).iter_rows()
    return tuple(
        EtablissementLu(
            finess=finess, nom=nom, categorie=libelle, champ=champ, commune=noms[code], code_commune=code,
            source=" ; ".join(sources),
        )
        for finess, nom, libelle, champ, code in voulues
    )  # fmt: skip


# --- L'offre la plus proche ----------------------------------------------------------------------------------------


def _distances(communes: Sequence[Commune], lus: Chiffres) -> tuple[DistanceLue, ...]:
    """Une ligne par offre dont un jeu est chargé ; `km` manque si la plus proche ne se connaît pas."""
    habitants = {c.pk: float(c.population) for c in communes}
    departements = {c.departement_id for c in communes}
    trouvees = []
    for offre in offres():
        indicateur = next((i for i in offre.indicateurs if departements <= _couverts(lus, i)), "")
        if indicateur:
            source = lus.sources[jeu_de()[indicateur].id]
            if source.demonstration:
                # De quelques communes on ne déduit pas la plus proche : le tableau la donne, ou personne.
                dites = distances_de_demonstration().get(offre.id, {})
                resume = resumer(dites.get, habitants) if set(habitants) <= set(dites) else None
            else:
                resume = resumer(_voisines(lus, indicateur), habitants)
            trouvees.append((offre, str(source), resume))
    vues = {code for _, _, resume in trouvees if resume for code in (resume[1], resume[4])}
    noms = {c.pk: c.nom for c in communes}
    noms |= dict(Commune.objects.filter(pk__in=sorted(vues - set(noms))).values_list("pk", "nom"))
    lues = []
    for offre, origine, resume in trouvees:
        km, vers, moyenne, loin, d_ou = resume or (None, "", None, None, "")
        lues.append(
            DistanceLue(
                offre=offre.id, libelle=offre.libelle, source=origine, km=_arrondi(km), commune=noms.get(vers, ""),
                km_moyen=_arrondi(moyenne), km_maximum=_arrondi(loin), commune_eloignee=noms.get(d_ou, ""),
            )
        )  # fmt: skip
    return tuple(lues)


def _couverts(lus: Chiffres, indicateur: str) -> set[str]:
    """Les départements dont le jeu de cet indicateur nomme au moins une offre, quelle qu'elle soit.

    Un fichier qui n'en nomme aucune ne couvre pas le département : ce n'est pas que l'offre y est loin.
    """
    if indicateur not in lus.table.columns:
        return set()
    jeu = jeu_de()[indicateur]
    cle = f"couverts:{jeu.id}"
    if cle not in lus.memoire:
        colonnes = [c for c in jeu.indicateurs if c in lus.table.columns]
        pourvues = lus.table.filter(pl.any_horizontal(pl.col(c) > 0 for c in colonnes))
        lus.memoire[cle] = set(pourvues["departement"].unique())
    gardes: set[str] = lus.memoire[cle]
    return gardes


def _arrondi(km: float | None) -> float | None:
    """Au dixième : un centre de commune ne se situe pas mieux que cela."""
    return None if km is None else round(km, 1)


def _voisines(lus: Chiffres, indicateur: str) -> PlusProche:
    """L'offre la plus proche d'une commune, gardée avec les jeux chargés comme les distances déjà cherchées.

    Là où le jeu ne dit rien d'une commune couverte, une ligne rejetée par exemple, elle a peut-être l'offre : si elle
    est plus proche que la première dont on soit sûr, la plus proche ne se connaît pas.
    """
    cle = f"voisines:{indicateur}"
    if cle not in lus.memoire:
        effectif, couvertes = pl.col(indicateur), pl.col("departement").is_in(list(_couverts(lus, indicateur)))
        pourvues = Voisines(centres(), lus.table.filter(effectif > 0)[COMMUNE])
        douteuses = lus.table.filter(effectif.is_null() & couvertes)[COMMUNE]
        lus.memoire[cle] = pourvues.plus_proche, Voisines(centres(), douteuses).plus_proche
    sure, douteuse = lus.memoire[cle]

    def plus_proche(code: str) -> tuple[float, str] | None:
        trouvee, peut_etre = sure(code), douteuse(code)
        return trouvee if trouvee is None or peut_etre is None or trouvee[0] <= peut_etre[0] else None

    return plus_proche
