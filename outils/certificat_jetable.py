"""Un certificat de cachet qui ne sert qu'à passer les contrôles de production : `certificat_jetable.py DOSSIER`."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def ecrire(dossier: Path) -> None:
    """Écrit `cle.pem` et `certificat.pem`, valables un an."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Certificat jetable")])
    maintenant = datetime.now(UTC)
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(maintenant - timedelta(minutes=5))
        .not_valid_after(maintenant + timedelta(days=365))
        .sign(cle, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (dossier / "cle.pem").write_bytes(
        cle.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (dossier / "certificat.pem").write_bytes(certificat.public_bytes(pem))


if __name__ == "__main__":
    ecrire(Path(sys.argv[1]))
