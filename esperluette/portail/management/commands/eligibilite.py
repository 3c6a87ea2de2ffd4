"""`esperluette eligibilite` : une équipe décrite dans un fichier, face aux règles d'une région."""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from esperluette.portail.eligibilite import (
    EntreeFausse,
    date_demandee,
    demarche_demandee,
    edition_demandee,
    forme_demandee,
    lire_equipe,
)
from esperluette.portail.reponse import Reponse, repondre
from esperluette.portail.templatetags.portail import euros
from esperluette.referentiel.lecture import EditionInvalide

SIGNES = {"satisfait": "✓", "non_satisfait": "✗", "a_preciser": "?"}
MOTS = {"satisfait": "satisfait", "non_satisfait": "non satisfait", "a_preciser": "à préciser"}
OBLIGATOIRES = {"region": "--region bretagne", "forme": "--forme esp", "equipe": "--equipe equipe.yaml"}


class Command(BaseCommand):
    help = "Dit si une équipe remplit les conditions d'une région, et ce qui s'ouvre à elle. Code 2 : entrée fausse."
    # Les éditions se disent elles-mêmes invalides, et la commande marche sans base.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", metavar="R", help="clé de la région : bretagne…")
        parser.add_argument("--forme", metavar="F", help="esp ou msp")
        parser.add_argument("--equipe", metavar="f.yaml", help="fichier YAML qui décrit l'équipe")
        parser.add_argument("--le", metavar="AAAA-MM-JJ", help="jour considéré (aujourd'hui)")
        parser.add_argument("--demarche", metavar="D", help="ne regarder que cette démarche")
        parser.add_argument("--json", action="store_true", help="réponse en JSON")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Les fautes d'option se disent en français, comme le reste."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._refuser_option  # type: ignore[method-assign]
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reponse = self._repondre(options)
        except (EntreeFausse, EditionInvalide) as erreur:
            self._refuser(str(erreur))
        for avertissement in reponse.avertissements:
            self.stderr.write(f"Attention : {avertissement}")
        if options["json"]:
            self.stdout.write(json.dumps(reponse.en_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lignes(reponse.en_json())))

    def _repondre(self, options: dict[str, Any]) -> Reponse:
        for nom, exemple in OBLIGATOIRES.items():
            if options[nom] is None:
                raise EntreeFausse(f"Il manque --{nom} ; par exemple : {exemple}.")
        le = date_demandee(options["le"], timezone.localdate())
        edition = edition_demandee(options["region"], le)
        forme = forme_demandee(options["forme"], edition)
        demarche = demarche_demandee(options["demarche"], forme, edition)
        lue = lire_equipe(Path(options["equipe"]), edition.socle)
        return repondre(edition, lue, forme=forme, le=le, demarche=demarche)

    def _refuser_option(self, message: str) -> NoReturn:
        message = message.replace("unrecognized arguments:", "Option inconnue :")
        self._refuser(re.sub(r"argument (\S+): expected one argument", r"\1 attend une valeur.", message))

    def _refuser(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)


def _lignes(reponse: dict[str, Any]) -> list[str]:
    """La réponse, à lire dans un terminal."""
    lignes = [reponse["phrase"], f"Règles : {reponse['region']} {reponse['edition']}, au {_jour(reponse['le'])}."]
    for titre, cle, nom in (
        ("Critères", "criteres", "enonce"),
        ("Aides", "aides", "libelle"),
        ("Démarches", "demarches", "libelle"),
    ):
        lignes += ["", titre]
        if not reponse[cle]:
            lignes.append("  aucun" if cle == "criteres" else "  aucune")
        for element in reponse[cle]:
            montant = _montant(element) if cle == "aides" else ""
            lignes.append(f"  {SIGNES[element['verdict']]} {element[nom]}{montant} — {MOTS[element['verdict']]}")
            lignes.append(f"      {element['motif']}")
            lignes.append(f"      Source : {_source(element['source'])}")
        if cle == "criteres":
            lignes += _a_part(reponse)
    seance = reponse["prochaine_seance"]
    lignes += ["", "Prochaine séance"]
    lignes.append(f"  {_jour(seance['date'])} ({seance['sigle']})" if seance else "  Aucune séance connue à venir.")
    if reponse["a_confirmer_aupres_de"]:
        lignes.append(f"  À confirmer auprès de {reponse['a_confirmer_aupres_de']}.")
    lignes += ["", "Interlocuteurs"]
    lignes += [f"  {_contact(c)}" for c in reponse["contacts"]] or ["  aucun connu ici"]
    return lignes


def _a_part(reponse: dict[str, Any]) -> list[str]:
    """Ce qui rapproche du oui, les points d'attention, et ce que vaut l'équipe sans financement."""
    proches = [f"  {r['phrase']}" for r in reponse["rapprochements"] if r["vise"] is None]
    points = [f"  {p['enonce'].rstrip('.')} : {p['motif']}" for p in reponse["attentions"]]
    effets = {"garde": "vous gardez", "perd": "vous perdez"}
    sans = [f"  {effets[s['effet']]} : {s['texte']}" for s in reponse["sans_financement"]]
    titres = ("Ce qui vous en rapproche", "Points d'attention", "Se former sans financement")
    blocs = [(titre, lignes) for titre, lignes in zip(titres, (proches, points, sans), strict=True) if lignes]
    return [ligne for titre, lignes in blocs for ligne in ("", titre, *lignes)]


def _montant(aide: dict[str, Any]) -> str:
    sortes = {"accompagnement": "accompagnement", "appel_a_projets": "appel à projets"}
    if aide["montant"] is None:
        return f" ({sortes.get(aide['sorte'], 'montant non publié')})"
    return f" ({euros(Decimal(aide['montant']))})"


def _jour(iso: str) -> str:
    annee, mois, jour = iso.split("-")
    return f"{jour}/{mois}/{annee}"


def _source(source: dict[str, Any]) -> str:
    interprete = f" — interprété : {source['note']}" if source.get("interprete") else ""
    date = f"document non daté, lu le {_jour(source['date'])}" if source["date_de_lecture"] else _jour(source["date"])
    return f"{source['document']} ({date}), {source['passage']}{interprete}"


def _contact(contact: dict[str, Any]) -> str:
    qui = ", ".join(
        filter(
            None, (contact["nom"], contact["role"], contact["organisme"], contact["courriel"], contact["telephone"])
        )
    )
    return f"{qui} — {contact['territoire']}"
