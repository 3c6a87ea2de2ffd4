"""Le sceau : une signature PAdES du PDF, par le certificat du service. Un octet changé se voit dans tout lecteur.

Le champ de signature est invisible, nommé (`/TU`) et rangé dans la structure du document : le fichier reste PDF/UA-1
et PDF/A-2a. Aucun changement n'est permis après lui (certification, `DocMDP` 1), hormis les preuves de long terme.
À appeler hors de toute transaction : l'horodatage et le matériel peuvent faire attendre.
"""

import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from asn1crypto import tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings

from esperluette.documents.autorite import POLITIQUE, Essai
from esperluette.documents.erreurs import SceauImpossible

CHAMP, CHAMP_HORODATAGE = "Sceau", "Horodatage"
TEXTE = "Sceau électronique invisible de ce document"
TEXTE_HORODATAGE = "Horodatage invisible de ce document"
ILLISIBLE = "Le certificat du sceau ne se lit pas : fichier absent, abîmé, ou secret faux."
ATTENTE = 10  # secondes laissées au service d'horodatage
_REPONSE_MAXIMALE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reglages:
    """Avec quoi l'on scelle ; `etats` (dates des fichiers) fait recharger une clé renouvelée, sans relancer."""

    pkcs12: str = ""
    cle: str = ""
    certificat: str = ""
    secret: str = ""
    pkcs11: str = ""
    jeton: str = ""
    objet: str = ""
    etats: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        """« pkcs11 », « pkcs12 », « pem », ou vide : rien n'est réglé."""
        return "pkcs11" if self.pkcs11 else "pkcs12" if self.pkcs12 else "pem" if self.cle or self.certificat else ""


@dataclass(frozen=True, slots=True)
class Certificat:
    """Le certificat qui scelle, en mots."""

    sujet: str
    emetteur: str
    du: datetime
    au: datetime
    essai: bool

    def valable(self, le: datetime | None = None) -> bool:
        """Il est dans ses dates."""
        return self.du <= (le or datetime.now(UTC)) <= self.au


def essai() -> Essai:
    """L'autorité d'essai de cette installation, qu'elle existe ou non."""
    return Essai(Path(settings.VAR) / "sceau")


def reglages() -> Reglages:
    """Les réglages de l'environnement ; à défaut, hors production, l'autorité d'essai de l'installation."""
    lus = Reglages(
        pkcs12=settings.SCEAU_PKCS12,
        cle=settings.SCEAU_CLE,
        certificat=settings.SCEAU_CERTIFICAT,
        secret=settings.SCEAU_SECRET,
        pkcs11=settings.SCEAU_PKCS11,
        jeton=settings.SCEAU_PKCS11_JETON,
        objet=settings.SCEAU_PKCS11_OBJET,
    )
    local = essai()
    if not lus.source and not settings.PRODUCTION and local.existe:
        lus = Reglages(cle=str(local.cle), certificat=str(local.certificat))
    fichiers = [Path(f) for f in (lus.pkcs12, lus.cle, lus.certificat) if f]
    etats = tuple(f.stat().st_mtime_ns if f.is_file() else 0 for f in fichiers)
    return Reglages(lus.pkcs12, lus.cle, lus.certificat, lus.secret, lus.pkcs11, lus.jeton, lus.objet, etats)


def est_regle() -> bool:
    """Un certificat est réglé, bon ou mauvais : un PDF gardé doit être scellé."""
    return bool(reglages().source)


def certificat() -> Certificat | None:
    """Le certificat qui scelle, ou None si rien n'est réglé. Lève `SceauImpossible` s'il ne se lit pas."""
    lus = reglages()
    return en_mots(_signataire(lus).signing_cert) if lus.source else None


def ancre() -> bytes:
    """Le haut de la chaîne du certificat réglé, en DER : ce qu'il a scellé, l'installation s'y fie."""
    signataire = _signataire(reglages())
    chaine = list(signataire.cert_registry)
    haut: x509.Certificate = next((c for c in chaine if c.self_issued), signataire.signing_cert)
    return bytes(haut.dump())


