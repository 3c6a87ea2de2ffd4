"""Les liens signés qu'on envoie par courriel : suivre sa demande sans compte, confirmer son adresse."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

SUIVI, CONFIRMATION = "interlocuteurs.suivi", "interlocuteurs.confirmation"
# Une demande jamais confirmée s'efface ensuite.
DELAI_DE_CONFIRMATION = timedelta(days=3)


def chemin(page: str, demande_pk: int) -> str:
    """L'adresse d'une page signée, sur ce site : « suivi » ou « confirmer »."""
    sel = CONFIRMATION if page == "confirmer" else SUIVI
    return reverse(f"interlocuteurs:{page}", args=[signing.dumps(demande_pk, salt=sel)])


def lien(page: str, demande_pk: int) -> str:
    """La même, complète : celle qu'on met dans un courriel."""
    return f"{settings.ADRESSE_PUBLIQUE}{chemin(page, demande_pk)}"


def demande_du(jeton: str, *, sel: str = SUIVI) -> int | None:
    """Le numéro que porte ce jeton ; None s'il est faux ou périmé."""
    duree = DELAI_DE_CONFIRMATION if sel == CONFIRMATION else None
    try:
        numero = signing.loads(jeton, salt=sel, max_age=duree)
    except signing.BadSignature:
        return None
    return numero if isinstance(numero, int) else None
