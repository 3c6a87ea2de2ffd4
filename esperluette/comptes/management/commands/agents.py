"""`esperluette agents` : ouvrir, lister et fermer les accès des agents, depuis la machine du service.

Une installation neuve n'a aucun compte : c'est ainsi qu'une ARS crée ses premiers.
"""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.actions import ars_de, changer_adresse, compte_pour, fermer_fonction, ouvrir_fonction
from esperluette.comptes.enums import Role, SorteOrganisme
from esperluette.comptes.models import Compte, Fonction, Organisme
from esperluette.territoires.models import Departement, Epci, Region


class Command(BaseCommand):
    help = "Accès des agents : ajouter, lister, fermer, adresse. Sortie : 0, ou 2 pour une entrée fausse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="ajouter|lister|fermer|adresse")

        ajouter = gestes.add_parser("ajouter", help="ouvre une fonction, et le compte s’il n’existe pas")
        ajouter.add_argument("--courriel", required=True)
        ajouter.add_argument("--role", required=True, help=", ".join(Role.values))
        ajouter.add_argument("--prenom", default="")
        ajouter.add_argument("--nom", default="")
        ajouter.add_argument("--region", default="", help="clé (bretagne) ou code INSEE (53)")
        ajouter.add_argument("--departement", default="", help="code (35)")
        ajouter.add_argument("--epci", action="append", default=[], help="SIREN ; peut se répéter")
        ajouter.add_argument("--organisme", default="", help="l’ARS de la région par défaut")
        ajouter.add_argument("--jusqu-au", default="", help="dernier jour, AAAA-MM-JJ")
        ajouter.add_argument("--sans-courriel", action="store_true", help="ne prévient pas la personne")

        lister = gestes.add_parser("lister", help="les fonctions en cours")
        lister.add_argument("--region", default="", help="clé ou code INSEE")
        lister.add_argument("--toutes", action="store_true", help="avec celles qui sont finies")
        lister.add_argument("--json", action="store_true", help="réponse en JSON")

        fermer = gestes.add_parser("fermer", help="met fin à une fonction")
        fermer.add_argument("numero", type=int, help="le numéro que donne « lister »")

        adresse = gestes.add_parser("adresse", help="change l’adresse de connexion d’un compte")
        adresse.add_argument("ancienne")
        adresse.add_argument("nouvelle")

    def handle(self, *, geste: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                getattr(self, geste)(**options)
        except ErreurMetier as erreur:
            raise CommandError(str(erreur), returncode=2) from None

    def ajouter(self, *, courriel: str, role: str, **o: Any) -> None:
        region = _region(o["region"])
        departement = _trouver(Departement, o["departement"], "Département") if o["departement"] else None
        epcis = [_trouver(Epci, code, "Intercommunalité") for code in o["epci"]]
        lieu = departement.region if departement else region
        compte = compte_pour(courriel, prenom=o["prenom"], nom=o["nom"])
        fonction = ouvrir_fonction(
            compte,
            acteur=None,
            role=role,
            organisme=_organisme(o["organisme"], lieu),
            region=region,
            departement=departement,
            epcis=epcis,
            fin=_jour(o["jusqu_au"]),
            prevenir=not o["sans_courriel"],
        )
        self.stdout.write(f"{compte.courriel} : {fonction.get_role_display()}, {fonction.territoire}.")

    def lister(self, *, region: str, toutes: bool, **options: Any) -> None:
        fonctions = Fonction.objects.all() if toutes else Fonction.objects.actives().filter(compte__is_active=True)
        if lieu := _region(region):
            fonctions = fonctions.filter(region=lieu)
        fonctions = fonctions.select_related("compte", "organisme", "region", "departement")
        lignes = [
            {
                "numero": f.pk,
                "courriel": f.compte.courriel,
                "nom": f"{f.compte.prenom} {f.compte.nom}".strip(),
                "role": f.role,
                "organisme": f.organisme.nom,
                "region": f.region.cle if f.region else None,
                "departement": f.departement_id,
                "epcis": sorted(e.pk for e in f.epcis.all()),
                "territoire": f.territoire,
                "debut": f.debut.isoformat(),
                "fin": f.fin.isoformat() if f.fin else None,
            }
            for f in fonctions.prefetch_related("epcis").order_by("compte__courriel", "pk")
        ]
        if options["json"]:
            self.stdout.write(json.dumps(lignes, ensure_ascii=False))
            return
        for ligne in lignes:
            self.stdout.write("{numero:>5}  {courriel:<40} {role:<18} {territoire}".format(**ligne))
        if not lignes:
            self.stdout.write("Aucun agent. Pour en ajouter un : esperluette agents ajouter --help")

    def fermer(self, *, numero: int, **options: Any) -> None:
        fonction = Fonction.objects.select_related("compte", "organisme").filter(pk=numero).first()
        if fonction is None:
            raise CommandError(f"Aucune fonction n° {numero}.", returncode=2)
        fermer_fonction(fonction, acteur=None)
        self.stdout.write(f"{fonction.compte.courriel} : {fonction} a pris fin.")

    def adresse(self, *, ancienne: str, nouvelle: str, **options: Any) -> None:
        compte = Compte.objects.filter(courriel__iexact=ancienne.strip()).first()
        if compte is None:
            raise CommandError(f"Aucun compte à l’adresse {ancienne}.", returncode=2)
        changer_adresse(compte, nouvelle=nouvelle, acteur=None)
        self.stdout.write(f"{compte} se connecte désormais avec {compte.courriel}.")


def _region(cle: str) -> Region | None:
    if not cle:
        return None
    region = Region.objects.filter(Q(cle=cle) | Q(code=cle)).first()
    if region is None:
        connues = ", ".join(Region.objects.order_by("cle").values_list("cle", flat=True))
        aide = f"Régions connues : {connues}." if connues else "Chargez d’abord le découpage : territoires charger."
        raise CommandError(f"Région inconnue : « {cle} ». {aide}", returncode=2)
    return region


def _trouver(modele: Any, code: str, nom: str) -> Any:
    trouve = modele.objects.filter(pk=code).first()
    if trouve is None:
        raise CommandError(f"{nom} : code inconnu, « {code} ».", returncode=2)
    return trouve


def _organisme(nom: str, region: Region | None) -> Organisme:
    if nom:
        return Organisme.objects.get_or_create(nom=nom, defaults={"sorte": SorteOrganisme.AUTRE, "region": region})[0]
    if region is None:
        return Organisme.objects.get_or_create(nom="Esperluette", defaults={"sorte": SorteOrganisme.AUTRE})[0]
    return ars_de(region)


def _jour(texte: str) -> date | None:
    try:
        return date.fromisoformat(texte) if texte else None
    except ValueError:
        raise CommandError(f"« {texte} » n’est pas une date. Écrivez-la AAAA-MM-JJ.", returncode=2) from None
