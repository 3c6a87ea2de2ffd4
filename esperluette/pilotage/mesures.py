"""Compter et mesurer, sans base ni écran : ce que disent les traces des dossiers d'un territoire.

Un délai se compte en jours de calendrier, suspensions comprises, et appartient à la période où l'étape est atteinte :
un dossier encore en cours n'y fausse rien.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from esperluette.dossiers.enums import Etat

# Où en sont les dossiers, en peu de colonnes : le groupe, son nom, ses états.
GROUPES: dict[str, tuple[str, tuple[Etat, ...]]] = {
    "a_prendre": ("À prendre", (Etat.DEPOSE,)),
    "en_instruction": ("En instruction", (Etat.EN_INSTRUCTION,)),
    "chez_l_equipe": ("Chez l’équipe", (Etat.BROUILLON, Etat.A_COMPLETER, Etat.A_SIGNER)),
    "en_commission": ("En commission", (Etat.INSCRIT, Etat.AVIS_RENDU)),
    "acceptes": ("Acceptés", (Etat.ACCEPTE,)),
    "refuses": ("Refusés", (Etat.REFUSE,)),
    "sans_suite": ("Sans suite ou retirés", (Etat.SANS_SUITE, Etat.RETIRE)),
}
GROUPE_DE = {etat: groupe for groupe, (_, etats) in GROUPES.items() for etat in etats}

# Les étapes dont on mesure le délai depuis le dépôt : la trace, son nom.
ETAPES = {"pris_le": "Dépôt → prise", "avis_le": "Dépôt → séance", "decide_le": "Dépôt → décision"}


@dataclass(frozen=True, slots=True)
class Trace:
    """Ce qu'il reste d'un dossier pour le compter. Les avis : les jours où l'instance s'est prononcée."""

    departement: str
    etat: str
    depose_le: date
    pris_le: date | None = None
    avis_le: date | None = None
    decide_le: date | None = None


@dataclass(frozen=True, slots=True)
class Delai:
    """Un délai médian en jours, et sur combien de dossiers ; None sans dossier."""

    mediane: float | None
    nombre: int


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Ce qu'on dit d'un territoire sur une période."""

    recus: int
    par_groupe: dict[str, int]
    delais: dict[str, Delai]
    decides: int


@dataclass(frozen=True, slots=True)
class Issue:
    """Ce qu'une commission a rendu : dans quel département, quel avis, quel jour."""

    departement: str
    libelle: str
    le: date


@dataclass(frozen=True, slots=True)
class Periode:
    """Deux jours, bornes comprises."""

    du: date
    au: date

    def __contains__(self, jour: object) -> bool:
        return isinstance(jour, date) and self.du <= jour <= self.au

    @property
    def mois(self) -> list["Periode"]:
        """Les mois de la période ; le premier et le dernier coupés à ses bornes."""
        mois, debut = [], self.du
        while debut <= self.au:
            suivant = (debut.replace(day=1) + timedelta(days=32)).replace(day=1)
            mois.append(Periode(debut, min(self.au, suivant - timedelta(days=1))))
            debut = suivant
        return mois


def _jours(traces: Iterable[Trace], etape: str, periode: Periode) -> list[tuple[date, int]]:
    """Quand l'étape est atteinte dans la période, et combien de jours après le dépôt."""
    atteintes = ((getattr(t, etape), t.depose_le) for t in traces)
    du, au = periode.du, periode.au
    return [(le, max((le - depot).days, 0)) for le, depot in atteintes if le is not None and du <= le <= au]


def delai(traces: Iterable[Trace], etape: str, periode: Periode) -> Delai:
    """Le délai médian du dépôt à cette étape, pour les dossiers qui l'ont atteinte dans la période."""
    jours = [n for _, n in _jours(traces, etape, periode)]
    return Delai(median(jours) if jours else None, len(jours))


@dataclass(frozen=True, slots=True)
class ParMois:
    """Un mois de la période : son premier jour, ce qui s'y est passé, les délais médians des étapes atteintes."""

    du: date
    recus: int
    decides: int
    delais: dict[str, float | None]


def par_mois(traces: Sequence[Trace], periode: Periode) -> list[ParMois]:
    """Chaque mois de la période ; les dossiers ne sont parcourus qu'une fois par étape."""
    recus = Counter(t.depose_le.replace(day=1) for t in traces if t.depose_le in periode)
    jours: dict[str, dict[date, list[int]]] = {etape: defaultdict(list) for etape in ETAPES}
    for etape, mois in jours.items():
        for le, nombre in _jours(traces, etape, periode):
            mois[le.replace(day=1)].append(nombre)
    return [
        ParMois(
            du=debut,
            recus=recus[debut],
            decides=len(jours["decide_le"][debut]),
            delais={etape: median(mois[debut]) if mois[debut] else None for etape, mois in jours.items()},
        )
        for debut in (m.du.replace(day=1) for m in periode.mois)
    ]


def chiffrer(traces: Sequence[Trace], periode: Periode) -> Chiffres:
    """Les chiffres de ces dossiers : reçus dans la période (et où ils en sont), décidés et mesurés dans la période."""
    recus = [t for t in traces if t.depose_le in periode]
    groupes = Counter(GROUPE_DE[Etat(t.etat)] for t in recus)
    return Chiffres(
        recus=len(recus),
        par_groupe={groupe: groupes[groupe] for groupe in GROUPES},
        delais={etape: delai(traces, etape, periode) for etape in ETAPES},
        decides=sum(t.decide_le in periode for t in traces),
    )


@dataclass(frozen=True, slots=True)
class Acquis:
    """Une équipe reconnue : depuis et jusqu'à quand, où elle est implantée, les communes de son territoire."""

    equipe: int
    implantation: str
    debut: date
    fin: date | None
    communes: frozenset[str]

    def vaut(self, jour: date) -> bool:
        return self.debut <= jour and (self.fin is None or self.fin >= jour)


def equipes_le(acquis: Iterable[Acquis], jour: date) -> int:
    """Combien d'équipes reconnues ce jour-là ; une équipe reconnue sous deux formes compte une fois."""
    return len({a.equipe for a in acquis if a.vaut(jour)})


@dataclass(frozen=True, slots=True)
class Lieu:
    """Une commune, ou un arrondissement municipal (`mere`)."""

    code: str
    nom: str
    departement: str
    departement_nom: str
    population: int
    mere: str | None = None


def couvertes(lieux: dict[str, Lieu], codes: Iterable[str]) -> set[str]:
    """Les communes couvertes, sans double compte : un arrondissement s'efface devant sa commune entière."""
    presentes = {code for code in codes if code in lieux}
    return {code for code in presentes if lieux[code].mere not in presentes}


def population(lieux: dict[str, Lieu], codes: Iterable[str]) -> int:
    """La population municipale de ces communes, chacune une fois."""
    return sum(lieux[code].population for code in couvertes(lieux, codes))
