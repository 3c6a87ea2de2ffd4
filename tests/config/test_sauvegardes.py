"""Sauvegarder une installation, la restaurer ailleurs : la même, ou un refus clair ; jamais une moitié."""

import json
import os
import shutil
import signal
import subprocess
import tarfile
import threading
import time
from hashlib import sha256
from uuid import uuid4

import pytest

from esperluette.fichiers.models import Fichier
from tests.config.installations import MOTEUR, SUR_POSTGRESQL, Installation, base_neuve, base_oubliee, finir
from tests.documents.outils import programme

GROS = 300 * 1024 * 1024
MARGE = 64 * 1024 * 1024


def installation_neuve(dossier, nom, base):
    var = dossier / nom / "var"
    var.mkdir(parents=True)
    return Installation(var, base)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """Une installation peuplée, avec des documents et une pièce dans son stockage."""
    base = base_neuve("demonstration")
    lieu = installation_neuve(tmp_path_factory.mktemp("installations"), "demonstration", base)
    lieu.reussir("installer")
    lieu.reussir("demo", ESPERLUETTE_DEMONSTRATION="1")
    joindre(lieu, b"%PDF-1.7 une carte")
    yield lieu
    base_oubliee(base)


@pytest.fixture(scope="module")
def avant(demonstration):
    """Le portrait de l'installation, juste avant qu'on la sauvegarde."""
    return demonstration.portrait()


@pytest.fixture(scope="module")
def sauvegarde(demonstration, avant, tmp_path_factory):
    chemin = tmp_path_factory.mktemp("sauvegardes") / "tout.tar.gz"
    reponse = demonstration.repondre("sauvegarder", "-o", chemin)
    return chemin, reponse


@pytest.fixture(scope="module")
def restauree(sauvegarde, tmp_path_factory):
    """La même installation, ailleurs, après restauration."""
    base = base_neuve("restauree")
    lieu = installation_neuve(tmp_path_factory.mktemp("installations"), "restauree", base)
    reponse = lieu.repondre("restaurer", sauvegarde[0])
    yield lieu, reponse
    base_oubliee(base)


def joindre(lieu, octets, *, taille=None):
    """Pose un fichier dans le stockage, et la ligne qui le cite ; `taille` : un grand fichier creux."""
    fichier = Fichier(
        nom="carte.pdf",
        type_mime="application/pdf",
        taille=len(octets),
        empreinte=sha256(octets).hexdigest(),
        contenu=f"fichiers/2026/11/{uuid4().hex}",
    )
    chemin = lieu.var / "fichiers" / str(fichier.contenu)
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_bytes(octets)
    if taille:
        os.truncate(chemin, taille)
    champs = [c for c in Fichier._meta.local_concrete_fields if not c.primary_key]
    noms = ", ".join(f'"{champ.column}"' for champ in champs)
    marques = ", ".join("%s" if lieu.base else "?" for _ in champs)
    with lieu.ouvrir() as base:
        base.execute(
            f"INSERT INTO fichiers_fichier ({noms}) VALUES ({marques})",  # noqa: S608 — nos colonnes
            [a_plat(getattr(fichier, champ.attname)) for champ in champs],
        )
    return chemin


def a_plat(valeur):
    """Une valeur de champ, telle que toute base la prend."""
    if isinstance(valeur, list | dict):
        return json.dumps(valeur)
    return valeur if valeur is None or isinstance(valeur, int) else str(valeur)


def oublier(lieu, chemin):
    """Retire la ligne qui cite ce fichier."""
    with lieu.ouvrir() as base:
        base.execute(f"DELETE FROM fichiers_fichier WHERE contenu LIKE '%{chemin.name}'")  # noqa: S608 — notre nom


def test_la_sauvegarde_dit_ce_qu_elle_porte_et_n_est_lisible_que_de_soi(sauvegarde):
    chemin, reponse = sauvegarde
    assert reponse["moteur"] == MOTEUR
    assert reponse["octets"] == chemin.stat().st_size
    assert reponse["fichiers"]["nombre"] >= 2
    assert (reponse["fichiers"]["manquants"], reponse["fichiers"]["changes"], reponse["secrets"]) == ([], [], [])
    assert chemin.stat().st_mode & 0o777 == 0o600
    assert [f.name for f in chemin.parent.iterdir()] == [chemin.name]


