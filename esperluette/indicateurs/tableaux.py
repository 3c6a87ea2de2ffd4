"""D'une table de textes à un tableau de chiffres : communes d'aujourd'hui, nombres, secrets. Sans base.

Ce qui ne se lit pas est rejeté et dit, ligne par ligne ; rien n'est deviné. Une case vide n'est jamais un zéro.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from esperluette.indicateurs.fichier import LIGNE, Brut
from esperluette.indicateurs.jeux import JeuDeChiffres
from esperluette.territoires.rapprochement import Rejet

COMMUNE = "commune"
TU = "tu:"  # préfixe de la colonne qui dit, pour un indicateur, ce que le producteur tait (secret statistique)
_ESPACES = r"[\s\u00a0\u202f]"
_CAUSE = "@cause"


@dataclass(frozen=True, slots=True)
class Correspondance:
    """Les communes d'aujourd'hui : `codes` (`@code`, `commune`) et `couvertes` (`commune`, `departement`)."""

    codes: pl.DataFrame
    couvertes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Lu:
    """Un tableau lu, et ce qui s'est passé en le lisant."""

    table: pl.DataFrame
    rejets: list[Rejet] = field(default_factory=list)
    doublons: int = 0
    convertis: int = 0
    etablissements: pl.DataFrame | None = None


def lire(jeu: JeuDeChiffres, brut: Brut, correspondance: Correspondance) -> Lu:
    """Le tableau de ce fichier : une ligne par commune (ou par territoire de vie-santé)."""
    table = _nettoyer(jeu, brut)
    if brut.forme.fiche:
        return _etablissements(jeu, table, correspondance)
    un_pour_un = bool(brut.forme.sortes) and not brut.forme.effectif  # deux lignes pareilles sont deux équipements
    if un_pour_un or (not brut.forme.sortes and table["@code"].n_unique() == table.height):
        uniques = table
    else:
        uniques = _sans_repetition(table)
    doublons = table.height - uniques.height
    chiffres = _compter(brut, uniques) if brut.forme.sortes else _chiffrer(jeu, brut, uniques)
    if jeu.grain == "tvs":
        bons, rejets = _separer(chiffres)
        return Lu(bons.drop(LIGNE).rename({"@code": "tvs"}), rejets, doublons)
    situes = chiffres.join(correspondance.codes, on="@code", how="left")
    situes = _dire(situes, pl.col(COMMUNE).is_null(), "ce code n'est, ni n'a été, celui d'une commune")
    situes = _sans_arrondissements_inutiles(situes)
    bons, rejets = _separer(situes)
    # Une commune dont une ligne est rejetée n'a pas de chiffre : ni zéro, ni la somme de ce qui reste.
    douteuses = _douteuses(situes)
    if len(douteuses):
        bons = bons.filter(~pl.col(COMMUNE).is_in(douteuses.implode()))
    convertis = int((bons["@code"] != bons[COMMUNE]).sum())
    reunis = _reunir(jeu, bons.drop(LIGNE, "@arrondissement"))
    if jeu.absence == "zero":
        reunis = _combler(jeu, reunis, correspondance, sauf=douteuses)
    return Lu(_alleger(_ranger(reunis)), rejets, doublons, convertis)


def _etablissements(jeu: JeuDeChiffres, voulus: pl.DataFrame, correspondance: Correspondance) -> Lu:
    """Les établissements des catégories du jeu, et leur compte par commune ; une commune qui n'en a pas en a zéro.

    Une catégorie dont le fichier n'a pas un établissement dans toute la France n'est pas un zéro : il ne la donne pas.
    Une commune dont une fiche est rejetée garde les autres, mais son compte manque.
    """
    repetes = voulus["finess"].n_unique() < voulus.height
    uniques = _sans_repetition(voulus) if repetes else voulus
    contraires = pl.len().over("finess") > 1 if repetes else pl.lit(value=False)
    situes = uniques.with_columns(contraires.alias("@contraire"))
    situes = situes.join(correspondance.codes, on="@code", how="left")
    situes = _dire(situes, pl.col("finess") == "", "numéro FINESS absent")
    situes = _dire(situes, pl.col("@contraire"), "deux lignes de ce numéro se contredisent : aucune n'est gardée")
    situes = _dire(situes, pl.col(COMMUNE).is_null(), "ce code n'est, ni n'a été, celui d'une commune")
    bons, rejets = _separer(situes)
    fiches = bons.select("finess", "nom", "categorie", COMMUNE).sort(COMMUNE, "categorie", "finess")
    indicateur = pl.col("categorie").replace_strict({c: d.compte or None for c, d in jeu.categories.items()})
    comptees = fiches.select(COMMUNE, indicateur.alias("@indicateur"), pl.lit(1.0).alias("@nombre"))
    effectifs = _etaler(comptees, COMMUNE, list(jeu.indicateurs))
    effectifs = _combler(jeu, effectifs, correspondance).sort(COMMUNE)
    absents = [nom for nom in jeu.indicateurs if not effectifs[nom].sum()]
    sure = ~pl.col(COMMUNE).is_in(_douteuses(situes).implode())
    effectifs = effectifs.with_columns(pl.when(sure).then(pl.col(nom)).alias(nom) for nom in jeu.indicateurs)
    convertis = bons.filter(pl.col("@code") != pl.col(COMMUNE)).height
    return Lu(effectifs.drop(absents), rejets, voulus.height - uniques.height, convertis, fiches)


