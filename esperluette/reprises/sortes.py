"""Le courriel d'une reprise."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "reprises",
        "L’ARS reprend votre équipe dans le service",
        Public.EQUIPE,
        ("reprises/equipe_reprise",),
        indispensable="Il est le seul à vous dire que votre équipe vous y attend.",
    ),
)
