"""`esperluette sceau engendrer|etat` : l'autorité d'essai, et le certificat qui scelle."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from esperluette.documents import autorite, sceau
from esperluette.documents.erreurs import SceauImpossible


class Command(BaseCommand):
    help = "Le certificat qui scelle les PDF gardés ; engendre une autorité d’essai hors production."
    requires_system_checks = []  # elle sert à corriger ce qu'ils signalent

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="engendrer|etat")
        engendrer = gestes.add_parser("engendrer", help="crée une autorité et un certificat d’essai, sans valeur")
        engendrer.add_argument("--renouveler", action="store_true", help="même s’il y en a déjà un")
        etat = gestes.add_parser("etat", help="dit avec quoi l’on scelle. Sortie : 0 prêt, 1 rien ou inutilisable")
        etat.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *, geste: str, **options: Any) -> None:
        if geste == "engendrer":
            self._engendrer(options["renouveler"])
        else:
            self._dire(options["json"])

    def _engendrer(self, renouveler: bool) -> None:
        if settings.PRODUCTION:
            raise CommandError("En production, un certificat d’essai ne vaut rien : aucun n’est créé.", returncode=2)
        essai = sceau.essai()
        if essai.existe and not renouveler:
            self.stdout.write("L’autorité d’essai est déjà là.")
            return
        try:
            autorite.engendrer(essai.dossier)
        except OSError as erreur:
            raise CommandError(
                f"Le dossier « {essai.dossier} » ne peut pas être écrit : {erreur}", returncode=2
            ) from None
        self.stdout.write(
            f"Autorité d’essai créée dans {essai.dossier} : les documents gardés seront scellés, sans valeur."
        )

    def _dire(self, en_json: bool) -> None:
        etat = etat_du_sceau()
        self.stdout.write(json.dumps(etat, ensure_ascii=False) if en_json else "\n".join(_phrases(etat)))
        if not etat["pret"]:
            sys.exit(1)


def etat_du_sceau() -> dict[str, Any]:
    """Avec quoi l'on scelle, en clés stables."""
    etat: dict[str, Any] = {
        "pret": False, "source": sceau.reglages().source, "sujet": "", "emetteur": "", "du": None, "au": None,
        "essai": None, "horodatage": settings.SCEAU_HORODATAGE,
        "long_terme": bool(settings.SCEAU_HORODATAGE and settings.SCEAU_LONG_TERME), "erreur": "",
    }  # fmt: skip
    try:
        certificat = sceau.certificat()
    except SceauImpossible as erreur:
        return etat | {"erreur": str(erreur)}
    if certificat is None:
        return etat | {"erreur": "Aucun certificat n’est réglé : les documents ne sont pas scellés."}
    return etat | {
        "pret": certificat.valable(),
        "sujet": certificat.sujet,
        "emetteur": certificat.emetteur,
        "du": certificat.du.isoformat(),
        "au": certificat.au.isoformat(),
        "essai": certificat.essai,
        "erreur": "" if certificat.valable() else "Le certificat n’est pas dans ses dates.",
    }


def _phrases(etat: dict[str, Any]) -> list[str]:
    if not etat["sujet"]:
        return [etat["erreur"]]
    lignes = [
        f"Scellé par : {etat['sujet']}" + (" (ESSAI, sans valeur)" if etat["essai"] else ""),
        f"Émis par : {etat['emetteur']}",
        f"Valable du {etat['du'][:10]} au {etat['au'][:10]}",
        f"Horodatage : {etat['horodatage'] or 'aucun'}" + (" ; preuves de long terme" if etat["long_terme"] else ""),
    ]
    return [*lignes, etat["erreur"]] if etat["erreur"] else lignes
