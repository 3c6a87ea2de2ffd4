"""Lire ce qu'une page de rédaction envoie, champ par champ, et l'enregistrer."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from esperluette.commun.erreurs import Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.redaction import enregistrer_reponse
from esperluette.dossiers.chemins import CheminInconnu, champ_du_chemin
from esperluette.dossiers.models import Dossier, VersionReponse
from esperluette.dossiers.saisie import (
    PREFIXE_FORME,
    PREFIXE_VERSION,
    CommunesARevoir,
    est_inchangee,
    extraire,
    version_lue,
)
from esperluette.referentiel.modele import Champ, Trame
from esperluette.referentiel.normalisation import ValeurRefusee, normaliser
from esperluette.territoires.models import Commune


@dataclass(frozen=True, slots=True)
class Erreur:
    """Une saisie refusée, et de quoi la remontrer."""

    message: str
    saisie: Any = None
    candidates: tuple[Commune, ...] = ()


@dataclass(slots=True)
class Bilan:
    """Ce qu'a donné l'enregistrement d'une page : les refus, champ par champ, et ce qui a été écrit."""

    erreurs: dict[str, Erreur] = field(default_factory=dict)
    conflits: list[str] = field(default_factory=list)
    ecrits: int = 0
    refus: str = ""


@dataclass(frozen=True, slots=True)
class Saisie:
    """Un champ tel que le navigateur l'a renvoyé."""

    champ: Champ
    chemin: str
    brut: Any
    version: int
    forme_html: bool
    refus: Erreur | None = None


def saisies_de(request: HttpRequest, trame: Trame, ids: Collection[str]) -> list[Saisie]:
    """Parmi ces champs, ceux qui sont dans l'envoi ; même ceux d'une ligne retirée entre-temps."""
    saisies = []
    for cle in request.POST:
        chemin = cle.removeprefix(PREFIXE_VERSION)
        version = version_lue(chemin, request.POST)
        if chemin == cle or version is None or chemin.split("/")[0] not in ids:
            continue
        champ = _champ_ou_rien(trame, chemin)
        if champ is not None and champ.type != "tableau":
            saisies.append(_saisie(request, champ, chemin, version))
    return saisies


def _saisie(request: HttpRequest, champ: Champ, chemin: str, version: int) -> Saisie:
    forme_html = request.POST.get(PREFIXE_FORME + chemin) == "html"
    try:
        return Saisie(champ, chemin, extraire(champ, chemin, request.POST), version, forme_html)
    except CommunesARevoir as refus:
        erreur = Erreur(str(refus), refus.saisie, refus.candidates)
        return Saisie(champ, chemin, list(refus.saisie.codes), version, forme_html, erreur)


def _champ_ou_rien(trame: Trame, chemin: str) -> Champ | None:
    try:
        return champ_du_chemin(trame, chemin)
    except CheminInconnu:
        return None


def ecrire(dossier: Dossier, saisies: list[Saisie], reprises: dict[str, Any], *, acteur: Compte) -> Bilan:
    """Enregistre ce que la personne a changé, et seulement cela : le reste a pu bouger sans elle."""
    bilan = Bilan()
    affichees = {
        (chemin, numero): valeur
        for chemin, numero, valeur in VersionReponse.objects.filter(
            reponse__dossier=dossier, reponse__champ__in=[s.chemin for s in saisies]
        ).values_list("reponse__champ", "numero", "valeur")
    }
    for saisie in saisies:
        if saisie.refus is not None:
            bilan.erreurs[saisie.chemin] = saisie.refus
            continue
        try:
            normalisee = normaliser(saisie.champ, saisie.brut)
        except ValeurRefusee as refus:
            bilan.erreurs[saisie.chemin] = Erreur(str(refus), saisie.brut)
            continue
        affichee = affichees.get((saisie.chemin, saisie.version)) or reprises.get(saisie.chemin)
        if est_inchangee(saisie.champ, saisie.brut, normalisee, affichee, forme_html=saisie.forme_html):
            continue
        try:
            rendu = enregistrer_reponse(dossier, saisie.chemin, saisie.brut, version_lue=saisie.version, acteur=acteur)
        except Refus as refus:
            bilan.refus = str(refus)
            return bilan
        bilan.ecrits += rendu.change
        if rendu.conflit is not None:
            bilan.conflits.append(saisie.chemin)
    return bilan


def champ_du_geste(geste: str) -> str:
    return geste.split(":")[1] if geste.count(":") else ""
