"""Ce que le haut inscrit auprès du bas au démarrage : la liste, figée. On voit ici qui agit à distance."""

import ast

from tests.coherence.depot import PAQUET, arbre

INSCRIPTIONS = {
    "administration": {
        "inscrire(Entree('Ma région', 'administration:accueil', 30, _administre, groupe='Région'))",
    },
    "archives": {
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "cote_equipe.ONGLETS.inscrire(contributions.onglets)",
        "cote_agent.GESTES.inscrire(contributions.gestes)",
        "entretien.inscrire(preparation.expirer)",
    },
    "commissions": {
        "fiches.inscrire(valeurs.INSTANCES)",
        "fiches.inscrire(valeurs.SEANCES)",
        "calendrier.inscrire_lecteur(lectures.seances_connues)",
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "dossier.BLOCS.inscrire(equipe.blocs)",
        "navigation.inscrire(navigation.Entree('Commissions', 'commissions:accueil', 23, prepare_ou_inscrit, groupe='Commission'))",  # noqa: E501
        "entretien.inscrire(taches.reprendre_les_livrets)",
        "cycle_de_seance.inscrire_effet('ouvrir', deduire_les_deports)",
        "cycle.inscrire_effet('retirer', suivre_le_dossier)",
        "cycle.inscrire_effet('classer_sans_suite', suivre_le_dossier)",
        "droits_dossier.PRESIDENCES.inscrire(droits.preside_le_point_de)",
        "ORIGINES.inscrire('commissions.seance', origines.livret)",
    },
    "complements": {
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "GARDES_ECRITURE.inscrire(lectures.ouverture)",
        "PRECHARGES.inscrire(lectures.precharger)",
        "cycle.inscrire_garde('figer', gardes.remarques_traitees)",
        "cycle.inscrire_garde('deposer', gardes.remarques_traitees)",
        "cycle.inscrire_effet('figer', gardes.garder_la_date)",
        "cycle.inscrire_effet('rouvrir', gardes.garder_la_date)",
        "cycle.inscrire_effet('deposer', gardes.noter_la_reponse)",
        "cycle.inscrire_effet('retirer', gardes.clore)",
        "cycle.inscrire_effet('classer_sans_suite', gardes.clore)",
        "cycle.inscrire_effet('accepter', gardes.clore)",
        "cycle.inscrire_effet('refuser', gardes.clore)",
        "entretien.inscrire(taches.tenir_les_delais)",
        "dossier.BLOCS.inscrire(contributions.blocs)",
        "dossier.ARCHIVES.inscrire(archive.pieces)",
        "dossier.ONGLETS.inscrire(contributions.onglets)",
        "exports.inscrire('complements', mes_reponses)",
    },
    "comptes": {
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "sortes.inscrire_public(Public.AGENT, est_agent)",
        "sortes.inscrire_public(Public.COMMISSION, est_en_commission)",
    },
    "decisions": {
        "navigation.inscrire(navigation.Entree('Décisions', 'decisions:boite', ordre=28, visible=instruit_ou_decide))",
        "libelles.inscrire(LIBELLES, internes=INTERNES)",
        "sortes.inscrire(*SORTES)",
        "cote_agent.ONGLETS.inscrire(contributions.onglets_de_l_agent)",
        "cote_agent.GESTES.inscrire(contributions.gestes)",
        "cote_agent.CORBEILLES.inscrire(contributions.corbeilles)",
        "cote_agent.SIGNALEMENTS.inscrire(contributions.signalements)",
        "cote_equipe.ONGLETS.inscrire(contributions.onglets_de_l_equipe)",
        "cote_equipe.BLOCS.inscrire(contributions.blocs)",
        "cote_equipe.ARCHIVES.inscrire(archive.pieces)",
        "cote_equipe.ACTIONS.inscrire(contributions.action_de_l_equipe)",
        "entretien.inscrire(taches.reprendre_les_courriers)",
        "entretien.inscrire(taches.veiller_aux_reponses)",
        "ORIGINES.inscrire('decisions.courrier', origines.courrier)",
    },
    "deliberations": {
        "drapeaux.inscrire_drapeau('siege', miennes.tient_un_siege)",
        "navigation.inscrire(navigation.Entree('Séances', 'deliberations:liste', 24, siege_quelque_part, groupe='Commission'))",  # noqa: E501
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "commission.ONGLETS.inscrire(miennes.onglets_de_seance)",
        "commission.LECTURES.inscrire(miennes.lecture_du_point)",
        "commission.QUORUMS.inscrire(quorum_manquant)",
        "commission.DEPORTS.inscrire(suivre_le_deport)",
        "contributions.ONGLETS.inscrire(miennes.onglets)",
        "contributions.BLOCS.inscrire(miennes.blocs)",
        "contributions.ARCHIVES.inscrire(archive.pieces)",
        "contributions.USAGES.inscrire(miennes.dossiers_du_fichier)",
        "entretien.inscrire(taches.entretenir)",
        "exports.inscrire('seances', mes_seances)",
        "ORIGINES.inscrire('deliberations.procesverbal', origines.proces_verbal, contenu=True)",
        "ORIGINES.inscrire('deliberations.extrait', origines.extrait, contenu=True)",
    },
    "dossiers": {
        "cycle.inscrire_garde('figer', gardes.dossier_complet)",
        "cycle.inscrire_garde('deposer', gardes.signatures_completes)",
        "cycle.inscrire_garde('deposer', gardes.pieces_admises)",
        "cycle.inscrire_garde('accepter', gardes.sans_instance_ou_apres_avis)",
        "cycle.inscrire_garde('refuser', gardes.sans_instance_ou_apres_avis)",
        "GARDES_COMPOSITION.inscrire(gardes.composition_libre)",
        "exports.inscrire('dossiers', mes_dossiers)",
        "contributions.ARCHIVES.inscrire(archive.pieces)",
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "entretien.inscrire(taches.reprendre_les_documents)",
        "entretien.inscrire(taches.rappeler_les_signatures)",
        "entretien.inscrire(reprendre_les_examens)",
        "entretien.inscrire(peremptions.alerter_des_peremptions)",
        "registres.inscrire_suite(examens.suivre)",
        "registres.inscrire_gardes(examens.documents_gardes)",
        "contributions.BLOCS.inscrire(lectures_pieces.blocs)",
        "tableau_equipe.inscrire(tableau.etapes)",
        "tableau_equipe.inscrire_pastilles(tableau.pastilles)",
        "tableau_equipe.inscrire_onglets(tableau.onglets)",
        "tableau_equipe.inscrire_actes(tableau.actes)",
        "ORIGINES.inscrire('dossiers.depot', origines.depot, contenu=True)",
    },
    "echanges": {
        "ONGLETS.inscrire(contributions.onglets)",
        "BLOCS.inscrire(contributions.blocs)",
        "ARCHIVES.inscrire(archive.pieces)",
        "USAGES.inscrire(contributions.dossiers_du_fichier)",
        "exports.inscrire('echanges', mes_messages)",
        "libelles.inscrire(LIBELLES, internes=['note_interne'])",
        "sortes.inscrire(*SORTES)",
    },
    "equipes": {
        "libelles.inscrire({CONSULTATION: 'a consulté l’espace de l’équipe'})",
        "registres.inscrire_equipes(equipes_ou_ecrire)",
        "exports.inscrire('equipes', mes_equipes)",
        "sortes.inscrire(*SORTES)",
        "sortes.inscrire_public(Public.EQUIPE, est_en_equipe)",
        "drapeaux.inscrire_drapeau('equipe', est_d_une_equipe)",
        "inscrire(Entree('Mes équipes', 'equipes:liste', 20, _en_equipe))",
        "libelles.inscrire({sorte: phrase})",
    },
    "importations": {
        "ONGLETS.inscrire(contributions.onglets)",
        "BLOCS.inscrire(contributions.blocs)",
        "GESTES_DE_LA_LISTE.inscrire(contributions.gestes)",
        "entretien.inscrire(taches.reprendre_les_lectures)",
        "exports.inscrire('importations', mes_importations)",
        "libelles.inscrire(LIBELLES)",
    },
    "instruction": {
        "navigation.inscrire(navigation.Entree('Dossiers reçus', 'instruction:liste', ordre=20, visible=pour_un_agent))",  # noqa: E501
        "navigation.inscrire(navigation.Entree('Absences', 'instruction:absences', 32, pour_un_administrateur, groupe='Région'))",  # noqa: E501
        "interlocuteurs.inscrire_relais(absences.relais_de_chacun)",
        "libelles.inscrire(LIBELLES, internes=['grille_renseignee'])",
        "sortes.inscrire(*SORTES)",
        "contributions.ONGLETS.inscrire(fiche.onglets)",
        "contributions.GESTES.inscrire(fiche.gestes)",
        "contributions.ONGLETS.inscrire(commission.onglets)",
        "contributions.GESTES.inscrire(commission.gestes)",
        "contributions.ONGLETS.inscrire(complements.onglets)",
        "contributions.GESTES.inscrire(complements.gestes)",
        "contributions.SIGNALEMENTS.inscrire(complements.signalements)",
        "contributions.SIGNALEMENTS.inscrire(recouvrement.signalements)",
        "contributions.SIGNALEMENTS.inscrire(pieces.signalements)",
        "depots.USAGES.inscrire(reunions.dossiers_du_fichier)",
        "depots.BLOCS.inscrire(fiche.blocs)",
        "depots.ARCHIVES.inscrire(archive.pieces)",
        "cycle.inscrire_garde('inscrire', reunions.reunion_tenue)",
        "contributions.BLOCAGES.inscrire(reunions.sans_reunion)",
        "contributions.CORBEILLES.inscrire(corbeilles.les_notres)",
        "contributions.LOTS.inscrire(lots.les_notres)",
        "contributions.LOTS.inscrire(lots_seance.gestes)",
        "entretien.inscrire(lots.nettoyer)",
        "depots.DEPOTS.inscrire(affectations.affecter_au_depot)",
        "depots.RELAIS.inscrire(absences.relais_de)",
        "contributions.ONGLETS.inscrire(echanges.onglets)",
        "registres.OUVERTURES.inscrire(brouillons.fils_ouverts)",
        "navigation.inscrire(navigation.Entree('Messages', 'instruction:messages', 21, pour_un_agent, groupe='Échanges'))",  # noqa: E501
        "exports.inscrire('instruction', mon_instruction)",
    },
    "interlocuteurs": {
        "exports.inscrire('rencontres', mes_rencontres)",
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "entretien.inscrire(rencontres.entretenir)",
        "navigation.inscrire(navigation.Entree('Prises de contact', 'interlocuteurs:recues', 22, _pour_un_agent, groupe='Échanges'))",  # noqa: E501
        "fiches.inscrire(sorte)",
    },
    "journal": {
        "libelles.inscrire({NOM_EFFACE: 'a effacé le nom d’une personne de ses actes'})",
        "pre_migrate.connect(lever_pour_migrer, sender=self, dispatch_uid='journal.declencheurs.lever')",
        "post_migrate.connect(poser_ou_retirer, sender=self, dispatch_uid='journal.declencheurs')",
    },
    "pilotage": {
        "navigation.inscrire(navigation.Entree('Pilotage', 'pilotage:tableau', 35, pilote, groupe='Région'))",
    },
    "portail": {
        "inscrire(Entree('Accueil', 'portail:accueil', 0, _sans_fonction))",
        "inscrire(Entree('Simuler une équipe', 'portail:simulateur', 10, _sans_fonction))",
        "inscrire(Entree('Comprendre', 'portail:comprendre', 12, _anonyme))",
        "inscrire(Entree('Régions', 'portail:regions', 14, _anonyme))",
        "inscrire(Entree('Contacts', 'portail:contacts', 16, _anonyme))",
        "inscrire(Entree('Calendrier', 'portail:calendrier', 18, _anonyme))",
        "inscrire(Entree('Équipes reconnues', 'portail:annuaire', 19, _anonyme))",
        "inscrire(Entree('Aide', 'portail:aide', ordre=90))",
    },
    "reconnaissances": {
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "tableau_equipe.inscrire_onglets(tableau.onglets)",
        "tableau_equipe.inscrire(tableau.etapes)",
        "dossiers.ONGLETS.inscrire(tableau.onglets_de_dossier)",
        "dossiers.BLOCS.inscrire(tableau.blocs)",
        "dossiers.ARCHIVES.inscrire(archive.pieces)",
        "instruction.ONGLETS.inscrire(tableau.onglets_d_agent)",
        "instruction.SIGNALEMENTS.inscrire(tableau.signalements)",
        "CONSTATS.inscrire(faits.constats)",
        "SUITES_COMPOSITION.inscrire(composition.apres_un_changement)",
        "decisions.EFFETS.inscrire(effets.reconnaitre)",
        "decisions.RETRAITS.inscrire(effets.retirer)",
        "decisions.SUITES.inscrire(tableau.page_de_la_suite)",
        "entretien.inscrire(taches.reprendre_les_attestations)",
        "entretien.inscrire(composition.surveiller)",
        "navigation.inscrire(navigation.Entree('Équipes reconnues', 'reconnaissances:liste', 29, _suit_des_equipes, groupe='Équipes'))",  # noqa: E501
        "exports.inscrire('reconnaissances', mes_observations)",
        "ORIGINES.inscrire('reconnaissances.reconnaissance', origines.attestation)",
    },
    "reprises": {
        "libelles.inscrire(LIBELLES)",
        "sortes.inscrire(*SORTES)",
        "navigation.inscrire(navigation.Entree('Reprises', 'reprises:liste', 34, _reprend, 'Équipes'))",
        "entretien.inscrire(taches.oublier_les_tableurs)",
    },
}


def inscriptions(apps_py):
    """Les appels de `ready()` qui inscrivent quelque chose ailleurs."""
    for fonction in ast.walk(arbre(apps_py)):
        if isinstance(fonction, ast.FunctionDef) and fonction.name == "ready":
            for appel in ast.walk(fonction):
                if isinstance(appel, ast.Call) and ast.unparse(appel.func).split(".")[-1].startswith(
                    ("inscrire", "connect")
                ):
                    yield ast.unparse(appel)


def test_la_liste_des_inscriptions_est_celle_ci():
    trouvees = {chemin.parent.name: set(inscriptions(chemin)) for chemin in PAQUET.glob("*/apps.py")}
    assert {app: appels for app, appels in trouvees.items() if appels} == INSCRIPTIONS
