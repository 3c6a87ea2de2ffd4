"""`referentiel comparer`, `nouvelle-region` et `schemas` : ce dont a besoin qui écrit une édition."""

import datetime
import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from esperluette.referentiel import lecture, schemas
from esperluette.referentiel.comparaison import comparer
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.nouvelle_region import NouvelleRegion, SqueletteRefuse, poser
from esperluette.referentiel.sources import suggestion
from esperluette.referentiel.sous_commandes import ENTREE_FAUSSE, Sortie, SousCommande, inscrire
from esperluette.referentiel.yaml_situe import FichierInvalide

# --- comparer -----------------------------------------------------------------------------------------


def _arguments_comparer(parser: ArgumentParser) -> None:
    aide = "REGION/NUMERO, ou REGION pour sa plus récente"
    parser.add_argument("avant", metavar="A", help=aide)
    parser.add_argument("apres", metavar="B", help=aide)
    parser.add_argument("--json", action="store_true", help="réponse en JSON")


def _comparer(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    try:
        avant, apres = _edition(options["avant"]), _edition(options["apres"])
    except (LookupError, FichierInvalide) as erreur:
        erreurs.write(str(erreur))
        return ENTREE_FAUSSE
    differences = comparer(avant, apres)
    noms = [f"{e.region}/{e.numero}" for e in (avant, apres)]
    if options["json"]:
        contenu = {"avant": noms[0], "apres": noms[1], "differences": [d.en_json() for d in differences]}
        sortie.write(json.dumps(contenu, ensure_ascii=False, indent=2))
        return 0
    sortie.write(f"De {noms[0]} à {noms[1]}")
    for difference in differences:
        sortie.write(f"- {difference.phrase}")
    nombre = len(differences)
    sortie.write(f"{nombre} différence{'s' if nombre > 1 else ''}." if nombre else "Aucune différence.")
    return 0


def _edition(nom: str) -> Edition:
    """L'édition de ce nom, ou la plus récente de la région."""
    region, _, numero = nom.strip().lower().partition("/")
    if region not in lecture.regions():
        raise lecture.EditionInconnue(f"aucune région « {region} » ; {suggestion(region, lecture.regions())}")
    return lecture.edition(region, numero) if numero else lecture.editions(region)[-1]


# --- nouvelle-region ------------------------------------------------------------------------------------


def _arguments_nouvelle_region(parser: ArgumentParser) -> None:
    parser.add_argument("cle", metavar="CLE", help="normandie, grand-est… : le nom, sans accent")
    parser.add_argument("--code", required=True, help="code INSEE de la région, par exemple 28")
    parser.add_argument("--nom", required=True, help="son nom, par exemple Normandie")
    parser.add_argument("--en", default="", metavar="PHRASE", help="« en Normandie », « dans le Grand Est »")
    parser.add_argument(
        "--numero", default="", metavar="AAAA-MM", help="numéro de l'édition (le mois de la date d'effet)"
    )
    parser.add_argument("--debut", metavar="AAAA-MM-JJ", help="date d'effet (aujourd'hui)")
    parser.add_argument("--dans", metavar="DOSSIER", help="dossier d'éditions (le premier d'ESPERLUETTE_EDITIONS)")


def _nouvelle_region(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    try:
        racine = _racine(options["dans"])
        debut = datetime.date.fromisoformat(options["debut"]) if options["debut"] else timezone.localdate()
        region = NouvelleRegion(
            options["cle"], options["code"], options["nom"], debut, options["numero"], options["en"]
        )
        if (region.cle, region.numero_de_l_edition) in lecture.dossiers():
            raise SqueletteRefuse(f"l'édition {region.cle}/{region.numero_de_l_edition} existe déjà.")
        ecrits = poser(region, racine, lecture.national())
    except (SqueletteRefuse, ValueError, OSError, FichierInvalide) as erreur:
        erreurs.write(str(erreur))
        return ENTREE_FAUSSE
    sortie.write(f"{len(ecrits)} fichiers posés dans {racine}.")
    if racine not in lecture.racines():
        sortie.write(f"Pour que cette édition se lise : ESPERLUETTE_EDITIONS={racine}")
    sortie.write("Elle se charge telle quelle, et dit ce qu'elle ne sait pas. Il reste à écrire :")
    dossier = racine / region.cle / region.numero_de_l_edition
    for ligne in (
        f"- {dossier / 'edition.yaml'} : les documents de la région ; « inconnues », à vider à mesure",
        f"- {dossier / 'criteres.yaml'} : les conditions de la région, à la place de la seule définition légale",
        f"- {dossier / 'demarches.yaml'}, aides.yaml, instances.yaml : le chemin, les aides, la commission",
        f"- {dossier / 'local.yaml'} : les interlocuteurs, les séances",
        f"- {dossier / 'cas'} : douze situations au moins et la réponse attendue",
        "Puis : esperluette referentiel verifier. Le guide : docs/ajouter-une-region.md.",
    ):
        sortie.write(ligne)
    return 0


def _racine(dit: str | None) -> Path:
    """Le dossier dit, sinon le premier dossier supplémentaire du réglage."""
    if dit:
        return Path(dit).expanduser().resolve()
    supplementaires = lecture.racines()[1:]
    if not supplementaires:
        raise SqueletteRefuse("dites où poser la région : --dans DOSSIER, ou le réglage ESPERLUETTE_EDITIONS.")
    return supplementaires[0]


# --- schemas --------------------------------------------------------------------------------------------


def _arguments_schemas(parser: ArgumentParser) -> None:
    parser.add_argument("--dans", metavar="DOSSIER", help="où les écrire (ceux du paquet par défaut)")


def _schemas(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    dossier = Path(options["dans"]) if options["dans"] else lecture.DOSSIER_DU_PAQUET / schemas.DOSSIER
    try:
        ecrits = schemas.ecrire(dossier)
    except OSError as erreur:
        erreurs.write(f"{dossier} : {os.strerror(erreur.errno or 0)}")
        return ENTREE_FAUSSE
    sortie.write(f"{len(ecrits)} schémas écrits dans {dossier}.")
    return 0


inscrire(SousCommande("comparer", "dit en phrases ce qui distingue deux éditions", _comparer, _arguments_comparer))
inscrire(
    SousCommande("nouvelle-region", "pose le squelette d'une région", _nouvelle_region, _arguments_nouvelle_region)
)
inscrire(SousCommande("schemas", "écrit les JSON Schema de tous les fichiers", _schemas, _arguments_schemas))
