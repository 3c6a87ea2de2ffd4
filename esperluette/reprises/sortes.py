"""La sorte de courriel des reprises."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "reprise",
        "L’ARS a repris mon équipe",
        Public.EQUIPE,
        ("reprises/equipe_reprise",),
        indispensable="C’est par là qu’on entre dans son équipe.",
    ),
)
