"""Les courriels des compléments et des délais."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "complements",
        "L’ARS vous demande des compléments, et la date limite approche",
        Public.EQUIPE,
        ("complements/demande", "complements/relance"),
        indispensable="Une réponse est attendue de vous, avant une date.",
    ),
    Sorte(
        "complements_changes",
        "L’ARS annule sa demande de compléments, ou vous donne plus de temps",
        Public.EQUIPE,
        ("complements/annulation", "complements/prolongation"),
    ),
    Sorte(
        "delais",
        "Le silence de l’ARS va valoir décision",
        Public.AGENT,
        ("complements/silence",),
        indispensable="Passé ce jour, une décision naît sans que personne ne l’ait prise.",
    ),
    Sorte("complements_en_retard", "Des compléments ne sont pas arrivés", Public.AGENT, ("complements/retard",)),
)
