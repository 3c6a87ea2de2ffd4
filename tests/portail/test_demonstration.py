"""La démonstration : fictive de bout en bout, jouée par les vrais gestes, rejouable."""

import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Seance
from esperluette.commun.dates import ajouter_mois
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, perimetre
from esperluette.comptes.models import Compte
from esperluette.decisions.droits import peut_signer
from esperluette.decisions.models import Decision
from esperluette.deliberations.droits import peut_valider
from esperluette.deliberations.models import Evaluation, ProcesVerbal, Reserve
from esperluette.dossiers.lectures import ce_qui_manque
from esperluette.dossiers.models import Dossier
from esperluette.equipes.lectures import composition, evaluation
from esperluette.equipes.models import Equipe
from esperluette.instruction.brouillons import brouillons_ouverts
from esperluette.instruction.lectures import dossiers_de
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.journal.lectures import verifier
from esperluette.notifications.models import Courriel
from esperluette.portail.demonstration.scenario import dater, scenarios
from esperluette.reconnaissances.lectures import equipes_reconnues
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.referentiel.lecture import editions
from esperluette.referentiel.modele import Reponse3
from esperluette.territoires.models import Commune, Decoupage
from tests.fabriques.comptes import connecter
from tests.fabriques.territoires import communes_reelles, decoupage, petite_bretagne
from tests.portail.chargement import charger_ce_qui_tient
from tests.portail.test_simulation import JOUR


def equipes_jouees():
    return [equipe for scenario in scenarios() for equipe in scenario.equipes]


def poser_les_communes():
    equipes = equipes_jouees()
    communes_reelles(*{code for e in equipes for code in (*e.communes, *(m.commune for m in e.membres))})


@pytest.fixture(scope="module")
def _jouee_du_module(django_db_setup, django_db_blocker):
    # Chargée et validée une fois pour le module, puis effacée : la jouer est ce qui coûte ici.
    with django_db_blocker.unblock():
        petite_bretagne()
        poser_les_communes()
        charger_ce_qui_tient()
        provenance = decoupage().provenance
        Decoupage.objects.create(millesime=provenance.millesime, version=provenance.version, empreinte="d'essai")
        with override_settings(DEMONSTRATION=True):
            dit = jouer()
    yield dit
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def jouee(_jouee_du_module, db):
    """La démonstration, chargée une fois ; rend ce que la commande a écrit. Ce qu'un essai y change se défait."""
    return _jouee_du_module


def jouer():
    sortie = StringIO()
    call_command("demo", stdout=sortie)
    return sortie.getvalue()


def photo():
    """Tout ce que la base contient, table par table."""
    return {
        modele._meta.label: list(modele._default_manager.order_by("pk").values())
        for modele in apps.get_models()
        if modele._meta.label not in {"sessions.Session", "django_tasks_database.DBTaskResult"}
    }


def dossier(nom, demarche="projet-de-sante"):
    return Dossier.objects.select_related("equipe").get(equipe__nom=nom, demarche=demarche)


def test_rejouee_elle_ne_change_rien(jouee):
    avant = photo()
    assert "Équipes fictives créées" in jouee
    assert "Déjà là, laissées telles quelles" in jouer()
    assert photo() == avant


def test_rejouee_elle_ne_defait_pas_ce_qu_on_y_a_change(jouee):
    Equipe.objects.filter(nom="ESP du Lié").update(nom="Notre équipe", forme_visee="msp")
    Dossier.objects.filter(equipe__nom="ESP de l'Anse").update(motif="noté à la main")
    jouer()
    assert Equipe.objects.count() == len(equipes_jouees())
    assert Equipe.objects.filter(nom="Notre équipe", forme_visee="msp").exists()
    assert dossier("ESP de l'Anse").motif == "noté à la main"


