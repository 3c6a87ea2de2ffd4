"""Poser le passé d'un dossier repris : son état, et ses passages à leurs vraies dates."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, Passage
from esperluette.reprises.enums import EtapeReprise

# Le geste du cycle qui mène à l'état dont la colonne donne la date.
GESTES = {
    "depose_le": ("deposer", Etat.DEPOSE),
    "instruit_le": ("prendre_en_instruction", Etat.EN_INSTRUCTION),
    "avis_le": ("rendre_avis", Etat.AVIS_RENDU),
}
FINS = {
    "accepte": ("accepter", Etat.ACCEPTE),
    "refuse": ("refuser", Etat.REFUSE),
    "sans_suite": ("classer_sans_suite", Etat.SANS_SUITE),
}


def poser_le_passe(
    dossier: Dossier, etat: EtapeReprise, dates: Mapping[str, date], *, commission: bool, acteur: Compte
) -> list[Passage]:
    """Écrit l'état du dossier (non encore sauvé) et rend ses passages, à sauver après lui.

    Une date qu'on n'a pas se prend à l'étape connue qui la précède : le chemin reste entier, dans l'ordre.
    """
    passages: list[Passage] = []
    de, quand = Etat.BROUILLON, None
    for colonne in EtapeReprise.CHEMINS[etat.value]:
        if colonne == "avis_le" and not commission:
            continue
        geste, vers = FINS[etat.value] if colonne == "decision_le" else GESTES[colonne]
        quand = dates.get(colonne) or quand
        if quand is None:
            continue
        passages.append(Passage(dossier=dossier, geste=geste, de=de, vers=vers, le=a_midi(quand), acteur=acteur))
        de = vers
    dossier.etat = Etat(etat.value)
    if passages:
        dossier.depose_le = passages[0].le
        dossier.etat_depuis = dossier.mouvement_le = passages[-1].le
        dossier.cree_le = passages[0].le
    return passages


def a_midi(jour: date) -> datetime:
    """Midi, à l'heure du site : le jour reste le même vu de partout."""
    return timezone.make_aware(datetime.combine(jour, time(12)))
