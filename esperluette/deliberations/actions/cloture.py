"""Clore la séance : les avis deviennent définitifs, les dossiers avancent, le procès-verbal est établi et validé."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions.actions.ordre import retirer
from esperluette.commissions.cycle import conclure, franchir_seance, verrouiller
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.models import Point, Seance
from esperluette.commun.dates import ajouter_mois
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.deliberations import courriels
from esperluette.deliberations.actions.commun import exiger, texte_propre
from esperluette.deliberations.droits import (
    peut_confier_la_validation,
    peut_corriger_le_point,
    peut_mener,
    peut_valider,
    titre_pour_valider,
)
from esperluette.deliberations.enums import GesteDeReserve
from esperluette.deliberations.lectures import avis_du_point, points_du_cockpit, sans_issue
from esperluette.deliberations.models import AvisRendu, EtapeDeReserve, Extrait, ProcesVerbal
from esperluette.deliberations.presidence import designables, valideurs
from esperluette.deliberations.proces_verbal import contenu_de, extrait_de
from esperluette.deliberations.table import Table, table_de
from esperluette.deliberations.taches import garder_le_proces_verbal
from esperluette.documents.actions import signer
from esperluette.documents.canonique import empreinte
from esperluette.documents.enums import Methode
from esperluette.dossiers.cycle import franchir, poser_echeance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner


class PointsSansIssue(ErreurMetier):
    """Des points n'ont ni avis, ni ajournement, ni retrait : `points` les nomme."""

    def __init__(self, points: Sequence[Point]) -> None:
        noms = ", ".join(p.dossier.reference for p in points)
        s = "s" if len(points) > 1 else ""
        super().__init__(
            f"{len(points)} point{s} n’{'ont' if s else 'a'} pas d’issue : {noms}. Rendez un avis, ou ajournez."
        )
        self.points = list(points)


@transaction.atomic
def clore(seance: Seance, *, acteur: Compte, reporter: bool = False) -> ProcesVerbal:
    """Clôt la séance et établit son procès-verbal ; tout ou rien. Rejoué, rend le procès-verbal déjà établi.

    `reporter` : faute de quorum, les points sans issue attendront une seconde convocation. Lève `PointsSansIssue`,
    Refus, SeanceImpossible ; un dossier qui n'est plus inscrit est dit retiré.
    """
    exiger(peut_mener(acteur, seance))
    seance = verrouiller(seance)
    if seance.etat == EtatDeSeance.CLOSE and (pv := ProcesVerbal.objects.filter(seance=seance).first()):
        return pv
    table = table_de(seance)
    points = points_du_cockpit(seance)
    if any(p.dossier.etat != Etat.INSCRIT for p in points):
        _retirer_les_partis(points, acteur)
        points = points_du_cockpit(seance)
    restants = sans_issue(points)
    if restants and reporter and not faute_de_quorum(restants, table):
        raise ErreurMetier("Le quorum est atteint : rien ne se reporte. Rendez un avis ou ajournez.")
    if restants and not reporter:
        raise PointsSansIssue(restants)
    for point in points:
        _conclure(point, acteur)
    seance = franchir_seance(seance, "clore", acteur=acteur, points=len(points))
    return _etablir(seance, _tous_les_points(seance), table, acteur)


def faute_de_quorum(points: Sequence[Point], table: Table) -> bool:
    """Aucun de ces points n'a le quorum, déports compris : ils se reportent. Lit leurs relations préchargées."""
    return bool(points) and not any(table.quorum_du_point(point).atteint for point in points)


def _retirer_les_partis(points: Sequence[Point], acteur: Compte) -> None:
    """Un dossier qui n'est plus inscrit (retiré, classé, repris) n'est plus à délibérer."""
    for point in points:
        if point.dossier.etat != Etat.INSCRIT and point.issue == Issue.A_EXAMINER:
            retirer(point, f"Dossier {point.dossier.etat_enum.label.lower()}.", acteur=acteur)


