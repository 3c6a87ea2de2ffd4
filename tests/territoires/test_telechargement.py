"""Prendre un jeu à son adresse : un vrai serveur local, ses pannes, et la barre d'avancement d'un terminal."""

import contextlib
import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from esperluette.territoires.avancement import Avancement, Barre
from esperluette.territoires.jeux import jeu
from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.telechargement import telecharger

CONTENU = b"code_qp;lib_qp;insee_com\nQN1;Haut;22136\n"


class Officiel(BaseHTTPRequestHandler):
    """Répond selon le chemin : bien, mal, lentement, trop, ailleurs."""

    def do_GET(self):
        chemin = self.path.strip("/")
        if chemin == "absent.csv":
            self.send_error(404)
            return
        if chemin == "lent.csv":
            time.sleep(1.5)
        self.send_response(302 if chemin == "ailleurs.csv" else 200)
        if chemin == "ailleurs.csv":
            self.send_header("Location", "http://exemple.example/liste.csv")
        longueur = len(CONTENU) * (3 if chemin == "coupe.csv" else 1)
        if chemin != "immense.csv":
            self.send_header("Content-Length", str(longueur))
        self.end_headers()
        with contextlib.suppress(OSError):  # le client a pu raccrocher : c'est ce qu'on attend de lui
            self.wfile.write(b"x" * 3_000_000 if chemin == "immense.csv" else CONTENU)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def serveur():
    with ThreadingHTTPServer(("127.0.0.1", 0), Officiel) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02})
        fil.start()
        yield f"http://127.0.0.1:{serveur.server_port}"
        serveur.shutdown()
        fil.join()


def decrit(adresse, **changements):
    # Une description refuse http ; ici seulement, pour parler à un serveur d'essai.
    return jeu("qpv").model_copy(update={"adresse": adresse, **changements})


def test_le_fichier_arrive_avec_son_nom(serveur):
    assert telecharger(decrit(f"{serveur}/liste.csv"), Avancement()) == ("liste.csv", CONTENU)


def test_une_adresse_sans_nom_de_fichier_prend_celui_du_jeu(serveur):
    assert telecharger(decrit(f"{serveur}/"), Avancement())[0] == "qpv.csv"


@pytest.mark.parametrize(
    ("chemin", "cause"),
    [
        ("absent.csv", "répond 404"),
        ("lent.csv", r"Pas de réponse en 0 s|délai|timed out"),
        ("immense.csv", "dépasse 1 Mo"),
        ("coupe.csv", "interrompu|injoignable"),
        ("ailleurs.csv", "n'est pas en https"),
    ],
)
def test_chaque_panne_se_dit_en_francais(serveur, chemin, cause):
    with pytest.raises(FichierRefuse, match=cause):
        telecharger(decrit(f"{serveur}/{chemin}", taille_maximale_mo=1), Avancement(), delai=0.4)


@pytest.mark.parametrize("adresse", ["http://127.0.0.1:9/liste.csv", "http://nulle-part.invalid/liste.csv"])
def test_sans_reseau_on_dit_comment_faire_autrement(adresse):
    with pytest.raises(FichierRefuse, match=r"le réseau manque-t-il.*--fichier"):
        telecharger(decrit(adresse), Avancement(), delai=2)


def test_un_jeu_sans_adresse_dit_ou_le_prendre():
    with pytest.raises(FichierRefuse, match="collectivites-locales"):
        telecharger(jeu("frr"), Avancement())


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_la_barre_se_dessine_dans_un_terminal_puis_s_efface():
    terminal = Terminal()
    barre = Barre(terminal)
    barre.etape("Mise en base", 200)
    barre.vu = 0.0
    barre.avance(100)
    assert "Mise en base [###############               ] 50 %" in terminal.getvalue()
    barre.fin()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_sans_total_la_barre_dit_seulement_l_etape():
    terminal = Terminal()
    Barre(terminal).etape("Rapprochement")
    assert terminal.getvalue() == "\r\x1b[KRapprochement…"


def test_hors_d_un_terminal_rien_ne_s_ecrit():
    sortie = io.StringIO()
    barre = Barre(sortie)
    barre.etape("Mise en base", 2)
    barre.avance(1)
    barre.fin()
    assert sortie.getvalue() == ""
