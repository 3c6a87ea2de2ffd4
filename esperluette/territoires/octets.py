"""D'un fichier officiel à son texte : lu sans dépasser sa taille admise, décomprimé, décodé ; ou refusé en français.

Ce que partagent les deux lecteurs de jeux : listes de communes (`territoires.tables`) et chiffres (`indicateurs`).
"""

import codecs
import zlib
from pathlib import Path

from esperluette.commun.erreurs import ErreurMetier

MO = 1024 * 1024
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_CONTROLES = bytes(c for c in range(32) if c not in b"\t\r\n")
_ENCODAGES = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}


class FichierRefuse(ErreurMetier):
    """Le fichier ne peut pas être ce qu'on attend ; la phrase dit pourquoi et quoi faire."""


def trop_gros(nom: str, maximum_mo: int) -> FichierRefuse:
    """Le refus d'un fichier qui dépasse la taille admise."""
    return FichierRefuse(f"{nom} : plus de {maximum_mo} Mo ; ce n'est pas le fichier attendu. Rien n'a été lu.")


def lire_local(chemin: Path, maximum_mo: int) -> bytes:
    """Le contenu d'un fichier local ; lève FichierRefuse s'il est absent, illisible ou trop gros."""
    try:
        if chemin.is_dir():
            raise FichierRefuse(f"{chemin} est un dossier : donnez un fichier.")
        if chemin.stat().st_size > maximum_mo * MO:
            raise trop_gros(chemin.name, maximum_mo)
        return chemin.read_bytes()
    except FileNotFoundError as erreur:
        raise FichierRefuse(f"{chemin} : ce fichier n'existe pas.") from erreur
    except OSError as erreur:
        raise FichierRefuse(f"{chemin} : fichier illisible ({erreur.strerror}).") from erreur


def decomprimer(nom: str, octets: bytes, maximum_mo: int) -> bytes:
    """Les octets, décomprimés s'ils le sont par gzip ; jamais plus que la taille admise. Lève FichierRefuse.

    D'un seul appel à zlib : le module gzip, par petits morceaux, prend deux fois plus de temps.
    """
    if len(octets) > maximum_mo * MO:
        raise trop_gros(nom, maximum_mo)
    if not octets.startswith(GZIP):
        return octets
    contenu, reste = b"", octets
    try:
        while reste.startswith(GZIP):
            membre = zlib.decompressobj(zlib.MAX_WBITS | 16)
            contenu += membre.decompress(reste, maximum_mo * MO + 1 - len(contenu))
            if len(contenu) > maximum_mo * MO:
                raise trop_gros(f"{nom}, une fois décomprimé", maximum_mo)
            if not membre.eof:
                raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète.")
            reste = membre.unused_data
    except zlib.error as erreur:
        raise FichierRefuse(f"{nom} : archive gzip abîmée ou incomplète ({erreur}).") from erreur
    return contenu


def decoder(nom: str, octets: bytes) -> tuple[str, str]:
    """Le texte et son encodage d'origine (« UTF-8 », « Windows-1252 », « UTF-16 ») ; lève FichierRefuse."""
    _refuser_autre_chose(nom, octets)
    for encodage in ["utf-16"] if octets.startswith(_UTF16) else ["utf-8-sig", "cp1252"]:
        try:
            return octets.decode(encodage), _ENCODAGES[encodage]
        except UnicodeDecodeError:
            continue
    raise FichierRefuse(f"{nom} : ni UTF-8, ni Windows-1252, ni UTF-16 : enregistrez-le au format CSV UTF-8.")


def en_utf8(nom: str, octets: bytes) -> tuple[bytes, str]:
    """Comme `decoder`, en octets UTF-8 sans marque d'ordre : ceux du fichier, quand ils le sont déjà."""
    if not octets.startswith(_UTF16) and _est_utf8(octets):
        _refuser_autre_chose(nom, octets)
        return octets.removeprefix(_BOM), _ENCODAGES["utf-8-sig"]
    texte, encodage = decoder(nom, octets)
    return texte.encode(), encodage


def _refuser_autre_chose(nom: str, octets: bytes) -> None:
    """Lève FichierRefuse si ce n'est pas du texte, ou pas un tableau."""
    if octets.startswith(b"%PDF"):
        raise FichierRefuse(f"{nom} : c'est un PDF ; il faut le tableau, au format CSV.")
    if octets[:4096].lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise FichierRefuse(f"{nom} : c'est une page web, pas le fichier : le téléchargement a sans doute échoué.")
    debut = octets[:MO]  # un fichier binaire se montre tout de suite
    if not octets.startswith(_UTF16) and (b"\0" in octets or debut != debut.translate(None, _CONTROLES)):
        raise FichierRefuse(f"{nom} : c'est un fichier binaire, pas un tableau au format CSV.")


def _est_utf8(octets: bytes) -> bool:
    """Par morceaux : décoder d'un bloc un grand fichier prend cinq fois plus de temps, pour un texte inutile."""
    decodeur, vue = codecs.getincrementaldecoder("utf-8")(), memoryview(octets)
    try:
        for debut in range(0, len(octets), MO):
            decodeur.decode(vue[debut : debut + MO])  # type: ignore[arg-type]  # admis, la signature l'ignore
        decodeur.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
