"""Des chiffres publics insérés dans un projet : la valeur d'un champ `chiffres`, et ce qu'on en fait. Sans base.

La valeur est un dictionnaire JSON (`referentiel.trames` en dit la forme). `suivi` : les chiffres se recalculent tant
que le dossier s'écrit, et se figent avec la version à signer ; `fige` : ils ne bougent plus. L'instantané gardé est le
dernier qu'on ait calculé ; le recalculer n'écrit rien.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from esperluette.commun.erreurs import ErreurMetier
from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.instantane import TERRITOIRE, Instantane, LigneLue
from esperluette.referentiel.normalisation import texte_de_chiffre

Valeur = dict[str, Any]
MOTS = ("commentaire", "contestes")  # ce que l'équipe écrit ; le reste se calcule, ou vient de l'ARS
# Ce qu'un champ peut demander en plus des lignes de chiffres : une partie de l'instantané, et le thème qui l'apporte.
PARTIES = {
    "pyramide": "ages",
    "zonages": "acces",
    "vie_sante": "acces",
    "distances": "acces",
    "etablissements": "etablissements",
}
RIEN = (
    "Aucun de ces chiffres n’est encore chargé sur ce service : il n’y a rien à insérer. "
    "La page « Territoire » de l’équipe dit ce qui manque."
)


CONTESTE = "Contestation enregistrée : l’ARS la verra avec le chiffre."
PLUS_CONTESTE = "Contestation retirée : le chiffre reste, sans objection de votre part."
PAS_CONTESTE = "La contestation n’est pas enregistrée : le champ dit ce qui l’en empêche."
SANS_CHIFFRE = "Choisissez le chiffre que vous contestez, et dites pourquoi."
SANS_MOTIF = "Dites pourquoi vous contestez ce chiffre : l’ARS ne peut rien faire d’une contestation sans motif."


class MotifManquant(ErreurMetier):
    """Contester sans dire quoi ou pourquoi ; `saisie` remontre le champ, le chiffre toujours choisi."""

    def __init__(self, en_place: Valeur, ligne: str) -> None:
        super().__init__(SANS_MOTIF if ligne else SANS_CHIFFRE)
        self.saisie = {**en_place, "choisi": ligne}


class Fourni(BaseModel):
    """Un chiffre que l'ARS a donné, écrit comme elle l'a écrit, avec sa source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    libelle: str
    valeur: str
    unite: str = ""
    source: str = ""
    le: str = ""

    @property
    def ecrit(self) -> str:
        return f"{self.valeur} {self.unite}".strip()


class Encart(BaseModel):
    """La valeur d'un champ `chiffres`, relue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["suivi", "fige"] = "suivi"
    instantane: Instantane | None = None
    commentaire: str = ""
    contestes: dict[str, str] = {}
    fournis: tuple[Fourni, ...] = ()


def lire(valeur: Any) -> Encart | None:
    """L'encart d'une valeur enregistrée ; None si le champ est vide."""
    return Encart.model_validate(valeur) if valeur else None


def calculer(codes: Iterable[str], themes: Collection[str]) -> Valeur:
    """Les chiffres de ces communes pour ces thèmes, prêts à garder ; lève `ErreurMetier` si aucun n'est chargé."""
    calcule = extrait(instantane(codes, themes_voulus={PARTIES.get(theme, theme) for theme in themes}), themes)
    if not calcule.themes and not any(getattr(calcule, partie) for partie in PARTIES):
        raise ErreurMetier(RIEN)
    return calcule.model_dump(mode="json")


def extrait(entier: Instantane, themes: Collection[str]) -> Instantane:
    """Cet instantané réduit à ces thèmes et à ces parties ; ce qui n'est pas chargé sur ce territoire n'y est pas."""
    gardes = tuple(
        theme.model_copy(update={"lignes": lignes})
        for theme in entier.themes
        if theme.id in themes and (lignes := tuple(ligne for ligne in theme.lignes if _charge(ligne)))
    )
    absents: dict[str, Any] = {p: None if p == "pyramide" else () for p in PARTIES if p not in themes}
    return entier.model_copy(update={"themes": gardes, "constats": (), "non_charges": {}, **absents})


def _charge(ligne: LigneLue) -> bool:
    lue = ligne.valeurs.get(TERRITOIRE)
    return lue is not None and lue.etat != Etat.NON_CHARGE


def a_jour(valeur: Valeur | None, codes: Iterable[str], themes: Collection[str]) -> Valeur | None:
    """La valeur, ses chiffres recalculés s'ils sont suivis ; telle quelle si rien n'est plus chargé."""
    if not valeur or valeur["mode"] != "suivi" or not valeur["instantane"]:
        return valeur
    try:
        return valeur | {"instantane": calculer(codes, themes)}
    except ErreurMetier:
        return valeur


def retouchee(en_place: Valeur | None, brut: Any) -> Any:
    """Ce que la personne a changé, sur ce qui est en place : ce qu'elle n'a pas envoyé reste, un motif vidé part."""
    if not isinstance(brut, dict):
        return brut
    contestes, neufs = (en_place or {}).get("contestes"), brut.get("contestes")
    if isinstance(contestes, dict) and isinstance(neufs, dict):
        neufs = {**contestes, **neufs}
    return {**(en_place or {}), **brut} | ({"contestes": neufs} if "contestes" in brut else {})


