"""Les sortes de courriels des reconnaissances : ce qui peut se régler, et ce qui part toujours."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "reconnaissance",
        "L’ARS décide de la reconnaissance de mon équipe",
        Public.EQUIPE,
        ("reconnaissances/decision",),
        indispensable="Une décision de l’ARS, ou un délai pour lui répondre, ne se manque pas.",
    ),
    Sorte(
        "composition",
        "La composition de mon équipe reconnue est à rétablir",
        Public.EQUIPE,
        ("reconnaissances/alerte",),
    ),
    Sorte(
        "equipes_suivies",
        "Une équipe reconnue demande mon attention",
        Public.AGENT,
        ("reconnaissances/alerte_agent",),
    ),
)
