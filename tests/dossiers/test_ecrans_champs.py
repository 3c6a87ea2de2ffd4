"""Un champ seul : enregistrement automatique, historique, restauration."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Reponse, TexteEnConflit, VersionReponse
from tests.dossiers.ecrans import (
    DESCRIPTION,
    ECHANGE,
    HOSTILE,
    TABLEAU,
    TERRITOIRE,
    enregistrer,
    requetes,
    sous,
    texte,
    url,
)
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db
NIR = "1 85 05 78 006 084 91"


@pytest.fixture
def membre(acteurs):
    return sous(acteurs["membre"])


# --- Enregistrer ----------------------------------------------------------------------------------


def test_un_champ_enregistre_rend_son_etat_et_sa_version(dossier, porteuse):
    reponse = enregistrer(porteuse, dossier, DESCRIPTION, "<p>Un <strong>bourg</strong>.</p>")
    contenu = texte(reponse)
    assert reponse.status_code == 200
    assert 'data-esp-statut="enregistre" data-esp-version="1"' in contenu
    assert "Enregistré à" in contenu
    assert Reponse.objects.get().valeur == "<p>Un <strong>bourg</strong>.</p>"


def test_deux_envois_du_meme_texte_ne_font_qu_une_version(dossier, porteuse):
    for _ in range(2):
        reponse = enregistrer(porteuse, dossier, DESCRIPTION, "<p>Le même</p>")
        assert 'data-esp-version="1"' in texte(reponse)
    assert VersionReponse.objects.count() == 1


def test_une_cellule_s_enregistre_par_son_chemin(dossier, porteuse, acteurs):
    ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    assert enregistrer(porteuse, dossier, f"{TABLEAU}/{ligne}/thematique", "La douleur").status_code == 200
    assert Reponse.objects.filter(champ=f"{TABLEAU}/{ligne}/thematique", valeur="La douleur").exists()


def test_une_saisie_refusee_le_dit_a_cote_du_champ_et_n_ecrit_rien(dossier, porteuse):
    reponse = enregistrer(porteuse, dossier, ECHANGE, "x" * 1001)
    assert reponse.status_code == 422
    assert 'class="fr-error-text"' in texte(reponse)
    assert "1000 au plus" in texte(reponse)
    assert not Reponse.objects.exists()


@pytest.mark.parametrize(("type_", "mauvais"), [("cases", "inventee"), ("choix", "inventee"), ("date", "31/02/2026")])
def test_une_valeur_impossible_est_refusee(type_, mauvais, dossier, porteuse):
    chemin = next(c.id for _, c in trame_de(dossier).champs() if c.type == type_)
    assert enregistrer(porteuse, dossier, chemin, mauvais).status_code == 422
    assert not Reponse.objects.exists()


def test_un_numero_de_securite_sociale_declenche_un_avertissement_sans_bloquer(dossier, porteuse):
    reponse = enregistrer(porteuse, dossier, ECHANGE, f"Patient {NIR}")
    assert reponse.status_code == 200
    assert "numéro de sécurité sociale" in texte(reponse)
    assert NIR not in texte(reponse)
    assert "numéro de sécurité sociale" in texte(porteuse.get(url(dossier, "rubrique", TERRITOIRE)))


def test_un_html_hostile_est_desinfecte_avant_d_etre_garde(dossier, porteuse):
    enregistrer(porteuse, dossier, DESCRIPTION, f'<p onclick="x()">{HOSTILE}<a href="javascript:x()">lien</a></p>')
    garde = Reponse.objects.get().valeur
    for interdit in ("<script", "<img", "onclick", "javascript:"):
        assert interdit not in garde


def test_un_conflit_rend_le_champ_avec_les_deux_textes(dossier, porteuse, membre):
    enregistrer(porteuse, dossier, DESCRIPTION, "<p>Le texte de Claire</p>")
    reponse = enregistrer(membre, dossier, DESCRIPTION, "<p>Le texte de Yann</p>")
    contenu = texte(reponse)
    assert reponse.status_code == 409
    assert f'id="champ-{DESCRIPTION}"' in contenu
    assert "Le texte de Claire" in contenu
    assert "Le texte de Yann" in contenu
    assert 'value="ranger:' in contenu
    assert TexteEnConflit.objects.count() == 1


def test_seul_le_dernier_texte_en_conflit_d_une_personne_se_montre(dossier, porteuse, membre):
    enregistrer(porteuse, dossier, DESCRIPTION, "<p>Claire</p>")
    for debut in ("Yann", "Yann et", "Yann et puis"):
        reponse = enregistrer(membre, dossier, DESCRIPTION, f"<p>{debut}</p>")
    assert texte(reponse).count('class="esp-conflit"') == 1
    assert "Yann et puis" in texte(reponse)
    assert TexteEnConflit.objects.count() == 3


def test_ecrire_dans_un_dossier_fige_rend_403_avec_la_raison(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    reponse = enregistrer(sous(acteurs["porteuse"]), dossier, DESCRIPTION, "<p>x</p>", version=1)
    assert reponse.status_code == 403
    assert 'data-esp-statut="refus"' in texte(reponse)
    assert "ne changent plus" in texte(reponse)


def test_une_accompagnatrice_n_enregistre_rien(dossier, acteurs):
    assert enregistrer(sous(acteurs["accompagnatrice"]), dossier, DESCRIPTION, "<p>x</p>").status_code == 403
    assert not Reponse.objects.exists()


@pytest.mark.parametrize("chemin", ["nulle-part", "professionnels", TABLEAU, f"{TABLEAU}/ab12/inconnue", "a/b"])
def test_un_champ_qui_ne_s_enregistre_pas_ainsi_rend_404(chemin, dossier, porteuse):
    adresse = f"{url(dossier, 'fiche')}champs/{chemin}/"
    assert porteuse.post(adresse, {chemin: "x", f"version:{chemin}": "0"}).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_un_envoi_sans_version_est_refuse(version, dossier, porteuse):
    assert enregistrer(porteuse, dossier, DESCRIPTION, "x", version=version).status_code == 404
    assert not Reponse.objects.exists()


def test_sans_jeton_rien_ne_s_ecrit(dossier, acteurs):
    client = connecter(Client(enforce_csrf_checks=True), acteurs["porteuse"])
    assert enregistrer(client, dossier, DESCRIPTION, "<p>x</p>").status_code == 403
    assert not Reponse.objects.exists()


def test_la_session_expiree_repond_401_au_script_et_la_connexion_aux_autres(client, dossier):
    assert enregistrer(client, dossier, DESCRIPTION, "x").status_code == 401
    reponse = client.get(url(dossier, "champ", DESCRIPTION))
    assert reponse.status_code == 302
    assert "/compte/connexion/" in reponse.url


def test_le_champ_se_relit_seul(dossier, porteuse):
    enregistrer(porteuse, dossier, DESCRIPTION, "<p>Un bourg.</p>")
    contenu = texte(porteuse.get(url(dossier, "champ", DESCRIPTION)))
    assert "Un bourg." in contenu
    assert "<html" not in contenu


def test_une_cellule_de_ligne_retiree_ne_se_relit_plus(dossier, porteuse, acteurs):
    ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    chemin = f"{TABLEAU}/{ligne}/thematique"
    assert porteuse.get(url(dossier, "champ", chemin)).status_code == 200
    r.retirer_ligne(dossier, TABLEAU, ligne, acteur=acteurs["porteuse"])
    assert porteuse.get(url(dossier, "champ", chemin)).status_code == 404


@pytest.mark.parametrize("deja", [0, 12])
def test_enregistrer_un_champ_coute_un_nombre_fixe_de_requetes(deja, dossier, porteuse, acteurs):
    for n in range(deja):
        r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
        r.commenter(dossier, DESCRIPTION, f"Remarque {n}", acteur=acteurs["membre"])
    enregistrer(porteuse, dossier, DESCRIPTION, "<p>Un</p>")
    with CaptureQueriesContext(connection) as capture:
        assert enregistrer(porteuse, dossier, DESCRIPTION, "<p>Deux</p>", version=1).status_code == 200
    assert len(capture) == 10


# --- Historique -----------------------------------------------------------------------------------


@pytest.fixture
def ecrit(dossier, acteurs):
    """Un champ à trois versions, de deux personnes."""
    for qui, phrase in (("porteuse", "Nous suivons douze patients."), ("membre", "Nous suivons quinze patients."),
                        ("porteuse", "Nous suivons quinze patients âgés.")):  # fmt: skip
        fabrique.ecrire(dossier, DESCRIPTION, f"<p>{phrase}</p>", acteurs[qui])
    return dossier


def test_l_historique_montre_les_versions_et_ce_que_la_derniere_a_change(ecrit, porteuse, acteurs):
    contenu = texte(porteuse.get(url(ecrit, "historique", DESCRIPTION)))
    for numero in (1, 2, 3):
        assert f"<strong>Version {numero}</strong>" in contenu
    assert str(acteurs["membre"]) in contenu
    assert "De la version 2 à la version 3" in contenu
    ajout = contenu.split("<ins>")[1].split("</ins>")[0]
    assert "âgés" in ajout
    assert "début d’ajout" in ajout


def test_on_compare_deux_versions_dans_un_sens_ou_dans_l_autre(ecrit, porteuse):
    adresse = url(ecrit, "historique", DESCRIPTION)
    for requete in ("?de=1&a=2", "?de=2&a=1"):
        contenu = texte(porteuse.get(adresse + requete))
        assert "De la version 1 à la version 2" in contenu
        assert "douze" in contenu.split("<del>")[1].split("</del>")[0]


@pytest.mark.parametrize("requete", ["?a=99", "?a=x&de=y", "?de=-1", "?a=1", "?a=3&de=3"])
def test_une_comparaison_absurde_ne_plante_pas(requete, ecrit, porteuse):
    assert porteuse.get(url(ecrit, "historique", DESCRIPTION) + requete).status_code == 200


def test_un_champ_jamais_rempli_a_un_historique_vide_qui_l_explique(dossier, porteuse):
    assert "encore jamais été rempli" in texte(porteuse.get(url(dossier, "historique", DESCRIPTION)))


def test_la_premiere_version_se_lit_sans_marques(dossier, porteuse, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Trois bourgs.</p>", acteurs["porteuse"])
    contenu = texte(porteuse.get(url(dossier, "historique", DESCRIPTION)))
    assert "Version 1, la première" in contenu
    assert "Trois bourgs." in contenu
    assert "<ins>" not in contenu


def test_l_historique_d_un_tableau_nomme_les_lignes(dossier, porteuse, acteurs):
    for theme in ("La douleur", "Le diabète"):
        ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
        fabrique.ecrire(dossier, f"{TABLEAU}/{ligne}/thematique", theme, acteurs["porteuse"])
    contenu = texte(porteuse.get(url(dossier, "historique", TABLEAU)))
    assert "Axe thématique 1 : La douleur" in contenu
    assert "Le diabète" in contenu


def test_l_historique_ne_depend_pas_du_nombre_de_versions(dossier, porteuse, acteurs):
    adresse = url(dossier, "historique", DESCRIPTION)
    fabrique.ecrire(dossier, DESCRIPTION, "<p>1</p>", acteurs["porteuse"])
    une = requetes(porteuse, adresse)
    for n in (2, 3):
        fabrique.ecrire(dossier, DESCRIPTION, f"<p>{n}</p>", acteurs["membre"])
    assert requetes(porteuse, adresse) == une


# --- Restaurer ------------------------------------------------------------------------------------


def test_restaurer_se_confirme_puis_fait_une_nouvelle_version(ecrit, porteuse, acteurs):
    adresse = url(ecrit, "restaurer", DESCRIPTION, 1)
    contenu = texte(porteuse.get(adresse))
    assert "Restaurer la version 1" in contenu
    assert "douze" in contenu
    reponse = porteuse.post(adresse, follow=True)
    assert "est de nouveau en place" in texte(reponse)
    en_place = Reponse.objects.get(champ=DESCRIPTION)
    assert (en_place.version, en_place.valeur) == (4, "<p>Nous suivons douze patients.</p>")
    assert VersionReponse.objects.count() == 4


@pytest.mark.parametrize("methode", ["get", "post"])
@pytest.mark.parametrize(("chemin", "numero"), [(DESCRIPTION, 9), (ECHANGE, 1), ("nulle-part", 1)])
def test_une_version_qui_n_existe_pas_rend_404(methode, chemin, numero, ecrit, porteuse):
    assert getattr(porteuse, methode)(url(ecrit, "restaurer", chemin, numero)).status_code == 404


@pytest.mark.parametrize("methode", ["get", "post"])
def test_une_accompagnatrice_ne_restaure_pas(methode, ecrit, acteurs):
    client = sous(acteurs["accompagnatrice"])
    assert getattr(client, methode)(url(ecrit, "restaurer", DESCRIPTION, 1)).status_code == 403
    assert client.get(url(ecrit, "historique", DESCRIPTION)).status_code == 200
    assert VersionReponse.objects.count() == 3
