"""L'horloge d'un dossier : ce qui a couru du délai de l'ARS, ce qui est suspendu, et le jour où il s'achève. Pur.

Le délai part du premier dépôt. Une demande de compléments le suspend (CRPA, article L. 114-5) : quand le silence vaut
rejet, pendant le délai imparti à l'équipe, que son dépôt abrège ; quand il vaut acceptation, jusqu'au dépôt, d'où le
délai repart entier. Une décision, un retrait ou un classement arrêtent tout ; si l'instruction se rouvre (recours
gracieux, accord retiré), un délai entier recommence ce jour-là. Les jours sont ceux du calendrier.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from esperluette.commun.dates import ajouter_mois, en_lettres

COURT = frozenset({"depose", "en_instruction", "inscrit", "avis_rendu"})
SUSPEND = frozenset({"a_completer", "a_signer"})
ARRETE = frozenset({"accepte", "refuse", "sans_suite", "retire"})


class Regime(Protocol):
    """Ce que l'édition dit du silence de l'administration."""

    @property
    def effet(self) -> str: ...
    @property
    def delai_mois(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Etape:
    """Un changement d'état, à l'heure locale. `avant_le` : le dernier jour donné à l'équipe pour compléter."""

    le: datetime
    vers: str
    avant_le: date | None = None


@dataclass(frozen=True, slots=True)
class Horloge:
    """Où en est le délai. `jours` ont couru sur `total`, `suspendus` n'ont pas compté ; tout part de `debut`.

    `echeance` : le jour où le silence vaut décision, vide tant qu'on ne peut pas le dire. `reprise_le` : le jour où
    l'horloge repart si l'équipe ne dépose rien d'ici là. `rouverte` : `debut` n'est pas le dépôt, mais la réouverture.
    """

    jours: int = 0
    total: int = 0
    suspendus: int = 0
    debut: date | None = None
    suspendue_depuis: date | None = None
    reprise_le: date | None = None
    echeance: date | None = None
    arretee_le: date | None = None
    depassee: bool = False
    effet: str = "aucun"
    rouverte: bool = False

    @property
    def phrase(self) -> str:
        """« 12 jours sur 61, suspendue depuis le 3 octobre 2026 » ; vide si rien ne court."""
        if self.debut is None:
            return ""
        sur = f"{self.jours} jour{'s' if self.jours > 1 else ''} sur {self.total}"
        if self.arretee_le is not None:
            return f"{sur}, arrêtée le {en_lettres(self.arretee_le)}"
        if self.suspendue_depuis is not None:
            return f"{sur}, suspendue depuis le {en_lettres(self.suspendue_depuis)}"
        if self.echeance is None:
            return sur
        mot = "délai dépassé depuis le" if self.depassee else "jusqu’au"
        return f"{sur}, {mot} {en_lettres(self.echeance)}"


def horloge(etapes: Iterable[Etape], regime: Regime, *, le: date) -> Horloge:
    """L'horloge au jour `le`. Deux étapes du même instant se lisent dans n'importe quel ordre."""
    # Au même instant, l'étape qui fait courir le délai se lit après celle qui le suspend.
    suite = sorted(etapes, key=lambda e: (e.le, e.vers in ARRETE, e.vers in COURT, e.vers, e.avant_le or date.max))
    suite = [e for e in suite if e.le.date() <= le]
    depart = next((e for e in suite if e.vers == "depose"), None)
    if depart is None or regime.effet == "aucun":
        return Horloge(effet=regime.effet)
    compte = _Compte(depart.le.date(), repart=regime.effet == "acceptation")
    for etape in suite:
        if etape is not depart and etape.le >= depart.le:
            compte.lire(etape)
    return compte.horloge(regime, le)


class _Compte:
    """Le décompte, étape après étape."""

    def __init__(self, debut: date, *, repart: bool) -> None:
        self.debut, self.repart = debut, repart
        self.suspendus = 0
        self.depuis: date | None = None  # suspendu depuis ce jour
        self.jusqu_au: date | None = None  # et jusqu'à celui-ci, si rien n'est déposé
        self.arrete: date | None = None
        self.rouverte = False

    def lire(self, etape: Etape) -> None:
        """Tient compte d'une étape."""
        jour = etape.le.date()
        if etape.vers in ARRETE:
            self.arrete = self.arrete or jour
        elif self.arrete is not None:
            if etape.vers in COURT:
                self._rouvrir(jour)
        elif etape.vers in SUSPEND:
            self._suspendre(jour, etape)
        elif etape.vers in COURT and self.depuis is not None:
            self.suspendus += self._ecoules(jour)
            if self.repart and etape.vers == "depose":
                self.debut, self.suspendus = jour, 0
            self.depuis = self.jusqu_au = None

    def _rouvrir(self, jour: date) -> None:
        """Un nouveau délai, entier : ce qui avait couru l'était pour la décision d'avant."""
        self.debut, self.suspendus = jour, 0
        self.depuis = self.jusqu_au = self.arrete = None
        self.rouverte = True

    def _suspendre(self, jour: date, etape: Etape) -> None:
        limite = None if self.repart else etape.avant_le
        if self.depuis is None:
            self.depuis, self.jusqu_au = jour, _lendemain(limite)
        elif limite is not None:
            self.jusqu_au = _lendemain(limite)

    def _ecoules(self, jour: date) -> int:
        """Les jours de la suspension en cours, au jour dit."""
        if self.depuis is None:
            return 0
        fin = jour if self.jusqu_au is None else min(jour, self.jusqu_au)
        return max((fin - self.depuis).days, 0)

    def horloge(self, regime: Regime, le: date) -> Horloge:
        fin = self.arrete or le
        suspendus = self.suspendus + self._ecoules(fin)
        suspendue = self.arrete is None and self.depuis is not None and (self.jusqu_au is None or le < self.jusqu_au)
        terme = ajouter_mois(self.debut, regime.delai_mois)
        echeance = None if suspendue or self.arrete else terme + timedelta(days=suspendus)
        return Horloge(
            jours=(fin - self.debut).days - suspendus,
            total=(terme - self.debut).days,
            suspendus=suspendus,
            debut=self.debut,
            suspendue_depuis=self.depuis if suspendue else None,
            reprise_le=self.jusqu_au if suspendue else None,
            echeance=echeance,
            arretee_le=self.arrete,
            depassee=echeance is not None and le > echeance,
            effet=regime.effet,
            rouverte=self.rouverte,
        )


def _lendemain(limite: date | None) -> date | None:
    """Le délai imparti comprend son dernier jour."""
    return None if limite is None else limite + timedelta(days=1)
