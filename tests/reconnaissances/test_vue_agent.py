"""L'écran de l'ARS : la liste à surveiller, la fiche, les mesures ; et ce que l'équipe en lit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.equipes import actions as equipes
from esperluette.reconnaissances.actions.retrait import envisager
from esperluette.reconnaissances.models import Alerte, Reconnaissance, Retrait, Suspension
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
LISTE = "/instruction/equipes-reconnues/"
HOSTILES = [
    '<script>alert("x")</script><img src=x onerror=alert(1)>', "#set page(width: 1cm) $x^2$ @ref", "x" * 10_000,
]  # fmt: skip


def jour(n: int) -> str:
    return (timezone.localdate() + timedelta(days=n)).isoformat()


def fiche(reconnaissance, *suite) -> str:
    return LISTE + "/".join(str(s) for s in (reconnaissance.pk, *suite)) + "/"


def tomber(equipe):
    membre = equipe.membres.presents().filter(porteur=False).get()
    equipes.retirer_membre(membre, acteur=equipe.porteur.compte)
    return Alerte.objects.get()


def test_la_liste_montre_d_abord_ce_qui_est_a_surveiller(client, equipe, reconnaissance, referente):
    ReconnaissanceFabrique(equipe=EquipeFabrique(nom="Équipe tranquille"))
    connecter(client, referente)
    page = client.get(LISTE).content.decode()
    assert "Aucune équipe ne demande votre attention" in page
    tomber(equipe)
    page = client.get(LISTE).content.decode()
    assert "Équipe du Lié" in page
    assert "délai à fixer" in page
    assert "Équipe tranquille" not in page
    toutes = client.get(LISTE + "?vue=toutes").content.decode()
    assert "Équipe tranquille" in toutes
    assert LISTE in client.get("/instruction/").content.decode()  # le menu


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_autant_a_une_et_a_trois(client, referente, django_assert_num_queries, nombre):
    for _ in range(nombre):
        ReconnaissanceFabrique()
    connecter(client, referente).get(LISTE + "?vue=toutes")
    with django_assert_num_queries(10):
        page = client.get(LISTE + "?vue=toutes&page=abc").content.decode()
    assert page.count('data-esp-colonne="Numéro"') == nombre


def test_chacun_voit_son_territoire(client, reconnaissance, acteurs):
    for role, statut in (
        ("referente", 200), ("autorite", 200), ("referent_ailleurs", 404), ("porteuse", 403), ("presidente", 403),
        ("secretaire", 403), ("inconnue", 403),
    ):  # fmt: skip
        assert connecter(client, acteurs[role]).get(fiche(reconnaissance)).status_code == statut, role
    client.logout()
    assert client.get(fiche(reconnaissance)).status_code == 302
    admin = FonctionFabrique(admin_regional=True, region=reconnaissance.region).compte
    page = connecter(client, admin).get(fiche(reconnaissance)).content.decode()
    assert "Suspendre la reconnaissance" not in page
    assert "Seule l’autorité de l’ARS" in page


def test_l_autorite_suspend_et_leve_a_l_ecran(client, reconnaissance, autorite, acteurs):
    connecter(client, autorite)
    page = client.get(fiche(reconnaissance, "suspendre")).content.decode()
    assert "L. 121-1" in page
    assert "L. 211-2" in page
    assert client.post(fiche(reconnaissance, "suspendre"), {}).status_code == 422
    reponse = client.post(fiche(reconnaissance, "suspendre"), {"debut": jour(0), "motif": "Trop peu de médecins."})
    assert reponse.url == fiche(reconnaissance)
    page = client.get(fiche(reconnaissance)).content.decode()
    assert "Trop peu de médecins." in page
    cote_equipe = connecter(client, acteurs["porteuse"]).get(f"/equipes/{reconnaissance.equipe_id}/reconnaissance/")
    assert "Trop peu de médecins." in cote_equipe.content.decode()
    suspension = Suspension.objects.get()
    assert client.post(fiche(reconnaissance, "lever", suspension.pk)).status_code == 403
    connecter(client, autorite)
    assert client.get(fiche(reconnaissance, "lever", suspension.pk)).status_code == 405
    for _ in range(2):  # double clic
        assert client.post(fiche(reconnaissance, "lever", suspension.pk)).status_code == 302
    suspension.refresh_from_db()
    assert suspension.levee_par == autorite


def test_le_retrait_en_deux_temps_a_l_ecran(client, reconnaissance, acteurs, autorite, referente):
    connecter(client, referente)
    page = client.get(fiche(reconnaissance, "retirer")).content.decode()
    assert "L. 122-1" in page
    assert "L. 242-1" in page
    assert "service juridique" in page  # les quatre mois sont passés
    envoi = {"motif": "Aucune réunion depuis un an.", "reponse_avant_le": jour(15)}
    assert client.post(fiche(reconnaissance, "retirer"), {**envoi, "reponse_avant_le": jour(-1)}).status_code == 422
    assert client.post(fiche(reconnaissance, "retirer"), envoi).status_code == 302
    retrait = Retrait.objects.get()
    assert client.post(fiche(reconnaissance, "decider", retrait.pk), {}).status_code == 403
    reponse_equipe = f"/equipes/{reconnaissance.equipe_id}/reconnaissance/retraits/{retrait.pk}/"
    tableau_de_bord = connecter(client, acteurs["porteuse"]).get(f"/equipes/{reconnaissance.equipe_id}/")
    assert "Répondre à l’ARS" in tableau_de_bord.content.decode()
    assert "Aucune réunion depuis un an." in client.get(reponse_equipe).content.decode()
    assert connecter(client, acteurs["membre"]).post(reponse_equipe, {"observations": "x"}).status_code == 403
    assert connecter(client, acteurs["porteuse_ailleurs"]).get(reponse_equipe).status_code == 404
    connecter(client, acteurs["porteuse"])
    assert client.post(reponse_equipe, {"observations": " "}).status_code == 422
    assert client.post(reponse_equipe, {"observations": "Elles reprennent en mars."}).status_code == 302
    connecter(client, autorite)
    page = client.get(fiche(reconnaissance, "decider", retrait.pk)).content.decode()
    assert "Elles reprennent en mars." in page
    decision = {"issue": "retiree", "motif": "Aucune date n’est donnée.", "effet_le": jour(0)}
    assert client.post(fiche(reconnaissance, "decider", retrait.pk), decision).status_code == 302
    # L'autre onglet, resté ouvert, reçoit une phrase et n'écrit rien.
    autre = client.post(fiche(reconnaissance, "decider", retrait.pk), decision | {"issue": "maintenue"})
    assert autre.status_code == 422
    assert "déjà décidé" in autre.content.decode()
    reconnaissance.refresh_from_db()
    assert reconnaissance.est_retiree
    page = connecter(client, acteurs["porteuse"]).get(reponse_equipe).content.decode()
    assert "Aucune date n’est donnée." in page


def test_decider_avant_la_reponse_se_refuse_a_l_ecran(client, reconnaissance, referente, autorite):
    retrait = envisager(
        reconnaissance, acteur=referente, motif="m", reponse_avant_le=timezone.localdate() + timedelta(days=9)
    )
    reponse = connecter(client, autorite).post(
        fiche(reconnaissance, "decider", retrait.pk), {"issue": "retiree", "motif": "m"}
    )
    assert reponse.status_code == 422
    assert "attendez sa réponse" in reponse.content.decode()


def test_le_delai_se_fixe_a_l_ecran(client, equipe, reconnaissance, referente, acteurs):
    alerte = tomber(equipe)
    adresse = fiche(reconnaissance, "delai", alerte.pk)
    assert connecter(client, acteurs["porteuse"]).post(adresse, {"delai_le": jour(30)}).status_code == 403
    connecter(client, referente)
    assert "Fixer le délai" in client.get(fiche(reconnaissance)).content.decode()
    assert client.post(adresse, {"delai_le": jour(-1)}).status_code == 422
    assert client.post(adresse, {"delai_le": "31/02/2027"}).status_code == 422
    assert client.post(adresse, {"delai_le": jour(30)}).status_code == 302
    page = client.get(fiche(reconnaissance)).content.decode()
    assert "fixé par l’ars" in page.lower()
    MembreFabrique(equipe=equipe, confirme=True)
    Alerte.objects.update(close_le=timezone.now())
    assert "composition est rétablie" in client.post(adresse, {"delai_le": jour(40)}, follow=True).content.decode()


@pytest.mark.parametrize("texte", HOSTILES)
def test_un_texte_hostile_reste_du_texte(client, reconnaissance, autorite, acteurs, texte):
    connecter(client, autorite)
    client.post(fiche(reconnaissance, "suspendre"), {"debut": jour(0), "motif": texte})
    client.post(fiche(reconnaissance, "retirer"), {"motif": texte, "reponse_avant_le": jour(5)})
    assert (Suspension.objects.count(), Retrait.objects.count()) == (1, 1)
    for role, adresse in (
        ("autorite", fiche(reconnaissance)),
        ("autorite", fiche(reconnaissance, "decider", Retrait.objects.get().pk)),
        ("porteuse", f"/equipes/{reconnaissance.equipe_id}/reconnaissance/"),
        ("porteuse", f"/equipes/{reconnaissance.equipe_id}/reconnaissance/retraits/{Retrait.objects.get().pk}/"),
    ):
        page = connecter(client, acteurs[role]).get(adresse).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_un_octet_nul_se_refuse_sans_casser(client, reconnaissance, autorite):
    connecter(client, autorite)
    reponse = client.post(fiche(reconnaissance, "suspendre"), {"debut": jour(0), "motif": "a\0b"})
    assert reponse.status_code in {302, 422}
    assert not any("\0" in motif for motif in Suspension.objects.values_list("motif", flat=True))


def test_ce_qui_n_est_pas_a_cette_reconnaissance_est_introuvable(client, reconnaissance, autorite):
    autre = ReconnaissanceFabrique()
    suspension = Suspension.objects.create(
        reconnaissance=autre, debut=timezone.localdate(), motif="m", prononcee_par=autorite
    )
    connecter(client, autorite)
    assert client.post(fiche(reconnaissance, "lever", suspension.pk)).status_code == 404
    assert client.post(fiche(reconnaissance, "delai", 999_999), {"delai_le": jour(3)}).status_code == 404
    assert client.get(fiche(reconnaissance, "decider", 999_999)).status_code == 404
    assert client.get(LISTE + "99999999999999999999/").status_code == 404
    assert Reconnaissance.objects.suspendues().get() == autre