def sceller(pdf: bytes, *, motif: str, le: datetime | None = None) -> bytes:
    """Le même PDF, scellé à l'instant `le` (maintenant par défaut) : le fichier d'origine, inchangé, puis le sceau.

    Lève `SceauImpossible` : aucun certificat, certificat illisible ou expiré, horodatage ou matériel muet.
    """
    lus = reglages()
    if not lus.source:
        raise SceauImpossible("Aucun certificat n’est réglé pour sceller.")
    signataire, instant = _signataire(lus), le or datetime.now(UTC)
    if not en_mots(signataire.signing_cert).valable(instant):
        raise SceauImpossible("Le certificat du sceau n’est pas dans ses dates : il faut le renouveler.")
    try:
        # pyHanko ouvre sa propre boucle d'événements : dans un fil à part, quel que soit l'appelant.
        with ThreadPoolExecutor(1) as fil:
            return fil.submit(_sceller, pdf, signataire, motif, instant).result()
    except SceauImpossible:
        raise
    except Exception as erreur:  # pyHanko, le matériel et le réseau ont chacun les leurs
        raise SceauImpossible("Le sceau n’a pas pu être posé. Réessayez dans un instant.") from erreur


def _sceller(pdf: bytes, signataire: Any, motif: str, le: datetime) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 — import lent
    from pyhanko.sign import fields, signers  # noqa: PLC0415 — import lent

    class Scelleur(signers.PdfSigner):
        """Un signataire dont l'heure est donnée."""

        def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
            session = super().init_signing_session(*arguments, **options)
            session.system_time = le
            return session

    long_terme = bool(settings.SCEAU_HORODATAGE and settings.SCEAU_LONG_TERME)
    ecrit = IncrementalPdfFileWriter(BytesIO(pdf))
    _ajouter_un_champ(ecrit, CHAMP, TEXTE)
    if long_terme:
        _ajouter_un_champ(ecrit, CHAMP_HORODATAGE, TEXTE_HORODATAGE)
    meta = signers.PdfSignatureMetadata(
        field_name=CHAMP,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=motif or None,
        name=en_mots(signataire.signing_cert).sujet,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        embed_validation_info=long_terme,
        use_pades_lta=long_terme,
        dss_settings=_preuves_avant_l_horodatage(),
        timestamp_field_name=CHAMP_HORODATAGE if long_terme else None,
        validation_context=_contexte_de_long_terme(signataire) if long_terme else None,
    )
    horodateur = horodateur_http(settings.SCEAU_HORODATAGE) if settings.SCEAU_HORODATAGE else None
    sortie = Scelleur(meta, signer=signataire, timestamper=horodateur).sign_pdf(ecrit, existing_fields_only=True)
    scelle: bytes = sortie.getvalue()
    return scelle


def _preuves_avant_l_horodatage() -> Any:
    """Les preuves de long terme, puis l'horodatage qui les couvre : rien ne reste hors de lui."""
    from pyhanko.sign.signers.pdf_signer import (  # noqa: PLC0415 — import lent
        DSSContentSettings,
        TimestampDSSContentSettings,
    )

    suite = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
    return DSSContentSettings(include_vri=False, next_ts_settings=suite)


