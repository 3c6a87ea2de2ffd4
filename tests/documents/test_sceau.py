"""Le sceau : PAdES, confirmé par poppler, invisible, accessible, et le document d'origine intact dessous."""

import os
import stat
from datetime import UTC, timedelta
from io import BytesIO, StringIO

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from esperluette.documents import autorite, sceau
from esperluette.documents.actions import conserver
from esperluette.documents.checks import certificat_du_sceau
from esperluette.documents.erreurs import SceauImpossible
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import produire
from esperluette.documents.verification_imprimee import Verification
from tests.documents.conftest import LE, TRAME
from tests.documents.outils import ouvrir_docx, ouvrir_odt, pdfsig, structure, texte_pdf
from tests.fabriques.documents import champ, trame_de
from tests.fabriques.sceau import JOUR, identite, maintenant


@pytest.fixture(scope="module")
def emetteurs():
    """Des identités longues à engendrer, une fois pour tous les essais du module."""
    return {
        "rsa": identite("ARS d’essai"),
        "courbe": identite("ARS en courbe", courbe=True),
        "autre": identite("Autre"),
    }


def regler(settings, identite, dossier, **reglages):
    settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = identite.ecrire_pem(dossier)
    for nom, valeur in reglages.items():
        setattr(settings, nom, valeur)


@pytest.fixture
def pdf(document):
    return document("accuse", "pdf")


def lire(document):
    with document.fichier.open() as fichier:
        return fichier.read()


@pytest.mark.parametrize("cle", ["rsa", "courbe"])
def test_poppler_dit_la_signature_valide_et_couvrant_tout(pdf, settings, tmp_path, emetteurs, cle):
    regler(settings, emetteurs[cle], tmp_path)
    dit = pdfsig(sceau.sceller(pdf, motif="Accusé"), tmp_path)
    assert "Signature is Valid." in dit
    assert "Total document signed" in dit
    assert "ETSI.CAdES.detached" in dit
    assert dit.count("Signature #") == 1


def test_le_document_d_origine_est_inchange_sous_le_sceau(pdf, sceau_d_essai):
    scelle = sceau.sceller(pdf, motif="Accusé")
    assert scelle.startswith(pdf)
    assert len(scelle) < len(pdf) + 40_000


@pytest.mark.parametrize("sorte", ["final", "accuse"])
def test_le_pdf_scelle_reste_ua_1_et_a_2a(document, sceau_d_essai, sorte):
    avant = pikepdf.open(BytesIO(document(sorte, "pdf")))
    apres = pikepdf.open(BytesIO(sceau.sceller(document(sorte, "pdf"), motif="x")))
    with apres.open_metadata() as proprietes, avant.open_metadata() as anciennes:
        assert proprietes["pdfuaid:part"] == "1"
        assert (proprietes["pdfaid:part"], proprietes["pdfaid:conformance"]) == ("2", "A")
        changees = {cle for cle in set(proprietes) | set(anciennes) if proprietes.get(cle) != anciennes.get(cle)}
        assert {c.rpartition("}")[2] for c in changees} <= {"ModifyDate", "Producer", "MetadataDate"}
        # PDF/A : ce que dit le dictionnaire, le XMP le dit aussi.
        assert proprietes["pdf:Producer"] == str(apres.docinfo["/Producer"])
        assert proprietes["dc:title"] == str(apres.docinfo["/Title"])
    assert str(apres.Root.Lang) == "fr-FR"
    assert apres.Root.MarkInfo.Marked is True
    assert apres.Root.OutputIntents is not None
    balises, anciennes_balises = ([b for b, _ in structure(p)] for p in (apres, avant))
    assert balises == [*anciennes_balises, "Form"]


