"""Ce que voit un agent : les dossiers reçus dans son périmètre, et rien d'autre."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, fonctions_actives, perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, DossierQuerySet


def dossiers_de(compte: Compte) -> DossierQuerySet:
    """Les dossiers déposés au moins une fois dans le périmètre de ce compte ; aucun s'il n'est pas agent."""
    return Dossier.objects.recus_dans(perimetre(compte))


def est_agent(compte: Any) -> bool:
    """Ce compte lit-il des dossiers au titre d'une fonction ?"""
    return a_un_role(compte, *Role.LECTEURS)


def regions_de(compte: Any) -> list[str]:
    """Les clés des régions où ce compte exerce ; d'après ses fonctions déjà lues."""
    return sorted({fonction.region.cle for fonction in fonctions_actives(compte) if fonction.region})


def pour_la_liste(dossiers: DossierQuerySet) -> DossierQuerySet:
    """Charge en une requête ce que la table affiche."""
    return dossiers.select_related(
        "equipe__implantation__epci", "equipe__implantation__departement", "instruit_par"
    ).order_by("-depose_le", "pk")


@dataclass(frozen=True, slots=True)
class Corbeille:
    """Un paquet de dossiers à regarder, avec son nombre."""

    cle: str
    libelle: str
    nombre: int


CORBEILLES: dict[str, tuple[str, Callable[[Compte], Q]]] = {
    "a_prendre": ("À prendre en instruction", lambda compte: Q(etat=Etat.DEPOSE)),
    "a_moi": ("J’instruis", lambda compte: Q(instruit_par=compte) & ~Q(etat__in=Etat.CLOS)),
    "attente_equipe": (
        "À compléter par l’équipe",
        lambda compte: Q(etat__in=(Etat.A_COMPLETER, Etat.A_SIGNER)),
    ),
}


def filtre_corbeille(cle: str, compte: Compte) -> Q:
    """La condition d'une corbeille ; toutes les lignes si la clé est inconnue."""
    return CORBEILLES[cle][1](compte) if cle in CORBEILLES else Q()


def corbeilles(compte: Compte) -> list[Corbeille]:
    """Les corbeilles et leur nombre, puis tous les dossiers (clé vide), en une requête."""
    nombres = dossiers_de(compte).aggregate(
        tous=Count("pk"), **{cle: Count("pk", filter=filtre_corbeille(cle, compte)) for cle in CORBEILLES}
    )
    miennes = [Corbeille(cle, libelle, nombres[cle]) for cle, (libelle, _) in CORBEILLES.items()]
    return [*miennes, Corbeille("", "Tous les dossiers reçus", nombres["tous"])]


def territoires_de(compte: Compte) -> list[tuple[str, str]]:
    """Les départements et intercommunalités où ce compte a des dossiers : `(clé, nom)`."""
    lignes = (
        dossiers_de(compte)
        .values_list(
            "equipe__implantation__departement_id",
            "equipe__implantation__departement__nom",
            "equipe__implantation__epci_id",
            "equipe__implantation__epci__nom",
        )
        .order_by()
        .distinct()
    )
    departements, epcis = {}, {}
    for departement, nom_departement, epci, nom_epci in lignes:
        departements[f"d-{departement}"] = f"{nom_departement} ({departement})"
        if epci:
            epcis[f"e-{epci}"] = nom_epci
    return sorted(departements.items(), key=lambda t: t[1]) + sorted(epcis.items(), key=lambda t: t[1])
