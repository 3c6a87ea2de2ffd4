"""L'autorité d'essai : de quoi sceller en démonstration et en développement, et nulle part ailleurs.

Ses certificats disent qu'ils sont d'essai, dans leur nom et par une politique (`POLITIQUE`) que la vérification et le
contrôle système reconnaissent. La clé de l'autorité n'est jamais écrite : elle ne signe qu'un certificat.
"""

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

# Un identifiant tiré au sort une fois pour toutes : « certificat d'essai d'Esperluette, sans valeur ».
POLITIQUE = "2.25.258723611401892847236178236471982364"
ORGANISATION = "Esperluette, essai sans valeur"
DUREE = timedelta(days=3 * 365)
BITS = 3072


@dataclass(frozen=True, slots=True)
class Essai:
    """Les fichiers d'une autorité d'essai, dans le dossier des données locales."""

    dossier: Path

    @property
    def cle(self) -> Path:
        """La clé du sceau, en PEM, lisible de son seul propriétaire."""
        return self.dossier / "cle.pem"

    @property
    def certificat(self) -> Path:
        """Le certificat du sceau, en PEM."""
        return self.dossier / "certificat.pem"

    @property
    def autorites(self) -> Path:
        """Les autorités d'essai de cette installation, en PEM, la plus récente d'abord."""
        return self.dossier / "autorites.pem"

    @property
    def existe(self) -> bool:
        """De quoi sceller est là."""
        return self.cle.is_file() and self.certificat.is_file()


def engendrer(dossier: Path, *, le: datetime | None = None, duree: timedelta = DUREE) -> Essai:
    """Crée une autorité d'essai et son certificat de sceau dans `dossier` (droits 700, fichiers 600) ; les rend.

    Rejoué, remplace le certificat et garde l'ancienne autorité parmi celles qu'on reconnaît.
    """
    debut = (le or datetime.now(UTC)) - timedelta(minutes=5)
    cle_racine, cle = (rsa.generate_private_key(65537, BITS) for _ in range(2))
    racine = _certifier("Autorité d’essai d’Esperluette", cle_racine, None, debut=debut, duree=duree)
    certificat = _certifier("Sceau d’essai d’Esperluette", cle, (racine, cle_racine), debut=debut, duree=duree)
    essai = Essai(dossier)
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    dossier.chmod(0o700)
    anciennes = essai.autorites.read_bytes() if essai.autorites.is_file() else b""
    _ecrire(essai.autorites, _pem(racine) + anciennes)
    _ecrire(
        essai.cle,
        cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    _ecrire(essai.certificat, _pem(certificat) + _pem(racine))
    return essai


def _certifier(
    nom: str,
    cle: rsa.RSAPrivateKey,
    autorite: tuple[x509.Certificate, rsa.RSAPrivateKey] | None,
    *,
    debut: datetime,
    duree: timedelta,
) -> x509.Certificate:
    """Un certificat d'essai : racine sans `autorite`, de sceau sinon."""
    sujet = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, nom),
        ]
    )
    emetteur = autorite[0].subject if autorite else sujet
    cle_de_l_autorite = autorite[1] if autorite else cle
    racine = autorite is None
    politique = x509.PolicyInformation(x509.ObjectIdentifier(POLITIQUE), None)
    return (
        x509.CertificateBuilder()
        .subject_name(sujet)
        .issuer_name(emetteur)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(debut)
        .not_valid_after(debut + duree)
        .add_extension(x509.BasicConstraints(ca=racine, path_length=0 if racine else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not racine,
                content_commitment=not racine,
                key_cert_sign=racine,
                crl_sign=racine,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.CertificatePolicies([politique]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(cle_de_l_autorite.public_key()), critical=False
        )
        .sign(cle_de_l_autorite, hashes.SHA256())
    )


def _pem(certificat: x509.Certificate) -> bytes:
    return certificat.public_bytes(serialization.Encoding.PEM)


def _ecrire(fichier: Path, contenu: bytes) -> None:
    """Écrit d'un coup, en 600 dès sa création : la clé n'est jamais lisible d'un autre, même un instant."""
    provisoire = fichier.with_suffix(".nouveau")
    with contextlib.suppress(FileNotFoundError):
        provisoire.unlink()
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "wb") as sortie:
        sortie.write(contenu)
    provisoire.replace(fichier)
