"""L'horloge d'un dossier, lue de ses passages et de l'édition ; et ce qu'on en dit aux deux côtés.

Deux sortes de délais. Celui du droit court du dépôt : c'est l'horloge. Ceux que la région annonce se comptent du dépôt
(`lectures.reponse_attendue`) ou de la séance (`Delai.depuis: seance`) : qui tient la séance appelle
`cycle.poser_echeance(dossier, reponse_apres_seance(dossier, jour), NatureEcheance.REPONSE)`.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from esperluette.commun.dates import ajouter_mois, en_lettres
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.horloge import SUSPEND, Etape, Horloge, horloge
from esperluette.dossiers.models import Dossier, Passage
from esperluette.referentiel.lecture import edition
from esperluette.referentiel.modele import Demarche, Silence

DELAI_DE_REPONSE = "reponse"  # l'identifiant, dans une édition, du délai que la région annonce


def _demarche(dossier: Dossier) -> Demarche:
    return edition(dossier.region, dossier.edition).demarche(dossier.demarche)


def silence_de(dossier: Dossier) -> Silence:
    """Ce que vaut le silence de l'ARS sur ce dossier, et au bout de combien de mois."""
    return _demarche(dossier).regime.silence


def horloge_de(dossier: Dossier, *, passages: Iterable[Passage] | None = None, le: date | None = None) -> Horloge:
    """L'horloge aujourd'hui ; une requête, aucune avec les `passages` (ou s'ils sont préchargés)."""
    if dossier.depose_le is None:
        return Horloge(effet=silence_de(dossier).effet)
    etapes = _etapes(dossier, dossier.passages.all() if passages is None else passages)
    return horloge(etapes, silence_de(dossier), le=le or timezone.localdate())


def _etapes(dossier: Dossier, passages: Iterable[Passage]) -> list[Etape]:
    etapes = [Etape(timezone.localtime(p.le), p.vers, p.avant_le) for p in passages]
    if dossier.depose_le is None or any(e.vers == Etat.DEPOSE for e in etapes):
        return etapes
    # Déposé avant que les passages ne s'écrivent : le premier dépôt et l'état présent suffisent.
    depuis = Etape(timezone.localtime(dossier.etat_depuis), dossier.etat)
    return [Etape(timezone.localtime(dossier.depose_le), Etat.DEPOSE), *(etapes or [depuis])]


def reponse_apres_seance(dossier: Dossier, seance: date) -> date | None:
    """Le jour où la région a promis de répondre, compté de la séance ; None si elle ne l'a pas promis ainsi."""
    delais = _demarche(dossier).regime.delais
    delai = next((d for d in delais if d.id == DELAI_DE_REPONSE and d.depuis == "seance"), None)
    if delai is None or not (delai.mois or delai.jours):
        return None
    return ajouter_mois(seance, delai.mois or 0) + timedelta(days=delai.jours or 0)


def est_depasse(dossier: Dossier, le: date | None = None) -> bool:
    """Le délai est passé sans décision : l'état ne change pas, mais le silence vaut ce que dit l'édition."""
    return dossier.silence_le is not None and dossier.silence_le < (le or timezone.localdate())


def effet_du_silence(dossier: Dossier) -> str:
    """Ce que vaut le silence à l'échéance ; une fois passée, ce qu'il vaut désormais et les recours. Vide sinon."""
    if dossier.silence_le is None:
        return ""
    silence = silence_de(dossier)
    if not est_depasse(dossier):
        return silence.texte
    verdict = {"rejet": "rejetée", "acceptation": "acceptée"}.get(silence.effet, "sans suite")
    depuis = en_lettres(dossier.silence_le)
    return " ".join([f"Sans décision de l’ARS le {depuis}, la demande est réputée {verdict}.", *recours_de(dossier)])


def recours_de(dossier: Dossier) -> list[str]:
    """Les voies de recours contre un rejet, telles que l'édition les écrit ; aucune si le silence vaut acceptation."""
    regime = _demarche(dossier).regime
    if regime.silence.effet != "rejet":
        return []
    socle = edition(dossier.region, dossier.edition).socle
    return [socle.recours[cle].texte for cle in regime.recours]


def explication(dossier: Dossier, horloge: Horloge) -> list[str]:
    """D'où vient le chiffre, phrase par phrase, avec la source : la même chose pour l'équipe et pour l'agent."""
    if horloge.debut is None:
        return []
    silence = silence_de(dossier)
    debut = en_lettres(horloge.debut)
    phrases = [
        f"Le délai est de {silence.delai_mois} mois, soit {horloge.total} jours à compter du {debut}.",
        silence.texte,
    ]
    if horloge.rouverte:
        phrases.append(
            "L’instruction s’est rouverte ce jour-là : un délai entier recommence. Le silence gardé sur un recours "
            "gracieux vaut rejet au bout de deux mois (CRPA, article L. 231-4, 2°)."
        )
    if horloge.suspendus:
        compte = f"{horloge.suspendus} jours ne comptent" if horloge.suspendus > 1 else "1 jour ne compte"
        phrases.append(f"{compte} pas : l’équipe complétait son dossier à la demande de l’ARS.")
    if horloge.suspendue_depuis is not None:
        ou = f", ou le {en_lettres(horloge.reprise_le)} si rien n’est déposé d’ici là" if horloge.reprise_le else ""
        depuis = en_lettres(horloge.suspendue_depuis)
        phrases.append(f"L’horloge est arrêtée depuis le {depuis}. Elle repart le jour où l’équipe dépose{ou}.")
    phrases.append(
        "Une demande de compléments suspend le délai (code des relations entre le public et l’administration, "
        "article L. 114-5)."
    )
    source = silence.source
    titre = edition(dossier.region, dossier.edition).socle.documents.get(source.document)
    phrases.append(f"Source : {titre.titre if titre else source.document}, {source.passage}.")
    return phrases


def en_attente_de_l_equipe(dossier: Dossier) -> bool:
    """Déposé au moins une fois, et de retour chez l'équipe."""
    return dossier.depose_le is not None and dossier.etat in SUSPEND
