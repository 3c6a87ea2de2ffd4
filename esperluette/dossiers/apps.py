"""Déclaration de l'app `dossiers` : ce qu'elle apporte aux couches du dessous."""

from django.apps import AppConfig

LIBELLES = {
    "dossier_cree": "a ouvert le dossier",
    "reponses_reprises": "a repris les réponses d’un autre dossier",
    "figer": "a figé la rédaction",
    "version_figee": "a produit une version du dossier",
    "rouvrir": "a rouvert la rédaction",
    "version_annulee": "a annulé la version et ses signatures",
    "signature": "a signé",
    "signatures_relancees": "a rappelé leur signature à ceux qui manquent",
    "deposer": "a déposé le dossier",
    "depot": "a transmis la version à l’ARS",
    "prendre_en_instruction": "a pris le dossier en instruction",
    "rendre": "a rendu le dossier",
    "demander_complements": "a demandé des compléments",
    "annuler_complements": "a annulé la demande de compléments",
    "inscrire": "a inscrit le dossier à une séance",
    "desinscrire": "a retiré le dossier d’une séance",
    "ajourner": "a ajourné le dossier",
    "rendre_avis": "a rendu l’avis de la commission",
    "accepter": "a accepté le dossier",
    "refuser": "a refusé le dossier",
    "differer": "a ajourné sa décision",
    "retirer_l_accord": "a retiré sa décision",
    "reexaminer": "a rouvert l’instruction",
    "classer_sans_suite": "a classé le dossier sans suite",
    "retirer": "a retiré le dossier",
    "piece_jointe": "a joint une pièce",
    "piece_retiree": "a retiré une pièce",
    "chiffre_fourni": "a versé un chiffre dans le projet",
    "chiffre_ote": "a ôté du projet un chiffre donné par l’ARS",
    "piece_remplacee": "a remplacé une pièce",
    "piece_datee": "a changé la date de validité d’une pièce",
    "piece_avertie": "a signalé une pièce à vérifier",
    "piece_verifiee": "a vérifié une pièce signalée et la garde",
    "piece_en_quarantaine": "a mis une pièce en quarantaine",
}


class DossiersConfig(AppConfig):
    name = "esperluette.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        """Inscrit les gardes, les libellés du journal et les étapes du tableau de bord."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.diagnostics.contributions import DESTINATIONS  # noqa: PLC0415
        from esperluette.documents.registres import ORIGINES  # noqa: PLC0415
        from esperluette.dossiers import (  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
            archive,
            contributions,
            cycle,
            examens,
            gardes,
            lectures_pieces,
            origines,
            peremptions,
            tableau,
            taches,
        )  # fmt: skip
        from esperluette.dossiers.exports import mes_dossiers  # noqa: PLC0415
        from esperluette.dossiers.sortes import SORTES  # noqa: PLC0415
        from esperluette.equipes import tableau as tableau_equipe  # noqa: PLC0415
        from esperluette.equipes.registres import GARDES_COMPOSITION  # noqa: PLC0415
        from esperluette.fichiers import registres  # noqa: PLC0415
        from esperluette.fichiers.taches import reprendre_les_examens  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        cycle.inscrire_garde("figer", gardes.dossier_complet)
        cycle.inscrire_garde("deposer", gardes.signatures_completes)
        cycle.inscrire_garde("deposer", gardes.pieces_admises)
        cycle.inscrire_garde("accepter", gardes.sans_instance_ou_apres_avis)
        cycle.inscrire_garde("refuser", gardes.sans_instance_ou_apres_avis)
        GARDES_COMPOSITION.inscrire(gardes.composition_libre)
        exports.inscrire("dossiers", mes_dossiers)
        contributions.ARCHIVES.inscrire(archive.pieces)
        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        entretien.inscrire(taches.reprendre_les_documents)
        entretien.inscrire(taches.rappeler_les_signatures)
        entretien.inscrire(reprendre_les_examens)
        entretien.inscrire(peremptions.alerter_des_peremptions)
        registres.inscrire_suite(examens.suivre)
        registres.inscrire_gardes(examens.documents_gardes)
        contributions.BLOCS.inscrire(lectures_pieces.blocs)
        tableau_equipe.inscrire(tableau.etapes)
        tableau_equipe.inscrire_pastilles(tableau.pastilles)
        tableau_equipe.inscrire_onglets(tableau.onglets)
        tableau_equipe.inscrire_actes(tableau.actes)
        DESTINATIONS.inscrire(tableau.destinations)
        ORIGINES.inscrire("dossiers.depot", origines.depot, contenu=True)