def test_le_champ_est_invisible_et_dit_ce_qu_il_est(pdf, sceau_d_essai):
    scelle = pikepdf.open(BytesIO(sceau.sceller(pdf, motif="x")))
    (champ_sceau,) = scelle.Root.AcroForm.Fields
    assert str(champ_sceau.TU) == sceau.TEXTE
    assert int(champ_sceau.F) & 4  # imprimable : PDF/A refuse les drapeaux « caché »
    assert not int(champ_sceau.F) & (1 | 2 | 32)
    gauche, bas, droite, haut = map(float, champ_sceau.Rect)
    assert (gauche, bas) == (droite, haut)
    # L'annotation mène à son élément de structure, et l'élément à l'annotation.
    racine = scelle.Root.StructTreeRoot
    nombres = list(racine.ParentTree.Nums)
    element = dict(zip(map(int, nombres[::2]), nombres[1::2], strict=True))[int(champ_sceau.StructParent)]
    assert (str(element.S), str(element.Alt)) == ("/Form", sceau.TEXTE)
    assert element.K.Obj.objgen == champ_sceau.objgen
    assert int(racine.ParentTreeNextKey) > int(champ_sceau.StructParent)
    assert [int(n) for n in nombres[::2]] == sorted({int(n) for n in nombres[::2]})
    assert str(scelle.pages[0].Tabs) == "/S"
    assert "/NeedAppearances" not in scelle.Root.AcroForm


def test_rien_n_est_permis_apres_le_sceau(pdf, sceau_d_essai):
    scelle = pikepdf.open(BytesIO(sceau.sceller(pdf, motif="x")))
    assert int(scelle.Root.Perms.DocMDP.Reference[0].TransformParams.P) == 1


def test_l_heure_et_le_motif_sont_dans_le_sceau(pdf, sceau_d_essai):
    le = maintenant().replace(microsecond=0)
    scelle = pikepdf.open(BytesIO(sceau.sceller(pdf, motif="Accusé « é »", le=le)))
    valeur = scelle.Root.AcroForm.Fields[0].V
    assert str(valeur.Reason) == "Accusé « é »"
    assert str(valeur.M).startswith(f"D:{le.astimezone(UTC):%Y%m%d%H%M%S}")


def test_sceller_demande_un_certificat(pdf, settings, tmp_path):
    settings.VAR = tmp_path
    assert not sceau.est_regle()
    assert sceau.certificat() is None
    with pytest.raises(SceauImpossible, match="Aucun certificat"):
        sceau.sceller(pdf, motif="x")


@pytest.mark.parametrize("ecart", [-2 * JOUR, 400 * JOUR])
def test_un_certificat_hors_de_ses_dates_ne_scelle_plus(pdf, settings, tmp_path, emetteurs, ecart):
    regler(settings, emetteurs["rsa"], tmp_path)
    with pytest.raises(SceauImpossible, match="dates"):
        sceau.sceller(pdf, motif="x", le=maintenant() + ecart)


def test_le_pkcs12_et_son_secret(pdf, settings, tmp_path, emetteurs):
    settings.SCEAU_PKCS12 = emetteurs["rsa"].ecrire_pkcs12(tmp_path, b"bon secret")
    settings.SCEAU_SECRET = "bon secret"
    assert "Signature is Valid." in pdfsig(sceau.sceller(pdf, motif="x"), tmp_path)
    settings.SCEAU_SECRET = "mauvais"
    with pytest.raises(SceauImpossible, match="secret faux"):
        sceau.certificat()


def test_la_cle_pem_protegee_par_un_secret(settings, tmp_path, emetteurs):
    settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = emetteurs["rsa"].ecrire_pem(tmp_path, b"secret")
    with pytest.raises(SceauImpossible, match="secret faux"):
        sceau.certificat()
    settings.SCEAU_SECRET = "secret"
    assert sceau.certificat().sujet == "ARS d’essai, Essais"


