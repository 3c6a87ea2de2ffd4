"""Refait les chiffres de la démonstration à partir des fichiers officiels déjà téléchargés.

    python outils/chiffres_de_demonstration.py /chemin/des/fichiers

Un tableau par jeu, pour les communes des intercommunalités de démonstration (celles de zonages_de_demonstration.py) ;
les références : ce que valent les mêmes chiffres pour chaque intercommunalité, département, région, et la France,
calculés des fichiers entiers, comme l'offre la plus proche de chaque commune. Chaque valeur est recopiée ou calculée,
jamais inventée. Voir docs/donnees.md.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

RACINE = Path(__file__).resolve().parent.parent
CIBLE = RACINE / "esperluette" / "indicateurs" / "donnees" / "demonstration"
COPIE = "copie d'essai"
# Le millésime des copies qui ne le disent pas : celui de leur nom.
MILLESIMES = {"bpe-sante": "2018", "tvs": "2019"}
# Jeu, fichier, et ce qu'il faut savoir de la copie.
FICHIERS = {
    "comparateur": ("communes_comparateur_2024.csv", COPIE),
    "filosofi": ("filosofi_com_2016.csv.gz", COPIE),
    "bpe-sante": ("bpe2018_sante_communes.csv.gz", COPIE),
    "apl-medecins": ("apl_communes_2018_2016.csv.gz", COPIE),
    "apl-infirmiers": ("apl_communes_2018_2016.csv.gz", COPIE),
    "apl-kines": ("apl_communes_2018_2016.csv.gz", COPIE),
    "apl-sages-femmes": ("apl_communes_2018_2016.csv.gz", COPIE),
    "tvs": ("officiels/Correspondance_communes_tvs_2019.xlsx", ""),
    "densite-medecins": ("officiels/densite_med2021.csv", ""),
}
JEUX = ["jeu", "producteur", "millesime", "licence", "fichier", "empreinte"]
DISTANCES = ["commune", "nom", "offre", "km", "vers"]
REFERENCES = ["niveau", "nom", "chiffre", "valeur", "etat", "communes", "comptees", "tues", "poids"]

if TYPE_CHECKING:
    import polars as pl

    from esperluette.indicateurs.tableaux import Correspondance


def _correspondance(decoupage: Any) -> "Correspondance":
    """Celle d'`indicateurs.imports`, tirée du découpage du paquet plutôt que de la base."""
    import polars as pl  # noqa: PLC0415 — import lent

    from esperluette.indicateurs.tableaux import COMMUNE, Correspondance  # noqa: PLC0415 — une fois Django prêt

    codes = {code: (commune, False) for code, _, commune in decoupage.anciennes}
    codes |= {c.code: (c.commune_mere or c.code, bool(c.commune_mere)) for c in decoupage.communes}
    schema = {"@code": pl.String, COMMUNE: pl.String, "@arrondissement": pl.Boolean}
    couvertes = [(c.code, c.departement) for c in decoupage.communes if not c.commune_mere]
    return Correspondance(
        pl.DataFrame([(code, *ou) for code, ou in codes.items()], schema=schema, orient="row"),
        pl.DataFrame(couvertes, schema={COMMUNE: pl.String, "departement": pl.String}, orient="row"),
    )


def _table_des_niveaux(decoupage: Any) -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415 — import lent

    from esperluette.indicateurs.calcul import HABITANTS  # noqa: PLC0415 — une fois Django prêt

    region_de = {code: region for code, _, region in decoupage.departements}
    lignes = [(c.code, c.epci or None, c.departement, region_de.get(c.departement), float(c.population))
              for c in decoupage.communes if not c.commune_mere]  # fmt: skip
    schema = dict.fromkeys(("commune", "epci", "departement", "region"), pl.String)
    return pl.DataFrame(lignes, schema=schema | {HABITANTS: pl.Float64}, orient="row")


def _cellules(ligne: dict[str, Any], colonnes: Iterable[str], prefixe_du_secret: str) -> list[str]:
    """Ce qui s'écrit : « s » pour un secret, vide pour un manque, le nombre sans décimales inutiles."""
    cellules = []
    for colonne in colonnes:
        valeur = ligne[colonne]
        if isinstance(valeur, float):
            cellules.append(str(int(valeur)) if valeur.is_integer() else repr(valeur))
        else:
            cellules.append("s" if ligne.get(prefixe_du_secret + colonne) else (valeur or ""))
    return cellules


