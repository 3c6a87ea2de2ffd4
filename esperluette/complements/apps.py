"""Déclaration de l'app `complements` : les remarques de l'ARS et les réponses de l'équipe."""

from django.apps import AppConfig

LIBELLES = {
    "complements_prolonges": "a prolongé la date limite des compléments",
    "remarque_levee": "a levé une remarque",
}


class ComplementsConfig(AppConfig):
    name = "esperluette.complements"
    label = "complements"

    def ready(self) -> None:
        """Ce qui reste ouvert pendant un complément, ce qui le clôt, ce qu'on en dit, et les rappels."""
        from esperluette.complements import archive, contributions, gardes, lectures, taches  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.complements.exports import mes_reponses  # noqa: PLC0415
        from esperluette.complements.sortes import SORTES  # noqa: PLC0415
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.dossiers import contributions as dossier  # noqa: PLC0415
        from esperluette.dossiers import cycle  # noqa: PLC0415
        from esperluette.dossiers.registre import GARDES_ECRITURE, PRECHARGES  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        GARDES_ECRITURE.inscrire(lectures.ouverture)
        PRECHARGES.inscrire(lectures.precharger)
        cycle.inscrire_garde("figer", gardes.remarques_traitees)
        cycle.inscrire_garde("deposer", gardes.remarques_traitees)
        cycle.inscrire_effet("figer", gardes.garder_la_date)
        cycle.inscrire_effet("rouvrir", gardes.garder_la_date)
        cycle.inscrire_effet("deposer", gardes.noter_la_reponse)
        cycle.inscrire_effet("retirer", gardes.clore)
        cycle.inscrire_effet("classer_sans_suite", gardes.clore)
        cycle.inscrire_effet("accepter", gardes.clore)
        cycle.inscrire_effet("refuser", gardes.clore)
        entretien.inscrire(taches.tenir_les_delais)
        dossier.BLOCS.inscrire(contributions.blocs)
        dossier.ARCHIVES.inscrire(archive.pieces)
        dossier.ONGLETS.inscrire(contributions.onglets)
        exports.inscrire("complements", mes_reponses)
