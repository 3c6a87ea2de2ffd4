"""Une commission qui se tient : ses sièges, ses membres convoqués, ses dossiers inscrits."""

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from esperluette.commissions.models import MandatDeSiege, Point, Seance
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.seance import noter_presence, ouvrir
from esperluette.deliberations.enums import Mode
from tests.fabriques.commissions import (
    ConvocationFabrique,
    InstanceFabrique,
    MandatFabrique,
    PointFabrique,
    SeanceFabrique,
    SiegeFabrique,
)
from tests.fabriques.comptes import FonctionFabrique


@dataclass
class Commission:
    """Tout ce qu'un essai nomme : la séance, le secrétariat, les membres dans l'ordre des sièges, les points."""

    seance: Seance
    secretaire: Compte
    mandats: list[MandatDeSiege]
    observateur: MandatDeSiege
    points: list[Point] = field(default_factory=list)

    @property
    def presidente(self) -> Compte:
        return self.mandats[0].compte

    @property
    def membres(self) -> list[Compte]:
        return [m.compte for m in self.mandats]

    @property
    def sieges(self) -> list[Any]:
        return [m.siege for m in self.mandats]

    def arrivent(self, *rangs: int, mode: str = Mode.PRESENT) -> None:
        """Ceux-là arrivent."""
        for rang in rangs:
            m = self.mandats[rang]
            noter_presence(self.seance, m.siege, m.compte, mode, acteur=self.secretaire)

    def partent(self, *rangs: int) -> None:
        self.arrivent(*rangs, mode="parti")

    def propose(self, avis: str, rang: int = 0, *, motif: str = "", reserves: tuple[str, ...] = ()) -> Point:
        """Prépare l'avis d'un point."""
        point = self.points[rang]
        for texte in reserves:
            sur_le_point.saisir_reserve(point, uuid.uuid4(), "texte", texte, version_lue=0, acteur=self.secretaire)
        if motif:
            sur_le_point.preparer(point, "motif", motif, version_lue=0, acteur=self.secretaire)
        sur_le_point.preparer(point, "avis", avis, version_lue=0, acteur=self.secretaire)
        return point

    def rend(self, avis: str, rang: int = 0, **suite: Any) -> Any:
        """Prépare puis rend l'avis d'un point."""
        return sur_le_point.rendre_avis(self.propose(avis, rang, **suite), acteur=self.secretaire)


def commission(
    *, sieges: int = 4, points: int = 1, ouverte: bool = False, departementale: bool = False, **seance: Any
) -> Commission:
    """Une commission convoquée : `sieges` votants titulaires, un observateur, et `points` dossiers inscrits.

    Le premier siège est celui de la présidente.
    """
    instance = InstanceFabrique(departementale=departementale, sigle="CCOPD" if departementale else "CARPEC")
    une = SeanceFabrique(instance=instance, convoquee=True, **{"date": timezone.localdate()} | seance)
    region, departement = instance.region, instance.departement
    secretaire = FonctionFabrique(secretariat=True, region=region, departement=departement).compte
    mandats = []
    for rang in range(sieges):
        siege = SiegeFabrique(instance=instance, libelle=f"Institution {rang + 1}", ordre=rang)
        mandats.append(MandatFabrique(siege=siege, presidence=rang == 0))
    observateur = MandatFabrique(
        siege=SiegeFabrique(instance=instance, libelle="Observatrice", observateur=True, ordre=90)
    )
    for mandat in (*mandats, observateur):
        ConvocationFabrique(seance=une, mandat=mandat)
    cree = Commission(une, secretaire, mandats, observateur)
    for rang in range(points):
        cree.points.append(PointFabrique(seance=une, ordre=rang + 1))
    if ouverte:
        cree.seance = ouvrir(une, acteur=secretaire)
    return cree


def demain() -> datetime.datetime:
    """Un instant à venir : la fermeture d'une consultation écrite."""
    return timezone.now() + datetime.timedelta(days=1)
