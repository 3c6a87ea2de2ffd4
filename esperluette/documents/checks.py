"""Ce que le sceau demande à une installation : un vrai certificat, lisible et dans ses dates."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from esperluette.documents import sceau
from esperluette.documents.erreurs import SceauImpossible

PREAVIS = timedelta(days=45)


@register(Tags.security)
def certificat_du_sceau(**_options: Any) -> list[CheckMessage]:
    """Réglé, il se lit, il est dans ses dates ; en production, il y en a un, et ce n'est pas un certificat d'essai."""
    if not settings.PRODUCTION and not sceau.est_regle():
        return []
    if sceau.reglages().source == "pkcs11":
        # Le matériel ne s'ouvre pas pour un contrôle : « esperluette sceau etat » le fait.
        return [] if Path(settings.SCEAU_PKCS11).is_file() else [_illisible("Le module PKCS#11 du sceau est absent.")]
    try:
        sceau.confiance()
        certificat = sceau.certificat()
    except SceauImpossible as erreur:
        return [_illisible(str(erreur))]
    if certificat is None:
        return [
            Warning(
                "Aucun certificat ne scelle les documents gardés : ils se produisent sans sceau, et le disent.",
                hint="ESPERLUETTE_SCEAU_PKCS12 (ou _CLE et _CERTIFICAT), et ESPERLUETTE_SCEAU_SECRET : un certificat "
                "de cachet au nom du service. Voir docs/exploitation.md.",
                id="esperluette.W020",
            )
        ]
    if certificat.essai and settings.PRODUCTION:
        return [
            Error(
                "Le certificat du sceau est un certificat d’essai : ce qu’il scelle ne vaut rien.",
                hint="Réglez le certificat de cachet du service : ESPERLUETTE_SCEAU_PKCS12, ou _CLE et _CERTIFICAT.",
                id="esperluette.E020",
            )
        ]
    return _dates(certificat)


def _dates(certificat: sceau.Certificat) -> list[CheckMessage]:
    if not certificat.valable():
        return [
            Error(
                f"Le certificat du sceau n’est pas dans ses dates (jusqu’au {certificat.au:%d/%m/%Y}).",
                hint="Aucun PDF ne peut plus être gardé : renouvelez-le (d’essai, par « esperluette sceau "
                "engendrer --renouveler »).",
                id="esperluette.E022",
            )
        ]
    if certificat.au - datetime.now(UTC) < PREAVIS:
        return [
            Warning(
                f"Le certificat du sceau finit bientôt, le {certificat.au:%d/%m/%Y}.",
                hint="Renouvelez-le, et gardez l’ancien émetteur dans ESPERLUETTE_SCEAU_CONFIANCE.",
                id="esperluette.W021",
            )
        ]
    return []


def _illisible(message: str) -> CheckMessage:
    return Error(
        message,
        hint="Vérifiez les réglages ESPERLUETTE_SCEAU_… et les droits des fichiers, puis « esperluette sceau etat ».",
        id="esperluette.E021",
    )
