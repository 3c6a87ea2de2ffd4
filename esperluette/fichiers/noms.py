"""Le nom d'un fichier, tel qu'on peut l'afficher et le proposer au téléchargement sans surprise."""

import re
import unicodedata

LONGUEUR = 150
_SEPARATEURS = re.compile(r"[/\\]")
_RESERVES = re.compile(r'[<>:"|?*]+')
_WINDOWS = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
# Contrôle, marques invisibles (dont celles qui retournent le sens d'écriture), substituts, usage privé, non affectés.
_INVISIBLES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def nettoyer_nom(nom: str) -> str:
    """Le nom seul, sans chemin ni caractère invisible, en NFC, de 150 caractères au plus, extension gardée."""
    nom = unicodedata.normalize("NFC", _SEPARATEURS.split(nom)[-1])
    nom = "".join(" " if c.isspace() else c for c in nom if c.isspace() or unicodedata.category(c) not in _INVISIBLES)
    nom = re.sub(r" {2,}", " ", _RESERVES.sub("-", nom)).strip(" .")
    base, point, extension = nom.rpartition(".")
    if not point or not base.strip(" ."):
        base, point, extension = nom, "", ""
    base = base.strip(" .") or "document"
    if _WINDOWS.match(base):
        base = f"_{base}"
    extension = extension[:10]
    return base[: LONGUEUR - len(point) - len(extension)].rstrip(" .") + point + extension


def extension_de(nom: str) -> str:
    """L'extension en minuscules, sans le point ; vide s'il n'y en a pas."""
    base, point, extension = nom.rpartition(".")
    return extension.lower() if point and base else ""


def sans_extension(nom: str) -> str:
    """Le nom tel qu'on le lit, sans son extension."""
    base, point, _ = nom.rpartition(".")
    return base if point and base else nom