def test_restauree_ailleurs_l_installation_est_la_meme(avant, restauree):
    lieu, reponse = restauree
    assert reponse["fidele"] is True
    assert reponse["journal"]["intact"] is True
    assert reponse["journal"]["evenements"] > 100
    apres = lieu.portrait()
    assert len(avant["comptes"]) > 30
    assert apres["comptes"] == avant["comptes"]
    assert apres["journal_avant"] == avant["journal"]
    assert apres["empreintes"] == avant["empreintes"]
    assert all(apres["empreintes"].values())
    assert {qui: statut for qui, (statut, _) in avant["pages"].items() if statut >= 500} == {}
    assert apres["pages"] == avant["pages"]


def test_apres_restauration_le_journal_reste_en_ajout_seul(restauree):
    lieu, _ = restauree
    with lieu.ouvrir() as base, pytest.raises(Exception, match="ajout seul"):
        base.execute("UPDATE journal_evenement SET sorte = 'autre'")


def test_restauree_par_dessus_une_autre_l_installation_redevient_celle_d_alors(restauree, sauvegarde):
    """Sans --oui, rien. Avec : la base d'alors, le fichier abîmé réparé, le fichier neuf laissé, nul connecté."""
    lieu, _ = restauree
    refus = lieu.lancer("restaurer", sauvegarde[0])
    assert (refus.returncode, "--oui" in refus.stderr) == (2, True)
    ancien = next(f for f in (lieu.var / "fichiers").rglob("*") if f.is_file())
    avant = ancien.read_bytes()
    ancien.write_bytes(b"abime")
    neuf = joindre(lieu, b"depuis la sauvegarde")  # et les compteurs des clés suivent
    with lieu.ouvrir() as base:
        base.execute("INSERT INTO django_session VALUES ('abc', 'x', '2999-01-01 00:00:00+00')")
    reponse = lieu.repondre("restaurer", sauvegarde[0], "--oui")
    assert reponse["fidele"] is True
    assert reponse["fichiers"]["poses"] == 1
    assert (ancien.read_bytes(), neuf.read_bytes()) == (avant, b"depuis la sauvegarde")
    with lieu.ouvrir() as base:
        cites = [nom for (nom,) in base.execute("SELECT contenu FROM fichiers_fichier").fetchall()]
        assert base.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    assert not any(nom.endswith(neuf.name) for nom in cites)


