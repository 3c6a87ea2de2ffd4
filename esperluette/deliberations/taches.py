"""Ce qui se fait après coup : garder les documents d'un procès-verbal validé, et rappeler ce qui est attendu."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Convocation, MandatDeSiege, Seance
from esperluette.commissions.regles import nom_de_l_edition
from esperluette.comptes.models import Compte
from esperluette.deliberations import courriels
from esperluette.deliberations.enums import Cote, EtatDeReserve
from esperluette.deliberations.lectures import file_de
from esperluette.deliberations.models import Extrait, ProcesVerbal, Relance, Reserve, Saisie
from esperluette.deliberations.proces_verbal import GABARIT, GABARIT_EXTRAIT, a_imprimer
from esperluette.documents.actions import conserver
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import produire

FORMATS = ("pdf", "docx", "odt")
RELANCES = (2, 7)  # jours avant la date : la plus proche d'abord
PATIENCE = timedelta(minutes=10)
# Une saisie rejouée après cela ne vient plus d'une coupure de réseau.
GARDE_SAISIES = timedelta(days=60)


@task()
def garder_le_proces_verbal(pk: int) -> None:
    """Produit et garde le procès-verbal validé et ses extraits, en trois formats ; rejouable sans doublon."""
    pv = ProcesVerbal.objects.select_related("valide_par", "seance__instance__region").get(pk=pk)
    if not pv.est_fige:
        return
    objets: list[ProcesVerbal | Extrait] = [pv, *pv.extraits.all()]
    for objet in objets:
        deja = set(objet.documents.values_list("format", flat=True))
        for format in FORMATS:
            if format not in deja:
                _garder(objet, pv, format)


def _garder(objet: ProcesVerbal | Extrait, pv: ProcesVerbal, format: str) -> DocumentProduit:
    return conserver(
        gabarit_de(objet), a_imprimer(objet.contenu, empreinte=objet.empreinte), format, acteur=pv.valide_par,
        nom=nom_de(objet, format), objet=objet, le=pv.valide_le,
        edition=nom_de_l_edition(pv.seance.instance, pv.seance.date),
    )  # fmt: skip


def gabarit_de(objet: ProcesVerbal | Extrait) -> str:
    return GABARIT if isinstance(objet, ProcesVerbal) else GABARIT_EXTRAIT


def nom_de(objet: ProcesVerbal | Extrait, format: str) -> str:
    """Le nom du téléchargement."""
    genre = "proces-verbal" if isinstance(objet, ProcesVerbal) else "extrait"
    return f"{objet.contenu['reference']}-{genre}.{format}"


def octets_de(objet: ProcesVerbal | Extrait, pv: ProcesVerbal, format: str) -> bytes:
    """Le document produit à l'instant : un projet avant validation, ou ce que la file n'a pas encore gardé."""
    contexte: dict[str, Any] = a_imprimer(objet.contenu, empreinte=objet.empreinte)
    return produire(gabarit_de(objet), contexte, format, le=pv.valide_le or pv.etabli_le)


def entretenir() -> None:
    """À chaque passage du travailleur : documents oubliés, rappels de lecture et de réserves, vieilles saisies."""
    oublies = ProcesVerbal.objects.filter(valide_le__lt=timezone.now() - PATIENCE, documents=None)
    for pk in oublies.values_list("pk", flat=True):
        garder_le_proces_verbal.enqueue(pk)
    Saisie.objects.filter(le__lt=timezone.now() - GARDE_SAISIES).delete()
    relancer_les_lectures()
    relancer_les_reserves()


def relancer_les_lectures() -> int:
    """Sept jours puis deux jours avant la séance, à qui n'a pas rendu tous ses avis écrits ; rend leur nombre."""
    envoyees = 0
    jour = timezone.localdate()
    seances = Seance.objects.filter(
        etat=EtatDeSeance.CONVOQUEE, date__gt=jour, date__lte=jour + timedelta(days=max(RELANCES))
    ).select_related("instance__departement")
    for seance in seances:
        palier = _palier((seance.date - jour).days)
        for convocation in _convoques(seance):
            file = file_de(convocation.compte, seance, convocation.siege)
            restants = file.total - file.faits
            cle = f"lecture-{seance.pk}-{convocation.compte_id}-j{palier}"
            if restants and _premiere_fois(cle):
                courriels.lecture_attendue(convocation.compte, seance, restants)
                envoyees += 1
    return envoyees


def _convoques(seance: Seance) -> list[Convocation]:
    """Les votants convoqués dont le mandat court ; un observateur n'a pas d'avis à rendre."""
    convocations = seance.convocations.filter(
        siege__votant=True, retiree_le=None, envoyee_le__isnull=False
    ).select_related("compte", "siege")
    en_cours = set(
        MandatDeSiege.objects.en_cours()
        .filter(siege__instance=seance.instance_id)
        .values_list("siege_id", "compte_id")
    )
    return [c for c in convocations if (c.siege_id, c.compte_id) in en_cours]


def relancer_les_reserves() -> int:
    """Sept jours puis deux jours avant l'échéance d'une réserve, à qui doit la lever ; rend leur nombre."""
    envoyees = 0
    jour = timezone.localdate()
    reserves = Reserve.objects.filter(
        etat=EtatDeReserve.A_LEVER, definitive_le__isnull=False, avant_le__gt=jour,
        avant_le__lte=jour + timedelta(days=max(RELANCES)),
    ).select_related("dossier__equipe__implantation", "dossier__instruit_par", "dossier__affecte_a")  # fmt: skip
    for reserve in reserves:
        assert reserve.avant_le is not None  # noqa: S101 — la requête l'exclut
        palier = _palier((reserve.avant_le - jour).days)
        if not _premiere_fois(f"reserve-{reserve.pk}-{reserve.avant_le:%Y%m%d}-j{palier}"):
            continue
        comptes: list[Compte] = (
            courriels.membres_de(reserve.dossier)
            if reserve.cote == Cote.EQUIPE
            else courriels.agents_de(reserve.dossier)
        )
        courriels.reserve_a_lever(reserve, comptes)
        envoyees += 1
    return envoyees


def _palier(jours: int) -> int:
    """J-2 ou J-7 : le plus petit palier qui couvre ce nombre de jours."""
    return next(palier for palier in RELANCES if jours <= palier)


def _premiere_fois(cle: str) -> bool:
    try:
        with transaction.atomic():
            Relance.objects.create(cle=cle)
    except IntegrityError:
        return False
    return True
