"""`esperluette cycle-de-vie` : la page docs/cycle-de-vie.md, engendrée depuis la table des transitions."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from esperluette.dossiers.cycle import TRANSITIONS, diagramme
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.horloge import ARRETE, COURT, SUSPEND

ENTETE = """\
# Le cycle de vie d'un dossier

Page engendrée par `esperluette cycle-de-vie` depuis `dossiers/cycle.py` : ne la modifiez pas à la main.

```mermaid
"""
HORLOGE = """
L'horloge de l'ARS court dans {court}, se suspend dans {suspend},
s'arrête dans {arrete}. Ce qui rouvre l'instruction après une décision (`reexaminer`, sur recours gracieux, et
`retirer_l_accord`) fait recommencer un délai entier ce jour-là, et l'alerte du silence avec lui.
"""


def _noms(etats: Iterable[str]) -> str:
    return ", ".join(f"`{e.value}`" for e in Etat if e.value in etats)


def page() -> str:
    """Le texte entier de la page."""
    lignes = [ENTETE + diagramme() + "```", "", "| geste | de | vers | qui | motif |", "|---|---|---|---|---|"]
    for t in TRANSITIONS.values():
        depuis = ", ".join(e.value for e in Etat if e in t.depuis)
        vers = t.vers.value if isinstance(t.vers, Etat) else "brouillon, ou a_completer après un dépôt"
        lignes.append(f"| {t.nom} | {depuis} | {vers} | {t.qui} | {'exigé' if t.exige_motif else ''} |")
    lignes.append(HORLOGE.format(court=_noms(COURT), suspend=_noms(SUSPEND), arrete=_noms(ARRETE)).rstrip("\n"))
    lignes += ["", "| état | pour l'équipe | pour l'agent |", "|---|---|---|"]
    lignes += [f"| {e.value} | {e.libelle_pour('equipe')} | {e.libelle_pour('agent')} |" for e in Etat]
    return "\n".join(lignes) + "\n"


class Command(BaseCommand):
    help = "Écrit sur la sortie la page docs/cycle-de-vie.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
