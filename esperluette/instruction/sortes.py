"""Les courriels de l'instruction : qui a quel dossier, qui remplace qui, ce qui se prépare avec l'équipe."""

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
