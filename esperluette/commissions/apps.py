"""Déclaration de l'app `commissions` : les séances d'une région deviennent la source de son calendrier."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "instance_creee": "a ouvert la commission {sigle}",
    "instance_rouverte": "a remis la commission en service",
    "regles_fixees": "a fixé les règles de la commission",
    "siege_ajoute": "a ajouté le siège « {libelle} »",
    "siege_modifie": "a modifié le siège « {libelle} »",
    "siege_retire": "a mis hors service le siège « {libelle} »",
    "mandat_confie": "a confié un siège",
    "mandat_fini": "a mis fin à un mandat",
    "seance_creee": "a fixé la séance",
    "seance_modifiee": "a modifié la séance",
    "seconde_convocation": "a prévu une seconde séance, faute de quorum",
    "point_inscrit": "a inscrit le dossier {dossier}",
    "point_retire": "a retiré le dossier {dossier}",
    "point_regle": "a réglé un point de l’ordre du jour",
    "ordre_change": "a changé l’ordre du jour",
    "rapporteurs_proposes": "a réparti les rapporteurs",
    "convocations_completees": "a convoqué {membres} membre(s) de plus",
    "convocations_relancees": "a relancé {membres} membre(s)",
    "convocation_repondue": "a répondu à sa convocation",
    "deport_declare": "a déclaré un déport sur le dossier {dossier}",
    "deport_deduit": "a déduit un déport sur le dossier {dossier}",
    "deport_repris": "a repris un déport du passage précédent, sur le dossier {dossier}",
    "deport_annule": "a annulé un déport",
    "seance_convoquer": "a convoqué la séance",
    "seance_ouvrir": "a ouvert la séance",
    "seance_clore": "a clos la séance",
    "seance_annuler": "a annulé la séance",
    "point_conclu": "a conclu le point du dossier {dossier}",
}


class CommissionsConfig(AppConfig):
    name = "esperluette.commissions"
    label = "commissions"

    def ready(self) -> None:
        """Inscrit ses fiches (instances, séances) et sa lecture du calendrier."""
        from esperluette.commissions import cycle as cycle_de_seance  # noqa: PLC0415
        from esperluette.commissions import droits, equipe, lectures, origines, taches, valeurs  # noqa: PLC0415 — ici, les modèles sont prêts
        from esperluette.commissions.actions.deports import deduire_les_deports  # noqa: PLC0415
        from esperluette.commissions.actions.ordre import suivre_le_dossier  # noqa: PLC0415
        from esperluette.commissions.sortes import SORTES  # noqa: PLC0415
        from esperluette.commun import navigation  # noqa: PLC0415
        from esperluette.comptes.lectures import a_un_role  # noqa: PLC0415
        from esperluette.documents.registres import ORIGINES  # noqa: PLC0415
        from esperluette.dossiers import contributions as dossier  # noqa: PLC0415
        from esperluette.dossiers import cycle  # noqa: PLC0415
        from esperluette.dossiers import droits as droits_dossier  # noqa: PLC0415
        from esperluette.interlocuteurs import calendrier, fiches  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        def prepare_ou_inscrit(request: HttpRequest) -> bool:
            return a_un_role(request.user, *droits.LECTEURS)

        fiches.inscrire(valeurs.INSTANCES)
        fiches.inscrire(valeurs.SEANCES)
        calendrier.inscrire_lecteur(lectures.seances_connues)
        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        dossier.BLOCS.inscrire(equipe.blocs)
        navigation.inscrire(
            navigation.Entree("Commissions", "commissions:accueil", 23, prepare_ou_inscrit, groupe="Commission")
        )
        entretien.inscrire(taches.reprendre_les_livrets)
        cycle_de_seance.inscrire_effet("ouvrir", deduire_les_deports)
        cycle.inscrire_effet("retirer", suivre_le_dossier)
        cycle.inscrire_effet("classer_sans_suite", suivre_le_dossier)
        droits_dossier.PRESIDENCES.inscrire(droits.preside_le_point_de)
        ORIGINES.inscrire("commissions.seance", origines.livret)
