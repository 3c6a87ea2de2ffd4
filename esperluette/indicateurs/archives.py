"""Ouvrir ce qui se télécharge comprimé : gzip, ou zip d'un tableau. Jamais plus que la taille admise. Sans base."""

import io
import lzma
import zipfile
import zlib
from fnmatch import fnmatchcase

from esperluette.commun.erreurs import ErreurMetier
from esperluette.fichiers.controle import reconnaitre
from esperluette.indicateurs.jeux import JeuDeChiffres
from esperluette.territoires.tables import MO, FichierRefuse

ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_A_COTE = ("meta_*", "*/meta_*", "__macosx/*")  # la documentation que l'Insee joint à ses tableaux
_ABIMEE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    KeyError,
)  # fmt: skip


def trop_gros(nom: str, jeu: JeuDeChiffres) -> FichierRefuse:
    """Le refus d'un fichier qui dépasse la taille que le jeu admet."""
    maximum = jeu.taille_maximale_mo
    return FichierRefuse(f"{nom} : plus de {maximum} Mo ; ce n'est pas le fichier attendu. Rien n'a été lu.")


def ouvrir(jeu: JeuDeChiffres, nom: str, octets: bytes) -> bytes:
    """Le tableau lui-même, CSV ou classeur ; lève FichierRefuse avec la cause."""
    maximum = jeu.taille_maximale_mo * MO
    if len(octets) > maximum:
        raise trop_gros(nom, jeu)
    if octets.startswith(_GZIP):
        octets = _gzip(jeu, nom, octets, maximum)
    if octets.startswith(ZIP):
        return _zip(jeu, nom, octets, maximum)
    return octets


def _gzip(jeu: JeuDeChiffres, nom: str, octets: bytes, maximum: int) -> bytes:
    """D'un seul appel à zlib : le module gzip, par petits morceaux, prend deux fois plus de temps."""
    contenu, reste = b"", octets
    try:
        while reste.startswith(_GZIP):
            membre = zlib.decompressobj(zlib.MAX_WBITS | 16)
            contenu += membre.decompress(reste, maximum + 1 - len(contenu))
            if len(contenu) > maximum:
                raise trop_gros(f"{nom}, une fois décomprimé", jeu)
            if not membre.eof:
                raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète.")
            reste = membre.unused_data
    except zlib.error as erreur:
        raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète ({erreur}).") from erreur
    return contenu


def _zip(jeu: JeuDeChiffres, nom: str, octets: bytes, maximum: int) -> bytes:
    """Le classeur tel quel, ou le seul tableau de l'archive."""
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
        raise trop_gros(f"{nom}, une fois décomprimé", jeu)
    return contenu


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
