"""Vérifier un document : ce que vaut un fichier, ou ce qu'est devenu le document dont on a recopié le code.

Un fichier se vérifie par son sceau (PDF), par son empreinte (tout format) ou par celle de son contenu canonique
(JSON). Rien n'en est gardé. Ce que chacun peut lire, et pourquoi : docs/adr/0007.
"""

import json
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings

from esperluette.commun.erreurs import ErreurMetier
from esperluette.documents.canonique import canonique, empreinte_octets
from esperluette.documents.codes import ALPHABET, normaliser
from esperluette.documents.constat import Constat, DocumentLu
from esperluette.documents.enums import Confiance, EtatDuDocument, EtatDuSceau, Verdict
from esperluette.documents.lecture_du_sceau import ABSENT, Autorites, SceauLu, autorites, lire_le_sceau
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import ORIGINES, Origine

_CODE = re.compile(rb"(?<![0-9A-Z-])[%(a)b]{4}(?:-[%(a)b]{4}){3}(?![0-9A-Z-])" % {b"a": ALPHABET.encode()})
_PARTS = ("word/document.xml", "word/footer1.xml", "content.xml", "styles.xml")
_LU_DANS_UN_ZIP = 4 * 1024 * 1024
_CODES_ESSAYES = 20


class VerificationRefusee(ErreurMetier):
    """Le fichier n'est pas examiné : vide, ou trop gros."""


def verifier(octets: bytes, *, base: bool = True, reconnues: Autorites | None = None) -> Constat:
    """Ce que vaut ce fichier. `base=False` : sans les documents de l'installation, le sceau seul.

    Lève `VerificationRefusee` (vide, trop gros). Tout autre fichier, même piégé, rend un constat, en temps borné.
    """
    if not octets:
        raise VerificationRefusee("Ce fichier est vide.")
    if len(octets) > settings.TAILLE_MAXIMALE_VERIFICATION:
        mega = settings.TAILLE_MAXIMALE_VERIFICATION // (1024 * 1024)
        raise VerificationRefusee(f"Ce fichier est trop gros : {mega} Mo au plus.")
    empreinte, nature = empreinte_octets(octets), _nature(octets)
    sceau = lire_le_sceau(octets, autorites() if reconnues is None else reconnues) if nature == "pdf" else ABSENT
    exact = cite = None
    if base:
        exact = _par_empreinte(empreinte) or (_du_contenu(octets) if nature == "json" else None)
        cite = None if exact else _cite(octets, nature)
    return Constat(
        verdict=_verdict(sceau, exact, cite, base),
        nature=nature,
        taille=len(octets),
        empreinte=empreinte,
        sceau=sceau,
        document=exact or cite,
        exact=exact is not None,
        base=base,
    )


def verifier_le_code(saisi: str) -> DocumentLu | None:
    """Le document qui porte ce code, réduit à ce que montre le code seul ; None si aucun ne le porte."""
    code = normaliser(saisi)
    document = DocumentProduit.objects.filter(code=code).first() if code else None
    return _lu(document, en_entier=False, relire=True) if document else None


def _verdict(sceau: SceauLu, exact: DocumentLu | None, cite: DocumentLu | None, base: bool) -> Verdict:
    """L'empreinte l'emporte : un octet de différence avec ce qui est gardé est une différence."""
    if sceau.etat == EtatDuSceau.ALTERE:
        return Verdict.ALTERE
    if exact:
        return Verdict.INTACT
    if sceau.etat == EtatDuSceau.ILLISIBLE:
        return Verdict.ALTERE if cite else Verdict.ILLISIBLE
    if cite:
        return Verdict.ALTERE
    if sceau.etat == EtatDuSceau.INTACT:
        return Verdict.AUTRE if sceau.confiance == Confiance.INCONNUE else Verdict.INTACT
    return Verdict.INCONNU if base else Verdict.NON_SCELLE


def _nature(octets: bytes) -> str:
    """« pdf », « docx », « odt », « json » ou « autre », d'après le contenu."""
    if b"%PDF-" in octets[:1024]:
        return "pdf"
    if octets[:2] == b"PK":
        return "odt" if b"opendocument.text" in octets[:200] else "docx"
    return "json" if octets.lstrip()[:1] in {b"{", b"["} else "autre"


def _par_empreinte(empreinte: str) -> DocumentLu | None:
    document = DocumentProduit.objects.filter(empreinte=empreinte).order_by("-pk").first()
    if document is not None:
        return _lu(document)
    return _du_contenu_d_empreinte(empreinte)


def _du_contenu(octets: bytes) -> DocumentLu | None:
    """Le contenu canonique, même si son JSON a été remis en forme entre-temps."""
    try:
        return _du_contenu_d_empreinte(empreinte_octets(canonique(json.loads(octets))))
    except (ValueError, TypeError, RecursionError):
        return None


def _du_contenu_d_empreinte(empreinte: str) -> DocumentLu | None:
    objet = ORIGINES.objet_du_contenu(empreinte)
    origine = ORIGINES.de(objet, None)
    return _avec_origine(origine, produit_le=None, format="json", code="", edition="") if origine else None


def _cite(octets: bytes, nature: str) -> DocumentLu | None:
    """Le document gardé dont le fichier porte le code sans en être la copie exacte ; réduit à ce que dit le code."""
    trouves: list[str] = []
    for morceau in _textes(octets, nature):
        for candidat in _CODE.findall(morceau):
            code = normaliser(candidat.decode())
            if code and code not in trouves and len(trouves) < _CODES_ESSAYES:
                trouves.append(code)
    document = DocumentProduit.objects.filter(code__in=trouves).order_by("-pk").first() if trouves else None
    return _lu(document, en_entier=False) if document else None


def _textes(octets: bytes, nature: str) -> list[bytes]:
    if nature not in {"docx", "odt"}:
        return [octets]  # d'un PDF, les propriétés sont écrites en clair
    morceaux = []
    try:
        with zipfile.ZipFile(BytesIO(octets)) as archive:
            for nom in _PARTS:
                if nom in archive.NameToInfo:
                    with archive.open(nom) as membre:
                        morceaux.append(membre.read(_LU_DANS_UN_ZIP))
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError, EOFError, zlib.error):
        pass
    return morceaux


def _lu(document: DocumentProduit, *, en_entier: bool = True, relire: bool = False) -> DocumentLu:
    origine = ORIGINES.de(document.objet, document) or Origine(
        libelle="Document", etat=EtatDuDocument.INCONNU, phrase="Nous ne savons pas dire s’il vaut toujours."
    )
    lu = _avec_origine(
        origine,
        produit_le=document.produit_le,
        format=document.format,
        code=document.code,
        edition=document.edition,
        en_entier=en_entier,
    )
    return replace(lu, integre=est_intact(document)) if relire else lu


def _avec_origine(
    origine: Origine, *, produit_le: datetime | None, format: str, code: str, edition: str, en_entier: bool = True
) -> DocumentLu:
    montre: dict[str, Any] = {}
    if en_entier:
        montre = {
            "emetteur": origine.emetteur,
            "reference": origine.reference,
            "edition": edition,
            "signataires": origine.signataires,
        }
    return DocumentLu(
        libelle=origine.libelle,
        produit_le=produit_le,
        format=format,
        code=code,
        etat=origine.etat,
        etat_le=origine.etat_le,
        phrase=origine.phrase,
        **montre,
    )
