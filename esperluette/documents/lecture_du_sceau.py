"""Lire le sceau d'un PDF, dans un processus à part : ce qu'il dit, et s'il tient. Sans base de données."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from django.conf import settings

from esperluette.documents import sceau
from esperluette.documents.enums import Confiance, EtatDuCertificat, EtatDuSceau

DELAI = 15  # secondes de calcul, puis l'on renonce
_VERIFICATEUR = Path(__file__).with_name("verificateur.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Horodatage:
    """L'heure qu'un service d'horodatage atteste."""

    le: datetime
    service: str
    intact: bool
    confiance: Confiance


@dataclass(frozen=True, slots=True, kw_only=True)
class SceauLu:
    """Le sceau d'un fichier. `apres` : quelque chose a été ajouté après lui."""

    etat: EtatDuSceau
    sujet: str = ""
    emetteur: str = ""
    confiance: Confiance = Confiance.INCONNUE
    certificat: EtatDuCertificat | None = None
    du: datetime | None = None
    au: datetime | None = None
    le: datetime | None = None
    motif: str = ""
    horodatage: Horodatage | None = None
    apres: bool = False
    signatures: int = 0


ABSENT = SceauLu(etat=EtatDuSceau.ABSENT)
ILLISIBLE = SceauLu(etat=EtatDuSceau.ILLISIBLE)


@dataclass(frozen=True, slots=True)
class Autorites:
    """Les autorités auxquelles on se fie, et celles d'essai, en DER."""

    confiance: tuple[bytes, ...] = ()
    essai: tuple[bytes, ...] = ()


def autorites(ajoutees: tuple[Path, ...] = ()) -> Autorites:
    """Celles des réglages, l'autorité du sceau réglé, celles de l'installation d'essai hors production, et `ajoutees`.

    Lève `SceauImpossible` si l'un des fichiers ne se lit pas.
    """
    confiance = [c.dump() for c in sceau.confiance()]
    confiance += [c.dump() for fichier in ajoutees for c in sceau.certificats_de(fichier)]
    reglages, local = sceau.reglages(), sceau.essai()
    if reglages.source in {"pem", "pkcs12"} and reglages.certificat != str(local.certificat):
        confiance.append(sceau.ancre())
    essai = [c.dump() for c in sceau.certificats_de(local.autorites)] if _a_des_essais(local) else []
    return Autorites(tuple(confiance), tuple(essai))


def _a_des_essais(local: Any) -> bool:
    return not settings.PRODUCTION and bool(local.autorites.is_file())


def lire_le_sceau(pdf: bytes, reconnues: Autorites) -> SceauLu:
    """Le sceau du PDF ; absent, illisible (abîmé, piégé, trop long à lire), rompu ou intact. Ne lève jamais."""
    if b"/ByteRange" not in pdf:  # une signature s'écrit toujours en clair
        return ABSENT
    entete = {
        "delai": DELAI,
        "confiance": [base64.b64encode(c).decode() for c in reconnues.confiance],
        "essai": [base64.b64encode(c).decode() for c in reconnues.essai],
    }
    try:
        fini = subprocess.run(  # noqa: S603 — notre programme, sans argument
            [sys.executable, "-I", str(_VERIFICATEUR)],
            input=json.dumps(entete).encode() + b"\n" + pdf,
            capture_output=True,
            timeout=2 * DELAI,
            check=True,
            env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        )
        lu: dict[str, Any] = json.loads(fini.stdout)
    except (subprocess.SubprocessError, ValueError):
        return ILLISIBLE
    return _du_programme(lu) if lu["signatures"] else ABSENT


def _du_programme(lu: dict[str, Any]) -> SceauLu:
    premiere = lu["signatures"][0]
    couvert = _tout_est_couvert(premiere, lu["horodatages"])
    intact = couvert and all(_tient(s) for s in lu["signatures"])
    certificat = sceau.en_mots(x509.Certificate.load(base64.b64decode(premiere["certificat"])))
    horodatage = _horodatage(premiere["horodatage"] or next(iter(lu["horodatages"]), None))
    declaree = datetime.fromisoformat(premiere["le"]) if premiere["le"] else None
    le = horodatage.le if horodatage and horodatage.intact else declaree
    return SceauLu(
        etat=EtatDuSceau.INTACT if intact else EtatDuSceau.ALTERE,
        sujet=certificat.sujet,
        emetteur=certificat.emetteur,
        confiance=_confiance(premiere),
        certificat=_etat_du_certificat(certificat, le),
        du=certificat.du,
        au=certificat.au,
        le=le,
        motif=premiere["motif_du_sceau"],
        horodatage=horodatage,
        apres=bool(premiere["intacte"] and not couvert),
        signatures=len(lu["signatures"]),
    )


def _tient(signature: dict[str, Any]) -> bool:
    return signature["intacte"] and signature["permises"] and (signature["ecriture"] or not signature["confiance"])


def _tout_est_couvert(signature: dict[str, Any], horodatages: list[dict[str, Any]]) -> bool:
    """Rien n'a été ajouté après le sceau, hormis des preuves de long terme closes par un horodatage du tout."""
    if signature["couverture"] == "entire_file":
        return True
    if signature["couverture"] != "entire_revision" or signature["modifications"] != "lta_updates" or not horodatages:
        return False
    return horodatages[-1]["couverture"] == "entire_file" and all(h["intact"] for h in horodatages)


def _confiance(signature: dict[str, Any]) -> Confiance:
    if not signature["confiance"]:
        return Confiance.INCONNUE
    return Confiance.ESSAI if signature["essai"] else Confiance.RECONNUE


def _horodatage(lu: dict[str, Any] | None) -> Horodatage | None:
    if lu is None:
        return None
    return Horodatage(
        le=datetime.fromisoformat(lu["le"]),
        service=lu["service"],
        intact=lu["intact"],
        confiance=Confiance.RECONNUE if lu["confiance"] else Confiance.INCONNUE,
    )


def _etat_du_certificat(certificat: sceau.Certificat, le: datetime | None) -> EtatDuCertificat:
    if le is not None and not certificat.valable(le):
        return EtatDuCertificat.HORS_DATES
    return EtatDuCertificat.VALABLE if certificat.valable(datetime.now(UTC)) else EtatDuCertificat.EXPIRE
