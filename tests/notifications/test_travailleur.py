"""Le travailleur : la file de tâches, et sa vie commune avec le service sur SQLite."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from esperluette.notifications.actions import envoyer
from esperluette.notifications.enums import Etat
from esperluette.notifications.models import Courriel

RACINE = Path(__file__).parents[2]


@pytest.fixture
def file_en_base(transactional_db, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def ecrire():
    return envoyer("comptes/code_connexion", a="a@essais.example", contexte={"code": "123 456", "minutes": 10})


def en_file(chemin):
    taches = DBTaskResult.objects.filter(task_path=chemin, status=TaskResultStatus.READY)
    return list(taches.values_list("run_after", flat=True))


ENVOI = "esperluette.notifications.taches.envoyer_courriel"
ENTRETIEN = "esperluette.notifications.entretien.entretenir"


def test_le_courriel_attend_le_travailleur_qui_l_envoie_une_fois(file_en_base, smtp):
    ecrire()
    assert (smtp.messages, len(en_file(ENVOI))) == ([], 1)
    for _ in range(2):
        call_command("travailleur", "--vider")
    assert len(smtp.messages) == 1
    assert Courriel.objects.get().etat == Etat.ENVOYE


def test_un_echec_passager_se_remet_en_file_pour_plus_tard(file_en_base, smtp):
    smtp.refus["MAIL"] = "451 plus tard"
    ecrire()
    call_command("travailleur", "--vider")
    (prochain,) = en_file(ENVOI)
    assert timedelta(0) < prochain - timezone.now() <= timedelta(seconds=30)
    smtp.refus.clear()
    DBTaskResult.objects.filter(task_path=ENVOI).update(run_after=timezone.now())
    call_command("travailleur", "--vider")
    assert len(smtp.messages) == 1


def test_relancer_le_travailleur_ne_multiplie_pas_l_entretien(file_en_base, smtp):
    for _ in range(3):
        call_command("travailleur", "--vider")
    (prochain,) = en_file(ENTRETIEN)
    assert timedelta(minutes=59) < prochain - timezone.now() <= timedelta(hours=1)


def test_en_demonstration_rien_ne_passe_par_la_file(file_en_base):
    ecrire()
    assert en_file(ENVOI) == []


def test_sans_file_en_base_la_commande_le_dit(db):
    with pytest.raises(CommandError, match="n’est pas en base") as erreur:
        call_command("travailleur", "--vider")
    assert erreur.value.returncode == 2


@pytest.mark.parametrize("intervalle", ["0", "-1", "3600"])
def test_un_intervalle_deraisonnable_est_refuse(file_en_base, intervalle):
    with pytest.raises(CommandError, match="de 0,05 à 60 secondes"):
        call_command("travailleur", "--vider", "--intervalle", intervalle)


ECRIVAINS = """
import sys, threading, django
django.setup()
from django.db import connection, transaction
from esperluette.comptes.actions import compte_pour
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer

processus, fautes = sys.argv[1], []

def ecrire(fil):
    try:
        for n in range(10):
            with transaction.atomic():
                compte = compte_pour(f"p{processus}.{fil}.{n}@essais.example")
                consigner("vu", compte, acteur=None)
                envoyer("comptes/code_connexion", a=compte, contexte={"code": "123 456", "minutes": 10})
    except Exception as erreur:
        fautes.append(repr(erreur))
    finally:
        connection.close()

fils = [threading.Thread(target=ecrire, args=(fil,)) for fil in range(4)]
[fil.start() for fil in fils]
[fil.join() for fil in fils]
print(fautes)
"""


def test_huit_ecrivains_et_un_travailleur_presse_ne_se_bloquent_pas_sur_sqlite(tmp_path, smtp):
    """Deux processus de quatre fils écrivent pendant que le travailleur interroge la file vingt fois par seconde."""
    propre = {k: v for k, v in os.environ.items() if not k.startswith(("ESPERLUETTE_", "DATABASE_URL"))}
    env = {
        **propre,
        "ESPERLUETTE_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "esperluette.config.settings",
        "ESPERLUETTE_COURRIEL_HOTE": "127.0.0.1",
        "ESPERLUETTE_COURRIEL_PORT": str(smtp.server_address[1]),
        "PYTHONPATH": str(RACINE),
    }

    def lancer(*arguments, **options):
        return subprocess.Popen([sys.executable, *arguments], env=env, cwd=tmp_path, text=True, **options)

    assert lancer("-m", "esperluette", "migrate", "-v0").wait() == 0
    tuyau = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    travailleur = lancer("-m", "esperluette", "travailleur", "--intervalle", "0.05", **tuyau)
    assert "attend des tâches" in travailleur.stdout.readline()
    ecrivains = [lancer("-c", ECRIVAINS, str(n), **tuyau) for n in range(2)]
    assert [e.communicate(timeout=180) for e in ecrivains] == [("[]\n", "")] * 2
    fin = time.monotonic() + 120
    while len(smtp.messages) < 80 and time.monotonic() < fin:
        time.sleep(0.05)
    travailleur.send_signal(signal.SIGTERM)
    _sortie, plaintes = travailleur.communicate(timeout=60)
    destinataires = [m for m in smtp.messages if b"To: p" in m]
    assert (travailleur.returncode, len(destinataires), len(set(destinataires))) == (0, 80, 80)
    assert "locked" not in plaintes
    assert "Le travailleur s’arrête" in plaintes
