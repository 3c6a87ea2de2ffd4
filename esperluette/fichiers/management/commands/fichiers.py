"""`esperluette fichiers analyser|etat|verifier` : l'antivirus, l'examen, les empreintes."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from esperluette.fichiers import analyses, clamd
from esperluette.fichiers.enums import A_JUGER, LISIBLES, Analyse
from esperluette.fichiers.integrite import verifier
from esperluette.fichiers.lectures import bilan
from esperluette.fichiers.models import Fichier

CAUSES = {"manquant": "il manque au stockage", "change": "son contenu n’est plus celui qui a été gardé"}
SILENCES = 3  # sans réponse de suite, on arrête : clamd n'est pas là


class Command(BaseCommand):
    help = "Analyse les fichiers reçus, dit leur état, vérifie leurs empreintes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, metavar="analyser|etat|verifier")
        analyser = gestes.add_parser(
            "analyser", help="soumet à l’antivirus ce qui attend, et ce qui ne l’a jamais été"
        )
        analyser.add_argument("--tout", action="store_true", help="tous les fichiers, même déjà jugés")
        analyser.add_argument("--fichier", type=int, default=None, help="un seul fichier, par son numéro")
        etat = gestes.add_parser("etat", help="compte les fichiers par état, et interroge l’antivirus")
        relire = gestes.add_parser("verifier", help="relit tous les fichiers et documents gardés")
        for geste in (analyser, etat, relire):
            geste.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *, geste: str, **options: Any) -> None:
        faire = {"analyser": self._analyser, "etat": self._etat, "verifier": self._verifier}[geste]
        faire(**options)

    def _rendre(self, reponse: dict[str, Any], lignes: list[str], *, en_json: bool, faute: bool) -> None:
        if en_json:
            self.stdout.write(json.dumps(reponse, ensure_ascii=False))
        else:
            for ligne in lignes:
                self.stdout.write(ligne)
        if faute:
            sys.exit(1)

    def _analyser(self, *, tout: bool, fichier: int | None, **options: Any) -> None:
        if not settings.CLAMD:
            raise CommandError("Aucun antivirus : donnez ESPERLUETTE_CLAMD (unix:/… ou hote:port).", returncode=2)
        choisis = Fichier.objects.order_by("pk")
        if fichier is not None:
            choisis = choisis.filter(pk=fichier)
            if not choisis.exists():
                raise CommandError(f"Aucun fichier {fichier}.", returncode=2)
        elif not tout:
            choisis = choisis.filter(analyse__in=(*A_JUGER, Analyse.NON_ANALYSE))
        comptes, dangers = self._soumettre(choisis.iterator(chunk_size=100))
        reponse = {
            "analyses": sum(comptes[a] for a in Analyse), "sains": comptes[Analyse.SAIN],
            "infectes": [{"fichier": f.pk, "danger": f.analyse_motif} for f in dangers],
            "refuses": comptes[Analyse.ECHEC], "manquants": comptes["manquant"],
            "sans_reponse": comptes["sans_reponse"],
        }  # fmt: skip
        lignes = [f"✗ fichier {f.pk} : en quarantaine ({f.analyse_motif})" for f in dangers]
        lignes.append(
            f"{reponse['analyses']} fichiers analysés : {reponse['sains']} sains, {len(dangers)} en quarantaine, "
            f"{reponse['refuses']} refusés par l’antivirus, {reponse['manquants']} manquants au stockage."
        )
        if comptes["sans_reponse"]:
            lignes.append("L’antivirus ne répond pas : les fichiers qui restent attendent.")
        faute = bool(dangers or comptes["sans_reponse"] or comptes["manquant"] or comptes[Analyse.ECHEC])
        self._rendre(reponse, lignes, en_json=options["json"], faute=faute)

    def _soumettre(self, choisis: Any) -> tuple[Counter[str], list[Fichier]]:
        comptes: Counter[str] = Counter()
        dangers, silences = [], 0
        for fichier in choisis:
            try:
                verdict = analyses.analyser(fichier)
            except FileNotFoundError:
                comptes["manquant"] += 1
                continue
            except clamd.ClamdIndisponible:
                comptes["sans_reponse"] += 1
                silences += 1
                if silences >= SILENCES:
                    break
                continue
            silences = 0
            comptes[verdict] += 1
            if verdict == Analyse.INFECTE:
                dangers.append(fichier)
            elif verdict in LISIBLES:
                analyses.examiner(fichier)
        return comptes, dangers

    def _etat(self, **options: Any) -> None:
        compte = bilan()
        version, erreur = "", ""
        if settings.CLAMD:
            try:
                version = clamd.version(adresse=settings.CLAMD, delai=5)
            except clamd.ClamdIndisponible as absent:
                erreur = str(absent)
        antivirus = {"configure": bool(settings.CLAMD), "repond": bool(version), "version": version, "erreur": erreur}
        lignes = [f"{Analyse(cle).label} : {nombre}" for cle, nombre in compte["etats"].items()]
        lignes += [
            f"À examiner : {compte['a_examiner']}", f"Avertissements à lire : {compte['avertissements_a_lire']}",
            "Antivirus : " + (version or (f"ne répond pas ({erreur})" if settings.CLAMD else "non configuré")),
        ]  # fmt: skip
        self._rendre(
            {**compte, "antivirus": antivirus}, lignes, en_json=options["json"],
            faute=bool(erreur or compte["etats"][Analyse.INFECTE]),
        )  # fmt: skip

    def _verifier(self, **options: Any) -> None:
        rapport = verifier()
        reponse = {
            "intact": rapport.intact, "relus": rapport.relus,
            "anomalies": [
                {"sorte": a.sorte, "numero": a.pk, "chemin": a.nom, "cause": a.cause} for a in rapport.anomalies
            ],
        }  # fmt: skip
        lignes = [f"✗ {a.sorte} {a.pk} ({a.nom}) : {CAUSES.get(a.cause, a.cause)}" for a in rapport.anomalies]
        total = sum(rapport.relus.values())
        lignes.append(
            f"Tout est intact : {total} contenus relus." if rapport.intact
            else f"{len(rapport.anomalies)} anomalie(s) sur {total} contenus relus."
        )  # fmt: skip
        self._rendre(reponse, lignes, en_json=options["json"], faute=not rapport.intact)
