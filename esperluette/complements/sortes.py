"""Les courriels des compléments et des délais."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "complements",
        "L’ARS demande des compléments, change la date limite ou annule sa demande",
        Public.EQUIPE,
        ("complements/demande", "complements/prolongation", "complements/annulation"),
        indispensable="L’ARS attend votre réponse avant une date limite.",
    ),
    Sorte("relances_complements", "La date limite des compléments approche", Public.EQUIPE, ("complements/relance",)),
    Sorte("complements_en_retard", "Une équipe n’a pas répondu à temps", Public.AGENT, ("complements/retard",)),
    Sorte(
        "silence",
        "Le silence de l’ARS va valoir décision",
        Public.AGENT,
        ("complements/silence",),
        indispensable="Passé cette date, le silence vaut décision à votre place.",
    ),
)
