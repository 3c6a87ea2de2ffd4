"""Une page signée à la main, jointe en reprise : qui a signé, quand, qui l'a jointe ; jamais autre chose."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.documents.models import Signature
from esperluette.dossiers import origines
from esperluette.dossiers.contenu import document_du_depot
from esperluette.dossiers.models import Depot, PieceJointe, SignatureManuscrite
from esperluette.journal.lectures import evenements_de
from esperluette.reconnaissances.attestation import contexte_de
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.actions.signatures import Signataire, joindre_une_page_signee, retirer_une_page_signee
from esperluette.reprises.controle import controler
from esperluette.reprises.models import Reprise
from esperluette.reprises.tableur import LigneLue
from tests.documents.outils import texte_continu
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.reprises import ligne

pytestmark = pytest.mark.django_db
JOUR = date(2023, 2, 20)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n" + (
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n101\n%%EOF\n"
)
ANNE, YANN = Signataire("Anne Morvan", "Médecin généraliste"), Signataire("Yann Kerbrat", "Infirmier")
HOSTILE = "<b>#set text(red)</b> $x$ @ref"


def scan(nom="page.pdf", suite=b""):
    return SimpleUploadedFile(nom, PDF + suite)


def faire(administratrice, **champs):
    valides = controler([LigneLue(2, ligne(**champs))], acteur=administratrice)
    assert valides.erreurs == []
    return reprendre(valides.valides, acteur=administratrice, inviter=False)[0]


@pytest.fixture
def reprise(administratrice):
    return faire(administratrice)


def joindre(reprise, acteur, *signataires, **champs):
    voulus = {"televerse": None if "scan" in champs else scan(), "signee_le": JOUR, **champs}
    return joindre_une_page_signee(reprise, acteur=acteur, signataires=signataires or (ANNE,), **voulus)


# --- Joindre --------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["depose", "en_instruction", "accepte"])
def test_joindre_note_qui_quand_par_qui_et_l_ecrit_au_journal(etat, administratrice):
    dates = {"instruit_le": "2023-04-01", "decision_le": "2023-06-15"}
    if etat != "accepte":
        dates.pop("decision_le")
    if etat == "depose":
        dates.pop("instruit_le")
    champs = {"etat": etat, "decision_le": "", "reconnue_le": "", **dates}
    reprise = faire(administratrice, **champs)
    anne, yann = joindre(reprise, administratrice, ANNE, YANN)
    assert anne.scan == yann.scan
    assert anne.mention == (
        f"signature manuscrite numérisée, jointe par {administratrice} le {timezone.localdate():%d/%m/%Y}"
    )
    acte = evenements_de(reprise.dossier)[0]
    assert acte.sorte == "page_signee_jointe"
    assert acte.donnees["empreinte"] == anne.scan.fichier.empreinte
    assert not Signature.objects.exists()


def test_un_double_envoi_ne_note_personne_deux_fois(reprise, administratrice):
    une = joindre(reprise, administratrice, ANNE, YANN)
    assert joindre(reprise, administratrice, ANNE, YANN) == une
    assert (SignatureManuscrite.objects.count(), PieceJointe.objects.count()) == (2, 1)


def test_la_meme_personne_a_une_autre_date_se_refuse_et_rien_n_est_ecrit(reprise, administratrice):
    joindre(reprise, administratrice)
    with pytest.raises(ErreurMetier, match="Anne Morvan est déjà jointe, à la date du 20/02/2023"):
        joindre(reprise, administratrice, YANN, ANNE, signee_le=date(2023, 2, 21), televerse=scan(suite=b"%2"))
    assert SignatureManuscrite.objects.count() == 1
    assert PieceJointe.objects.count() == 1


@pytest.mark.parametrize("jours", [1, 400])
def test_une_page_n_est_pas_signee_demain(jours, reprise, administratrice):
    with pytest.raises(ErreurMetier, match="entre 1990 et aujourd’hui"):
        joindre(reprise, administratrice, signee_le=timezone.localdate() + timedelta(days=jours))


@pytest.mark.parametrize("nom", ["", "   ", "x" * 201])
def test_il_faut_un_nom(nom, reprise, administratrice):
    with pytest.raises(ErreurMetier, match="nom"):
        joindre(reprise, administratrice, Signataire(nom))
    assert not PieceJointe.objects.exists()


def test_un_dossier_ne_ici_se_signe_avec_un_code(administratrice):
    depot = fabrique.depose()
    fausse = Reprise.objects.create(
        region=depot.dossier.equipe.region, cle="x", equipe=depot.dossier.equipe, dossier=depot.dossier,
        par=administratrice,
    )  # fmt: skip
    with pytest.raises(ErreurMetier, match="chacun signe avec un code"):
        joindre(fausse, administratrice)


@pytest.mark.parametrize("champs", [{"etat": "brouillon", "depose_le": ""}, {"demarche": "", "etat": ""}])
def test_sans_depot_il_n_y_a_pas_ou_joindre(champs, administratrice):
    vide = {"decision_le": "", "reconnue_le": "", "decision": "", "depose_le": "", **champs}
    with pytest.raises(ErreurMetier, match="dossier déposé avant Esperluette"):
        joindre(faire(administratrice, **vide), administratrice)


def test_hors_du_perimetre_on_ne_joint_ni_ne_retire(reprise, administratrice, ailleurs):
    (page,) = joindre(reprise, administratrice)
    for compte in (ailleurs, CompteFabrique(), reprise.equipe.porteur.compte):
        with pytest.raises(Refus):
            joindre(reprise, compte, YANN)
        with pytest.raises(Refus):
            retirer_une_page_signee(reprise, page, acteur=compte, motif="Erreur.")


def test_retirer_garde_la_ligne_son_motif_et_le_fichier(reprise, administratrice):
    (page,) = joindre(reprise, administratrice)
    with pytest.raises(ErreurMetier, match="Dites pourquoi"):
        retirer_une_page_signee(reprise, page, acteur=administratrice, motif="  ")
    for _ in range(2):
        retirer_une_page_signee(reprise, page, acteur=administratrice, motif="Mauvaise personne.")
    page.refresh_from_db()
    assert (page.retiree_par, page.retrait_motif) == (administratrice, "Mauvaise personne.")
    assert not SignatureManuscrite.objects.actives().exists()
    assert PieceJointe.objects.get().retiree_le is None
    assert [e.sorte for e in evenements_de(reprise.dossier)][:2] == ["page_signee_retiree", "page_signee_jointe"]
    joindre(reprise, administratrice)  # elle se note de nouveau


@pytest.mark.parametrize(
    "champs",
    [
        {"nom": ""},
        {"signee_le": date(2999, 1, 1)},
        {"retiree_le": timezone.now()},
        {"retrait_motif": "sans date"},
        {"nom": "Anne Morvan"},
    ],
)
def test_la_base_refuse_une_page_signee_incoherente(champs, reprise, administratrice):
    (page,) = joindre(reprise, administratrice)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureManuscrite.objects.create(
            **{
                "depot": page.depot, "scan": page.scan, "nom": "Autre", "signee_le": JOUR,
                "jointe_par": administratrice, **champs,
            }
        )  # fmt: skip


# --- Marquée partout ------------------------------------------------------------------------------


def test_la_mention_la_suit_dans_le_document_la_preuve_et_l_attestation(reprise, administratrice, tmp_path, client):
    joindre(reprise, administratrice, Signataire(HOSTILE, HOSTILE), ANNE)
    depot = Depot.objects.select_related("dossier__equipe__implantation").get()
    (anne, _hostile) = sorted(document_du_depot(depot)["signatures"], key=lambda s: s["nom"], reverse=True)
    assert anne["mention"].startswith("signature manuscrite numérisée, jointe par")
    attestation = contexte_de(Reconnaissance.objects.select_related("equipe__implantation__departement").get())
    assert any("Anne Morvan" in p and "signature manuscrite numérisée" in p for p in attestation["pages_signees"])
    connecter(client, reprise.equipe.porteur.compte)
    reference = depot.dossier.reference
    for adresse in (
        reverse("dossiers:version", args=[reference, 1]),
        reverse("dossiers:preuves", args=[reference, 1]),
    ):
        page = client.get(adresse).content.decode()
        assert page.count("signature manuscrite numérisée, jointe par") >= 2, adresse
        assert "<b>#set" not in page
        assert "Signature électronique" not in page
    pdf = client.get(reverse("dossiers:version_document", args=[reference, 1, "pdf"])).content
    imprime = " ".join(texte_continu(pdf, tmp_path).split())
    assert "signature manuscrite numérisée" in imprime
    assert "Signé électroniquement" not in imprime
    preuve = client.get(reverse("dossiers:preuves_toutes", args=[reference, 1, "pdf"])).content
    imprime = " ".join(texte_continu(preuve, tmp_path).split())
    assert "Ce ne sont pas des signatures électroniques" in imprime
    assert "Signature électronique —" not in imprime
    ensemble = json.loads(client.get(reverse("dossiers:preuves_toutes", args=[reference, 1, "json"])).content)
    assert ensemble["signatures_electroniques"] == []
    assert {s["nom"] for s in ensemble["signatures_manuscrites_numerisees"]} == {"Anne Morvan", HOSTILE}


def test_l_agent_les_lit_sur_la_page_des_preuves(reprise, administratrice, referente, client):
    joindre(reprise, administratrice)
    connecter(client, referente)
    page = client.get(reverse("instruction:preuves", args=[reprise.dossier.reference, 1])).content.decode()
    assert "signature manuscrite numérisée, jointe par" in page
    assert "Vérifiée" not in page


def test_la_verification_d_un_document_ne_la_prend_pas_pour_une_signature_electronique(reprise, administratrice):
    joindre(reprise, administratrice)
    (signataire,) = origines.depot(Depot.objects.select_related("dossier__equipe").get(), None).signataires
    assert signataire.nom == "Anne Morvan"
    assert signataire.le is None
    assert signataire.methode.startswith("signature manuscrite numérisée, jointe par")
    assert signataire.methode.endswith("datée du 20 février 2023")


# --- L'écran --------------------------------------------------------------------------------------


def adresse(reprise):
    return reverse("reprises:page_signee", args=[reprise.pk])


def test_joindre_puis_retirer_a_l_ecran(reprise, administratrice, client):
    connecter(client, administratrice)
    membre = reprise.equipe.porteur
    envoi = {"fichier": scan(), "signee_le": "20/02/2023", "signataires": [membre.pk], "nom": "Paul Le Bihan"}
    reponse = client.post(adresse(reprise), envoi, follow=True)
    page = reponse.content.decode()
    assert "Page jointe : Anne Morvan, Paul Le Bihan." in page
    assert page.count("signature manuscrite numérisée, jointe par") == 2
    anne = SignatureManuscrite.objects.get(membre=membre)
    assert "médecin" in anne.qualite.lower()
    retirer = reverse("reprises:page_signee_retirer", args=[reprise.pk, anne.pk])
    assert "Retirer la page signée par Anne Morvan" in client.get(retirer).content.decode()
    assert client.post(retirer, {"motif": ""}).status_code == 422
    page = client.post(retirer, {"motif": "Erreur de page."}, follow=True).content.decode()
    assert page.count("signature manuscrite numérisée, jointe par") == 1


def test_une_page_deja_jointe_sert_pour_une_autre_date(reprise, administratrice, client):
    (page,) = joindre(reprise, administratrice)
    connecter(client, administratrice)
    envoi = {"scan": page.scan_id, "signee_le": "2023-02-21", "nom": "Yann Kerbrat"}
    assert client.post(adresse(reprise), envoi).status_code == 302
    assert SignatureManuscrite.objects.get(nom="Yann Kerbrat").scan == page.scan
    assert PieceJointe.objects.count() == 1


@pytest.mark.parametrize(
    ("envoi", "erreur"),
    [
        ({"signee_le": "2023-02-20", "nom": "Anne"}, "Joignez le fichier"),
        ({"fichier": 1, "nom": "Anne"}, "Indiquez la date portée sur la page."),
        ({"fichier": 1, "signee_le": "31/02/2023", "nom": "Anne"}, "Ce n’est pas une date"),
        ({"fichier": 1, "signee_le": "2999-01-01", "nom": "Anne"}, "entre 1990 et aujourd’hui"),
        ({"fichier": 1, "signee_le": "2023-02-20"}, "Dites qui a signé cette page."),
        ({"fichier": 1, "signee_le": "2023-02-20", "signataires": ["999999"]}, "dans l’équipe d’alors"),
        ({"fichier": 1, "signee_le": "2023-02-20", "nom": "x" * 10_000}, "200"),
        ({"fichier": 2, "signee_le": "2023-02-20", "nom": "Anne"}, "fr-error-text"),
    ],
)
def test_une_saisie_refusee_le_dit_et_n_ecrit_rien(envoi, erreur, reprise, administratrice, client):
    connecter(client, administratrice)
    if "fichier" in envoi:
        faux = SimpleUploadedFile("page.pdf", b"MZ\x90\x00<script>")
        envoi = envoi | {"fichier": scan() if envoi["fichier"] == 1 else faux}
    reponse = client.post(adresse(reprise), envoi)
    assert reponse.status_code == 422
    assert erreur in reponse.content.decode()
    assert not SignatureManuscrite.objects.exists()
    assert not PieceJointe.objects.exists()


@pytest.mark.parametrize(("qui", "statut"), [("ailleurs", 404), ("porteur", 403), ("personne", 403)])
def test_les_autres_n_y_entrent_pas(qui, statut, reprise, administratrice, ailleurs, client):
    (page,) = joindre(reprise, administratrice)
    autres = {"ailleurs": ailleurs, "porteur": reprise.equipe.porteur.compte, "personne": CompteFabrique()}
    connecter(client, autres[qui])
    retirer = reverse("reprises:page_signee_retirer", args=[reprise.pk, page.pk])
    for cible in (adresse(reprise), retirer):
        assert client.get(cible).status_code == statut
        assert client.post(cible, {"motif": "x"}).status_code == statut


def test_la_page_d_une_autre_reprise_est_introuvable(reprise, administratrice, client):
    autre = faire(administratrice, cle="22-002", equipe="Autre", porteur_courriel="b@lie.example", membres="")
    (page,) = joindre(autre, administratrice)
    connecter(client, administratrice)
    assert client.get(reverse("reprises:page_signee_retirer", args=[reprise.pk, page.pk])).status_code == 404


def test_la_fiche_ne_depend_pas_du_nombre_de_pages_signees(reprise, administratrice, client):
    connecter(client, administratrice)
    fiche = reverse("reprises:fiche", args=[reprise.pk])

    def requetes():
        client.get(fiche)
        with CaptureQueriesContext(connection) as capture:
            client.get(fiche)
        return len(capture)

    joindre(reprise, administratrice)
    avec_une = requetes()
    joindre(reprise, administratrice, YANN, Signataire("Lena Le Goff"))
    assert requetes() == avec_une


def test_une_equipe_nee_ici_n_a_pas_de_page_a_joindre(administratrice, client):
    equipe = EquipeFabrique()
    reprise = Reprise.objects.create(region=equipe.region, cle="sans", equipe=equipe, par=administratrice)
    connecter(client, administratrice)
    assert "ne se joint qu’à un dossier déposé" in client.get(adresse(reprise), follow=True).content.decode()
