"""D'une table de textes à un tableau de chiffres : communes d'aujourd'hui, nombres, secrets. Sans base.

Ce qui ne se lit pas est rejeté et dit, ligne par ligne ; rien n'est deviné. Une case vide n'est jamais un zéro.
"""

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
    uniques = table if un_pour_un else _sans_repetition(table)
    doublons = table.height - uniques.height
    chiffres = _compter(brut, uniques) if brut.forme.sortes else _chiffrer(jeu, brut, uniques)
    if jeu.grain == "tvs":
        bons, rejets = _separer(chiffres)
        return Lu(bons.drop(LIGNE).rename({"@code": "tvs"}), rejets, doublons)
    situes = chiffres.join(correspondance.codes, on="@code", how="left")
    situes = _dire(situes, pl.col(COMMUNE).is_null(), "ce code n'est, ni n'a été, celui d'une commune")
    if situes["@arrondissement"].any():
        # La ligne de la commune l'emporte sur celles de ses arrondissements, quand le fichier donne les deux.
        lisible = pl.col(_CAUSE).is_null()
        entieres = situes.filter(lisible & (pl.col("@code") == pl.col(COMMUNE)))[COMMUNE].unique().implode()
        inutile = pl.col("@arrondissement") & pl.col(COMMUNE).is_in(entieres)
    else:
        inutile = pl.lit(value=False)
    bons, rejets = _separer(situes)
    douteuses = _douteuses(situes.filter(~inutile))
    # Une commune dont une ligne est rejetée n'a pas de chiffre : ni zéro, ni la somme de ce qui reste.
    bons = bons.filter(~inutile & ~pl.col(COMMUNE).is_in(douteuses.implode()))
    convertis = bons.filter(pl.col("@code") != pl.col(COMMUNE)).height
    reunis = _reunir(jeu, bons.drop(LIGNE, "@code", "@arrondissement"))
    if jeu.absence == "zero":
        reunis = _combler(jeu, reunis, correspondance, sauf=douteuses)
    return Lu(_alleger(reunis.sort(COMMUNE)), rejets, doublons, convertis)


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
    comptes = [
        (pl.col("categorie").is_in([c for c, decrite in jeu.categories.items() if decrite.compte == nom]))
        .cast(pl.Float64).sum().alias(nom)
        for nom in jeu.indicateurs
    ]  # fmt: skip
    effectifs = _combler(jeu, fiches.group_by(COMMUNE).agg(comptes), correspondance).sort(COMMUNE)
    absents = [nom for nom in jeu.indicateurs if not effectifs[nom].sum()]
    sure = ~pl.col(COMMUNE).is_in(_douteuses(situes).implode())
    effectifs = effectifs.with_columns(pl.when(sure).then(pl.col(nom)).alias(nom) for nom in jeu.indicateurs)
    convertis = bons.filter(pl.col("@code") != pl.col(COMMUNE)).height
    return Lu(effectifs.drop(absents), rejets, voulus.height - uniques.height, convertis, fiches)


def _sans_repetition(table: pl.DataFrame) -> pl.DataFrame:
    if table["@code"].n_unique() == table.height:
        return table
    return table.unique(subset=[c for c in table.columns if c != LIGNE], keep="first", maintain_order=True)


def _nettoyer(jeu: JeuDeChiffres, brut: Brut) -> pl.DataFrame:
    """Les lignes à lire, aux cellules sans blancs autour, et le code de commune comme il doit être."""
    gardees: dict[str, list[str]] = {f"garder:{c}": list(valeurs) for c, valeurs in brut.forme.garder.items()}
    if brut.forme.sortes:
        gardees["@sorte"] = list(_sortes(brut))
    if brut.forme.fiche:
        gardees["categorie"] = list(jeu.categories)
    table = brut.table
    for colonne, valeurs in gardees.items():
        table = table.filter(pl.col(colonne).str.strip_chars().is_in(valeurs))
    table = table.drop(pl.selectors.starts_with("garder:")).with_columns(pl.col(pl.String).str.strip_chars())
    code = pl.col("@code")
    if not table["@code"].str.contains(r"^[0-9AB]+$").all():  # ce qu'un tableur laisse : « ="01004" », « 1004.0 »
        code = code.str.replace(r'^="?', "").str.replace(r'"$', "").str.replace(r"\.0$", "")
        code = code.str.strip_chars().str.to_uppercase()
    if brut.forme.departement:
        # Outre-mer, FINESS écrit le département « 9A » : le premier signe de la commune est celui qui manque.
        departement = pl.col("@departement").str.to_uppercase().str.replace(r"^9[A-Z]$", "97")
        code = pl.when(code != "").then(departement + code.str.zfill(3)).otherwise(code)
    else:
        code = pl.when(code.str.contains(r"^\d{4}$")).then(pl.lit("0") + code).otherwise(code)
    table = table.with_columns(code.alias("@code")).drop("@departement", strict=False)
    return table.filter(~pl.all_horizontal(pl.col(pl.String) == ""))


