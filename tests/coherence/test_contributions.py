"""Ce que le haut inscrit auprès du bas au démarrage : la liste, figée. On voit ici qui agit à distance."""

import ast

from tests.coherence.depot import PAQUET, arbre

INSCRIPTIONS = {
    "administration": {"inscrire(Entree('Ma région', 'administration:accueil', 30, _administre))"},
    "commissions": {
        "fiches.inscrire(valeurs.INSTANCES)",
        "fiches.inscrire(valeurs.SEANCES)",
        "calendrier.inscrire_lecteur(lectures.seances_connues)",
        "cycle.inscrire_suite('classer_sans_suite', suivre_le_dossier)",
        "cycle.inscrire_suite('retirer', suivre_le_dossier)",
        "droits_dossier.PRESIDENCES.inscrire(droits.preside_le_point_de)",
        "entretien.inscrire(taches.reprendre_les_livrets)",
        "libelles.inscrire(LIBELLES)",
    },
    "comptes": {"libelles.inscrire(LIBELLES)"},
    "dossiers": {
        "exports.inscrire('dossiers', mes_dossiers)",
        "cycle.inscrire_garde('figer', gardes.dossier_complet)",
        "cycle.inscrire_garde('deposer', gardes.signatures_completes)",
        "cycle.inscrire_garde('accepter', gardes.sans_instance_ou_apres_avis)",
        "cycle.inscrire_garde('refuser', gardes.sans_instance_ou_apres_avis)",
        "GARDES_COMPOSITION.inscrire(gardes.composition_libre)",
        "libelles.inscrire(LIBELLES)",
        "entretien.inscrire(taches.reprendre_les_documents)",
        "tableau_equipe.inscrire(tableau.etapes)",
        "tableau_equipe.inscrire_pastilles(tableau.pastilles)",
        "tableau_equipe.inscrire_onglets(tableau.onglets)",
        "tableau_equipe.inscrire_actes(tableau.actes)",
    },
    "equipes": {
        "exports.inscrire('equipes', mes_equipes)",
        "libelles.inscrire({sorte: phrase})",
        "libelles.inscrire({CONSULTATION: 'a consulté l’espace de l’équipe'})",
        "registres.inscrire_equipes(equipes_ou_ecrire)",
        "inscrire(Entree('Mes équipes', 'equipes:liste', 20, _connecte))",
    },
    "interlocuteurs": {
        "exports.inscrire('rencontres', mes_rencontres)",
        "fiches.inscrire(sorte)",
        "libelles.inscrire(LIBELLES)",
        "entretien.inscrire(rencontres.entretenir)",
        "navigation.inscrire(navigation.Entree('Prises de contact', 'interlocuteurs:recues', ordre=25, visible=_pour_un_agent))",  # noqa: E501
    },
    "instruction": {
        "libelles.inscrire(LIBELLES)",
        "tableau_equipe.inscrire_onglets(tableau.onglets)",
        "contributions.ONGLETS.inscrire(fiche.onglets)",
        "contributions.GESTES.inscrire(fiche.gestes)",
        "navigation.inscrire(navigation.Entree('Dossiers reçus', 'instruction:liste', ordre=20, visible=pour_un_agent))",  # noqa: E501
    },
    "journal": {"post_migrate.connect(poser_ou_retirer, sender=self, dispatch_uid='journal.declencheurs')"},
    "portail": {
        "inscrire(Entree('Accueil', 'portail:accueil', ordre=0))",
        "inscrire(Entree('Simuler une équipe', 'portail:simulateur', ordre=10))",
        "inscrire(Entree('Comprendre', 'portail:comprendre', 12, _anonyme))",
        "inscrire(Entree('Régions', 'portail:regions', 14, _anonyme))",
        "inscrire(Entree('Contacts', 'portail:contacts', 16, _anonyme))",
        "inscrire(Entree('Calendrier', 'portail:calendrier', 18, _anonyme))",
        "inscrire(Entree('Équipes reconnues', 'portail:annuaire', 19, _anonyme))",
        "inscrire(Entree('Aide', 'portail:aide', ordre=90))",
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
