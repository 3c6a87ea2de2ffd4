"""De l'aperçu au dépôt : figer, signer, relancer, rouvrir, déposer."""

import re

import pytest

from esperluette.documents.models import Signature
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.notifications.models import Courriel
from tests.dossiers.ecrans import requetes, signant, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def complet(equipe):
    return fabrique.brouillon(equipe, rempli=True)


@pytest.fixture
def fige(equipe):
    return fabrique.fige(equipe)


def etat() -> str:
    return Dossier.objects.get().etat


def dernier_code(compte) -> str:
    message = Courriel.objects.filter(destinataire=compte.courriel, gabarit="comptes/code_confirmation").latest("pk")
    return "".join(re.findall(r"\b(\d{3}) (\d{3})\b", message.texte)[0])


# --- Aperçu ---------------------------------------------------------------------------------------


def test_un_brouillon_incomplet_se_relit_et_renvoie_a_ce_qui_manque(dossier, porteuse):
    contenu = texte(porteuse.get(url(dossier, "signature")))
    assert "Voir ce qui manque" in contenu
    assert 'class="esp-document"' in contenu
    assert "Présentation de l" in contenu
    assert url(dossier, "figer") not in contenu


def test_un_brouillon_complet_propose_a_la_porteuse_de_figer(complet, porteuse, acteurs):
    assert url(complet, "figer") in texte(porteuse.get(url(complet, "signature")))
    autre = texte(sous(acteurs["membre"]).get(url(complet, "signature")))
    assert url(complet, "figer") not in autre
    assert "Seul le porteur" in autre


def test_la_page_ne_depend_pas_du_nombre_de_signataires(equipe, acteurs, porteuse):
    for _ in range(2):
        MembreFabrique(equipe=equipe, confirme=True)
    depot = fabrique.fige(equipe)
    avant = requetes(porteuse, url(depot.dossier, "signature"))
    for membre in equipe.membres.all()[:3]:
        fabrique.signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    assert abs(requetes(porteuse, url(depot.dossier, "signature")) - avant) <= 1


# --- Figer, rouvrir -------------------------------------------------------------------------------


def test_figer_se_confirme_puis_demande_les_signatures(complet, porteuse, acteurs):
    adresse = url(complet, "figer")
    contenu = texte(porteuse.get(adresse))
    assert "Figer la version à signer" in contenu
    assert "ne changent plus" in contenu
    assert etat() == Etat.BROUILLON
    reponse = porteuse.post(adresse, follow=True)
    assert "Il manque 2 signatures sur 2" in texte(reponse)
    assert etat() == Etat.A_SIGNER
    assert Courriel.objects.filter(gabarit__contains="signature_demandee").count() == 2
    porteuse.post(adresse)
    assert Depot.objects.count() == 1


@pytest.mark.parametrize("methode", ["get", "post"])
def test_on_ne_fige_pas_un_dossier_incomplet_et_la_raison_est_dite(methode, dossier, porteuse):
    reponse = getattr(porteuse, methode)(url(dossier, "figer"), follow=True)
    assert "Il manque encore" in texte(reponse)
    assert etat() == Etat.BROUILLON


@pytest.mark.parametrize("nom", ["figer", "rouvrir", "deposer"])
@pytest.mark.parametrize("qui", ["membre", "accompagnatrice"])
@pytest.mark.parametrize("methode", ["get", "post"])
def test_seule_la_porteuse_fige_rouvre_et_depose(nom, qui, methode, fige, acteurs):
    assert getattr(sous(acteurs[qui]), methode)(url(fige.dossier, nom)).status_code == 403
    assert etat() == Etat.A_SIGNER


def test_rouvrir_dit_que_les_signatures_tombent_puis_le_fait(fige, porteuse, acteurs):
    fabrique.signer(fige, acteur=acteurs["membre"], empreinte=fige.empreinte)
    adresse = url(fige.dossier, "rouvrir")
    assert "La signature déjà posée sera annulée." in texte(porteuse.get(adresse))
    reponse = porteuse.post(adresse, follow=True)
    assert "La rédaction est rouverte" in texte(reponse)
    assert etat() == Etat.BROUILLON
    assert not Signature.objects.filter(annulee_le=None).exists()
    assert "Rouverte" in texte(porteuse.get(url(fige.dossier, "version", 1)))
    assert "La rédaction est rouverte" in texte(porteuse.post(adresse, follow=True))  # un double clic
    assert "demande un dossier" in texte(porteuse.get(adresse, follow=True))


def test_relancer_ecrit_a_qui_n_a_pas_signe(fige, porteuse, acteurs):
    fabrique.signer(fige, acteur=acteurs["porteuse"], empreinte=fige.empreinte)
    adresse = url(fige.dossier, "relancer")
    assert "Rappel envoyé à 1 personne." in texte(porteuse.post(adresse, follow=True))
    rappel = Courriel.objects.get(gabarit__contains="signature_relance")
    assert rappel.destinataire == acteurs["membre"].courriel
    assert porteuse.get(adresse).status_code == 405
    assert sous(acteurs["membre"]).post(adresse).status_code == 403


def test_relancer_sans_version_a_signer_le_dit(dossier, porteuse):
    assert "Aucune version n’attend de signature" in texte(porteuse.post(url(dossier, "relancer"), follow=True))


# --- Signer ---------------------------------------------------------------------------------------


