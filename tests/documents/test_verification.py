"""Vérifier : un octet changé n'importe où se voit, un ajout aussi, et un fichier hostile est refusé en temps borné."""

import asyncio
import base64
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as essai
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

from esperluette.documents import sceau
from esperluette.documents.actions import conserver
from esperluette.documents.enums import Confiance, EtatDuCertificat, EtatDuDocument, EtatDuSceau, Verdict
from esperluette.documents.erreurs import SceauImpossible
from esperluette.documents.lecture_du_sceau import _du_programme, autorites
from esperluette.documents.models import DocumentProduit
from esperluette.documents.verificateur import _Lecture
from esperluette.documents.verification import verifier, verifier_le_code
from tests.documents.conftest import LE, TRAME
from tests.documents.horodatage import serveur_d_horodatage
from tests.documents.outils import pdfsig
from tests.fabriques.documents import champ, trame_de
from tests.fabriques.sceau import JOUR, identite, maintenant

CONTEXTE = trame_de(champ("Territoire", "texte", "Loudéac"))


@pytest.fixture(scope="module")
def emetteurs():
    return {
        "ars": identite("ARS d’essai"),
        "autre": identite("Une autre administration"),
        "tsa": identite("Service d’horodatage", horodatage=True),
    }


def regler(settings, sien, dossier, **autres):
    settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = sien.ecrire_pem(dossier)
    for nom, valeur in autres.items():
        setattr(settings, nom, valeur)


def garder(format="pdf", contexte=CONTEXTE, **autres):
    return conserver(TRAME, contexte, format, acteur=None, nom=f"x.{format}", le=LE, **autres)


def lire(document):
    with document.fichier.open() as fichier:
        return fichier.read()


def hors_ligne(octets):
    return verifier(octets, base=False)


# --- Le sceau seul -----------------------------------------------------------------------------


def test_un_pdf_scelle_intact_le_dit_et_dit_que_c_est_un_essai(scelle):
    constat = hors_ligne(scelle)
    assert (constat.verdict, constat.phrase) == (Verdict.INTACT, "Ce document est intact")
    lu = constat.sceau
    assert (lu.etat, lu.confiance, lu.certificat) == (EtatDuSceau.INTACT, Confiance.ESSAI, EtatDuCertificat.VALABLE)
    assert (lu.signatures, lu.apres, lu.motif) == (1, False, "Accusé")
    assert abs((maintenant() - lu.le).total_seconds()) < 3600
    assert any("ne vaut rien en droit" in phrase for phrase in constat.explications)


def test_un_certificat_regle_est_reconnu_sans_autre_reglage(document, settings, tmp_path, emetteurs):
    regler(settings, emetteurs["ars"], tmp_path)
    constat = hors_ligne(sceau.sceller(document("accuse", "pdf"), motif="x"))
    assert (constat.verdict, constat.sceau.confiance) == (Verdict.INTACT, Confiance.RECONNUE)
    assert constat.sceau.sujet == "ARS d’essai, Essais"
    assert not any("essai" in phrase for phrase in constat.explications)


def test_un_sceau_d_une_autre_autorite_tient_mais_n_est_pas_le_notre(document, settings, tmp_path, emetteurs):
    regler(settings, emetteurs["autre"], tmp_path)
    pdf = sceau.sceller(document("accuse", "pdf"), motif="x")
    (tmp_path / "ars").mkdir()
    regler(settings, emetteurs["ars"], tmp_path / "ars")
    constat = hors_ligne(pdf)
    assert (constat.verdict, constat.sceau.etat) == (Verdict.AUTRE, EtatDuSceau.INTACT)
    assert any("Une autre administration" in phrase for phrase in constat.explications)
    settings.SCEAU_CONFIANCE = [emetteurs["autre"].ecrire_la_racine(tmp_path)]
    assert hors_ligne(pdf).verdict == Verdict.INTACT


def test_un_certificat_qui_imite_le_nom_du_notre_ne_trompe_personne(document, settings, tmp_path, emetteurs):
    regler(settings, identite("ARS d’essai"), tmp_path)  # même nom, même autorité en apparence, autres clés
    pdf = sceau.sceller(document("accuse", "pdf"), motif="x")
    (tmp_path / "ars").mkdir()
    regler(settings, emetteurs["ars"], tmp_path / "ars")
    assert hors_ligne(pdf).verdict == Verdict.AUTRE


def test_une_autorite_d_essai_ne_vaut_rien_en_production(scelle, settings):
    settings.PRODUCTION = True
    assert hors_ligne(scelle).verdict == Verdict.AUTRE


