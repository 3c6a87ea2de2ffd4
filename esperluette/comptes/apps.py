"""Déclaration de l'app `comptes`."""

from django.apps import AppConfig

LIBELLES = {
    "compte_cree": "a créé le compte",
    "fonction_ouverte": "a ouvert la fonction : {role_libelle}",
    "fonction_fermee": "a mis fin à la fonction : {role_libelle}",
    "adresse_changee": "a changé l’adresse de connexion",
}


class ComptesConfig(AppConfig):
    name = "esperluette.comptes"
    label = "comptes"
    verbose_name = "comptes"

    def ready(self) -> None:
        from esperluette.comptes.sortes import SORTES, est_agent, est_en_commission  # noqa: PLC0415 — les modèles sont prêts
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import sortes  # noqa: PLC0415
        from esperluette.notifications.enums import Public  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        sortes.inscrire_public(Public.AGENT, est_agent)
        sortes.inscrire_public(Public.COMMISSION, est_en_commission)
