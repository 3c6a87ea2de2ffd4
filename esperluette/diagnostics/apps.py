"""Déclaration de l'app `diagnostics` : le territoire d'une équipe : patientèle, chiffres, constats retenus."""

from django.apps import AppConfig

LIBELLES = {
    "constat_garde": "a gardé un constat du diagnostic",
    "constat_modifie": "a récrit un constat du diagnostic",
    "constat_ecarte": "a écarté un constat du diagnostic",
    "constat_a_retrier": "a remis un constat du diagnostic à trier",
}


class DiagnosticsConfig(AppConfig):
    name = "esperluette.diagnostics"
    label = "diagnostics"

    def ready(self) -> None:
        """La page du territoire, son onglet, les libellés du journal, la part de « mes données »."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.diagnostics.exports import mes_constats  # noqa: PLC0415
        from esperluette.diagnostics.onglets import onglets  # noqa: PLC0415
        from esperluette.diagnostics.views.territoire import territoire  # noqa: PLC0415
        from esperluette.equipes import tableau  # noqa: PLC0415
        from esperluette.equipes.registres import PAGE_DU_TERRITOIRE  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        exports.inscrire("constats_du_diagnostic", mes_constats)
        tableau.inscrire_onglets(onglets)
        PAGE_DU_TERRITOIRE.inscrire(territoire)
