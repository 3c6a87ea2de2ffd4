"""Refait le tableau des zonages de la démonstration à partir des fichiers officiels déjà téléchargés.

    python outils/zonages_de_demonstration.py /chemin/des/fichiers

Une intercommunalité par région qui a une édition ; chaque valeur est recopiée d'un fichier, jamais inventée, avec son
producteur, son millésime et l'empreinte du fichier. Voir docs/donnees.md.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
CIBLE = RACINE / "esperluette" / "territoires" / "donnees" / "demonstration" / "zonages.csv"
COLONNES = [
    "jeu",
    "commune",
    "nom",
    "classe",
    "precisions",
    "producteur",
    "millesime",
    "licence",
    "fichier",
    "empreinte",
]

INTERCOMMUNALITES = {
    "200067460": "Loudéac Communauté – Bretagne Centre (Bretagne)",
    "200067825": "Gap-Tallard-Durance (Provence-Alpes-Côte d'Azur)",
    "200071892": "Saint-Quentinois (Hauts-de-France)",
    "200042182": "Mont des Avaloirs (Pays de la Loire)",
    "241500271": "Pays de Mauriac (Auvergne-Rhône-Alpes)",
    "242101442": "Saulieu-Morvan (Bourgogne-Franche-Comté)",
    "245200597": "Trois Forêts (Grand Est)",
}
# Jeu, fichier, millésime, et ce qu'il faut savoir de la copie.
FICHIERS = {
    "zonage-medecins": ("zonage_medecins_par_code_insee.csv.gz", "2025 environ", "copie sans source citée"),
    "qpv": ("officiels/centroide-4326_qpv.geojson", "2024", ""),
    "frr": ("officiels/liste-communes-FRR-juillet2025.csv", "2025-07", ""),
    "densite": ("officiels/densite.csv", "2025", ""),
}


def lignes(dossier: Path) -> Iterator[dict[str, str]]:
    """Une ligne par commune et par jeu, dans l'ordre des jeux puis des codes."""
    # Une fois Django prêt : ces modules décrivent des modèles.
    from esperluette.territoires.decoupage import lire  # noqa: PLC0415 — import lent
    from esperluette.territoires.jeux import jeu  # noqa: PLC0415 — import lent
    from esperluette.territoires.rapprochement import Communes, rapprocher  # noqa: PLC0415 — import lent
    from esperluette.territoires.tables import lire_fichier  # noqa: PLC0415 — import lent

    decoupage = lire()
    communes = Communes(((c.code, c.nom, c.codes_postaux) for c in decoupage.communes), decoupage.anciennes)
    voulues = {c.code: c for c in decoupage.communes if c.epci in INTERCOMMUNALITES}
    for identifiant, (nom, millesime, note) in FICHIERS.items():
        decrit = jeu(identifiant)
        table = lire_fichier(dossier / nom, taille_maximale_mo=decrit.taille_maximale_mo)
        dits = {d.commune: d for d in rapprocher(decrit, table, communes).dits if d.commune in voulues}
        for code in sorted(voulues):
            dit = dits.get(code)
            if dit is None and not decrit.absence:
                continue  # le fichier ne dit rien de cette commune : le tableau non plus
            yield {
                "jeu": identifiant,
                "commune": code,
                "nom": voulues[code].nom,
                "classe": dit.classe if dit else decrit.absence,
                "precisions": " | ".join(dit.precisions) if dit else "",
                "producteur": decrit.producteur,
                "millesime": millesime,
                "licence": decrit.licence,
                "fichier": f"{table.nom} ({note})" if note else table.nom,
                "empreinte": table.empreinte,
            }


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
    toutes = list(lignes(options.dossier))
    options.cible.parent.mkdir(parents=True, exist_ok=True)
    with options.cible.open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.DictWriter(flux, COLONNES, lineterminator="\n")
        ecrivain.writeheader()
        ecrivain.writerows(toutes)
    print(f"{options.cible} : {len(toutes)} lignes, {len({x['commune'] for x in toutes})} communes.")


if __name__ == "__main__":
    principal()
