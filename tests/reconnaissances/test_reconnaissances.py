"""La reconnaissance d'une équipe, et ce que l'annuaire en publie."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.journal.lectures import evenements_de
from esperluette.reconnaissances.actions import reconnaissance as actions
from esperluette.reconnaissances.lectures import AUTRES_METIERS, annuaire, equipes_reconnues, fiche_publique
from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db

DECISION = {"forme": "esp", "debut": date(2024, 5, 2), "decision": "Décision 2024-12"}


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié", courriel="equipe@lie.example", telephone="0296000000")


@pytest.fixture
def administratrice(equipe):
    return FonctionFabrique(admin_regional=True, region=equipe.region).compte


def test_une_equipe_deja_reconnue_s_enregistre_avec_sa_date_et_sa_decision(equipe, administratrice):
    reconnaissance = actions.reconnaitre(equipe, acteur=administratrice, reprise=True, **DECISION)
    reconnaissance.refresh_from_db()
    assert (reconnaissance.debut, reconnaissance.decision_texte) == (date(2024, 5, 2), "Décision 2024-12")
    assert (reconnaissance.reprise, reconnaissance.publiee, reconnaissance.coordonnees_publiees) == (True, True, False)
    acte = evenements_de(equipe).get(sorte="equipe_reconnue")
    assert (acte.acteur, acte.donnees["reconnaissance"]) == (administratrice, reconnaissance.pk)


@pytest.mark.parametrize("role", ["autorite", "admin_regional"])
def test_l_autorite_et_l_administrateur_de_la_region_reconnaissent(equipe, role):
    acteur = FonctionFabrique(region=equipe.region, **{role: True}).compte
    assert actions.reconnaitre(equipe, acteur=acteur, **DECISION).pk


@pytest.mark.parametrize("role", ["referent", "secretariat", "membre_commission", "admin"])
def test_les_autres_roles_ne_reconnaissent_pas(equipe, role):
    region = None if role == "admin" else equipe.region
    acteur = FonctionFabrique(region=region, **{role: True}).compte
    with pytest.raises(Refus, match="l’autorité de l’ARS ou par l’administrateur"):
        actions.reconnaitre(equipe, acteur=acteur, **DECISION)


def test_l_administrateur_d_une_autre_region_ne_reconnait_pas(equipe):
    acteur = FonctionFabrique(admin_regional=True, region=commune("13055").region).compte
    with pytest.raises(Refus, match="pas dans votre périmètre"):
        actions.reconnaitre(equipe, acteur=acteur, **DECISION)


def test_une_equipe_ne_se_reconnait_pas_elle_meme(equipe):
    with pytest.raises(Refus):
        actions.reconnaitre(equipe, acteur=equipe.porteur.compte, **DECISION)


def test_pas_deux_reconnaissances_en_cours_sous_la_meme_forme(equipe, administratrice):
    actions.reconnaitre(equipe, acteur=administratrice, **DECISION)
    with pytest.raises(Conflit):
        actions.reconnaitre(equipe, acteur=administratrice, **DECISION)
    assert actions.reconnaitre(equipe, acteur=administratrice, **{**DECISION, "forme": "msp"}).sigle == "MSP"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReconnaissanceFabrique(equipe=equipe)


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"debut": date(2999, 1, 1)}, "à partir du jour où elle prend effet"),
        ({"decision": "  "}, "référence de la décision"),
    ],
)
def test_une_reconnaissance_a_venir_ou_sans_decision_est_refusee(equipe, administratrice, champs, phrase):
    with pytest.raises(ErreurMetier, match=phrase):
        actions.reconnaitre(equipe, acteur=administratrice, **{**DECISION, **champs})
    assert not Reconnaissance.objects.exists()


def test_mettre_fin_se_journalise_et_ne_finit_pas_avant_de_commencer(equipe, administratrice):
    reconnaissance = actions.reconnaitre(equipe, acteur=administratrice, **DECISION)
    with pytest.raises(ErreurMetier, match="finit après avoir commencé"):
        actions.corriger_la_reconnaissance(reconnaissance, acteur=administratrice, fin=date(2020, 1, 1))
    reconnaissance.refresh_from_db()
    actions.corriger_la_reconnaissance(reconnaissance, acteur=administratrice, fin=date(2025, 1, 1))
    assert evenements_de(equipe).filter(sorte="reconnaissance_corrigee").count() == 1
    assert not reconnaissance.est_en_cours


# --- Le choix de l'équipe -------------------------------------------------------------------------


def test_l_equipe_publie_ses_coordonnees_puis_les_retire(equipe):
    reconnaissance, porteuse = ReconnaissanceFabrique(equipe=equipe), equipe.porteur.compte
    assert annuaire()[0].coordonnees == {}
    actions.choisir_la_publication(reconnaissance, acteur=porteuse, coordonnees=True)
    assert annuaire()[0].coordonnees == {"courriel": "equipe@lie.example", "telephone": "0296000000"}
    actions.choisir_la_publication(reconnaissance, acteur=porteuse, coordonnees=True)
    actions.choisir_la_publication(reconnaissance, acteur=porteuse, coordonnees=False)
    assert annuaire()[0].coordonnees == {}
    actes = evenements_de(equipe).filter(sorte__startswith="coordonnees").values_list("sorte", flat=True)
    assert sorted(actes) == ["coordonnees_publiees", "coordonnees_retirees"]


def test_personne_d_autre_ne_choisit_pour_l_equipe(equipe, administratrice):
    reconnaissance = ReconnaissanceFabrique(equipe=equipe)
    membre = MembreFabrique(equipe=equipe, confirme=True).compte
    for acteur in (administratrice, membre, CompteFabrique()):
        with pytest.raises(Refus):
            actions.choisir_la_publication(reconnaissance, acteur=acteur, coordonnees=True)


# --- L'annuaire -----------------------------------------------------------------------------------


def test_l_annuaire_ne_montre_que_les_reconnaissances_en_cours_et_publiees():
    visible = ReconnaissanceFabrique()
    ReconnaissanceFabrique(finie=True)
    ReconnaissanceFabrique(cachee=True)
    ReconnaissanceFabrique(debut=timezone.localdate() + timedelta(days=1))
    EquipeFabrique()
    assert list(equipes_reconnues()) == [visible]
    assert list(equipes_reconnues("bretagne")) == [visible]
    assert list(equipes_reconnues("corse")) == []


def test_une_equipe_fictive_n_est_a_l_annuaire_que_dans_la_demonstration(settings):
    ReconnaissanceFabrique(inventee=True)
    assert annuaire()[0].fictive
    settings.DEMONSTRATION = False
    assert annuaire() == []


def test_la_fiche_publique_donne_des_effectifs_et_jamais_un_nom(equipe):
    MembreFabrique(equipe=equipe, prenom="Zénaïde", nom="Introuvable")
    MembreFabrique(equipe=equipe, parti=True)
    MembreFabrique(equipe=equipe, non_professionnel=True, metier="assistante de Mme Secret")
    ReconnaissanceFabrique(equipe=equipe)
    (fiche,) = annuaire()
    assert dict(fiche.professions) == {"Médecin (médecine générale)": 1, "Infirmier": 1, AUTRES_METIERS: 1}
    publie = json.dumps(fiche.en_json(), ensure_ascii=False)
    for interdit in ("Zénaïde", "Introuvable", "Secret", equipe.porteur.nom, "equipe@lie.example"):
        assert interdit not in publie
    assert fiche.en_json()["reconnue_depuis"] == "2025-03-01"
    assert fiche.communes == (equipe.implantation,)


@pytest.mark.parametrize("nombre", [1, 3])
def test_l_annuaire_se_lit_en_trois_requetes(django_assert_num_queries, nombre):
    for _ in range(nombre):
        MembreFabrique(equipe=ReconnaissanceFabrique().equipe)
    with django_assert_num_queries(3):
        fiches = [fiche_publique(r).en_json() for r in equipes_reconnues()]
    assert len(fiches) == nombre


def test_chacun_voit_les_reconnaissances_de_son_cote(equipe, administratrice):
    reconnaissance = ReconnaissanceFabrique(equipe=equipe)
    referent = FonctionFabrique(referent=True, region=equipe.region).compte
    for compte in (administratrice, equipe.porteur.compte, referent):
        assert list(Reconnaissance.objects.visibles_par(compte)) == [reconnaissance]
    ailleurs = FonctionFabrique(admin_regional=True, region=commune("13055").region).compte
    for compte in (ailleurs, CompteFabrique(), None):
        assert list(Reconnaissance.objects.visibles_par(compte)) == []


def test_deux_envois_au_meme_instant_n_en_enregistrent_qu_une(equipe, administratrice, monkeypatch):
    """Chacun a vérifié avant que l'autre n'écrive : la base tranche, et le second reçoit une phrase."""
    monkeypatch.setattr(actions, "_refuser_un_chevauchement", lambda _: None)
    monkeypatch.setattr(Reconnaissance, "validate_constraints", lambda _, **__: None)
    champs = {"debut": date(2024, 5, 2), "decision_texte": "Décision 2024-12"}
    ensemble = [
        Reconnaissance(
            equipe=equipe, forme="esp", region=equipe.region, enregistree_par=administratrice, numero=f"R-ESS-{n}"
        )
        for n in range(2)
    ]
    actions._ecrire(ensemble[0], "equipe_reconnue", acteur=administratrice, **champs)
    with pytest.raises(Conflit, match="déjà une reconnaissance"):
        actions._ecrire(ensemble[1], "equipe_reconnue", acteur=administratrice, **champs)
    assert Reconnaissance.objects.count() == 1