def test_chaque_equipe_est_la_ou_le_scenario_le_dit(jouee):
    assert set(Dossier.objects.values_list("equipe__nom", "demarche", "etat")) == {
        ("ESP du Lié", "projet-de-sante", "brouillon"),
        ("ESP des Remparts", "projet-de-sante", "depose"),
        ("ESP de l'Anse", "projet-de-sante", "a_signer"),
        ("ESP des Deux Rivières", "projet-de-sante", "en_instruction"),
        ("MSP du Poher", "demande-accompagnement-msp", "depose"),
        ("MSP du Poher", "projet-de-sante-msp", "brouillon"),
        ("ESP du Meu", "demande-accompagnement", "a_completer"),
        ("ESP des Étangs", "projet-de-sante", "inscrit"),
        ("ESP du Semnon", "demande-accompagnement", "inscrit"),
        ("ESP des Trois Portes", "projet-de-sante", "avis_rendu"),
        ("ESP de la Baie", "projet-de-sante", "accepte"),
        ("ESP du Haut-Pays", "lettre-intention", "avis_rendu"),
        ("ESP du Haut-Pays", "demande-aide-demarrage", "brouillon"),
        ("ESP de l'Anse bleue", "lettre-intention", "brouillon"),
        ("ESP des Canaux", "demande-soutien", "depose"),
        ("ESP des Canaux", "projet-de-sante", "brouillon"),
    }
    assert [a.libelle for a in ce_qui_manque(dossier("ESP du Lié"))] == [
        "les ruptures de parcours des patients", "Début de mise en œuvre", "Nadège Hamonic",
    ]  # fmt: skip
    depot = dossier("ESP de l'Anse").depots.get()
    assert (depot.signatures.count(), len(depot.contenu["signataires"])) == (2, 4)


def test_la_debutante_n_a_pas_de_medecin_les_autres_sont_completes(jouee):
    for equipe in Equipe.objects.avec_membres():
        attendu = Reponse3.NON_SATISFAIT if equipe.nom.startswith("Soignants") else Reponse3.SATISFAIT
        assert evaluation(equipe).verdict.reponse is attendu, equipe


def test_chaque_agent_recoit_les_dossiers_de_son_territoire(jouee):
    def recus(adresse):
        compte = Compte.objects.get(courriel=f"{adresse}@ars-demonstration.example")
        return set(dossiers_de(compte).values_list("equipe__nom", flat=True))

    ille_et_vilaine = {
        "ESP des Remparts", "ESP des Deux Rivières", "ESP du Meu", "ESP des Étangs", "ESP du Semnon",
        "ESP des Trois Portes", "ESP de la Baie",
    }  # fmt: skip
    assert recus("referent.35") == ille_et_vilaine
    assert recus("autorite") == {*ille_et_vilaine, "MSP du Poher"}
    assert recus("referente.22") == recus("referent.13") == recus("administratrice") == set()
    assert recus("referente.05") == {"ESP du Haut-Pays"}
    assert recus("referente.02") == {"ESP des Canaux"}
    referente = Compte.objects.get(courriel="referente.22@ars-demonstration.example")
    assert perimetre(referente).contient(Commune.objects.get(pk="22136"))
    assert not perimetre(referente).contient(Commune.objects.get(pk="35115"))


def test_tout_est_fictif_et_le_dit(jouee):
    assert all(c.fictif and c.courriel.endswith(".example") for c in Compte.objects.all())
    assert all(e.fictive for e in Equipe.objects.all())
    assert all(c.destinataire.endswith(".example") for c in Courriel.objects.all())
    noms = {c.nom.lower() for c in Compte.objects.all()}
    for edition in editions():
        for contact in edition.local.contacts:
            assert not noms & set(re.findall(r"[\w-]+", contact.nom.lower())), contact.nom


def test_chaque_patientele_dit_ses_effectifs_fictifs():
    for equipe in equipes_jouees():
        for joue in equipe.dossiers:
            for cle in ("patientele_description", "diagnostic"):
                assert joue.reponses.get(cle, "Effectifs fictifs").startswith("Effectifs fictifs"), equipe.nom
            for axe in joue.reponses.get("axes_thematiques", ()):
                assert "estimation fictive" in axe.get("part_patientele", "estimation fictive")


def test_chaque_second_dossier_reprend_le_premier(jouee):
    for nom, demarche, repris in (
        ("ESP du Haut-Pays", "demande-aide-demarrage", "porteur_nom"),
        ("ESP des Canaux", "projet-de-sante", "objet_du_projet"),
        ("MSP du Poher", "projet-de-sante-msp", "territoire_description"),
    ):
        version = dossier(nom, demarche).reponses.get(champ=repris).versions.get()
        assert version.sorte == "reprise", nom
        assert version.repris_de.demarche != demarche


def test_l_equipe_hors_zone_se_forme_mais_l_aide_lui_est_fermee(jouee):
    equipe = Equipe.objects.avec_regles().get(nom="ESP de l'Anse bleue")
    regles = composition(equipe)
    assert regles.evaluation.verdict.reponse is Reponse3.SATISFAIT
    assert regles.evaluation.sans_financement
    aides = {a.etat.aide.id: a.etat.verdict.reponse for a in regles.aides if a.etat.aide.sorte == "financement"}
    assert aides
    assert set(aides.values()) == {Reponse3.NON_SATISFAIT}


