"""Reprendre à l'écran : une équipe, un tableur, ses actes ; chacun dans son périmètre."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.equipes.models import Equipe
from esperluette.notifications.models import Courriel
from esperluette.reprises.actions.tableurs import executer
from esperluette.reprises.models import Reprise, TableurDepose
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.reprises import en_csv, en_xlsx, ligne

pytestmark = pytest.mark.django_db
LISTE, AJOUTER, IMPORTER = "/reprises/", "/reprises/ajouter/", "/reprises/importer/"


def saisie(**champs):
    """L'écran envoie les mêmes données qu'une ligne, en listes et cases."""
    donnees = {**ligne(), "communes": ["22136"], "inviter": "on", "decision_le": "2023-06-15", **champs}
    return {cle: valeur for cle, valeur in donnees.items() if valeur is not None}


def televerser(octets, nom="equipes.csv"):
    return {"tableur": SimpleUploadedFile(nom, octets)}


@pytest.mark.parametrize("role", ["porteuse", "secretariat", "president", "membre_commission", "admin"])
def test_les_autres_ne_reprennent_pas(client, loudeac, role):
    compte = (
        CompteFabrique()
        if role == "porteuse"
        else FonctionFabrique(region=None if role == "admin" else loudeac.region, **{role: True}).compte
    )
    connecter(client, compte)
    for adresse in (LISTE, AJOUTER, IMPORTER, "/reprises/modele.csv"):
        assert client.get(adresse).status_code == 403, adresse
    client.logout()
    assert client.get(LISTE).status_code == 302


def test_une_equipe_se_reprend_a_l_ecran(client, administratrice):
    connecter(client, administratrice)
    assert "Reprendre une équipe" in client.get(LISTE).content.decode()
    assert client.get(AJOUTER).status_code == 200
    reponse = client.post(AJOUTER, saisie())
    faite = Reprise.objects.get()
    assert reponse.url == f"/reprises/{faite.pk}/"
    page = client.get(reponse.url).content.decode()
    for attendu in ("Équipe du Lié", "Accepté", "15 juin 2023", "R-BRE-2023-0001", "Aucun acte"):
        assert attendu in page
    fichier = SimpleUploadedFile("projet.pdf", b"%PDF-1.4\n%EOF")
    assert client.post(reponse.url, {"nature": "projet-signe", "fichier": fichier}).status_code == 302
    assert PieceJointe.objects.get().libelle == "Le projet signé"
    assert client.post(reponse.url, {"nature": "decision"}).status_code == 422


def test_un_acte_joint_se_relit_dans_le_perimetre_et_nulle_part_ailleurs(client, administratrice, referente, ailleurs):
    connecter(client, administratrice).post(AJOUTER, saisie())
    faite = Reprise.objects.get()
    octets = b"%PDF-1.4\n%EOF"
    client.post(f"/reprises/{faite.pk}/", {"nature": "decision", "fichier": SimpleUploadedFile("acte.pdf", octets)})
    acte = PieceJointe.objects.get()
    adresse = reverse("reprises:acte", args=[faite.pk, acte.pk])
    assert adresse in client.get(f"/reprises/{faite.pk}/").text
    for compte in (administratrice, referente):
        assert b"".join(connecter(client, compte).get(adresse).streaming_content) == octets
    assert connecter(client, ailleurs).get(adresse).status_code == 404
    PieceJointe.objects.update(nature="piece-de-l-equipe")
    assert connecter(client, administratrice).get(adresse).status_code == 404


@pytest.mark.parametrize(
    ("champs", "colonne", "phrase"),
    [
        ({"equipe": ""}, "equipe", "obligatoire"),
        ({"depose_le": ""}, "depose_le", "cette date"),
        ({"decision_le": "2022-01-01"}, "decision_le", "précède"),
        ({"porteur_courriel": "x"}, "porteur_courriel", "adresse"),
        ({"membres": "60/Yann"}, "membres", "il manque"),
        ({"equipe": "=1+1"}, "equipe", "formule"),
    ],
)
def test_une_saisie_fautive_se_dit_a_cote_du_champ_et_reste(client, administratrice, champs, colonne, phrase):
    reponse = connecter(client, administratrice).post(AJOUTER, saisie(**champs))
    assert reponse.status_code == 422
    assert phrase in str(reponse.context["form"].errors[colonne])
    assert "Morvan" in reponse.content.decode()
    assert not Equipe.objects.exists()


def test_la_meme_cle_ne_se_reprend_pas_deux_fois_a_l_ecran(client, administratrice):
    connecter(client, administratrice).post(AJOUTER, saisie())
    reponse = client.post(AJOUTER, saisie())
    assert reponse.status_code == 422
    assert "déjà servi" in str(reponse.context["form"].errors["cle"])
    assert Equipe.objects.count() == 1


def test_hors_du_perimetre_la_commune_se_refuse_et_la_fiche_est_introuvable(client, administratrice, ailleurs):
    connecter(client, administratrice).post(AJOUTER, saisie())
    faite = Reprise.objects.get()
    connecter(client, ailleurs)
    assert "périmètre" in str(client.post(AJOUTER, saisie(demarche="", etat="")).context["form"].errors["commune"])
    assert client.get(f"/reprises/{faite.pk}/").status_code == 404
    assert "Équipe du Lié" not in client.get(LISTE).content.decode()


@pytest.mark.parametrize(("nom", "fabrique"), [("e.csv", en_csv), ("e.xlsx", en_xlsx)])
def test_un_tableur_se_controle_puis_se_reprend(client, administratrice, nom, fabrique):
    connecter(client, administratrice)
    octets = fabrique(ligne(), ligne(cle="22-002", equipe="Seconde équipe", porteur_courriel="b@lie.example"))
    reponse = client.post(IMPORTER, televerser(octets, nom))
    assert reponse.status_code == 302
    assert not Equipe.objects.exists()  # l'aperçu n'écrit rien
    page = client.get(reponse.url).content.decode()
    assert "Seconde équipe" in page
    assert "Rien n’a été écrit" in page
    assert client.post(reponse.url, {"inviter": "on"}).url == LISTE
    assert (Equipe.objects.count(), Courriel.objects.filter(gabarit="reprises/equipe_reprise").count()) == (2, 2)
    assert bytes(TableurDepose.objects.get().octets) == b""  # repris : le fichier n'est plus gardé
    assert client.post(reponse.url, {}).url == LISTE  # l'autre onglet
    assert Equipe.objects.count() == 2


@pytest.fixture
def long_tableur(client, administratrice, settings):
    """Un tableur de trois équipes, quand au-delà d'une le travailleur s'en charge."""
    settings.LOT_EN_DIRECT = 1
    connecter(client, administratrice)
    lignes = [ligne(cle=f"k{n}", equipe=f"Équipe {n}", porteur_courriel=f"p{n}@lie.example") for n in range(3)]
    return client.post(IMPORTER, televerser(en_csv(*lignes))).url


def test_un_long_tableur_se_reprend_sans_faire_attendre(client, long_tableur, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as suites:
        page = client.post(long_tableur, {"inviter": "on"}).content.decode()
        assert "Elle continue sans vous" in page
        client.post(long_tableur)  # un second clic ne lance rien de plus
    assert (len(suites), Equipe.objects.count()) == (1, 0)
    fragment = client.get(long_tableur, headers={"HX-Request": "true"}).content.decode()
    assert "est en cours depuis" in fragment
    assert "<html" not in fragment
    depose = TableurDepose.objects.get()
    executer(depose.pk)
    executer(depose.pk)  # la tâche rejouée ne refait rien
    assert Equipe.objects.count() == 3
    assert client.get(long_tableur, headers={"HX-Request": "true"}).headers["HX-Redirect"] == LISTE
    assert "3 équipes sont reprises." in client.get(long_tableur, follow=True).content.decode()
    assert Courriel.objects.filter(gabarit="reprises/equipe_reprise").count() == 3


def test_une_longue_reprise_refusee_dit_pourquoi_et_se_relance(client, long_tableur, administratrice):
    client.post(long_tableur)
    fonction = administratrice.fonctions.get()
    fin, fonction.fin = fonction.fin, timezone.localdate() - timedelta(days=1)
    fonction.save()
    executer(TableurDepose.objects.get().pk)
    assert not Equipe.objects.exists()
    fonction.fin = fin
    fonction.save()
    page = client.get(long_tableur).content.decode()
    assert "Rien n’a été repris" in page
    client.post(long_tableur)
    executer(TableurDepose.objects.get().pk)
    assert Equipe.objects.count() == 3


def test_une_reprise_enlisee_se_relance(client, long_tableur):
    client.post(long_tableur)
    assert "Relancer" not in client.get(long_tableur).content.decode()
    TableurDepose.objects.update(lance_le=timezone.now() - timedelta(hours=1))
    assert "Relancer la reprise" in client.get(long_tableur).content.decode()
    client.post(long_tableur)
    assert TableurDepose.objects.get().lance_le > timezone.now() - timedelta(minutes=1)


def test_une_seule_erreur_et_rien_n_est_repris(client, administratrice):
    connecter(client, administratrice)
    octets = en_csv(ligne(), ligne(cle="22-002", forme="cpts", telephone="=1"))
    adresse = client.post(IMPORTER, televerser(octets)).url
    page = client.get(adresse).content.decode()
    for attendu in ("<code>forme</code>", "cpts", "Une de : esp, msp."):
        assert attendu in page
    assert "Reprendre ces équipes" not in page
    assert client.post(adresse).status_code == 422
    assert not Equipe.objects.exists()
    rapport = client.get(adresse + "?rapport=csv").content.decode("utf-8-sig")
    assert "3;forme;cpts;" in rapport
    assert "3;telephone;'=1;" in rapport  # le rapport non plus ne porte pas de formule


def test_rejouer_le_meme_fichier_ne_double_rien(client, administratrice):
    connecter(client, administratrice)
    for _ in range(2):
        adresse = client.post(IMPORTER, televerser(en_csv(ligne()))).url
        client.post(adresse)
    assert Equipe.objects.count() == 1
    page = client.get(adresse).content.decode()
    assert "1</strong> déjà reprise" in page


@pytest.mark.parametrize("octets", [b"", b"\0\1\2", b"PK\x03\x04x", b"<html>", b"cle;equipe"])
def test_un_fichier_piege_se_refuse_a_cote_du_champ(client, administratrice, octets):
    reponse = connecter(client, administratrice).post(IMPORTER, televerser(octets))
    assert reponse.status_code == 422
    assert reponse.context["form"].errors["tableur"]
    assert not TableurDepose.objects.exists()


def test_le_tableur_d_une_autre_personne_est_introuvable(client, administratrice, referente):
    connecter(client, administratrice)
    adresse = client.post(IMPORTER, televerser(en_csv(ligne()))).url
    assert connecter(client, referente).get(adresse).status_code == 404


def test_les_modeles_se_telechargent(client, referente):
    connecter(client, referente)
    assert client.get("/reprises/modele.csv")["Content-Disposition"].endswith('.csv"')
    assert client.get("/reprises/modele.xlsx").content.startswith(b"PK")
    assert client.get("/reprises/modele.exe").status_code == 404


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", "#set page(width: 1cm)", "$x$ @ref"])
def test_un_texte_hostile_reste_du_texte(client, administratrice, texte):
    connecter(client, administratrice)
    adresse = client.post(IMPORTER, televerser(en_csv(ligne(equipe=texte, decision=texte)))).url
    assert "<script>alert" not in client.get(adresse).content.decode()
    client.post(adresse)
    faite = Reprise.objects.get()
    for page in (LISTE, f"/reprises/{faite.pk}/", "/instruction/equipes-reconnues/?vue=toutes"):
        assert "<script>alert" not in client.get(page).content.decode()


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_autant_a_une_et_a_trois(client, administratrice, django_assert_num_queries, nombre):
    connecter(client, administratrice)
    for n in range(nombre):
        adresse = client.post(
            IMPORTER, televerser(en_csv(ligne(cle=f"k{n}", porteur_courriel=f"p{n}@lie.example")))
        ).url
        client.post(adresse)
    client.get(LISTE)
    with django_assert_num_queries(6):
        assert client.get(LISTE).content.decode().count('data-esp-colonne="Clé"') == nombre


@pytest.mark.parametrize("etat", ["depose", "en_instruction", "avis_rendu", "accepte", "refuse"])
def test_le_dossier_repris_s_ouvre_des_deux_cotes_et_le_dit(client, administratrice, referente, etat):
    dates = {
        "depose": {}, "en_instruction": {"instruit_le": "2023-03-02"},
        "avis_rendu": {"instruit_le": "2023-03-02", "avis_le": "2023-04-01"},
    }.get(etat, {"decision_le": "2023-06-15"})  # fmt: skip
    reconnue = {} if etat == "accepte" else {"reconnue_le": ""}
    envoi = saisie(**{"etat": etat, "decision_le": "", **dates, **reconnue})
    assert connecter(client, administratrice).post(AJOUTER, envoi).status_code == 302
    dossier = Dossier.objects.get()
    page = connecter(client, referente).get(f"/instruction/{dossier.reference}/")
    assert page.status_code == 200
    assert "Dossier repris" in page.content.decode()
    connecter(client, dossier.equipe.porteur.compte)
    for page in ("fiche", "redaction", "pieces", "signature"):
        adresse = reverse(f"dossiers:{page}", args=[dossier.reference])
        assert client.get(adresse, follow=True).status_code == 200, adresse
    assert "Dossier repris" in client.get(f"/dossiers/{dossier.reference}/").content.decode()
    assert client.get(f"/equipes/{dossier.equipe_id}/").status_code == 200


def test_la_commande_importe_et_rend_du_json(tmp_path, administratrice, capsys):
    fichier = tmp_path / "e.csv"
    fichier.write_bytes(en_csv(ligne()))
    call_command("reprises", "importer", str(fichier), "--par", administratrice.courriel, "--json", "--controler")
    assert json.loads(capsys.readouterr().out) == {
        "valides": 1, "deja_reprises": [], "reprises": [], "erreurs": [],
    }  # fmt: skip
    call_command("reprises", "importer", str(fichier), "--par", administratrice.courriel, "--json")
    rendu = json.loads(capsys.readouterr().out)
    assert rendu["reprises"] == [{"cle": "22-001", "equipe": Equipe.objects.get().pk}]
    call_command("reprises", "importer", str(fichier), "--par", administratrice.courriel)
    assert "1 l’étaient déjà" in capsys.readouterr().out
    fichier.write_bytes(en_csv(ligne(cle="x", forme="cpts")))
    with pytest.raises(CommandError) as fautif:
        call_command("reprises", "importer", str(fichier), "--par", administratrice.courriel)
    assert fautif.value.returncode == 2
    assert "forme « cpts »" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("reprises", "importer", str(fichier), "--par", "personne@nulle.example")
