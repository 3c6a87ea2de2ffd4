"""L'import à l'écran : déposer, relire, choisir ; sans JavaScript, à requêtes constantes, chacun chez soi."""

import pytest
from django.urls import reverse

from esperluette.dossiers.lectures import valeurs_de
from esperluette.importations.enums import EtatImportation
from esperluette.importations.models import Importation
from tests.dossiers.ecrans import HOSTILE, requetes, sous, texte
from tests.fabriques import dossiers as fabrique
from tests.fabriques import importations
from tests.fabriques.fichiers import pdf, upload

pytestmark = pytest.mark.django_db


def url(dossier, nom, *suite):
    return reverse(f"importations:{nom}", args=[dossier.reference, *suite])


@pytest.fixture
def porteuse(acteurs):
    return sous(acteurs["porteuse"])


def geste(client, importation, **envoi):
    return client.post(url(importation.dossier, "relire", importation.pk), envoi, follow=True)


def test_la_liste_des_dossiers_y_mene(porteuse, dossier):
    page = texte(porteuse.get(reverse("dossiers:liste")))
    assert "J’ai déjà rempli la trame Word" in page
    choisir = texte(porteuse.get(reverse("importations:choisir")))
    assert url(dossier, "importer") in choisir


def test_sans_dossier_la_page_dit_comment_en_ouvrir_un(porteuse, equipe):
    page = texte(porteuse.get(reverse("importations:choisir")))
    assert "Ouvrir un dossier pour" in page


def test_le_dossier_a_un_onglet_tant_qu_il_se_redige(porteuse, dossier):
    adresse = reverse("dossiers:fiche", args=[dossier.reference])
    assert url(dossier, "importer") in texte(porteuse.get(adresse))
    dossier.etat = "a_signer"
    dossier.save(update_fields=["etat"])
    assert url(dossier, "importer") not in texte(porteuse.get(reverse("dossiers:pieces", args=[dossier.reference])))


def test_deposer_mene_a_la_relecture(porteuse, dossier):
    reponse = porteuse.post(
        url(dossier, "importer"), {"fichier": upload("projet.docx", importations.trame_bretonne())}, follow=True
    )
    page = texte(reponse)
    assert "Nous suivons 2 300 patients." in page
    assert "Dans votre fichier" in page
    assert "Titre identique" in page
    assert "À ranger à la main" in page
    assert "Maëlle TANGUY" in page
    fiche = texte(porteuse.get(reverse("dossiers:fiche", args=[dossier.reference])))
    assert "Une trame importée vous attend" in fiche


@pytest.mark.parametrize(
    ("envoi", "message"),
    [
        ({}, "Choisissez le fichier à importer."),
        ({"fichier": ("projet.pdf", pdf)}, "n’est pas une trame Word"),
        ({"fichier": ("projet.docx", lambda: b"PK\x03\x04....")}, "abîmé"),
    ],
)
def test_un_fichier_refuse_se_dit_a_cote_du_champ(porteuse, dossier, envoi, message):
    fichiers = {cle: upload(nom, octets()) for cle, (nom, octets) in envoi.items()}
    reponse = porteuse.post(url(dossier, "importer"), fichiers)
    assert reponse.status_code == 422
    assert message in texte(reponse)
    assert "fr-upload-group--error" in texte(reponse)


def test_tout_prendre_puis_tout_annuler(porteuse, importation):
    page = texte(geste(porteuse, importation, geste="tout_prendre"))
    assert "sans rien remplacer" in page
    assert valeurs_de(importation.dossier)["patientele_description"] == "<p>Nous suivons 2 300 patients.</p>"
    page = texte(geste(porteuse, importation, geste="tout_annuler"))
    assert "comme avant l’import" in page
    assert valeurs_de(importation.dossier)["patientele_description"] == ""


def test_prendre_garder_et_annuler_un_choix(porteuse, importation):
    proposition = importation.propositions.get(champ="patientele_description")
    geste(porteuse, importation, geste=f"prendre:{proposition.pk}", version="0", ou=proposition.ancre)
    assert valeurs_de(importation.dossier)["patientele_description"]
    geste(porteuse, importation, geste=f"revenir:{proposition.pk}", ou=proposition.ancre)
    assert not valeurs_de(importation.dossier)["patientele_description"]
    page = texte(geste(porteuse, importation, geste=f"garder:{proposition.pk}", version="2"))
    assert "Votre réponse est gardée" in page


def test_un_conflit_se_dit_a_cote_et_n_ecrit_rien(porteuse, importation, acteurs):
    proposition = importation.propositions.get(champ="patientele_description")
    fabrique.ecrire(importation.dossier, "patientele_description", "<p>Entre-temps.</p>", acteurs["membre"])
    reponse = geste(porteuse, importation, geste=f"prendre:{proposition.pk}", version="0", ou=proposition.ancre)
    assert reponse.status_code == 409
    assert "a changé pendant votre relecture" in texte(reponse)
    assert valeurs_de(importation.dossier)["patientele_description"] == "<p>Entre-temps.</p>"


def test_ranger_sans_choisir_se_dit_a_cote(porteuse, importation):
    morceau = importation.morceaux.get()
    reponse = geste(porteuse, importation, geste=f"ranger:{morceau.pk}", champ="", ou=morceau.ancre)
    assert reponse.status_code == 422
    assert "Choisissez une question" in texte(reponse)
    geste(porteuse, importation, geste=f"ranger:{morceau.pk}", champ="offre_appui", ou=morceau.ancre)
    assert valeurs_de(importation.dossier)["offre_appui"] == "<p>Un passage sans question.</p>"
    geste(porteuse, importation, geste=f"reprendre:{morceau.pk}")
    assert "Écarté" in texte(geste(porteuse, importation, geste=f"ecarter:{morceau.pk}"))


