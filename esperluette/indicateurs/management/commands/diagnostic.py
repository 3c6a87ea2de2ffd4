"""`esperluette diagnostic CODE…` : les chiffres officiels d'un territoire, et d'où ils viennent."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.indicateurs.calcul import Etat, Valeur
from esperluette.indicateurs.diagnostic import TERRITOIRE, Diagnostic, Ligne, diagnostic

ETATS = {Etat.SECRET: "secret statistique", Etat.MANQUANT: "manquant", Etat.NON_CHARGE: "non chargé"}


class Command(BaseCommand):
    help = (
        "Les chiffres officiels de ces communes, face à l'intercommunalité, au département, à la région, à la France."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help="codes INSEE de communes")
        parser.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        calcule = diagnostic(options["codes"])
        if not calcule.communes:
            raise CommandError("Aucun de ces codes n'est celui d'une commune.", returncode=2)
        if options["json"]:
            self.stdout.write(json.dumps(en_json(calcule), ensure_ascii=False, indent=2))
        else:
            self._dire(calcule)

    def _dire(self, calcule: Diagnostic) -> None:
        self.stdout.write(", ".join(str(c) for c in calcule.communes))
        for theme, lignes in calcule.themes:
            self.stdout.write(f"\n{theme.titre}")
            for ligne in lignes:
                autres = [f"{n.nom} {_ecrire(ligne, ligne.valeurs[n.cle.split(':')[0]])}" for n in calcule.niveaux]
                self.stdout.write(
                    f"  {ligne.definition.libelle} : {_ecrire(ligne, ligne.valeur)} {ligne.definition.unite} "
                    f"({' ; '.join(autres)})"
                )
        for jeu, commande in calcule.non_charges.items():
            self.stdout.write(f"\n{jeu} n'est pas chargé : {commande}")


def _ecrire(ligne: Ligne, valeur: Valeur) -> str:
    if valeur.valeur is None:
        return ETATS[valeur.etat]
    nombre = f"{valeur.valeur:,.{ligne.definition.decimales}f}".replace(",", " ").replace(".", ",")
    partiel = "" if valeur.etat == Etat.CONNU else f" sur {valeur.comptees} communes de {valeur.communes}"
    return nombre + partiel


def en_json(calcule: Diagnostic) -> dict[str, Any]:
    """La réponse stable de la commande."""
    return {
        "communes": [{"code": c.pk, "nom": c.nom} for c in calcule.communes],
        "niveaux": [{"cle": n.cle, "nom": n.nom} for n in calcule.niveaux],
        "chiffres": [_ligne(ligne) for ligne in calcule.lignes.values()],
        "non_charges": dict(calcule.non_charges),
    }


def _ligne(ligne: Ligne) -> dict[str, Any]:
    d = ligne.definition
    return {
        "id": d.id,
        "libelle": d.libelle,
        "unite": d.unite,
        **_valeur(ligne.valeurs[TERRITOIRE]),
        "comparaisons": {n: _valeur(v) for n, v in ligne.valeurs.items() if n != TERRITOIRE},
        "methode": d.explication,
        "sources": [asdict(source) for source in ligne.sources],
    }


def _valeur(valeur: Valeur) -> dict[str, Any]:
    return {
        "valeur": valeur.valeur,
        "etat": valeur.etat.value,
        "communes": valeur.communes,
        "comptees": valeur.comptees,
        "tues": valeur.tues,
    }
