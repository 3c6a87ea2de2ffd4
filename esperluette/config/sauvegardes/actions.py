"""Sauvegarder et restaurer une installation."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

import esperluette
from esperluette.config.sauvegardes import archive, etat, fichiers, passage, postgresql, sqlite
from esperluette.config.sauvegardes.archive import MANIFESTE, SauvegardeImpossible
from esperluette.documents.sceau import essai
from esperluette.journal import lectures as lectures_du_journal
from esperluette.journal.lectures import Rapport
from esperluette.referentiel import lecture as referentiel
from esperluette.territoires.avancement import Avancement

FORMAT = 1
LOGICIEL = "esperluette"
BASES = {"sqlite": "base.sqlite3", "postgresql": "base.pgdump"}
# Ce que tout manifeste dit, d'une version à l'autre.
MANIFESTE_DIT = {
    "format",
    "version",
    "le",
    "moteur",
    "moteur_version",
    "outil",
    "migrations",
    "editions",
    "lignes",
    "fichiers",
}
CLE_SECRETE = "cle-secrete"  # noqa: S105 — le nom du fichier


@dataclass(slots=True)
class Sauvegarde:
    """Ce qui a été sauvegardé, et ce qui n'a pas pu l'être."""

    fichier: str
    manifeste: dict[str, Any]
    octets: int
    manquants: list[str]
    changes: list[str]


@dataclass(slots=True)
class Restauration:
    """Ce qui a été restauré, ou seulement vérifié, et ce qu'on en constate ensuite."""

    manifeste: dict[str, Any]
    ecrite: bool = False
    fichiers_poses: int = 0
    fichiers_deja_la: int = 0
    fichiers_abimes: list[str] = field(default_factory=list)
    migrations: int = 0
    journal: Rapport | None = None
    lignes_perdues: dict[str, list[int]] = field(default_factory=dict)
    avertissements: list[str] = field(default_factory=list)

    @property
    def fidele(self) -> bool:
        """Rien ne manque, rien n'a changé, le journal est intact."""
        return not (self.fichiers_abimes or self.lignes_perdues or (self.journal and not self.journal.intact))


@contextmanager
def _atelier(pres_de: Path) -> Iterator[Path]:
    """Un dossier de travail à soi, sur le même disque ; il disparaît quoi qu'il arrive."""
    pres_de.mkdir(parents=True, exist_ok=True)
    dossier = Path(tempfile.mkdtemp(prefix=".esperluette-", dir=pres_de))
    try:
        yield dossier
    finally:
        shutil.rmtree(dossier, ignore_errors=True)


# --- sauvegarder


