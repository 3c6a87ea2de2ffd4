"""Déclaration de l'app `interlocuteurs`."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "fiche_chargee": "a chargé la fiche depuis l’édition",
    "fiche_creee": "a créé la fiche",
    "fiche_modifiee": "a modifié la fiche",
    "fiche_desactivee": "a désactivé la fiche",
    "fiche_reactivee": "a réactivé la fiche",
    "fiche_revenue": "a rendu à la fiche des valeurs précédentes",
    "demande_creee": "a écrit la demande",
    "demande_confirmee": "a confirmé et envoyé la demande",
    "rencontre_fixee": "a fixé la rencontre",
    "rencontre_tenue": "a rendu compte de la rencontre",
    "demande_repondue": "a répondu",
    "demande_annulee": "a mis fin à la demande",
    "demande_relancee": "a relancé la demande",
}


def _pour_un_agent(request: HttpRequest) -> bool:
    from esperluette.comptes.enums import Role  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
    from esperluette.comptes.lectures import a_un_role  # noqa: PLC0415

    return a_un_role(getattr(request, "user", None), *Role.LECTEURS)


class InterlocuteursConfig(AppConfig):
    name = "esperluette.interlocuteurs"
    label = "interlocuteurs"

    def ready(self) -> None:
        """Inscrit les sortes de fiches, les libellés du journal, la corbeille des agents, l'entretien des demandes."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.comptes import exports  # noqa: PLC0415
        from esperluette.interlocuteurs import fiches, valeurs  # noqa: PLC0415
        from esperluette.interlocuteurs.actions import rencontres  # noqa: PLC0415
        from esperluette.interlocuteurs.exports import mes_rencontres  # noqa: PLC0415
        from esperluette.interlocuteurs.sortes import SORTES  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        for sorte in (valeurs.CONTACTS, valeurs.STRUCTURES, valeurs.MESSAGES):
            fiches.inscrire(sorte)
        exports.inscrire("rencontres", mes_rencontres)
        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        entretien.inscrire(rencontres.entretenir)
        navigation.inscrire(
            navigation.Entree("Prises de contact", "interlocuteurs:recues", 22, _pour_un_agent, groupe="Échanges")
        )