def _nombre(texte: pl.Series) -> pl.Series:
    """« 1 234,5 » : un nombre ; ce qui n'en est pas un devient vide."""
    nombre = texte.cast(pl.Float64, strict=False)
    if nombre.null_count() == texte.null_count():
        return nombre
    pointe = texte.str.replace(",", ".", literal=True)
    nombre = pointe.cast(pl.Float64, strict=False)
    if nombre.null_count() == texte.null_count():
        return nombre
    return pointe.str.replace_all(_ESPACES, "").cast(pl.Float64, strict=False)


def _dire(table: pl.DataFrame, condition: pl.Expr, cause: str) -> pl.DataFrame:
    """Note la cause d'un rejet, si la ligne n'en a pas déjà une."""
    deja = pl.col(_CAUSE) if _CAUSE in table.columns else pl.lit(None, dtype=pl.String)
    dite = pl.when(deja.is_null() & condition).then(pl.lit(cause)).otherwise(deja)
    return table.with_columns(dite.alias(_CAUSE))


def _separer(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejet]]:
    if _CAUSE not in table.columns:
        return table, []
    rejetees = table.filter(pl.col(_CAUSE).is_not_null()).sort(LIGNE)
    lignes = rejetees.select(LIGNE, _CAUSE, "@code").iter_rows()
    rejets = [Rejet(int(ligne), cause, code) for ligne, cause, code in lignes]
    return table.filter(pl.col(_CAUSE).is_null()).drop(_CAUSE), rejets


def _douteuses(situes: pl.DataFrame) -> pl.Series:
    """Les communes dont une ligne est rejetée : ce qui reste d'elles n'en est qu'une partie."""
    return situes.filter(pl.col(_CAUSE).is_not_null())[COMMUNE].drop_nulls().unique()


def _chiffrer(jeu: JeuDeChiffres, brut: Brut, table: pl.DataFrame) -> pl.DataFrame:
    """Une colonne par indicateur : nombre, ou vide ; et sa colonne de secret."""
    secrets = [*jeu.secrets, *([""] if jeu.vide == "secret" else [])]
    muets = {*jeu.secrets, *jeu.manques, ""}
    colonnes: list[pl.Series] = []
    illisibles = pl.repeat(value=False, n=table.height, eager=True)
    for nom in brut.forme.colonnes:
        texte = table[nom]
        tue = texte.is_in(list(muets))
        nombre = _nombre(texte.set(tue, None))
        illisibles = illisibles | (~tue & ~nombre.is_finite().fill_null(value=False))
        colonnes += [nombre.alias(nom), texte.is_in(secrets).alias(TU + nom)]
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
    nombre = _nombre(table["@effectif"]).alias("@nombre") if brut.forme.effectif else pl.lit(1.0).alias("@nombre")
    indicateur = pl.col("@sorte").replace_strict(_sortes(brut), return_dtype=pl.String).alias("@indicateur")
    voulues = table.with_columns(nombre, indicateur)
    faux = ~pl.col("@nombre").is_finite().fill_null(value=False) | (pl.col("@nombre") < 0)
    # Une ligne illisible rend faux tout ce qui compterait sa commune : la commune entière est rejetée.
    rejetees = (
        voulues.filter(faux).select("@code", pl.lit("un effectif n'est pas un nombre").alias(_CAUSE)).unique("@code")
    )
    sommes = voulues.group_by("@code", "@indicateur").agg(pl.col("@nombre").sum())
    comptes = sommes.pivot("@indicateur", index="@code", values="@nombre")
    noms = [nom for nom in brut.forme.sortes if nom in comptes.columns]
    comptes = comptes.select("@code", *(pl.col(nom).fill_null(0.0) for nom in noms))
    lignes = voulues.group_by("@code").agg(pl.col(LIGNE).min())
    return comptes.join(lignes, on="@code").join(rejetees, on="@code", how="left")


def _sortes(brut: Brut) -> dict[str, str]:
    """Sorte → l'indicateur où elle se compte."""
    return {sorte: nom for nom, valeurs in brut.forme.sortes.items() for sorte in valeurs}


def _reunir(jeu: JeuDeChiffres, table: pl.DataFrame) -> pl.DataFrame:
    """Une ligne par commune : celles de ses anciennes communes se réunissent comme le jeu le dit."""
    seules = pl.len().over(COMMUNE) == 1
    uniques, plusieurs = table.filter(seules), table.filter(~seules)
    if plusieurs.is_empty():
        return uniques
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
