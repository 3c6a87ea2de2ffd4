"""La table d'une séance : qui tient quel siège, qui est là, qui représente qui ; et le quorum qui en résulte."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Modalite
from esperluette.commissions.models import Convocation, Deport, MandatDeSiege, Point, Seance, Siege
from esperluette.commissions.regles import Regles, regles_de
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.deliberations.enums import Mode
from esperluette.deliberations.models import Pouvoir, Presence, Tenue, Voix
from esperluette.deliberations.quorum import Depouillement, Mandat, Occupation, Quorum, depouiller, quorum


@dataclass(frozen=True, slots=True)
class Participant:
    """Une personne qui tient un siège, et où elle en est : sa dernière présence, ce qu'elle a répondu."""

    compte: Compte
    siege: Siege
    titulaire: bool
    president: bool
    presences: tuple[Presence, ...] = ()
    reponse: str = ""

    @property
    def derniere(self) -> Presence | None:
        return self.presences[-1] if self.presences else None

    @property
    def mode(self) -> str:
        """« present », « distance », « absent », « parti », ou vide si l'on n'a rien saisi."""
        if self.derniere is None:
            return ""
        return "parti" if self.derniere.parti_le else str(self.derniere.mode)

    @property
    def est_la(self) -> bool:
        return self.mode in Mode.LA

    @property
    def qualite(self) -> str:
        return ("Titulaire" if self.titulaire else "Suppléant") + (", préside l’instance" if self.president else "")


@dataclass(frozen=True, slots=True)
class Place:
    """Un siège et ceux qui le tiennent ; `pouvoir` : le mandat qu'il a donné."""

    siege: Siege
    participants: tuple[Participant, ...]
    pouvoir: Pouvoir | None = None

    @property
    def est_occupee(self) -> bool:
        return any(p.est_la for p in self.participants)


@dataclass(slots=True)
class Table:
    """Tout ce que le quorum lit. `places` : les sièges pourvus, observateurs compris."""

    seance: Seance
    regles: Regles
    places: list[Place]
    pouvoirs: list[Pouvoir]
    tenue: Tenue | None
    presences: list[Presence] = field(default_factory=list)

    @property
    def ecrite(self) -> bool:
        return self.seance.modalite == Modalite.ECRITE

    @property
    def participants(self) -> list[Participant]:
        return [p for place in self.places for p in place.participants]

    @property
    def votants(self) -> list[Place]:
        return [place for place in self.places if place.siege.votant]

    @property
    def observateurs(self) -> list[Place]:
        return [place for place in self.places if not place.siege.votant]

    def place(self, siege_id: int) -> Place | None:
        return next((place for place in self.places if place.siege.pk == siege_id), None)

    @property
    def sieges_du_president(self) -> set[int]:
        """Le siège de qui préside la séance ; à défaut, celui de la présidence de l'instance."""
        preside = self.tenue.preside_par_id if self.tenue else None
        return {p.siege.pk for p in self.participants if (p.compte.pk == preside if preside else p.president)}

    def quorum(
        self, deports: Collection[int] = (), voix: Iterable[Voix] = (), *, le: datetime | None = None
    ) -> Quorum:
        """Le quorum de l'instant (ou d'un instant `le`) ; par écrit, un siège y compte s'il a voté sur ce point."""
        if self.ecrite:
            la = [Occupation(v.siege_id, v.compte_id) for v in voix]
        else:
            la = [Occupation(p.siege_id, p.compte_id) for p in self.presences if _est_la(p, le)]
        pouvoirs = [] if self.ecrite else [Mandat(p.de_id, p.a_id, p.mandant_id) for p in self.pouvoirs]
        return quorum(
            self.regles, {place.siege.pk for place in self.votants}, la, pouvoirs, deports,
            seconde=self.seance.seconde_de_id is not None,
        )  # fmt: skip

    def quorum_du_point(self, point: Point) -> Quorum:
        """Le quorum de ce point, déports compris ; lit `point.deports_en_vigueur` et `point.voix` préchargés."""
        return self.quorum([d.compte_id for d in deports_de(point)], point.voix.all())

    def depouillement(self, point: Point) -> Depouillement | None:
        """Le compte des voix saisies, ou rien si aucune ne l'est."""
        voix = list(point.voix.all())
        if not voix:
            return None
        du_president = self.sieges_du_president
        return depouiller(
            [(v.sens, v.siege_id in du_president) for v in voix], preponderante=self.regles.voix_preponderante
        )


