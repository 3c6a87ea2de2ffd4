"""Lire une équipe : ses faits, les règles de sa région, ce qui s'y est passé, ce qu'une simulation en disait."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from esperluette.equipes import actions, lectures
from esperluette.equipes.models import Equipe
from esperluette.journal.libelles import inscrits
from esperluette.journal.models import Evenement
from esperluette.referentiel.lecture import national
from esperluette.referentiel.modele import Reponse3
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db


def relue(equipe):
    return Equipe.objects.avec_membres().get(pk=equipe.pk)


def test_les_faits_disent_les_membres_presents_et_rien_des_partis():
    equipe = EquipeFabrique(association=True, territoire=[commune(), commune("22219")])
    MembreFabrique(equipe=equipe, profession="60", exercice="salarie", commune=None)
    MembreFabrique(equipe=equipe, non_professionnel=True)
    MembreFabrique(equipe=equipe, parti=True)
    faits = lectures.faits(relue(equipe))
    assert sorted((m.profession, m.savoir_faire, m.exercice, m.commune, m.professionnel) for m in faits.membres) == [
        ("", None, "", "22136", False),
        ("10", "SM54", "liberal", "22136", True),
        ("60", None, "salarie", None, True),
    ]
    assert (faits.statut_juridique, faits.statut_avancement, faits.implantation) == ("association", "cree", "22136")
    assert sorted(faits.communes) == ["22136", "22219"]


def test_sans_reponse_sur_la_structure_les_faits_disent_qu_on_ne_sait_pas():
    equipe = EquipeFabrique()
    equipe.communes.clear()
    faits = lectures.faits(relue(equipe))
    assert (faits.statut_juridique, faits.statut_avancement, list(faits.communes)) == (None, "cree", ["22136"])
    assert lectures.faits(relue(EquipeFabrique(sisa_en_projet=True))).statut_avancement == "en_projet"


@pytest.mark.parametrize(
    ("membres", "reponse"),
    [
        ([], Reponse3.NON_SATISFAIT),
        ([{"profession": "60"}], Reponse3.SATISFAIT),
        ([{"profession": "60", "exercice": ""}], Reponse3.A_PRECISER),
        ([{"non_professionnel": True}], Reponse3.NON_SATISFAIT),
        ([{"profession": "60", "parti": True}], Reponse3.NON_SATISFAIT),
    ],
    ids=["médecin seul", "et un infirmier", "et un infirmier, exercice inconnu", "et une coordinatrice", "parti"],
)
def test_le_verdict_de_composition_suit_les_membres_en_bretagne(membres, reponse):
    equipe = EquipeFabrique()
    for membre in membres:
        MembreFabrique(equipe=equipe, **membre)
    composition = lectures.composition(relue(equipe))
    assert composition.evaluation.verdict.reponse == reponse
    assert composition.phrase == composition.evaluation.phrase
    assert composition.criteres
    assert all(etat.verdict.source for etat in composition.criteres)
    assert lectures.evaluation(relue(equipe)) == composition.evaluation


def test_une_region_sans_regles_le_dit():
    composition = lectures.composition(relue(EquipeFabrique(implantation=commune("76540"))))
    assert composition.evaluation is None
    assert composition.phrase == (
        "Les règles de la région Normandie ne sont pas encore dans Esperluette : demandez-les à votre "
        "agence régionale de santé. Tout le reste de cet espace fonctionne."
    )
    assert (composition.criteres, composition.declarations) == ([], [])


def test_avant_la_premiere_edition_il_n_y_a_pas_de_regle():
    assert lectures.evaluation(relue(EquipeFabrique()), date(1990, 1, 1)) is None


def test_une_forme_que_l_edition_ne_decrit_pas_le_dit(monkeypatch):
    equipe = relue(EquipeFabrique(msp=True))
    edition = lectures.edition_de(equipe.region)
    seule = edition.entete.model_copy(update={"formes": {"esp": edition.entete.formes["esp"]}})
    monkeypatch.setattr(lectures, "edition_en_vigueur", lambda _cle, _le: replace(edition, entete=seule))
    composition = lectures.composition(equipe)
    assert composition.evaluation is None
    assert "pour une MSP ne sont pas encore dans Esperluette" in composition.phrase


def test_les_professions_viennent_les_plus_frequentes_d_abord():
    (_, frequentes), (_, autres) = lectures.professions_proposees(national())
    codes = [code for code, _ in frequentes + autres]
    assert frequentes[0] == ("10", "Médecin")
    assert len(codes) == len(set(codes)) == len(national().professions)
    assert [libelle for _, libelle in autres] == sorted(libelle for _, libelle in autres)


@pytest.mark.parametrize(
    ("champs", "metier"),
    [
        ({"profession": "60"}, "Infirmier"),
        ({"profession": "10", "savoir_faire": "SM54"}, "Médecin (médecine générale)"),
        ({"profession": "10", "savoir_faire": "AUTRE"}, "Médecin (autre qualification)"),
        ({"profession": "10", "savoir_faire": "XX99"}, "Médecin"),
        ({"profession": "999"}, "Profession 999"),
        ({"non_professionnel": True}, "coordinatrice de parcours"),
    ],
)
def test_le_metier_d_un_membre_se_lit(champs, metier):
    assert lectures.metier_de(MembreFabrique(**champs)) == metier


def test_les_invitations_recues_sont_celles_en_cours_a_cette_adresse():
    compte = CompteFabrique(courriel="yann@cabinet.example")
    attendue = InvitationFabrique(courriel="Yann@cabinet.example")
    for trait in ("perimee", "revoquee", "acceptee"):
        InvitationFabrique(courriel="yann@cabinet.example", **{trait: True})
    InvitationFabrique(courriel="yann@cabinet.example", membre__parti=True)
    InvitationFabrique()
    assert list(lectures.invitations_recues(compte)) == [attendue]


# --- Le journal ------------------------------------------------------------------------------


def test_les_derniers_actes_se_lisent_en_phrases_le_plus_recent_d_abord():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte
    membre = actions.ajouter_membre(
        equipe, acteur=porteur, prenom="Yann", nom="Kerbrat", courriel="yann@cabinet.example", profession="60"
    )
    actions.inviter(membre, acteur=porteur)
    yann = CompteFabrique(courriel="yann@cabinet.example", prenom="Yann", nom="Kerbrat")
    actions.confirmer_appartenance(membre, acteur=yann)
    actions.transmettre_portage(membre, acteur=porteur)
    actions.inviter_accompagnateur(
        equipe, acteur=yann, courriel="x@appui.example", nom="Anne Conseil", fin=timezone.localdate()
    )
    lignes = lectures.derniers_actes(relue(equipe), porteur)
    assert [(ligne.acteur, ligne.phrase) for ligne in lignes] == [
        ("Yann Kerbrat", "a ouvert l’équipe à Anne Conseil"),
        (str(porteur), "a transmis le rôle de porteur à Yann Kerbrat"),
        ("Yann Kerbrat", "a confirmé son appartenance"),
        (str(porteur), "a invité Yann Kerbrat"),
        (str(porteur), "a ajouté Yann Kerbrat"),
    ]


def test_les_actes_du_dessus_se_melent_a_ceux_de_l_equipe_par_date():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte
    actions.modifier_equipe(equipe, acteur=porteur, nom="Équipe du Blavet")
    plus_tard = lectures.LigneDeJournal(timezone.now() + timedelta(hours=1), "Anne", "a signé")

    def du_dossier(_equipe, _compte):
        return [plus_tard]

    lectures.ACTES.inscrire(du_dossier)
    try:
        lignes = lectures.derniers_actes(relue(equipe), porteur, limite=2)
    finally:
        lectures.ACTES.retirer(du_dossier)
    assert [ligne.phrase for ligne in lignes] == ["a signé", "a modifié les informations de l’équipe"]


def test_chaque_acte_consigne_a_sa_phrase():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte
    actions.retirer_site(
        actions.ajouter_site(equipe, acteur=porteur, nom="Cabinet", commune=commune()), acteur=porteur
    )
    invite, retire, parti = (
        MembreFabrique(equipe=equipe),
        MembreFabrique(equipe=equipe),
        MembreFabrique(equipe=equipe, confirme=True),
    )
    invitation = actions.renvoyer_invitation(actions.inviter(invite, acteur=porteur), acteur=porteur)
    actions.revoquer_invitation(invitation, acteur=porteur)
    actions.modifier_membre(invite, acteur=porteur, prenom="Erwan")
    actions.retirer_membre(retire, acteur=porteur)
    actions.quitter(parti, acteur=parti.compte)
    acces = AccesFabrique(equipe=equipe, rattache=True)
    actions.consigner_consultation(equipe, acteur=acces.compte, page="fiche")
    actions.revoquer_accompagnateur(acces, acteur=porteur)
    sortes = set(Evenement.objects.values_list("sorte", flat=True))
    assert sortes - {lectures.CONSULTATION} <= set(lectures.PHRASES)
    assert sortes <= set(inscrits())
    assert not any("{" in inscrits()[sorte] for sorte in lectures.PHRASES)


def test_les_consultations_se_comptent_par_acces_en_une_requete(django_assert_num_queries):
    equipe = EquipeFabrique()
    assidu, absent = AccesFabrique(equipe=equipe, rattache=True), AccesFabrique(equipe=equipe, rattache=True)
    for page in ("fiche", "membres", "fiche"):
        actions.consigner_consultation(equipe, acteur=assidu.compte, page=page)
    with django_assert_num_queries(1):
        visites = lectures.consultations([assidu, absent])
    assert visites[assidu.pk].nombre == 3
    assert absent.pk not in visites
    assert lectures.consultations([]) == {}


# --- Depuis le simulateur --------------------------------------------------------------------

ADRESSE = (
    "forme=esp&commune=22136&communes=22219&communes=22136&profession2=60&exercice2=liberal&profession1=10"
    "&qualification1=SM54&exercice1=liberal&profession3=autre&statut=sisa&avancement=en_projet"
)


def test_l_adresse_du_simulateur_preremplit_l_equipe_et_ses_personnes():
    lu = lectures.depuis_simulation(QueryDict(ADRESSE))
    assert lu.equipe == {
        "forme_visee": "esp",
        "implantation": "22136",
        "communes": ["22219"],
        "statut_juridique": "sisa",
        "statut_avancement": "en_projet",
    }
    assert lu.personnes == [
        {"profession": "10", "savoir_faire": "SM54", "exercice": "liberal"},
        {"profession": "60", "savoir_faire": "", "exercice": "liberal"},
        {"profession": "autre", "savoir_faire": "", "exercice": ""},
    ]


def test_la_forme_de_la_ligne_de_commande_preremplit_aussi():
    lu = lectures.depuis_simulation(
        {
            "statut_juridique": "association",
            "communes": ["22136", "22219"],
            "membres": [{"profession": "60", "exercice": "liberal"}, {"professionnel": False}],
        }
    )
    assert lu.equipe == {"implantation": "22136", "communes": ["22219"], "statut_juridique": "association"}
    assert [p["profession"] for p in lu.personnes] == ["60", "autre"]


def test_une_autre_qualification_se_reprend_pour_qui_en_a_une_a_choisir():
    lu = lectures.depuis_simulation(
        QueryDict("profession1=10&qualification1=AUTRE&profession2=70&qualification2=AUTRE&profession3=autre")
    )
    assert [p["savoir_faire"] for p in lu.personnes] == ["AUTRE", "", ""]


@pytest.mark.parametrize(
    ("adresse", "region"),
    [
        ("region=bretagne&profession1=10", "bretagne"),
        ("region=bretagne&commune=22136", ""),
        ("region=atlantide", ""),
    ],
)
def test_une_simulation_sans_commune_garde_sa_region(adresse, region):
    assert lectures.depuis_simulation(QueryDict(adresse)).region == region


@pytest.mark.parametrize(
    "donnees",
    [
        {},
        {"membres": "pas une liste", "communes": 12, "statut_juridique": ["sisa"], "implantation": None},
        {"membres": [None, 3, {"profession": {"x": 1}}], "statut_avancement": "cree"},
        QueryDict(""),
        QueryDict("profession0=10&profession1=&professionX=60&profession1000=10&statut=<script>&forme=autre"),
    ],
)
def test_une_simulation_trafiquee_ne_donne_rien_et_ne_casse_rien(donnees):
    lu = lectures.depuis_simulation(donnees)
    assert (lu.equipe, lu.personnes) == ({}, [])


def test_les_personnes_attendues_sont_celles_que_l_equipe_ne_compte_pas_encore():
    equipe = EquipeFabrique()
    MembreFabrique(equipe=equipe, non_professionnel=True)
    prevues = [{"profession": code} for code in ("10", "60", "60", "autre")]
    assert [p["profession"] for p in lectures.personnes_attendues(prevues, relue(equipe))] == ["60", "60"]
    MembreFabrique(equipe=equipe, profession="60")
    assert [p["profession"] for p in lectures.personnes_attendues(prevues, relue(equipe))] == ["60"]