def test_a_gap_le_zonage_vient_du_tableau_de_demonstration(jouee):
    equipe = Equipe.objects.avec_regles().get(nom="ESP du Haut-Pays")
    assert composition(equipe).faits.zonages["zac"] is True
    assert not equipe.declarations.exists()


def test_l_equipe_reconnue_est_a_l_annuaire_de_la_demonstration_seulement(jouee, settings):
    settings.DEMONSTRATION = True
    assert {r.equipe.nom for r in equipes_reconnues()} == {"ESP de la Vallée close", "ESP de la Baie"}
    settings.DEMONSTRATION = False
    assert not equipes_reconnues().exists()


def test_les_seances_annoncees_sont_a_venir_et_se_renouvellent(jouee):
    annoncees = Seance.objects.filter(fictive=True).exclude(etat="close")
    assert {s.region.cle for s in annoncees} == {"bretagne", "provence-alpes-cote-d-azur"}
    assert all(s.date > timezone.localdate() and "fictive" in s.lieu for s in annoncees)
    nombre = annoncees.count()
    annoncees.update(date=timezone.localdate() - timedelta(days=1), depot_avant=None)
    jouer()
    assert annoncees.filter(date__gt=timezone.localdate(), etat="prevue").count() == nombre


def test_la_prochaine_carpec_est_convoquee_avec_un_deport_et_un_avis_ecrit(jouee):
    seance = Seance.objects.get(fictive=True, region__cle="bretagne", etat="convoquee")
    assert [p.dossier.equipe.nom for p in seance.points.a_l_ordre_du_jour()] == ["ESP des Étangs", "ESP du Semnon"]
    assert seance.convocations.count() == 6
    deportee = Compte.objects.get(courriel="federation@commission-demonstration.example")
    assert [p.dossier.equipe.nom for p in points_visibles(deportee).filter(seance=seance)] == ["ESP du Semnon"]
    avis = Evaluation.objects.get(point__seance=seance, rendue_le__isnull=False)
    assert (avis.compte.courriel, avis.avis_propose) == ("urps@commission-demonstration.example", "favorable")


def test_la_carpec_tenue_a_son_proces_verbal_et_ses_reserves(jouee):
    pv = ProcesVerbal.objects.get(seance__region__cle="bretagne")
    presidente = Compte.objects.get(courriel="presidente.carpec@ars-demonstration.example")
    assert peut_valider(presidente, pv)
    assert pv.seance.etat == "close"
    reserves = Reserve.objects.filter(dossier__equipe__nom="ESP des Trois Portes")
    assert [(r.etat, r.definitive_le is not None) for r in reserves] == [("a_lever", True)] * 2
    decision = Decision.objects.get(dossier__equipe__nom="ESP des Trois Portes")
    autorite = Compte.objects.get(courriel="autorite@ars-demonstration.example")
    assert (decision.sens, decision.etat) == ("accord_reserves", "relue")
    assert peut_signer(autorite, decision)


def test_l_equipe_de_la_baie_est_reconnue_par_sa_decision(jouee):
    reconnaissance = Reconnaissance.objects.get(equipe__nom="ESP de la Baie")
    assert reconnaissance.dossier == dossier("ESP de la Baie")
    assert Decision.objects.get(dossier=reconnaissance.dossier).etat == "notifiee"


def test_l_equipe_du_meu_a_trois_remarques_et_un_fil_de_messages(jouee):
    attendu = dossier("ESP du Meu", "demande-accompagnement")
    demande = attendu.demandes.get()
    assert (demande.est_active, demande.remarques.count()) == (True, 3)
    assert {m.cote for m in attendu.messages.all()} == {"equipe", "ars"}
    assert attendu.echeance == demande.avant_le
    assert attendu.silence_le is None  # le délai ne court plus


def test_l_ars_repond_a_gap_un_mois_apres_la_ccopd(jouee):
    gap = dossier("ESP du Haut-Pays", "lettre-intention")
    assert (gap.echeance, gap.echeance_nature) == (ajouter_mois(timezone.localdate(), 1), "reponse")


def test_la_referente_a_une_prise_de_contact_et_un_brouillon_ouvert(jouee):
    referente = Compte.objects.get(courriel="referente.22@ars-demonstration.example")
    assert [o.dossier.equipe.nom for o in brouillons_ouverts(referente)] == ["ESP du Lié"]
    assert DemandeDeRencontre.objects.get().equipe_nom == "Soignants du Kreiz-Breizh"


