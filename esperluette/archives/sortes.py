"""Les courriels des durées de conservation."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "conservation",
        "Ce qui est à vous va être effacé",
        Public.COMPTE,
        ("archives/effacement_prevu",),
        indispensable="Vous devez pouvoir l’emporter, ou le garder, avant qu’il ne soit trop tard.",
    ),
)
