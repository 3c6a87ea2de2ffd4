"""Ce que montre le cockpit, prêt pour le gabarit : un point par écran, la table, le quorum."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from esperluette.commissions.models import Deport, Point, Seance, Siege
from esperluette.commissions.regles import AvisPossible
from esperluette.commun.permissions import Permission
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions.points import (
    avis_possibles,
    permission_de_rendre,
    seances_suivantes,
)
from esperluette.deliberations.enums import Cote, Mode, Sens
from esperluette.deliberations.lectures import avis_du_point, points_du_cockpit, syntheses
from esperluette.deliberations.models import AvisRendu, Desaccord, Evaluation, Reserve, Voix
from esperluette.deliberations.presidence import points_ecartes
from esperluette.deliberations.quorum import Depouillement, Quorum
from esperluette.deliberations.synthese import Synthese
from esperluette.deliberations.table import Participant, Place, Table, deports_de, table_de


@dataclass(frozen=True, slots=True)
class LigneDeVote:
    """Un siège votant sur un point : sa voix, qui la porte, l'avis écrit qu'il avait proposé."""

    siege: Siege
    voix: Voix | None
    vote: bool
    porteur: str = ""
    ecrit: Evaluation | None = None
    ecrit_libelle: str = ""
    raison: str = ""


@dataclass(frozen=True, slots=True)
class PointAffiche:
    """Un point tel que la salle le voit. `masque` : la personne devant l'écran en est écartée."""

    point: Point
    rang: int
    avis: AvisRendu
    synthese: Synthese
    quorum: Quorum
    votes: tuple[LigneDeVote, ...]
    depouillement: Depouillement | None
    deports: tuple[Deport, ...]
    reserves: tuple[Reserve, ...]
    desaccords: tuple[Desaccord, ...]
    rendre: Permission
    masque: bool = False
    # Tirées ici : un double clic sans script porte la même clé.
    cle_reserve: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def rendu(self) -> bool:
        return self.avis.rendu_le is not None

    @property
    def mot(self) -> str:
        """L'issue en un mot, pour le sommaire."""
        if self.rendu:
            return self.avis.libelle
        return "Préparé" if self.avis.avis else "À examiner"

    @property
    def ton(self) -> str:
        if not self.rendu:
            return "neutre"
        return {"favorable": "succes", "reserves": "attention", "defavorable": "erreur"}.get(self.avis.effet, "info")


@dataclass(frozen=True, slots=True)
class Cockpit:
    """L'écran entier d'une séance."""

    seance: Seance
    table: Table
    quorum: Quorum
    points: tuple[PointAffiche, ...]
    courant: PointAffiche | None
    possibles: tuple[AvisPossible, ...]
    suivantes: tuple[Seance, ...]
    modes: tuple[tuple[str, str], ...]
    sens: tuple[tuple[str, str], ...] = tuple(Sens.choices)
    cotes: tuple[tuple[str, str], ...] = tuple(Cote.choices)

    @property
    def restants(self) -> int:
        return sum(1 for p in self.points if not p.rendu)

    @property
    def precedent(self) -> PointAffiche | None:
        return self._voisin(-1)

    @property
    def suivant(self) -> PointAffiche | None:
        return self._voisin(1)

    def _voisin(self, pas: int) -> PointAffiche | None:
        if self.courant is None:
            return None
        rang = self.courant.rang - 1 + pas
        return self.points[rang] if 0 <= rang < len(self.points) else None


def cockpit_de(seance: Seance, compte: Compte, *, point: str = "") -> Cockpit:
    """Tout l'écran, en un nombre de requêtes qui ne dépend ni des points ni des sièges."""
    table = table_de(seance)
    points = points_du_cockpit(seance)
    resumes = syntheses(points)
    tus = points_ecartes(compte, seance)
    affiches = tuple(_afficher(n, p, table, resumes[p.pk], masque=p.pk in tus) for n, p in enumerate(points, 1))
    courant = next((p for p in affiches if str(p.point.pk) == point), None)
    courant = courant or next((p for p in affiches if not p.rendu), None) or (affiches[0] if affiches else None)
    return Cockpit(
        seance=seance,
        table=table,
        quorum=table.quorum() if not table.ecrite or courant is None else courant.quorum,
        points=affiches,
        courant=courant,
        possibles=avis_possibles(table.regles),
        suivantes=tuple(seances_suivantes(seance).select_related("instance__departement")[:6]),
        modes=(*Mode.choices, ("parti", "Parti")),
    )


def _afficher(rang: int, point: Point, table: Table, synthese: Synthese, *, masque: bool) -> PointAffiche:
    avis = avis_du_point(point)
    deports = tuple(deports_de(point))
    etat = table.quorum_du_point(point)
    return PointAffiche(
        point=point,
        rang=rang,
        avis=avis,
        synthese=synthese,
        quorum=etat,
        votes=tuple(_votes(point, table, etat, {d.compte_id for d in deports})),
        depouillement=table.depouillement(point),
        deports=deports,
        reserves=tuple(point.reserves.all()),
        desaccords=tuple(point.desaccords.all()),
        rendre=permission_de_rendre(point, avis, table),
        masque=masque,
    )


def _votes(point: Point, table: Table, etat: Quorum, ecartes: set[int]) -> Any:
    voix = {v.siege_id: v for v in point.voix.all()}
    ecrits = {e.siege_id: e for e in point.evaluations.all() if e.compte_id not in ecartes}
    libelles = {a.id: a.libelle for a in table.regles.avis}
    porteurs, noms = dict(etat.voix), {place.siege.pk: str(place.siege) for place in table.places}
    for place in table.votants:
        siege, ecrit = place.siege, ecrits.get(place.siege.pk)
        porteur = porteurs.get(siege.pk)
        yield LigneDeVote(
            siege=siege,
            voix=voix.get(siege.pk),
            vote=porteur is not None,
            porteur=noms[porteur] if porteur not in (None, siege.pk) else "",
            ecrit=ecrit,
            ecrit_libelle=libelles.get(ecrit.avis_propose, "") if ecrit else "",
            raison="" if porteur is not None else _raison(place, ecartes, ecrite=table.ecrite),
        )


def _raison(place: Place, ecartes: set[int], *, ecrite: bool) -> str:
    la: list[Participant] = list(place.participants) if ecrite else [p for p in place.participants if p.est_la]
    if la and all(p.compte.pk in ecartes for p in la):
        return "Déporté"
    return "N’a pas voté" if ecrite else "Absent"
