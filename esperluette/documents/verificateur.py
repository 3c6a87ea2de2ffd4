"""Programme autonome, lancé à part : lit un PDF sur l'entrée, dit ce que valent ses signatures, en JSON.

Il ne connaît ni Django ni Esperluette, n'ouvre ni fichier ni réseau, et vit le temps d'un fichier, en temps et en
mémoire bornés : un PDF piégé ne peut rien emporter d'autre que lui. La première ligne de l'entrée donne les autorités.
"""

import asyncio
import base64
import contextlib
import json
import logging
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

from asn1crypto import cms, x509

MEMOIRE = 1024**3  # octets d'espace d'adressage


def principal() -> int:
    """0 et le résultat en JSON sur la sortie, ou 1 : le fichier ne se lit pas."""
    demande = json.loads(sys.stdin.buffer.readline())
    with contextlib.suppress(ValueError, OSError):  # plafond déjà plus bas
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
        resource.setrlimit(resource.RLIMIT_CPU, (demande["delai"], demande["delai"]))
    logging.disable()
    warnings.simplefilter("ignore")
    pdf = sys.stdin.buffer.read()
    try:
        constats = asyncio.run(_Lecture(pdf, demande).tout())
    except Exception as erreur:  # noqa: BLE001 — un fichier hostile en lève de toutes sortes
        sys.stderr.write(f"{type(erreur).__name__}: {erreur}"[:2000])
        return 1
    json.dump(constats, sys.stdout)
    return 0


class _Lecture:
    """Un PDF et les autorités auxquelles on se fie."""

    def __init__(self, pdf: bytes, demande: dict[str, Any]) -> None:
        from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 — après les bornes de mémoire

        self.pdf = pdf
        self.essai = [_certificat(c) for c in demande["essai"]]
        self.autorites = [_certificat(c) for c in demande["confiance"]] + self.essai
        self.lecteur: Any = PdfFileReader(BytesIO(pdf), strict=True)

    async def tout(self) -> dict[str, Any]:
        """Les signatures, dans l'ordre où elles ont été posées, et les horodatages du document."""
        signatures = [await self._signature(s) for s in self.lecteur.embedded_regular_signatures]
        horodatages = [await self._horodatage(s) for s in self.lecteur.embedded_timestamp_signatures]
        return {"signatures": signatures, "horodatages": horodatages}

    async def _signature(self, embarquee: Any) -> dict[str, Any]:
        from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415 — après les bornes

        declaree = embarquee.self_reported_timestamp
        contexte, horloge = self._contexte(declaree), self._contexte(None)
        statut: Any = await async_validate_pdf_signature(embarquee, contexte, horloge)
        date = statut.timestamp_validity
        if date is not None and date.valid and date.intact and date.trusted:
            # L'heure prouvée l'emporte sur l'heure déclarée.
            statut = await async_validate_pdf_signature(embarquee, self._contexte(date.timestamp), horloge)
        certificat = embarquee.signer_cert
        return {
            "champ": str(embarquee.field_name),
            "intacte": bool(statut.intact and statut.valid),
            "ecriture": self._ecriture(embarquee),
            "couverture": statut.coverage.name.lower(),
            "modifications": statut.modification_level.name.lower() if statut.modification_level is not None else "",
            "permises": bool(statut.docmdp_ok),
            "certificat": base64.b64encode(certificat.dump()).decode(),
            "confiance": bool(statut.trusted),
            "essai": self._est_d_essai(statut.validation_path),
            "motif": str(statut.trust_problem_indic.name).lower() if statut.trust_problem_indic else "",
            "le": declaree.isoformat() if declaree else None,
            "motif_du_sceau": str(embarquee.sig_object.get("/Reason", ""))[:300],
            "horodatage": _en_mots(date) if date is not None else None,
        }

    async def _horodatage(self, embarquee: Any) -> dict[str, Any]:
        from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_timestamp  # noqa: PLC0415 — après les bornes

        statut: Any = await async_validate_pdf_timestamp(embarquee, self._contexte(None))
        return _en_mots(statut) | {"couverture": statut.coverage.name.lower()}

    def _contexte(self, le: Any) -> Any:
        from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 — après les bornes

        options: dict[str, Any] = {"moment": le} if le is not None else {}
        return ValidationContext(
            trust_roots=self.autorites, allow_fetching=False, revocation_mode="soft-fail", **options
        )

    def _est_d_essai(self, chemin: Any) -> bool:
        ancre = getattr(getattr(chemin, "trust_anchor", None), "certificate", None)
        return ancre is not None and ancre in self.essai

    def _ecriture(self, embarquee: Any) -> bool:
        """La signature est écrite comme nous l'écrivons, et d'aucune autre façon : remplissage, casse, enveloppe.

        Elle ne se couvre pas elle-même : sans cela, un octet de son enveloppe pourrait changer sans qu'on le voie. Ne
        se demande qu'à nos sceaux : un autre logiciel a ses habitudes.
        """
        debut, longueur, suite, _ = (int(n) for n in embarquee.byte_range)
        ecrite = self.pdf[debut + longueur : suite]
        contenu: bytes = embarquee.pkcs7_content
        der = _enveloppe(embarquee.signed_data)
        en_hexa = (der + bytes(len(contenu) - len(der))).hex().encode()
        if ecrite not in {b"<" + en_hexa + b">", b"<" + en_hexa.upper() + b">"}:
            return False
        connus = {c.dump() for c in (embarquee.signer_cert, *embarquee.other_embedded_certs)}
        return len(connus) == len(embarquee.signed_data["certificates"])


def _enveloppe(signe: cms.SignedData) -> bytes:
    """L'enveloppe CMS récrite depuis ce qui compte : les certificats et la signature elle-même."""
    (signataire,) = signe["signer_infos"]
    recrite = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [signataire["digest_algorithm"]],
            "encap_content_info": {"content_type": "data"},
            "certificates": signe["certificates"],
            "signer_infos": [signataire],
        }
    )
    der: bytes = cms.ContentInfo({"content_type": "signed_data", "content": recrite}).dump()
    return der


def _en_mots(statut: Any) -> dict[str, Any]:
    service = statut.signing_cert.subject.native
    return {
        "le": statut.timestamp.isoformat(),
        "intact": bool(statut.valid and statut.intact),
        "confiance": bool(statut.trusted),
        "service": str(service.get("common_name") or service.get("organization_name") or "")[:200],
    }


def _certificat(en_base64: str) -> x509.Certificate:
    return x509.Certificate.load(base64.b64decode(en_base64))


if __name__ == "__main__":
    sys.exit(principal())
