"""Remettre un courriel au serveur d'envoi : une seule fois, avec des reprises espacées."""

import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.encoders import encode_base64
from email.message import Message as MimeMessage
from email.mime.base import MIMEBase

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone
from django.utils.html import linebreaks, urlize

from esperluette.notifications.enums import Etat
from esperluette.notifications.gabarits import pied_de
from esperluette.notifications.models import Courriel, PieceDeCourriel

# Attente avant le deuxième, puis le troisième et dernier essai.
REPRISES = (timedelta(seconds=30), timedelta(minutes=5))
# Au-delà, un envoi commencé sans réponse est tenu pour interrompu : on ne sait pas s'il est parti.
INTERRUPTION = timedelta(minutes=15)


def livrer(pk: int) -> datetime | None:
    """Envoie le courriel s'il reste à envoyer ; rend la date du prochain essai, ou None s'il n'y en a pas.

    Deux travailleurs ne l'envoient jamais tous les deux : le premier le prend par un UPDATE compté.
    """
    maintenant = timezone.now()
    if settings.DEMONSTRATION:  # rien ne part d'une démonstration, pas même un courriel écrit avant elle
        Courriel.objects.filter(pk=pk, etat=Etat.A_ENVOYER).update(etat=Etat.LIVRE, envoye_le=maintenant)
        return None
    pris = Courriel.objects.filter(pk=pk, etat=Etat.A_ENVOYER).update(
        etat=Etat.EN_COURS, essais=F("essais") + 1, essaye_le=maintenant
    )
    if not pris:
        return None
    courriel = Courriel.objects.get(pk=pk)
    try:
        _message(courriel).send()
    except (OSError, ValueError) as erreur:
        return _noter_echec(courriel, erreur)
    Courriel.objects.filter(pk=pk).update(etat=Etat.ENVOYE, envoye_le=timezone.now(), erreur="", texte="", html="")
    courriel.pieces.all().delete()
    return None


def _message(courriel: Courriel) -> EmailMultiAlternatives:
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    message = EmailMultiAlternatives(
        courriel.objet,
        f"{courriel.texte}\n{pied_de(courriel.gabarit)}",
        settings.DEFAULT_FROM_EMAIL,
        [courriel.destinataire],
        headers={"Message-ID": f"<{courriel.identifiant}@{domaine}>", "Auto-Submitted": "auto-generated"},
    )
    if courriel.html:
        pied = linebreaks(urlize(pied_de(courriel.gabarit)))
        message.attach_alternative(f"{courriel.html}\n{pied}", "text/html")
    for piece in courriel.pieces.all():
        message.attach(_piece(piece))
    return message


def _piece(piece: PieceDeCourriel) -> MIMEBase:
    """La pièce, avec les paramètres de son type : un agenda reconnaît une invitation à « method=REQUEST »."""
    entete = MimeMessage()
    entete["Content-Type"] = piece.type_mime
    partie = MIMEBase(entete.get_content_maintype(), entete.get_content_subtype())
    for nom, valeur in (entete.get_params() or [])[1:]:
        partie.set_param(nom, valeur)
    partie.set_payload(bytes(piece.contenu))
    encode_base64(partie)
    partie.add_header("Content-Disposition", "attachment", filename=piece.nom)
    return partie


def _noter_echec(courriel: Courriel, erreur: Exception) -> datetime | None:
    dernier = _est_definitive(erreur) or courriel.essais > len(REPRISES)
    Courriel.objects.filter(pk=courriel.pk).update(
        etat=Etat.ECHEC if dernier else Etat.A_ENVOYER, erreur=f"{type(erreur).__name__} : {erreur}"[:300]
    )
    return None if dernier else timezone.now() + REPRISES[courriel.essais - 1]


def _est_definitive(erreur: Exception) -> bool:
    """Une adresse refusée pour de bon, ou un message impossible à écrire : réessayer n'y changera rien."""
    if isinstance(erreur, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _texte in erreur.recipients.values())
    return isinstance(erreur, ValueError)


def a_reprendre() -> list[int]:
    """Les courriels oubliés (file perdue, arrêt brutal) ; un envoi interrompu devient un échec, jamais un doublon."""
    maintenant = timezone.now()
    Courriel.objects.filter(etat=Etat.EN_COURS, essaye_le__lt=maintenant - INTERRUPTION).update(
        etat=Etat.ECHEC, erreur="Envoi interrompu : on ne sait pas s'il est parti."
    )
    oublies = Courriel.objects.filter(etat=Etat.A_ENVOYER, cree_le__lt=maintenant - INTERRUPTION)
    return list(oublies.order_by("pk").values_list("pk", flat=True))


def noter_regroupes(courriels: Iterable[Courriel], recapitulatif: Courriel) -> None:
    """Ces courriels sont partis dans ce récapitulatif ; dans la transaction de l'appelant."""
    Courriel.objects.filter(pk__in=[c.pk for c in courriels], etat=Etat.A_REGROUPER).update(
        etat=Etat.REGROUPE, regroupe_dans=recapitulatif, envoye_le=timezone.now()
    )
