"""Déclaration de l'app `diagnostics` : le territoire d'une équipe : patientèle, chiffres, constats retenus."""

from django.apps import AppConfig

LIBELLES = {
    "patientele_enregistree": "a déposé une patientèle, en effectifs",
    "patientele_retiree": "a retiré une patientèle",
    "patientele_commune_declaree": "a déclaré une patientèle commune",
    "patientele_commune_retiree": "a retiré une patientèle commune",
}


class DiagnosticsConfig(AppConfig):
    name = "esperluette.diagnostics"
    label = "diagnostics"

    def ready(self) -> None:
        """Inscrit les libellés du journal et la part de « mes données »."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.diagnostics.exports import mes_patienteles  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415

        exports.inscrire("patienteles", mes_patienteles)
        libelles.inscrire(LIBELLES)
