"""Contester un chiffre public : un motif l'enregistre, un motif vide le retire ou se demande, et rien ne se perd."""

import pytest

from esperluette.dossiers.actions import chiffres as c
from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.models import VersionReponse
from tests.dossiers.ecrans import TERRITOIRE, texte, url
from tests.dossiers.test_chiffres_publics import CHAMP, envoi, valeur

pytestmark = pytest.mark.django_db


def contester(client, dossier, *, follow=True, **champs):
    return client.post(
        url(dossier, "rubrique", TERRITOIRE), envoi(dossier, geste=f"contester:{CHAMP}", **champs), follow=follow
    )


def test_contester_avec_un_motif_se_dit_enregistre(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    mots = {f"conteste:{CHAMP}": "population", f"conteste:{CHAMP}:": "Un lotissement manque."}
    assert "Contestation enregistrée" in texte(contester(porteuse, dossier, **mots))
    assert valeur(dossier)["contestes"] == {"population": "Un lotissement manque."}


@pytest.mark.parametrize("motif", ["", "  \n"])
def test_contester_sans_motif_le_demande_a_cote_du_champ_et_garde_tout(publics, dossier, acteur, porteuse, motif):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    mots = {CHAMP: "Nous montons.", f"conteste:{CHAMP}": "population", f"conteste:{CHAMP}:": motif}
    rendu = contester(porteuse, dossier, follow=False, **mots)
    assert rendu.status_code == 422
    page = texte(rendu)
    assert "Dites pourquoi vous contestez ce chiffre" in page
    assert "Contestation enregistrée" not in page
    assert '<option value="population" selected>' in page
    assert ">Nous montons.</textarea>" in page
    assert (valeur(dossier)["commentaire"], valeur(dossier)["contestes"]) == ("Nous montons.", {})


def test_contester_sans_rien_choisir_dit_quoi_faire(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    rendu = contester(porteuse, dossier, follow=False, **{f"conteste:{CHAMP}": "", f"conteste:{CHAMP}:": ""})
    assert rendu.status_code == 422
    assert "Choisissez le chiffre que vous contestez, et dites pourquoi." in texte(rendu)


def test_contester_sans_motif_ce_qui_l_etait_deja_retire_la_contestation_et_le_dit(publics, dossier, acteur, porteuse):
    """La page d'avant propose encore ce chiffre, qu'un autre onglet a contesté depuis."""
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    ancienne = envoi(dossier)
    mots = {"commentaire": "", "contestes": {"population": "Recompté.", "densite": "Aussi."}}
    r.enregistrer_reponse(dossier, CHAMP, mots, version_lue=1, acteur=acteur)
    choix = {f"conteste:{CHAMP}": "population", f"conteste:{CHAMP}:": ""}
    lue = texte(contester(porteuse, dossier, **ancienne | choix))
    assert "Contestation retirée" in lue
    assert "Contestation enregistrée" not in lue
    assert valeur(dossier)["contestes"] == {"densite": "Aussi."}


def test_vider_un_motif_puis_contester_retire_la_contestation_et_le_dit(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    mots = {"commentaire": "", "contestes": {"population": "Recompté."}}
    r.enregistrer_reponse(dossier, CHAMP, mots, version_lue=1, acteur=acteur)
    vide = {f"conteste:{CHAMP}:population": "", f"conteste:{CHAMP}": "", f"conteste:{CHAMP}:": ""}
    for _ in range(2):
        assert "Contestation retirée" in texte(contester(porteuse, dossier, **vide))
    assert valeur(dossier)["contestes"] == {}
    assert VersionReponse.objects.filter(reponse__champ=CHAMP).count() == 3


def test_un_motif_sans_chiffre_ne_se_dit_pas_enregistre(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    champs = envoi(
        dossier, geste=f"contester:{CHAMP}", **{f"conteste:{CHAMP}": "", f"conteste:{CHAMP}:": "Un départ."}
    )
    for script in ({}, {"HTTP_HX_REQUEST": "true"}):
        page = texte(porteuse.post(url(dossier, "rubrique", TERRITOIRE), champs, **script))
        assert "Choisissez le chiffre que vous contestez." in page
        assert "Contestation enregistrée" not in page
        assert "Un départ." in page
