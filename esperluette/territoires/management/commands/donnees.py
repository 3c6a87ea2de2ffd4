"""`esperluette donnees …` : importer les jeux officiels, dire où l'on en est, décrire ce qu'on sait lire."""

import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.tableur import sans_formule
from esperluette.territoires.avancement import Barre
from esperluette.territoires.familles import Description, importer, tous_les_jeux
from esperluette.territoires.imports import BilanImport
from esperluette.territoires.jeux import MILLESIME_INCONNU
from esperluette.territoires.lectures import decoupage_charge
from esperluette.territoires.models import Decoupage, JeuImporte
from esperluette.territoires.rapprochement import Rejet

REJETS_MONTRES = 10


class Command(BaseCommand):
    help = "Les jeux de données officiels : zonages, population, revenus, accès aux soins, équipements."

    def add_arguments(self, parser: CommandParser) -> None:
        sous = parser.add_subparsers(dest="geste", required=True, metavar="importer|etat|jeux")
        importe = sous.add_parser("importer", help="met un jeu en base, tout ou rien ; rejouable")
        importe.add_argument("jeu", help="l'identifiant du jeu : voir « esperluette donnees jeux »")
        importe.add_argument(
            "--fichier",
            type=Path,
            help="un fichier déjà téléchargé : CSV, GeoJSON, classeur ; .gz, et .zip pour les chiffres",
        )
        importe.add_argument("--millesime", default="", help="le millésime du fichier, s'il ne le dit pas lui-même")
        importe.add_argument("--rejets", type=Path, help="où écrire toutes les lignes rejetées (CSV)")
        importe.add_argument("--forcer", action="store_true", help="réimporte même un fichier déjà en base")
        etat = sous.add_parser("etat", help="ce qui est en base : millésime, producteur, empreinte")
        liste = sous.add_parser("jeux", help="les jeux qu'on sait lire, et où les prendre")
        for sous_commande in (importe, etat, liste):
            sous_commande.add_argument("--json", action="store_true", help="réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["geste"] == "importer":
            self._importer(options)
        elif options["geste"] == "etat":
            self._etat(options["json"])
        else:
            self._jeux(options["json"])

    # --- importer

    def _importer(self, options: dict[str, Any]) -> None:
        debut = time.perf_counter()
        try:
            bilan = importer(
                options["jeu"],
                acteur=None,
                fichier=options["fichier"],
                millesime=options["millesime"],
                forcer=options["forcer"],
                avancement=Barre(sys.stderr),
            )
            if options["rejets"] and not bilan.inchange:
                _ecrire_les_rejets(options["rejets"], bilan.rejets)
        except ErreurMetier as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        except OSError as erreur:
            raise CommandError(
                f"{options['rejets']} : impossible d'écrire ({erreur.strerror}).", returncode=2
            ) from erreur
        if options["json"]:
            self._ecrire_json(_bilan_json(bilan))
        else:
            self._dire(bilan, time.perf_counter() - debut, options["rejets"])

    def _dire(self, bilan: BilanImport, duree: float, fichier_des_rejets: Path | None) -> None:
        i = bilan.importation
        if bilan.inchange:
            self.stdout.write(f"{i} : ce fichier est déjà en base ({i.communes} communes). Rien à faire.")
            return
        self.stdout.write(
            f"{i} importé : {i.lignes} lignes lues en {i.encodage}, {i.communes} communes renseignées, "
            f"{i.doublons} répétitions, {i.converties} anciens codes convertis, {i.rejetees} rejetées, en "
            f"{duree:.1f} s."
        )
        self.stdout.write(f"Producteur : {i.producteur}. Licence : {i.licence}. SHA-256 : {i.empreinte}.")
        if i.millesime == MILLESIME_INCONNU:
            self.stdout.write(
                "Le fichier ne dit pas son millésime : si vous le connaissez, relancez avec --millesime."
            )
        for rejet in bilan.rejets[:REJETS_MONTRES]:
            self.stdout.write(f"  ligne {rejet.ligne} : {rejet.cause} ({rejet.contenu})")
        if len(bilan.rejets) > REJETS_MONTRES:
            reste = len(bilan.rejets) - REJETS_MONTRES
            suite = (
                f"toutes dans {fichier_des_rejets}" if fichier_des_rejets else "--rejets FICHIER.csv les écrit toutes"
            )
            self.stdout.write(f"  … et {reste} autres ; {suite}.")

    # --- etat, jeux

    def _etat(self, en_json: bool) -> None:
        en_place = {i.jeu: i for i in JeuImporte.objects.filter(courant=True)}
        decoupage, decrits = decoupage_charge(), tous_les_jeux().values()
        if en_json:
            self._ecrire_json([_etat_json(decrit, en_place.get(decrit.id), decoupage) for decrit in decrits])
            return
        for decrit in decrits:
            i = en_place.get(decrit.id)
            if i is None:
                self.stdout.write(f"{decrit.id} : non chargé. esperluette donnees importer {decrit.id}")
                continue
            genre = "tableau de démonstration" if i.demonstration else f"fichier {i.fichier}"
            self.stdout.write(
                f"{decrit.id} : {i.millesime}, {i.communes} communes, {genre}, {i.producteur}, "
                f"importé le {i.importe_le:%d/%m/%Y}, SHA-256 {i.empreinte[:12]}…"
            )
            if _perime(i, decoupage):
                self.stdout.write("  Le découpage a changé depuis : réimportez ce jeu.")

    def _jeux(self, en_json: bool) -> None:
        if en_json:
            champs = ("id", "titre", "producteur", "licence", "millesime", "adresse", "ou_le_prendre")
            self._ecrire_json(
                [
                    {champ: getattr(decrit, champ) for champ in champs} | {"zones": list(getattr(decrit, "zones", ()))}
                    for decrit in tous_les_jeux().values()
                ]
            )
            return
        for decrit in tous_les_jeux().values():
            colonnes = " ; ou ".join(", ".join(forme.intitules) for forme in decrit.formes)
            self.stdout.write(f"{decrit.id} : {decrit.titre} ({decrit.producteur}, {decrit.licence})")
            self.stdout.write(f"  colonnes : {colonnes}")
            self.stdout.write(f"  {decrit.adresse or decrit.ou_le_prendre}")

    def _ecrire_json(self, contenu: Any) -> None:
        self.stdout.write(json.dumps(contenu, ensure_ascii=False, indent=2))


def _ecrire_les_rejets(chemin: Path, rejets: tuple[Rejet, ...]) -> None:
    with chemin.open("w", encoding="utf-8-sig", newline="") as flux:
        ecrivain = csv.writer(flux, delimiter=";")
        ecrivain.writerow(["ligne", "cause", "contenu"])
        ecrivain.writerows([r.ligne, sans_formule(r.cause), sans_formule(r.contenu)] for r in rejets)


def _bilan_json(bilan: BilanImport) -> dict[str, Any]:
    i = bilan.importation
    return {
        "jeu": i.jeu,
        "millesime": i.millesime,
        "inchange": bilan.inchange,
        "fichier": i.fichier,
        "empreinte": i.empreinte,
        "lignes": i.lignes,
        "communes": i.communes,
        "doublons": i.doublons,
        "converties": i.converties,
        "rejetees": i.rejetees,
        "rejets": [{"ligne": r.ligne, "cause": r.cause, "contenu": r.contenu} for r in bilan.rejets],
    }


def _perime(i: JeuImporte, decoupage: Decoupage | None) -> bool:
    """Vrai si le découpage a changé depuis l'import : des communes ont pu fusionner."""
    return decoupage is not None and i.decoupage != decoupage.empreinte


def _etat_json(decrit: Description, i: JeuImporte | None, decoupage: Decoupage | None) -> dict[str, Any]:
    commun = {"jeu": decrit.id, "titre": decrit.titre, "charge": i is not None}
    if i is None:
        return commun
    return commun | {
        "demonstration": i.demonstration,
        "millesime": i.millesime,
        "producteur": i.producteur,
        "licence": i.licence,
        "adresse": i.adresse,
        "fichier": i.fichier,
        "empreinte": i.empreinte,
        "importe_le": i.importe_le.isoformat(),
        "communes": i.communes,
        "rejetees": i.rejetees,
        "perime": _perime(i, decoupage),
    }
