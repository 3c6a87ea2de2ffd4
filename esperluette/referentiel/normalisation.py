"""Mettre une saisie sous sa forme JSON, ou dire pourquoi elle est refusée. Aucune entrée ne fait planter."""

import datetime
import json
import math
import re
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any

from esperluette.commun.texte_riche import nettoyer, texte_brut
from esperluette.referentiel.questionnaire import Champ

LONGUEUR_TEXTE = 5_000
LONGUEUR_TEXTE_RICHE = 100_000
NOMBRE_MAX = 10**15
LIGNES_MAX = 200
INSTANTANE_MAX = 3_000_000  # caractères de JSON
CONTESTES_MAX, FOURNIS_MAX = 200, 50
LONGUEUR_MOTIF, LONGUEUR_FOURNI = 1_000, 500
COMMUNES_MAX = 500
_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
_DATE_FR = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_DATE_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOMBRE = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_ID_CHIFFRE = re.compile(r"[0-9A-Za-z_-]{1,80}", re.ASCII)
_ID_LIGNE = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)


class ValeurRefusee(ValueError):
    """La saisie ne convient pas ; `str(erreur)` se montre à côté du champ."""


def normaliser(champ: Champ, brut: Any) -> Any:
    """La forme JSON de la saisie (vide comprise). Lève `ValeurRefusee`, jamais autre chose."""
    return _NORMALISEURS[champ.type](champ, brut)


def identifiant_de_ligne() -> str:
    """Un identifiant court pour une ligne de tableau."""
    return secrets.token_hex(6)


def texte_de_chiffre(brut: Any) -> str:
    """Un texte d'une ligne de chiffres, tel qu'il se garde : c'est lui qu'on cherche pour savoir s'il y est."""
    return _chaine(brut).strip()


