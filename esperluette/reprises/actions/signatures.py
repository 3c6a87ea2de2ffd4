"""Les pages signées à la main d'un dossier repris : l'agent joint le scan, dit qui a signé, et quel jour.

Ce ne sont jamais des signatures électroniques : elles vivent dans leur propre table, et leur mention les suit partout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Depot, Dossier, PieceJointe, SignatureManuscrite
from esperluette.journal.actions import consigner
from esperluette.reprises.actions.actes import joindre_un_acte
from esperluette.reprises.controle import PREMIER_JOUR
from esperluette.reprises.droits import peut_completer
from esperluette.reprises.enums import NatureActe
from esperluette.reprises.models import Reprise


@dataclass(frozen=True, slots=True)
class Signataire:
    """Qui a signé la page : un membre de l'équipe d'alors (`membre`), ou quelqu'un d'autre, par son nom."""

    nom: str
    qualite: str = ""
    membre: int | None = None


@transaction.atomic
def joindre_une_page_signee(
    reprise: Reprise, *, acteur: Compte, televerse: Any = None, scan: PieceJointe | None = None, signee_le: date,
    signataires: Sequence[Signataire],
) -> list[SignatureManuscrite]:  # fmt: skip
    """Joint la page (`televerse`, ou un `scan` déjà joint) et note ceux qui l'ont signée ce jour-là.

    Rejouée à l'identique (double clic), rend ce qui est déjà noté. Lève `Refus` (hors du périmètre), `ErreurMetier`
    (dossier né ici, jamais déposé, date impossible, personne déjà notée autrement), `FichierRefuse`.
    """
    depot = _depot_repris(reprise, acteur)
    if not PREMIER_JOUR <= signee_le <= timezone.localdate():
        raise ErreurMetier("La date de signature est entre 1990 et aujourd’hui.")
    if not signataires:
        raise ErreurMetier("Dites qui a signé cette page.")
    if scan is None:
        scan = joindre_un_acte(reprise, televerse, acteur=acteur, nature=NatureActe.PAGE_SIGNEE)
    elif scan.dossier_id != depot.dossier_id or scan.retiree_le is not None:
        raise ErreurMetier("Cette page n’est plus jointe au dossier : joignez-la de nouveau.")
    return [_noter(depot, scan, s, signee_le, acteur) for s in signataires]


def _depot_repris(reprise: Reprise, acteur: Compte) -> Depot:
    """Le dépôt d'un dossier d'avant Esperluette, sous verrou."""
    permission = peut_completer(acteur, reprise)
    if not permission:
        raise Refus(permission.motif)
    repris = Dossier.objects.select_for_update(of=("self",)).filter(fiche_de_reprise=reprise, reprise=True)
    dossier = repris.first()
    depot = dossier.depots.filter(depose_le__isnull=False).order_by("numero").first() if dossier else None
    if dossier is None or depot is None or not depot.contenu.get("reprise"):
        raise ErreurMetier(
            "Une page signée à la main ne se joint qu’à un dossier déposé avant Esperluette ; ici, chacun signe "
            "avec un code."
        )
    depot.dossier = dossier
    return depot


def _noter(
    depot: Depot, scan: PieceJointe, signataire: Signataire, signee_le: date, acteur: Compte
) -> SignatureManuscrite:
    nom, qualite = " ".join(signataire.nom.split()), " ".join(signataire.qualite.split())
    if not nom or max(len(nom), len(qualite)) > 200:
        raise ErreurMetier("Le nom ou la qualité du signataire manque, ou compte plus de 200 signes.")
    try:
        with transaction.atomic():
            signature = SignatureManuscrite.objects.create(
                depot=depot, scan=scan, membre_id=signataire.membre, nom=nom, qualite=qualite, signee_le=signee_le,
                jointe_par=acteur,
            )  # fmt: skip
    except IntegrityError:
        deja = depot.manuscrites.actives().get(nom=nom)
        if (deja.scan_id, deja.signee_le) == (scan.pk, signee_le):
            return deja
        raise ErreurMetier(
            f"La page signée par {nom} est déjà jointe, à la date du {deja.signee_le:%d/%m/%Y} : retirez-la d’abord."
        ) from None
    consigner(
        "page_signee_jointe", depot.dossier, acteur=acteur, depot=depot.pk, page=signature.pk, piece=scan.pk,
        membre=signataire.membre, signee_le=signee_le.isoformat(), empreinte=scan.fichier.empreinte,
    )  # fmt: skip
    return signature


@transaction.atomic
def retirer_une_page_signee(
    reprise: Reprise, signature: SignatureManuscrite, *, acteur: Compte, motif: str
) -> SignatureManuscrite:
    """Retire ce qui a été noté par erreur : la ligne reste, avec son motif, et ne paraît plus. Rejoué, sans effet."""
    depot = _depot_repris(reprise, acteur)
    signature = depot.manuscrites.select_for_update(of=("self",)).get(pk=signature.pk)
    if signature.retiree_le is not None:
        return signature
    motif = " ".join(motif.split())[:300]
    if not motif:
        raise ErreurMetier("Dites pourquoi cette page signée est retirée.")
    signature.retiree_le, signature.retiree_par, signature.retrait_motif = timezone.now(), acteur, motif
    signature.save(update_fields=["retiree_le", "retiree_par", "retrait_motif"])
    consigner("page_signee_retiree", depot.dossier, acteur=acteur, depot=depot.pk, page=signature.pk)
    return signature
