"""Les courriels des délibérations : lectures, procès-verbal, avis, réserves."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "lectures",
        "Des dossiers attendent votre avis écrit",
        Public.COMMISSION,
        ("deliberations/lecture_attendue",),
    ),
    Sorte(
        "proces_verbaux",
        "Un procès-verbal attend votre validation",
        Public.COMMISSION,
        ("deliberations/pv_a_valider",),
        indispensable="Sans vous, la séance reste sans acte.",
    ),
    Sorte(
        "avis",
        "La commission a examiné votre dossier",
        Public.EQUIPE,
        ("deliberations/avis_connu",),
        indispensable="L’avis, ou l’ajournement, vous concerne directement.",
    ),
    Sorte(
        "reserves",
        "Une réserve est à lever avant une date",
        Public.EQUIPE,
        ("deliberations/reserve_a_lever",),
        indispensable="Une réponse est attendue de vous, avant une date.",
    ),
    Sorte("reserves_suivies", "Une réserve change d’état", Public.EQUIPE, ("deliberations/reserve_suivie",)),
    Sorte("preuves", "Une équipe répond à une réserve", Public.AGENT, ("deliberations/preuve_deposee",)),
)
