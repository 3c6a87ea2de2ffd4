"""De vrais fichiers : sains, abîmés, déguisés, piégés."""

import struct
import subprocess
import zipfile
import zlib
from functools import cache
from io import BytesIO

import factory
import pikepdf
import pypandoc
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse

from esperluette.fichiers.models import Fichier

PROGRAMME = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
CSV = "nom;commune\nLe Goff;Loudéac\n".encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>"


@cache
def pandoc(format: str) -> bytes:
    """Un vrai DOCX ou ODT, écrit par Pandoc."""
    commande = [pypandoc.get_pandoc_path(), "--sandbox", "--from=html", f"--to={format}", "--output=-"]
    page = "<h1>Statuts</h1><p>L’association réunit les professionnels de Loudéac.</p>".encode()
    return subprocess.run(commande, input=page, capture_output=True, check=True, timeout=60).stdout


@cache
def pdf() -> bytes:
    sortie = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(sortie)
    return sortie.getvalue()


def pdf_texte(*lignes: str, pages: int = 1) -> bytes:
    """Un PDF d'une ligne par paragraphe, en Helvetica ; `pages` pages identiques."""
    sortie = BytesIO()
    with pikepdf.new() as document:
        police = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )  # fmt: skip
        trace = b"BT /F 14 Tf 60 760 Td " + b" ".join(
            b"(" + ligne.encode("cp1252") + b") Tj 0 -20 Td" for ligne in lignes
        ) + b" ET"  # fmt: skip
        for _ in range(pages):
            page = document.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=police))
            page.Contents = document.make_stream(trace)
        document.save(sortie)
    return sortie.getvalue()


@cache
def png() -> bytes:
    """Un point rouge."""

    def bloc(sorte: bytes, contenu: bytes) -> bytes:
        return struct.pack(">I", len(contenu)) + sorte + contenu + struct.pack(">I", zlib.crc32(sorte + contenu))

    entete = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", zlib.compress(b"\0\xff\0\0")) + bloc(b"IEND", b"")
    )


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def archive(*membres: tuple[str, bytes]) -> bytes:
    sortie = BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in membres:
            zip_.writestr(nom, contenu)
    return sortie.getvalue()


def xlsx() -> bytes:
    """Le squelette d'un classeur Excel."""
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return archive(("[Content_Types].xml", types), ("xl/workbook.xml", b"<workbook/>"))


def ods() -> bytes:
    """Le squelette d'un classeur LibreOffice."""
    return archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>"))


def avec_ajout(octets: bytes, nom: str, contenu: bytes) -> bytes:
    """Le même document, un membre en plus."""
    sortie = BytesIO(octets)
    with zipfile.ZipFile(sortie, "a", zipfile.ZIP_DEFLATED) as zip_:
        zip_.writestr(nom, contenu)
    return sortie.getvalue()


def avec_types(octets: bytes, ancien: bytes, nouveau: bytes) -> bytes:
    """Le même document, sa déclaration de contenu récrite."""
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(octets)) as source, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as copie:
        for nom in source.namelist():
            contenu = source.read(nom)
            copie.writestr(nom, contenu.replace(ancien, nouveau) if nom == "[Content_Types].xml" else contenu)
    return sortie.getvalue()


def bombe(mega: int) -> bytes:
    """Un DOCX qui pèse peu et se déplie en `mega` Mo."""
    octets = pandoc("docx")
    for rang in range(mega // 20):
        octets = avec_ajout(octets, f"word/media/{rang}.bin", b"\0" * (20 * 1024 * 1024))
    return octets


def bombe_menteuse() -> bytes:
    """Un DOCX dont un membre annonce dix octets et en contient cinquante millions."""
    octets = bytearray(avec_ajout(pandoc("docx"), "word/media/m.bin", b"\0" * 50_000_000))
    vraie = struct.pack("<I", 50_000_000)
    while (rang := octets.find(vraie)) >= 0:
        octets[rang : rang + 4] = struct.pack("<I", 10)
    return bytes(octets)


def upload(nom: str, octets: bytes, type_annonce: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, octets, content_type=type_annonce)


def servi(reponse: FileResponse) -> bytes:
    """Ce que sert une réponse, lue jusqu'au bout ; son fichier refermé, sans finir la requête (ni la connexion)."""
    octets = b"".join(reponse.streaming_content)
    for fermer in reponse._resource_closers:
        fermer()
    return octets


class FichierFabrique(factory.django.DjangoModelFactory):
    """Un fichier déjà reçu."""

    class Meta:
        model = Fichier

    nom = factory.Sequence(lambda n: f"piece-{n}.pdf")
    type_mime = "application/pdf"
    contenu = factory.LazyFunction(lambda: ContentFile(pdf(), name="x"))
    taille = factory.LazyFunction(lambda: len(pdf()))
    empreinte = "a" * 64
