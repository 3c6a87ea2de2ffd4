"""Le banc des documents : chaque format d'un projet de douze pages, à froid et à chaud, face aux autres outils.

Chaque outil a son processus, lancé une fois. Les tours à chaud s'alternent d'un outil à l'autre : une machine chargée
les ralentit tous également, et ce sont les rapports (×N) qui comptent. Le temps de calcul (processus fils compris)
se lit à côté du temps d'horloge, qu'il ne dépasse que si plusieurs cœurs travaillent.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

POSTES = {
    "pdf": "Esperluette, PDF/UA-1 et PDF/A-2a",
    "weasyprint": "WeasyPrint, PDF/UA-1",
    "libreoffice": "LibreOffice, PDF/UA-1 (ODT déjà prêt)",
    "docx": "Esperluette, DOCX",
    "docxtpl": "docxtpl, DOCX",
    "odt": "Esperluette, ODT",
    "html": "Esperluette, HTML",
    "trois": "Esperluette, les trois formats",
}
# Ce qui se compare, et à quoi. LibreOffice de bout en bout écrit d'abord l'ODT qu'il convertit.
RAPPORTS = (
    (("weasyprint",), "pdf"),
    (("libreoffice",), "pdf"),
    (("odt", "libreoffice"), "pdf"),
    (("docx",), "docxtpl"),
)
ENSEMBLE, SUITE = 10, 100
Mesures = dict[str, Any]


@dataclass
class Poste:
    """Un outil dans son processus : `froid` du lancement au premier document, puis un tour à chaque demande."""

    nom: str
    processus: "subprocess.Popen[str]"
    froid: float = 0.0
    absent: str = ""
    tours: list[Mesures] = field(default_factory=list)

    @classmethod
    def lancer(cls, nom: str) -> "Poste":
        """Le processus lancé, son premier document produit."""
        depart = time.perf_counter()
        processus = subprocess.Popen(  # noqa: S603 — ce programme même
            [sys.executable, "-m", "bench.documents", nom], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        poste = cls(nom, processus)
        premier = poste._lire()
        poste.absent, poste.froid = premier.get("absent", ""), (time.perf_counter() - depart) * 1000
        return poste

    def demander(self, ordre: str = "tour") -> Mesures:
        """Fait faire un tour (ou « ensemble », « suite ») et rend ses mesures."""
        assert self.processus.stdin is not None
        self.processus.stdin.write(ordre + "\n")
        self.processus.stdin.flush()
        return self._lire()

    def finir(self) -> None:
        """Ferme l'entrée ; le processus s'arrête de lui-même."""
        self.processus.communicate(timeout=60)

    def mediane(self, mesure: str) -> float:
        return float(statistics.median(tour[mesure] for tour in self.tours))

    def _lire(self) -> Mesures:
        assert self.processus.stdout is not None
        ligne = self.processus.stdout.readline()
        if not ligne:
            return {"absent": f"arrêté (code {self.processus.wait()})"}
        lue: Mesures = json.loads(ligne)
        return lue


LECTURES: dict[str, Callable[[Poste], float]] = {
    "à chaud": lambda poste: poste.mediane("mur"),
    "en calcul": lambda poste: poste.mediane("calcul"),
    "à froid": lambda poste: poste.froid,
}


def tout(fois: int, sortie: IO[str], *, suite: int = SUITE) -> None:
    """Imprime le banc entier ; `suite` : combien de documents d'affilée."""
    charge = f"{os.cpu_count()} cœurs, charge {os.getloadavg()[0]:.1f}"
    sortie.write(f"\n— Documents : un projet de douze pages ({charge}, {fois} tours alternés) —\n")
    postes = {nom: Poste.lancer(nom) for nom in POSTES}
    try:
        presents = {nom: p for nom, p in postes.items() if not p.absent}
        for _ in range(fois):
            for poste in presents.values():
                poste.tours.append(poste.demander())
        sortie.writelines(ligne + "\n" for ligne in _tableau(postes))
        sortie.writelines(ligne + "\n" for ligne in _rapports(presents))
        sortie.writelines(ligne + "\n" for ligne in _tenue(presents["pdf"], suite))
    finally:
        for poste in postes.values():
            poste.finir()


