"""Ce qu'est un fichier se lit dans son contenu."""

import time
import tracemalloc

import pytest

from esperluette.fichiers.controle import GENRES, reconnaitre
from esperluette.fichiers.erreurs import FichierRefuse
from tests.fabriques import fichiers as f


@pytest.mark.parametrize(
    ("nom", "octets", "type_mime"),
    [
        ("a.pdf", f.pdf(), "application/pdf"),
        ("a.PDF", f.pdf(), "application/pdf"),
        ("a.docx", f.pandoc("docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.odt", f.pandoc("odt"), "application/vnd.oasis.opendocument.text"),
        ("a.xlsx", f.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.ods", f.ods(), "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.jpg", f.JPEG, "image/jpeg"),
        ("a.jpeg", f.JPEG, "image/jpeg"),
        ("a.png", f.png(), "image/png"),
        ("a.csv", f.CSV, "text/csv"),
        ("a.csv", b"\xef\xbb\xbf" + f.CSV, "text/csv"),
        ("a.txt", "Compte rendu\r\nà Loudéac".encode(), "text/plain"),
        ("a.txt", b"PKD : polykystose", "text/plain"),
        ("a.txt", b"MZ et compagnie", "text/plain"),
        ("a.txt", b"BMI moyen des patients", "text/plain"),
        ("a.txt", b"1 < 2 et <a@b.example>", "text/plain"),
    ],
)
def test_un_fichier_sain_est_reconnu(nom, octets, type_mime):
    assert reconnaitre(nom, octets).type_mime == type_mime


REFUS = [
    ("vide.pdf", b"", "est vide"),
    ("virus.exe", f.PROGRAMME, "est un programme"),
    ("statuts.pdf", f.PROGRAMME, "est un programme"),
    ("script.txt", b"#!/bin/sh\nrm -rf /\n", "est un programme"),
    ("elf.png", b"\x7fELF" + b"\0" * 99, "est un programme"),
    ("page.html", f.HTML, "page web ou un dessin SVG"),
    ("page.txt", f.HTML, "page web ou un dessin SVG"),
    ("page.csv", b"a;b\n<ScRiPt >alert(1)</script>", "page web ou un dessin SVG"),
    ("carte.svg", f.SVG, "page web ou un dessin SVG"),
    ("carte.png", f.SVG, "page web ou un dessin SVG"),
    ("x.xml", b"<?xml version='1.0'?><a/>", "page web ou un dessin SVG"),
    ("ancien.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien format Office"),
    ("photo.gif", b"GIF89a" + b"\0" * 50, "Sont acceptés : PDF"),
    ("son.mp3", b"ID3\x03" + b"\0" * 50, "Sont acceptés : PDF"),
    ("bruit.bin", bytes(range(256)), "Sont acceptés : PDF"),
    ("bruit.csv", bytes(range(256)), "pas un texte en UTF-8"),
    ("latin.csv", "Loudéac;Trévé".encode("latin-1"), "encodage UTF-8"),
    ("utf16.txt", "Loudéac".encode("utf-16"), "encodage UTF-8"),
    ("nul.txt", b"a\0b", "encodage UTF-8"),
    ("statuts.pdf", f.pandoc("docx"), "son contenu est un document Word. Renommez-le en .docx"),
    ("statuts.docx", f.pdf(), "son contenu est un PDF. Renommez-le en .pdf"),
    ("photo.png", f.JPEG, "son contenu est une image JPEG. Renommez-le en .jpg ou .jpeg"),
    ("statuts.pdf", b"bonjour", "son contenu est un texte. Renommez-le en .txt"),
    ("statuts", f.pdf(), "n'a pas d'extension, mais son contenu est un PDF"),
    ("statuts.pdf.exe", f.pdf(), "porte l'extension .exe"),
    ("dossier.zip", f.archive(("a.txt", b"a")), "est une archive"),
    ("dossier.docx", f.archive(("a.txt", b"a")), "est une archive"),
    ("jar.docx", f.archive(("META-INF/MANIFEST.MF", b"a")), "est une archive"),
    ("tordu.docx", f.archive(("[Content_Types].xml", b"<Types/>")), "est une archive"),
    ("autre.odt", f.archive(("mimetype", b"application/epub+zip")), "est une archive"),
    ("macro.docx", f.avec_ajout(f.pandoc("docx"), "word/vbaProject.bin", b"x"), "contient des macros"),
    ("macro.xlsx", f.avec_ajout(f.xlsx(), "xl/VBAPROJECT.BIN", b"x"), "contient des macros"),
    ("macro.odt", f.avec_ajout(f.pandoc("odt"), "Basic/Standard/Module1.xml", b"x"), "contient des macros"),
    ("macro.docx", f.avec_types(f.pandoc("docx"), b"wordprocessingml.document.main", b"macroEnabled.main"), "archive"),
    ("coupe.docx", f.pandoc("docx")[:4000], "est abîmé ou incomplet"),
    ("coupe.odt", f.pandoc("odt")[:200], "est abîmé ou incomplet"),
    ("bombe.docx", f.bombe(120), "démesuré"),
    ("menteur.docx", f.bombe_menteuse(), "est abîmé ou incomplet"),
]


@pytest.mark.parametrize(("nom", "octets", "motif"), REFUS, ids=[f"{r[0]}-{r[2][:24]}" for r in REFUS])
def test_un_fichier_dangereux_ou_deguise_est_refuse_avec_la_raison(nom, octets, motif):
    with pytest.raises(FichierRefuse) as refus:
        reconnaitre(nom, octets)
    phrase = str(refus.value)
    assert motif in phrase
    assert phrase.startswith(f"« {nom} »")
    assert phrase.endswith((".", ")"))


def test_un_octet_change_dans_un_document_se_voit():
    octets = bytearray(f.pandoc("docx"))
    octets[len(octets) // 2] ^= 0xFF
    with pytest.raises(FichierRefuse, match="abîmé"):
        reconnaitre("a.docx", bytes(octets))


def test_un_document_protege_par_mot_de_passe_le_dit():
    octets = bytearray(f.pandoc("docx"))
    for signature, decalage in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        rang = octets.find(signature)
        while rang >= 0:
            octets[rang + decalage] |= 1
            rang = octets.find(signature, rang + 4)
    with pytest.raises(FichierRefuse, match="mot de passe"):
        reconnaitre("a.docx", bytes(octets))


def test_une_bombe_est_refusee_vite_et_sans_memoire():
    octets = f.bombe(400)
    assert len(octets) < 1_000_000
    tracemalloc.start()
    debut = time.process_time()
    with pytest.raises(FichierRefuse):
        reconnaitre("bombe.docx", octets)
    duree, (_, pic) = time.process_time() - debut, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert duree < 1
    assert pic < 5_000_000


def test_des_milliers_de_membres_sont_refuses():
    octets = f.archive(*((f"word/{n}.xml", b"") for n in range(5_001)))
    with pytest.raises(FichierRefuse, match="démesuré"):
        reconnaitre("a.docx", octets)


def test_aucune_extension_ne_sert_a_deux_genres():
    extensions = [e for genre in GENRES for e in genre.extensions]
    assert len(extensions) == len(set(extensions))