def deports_de(point: Point) -> list[Deport]:
    """Les déports en vigueur d'un point, préchargés ou non."""
    return [d for d in point.deports.all() if d.annule_le is None]


def _est_la(presence: Presence, le: datetime | None) -> bool:
    if presence.mode not in Mode.LA or presence.arrive_le is None:
        return False
    if le is None:
        return presence.parti_le is None
    return presence.arrive_le <= le and (presence.parti_le is None or le < presence.parti_le)


def table_de(seance: Seance) -> Table:
    """La table d'une séance, en cinq requêtes, quel que soit le nombre de sièges."""
    presences = list(seance.presences.select_related("compte", "siege").order_by("pk"))
    par_personne: dict[tuple[int, int], list[Presence]] = defaultdict(list)
    for presence in presences:
        par_personne[presence.siege_id, presence.compte_id].append(presence)
    pouvoirs = list(seance.pouvoirs.filter(retire_le=None).select_related("de", "a", "mandant"))
    donnes = {p.de_id: p for p in pouvoirs}
    reponses = dict(Convocation.objects.filter(seance=seance).values_list("compte_id", "reponse"))
    par_siege: dict[int, tuple[Siege, list[Participant]]] = {}
    mandats = MandatDeSiege.objects.en_cours().filter(siege__instance=seance.instance_id)
    for m in mandats.select_related("siege", "compte").order_by("siege__ordre", "siege_id", "-titulaire", "pk"):
        _, gens = par_siege.setdefault(m.siege_id, (m.siege, []))
        siennes = tuple(par_personne.get((m.siege_id, m.compte_id), ()))
        gens.append(Participant(m.compte, m.siege, m.titulaire, m.president, siennes, reponses.get(m.compte_id, "")))
    return Table(
        seance=seance,
        regles=regles_de(seance.instance),
        places=[Place(siege, tuple(gens), donnes.get(pk)) for pk, (siege, gens) in par_siege.items()],
        pouvoirs=pouvoirs,
        tenue=Tenue.objects.filter(seance=seance).select_related("preside_par").first(),
        presences=presences,
    )


def quorum_manquant(seance: Seance) -> Permission:
    """Le quorum manque-t-il aux points qui restent ? De quoi convoquer de nouveau ; sinon, la raison.

    Une séance close ne laisse un point à examiner que faute de quorum : la clôture l'a vérifié.
    """
    if seance.etat != EtatDeSeance.OUVERTE:
        return OUI
    points = list(
        seance.points.a_examiner()
        .select_related("avis_rendu")
        .prefetch_related("voix", Prefetch("deports", Deport.objects.en_vigueur()))
    )
    if any(getattr(p, "avis_rendu", None) and p.avis_rendu.rendu_le for p in points):
        return non("Des avis sont rendus : closez d’abord la séance, ils deviendront définitifs.")
    table = table_de(seance)
    fin = table.tenue.vote_jusqu_a if table.tenue else None
    if table.ecrite and (fin is None or timezone.now() < fin):
        return non("La consultation écrite court encore : le quorum se compte à sa fermeture.")
    atteint = next((q for p in points if (q := table.quorum_du_point(p)).atteint), None)
    return non(f"On ne convoque de nouveau que faute de quorum. {atteint.phrase}") if atteint else OUI