def _sans_repetition(table: pl.DataFrame) -> pl.DataFrame:
    """Sans les lignes en tout point pareilles à une autre."""
    return table.unique(subset=[c for c in table.columns if c != LIGNE], keep="first")


def _nettoyer(jeu: JeuDeChiffres, brut: Brut) -> pl.DataFrame:
    """Les lignes à lire, aux cellules sans blancs autour, et le code de commune comme il doit être."""
    gardees: dict[str, list[str]] = {f"garder:{c}": list(valeurs) for c, valeurs in brut.forme.garder.items()}
    if brut.forme.sortes:
        gardees["@sorte"] = list(_sortes(brut))
    if brut.forme.fiche:
        gardees["categorie"] = list(jeu.categories)
    lignes = brut.table.lazy()
    for colonne, valeurs in gardees.items():
        lignes = lignes.filter(pl.col(colonne).str.strip_chars().is_in(valeurs))
    lignes = lignes.drop(pl.selectors.starts_with("garder:")).with_columns(pl.col(pl.String).str.strip_chars())
    table = _ecrire_les_codes(brut, lignes.collect())
    return table.filter(~pl.all_horizontal(pl.col(pl.String) == ""))


def _ecrire_les_codes(brut: Brut, table: pl.DataFrame) -> pl.DataFrame:
    """Chaque code sur cinq signes, quel que soit ce qu'un tableur en a fait : « ="01004" », « 1004.0 », « 1004 »."""
    code = pl.col("@code")
    if table["@code"].str.contains(r"^[0-9AB]{5}$").all():
        return table
    if not table["@code"].str.contains(r"^[0-9AB]+$").all():
        code = code.str.replace(r'^="?', "").str.replace(r'"$', "").str.replace(r"\.0$", "")
        code = code.str.strip_chars().str.to_uppercase()
    if brut.forme.departement:
        # Outre-mer, FINESS écrit le département « 9A » : le premier signe de la commune est celui qui manque.
        ecrits = {d: re.sub("^9[A-Z]$", "97", d.upper()) for d in table["@departement"].unique()}
        departement = pl.col("@departement").replace_strict(ecrits, return_dtype=pl.String)
        code = pl.when(code != "").then(departement + code.str.zfill(3)).otherwise(code)
    else:
        code = pl.when(code.str.contains(r"^\d{4}$")).then(pl.lit("0") + code).otherwise(code)
    return table.with_columns(code.alias("@code")).drop("@departement", strict=False)


def _parmi(colonne: str, valeurs: list[str]) -> pl.Expr:
    if len(valeurs) == 1:  # le cas de presque tous les jeux, trois fois plus vite
        return pl.col(colonne) == valeurs[0]
    return pl.col(colonne).is_in(valeurs)


def _nombres(textes: pl.DataFrame) -> pl.DataFrame:
    """« 1 234,5 » : un nombre ; ce qui n'en est pas un devient vide."""
    nombres = textes.cast(pl.Float64, strict=False)
    restes = [c for c in textes.columns if nombres[c].null_count() != textes[c].null_count()]
    if not restes:
        return nombres
    pointe = pl.col(restes).str.replace(",", ".", literal=True).str.replace_all(_ESPACES, "")
    return nombres.with_columns(textes.select(pointe.cast(pl.Float64, strict=False)))


