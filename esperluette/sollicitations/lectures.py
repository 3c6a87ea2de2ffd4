"""Lire les demandes de chiffres : celles d'un dossier, celles qu'un agent peut voir, où une réponse s'insère."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from esperluette.commun.permissions import Permission
from esperluette.comptes.lectures import perimetre
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.equipes.droits import des_siennes
from esperluette.referentiel.modele import Rubrique
from esperluette.sollicitations.droits import assez_attendu, peut_inserer, peut_relancer, peut_retirer
from esperluette.sollicitations.enums import EtatSollicitation, Issue
from esperluette.sollicitations.models import Sollicitation

CHIFFRES: str = "chiffres"  # le type des champs où un chiffre s'insère


@dataclass(frozen=True, slots=True)
class LigneDeDemande:
    """Une demande, et ce que cette personne peut en faire."""

    sollicitation: Sollicitation
    retirer: Permission
    relancer: Permission
    attendre: Permission
    inserer: Permission

    @property
    def a_mettre(self) -> bool:
        """Le chiffre est reçu, une rubrique l'attend, il n'y est pas ou plus."""
        return self.sollicitation.etat in {EtatSollicitation.A_INSERER, EtatSollicitation.OTE}


def rubriques_de(dossier: Dossier) -> list[Rubrique]:
    """Les rubriques d'où l'on peut demander un chiffre : celles où l'équipe écrit."""
    return [rubrique for rubrique in trame_de(dossier).rubriques if rubrique.champs]


def champ_de_chiffres(rubrique: Rubrique) -> str:
    """Où un chiffre s'insère dans cette rubrique ; vide si elle n'a pas de tel champ."""
    return next((champ.id for champ in rubrique.champs if champ.type == CHIFFRES), "")


def demandes_de(dossier: Dossier) -> list[Sollicitation]:
    """Les demandes de ce dossier, la plus récente d'abord ; lues une fois par page, en deux requêtes au plus."""
    if not hasattr(dossier, "_sollicitations"):
        siennes = Sollicitation.objects.filter(dossier=dossier)
        lues = list(siennes.select_related("demandee_par", "repondue_par", "retiree_par"))
        for lue in lues:
            lue.dossier = dossier
        dossier._sollicitations = avec_le_projet(lues)  # type: ignore[attr-defined]
    return dossier._sollicitations  # type: ignore[attr-defined, no-any-return]


def avec_le_projet(lues: list[Sollicitation]) -> list[Sollicitation]:
    """Les mêmes, sachant ce que leur champ porte en ce moment ; une requête si l'une a reçu son chiffre."""
    recues = [s for s in lues if s.issue == Issue.FOURNI and s.champ]
    if recues:
        reponses = Reponse.objects.filter(
            dossier__in={s.dossier_id for s in recues}, champ__in={s.champ for s in recues}
        )
        portes = {
            (d, champ): fournis for d, champ, fournis in reponses.values_list("dossier", "champ", "valeur__fournis")
        }
        for recue in recues:
            recue.fournis_lus = portes.get((recue.dossier_id, recue.champ)) or []
    return lues


def lignes_de(dossier: Dossier, compte: Any) -> list[LigneDeDemande]:
    """Les demandes de ce dossier et les gestes de cette personne, sans requête par demande."""
    return [
        LigneDeDemande(s, peut_retirer(compte, s), peut_relancer(compte, s), assez_attendu(s), peut_inserer(compte, s))
        for s in demandes_de(dossier)
    ]


def en_attente_ici(dossier: Dossier, champ: str) -> list[Sollicitation]:
    """Celles que l'ARS n'a pas encore traitées, pour ce champ de chiffres."""
    return [s for s in demandes_de(dossier) if s.champ == champ and s.est_en_attente]


def pour_l_agent(compte: Any) -> QuerySet[Sollicitation]:
    """Les demandes des équipes du périmètre de cet agent, brouillons compris ; jamais celles d'une équipe à lui."""
    return (
        Sollicitation.objects.filter(perimetre(compte).filtre("dossier__equipe__implantation"))
        .exclude(des_siennes(compte, "dossier__equipe"))
        .select_related(
            "dossier__equipe__implantation__departement", "dossier__equipe__implantation__epci", "repondue_par"
        )
    )


def a_traiter_par(compte: Any) -> QuerySet[Sollicitation]:
    """Celles qui attendent une réponse dans son périmètre, la plus ancienne d'abord."""
    return pour_l_agent(compte).en_attente().order_by("demandee_le", "pk")  # type: ignore[attr-defined, no-any-return]


def traitees_par(compte: Any) -> QuerySet[Sollicitation]:
    """Celles auxquelles l'ARS a répondu dans son périmètre, la plus récente d'abord."""
    return pour_l_agent(compte).exclude(issue="").order_by(F("repondue_le").desc(), "-pk")
