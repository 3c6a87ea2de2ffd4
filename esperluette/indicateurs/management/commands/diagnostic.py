"""`esperluette diagnostic CODE…` : les chiffres officiels d'un territoire, et d'où ils viennent."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.constats import TERRITOIRE, nombre
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.instantane import Instantane, LigneLue, ValeurLue

ETATS = {
    Etat.SECRET: "secret statistique",
    Etat.MASQUE: "effectif trop faible, masqué",
    Etat.MANQUANT: "manquant",
    Etat.NON_CHARGE: "non chargé",
}


class Command(BaseCommand):
    help = (
        "Les chiffres officiels de ces communes, face à l'intercommunalité, au département, à la région, à la France."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help="codes INSEE de communes")
        parser.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        releve = instantane(options["codes"])
        if not releve.communes:
            raise CommandError("Aucun de ces codes n'est celui d'une commune.", returncode=2)
        if options["json"]:
            self.stdout.write(json.dumps(releve.model_dump(mode="json"), ensure_ascii=False, indent=2))
        else:
            self._dire(releve)

    def _dire(self, releve: Instantane) -> None:
        self.stdout.write(", ".join(f"{c.nom} ({c.code})" for c in releve.communes))
        for theme in releve.themes:
            self.stdout.write(f"\n{theme.titre}")
            for ligne in theme.lignes:
                autres = [f"{n.nom} {_ecrire(ligne, ligne.valeurs[n.cle])}" for n in releve.niveaux]
                self.stdout.write(
                    f"  {ligne.libelle} : {_ecrire(ligne, ligne.valeurs[TERRITOIRE])} {ligne.unite} "
                    f"({' ; '.join(autres)})"
                )
        for constat in releve.constats:
            self.stdout.write(f"\n{constat.genre} : {constat.phrase}\n  {constat.source}")
        for jeu, commande in releve.non_charges.items():
            self.stdout.write(f"\n{jeu} n'est pas chargé : {commande}")


def _ecrire(ligne: LigneLue, valeur: ValeurLue) -> str:
    if valeur.valeur is None:
        return ETATS[valeur.etat]
    partiel = "" if valeur.etat == Etat.CONNU else f" sur {valeur.comptees} communes de {valeur.communes}"
    return nombre(valeur.valeur, ligne.decimales) + partiel
