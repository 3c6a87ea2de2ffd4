"""Écrire une valeur pour qu'on la lise : à l'écran, dans une comparaison, dans un contrôle. Sans base de données."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.diagnostics import encart_ecrit
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.saisie import texte_simple
from esperluette.referentiel.modele import Champ

SIGNATURES = {
    "tous_les_membres": "chaque membre de l’équipe",
    "professionnels": "chaque professionnel de santé de l’équipe",
    "porteur": "le porteur seul, au nom de l’équipe",
    "aucune": "aucune",
}


def identifiant_html(chemin: str) -> str:
    """« axes/3f2a/objectifs » → « champ-axes--3f2a--objectifs »."""
    return "champ-" + chemin.replace("/", "--")


def valeur_lisible(champ: Champ, valeur: Any, communes: Mapping[str, str] | None = None) -> str:
    """La valeur en texte simple ; vide si le champ ne répond pas."""
    if valeur is None or valeur == "" or valeur == []:
        return ""
    match champ.type:
        case "texte_riche":
            return texte_simple(str(valeur))
        case "cases":
            return "\n".join(_libelle(champ, option) for option in valeur)
        case "choix":
            return _libelle(champ, valeur)
        case "date":
            return date_lisible(valeur)
        case "nombre":
            return f"{nombre_lisible(valeur)} {champ.unite}".strip()
        case "chiffres":
            return encart_ecrit.en_texte(valeur)
        case "communes":
            noms = communes or {}
            return "\n".join(noms.get(code, code) for code in valeur)
    return str(valeur)


def _libelle(champ: Champ, option: str) -> str:
    trouvee = champ.option(option)
    return trouvee.libelle if trouvee else option


def date_lisible(valeur: str) -> str:
    """« 2026-10-30 » → « 30/10/2026 » ; ce qui n'est pas une date revient tel quel."""
    try:
        return f"{date.fromisoformat(valeur):%d/%m/%Y}"
    except ValueError:
        return valeur


def nombre_lisible(valeur: Any) -> str:
    """Virgule décimale, comme on l'écrit."""
    return str(valeur).replace(".", ",")


def moment(instant: datetime) -> str:
    """« à 14 h 32 » aujourd'hui ; « le 12 novembre à 14 h 32 » sinon."""
    local = timezone.localtime(instant)
    heure = f"à {local.hour} h {local.minute:02d}"
    jour = timezone.localdate()
    if local.date() == jour:
        return heure
    return f"le {en_lettres(local, 'j F' if local.year == jour.year else 'j F Y')} {heure}"


def origine(dossier: Dossier) -> str:
    """D'où vient une réponse reprise : la démarche, et le jour de son dépôt, sinon celui où elle fut commencée."""
    jour = en_lettres(timezone.localtime(dossier.depose_le or dossier.cree_le))
    return f"Repris de votre dossier « {dossier.demarche_libelle} » du {jour}."
