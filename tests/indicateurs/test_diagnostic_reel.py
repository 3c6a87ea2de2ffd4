"""Les agrégations, refaites en SQL sur les vrais fichiers : sans polars, sans nos colonnes, sans nos imports.

Les fichiers sont lus par le module csv, les anciens codes suivis dans le découpage embarqué, et tout s'additionne dans
une base SQLite à part.
"""
# ruff: noqa: S311, S608 — des tirages à graine fixe ; une base à nous, dont les requêtes s'écrivent d'après des constantes

import csv
import gzip
import random
import sqlite3
import time

import numpy as np
import pytest

from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.diagnostic import diagnostic, instantane
from esperluette.indicateurs.distances import RAYON
from esperluette.territoires.contours import centres
from esperluette.territoires.decoupage import lire as lire_le_decoupage
from esperluette.territoires.imports import importer_jeu
from esperluette.territoires.models import Commune
from tests.indicateurs.test_donnees_reelles import APL, DOSSIER, FICHIERS, LOUDEAC_COMMUNAUTE, importer, pytestmark

__all__ = ["pytestmark"]
AIX_MARSEILLE, PARIS, LYON = "200054807", "200054781", "200046977"
METIERS = {
    "medecins": "D201", "infirmiers": "D232", "kines": "D233", "chirurgiens_dentistes": "D221", "sages_femmes": "D231",
    "orthophonistes": "D235", "podologues": "D237",
}  # fmt: skip
LIEUX = {
    "pharmacies": "D301", "centres_de_sante": "D108", "maisons_de_sante": "D113", "hopitaux": "D101",
    "urgences": "D106", "ehpad": "D401", "ssiad": "D402",
}  # fmt: skip
# Chaque accessibilité se pèse par la population standardisée de son millésime : celle d'il y a deux ans.
APLS = {"medecins": ("mg2018", "2016"), "infirmiers": ("inf2016", "2014"), "kines": ("mk2016", "2014")}
APLS["sages_femmes"] = ("sf2016", "2014")

# --- Une base à part -----------------------------------------------------------------------------------------


