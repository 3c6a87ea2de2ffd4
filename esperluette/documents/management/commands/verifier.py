"""`esperluette verifier FICHIER…` : un document est-il intact, de qui vient-il, vaut-il toujours ?"""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.utils import OperationalError, ProgrammingError

from esperluette.documents.constat import Constat
from esperluette.documents.enums import Verdict
from esperluette.documents.erreurs import SceauImpossible
from esperluette.documents.lecture_du_sceau import Autorites, autorites
from esperluette.documents.models import DocumentProduit
from esperluette.documents.verification import VerificationRefusee, verifier

SIGNES = {Verdict.INTACT: "✓", Verdict.ALTERE: "✗"}


class Command(BaseCommand):
    help = "Vérifie des documents. Sortie : 0 tous intacts, 1 au moins un ne l’est pas, 2 un fichier ne se lit pas."
    requires_system_checks = []  # un certificat mal réglé n'empêche pas de vérifier

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichiers", nargs="+", type=Path, metavar="FICHIER", help="PDF, DOCX, ODT, JSON canonique")
        parser.add_argument("--json", action="store_true", help="réponse en JSON")
        parser.add_argument("--hors-ligne", action="store_true", help="sans la base : le sceau seul")
        parser.add_argument(
            "--autorite", action="append", default=[], type=Path, metavar="PEM", help="se fier aussi à cette autorité"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base = not options["hors_ligne"] and base_prete()
        try:
            reconnues = autorites(tuple(options["autorite"]))
        except SceauImpossible as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        reponses = [_examiner(fichier, base=base, reconnues=reconnues) for fichier in options["fichiers"]]
        if options["json"]:
            self.stdout.write(json.dumps([reponse for reponse, _ in reponses], ensure_ascii=False))
        else:
            self.stdout.write("\n\n".join(_en_phrases(*reponse) for reponse in reponses))
        sys.exit(_code([constat for _, constat in reponses]))


def base_prete() -> bool:
    """Les documents de l'installation peuvent être consultés."""
    nom = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not nom.startswith("file:") and not Path(nom).exists():
        return False  # l'ouvrir la créerait, vide
    try:
        return DocumentProduit.objects.exists() or True
    except (OperationalError, ProgrammingError):
        return False


def _examiner(fichier: Path, *, base: bool, reconnues: Autorites) -> tuple[dict[str, Any], Constat | None]:
    """La réponse JSON pour ce fichier, et son constat ; None s'il ne se lit pas."""
    try:
        taille = fichier.stat().st_size
        if taille > settings.TAILLE_MAXIMALE_VERIFICATION:  # sans le lire
            raise VerificationRefusee(f"Ce fichier est trop gros ({taille} octets).")
        constat = verifier(fichier.read_bytes(), base=base, reconnues=reconnues)
    except OSError as erreur:
        return {"chemin": str(fichier), "erreur": f"Ce fichier ne s’ouvre pas : {erreur.strerror}."}, None
    except VerificationRefusee as erreur:
        return {"chemin": str(fichier), "erreur": str(erreur)}, None
    return {"chemin": str(fichier), "erreur": None} | constat.en_json(), constat


def _code(constats: list[Constat | None]) -> int:
    if any(constat is None for constat in constats):
        return 2
    return 0 if all(constat and constat.verdict == Verdict.INTACT for constat in constats) else 1


def _en_phrases(reponse: dict[str, Any], constat: Constat | None) -> str:
    if constat is None:
        return f"! {reponse['chemin']}\n  {reponse['erreur']}"
    lignes = [f"{SIGNES.get(constat.verdict, '?')} {reponse['chemin']} : {constat.phrase}."]
    lignes += [f"  {phrase}" for phrase in constat.explications]
    sceau, document = reponse["sceau"], reponse["document"]
    if sceau["sujet"]:
        lignes.append(f"  Sceau : {sceau['sujet']}, certifié par {sceau['emetteur']}, le {sceau['le']}.")
    if sceau["horodatage"]:
        lignes.append(f"  Horodatage : {sceau['horodatage']['service']}, le {sceau['horodatage']['le']}.")
    if document:
        lignes.append(f"  {document['libelle']} ({document['etat']})" + _suite(document))
        lignes += [f"  Signé par {s['nom']} ({s['qualite']}), le {s['le']}" for s in document["signataires"]]
    return "\n".join(lignes)


def _suite(document: dict[str, Any]) -> str:
    parts = [document["reference"], document["emetteur"], document["code"]]
    return "".join(f", {part}" for part in parts if part)
