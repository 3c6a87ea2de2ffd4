"""Où vont les fichiers : le disque, ou un stockage compatible S3 quand `ESPERLUETTE_S3_SEAU` est donné.

Rien n'est public : les objets sont privés, et le service les lit lui-même pour répondre.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHIFFREMENTS: dict[str, dict[str, str]] = {
    "": {},
    "AES256": {"ServerSideEncryption": "AES256"},
    "aws:kms": {"ServerSideEncryption": "aws:kms"},
}


def stockage(environnement: Mapping[str, str], dossier: Path) -> dict[str, Any]:
    """Le réglage `STORAGES["default"]` qui convient à cet environnement ; lève `ValueError` s'il se contredit."""
    prefixe = "ESPERLUETTE_S3_"
    lus = {n.removeprefix(prefixe): v.strip() for n, v in environnement.items() if n.startswith(prefixe) and v.strip()}
    if "SEAU" not in lus:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": dossier}}
    return {"BACKEND": "esperluette.config.stockage_s3.StockagePrive", "OPTIONS": _options(lus)}


def _options(lus: Mapping[str, str]) -> dict[str, Any]:
    chiffrement = lus.get("CHIFFREMENT", "")
    if chiffrement not in CHIFFREMENTS:
        raise ValueError(f"ESPERLUETTE_S3_CHIFFREMENT vaut « {chiffrement} » : attendu AES256 ou aws:kms.")
    parametres = dict(CHIFFREMENTS[chiffrement])
    if "CLE_KMS" in lus:
        if chiffrement != "aws:kms":
            raise ValueError("ESPERLUETTE_S3_CLE_KMS ne sert qu’avec ESPERLUETTE_S3_CHIFFREMENT=aws:kms.")
        parametres["SSEKMSKeyId"] = lus["CLE_KMS"]
    if ("CLE" in lus) != ("SECRET" in lus):
        raise ValueError("ESPERLUETTE_S3_CLE et ESPERLUETTE_S3_SECRET vont ensemble.")
    return {
        "bucket_name": lus["SEAU"],
        "endpoint_url": lus.get("ADRESSE"),
        "region_name": lus.get("REGION"),
        # Sans clé, boto3 cherche l'identité de la machine.
        "access_key": lus.get("CLE"),
        "secret_key": lus.get("SECRET"),
        "location": lus.get("PREFIXE", ""),
        "addressing_style": lus.get("ADRESSAGE"),
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
        "object_parameters": parametres,
    }
