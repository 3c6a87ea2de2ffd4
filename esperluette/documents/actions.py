"""Conserver un document, signer, annuler des signatures.

Ces verbes ne consignent rien au journal : l'app propriétaire consigne l'acte sur son objet, dans la même
transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.documents import codes, sceau
from esperluette.documents.canonique import canonique, empreinte_octets
from esperluette.documents.enums import Format, Methode, SceauImprime
from esperluette.documents.models import DocumentProduit, Signature
from esperluette.documents.moteur import empreinte_gabarit, produire
from esperluette.documents.verification_imprimee import Verification


def conserver(
    gabarit: str,
    contexte: Mapping[str, Any],
    format: str,
    *,
    acteur: Any,
    nom: str,
    objet: models.Model | None = None,
    edition: str = "",
    le: datetime | None = None,
) -> DocumentProduit:
    """Produit le document et le garde avec son contexte, l'édition et l'empreinte de son gabarit.

    Hors brouillon, le document imprime un code neuf et un QR, et le PDF est scellé si un certificat est réglé.
    `acteur` : un compte, ou None pour le système ; `nom` : celui du téléchargement. Production et sceau se font
    avant toute écriture : appeler hors d'une transaction. Lève `ProductionImpossible` sans rien garder.
    """
    canonique(dict(contexte))  # refuse ce qui ne se garderait pas à l'identique
    brouillon = bool(contexte.get("brouillon"))
    certificat = sceau.certificat() if format == Format.PDF and not brouillon else None
    verification = None if brouillon else Verification(codes.tirer(), _sceau_imprime(format, certificat))
    octets = produire(gabarit, contexte, format, le=le, verification=verification)
    scelle_le = None
    if certificat is not None:
        # L'heure du sceau est la vraie, jamais celle que porte le document.
        scelle_le = timezone.now()
        octets = sceau.sceller(octets, motif=f"{nom}, produit et gardé par {settings.SERVICE}", le=scelle_le)
    document = DocumentProduit(
        objet=objet,
        nom=nom,
        gabarit=gabarit,
        gabarit_empreinte=empreinte_gabarit(gabarit),
        edition=edition,
        contexte=dict(contexte),
        format=Format(format),
        empreinte=empreinte_octets(octets),
        taille=len(octets),
        code=verification.code if verification else "",
        scelle_le=scelle_le,
        sceau=certificat.sujet[:300] if certificat else "",
        produit_par=acteur,
    )
    document.fichier.save(nom, ContentFile(octets), save=False)
    document.save(force_insert=True)
    return document


def _sceau_imprime(format: str, certificat: sceau.Certificat | None) -> SceauImprime:
    if certificat is not None:
        return SceauImprime.ESSAI if certificat.essai else SceauImprime.SERVICE
    return SceauImprime.AUCUN if format == Format.PDF else SceauImprime.AILLEURS


@transaction.atomic
def signer(
    objet: models.Model,
    *,
    empreinte: str,
    acteur: Any,
    nom: str,
    qualite: str,
    methode: str,
    adresse_ip: str | None = None,
    le: datetime | None = None,
) -> Signature:
    """Pose la signature d'`acteur` sur le contenu d'empreinte `empreinte` de `objet`.

    Rejouée à l'identique (double clic), rend la signature déjà posée. Lève `Conflit` si la personne a déjà
    signé un autre contenu de cet objet, `ErreurMetier` si l'empreinte n'en est pas une. Qui peut signer, et
    si l'objet est bien celui-là, est vérifié par l'appelant.
    """
    if len(empreinte) != 64 or not set(empreinte) <= set("0123456789abcdef"):
        raise ErreurMetier("L'empreinte du contenu à signer est absente ou mal formée.")
    posees = Signature.objects.de(objet).actives().filter(signataire=acteur)
    if (deja := posees.first()) is None:
        try:
            with transaction.atomic():
                return Signature.objects.create(
                    content_type=ContentType.objects.get_for_model(objet),
                    object_id=objet.pk,
                    empreinte=empreinte,
                    signataire=acteur,
                    nom=nom,
                    qualite=qualite,
                    methode=Methode(methode),
                    adresse_ip=adresse_ip,
                    signee_le=le or timezone.now(),
                )
        except IntegrityError:  # deux clics au même instant : la contrainte a tranché
            deja = posees.get()
    if deja.empreinte != empreinte:
        raise Conflit("Vous avez déjà signé une autre version. Rechargez la page pour voir la version à signer.")
    return deja


@transaction.atomic
def annuler_signatures(objet: models.Model, *, motif: str, acteur: Any) -> list[Signature]:
    """Annule les signatures actives de `objet` et les rend, pour prévenir les signataires ; aucune : sans effet."""
    if not motif.strip():
        raise ErreurMetier("Dites pourquoi les signatures sont annulées.")
    actives = list(Signature.objects.de(objet).actives().select_for_update(of=("self",)))
    maintenant = timezone.now()
    for signature in actives:
        signature.annulee_le = maintenant
        signature.annulee_par = acteur
        signature.annulation_motif = motif.strip()[:300]
        signature.save(update_fields=["annulee_le", "annulee_par", "annulation_motif"])
    return actives
