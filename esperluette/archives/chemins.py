"""Le nom d'un fichier dans une archive : sûr partout, lisible, et jamais deux fois le même."""

import re
import unicodedata

LONGUEUR = 100
_AUTRES = re.compile(r"[^A-Za-z0-9._-]+")
_WINDOWS = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def nom_sur(segment: str) -> str:
    """Sans accent, espace ni caractère réservé ; ni caché, ni nom de périphérique ; extension gardée."""
    texte = unicodedata.normalize("NFKD", segment.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    texte = "".join(c for c in texte if not unicodedata.combining(c))
    texte = re.sub(r"-{2,}", "-", _AUTRES.sub("-", texte)).strip("-")
    base, point, extension = texte.rpartition(".")
    if not point or (not base and texte.startswith(".") and segment.startswith(".")):
        base, extension = texte, ""
    base = base.strip("-.") or "sans-nom"
    if _WINDOWS.match(base):
        base = f"_{base}"
    extension = extension[:10]
    return base[: LONGUEUR - len(extension) - 1].rstrip("-.") + (f".{extension}" if extension else "")


class Noms:
    """Les chemins déjà pris, sans égard à la casse : Windows et macOS les confondraient."""

    def __init__(self) -> None:
        self._pris: set[str] = set()

    def sur(self, chemin: str) -> str:
        """Le chemin à employer : chaque segment rendu sûr, un numéro ajouté s'il est déjà pris."""
        segments = [nom_sur(s) for s in chemin.split("/") if s.strip(" .")]
        *dossier, nom = segments or ["sans-nom"]
        base, point, extension = nom.rpartition(".")
        if not point:
            base, extension = nom, ""
        rang, propose = 1, nom
        while "/".join([*dossier, propose]).lower() in self._pris:
            rang += 1
            propose = f"{base}-{rang}{point}{extension}"
        entier = "/".join([*dossier, propose])
        self._pris.add(entier.lower())
        return entier
