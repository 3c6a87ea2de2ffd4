"""Le fichier de sauvegarde : l'écrire en flux, le relire en vérifiant chaque octet. Sans base ni stockage."""

import gzip
import hashlib
import os
import re
import sys
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from esperluette.commun.erreurs import ErreurMetier

MANIFESTE, EMPREINTES = "MANIFESTE.json", "EMPREINTES.sha256"
BLOC = 256 * 1024  # octets lus à la fois
EN_MEMOIRE = 4 * 1024 * 1024  # au-delà, un fichier attend sur le disque
COMPRESSION = 3  # les PDF et les images le sont déjà : davantage coûterait du temps pour rien
SORTIE_STANDARD = "-"
_NOMS = re.compile(r"MANIFESTE\.json|base\.(sqlite3|pgdump)|secrets/[\w.-]+|fichiers/[a-z0-9_.]+/.+", re.ASCII)


class SauvegardeImpossible(ErreurMetier):
    """La sauvegarde ou la restauration s'arrête, sans rien laisser à moitié ; le message dit pourquoi et que faire."""


class Ecrivain:
    """Ajoute des membres à l'archive, et retient l'empreinte de chacun sur le disque."""

    def __init__(self, tar: tarfile.TarFile, empreintes: IO[bytes], le: float) -> None:
        self.tar, self.empreintes, self.le = tar, empreintes, le

    def ajouter(self, nom: str, contenu: IO[bytes]) -> tuple[int, str]:
        """Ajoute un membre lu jusqu'au bout, par blocs ; rend sa taille et son empreinte."""
        empreinte, taille = hashlib.sha256(), 0
        with SpooledTemporaryFile(max_size=EN_MEMOIRE) as tampon:
            while bloc := contenu.read(BLOC):
                empreinte.update(bloc)
                taille += len(bloc)
                tampon.write(bloc)
            tampon.seek(0)
            self._poser(nom, tampon, taille)
        self._noter(nom, empreinte.hexdigest())
        return taille, empreinte.hexdigest()

    def ajouter_chemin(self, nom: str, chemin: Path) -> int:
        """Ajoute un fichier déjà sur le disque, sans le copier."""
        with chemin.open("rb") as contenu:
            empreinte = hashlib.file_digest(contenu, "sha256").hexdigest()
            taille = contenu.seek(0, os.SEEK_END)
            contenu.seek(0)
            self._poser(nom, contenu, taille)
        self._noter(nom, empreinte)
        return taille

    def clore(self) -> None:
        """Le dernier membre : les empreintes de tous les autres. Sans lui, l'archive est incomplète."""
        taille = self.empreintes.tell()
        self.empreintes.seek(0)
        self._poser(EMPREINTES, self.empreintes, taille)

    def _poser(self, nom: str, contenu: Any, taille: int) -> None:
        membre = tarfile.TarInfo(nom)
        membre.size, membre.mtime, membre.mode = taille, self.le, 0o600
        self.tar.addfile(membre, contenu)

    def _noter(self, nom: str, empreinte: str) -> None:
        self.empreintes.write(f"{empreinte}  {nom}\n".encode())


@contextmanager
def ecrire(sortie: str, travail: Path, le: float) -> Iterator[Ecrivain]:
    """Une archive neuve, qui ne prend son nom qu'une fois complète et sur le disque ; « - » : la sortie standard."""
    if sortie == SORTIE_STANDARD:
        with _en_cours(sys.stdout.buffer, travail, le, compresser=True) as ecrivain:
            yield ecrivain
        sys.stdout.buffer.flush()
        return
    chemin = Path(sortie)
    partiel = chemin.with_name(f".{chemin.name}.{os.getpid()}.partiel")
    # Des données personnelles : à soi seul, dès la création.
    descripteur = os.open(partiel, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descripteur, "wb") as flux:
            with _en_cours(flux, travail, le, compresser=not chemin.name.endswith(".tar")) as ecrivain:
                yield ecrivain
            flux.flush()
            os.fsync(flux.fileno())
        if chemin.exists():
            raise SauvegardeImpossible(f"« {chemin} » existe déjà : rien n’est remplacé. Donnez un autre nom.")
        partiel.replace(chemin)
    finally:
        partiel.unlink(missing_ok=True)


@contextmanager
def _en_cours(flux: IO[bytes], travail: Path, le: float, *, compresser: bool) -> Iterator[Ecrivain]:
    with ExitStack() as ouverts:
        empreintes = ouverts.enter_context((travail / EMPREINTES).open("w+b"))
        vers: Any = flux
        if compresser:
            vers = ouverts.enter_context(gzip.GzipFile("", "wb", COMPRESSION, flux, mtime=le))
        tar = ouverts.enter_context(tarfile.open(fileobj=vers, mode="w|", format=tarfile.PAX_FORMAT))
        ecrivain = Ecrivain(tar, empreintes, le)
        yield ecrivain
        ecrivain.clore()


