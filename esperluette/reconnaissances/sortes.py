"""Les courriels de la reconnaissance."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "reconnaissances",
        "Une équipe est reconnue, suspendue, rétablie ou perd sa reconnaissance",
        Public.EQUIPE,
        ("reconnaissances/decision",),
        indispensable="C’est une décision de l’ARS.",
    ),
    Sorte(
        "composition",
        "La composition d’une équipe reconnue ne répond plus aux règles, ou y répond de nouveau",
        Public.EQUIPE,
        ("reconnaissances/alerte",),
        indispensable="Un délai court pour y remédier.",
    ),
)