@pytest.mark.parametrize(
    ("qui", "page"),
    [
        ("secretariat.carpec@ars-demonstration.example", "commissions:accueil"),
        ("urps@commission-demonstration.example", "deliberations:liste"),
        ("autorite@ars-demonstration.example", "decisions:boite"),
        ("referent.35@ars-demonstration.example", "instruction:liste"),
        ("referent.35@ars-demonstration.example", "instruction:messages"),
        ("autorite@ars-demonstration.example", "pilotage:tableau"),
    ],
)
def test_chaque_ecran_du_metier_a_de_la_matiere(client, jouee, qui, page):
    connecter(client, Compte.objects.get(courriel=qui))
    reponse = client.get(reverse(page), follow=True)
    assert reponse.status_code == 200
    html = unescape(reponse.content.decode())
    assert re.search(r"ESP (des|du|de la) |CARPEC|Ille-et-Vilaine", html.split("<main")[1])


def test_l_administratrice_tient_sa_region_sans_instruire(jouee):
    compte = Compte.objects.get(courriel="administratrice@ars-demonstration.example")
    assert a_un_role(compte, Role.ADMIN_REGIONAL)
    assert not dossiers_de(compte).exists()


def test_les_gestes_sont_au_journal_et_la_chaine_tient(jouee):
    assert verifier().intact


def test_au_premier_regard_personne_n_ecrit(client, jouee):
    equipe = Equipe.objects.get(nom="ESP du Lié")
    connecter(client, equipe.cree_par)
    page = client.get(reverse("dossiers:redaction", args=[equipe.dossiers.get().reference]), follow=True)
    html = page.content.decode()
    assert "Enregistré" in html
    assert "écrit ici" not in html
    assert "écrivent ici" not in html


def test_la_commande_dit_ou_entrer_et_sous_quels_comptes(jouee):
    for courriel in Compte.objects.values_list("courriel", flat=True):
        assert courriel in jouee
    assert "/compte/connexion/" in jouee
    assert "/boite/" in jouee


@pytest.mark.parametrize("reglage", [True, False])
def test_sans_le_reglage_elle_se_charge_et_rappelle_comment_ouvrir_la_boite(jouee, settings, reglage):
    settings.DEMONSTRATION = reglage
    sortie = StringIO()
    call_command("demo", stdout=sortie)
    assert ("ESPERLUETTE_DEMONSTRATION=1" in sortie.getvalue()) is not reglage


def test_la_page_donne_a_chacun_le_lien_vers_la_connexion_et_sa_boite(client, db):
    html = client.get(reverse("portail:demonstration")).content.decode()
    assert "/compte/connexion/?courriel=anaelle.kermarrec%40esp-du-lie.example" in html
    assert "/boite/?a=anaelle.kermarrec%40esp-du-lie.example" in html
    assert "Entrer comme" not in html
    assert "<form" not in html.split("<main")[1].split("</main>")[0]


def test_on_passe_d_un_personnage_a_l_autre_sans_se_perdre(client, jouee):
    connecter(client, Compte.objects.get(courriel="yannig.lozach@esp-du-lie.example"))
    html = client.get(reverse("portail:demonstration")).content.decode()
    assert html.count("C’est vous, en ce moment") == 1
    suite = "/compte/connexion/?courriel=anaelle.kermarrec%40esp-du-lie.example"
    assert f'name="next" value="{suite}"' in html
    page = client.post(reverse("account_logout"), {"next": suite}, follow=True)
    assert page.redirect_chain[-1][0] == suite
    assert 'value="anaelle.kermarrec@esp-du-lie.example"' in page.content.decode()


def test_chaque_porteur_arrive_chez_lui(client, jouee):
    for equipe in Equipe.objects.all():
        connecter(client, equipe.cree_par)
        reponse = client.get(reverse("portail:apres_connexion"), follow=True)
        assert reponse.redirect_chain[-1][0] == reverse("equipes:fiche", args=[equipe.pk])
        assert equipe.nom in unescape(reponse.content.decode())


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        ("aujourd'hui", JOUR),
        ("dans 10 jours", JOUR.replace(month=12, day=1)),
        ("De mars à novembre", "De mars à novembre"),
        (None, None),
        (("zip",), ("zip",)),
    ],
)
def test_les_dates_se_disent_par_rapport_a_aujourd_hui(valeur, attendu):
    assert dater(valeur, JOUR) == attendu