def rangees(nom):
    ouvrir = gzip.open if nom.endswith(".gz") else open
    with ouvrir(DOSSIER / nom, "rt", encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


def reel(texte):
    return None if texte.strip() in ("", "NA", "nan", "s") else float(texte)


@pytest.fixture(scope="module")
def sql():
    """communes(code, departement, region, epci), et chaque fichier, ligne à ligne, au code d'aujourd'hui."""
    contenu = lire_le_decoupage()
    meres = {c.code: c.commune_mere for c in contenu.communes if c.commune_mere}
    actuelles = {code: commune for code, _, commune in contenu.anciennes}
    actuelles |= {c.code: c.commune_mere or c.code for c in contenu.communes}
    regions = {code: region for code, _, region in contenu.departements}
    base = sqlite3.connect(":memory:")
    base.execute("create table communes (code text primary key, departement, region, epci)")
    base.executemany(
        "insert into communes values (?, ?, ?, ?)",
        [(c.code, c.departement, regions[c.departement], c.epci) for c in contenu.communes if not c.commune_mere],
    )

    def verser(table, colonnes, lignes):
        """Un arrondissement dont la commune a sa propre ligne est déjà compté avec elle."""
        lues = [(code, *valeurs) for code, *valeurs in lignes]
        codes = {code for code, *_ in lues}
        propres = [ligne for ligne in lues if meres.get(ligne[0]) not in codes]
        base.execute(f"create table {table} (code text, {', '.join(colonnes)})")
        trous = ", ".join("?" * (len(colonnes) + 1))
        base.executemany(
            f"insert into {table} values ({trous})",
            [(actuelles[code], *valeurs) for code, *valeurs in propres if code in actuelles],
        )
        base.execute(f"create index {table}_code on {table} (code)")

    noms = ("superficie_km2", "population_2021", "population_2015", "menages_2021", "naissances_2022", "deces_2022")
    vues = {
        x["insee_com"]: [reel(x[n]) for n in noms]
        for x in rangees(FICHIERS["comparateur"])
        if x["commune_type"] in ("COM", "ARM")
    }
    verser(
        "comparateur", ("superficie", "apres", "avant", "menages", "nes", "morts"), [(c, *v) for c, v in vues.items()]
    )
    filosofi = rangees(FICHIERS["filosofi"])
    verser(
        "filosofi", ("personnes", "mediane", "pauvrete"),
        [(x["CODGEO"], *(reel(x[n]) for n in ("NBPERSMENFISC16", "MED16", "TP6016"))) for x in filosofi],
    )  # fmt: skip
    colonnes = [(f"apl_{suffixe}", f"pop{annee}") for suffixe, annee in APLS.values()]
    verser(
        "apl", [nom for metier in APLS for nom in (metier, f"poids_{metier}")],
        [(x["code"], *(reel(x[n]) for paire in colonnes for n in paire)) for x in rangees(APL)],
    )  # fmt: skip
    verser(
        "bpe", ("sorte", "nombre"),
        [(x["DEPCOM"], x["TYPEQU"], int(x["NB_EQUIP"])) for x in rangees(FICHIERS["bpe-sante"])],
    )  # fmt: skip
    return base


def un(sql, requete, codes):
    """La seule ligne de cette requête ; `@codes` : les communes du territoire."""
    sql.execute("create temp table if not exists voulues (code text primary key)")
    sql.execute("delete from voulues")
    sql.executemany("insert into voulues values (?)", [(c,) for c in codes])
    return sql.execute(requete.replace("@codes", "(select code from voulues)")).fetchone()


# Une commune dont un terme manque, en tout ou pour une de ses anciennes communes, ne compte pas.
UNE_PAR_COMMUNE = """
    select {choix} from (
        select code, {sommes} from {table} where code in @codes group by code having {connues}
    )"""


def totaux(sql, codes, table, choix, *colonnes):
    return un(
        sql,
        UNE_PAR_COMMUNE.format(
            table=table, choix=choix, sommes=", ".join(f"sum({c}) as {c}" for c in colonnes),
            connues=" and ".join(f"count({c}) = count(*)" for c in colonnes),
        ),
        codes,
    )  # fmt: skip


def moyenne(sql, codes, table, x, poids, *, reunit=True):
    """Pondérée ; `reunit` : une commune nouvelle peut prendre la moyenne de ses anciennes (une médiane, non)."""
    seule = "" if reunit else "and count(*) = 1"
    requete = f"""
        select sum(xp) / sum(p), count(*) from (
            select sum({x} * {poids}) as xp, sum({poids}) as p from {table} where code in @codes group by code
            having count({x}) = count(*) and count({poids}) = count(*) and sum({poids}) > 0 {seule}
        )"""
    return un(sql, requete, codes)


def attendus(sql, codes):
    """Chaque chiffre du diagnostic, refait ; sa valeur seule, ou avec le nombre de communes comptées."""
    t = lambda choix, *colonnes: totaux(sql, codes, "comparateur", choix, *colonnes)  # noqa: E731
    dits = {
        "population": t("sum(apres), count(*)", "apres"),
        "densite": t("sum(apres) / sum(superficie), count(*)", "apres", "superficie"),
        "solde_naturel": t("sum(nes) - sum(morts), count(*)", "nes", "morts"),
        "taille_des_menages": t("sum(apres) / sum(menages), count(*)", "apres", "menages"),
        "niveau_de_vie": moyenne(sql, codes, "filosofi", "mediane", "personnes", reunit=False),
        "pauvrete": moyenne(sql, codes, "filosofi", "pauvrete", "personnes"),
    }
    avant, apres, comptees = t("sum(avant), sum(apres), count(*)", "avant", "apres")
    dits["evolution"] = ((apres / avant) ** (1 / 6) * 100 - 100, comptees)
    for metier in APLS:
        dits[f"apl_{metier}"] = moyenne(sql, codes, "apl", metier, f"poids_{metier}")
    habitants = dits["population"][0]
    for nom, sorte in (METIERS | LIEUX).items():
        (effectif,) = un(
            sql, f"select coalesce(sum(nombre), 0) from bpe where sorte = '{sorte}' and code in @codes", codes
        )
        dits[nom] = (effectif, None)
        if nom in METIERS and dits["population"][1] == len(codes):
            dits[f"{nom}_pour_10_000"] = (effectif / habitants * 10_000, None)
    return dits


# --- Comparer --------------------------------------------------------------------------------------------------


@pytest.fixture
def charge(decoupage):
    for jeu in FICHIERS:
        importer(jeu)


def territoires():
    """De vrais territoires : une intercommunalité rurale, des arrondissements, des départements, des tirages fixes."""
    toutes = [c for c in lire_le_decoupage().communes if not c.commune_mere and not c.departement.startswith("976")]
    hasard = random.Random(20_261_122)
    return {
        "Loudéac Communauté": [c.code for c in toutes if c.epci == LOUDEAC_COMMUNAUTE],
        "Aix-Marseille": [c.code for c in toutes if c.epci == AIX_MARSEILLE],
        "Grand Paris": [c.code for c in toutes if c.epci == PARIS],
        "Grand Lyon": [c.code for c in toutes if c.epci == LYON],
        "Mayenne": [c.code for c in toutes if c.departement == "53"],
        "Guyane": [c.code for c in toutes if c.departement == "973"],
        **{f"{n} au hasard": [c.code for c in hasard.sample(toutes, n)] for n in (1, 2, 7, 40, 300, 2_000)},
    }


def comparer(attendu, valeurs, ou):
    for chiffre, (refait, comptees) in attendu.items():
        notre = valeurs[chiffre]
        assert notre.valeur == (None if refait is None else pytest.approx(refait, rel=1e-9)), (ou, chiffre)
        if comptees is not None and refait is not None:
            assert notre.comptees == comptees, (ou, chiffre)


def test_chaque_chiffre_de_chaque_territoire_est_celui_d_un_calcul_en_sql(charge, sql):
    for nom, codes in territoires().items():
        calcule = diagnostic(codes)
        assert len(calcule.communes) == len(codes)
        comparer(attendus(sql, codes), {k: ligne.valeur for k, ligne in calcule.lignes.items()}, nom)


def test_chaque_niveau_de_comparaison_est_celui_d_un_calcul_en_sql(charge, sql):
    calcule = diagnostic(["22136", "13055"])  # le plus d'habitants : Marseille, faite de seize arrondissements
    assert [n.cle for n in calcule.niveaux] == [f"epci:{AIX_MARSEILLE}", "departement:13", "region:93", "france"]
    for niveau in calcule.niveaux:
        colonne, _, code = niveau.cle.partition(":")
        ou = f"where {colonne} = '{code}'" if code else ""
        codes = [c for (c,) in sql.execute(f"select code from communes {ou}")]
        valeurs = {k: ligne.valeurs[niveau.court] for k, ligne in calcule.lignes.items()}
        comparer(attendus(sql, codes), valeurs, niveau.nom)


def test_l_union_de_deux_territoires_est_la_combinaison_de_leurs_agregats(charge):
    """Sur les vrais chiffres, secrets et manques compris : totaux, et moyennes refaites de leurs poids."""
    hasard = random.Random(7)
    communes = hasard.sample(
        list(Commune.objects.filter(active=True, commune_mere=None).values_list("pk", flat=True)), 90
    )
    gauche, droite = communes[:37], communes[37:]
    tout, parts = diagnostic(communes).lignes, [diagnostic(c).lignes for c in (gauche, droite)]
    for cle, ligne in tout.items():
        if ligne.definition.somme and ligne.valeur.valeur is not None:
            assert ligne.valeur.valeur == pytest.approx(sum(p[cle].valeur.valeur or 0 for p in parts)), cle
        assert ligne.valeur.comptees == sum(p[cle].valeur.comptees for p in parts), cle
        assert ligne.valeur.tues == sum(p[cle].valeur.tues for p in parts), cle
        connues = [p[cle].valeur.valeur for p in parts if p[cle].valeur.valeur is not None]
        if ligne.definition.moyenne or ligne.definition.rapport:
            assert ligne.valeur.valeur is None or min(connues) <= ligne.valeur.valeur * (1 + 1e-12), cle
            assert ligne.valeur.valeur is None or max(connues) >= ligne.valeur.valeur * (1 - 1e-12), cle


def test_l_ordre_des_communes_ne_change_pas_un_bit(charge):
    codes = territoires()["300 au hasard"]
    premier = instantane(codes)
    for graine in range(3):
        melanges = codes[:]
        random.Random(graine).shuffle(melanges)
        assert instantane(melanges) == premier


def test_le_secret_statistique_n_est_jamais_un_zero(charge, sql):
    """Une commune dont la pauvreté est tue n'en a pas ; une autre, connue, l'a."""
    (tue,) = un(sql, "select min(code) from filosofi where personnes > 0 and pauvrete is null and code like '22%'", [])
    lue = diagnostic([tue]).lignes["pauvrete"].valeur
    assert (lue.valeur, lue.etat, lue.tues) == (None, Etat.SECRET, 1)


def test_les_distances_sont_celles_d_une_recherche_naive(charge, sql):
    situes = centres()
    codes = territoires()["Loudéac Communauté"]
    releve = instantane(codes)
    for offre in ("medecins", "sages_femmes", "urgences", "ehpad"):
        sorte = (METIERS | LIEUX)[offre]
        pourvues = [c for (c,) in sql.execute(f"select distinct code from bpe where sorte = '{sorte}'")]
        lieux = np.radians([situes[c][1:] for c in pourvues if c in situes and situes[c][0] == "metropole"])
        longueurs = {}
        for code in codes:
            x, y = np.radians(situes[code][1:])
            cote = (
                np.sin((lieux[:, 1] - y) / 2) ** 2
                + np.cos(y) * np.cos(lieux[:, 1]) * np.sin((lieux[:, 0] - x) / 2) ** 2
            )
            longueurs[code] = float((2 * RAYON * np.arcsin(np.sqrt(cote))).min())
        lue = next(d for d in releve.distances if d.offre == offre)
        assert lue.km == pytest.approx(min(longueurs.values()), abs=0.051)
        assert lue.km_maximum == pytest.approx(max(longueurs.values()), abs=0.051)
        poids = {c.code: c.population for c in releve.communes}
        moyenne_ = sum(longueurs[c] * poids[c] for c in codes) / sum(poids.values())
        assert lue.km_moyen == pytest.approx(moyenne_, abs=0.051)


def test_les_territoires_de_vie_sante_se_partagent_les_communes(charge):
    codes = territoires()["Loudéac Communauté"]
    releve = instantane(codes)
    membres = [c for bassin in releve.vie_sante for c in bassin.communes]
    assert sorted(membres) == sorted(codes)
    densites = {
        ligne.split(";")[0]: ligne.split(";")
        for ligne in (DOSSIER / FICHIERS["densite-medecins"]).read_text(encoding="utf-8").splitlines()[3:]
    }
    for bassin in releve.vie_sante:
        assert f"{bassin.densite:g}".replace(".", ",") in {c.replace(".", ",") for c in densites[bassin.code]}


def test_les_zonages_commune_par_commune_sont_ceux_du_fichier(decoupage):
    fichier = "zonage_medecins_par_code_insee.csv.gz"
    importer_jeu("zonage-medecins", acteur=None, fichier=DOSSIER / fichier)
    codes = territoires()["Loudéac Communauté"]
    dits = {z.code: z.libelle for z in instantane(codes).zonages if z.jeu == "zonage-medecins"}
    libelles = {"1_ZIP": "ZIP (intervention prioritaire)", "2_ZAC": "ZAC (action complémentaire)", "4_ZAR": "ZAR"}
    colonne = next(c for c in rangees(fichier)[0] if c.lower().startswith("zonage"))
    attendus_ = {x["code"]: libelles.get(x[colonne], "Hors zone") for x in rangees(fichier) if x["code"] in codes}
    assert {c: dits[c] for c in attendus_} == attendus_


def test_cinq_cents_communes_tiennent_dans_un_instant(charge):
    codes = list(Commune.objects.filter(region="53", active=True).values_list("pk", flat=True)[:500])
    instantane(codes)
    durees = []
    for _ in range(5):
        debut = time.perf_counter()
        instantane(codes)
        durees.append(time.perf_counter() - debut)
    assert min(durees) < 0.5  # cent millisecondes au repos : le banc le mesure ; ici, une machine peut être chargée
