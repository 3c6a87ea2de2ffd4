"""La santé du service : chaque panne se voit, rien ne fuit, rien ne lève."""

import json
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from esperluette.commun import sante as registre
from esperluette.commun.sante import Constat, Etat
from esperluette.config import sante
from esperluette.documents.erreurs import SceauImpossible
from esperluette.notifications import battement
from esperluette.notifications.entretien import entretenir
from esperluette.notifications.models import Courriel

pytestmark = pytest.mark.django_db
JETON = "un-jeton-assez-long-pour-servir"
ADRESSES = ("/sante/", "/sante/web/")


@pytest.fixture(autouse=True)
def stockage_neuf(monkeypatch):
    monkeypatch.setattr(sante, "_essai_du_stockage", None)


@pytest.fixture
def en_file(settings):
    """Les tâches en base, comme en vrai."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def detail(client, adresse="/sante/"):
    reponse = client.get(adresse, headers={"Authorization": f"Bearer {JETON}"})
    return reponse.status_code, reponse.json()


@pytest.fixture
def jeton(settings):
    settings.SANTE_JETON = JETON


@pytest.mark.parametrize("adresse", ADRESSES)
def test_un_service_rendu_repond_ok_et_rien_d_autre(client, adresse):
    reponse = client.get(adresse)
    assert (reponse.status_code, reponse.json()) == (200, {"etat": "ok"})
    assert "no-store" in reponse["Cache-Control"]
    assert reponse.cookies == {}


def test_le_detail_demande_le_jeton_dans_l_en_tete(client, jeton):
    statut, corps = detail(client)
    assert statut == 200
    assert set(corps["controles"]) >= {
        "base",
        "migrations",
        "stockage",
        "travailleur",
        "courriels",
        "disque",
        "editions",
    }
    assert set(detail(client, "/sante/web/")[1]["controles"]) == {"base", "migrations"}
    for faux in ("Bearer autre", "Basic " + JETON, JETON, "Bearer", "Bearer é"):
        assert client.get("/sante/", headers={"Authorization": faux}).json() == {"etat": "ok"}
    assert client.get(f"/sante/?jeton={JETON}").json() == {"etat": "ok"}


def test_sans_jeton_regle_un_jeton_vide_n_ouvre_rien(client, settings):
    settings.SANTE_JETON = ""
    assert client.get("/sante/", headers={"Authorization": "Bearer "}).json() == {"etat": "ok"}


@pytest.mark.parametrize("methode", ["post", "put", "delete"])
def test_rien_ne_s_y_envoie(client, methode):
    assert getattr(client, methode)("/sante/").status_code == 405


def test_en_production_la_sonde_d_a_cote_n_est_pas_renvoyee_vers_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sante/").status_code == 200
    assert client.get("/").status_code == 301


def en_panne(client, nom, adresse="/sante/"):
    """Le constat d'une panne : 503, « ko » sans détail pour tous, le détail avec le jeton."""
    public = client.get(adresse)
    assert (public.status_code, public.json()) == (503, {"etat": "ko"})
    statut, corps = detail(client, adresse)
    assert (statut, corps["etat"], corps["controles"][nom]["etat"]) == (503, "ko", "ko")
    return corps["controles"][nom]


@pytest.mark.parametrize("adresse", ADRESSES)
def test_une_migration_en_attente_est_une_panne(client, jeton, adresse):
    MigrationRecorder(connection).record_unapplied("dossiers", "0001_initial")
    assert en_panne(client, "migrations", adresse)["attente"] == 1


def test_une_base_muette_est_une_panne_et_ce_qui_en_depend_se_dit_inconnu(client, jeton, monkeypatch):
    monkeypatch.setattr(sante.connection, "cursor", muette)
    controles = detail(client)[1]["controles"]
    assert "ne répond pas" in controles["base"]["dit"]
    assert controles["travailleur"]["dit"].startswith("Inconnu")
    assert controles["disque"]["etat"] == "ok"
    assert client.get("/sante/").json() == {"etat": "ko"}


def muette(*_args, **_options):
    raise sante.DatabaseError("could not connect\nDETAIL: secret")


def test_un_stockage_qui_refuse_est_une_panne_sans_detail_interne(client, jeton, monkeypatch):
    def refuser(*_args, **_options):
        raise PermissionError("/srv/donnees/secretes")

    monkeypatch.setattr(sante.default_storage, "save", refuser)
    constat = en_panne(client, "stockage")
    assert "PermissionError" in constat["dit"]
    assert "secretes" not in json.dumps(constat)
    assert client.get("/sante/web/").status_code == 200


def test_le_stockage_s_essaie_une_fois_par_minute_et_ne_garde_rien(client, jeton, monkeypatch, settings):
    essais = []
    vrai = sante.default_storage.save
    monkeypatch.setattr(sante.default_storage, "save", lambda *a, **o: essais.append(1) or vrai(*a, **o))
    for _ in range(5):
        client.get("/sante/")
    assert essais == [1]
    assert not sante.default_storage.exists("sante") or sante.default_storage.listdir("sante")[1] == []


def test_sans_travailleur_le_service_n_est_pas_rendu(client, jeton, en_file):
    cache.delete(battement.CLE)
    assert "Aucun travailleur" in en_panne(client, "travailleur")["dit"]
    assert client.get("/sante/web/").status_code == 200


