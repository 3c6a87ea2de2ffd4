"""Les courriels des sollicitations."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte("chiffres_repondus", "L’ARS répond à une demande de chiffre", Public.EQUIPE, ("sollicitations/reponse",)),
    Sorte(
        "chiffres_demandes",
        "Une équipe vous demande un chiffre, ou vous relance",
        Public.AGENT,
        ("sollicitations/demande", "sollicitations/relance"),
    ),
)
