"""Qui entre où : la session, les autres équipes, les agents ; et le coût de chaque page."""

import pytest

from esperluette.dossiers import urls
from esperluette.dossiers.actions import redaction as r
from tests.dossiers.ecrans import DESCRIPTION, TABLEAU, TERRITOIRE, requetes, sous, url
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db

SUITES = {
    "fiche": (), "retirer": (), "redaction": (), "rubrique": (TERRITOIRE,), "presence": (TERRITOIRE,), "manques": (),
    "champ": (DESCRIPTION,), "historique": (DESCRIPTION,), "restaurer": (DESCRIPTION, 1), "pieces": (), "piece": (1,),
    "piece_retirer": (1,), "piece_vignette": (1,), "piece_remplacer": (1,), "piece_validite": (1,),
    "piece_garder": (1,), "signature": (), "figer": (), "signer": (), "relancer": (), "rouvrir": (), "deposer": (),
    "reprendre": (),
    "document": ("pdf",), "version": (1,), "version_document": (1, "pdf"), "accuse": (1,),
    "preuves": (1,), "preuves_toutes": (1, "json"), "preuve": (1, 1, "preuve.json"),
}  # fmt: skip
HORS_DOSSIER = {"liste", "nouveau"}
ECRITURES = {
    "retirer", "rubrique", "champ", "restaurer", "pieces", "piece_retirer", "figer", "signer", "relancer", "rouvrir",
    "deposer", "reprendre", "piece_remplacer", "piece_validite", "piece_garder",
}  # fmt: skip
# Les autres couples répondent 405 avant même de chercher le dossier.
OUVERTES = {("get", nom) for nom in SUITES if nom not in {"relancer", "reprendre", "piece_garder"}} | {
    ("post", nom) for nom in ECRITURES
}


def test_chaque_adresse_du_dossier_est_essayee_ici():
    assert {motif.name for motif in urls.urlpatterns} == SUITES.keys() | HORS_DOSSIER


@pytest.mark.parametrize("methode", ["get", "post"])
@pytest.mark.parametrize("nom", SUITES)
def test_sans_session_on_passe_par_la_connexion(nom, methode, client, dossier):
    reponse = getattr(client, methode)(url(dossier, nom, *SUITES[nom]))
    assert reponse.status_code == 302
    assert reponse.url.startswith("/compte/connexion/?next=")


@pytest.mark.parametrize("methode", ["get", "post"])
@pytest.mark.parametrize("nom", SUITES)
def test_pour_les_autres_le_dossier_n_existe_pas(nom, methode, dossier_depose, acteurs):
    for qui in ("porteuse_ailleurs", "referente", "inconnue", "administratrice"):
        reponse = getattr(sous(acteurs[qui]), methode)(url(dossier_depose, nom, *SUITES[nom]))
        assert reponse.status_code in {404, 405}, qui
        assert reponse.status_code == 404 or (methode, nom) not in OUVERTES, qui


@pytest.mark.parametrize("nom", SUITES)
def test_un_dossier_inconnu_n_existe_pas(nom, acteurs, dossier):
    dossier.reference = "ESP-22-2026-99999"
    client = sous(acteurs["porteuse"])
    for methode in ("get", "post"):
        if (methode, nom) in OUVERTES:
            assert getattr(client, methode)(url(dossier, nom, *SUITES[nom])).status_code == 404


LECTURES = ["fiche", "redaction", "rubrique", "presence", "manques", "champ", "historique", "pieces", "signature"]


@pytest.mark.parametrize("qui", ["porteuse", "membre", "accompagnatrice"])
@pytest.mark.parametrize("nom", LECTURES)
def test_l_equipe_et_qui_l_accompagne_lisent_tout(qui, nom, dossier, acteurs):
    reponse = sous(acteurs[qui]).get(url(dossier, nom, *SUITES[nom]))
    assert reponse.status_code == (302 if nom == "redaction" else 200)


@pytest.mark.parametrize("nom", ["fiche", "presence", "manques", "historique", "signature", "document"])
def test_une_page_de_lecture_refuse_un_envoi(nom, dossier, acteurs):
    assert sous(acteurs["porteuse"]).post(url(dossier, nom, *SUITES[nom])).status_code == 405


@pytest.mark.parametrize("nom", ["rubrique", "presence", "champ"])
@pytest.mark.parametrize("adresse", ["axes", "territoire"])
def test_une_rubrique_ne_coute_pas_plus_avec_plus_de_reponses_de_lignes_et_de_commentaires(
    nom, adresse, dossier, acteurs
):
    client, porteuse = sous(acteurs["porteuse"]), acteurs["porteuse"]

    def garnir(fois):
        for n in range(fois):
            ligne = r.ajouter_ligne(dossier, TABLEAU, acteur=porteuse)
            fabrique.ecrire(dossier, f"{TABLEAU}/{ligne}/thematique", f"Axe {n}", porteuse)
            r.commenter(dossier, TABLEAU, f"Remarque {n}", acteur=acteurs["membre"])
            r.commenter(dossier, DESCRIPTION, f"Remarque {n}", acteur=acteurs["membre"])
            fabrique.ecrire(dossier, DESCRIPTION, f"<p>{n}</p>", porteuse)
            r.enregistrer_reponse(dossier, DESCRIPTION, f"<p>conflit {n}</p>", version_lue=0, acteur=acteurs["membre"])

    cible = {"axes": TABLEAU, "territoire": DESCRIPTION}[adresse] if nom == "champ" else adresse
    garnir(1)
    une = requetes(client, url(dossier, nom, cible))
    garnir(2)
    assert requetes(client, url(dossier, nom, cible)) == une
    assert une <= 19  # dont une pour le menu (siège-t-on quelque part ?), une pour les pièces retenues


def test_ce_qui_manque_ne_coute_pas_plus_avec_plus_de_lignes(dossier, acteurs):
    client = sous(acteurs["porteuse"])
    r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    une = requetes(client, url(dossier, "manques"))
    for _ in range(2):
        r.ajouter_ligne(dossier, TABLEAU, acteur=acteurs["porteuse"])
    assert requetes(client, url(dossier, "manques")) == une
