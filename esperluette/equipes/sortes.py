"""Les courriels de l'équipe, et qui les reçoit."""

from typing import Any

from esperluette.equipes.models import AccesAccompagnateur, Membre
from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "invitations",
        "On vous invite dans une équipe, ou l’invitation est annulée",
        Public.EQUIPE,
        (
            "equipes/invitation",
            "equipes/invitation_renvoyee",
            "equipes/invitation_revoquee",
            "equipes/accompagnateur_invite",
            "equipes/accompagnateur_revoque",
        ),
        indispensable="Ce lien est le seul moyen d’y répondre.",
    ),
    Sorte(
        "portage",
        "Le rôle de porteur vous est transmis, ou vous êtes retiré d’une équipe",
        Public.EQUIPE,
        ("equipes/portage_transmis", "equipes/retrait"),
        indispensable="Cela change ce que vous pouvez faire.",
    ),
    Sorte(
        "delegations",
        "Le dépôt vous est confié, ou vous est repris",
        Public.EQUIPE,
        ("equipes/delegation_donnee", "equipes/delegation_finie"),
        indispensable="Cela change ce que vous pouvez faire.",
    ),
    Sorte(
        "membres",
        "Un membre confirme son appartenance ou quitte l’équipe",
        Public.EQUIPE,
        ("equipes/appartenance_confirmee", "equipes/depart"),
    ),
)


def est_en_equipe(compte: Any) -> bool:
    """Membre présent d'une équipe, ou invité par l'une d'elles."""
    membre = Membre.objects.presents().filter(compte=compte)
    acces = AccesAccompagnateur.objects.en_cours().de(compte)
    return membre.exists() or acces.exists()
