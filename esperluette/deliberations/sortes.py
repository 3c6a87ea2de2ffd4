"""Les courriels des délibérations."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "avis_de_la_commission", "La commission a examiné votre dossier", Public.EQUIPE, ("deliberations/avis_connu",)
    ),
    Sorte("reserves_suivies", "Une réserve a changé d’état", Public.EQUIPE, ("deliberations/reserve_suivie",)),
    Sorte(
        "reserves_a_lever",
        "Une réserve de la commission est à lever bientôt",
        Public.EQUIPE,
        ("deliberations/reserve_a_lever",),
        indispensable="Passé la date, la condition posée par la commission n’est pas remplie.",
    ),
    Sorte("preuves", "Une équipe répond à une réserve", Public.AGENT, ("deliberations/preuve_deposee",)),
    Sorte(
        "lectures_attendues", "Des dossiers attendent votre avis écrit", Public.COMMISSION,
        ("deliberations/lecture_attendue",),
    ),
    Sorte(
        "proces_verbaux",
        "Un procès-verbal est à valider",
        Public.COMMISSION,
        ("deliberations/pv_a_valider",),
        indispensable="Sans votre validation, le procès-verbal reste un projet.",
    ),
)  # fmt: skip
