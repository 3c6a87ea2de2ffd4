"""Les courriels des demandes de rencontre."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "ma_demande",
        "Votre demande de rencontre avance",
        Public.COMPTE,
        (
            "interlocuteurs/a_confirmer",
            "interlocuteurs/partie",
            "interlocuteurs/fixee",
            "interlocuteurs/repondue",
            "interlocuteurs/tenue",
            "interlocuteurs/annulee",
        ),
        indispensable="Il porte le lien qui suit votre demande, avec ou sans compte.",
    ),
    Sorte(
        "prises_de_contact",
        "Quelqu’un demande une rencontre",
        Public.AGENT,
        ("interlocuteurs/recue", "interlocuteurs/copie", "interlocuteurs/annulee_agent"),
    ),
    Sorte(
        "rencontres_en_attente",
        "Une demande de rencontre reste sans réponse",
        Public.AGENT,
        ("interlocuteurs/relance",),
    ),
)
