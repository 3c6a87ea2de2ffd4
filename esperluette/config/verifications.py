"""Ce qu'une installation doit régler avant de servir : chaque oubli est une erreur en français, au démarrage."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAUX = {"localhost", "127.0.0.1", "[::1]"}


@register(Tags.security)
def demonstration_et_production(**_options: Any) -> list[CheckMessage]:
    """La démonstration montre à tous les courriels et les codes : jamais en production."""
    if not (settings.DEMONSTRATION and settings.PRODUCTION):
        return []
    return [
        Error(
            "ESPERLUETTE_DEMONSTRATION et ESPERLUETTE_PRODUCTION sont tous les deux demandés.",
            hint="En démonstration, n’importe qui lit les codes de connexion. Retirez ESPERLUETTE_DEMONSTRATION.",
            id="esperluette.E001",
        )
    ]


@register(Tags.security)
def production_reglee(**_options: Any) -> list[CheckMessage]:
    """En production, rien d'essentiel ne reste à une valeur par défaut."""
    if not settings.PRODUCTION:
        return []
    controles = (_cle_secrete, _hotes, _base, _adresse, _courriel, _mentions, _jeton_de_sante)
    return [message for controle in controles if (message := controle())]


def _cle_secrete() -> CheckMessage | None:
    if len(os.environ.get("ESPERLUETTE_CLE_SECRETE", "")) >= 40:
        return None
    return Error(
        "La clé secrète manque, ou elle est trop courte (40 signes au moins).",
        hint="ESPERLUETTE_CLE_SECRETE : une valeur tirée au hasard, la même sur toutes les machines, jamais publiée. "
        "Par exemple : python -c 'import secrets; print(secrets.token_urlsafe(50))'.",
        id="esperluette.E002",
    )


def _hotes() -> CheckMessage | None:
    hotes = {hote for hote in settings.ALLOWED_HOSTS if hote}
    if hotes - LOCAUX and "*" not in hotes:
        return None
    return Error(
        "Les noms du service ne sont pas donnés, ou tous sont acceptés.",
        hint="ESPERLUETTE_HOTES : les noms par lesquels on le visite, séparés par des virgules.",
        id="esperluette.E003",
    )


def _base() -> CheckMessage | None:
    if os.environ.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")):
        return None
    return Error(
        "La base de données PostgreSQL n’est pas donnée.",
        hint="DATABASE_URL : postgres://compte:secret@machine/base. SQLite sert aux essais et à la démonstration.",
        id="esperluette.E004",
    )


def _adresse() -> CheckMessage | None:
    adresse = urlsplit(settings.ADRESSE_PUBLIQUE)
    if adresse.scheme == "https" and adresse.hostname and adresse.hostname not in LOCAUX:
        return None
    return Error(
        f"L’adresse publique « {settings.ADRESSE_PUBLIQUE} » ne convient pas : elle doit commencer par https://.",
        hint="ESPERLUETTE_ADRESSE : c’est elle que portent les liens des courriels.",
        id="esperluette.E005",
    )


def _courriel() -> CheckMessage | None:
    if os.environ.get("ESPERLUETTE_COURRIEL_HOTE") or os.environ.get("ESPERLUETTE_COURRIEL_MOTEUR"):
        if not settings.DEFAULT_FROM_EMAIL.rstrip("> ").endswith(".example"):
            return None
        return Warning(
            "L’adresse d’expédition des courriels est celle d’exemple.",
            hint="ESPERLUETTE_COURRIEL_DE : « Esperluette <ne-pas-repondre@votre-domaine.fr> ».",
            id="esperluette.W001",
        )
    return Error(
        "Aucun serveur de courriel : personne ne pourrait recevoir de code, donc se connecter.",
        hint="ESPERLUETTE_COURRIEL_HOTE, et au besoin _PORT, _COMPTE et _SECRET.",
        id="esperluette.E006",
    )


MENTIONS = {
    "EDITEUR_NOM": "ESPERLUETTE_EDITEUR",
    "EDITEUR_ADRESSE": "ESPERLUETTE_EDITEUR_ADRESSE",
    "DIRECTEUR_DE_LA_PUBLICATION": "ESPERLUETTE_DIRECTEUR_PUBLICATION",
    "HEBERGEUR_NOM": "ESPERLUETTE_HEBERGEUR",
    "HEBERGEUR_ADRESSE": "ESPERLUETTE_HEBERGEUR_ADRESSE",
    "CONTACT_COURRIEL": "ESPERLUETTE_CONTACT",
    "CONTACT_DONNEES": "ESPERLUETTE_CONTACT_DONNEES",
}


def _mentions() -> CheckMessage | None:
    manquent = [variable for reglage, variable in MENTIONS.items() if not getattr(settings, reglage)]
    if not manquent:
        return None
    return Warning(
        f"Les mentions légales sont incomplètes : {', '.join(manquent)}.",
        hint="La loi oblige un site public à nommer son éditeur, son directeur de la publication et son hébergeur, "
        "et le règlement européen à donner un contact pour les données personnelles.",
        id="esperluette.W002",
    )


def _jeton_de_sante() -> CheckMessage | None:
    if not settings.SANTE_JETON or len(settings.SANTE_JETON) >= 20:
        return None
    return Error(
        "Le jeton de supervision est trop court (20 signes au moins) : le détail de /sante/ se devinerait.",
        hint="ESPERLUETTE_SANTE_JETON : une valeur tirée au hasard, ou rien.",
        id="esperluette.E007",
    )
