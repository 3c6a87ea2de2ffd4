"""La page de rédaction : lire, enregistrer sans JavaScript, faire un geste, savoir ce qui manque."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import ce_qui_manque, trame_de
from esperluette.dossiers.models import Commentaire, Dossier, Reponse, TexteEnConflit, VersionReponse
from tests.dossiers.ecrans import (
    AXES,
    COMMUNES,
    DESCRIPTION,
    ECHANGE,
    HOSTILE,
    PATIENTELE,
    QPV,
    QUALIFICATION,
    TABLEAU,
    TERRITOIRE,
    sous,
    texte,
    url,
)
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique
from tests.fabriques.territoires import petite_bretagne

pytestmark = pytest.mark.django_db


@pytest.fixture
def porteuse(acteurs):
    return sous(acteurs["porteuse"])


@pytest.fixture
def bretagne(db):
    return petite_bretagne()


@pytest.fixture
def page(dossier):
    return url(dossier, "rubrique", TERRITOIRE)


def valeur(dossier, chemin):
    reponse = dossier.reponses.filter(champ=chemin).first()
    return reponse.valeur if reponse else None


# --- Lire -----------------------------------------------------------------------------------------


def test_chaque_rubrique_de_la_trame_a_sa_page(dossier, porteuse):
    for rubrique in trame_de(dossier).rubriques:
        reponse = porteuse.get(url(dossier, "rubrique", rubrique.id))
        assert reponse.status_code == (200 if rubrique.champs else 404), rubrique.id
        for champ in rubrique.champs:
            assert f'id="champ-{champ.id}"' in texte(reponse)


def test_une_rubrique_inconnue_n_existe_pas(dossier, porteuse):
    assert porteuse.get(url(dossier, "rubrique", "nulle-part")).status_code == 404


def test_la_redaction_ouvre_la_premiere_rubrique_incomplete(dossier, porteuse, acteurs):
    assert porteuse.get(url(dossier, "redaction")).url == url(dossier, "rubrique", TERRITOIRE)
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Ici.</p>", acteurs["porteuse"])
    fabrique.ecrire(dossier, QUALIFICATION, ["zip"], acteurs["porteuse"])
    assert porteuse.get(url(dossier, "redaction")).url == url(dossier, "rubrique", PATIENTELE)


def test_un_dossier_complet_ouvre_sa_premiere_rubrique(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    assert sous(acteurs["membre"]).get(url(dossier, "redaction")).url == url(dossier, "rubrique", TERRITOIRE)


def test_la_page_dit_l_intitule_officiel_l_aide_et_les_exemples(page, porteuse):
    contenu = texte(porteuse.get(page))
    assert "1.1. Le territoire de réalisation du projet" in contenu
    assert "Ce qu’on attend" in contenu
    assert "Ce que regarde la commission" in contenu
    assert "(Exemple fictif)" in contenu


def test_la_fiche_de_l_equipe_remplit_les_communes_d_avance(page, porteuse):
    contenu = texte(porteuse.get(page))
    assert 'value="22136" checked' in contenu
    assert "Reprises de la fiche de l’équipe" in contenu


def test_un_champ_conditionnel_ne_parait_que_s_il_a_lieu_d_etre(dossier, page, porteuse, acteurs):
    def cache():
        bloc = texte(porteuse.get(page)).split(f'id="champ-{QPV}"')[1].split(">")[0]
        return " hidden" in bloc

    assert cache()
    fabrique.ecrire(dossier, QUALIFICATION, ["qpv"], acteurs["porteuse"])
    assert not cache()


def test_la_liste_des_membres_vient_de_l_equipe(dossier, porteuse):
    contenu = texte(porteuse.get(url(dossier, "rubrique", "professionnels")))
    for membre in dossier.equipe.membres.all():
        assert membre.nom in contenu
    assert f"/equipes/{dossier.equipe_id}/membres/" in contenu


def test_un_texte_hostile_ne_s_execute_nulle_part(dossier, porteuse, acteurs):
    for chemin in (DESCRIPTION, ECHANGE):
        fabrique.ecrire(dossier, chemin, f"<p>{HOSTILE}Bonjour</p>", acteurs["porteuse"])
    r.commenter(dossier, DESCRIPTION, HOSTILE, acteur=acteurs["membre"])
    for adresse in (
        url(dossier, "rubrique", TERRITOIRE),
        url(dossier, "historique", ECHANGE),
        url(dossier, "signature"),
    ):
        contenu = texte(porteuse.get(adresse))
        assert "<script>alert" not in contenu
        assert "<img src=x" not in contenu
        assert "Bonjour" in contenu


@pytest.mark.parametrize("qui", ["accompagnatrice", "membre"])
def test_qui_ne_peut_pas_ecrire_lit_et_la_page_dit_pourquoi(qui, equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier if qui == "membre" else fabrique.brouillon(equipe)
    contenu = texte(sous(acteurs[qui]).get(url(dossier, "rubrique", TERRITOIRE)))
    assert "Vous lisez, sans pouvoir écrire" in contenu
    assert f'name="{DESCRIPTION}"' not in contenu
    assert "Enregistrer cette rubrique" not in contenu


# --- Enregistrer sans JavaScript ------------------------------------------------------------------


def test_le_bouton_enregistre_toute_la_rubrique(dossier, page, porteuse):
    reponse = porteuse.post(
        page,
        {
            DESCRIPTION: "Un bourg.\n\n- Plémet\n- La Chèze",
            f"version:{DESCRIPTION}": 0,
            QUALIFICATION: ["zip", "zrr"],
            f"version:{QUALIFICATION}": 0,
            ECHANGE: "",
            f"version:{ECHANGE}": 0,
        },
        follow=True,
    )
    assert reponse.redirect_chain == [(page, 302)]
    assert "Rubrique enregistrée à" in texte(reponse)
    assert valeur(dossier, DESCRIPTION) == "<p>Un bourg.</p><ul><li><p>Plémet</p></li><li><p>La Chèze</p></li></ul>"
    assert valeur(dossier, QUALIFICATION) == ["zip", "zrr"]
    assert not dossier.reponses.filter(champ=ECHANGE).exists()


def test_enregistrer_sans_rien_changer_n_ecrit_aucune_version(dossier, page, porteuse, acteurs):
    fabrique.ecrire(
        dossier, DESCRIPTION, "<p>Du <strong>gras</strong>.</p><ul><li><p>un</p></li></ul>", acteurs["membre"]
    )
    envoi = {
        DESCRIPTION: "Du gras.\r\n\r\n- un", f"version:{DESCRIPTION}": 1,
        COMMUNES: ["22136"], f"version:{COMMUNES}": 0,
    }  # fmt: skip
    reponse = porteuse.post(page, envoi, follow=True)
    assert "Rien n’avait changé" in texte(reponse)
    assert VersionReponse.objects.count() == 1
    assert "<strong>" in valeur(dossier, DESCRIPTION)


def test_ne_pas_toucher_un_champ_ne_defait_pas_ce_qu_un_collegue_vient_d_ecrire(dossier, page, porteuse, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Avant.</p>", acteurs["porteuse"])
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Après.</p>", acteurs["membre"])
    porteuse.post(page, {DESCRIPTION: "Avant.", f"version:{DESCRIPTION}": 1, ECHANGE: "Oui", f"version:{ECHANGE}": 0})
    assert valeur(dossier, DESCRIPTION) == "<p>Après.</p>"
    assert valeur(dossier, ECHANGE) == "Oui"
    assert not TexteEnConflit.objects.exists()


def test_une_saisie_refusee_revient_avec_son_erreur_et_le_reste_est_enregistre(dossier, page, porteuse):
    long = "x" * 1001
    reponse = porteuse.post(
        page, {ECHANGE: long, f"version:{ECHANGE}": 0, DESCRIPTION: "Bien.", f"version:{DESCRIPTION}": 0}
    )
    assert reponse.status_code == 422
    contenu = texte(reponse)
    assert "Une réponse est à reprendre" in contenu
    assert f'href="#champ-{ECHANGE}-saisie"' in contenu
    assert long in contenu
    assert "1001 caractères, 1000 au plus" in contenu
    assert valeur(dossier, DESCRIPTION) == "<p>Bien.</p>"


@pytest.mark.parametrize(
    ("ajout", "codes"),
    [("Plouguenast-Langast", ["22136", "22219"]), ("35115, 22219", ["22136", "35115", "22219"]), ("", ["22136"])],
)
def test_on_ajoute_une_commune_en_tapant_son_nom_ou_son_code(ajout, codes, bretagne, dossier, page, porteuse):
    porteuse.post(page, {COMMUNES: ["22136"], f"{COMMUNES}_ajout": ajout, f"version:{COMMUNES}": 0})
    assert (valeur(dossier, COMMUNES) or ["22136"]) == codes


def test_une_commune_inconnue_revient_avec_ce_qui_etait_tape(bretagne, dossier, page, porteuse):
    reponse = porteuse.post(page, {COMMUNES: ["22136"], f"{COMMUNES}_ajout": "Zzyzx", f"version:{COMMUNES}": 0})
    assert reponse.status_code == 422
    assert "Aucune commune ne correspond" in texte(reponse)
    assert 'value="Zzyzx"' in texte(reponse)
    assert not dossier.reponses.exists()


@pytest.mark.parametrize(
    "envoi",
    [
        {"version:inconnu": "0", "inconnu": "x"},
        {f"version:{DESCRIPTION}": "abc", DESCRIPTION: "x"},
        {DESCRIPTION: "x"},
        {"version:professionnels": "0", "professionnels": "x"},
        {f"version:{TABLEAU}": "0", TABLEAU: "x"},
        {"version:patientele_description": "0", "patientele_description": "d'une autre rubrique"},
        {"version:": "0"},
    ],
)
def test_un_envoi_qui_ne_correspond_a_rien_n_ecrit_rien(envoi, dossier, page, porteuse):
    assert porteuse.post(page, envoi).status_code == 302
    assert not dossier.reponses.exists()


@pytest.mark.parametrize("mauvais", ["option-inventee", "x\x00y"])
def test_un_choix_invente_est_refuse_sans_planter(mauvais, dossier, page, porteuse):
    reponse = porteuse.post(page, {QUALIFICATION: mauvais, f"version:{QUALIFICATION}": 0})
    assert reponse.status_code == 422
    assert "Cette case n&#x27;existe pas dans la trame." in texte(reponse)


def test_ecrire_dans_un_dossier_fige_est_refuse_et_la_saisie_revient(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    version = dossier.reponses.get(champ=DESCRIPTION).version
    reponse = sous(acteurs["membre"]).post(
        url(dossier, "rubrique", TERRITOIRE), {DESCRIPTION: "Trop tard", f"version:{DESCRIPTION}": version}
    )
    assert reponse.status_code == 403
    assert "ses réponses ne changent plus" in texte(reponse)
    assert "Trop tard" in texte(reponse)


def test_une_accompagnatrice_n_ecrit_pas(dossier, page, acteurs):
    reponse = sous(acteurs["accompagnatrice"]).post(page, {DESCRIPTION: "x", f"version:{DESCRIPTION}": 0})
    assert reponse.status_code == 403
    assert not dossier.reponses.exists()


# --- Conflits sans JavaScript ---------------------------------------------------------------------


@pytest.fixture
def conflit(dossier, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Le texte de Claire</p>", acteurs["porteuse"])
    return r.enregistrer_reponse(
        dossier, DESCRIPTION, "<p>Le texte de Yann</p>", version_lue=0, acteur=acteurs["membre"]
    ).conflit


def test_deux_saisies_du_meme_champ_montrent_les_deux_textes(dossier, page, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Le texte de Claire</p>", acteurs["porteuse"])
    reponse = sous(acteurs["membre"]).post(
        page, {DESCRIPTION: "Le texte de Yann", f"version:{DESCRIPTION}": 0}, follow=True
    )
    assert reponse.redirect_chain[0][0] == f"{page}#champ-{DESCRIPTION}"
    contenu = texte(reponse)
    assert "Deux textes pour" in contenu
    assert "Le texte de Claire" in contenu
    assert "Le texte de Yann" in contenu
    assert "Garder le mien" in contenu


@pytest.mark.parametrize(
    ("choix", "attendu"),
    [
        ("mien", "<p>Le texte de Yann</p>"),
        ("sien", "<p>Le texte de Claire</p>"),
        ("melange", "<p>Les deux ensemble</p>"),
    ],
)
def test_on_range_un_conflit(choix, attendu, dossier, page, conflit, acteurs):
    envoi = {"geste": f"ranger:{conflit.pk}:{choix}", f"melange:{conflit.pk}": "Les deux ensemble"}
    reponse = sous(acteurs["membre"]).post(page, envoi, follow=True)
    assert "Texte retenu" in texte(reponse)
    assert "Deux textes pour" not in texte(reponse)
    assert valeur(dossier, DESCRIPTION) == attendu
    historique = {v.valeur for v in VersionReponse.objects.all()}
    assert {"<p>Le texte de Yann</p>", "<p>Le texte de Claire</p>"} <= historique


def test_le_conflit_d_un_autre_se_voit_et_se_range(dossier, page, conflit, porteuse):
    assert "Garder celui de" in texte(porteuse.get(page))
    assert porteuse.post(page, {"geste": f"ranger:{conflit.pk}:mien"}).status_code == 302
    assert valeur(dossier, DESCRIPTION) == "<p>Le texte de Yann</p>"


def test_un_conflit_deja_range_ou_d_un_autre_dossier_n_existe_pas(page, conflit, porteuse, equipe, acteurs):
    porteuse.post(page, {"geste": f"ranger:{conflit.pk}:sien"})
    assert porteuse.post(page, {"geste": f"ranger:{conflit.pk}:sien"}).status_code == 404
    autre = fabrique.brouillon(acteurs["porteuse_ailleurs"].appartenances.get().equipe)
    TexteEnConflit.objects.update(range_le=None)
    assert sous(acteurs["porteuse_ailleurs"]).post(
        url(autre, "rubrique", TERRITOIRE), {"geste": f"ranger:{conflit.pk}:sien"}
    ).status_code == 404  # fmt: skip


# --- Gestes ---------------------------------------------------------------------------------------


def lignes(dossier):
    return valeur(dossier, TABLEAU) or []


def test_un_tableau_se_construit_ligne_par_ligne_sans_javascript(dossier, porteuse):
    adresse = url(dossier, "rubrique", AXES)
    for _ in range(3):
        assert porteuse.post(adresse, {"geste": f"ajouter:{TABLEAU}"}).status_code == 302
    a, b, c = lignes(dossier)
    porteuse.post(adresse, {"geste": f"monter:{TABLEAU}:{c}"})
    porteuse.post(adresse, {"geste": f"descendre:{TABLEAU}:{a}"})
    assert lignes(dossier) == [c, a, b]
    reponse = porteuse.post(adresse, {"geste": f"retirer:{TABLEAU}:{a}"}, follow=True)
    assert lignes(dossier) == [c, b]
    assert f"retablir:{TABLEAU}:{a}" in texte(reponse)
    porteuse.post(adresse, {"geste": f"retablir:{TABLEAU}:{a}"})
    assert set(lignes(dossier)) == {a, b, c}


def test_un_geste_enregistre_d_abord_la_saisie_de_la_page(dossier, porteuse):
    adresse = url(dossier, "rubrique", AXES)
    porteuse.post(adresse, {"geste": f"ajouter:{TABLEAU}"})
    chemin = f"{TABLEAU}/{lignes(dossier)[0]}/thematique"
    porteuse.post(adresse, {"geste": f"ajouter:{TABLEAU}", chemin: "Le diabète", f"version:{chemin}": 0})
    assert valeur(dossier, chemin) == "Le diabète"
    assert len(lignes(dossier)) == 2


def test_la_saisie_d_une_ligne_retiree_entre_temps_n_est_pas_perdue(dossier, porteuse, acteurs):
    adresse = url(dossier, "rubrique", AXES)
    ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    r.retirer_ligne(dossier, TABLEAU, ligne, acteur=acteurs["membre"])
    chemin = f"{TABLEAU}/{ligne}/thematique"
    porteuse.post(adresse, {chemin: "La douleur", f"version:{chemin}": 0})
    porteuse.post(adresse, {"geste": f"retablir:{TABLEAU}:{ligne}"})
    assert "La douleur" in texte(porteuse.get(adresse))


def test_au_dela_du_maximum_l_ajout_est_refuse_a_cote_du_tableau(dossier, porteuse, acteurs):
    for _ in range(20):
        r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    reponse = porteuse.post(url(dossier, "rubrique", AXES), {"geste": f"ajouter:{TABLEAU}"})
    assert reponse.status_code == 422
    assert "accepte au plus 20 lignes" in texte(reponse)


@pytest.mark.parametrize(
    "geste",
    ["inventer:x", "ajouter", "monter:axes_thematiques", "ranger:abc:mien", "ranger:1:autre", "regler:0", "regler:-1",
     "ranger:99999999999999999999:mien", ":::", "commenter"],
)  # fmt: skip
def test_un_geste_qui_n_existe_pas_rend_404(geste, dossier, page, porteuse):
    assert porteuse.post(page, {"geste": geste}).status_code == 404


@pytest.mark.parametrize("geste", ["ajouter:territoire_description", "monter:nulle-part:ab12", "commenter:nulle-part"])
def test_un_geste_sur_le_mauvais_champ_est_refuse_sans_planter(geste, dossier, page, porteuse):
    assert porteuse.post(page, {"geste": geste, "commentaire:nulle-part": "x"}).status_code == 422


def test_une_ligne_inventee_ne_fait_rien(dossier, porteuse):
    adresse = url(dossier, "rubrique", AXES)
    porteuse.post(adresse, {"geste": f"retirer:{TABLEAU}:zzzz"})
    assert porteuse.post(adresse, {"geste": f"retablir:{TABLEAU}:zzzz"}).status_code == 422
    assert lignes(dossier) == []


# --- Commentaires ---------------------------------------------------------------------------------


@pytest.mark.parametrize("qui", ["porteuse", "membre", "accompagnatrice"])
def test_membres_et_accompagnateurs_commentent_puis_reglent(qui, dossier, page, acteurs):
    client = sous(acteurs[qui])
    envoi = {"geste": f"commenter:{DESCRIPTION}", f"commentaire:{DESCRIPTION}": "Et la maison de santé ?"}
    assert "Et la maison de santé ?" in texte(client.post(page, envoi, follow=True))
    commentaire = Commentaire.objects.get()
    assert commentaire.auteur == acteurs[qui]
    reponse = client.post(page, {"geste": f"regler:{commentaire.pk}"}, follow=True)
    assert "Et la maison de santé ?" not in texte(reponse)
    assert "1 commentaire réglé" in texte(reponse)


def test_un_commentaire_vide_est_refuse(page, porteuse):
    reponse = porteuse.post(page, {"geste": f"commenter:{DESCRIPTION}", f"commentaire:{DESCRIPTION}": "  "})
    assert reponse.status_code == 422
    assert "Écrivez votre commentaire" in texte(reponse)
    assert not Commentaire.objects.exists()


def test_on_ne_regle_pas_le_commentaire_d_un_autre_dossier(dossier, acteurs):
    commentaire = r.commenter(dossier, DESCRIPTION, "Ici", acteur=acteurs["porteuse"])
    autre = fabrique.brouillon(acteurs["porteuse_ailleurs"].appartenances.get().equipe)
    adresse = url(autre, "rubrique", TERRITOIRE)
    assert sous(acteurs["porteuse_ailleurs"]).post(adresse, {"geste": f"regler:{commentaire.pk}"}).status_code == 404


# --- Avec htmx : le champ seul, et le menu --------------------------------------------------------


def test_un_geste_htmx_rend_le_champ_et_le_menu_seulement(dossier, porteuse):
    reponse = porteuse.post(
        url(dossier, "rubrique", AXES), {"geste": f"ajouter:{TABLEAU}"}, headers={"HX-Request": "true"}
    )
    contenu = texte(reponse)
    assert reponse.status_code == 200
    assert "<html" not in contenu
    assert f'id="champ-{TABLEAU}"' in contenu
    assert 'id="menu-rubriques" hx-swap-oob="true"' in contenu
    assert f'data-esp-cible="ligne-{lignes(dossier)[0]}"' in contenu


def test_un_geste_htmx_refuse_dit_pourquoi(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    reponse = sous(acteurs["membre"]).post(
        url(dossier, "rubrique", AXES), {"geste": f"ajouter:{TABLEAU}"}, headers={"HX-Request": "true"}
    )
    assert reponse.status_code == 403
    assert 'data-esp-statut="refus"' in texte(reponse)


# --- Présence -------------------------------------------------------------------------------------


def test_un_collegue_qui_vient_d_ecrire_se_voit_dans_le_menu_et_a_cote_du_champ(dossier, page, porteuse, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>Je suis là.</p>", acteurs["membre"])
    prenom = acteurs["membre"].prenom
    contenu = texte(porteuse.get(url(dossier, "presence", TERRITOIRE), headers={"HX-Request": "true"}))
    assert contenu.count(f"{prenom} écrit ici") == 2
    assert "<html" not in contenu
    Reponse.objects.update(modifie_le=timezone.now() - timedelta(minutes=3))
    assert "écrit ici" not in texte(porteuse.get(url(dossier, "presence", TERRITOIRE)))


def test_on_ne_se_voit_pas_soi_meme(dossier, page, porteuse, acteurs):
    fabrique.ecrire(dossier, DESCRIPTION, "<p>C’est moi.</p>", acteurs["porteuse"])
    assert "écrit ici" not in texte(porteuse.get(page))


def test_la_presence_demandee_sans_session_repond_401_au_script(client, dossier):
    adresse = url(dossier, "presence", TERRITOIRE)
    assert client.get(adresse, headers={"HX-Request": "true"}).status_code == 401
    assert client.get(adresse).status_code == 302


# --- Ce qui manque --------------------------------------------------------------------------------


def test_chaque_manque_mene_a_son_champ(dossier, porteuse, acteurs):
    ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    fabrique.ecrire(dossier, f"{TABLEAU}/{ligne}/thematique", "Le diabète", acteurs["porteuse"])
    manques = ce_qui_manque(dossier)
    contenu = texte(porteuse.get(url(dossier, "manques")))
    assert f"Ce qui manque ({len(manques)})" in contenu
    assert f'{url(dossier, "rubrique", TERRITOIRE)}#champ-{DESCRIPTION}"' in contenu
    assert f'{url(dossier, "rubrique", AXES)}#champ-{TABLEAU}--{ligne}--referents"' in contenu
    for manque in manques:
        cible = manque.chemin.replace("/", "--")
        assert f"#champ-{cible}" in contenu


def test_une_ligne_vide_mene_a_la_ligne(dossier, porteuse, acteurs):
    pleine, vide = (r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"]) for _ in range(2))
    fabrique.ecrire(dossier, f"{TABLEAU}/{pleine}/thematique", "Le diabète", acteurs["porteuse"])
    assert f"#ligne-{vide}" in texte(porteuse.get(url(dossier, "manques")))


def test_un_membre_a_confirmer_mene_a_la_page_des_membres(dossier, porteuse):
    MembreFabrique(equipe=dossier.equipe, invite=True, prenom="Nolwenn", nom="Priol")
    contenu = texte(porteuse.get(url(dossier, "manques")))
    assert "Nolwenn Priol" in contenu
    assert f"/equipes/{dossier.equipe_id}/membres/" in contenu


def test_un_dossier_complet_le_dit(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    assert "Rien ne manque" in texte(sous(acteurs["porteuse"]).get(url(dossier, "manques")))


def test_un_dossier_fige_n_a_rien_a_completer(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    assert Dossier.objects.get().etat == Etat.A_SIGNER
    assert "il n’y a rien à compléter" in texte(sous(acteurs["porteuse"]).get(url(dossier, "manques")))
