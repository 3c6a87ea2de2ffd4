"""Prévenir quelqu'un par courriel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.notifications.enums import Etat, Rythme
from esperluette.notifications.gabarits import Message, lien_de, rendre
from esperluette.notifications.lectures import (
    RETENUS,
    a_regrouper,
    comptes_a_recapituler,
    rythme_de,
    rythmes_de,
    rythmes_des,
)
from esperluette.notifications.livraison import noter_regroupes
from esperluette.notifications.models import Courriel, PieceDeCourriel, Preference
from esperluette.notifications.sortes import sorte_de, toutes
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
    démonstration rien ne part : le message paraît aussitôt dans la boîte locale. Le rythme choisi par la personne
    pour cette sorte s'applique : tout de suite, dans le récapitulatif du jour, ou jamais.
    """
    adresse, compte = (a, None) if isinstance(a, str) else (a.courriel, a)
    adresse = _adresse(adresse)
    sorte = sorte_de(gabarit)
    coupable = sorte is not None and not sorte.indispensable
    if compte is None and coupable:
        # Une adresse d'interlocuteur est souvent celle d'un compte : son choix vaut aussi.
        compte = get_user_model()._default_manager.filter(courriel=adresse, is_active=True).first()
    message = rendre(gabarit, contexte)
    courriel = _rediger(gabarit, message, adresse, compte, objet_lie)
    _selon_le_rythme(courriel, rythme_de(compte, sorte), message)
    courriel.save()
    _mettre_en_file(courriel, pieces)
    return courriel


def envoyer_a_chacun(
    gabarit: str, *, a: Iterable[Destinataire], contexte: Mapping[str, Any], objet_lie: models.Model | None = None
) -> int:
    """Le même courriel à plusieurs comptes, mis en mots une fois ; rend leur nombre. Deux requêtes, quel qu'il soit.

    Les promesses d'`envoyer` valent pour chacun, son rythme compris.
    """
    comptes = list(a)
    if not comptes:
        return 0
    message, sorte = rendre(gabarit, contexte), sorte_de(gabarit)
    rythmes = rythmes_des(comptes, sorte)
    courriels = []
    for compte in comptes:
        courriel = _rediger(gabarit, message, _adresse(compte.courriel), compte, objet_lie)
        _selon_le_rythme(courriel, rythmes[compte.pk], message)
        courriels.append(courriel)
    for courriel in Courriel.objects.bulk_create(courriels):
        _mettre_en_file(courriel)
    return len(courriels)


def _adresse(saisie: str) -> str:
    adresse = saisie.strip().lower()
    try:
        validate_email(adresse)
    except ValidationError:
        raise DestinataireInvalide(f"« {adresse} » n’est pas une adresse électronique.") from None
    return adresse


def _rediger(
    gabarit: str, message: Message, adresse: str, compte: Destinataire | None, objet_lie: models.Model | None
) -> Courriel:
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
    return courriel


def _selon_le_rythme(courriel: Courriel, rythme: Rythme, message: Message) -> None:
    """Garde l'objet et le lien pour le récapitulatif, ou la seule trace de ce qui n'est pas voulu."""
    if rythme == Rythme.IMMEDIAT:
        if settings.DEMONSTRATION:
            courriel.etat, courriel.envoye_le = Etat.LIVRE, timezone.now()
        return
    courriel.texte = courriel.html = ""
    quotidien = rythme == Rythme.QUOTIDIEN
    courriel.etat, courriel.lien = (Etat.A_REGROUPER, lien_de(message.texte)) if quotidien else (Etat.NON_VOULU, "")


def _mettre_en_file(courriel: Courriel, pieces: Sequence[PieceJointe] = ()) -> None:
    """Un courriel gardé part après la transaction ; ce qu'on retient, ou ce qui est déjà dans la boîte locale, non."""
    if courriel.etat in RETENUS:
        return
    PieceDeCourriel.objects.bulk_create(
        PieceDeCourriel(courriel=courriel, nom=p.nom, type_mime=p.type_mime, contenu=p.contenu) for p in pieces
    )
    if not settings.DEMONSTRATION:
        transaction.on_commit(partial(envoyer_courriel.enqueue, courriel.pk), robust=True)


@transaction.atomic
def choisir(compte: Any, choix: Mapping[str, str]) -> int:
    """Enregistre le rythme de chaque sorte ; rend combien ont changé. Les indispensables et l'inconnu sont ignorés."""
    actuels = rythmes_de(compte)
    reglables = {sorte.cle for sorte in toutes() if not sorte.indispensable}
    changes = 0
    for cle, rythme in choix.items():
        if cle not in reglables or rythme not in Rythme.values or actuels[cle] == rythme:
            continue
        Preference.objects.update_or_create(
            compte=compte, sorte=cle, defaults={"rythme": rythme, "modifiee_le": timezone.now()}
        )
        changes += 1
    return changes


def recapituler(jour: date, avant: datetime) -> int:
    """Un récapitulatif par compte qui a de quoi : ce qui l'attendait avant cette heure. Rend leur nombre.

    Rejouable : chaque compte se fait dans sa transaction, et un seul récapitulatif par compte et par jour existe.
    """
    comptes = comptes_a_recapituler(avant)
    return sum(_recapituler_un(compte, jour, avant) for compte in comptes)


def _recapituler_un(compte: Any, jour: date, avant: datetime) -> bool:
    try:
        with transaction.atomic():
            attendus = list(a_regrouper(compte, avant))
            if not attendus or not compte.is_active:
                return False
            contexte = {"lignes": attendus, "nombre": len(attendus), "jour": jour}
            message = rendre("notifications/quotidien", contexte)
            recapitulatif = _rediger("notifications/quotidien", message, compte.courriel, compte, None)
            recapitulatif.recapitulatif_du = jour
            _selon_le_rythme(recapitulatif, Rythme.IMMEDIAT, message)
            recapitulatif.save()
            _mettre_en_file(recapitulatif)
            noter_regroupes(attendus, recapitulatif)
    except IntegrityError:  # un autre travailleur l'a fait au même instant
        return False
    return True
