"""La preuve d'une signature, de la page où l'on signe à ce qui s'exporte : qui la voit, ce qui l'altère."""

import hashlib
import json

import pytest
from django.urls import reverse

from esperluette.documents.emport import Public, Regard
from esperluette.documents.models import PreuveDeSignature, Signature
from esperluette.dossiers import archive, dossier_de_preuve
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.exports import mes_dossiers
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.preuves import conditions_de, preuves_de
from esperluette.journal.lectures import evenements_de
from tests.documents.outils import tasser, texte_continu
from tests.dossiers.ecrans import requetes, signant, sous, texte, url
from tests.dossiers.test_ecrans_signature import dernier_code
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> #set text(red) $x$ @ref " + "x" * 10_000


@pytest.fixture
def fige(equipe):
    return fabrique.fige(equipe)


@pytest.fixture
def signe(equipe):
    return fabrique.signe(equipe)


def signer_a_l_ecran(depot, compte, *, rates=0, agent="Navigateur d’essai", ip="192.0.2.7"):
    """De « Recevoir mon code » à « Signer », comme une personne ; `rates` mauvais codes d'abord."""
    client, adresse = sous(compte), url(depot.dossier, "signer")
    entetes = {"REMOTE_ADDR": ip, "HTTP_USER_AGENT": agent.encode().decode("latin-1")}
    client.post(adresse, {"etape": "code"}, **entetes)
    code = dernier_code(compte)
    for _ in range(rates):
        faux = f"{(int(code) + 1) % 10**6:06d}"
        assert client.post(adresse, signant(depot, faux, compte), **entetes).status_code == 422
    client.post(adresse, signant(depot, code, compte), **entetes)
    return Signature.objects.select_related("preuve").get(signataire=compte, annulee_le=None)


def preuve_url(depot, signature, sorte="preuve.json", espace="dossiers"):
    return reverse(f"{espace}:preuve", args=[depot.dossier.reference, depot.numero, signature.pk, sorte])


# --- Ce qui est figé en signant -------------------------------------------------------------------


def test_signer_a_l_ecran_fige_la_preuve_et_l_ancre_au_journal(fige, acteurs):
    membre = acteurs["membre"]
    signature = signer_a_l_ecran(fige, membre, rates=2)
    preuve, faits = signature.preuve, signature.preuve.faits
    assert faits["dossier"]["reference"] == fige.dossier.reference
    assert faits["depot"] == {
        "version": 1, "empreinte": fige.empreinte, "fige_le": fige.fige_le.isoformat().replace("Z", "+00:00"),
    }  # fmt: skip
    assert faits["contenu"]["empreinte"] == fige.empreinte
    assert faits["signataire"]["qualite"] == signature.qualite != ""
    assert faits["methode"]["cle"] == "code_courriel"
    local, domaine = membre.courriel.split("@")
    assert faits["code"]["envoye_a"] == f"{local[0]}•••@{domaine}"
    assert faits["code"]["essais"] == 3
    assert faits["code"]["envoye_le"] < faits["code"]["verifie_le"] <= faits["instant"]["utc"]
    assert fige.empreinte in faits["conditions"]["texte"]
    assert preuve.connexion["adresse_ip"] == "192.0.2.7"
    acte = evenements_de(fige.dossier)[0]
    assert (preuve.numero, preuve.maillon) == (acte.numero, acte.empreinte)
    assert acte.donnees["signature"] == signature.pk
    (montree,) = preuves_de(fige, membre)
    assert montree.ecarts == ()


