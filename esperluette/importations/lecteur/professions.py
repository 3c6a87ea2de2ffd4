"""Reconnaître une profession de santé à son intitulé, d'après le socle national d'une édition."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from esperluette.importations.lecteur.textes import SEUIL_PROCHE, cle, mots, ressemblance
from esperluette.referentiel.modele import Profession

LecteurDeProfessions = Callable[[str], tuple[str, str]]
_GENRE = re.compile(r"(?:ieres?|iers?|iennes?|iens?|euses?|eurs?|es?)$")


def lecteur_de_professions(professions: Mapping[str, Profession]) -> LecteurDeProfessions:
    """Une fonction : « Médecin, médecine générale » → (profession, savoir-faire), en codes ; vides si inconnue."""
    intitules: list[tuple[str, str, str]] = []
    for code, profession in professions.items():
        intitules.append((cle(profession.libelle), code, ""))
        for savoir_faire in profession.savoir_faire:
            intitules.append((f"{cle(profession.libelle)} {cle(savoir_faire.libelle)}", code, savoir_faire.code))

    @lru_cache(maxsize=500)
    def lire(texte: str) -> tuple[str, str]:
        plat = cle(texte)
        if not plat or len(plat) > 90:
            return "", ""
        note, code, savoir_faire = max((ressemblance(plat, i), c, s) for i, c, s in intitules)
        if note >= SEUIL_PROCHE:
            return code, savoir_faire
        dits = {_racine(m) for m in mots(texte)}
        contenus = [(len(i), c, s) for i, c, s in intitules if {_racine(m) for m in mots(i)} <= dits]
        _, code, savoir_faire = max(contenus, default=(0, "", ""))
        return code, savoir_faire

    return lire


def _racine(mot: str) -> str:
    """« infirmière » et « infirmier » se valent."""
    return _GENRE.sub("", mot) if len(mot) > 5 else mot
