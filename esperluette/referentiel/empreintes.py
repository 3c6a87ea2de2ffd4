"""L'empreinte d'une édition, et le registre `EMPREINTES` : une édition publiée ne change plus."""

import hashlib
from pathlib import Path

from esperluette.referentiel.yaml_situe import Probleme

REGISTRE = "EMPREINTES"
HORS_EMPREINTE = ("local.yaml", "cas/")


def empreinte(dossier: Path) -> str:
    """SHA-256 de tous les fichiers YAML sauf `local.yaml` et `cas/` ; insensible aux fins de ligne."""
    condense = hashlib.sha256()
    for fichier in sorted(dossier.rglob("*.yaml"), key=lambda f: f.relative_to(dossier).as_posix()):
        nom = fichier.relative_to(dossier).as_posix()
        if nom.startswith(HORS_EMPREINTE):
            continue
        contenu = fichier.read_bytes().replace(b"\r\n", b"\n")
        condense.update(f"{nom}\0{len(contenu)}\0".encode())
        condense.update(contenu)
    return f"sha256:{condense.hexdigest()}"


def lire_registre(racine: Path) -> dict[str, str]:
    """« région/numéro » et son empreinte publiée. Un dossier d'éditions sans registre n'a rien publié."""
    fichier = racine / REGISTRE
    if not fichier.is_file():
        return {}
    lignes = (ligne.split() for ligne in fichier.read_text(encoding="utf-8").splitlines())
    return {mots[0]: mots[1] for mots in lignes if len(mots) == 2 and not mots[0].startswith("#")}


def calculer(racine: Path) -> dict[str, str]:
    """Les empreintes actuelles de toutes les éditions d'un dossier."""
    dossiers = sorted(f.parent for f in racine.glob("*/*/edition.yaml"))
    return {d.relative_to(racine).as_posix(): empreinte(d) for d in dossiers}


def ecarts(racine: Path) -> list[Probleme]:
    """Ce qui a changé depuis la publication, ou n'a pas été inscrit au registre."""
    publiees, actuelles = lire_registre(racine), calculer(racine)
    registre = str(racine / REGISTRE)
    problemes = []
    for nom in sorted(publiees.keys() | actuelles.keys()):
        if nom not in actuelles:
            problemes.append(Probleme(registre, 1, f"l'édition publiée {nom} a disparu"))
        elif nom not in publiees and publiees:
            cause = f"{nom} n'est pas inscrite : « esperluette referentiel sceller {nom} »"
            problemes.append(Probleme(registre, 1, cause))
        elif nom in publiees and publiees[nom] != actuelles[nom]:
            cause = f"l'édition publiée {nom} a changé : ouvrez une nouvelle édition au lieu de la modifier"
            problemes.append(Probleme(registre, 1, cause))
    return problemes


def sceller(racine: Path, noms: list[str], *, remplacer: bool = False) -> list[str]:
    """Inscrit des éditions au registre ; rend celles qui l'ont été. Une ligne ne change pas sans `remplacer`."""
    publiees, actuelles = lire_registre(racine), calculer(racine)
    inscrites = []
    for nom in noms or sorted(actuelles):
        if nom not in actuelles:
            raise LookupError(f"aucune édition {nom} dans {racine}")
        if publiees.get(nom) == actuelles[nom] or (nom in publiees and not remplacer):
            continue
        publiees[nom] = actuelles[nom]
        inscrites.append(nom)
    entete = "# Empreintes des éditions publiées (tout sauf local.yaml et cas/). Une ligne inscrite ne change plus.\n"
    corps = "".join(f"{nom} {valeur}\n" for nom, valeur in sorted(publiees.items()))
    (racine / REGISTRE).write_text(entete + corps, encoding="utf-8")
    return inscrites