def _references(table: "pl.DataFrame", decoupage: Any, epcis: Iterable[str]) -> Iterator[list[Any]]:
    import polars as pl  # noqa: PLC0415 — import lent

    from esperluette.indicateurs.calcul import Etat, agreger  # noqa: PLC0415 — une fois Django prêt
    from esperluette.indicateurs.definitions import definitions  # noqa: PLC0415

    montrees = table.filter(pl.col("epci").is_in(list(epcis)))
    noms = {"epci": {code: nom for code, nom, _ in decoupage.epci}, "region": dict(decoupage.regions),
            "departement": {code: nom for code, nom, _ in decoupage.departements}}  # fmt: skip
    niveaux = [(f"{n}:{code}", noms[n][code], table.filter(pl.col(n) == code))
               for n in noms for code in sorted(set(montrees[n].drop_nulls()))]  # fmt: skip
    for cle, nom, lignes in sorted([*niveaux, ("france", "France", table)], key=lambda x: x[0]):
        for chiffre, v in agreger(lignes, definitions()).items():
            if v.etat != Etat.NON_CHARGE:
                valeur = "" if v.valeur is None else repr(float(v.valeur))
                poids = "" if v.poids is None else repr(round(v.poids, 3))
                yield [cle, nom, chiffre, valeur, v.etat.value, v.communes, v.comptees, v.tues, poids]


def _distances(table: "pl.DataFrame", noms: dict[str, str]) -> Iterator[list[Any]]:
    """L'offre la plus proche de chaque commune, dans toute la France, d'après les fichiers entiers."""
    import polars as pl  # noqa: PLC0415 — import lent

    from esperluette.indicateurs.alentours import offres  # noqa: PLC0415 — une fois Django prêt
    from esperluette.indicateurs.distances import Voisines  # noqa: PLC0415
    from esperluette.territoires.contours import centres  # noqa: PLC0415

    for offre in offres():
        indicateur = next((i for i in offre.indicateurs if i in table.columns), "")
        if indicateur:
            voisines = Voisines(centres(), table.filter(pl.col(indicateur) > 0)["commune"])
            proches = [(code, nom, voisines.plus_proche(code)) for code, nom in sorted(noms.items())]
            yield from ([code, nom, offre.id, round(p[0], 2), p[1]] for code, nom, p in proches if p is not None)


def produire(dossier: Path, cible: Path) -> str:
    """Écrit les tableaux ; rend une phrase de bilan."""
    import polars as pl  # noqa: PLC0415 — import lent

    from esperluette.indicateurs import tableaux  # noqa: PLC0415 — une fois Django prêt
    from esperluette.indicateurs.fichier import lire_fichier  # noqa: PLC0415
    from esperluette.indicateurs.jeux import jeux  # noqa: PLC0415
    from esperluette.territoires.decoupage import lire  # noqa: PLC0415
    from outils.zonages_de_demonstration import INTERCOMMUNALITES  # noqa: PLC0415

    decoupage = lire()
    noms = {c.code: c.nom for c in decoupage.communes if c.epci in INTERCOMMUNALITES and not c.commune_mere}
    ou = _correspondance(decoupage)
    table, provenances, voulus_tvs = _table_des_niveaux(decoupage), [], set[str]()
    for identifiant, (nom, note) in FICHIERS.items():
        decrit = jeux()[identifiant]
        brut = lire_fichier(decrit, dossier / nom)
        lu = tableaux.lire(decrit, brut, ou).table
        cle = "tvs" if decrit.grain == "tvs" else tableaux.COMMUNE
        if cle == tableaux.COMMUNE:
            table = table.join(lu, on=cle, how="left")
        ici = lu.filter(pl.col(cle).is_in(list(voulus_tvs if cle == "tvs" else noms))).sort(cle)
        voulus_tvs |= set(ici["tvs"]) if identifiant == "tvs" else set()
        colonnes = [c for c in ici.columns if c != cle and not c.startswith(tableaux.TU)]
        nommees = noms if cle == tableaux.COMMUNE else {}
        rangees = [
            [x[cle], nommees.get(x[cle], ""), *_cellules(x, colonnes, tableaux.TU)] for x in ici.iter_rows(named=True)
        ]
        _ecrire(cible / f"{identifiant}.csv", [cle, "nom", *colonnes], rangees)
        fichier = f"{brut.nom} ({note})" if note else brut.nom
        millesime = MILLESIMES.get(identifiant) or brut.millesime or decrit.millesime
        provenances.append([identifiant, decrit.producteur, millesime, decrit.licence, fichier, brut.empreinte])
    _ecrire(cible / "jeux.csv", JEUX, provenances)
    references = list(_references(table, decoupage, INTERCOMMUNALITES))
    _ecrire(cible / "references.csv", REFERENCES, references)
    _ecrire(cible / "distances.csv", DISTANCES, _distances(table, noms))
    return f"{cible} : {len(provenances)} jeux, {len(noms)} communes, {len(references)} références."


def _ecrire(chemin: Path, entete: list[str], rangees: Iterable[list[Any]]) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    with chemin.open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.writer(flux, lineterminator="\n")
        ecrivain.writerow(entete)
        ecrivain.writerows(rangees)


def principal(arguments: list[str] | None = None) -> None:
    """Point d'entrée."""
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("dossier", type=Path, help="le dossier des fichiers officiels")
    lecteur.add_argument("--cible", type=Path, default=CIBLE, help="où écrire (par défaut, dans le paquet)")
    options = lecteur.parse_args(arguments)
    sys.path.insert(0, str(RACINE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esperluette.config.settings_essais")
    import django  # noqa: PLC0415 — après le réglage

    django.setup()
    print(produire(options.dossier, options.cible))


if __name__ == "__main__":
    principal()
