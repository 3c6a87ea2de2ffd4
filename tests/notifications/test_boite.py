"""La boîte locale de démonstration."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.notifications.actions import envoyer
from esperluette.notifications.lectures import code_de
from esperluette.notifications.models import Courriel

pytestmark = pytest.mark.django_db


def ecrire(a="claire@essais.example", code="123 456"):
    return envoyer("comptes/code_connexion", a=a, contexte={"code": code, "minutes": 10})


def lire(client, adresse):
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_la_boite_vide_dit_quoi_faire(client):
    page = lire(client, "/boite/")
    assert "La boîte est vide" in page
    assert "tout le monde peut les lire" in page


def test_le_code_se_voit_des_la_liste_et_dans_le_courriel(client):
    courriel = ecrire()
    assert "Code&nbsp;: <strong>123 456</strong>" in lire(client, "/boite/")
    page = lire(client, f"/boite/{courriel.pk}/")
    assert '<p class="fr-callout__title">123 456</p>' in page


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("Bonjour\n\n    123 456\n\nFin", "123 456"),
        ("123456", "123 456"),
        ("Votre dossier 123 456 avance", ""),
        ("02 99 33 12 34", ""),
        ("", ""),
    ],
)
def test_seul_un_code_sur_sa_ligne_est_mis_en_evidence(texte, code):
    assert code_de(Courriel(texte=texte)) == code


def test_on_filtre_par_destinataire(client):
    ecrire("claire@essais.example", "111 111")
    ecrire("yann@essais.example", "222 222")
    page = lire(client, "/boite/?a=Yann@essais.example")
    assert "222 222" in page
    assert "111 111" not in page
    assert "Rien pour inconnu@essais.example" in lire(client, "/boite/?a=inconnu@essais.example")


def test_les_plus_recents_d_abord_par_pages(client):
    for n in range(30):
        ecrire(code=f"{n:03d} {n:03d}")
    Courriel.objects.filter(texte__contains="000 000").update(cree_le=timezone.now() + timedelta(hours=1))
    premiere = lire(client, "/boite/")
    assert premiere.index("000 000") < premiere.index("029 029") < premiere.index("006 006")
    assert "30 courriels" in premiere
    assert "005 005" in lire(client, "/boite/?page=2")
    assert "Page 2 sur 2" in lire(client, "/boite/?page=abc&page=99")


def test_les_liens_menent_au_service_tel_qu_on_le_visite(client, settings):
    settings.ADRESSE_PUBLIQUE = "https://esperluette.ars.example"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    courriel = ecrire()
    page = client.get(f"/boite/{courriel.pk}/", headers={"host": "127.0.0.1:8765"}).content.decode()
    assert 'href="http://127.0.0.1:8765"' in page
    assert "esperluette.ars.example" not in page


def test_un_contenu_hostile_est_echappe(client):
    courriel = ecrire(code="<script>alert(1)</script>")
    page = lire(client, f"/boite/{courriel.pk}/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("chemin", ["/boite/", "/boite/1/"])
def test_la_boite_n_existe_pas_hors_demonstration(client, settings, chemin):
    ecrire()
    settings.DEMONSTRATION = False
    assert client.get(chemin).status_code == 404


def test_un_courriel_inconnu_est_introuvable_et_la_boite_ne_s_ecrit_pas(client):
    assert client.get("/boite/999999/").status_code == 404
    assert client.post("/boite/").status_code == 405


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_boite_coute_autant_pour_un_courriel_que_pour_trois(client, nombre, django_assert_num_queries):
    for n in range(nombre):
        ecrire(f"personne{n}@essais.example")
    with django_assert_num_queries(3):
        lire(client, "/boite/")


@pytest.mark.parametrize("destinataire", ["\x00", "a@b.example\x00", "é" * 5000])
def test_un_filtre_impossible_ne_casse_pas_la_boite(client, destinataire):
    assert client.get("/boite/", {"a": destinataire, "page": destinataire}).status_code == 200
