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
        from esperluette.journal import libelles  # noqa: PLC0415 — les modèles sont prêts ici

        libelles.inscrire(LIBELLES)
