"""`esperluette servir`, dans de vrais processus : il refuse clairement, sert, et s’arrête sans rien laisser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
DELAI_AVANT_D_ETRE_TUE = 10  # secondes, celui du service
PATIENCE = 60  # secondes : une machine chargée démarre lentement


def environnement(var):
    """Une installation SQLite à part, dans `var`, sans rien hériter des réglages du poste."""
    propre = {cle: valeur for cle, valeur in os.environ.items() if not cle.startswith(("ESPERLUETTE_", "DJANGO_"))}
    propre.pop("DATABASE_URL", None)
    return {**propre, "ESPERLUETTE_VAR": str(var), "PYTHONPATH": str(RACINE), "PYTHONUNBUFFERED": "1"}


def commande(var, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "esperluette", *arguments],
        env=environnement(var),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """Une base prête, sans le découpage : le service n'en a pas besoin pour démarrer."""
    var = tmp_path_factory.mktemp("var")
    assert commande(var, "migrate", "--verbosity", "0").returncode == 0
    return var


def port_libre():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def test_sans_base_le_service_refuse_et_dit_quoi_faire(tmp_path):
    resultat = commande(tmp_path, "servir")
    assert resultat.returncode == 2
    assert "n'existe pas encore" in resultat.stderr
    assert "esperluette installer" in resultat.stderr
    assert not (tmp_path / "esperluette.sqlite3").exists()


def test_sur_une_base_pas_a_jour_le_service_refuse(tmp_path):
    (tmp_path / "esperluette.sqlite3").touch()
    resultat = commande(tmp_path, "servir")
    assert resultat.returncode == 2
    assert "n'est pas à jour" in resultat.stderr


def test_un_port_deja_pris_se_dit(installation):
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        resultat = commande(installation, "servir", "--port", str(port))
    assert resultat.returncode == 2
    assert f"127.0.0.1:{port}" in resultat.stderr
    assert "occupe déjà ce port" in resultat.stderr


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [(("--port", "99999"), "0-65535"), (("--hote", "192.0.2.1"), "n'est pas à cette machine")],
)
def test_une_adresse_impossible_se_dit(installation, arguments, cause):
    resultat = commande(installation, "servir", *arguments)
    assert resultat.returncode == 2
    assert cause in resultat.stderr
    assert "Traceback" not in resultat.stderr


class Service:
    """Le service et son travailleur, dans un groupe de processus à eux, comme dans un terminal."""

    def __init__(self, var):
        self.port = port_libre()
        self.processus = subprocess.Popen(
            [sys.executable, "-m", "esperluette", "servir", "--port", str(self.port), "--avec-travailleur"],
            env=environnement(var),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def attendre(self):
        fin = time.monotonic() + PATIENCE
        while time.monotonic() < fin and self.processus.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/statique/commun/icone.svg") as reponse:
                    time.sleep(1)  # le processus web répond un peu avant d'avoir fini de démarrer
                    return reponse.status
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.processus.stdout.read())

    def groupe(self):
        """Les processus encore vivants du groupe : {pid: ligne de commande}."""
        lignes = subprocess.run(["ps", "-eo", "pgid=,pid=,stat=,args="], capture_output=True, text=True, check=True)
        champs = [ligne.split(None, 3) for ligne in lignes.stdout.splitlines()]
        return {int(c[1]): c[3] for c in champs if int(c[0]) == self.processus.pid and "Z" not in c[2]}

    def travailleur(self):
        return next(pid for pid, ligne in self.groupe().items() if ligne.endswith("esperluette travailleur"))


@pytest.fixture
def service(installation):
    en_marche = Service(installation)
    yield en_marche
    if en_marche.groupe():
        os.killpg(en_marche.processus.pid, signal.SIGKILL)
    en_marche.processus.wait()
    en_marche.processus.stdout.close()


@pytest.mark.parametrize(
    ("geste", "a_qui"), [(signal.SIGINT, "groupe"), (signal.SIGTERM, "service"), (signal.SIGHUP, "service")]
)
def test_l_arret_ne_laisse_aucun_processus(service, geste, a_qui):
    assert service.attendre() == 200
    assert len(service.groupe()) == 3  # le service, son processus web, le travailleur
    if a_qui == "groupe":  # ce que fait Ctrl-C
        os.killpg(service.processus.pid, geste)
    else:
        service.processus.send_signal(geste)
    assert service.processus.wait(PATIENCE) == 0
    assert service.groupe() == {}
    sortie = service.processus.stdout.read()
    assert f"http://localhost:{service.port}" in sortie
    assert "[ERROR]" not in sortie
    assert "Traceback" not in sortie
    assert "[WARNING]" not in sortie, sortie  # granian avertit quand il doit tuer un processus qui ne s'arrête pas


def test_un_arret_demande_pendant_le_demarrage_est_entendu(service):
    service.processus.stdout.readline()  # l'adresse est prise, le processus web se charge encore
    service.processus.send_signal(signal.SIGTERM)
    debut = time.monotonic()
    assert service.processus.wait(PATIENCE) == 0
    assert time.monotonic() - debut < DELAI_AVANT_D_ETRE_TUE
    assert service.groupe() == {}
    assert "[WARNING]" not in service.processus.stdout.read()


def test_un_travailleur_mort_arrete_le_service_et_se_dit(service):
    assert service.attendre() == 200
    os.kill(service.travailleur(), signal.SIGKILL)
    assert service.processus.wait(PATIENCE) == 1
    assert service.groupe() == {}
    assert "Le travailleur s'est arrêté" in service.processus.stdout.read()


@pytest.mark.parametrize("tampon", ["", "1"])
def test_une_sortie_que_personne_ne_lit_plus_n_est_pas_une_erreur(installation, tampon):
    """« esperluette showmigrations | head -0 » : la commande s'arrête sans se plaindre."""
    reglages = {**environnement(installation), "PYTHONUNBUFFERED": tampon}
    lignes = [sys.executable, "-m", "esperluette", "showmigrations"]
    with subprocess.Popen(
        lignes, env=reglages, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as processus:
        processus.stdout.close()
        assert processus.stderr.read() == ""