@contextmanager
def lecture(chemin: Path) -> Iterator[None]:
    """Une lecture de l'archive qui échoue dans ce bloc dit que le fichier est abîmé."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as erreur:
        raise SauvegardeImpossible(
            f"« {chemin} » est abîmé, incomplet, ou n’est pas une sauvegarde d’Esperluette ({erreur})."
        ) from erreur
    except OSError as erreur:
        if erreur.errno is None:  # gzip : empreinte fausse
            raise SauvegardeImpossible(f"« {chemin} » est abîmé ({erreur}).") from erreur
        raise SauvegardeImpossible(f"« {chemin} » ne se lit pas : {erreur.strerror}.") from erreur


def membres(chemin: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Chaque membre, dans l'ordre : nom, taille, contenu à lire avant de passer au suivant."""
    with lecture(chemin), _decompresse(chemin) as flux, tarfile.open(fileobj=flux, mode="r|", bufsize=BLOC) as tar:
        for membre in tar:
            if not membre.isreg() or not _nom_admis(membre.name):
                raise SauvegardeImpossible(
                    f"« {chemin} » porte un membre inattendu : {membre.name!r}. Rien n’est écrit."
                )
            contenu = tar.extractfile(membre)
            if contenu is None:  # pragma: no cover — un fichier ordinaire se lit toujours
                raise SauvegardeImpossible(f"« {chemin} » : {membre.name!r} ne se lit pas.")
            yield membre.name, membre.size, contenu


def _decompresse(chemin: Path) -> IO[bytes]:
    """L'archive, décompressée s'il le faut ; par petits morceaux, si grande soit-elle une fois ouverte."""
    with chemin.open("rb") as debut:
        compresse = debut.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(chemin) if compresse else chemin.open("rb"))


def _nom_admis(nom: str) -> bool:
    propre = ".." not in nom.split("/") and "\\" not in nom and nom.isprintable()
    return propre and (nom == EMPREINTES or _NOMS.fullmatch(nom) is not None)


def verifier(chemin: Path, travail: Path, avance: Any) -> None:
    """Lit toute l'archive et vérifie chaque empreinte ; dépose dans `travail` la base, le manifeste, les empreintes et
    les secrets. Lève `SauvegardeImpossible` à la première faute.
    """
    attendues = travail / EMPREINTES
    with lecture(chemin), (travail / "relues").open("w+b") as relues:
        lus = 0
        for nom, taille, contenu in membres(chemin):
            if attendues.exists():
                raise SauvegardeImpossible(f"« {chemin} » est abîmé : des membres suivent les empreintes.")
            depose = travail / nom if not nom.startswith("fichiers/") else None
            empreinte = _lire(contenu, depose)
            if nom != EMPREINTES:
                relues.write(f"{empreinte}  {nom}\n".encode())
            lus += taille
            avance(lus)
        if not attendues.exists():
            raise SauvegardeImpossible(
                f"« {chemin} » est incomplet : ses empreintes manquent. Prenez une autre sauvegarde."
            )
        relues.seek(0)
        with attendues.open("rb") as ecrites:
            _comparer(chemin, relues, ecrites)


def _lire(contenu: IO[bytes], depose: Path | None) -> str:
    empreinte = hashlib.sha256()
    if depose is None:
        while bloc := contenu.read(BLOC):
            empreinte.update(bloc)
        return empreinte.hexdigest()
    depose.parent.mkdir(parents=True, exist_ok=True)
    with depose.open("wb") as sortie:
        while bloc := contenu.read(BLOC):
            empreinte.update(bloc)
            sortie.write(bloc)
    return empreinte.hexdigest()


def _comparer(chemin: Path, relues: IO[bytes], ecrites: IO[bytes]) -> None:
    """Les mêmes lignes, dans le même ordre, et rien de plus."""
    while True:
        relue, ecrite = relues.readline(), ecrites.readline()
        if relue != ecrite:
            nom = (ecrite or relue).decode("utf-8", "replace").rstrip("\n")[66:]
            raise SauvegardeImpossible(
                f"« {chemin} » est abîmé : « {nom} » n’a pas l’empreinte attendue. Rien n’est écrit."
            )
        if not relue:
            return


def empreintes(travail: Path) -> Iterator[tuple[str, str]]:
    """Les membres d'une archive vérifiée et leur empreinte."""
    with (travail / EMPREINTES).open(encoding="utf-8") as lignes:
        for ligne in lignes:
            yield ligne[66:].rstrip("\n"), ligne[:64]