def avec_les_mots(en_place: Valeur | None, retenue: Any) -> Any:
    """La valeur en place, avec les seuls mots (commentaire, contestations) de celle qu'on retient."""
    if not isinstance(retenue, dict):
        return retenue
    return {**(en_place or {}), **{mot: retenue.get(mot) for mot in MOTS}}


def saisie_de(nom: str, envoi: Any) -> Valeur:
    """Ce que le navigateur envoie du champ `nom` : le commentaire, et les contestations.

    « conteste:nom:ligne » : un motif déjà donné ; « conteste:nom: » : celui du chiffre choisi dans « conteste:nom ».
    """
    motifs = _motifs(nom, envoi)
    if neuf := motifs.pop("", "").strip():
        motifs[str(envoi.get(f"conteste:{nom}") or "")] = neuf
    return {"commentaire": str(envoi.get(nom) or ""), "contestes": motifs}


def _motifs(nom: str, envoi: Any) -> dict[str, str]:
    prefixe = f"conteste:{nom}:"
    return {cle.removeprefix(prefixe): str(envoi.get(cle)) for cle in envoi if cle.startswith(prefixe)}


def contestation_de(nom: str, envoi: Any) -> tuple[str, str, bool]:
    """Le chiffre choisi, le motif écrit à côté, et si l'on a vidé le motif d'une contestation déjà faite."""
    motifs = _motifs(nom, envoi)
    neuf = motifs.pop("", "").strip()
    return str(envoi.get(f"conteste:{nom}") or ""), neuf, any(not motif.strip() for motif in motifs.values())


def contestee(en_place: Valeur, ligne: str, motif: str, videe: bool) -> tuple[Valeur, str]:
    """La valeur après « contester », et ce qu'on en dit ; la page, et le motif avec elle, vient d'être enregistrée.

    Sans motif, une contestation se retire ; s'il n'y en avait pas, lève `MotifManquant`.
    """
    contestes = en_place.get("contestes") or {}
    if motif:
        return en_place, CONTESTE if ligne in contestes else PAS_CONTESTE
    if ligne in contestes:
        return {**en_place, "contestes": {cle: dit for cle, dit in contestes.items() if cle != ligne}}, PLUS_CONTESTE
    if videe and not ligne:
        return en_place, PLUS_CONTESTE
    raise MotifManquant(en_place, ligne)


def avec_fourni(en_place: Valeur | None, *, libelle: str, valeur: str, unite: str, source: str) -> Valeur:
    """La valeur, avec ce chiffre de l'ARS ; la même s'il y est déjà."""
    neuf = {"libelle": libelle, "valeur": valeur, "unite": unite, "source": source}
    fournis = list((en_place or {}).get("fournis") or [])
    if porte(fournis, **neuf):
        return en_place or {}
    neuf |= {"id": f"ars-{secrets.token_hex(4)}", "le": timezone.localdate().isoformat()}
    return {**(en_place or {}), "fournis": [*fournis, neuf]}


def porte(fournis: Iterable[Mapping[str, str]], **textes: str) -> bool:
    """Vrai si ce chiffre de l'ARS (libellé, valeur, unité, source) est, à l'identique, parmi ceux-là."""
    gardes = {nom: texte_de_chiffre(dit) for nom, dit in textes.items()}
    return any(all(f[nom] == dit for nom, dit in gardes.items()) for f in fournis)


def avec_phrases(en_place: Valeur | None, phrases: Iterable[str]) -> Valeur:
    """La valeur, ces phrases à la suite du commentaire ; celles qui y sont déjà ne s'y répètent pas."""
    valeur = en_place or {}
    commentaire = str(valeur.get("commentaire") or "")
    neuves = [phrase for phrase in phrases if phrase not in commentaire]
    return {**valeur, "commentaire": "\n".join([*([commentaire] if commentaire else []), *neuves])}


def sans(en_place: Valeur | None, ligne: str) -> Valeur:
    """La valeur, sans ce chiffre fourni ni ce qu'on en contestait."""
    valeur = en_place or {}
    return {
        **valeur,
        "fournis": [f for f in valeur.get("fournis") or [] if f["id"] != ligne],
        "contestes": {cle: motif for cle, motif in (valeur.get("contestes") or {}).items() if cle != ligne},
    }


def memes_mots(un: Valeur | None, autre: Valeur | None) -> bool:
    """Vrai si l'équipe y dit la même chose : même commentaire, mêmes contestations."""
    return all(((un or {}).get(cle) or None) == ((autre or {}).get(cle) or None) for cle in MOTS)


def mots_de(valeur: Any) -> str:
    """Ce qu'une personne a écrit dans un champ : son texte, ou son commentaire à des chiffres ; vide sinon."""
    if isinstance(valeur, Mapping):
        return str(valeur.get("commentaire") or "")
    return valeur if isinstance(valeur, str) else ""
