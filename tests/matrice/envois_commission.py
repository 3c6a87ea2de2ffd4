"""Ce que chaque page d'une commission reçoit quand on l'envoie : de quoi réussir, si l'on en a le droit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.reprises import en_csv, ligne
from tests.matrice.envois import envoi_de
from tests.matrice.monde_commission import MondeDeCommission


def _saisie(monde: MondeDeCommission, etat: str) -> dict[str, Any]:
    return {
        "geste": "presence", "cle": "3f0f2c5e-9a51-4f0b-8d3e-1d2c3b4a5f60", "valeur": "present",
        "siege": monde.mandats["tit"].siege_id, "compte": monde.comptes["tit"].pk, "mode": "present",
    }  # fmt: skip


def _decision(monde: MondeDeCommission, etat: str, **suite: Any) -> dict[str, Any]:
    decision = monde.passages[etat].decision if etat in monde.passages else None
    return {"d": decision.pk if decision else 0, "version": decision.version if decision else 0, **suite}


SELON_LE_MONDE: dict[str, Callable[[MondeDeCommission, str], dict[str, Any]]] = {
    "commissions:nommer": lambda m, e: {
        "siege": m.mandats["tit"].siege_id, "courriel": "neuve@essais.example", "prenom": "Nina", "nom": "Neuve",
        "titulaire": "non", "debut": timezone.localdate().isoformat(),
    },
    "commissions:inscrire": lambda m, e: {"dossier": m.pret.reference, "motif_hors_delai": "Vu avec l’équipe."},
    "commissions:ordonner": lambda m, e: {"points": m.passages[e].point.pk},
    "commissions:deporter": lambda m, e: {"compte": m.comptes["mem"].pk, "motif": "Associé d’un membre."},
    "commissions:ouvrir": lambda m, e: {
        "laquelle": "autre", "sigle": "CCOPD", "nom": "Commission", "source_document": "Courriel",
        "source_date": "2026-03-01",
    },
    "commissions:modifier_seance": lambda m, e: {
        "date": (timezone.localdate() + timedelta(days=60)).isoformat(), "modalite": "presentiel",
        "lue_le": m.passages[e].seance.modifie_le.isoformat(),
    },
    "deliberations:saisies": _saisie,
    "deliberations:confier": lambda m, e: {"compte": m.comptes["mem"].pk},
    "deliberations_equipe:preuve": lambda m, e: {
        f"r{m.passages[e].objets['reserve'].pk}-texte" if "reserve" in m.passages[e].objets else "r": "Voici la carte."
    },
    "decisions:signer": lambda m, e: _decision(m, e, etape="code"),
    "decisions:notifier": _decision,
    "decisions:rediger": lambda m, e: _decision(m, e, sens="accord"),
    "decisions:courrier": lambda m, e: _decision(m, e, objet="Votre dossier", corps="Madame, Monsieur, oui."),
    "decisions:viser": _decision,
    "instruction:commission": lambda m, e: {"seance": m.passages["P"].seance.pk},
    "reprises:ajouter": lambda m, e: {
        **ligne(cle="22-009"), "communes": ["22136"], "decision_le": "2023-06-15", "inviter": "on"
    },
    "reprises:importer": lambda m, e: {"tableur": upload("e.csv", en_csv(ligne(cle="22-010")))},
    "reprises:fiche": lambda m, e: {"nature": "projet-signe", "fichier": upload("projet.pdf", pdf())},
}  # fmt: skip


def envoi(nom: str, monde: MondeDeCommission, etat: str) -> dict[str, Any]:
    """Un envoi neuf (un fichier ne se relit pas)."""
    page = nom.partition("#")[0]
    if page in SELON_LE_MONDE:
        return SELON_LE_MONDE[page](monde, etat)
    return envoi_de(page)
