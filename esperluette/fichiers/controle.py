"""Ce qu'est vraiment un fichier, d'après son contenu."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

import filetype

from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.noms import extension_de

ENTREES_MAXIMALES = 5_000
DECOMPRESSE_MAXIMAL = 100 * 1024 * 1024  # octets, pour un document qui est un zip
_BLOC = 256 * 1024


@dataclass(frozen=True, slots=True)
class Genre:
    """Un genre de fichier admis : son nom pour la personne, son type, ses extensions."""

    nom: str
    type_mime: str
    extensions: tuple[str, ...]


PDF = Genre("un PDF", "application/pdf", ("pdf",))
_OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = Genre("un document Word", f"{_OOXML}.wordprocessingml.document", ("docx",))
XLSX = Genre("un classeur Excel", f"{_OOXML}.spreadsheetml.sheet", ("xlsx",))
ODT = Genre("un document LibreOffice", "application/vnd.oasis.opendocument.text", ("odt",))
ODS = Genre("un classeur LibreOffice", "application/vnd.oasis.opendocument.spreadsheet", ("ods",))
JPEG = Genre("une image JPEG", "image/jpeg", ("jpg", "jpeg"))
PNG = Genre("une image PNG", "image/png", ("png",))
CSV = Genre("un tableau CSV", "text/csv", ("csv",))
TXT = Genre("un texte", "text/plain", ("txt",))
GENRES = (PDF, DOCX, ODT, XLSX, ODS, JPEG, PNG, CSV, TXT)
ADMIS = "PDF, Word (docx), Excel (xlsx), LibreOffice (odt, ods), image (jpg, png), texte (txt, csv)"

_PROGRAMMES = (b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa")
_ANCIEN_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BALISES = re.compile(rb"<\s*(?:!doctype|html|head|body|svg|script|iframe|\?xml|object|embed)\b", re.IGNORECASE)
_NON_TEXTE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|^(basic|scripts)/", re.IGNORECASE)


def reconnaitre(nom: str, octets: bytes) -> Genre:
    """Le genre du fichier `nom` (déjà nettoyé), d'après `octets`.

    Lève `FichierRefuse` si le fichier est vide, dangereux, d'un genre non admis, ou si son extension ment.
    """
    if not octets:
        raise FichierRefuse(f"« {nom} » est vide.")
    extension = extension_de(nom)
    genre = _genre(nom, octets, extension)
    if extension not in genre.extensions:
        attendue = " ou ".join(f".{e}" for e in genre.extensions)
        dite = f"porte l'extension .{extension}" if extension else "n'a pas d'extension"
        raise FichierRefuse(f"« {nom} » {dite}, mais son contenu est {genre.nom}. Renommez-le en {attendue}.")
    return genre


def _genre(nom: str, octets: bytes, extension: str) -> Genre:
    if octets.startswith(_PROGRAMMES) or (octets.startswith(b"MZ") and b"\0" in octets[:1024]):
        raise FichierRefuse(f"« {nom} » est un programme : il n'est pas accepté.")
    if octets.startswith(_ANCIEN_OFFICE):
        raise FichierRefuse(
            f"« {nom} » est d'un ancien format Office, ou protégé par un mot de passe. "
            "Ouvrez-le et enregistrez-le en .docx, .xlsx ou .pdf, sans mot de passe."
        )
    if octets.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _document_compresse(nom, octets)
    trouve = filetype.guess_mime(octets)
    genre = next((g for g in (PDF, JPEG, PNG) if g.type_mime == trouve), None)
    if genre is not None:
        return genre
    if _BALISES.search(octets[:4096]):
        raise FichierRefuse(f"« {nom} » est une page web ou un dessin SVG : il n'est pas accepté. Envoyez-en un PDF.")
    if extension in {"csv", "txt"} or (trouve is None and _est_du_texte(octets)):
        return _texte(nom, octets, extension)
    raise FichierRefuse(f"« {nom} » n'est pas d'un genre accepté. Sont acceptés : {ADMIS}.")


def _est_du_texte(octets: bytes) -> bool:
    try:
        return not _NON_TEXTE.search(octets.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False


def _texte(nom: str, octets: bytes, extension: str) -> Genre:
    if not _est_du_texte(octets):
        raise FichierRefuse(
            f"« {nom} » n'est pas un texte en UTF-8. Dans votre tableur ou votre éditeur, choisissez "
            "« Enregistrer sous », puis l'encodage UTF-8."
        )
    return CSV if extension == "csv" else TXT


def _document_compresse(nom: str, octets: bytes) -> Genre:
    """DOCX, XLSX, ODT ou ODS : un zip, ouvert avec précaution."""
    try:
        with zipfile.ZipFile(BytesIO(octets)) as archive:
            membres = archive.infolist()
            _refuser_les_bombes(nom, membres)
            if any(_MACROS.search(m.filename) for m in membres):
                raise FichierRefuse(
                    f"« {nom} » contient des macros : il n'est pas accepté. Enregistrez-le sans macro, ou en PDF."
                )
            genre = _genre_du_zip(archive, {m.filename for m in membres})
            if genre is None:
                raise FichierRefuse(
                    f"« {nom} » est une archive : elle n'est pas acceptée. Déposez ses fichiers un par un."
                )
            for membre in membres:
                _lire_jusqu_au_bout(archive, membre)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as erreur:
        raise FichierRefuse(
            f"« {nom} » est abîmé ou incomplet : il ne s'ouvre pas. Enregistrez-le à nouveau et renvoyez-le."
        ) from erreur
    return genre


def _refuser_les_bombes(nom: str, membres: list[zipfile.ZipInfo]) -> None:
    if any(m.flag_bits & 1 for m in membres):
        raise FichierRefuse(f"« {nom} » est protégé par un mot de passe. Renvoyez-le sans mot de passe.")
    if len(membres) > ENTREES_MAXIMALES or sum(m.file_size for m in membres) > DECOMPRESSE_MAXIMAL:
        raise FichierRefuse(f"« {nom} » est démesuré une fois ouvert : il n'est pas accepté.")


def _genre_du_zip(archive: zipfile.ZipFile, noms: set[str]) -> Genre | None:
    if "mimetype" in noms:
        annonce = archive.open("mimetype").read(200).decode("ascii", "replace").strip()
        return next((g for g in (ODT, ODS) if g.type_mime == annonce), None)
    if "[Content_Types].xml" not in noms:
        return None
    # Un document « prenant en charge les macros » se déclare tel, même vidé de ses macros.
    types = archive.open("[Content_Types].xml").read(_BLOC)
    if b"macroEnabled" in types:
        return None
    return next((g for g, racine in ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml")) if racine in noms), None)


def _lire_jusqu_au_bout(archive: zipfile.ZipFile, membre: zipfile.ZipInfo) -> None:
    """Décompresse sans garder : un membre plus gros qu'il ne le dit échoue à son contrôle d'intégrité."""
    with archive.open(membre) as contenu:
        while contenu.read(_BLOC):
            pass
