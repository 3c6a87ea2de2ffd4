"""L'archive d'une sauvegarde : un octet changé se voit, un membre inattendu se refuse, avant toute écriture."""

import io
import json
import tarfile
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

import esperluette
from esperluette.config.sauvegardes import actions, archive, etat, fichiers, postgresql
from esperluette.config.sauvegardes.archive import SauvegardeImpossible

LE = 1_764_000_000.0


@pytest.fixture
def atelier(tmp_path):
    """De quoi travailler : un dossier neuf à chaque appel."""

    def neuf(nom):
        (tmp_path / nom).mkdir()
        return tmp_path / nom

    return neuf


def manifeste(**autres):
    return {
        "format": 1,
        "logiciel": "esperluette",
        "version": esperluette.__version__,
        "le": "2026-11-22T03:00:00+00:00",
        "moteur": "sqlite",
        "moteur_version": "3",
        "outil": "",
        "migrations": [],
        "editions": {},
        "lignes": {},
        "fichiers": {"compris": True, "nombre": 2, "manquants": [], "changes": []},
    } | autres


def ecrire(chemin, travail, contenu=None):
    """Une petite archive, avec deux fichiers."""
    with archive.ecrire(str(chemin), travail, LE) as ecrivain:
        ecrivain.ajouter("base.sqlite3", io.BytesIO(b"une base"))
        for nom in ("un", "deux"):
            octets = b"".join(sha256(f"{nom}{rang}".encode()).digest() for rang in range(160))  # ne se comprime pas
            ecrivain.ajouter(f"fichiers/fichiers.fichier.contenu/2026/{nom}", io.BytesIO(octets))
        ecrivain.ajouter("MANIFESTE.json", io.BytesIO(json.dumps(contenu or manifeste()).encode()))
    return chemin


def verifier(chemin, travail):
    archive.verifier(chemin, travail, lambda _: None)


@pytest.mark.parametrize("nom", ["s.tar", "s.tar.gz", "s"])
def test_une_archive_se_relit_et_se_verifie(atelier, tmp_path, nom):
    chemin = ecrire(tmp_path / nom, atelier("ecrit"))
    travail = atelier("relu")
    verifier(chemin, travail)
    assert (travail / "base.sqlite3").read_bytes() == b"une base"
    assert not (travail / "fichiers").exists()
    assert len(list(archive.empreintes(travail))) == 4
    assert chemin.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("nom", ["s.tar", "s.tar.gz"])
def test_chaque_octet_change_se_voit(atelier, tmp_path, nom):
    """Tous, un sur deux cents : dans le contenu, les noms, les empreintes ou le remplissage."""
    octets = ecrire(tmp_path / nom, atelier("ecrit")).read_bytes()
    avant = contenus(octets)
    for rang in range(0, len(octets), 211):
        abimes = bytearray(octets)
        abimes[rang] ^= 0x20
        chemin = tmp_path / f"abime-{rang}"
        chemin.write_bytes(abimes)
        if est_admise(chemin, atelier(f"relu-{rang}")):
            assert contenus(bytes(abimes)) == avant, f"octet {rang}"  # une date, un propriétaire, du remplissage


def est_admise(chemin, travail):
    try:
        verifier(chemin, travail)
    except SauvegardeImpossible:
        return False
    return True


def contenus(octets):
    with tarfile.open(fileobj=io.BytesIO(octets)) as lue:
        return {m.name: lue.extractfile(m).read() for m in lue}


@pytest.mark.parametrize("part", [0, 0.01, 0.3, 0.7, 0.9])
@pytest.mark.parametrize("nom", ["s.tar", "s.tar.gz"])
def test_une_archive_tronquee_est_refusee(atelier, tmp_path, nom, part):
    octets = ecrire(tmp_path / nom, atelier("ecrit")).read_bytes()
    (tmp_path / "tronquee").write_bytes(octets[: int(len(octets) * part)])
    with pytest.raises(SauvegardeImpossible):
        verifier(tmp_path / "tronquee", atelier("relu"))


