"""Ce qu'une région reprend du socle d'un mot : un régime de décision, un fonctionnement, des avis.

    regime: {commun: demande-financiere}
    fonctionnement: {commun: droit-commun, convocation_jours: 10}

Les clés écrites à côté de `commun` l'emportent, une par une.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from esperluette.referentiel.instances import AvisPossibles, Fonctionnement
from esperluette.referentiel.procedures import RegimeDecision
from esperluette.referentiel.sources import Identifiant, Phrase, suggestion
from esperluette.referentiel.yaml_situe import Chemin, FichierLu, Probleme

Communs = Mapping[str, Mapping[str, Mapping[str, Any]]]
# Où un renvoi peut s'écrire : liste du fichier, clé de l'élément, section de regimes.yaml.
_LIEUX = (
    ("demarches", "regime", "regimes"),
    ("instances", "fonctionnement", "fonctionnements"),
    ("instances", "avis", "avis"),
)


class RegimeCommun(RegimeDecision):
    """Un régime de décision que plusieurs régions partagent."""

    id: Identifiant
    libelle: Phrase


class FonctionnementCommun(Fonctionnement):
    id: Identifiant
    libelle: Phrase


class AvisCommuns(AvisPossibles):
    id: Identifiant
    libelle: Phrase


def lire(regimes: FichierLu | None) -> Communs:
    """Par section puis identifiant, ce qu'un renvoi recopie : tel qu'écrit, sans son nom."""
    if regimes is None:
        return {}
    return {
        section: {
            element["id"]: {cle: v for cle, v in element.items() if cle not in {"id", "libelle"}}
            for element in regimes.contenu.get(section, ())
        }
        for _, _, section in _LIEUX
    }


def reprendre(lu: FichierLu, communs: Communs) -> tuple[FichierLu, list[Probleme]]:
    """Le même fichier, ses renvois remplacés ; et ceux qui ne mènent nulle part."""
    if not isinstance(lu.contenu, dict):
        return lu, []
    contenu = dict(lu.contenu)
    problemes: list[Probleme] = []
    for liste, cle, section in _LIEUX:
        elements = contenu.get(liste)
        if not isinstance(elements, tuple):
            continue
        connus = communs.get(section, {})
        problemes.extend(_inconnus(lu, liste, cle, elements, connus))
        contenu[liste] = tuple(_repris(element, cle, connus) for element in elements)
    return replace(lu, contenu=contenu), problemes


def _renvoi(element: Any, cle: str) -> Any:
    """L'identifiant que vise l'élement, ou rien."""
    valeur = element.get(cle) if isinstance(element, dict) else None
    return valeur.get("commun") if isinstance(valeur, dict) else None


def _repris(element: Any, cle: str, connus: Mapping[str, Mapping[str, Any]]) -> Any:
    commun = _renvoi(element, cle)
    if not isinstance(commun, str) or commun not in connus:
        return element
    propre = {nom: v for nom, v in element[cle].items() if nom != "commun"}
    return {**element, cle: {**connus[commun], **propre}}


def _inconnus(
    lu: FichierLu, liste: str, cle: str, elements: tuple[Any, ...], connus: Mapping[str, Any]
) -> Iterator[Probleme]:
    for rang, element in enumerate(elements):
        commun = _renvoi(element, cle)
        if commun is not None and commun not in connus:
            chemin: Chemin = (liste, rang, cle, "commun")
            yield lu.probleme(chemin, f"« commun: {commun} » n'existe pas ; {suggestion(str(commun), connus)}")