def _ajouter_un_champ(ecrit: Any, nom: str, texte: str) -> None:
    """Un champ de signature invisible, dans la structure : un élément Form qui le dit, comme le veut PDF/UA."""
    from pyhanko.pdf_utils import generic as objets  # noqa: PLC0415 — import lent
    from pyhanko.sign import fields  # noqa: PLC0415 — import lent

    generic: Any = objets  # en partie sans types
    hors_page = fields.InvisSigSettings(box_out_of_bounds=True)
    fields.append_signature_field(
        ecrit, fields.SigFieldSpec(nom, readable_field_name=texte, invis_sig_settings=hors_page)
    )
    racine = ecrit.root["/StructTreeRoot"]
    ref = ecrit.root["/AcroForm"]["/Fields"].raw_get(-1)
    champ, page = ref.get_object(), ecrit.find_page_for_modification(0)[0]
    document = racine["/K"]
    document = document[0] if isinstance(document, generic.ArrayObject) else document
    objet = generic.DictionaryObject(
        {generic.pdf_name("/Type"): generic.pdf_name("/OBJR"), generic.pdf_name("/Obj"): ref}
    )
    element = ecrit.add_object(
        generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/StructElem"),
                generic.pdf_name("/S"): generic.pdf_name("/Form"),
                generic.pdf_name("/P"): generic.IndirectObject(
                    document.container_ref.idnum, document.container_ref.generation, ecrit
                ),
                generic.pdf_name("/Pg"): page,
                generic.pdf_name("/Alt"): generic.TextStringObject(texte),
                generic.pdf_name("/K"): objet,
            }
        )
    )
    enfants = document["/K"]
    if isinstance(enfants, generic.ArrayObject):
        enfants.append(element)
    else:
        document[generic.pdf_name("/K")] = generic.ArrayObject([document.raw_get("/K"), element])
    numero = int(racine["/ParentTreeNextKey"])
    nombres = racine["/ParentTree"]["/Nums"]
    nombres.extend([generic.NumberObject(numero), element])
    racine[generic.pdf_name("/ParentTreeNextKey")] = generic.NumberObject(numero + 1)
    champ[generic.pdf_name("/StructParent")] = generic.NumberObject(numero)
    page.get_object()[generic.pdf_name("/Tabs")] = generic.pdf_name("/S")
    for change in (document, enfants, racine, nombres, champ, page.get_object()):
        ecrit.update_container(change)