@pytest.mark.parametrize("contenu", [b"", b"\0" * 4096, b"PK\x03\x04", b"\x1f\x8b\x08\x00rien", "é".encode() * 5000])
def test_ce_qui_n_est_pas_une_archive_est_refuse_en_francais(atelier, tmp_path, contenu):
    (tmp_path / "autre").write_bytes(contenu)
    with pytest.raises(SauvegardeImpossible, match=r"abîmé|incomplet"):
        verifier(tmp_path / "autre", atelier("relu"))


def membre(nom, octets=b"x", **attributs):
    trouve = tarfile.TarInfo(nom)
    trouve.size = len(octets)
    for attribut, valeur in attributs.items():
        setattr(trouve, attribut, valeur)
    return trouve, octets


@pytest.mark.parametrize(
    "intrus",
    [
        membre("../ailleurs"),
        membre("/etc/passwd"),
        membre("fichiers/fichiers.fichier.contenu/../../../ailleurs"),
        membre("secrets/../../ailleurs"),
        membre("secrets/a/b"),
        membre("base.sqlite3", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        membre("base.sqlite3", b"", type=tarfile.LNKTYPE, linkname="MANIFESTE.json"),
        membre("base.sqlite3", b"", type=tarfile.FIFOTYPE),
        membre("base.exe"),
        membre("fichiers/fichiers.fichier.contenu/un\nfaux"),
        membre("fichiers\\fichiers.fichier.contenu\\x"),
    ],
    ids=lambda m: m[0].name,
)
def test_un_membre_inattendu_est_refuse_sans_rien_ecrire_ailleurs(atelier, tmp_path, intrus):
    info, octets = intrus
    lignes = f"{sha256(octets).hexdigest()}  {info.name}\n".encode()
    with tarfile.open(tmp_path / "piege.tar", "w") as piege:
        piege.addfile(info, io.BytesIO(octets))
        piege.addfile(membre("EMPREINTES.sha256", lignes)[0], io.BytesIO(lignes))
    travail = atelier("relu")
    avant = sorted(tmp_path.rglob("*"))
    with pytest.raises(SauvegardeImpossible, match="inattendu"):
        verifier(tmp_path / "piege.tar", travail)
    assert [f for f in sorted(tmp_path.rglob("*")) if f not in avant and travail not in f.parents] == []


def test_rien_ne_suit_les_empreintes(atelier, tmp_path):
    chemin = ecrire(tmp_path / "s.tar", atelier("ecrit"))
    with tarfile.open(chemin, "a") as suite:
        suite.addfile(*[membre("base.sqlite3", b"autre")[0], io.BytesIO(b"autre")])
    with pytest.raises(SauvegardeImpossible, match="abîmé"):
        verifier(chemin, atelier("relu"))


def test_une_ecriture_qui_echoue_ne_laisse_rien(atelier, tmp_path):
    class Coupe(io.BytesIO):
        def read(self, taille=-1):
            raise RuntimeError

    with pytest.raises(RuntimeError), archive.ecrire(str(tmp_path / "s.tar.gz"), atelier("ecrit"), LE) as ecrivain:
        ecrivain.ajouter("base.sqlite3", Coupe())
    assert [f.name for f in tmp_path.iterdir()] == ["ecrit"]


@pytest.mark.parametrize(
    ("changements", "dit"),
    [
        ({"logiciel": "autre"}, "n’est pas une sauvegarde"),
        ({"format": 99, "version": "9.0"}, "9.0, plus récente"),
        ({"format": "x"}, "n’est pas une sauvegarde"),
    ],
)
def test_un_manifeste_etranger_ou_plus_recent_est_refuse(atelier, tmp_path, changements, dit):
    travail = atelier("relu")
    verifier(ecrire(tmp_path / "s.tar", atelier("ecrit"), manifeste(**changements)), travail)
    with pytest.raises(SauvegardeImpossible, match=dit):
        actions._manifeste(tmp_path / "s.tar", travail)


@pytest.mark.parametrize(
    ("inconnue", "dit"),
    [
        (["dossiers", "9999_demain"], "une version plus récente"),
        (["demain", "0001_initial"], "une app que ce code n’a pas"),
    ],
)
def test_une_base_d_une_version_plus_recente_est_refusee(inconnue, dit):
    with pytest.raises(SauvegardeImpossible, match=dit):
        etat.manquantes([["dossiers", "0001_initial"], inconnue])


@pytest.mark.django_db
def test_une_base_a_jour_n_attend_aucune_migration_et_une_plus_ancienne_les_siennes():
    passees = etat.migrations_de("default")
    assert etat.manquantes(passees) == 0
    derniere = max(nom for app, nom in passees if app == "dossiers")
    assert etat.manquantes([m for m in passees if m != ["dossiers", derniere]]) == 1


def test_une_edition_qui_manque_ou_qui_differe_se_dit():
    resultat = actions.Restauration(manifeste(editions={"corse/2030-01": "x", "bretagne/2024-10": "autre"}))
    actions._avertir(resultat)
    assert [("manque ici" in a, "n’est pas la même" in a) for a in resultat.avertissements] == [
        (True, False),
        (False, True),
    ]


def test_tous_les_champs_de_fichier_sont_sauvegardes():
    """Un champ de fichier ajouté demain l'est sans qu'on y pense ; ceux qui ont une empreinte la disent."""
    assert set(fichiers.EMPREINTES) <= set(fichiers.champs())


def test_un_fichier_deja_la_n_est_pas_recrit_un_fichier_abime_l_est(tmp_path):
    depot = FileSystemStorage(tmp_path)
    empreinte = sha256(b"contenu").hexdigest()
    assert fichiers.poser(depot, "a/b", io.BytesIO(b"contenu"), empreinte) is True
    assert fichiers.poser(depot, "a/b", io.BytesIO(b"contenu"), empreinte) is False
    (tmp_path / "a" / "b").write_bytes(b"abime")
    assert fichiers.poser(depot, "a/b", io.BytesIO(b"contenu"), empreinte) is True
    assert fichiers.empreinte_de(depot, "a/b") == empreinte
    assert fichiers.empreinte_de(depot, "a/absent") == ""


def test_un_stockage_qui_range_ailleurs_est_refuse(tmp_path):
    class Fantasque(FileSystemStorage):
        def get_available_name(self, name, max_length=None):
            return f"{name}-ailleurs"

    depot = Fantasque(tmp_path)
    with pytest.raises(SauvegardeImpossible, match="refusé le nom"):
        fichiers.poser(depot, "a", io.BytesIO(b"contenu"), "x")
    assert list(tmp_path.iterdir()) == []


def test_un_stockage_s3_rend_et_prend_les_memes_octets(monkeypatch):
    import moto
    from storages.backends.s3 import S3Storage

    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "essai")
    with moto.mock_aws():
        depot = S3Storage(bucket_name="essais", region_name="us-east-1", file_overwrite=False)
        depot.connection.create_bucket(Bucket="essais")
        depot.save("fichiers/2026/a", ContentFile(b"avant"))
        empreinte = sha256(b"contenu").hexdigest()
        assert fichiers.empreinte_de(depot, "fichiers/2026/absent") == ""
        assert fichiers.poser(depot, "fichiers/2026/a", io.BytesIO(b"contenu"), empreinte) is True
        assert fichiers.poser(depot, "fichiers/2026/a", io.BytesIO(b"contenu"), empreinte) is False
        assert fichiers.empreinte_de(depot, "fichiers/2026/a") == empreinte


@pytest.mark.parametrize(
    ("dite", "majeure"),
    [("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15), ("pg_dump (PostgreSQL) 17rc1", 17), ("", 0)],
)
def test_la_version_d_un_outil_se_lit(dite, majeure):
    assert postgresql.majeure(dite) == majeure
