"""Des fichiers abîmés, piégés ou immenses : un refus clair, ou un import neutre, en temps et en mémoire bornés."""

import random
import subprocess
import sys
import textwrap
import time
import zipfile
from functools import cache
from io import BytesIO

import docx
import pytest

from esperluette.dossiers.documents import trame_vierge
from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.importations.lecteur.ouverture import POIDS_MAXIMAL
from esperluette.importations.lecteur.xml_borne import PARAGRAPHES_MAXIMAUX
from tests.fabriques import fichiers
from tests.fabriques.importations import octets_de, trame_bretonne
from tests.importations.contenus import projet_breton

pytestmark = pytest.mark.une_fois

DUREE = 45  # secondes : Pandoc et la reconnaissance ont vingt secondes chacun ; une lecture ordinaire, moins d’une
MEMOIRE = 600  # Mo, tout le processus qui lit, Pandoc à part (borné par lui-même)
DTD = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def lire(octets, nom="trame.docx"):
    contenu = projet_breton()
    return analyser(nom, octets, trame=contenu.trame, edition=contenu.edition)


def recrit(octets, partie, recrire):
    """Le même document, une de ses parties récrite."""
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(octets)) as source, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as copie:
        for membre in source.infolist():
            brut = source.read(membre)
            copie.writestr(membre.filename, recrire(brut) if membre.filename == partie else brut)
    return sortie.getvalue()


@cache
def vierge(format):
    contenu = projet_breton()
    return trame_vierge(contenu.edition, contenu.edition.demarche("projet-de-sante"), format)


def avec_dtd(octets, partie, dtd, entite="&c;"):
    def recrire(brut):
        texte = brut.decode()
        fin = texte.index("?>") + 2 if texte.startswith("<?xml") else 0
        return (texte[:fin] + dtd + texte[fin:].replace("Le territoire", f"Le {entite}territoire")).encode()

    return recrit(octets, partie, recrire)


def corps(dedans):
    """Un DOCX dont le corps est ce XML."""

    def recrire(brut):
        texte = brut.decode()
        debut, fin = texte.index("<w:body>") + 8, texte.index("<w:sectPr")
        return (texte[:debut] + dedans + texte[fin:]).encode()

    return recrit(octets_de(docx.Document()), "word/document.xml", recrire)


def tableaux_emboites(profondeur):
    ouvre, ferme = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
    return corps(ouvre * profondeur + "<w:p><w:r><w:t>au fond</w:t></w:r></w:p>" + ferme * profondeur)


def paragraphes(nombre):
    return corps("".join(f"<w:p><w:r><w:t>Paragraphe {n}</w:t></w:r></w:p>" for n in range(nombre)))


REFUS = {
    "billion laughs docx": (lambda: avec_dtd(trame_bretonne(), "word/document.xml", DTD), "DTD"),
    "billion laughs styles": (lambda: avec_dtd(trame_bretonne(), "word/styles.xml", DTD, ""), "DTD"),
    "fichier du serveur (XXE)": (lambda: avec_dtd(trame_bretonne(), "word/document.xml", XXE, "&a;"), "DTD"),
    "macros": (lambda: fichiers.avec_ajout(trame_bretonne(), "word/vbaProject.bin", b"x"), "macros"),
    "zip renommé": (lambda: fichiers.archive(("a.txt", b"x")), "archive"),
    "PDF renommé": (fichiers.pdf, "PDF"),
    "tronqué": (lambda: trame_bretonne()[:-3000], "abîmé"),
    "vide": (lambda: b"", "vide"),
    "XML mal fermé": (lambda: recrit(trame_bretonne(), "word/document.xml", lambda b: b[:-40]), "abîmé"),
    "XML qui n'en est pas": (
        lambda: recrit(trame_bretonne(), "word/document.xml", lambda _: b"\0\xff\xfe" * 50),
        "abîmé",
    ),
    "deux cents tableaux emboîtés": (lambda: tableaux_emboites(200), "emboîte trop"),
    "cent mille paragraphes": (lambda: paragraphes(100_000), "trop long"),
    "balises emboîtées": (
        lambda: corps("<w:sdt><w:sdtContent>" * 5_000 + "</w:sdtContent></w:sdt>" * 5_000),
        "emboîte",
    ),
    "trop lourd": (lambda: fichiers.avec_ajout(trame_bretonne(), "word/media/i.png", _bruit(11)), "trop lourd"),
    "bombe": (lambda: fichiers.bombe(140), "démesuré"),
    "bombe menteuse": (fichiers.bombe_menteuse, "abîmé"),
    "corps de 60 Mo": (lambda: paragraphes_longs(60), "trop long"),
    "mot de passe": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mot de passe"),
}


def _bruit(mega):
    return random.Random(1).randbytes(mega * 1024 * 1024)  # noqa: S311 — du bruit, incompressible


def paragraphes_longs(mega):
    return corps(f"<w:p><w:r><w:t>{'mot ' * (mega * 1024 * 256)}</w:t></w:r></w:p>")


