"""Réglages. Tout ce qui change d'une installation à l'autre vient de l'environnement.

`ESPERLUETTE_DEMONSTRATION=1` ouvre la boîte de courriels locale et les comptes fictifs ;
`ESPERLUETTE_PRODUCTION=1` durcit tout et refuse la démonstration (voir `verifications.py`).
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from esperluette.config.stockage import stockage


def _oui(nom: str) -> bool:
    return os.environ.get(nom, "").lower() in {"1", "oui", "true"}


PAQUET = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ESPERLUETTE_VAR", "var")).resolve()
DEMONSTRATION = _oui("ESPERLUETTE_DEMONSTRATION")
PRODUCTION = _oui("ESPERLUETTE_PRODUCTION")
# Le bloc « République française » est réservé à l'État et à ses établissements.
MARQUE_ETAT = _oui("ESPERLUETTE_MARQUE_ETAT")
SERVICE = "Esperluette"
DEBUG = False


def _cle_secrete() -> str:
    """La clé de l'environnement, sinon celle de l'installation locale, créée une seule fois."""
    if cle := os.environ.get("ESPERLUETTE_CLE_SECRETE"):
        return cle
    fichier = VAR / "cle-secrete"
    if not fichier.exists():
        cle = secrets.token_urlsafe(50)
        if PRODUCTION or not VAR.is_dir():
            return cle
        try:
            descripteur = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # le service et le travailleur démarrent ensemble
            return fichier.read_text(encoding="ascii")
        with os.fdopen(descripteur, "w", encoding="ascii") as sortie:
            sortie.write(cle)
    return fichier.read_text(encoding="ascii")


SECRET_KEY = _cle_secrete()
ALLOWED_HOSTS = os.environ.get("ESPERLUETTE_HOTES", "localhost,127.0.0.1,[::1]").split(",")
ADRESSE_PUBLIQUE = os.environ.get("ESPERLUETTE_ADRESSE", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [ADRESSE_PUBLIQUE]

# Qui répond du service : les pages légales le disent, ou disent que ce n'est pas renseigné.
EDITEUR_NOM = os.environ.get("ESPERLUETTE_EDITEUR", "")
EDITEUR_ADRESSE = os.environ.get("ESPERLUETTE_EDITEUR_ADRESSE", "")
DIRECTEUR_DE_LA_PUBLICATION = os.environ.get("ESPERLUETTE_DIRECTEUR_PUBLICATION", "")
HEBERGEUR_NOM = os.environ.get("ESPERLUETTE_HEBERGEUR", "")
HEBERGEUR_ADRESSE = os.environ.get("ESPERLUETTE_HEBERGEUR_ADRESSE", "")
CONTACT_COURRIEL = os.environ.get("ESPERLUETTE_CONTACT", "")
CONTACT_DONNEES = os.environ.get("ESPERLUETTE_CONTACT_DONNEES", "")  # délégué à la protection des données

INSTALLED_APPS = [
    "esperluette.portail",
    "esperluette.administration",
    "esperluette.pilotage",
    "esperluette.reprises",
    "esperluette.archives",
    "esperluette.reconnaissances",
    "esperluette.decisions",
    "esperluette.instruction",
    "esperluette.deliberations",
    "esperluette.commissions",
    "esperluette.echanges",
    "esperluette.complements",
    "esperluette.sollicitations",
    "esperluette.importations",
    "esperluette.dossiers",
    "esperluette.diagnostics",
    "esperluette.equipes",
    "esperluette.interlocuteurs",
    "esperluette.comptes",
    "esperluette.indicateurs",
    "esperluette.territoires",
    "esperluette.referentiel",
    "esperluette.documents",
    "esperluette.fichiers",
    "esperluette.notifications",
    "esperluette.journal",
    "esperluette.commun",
    "esperluette.config",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
    "dsfr",
    "template_partials",
    "widget_tweaks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "esperluette.comptes.middleware.SessionFinie",
    "django_htmx.middleware.HtmxMiddleware",
    "esperluette.commun.middleware.AdresseDeBouton",
]

ROOT_URLCONF = "esperluette.config.urls"
WSGI_APPLICATION = "esperluette.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "esperluette.commun.contexte.site",
            ],
            "builtins": ["template_partials.templatetags.partials", "esperluette.commun.templatetags.francais"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_SQLITE: dj_database_url.DBConfig = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(VAR / "esperluette.sqlite3"),
    # IMMEDIATE prend le verrou d'écriture dès le début : on attend au lieu d'échouer (ADR 0001).
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    },
}
if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.config(conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {"default": _SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "comptes.Compte"
AUTHENTICATION_BACKENDS = ["esperluette.comptes.authentification.CompteConnecte"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portail:apres_connexion"
ACCOUNT_LOGOUT_REDIRECT_URL = "portail:accueil"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/statique/"
STATIC_ROOT = VAR / "statique"
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": stockage(os.environ, VAR / "fichiers"),
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
# La supervision (/sante/) : le jeton qui en ouvre le détail ; au-delà de combien de minutes une tâche attend trop ;
# au-dessous de combien de mégaoctets libres le disque est plein ; à combien de jours de sa fin un certificat presse.
SANTE_JETON = os.environ.get("ESPERLUETTE_SANTE_JETON", "")
SANTE_TACHE_MINUTES = int(os.environ.get("ESPERLUETTE_SANTE_TACHE_MINUTES", "15"))
SANTE_DISQUE_MO = int(os.environ.get("ESPERLUETTE_SANTE_DISQUE_MO", "500"))
SANTE_CERTIFICAT_JOURS = int(os.environ.get("ESPERLUETTE_SANTE_CERTIFICAT_JOURS", "30"))
DUREE_INVITATION_JOURS = int(os.environ.get("ESPERLUETTE_INVITATION_JOURS", "14"))
# La liste de l'agent : au bout de combien de jours un dossier dort, et à combien de jours une échéance presse.
DOSSIER_INACTIF_JOURS = int(os.environ.get("ESPERLUETTE_INACTIF_JOURS", "15"))
ECHEANCE_PROCHE_JOURS = int(os.environ.get("ESPERLUETTE_ECHEANCE_JOURS", "7"))
# Un chiffre demandé à l'ARS : au bout de combien de jours l'équipe peut la relancer, et combien de demandes un dossier
# peut avoir en attente. Aucun texte ne les fixe : de quoi ne pas noyer un référent.
SOLLICITATION_RELANCE_JOURS = int(os.environ.get("ESPERLUETTE_RELANCE_CHIFFRE_JOURS", "7"))
SOLLICITATIONS_EN_ATTENTE = int(os.environ.get("ESPERLUETTE_CHIFFRES_EN_ATTENTE", "10"))
# Un geste par lot : au plus tant de dossiers ; au-delà d'une page, le travailleur s'en charge.
LOT_MAXIMUM = 500
LOT_EN_DIRECT = 25
# Combien de jours avant une échéance l'on prévient, une fois chacun : l'agent et l'autorité avant que le silence ne
# vaille décision ; toute l'équipe avant la date limite d'un complément. Aucun texte ne les fixe.
ALERTES_DU_SILENCE = (15, 7, 2)
RELANCES_DES_COMPLEMENTS = (7, 2)
# Combien de jours après qu'une version est figée l'on rappelle leur signature à ceux qui manquent ; vide : jamais.
RAPPELS_DE_SIGNATURE = tuple(
    int(jours) for jours in os.environ.get("ESPERLUETTE_RAPPELS_SIGNATURE", "3,7,14").split(",") if jours.strip()
)
DELAI_DE_COMPLEMENT_PROPOSE = 30  # jours, proposés à l'agent, qui en décide (CRPA, article L. 114-5)
DELAI_DE_COMPLEMENT_MAXIMAL = 366  # jours : au-delà, c'est une faute de frappe
TAILLE_MAXIMALE_FICHIER = 10 * 1024 * 1024  # octets
# L'antivirus : « unix:/run/clamav/clamd.ctl » ou « hote:port ». Vide, rien n'est analysé, et l'écran le dit.
CLAMD = os.environ.get("ESPERLUETTE_CLAMD", "").strip()
CLAMD_DELAI = 60  # secondes, pour toute l'analyse d'un fichier
# Combien de jours avant la fin de validité d'une pièce l'équipe est prévenue, une fois chacun.
ALERTES_DE_PEREMPTION = (30, 7)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_BACKEND = os.environ.get(
    "ESPERLUETTE_COURRIEL_MOTEUR",
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("ESPERLUETTE_COURRIEL_HOTE")
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = os.environ.get("ESPERLUETTE_COURRIEL_HOTE", "localhost")
EMAIL_PORT = int(os.environ.get("ESPERLUETTE_COURRIEL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("ESPERLUETTE_COURRIEL_COMPTE", "")
EMAIL_HOST_PASSWORD = os.environ.get("ESPERLUETTE_COURRIEL_SECRET", "")
EMAIL_USE_TLS = bool(EMAIL_HOST_USER)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ESPERLUETTE_COURRIEL_DE", "Esperluette <ne-pas-repondre@esperluette.example>")

# Le sceau des PDF gardés : un certificat de service, en PKCS#12 ou en PEM, ou dans un matériel (PKCS#11). Sans rien de
# cela, hors production, l'autorité d'essai de l'installation (« esperluette sceau engendrer ») si elle existe.
SCEAU_PKCS12 = os.environ.get("ESPERLUETTE_SCEAU_PKCS12", "")
SCEAU_CLE = os.environ.get("ESPERLUETTE_SCEAU_CLE", "")
SCEAU_CERTIFICAT = os.environ.get("ESPERLUETTE_SCEAU_CERTIFICAT", "")  # suivi de sa chaîne
SCEAU_SECRET = os.environ.get("ESPERLUETTE_SCEAU_SECRET", "")  # du fichier, ou code du matériel
SCEAU_PKCS11 = os.environ.get("ESPERLUETTE_SCEAU_PKCS11", "")  # le module du matériel (.so)
SCEAU_PKCS11_JETON = os.environ.get("ESPERLUETTE_SCEAU_PKCS11_JETON", "")
SCEAU_PKCS11_OBJET = os.environ.get("ESPERLUETTE_SCEAU_PKCS11_OBJET", "")  # le nom de la clé et du certificat
SCEAU_HORODATAGE = os.environ.get("ESPERLUETTE_SCEAU_HORODATAGE", "")  # adresse d'un service RFC 3161
SCEAU_LONG_TERME = _oui("ESPERLUETTE_SCEAU_LONG_TERME")  # PAdES B-LTA : preuves de validité dans le fichier
# Les autorités auxquelles on se fie pour lire un sceau ou un horodatage : fichiers PEM séparés par « : ».
SCEAU_CONFIANCE = [c for c in os.environ.get("ESPERLUETTE_SCEAU_CONFIANCE", "").split(":") if c]
TAILLE_MAXIMALE_VERIFICATION = 20 * 1024 * 1024  # octets d'un fichier à vérifier

# Éditions supplémentaires, hors du paquet : dossiers séparés par « : ».
EDITIONS_SUPPLEMENTAIRES = [Path(d) for d in os.environ.get("ESPERLUETTE_EDITIONS", "").split(":") if d]

# Les durées de conservation que le responsable du traitement a fixées, sinon celles que le paquet propose.
CONSERVATION = Path(os.environ["ESPERLUETTE_CONSERVATION"]) if os.environ.get("ESPERLUETTE_CONSERVATION") else None

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
# Un répartiteur ou une sonde de la même machine interroge le service sans passer par HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
# W021 : inscrire le domaine au préchargement HSTS des navigateurs est l'affaire de qui tient le domaine.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# --- Connexion sans mot de passe (allauth) ---------------------------------------------------
ACCOUNT_ADAPTER = "esperluette.comptes.connexion.Adaptateur"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "courriel"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
# Le code prouve l'adresse : pas d'autre vérification.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_LOGIN_TIMEOUT = 40 * 60
# Demander un code : par adresse IP, puis par adresse électronique. Essayer un code : par code envoyé.
# Une adresse ne reçoit pas plus de dix codes par heure, et un code pas plus de cinq essais (douze s'ils
# arrivent tous à la fois) : deviner six chiffres prendrait une année, un courriel toutes les six minutes.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "confirm_login_code": "60/m/ip,12/h/key",
    # Écrire à un interlocuteur : un cabinet partage une adresse IP ; une personne n'écrit pas six fois par heure.
    "demander_rencontre": "20/h/ip,5/h/key",
    # Vérifier un document : une mairie en vérifie dix de suite ; un robot n'essaie pas des milliers de codes.
    "verifier_document": "20/m/ip",
    "verifier_code": "30/m/ip",
}
# Nombre de mandataires (reverse proxies) de confiance devant le service : l'adresse IP du visiteur en dépend.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ESPERLUETTE_MANDATAIRES", "1" if PRODUCTION else "0"))
# Une semaine sur le même appareil ; signer redemande un code à chaque fois.
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_FAILURE_VIEW = "esperluette.comptes.views.csrf_refuse"

# Les compteurs de débit doivent être les mêmes pour tous les processus, et sur toutes les machines.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_partage",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Le journal est en ajout seul : la base elle-même refuse de changer ou d'effacer un événement.
JOURNAL_DECLENCHEURS = True