def test_un_certificat_expire_depuis_laisse_le_sceau_valable(document, settings, tmp_path):
    vieux = identite(du=maintenant() - 400 * JOUR, au=maintenant() - 10 * JOUR)
    regler(settings, vieux, tmp_path)
    pdf = sceau.sceller(document("accuse", "pdf"), motif="x", le=maintenant() - 100 * JOUR)
    constat = hors_ligne(pdf)
    assert (constat.verdict, constat.sceau.certificat) == (Verdict.INTACT, EtatDuCertificat.EXPIRE)
    assert any("a expiré depuis" in phrase for phrase in constat.explications)


def test_un_sceau_pose_hors_des_dates_du_certificat_n_est_pas_reconnu(document, settings, tmp_path, monkeypatch):
    regler(settings, identite(du=maintenant() - 400 * JOUR, au=maintenant() - 10 * JOUR), tmp_path)
    monkeypatch.setattr(sceau.Certificat, "valable", lambda *_: True)  # le service, lui, l'aurait refusé
    pdf = sceau.sceller(document("accuse", "pdf"), motif="x")
    monkeypatch.undo()
    settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = str(tmp_path / "cle.pem"), str(tmp_path / "certificat.pem")
    constat = hors_ligne(pdf)
    assert (constat.verdict, constat.sceau.certificat) == (Verdict.AUTRE, EtatDuCertificat.HORS_DATES)


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_sans_sceau_ni_base_on_ne_peut_rien_dire(document, sceau_d_essai, format):
    constat = hors_ligne(document("accuse", format))
    assert (constat.verdict, constat.sceau.etat) == (Verdict.NON_SCELLE, EtatDuSceau.ABSENT)
    assert constat.nature == format


def _dans_un_fil(lecture):
    """La lecture ouvre sa boucle : elle ne peut le faire dans le fil d'un navigateur d'essai, qui en a déjà une."""
    with ThreadPoolExecutor(1) as fil:
        return fil.submit(lecture).result()


def sur_place(octets):
    """La même lecture, dans ce processus : dix fois plus d'essais dans le même temps."""
    essais = [base64.b64encode(c).decode() for c in autorites().essai]
    try:
        lu = _dans_un_fil(lambda: asyncio.run(_Lecture(octets, {"confiance": [], "essai": essais}).tout()))
    except Exception:  # noqa: BLE001 — comme le programme à part
        return EtatDuSceau.ILLISIBLE
    return _du_programme(lu).etat if lu["signatures"] else EtatDuSceau.ABSENT


def test_la_lecture_sur_place_est_la_meme(scelle):
    assert sur_place(scelle) == hors_ligne(scelle).sceau.etat == EtatDuSceau.INTACT


# --- Un octet ----------------------------------------------------------------------------------


