"""Ce que la supervision regarde : la base, les migrations, le stockage, le travailleur, les courriels, le disque, les
éditions ; et ce que d'autres apps inscrivent.
"""

import logging
import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache as une_fois
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Case, Count, F, Min, When
from django.utils import timezone
from django_tasks import task_backends
from django_tasks.base import TaskResultStatus
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

import esperluette
from esperluette.commun.sante import Constat, Controle, Etat, controles, inscrire
from esperluette.documents.erreurs import SceauImpossible
from esperluette.documents.sceau import certificat
from esperluette.notifications.battement import SILENCE, silence
from esperluette.notifications.enums import Etat as EtatDeCourriel
from esperluette.notifications.models import Courriel
from esperluette.referentiel import lecture

OK, ATTENTION, KO = Etat.OK, Etat.ATTENTION, Etat.KO
FRAICHEUR = 60  # secondes pendant lesquelles un essai du stockage vaut encore
MEGA = 1024 * 1024
journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bilan:
    """Tous les constats, et l'état d'ensemble : celui du pire."""

    constats: dict[str, Constat]
    duree_ms: float

    @property
    def etat(self) -> Etat:
        trouves = {constat.etat for constat in self.constats.values()}
        return next((etat for etat in (KO, ATTENTION) if etat in trouves), OK)

    def en_json(self) -> dict[str, Any]:
        """Le détail, pour qui exploite."""
        return {
            "etat": self.etat,
            "le": timezone.now().isoformat(timespec="seconds"),
            "version": esperluette.__version__,
            "duree_ms": round(self.duree_ms, 1),
            "controles": {n: {"etat": c.etat, "dit": c.dit, **c.mesures} for n, c in self.constats.items()},
        }


def bilan(*, vitaux: bool = False) -> Bilan:
    """Fait chaque contrôle (les seuls vitaux, si on le demande). Ne lève rien : une panne est un constat."""
    debut = time.perf_counter()
    constats: dict[str, Constat] = {}
    for controle in controles():
        if vitaux and not controle.vital:
            continue
        if controle.base and constats.get("base", Constat(OK, "")).etat is KO:
            constats[controle.nom] = Constat(KO, "Inconnu : la base ne répond pas.")
        else:
            constats[controle.nom] = _examiner(controle)
    return Bilan(constats, (time.perf_counter() - debut) * 1000)


def _examiner(controle: Controle) -> Constat:
    try:
        return controle.examiner()
    except Exception as erreur:  # noqa: BLE001 — une panne est ce qu’on cherche
        journal.exception("Santé : le contrôle « %s » a échoué.", controle.nom)
        return Constat(KO, f"Le contrôle a échoué ({type(erreur).__name__}) : voyez le journal du service.")


def _base() -> Constat:
    debut = time.perf_counter()
    nom = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not (nom.startswith("file:") or Path(nom).exists()):
        return Constat(KO, "La base n’existe pas encore : lancez « esperluette installer ».")  # l'ouvrir la créerait
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError as erreur:
        connection.close()
        return Constat(KO, f"La base ne répond pas : {str(erreur).strip().splitlines()[0]}")
    return Constat(OK, f"{connection.vendor} répond.", {"ms": round((time.perf_counter() - debut) * 1000, 1)})


