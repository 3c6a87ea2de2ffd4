"""Ouvrir un fichier reçu : ce qu'il est vraiment, ses seules parties utiles, et leur arbre Pandoc."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal
from xml.etree import ElementTree as ET

from esperluette.documents import pandoc
from esperluette.documents.erreurs import ProductionImpossible
from esperluette.fichiers.controle import DOCX, ODT, Genre, reconnaitre
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.noms import extension_de, nettoyer_nom
from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur import preparation_docx, preparation_odt
from esperluette.importations.lecteur.xml_borne import TAILLE_MAXIMALE, ecrire_xml, lire_xml, trop_long

_SEULS = "Seule une trame Word (.docx) ou LibreOffice (.odt) s’importe."
POIDS_MAXIMAL = 10 * 1024 * 1024  # octets, tel que reçu
_UTILES: dict[str, dict[str, Callable[[ET.Element, dict[str, ET.Element]], None] | None]] = {
    "docx": {
        "[Content_Types].xml": None,
        "_rels/.rels": None,
        "word/_rels/document.xml.rels": None,
        "word/styles.xml": None,
        "word/numbering.xml": None,
        "word/footnotes.xml": None,
        "word/endnotes.xml": None,
        "word/document.xml": preparation_docx.preparer,
    },
    "odt": {
        "mimetype": None,
        "META-INF/manifest.xml": None,
        "styles.xml": None,
        "content.xml": preparation_odt.preparer,
    },
}


def ouvrir(nom: str, octets: bytes) -> tuple[Literal["docx", "odt"], dict[str, Any]]:
    """(format, arbre Pandoc) d'une trame remplie ; lève `TrameRefusee` avec une phrase qui dit quoi faire."""
    nom = nettoyer_nom(nom)
    if len(octets) > POIDS_MAXIMAL:
        raise TrameRefusee(
            f"« {nom} » est trop lourd : {POIDS_MAXIMAL // (1024 * 1024)} Mo au plus. Retirez-en les images, "
            "qui se joignent comme pièces."
        )
    try:
        genre = reconnaitre(nom, octets)
    except FichierRefuse as refus:
        raise TrameRefusee(f"{refus} {_SEULS}" if extension_de(nom) not in _UTILES else str(refus)) from refus
    format = _format(nom, genre)
    propre = _reduire(nom, octets, format)
    try:
        return format, pandoc.lire_bureautique(propre, format)
    except ProductionImpossible as erreur:
        raise TrameRefusee(
            f"« {nom} » n’a pas pu être lu : il est abîmé, ou trop compliqué. Enregistrez-le à nouveau, "
            "ou recopiez vos réponses dans la trame vierge."
        ) from erreur


def _format(nom: str, genre: Genre) -> Literal["docx", "odt"]:
    if genre is DOCX:
        return "docx"
    if genre is ODT:
        return "odt"
    raise TrameRefusee(
        f"« {nom} » est {genre.nom} : seule une trame Word (.docx) ou LibreOffice (.odt) s’importe. "
        "Ouvrez-la dans votre traitement de texte et enregistrez-la dans l’un de ces formats."
    )


def _reduire(nom: str, octets: bytes, format: str) -> bytes:
    """Le même document, sans images ni rien d'étranger au texte, chaque partie contrôlée."""
    parties: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        for partie in _UTILES[format]:
            if partie in archive.NameToInfo:
                parties[partie] = _lire(archive, partie, nom)
    racines = {p: lire_xml(o, nom) for p, o in parties.items() if p != "mimetype"}
    for partie, preparer in _UTILES[format].items():
        if preparer is not None and partie in racines:
            preparer(racines[partie], racines)
            parties[partie] = ecrire_xml(racines[partie])
    sortie = BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copie:
        for partie, contenu in parties.items():
            copie.writestr(partie, contenu)
    return sortie.getvalue()


def _lire(archive: zipfile.ZipFile, partie: str, nom: str) -> bytes:
    with archive.open(partie) as contenu:
        lus = contenu.read(TAILLE_MAXIMALE + 1)
    if len(lus) > TAILLE_MAXIMALE:
        raise trop_long(nom)
    return lus