@essai(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_un_octet_change_n_importe_ou_se_voit(scelle, position, masque):
    change = bytearray(scelle)
    change[position % len(scelle)] ^= masque
    assert sur_place(bytes(change)) != EtatDuSceau.INTACT


@essai(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.sampled_from([1, 2, 4, 8, 32]))
def test_un_octet_change_dans_la_signature_elle_meme_se_voit(scelle, position, masque):
    """Elle ne se couvre pas : ni remplissage, ni casse des chiffres, ni certificats ne peuvent bouger."""
    debut = scelle.index(b"/Contents <") + 10
    fin = scelle.index(b">", debut)
    change = bytearray(scelle)
    change[debut + position % (fin - debut + 1)] ^= masque
    assert sur_place(bytes(change)) != EtatDuSceau.INTACT


@pytest.mark.parametrize("position", ["milieu", "remplissage", "casse", "premier", "dernier"])
def test_un_octet_change_aux_endroits_qui_comptent(scelle, position, tmp_path):
    debut = scelle.index(b"/Contents <") + 11
    casse = next(i for i in range(debut, debut + 2000) if scelle[i : i + 1] in b"ABCDEF")
    ou = {
        "milieu": len(scelle) // 3, "remplissage": scelle.index(b">", debut) - 5, "casse": casse, "premier": 0,
        "dernier": len(scelle) - 1,
    }[position]  # fmt: skip
    change = bytearray(scelle)
    change[ou] ^= 32 if position == "casse" else 1
    assert hors_ligne(bytes(change)).verdict != Verdict.INTACT
    if position == "milieu":
        assert "Digest Mismatch" in pdfsig(bytes(change), tmp_path)


@pytest.mark.parametrize("ajout", [b"\n", b"\x00", b"% rien\n", b"\n1 0 obj<<>>endobj\n", b"%%EOF"])
def test_un_ajout_en_fin_de_fichier_se_voit(scelle, ajout):
    constat = hors_ligne(scelle + ajout)
    assert constat.verdict != Verdict.INTACT


def test_un_fichier_tronque_se_voit(scelle):
    for longueur in (100, len(scelle) // 2, len(scelle) - 1):
        assert hors_ligne(scelle[:longueur]).verdict != Verdict.INTACT


def test_une_revision_ajoutee_apres_le_sceau_se_voit(scelle, tmp_path):
    """Poppler dit la signature valide : elle l'est, de la révision qu'elle couvre. Nous disons l'ajout."""
    ecrit = IncrementalPdfFileWriter(BytesIO(scelle))
    ecrit.root["/Lang"] = fields.generic.TextStringObject("en")
    ecrit.update_root()
    sortie = BytesIO()
    ecrit.write(sortie)
    constat = hors_ligne(sortie.getvalue())
    assert (constat.verdict, constat.sceau.apres) == (Verdict.ALTERE, True)
    assert any("ajouté au fichier après" in phrase for phrase in constat.explications)
    assert "Not total document signed" in pdfsig(sortie.getvalue(), tmp_path)


def test_une_seconde_signature_apres_le_sceau_se_voit(scelle, settings, tmp_path, emetteurs):
    ecrit = IncrementalPdfFileWriter(BytesIO(scelle))
    fields.append_signature_field(ecrit, fields.SigFieldSpec("Autre"))
    sortie = BytesIO()
    ecrit.write(sortie)
    assert hors_ligne(sortie.getvalue()).verdict == Verdict.ALTERE


def test_un_pdf_recopie_par_un_autre_programme_perd_son_sceau(scelle):
    sortie = BytesIO()
    with pikepdf.open(BytesIO(scelle)) as ouvert:
        ouvert.save(sortie)
    assert hors_ligne(sortie.getvalue()).verdict in {Verdict.ALTERE, Verdict.ILLISIBLE}


# --- L'horodatage ------------------------------------------------------------------------------


@pytest.mark.parametrize("long_terme", [False, True])
def test_un_sceau_horodate(document, settings, tmp_path, emetteurs, long_terme):
    regler(settings, emetteurs["ars"], tmp_path, SCEAU_LONG_TERME=long_terme)
    settings.SCEAU_CONFIANCE = [
        emetteurs["tsa"].ecrire_la_racine(tmp_path),
        emetteurs["ars"].ecrire_la_racine(tmp_path),
    ]
    with serveur_d_horodatage(emetteurs["tsa"]) as settings.SCEAU_HORODATAGE:
        pdf = sceau.sceller(document("accuse", "pdf"), motif="x")
    constat = hors_ligne(pdf)
    assert constat.verdict == Verdict.INTACT, constat
    horodatage = constat.sceau.horodatage
    assert (horodatage.intact, horodatage.confiance) == (True, Confiance.RECONNUE)
    assert horodatage.service == "Service d’horodatage"
    assert constat.sceau.le == horodatage.le
    dit = pdfsig(pdf, tmp_path)
    assert "Signature is Valid." in dit
    ouvert = pikepdf.open(BytesIO(pdf))
    assert ("/DSS" in ouvert.Root) == long_terme
    assert len(ouvert.Root.AcroForm.Fields) == (2 if long_terme else 1)
    assert all("/TU" in c and "/StructParent" in c for c in ouvert.Root.AcroForm.Fields)
    assert hors_ligne(pdf + b"\n").verdict != Verdict.INTACT
    settings.SCEAU_CONFIANCE = []
    assert hors_ligne(pdf).sceau.horodatage.confiance == Confiance.INCONNUE


@pytest.mark.parametrize("reponse", [b"", b"non", b"\x30\x03\x02\x01\x02"])
def test_un_horodatage_qui_se_conduit_mal_empeche_le_sceau(document, settings, tmp_path, emetteurs, reponse):
    regler(settings, emetteurs["ars"], tmp_path)
    pdf = document("accuse", "pdf")
    serveur = serveur_d_horodatage(emetteurs["tsa"], reponse=reponse)
    with serveur as settings.SCEAU_HORODATAGE, pytest.raises(SceauImpossible):
        sceau.sceller(pdf, motif="x")


@pytest.mark.parametrize("adresse", ["http://127.0.0.1:9/", "file:///etc/passwd", "nulle part"])
def test_un_horodatage_absent_ou_mal_regle_se_dit(document, settings, tmp_path, emetteurs, adresse):
    regler(settings, emetteurs["ars"], tmp_path, SCEAU_HORODATAGE=adresse)
    with pytest.raises(SceauImpossible, match="horodatage"):
        sceau.sceller(document("accuse", "pdf"), motif="x")


# --- Avec la base ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_le_fichier_garde_est_reconnu_par_son_empreinte(sceau_d_essai, format):
    document = garder(format)
    constat = verifier(lire(document))
    assert (constat.verdict, constat.exact) == (Verdict.INTACT, True)
    assert constat.document.code == document.code
    assert any("Octet pour octet" in phrase for phrase in constat.explications)


@pytest.mark.django_db
@pytest.mark.parametrize("scelle", [True, False])
def test_un_document_repris_dans_un_autre_logiciel_est_dit_modifie(settings, tmp_path, sceau_d_essai, scelle):
    if not scelle:
        settings.VAR = tmp_path
    document = garder()
    octets = lire(document) + b"\n"
    constat = verifier(octets)
    assert (constat.verdict, constat.exact) == (Verdict.ALTERE, False)
    assert constat.document.code == document.code
    assert constat.document.signataires == ()
    assert any("pas la copie exacte" in phrase for phrase in constat.explications)


@pytest.mark.django_db
@pytest.mark.parametrize(("format", "partie"), [("docx", "word/document.xml"), ("odt", "content.xml")])
def test_un_document_de_bureau_modifie_est_dit_modifie(sceau_d_essai, format, partie):
    document = garder(format)
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(lire(document))) as avant, zipfile.ZipFile(sortie, "w") as apres:
        for membre in avant.infolist():
            contenu = avant.read(membre)
            apres.writestr(
                membre, contenu.replace("Loudéac".encode(), b"Rennes") if membre.filename == partie else contenu
            )
    constat = verifier(sortie.getvalue())
    assert (constat.verdict, constat.document.code) == (Verdict.ALTERE, document.code)


@pytest.mark.django_db
def test_un_document_ancien_sans_code_se_verifie_encore(sceau_d_essai):
    document = garder()
    DocumentProduit.objects.filter(pk=document.pk).update(code="", scelle_le=None, sceau="")
    assert verifier(lire(document)).verdict == Verdict.INTACT
    autre = garder()
    DocumentProduit.objects.filter(pk=autre.pk).update(
        code="", scelle_le=None, sceau=""
    )  # deux vides ne se gênent pas


@pytest.mark.django_db
@pytest.mark.parametrize(
    "octets", [b"bonjour", b"{}", b"[1, 2]", b"PK\x03\x04abime", b"%PDF-1.7\nrien", b"\x00" * 1000]
)
def test_un_fichier_inconnu_le_dit(sceau_d_essai, octets):
    constat = verifier(octets)
    assert (constat.verdict, constat.document) == (Verdict.INCONNU, None)


@pytest.mark.django_db
def test_un_document_scelle_dont_la_base_ne_sait_rien_reste_intact(scelle):
    constat = verifier(scelle)
    assert (constat.verdict, constat.exact) == (Verdict.INTACT, False)
    assert any("Nous ne gardons aucun document identique" in phrase for phrase in constat.explications)


@pytest.mark.django_db
def test_le_code_seul_ne_dit_que_nature_date_et_etat(sceau_d_essai):
    document = garder()
    lu = verifier_le_code(document.code.lower().replace("-", " "))
    assert (lu.code, lu.format, lu.produit_le, lu.integre) == (document.code, "pdf", document.produit_le, True)
    assert lu.etat == EtatDuDocument.INCONNU  # aucun objet : personne ne répond de ce document
    assert (lu.signataires, lu.emetteur, lu.reference, lu.edition) == ((), "", "", "")


@pytest.mark.django_db
def test_le_code_dit_qu_un_fichier_garde_a_change(sceau_d_essai):
    document = garder()
    with document.fichier.storage.open(document.fichier.name, "ab") as fichier:
        fichier.write(b" ")
    assert verifier_le_code(document.code).integre is False


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "CDFG-HJKM-NPRT-VWXY", "x" * 10_000, "\x00", "'; drop table"])
def test_un_code_inconnu_ou_faux_ne_designe_rien(sceau_d_essai, code):
    garder()
    assert verifier_le_code(code) is None


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", [1, 3])
def test_verifier_lit_en_autant_de_requetes(sceau_d_essai, nombre, django_assert_num_queries):
    documents = [garder("docx") for _ in range(nombre)]
    octets, code = lire(documents[0]), documents[0].code
    with django_assert_num_queries(1):
        verifier(octets)
    with django_assert_num_queries(1):
        verifier_le_code(code)


# --- Le JSON -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_json_est_stable(sceau_d_essai):
    dit = verifier(lire(garder())).en_json()
    assert set(dit) == {
        "version", "verdict", "phrase", "explications", "fichier", "base_consultee", "connu", "sceau", "document"
    }  # fmt: skip
    assert set(dit["sceau"]) == {
        "etat", "sujet", "emetteur", "confiance", "certificat", "valable_du", "valable_au", "le", "motif",
        "ajout_apres_le_sceau", "signatures", "horodatage",
    }  # fmt: skip
    assert set(dit["document"]) == {
        "libelle", "emetteur", "reference", "produit_le", "format", "code", "edition", "etat", "etat_le", "signataires"
    }  # fmt: skip
    assert json.loads(json.dumps(dit)) == dit