@une_fois
def _attendues() -> frozenset[tuple[str, str]]:
    """Les migrations de ce code ; elles ne changent pas tant qu'il tourne."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _migrations() -> Constat:
    attente = len(_attendues() - set(MigrationRecorder(connection).applied_migrations()))
    if attente:
        return Constat(
            KO, f"{attente} migration(s) en attente : lancez « esperluette installer ».", {"attente": attente}
        )
    return Constat(OK, "À jour.", {"attente": 0})


_essai_du_stockage: tuple[float, Constat] | None = None


def _stockage() -> Constat:
    """Écrit, relit et retire un petit fichier ; une fois par minute et par processus."""
    global _essai_du_stockage
    maintenant = time.monotonic()
    if _essai_du_stockage is None or maintenant - _essai_du_stockage[0] > FRAICHEUR:
        _essai_du_stockage = (maintenant, _essayer_le_stockage())
    fait, constat = _essai_du_stockage
    return Constat(constat.etat, constat.dit, {"age_s": round(maintenant - fait)})


def _essayer_le_stockage() -> Constat:
    contenu = uuid4().hex.encode()
    nom = ""
    try:
        nom = default_storage.save(f"sante/{uuid4().hex}", ContentFile(contenu))
        with default_storage.open(nom, "rb") as relu:
            fidele = relu.read() == contenu
    except Exception as erreur:  # noqa: BLE001 — chaque stockage a ses erreurs ; toutes disent la même chose
        return Constat(KO, f"Le stockage des fichiers n’écrit pas, ou ne relit pas ({type(erreur).__name__}).")
    finally:
        if nom:
            default_storage.delete(nom)
    return Constat(OK, "Écrit et relu.") if fidele else Constat(KO, "Le stockage ne rend pas ce qu’on y a mis.")


def _travailleur() -> Constat:
    if not isinstance(task_backends["default"], DatabaseBackend):
        return Constat(OK, "Les tâches se font aussitôt, sans travailleur.")
    due = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default=F("run_after"))
    attente = DBTaskResult.objects.ready().order_by().aggregate(nombre=Count("pk"), ancienne=Min(due))
    maintenant = timezone.now()
    age = max(0, round((maintenant - attente["ancienne"]).total_seconds())) if attente["nombre"] else 0
    echecs = DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__gt=maintenant - timedelta(days=1)
    )
    tu = silence()
    mesures = {
        "silence_s": None if tu is None else round(tu),
        "en_attente": attente["nombre"],
        "plus_vieille_s": age,
        "echecs_24h": echecs.count(),
    }
    if tu is None or tu > SILENCE:
        return Constat(
            KO, "Aucun travailleur ne fait signe : rien ne part. Lancez « esperluette travailleur ».", mesures
        )
    if age > settings.SANTE_TACHE_MINUTES * 60:
        return Constat(KO, f"Une tâche attend depuis {age // 60} minutes : le travailleur ne suit pas.", mesures)
    if mesures["echecs_24h"]:
        return Constat(ATTENTION, f"{mesures['echecs_24h']} tâche(s) en échec depuis un jour.", mesures)
    return Constat(OK, "Vivant.", mesures)


def _courriels() -> Constat:
    depuis = timezone.now() - timedelta(days=1)
    echecs = Courriel.objects.filter(etat=EtatDeCourriel.ECHEC, essaye_le__gt=depuis).count()
    if echecs:
        return Constat(ATTENTION, f"{echecs} courriel(s) refusé(s) depuis un jour.", {"echecs_24h": echecs})
    return Constat(OK, "Aucun refus depuis un jour.", {"echecs_24h": 0})


def _disque() -> Constat:
    dossier = Path(settings.VAR)
    while not dossier.exists():
        dossier = dossier.parent
    usage = shutil.disk_usage(dossier)
    libre = usage.free // MEGA
    mesures = {"libre_mo": libre, "libre_pour_cent": round(100 * usage.free / usage.total)}
    if libre < settings.SANTE_DISQUE_MO:
        return Constat(KO, f"Le disque est presque plein : {libre} Mo libres.", mesures)
    if libre < 4 * settings.SANTE_DISQUE_MO:
        return Constat(ATTENTION, f"Le disque se remplit : {libre} Mo libres.", mesures)
    return Constat(OK, f"{libre} Mo libres.", mesures)


def _editions() -> Constat:
    nombre, regions = len(lecture.editions()), len(lecture.regions())
    mesures = {"editions": nombre, "regions": regions}
    return Constat(OK, f"{nombre} éditions, {regions} régions.", mesures) if nombre else Constat(KO, "Aucune édition.")


def _sceau() -> Constat:
    """Le certificat de service, s'il y en a un : lisible, et pas près d'expirer."""
    try:
        trouve = certificat()
    except SceauImpossible as erreur:
        return Constat(KO, str(erreur))
    if trouve is None:
        return Constat(OK, "Aucun certificat n’est réglé : les PDF gardés ne sont pas scellés.")
    reste = (trouve.au - timezone.now()).days
    mesures = {"expire_le": trouve.au.date().isoformat(), "jours": reste, "essai": trouve.essai}
    if not trouve.valable():
        return Constat(
            KO, "Le certificat du sceau n’est pas dans ses dates : aucun document ne peut être scellé.", mesures
        )
    if reste < settings.SANTE_CERTIFICAT_JOURS:
        return Constat(ATTENTION, f"Le certificat du sceau expire dans {reste} jours.", mesures)
    return Constat(OK, f"Certificat valable encore {reste} jours.", mesures)


inscrire("base", _base, vital=True, base=False)
inscrire("migrations", _migrations, vital=True)
inscrire("stockage", _stockage, base=False)
inscrire("travailleur", _travailleur)
inscrire("courriels", _courriels)
inscrire("disque", _disque, base=False)
inscrire("editions", _editions, base=False)
inscrire("sceau", _sceau, base=False)
