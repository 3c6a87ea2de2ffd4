"""Refait le découpage embarqué à partir du paquet npm `@etalab/decoupage-administratif`.

    python outils/decoupage.py 6.0.0 --millesime 2026
    python outils/decoupage.py 6.0.0 --millesime 2026 --archive etalab-decoupage-administratif-6.0.0.tgz

Le résultat est le même octet pour octet tant que le paquet est le même. Voir docs/mise-a-jour-du-decoupage.md.
"""

import argparse
import hashlib
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PAQUET = "@etalab/decoupage-administratif"
DONNEES = Path(__file__).resolve().parent.parent / "esperluette" / "territoires" / "donnees"
PROVENANCE = {
    "paquet": PAQUET,
    "producteur": "INSEE (communes, populations), DGCL (intercommunalités), La Poste (codes postaux)",
    "reprise": "Etalab",
    "licence": "Licence Ouverte 2.0",
    "adresse": "https://github.com/datagouv/decoupage-administratif",
}
Ligne = dict[str, Any]
# Ce qui ferait charger un découpage amputé : mieux vaut ne rien écrire.
MINIMUMS = {"regions": 18, "departements": 101, "epci": 1200, "communes": 34_000, "arrondissements": 45}


def telecharger(version: str, dossier: Path) -> Path:
    """Télécharge l'archive du paquet avec npm et rend son chemin."""
    sortie = subprocess.run(
        ["npm", "pack", f"{PAQUET}@{version}", "--silent", "--pack-destination", str(dossier)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dossier / sortie.stdout.strip().splitlines()[-1]


def lire(archive: Path) -> tuple[str, dict[str, list[Ligne]]]:
    """La version du paquet et ses tables, lues dans l'archive."""
    with tarfile.open(archive) as tar:

        def ouvrir(nom: str) -> Any:
            fichier = tar.extractfile(f"package/{nom}")
            assert fichier is not None, nom  # noqa: S101 — un paquet incomplet arrête tout
            return json.load(fichier)

        noms = ("regions", "departements", "epci", "communes")
        return ouvrir("package.json")["version"], {nom: ouvrir(f"data/{nom}.json") for nom in noms}


def anciennes(communes: list[Ligne]) -> list[list[str]]:
    """Les codes et noms qui mènent à une commune d'aujourd'hui : [code, nom ou vide, commune].

    Une commune déléguée garde souvent son nom sous le code de la commune nouvelle (Bellegarde-sur-Valserine,
    01033, dans Valserhône, 01033) : elle y figure aussi, pour son nom.
    """
    noms_actuels = {c["code"]: c["nom"] for c in communes if c["type"] == "commune-actuelle"}
    trouvees: dict[str, list[str]] = {}
    for commune in communes:
        for code in commune.get("anciensCodes", []):
            trouvees[code] = [code, "", commune["code"]]
    for commune in communes:
        # Le rattachement actuel d'une commune déléguée ou associée l'emporte sur l'historique des codes.
        if commune["type"] in {"commune-deleguee", "commune-associee"}:
            trouvees[commune["code"]] = [commune["code"], commune["nom"], commune["chefLieu"]]
    return sorted(a for a in trouvees.values() if noms_actuels.get(a[0]) != a[1])


def condenser(tables: dict[str, list[Ligne]]) -> dict[str, list[list[Any]]]:
    """La forme embarquée : des listes sans noms de colonnes, triées par code."""
    epci_de = {membre["code"]: e["code"] for e in tables["epci"] for membre in e["membres"]}
    communes = tables["communes"]
    return {
        "regions": sorted([r["code"], r["nom"]] for r in tables["regions"]),
        "departements": sorted([d["code"], d["nom"], d["region"]] for d in tables["departements"]),
        "epci": sorted([e["code"], e["nom"], e["type"]] for e in tables["epci"]),
        "communes": sorted(
            [
                c["code"],
                c["nom"],
                c["departement"],
                epci_de.get(c["code"], ""),
                c.get("population", 0),
                " ".join(c.get("codesPostaux", [])),
            ]
            for c in communes
            if c["type"] == "commune-actuelle"
        ),
        "arrondissements": sorted(
            [c["code"], c["nom"], c["commune"], c.get("population", 0), " ".join(c.get("codesPostaux", []))]
            for c in communes
            if c["type"] == "arrondissement-municipal"
        ),
        "anciennes": anciennes(communes),
    }


def controler(tables: dict[str, list[list[Any]]]) -> None:
    """Arrête tout si une table est trop courte ou si un renvoi ne mène nulle part."""
    for nom, minimum in MINIMUMS.items():
        if len(tables[nom]) < minimum:
            sys.exit(f"{nom} : {len(tables[nom])} lignes, au moins {minimum} attendues. Rien n'est écrit.")
    codes = {nom: {ligne[0] for ligne in lignes} for nom, lignes in tables.items()}
    renvois = [
        ("departements", 2, "regions"),
        ("communes", 2, "departements"),
        ("communes", 3, "epci"),
        ("arrondissements", 2, "communes"),
        ("anciennes", 2, "communes"),
    ]
    for nom, colonne, cible in renvois:
        perdus = sorted({ligne[colonne] for ligne in tables[nom]} - codes[cible] - {""})
        if perdus:
            sys.exit(f"{nom} : renvoi inconnu vers {cible} : {', '.join(perdus[:5])}. Rien n'est écrit.")


def ecrire(tables: dict[str, list[list[Any]]], *, version: str, millesime: int, archive: Path, dossier: Path) -> Path:
    """Écrit decoupage-<millésime>.json.xz, retire les millésimes précédents, et rend le chemin écrit."""
    empreinte = hashlib.sha256(archive.read_bytes()).hexdigest()
    provenance = {**PROVENANCE, "version": version, "millesime": millesime, "empreinte_du_paquet": empreinte}
    texte = json.dumps({"provenance": provenance, **tables}, ensure_ascii=False, separators=(",", ":"))
    chemin = dossier / f"decoupage-{millesime}.json.xz"
    chemin.write_bytes(lzma.compress(texte.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    for ancien in dossier.glob("decoupage-*.json.xz"):
        if ancien != chemin:
            ancien.unlink()
    return chemin


def principal(arguments: list[str] | None = None) -> None:
    """Point d'entrée."""
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("version", help="version du paquet npm, par exemple 6.0.0")
    lecteur.add_argument("--millesime", type=int, required=True, help="année du découpage, par exemple 2026")
    lecteur.add_argument("--archive", type=Path, help="archive déjà téléchargée (.tgz)")
    lecteur.add_argument("--dossier", type=Path, default=DONNEES, help="où écrire (par défaut, dans le paquet)")
    options = lecteur.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporaire:
        archive = options.archive or telecharger(options.version, Path(temporaire))
        version, brutes = lire(archive)
        if version != options.version:
            sys.exit(f"L'archive est en version {version}, pas {options.version}. Rien n'est écrit.")
        tables = condenser(brutes)
        controler(tables)
        chemin = ecrire(tables, version=version, millesime=options.millesime, archive=archive, dossier=options.dossier)
    comptes = ", ".join(f"{len(lignes)} {nom}" for nom, lignes in tables.items())
    print(f"{chemin} : {chemin.stat().st_size // 1024} Ko ; {comptes}.")


if __name__ == "__main__":
    principal()