def _conclure(point: Point, acteur: Compte) -> None:
    """Un point : le dossier passe, l'échéance est posée, les réserves sont définitives, l'équipe est prévenue."""
    avis = avis_du_point(point)
    if avis.rendu_le is None:  # faute de quorum : il reste à examiner, jusqu'à la seconde convocation
        return
    geste = "ajourner" if avis.est_un_ajournement else "rendre_avis"
    # Qui a noté l'avis le fait passer : celui qui clôt peut être déporté sur ce point.
    auteur = avis.rendu_par or acteur
    dossier = franchir(point.dossier, geste, acteur=auteur, motif=avis.motif, point=point.pk, avis=avis.avis)
    conclure(point, Issue.AJOURNE if avis.est_un_ajournement else Issue.AVIS_RENDU, acteur=acteur)
    avis.definitif_le = timezone.now()
    avis.save(update_fields=["definitif_le"])
    for reserve in point.reserves.all():
        reserve.definitive_le = avis.definitif_le
        reserve.save(update_fields=["definitive_le"])
        EtapeDeReserve.objects.create(reserve=reserve, geste=GesteDeReserve.POSEE, par=acteur)
    if not avis.est_un_ajournement and (jour := reponse_attendue_le(dossier, point.seance)):
        poser_echeance(dossier, jour, NatureEcheance.REPONSE)
    courriels.avis_connu(avis, dossier)


def reponse_attendue_le(dossier: Dossier, seance: Seance) -> date | None:
    """Le jour où l'ARS doit avoir répondu, quand le régime de la démarche compte ce délai de la séance."""
    delais = [d for d in demarche_de(dossier).regime.delais if d.depuis == "seance" and (d.mois or d.jours)]
    if not delais:
        return None
    # Ouverte avant sa date (rare), c'est le jour où elle s'est tenue qui compte.
    tenue = min(seance.date, timezone.localdate())
    return min(ajouter_mois(tenue, d.mois or 0) + timedelta(days=d.jours or 0) for d in delais)


def _tous_les_points(seance: Seance) -> list[Point]:
    """Ceux qu'on a examinés, dans l'ordre, puis ceux qui ont été retirés."""
    retires = seance.points.filter(issue=Issue.RETIRE).select_related(
        "dossier__equipe__implantation__departement", "rapporteur"
    )
    return [*points_du_cockpit(seance), *retires.order_by("ordre", "pk")]


def _etablir(seance: Seance, points: Sequence[Point], table: Table, acteur: Compte) -> ProcesVerbal:
    table.seance = seance
    contenu = contenu_de(seance, points, table)
    pv = ProcesVerbal.objects.create(seance=seance, contenu=contenu, empreinte=empreinte(contenu), etabli_par=acteur)
    siens = {p.pk: extrait_de(contenu, p.pk) for p in points if p.issue != Issue.RETIRE}
    Extrait.objects.bulk_create(
        Extrait(proces_verbal=pv, point_id=point, contenu=sien, empreinte=empreinte(sien))
        for point, sien in siens.items()
    )
    consigner("pv_etabli", seance, acteur=acteur, empreinte=pv.empreinte)
    for compte, _ in valideurs(pv).values():
        courriels.pv_a_valider(compte, seance)
    return pv


@transaction.atomic
def confier_la_validation(pv: ProcesVerbal, compte: Compte, *, acteur: Compte) -> ProcesVerbal:
    """Désigne le membre qui validera, le président et ses suppléants étant écartés d'un point. Rejoué, sans effet."""
    pv = ProcesVerbal.objects.select_for_update(of=("self",)).select_related("seance__instance").get(pk=pv.pk)
    exiger(peut_confier_la_validation(acteur, pv))
    if compte not in designables(pv):
        raise ErreurMetier("Choisissez un membre votant venu à la séance, et qui n’est écarté d’aucun point.")
    if pv.confie_a_id != compte.pk:
        pv.confie_a = compte
        pv.save(update_fields=["confie_a"])
        consigner("pv_confie", pv.seance, acteur=acteur, compte=compte.pk)
        courriels.pv_a_valider(compte, pv.seance)
    return pv