def _chaine(brut: Any) -> str:
    """Le texte sans caractère de contrôle ni demi-codet, en forme composée."""
    if brut is None:
        return ""
    if isinstance(brut, bool) or not isinstance(brut, str | int | float):
        raise ValeurRefusee("Un texte est attendu.")
    if isinstance(brut, int) and abs(brut) >= NOMBRE_MAX:
        raise ValeurRefusee("Ce nombre est hors de portée.")
    texte = str(brut).replace("\r\n", "\n").replace("\r", "\n")
    texte = "".join(c for c in texte if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", texte)


def _limiter(texte: str, limite: int) -> str:
    if len(texte) > limite:
        raise ValeurRefusee(f"Ce texte est trop long : {len(texte)} caractères, {limite} au plus.")
    return texte


def _texte(champ: Champ, brut: Any) -> str:
    return _limiter(_chaine(brut).strip(), champ.longueur_max or LONGUEUR_TEXTE)


def _texte_riche(champ: Champ, brut: Any) -> str:
    saisie = _limiter(_chaine(brut), 2 * LONGUEUR_TEXTE_RICHE)
    propre = nettoyer(saisie)
    _limiter(texte_brut(propre), champ.longueur_max or LONGUEUR_TEXTE_RICHE)
    return propre


def _nombre(champ: Champ, brut: Any) -> int | float | None:
    if isinstance(brut, bool):
        raise ValeurRefusee("Un nombre est attendu.")
    if isinstance(brut, int | float):
        nombre: int | float = brut
        if (isinstance(nombre, float) and math.isnan(nombre)) or abs(nombre) >= NOMBRE_MAX:
            raise ValeurRefusee("Ce nombre est hors de portée.")
    else:
        texte = re.sub(r"[\s  _']", "", _chaine(brut)).replace(",", ".").replace("−", "-")
        if champ.unite:
            texte = texte.removesuffix(champ.unite.replace(" ", ""))
        if not texte:
            return None
        if not _NOMBRE.fullmatch(texte):
            raise ValeurRefusee("Un nombre est attendu, par exemple 1 250 ou 12,5.")
        nombre = float(texte) if "." in texte else int(texte)
    if isinstance(nombre, float) and nombre.is_integer():
        nombre = int(nombre)
    if champ.minimum is not None and nombre < champ.minimum:
        raise ValeurRefusee(f"Ce nombre doit être au moins {_ecrire(champ.minimum)}.")
    if champ.maximum is not None and nombre > champ.maximum:
        raise ValeurRefusee(f"Ce nombre doit être au plus {_ecrire(champ.maximum)}.")
    return nombre


def _ecrire(nombre: int | float) -> str:
    return str(nombre).replace(".", ",")


def _date(champ: Champ, brut: Any) -> str | None:
    if isinstance(brut, datetime.datetime):
        brut = brut.date()
    if isinstance(brut, datetime.date):
        return brut.isoformat()
    texte = _chaine(brut).strip()
    if not texte:
        return None
    try:
        if francaise := _DATE_FR.fullmatch(texte):
            jour, mois, annee = (int(g) for g in francaise.groups())
            date = datetime.date(annee, mois, jour)
        elif _DATE_ISO.fullmatch(texte):
            date = datetime.date.fromisoformat(texte)
        else:
            raise ValueError(texte)
    except ValueError:
        raise ValeurRefusee("Cette date n'existe pas : écrivez-la JJ/MM/AAAA.") from None
    if not 1900 <= date.year <= 2200:
        raise ValeurRefusee("L'année de cette date est hors de portée.")
    return date.isoformat()


def _liste(brut: Any) -> list[Any]:
    if brut is None or brut == "":
        return []
    if isinstance(brut, str):
        return [brut]
    if isinstance(brut, list | tuple):
        return list(brut)
    raise ValeurRefusee("Une liste est attendue.")


def _cases(champ: Champ, brut: Any) -> list[str]:
    cochees = set()
    for element in _liste(brut):
        if not isinstance(element, str) or champ.option(element) is None:
            raise ValeurRefusee("Cette case n'existe pas dans la trame.")
        cochees.add(element)
    return [o.id for o in champ.options if o.id in cochees]


def _choix(champ: Champ, brut: Any) -> str | None:
    texte = _chaine(brut).strip()
    if not texte:
        return None
    if champ.option(texte) is None:
        raise ValeurRefusee("Ce choix n'existe pas dans la trame.")
    return texte


def _communes(champ: Champ, brut: Any) -> list[str]:
    codes: dict[str, None] = {}
    for element in _liste(brut):
        code = element.strip().upper() if isinstance(element, str) else ""
        if not _COMMUNE.fullmatch(code):
            raise ValeurRefusee("Une commune se désigne par son code INSEE à cinq caractères.")
        codes[code] = None
    limite = int(champ.maximum or COMMUNES_MAX)
    if len(codes) > limite:
        raise ValeurRefusee(f"{limite} communes au plus.")
    return list(codes)


def _tableau(champ: Champ, brut: Any) -> list[dict[str, Any]]:
    lignes = _liste(brut)
    limite = int(champ.maximum or LIGNES_MAX)
    if len(lignes) > limite:
        raise ValeurRefusee(f"{limite} lignes au plus.")
    propres: list[dict[str, Any]] = []
    vus: set[str] = set()
    for rang, ligne in enumerate(lignes, start=1):
        if not isinstance(ligne, dict):
            raise ValeurRefusee(f"Ligne {rang} : forme inattendue.")
        if inconnues := set(ligne) - {"id"} - {c.id for c in champ.colonnes}:
            raise ValeurRefusee(
                f"Ligne {rang} : « {str(sorted(map(str, inconnues))[0])[:40]} » n'existe pas dans la trame."
            )
        propres.append(_ligne(champ, ligne, rang, vus))
    return propres


def _ligne(champ: Champ, ligne: dict[Any, Any], rang: int, vus: set[str]) -> dict[str, Any]:
    cle = ligne.get("id") or identifiant_de_ligne()
    if not isinstance(cle, str) or not _ID_LIGNE.fullmatch(cle) or cle in vus:
        raise ValeurRefusee(f"Ligne {rang} : identifiant refusé.")
    vus.add(cle)
    propre: dict[str, Any] = {"id": cle}
    for colonne in champ.colonnes:
        try:
            propre[colonne.id] = normaliser(colonne, ligne.get(colonne.id))
        except ValeurRefusee as refus:
            raise ValeurRefusee(f"Ligne {rang}, {colonne.libelle.rstrip(' :')} : {refus}") from None
    return propre


def _chiffres(champ: Champ, brut: Any) -> dict[str, Any] | None:
    """Des chiffres publics : leur mode, ce qu'ils étaient, le commentaire, ce qui est contesté, ce que l'ARS a fourni.

    L'instantané est celui que le service a calculé : rien de ce qu'une personne saisit n'y entre.
    """
    if brut is None or brut in ("", {}):
        return None
    cles = {"mode", "instantane", "commentaire", "contestes", "fournis"}
    if not isinstance(brut, dict) or not set(brut) <= cles:
        raise ValeurRefusee("Des chiffres publics sont attendus : insérez-les depuis la page.")
    instantane, mode = brut.get("instantane"), brut.get("mode", "suivi")
    if mode not in {"fige", "suivi"} or not isinstance(instantane, dict | None):
        raise ValeurRefusee("Des chiffres publics sont attendus : insérez-les depuis la page.")
    if instantane and len(json.dumps(instantane)) > INSTANTANE_MAX:
        raise ValeurRefusee("Ce territoire a trop de communes pour tenir dans une réponse.")
    propre = {
        "mode": mode,
        "instantane": instantane or None,
        "commentaire": _limiter(_chaine(brut.get("commentaire")).strip(), champ.longueur_max or LONGUEUR_TEXTE),
        "contestes": _contestes(brut.get("contestes")),
        "fournis": _fournis(brut.get("fournis")),
    }
    return propre if any(propre[cle] for cle in ("instantane", "commentaire", "fournis")) else None


def _contestes(brut: Any) -> dict[str, str]:
    """Par chiffre contesté, son motif ; un motif vidé retire la contestation."""
    if not isinstance(brut, dict | None) or len(brut or ()) > CONTESTES_MAX:
        raise ValeurRefusee("Ces contestations sont mal formées.")
    propres = {}
    for ligne, motif in sorted((brut or {}).items(), key=lambda paire: str(paire[0])):
        dit = _chaine(motif).strip()
        if not dit:
            continue
        if not isinstance(ligne, str) or not _ID_CHIFFRE.fullmatch(ligne):
            raise ValeurRefusee("Choisissez le chiffre que vous contestez.")
        propres[ligne] = _limiter(dit, LONGUEUR_MOTIF)
    return propres


def _fournis(brut: Any) -> list[dict[str, str]]:
    """Les chiffres que l'ARS a donnés, chacun avec sa source."""
    lignes = _liste(brut)
    if len(lignes) > FOURNIS_MAX or not all(isinstance(ligne, dict) for ligne in lignes):
        raise ValeurRefusee(f"{FOURNIS_MAX} chiffres fournis au plus.")
    noms = ("id", "libelle", "valeur", "unite", "source", "le")
    return [{nom: _limiter(texte_de_chiffre(ligne.get(nom)), LONGUEUR_FOURNI) for nom in noms} for ligne in lignes]


def _membres(champ: Champ, brut: Any) -> None:
    raise ValeurRefusee("Cette liste vient de l'équipe : modifiez-la dans « Membres ».")


_NORMALISEURS: dict[str, Callable[[Champ, Any], Any]] = {
    "texte": _texte,
    "texte_riche": _texte_riche,
    "nombre": _nombre,
    "date": _date,
    "cases": _cases,
    "choix": _choix,
    "communes": _communes,
    "tableau": _tableau,
    "membres": _membres,
    "chiffres": _chiffres,
}