def test_un_tiers_verifie_l_archive_avec_sha256sum(sauvegarde, tmp_path):
    sha256sum = programme("sha256sum")
    with tarfile.open(sauvegarde[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    verdict = subprocess.run(
        [sha256sum, "--check", "EMPREINTES.sha256"], cwd=tmp_path, capture_output=True, check=False
    )
    assert verdict.returncode == 0, verdict.stdout


def test_les_secrets_ne_partent_que_sur_demande(demonstration, sauvegarde, tmp_path):
    with tarfile.open(sauvegarde[0]) as archive:
        assert not [nom for nom in archive.getnames() if nom.startswith("secrets/")]
    cle = (demonstration.var / "cle-secrete").read_text()
    assert cle.encode() not in b"".join(lus(sauvegarde[0]).values())
    chemin = tmp_path / "secrets.tar"
    reponse = demonstration.repondre("sauvegarder", "--avec-secrets", "--sans-fichiers", "-o", chemin)
    assert reponse["secrets"] == ["cle-secrete", "sceau-cle.pem", "sceau-certificat.pem"]
    base = base_neuve("secrets")
    lieu = installation_neuve(tmp_path, "secrets", base)
    reponse = json.loads(lieu.lancer("restaurer", chemin, "--avec-secrets", "--json").stdout)
    base_oubliee(base)
    assert (lieu.var / "cle-secrete").read_text() == cle
    assert (lieu.var / "sceau").is_dir()
    assert (lieu.var / "cle-secrete").stat().st_mode & 0o777 == 0o600
    assert any("ne porte pas les fichiers" in phrase for phrase in reponse["avertissements"])


def lus(chemin):
    with tarfile.open(chemin) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.name != "base.sqlite3"}


def test_un_fichier_absent_ou_change_se_dit_et_le_reste_est_sauvegarde(demonstration, tmp_path):
    perdu, change = joindre(demonstration, b"perdu"), joindre(demonstration, b"avant")
    perdu.unlink()
    change.write_bytes(b"apres")
    try:
        resultat = demonstration.lancer("sauvegarder", "-o", tmp_path / "partielle.tar", "--json")
    finally:
        oublier(demonstration, perdu)
        oublier(demonstration, change)
    assert resultat.returncode == 1
    constats = json.loads(resultat.stdout)["fichiers"]
    assert [nom.rpartition("/")[2] for nom in constats["manquants"]] == [perdu.name]
    assert [nom.rpartition("/")[2] for nom in constats["changes"]] == [change.name]
    assert constats["nombre"] >= 2


def test_un_fichier_deja_la_n_est_jamais_remplace(demonstration, sauvegarde):
    avant = sauvegarde[0].read_bytes()
    refus = demonstration.lancer("sauvegarder", "-o", sauvegarde[0])
    assert refus.returncode == 2
    assert "existe déjà" in refus.stderr
    assert sauvegarde[0].read_bytes() == avant


def test_une_ecriture_en_cours_est_toute_entiere_dans_la_copie_ou_pas_du_tout(demonstration, tmp_path):
    """Deux tables reçoivent leurs lignes ensemble, sans arrêt : la copie, versée dans un tube, en a autant."""
    fini, ecrites, pannes = threading.Event(), [0], []
    with demonstration.ouvrir() as base:
        for table in ("essai_un", "essai_deux"):
            base.execute(f"CREATE TABLE {table} (n integer)")

    def ecrire():
        try:
            with demonstration.ouvrir() as base:
                while not fini.is_set():
                    base.execute("BEGIN")
                    for table in ("essai_un", "essai_deux"):
                        base.execute(f"INSERT INTO {table} VALUES (1)")  # noqa: S608
                    base.execute("COMMIT")
                    ecrites[0] += 1
        except Exception as erreur:  # noqa: BLE001 — rapportée plus bas
            pannes.append(erreur)

    fil = threading.Thread(target=ecrire)
    fil.start()
    try:
        with (tmp_path / "vive.tar").open("wb") as tube:
            processus = demonstration.demarrer("sauvegarder", "--sans-fichiers", "-o", "-", sortie=tube)
            code, _ = finir(processus)
    finally:
        fini.set()
        fil.join()
    un, deux = compter(demonstration, tmp_path)
    with demonstration.ouvrir() as base:
        for table in ("essai_un", "essai_deux"):
            base.execute(f"DROP TABLE {table}")
    assert (code, pannes) == (0, [])
    assert un == deux
    assert 0 < un < ecrites[0]


def compter(lieu, dossier):
    """Les lignes des deux tables d'essai, dans la copie."""
    with tarfile.open(dossier / "vive.tar") as archive:
        archive.extractall(dossier, filter="data")
    if not lieu.base:
        copie = Installation(dossier)
        (dossier / "base.sqlite3").rename(dossier / "esperluette.sqlite3")
        with copie.ouvrir() as base:
            return [base.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("essai_un", "essai_deux")]  # noqa: S608
    lignes = []
    for table in ("essai_un", "essai_deux"):
        arguments = [programme("pg_restore"), "--data-only", f"--table={table}", "--file=-", dossier / "base.pgdump"]
        texte = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
        lignes.append(sum(1 for ligne in texte.splitlines() if ligne == "1"))
    return lignes


@pytest.fixture
def avec_un_gros_fichier(demonstration):
    chemin = joindre(demonstration, b"", taille=GROS)
    yield demonstration
    chemin.unlink()
    oublier(demonstration, chemin)


def test_la_memoire_ne_suit_pas_la_taille_des_fichiers(avec_un_gros_fichier, tmp_path):
    lieu = avec_un_gros_fichier
    _, sans = finir(lieu.demarrer("sauvegarder", "--sans-fichiers", "-o", tmp_path / "sans.tar"))
    code, avec = finir(lieu.demarrer("sauvegarder", "-o", tmp_path / "avec.tar.gz"))
    assert code == 1  # le gros fichier n'a pas l'empreinte notée : il est là tout de même
    assert avec - sans < MARGE
    code, relue = finir(lieu.demarrer("restaurer", tmp_path / "avec.tar.gz", "--verifier"))
    assert code == 0
    assert relue - sans < MARGE


@pytest.mark.parametrize(("arret", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_interrompue_la_sauvegarde_ne_laisse_aucun_fichier_a_son_nom(avec_un_gros_fichier, tmp_path, arret, code):
    processus = avec_un_gros_fichier.demarrer("sauvegarder", "-o", tmp_path / "s.tar.gz")
    attendre(lambda: any(f.stat().st_size for f in tmp_path.glob(".s.tar.gz.*.partiel")), processus)
    processus.send_signal(arret)
    assert finir(processus)[0] == code
    assert not (tmp_path / "s.tar.gz").exists()
    if arret != signal.SIGKILL:
        assert list(tmp_path.iterdir()) == []


def attendre(condition, processus):
    limite = time.monotonic() + 60
    while not condition():
        assert processus.poll() is None, "fini trop tôt"
        assert time.monotonic() < limite
        time.sleep(0.01)


def test_tuee_la_restauration_laisse_l_ancienne_base_et_se_relance(avec_un_gros_fichier, tmp_path):
    source = avec_un_gros_fichier
    source.lancer("sauvegarder", "-o", tmp_path / "s.tar")
    base = base_neuve("interrompue")
    lieu = installation_neuve(tmp_path, "interrompue", base)
    lieu.reussir("migrate", "--verbosity", "0")
    processus = lieu.demarrer("restaurer", tmp_path / "s.tar")
    attendre(lambda: [f for f in (lieu.var / "fichiers").rglob("*") if f.is_file()], processus)
    processus.send_signal(signal.SIGKILL)
    finir(processus)
    with lieu.ouvrir() as connexion:
        assert connexion.execute("SELECT count(*) FROM comptes_compte").fetchone() == (0,)
    reponse = json.loads(lieu.lancer("restaurer", tmp_path / "s.tar", "--json").stdout)
    base_oubliee(base)
    assert reponse["fidele"] is True


@pytest.mark.skipif(not SUR_POSTGRESQL, reason="SQLite se remet sans programme extérieur")
@pytest.mark.parametrize("faute", ["pg_restore s'arrête", "psql refuse"])
def test_un_outil_qui_tombe_au_milieu_laisse_la_base_telle_quelle(restauree, sauvegarde, tmp_path, faute):
    lieu, _ = restauree
    avant = tetes(lieu)
    outil, vrai = ("pg_restore", programme("pg_restore")) if "restore" in faute else ("psql", programme("psql"))
    faux = tmp_path / outil
    corps = (
        f'case "$*" in *--file=-*) "{vrai}" "$@" | head -c 200000; exit 1;; *) exec "{vrai}" "$@";; esac'
        if outil == "pg_restore"
        else f'case "$*" in *--version*) exec "{vrai}" "$@";; *) head -c 100000 | "{vrai}" "$@"; exit 3;; esac'
    )
    faux.write_text(f"#!/bin/sh\n{corps}\n")
    faux.chmod(0o755)
    refus = lieu.lancer("restaurer", sauvegarde[0], "--oui", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert refus.returncode == 2
    assert "restée telle quelle" in refus.stderr
    assert tetes(lieu) == avant


def tetes(lieu):
    with lieu.ouvrir() as base:
        return sorted(base.execute("SELECT cle, longueur, tete FROM journal_chaine").fetchall())


@pytest.mark.skipif(not SUR_POSTGRESQL, reason="SQLite se copie sans programme extérieur")
@pytest.mark.parametrize(("outil", "dit"), [(None, "manque"), ("echo pg_dump 9.6", "trop ancien")])
def test_sans_les_outils_de_postgresql_la_sauvegarde_dit_quoi_installer(demonstration, tmp_path, outil, dit):
    if outil:
        (tmp_path / "pg_dump").write_text(f"#!/bin/sh\n{outil}\n")
        (tmp_path / "pg_dump").chmod(0o755)
    (tmp_path / "git").symlink_to(shutil.which("true"))
    refus = demonstration.lancer("sauvegarder", "-o", tmp_path / "s.tar", PATH=str(tmp_path))
    assert refus.returncode == 2
    assert dit in refus.stderr
    assert "PostgreSQL" in refus.stderr or "version" in refus.stderr
    assert not (tmp_path / "s.tar").exists()


@pytest.mark.skipif(not SUR_POSTGRESQL, reason="le passage de SQLite à PostgreSQL demande PostgreSQL")
def test_une_installation_passe_de_sqlite_a_postgresql_et_n_en_revient_pas(tmp_path):
    pilote = installation_neuve(tmp_path, "pilote", "")
    pilote.reussir("installer")
    pilote.reussir("demo", ESPERLUETTE_DEMONSTRATION="1")
    joindre(pilote, b"une piece")
    avant = pilote.portrait()
    pilote.reussir("sauvegarder", "-o", tmp_path / "pilote.tar.gz")
    base = base_neuve("production")
    production = installation_neuve(tmp_path, "production", base)
    assert production.repondre("restaurer", tmp_path / "pilote.tar.gz")["fidele"] is True
    apres = production.portrait()
    assert apres["journal_avant"] == avant["journal"]
    assert [apres[quoi] for quoi in ("comptes", "empreintes", "pages")] == [
        avant[quoi] for quoi in ("comptes", "empreintes", "pages")
    ]
    with production.ouvrir() as connexion, pytest.raises(Exception, match="ajout seul"):
        connexion.execute("DELETE FROM journal_evenement")
    joindre(production, b"une autre")  # les compteurs suivent
    production.reussir("sauvegarder", "-o", tmp_path / "retour.tar.gz")
    base_oubliee(base)
    refus = pilote.lancer("restaurer", tmp_path / "retour.tar.gz", "--oui")
    assert refus.returncode == 2
    assert "l’inverse, non" in refus.stderr
