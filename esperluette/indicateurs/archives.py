"""Ouvrir ce qui se télécharge comprimé : gzip, ou zip d'un tableau. Jamais plus que la taille admise. Sans base."""

import io
import lzma
import zipfile
import zlib
from fnmatch import fnmatchcase

from esperluette.commun.erreurs import ErreurMetier
from esperluette.fichiers.controle import reconnaitre
from esperluette.indicateurs.jeux import JeuDeChiffres
from esperluette.territoires.octets import MO, ZIP, FichierRefuse, decomprimer, trop_gros

# La documentation que l'Insee joint à ses tableaux.
_A_COTE = ("meta_*", "*/meta_*", "*_metadata.csv", "varmod*", "*/varmod*", "__macosx/*")
_ABIMEE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    KeyError,
)  # fmt: skip


def ouvrir(jeu: JeuDeChiffres, nom: str, octets: bytes) -> bytes:
    """Le tableau lui-même, CSV ou classeur ; lève FichierRefuse avec la cause."""
    contenu = decomprimer(nom, octets, jeu.taille_maximale_mo)
    return _zip(jeu, nom, contenu) if contenu.startswith(ZIP) else contenu


def _zip(jeu: JeuDeChiffres, nom: str, octets: bytes) -> bytes:
    """Le classeur tel quel, ou le seul tableau de l'archive."""
    maximum = jeu.taille_maximale_mo * MO
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            noms = [entree.filename for entree in archive.infolist() if not entree.is_dir()]
            if any(n.startswith("xl/") for n in noms):
                return _classeur(nom, octets)
            with archive.open(_le_tableau(jeu, nom, noms)) as flux:
                contenu = flux.read(maximum + 1)
    except _ABIMEE as erreur:
        raise FichierRefuse(f"{nom} : archive zip ou classeur abîmé, incomplet ou chiffré.") from erreur
    if len(contenu) > maximum:
        raise trop_gros(f"{nom}, une fois décomprimé", jeu.taille_maximale_mo)
    # Un classeur rangé dans une archive se contrôle comme un classeur.
    return _classeur(nom, contenu) if contenu.startswith(ZIP) else contenu


def _le_tableau(jeu: JeuDeChiffres, nom: str, noms: list[str]) -> str:
    motif = jeu.dans_l_archive.lower()
    candidats = [n for n in noms if fnmatchcase(n.lower(), motif)]
    tableaux = [n for n in candidats if not any(fnmatchcase(n.lower(), a_cote) for a_cote in _A_COTE)]
    if len(tableaux) == 1:
        return tableaux[0]
    dits = f"en contient {len(tableaux)} ({', '.join(tableaux[:4])}…)" if tableaux else "n'en contient aucun"
    raise FichierRefuse(f"{nom} : l'archive devrait contenir un seul tableau « {motif} », elle {dits}.")


def _classeur(nom: str, octets: bytes) -> bytes:
    """Ni bombe, ni macro."""
    try:
        reconnaitre(nom if nom.endswith(".xlsx") else f"{nom}.xlsx", octets)
    except ErreurMetier as erreur:
        raise FichierRefuse(f"{nom} : {erreur}") from erreur
    return octets
