"""Mes données : ce que la plateforme sait d'une personne. Chaque app y ajoute sa part depuis `ready()`."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.journal.lectures import evenements_par
from esperluette.notifications.models import Courriel, Preference

Part = Callable[[Compte], Any]
_PARTS: dict[str, Part] = {}


def inscrire(nom: str, part: Part) -> None:
    """`part(compte)` rend des valeurs JSON ; `nom` est la clé du fichier (« equipes »)."""
    if _PARTS.get(nom, part) is not part:
        raise ValueError(f"La part « {nom} » est déjà inscrite.")
    _PARTS[nom] = part


def donnees_de(compte: Compte) -> dict[str, Any]:
    """Tout ce qui concerne ce compte, prêt pour `JsonResponse`."""
    return {"extrait_le": timezone.now(), **{nom: part(compte) for nom, part in sorted(_PARTS.items())}}


def _compte(compte: Compte) -> dict[str, Any]:
    return {
        "courriel": compte.courriel,
        "prenom": compte.prenom,
        "nom": compte.nom,
        "telephone": compte.telephone,
        "cree_le": compte.cree_le,
        "derniere_connexion": compte.last_login,
    }


def _fonctions(compte: Compte) -> list[dict[str, Any]]:
    fonctions = compte.fonctions.select_related("organisme", "region", "departement").prefetch_related("epcis")
    return [
        {"role": f.role, "organisme": f.organisme.nom, "territoire": f.territoire, "debut": f.debut, "fin": f.fin}
        for f in fonctions.order_by("pk")
    ]


def _courriels(compte: Compte) -> list[Any]:
    recus = Courriel.objects.filter(destinataire=compte.courriel).order_by("pk")
    return list(recus.values("objet", "cree_le", "envoye_le", "etat"))


def _preferences(compte: Compte) -> list[Any]:
    return list(Preference.objects.filter(compte=compte).order_by("sorte").values("sorte", "rythme", "modifiee_le"))


def _actes(compte: Compte) -> list[Any]:
    return list(evenements_par(compte).values("le", "sorte", "chaine_id", "donnees"))


inscrire("compte", _compte)
inscrire("fonctions", _fonctions)
inscrire("courriels_recus", _courriels)
inscrire("actes", _actes)
inscrire("preferences_de_notification", _preferences)
