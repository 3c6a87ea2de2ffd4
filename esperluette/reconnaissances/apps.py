"""Déclaration de l'app `reconnaissances` : la vie d'une équipe reconnue."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "equipe_reconnue": "a enregistré la reconnaissance de l’équipe ({forme})",
    "coordonnees_publiees": "a publié les coordonnées de l’équipe à l’annuaire",
    "coordonnees_retirees": "a retiré de l’annuaire les coordonnées de l’équipe",
    "reconnaissance_corrigee": "a corrigé la reconnaissance de l’équipe ({forme})",
    "reconnaissance_suspendue": "a suspendu la reconnaissance de l’équipe",
    "suspension_levee": "a levé la suspension de la reconnaissance",
    "retrait_envisage": "a notifié à l’équipe l’intention de retirer sa reconnaissance",
    "retrait_observations": "a présenté les observations de l’équipe sur le retrait envisagé",
    "retrait_decide": "a décidé du retrait envisagé",
    "reconnaissance_retiree": "a retiré la reconnaissance de l’équipe ({forme})",
    "composition_tombee": "a relevé que la composition est passée sous le minimum : une alerte est ouverte",
    "composition_retablie": "a relevé que la composition atteint de nouveau le minimum : l’alerte est close",
    "delai_de_composition": "a fixé un délai pour rétablir la composition de l’équipe",
    "avenant_ouvert": "a ouvert un avenant au projet {reference}",
    "reference_changee": "a accepté un avenant : il devient la version de référence du projet",
}


def _suit_des_equipes(request: HttpRequest) -> bool:
    from esperluette.reconnaissances.droits import suit_des_equipes  # noqa: PLC0415 — les modèles ne sont pas prêts

    return suit_des_equipes(request.user)


class ReconnaissancesConfig(AppConfig):
    name = "esperluette.reconnaissances"
    label = "reconnaissances"

    def ready(self) -> None:
        """Ce que les reconnaissances ajoutent aux pages des autres, et ce qu'elles surveillent."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.decisions import registres as decisions  # noqa: PLC0415
        from esperluette.documents.registres import ORIGINES  # noqa: PLC0415
        from esperluette.dossiers import contributions as dossiers  # noqa: PLC0415
        from esperluette.equipes import tableau as tableau_equipe  # noqa: PLC0415
        from esperluette.equipes.registres import CONSTATS, SUITES_COMPOSITION  # noqa: PLC0415
        from esperluette.instruction import contributions as instruction  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415
        from esperluette.reconnaissances import archive, effets, faits, origines, tableau, taches  # noqa: PLC0415
        from esperluette.reconnaissances.actions import composition  # noqa: PLC0415
        from esperluette.reconnaissances.exports import mes_observations  # noqa: PLC0415
        from esperluette.reconnaissances.sortes import SORTES  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        tableau_equipe.inscrire_onglets(tableau.onglets)
        tableau_equipe.inscrire(tableau.etapes)
        dossiers.ONGLETS.inscrire(tableau.onglets_de_dossier)
        dossiers.BLOCS.inscrire(tableau.blocs)
        dossiers.ARCHIVES.inscrire(archive.pieces)
        instruction.ONGLETS.inscrire(tableau.onglets_d_agent)
        instruction.SIGNALEMENTS.inscrire(tableau.signalements)
        CONSTATS.inscrire(faits.constats)
        SUITES_COMPOSITION.inscrire(composition.apres_un_changement)
        decisions.EFFETS.inscrire(effets.reconnaitre)
        decisions.RETRAITS.inscrire(effets.retirer)
        decisions.SUITES.inscrire(tableau.page_de_la_suite)
        entretien.inscrire(taches.reprendre_les_attestations)
        entretien.inscrire(composition.surveiller)
        navigation.inscrire(
            navigation.Entree("Équipes reconnues", "reconnaissances:liste", 29, _suit_des_equipes, groupe="Équipes")
        )
        exports.inscrire("reconnaissances", mes_observations)
        ORIGINES.inscrire("reconnaissances.reconnaissance", origines.attestation)