@pytest.mark.parametrize("cas", REFUS)
def test_le_refus_est_clair_et_rapide(cas):
    fabriquer, mot = REFUS[cas]
    octets = fabriquer()
    debut = time.monotonic()
    with pytest.raises(TrameRefusee) as refus:
        lire(octets)
    assert time.monotonic() - debut < DUREE
    assert mot in str(refus.value)
    assert "trame.docx" in str(refus.value)
    assert "Traceback" not in str(refus.value)


@pytest.mark.parametrize("partie", ["content.xml", "styles.xml", "META-INF/manifest.xml"])
def test_un_odt_a_entites_est_refuse(partie):
    with pytest.raises(TrameRefusee, match="DTD"):
        lire(avec_dtd(vierge("odt"), partie, DTD, ""), "trame.odt")


@pytest.mark.parametrize(
    ("nom", "octets", "mot"),
    [
        ("trame.odt", lambda: trame_bretonne(), "extension .odt"),
        ("trame.docx", lambda: vierge("odt"), "extension .docx"),
        ("trame.doc", lambda: trame_bretonne(), ".doc"),
        ("trame.txt", lambda: b"1.2 La patientele", "Seule une trame|seule une trame"),
        ("trame", lambda: b"%PDF-1.7 x", "Seule une trame|seule une trame"),
    ],
)
def test_un_fichier_renomme_est_refuse(nom, octets, mot):
    with pytest.raises(TrameRefusee, match=mot):
        lire(octets(), nom)


def test_un_document_long_mais_honnete_se_lit():
    """Au bord des bornes : onze mille paragraphes, lus en temps borné."""
    debut = time.monotonic()
    analyse = lire(paragraphes(PARAGRAPHES_MAXIMAUX - 1_000))
    assert time.monotonic() - debut < DUREE
    assert analyse.propositions == []
    assert len(analyse.morceaux) == 1


def test_des_titres_par_milliers_se_lisent_en_temps_borne():
    titres = "".join(
        f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>1.{n} La patientelle du groupe {n} et ses difficultes</w:t></w:r></w:p>"
        for n in range(8_000)
    )
    debut = time.monotonic()
    lire(corps(titres))
    assert time.monotonic() - debut < DUREE


def test_quelques_tableaux_emboites_se_lisent():
    assert "au fond" in " ".join(m.texte for m in lire(tableaux_emboites(5)).morceaux)


def test_une_image_de_cinquante_megaoctets_ne_se_lit_pas():
    """Compressible, elle passe la taille reçue ; on ne la déplie que pour la contrôler, jamais pour Pandoc."""
    octets = fichiers.avec_ajout(trame_bretonne(), "word/media/image1.png", b"\0" * 50_000_000)
    assert len(octets) < POIDS_MAXIMAL
    debut = time.monotonic()
    assert lire(octets).proposition("patientele_description") is not None
    assert time.monotonic() - debut < DUREE


def test_du_html_et_du_typst_restent_du_texte():
    piege = "<script>alert(1)</script> <img src=x onerror=alert(1)> #set page(width: 1pt) $x$ @ref `code` {{ 7*7 }} %s"
    analyse = lire(trame_bretonne(patientele=piege))
    proposition = analyse.proposition("patientele_description")
    assert proposition.texte == piege
    assert "<script" not in proposition.valeur
    assert "&lt;script&gt;" in proposition.valeur


@pytest.mark.parametrize("lien", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x"])
def test_un_lien_dangereux_perd_son_adresse(lien):
    document = docx.Document()
    document.add_heading("1.2. La patientèle", 2)
    paragraphe = document.add_paragraph("Voir ")
    rel = document.part.relate_to(lien, f"{docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK}", is_external=True)
    paragraphe._p.append(
        docx.oxml.parse_xml(
            f'<w:hyperlink {docx.oxml.ns.nsdecls("w", "r")} r:id="{rel}"><w:r><w:t>ceci</w:t></w:r></w:hyperlink>'
        )
    )
    assert lire(octets_de(document)).proposition("patientele_description").valeur == "<p>Voir ceci</p>"


def test_des_caracteres_interdits_ne_font_rien_planter():
    analyse = lire(trame_bretonne(patientele="Avant\u202eretourné\u200bcaché\u00adcoupé \U0001d4b3 👩‍⚕️ fin"))
    assert "retourné" in analyse.proposition("patientele_description").valeur


def test_la_memoire_reste_bornee():
    """Dans un processus à part, le pire document admis ne dépasse pas la borne."""
    programme = """
        import os, sys
        os.environ["DJANGO_SETTINGS_MODULE"] = "esperluette.config.settings_essais"
        import django
        django.setup()
        from tests.importations.test_hostile import lire, paragraphes
        lire(paragraphes(11_990))
        # Le sommet de ce processus seul : ru_maxrss garde, à travers exec, celui de qui l'a lancé.
        with open("/proc/self/status") as etat:
            sommet = next(ligne for ligne in etat if ligne.startswith("VmHWM"))
        sys.stdout.write(str(int(sommet.split()[1]) // 1024))
    """
    fini = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(programme)], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(fini.stdout.strip().splitlines()[-1]) < MEMOIRE
