"""Le calendrier des commissions d'une région : séances à venir, ou auprès de qui le confirmer.

Les séances vivent en base, dans `commissions`, qui s'inscrit ici comme source. Tant que la base n'en porte aucune pour
la région (ou qu'il n'y a pas de base), l'édition fait foi.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from esperluette.commun.base import base_presente
from esperluette.commun.dates import en_lettres
from esperluette.commun.erreurs import ErreurMetier
from esperluette.interlocuteurs.ics import ecrire
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import AConfirmer, Edition, Seance, Source


class RegionInconnue(ErreurMetier):
    """Aucune édition pour cette région."""


@dataclass(frozen=True, slots=True)
class SeanceAnnoncee:
    """Une séance publiée, avec le nom de son instance. `depot_avant` : dernier jour pour déposer, s'il est connu."""

    date: datetime.date
    instance: str
    sigle: str
    nom: str
    source: Source
    heure: datetime.time | None = None
    lieu: str = ""
    a_distance: bool = False
    depot_avant: datetime.date | None = None
    departement: str = ""
    capacite: int | None = None
    annulee: bool = False
    fictive: bool = False
    # Le même d'une mise à jour à l'autre : un agenda abonné y retrouve sa séance, même déplacée.
    uid: str = ""

    @property
    def titre(self) -> str:
        """« CARPEC », « CCOPD Hautes-Alpes »."""
        return f"{self.sigle} {self.departement}".strip()

    @property
    def ou(self) -> str:
        """Où elle se tient : le lieu, la visioconférence, ou rien si l'on ne sait pas."""
        return " ; ".join(filter(None, [self.lieu, "en visioconférence" if self.a_distance else ""]))

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande."""
        return {
            "date": self.date.isoformat(),
            "instance": self.instance,
            "sigle": self.sigle,
            "nom": self.nom,
            "departement": self.departement or None,
            "heure": f"{self.heure:%H:%M}" if self.heure else None,
            "lieu": self.ou or None,
            "depot_avant": self.depot_avant.isoformat() if self.depot_avant else None,
            "source": self.source.en_json(),
        }


@dataclass(frozen=True, slots=True)
class SeancesConnues:
    """Toutes les séances publiques d'une région que tient une source, passées comprises."""

    reelles: tuple[SeanceAnnoncee, ...]
    fictives: tuple[SeanceAnnoncee, ...] = ()


# lire(clé de région) -> ce que la base en sait.
LecteurDeSeances = Callable[[str], SeancesConnues]
_LECTEURS: list[LecteurDeSeances] = []


def inscrire_lecteur(lecteur: LecteurDeSeances) -> None:
    """Le haut dit où lire les séances ; l'inscrire deux fois n'a pas d'effet."""
    if lecteur not in _LECTEURS:
        _LECTEURS.append(lecteur)


def lecteurs() -> tuple[LecteurDeSeances, ...]:
    """Les lecteurs inscrits ; un essai en fige la liste."""
    return tuple(_LECTEURS)


