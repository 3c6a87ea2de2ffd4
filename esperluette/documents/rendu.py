"""Du gabarit et du contexte à une page HTML : strict, en bac à sable, sans accès à rien d'autre."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.utils import formats, translation
from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from esperluette.commun.dates import en_lettres
from esperluette.commun.texte_riche import nettoyer, texte_vers_html
from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.figures import source_image
from esperluette.documents.typographie import assainir, composer_html

_GRAS = ("<p><strong>", "</strong></p>")
_TITRE_SAISI = re.compile(r"<(/?)h[1-6]>")
_HEURE_SEULE = re.compile(r"\d\d:\d\d(:\d\d)?")


def rendre(gabarit: str, contexte: Mapping[str, Any]) -> str:
    """La page HTML complète de `gabarit` (« app/nom.html ») pour ce contexte.

    Lève `GabaritInvalide` si le gabarit manque, est mal écrit ou nomme une variable absente. Tout texte du
    contexte est échappé ; le texte riche est désinfecté encore une fois ; rien n'y est jamais évalué.
    """
    try:
        page = environnement().get_template(gabarit).render(assainir(dict(contexte)))
    except (TemplateError, TypeError, ValueError, ArithmeticError) as erreur:
        raise GabaritInvalide(f"Le gabarit « {gabarit} » ne peut pas être rempli : {erreur}") from erreur
    return composer_html(page)


@cache
def environnement() -> ImmutableSandboxedEnvironment:
    """L'environnement Jinja ; les gabarits sont dans le dossier `gabarits/` de chaque app installée."""
    dossiers = {
        app.label: FileSystemLoader(dossier)
        for app in apps.get_app_configs()
        if (dossier := Path(app.path) / "gabarits").is_dir()
    }
    env = ImmutableSandboxedEnvironment(
        loader=PrefixLoader(dossiers),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.clear()
    env.filters.update(
        avec_deux_points=avec_deux_points,
        date_heure=date_heure,
        heure=heure,
        date_longue=date_longue,
        nombre=nombre,
        numero=numero,
        octets=octets,
        riche=riche,
        source_image=source_image,
        texte=texte,
    )
    env.tests["commence_par"] = lambda valeur, debut: str(valeur).lower().startswith(debut)
    return env


def empreinte_gabarit(gabarit: str) -> str:
    """SHA-256 des sources du gabarit et de tous ceux qu'il étend, inclut ou importe."""
    env = environnement()
    assert env.loader is not None  # noqa: S101 — posé par environnement()
    vus: dict[str, str] = {}
    a_lire = [gabarit]
    while a_lire:
        nom = a_lire.pop()
        if nom in vus:
            continue
        try:
            vus[nom], _, _ = env.loader.get_source(env, nom)
            cites = meta.find_referenced_templates(env.parse(vus[nom]))
        except TemplateError as erreur:
            raise GabaritInvalide(f"Le gabarit « {nom} » est introuvable ou mal écrit : {erreur}") from erreur
        a_lire.extend(cite for cite in cites if cite)
    total = hashlib.sha256()
    for nom in sorted(vus):
        total.update(f"{nom}\0{vus[nom]}\0".encode())
    return total.hexdigest()


def riche(valeur: str, niveau: int = 0) -> Markup:
    """Un texte riche, désinfecté à la sortie ; ses titres se rangent sous `niveau`, ou deviennent du gras (0)."""
    avant, apres = (f"<h{min(niveau + 1, 6)}>", f"</h{min(niveau + 1, 6)}>") if niveau else _GRAS
    propre = _TITRE_SAISI.sub(lambda m: apres if m[1] else avant, nettoyer(valeur))
    return Markup(propre)  # noqa: S704 — nettoyé par nh3 à l'instant


def texte(valeur: str) -> Markup:
    """Un texte simple en paragraphes ; chaque retour à la ligne est gardé."""
    return Markup(texte_vers_html(valeur))  # noqa: S704 — échappé par texte_vers_html


def nombre(valeur: float) -> str:
    """« 12 345,6 »."""
    exact = Decimal(str(valeur)).normalize()  # 12.0 s'écrit 12
    with translation.override("fr"):
        ecrit = formats.number_format(exact, use_l10n=True, force_grouping=True)
    return ecrit.replace("\u00a0", "\u202f")


def date_longue(valeur: str) -> str:
    """« 3 février 2026 », depuis une date ou un instant ISO."""
    jour = _instant(valeur).date()
    with translation.override("fr"):
        return en_lettres(jour)


def date_heure(valeur: str) -> str:
    """« 3 février 2026 à 9 h 05 », à l'heure de Paris."""
    return f"{date_longue(valeur)} à\u00a0{heure(valeur)}"


def heure(valeur: str) -> str:
    """« 9 h 05 », à l'heure de Paris, d'un instant ou d'une heure (« 09:05 ») : quand le jour est déjà dit."""
    ecrite = str(valeur)  # str() nomme la variable si elle manque
    moment = time.fromisoformat(ecrite) if _HEURE_SEULE.fullmatch(ecrite) else _instant(ecrite)
    return f"{moment.hour}\u00a0h\u00a0{moment:%M}"


def _instant(valeur: str) -> datetime:
    instant = datetime.fromisoformat(str(valeur))  # str() nomme la variable si elle manque
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)) if instant.tzinfo else instant


def numero(valeur: str) -> str:
    """Le numéro d'une rubrique, avec le point final des trames officielles : « 1.2. » ; vide s'il n'y en a pas."""
    return f"{valeur}." if valeur and not valeur.endswith(".") else valeur


def octets(valeur: int) -> str:
    """« 1,2 Mo »."""
    for unite, seuil in (("Mo", 1024 * 1024), ("Ko", 1024)):
        if valeur >= seuil:
            return f"{nombre(round(valeur / seuil, 1))} {unite}"
    return f"{valeur} octets"


def avec_deux_points(libelle: str) -> str:
    """Le libellé suivi de « : », sauf s'il se termine déjà par un signe."""
    libelle = libelle.rstrip()
    return libelle if libelle.endswith((":", "?", "!", ".")) else f"{libelle} :"
