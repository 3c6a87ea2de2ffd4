"""Des blocs écrits sous une question à la valeur que la trame attend."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from esperluette.importations.lecteur.blocs import Bloc, Cellule, en_html, en_texte, texte_de_case
from esperluette.importations.lecteur.cases import option_de
from esperluette.importations.lecteur.textes import cle, sans_remplissage
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.trames import ValeurRefusee, normaliser

_MOIS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
_LETTRES = re.compile(rf"\b(\d{{1,2}})(?:er|e)? ({'|'.join(_MOIS)}|janv|fevr|avr|juil|sept|oct|nov|dec) (\d{{4}})\b")
_CHIFFRES = re.compile(r"\b(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NOMBRE = re.compile(r"[+-]?\d{1,3}(?:[\s.'](?=\d{3}(?!\d))\d{3})+(?:,\d+)?|[+-]?\d+(?:[.,]\d+)?")
_CODE_POSTAL = re.compile(r"\(?\b(\d{5}|2[AB]\d{3})\b\)?")
_PUCE = re.compile(r"^\s*[-·•*–]\s+")


class Illisible(ValueError):
    """Ce texte n'a pas la forme attendue ; `str(erreur)` dit pourquoi à la personne."""


@dataclass(frozen=True, slots=True)
class CommuneLue:
    """Une commune telle qu'elle est écrite ; `code`, à cinq signes, est un code postal ou INSEE."""

    nom: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})" if self.nom and self.code else self.nom or self.code


@dataclass(frozen=True, slots=True)
class Lue:
    """Une valeur, et ce qui fait douter d'elle s'il y a lieu."""

    valeur: Any
    confiance: float = 1.0
    raison: str = ""


def convertir(champ: Champ, blocs: Sequence[Bloc]) -> Lue:
    """La valeur de ces blocs ; lève `Illisible`. Les communes restent à retrouver dans le découpage (`CommuneLue`)."""
    texte = en_texte(blocs)
    try:
        match champ.type:
            case "texte_riche":
                en_lignes = any(b.sorte == "tableau" for b in blocs)
                raison, confiance = ("tableau mis en lignes", 0.8) if en_lignes else ("", 1.0)
                return Lue(normaliser(champ, en_html(blocs)), confiance, raison)
            case "texte":
                return Lue(normaliser(champ, texte))
            case "date":
                return _date(texte)
            case "nombre":
                return _nombre(champ, texte)
            case "choix" | "cases":
                return _options(champ, texte)
            case "communes":
                return Lue(communes_de(blocs))
    except ValeurRefusee as refus:
        raise Illisible(str(refus)) from refus
    raise Illisible("Cette question ne se remplit pas depuis un fichier.")


def _date(texte: str) -> Lue:
    trouvees = [d for d in (*_dates_en_lettres(texte), *_dates_en_chiffres(texte)) if d is not None]
    if len(set(trouvees)) != 1:
        raise Illisible("Une date complète est attendue : jour, mois, année.")
    seule = len(cle(texte).split()) <= 5
    return Lue(trouvees[0], 1.0 if seule else 0.8, "" if seule else "date trouvée dans une phrase")


def _dates_en_lettres(texte: str) -> list[str | None]:
    plat = cle(texte)
    return [
        _iso(int(annee), 1 + next(n for n, m in enumerate(_MOIS) if m.startswith(mois)), int(jour))
        for jour, mois, annee in _LETTRES.findall(plat)
    ]


def _dates_en_chiffres(texte: str) -> list[str | None]:
    dates = [_iso(int(a), int(m), int(j)) for a, m, j in _ISO.findall(texte)]
    sans_iso = _ISO.sub(" ", texte)
    return dates + [
        _iso(int(a) if len(a) == 4 else 2000 + int(a), int(m), int(j)) for j, m, a in _CHIFFRES.findall(sans_iso)
    ]


def _iso(annee: int, mois: int, jour: int) -> str | None:
    try:
        return datetime.date(annee, mois, jour).isoformat()
    except ValueError:
        return None


def _nombre(champ: Champ, texte: str) -> Lue:
    trouves = _NOMBRE.findall(texte)
    if len(trouves) != 1:
        raise Illisible("Un seul nombre est attendu.")
    brut = re.sub(r"[\s']", "", trouves[0])
    if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+", brut):
        brut = brut.replace(".", "")
    valeur = normaliser(champ, brut)
    dits = cle(texte.replace(trouves[0], " ")).replace(cle(champ.unite), "").split()
    return Lue(valeur, 1.0 if not dits else 0.8, "" if not dits else "nombre trouvé dans une phrase")


def _options(champ: Champ, texte: str) -> Lue:
    """Des options écrites sans case : une par ligne, ou séparées par des virgules."""
    lignes = [_PUCE.sub("", ligne) for ligne in texte.split("\n") if ligne.strip()]
    entiere, _ = option_de(champ, lignes[0]) if len(lignes) == 1 else (None, "")
    trouvees = [entiere] if entiere else [option_de(champ, ligne)[0] for ligne in lignes]
    if not all(trouvees) and len(lignes) == 1:
        trouvees = [option_de(champ, m)[0] for m in re.split(r"[,;/]| et ", lignes[0]) if m.strip()]
    options = [o for o in trouvees if o is not None]
    if len(options) < len(trouvees) or not options:
        raise Illisible("Ces mots ne sont pas parmi les réponses proposées.")
    if len(options) == len(champ.options) > 1:
        raise Illisible("Toutes les réponses sont là, sans case cochée : impossible de savoir laquelle vaut.")
    if champ.type == "choix":
        if len(options) > 1:
            raise Illisible("Plusieurs réponses sont écrites, une seule est attendue.")
        return Lue(options[0].id, 0.95)
    return Lue(normaliser(champ, [o.id for o in options]), 0.8, "réponses écrites sans case à cocher")


def communes_de(blocs: Sequence[Bloc]) -> list[CommuneLue]:
    """Les communes nommées : une par ligne, par case de tableau, ou séparées par des virgules."""
    trouvees: list[CommuneLue] = []
    for bloc in blocs:
        if bloc.sorte == "tableau":
            trouvees += [c for ligne in bloc.lignes if (c := _commune_d_une_ligne(ligne))]
            continue
        for ligne in bloc.texte.split("\n"):
            trouvees += [c for m in re.split(r"[,;/\n]|\bet\b", sans_remplissage(ligne)) if (c := commune_de(m))]
    return list(dict.fromkeys(trouvees))


def commune_de(texte: str) -> CommuneLue | None:
    texte = _PUCE.sub("", texte)
    code = _CODE_POSTAL.search(texte)
    nom = _CODE_POSTAL.sub(" ", texte) if code else texte
    nom = " ".join(nom.split()).strip(" .:-–")
    if (not cle(nom) and not code) or len(nom) > 80:
        return None
    return CommuneLue(nom, code[1] if code else "")


def _commune_d_une_ligne(ligne: tuple[Cellule, ...]) -> CommuneLue | None:
    textes = [t for case in ligne if (t := texte_de_case(case))]
    if not textes or {cle(t) for t in textes} <= {"commune", "communes", "code postal", "code insee", "code", "nom"}:
        return None
    return commune_de(" ".join(textes[:2]))
