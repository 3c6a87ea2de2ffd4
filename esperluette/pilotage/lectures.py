"""Lire les chiffres d'une région en un nombre fixe de requêtes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min, Q
from django.utils import timezone

from esperluette.comptes.perimetres import Perimetre
from esperluette.deliberations.enums import SorteDIssue
from esperluette.deliberations.models import AvisRendu
from esperluette.dossiers.models import Dossier
from esperluette.pilotage.mesures import (
    Acquis,
    Chiffres,
    Issue,
    Lieu,
    Periode,
    Trace,
    chiffrer,
    equipes_le,
    par_mois,
    population,
)
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.territoires.models import Commune, Region
from esperluette.territoires.zonages import SourceDeZonage, zonages_des_communes

ZONE, JEU = "zip", "zonage-medecins"
COMMANDE = f"esperluette donnees importer {JEU}"
DECISIONS = ("accepter", "refuser")


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce qu'on veut voir : une région, un de ses départements ou tous, une période ; dans un périmètre."""

    region: Region
    perimetre: Perimetre
    periode: Periode
    departement: str = ""


@dataclass(frozen=True, slots=True)
class Zip:
    """Ce que le zonage dit de la région. `charge` faux : on ne sait rien, et la page donne la commande."""

    charge: bool
    source: SourceDeZonage | None
    classees: frozenset[str] = frozenset()
    a_preciser: int = 0
    sans_equipe: tuple[Lieu, ...] = ()


@dataclass(frozen=True, slots=True)
class Ligne:
    """Les chiffres d'un territoire : un département, ou tout ce qu'on regarde (`code` vide)."""

    code: str
    nom: str
    chiffres: Chiffres
    avis: Counter[str]
    equipes: int
    population: int
    couverte: int
    zip: int | None
    zip_sans_equipe: int | None

    @property
    def examines(self) -> int:
        """Combien de fois une commission s'est prononcée, ou a ajourné."""
        return self.avis.total()

    @property
    def part_couverte(self) -> float | None:
        """La part de la population couverte, en pour cent."""
        return 100 * self.couverte / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class Mois:
    """Un mois de la période."""

    du: date
    recus: int
    decides: int
    delais: dict[str, float | None]
    equipes: int


@dataclass(frozen=True, slots=True)
class Releve:
    """Tout ce que montre la page, et ce qu'exportent les fichiers : les mêmes chiffres."""

    demande: Demande
    total: Ligne
    lignes: tuple[Ligne, ...]
    mois: tuple[Mois, ...]
    zip: Zip
    departements: tuple[tuple[str, str], ...]


def relever(demande: Demande) -> Releve:
    """Les chiffres de cette demande ; six requêtes, quel que soit le nombre de dossiers, d'équipes et de communes."""
    lieux = _lieux(demande)
    departements = dict(sorted({lieu.departement: lieu.departement_nom for lieu in lieux.values()}.items()))
    vus = {code: lieu for code, lieu in lieux.items() if demande.departement in ("", lieu.departement)}
    traces, issues, acquis = _traces(demande), _issues(demande), _acquis(demande)
    fin = min(demande.periode.au, timezone.localdate())
    atteintes = {code for a in acquis if a.vaut(fin) for code in a.communes}
    zonage = _zip(vus, atteintes)
    codes = [c for c in departements if demande.departement in ("", c)]
    locaux = [a for a in acquis if a.implantation in vus]
    return Releve(
        demande=demande,
        total=_ligne("", str(demande.region), vus, traces, issues, locaux, zonage, atteintes, demande.periode, fin),
        lignes=tuple(
            _ligne(
                code,
                departements[code],
                {c: lieu for c, lieu in vus.items() if lieu.departement == code},
                [t for t in traces if t.departement == code],
                [i for i in issues if i.departement == code],
                [a for a in locaux if lieux[a.implantation].departement == code],
                zonage,
                atteintes,
                demande.periode,
                fin,
            )
            for code in codes
        ),
        mois=_mois(traces, locaux, demande.periode),
        zip=zonage,
        departements=tuple(departements.items()),
    )


def _ligne(
    code: str,
    nom: str,
    lieux: dict[str, Lieu],
    traces: list[Trace],
    issues: list[Issue],
    acquis: list[Acquis],
    zonage: Zip,
    atteintes: set[str],
    periode: Periode,
    fin: date,
) -> Ligne:
    return Ligne(
        code=code,
        nom=nom,
        chiffres=chiffrer(traces, periode),
        avis=Counter(issue.libelle for issue in issues),
        equipes=equipes_le(acquis, fin),
        population=population(lieux, lieux),
        couverte=population(lieux, atteintes),
        zip=len(zonage.classees & lieux.keys()) if zonage.charge else None,
        zip_sans_equipe=sum(lieu.code in lieux for lieu in zonage.sans_equipe) if zonage.charge else None,
    )


def _mois(traces: list[Trace], acquis: list[Acquis], periode: Periode) -> tuple[Mois, ...]:
    """Chaque mois, et les équipes reconnues à sa fin."""
    jour = timezone.localdate()
    return tuple(
        Mois(compte.du, compte.recus, compte.decides, compte.delais, equipes_le(acquis, min(borne.au, jour)))
        for compte, borne in zip(par_mois(traces, periode), periode.mois, strict=True)
    )


