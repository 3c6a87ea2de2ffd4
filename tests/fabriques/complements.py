"""Des demandes de compléments d'essai, par les vraies actions."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from esperluette.complements.actions.demandes import RemarqueSaisie, demander
from esperluette.complements.actions.reponses import repondre
from esperluette.complements.models import DemandeDeComplements
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import deposer, figer, signer
from esperluette.dossiers.models import Depot, Dossier
from esperluette.instruction.actions import prendre_en_instruction

CHAMPS = ("territoire_description", "territoire_echange_ars", "territoire_qualification")


def dans(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)


def demande(
    dossier: Dossier, agent: Compte, *, champs: Any = CHAMPS[:1], generale: tuple[str, ...] | None = None,
    avant_le: date | None = None,
) -> DemandeDeComplements:  # fmt: skip
    """Prend le dossier en instruction et demande des compléments sur ces champs ; `generale` : ce qu'elle rouvre."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    if dossier.etat == "depose":
        dossier = prendre_en_instruction(dossier, acteur=agent)
    remarques = [RemarqueSaisie(champ, f"Précisez « {champ} ».") for champ in champs]
    if generale is not None:
        remarques.append(RemarqueSaisie("", "Reprenez l’ensemble.", generale))
    return demander(
        dossier, acteur=agent, avant_le=avant_le or dans(30), remarques=remarques, message="Merci de compléter."
    )


def repondre_a_tout(demande: DemandeDeComplements, membre: Compte) -> None:
    """Une réponse à chaque remarque."""
    for remarque in demande.remarques.all():
        repondre(remarque, "C’est précisé.", acteur=membre, version_lue=remarque.reponse_version)


def redeposer(dossier: Dossier) -> Depot:
    """Fige, fait signer tous ceux qu'il faut, et dépose."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    porteur = dossier.equipe.porteur.compte
    depot = figer(dossier, acteur=porteur)
    for signataire in depot.contenu["signataires"]:
        membre = dossier.equipe.membres.get(pk=signataire["membre"])
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    return deposer(dossier, acteur=porteur)
