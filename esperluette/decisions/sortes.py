"""Les courriels de la décision."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "courriers_de_decision",
        "Une décision vous attend, ou votre dossier est réexaminé",
        Public.EQUIPE,
        ("decisions/decision_notifiee", "decisions/decision_retiree", "decisions/dossier_reexamine"),
        indispensable="Elle ouvre des droits, et des délais de recours.",
    ),
    Sorte(
        "reponses_promises",
        "Une réponse promise à une équipe arrive à échéance",
        Public.AGENT,
        ("decisions/reponse_proche",),
        indispensable="La date a été annoncée à l’équipe.",
    ),
)