@transaction.atomic
def corriger(pv: ProcesVerbal, *, point: int | None, texte: str, version_lue: int, acteur: Compte) -> ProcesVerbal:
    """Corrige la rédaction d'un motif (ou des observations, `point=None`) ; rien d'autre ne change.

    Lève Refus (validé, ou pas à lui), Conflit (corrigé entre-temps), ErreurMetier.
    """
    pv = ProcesVerbal.objects.select_for_update(of=("self",)).select_related("seance__instance").get(pk=pv.pk)
    exiger(peut_corriger_le_point(acteur, pv, point))
    propre = texte_propre(texte)
    contenu = dict(pv.contenu)
    if point is None:
        if contenu["observations"] == propre:
            return pv
        contenu["observations"] = propre
    else:
        sien = next((p for p in contenu["points"] if p["point"] == point), None)
        if sien is None or sien["issue"] not in ("avis", "ajournement"):
            raise ErreurMetier("Ce point n’a pas de motif à corriger.")
        if sien["motif"] == propre:
            return pv
        if not propre and (sien["issue"] == "ajournement" or sien["effet"] == "defavorable"):
            raise ErreurMetier("Ce motif ne peut pas être vide : l’équipe le lira.")
        contenu["points"] = [p | {"motif": propre} if p["point"] == point else p for p in contenu["points"]]
        AvisRendu.objects.filter(point=point).update(motif=propre)
    if version_lue != pv.version:
        raise Conflit("Le procès-verbal a été corrigé depuis que vous l’avez affiché. Relisez-le avant de corriger.")
    _reecrire(pv, contenu)
    consigner("pv_corrige", pv.seance, acteur=acteur, point=point, empreinte=pv.empreinte)
    return pv


def _reecrire(pv: ProcesVerbal, contenu: dict[str, Any]) -> None:
    pv.contenu, pv.empreinte, pv.version = contenu, empreinte(contenu), pv.version + 1
    pv.save(update_fields=["contenu", "empreinte", "version", "valide_le", "valide_par"])
    extraits = list(pv.extraits.all())
    for extrait in extraits:
        extrait.contenu = extrait_de(contenu, extrait.point_id)
        extrait.empreinte = empreinte(extrait.contenu)
    Extrait.objects.bulk_update(extraits, ["contenu", "empreinte"])


@transaction.atomic
def valider(pv: ProcesVerbal, *, empreinte_lue: str, acteur: Compte, adresse_ip: str | None = None) -> ProcesVerbal:
    """Le président, ou qui le supplée, valide ce qu'il a lu : procès-verbal et extraits sont figés, signés, gardés.

    Rejoué par le même, sans effet. Lève Refus, ou Conflit si le texte a changé depuis la lecture.
    """
    pv = ProcesVerbal.objects.select_for_update(of=("self",)).select_related("seance__instance").get(pk=pv.pk)
    if pv.est_fige and pv.valide_par_id == acteur.pk:
        return pv
    exiger(peut_valider(acteur, pv))
    if pv.empreinte != empreinte_lue:
        raise Conflit("Le procès-verbal a été corrigé depuis que vous l’avez affiché. Relisez-le avant de le valider.")
    qualite = titre_pour_valider(acteur, pv)
    pv.valide_le, pv.valide_par = timezone.now(), acteur
    _reecrire(pv, pv.contenu | {"valide": {"le": pv.valide_le.isoformat(), "par": str(acteur), "qualite": qualite}})
    signer(
        pv, empreinte=pv.empreinte, acteur=acteur, nom=str(acteur), qualite=qualite, methode=Methode.CODE_COURRIEL,
        adresse_ip=adresse_ip,
    )  # fmt: skip
    consigner("pv_valide", pv.seance, acteur=acteur, empreinte=pv.empreinte)
    pk = pv.pk
    transaction.on_commit(lambda: garder_le_proces_verbal.enqueue(pk))
    return pv
