"""Déclaration de l'app `diagnostics` : le territoire d'une équipe : patientèle, chiffres, constats retenus."""

from django.apps import AppConfig

LIBELLES = {
    "patientele_enregistree": "a déposé une patientèle, en effectifs",
    "patientele_retiree": "a retiré une patientèle",
    "patientele_commune_declaree": "a déclaré une patientèle commune",
    "patientele_commune_retiree": "a retiré une patientèle commune",
    "constat_garde": "a gardé un constat du diagnostic",
    "constat_modifie": "a récrit un constat du diagnostic",
    "constat_ecarte": "a écarté un constat du diagnostic",
    "constat_a_retrier": "a remis un constat du diagnostic à trier",
}


class DiagnosticsConfig(AppConfig):
    name = "esperluette.diagnostics"
    label = "diagnostics"

    def ready(self) -> None:
        """La page du territoire, ses onglets, les libellés du journal, la part de « mes données »."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.diagnostics.exports import mes_constats, mes_patienteles  # noqa: PLC0415
        from esperluette.diagnostics.onglets import onglets  # noqa: PLC0415
        from esperluette.diagnostics.patienteles.actions import effacer_celles_des_partis  # noqa: PLC0415
        from esperluette.diagnostics.patienteles.onglet import onglet_de_la_patientele  # noqa: PLC0415
        from esperluette.diagnostics.views.territoire import territoire  # noqa: PLC0415
        from esperluette.equipes import tableau  # noqa: PLC0415
        from esperluette.equipes.registres import PAGE_DU_TERRITOIRE, SUITES_COMPOSITION  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        exports.inscrire("patienteles", mes_patienteles)
        exports.inscrire("constats_du_diagnostic", mes_constats)
        tableau.inscrire_onglets(onglets)
        tableau.inscrire_onglets(onglet_de_la_patientele)
        PAGE_DU_TERRITOIRE.inscrire(territoire)
        SUITES_COMPOSITION.inscrire(effacer_celles_des_partis)