@dataclass(frozen=True, slots=True)
class Calendrier:
    """Les séances d'une région vues d'un jour donné. `derniere` : la dernière passée que l'on connaisse.

    `fictives` : les séances de la démonstration, montrées à part et dites telles ; toujours vide ailleurs.
    """

    region: str
    nom: str
    edition: str
    le: datetime.date
    a_venir: tuple[SeanceAnnoncee, ...]
    derniere: SeanceAnnoncee | None
    a_confirmer: AConfirmer | None
    annulees: tuple[SeanceAnnoncee, ...] = ()
    fictives: tuple[SeanceAnnoncee, ...] = ()

    @property
    def aupres_de(self) -> str:
        """Auprès de qui confirmer les dates."""
        return self.a_confirmer.texte if self.a_confirmer else f"l'ARS {self.nom}"

    @property
    def phrase(self) -> str:
        """La prochaine séance, ou pourquoi on n'en annonce pas."""
        if self.a_venir:
            prochaine = self.a_venir[0]
            depot = prochaine.depot_avant
            limite = f" Dossiers à déposer avant le {_jour(depot)} inclus." if depot and depot >= self.le else ""
            passee = f" La date limite de dépôt était le {_jour(depot)}." if depot and depot < self.le else ""
            return f"Prochaine séance : {prochaine.titre}, le {_jour(prochaine.date)}.{limite}{passee}"
        if self.derniere:
            return (
                f"Aucune séance à venir n'est connue : la dernière date publiée est passée, c'était le "
                f"{_jour(self.derniere.date)} ({self.derniere.sigle}). Dates à confirmer auprès de {self.aupres_de}."
            )
        return f"Aucune date de séance n'est publiée. À confirmer auprès de {self.aupres_de}."

    def en_ics(self) -> str:
        """Un calendrier iCalendar (RFC 5545), lisible même sans séance : la description dit alors pourquoi."""
        return ecrire(self)

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande."""
        return {
            "region": self.region,
            "edition": self.edition,
            "le": self.le.isoformat(),
            "seances": [seance.en_json() for seance in self.a_venir],
            "derniere_seance_connue": self.derniere.en_json() if self.derniere else None,
            "a_confirmer_aupres_de": None if self.a_venir else self.aupres_de,
            "a_confirmer_url": (self.a_confirmer.url or None) if self.a_confirmer else None,
            "message": self.phrase,
        }


def calendrier_de(region: str, le: datetime.date | None = None) -> Calendrier:
    """Le calendrier d'une région (clé : « bretagne ») vu de ce jour. Lève RegionInconnue, avec la liste."""
    jour = le or timezone.localdate()
    edition = edition_en_vigueur(region, jour) if region in regions() else None
    if edition is None:
        raise RegionInconnue(
            f"Aucune édition en vigueur pour la région « {region} ». Régions connues : {', '.join(regions())}."
        )
    connues = _en_base(edition, jour)
    if connues is None:
        connues = SeancesConnues(tuple(_annoncee(edition, s) for s in edition.local.seances))
    return _vu_de(edition, jour, connues)


def _en_base(edition: Edition, jour: datetime.date) -> SeancesConnues | None:
    """Ce que la base sait de la région ; None si elle n'en porte rien, ou si l'on demande une édition ancienne."""
    aujourd_hui = edition_en_vigueur(edition.region, timezone.localdate())
    if aujourd_hui is None or aujourd_hui.numero != edition.numero or not base_presente():
        return None
    for lecteur in _LECTEURS:
        try:
            connues = lecteur(edition.region)
        except DatabaseError:  # pas de base, ou pas encore de tables : la commande répond quand même
            continue
        if connues.reelles:
            return connues
        if connues.fictives:
            return SeancesConnues(tuple(_annoncee(edition, s) for s in edition.local.seances), connues.fictives)
    return None


def _vu_de(edition: Edition, jour: datetime.date, connues: SeancesConnues) -> Calendrier:
    tenables = [s for s in connues.reelles if not s.annulee]
    passees = [s for s in tenables if s.date < jour]
    return Calendrier(
        region=edition.region,
        nom=edition.entete.region.nom,
        edition=edition.numero,
        le=jour,
        a_venir=_dans_l_ordre(s for s in tenables if s.date >= jour),
        derniere=max(passees, key=lambda s: s.date, default=None),
        a_confirmer=edition.local.a_confirmer,
        annulees=_dans_l_ordre(s for s in connues.reelles if s.annulee and s.date >= jour),
        fictives=_dans_l_ordre(s for s in connues.fictives if s.date >= jour),
    )


def _dans_l_ordre(seances: Iterable[SeanceAnnoncee]) -> tuple[SeanceAnnoncee, ...]:
    return tuple(sorted(seances, key=lambda s: (s.date, s.heure or datetime.time.min, s.titre)))


def _annoncee(edition: Edition, seance: Seance) -> SeanceAnnoncee:
    instance = edition.instance(seance.instance)
    return SeanceAnnoncee(
        date=seance.date,
        instance=instance.id,
        sigle=instance.sigle,
        nom=instance.nom,
        source=seance.source,
        lieu=seance.lieu,
        depot_avant=seance.depot_avant,
        uid=f"{edition.region}-{instance.id}-{seance.date:%Y%m%d}",
    )


def _jour(date: datetime.date) -> str:
    return en_lettres(date)