@pytest.mark.parametrize(
    "contenu", [b"", b"\x00\xff" * 50, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_un_certificat_abime_se_dit(settings, tmp_path, emetteurs, contenu):
    regler(settings, emetteurs["rsa"], tmp_path)
    (tmp_path / "certificat.pem").write_bytes(contenu)
    with pytest.raises(SceauImpossible, match=r"ne se lit pas|ne vont pas ensemble"):
        sceau.certificat()


def test_la_cle_d_un_autre_est_refusee(settings, tmp_path, emetteurs):
    regler(settings, emetteurs["rsa"], tmp_path)
    (tmp_path / "autre").mkdir()
    settings.SCEAU_CLE, _ = emetteurs["autre"].ecrire_pem(tmp_path / "autre")
    with pytest.raises(SceauImpossible, match="ensemble"):
        sceau.certificat()


def test_la_cle_se_charge_une_fois_et_se_recharge_renouvelee(pdf, settings, tmp_path, emetteurs):
    regler(settings, emetteurs["rsa"], tmp_path)
    sceau.sceller(pdf, motif="x")
    avant = sceau._signataire.cache_info().misses
    sceau.sceller(pdf, motif="x")
    assert sceau._signataire.cache_info().misses == avant
    emetteurs["autre"].ecrire_pem(tmp_path)
    for nom in ("cle.pem", "certificat.pem"):
        os.utime(tmp_path / nom, ns=(1, 1))  # le même tic d'horloge suffirait à cacher le changement
    assert sceau.certificat().sujet == "Autre, Essais"


def test_un_materiel_sans_son_module_se_dit(settings):
    settings.SCEAU_PKCS11 = "/nulle/part.so"
    with pytest.raises(SceauImpossible, match=r"python-pkcs11|matériel"):
        sceau.certificat()


@pytest.mark.parametrize("octets", [b"", b"pas un pdf", b"%PDF-1.7\n%%EOF"])
def test_ce_qui_n_est_pas_un_pdf_ne_se_scelle_pas(sceau_d_essai, octets):
    with pytest.raises(SceauImpossible):
        sceau.sceller(octets, motif="x")


# --- L'autorité d'essai ------------------------------------------------------------------------


def test_l_autorite_d_essai_n_est_lisible_que_de_son_proprietaire(tmp_path):
    essai = autorite.engendrer(tmp_path / "sceau")
    assert stat.S_IMODE(essai.dossier.stat().st_mode) == 0o700
    for fichier in (essai.cle, essai.certificat, essai.autorites):
        assert stat.S_IMODE(fichier.stat().st_mode) == 0o600
    assert sorted(f.name for f in essai.dossier.iterdir()) == ["autorites.pem", "certificat.pem", "cle.pem"]


def test_renouveler_garde_les_anciennes_autorites(tmp_path):
    autorite.engendrer(tmp_path)
    ancienne = autorite.Essai(tmp_path).autorites.read_bytes()
    neuve = autorite.engendrer(tmp_path)
    assert neuve.autorites.read_bytes().endswith(ancienne)
    assert len(sceau.certificats_de(neuve.autorites)) == 2


def commande(*arguments):
    sortie = StringIO()
    call_command("sceau", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_la_commande_engendre_une_fois_et_dit_l_etat(settings, tmp_path):
    settings.VAR = tmp_path
    with pytest.raises(SystemExit) as sortie:
        commande("etat")
    assert sortie.value.code == 1
    assert "créée" in commande("engendrer")
    cle = (tmp_path / "sceau/cle.pem").read_bytes()
    assert "déjà là" in commande("engendrer")
    assert (tmp_path / "sceau/cle.pem").read_bytes() == cle
    assert "ESSAI, sans valeur" in commande("etat")
    assert '"pret": true' in commande("etat", "--json")
    commande("engendrer", "--renouveler")
    assert (tmp_path / "sceau/cle.pem").read_bytes() != cle


def test_l_autorite_d_essai_n_existe_pas_en_production(settings, sceau_d_essai):
    settings.PRODUCTION = True
    assert not sceau.est_regle()
    with pytest.raises(CommandError, match="En production"):
        commande("engendrer")


# --- Les contrôles -----------------------------------------------------------------------------


def identifiants():
    return [message.id for message in certificat_du_sceau()]


def test_une_production_sans_certificat_le_dit(settings, tmp_path):
    settings.VAR = tmp_path
    assert identifiants() == []
    settings.PRODUCTION = True
    assert identifiants() == ["esperluette.W020"]


def test_une_production_bien_reglee_ne_dit_rien(settings, tmp_path, emetteurs):
    settings.PRODUCTION = True
    regler(settings, emetteurs["rsa"], tmp_path)
    assert identifiants() == []


def test_un_certificat_d_essai_est_refuse_en_production(settings, sceau_d_essai):
    essai = sceau.essai()
    settings.PRODUCTION, settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = True, str(essai.cle), str(essai.certificat)
    assert identifiants() == ["esperluette.E020"]


def test_un_certificat_illisible_ou_absent_est_une_erreur(settings, tmp_path):
    settings.SCEAU_PKCS12 = str(tmp_path / "absent.p12")
    assert identifiants() == ["esperluette.E021"]
    settings.SCEAU_PKCS12, settings.SCEAU_PKCS11 = "", "/nulle/part.so"
    assert identifiants() == ["esperluette.E021"]


def test_une_autorite_de_confiance_illisible_est_une_erreur(settings, tmp_path, emetteurs):
    regler(settings, emetteurs["rsa"], tmp_path, SCEAU_CONFIANCE=[str(tmp_path / "absent.pem")])
    assert identifiants() == ["esperluette.E021"]


@pytest.mark.parametrize(
    ("du", "au", "attendu"),
    [(-30, -1, "esperluette.E022"), (1, 30, "esperluette.E022"), (-30, 20, "esperluette.W021")],
)
def test_un_certificat_expire_ou_bientot_est_signale(settings, tmp_path, du, au, attendu):
    regler(settings, identite(du=maintenant() + du * JOUR, au=maintenant() + au * JOUR), tmp_path)
    assert identifiants() == [attendu]


# --- Conserver ---------------------------------------------------------------------------------


def garder(format="pdf", **contexte):
    return conserver(
        TRAME,
        trame_de(champ("Territoire", "texte", "Loudéac")) | contexte,
        format,
        acteur=None,
        nom=f"x.{format}",
        le=LE,
    )


@pytest.mark.django_db
def test_un_pdf_garde_est_scelle_maintenant_et_le_dit(sceau_d_essai, tmp_path):
    avant = maintenant()
    document = garder()
    assert avant <= document.scelle_le <= maintenant()
    assert document.sceau == sceau.certificat().sujet
    assert est_intact(document)
    assert "Signature is Valid." in pdfsig(lire(document), tmp_path)
    texte = " ".join(texte_pdf(lire(document), tmp_path).split())
    assert document.code in texte
    assert "http://localhost:8000/verifier/" in texte
    assert "sceau d’essai, sans valeur" in texte


@pytest.mark.django_db
def test_un_vrai_certificat_ne_se_dit_pas_d_essai(settings, tmp_path, emetteurs):
    regler(settings, emetteurs["rsa"], tmp_path)
    texte = " ".join(texte_pdf(lire(garder()), tmp_path).split())
    assert "porte un sceau électronique" in texte
    assert "essai" not in texte.partition("Vérifier ce document")[2]


@pytest.mark.django_db
def test_sans_certificat_le_document_le_dit(settings, tmp_path):
    settings.VAR = tmp_path
    document = garder()
    assert (document.scelle_le, document.sceau) == (None, "")
    assert len(document.code) == 19
    assert "ne porte pas de sceau" in " ".join(texte_pdf(lire(document), tmp_path).split())


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["docx", "odt", "html"])
def test_les_autres_formats_portent_le_code_sans_sceau(sceau_d_essai, format):
    document = garder(format)
    assert (document.scelle_le, document.sceau) == (None, "")
    octets = lire(document)
    if format == "docx":
        ouvert = ouvrir_docx(octets)
        texte = "\n".join(p.text for p in ouvert.paragraphs)
        pied = "".join(p.text for p in ouvert.sections[0].footer.paragraphs)
        assert document.code in pied
        (image,) = ouvert.inline_shapes
        assert image.width.cm == pytest.approx(2.2, abs=0.05)
        assert image._inline.docPr.get("descr").startswith("Code QR")
    elif format == "odt":
        ouvert = ouvrir_odt(octets)
        texte = ouvert.get_formatted_text()
        assert "Code QR" in ouvert.get_part("content.xml").serialize().decode()
    else:
        texte = octets.decode()
    assert document.code in texte


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["pdf", "docx"])
def test_un_brouillon_n_a_ni_code_ni_sceau(sceau_d_essai, format, tmp_path):
    document = garder(format, brouillon=True)
    assert (document.code, document.scelle_le, document.sceau) == ("", None, "")
    if format == "pdf":
        assert "/verifier/" not in texte_pdf(lire(document), tmp_path)


@pytest.mark.django_db
def test_un_sceau_impossible_ne_garde_rien(settings, tmp_path, emetteurs):
    regler(settings, identite(au=maintenant() - timedelta(hours=1)), tmp_path)
    with pytest.raises(SceauImpossible):
        garder()
    assert not DocumentProduit.objects.exists()


def test_hors_du_sceau_memes_octets():
    verification = Verification("CDFG-HJKM-NPRT-VWXY")
    contexte = trame_de(champ("a", "texte", "b"))
    un, deux = (produire(TRAME, contexte, "pdf", le=LE, verification=verification) for _ in range(2))
    assert un == deux
