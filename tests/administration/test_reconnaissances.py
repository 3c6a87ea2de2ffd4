"""Enregistrer une équipe déjà reconnue, corriger, mettre fin : à l'écran."""

from datetime import date

import pytest
from django.urls import reverse

from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db


def url(page: str, *suite) -> str:
    return reverse(f"administration:{page}", args=["bretagne", *suite])


@pytest.fixture
def equipe(charges):
    return EquipeFabrique(nom="Équipe du Lié", implantation=charges.loudeac)


@pytest.fixture
def envoi(equipe):
    return {
        "equipe": str(equipe.pk),
        "forme": "esp",
        "debut": "2024-05-02",
        "decision": "Décision 2024-12",
        "publiee": "on",
    }


def test_une_equipe_deja_reconnue_s_enregistre_et_se_lit(chez_elle, equipe, envoi):
    assert chez_elle.get(url("reconnaitre")).status_code == 200
    assert chez_elle.post(url("reconnaitre"), envoi).status_code == 302
    reconnaissance = Reconnaissance.objects.get()
    assert (reconnaissance.equipe, reconnaissance.reprise) == (equipe, True)
    page = chez_elle.get(url("reconnaissances")).content.decode()
    assert "Équipe du Lié" in page
    assert "Décision 2024-12" in page


@pytest.mark.parametrize(
    ("manque", "phrase"),
    [
        ({"debut": "2999-01-01"}, "à venir"),
        ({"decision": ""}, "obligatoire"),
        ({"equipe": ""}, "obligatoire"),
        ({"forme": "cpts"}, "choix"),
    ],
)
def test_une_saisie_fautive_se_dit_a_cote_du_champ(chez_elle, envoi, manque, phrase):
    reponse = chez_elle.post(url("reconnaitre"), envoi | manque)
    assert reponse.status_code == 422
    (champ,) = manque
    assert phrase in str(reponse.context["form"].errors[champ])
    assert not Reconnaissance.objects.exists()


def test_une_equipe_deja_reconnue_ne_l_est_pas_deux_fois(chez_elle, envoi):
    chez_elle.post(url("reconnaitre"), envoi)
    reponse = chez_elle.post(url("reconnaitre"), envoi)
    assert reponse.status_code == 422
    assert "déjà une reconnaissance en cours" in reponse.content.decode()


def test_une_equipe_hors_du_perimetre_ne_se_choisit_pas(client, charges, equipe, envoi):
    finistere = charges.brest.departement
    autorite = FonctionFabrique(autorite=True, region=charges.region, departement=finistere).compte
    connecter(client, autorite)
    assert client.post(url("reconnaitre"), envoi).status_code in {200, 422}
    assert not Reconnaissance.objects.exists()
    ailleurs = ReconnaissanceFabrique(equipe=equipe)
    assert client.get(url("reconnaissance", ailleurs.pk)).status_code == 404
    assert "Équipe du Lié" not in client.get(url("reconnaissances")).content.decode()


def test_corriger_mettre_fin_et_relire_l_histoire(chez_elle, equipe):
    reconnaissance = ReconnaissanceFabrique(equipe=equipe, joignable=True)
    envoi = {"debut": "2025-03-01", "decision_texte": "Décision ARS 2025-18", "fin": "2026-01-31"}
    assert chez_elle.post(url("reconnaissance", reconnaissance.pk), envoi).status_code == 302
    reconnaissance.refresh_from_db()
    assert (reconnaissance.decision_texte, reconnaissance.fin, reconnaissance.publiee) == (
        "Décision ARS 2025-18",
        date(2026, 1, 31),
        False,
    )
    # Ce choix-là est celui de l'équipe : l'administrateur ne l'a pas changé.
    assert reconnaissance.coordonnees_publiees
    page = chez_elle.get(url("reconnaissance", reconnaissance.pk)).content.decode()
    assert "Décision ARS 2025-17" in page
    reponse = chez_elle.post(url("reconnaissance", reconnaissance.pk), envoi | {"fin": "2020-01-01"})
    assert reponse.status_code == 422
    assert "après avoir commencé" in str(reponse.context["form"].errors["fin"])


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_autant_a_une_et_a_trois(chez_elle, charges, django_assert_num_queries, nombre):
    for _ in range(nombre):
        ReconnaissanceFabrique(equipe=EquipeFabrique(implantation=charges.loudeac))
    chez_elle.get(url("reconnaissances"))
    with django_assert_num_queries(6):
        assert chez_elle.get(url("reconnaissances")).content.decode().count("Corriger<") == nombre


def test_sans_equipe_l_ecran_dit_quoi_faire(chez_elle):
    assert "doit d’abord créer son espace" in chez_elle.get(url("reconnaitre")).content.decode()
    assert "Aucune équipe reconnue" in chez_elle.get(url("reconnaissances")).content.decode()
