"""Le brouillon que l'équipe ouvre à son référent : en lecture, réversible, dit aux deux."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.commun.permissions import Permission, non
from esperluette.comptes.lectures import referents_de
from esperluette.comptes.models import Compte
from esperluette.dossiers.droits import peut_piloter
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction.models_fiche import OuvertureDeBrouillon, OuvertureDeBrouillonQuerySet
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer


def peut_ouvrir(compte: Any, dossier: Dossier) -> Permission:
    """Montrer le brouillon à l'ARS : le porteur, tant que le dossier s'écrit et n'a jamais été déposé."""
    if dossier.depose_le is None and dossier.etat == Etat.A_SIGNER:
        return non("Ce dossier n’est plus un brouillon : sa version est figée, elle attend vos signatures.")
    return peut_refermer(compte, dossier)


def peut_refermer(compte: Any, dossier: Dossier) -> Permission:
    """Refermer un brouillon montré : le porteur, avant le premier dépôt, même si la version se signe."""
    if dossier.depose_le is not None or dossier.etat not in (Etat.BROUILLON, Etat.A_SIGNER):
        return non("Ce dossier n’est plus un brouillon : l’ARS lit ce que vous déposez.")
    return peut_piloter(compte, dossier)


def ouverture_de(dossier: Dossier) -> OuvertureDeBrouillon | None:
    """L'ouverture en cours de ce dossier, s'il y en a une."""
    return OuvertureDeBrouillon.objects.en_cours().filter(dossier=dossier).first()


def referent_en_mots(dossier: Dossier) -> str:
    """À qui le brouillon s'ouvre : les agents en fonction pour ce territoire, sinon ce que l'ARS publie."""
    implantation = dossier.equipe.implantation
    agents = referents_de(implantation)
    return " et ".join(str(a) for a in agents) if agents else contacts_de(implantation).contacts[0].organisme


def brouillons_ouverts(compte: Any) -> OuvertureDeBrouillonQuerySet:
    """Les brouillons que des équipes de son territoire montrent à cet agent, le plus récent d'abord."""
    return (
        OuvertureDeBrouillon.objects.visibles_par(compte)
        .select_related("dossier__equipe__implantation__departement", "dossier__equipe__implantation__epci")
        .order_by("-ouvert_le", "-pk")
    )


def fils_ouverts(compte: Any) -> Q:
    """Les dossiers dont le brouillon ouvert permet à cet agent d'écrire à l'équipe (voir `echanges.registres`)."""
    return Q(pk__in=OuvertureDeBrouillon.objects.visibles_par(compte).values("dossier"))


@transaction.atomic
def ouvrir(dossier: Dossier, *, acteur: Compte) -> OuvertureDeBrouillon:
    """Ouvre le brouillon aux référents du territoire, qui en sont prévenus. Rejoué, sans effet. Lève `Refus`."""
    dossier = _verrouiller(dossier)
    _exiger(peut_ouvrir(acteur, dossier))
    ouverte = ouverture_de(dossier)
    if ouverte is not None:
        return ouverte
    ouverte = OuvertureDeBrouillon.objects.create(dossier=dossier, ouvert_par=acteur)
    consigner("brouillon_ouvert", dossier, acteur=acteur, ouverture=ouverte.pk)
    lien = settings.ADRESSE_PUBLIQUE + reverse("instruction:brouillon", args=[dossier.reference])
    for referent in referents_de(dossier.equipe.implantation):
        envoyer(
            "instruction/brouillon_ouvert", a=referent, objet_lie=dossier,
            contexte={"dossier": dossier, "equipe": dossier.equipe, "lien": lien},
        )  # fmt: skip
    return ouverte


@transaction.atomic
def refermer(dossier: Dossier, *, acteur: Compte) -> None:
    """Referme le brouillon : l'ARS ne le lit plus. Rejoué, sans effet. Lève `Refus`."""
    dossier = _verrouiller(dossier)
    _exiger(peut_refermer(acteur, dossier))
    ouverte = ouverture_de(dossier)
    if ouverte is None:
        return
    ouverte.ferme_le = timezone.now()
    ouverte.save(update_fields=["ferme_le"])
    consigner("brouillon_referme", dossier, acteur=acteur, ouverture=ouverte.pk)


def _verrouiller(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation").get(pk=dossier.pk)


def _exiger(permission: Permission) -> None:
    if not permission:
        raise Refus(permission.motif)