def _lieux(demande: Demande) -> dict[str, Lieu]:
    """Les communes de la région, dans le périmètre ; en une requête."""
    communes = Commune.objects.filter(demande.perimetre.filtre(), region=demande.region, active=True).order_by()
    lignes = communes.values_list("code", "nom", "departement_id", "departement__nom", "population", "commune_mere_id")
    return {ligne[0]: Lieu(*ligne) for ligne in lignes}


def _traces(demande: Demande) -> list[Trace]:
    """Les dossiers reçus dans la période, ou qui y ont changé d'état ; en une requête."""
    debut = timezone.make_aware(datetime.combine(demande.periode.du, datetime.min.time()))
    dossiers = Dossier.objects.recus_dans(demande.perimetre).filter(equipe__implantation__region=demande.region)
    if demande.departement:
        dossiers = dossiers.filter(equipe__implantation__departement=demande.departement)
    if not settings.DEMONSTRATION:
        dossiers = dossiers.filter(equipe__fictive=False)
    lignes = (
        dossiers.filter(Q(depose_le__gte=debut) | Q(etat_depuis__gte=debut))
        .order_by()
        .annotate(
            pris_le=Min("passages__le", filter=Q(passages__geste="prendre_en_instruction")),
            avis_le=Max("passages__le", filter=Q(passages__geste="rendre_avis")),
            decide_le=Max("passages__le", filter=Q(passages__geste__in=DECISIONS)),
        )
        .values_list("equipe__implantation__departement_id", "etat", "depose_le", "pris_le", "avis_le", "decide_le")
    )
    fuseau = timezone.get_current_timezone()

    def jour(moment: datetime | None) -> date | None:
        return moment.astimezone(fuseau).date() if moment is not None else None

    return [Trace(departement, etat, *map(jour, moments)) for departement, etat, *moments in lignes]  # type: ignore[arg-type]


def _issues(demande: Demande) -> list[Issue]:
    """Les avis et les ajournements des commissions, dans la période ; en une requête."""
    du, au = (timezone.make_aware(datetime.combine(j, datetime.min.time())) for j in _bornes(demande.periode))
    dossiers = "point__dossier__equipe__implantation"
    rendus = AvisRendu.objects.filter(demande.perimetre.filtre(dossiers), rendu_le__gte=du, rendu_le__lt=au)
    rendus = rendus.filter(**{f"{dossiers}__region": demande.region})
    if demande.departement:
        rendus = rendus.filter(**{f"{dossiers}__departement": demande.departement})
    if not settings.DEMONSTRATION:
        rendus = rendus.filter(point__dossier__equipe__fictive=False)
    lignes = rendus.order_by().values_list(f"{dossiers}__departement_id", "sorte", "libelle", "rendu_le")
    ajourne = SorteDIssue.AJOURNEMENT
    return [
        Issue(dep, str(ajourne.label) if sorte == ajourne or not libelle else libelle, timezone.localdate(le))
        for dep, sorte, libelle, le in lignes
        if le is not None
    ]


def _bornes(periode: Periode) -> tuple[date, date]:
    """Le premier jour, et le lendemain du dernier."""
    return periode.du, periode.au + timedelta(days=1)


def _acquis(demande: Demande) -> list[Acquis]:
    """Les reconnaissances d'équipes de la région, ou qui y couvrent une commune ; en une requête.

    Une équipe reconnue est publique : celle d'à côté compte pour les communes qu'elle couvre ici.
    """
    reconnues = Reconnaissance.objects.filter(
        Q(equipe__implantation__region=demande.region) | Q(equipe__communes__region=demande.region),
        debut__lte=demande.periode.au,
    )
    if not settings.DEMONSTRATION:
        reconnues = reconnues.filter(equipe__fictive=False)
    lignes = reconnues.order_by().values_list(
        "pk", "equipe_id", "equipe__implantation_id", "debut", "fin", "equipe__communes"
    )
    communes: dict[int, set[str]] = {}
    tetes: dict[int, tuple[int, str, date, date | None]] = {}
    for pk, equipe, implantation, debut, fin, commune in lignes:
        tetes[pk] = (equipe, implantation, debut, fin)
        communes.setdefault(pk, set()).add(commune or implantation)
    return [Acquis(*tete, frozenset(communes[pk])) for pk, tete in tetes.items()]


def _zip(lieux: dict[str, Lieu], atteintes: Iterable[str]) -> Zip:
    """Ce que le zonage dit de ces communes ; deux requêtes."""
    lues = [
        (x.code, x.nom, x.departement, x.mere, lieux[x.mere].nom if x.mere in lieux else None) for x in lieux.values()
    ]
    dites = {code: dite for code, dite in zonages_des_communes(lues).items() if lieux[code].mere is None}
    source = next((c.sources[ZONE] for c in dites.values() if ZONE in c.sources), None)
    if source is None:
        return Zip(charge=False, source=None)
    classees = {code for code, dite in dites.items() if dite.zonages.get(ZONE)}
    touchees = set(atteintes) | {lieux[code].mere for code in atteintes if code in lieux}
    sans_equipe = sorted((lieux[c] for c in classees - touchees), key=lambda lieu: (lieu.departement, lieu.nom))
    return Zip(
        charge=True,
        source=source,
        classees=frozenset(classees),
        a_preciser=sum(ZONE in dite.partiels for dite in dites.values()),
        sans_equipe=tuple(sans_equipe),
    )
