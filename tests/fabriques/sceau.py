"""De vraies autorités, engendrées pour l'essai : racine, certificat de cachet, certificat d'horodatage."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

JOUR = timedelta(days=1)
PEM = serialization.Encoding.PEM


def maintenant() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Identite:
    """Une clé, son certificat, et celui de son autorité."""

    cle: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificat: x509.Certificate
    racine: x509.Certificate

    def ecrire_pem(self, dossier: Path, secret: bytes = b"") -> tuple[str, str]:
        """Les chemins de la clé et du certificat, suivi de sa racine."""
        protege = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
        (dossier / "cle.pem").write_bytes(self.cle.private_bytes(PEM, serialization.PrivateFormat.PKCS8, protege))
        chaine = self.certificat.public_bytes(PEM) + self.racine.public_bytes(PEM)
        (dossier / "certificat.pem").write_bytes(chaine)
        return str(dossier / "cle.pem"), str(dossier / "certificat.pem")

    def ecrire_pkcs12(self, dossier: Path, secret: bytes) -> str:
        chemin = dossier / "sceau.p12"
        protege = serialization.BestAvailableEncryption(secret)
        chemin.write_bytes(
            pkcs12.serialize_key_and_certificates(b"sceau", self.cle, self.certificat, [self.racine], protege)
        )
        return str(chemin)

    def ecrire_la_racine(self, dossier: Path) -> str:
        chemin = dossier / f"racine-{self.racine.serial_number}.pem"
        chemin.write_bytes(self.racine.public_bytes(PEM))
        return str(chemin)


def identite(
    nom: str = "ARS d’essai",
    *,
    du: datetime | None = None,
    au: datetime | None = None,
    courbe: bool = False,
    horodatage: bool = False,
) -> Identite:
    """Une autorité neuve et ce qu'elle certifie : un cachet, ou un service d'horodatage."""
    debut, fin = du or maintenant() - JOUR, au or maintenant() + 365 * JOUR
    cle_racine = rsa.generate_private_key(65537, 2048)
    cle = ec.generate_private_key(ec.SECP256R1()) if courbe else rsa.generate_private_key(65537, 2048)
    racine = _signer(_nom(f"Autorité {nom}"), None, cle_racine, cle_racine, debut - JOUR, fin + JOUR, ca=True)
    certificat = _signer(_nom(nom), racine, cle, cle_racine, debut, fin, horodatage=horodatage)
    return Identite(cle, certificat, racine)


def _nom(nom: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Essais"), x509.NameAttribute(NameOID.COMMON_NAME, nom)]
    )


def _signer(sujet, racine, cle, cle_racine, debut, fin, *, ca=False, horodatage=False):
    constructeur = (
        x509.CertificateBuilder()
        .subject_name(sujet)
        .issuer_name(racine.subject if racine else sujet)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(debut)
        .not_valid_after(fin)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(cle_racine.public_key()), critical=False)
    )  # fmt: skip
    if horodatage:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        constructeur = constructeur.add_extension(usage, critical=True)
    return constructeur.sign(cle_racine, hashes.SHA256())
