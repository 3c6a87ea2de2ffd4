"""Écrire l'archive d'un dossier : un zip en flux, les mêmes octets pour le même état, et de quoi le vérifier seul."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO

from django.template.loader import render_to_string

from esperluette.archives import journal
from esperluette.archives.chemins import Noms
from esperluette.documents.emport import Piece, PieceManquante, Public, Regard, piece_octets
from esperluette.dossiers.contributions import ARCHIVES
from esperluette.dossiers.models import Dossier

MANIFESTE = "MANIFESTE.sha256"
VERIFIER = "verifier.sh"
# Déjà compressés : les tasser encore ne coûterait que du temps.
TASSES = frozenset(f".{nom}" for nom in ("pdf", "docx", "odt", "xlsx", "ods", "jpg", "jpeg", "png", "webp", "zip"))
TITRES = {Public.EQUIPE: "la part de l’équipe", Public.ARS: "la part de l’ARS"}
SANS_DATE = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un fichier écrit dans l'archive."""

    chemin: str
    titre: str
    empreinte: str
    taille: int
    accueil: bool = False


@dataclass(slots=True)
class Bilan:
    """Ce que l'archive contient, et ce qui n'a pas pu y entrer tel qu'attendu."""

    lignes: list[Ligne] = field(default_factory=list)
    alertes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def octets(self) -> int:
        return sum(ligne.taille for ligne in self.lignes)


def ecrire(
    dossier: Dossier, regard: Regard, flux: IO[bytes], *, progres: Callable[[int, int], None] | None = None
) -> Bilan:
    """Écrit dans `flux` (qui se relit en arrière) ce que `regard` emporte du dossier. Le droit est vérifié avant.

    `progres(fait, total)` est appelé à chaque pièce. Mémoire bornée : un fichier gardé passe par morceaux.
    """
    apports = [piece for contribution in ARCHIVES for piece in contribution(dossier, regard)]
    total = len(apports) + journal.longueur_de(dossier)
    bilan, noms = Bilan(), Noms()
    with zipfile.ZipFile(flux, "w") as archive:
        for piece in chain(apports, journal.pieces(dossier, regard)):
            _ajouter(archive, piece, noms, bilan)
            if progres is not None:
                progres(min(len(bilan.lignes), total), total)
        for piece in _pour_verifier(dossier, regard, bilan):
            _ajouter(archive, piece, noms, bilan)
        _ajouter(archive, _manifeste(bilan), noms, bilan)
    return bilan


def _ajouter(archive: zipfile.ZipFile, piece: Piece, noms: Noms, bilan: Bilan) -> None:
    chemin = noms.sur(piece.chemin)
    try:
        morceaux = iter(piece.lire())
        premier = next(morceaux, b"")
    except PieceManquante as manque:
        bilan.alertes.append((piece.titre, str(manque)))
        return
    calcul, taille = hashlib.sha256(), 0
    with archive.open(_entree(chemin, piece), "w") as entree:
        for morceau in chain([premier], morceaux):
            calcul.update(morceau)
            taille += len(morceau)
            entree.write(morceau)
    empreinte = calcul.hexdigest()
    if piece.empreinte and piece.empreinte != empreinte:
        bilan.alertes.append((piece.titre, f"{chemin} n’a plus l’empreinte attendue ({piece.empreinte})."))
    bilan.lignes.append(Ligne(chemin, piece.titre, empreinte, taille, piece.accueil))


def _entree(chemin: str, piece: Piece) -> zipfile.ZipInfo:
    """La date est celle de l'acte, en temps universel : rien ne dépend du moment ni de la machine."""
    le = (piece.le or SANS_DATE).astimezone(UTC)
    entree = zipfile.ZipInfo(chemin, max(le, SANS_DATE).timetuple()[:6])
    entree.compress_type = zipfile.ZIP_STORED if Path(chemin).suffix.lower() in TASSES else zipfile.ZIP_DEFLATED
    entree.create_system = 3
    entree.external_attr = (0o755 if chemin == VERIFIER else 0o644) << 16
    entree.file_size = piece.taille or 0
    return entree


def _pour_verifier(dossier: Dossier, regard: Regard, bilan: Bilan) -> Iterator[Piece]:
    """Le mode d'emploi et le script ; tout y est texte, rien n'y dépend d'Esperluette."""
    maillons = {ligne.chemin.split(".")[0] for ligne in bilan.lignes if ligne.chemin.startswith("journal/0")}
    contexte = {
        "dossier": dossier,
        "part": TITRES[regard.pour],
        "accueil": [ligne for ligne in bilan.lignes if ligne.accueil],
        "lignes": [ligne for ligne in bilan.lignes if not ligne.chemin.startswith("journal/")],
        "maillons": len(maillons),
        "alertes": bilan.alertes,
    }
    for nom, accueil in (("LISEZ-MOI.html", True), ("LISEZ-MOI.txt", False)):
        texte = render_to_string(f"archives/{nom}", contexte)
        yield piece_octets(nom, "Comment lire et vérifier cette archive", texte.encode(), accueil=accueil)
    script = render_to_string(f"archives/{VERIFIER}")
    yield piece_octets(VERIFIER, "Vérifie tout, sous Linux et macOS", script.encode())


def _manifeste(bilan: Bilan) -> Piece:
    """Une ligne par fichier, au format que lit `sha256sum -c`."""
    triees = sorted(bilan.lignes, key=lambda ligne: ligne.chemin)
    texte = "".join(f"{ligne.empreinte}  {ligne.chemin}\n" for ligne in triees)
    return piece_octets(MANIFESTE, "L’empreinte de chaque fichier", texte.encode())
