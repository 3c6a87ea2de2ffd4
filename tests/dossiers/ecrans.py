"""Outils des essais d'écrans : aller quelque part sous un compte, compter les requêtes, lire la page."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.dossiers.preuves import conditions_de
from tests.fabriques.comptes import connecter

TERRITOIRE, PATIENTELE, AXES = "territoire", "patientele", "axes"
DESCRIPTION, QUALIFICATION, QPV = "territoire_description", "territoire_qualification", "territoire_qpv"
ECHANGE, COMMUNES, TABLEAU = "territoire_echange_ars", "territoire_communes", "axes_thematiques"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def sous(compte: Compte) -> Client:
    """Un navigateur connecté sous ce compte."""
    return connecter(Client(), compte)


def url(dossier: Any, nom: str, *suite: Any) -> str:
    return reverse(f"dossiers:{nom}", args=[dossier.reference, *suite])


def requetes(client: Client, adresse: str, **options: Any) -> int:
    """Le nombre de requêtes d'une page, caches chauds."""
    client.get(adresse, **options)
    with CaptureQueriesContext(
        connection,
    ) as capture:
        reponse = client.get(adresse, **options)
    assert reponse.status_code == 200
    return len(capture)


def texte(reponse: Any) -> str:
    """Le HTML de la réponse, espaces insécables comprises comme des espaces."""
    return str(reponse.content.decode().replace("&nbsp;", " "))


def enregistrer(client: Client, dossier: Any, chemin: str, valeur: Any, *, version: int = 0, html: bool = True) -> Any:
    """L'enregistrement automatique d'un champ, comme le fait le script."""
    envoi = {chemin: valeur, f"version:{chemin}": version}
    if html:
        envoi[f"forme:{chemin}"] = "html"
    return client.post(url(dossier, "champ", chemin), envoi, headers={"X-Esperluette": "fragment"})


def octets(reponse: Any) -> bytes:
    """Le fichier téléchargé, lu jusqu'au bout : c'est ce qui le referme."""
    return b"".join(reponse.streaming_content) if reponse.streaming else bytes(reponse.content)


def signant(depot: Any, code: str, compte: Compte) -> dict[str, str]:
    """L'envoi de la page de signature : le code, l'empreinte de la version, celle du texte approuvé."""
    membre = depot.dossier.equipe.membres.get(compte=compte)
    ligne = next(s for s in depot.contenu["signataires"] if s["membre"] == membre.pk)
    conditions = conditions_de(depot, ligne).empreinte
    return {"etape": "signer", "code": code, "empreinte": depot.empreinte, "conditions": conditions}
