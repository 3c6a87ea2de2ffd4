"""Les courriels entre agents."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "dossiers_confies",
        "Un dossier vous est confié, ou passe à un collègue",
        Public.AGENT,
        ("instruction/dossier_confie", "instruction/dossier_passe"),
    ),
    Sorte(
        "relais",
        "Vous relayez un collègue, ou ne le relayez plus",
        Public.AGENT,
        ("instruction/relais_designe", "instruction/relais_leve"),
        indispensable="Sans cela, ses dossiers n’attendraient personne.",
    ),
)
