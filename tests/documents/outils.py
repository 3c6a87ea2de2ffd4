"""Rouvrir un document par un autre programme que celui qui l'a écrit."""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.document import Document as Docx
from odfdo import Document as Odt


def programme(nom: str) -> str:
    """Le chemin d'un programme du système, ou l'essai est ignoré, et dit pourquoi."""
    chemin = shutil.which(nom)
    if chemin is None:
        pytest.skip(f"{nom} n'est pas installé sur cette machine")
    return chemin


def texte_pdf(octets: bytes, dossier: Path) -> str:
    """Le texte du PDF selon poppler, une ligne par ligne imprimée."""
    commande = programme("pdftotext")
    fichier = dossier / "document.pdf"
    fichier.write_bytes(octets)
    fini = subprocess.run([commande, "-layout", str(fichier), "-"], capture_output=True, check=True, timeout=60)
    return fini.stdout.decode("utf-8")


def texte_continu(octets: bytes, dossier: Path) -> str:
    """Le texte du PDF selon poppler, dans l'ordre de lecture, les pages à la suite."""
    commande = programme("pdftotext")
    fichier = dossier / "continu.pdf"
    fichier.write_bytes(octets)
    fini = subprocess.run([commande, str(fichier), "-"], capture_output=True, check=True, timeout=60)
    return fini.stdout.decode("utf-8")


def tasser(texte: str) -> str:
    """Sans espaces, césures ni traits d'union : seuls comptent les signes et leur ordre."""
    return "".join(texte.replace("\u00ad", "").replace("\u2060", "").split()).replace("-", "")


def infos_pdf(octets: bytes, dossier: Path, *options: str) -> str:
    """Ce que `pdfinfo` dit du PDF."""
    commande = programme("pdfinfo")
    fichier = dossier / "document.pdf"
    fichier.write_bytes(octets)
    fini = subprocess.run([commande, *options, str(fichier)], capture_output=True, check=True, timeout=60)
    return fini.stdout.decode("utf-8")


def pdfsig(octets: bytes, dossier: Path, *options: str) -> str:
    """Ce que `pdfsig` de poppler dit des signatures ; la chaîne de confiance n'est pas son affaire."""
    commande = programme("pdfsig")
    fichier = dossier / "signe.pdf"
    fichier.write_bytes(octets)
    fini = subprocess.run([commande, "-nocert", *options, str(fichier)], capture_output=True, timeout=60)
    return fini.stdout.decode("utf-8", "replace")


def ouvrir_docx(octets: bytes) -> Docx:
    return docx.Document(BytesIO(octets))


def ouvrir_odt(octets: bytes) -> Odt:
    return Odt(BytesIO(octets))


def structure(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """(balise, élément) de l'arbre de structure, dans l'ordre de lecture ; les balises maison rendues standard."""
    racine = pdf.Root.StructTreeRoot

    def visiter(element: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(element, pikepdf.Array):
            for enfant in element:
                yield from visiter(enfant)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                yield str(element.S).lstrip("/"), element
            if "/K" in element:
                yield from visiter(element.K)

    yield from visiter(racine.K)


def signets(pdf: pikepdf.Pdf) -> list[str]:
    """Les titres des signets, à plat."""
    with pdf.open_outline() as plan:

        def aplatir(entrees: Any) -> Iterator[str]:
            for entree in entrees:
                yield entree.title
                yield from aplatir(entree.children)

        return list(aplatir(plan.root))