def test_signer_rappelle_ce_qu_on_signe_envoie_un_code_et_le_verifie(fige, acteurs):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    contenu = texte(client.get(adresse))
    assert fige.empreinte_courte in contenu
    assert "Projet de santé" in contenu
    assert 'name="code"' not in contenu
    contenu = texte(client.post(adresse, {"etape": "code"}, follow=True))
    assert 'name="code"' in contenu
    envoi = signant(fige, dernier_code(acteurs["membre"]), acteurs["membre"])
    reponse = client.post(adresse, envoi, follow=True)
    assert "Vous avez signé la version 1" in texte(reponse)
    signature = Signature.objects.get()
    assert (signature.signataire, signature.empreinte) == (acteurs["membre"], fige.empreinte)
    assert "Vous avez déjà signé cette version" in texte(client.get(adresse, follow=True))
    # Un double envoi ne signe pas deux fois et ne se refuse pas.
    assert "Vous avez déjà signé cette version" in texte(client.post(adresse, envoi, follow=True))
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "Saisissez le code"),
        ("12", "six chiffres"),
        ("000000", "Ce n’est pas le bon code"),
        ("x" * 21, "caractères"),
    ],
)
def test_un_mauvais_code_est_refuse_a_cote_du_champ(code, message, fige, acteurs):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    client.post(adresse, {"etape": "code"})
    if code == "000000" and dernier_code(acteurs["membre"]) == "000000":
        code = "111111"
    reponse = client.post(adresse, signant(fige, code, acteurs["membre"]))
    assert reponse.status_code == 422
    assert message in texte(reponse)
    assert not Signature.objects.exists()


def test_sans_avoir_demande_de_code_on_ne_signe_pas(fige, acteurs):
    reponse = sous(acteurs["membre"]).post(url(fige.dossier, "signer"), signant(fige, "123456", acteurs["membre"]))
    assert reponse.status_code == 422
    assert "Aucun code ne vous a été envoyé" in texte(reponse)


def test_le_code_d_une_version_ne_signe_pas_la_suivante(fige, acteurs, porteuse):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    client.post(adresse, {"etape": "code"})
    code = dernier_code(acteurs["membre"])
    porteuse.post(url(fige.dossier, "rouvrir"))
    fabrique.ecrire(Dossier.objects.get(), "territoire_echange_ars", "En mars.", acteurs["porteuse"])
    porteuse.post(url(fige.dossier, "figer"))
    nouvelle = Depot.objects.get(annule_le=None)
    perimee = client.post(adresse, signant(fige, code, acteurs["membre"]), follow=True)
    assert "La version a changé depuis l’affichage" in texte(perimee)
    assert client.post(adresse, signant(nouvelle, code, acteurs["membre"])).status_code == 422
    assert not Signature.objects.exists()


def test_un_non_membre_ne_signe_pas(fige, acteurs):
    client = sous(acteurs["accompagnatrice"])
    assert "Seuls les membres nommés" in texte(client.get(url(fige.dossier, "signer"), follow=True))
    envoi = {"etape": "signer", "code": "123456", "empreinte": fige.empreinte}
    assert client.post(url(fige.dossier, "signer"), envoi).status_code == 403
    assert client.post(url(fige.dossier, "signer"), {"etape": "code"}).status_code == 403


def test_un_brouillon_ne_se_signe_pas(dossier, porteuse):
    for methode in (porteuse.get, porteuse.post):
        assert "Aucune version n’attend de signature" in texte(methode(url(dossier, "signer"), follow=True))


def test_trop_de_codes_demandes_se_dit(fige, acteurs, monkeypatch):
    from esperluette.comptes import reauthentification

    monkeypatch.setattr(reauthentification, "DEMANDES", 0)
    reponse = sous(acteurs["membre"]).post(url(fige.dossier, "signer"), {"etape": "code"}, follow=True)
    assert "Vous avez demandé plusieurs codes" in texte(reponse)


# --- Déposer --------------------------------------------------------------------------------------


def test_deposer_se_confirme_puis_mene_a_la_fiche(equipe, porteuse):
    dossier = fabrique.signe(equipe).dossier
    adresse = url(dossier, "deposer")
    contenu = texte(porteuse.get(adresse))
    assert "Déposer le dossier" in contenu
    assert Depot.objects.get().empreinte_courte in contenu
    assert etat() == Etat.A_SIGNER
    reponse = porteuse.post(adresse, follow=True)
    assert reponse.redirect_chain == [(url(dossier, "fiche"), 302)]
    assert etat() == Etat.DEPOSE
    depose_le = Depot.objects.get().depose_le
    assert porteuse.post(adresse).status_code == 302
    assert Depot.objects.get().depose_le == depose_le


@pytest.mark.parametrize("methode", ["get", "post"])
def test_on_ne_depose_pas_sans_toutes_les_signatures(methode, fige, porteuse, acteurs):
    fabrique.signer(fige, acteur=acteurs["porteuse"], empreinte=fige.empreinte)
    reponse = getattr(porteuse, methode)(url(fige.dossier, "deposer"), follow=True)
    assert "Il manque encore 1 signature" in texte(reponse)
    assert etat() == Etat.A_SIGNER


def test_apres_le_depot_la_page_renvoie_a_la_version(dossier_depose, porteuse):
    contenu = texte(porteuse.get(url(dossier_depose, "signature")))
    assert "Le dossier déposé" in contenu
    assert url(dossier_depose, "version", 1) in contenu