def test_un_travailleur_qui_vient_de_faire_signe_est_vivant(client, jeton, en_file):
    battement.battre()
    statut, corps = detail(client)
    assert (statut, corps["controles"]["travailleur"]["dit"]) == (200, "Vivant.")
    cache.set(battement.CLE, time.time() - battement.SILENCE - 1)
    assert en_panne(client, "travailleur")["silence_s"] >= battement.SILENCE


def test_une_tache_qui_attend_trop_est_une_panne_et_une_tache_pour_plus_tard_non(client, jeton, en_file, settings):
    battement.battre()
    entretenir.using(run_after=timezone.now() + timedelta(hours=1)).enqueue()
    assert detail(client)[1]["controles"]["travailleur"]["en_attente"] == 0
    entretenir.enqueue()
    assert detail(client)[0] == 200
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=settings.SANTE_TACHE_MINUTES + 1))
    constat = en_panne(client, "travailleur")
    assert constat["en_attente"] == 1
    assert constat["plus_vieille_s"] > 60 * settings.SANTE_TACHE_MINUTES


def test_un_courriel_refuse_se_signale_sans_etre_une_panne(client, jeton):
    Courriel.objects.create(destinataire="a@b.example", gabarit="x", objet="x", etat="echec", essaye_le=timezone.now())
    statut, corps = detail(client)
    assert (statut, corps["etat"], corps["controles"]["courriels"]["echecs_24h"]) == (200, "attention", 1)
    assert client.get("/sante/").json() == {"etat": "ok"}
    Courriel.objects.update(essaye_le=timezone.now() - timedelta(days=2))
    assert detail(client)[1]["controles"]["courriels"]["etat"] == "ok"


@pytest.mark.parametrize(("libre", "etat"), [(100, "ko"), (600, "attention"), (5000, "ok")])
def test_un_disque_presque_plein_se_voit(client, jeton, monkeypatch, libre, etat):
    monkeypatch.setattr(sante.shutil, "disk_usage", lambda _: Usage(10_000 * sante.MEGA, libre * sante.MEGA))
    constat = detail(client)[1]["controles"]["disque"]
    assert (constat["etat"], constat["libre_mo"]) == (etat, libre)


class Usage:
    def __init__(self, total, free):
        self.total, self.free = total, free


class Faux:
    """Un certificat qui finit dans tant de jours."""

    essai = False

    def __init__(self, jours):
        self.au = timezone.now() + timedelta(days=jours, minutes=5)

    def valable(self):
        return self.au > timezone.now()


@pytest.mark.parametrize(("jours", "etat"), [(200, "ok"), (10, "attention"), (-2, "ko")])
def test_un_certificat_qui_expire_previent_puis_arrete(client, jeton, monkeypatch, jours, etat):
    monkeypatch.setattr(sante, "certificat", lambda: Faux(jours))
    constat = detail(client)[1]["controles"]["sceau"]
    assert (constat["etat"], constat["jours"]) == (etat, jours)


def test_un_certificat_illisible_est_une_panne(client, jeton, monkeypatch):
    def illisible():
        raise SceauImpossible("Le certificat du sceau ne se lit pas.")

    monkeypatch.setattr(sante, "certificat", illisible)
    assert "ne se lit pas" in en_panne(client, "sceau")["dit"]


def test_un_controle_qui_tombe_est_un_constat_sans_trace(client, jeton, monkeypatch, caplog):
    def tomber():
        raise KeyError("un secret")

    monkeypatch.setitem(registre._CONTROLES, "essai", registre.Controle("essai", tomber, vital=False, base=False))
    constat = en_panne(client, "essai")
    assert "KeyError" in constat["dit"]
    assert "un secret" not in json.dumps(constat)
    assert "essai" in caplog.text


def test_une_app_inscrit_le_sien(client, jeton, monkeypatch):
    monkeypatch.setattr(registre, "_CONTROLES", dict(registre._CONTROLES))
    registre.inscrire("antivirus", lambda: Constat(Etat.ATTENTION, "Ses signatures datent."), base=False)
    assert detail(client)[1]["controles"]["antivirus"] == {"etat": "attention", "dit": "Ses signatures datent."}


def test_la_reponse_est_rapide(client, jeton, en_file):
    battement.battre()
    client.get("/sante/")  # le premier lit les migrations et les éditions
    durees = []
    for _ in range(10):
        debut = time.perf_counter()
        client.get("/sante/")
        durees.append(time.perf_counter() - debut)
    assert min(durees) < 0.05, durees


def test_peu_de_requetes_quel_que_soit_le_nombre_de_taches(client, jeton, en_file, django_assert_max_num_queries):
    battement.battre()
    client.get("/sante/")
    for nombre in (1, 3):
        for _ in range(nombre):
            entretenir.enqueue()
        with django_assert_max_num_queries(7):
            client.get("/sante/")


def test_la_commande_dit_la_meme_chose(en_file):
    battement.battre()
    sortie = StringIO()
    call_command("sante", stdout=sortie)
    assert "✓ base" in sortie.getvalue()
    cache.delete(battement.CLE)
    sortie = StringIO()
    with pytest.raises(SystemExit) as arret:
        call_command("sante", "--json", stdout=sortie)
    assert arret.value.code == 1
    assert json.loads(sortie.getvalue())["controles"]["travailleur"]["etat"] == "ko"


def test_un_jeton_trop_court_est_refuse_en_production(settings):
    from esperluette.config.verifications import _jeton_de_sante

    settings.SANTE_JETON = "court"
    assert _jeton_de_sante().id == "esperluette.E007"
    for bon in ("", JETON):
        settings.SANTE_JETON = bon
        assert _jeton_de_sante() is None