def _dire(table: pl.DataFrame, condition: pl.Expr, cause: str) -> pl.DataFrame:
    """Note la cause d'un rejet, si la ligne n'en a pas déjà une."""
    deja = pl.col(_CAUSE) if _CAUSE in table.columns else pl.lit(None, dtype=pl.String)
    dite = pl.when(deja.is_null() & condition).then(pl.lit(cause)).otherwise(deja)
    return table.with_columns(dite.alias(_CAUSE))


def _separer(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejet]]:
    if _CAUSE not in table.columns or table[_CAUSE].null_count() == table.height:
        return table.drop(_CAUSE, strict=False), []
    rejetees = table.filter(pl.col(_CAUSE).is_not_null()).sort(LIGNE)
    lignes = rejetees.select(LIGNE, _CAUSE, "@code").iter_rows()
    rejets = [Rejet(int(ligne), cause, code) for ligne, cause, code in lignes]
    return table.filter(pl.col(_CAUSE).is_null()).drop(_CAUSE), rejets


def _sans_arrondissements_inutiles(situes: pl.DataFrame) -> pl.DataFrame:
    """La ligne de la commune l'emporte sur celles de ses arrondissements, quand le fichier donne les deux."""
    if not situes["@arrondissement"].any():
        return situes
    entieres = situes.filter(pl.col(_CAUSE).is_null() & (pl.col("@code") == pl.col(COMMUNE)))[COMMUNE].unique()
    inutile = pl.col("@arrondissement") & pl.col(COMMUNE).is_in(entieres.implode())
    return situes.filter(~inutile.fill_null(value=False))


def _ranger(table: pl.DataFrame) -> pl.DataFrame:
    return table if table[COMMUNE].is_sorted() else table.sort(COMMUNE)


def _douteuses(situes: pl.DataFrame) -> pl.Series:
    """Les communes dont une ligne est rejetée : ce qui reste d'elles n'en est qu'une partie."""
    return situes.filter(pl.col(_CAUSE).is_not_null())[COMMUNE].drop_nulls().unique()


def _chiffrer(jeu: JeuDeChiffres, brut: Brut, table: pl.DataFrame) -> pl.DataFrame:
    """Une colonne par indicateur : nombre, ou vide ; et sa colonne de secret."""
    secrets = [*jeu.secrets, *([""] if jeu.vide == "secret" else [])]
    noms, muets = list(brut.forme.colonnes), [*{*jeu.secrets, *jeu.manques, ""}]
    dits = table.select(pl.when(~_parmi(nom, muets)).then(pl.col(nom)).alias(nom) for nom in noms)
    nombres = _nombres(dits)
    colonnes = [*nombres, *table.select(_parmi(nom, secrets).alias(TU + nom) for nom in noms)]
    illisibles = pl.repeat(value=False, n=table.height, eager=True)
    for nom in noms:
        illisibles = illisibles | (dits[nom].is_not_null() & ~nombres[nom].is_finite().fill_null(value=False))
    lue = _dire(table.with_columns(colonnes), pl.col("@code") == "", "code absent")
    lue = _dire(lue, pl.lit(illisibles), "une valeur n'est pas un nombre")
    if lue["@code"].n_unique() < lue.height:
        contraires = pl.len().over("@code") > 1
        lue = _dire(lue, contraires, "deux lignes de ce code se contredisent : aucune n'est gardée")
    return lue


def _compter(brut: Brut, table: pl.DataFrame) -> pl.DataFrame:
    """Les lignes d'une commune, une par sorte, en deviennent une ; les sortes que le jeu ne nomme pas tombent.

    Un indicateur dont le fichier ne cite aucune sorte n'a pas de colonne : c'est une autre nomenclature, pas un zéro.
    """
    effectif = brut.forme.effectif
    nombre = _nombres(table.select("@effectif")).to_series() if effectif else pl.lit(1.0)
    indicateur = pl.col("@sorte").replace_strict(_sortes(brut), return_dtype=pl.String).alias("@indicateur")
    voulues = table.with_columns(nombre.alias("@nombre"), indicateur)
    faux = ~pl.col("@nombre").is_finite().fill_null(value=False) | (pl.col("@nombre") < 0)
    # Une ligne illisible rend faux tout ce qui compterait sa commune : la commune entière est rejetée.
    rejetees = (
        voulues.filter(faux).select("@code", pl.lit("un effectif n'est pas un nombre").alias(_CAUSE)).unique("@code")
    )
    cites = set(voulues["@indicateur"].unique())
    comptes = _etaler(voulues, "@code", [nom for nom in brut.forme.sortes if nom in cites])
    lignes = voulues.group_by("@code").agg(pl.col(LIGNE).min())
    return comptes.join(lignes, on="@code").join(rejetees, on="@code", how="left")


