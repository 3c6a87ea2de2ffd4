"""Le rapport d'erreurs d'un tableur, à ouvrir à côté de lui."""

import csv
import io
from collections.abc import Iterable

from esperluette.commun.tableur import sans_formule
from esperluette.reprises.controle import Erreur


def rapport_csv(erreurs: Iterable[Erreur]) -> str:
    """Ligne, colonne, valeur, cause, remède ; aucune cellule ne se lit comme une formule."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(["ligne", "colonne", "valeur", "cause", "comment réparer"])
    for e in erreurs:
        ecrivain.writerow([e.ligne, *(sans_formule(v) for v in (e.colonne, e.valeur, e.cause, e.remede))])
    return "\ufeff" + sortie.getvalue()