def test_le_texte_approuve_est_celui_qui_est_affiche_et_rien_d_autre(fige, acteurs):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    ligne = next(s for s in fige.contenu["signataires"] if not s["porteur"])
    conditions = conditions_de(fige, ligne)
    assert conditions.texte.replace("’", "") in texte(client.get(adresse)).replace("&#x27;", "").replace("’", "")
    client.post(adresse, {"etape": "code"})
    envoi = signant(fige, dernier_code(acteurs["membre"]), acteurs["membre"])
    for autre in ("", "0" * 64):
        reponse = client.post(adresse, envoi | {"conditions": autre}, follow=True)
        assert "Le texte à approuver a changé" in texte(reponse)
    assert not Signature.objects.exists()
    client.post(adresse, envoi)  # le code n'a pas été usé par ces refus
    assert Signature.objects.count() == 1


def test_un_agent_utilisateur_hostile_ne_casse_ni_la_page_ni_le_pdf(fige, acteurs, tmp_path):
    signature = signer_a_l_ecran(fige, acteurs["membre"], agent=HOSTILE)
    assert len(signature.preuve.connexion["agent_utilisateur"]) <= 401
    client = sous(acteurs["membre"])
    page = texte(client.get(url(fige.dossier, "preuves", 1)))
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    pdf = client.get(preuve_url(fige, signature, "preuve.pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    imprime = tasser(texte_continu(pdf.content, tmp_path))
    for attendu in ("<script>alert(1)</script>#settext(red)$x$@ref", "192.0.2.7", signature.preuve.empreinte):
        assert attendu in imprime


def test_deux_clics_ne_font_qu_une_signature_et_qu_une_preuve(fige, acteurs):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    client.post(adresse, {"etape": "code"})
    envoi = signant(fige, dernier_code(acteurs["membre"]), acteurs["membre"])
    for _ in range(2):
        assert client.post(adresse, envoi).status_code == 302
    assert (Signature.objects.count(), PreuveDeSignature.objects.count()) == (1, 1)


def test_deux_onglets_l_ancienne_version_ne_se_signe_pas_avec_le_code_de_la_nouvelle(fige, acteurs):
    """L'onglet resté ouvert montre la version 1 ; la rédaction a été rouverte puis figée de nouveau."""
    membre, porteuse = acteurs["membre"], sous(acteurs["porteuse"])
    client, adresse = sous(membre), url(fige.dossier, "signer")
    vieil_onglet = signant(fige, "000000", membre)
    porteuse.post(url(fige.dossier, "rouvrir"))
    fabrique.ecrire(Dossier.objects.get(), "territoire_echange_ars", "En mars.", acteurs["porteuse"])
    porteuse.post(url(fige.dossier, "figer"))
    client.post(adresse, {"etape": "code"})
    code = dernier_code(membre)
    reponse = client.post(adresse, vieil_onglet | {"code": code}, follow=True)
    assert "La version a changé depuis l’affichage" in texte(reponse)
    nouvelle = Depot.objects.get(annule_le=None)
    melange = vieil_onglet | {"code": code, "empreinte": nouvelle.empreinte}
    assert "Le texte à approuver a changé" in texte(client.post(adresse, melange, follow=True))
    assert not Signature.objects.exists()
    client.post(adresse, signant(nouvelle, code, membre))
    assert Signature.objects.get().empreinte == nouvelle.empreinte


def test_un_code_rejoue_apres_reouverture_ne_signe_plus_rien(fige, acteurs):
    client, adresse = sous(acteurs["membre"]), url(fige.dossier, "signer")
    client.post(adresse, {"etape": "code"})
    envoi = signant(fige, dernier_code(acteurs["membre"]), acteurs["membre"])
    client.post(adresse, envoi)
    porteuse = sous(acteurs["porteuse"])
    porteuse.post(url(fige.dossier, "rouvrir"))
    porteuse.post(url(fige.dossier, "figer"))
    client.post(adresse, envoi)
    assert not Signature.objects.filter(annulee_le=None).exists()


# --- Qui voit quoi --------------------------------------------------------------------------------


@pytest.fixture
def depose(equipe):
    """Déposée, signée par deux personnes à l'écran."""
    depot = fabrique.fige(equipe)
    for membre in equipe.membres.presents().select_related("compte"):
        signer_a_l_ecran(depot, membre.compte)
    sous(equipe.porteur.compte).post(url(depot.dossier, "deposer"))
    return Depot.objects.select_related("dossier__equipe").get()


@pytest.mark.parametrize(
    ("qui", "preuve", "connexion", "toutes"),
    [
        ("membre", 200, 200, 403),
        ("porteuse", 200, 403, 200),
        ("accompagnatrice", 403, 403, 403),
        ("porteuse_ailleurs", 404, 404, 404),
        ("inconnue", 404, 404, 404),
    ],
)
def test_chacun_exporte_ce_a_quoi_il_a_droit(qui, preuve, connexion, toutes, depose, acteurs):
    """La signature regardée est celle du membre : lui seul, dans l'équipe, voit d'où il a signé."""
    client = sous(acteurs[qui])
    signature = Signature.objects.get(signataire=acteurs["membre"])
    assert client.get(preuve_url(depose, signature)).status_code == preuve
    assert client.get(preuve_url(depose, signature, "connexion.json")).status_code == connexion
    assert client.get(url(depose.dossier, "preuves_toutes", 1, "json")).status_code == toutes


@pytest.mark.parametrize(("qui", "statut"), [("referente", 200), ("autorite", 200), ("referent_ailleurs", 404)])
def test_l_agent_du_perimetre_voit_toutes_les_preuves_et_les_connexions(qui, statut, depose, acteurs):
    client = sous(acteurs[qui])
    signature = Signature.objects.get(signataire=acteurs["membre"])
    adresses = [
        reverse("instruction:preuves", args=[depose.dossier.reference, 1]),
        reverse("instruction:preuves_toutes", args=[depose.dossier.reference, 1, "json"]),
        preuve_url(depose, signature, espace="instruction"),
        preuve_url(depose, signature, "connexion.json", espace="instruction"),
    ]
    assert [client.get(a).status_code for a in adresses] == [statut] * 4


def test_l_agent_ne_voit_rien_d_une_version_jamais_deposee(signe, acteurs):
    adresse = reverse("instruction:preuves", args=[signe.dossier.reference, 1])
    assert sous(acteurs["referente"]).get(adresse).status_code == 404


def test_la_page_montre_a_chacun_la_sienne(depose, acteurs):
    membre = texte(sous(acteurs["membre"]).get(url(depose.dossier, "preuves", 1)))
    assert membre.count("192.0.2.7") == 1
    assert "Chacun voit la preuve de sa signature" in membre
    porteuse = texte(sous(acteurs["porteuse"]).get(url(depose.dossier, "preuves", 1)))
    assert porteuse.count("192.0.2.7") == 1  # la sienne
    assert "n’est montrée qu’à lui et à l’ARS" in porteuse
    adresse = reverse("instruction:preuves", args=[depose.dossier.reference, 1])
    assert texte(sous(acteurs["referente"]).get(adresse)).count("192.0.2.7") == 2


@pytest.mark.parametrize("sorte", ["preuve.txt", "preuve.html", "autre", "..%2Fpreuve.json"])
def test_un_fichier_qui_n_existe_pas_est_introuvable(sorte, depose, acteurs):
    signature = Signature.objects.get(signataire=acteurs["membre"])
    adresse = f"{url(depose.dossier, 'preuves', 1)}{signature.pk}/{sorte}"
    assert sous(acteurs["membre"]).get(adresse).status_code == 404
    assert sous(acteurs["porteuse"]).get(f"{url(depose.dossier, 'preuves', 1)}999999/preuve.json").status_code == 404
    assert sous(acteurs["porteuse"]).get(f"{url(depose.dossier, 'preuves', 1)}toutes.docx").status_code == 404


# --- Les fichiers ---------------------------------------------------------------------------------


def test_les_fichiers_ont_les_empreintes_que_le_pdf_imprime(depose, acteurs, tmp_path):
    porteuse = sous(acteurs["porteuse"])
    ensemble = porteuse.get(url(depose.dossier, "preuves_toutes", 1, "json"))
    imprime = tasser(texte_continu(porteuse.get(url(depose.dossier, "preuves_toutes", 1, "pdf")).content, tmp_path))
    assert hashlib.sha256(ensemble.content).hexdigest() in imprime
    for signature in Signature.objects.select_related("preuve"):
        fichier = porteuse.get(preuve_url(depose, signature)).content
        assert hashlib.sha256(fichier).hexdigest() == signature.preuve.empreinte
        assert signature.preuve.empreinte in imprime
        assert json.loads(fichier) in [s["preuve"] for s in json.loads(ensemble.content)["signatures_electroniques"]]
    assert depose.empreinte in imprime
    assert "192.0.2.7" in imprime  # la porteuse lit la sienne
    assert "montrésausignataireetàl’ARSseulement" in imprime
    assert ensemble["Content-Disposition"] == (f'attachment; filename="{depose.dossier.reference}-v1-preuves.json"')


def test_le_fichier_est_le_meme_pour_tous_ceux_qui_le_lisent(depose, acteurs):
    signature = Signature.objects.get(signataire=acteurs["membre"])
    lus = {
        sous(acteurs["membre"]).get(preuve_url(depose, signature)).content,
        sous(acteurs["porteuse"]).get(preuve_url(depose, signature)).content,
        sous(acteurs["referente"]).get(preuve_url(depose, signature, espace="instruction")).content,
    }
    assert len(lus) == 1
    assert b"192.0.2" not in lus.pop()


def test_le_pdf_d_une_version_partiellement_signee_dit_qui_manque(fige, acteurs, tmp_path):
    signer_a_l_ecran(fige, acteurs["membre"])
    pdf = sous(acteurs["porteuse"]).get(url(fige.dossier, "preuves_toutes", 1, "pdf")).content
    imprime = texte_continu(pdf, tmp_path)
    assert "Signatures qui manquent" in imprime
    assert str(fige.dossier.equipe.porteur) in imprime


def test_une_signature_annulee_le_dit_partout(fige, acteurs, tmp_path):
    signature = signer_a_l_ecran(fige, acteurs["membre"])
    sous(acteurs["porteuse"]).post(url(fige.dossier, "rouvrir"))
    client = sous(acteurs["membre"])
    assert "Signature annulée" in texte(client.get(url(fige.dossier, "preuves", 1)))
    imprime = texte_continu(client.get(preuve_url(fige, signature, "preuve.pdf")).content, tmp_path)
    assert "elle ne vaut plus" in imprime


# --- Ce qui est antérieur, ce qui est altéré ------------------------------------------------------


def test_une_signature_anterieure_dit_qu_elle_n_a_pas_de_preuve(signe, acteurs, tmp_path):
    PreuveDeSignature.objects.all().delete()
    client = sous(acteurs["porteuse"])
    page = texte(client.get(url(signe.dossier, "preuves", 1)))
    assert "Sans preuve relevée" in page
    assert "avant que les preuves ne soient relevées" in page
    assert "Vérifiée" not in page
    signature = Signature.objects.get(signataire=acteurs["porteuse"])
    assert "avertissement" in json.loads(client.get(preuve_url(signe, signature)).content)
    assert client.get(preuve_url(signe, signature, "connexion.json")).status_code == 404
    imprime = texte_continu(client.get(preuve_url(signe, signature, "preuve.pdf")).content, tmp_path)
    assert "avant que les preuves ne soient relevées" in " ".join(imprime.split())


@pytest.mark.parametrize(
    ("alterer", "attendu"),
    [
        (lambda d: Depot.objects.update(contenu={**d.contenu, "version": 9}), "ne donne plus son empreinte"),
        (lambda d: Signature.objects.update(qualite="chirurgien"), "ne dit plus la même chose que la preuve"),
        (lambda d: evenements_de(d.dossier).filter(sorte="depot").update(acteur_nom="Quelqu’un"), "plus intact"),
    ],
)
def test_une_alteration_se_lit_sur_la_page_et_dans_le_pdf(alterer, attendu, depose, acteurs, tmp_path):
    alterer(depose)
    client = sous(acteurs["porteuse"])
    page = texte(client.get(url(depose.dossier, "preuves", 1)))
    assert "Ce que la base ne confirme pas" in page
    assert attendu in page
    imprime = texte_continu(client.get(url(depose.dossier, "preuves_toutes", 1, "pdf")).content, tmp_path)
    assert attendu in " ".join(imprime.split())


# --- Coût, et ce qui porte tout -------------------------------------------------------------------


def test_la_page_ne_depend_pas_du_nombre_de_signataires(equipe, acteurs):
    for _ in range(2):
        MembreFabrique(equipe=equipe, confirme=True)
    depot = fabrique.fige(equipe)
    comptes = [m.compte for m in equipe.membres.presents().select_related("compte")]
    client, adresse = sous(acteurs["porteuse"]), url(depot.dossier, "preuves", 1)
    fabrique.signer(depot, acteur=comptes[0], empreinte=depot.empreinte)
    avec_une = requetes(client, adresse)
    for compte in comptes[1:3]:
        fabrique.signer(depot, acteur=compte, empreinte=depot.empreinte)
    assert requetes(client, adresse) == avec_une
    assert avec_une <= 20


def test_le_contexte_du_pdf_est_complet_pour_une_et_pour_toutes(depose, acteurs):
    montrees = preuves_de(depose, acteurs["porteuse"])
    assert dossier_de_preuve.contexte(depose, montrees, ensemble=True).sha256
    assert dossier_de_preuve.contexte(depose, montrees[:1], ensemble=False).sha256 == ""


def test_mes_donnees_disent_ce_que_ma_preuve_garde(depose, acteurs):
    (siennes,) = mes_dossiers(acteurs["membre"])["signatures"]
    assert siennes["preuve__connexion"]["adresse_ip"] == "192.0.2.7"


def test_un_compte_ferme_ou_une_autorite_membre_de_l_equipe_ne_profite_pas_de_deux_titres(depose, acteurs):
    """Un agent qui est aussi de l'équipe n'y voit pas d'où ses collègues se connectent."""
    membre = acteurs["membre"]
    equipe = depose.dossier.equipe
    FonctionFabrique(compte=membre, referent=True, region=equipe.region, departement=equipe.implantation.departement)
    collegue = Signature.objects.get(signataire=acteurs["porteuse"])
    assert sous(membre).get(preuve_url(depose, collegue, "connexion.json")).status_code == 403
    ferme = CompteFabrique(inactif=True)
    assert not any(m.visible for m in preuves_de(depose, ferme))
    assert Dossier.objects.get().etat == Etat.DEPOSE


@pytest.mark.parametrize("pour", ["equipe", "ars"])
def test_l_archive_emporte_les_preuves_sans_dire_d_ou_l_on_a_signe(pour, depose, acteurs):
    """Les mêmes preuves que celles de la page, sans lecteur : ni adresse IP, ni navigateur, pour personne."""
    dossier = Dossier.objects.select_related("equipe__implantation__region").get()
    regard = Regard(Public(pour), acteurs["porteuse" if pour == "equipe" else "referente"])
    emportees = [p for p in archive.pieces(dossier, regard) if "/preuves/" in p.chemin]
    octets = [b"".join(piece.lire()) for piece in emportees]
    assert not any(b"192.0.2" in lus for lus in octets)
    gardees = Signature.objects.values_list("preuve__empreinte", flat=True)
    assert sorted(hashlib.sha256(lus).hexdigest() for lus in octets) == sorted(gardees)
