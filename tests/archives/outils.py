"""De quoi ouvrir une archive comme le ferait un tiers : unzip, sha256sum, sh."""

import io
import subprocess
import zipfile
from pathlib import Path

from esperluette.archives.fabrication import ecrire
from esperluette.documents.emport import Public, Regard
from esperluette.dossiers.actions.redaction import joindre_piece
from esperluette.dossiers.contributions import ARCHIVES
from esperluette.fichiers.actions import enregistrer
from tests.documents.outils import programme
from tests.fabriques.fichiers import pdf, upload

# Le travail d'un tiers : suivre la chaîne, avec sha256sum et grep seulement.
SUIVRE_LA_CHAINE = r"""
precedente=""
for maillon in journal/[0-9][0-9][0-9][0-9][0-9][0-9].json; do
    grep -qF "\"precedente\":\"$precedente\"" "$maillon" || { echo "rompu : $maillon"; exit 1; }
    precedente=$(sha256sum "$maillon" | cut -c 1-64)
done
[ "$(cut -d' ' -f2 journal/TETE.txt)" = "$precedente" ] || { echo "la fin manque"; exit 1; }
"""


def octets(dossier, pour=Public.EQUIPE, compte=None):
    """L'archive, en mémoire."""
    flux = io.BytesIO()
    ecrire(dossier, Regard(pour, compte), flux)
    return flux.getvalue()


def ouvrir(archive: bytes, ici: Path) -> Path:
    ici.mkdir(parents=True, exist_ok=True)
    zipfile.ZipFile(io.BytesIO(archive)).extractall(ici)
    return ici


def lancer(script: str, ici: Path) -> tuple[int, str]:
    programme("sha256sum")
    fini = subprocess.run(["sh", "-c", script], cwd=ici, capture_output=True, text=True, check=False)
    return fini.returncode, fini.stdout + fini.stderr


def manifeste(ici: Path) -> int:
    return lancer("sha256sum -c --quiet MANIFESTE.sha256", ici)[0]


def chemins(dossier, pour=Public.EQUIPE, compte=None):
    """Ce que les apps apportent, sans rien lire ni produire."""
    regard = Regard(pour, compte)
    return {piece.chemin for contribution in ARCHIVES for piece in contribution(dossier, regard)}


def lire(dossier, chemin, pour=Public.EQUIPE, compte=None):
    """Le contenu d'une pièce, en texte."""
    regard = Regard(pour, compte)
    pieces = (piece for contribution in ARCHIVES for piece in contribution(dossier, regard))
    return b"".join(next(p for p in pieces if p.chemin == chemin).lire()).decode()


def contenu(nom):
    """Un PDF différent par nom : la même empreinte ne se joint pas deux fois."""
    return pdf() + f"\n% {nom}\n".encode()


def fichier(nom, acteur):
    return enregistrer(upload(nom, contenu(nom)), acteur=acteur)


def joindre(dossier, acteur, nom):
    """Une pièce jointe au brouillon, par la vraie action."""
    return joindre_piece(dossier, upload(nom, contenu(nom)), acteur=acteur, libelle=nom)