def test_ajouter_ou_ne_pas_retenir_une_personne(porteuse, importation, equipe):
    infirmiere, coordinateur = importation.membres.all()
    assert "fait partie de l’équipe" in texte(geste(porteuse, importation, geste=f"ajouter:{infirmiere.pk}"))
    assert equipe.membres.filter(nom="TANGUY").exists()
    page = texte(geste(porteuse, importation, geste=f"ecarter_la_personne:{coordinateur.pk}"))
    assert "Paul RIOU" not in page


def test_terminer_puis_revoir(porteuse, importation, dossier):
    reponse = geste(porteuse, importation, geste="terminer")
    assert "La relecture est terminée" in texte(reponse)
    assert "Revoir" in texte(porteuse.get(url(dossier, "importer")))
    assert "Cette relecture est close" in texte(porteuse.get(url(dossier, "relire", importation.pk)))


def test_abandonner_se_confirme(porteuse, importation, dossier):
    adresse = url(dossier, "abandonner", importation.pk)
    assert "Abandonner cet import" in texte(porteuse.get(adresse))
    assert "Vos réponses n’ont pas bougé" in texte(porteuse.post(adresse, follow=True))
    importation.refresh_from_db()
    assert importation.etat == EtatImportation.ABANDONNEE


def test_pendant_la_lecture_la_page_attend_puis_se_recharge(porteuse, importation, dossier):
    Importation.objects.update(etat=EtatImportation.EN_LECTURE)
    adresse = url(dossier, "relire", importation.pk)
    assert "en cours de lecture" in texte(porteuse.get(adresse))
    attente = porteuse.get(adresse, headers={"HX-Request": "true"})
    assert (attente.status_code, attente.headers.get("HX-Refresh")) == (204, None)
    Importation.objects.update(etat=EtatImportation.A_RELIRE)
    assert porteuse.get(adresse, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_chacun_chez_soi(dossier, importation, acteurs):
    for qui in ("porteuse_ailleurs", "inconnue", "referente"):
        client = sous(acteurs[qui])
        assert client.get(url(dossier, "importer")).status_code == 404
        assert client.get(url(dossier, "relire", importation.pk)).status_code == 404
        assert client.post(url(dossier, "relire", importation.pk), {"geste": "tout_prendre"}).status_code == 404
    accompagnatrice = sous(acteurs["accompagnatrice"])
    assert accompagnatrice.get(url(dossier, "importer")).status_code == 403
    assert accompagnatrice.post(url(dossier, "relire", importation.pk), {"geste": "tout_prendre"}).status_code == 403
    assert not valeurs_de(dossier)["patientele_description"]


def test_une_proposition_d_un_autre_dossier_est_introuvable(porteuse, importation, acteurs):
    ailleurs = fabrique.brouillon(fabrique.equipe_complete())
    autre = importations.importation(ailleurs)
    cible = autre.propositions.first()
    assert geste(porteuse, importation, geste=f"prendre:{cible.pk}", version="0").status_code == 404
    assert porteuse.get(url(importation.dossier, "relire", autre.pk)).status_code == 404


@pytest.mark.parametrize(
    "inconnu", ["", "exploser", "prendre:x", "prendre:²", "prendre:999999999999999999999", "prendre:0"]
)
def test_un_geste_inconnu_est_introuvable(porteuse, importation, inconnu):
    assert geste(porteuse, importation, geste=inconnu, version="0").status_code == 404


def test_un_texte_hostile_reste_du_texte(porteuse, dossier):
    octets = importations.trame_bretonne(patientele=HOSTILE + ' #set page() $x$ @ref {{ 7*7 }} "&amp;')
    page = porteuse.post(url(dossier, "importer"), {"fichier": upload("hostile.docx", octets)}, follow=True)
    brut = page.content.decode()
    assert "<script>alert(1)" not in brut
    assert "&lt;script&gt;alert(1)" in brut
    importation = Importation.objects.get()
    geste(porteuse, importation, geste="tout_prendre")
    assert "<script" not in valeurs_de(dossier)["patientele_description"]
    assert "{{ 7*7 }}" in valeurs_de(dossier)["patientele_description"]


def test_autant_de_requetes_pour_une_proposition_que_pour_beaucoup(porteuse, importation, dossier):
    adresse = url(dossier, "relire", importation.pk)
    beaucoup = requetes(porteuse, adresse)
    garde = importation.propositions.first()
    importation.propositions.exclude(pk=garde.pk).delete()
    importation.membres.exclude(pk=importation.membres.first().pk).delete()
    assert requetes(porteuse, adresse) == beaucoup


def test_autant_de_requetes_pour_trois_fichiers_que_pour_un(porteuse, importation, dossier, acteur):
    from esperluette.importations import actions

    actions.terminer(importation, acteur=acteur)
    un = requetes(porteuse, url(dossier, "importer"))
    for rang in (2, 3):
        autre = importations.importation(dossier, octets=importations.trame_bretonne(patientele=f"Version {rang}."))
        actions.terminer(autre, acteur=acteur)
    assert requetes(porteuse, url(dossier, "importer")) == un