def sauvegarder(
    sortie: str, *, avec_fichiers: bool, avec_secrets: bool, avancement: Avancement | None = None
) -> Sauvegarde:
    """Écrit l'installation dans un seul fichier, pendant qu'elle sert ; « - » : la sortie standard.

    La base est celle d'un instant, les fichiers ceux qu'elle cite à cet instant. Le fichier ne paraît qu'entier.
    """
    dire = avancement or Avancement()
    chemin = Path(sortie)
    if sortie != archive.SORTIE_STANDARD:
        if chemin.exists():
            raise SauvegardeImpossible(f"« {chemin} » existe déjà : rien n’est remplacé. Donnez un autre nom.")
        if not chemin.parent.is_dir():
            raise SauvegardeImpossible(f"Le dossier « {chemin.parent} » n’existe pas.")
    le = timezone.now()
    pres_de = Path(settings.VAR) if sortie == archive.SORTIE_STANDARD else chemin.absolute().parent
    with _atelier(pres_de) as travail:
        dire.etape("Base")
        manifeste = _instantane(travail) | {"le": le.isoformat(timespec="seconds")}
        manquants: list[str] = []
        changes: list[str] = []
        with archive.ecrire(sortie, travail, le.timestamp()) as ecrivain:
            manifeste["base"] = {
                "octets": ecrivain.ajouter_chemin(BASES[manifeste["moteur"]], _base(travail, manifeste))
            }
            manifeste["secrets"] = _ajouter_les_secrets(ecrivain, travail) if avec_secrets else []
            compris = {"compris": avec_fichiers, "cites": manifeste.pop("cites"), "nombre": 0, "octets": 0}
            manifeste["fichiers"] = compris
            if avec_fichiers:
                _ajouter_les_fichiers(ecrivain, travail, compris, manquants, changes, dire)
            compris |= {"manquants": manquants, "changes": changes}
            texte = travail / MANIFESTE
            texte.write_text(json.dumps(manifeste, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            ecrivain.ajouter_chemin(MANIFESTE, texte)
        dire.fin()
    octets = 0 if sortie == archive.SORTIE_STANDARD else chemin.stat().st_size
    return Sauvegarde(sortie, manifeste, octets, manquants, changes)


def _base(travail: Path, manifeste: dict[str, Any]) -> Path:
    return travail / BASES[manifeste["moteur"]]


def _instantane(travail: Path) -> dict[str, Any]:
    """Copie la base dans `travail`, relève les fichiers qu'elle cite, et dit ce qu'elle est."""
    connexion = connections[DEFAULT_DB_ALIAS]
    moteur = connexion.vendor
    if moteur not in BASES:
        raise SauvegardeImpossible(f"Esperluette ne sait pas sauvegarder une base « {moteur} ».")
    base, liste = travail / BASES[moteur], travail / "cites"
    if moteur == "sqlite":
        sqlite.copier(base)
        with etat.copie_ouverte(base) as copie:
            version = ".".join(map(str, connections[copie].get_database_version()))
            return _decrire(copie, liste) | {"moteur": moteur, "moteur_version": version, "outil": ""}
    majeure = postgresql.version_du_serveur()
    with postgresql.instantane() as identifiant:
        description = _decrire(DEFAULT_DB_ALIAS, liste)
        ecrite_par = postgresql.exporter(base, identifiant)
    return description | {"moteur": moteur, "moteur_version": str(majeure), "outil": ecrite_par}


def _decrire(using: str, liste: Path) -> dict[str, Any]:
    passees = etat.migrations_de(using)
    if manquent := etat.manquantes(passees):
        raise SauvegardeImpossible(
            f"La base n’est pas à jour ({manquent} migrations à passer) : sauvegardez-la avec la version qui la sert, "
            "avant de mettre à jour ; ou lancez d’abord « esperluette installer »."
        )
    return {
        "format": FORMAT,
        "logiciel": LOGICIEL,
        "version": esperluette.__version__,
        "migrations": passees,
        "editions": {f"{e.region}/{e.numero}": e.empreinte for e in referentiel.editions()},
        "lignes": etat.lignes_de(using),
        "cites": fichiers.relever(using, liste),
    }


def secrets() -> dict[str, Path]:
    """Les fichiers secrets de l'installation, par leur nom dans l'archive ; ils ne partent que si on le demande."""
    sceau = essai()
    noms: dict[str, str | Path] = {
        CLE_SECRETE: Path(settings.VAR) / CLE_SECRETE,
        "sceau.p12": settings.SCEAU_PKCS12,
        "sceau-cle.pem": settings.SCEAU_CLE or sceau.cle,
        "sceau-certificat.pem": settings.SCEAU_CERTIFICAT or sceau.certificat,
    }
    return {nom: Path(chemin) for nom, chemin in noms.items() if chemin}


def _ajouter_les_secrets(ecrivain: archive.Ecrivain, travail: Path) -> list[str]:
    partis = []
    for nom, chemin in secrets().items():
        if nom == CLE_SECRETE:  # celle qui sert, qu'elle vienne d'un fichier ou de l'environnement
            chemin = travail / CLE_SECRETE
            chemin.write_text(settings.SECRET_KEY, encoding="ascii")
        if chemin.is_file():
            ecrivain.ajouter_chemin(f"secrets/{nom}", chemin)
            partis.append(nom)
    return partis


def _ajouter_les_fichiers(
    ecrivain: archive.Ecrivain,
    travail: Path,
    compris: dict[str, Any],
    manquants: list[str],
    changes: list[str],
    dire: Avancement,
) -> None:
    dire.etape("Fichiers", compris["cites"])
    for rang, (cle, nom, attendue) in enumerate(fichiers.cites(travail / "cites"), start=1):
        try:
            with fichiers.stockage(cle).open(nom, "rb") as contenu:
                taille, empreinte = ecrivain.ajouter(f"fichiers/{cle}/{nom}", contenu)
        except FileNotFoundError:
            manquants.append(f"{cle}/{nom}")
        else:
            compris["nombre"] += 1
            compris["octets"] += taille
            if attendue and attendue != empreinte:
                changes.append(f"{cle}/{nom}")
        dire.avance(rang)


# --- restaurer


def restaurer(
    fichier: Path,
    *,
    ecraser: bool = False,
    verifier_seulement: bool = False,
    avec_secrets: bool = False,
    avancement: Avancement | None = None,
) -> Restauration:
    """Remet l'installation dans l'état d'une sauvegarde, après en avoir vérifié chaque octet.

    Les fichiers d'abord, sans en retirer aucun ; la base ensuite, d'un seul geste. Interrompue, la restauration laisse
    l'ancienne base entière et se relance.
    """
    dire = avancement or Avancement()
    if not fichier.is_file():
        raise SauvegardeImpossible(f"Il n’y a pas de fichier « {fichier} ».")
    with _atelier(Path(settings.VAR)) as travail:
        dire.etape("Vérification", 0)
        archive.verifier(fichier, travail, dire.avance)
        resultat = Restauration(_manifeste(fichier, travail))
        resultat.migrations = _verifier_la_base(travail, resultat.manifeste)
        _avertir(resultat)
        if verifier_seulement:
            dire.fin()
            return resultat
        if not ecraser and not etat.est_vide():
            raise SauvegardeImpossible(
                "Cette installation a déjà des comptes : tout ce qu’elle porte serait remplacé. "
                "Sauvegardez-la, puis relancez avec --oui."
            )
        _poser_les_fichiers(fichier, travail, resultat, dire)
        dire.etape("Base")
        _remettre_la_base(travail, resultat.manifeste)
        resultat.ecrite = True
        if avec_secrets:
            _poser_les_secrets(travail, resultat)
        _constater(travail, resultat, dire)
        dire.fin()
    return resultat


def _manifeste(fichier: Path, travail: Path) -> dict[str, Any]:
    try:
        manifeste = json.loads((travail / MANIFESTE).read_text(encoding="utf-8"))
        if manifeste["logiciel"] != LOGICIEL or MANIFESTE_DIT - set(manifeste):
            raise ValueError(manifeste["logiciel"])
        plus_recente = int(manifeste["format"]) > FORMAT
    except (OSError, ValueError, KeyError, TypeError) as erreur:
        raise SauvegardeImpossible(f"« {fichier} » n’est pas une sauvegarde d’Esperluette.") from erreur
    if plus_recente:
        raise SauvegardeImpossible(
            f"« {fichier} » a été écrit par Esperluette {manifeste['version']}, plus récente que celle-ci "
            f"({esperluette.__version__}). Installez cette version, puis restaurez."
        )
    return manifeste  # type: ignore[no-any-return]


def _verifier_la_base(travail: Path, manifeste: dict[str, Any]) -> int:
    """Ce code sait lire cette base, et cette base est entière ; rend le nombre de migrations à lui passer."""
    a_passer = etat.manquantes(manifeste["migrations"])
    base, ici = _base(travail, manifeste), connections[DEFAULT_DB_ALIAS].vendor
    if manifeste["moteur"] == "sqlite":
        sqlite.verifier(base)
        if ici == "postgresql" and (autres := postgresql.tables_inconnues()):
            raise SauvegardeImpossible(f"La base porte des tables qui ne sont pas d’ici ({', '.join(autres[:3])}…).")
    elif ici == "postgresql":
        origine, ecrite_par = int(manifeste["moteur_version"]), postgresql.majeure(manifeste["outil"])
        postgresql.verifier(base, serveur_d_origine=origine, ecrite_par=ecrite_par)
    else:
        raise SauvegardeImpossible(
            "Cette sauvegarde vient de PostgreSQL : elle se restaure dans PostgreSQL. "
            "Donnez DATABASE_URL. (De SQLite vers PostgreSQL, oui ; l’inverse, non.)"
        )
    return a_passer


def _avertir(resultat: Restauration) -> None:
    manifeste = resultat.manifeste
    ici = {f"{e.region}/{e.numero}": e.empreinte for e in referentiel.editions()}
    for nom, empreinte in manifeste["editions"].items():
        if nom not in ici:
            resultat.avertissements.append(f"L’édition « {nom} » manque ici : voyez ESPERLUETTE_EDITIONS.")
        elif ici[nom] != empreinte:
            resultat.avertissements.append(f"L’édition « {nom} » n’est pas la même ici que lors de la sauvegarde.")
    if not manifeste["fichiers"]["compris"]:
        resultat.avertissements.append(
            "La sauvegarde ne porte pas les fichiers : ils doivent être déjà dans le stockage."
        )
    for nom in manifeste["fichiers"]["manquants"]:
        resultat.avertissements.append(f"Manquait déjà lors de la sauvegarde : {nom}.")
    for nom in manifeste["fichiers"]["changes"]:
        resultat.avertissements.append(f"N’avait déjà plus son empreinte lors de la sauvegarde : {nom}.")


def _poser_les_fichiers(fichier: Path, travail: Path, resultat: Restauration, dire: Avancement) -> None:
    dire.etape("Fichiers", resultat.manifeste["fichiers"]["nombre"])
    attendues = archive.empreintes(travail)
    with archive.lecture(fichier):
        for nom, _taille, contenu in archive.membres(fichier):
            empreinte = next(attendues, ("", ""))[1]
            if not nom.startswith("fichiers/"):
                continue
            _, cle, reste = nom.split("/", 2)
            if fichiers.poser(fichiers.stockage(cle), reste, contenu, empreinte):
                resultat.fichiers_poses += 1
            else:
                resultat.fichiers_deja_la += 1
            dire.avance(resultat.fichiers_poses + resultat.fichiers_deja_la)


def _remettre_la_base(travail: Path, manifeste: dict[str, Any]) -> None:
    base = _base(travail, manifeste)
    if manifeste["moteur"] == "postgresql":
        postgresql.remettre(base)
        etat.mettre_a_jour(DEFAULT_DB_ALIAS)
    else:
        with etat.copie_ouverte(base) as copie:
            etat.mettre_a_jour(copie)
            if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
                etat.mettre_a_jour(DEFAULT_DB_ALIAS)
                passage.verser(copie)
        if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
            sqlite.remettre(base)
    etat.oublier_les_sessions()


def _poser_les_secrets(travail: Path, resultat: Restauration) -> None:
    for nom, chemin in secrets().items():
        depose = travail / "secrets" / nom
        if not depose.is_file():
            continue
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.unlink(missing_ok=True)
        depose.chmod(0o600)
        shutil.move(depose, chemin)
        resultat.avertissements.append(f"Secret remis : {chemin}. L’environnement l’emporte s’il en dit un autre.")


def _constater(travail: Path, resultat: Restauration, dire: Avancement) -> None:
    """Ce qui a été remis est bien ce qui avait été sauvegardé."""
    dire.etape("Journal")
    resultat.journal = lectures_du_journal.verifier()
    dire.etape("Empreintes des fichiers", resultat.manifeste["fichiers"]["nombre"])
    vus = 0
    for nom, empreinte in archive.empreintes(travail):
        if nom.startswith("fichiers/"):
            _, cle, reste = nom.split("/", 2)
            vus += 1
            if fichiers.empreinte_de(fichiers.stockage(cle), reste) != empreinte:
                resultat.fichiers_abimes.append(f"{cle}/{reste}")
            dire.avance(vus)
    if resultat.migrations:
        return  # une migration a pu ajouter ou réunir des lignes
    avant, apres = resultat.manifeste["lignes"], etat.lignes_de(DEFAULT_DB_ALIAS)
    resultat.lignes_perdues = {
        modele: [nombre, apres.get(modele, 0)]
        for modele, nombre in avant.items()
        if modele != "sessions.session" and apres.get(modele, 0) != nombre
    }
