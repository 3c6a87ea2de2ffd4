"""Les courriels entre agents : qui a quel dossier, qui remplace qui."""

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
        "Vous devenez le relais d’un collègue absent, ou cessez de l’être",
        Public.AGENT,
        ("instruction/relais_designe", "instruction/relais_leve"),
    ),
)
