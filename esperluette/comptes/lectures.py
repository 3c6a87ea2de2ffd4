"""Ce qu'un compte fait, et où. Tout se lit d'après les fonctions en cours ; un compte inactif n'en a aucune."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from esperluette.comptes.enums import Role, SorteOrganisme
from esperluette.comptes.models import Compte, Fonction, Organisme
from esperluette.comptes.perimetres import RIEN, Perimetre, UneCommune, fonctions_actives, perimetre_de

__all__ = [
    "Perimetre", "a_un_role", "agents_en_fonction", "fonctions_actives", "perimetre", "referents_de",
    "referents_par_rang",
]  # fmt: skip


def perimetre(compte: Any, roles: Collection[str] = Role.LECTEURS) -> Perimetre:
    """Le territoire dont ce compte lit les équipes et les dossiers.

    Une fonction d'administrateur lit tout. `roles` restreint la question : `Role.INSTRUCTEURS` pour agir,
    `Role.ADMINISTRATEURS` pour tenir les contacts d'une région.
    """
    fonctions = fonctions_actives(compte)
    return perimetre_de(fonctions, roles) if fonctions else RIEN


def a_un_role(compte: Any, *roles: str) -> bool:
    """Ce compte exerce-t-il aujourd'hui l'un de ces rôles, où que ce soit ?"""
    return any(fonction.role in roles for fonction in fonctions_actives(compte))


def referents_de(commune: UneCommune) -> list[Compte]:
    """Les référents en fonction pour cette commune : ceux de son intercommunalité, sinon de son département,
    sinon de sa région. Trois requêtes au plus ; vide si personne n'est en fonction.
    """
    return next((comptes for comptes in referents_par_rang(commune) if comptes), [])


def referents_par_rang(commune: UneCommune) -> list[list[Compte]]:
    """Les référents de l'intercommunalité, ceux du département, ceux de la région ; par nom dans chaque rang."""
    fonctions = (
        Fonction.objects.actives()
        .filter(role=Role.REFERENT, compte__is_active=True)
        .filter(Q(region=commune.region_id) | Q(departement=commune.departement_id))
        .select_related("compte")
        .prefetch_related("epcis")
        .order_by("compte__nom", "pk")
    )
    par_precision: dict[int, dict[int, Compte]] = {0: {}, 1: {}, 2: {}}
    for fonction in fonctions:
        perimetre_propre = perimetre_de([fonction])
        if perimetre_propre.contient(commune):
            rang = 0 if perimetre_propre.secteurs else 1 if perimetre_propre.departements else 2
            par_precision[rang][fonction.compte_id] = fonction.compte
    return [list(comptes.values()) for comptes in par_precision.values()]


def agents_en_fonction(regions: Collection[str] | None = None) -> dict[Compte, Perimetre]:
    """Ceux qui instruisent aujourd'hui dans ces régions (codes), par nom, avec leur périmètre ; deux requêtes."""
    fonctions = Fonction.objects.actives().filter(role__in=Role.INSTRUCTEURS, compte__is_active=True)
    if regions is not None:
        fonctions = fonctions.filter(Q(region__in=regions) | Q(departement__region__in=regions))
    fonctions = fonctions.select_related("compte").prefetch_related("epcis")
    par_compte: dict[Compte, list[Fonction]] = {}
    for fonction in fonctions.order_by("compte__nom", "compte__prenom", "compte_id"):
        par_compte.setdefault(fonction.compte, []).append(fonction)
    return {compte: perimetre_de(siennes, Role.INSTRUCTEURS) for compte, siennes in par_compte.items()}


def organisme_de(commune: UneCommune, agents: Collection[Compte] = ()) -> Organisme | None:
    """L'organisme de ces agents pour cette commune ; à défaut, l'ARS de sa région si elle est seule à l'être."""
    fonctions = Fonction.objects.actives().filter(compte__in=agents, role__in=Role.INSTRUCTEURS)
    for fonction in fonctions.select_related("organisme").prefetch_related("epcis").order_by("pk"):
        if perimetre_de([fonction]).contient(commune):
            return fonction.organisme
    ars = list(Organisme.objects.filter(sorte=SorteOrganisme.ARS, region=commune.region_id)[:2])
    return ars[0] if len(ars) == 1 else None
