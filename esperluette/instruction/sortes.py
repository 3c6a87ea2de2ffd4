"""Les courriels de l'instruction."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "reunions_sur_site",
        "Une réunion sur site est prévue, change, s’annule ou s’est tenue",
        Public.EQUIPE,
        ("instruction/reunion_prevue", "instruction/reunion_annulee", "instruction/reunion_tenue"),
    ),
    Sorte(
        "brouillons_ouverts", "Une équipe vous montre son brouillon", Public.AGENT, ("instruction/brouillon_ouvert",)
    ),
)