def _etaler(lignes: pl.DataFrame, cle: str, indicateurs: list[str]) -> pl.DataFrame:
    """Une rangée par `cle`, une colonne par indicateur : la somme de ses nombres, zéro s'il n'y en a pas.

    Additionner d'abord par `cle` et par indicateur va quatre fois plus vite qu'une somme par colonne.
    """
    sommes = lignes.group_by(cle, "@indicateur").agg(pl.col("@nombre").sum())
    colonnes = [
        pl.when(pl.col("@indicateur") == nom).then(pl.col("@nombre")).otherwise(0.0).alias(nom) for nom in indicateurs
    ]
    return sommes.select(cle, *colonnes).group_by(cle).sum()


def _sortes(brut: Brut) -> dict[str, str]:
    """Sorte → l'indicateur où elle se compte."""
    return {sorte: nom for nom, valeurs in brut.forme.sortes.items() for sorte in valeurs}


def _reunir(jeu: JeuDeChiffres, table: pl.DataFrame) -> pl.DataFrame:
    """Une ligne par commune : celles de ses anciennes communes se réunissent comme le jeu le dit."""
    if table[COMMUNE].n_unique() == table.height:
        return table.drop("@code")
    seules = pl.len().over(COMMUNE) == 1
    # Toujours dans le même ordre : une somme de nombres à virgule en dépend, au dernier chiffre.
    uniques, plusieurs = table.filter(seules).drop("@code"), table.filter(~seules).sort("@code").drop("@code")
    textes = [c for c in table.columns if c in jeu.textes]
    reunies = plusieurs.group_by(COMMUNE).agg(
        *(_reunion(jeu, nom) for nom in jeu.indicateurs if nom in table.columns),
        *(pl.col(c).any() for c in table.columns if c.startswith(TU)),
        *(pl.when(pl.col(c).n_unique() == 1).then(pl.col(c).first()).alias(c) for c in textes),
    )
    return pl.concat([uniques, reunies.select(uniques.columns)])


def _reunion(jeu: JeuDeChiffres, nom: str) -> pl.Expr:
    """Somme, moyenne pondérée, ou rien ; un terme manquant rend le tout manquant."""
    decrit, valeur = jeu.indicateurs[nom], pl.col(nom)
    if decrit.agregation == "aucune":
        return pl.lit(None, dtype=pl.Float64).first().alias(nom)
    if decrit.agregation == "somme":
        return pl.when(valeur.is_null().any()).then(None).otherwise(valeur.sum()).alias(nom)
    poids = pl.col(decrit.poids)
    incomplet = valeur.is_null().any() | poids.is_null().any() | (poids.sum() <= 0)
    return pl.when(incomplet).then(None).otherwise((valeur * poids).sum() / poids.sum()).alias(nom)


def _combler(
    jeu: JeuDeChiffres, table: pl.DataFrame, correspondance: Correspondance, *, sauf: Collection[str] = ()
) -> pl.DataFrame:
    """Une commune sans ligne vaut zéro partout, si le fichier couvre son département : il en nomme une commune.

    Celles de `sauf` restent sans ligne.
    """
    couvertes = correspondance.couvertes.filter(~pl.col("departement").is_in(list(jeu.hors_champ)))
    nommes = couvertes.join(table, on=COMMUNE, how="semi")["departement"].unique().implode()
    attendues = pl.col("departement").is_in(nommes) & ~pl.col(COMMUNE).is_in(list(sauf))
    absentes = couvertes.filter(attendues).select(COMMUNE).join(table, on=COMMUNE, how="anti")
    zeros = [
        (pl.lit(value=False) if c.startswith(TU) else pl.lit(0.0)).alias(c) for c in table.columns if c != COMMUNE
    ]
    return pl.concat([table, absentes.with_columns(zeros).select(table.columns)])


def _alleger(table: pl.DataFrame) -> pl.DataFrame:
    """Sans les colonnes de secret que rien n'emploie."""
    vaines = [c for c in table.columns if c.startswith(TU) and not table[c].any()]
    return table.drop(vaines)
