"""Demander le livret d'une séance : celui du secrétariat, ou celui d'un membre, sans les dossiers qui l'écartent."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from esperluette.commissions.livrets import points_lisibles
from esperluette.commissions.models import Livret, Seance
from esperluette.commissions.taches import produire_livret
from esperluette.commissions.valeurs import seance_en_base
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.documents.canonique import empreinte

FORMATS = ("pdf", "docx")


def demander_livret(seance: Seance, *, acteur: Any, format: str = "pdf") -> Livret:
    """Le livret que cet acteur a le droit de lire, au contenu d'aujourd'hui ; produit par une tâche s'il est nouveau.

    Lève `Refus` s'il n'a aucun titre à le lire, `ErreurMetier` si rien ne lui est ouvert ou si le format est inconnu.
    """
    if format not in FORMATS:
        raise ErreurMetier("Le livret existe en PDF et en DOCX.")
    lisibles = points_lisibles(acteur, seance)
    if lisibles is None:
        raise Refus("Le livret est lu par les membres convoqués et par le secrétariat.")
    points = list(lisibles.annotate(depot=Max("dossier__depots__numero")).order_by("ordre", "pk"))
    if not points:
        raise ErreurMetier("Aucun dossier à mettre dans ce livret.")
    variante = _variante(seance, points)
    with transaction.atomic():
        livret, nouveau = Livret.objects.get_or_create(
            seance=seance,
            variante=variante,
            format=format,
            defaults={"points": [p.pk for p in points]},
        )
        if not nouveau and livret.document_id is None and livret.echec:
            livret.echec = ""
            livret.save(update_fields=["echec"])
            nouveau = True
        if nouveau:
            transaction.on_commit(partial(produire_livret.enqueue, livret.pk))
    return livret


def _variante(seance: Seance, points: list[Any]) -> str:
    """Ce qui fait un autre livret : ses points, leur ordre, leur dépôt, la séance ; et le jour, car les règles, les
    équipes et les zonages changent aussi.
    """
    return empreinte(
        {
            "jour": timezone.localdate().isoformat(),
            "seance": [seance.pk, seance_en_base(seance), seance.seconde_de_id],
            "points": [[p.pk, p.ordre, p.rapporteur_id, p.duree_minutes, p.porteur_invite, p.depot] for p in points],
        }
    )
