"""Prévenir quelqu'un par courriel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.notifications.enums import Etat
from esperluette.notifications.gabarits import rendre
from esperluette.notifications.models import Courriel, PieceDeCourriel
from esperluette.notifications.taches import envoyer_courriel


class Destinataire(Protocol):
    """Un compte : une adresse et une clé."""

    courriel: str
    pk: Any


@dataclass(frozen=True, slots=True)
class PieceJointe:
    """Ce qu'un courriel porte avec lui. `type_mime` avec ses paramètres : « text/calendar; method=REQUEST »."""

    nom: str
    type_mime: str
    contenu: bytes


class DestinataireInvalide(ErreurMetier):
    """L'adresse n'en est pas une ; rien n'a été écrit."""


def envoyer(
    gabarit: str,
    *,
    a: str | Destinataire,
    contexte: Mapping[str, Any],
    objet_lie: models.Model | None = None,
    pieces: Sequence[PieceJointe] = (),
) -> Courriel:
    """Met un courriel en base ; il part après la fin de la transaction en cours, jamais si elle échoue.

    `gabarit` : « app/nom » (voir `notifications.gabarits`). `a` : une adresse, ou un compte. Ne mettez dans
    `contexte` ni donnée de patient ni texte rédigé : un courriel porte un lien, pas un contenu. En
    démonstration rien ne part : le message paraît aussitôt dans la boîte locale.
    """
    adresse, compte = (a, None) if isinstance(a, str) else (a.courriel, a)
    adresse = adresse.strip().lower()
    try:
        validate_email(adresse)
    except ValidationError:
        raise DestinataireInvalide(f"« {adresse} » n’est pas une adresse électronique.") from None
    message = rendre(gabarit, contexte)
    courriel = Courriel(
        destinataire=adresse,
        compte_id=compte.pk if compte is not None else None,
        gabarit=gabarit,
        objet=message.objet,
        texte=message.texte,
        html=message.html,
    )
    if objet_lie is not None:
        courriel.lie_type = ContentType.objects.get_for_model(objet_lie)
        courriel.lie_id = str(objet_lie.pk)
    if settings.DEMONSTRATION:
        courriel.etat, courriel.envoye_le = Etat.LIVRE, timezone.now()
    courriel.save()
    PieceDeCourriel.objects.bulk_create(
        PieceDeCourriel(courriel=courriel, nom=p.nom, type_mime=p.type_mime, contenu=p.contenu) for p in pieces
    )
    if not settings.DEMONSTRATION:
        transaction.on_commit(partial(envoyer_courriel.enqueue, courriel.pk), robust=True)
    return courriel
