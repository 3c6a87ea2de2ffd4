"""Déclaration de l'app `instruction` : l'espace des agents."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree

LIBELLES = {
    "equipe_reconnue": "a enregistré la reconnaissance de l’équipe ({forme})",
    "coordonnees_publiees": "a publié les coordonnées de l’équipe à l’annuaire",
    "coordonnees_retirees": "a retiré de l’annuaire les coordonnées de l’équipe",
    "reconnaissance_corrigee": "a corrigé la reconnaissance de l’équipe ({forme})",
    "brouillon_ouvert": "a ouvert le brouillon au référent de l’ARS",
    "brouillon_referme": "a refermé le brouillon : l’ARS ne le lit plus",
    "reunion_prevue": "a prévu une réunion sur site le {jour}",
    "reunion_deplacee": "a changé la réunion sur site : le {jour}",
    "reunion_annulee": "a annulé la réunion sur site",
    "reunion_tenue": "a noté que la réunion sur site s’est tenue le {jour}",
    "reunion_compte_rendu": "a complété le compte rendu de la réunion sur site",
    "reunion_piece_jointe": "a joint un document à la réunion sur site",
    "grille_renseignee": "a répondu dans la grille à « {enonce} »",
    "dossier_affecte": "a confié le dossier à {nom}",
    "dossier_desaffecte": "a retiré le dossier à son agent",
    "absence_posee": "a noté une absence, relayée par {relais}",
    "absence_levee": "a levé une absence",
}


def pour_un_agent(request: HttpRequest) -> bool:
    from esperluette.instruction.lectures import est_agent  # noqa: PLC0415 — les modèles ne sont prêts qu'ici

    return request.user.is_authenticated and est_agent(request.user)


def pour_un_administrateur(request: HttpRequest) -> bool:
    from esperluette.comptes.enums import Role  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
    from esperluette.comptes.lectures import a_un_role  # noqa: PLC0415

    return a_un_role(request.user, Role.ADMIN_REGIONAL)


class InstructionConfig(AppConfig):
    name = "esperluette.instruction"
    label = "instruction"

    def ready(self) -> None:
        """Le menu « Dossiers reçus », pour les agents seulement ; les libellés du journal ; l'affectation au dépôt."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.comptes import exports  # noqa: PLC0415
        from esperluette.dossiers import contributions as depots  # noqa: PLC0415
        from esperluette.dossiers import cycle  # noqa: PLC0415
        from esperluette.echanges import registres  # noqa: PLC0415
        from esperluette.instruction import (  # noqa: PLC0415
            absences,
            affectations,
            archive,
            brouillons,
            commission,
            complements,
            contributions,
            corbeilles,
            echanges,
            fiche,
            lots,
            lots_seance,
            pieces,
            recouvrement,
            reunions,
        )  # fmt: skip
        from esperluette.instruction.exports import mon_instruction  # noqa: PLC0415
        from esperluette.instruction.sortes import SORTES  # noqa: PLC0415
        from esperluette.interlocuteurs import registres as interlocuteurs  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        navigation.inscrire(Entree("Dossiers reçus", "instruction:liste", ordre=20, visible=pour_un_agent))
        navigation.inscrire(Entree("Absences", "instruction:absences", 32, pour_un_administrateur, groupe="Région"))
        interlocuteurs.inscrire_relais(absences.relais_de_chacun)
        libelles.inscrire(LIBELLES, internes=["grille_renseignee"])
        sortes.inscrire(*SORTES)
        contributions.ONGLETS.inscrire(fiche.onglets)
        contributions.GESTES.inscrire(fiche.gestes)
        contributions.ONGLETS.inscrire(commission.onglets)
        contributions.GESTES.inscrire(commission.gestes)
        contributions.ONGLETS.inscrire(complements.onglets)
        contributions.GESTES.inscrire(complements.gestes)
        contributions.SIGNALEMENTS.inscrire(complements.signalements)
        contributions.SIGNALEMENTS.inscrire(recouvrement.signalements)
        contributions.SIGNALEMENTS.inscrire(pieces.signalements)
        contributions.SIGNALEMENTS.inscrire(fiche.signalements)
        depots.USAGES.inscrire(reunions.dossiers_du_fichier)
        depots.BLOCS.inscrire(fiche.blocs)
        depots.ARCHIVES.inscrire(archive.pieces)
        cycle.inscrire_garde("inscrire", reunions.reunion_tenue)
        contributions.BLOCAGES.inscrire(reunions.sans_reunion)
        contributions.CORBEILLES.inscrire(corbeilles.les_notres)
        contributions.LOTS.inscrire(lots.les_notres)
        contributions.LOTS.inscrire(lots_seance.gestes)
        entretien.inscrire(lots.nettoyer)
        depots.DEPOTS.inscrire(affectations.affecter_au_depot)
        depots.RELAIS.inscrire(absences.relais_de_chacun)
        contributions.ONGLETS.inscrire(echanges.onglets)
        registres.OUVERTURES.inscrire(brouillons.fils_ouverts)
        navigation.inscrire(Entree("Messages", "instruction:messages", 21, pour_un_agent, groupe="Échanges"))
        exports.inscrire("instruction", mon_instruction)
