"""Les démarches d'une équipe : celles que sa région prévoit, ce qui les ouvre, et laquelle vient maintenant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.referentiel.evaluation import Evaluation
from esperluette.referentiel.modele import Demarche, Edition, Reponse3, Verdict

REFUSES = (Etat.REFUSE, Etat.SANS_SUITE, Etat.RETIRE)


class Ouverture(StrEnum):
    """Où en est une démarche pour une équipe."""

    OUVERTE = "ouverte"  # un dossier est en cours
    ACQUISE = "acquise"  # un dossier a été accepté
    A_COMMENCER = "a_commencer"
    INCOMPLETE = "incomplete"  # on peut l'écrire ; l'équipe est à compléter avant de déposer
    EN_ATTENTE = "en_attente"  # une autre démarche vient avant
    FERMEE = "fermee"  # une condition de la démarche manque
    HORS_LIGNE = "hors_ligne"  # décrite, mais ne se dépose pas ici

    @property
    def libelle(self) -> str:
        return LIBELLES[self]

    @property
    def ton(self) -> str:
        return {"ouverte": "info", "acquise": "succes", "fermee": "attention"}.get(self.value, "neutre")

    @property
    def se_commence(self) -> bool:
        return self in (Ouverture.A_COMMENCER, Ouverture.INCOMPLETE, Ouverture.EN_ATTENTE)

    @property
    def est_libre(self) -> bool:
        """Se commence sans attendre une autre démarche."""
        return self in (Ouverture.A_COMMENCER, Ouverture.INCOMPLETE)


LIBELLES = {
    Ouverture.OUVERTE: "En cours",
    Ouverture.ACQUISE: "Acceptée",
    Ouverture.A_COMMENCER: "À commencer",
    Ouverture.INCOMPLETE: "À commencer",
    Ouverture.EN_ATTENTE: "Plus tard",
    Ouverture.FERMEE: "Pas encore ouverte",
    Ouverture.HORS_LIGNE: "Hors d’Esperluette",
}


@dataclass(frozen=True, slots=True)
class DemarcheDeLEquipe:
    """Une démarche pour une équipe. `raison` : pourquoi pas encore, ou ce qui vient avant ; vide quand rien ne manque.

    `dossier` : le dossier ouvert, sinon le dernier clos. `prochaine` : la prochaine utile, une au plus.
    """

    demarche: Demarche
    ouverture: Ouverture
    verdict: Verdict
    raison: str = ""
    facultative: bool = False
    dossier: Dossier | None = None
    prochaine: bool = False


def demarches_de(
    edition: Edition, forme: str, evaluation: Evaluation, dossiers: Sequence[Dossier]
) -> list[DemarcheDeLEquipe]:
    """Les démarches de cette forme, dans l'ordre du chemin ; `dossiers` : ceux de l'équipe. Sans requête."""
    acquises = {d.demarche for d in dossiers if d.etat == Etat.ACCEPTE}
    par_demarche = {d.demarche: _le_bon(dossiers, d.demarche) for d in dossiers}
    facultatives = _facultatives(edition, forme)
    vues = []
    for demarche in dans_l_ordre(edition, forme):
        verdict = next(e.verdict for e in evaluation.demarches if e.demarche.id == demarche.id)
        dossier = par_demarche.get(demarche.id)
        ouverture, raison = _ouverture(edition, demarche, evaluation, dossier, acquises, facultatives)
        vues.append(DemarcheDeLEquipe(demarche, ouverture, verdict, raison, demarche.id in facultatives, dossier))
    prochaine = _prochaine(vues)
    return [
        DemarcheDeLEquipe(v.demarche, v.ouverture, v.verdict, v.raison, v.facultative, v.dossier, v is prochaine)
        for v in vues
    ]


def dans_l_ordre(edition: Edition, forme: str) -> list[Demarche]:
    """Les démarches de la forme, dans l'ordre où le chemin les rencontre ; celles qu'il ne nomme pas à la fin."""
    nommees = [e.demarche for e in edition.chemin_de(forme) if e.demarche]
    rang = {cle: n for n, cle in reversed(list(enumerate(nommees)))}
    siennes = [d for d in edition.demarches if forme in d.formes]
    return sorted(siennes, key=lambda d: rang.get(d.id, len(nommees)))


def fermee(edition: Edition, demarche: Demarche, evaluation: Evaluation) -> str:
    """Pourquoi la démarche n'est pas ouverte à cette équipe : une condition à elle n'est certainement pas remplie.

    La composition n'empêche pas de commencer à écrire : elle se complète en chemin.
    """
    propres = {c for c in demarche.conditions if edition.critere(c).nature != "composition"}
    for etat in evaluation.criteres:
        if etat.critere.id in propres and etat.verdict.reponse is Reponse3.NON_SATISFAIT:
            return " ".join(filter(None, (etat.verdict.motif, etat.critere.conseil)))
    return ""


def _le_bon(dossiers: Iterable[Dossier], demarche: str) -> Dossier:
    """Le dossier ouvert de cette démarche ; sinon l'accepté ; sinon le dernier."""
    siens = sorted((d for d in dossiers if d.demarche == demarche), key=lambda d: (d.cree_le, d.pk), reverse=True)
    for etats in (Etat.OUVERTS, (Etat.ACCEPTE,)):
        if trouve := next((d for d in siens if d.etat in etats), None):
            return trouve
    return siens[0]


def _facultatives(edition: Edition, forme: str) -> set[str]:
    """Les démarches que le chemin ne rencontre que dans des étapes facultatives."""
    etapes = [(e.demarche, e.facultative) for e in edition.chemin_de(forme) if e.demarche]
    return {cle for cle, _ in etapes} - {cle for cle, facultative in etapes if not facultative}


def _ouverture(
    edition: Edition,
    demarche: Demarche,
    evaluation: Evaluation,
    dossier: Dossier | None,
    acquises: set[str],
    facultatives: set[str],
) -> tuple[Ouverture, str]:
    if dossier is not None and dossier.etat in Etat.OUVERTS:
        return Ouverture.OUVERTE, ""
    if dossier is not None and dossier.etat == Etat.ACCEPTE:
        return Ouverture.ACQUISE, ""
    if not demarche.en_ligne:
        return Ouverture.HORS_LIGNE, "Cette démarche ne se dépose pas encore ici."
    if raison := fermee(edition, demarche, evaluation):
        return Ouverture.FERMEE, raison
    avant = [d for d in edition.demarches if demarche.id in d.suites and d.id not in acquises | facultatives]
    avant = [d for d in avant if evaluation.forme.id in d.formes]
    if avant:
        noms = " et ".join(f"« {d.libelle} »" for d in avant)
        return Ouverture.EN_ATTENTE, f"D’abord : {noms}."
    manque = next(
        (
            e.verdict.motif
            for e in evaluation.criteres
            if e.critere.id in demarche.conditions and e.verdict.reponse is Reponse3.NON_SATISFAIT
        ),
        "",
    )
    if manque:
        return Ouverture.INCOMPLETE, f"Vous pouvez commencer à écrire ; le dépôt attendra. {manque}"
    return Ouverture.A_COMMENCER, ""


def _prochaine(vues: Sequence[DemarcheDeLEquipe]) -> DemarcheDeLEquipe | None:
    """La prochaine utile : la première qui s'ouvre sans attendre une autre démarche, obligatoire avant facultative."""
    libres = [v for v in vues if v.ouverture.est_libre]
    return next((v for v in libres if not v.facultative), next(iter(libres), None))