def _tableau(postes: dict[str, Poste]) -> Iterator[str]:
    yield (
        f"{'outil':<42} {'froid ms':>9} {'chaud ms':>9} {'min':>7} {'calcul ms':>10} {'Ko':>6} "
        f"{'service Mo':>11} {'fils Mo':>8}"
    )
    for nom, poste in postes.items():
        if poste.absent:
            yield f"{POSTES[nom]:<42} absent : {poste.absent}"
            continue
        yield (
            f"{POSTES[nom]:<42} {poste.froid:>9.0f} {poste.mediane('mur'):>9.0f} "
            f"{min(t['mur'] for t in poste.tours):>7.0f} {poste.mediane('calcul'):>10.0f} "
            f"{poste.tours[-1]['octets'] / 1024:>6.0f} {poste.tours[-1]['service']:>11.0f} "
            f"{poste.tours[-1]['fils']:>8.0f}"
        )


def _rapports(postes: dict[str, Poste]) -> Iterator[str]:
    for lents, rapide in RAPPORTS:
        if {*lents, rapide} <= set(postes):
            rapports = {
                nom: sum(mesure(postes[lent]) for lent in lents) / mesure(postes[rapide])
                for nom, mesure in LECTURES.items()
            }
            noms = " puis ".join(POSTES[lent] for lent in lents)
            yield f"{noms} / {POSTES[rapide]} : " + ", ".join(f"×{r:.1f} {nom}" for nom, r in rapports.items())


def _tenue(poste: Poste, suite: int) -> Iterator[str]:
    """Dix à la fois, puis cent d'affilée : la mémoire du service ne grandit pas, le temps non plus."""
    for _ in range(3):
        ensemble = poste.demander("ensemble")
        yield (
            f"{ENSEMBLE} PDF à la fois : {ensemble['mur']:.0f} ms en tout ; mémoire du service "
            f"{ensemble['avant']:.0f} → {ensemble['service']:.0f} Mo ; plus gros fils {ensemble['fils']:.0f} Mo"
        )
    longue = poste.demander(f"suite {suite}")
    yield (
        f"{suite} PDF d'affilée : dix premiers {longue['debut']:.0f} ms, dix derniers {longue['fin']:.0f} ms "
        f"(×{longue['fin'] / longue['debut']:.2f} ; en calcul ×{longue['calcul_fin'] / longue['calcul_debut']:.2f}) ; "
        f"mémoire du service {longue['avant']:.0f} → {longue['service']:.0f} Mo"
    )


# --- Dans le processus d'un outil ----------------------------------------------------------------


def servir(nom: str) -> None:
    """Produit un premier document, puis un à chaque ligne reçue ; une ligne de mesures en réponse."""
    from bench.concurrents import FABRIQUES, Absent  # noqa: PLC0415 — après la configuration de Django

    try:
        geste = FABRIQUES[nom]()
        geste()
    except Absent as absence:
        _repondre({"absent": str(absence)})
        return
    _repondre({})
    for ordre in sys.stdin:
        mot, _, nombre = ordre.strip().partition(" ")
        _repondre(_ensemble(geste) if mot == "ensemble" else _suite(geste, int(nombre)) if nombre else _tour(geste))


def _tour(geste: Any) -> Mesures:
    depart, calcul = time.perf_counter(), _calcul()
    octets = len(geste())
    duree = (time.perf_counter() - depart) * 1000
    return {"mur": duree, "calcul": _calcul() - calcul, "octets": octets} | _memoire()


def _ensemble(geste: Any) -> Mesures:
    avant, depart = memoire_du_service(), time.perf_counter()
    with ThreadPoolExecutor(ENSEMBLE) as fils:
        for futur in [fils.submit(geste) for _ in range(ENSEMBLE)]:
            futur.result()
    return {"avant": avant, "mur": (time.perf_counter() - depart) * 1000} | _memoire()


def _suite(geste: Any, nombre: int) -> Mesures:
    avant = memoire_du_service()
    tours = [_tour(geste) for _ in range(nombre)]

    def mediane(mesure: str, part: list[Mesures]) -> float:
        return float(statistics.median(t[mesure] for t in part))

    return {
        "avant": avant,
        "debut": mediane("mur", tours[:10]),
        "fin": mediane("mur", tours[-10:]),
        "calcul_debut": mediane("calcul", tours[:10]),
        "calcul_fin": mediane("calcul", tours[-10:]),
    } | _memoire()


def _calcul() -> float:
    """Le temps de calcul de ce processus et de ses fils finis, en millisecondes."""
    return sum(os.times()[:4]) * 1000


def _memoire() -> dict[str, float]:
    fils = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"service": memoire_du_service(), "fils": fils}


def memoire_du_service() -> float:
    """La mémoire résidente de ce processus, maintenant, en mégaoctets."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _repondre(mesures: Mesures) -> None:
    sys.stdout.write(json.dumps(mesures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.reglages")
    django.setup()
    if len(sys.argv) > 1:
        servir(sys.argv[1])
    else:
        tout(7, sys.stdout)