def horodateur_http(adresse: str) -> Any:
    """Un client RFC 3161 : https ou http, en `ATTENTE` secondes, réponse bornée."""
    from pyhanko.sign.timestamps import TimeStamper  # noqa: PLC0415 — import lent

    if not adresse.startswith(("https://", "http://")):
        raise SceauImpossible("L’adresse du service d’horodatage doit commencer par https://.")

    class Horodateur(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            entetes = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
            demande = urllib.request.Request(adresse, data=req.dump(), headers=entetes, method="POST")  # noqa: S310
            try:
                with urllib.request.urlopen(demande, timeout=ATTENTE) as reponse:  # noqa: S310 — adresse réglée
                    return tsp.TimeStampResp.load(reponse.read(_REPONSE_MAXIMALE), strict=True)
            except (OSError, ValueError) as erreur:
                raise SceauImpossible("Le service d’horodatage ne répond pas. Réessayez dans un instant.") from erreur

    return cast(Any, Horodateur)()


def _contexte_de_long_terme(signataire: Any) -> Any:
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 — import lent

    return ValidationContext(
        trust_roots=[*confiance(), *(c for c in signataire.cert_registry if c.self_issued)],
        allow_fetching=True,
        revocation_mode="soft-fail",
    )


def confiance() -> list[Any]:
    """Les autorités de `ESPERLUETTE_SCEAU_CONFIANCE`. Lève `SceauImpossible` si un fichier ne se lit pas."""
    return [c for fichier in settings.SCEAU_CONFIANCE for c in certificats_de(Path(fichier))]


def certificats_de(fichier: Path) -> list[x509.Certificate]:
    """Les certificats d'un fichier PEM."""
    try:
        lus = pyca.load_pem_x509_certificates(fichier.read_bytes())
    except (OSError, ValueError) as erreur:
        raise SceauImpossible(f"Le fichier de certificats « {fichier.name} » ne se lit pas.") from erreur
    return [x509.Certificate.load(c.public_bytes(serialization.Encoding.DER)) for c in lus]


def en_mots(certificat: x509.Certificate) -> Certificat:
    """Un certificat X.509, en mots ; d'essai s'il porte la politique d'essai."""
    politiques = certificat.certificate_policies_value
    return Certificat(
        sujet=_nom(certificat.subject),
        emetteur=_nom(certificat.issuer),
        du=certificat.not_valid_before,
        au=certificat.not_valid_after,
        essai=any(p["policy_identifier"].dotted == POLITIQUE for p in politiques or ()),
    )


def _nom(nom: x509.Name) -> str:
    parts: dict[str, Any] = nom.native
    choisies = (parts.get("common_name"), parts.get("organization_name"))
    return ", ".join(str(p) for p in choisies if p) or nom.human_friendly


@lru_cache(maxsize=4)
def _signataire(lus: Reglages) -> Any:
    """La clé, chargée une fois par processus et par état des fichiers."""
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 — import lent

    if lus.source == "pkcs11":
        return _du_materiel(lus)
    secret = lus.secret.encode() or None
    try:
        if lus.source == "pkcs12":
            cle, sien, autres = pkcs12.load_key_and_certificates(Path(lus.pkcs12).read_bytes(), secret)
            chaine = [c for c in (sien, *autres) if c is not None]
        else:
            cle = serialization.load_pem_private_key(Path(lus.cle).read_bytes(), secret)
            chaine = pyca.load_pem_x509_certificates(Path(lus.certificat).read_bytes())
        lie = cle is not None and bool(chaine) and cle.public_key() == chaine[0].public_key()
    except (OSError, ValueError, TypeError) as erreur:
        raise SceauImpossible(ILLISIBLE) from erreur
    if cle is None or not lie:
        raise SceauImpossible("La clé et le certificat du sceau ne vont pas ensemble.")
    if not isinstance(cle, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SceauImpossible(
            "La clé du sceau n’est ni RSA ni sur courbe elliptique : les lecteurs de PDF l’ignorent."
        )
    certificats = [x509.Certificate.load(c.public_bytes(serialization.Encoding.DER)) for c in chaine]
    registre = cast(Any, SimpleCertificateStore).from_certs(certificats[1:])
    # pyHanko relirait et revérifierait la clé à chaque signature : 90 ms, deux fois.
    return _avec_cle(cle)(signing_cert=certificats[0], cert_registry=registre, embed_roots=False)


def _avec_cle(cle: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Any:
    from pyhanko.sign.signers import Signer  # noqa: PLC0415 — import lent

    class Signataire(Signer):
        """Signe avec une clé déjà chargée."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            hache = getattr(hashes, digest_algorithm.upper())()
            if isinstance(cle, ec.EllipticCurvePrivateKey):
                return cle.sign(data, ec.ECDSA(hache))
            return bytes(cle.key_size // 8) if dry_run else cle.sign(data, padding.PKCS1v15(), hache)

    return Signataire


def _du_materiel(lus: Reglages) -> Any:
    """La clé reste dans le matériel : une session ouverte une fois, par le module PKCS#11 réglé."""
    try:
        from pyhanko.config.pkcs11 import PKCS11SignatureConfig, TokenCriteria  # noqa: PLC0415 — facultatif
        from pyhanko.sign.pkcs11 import PKCS11SigningContext  # noqa: PLC0415 — dépendance facultative
    except ImportError as erreur:
        raise SceauImpossible(
            "Un sceau gardé dans un matériel demande le paquet python-pkcs11, qui n’est pas installé."
        ) from erreur
    config = PKCS11SignatureConfig(
        module_path=lus.pkcs11,
        token_criteria=TokenCriteria(label=lus.jeton) if lus.jeton else None,
        cert_label=lus.objet or None,
        key_label=lus.objet or None,
        user_pin=lus.secret or None,
    )
    try:
        return cast(Any, PKCS11SigningContext(config)).__enter__()
    except Exception as erreur:  # chaque module a ses erreurs
        raise SceauImpossible("Le matériel qui garde la clé du sceau ne répond pas.") from erreur
