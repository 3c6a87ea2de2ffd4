"""Le territoire qu'on est en train de choisir : tout tient dans l'adresse de la page, rien n'est encore enregistré."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from esperluette.equipes.models import Equipe
from esperluette.territoires.cartes import Carte, Classe, Point, dessiner
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.lectures import communes_completes
from esperluette.territoires.models import Commune, Epci
from esperluette.territoires.voisinage import a_moins_de

COMMUNES_MAXIMUM = 300
RAYON_MAXIMUM = 50  # kilomètres
INTERCOMMUNALITES_MONTREES = 10
INTERCOMMUNALITES_PROCHES = 60  # kilomètres : au-delà, la liste déroulante n'aide plus
CHOISIE = Classe("choisie", "Dans le territoire")


@dataclass(frozen=True, slots=True)
class Choix:
    """Les communes cochées (celle de l'implantation toujours), celles qui sont enregistrées, ce qu'on montre autour.

    `autour` : les codes des intercommunalités montrées ; elles le restent quand on décoche leur dernière commune.
    """

    implantation: Commune
    communes: tuple[Commune, ...]
    enregistrees: tuple[Commune, ...]
    autour: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Les codes INSEE des communes cochées."""
        return tuple(c.pk for c in self.communes)

    @property
    def population(self) -> int:
        """Les habitants des communes cochées ; un arrondissement ne se compte pas avec sa commune."""
        return sum(c.population for c in self.communes if c.commune_mere_id not in self.codes)

    @property
    def ajoutees(self) -> list[Commune]:
        """Cochées, pas enregistrées."""
        connues = {c.pk for c in self.enregistrees}
        return [c for c in self.communes if c.pk not in connues]

    @property
    def retirees(self) -> list[Commune]:
        """Enregistrées, plus cochées."""
        return [c for c in self.enregistrees if c.pk not in self.codes]

    @property
    def est_enregistre(self) -> bool:
        """Rien n'attend d'être enregistré."""
        return not self.ajoutees and not self.retirees

    @property
    def vu(self) -> str:
        """L'empreinte du territoire enregistré, telle que cette page le montre."""
        return empreinte(c.pk for c in self.enregistrees)

    @property
    def requete_utile(self) -> bool:
        """On regarde autour plus loin que les intercommunalités du territoire : l'adresse doit le dire."""
        return bool(set(self.autour) - {c.epci_id for c in self.communes})

    def requete(self) -> str:
        """La chaîne de requête qui redonne ce choix."""
        adresse = QueryDict(mutable=True)
        adresse.setlist("communes", list(self.codes))
        adresse.setlist("autour", list(self.autour))
        return adresse.urlencode()


@dataclass(frozen=True, slots=True)
class Alentour:
    """Ce qu'on montre : la carte, et les communes à cocher par intercommunalité. `cle` change avec les communes."""

    carte: Carte
    groupes: tuple[tuple[Epci, tuple[Commune, ...]], ...]
    cle: str


def empreinte(codes: Iterable[str]) -> str:
    """Une empreinte courte d'un ensemble de communes ; l'ordre n'y change rien."""
    return hashlib.sha256(",".join(sorted(set(codes))).encode()).hexdigest()[:16]


def choix_enregistre(equipe: Equipe) -> Choix:
    """Le territoire tel qu'il est enregistré ; la seule commune d'implantation s'il n'est pas encore dit."""
    enregistrees = _enregistrees(equipe)
    return _choix(equipe, enregistrees, enregistrees, ())


def choix_lu(equipe: Equipe, communes: Collection[Commune], autour: Iterable[str] = ()) -> Choix:
    """Le territoire que la personne est en train de cocher."""
    return _choix(equipe, communes, _enregistrees(equipe), autour)


def choix_brut(equipe: Equipe, donnees: QueryDict) -> Choix:
    """Ce qui se comprend d'une saisie refusée : les codes connus, sans ce qui restait à ajouter."""
    codes = donnees.getlist("communes")[: COMMUNES_MAXIMUM * 2]
    return choix_lu(equipe, communes_de(codes)[:COMMUNES_MAXIMUM], donnees.getlist("autour"))


def _enregistrees(equipe: Equipe) -> list[Commune]:
    return list(equipe.communes.select_related("region", "departement", "epci"))


def _choix(
    equipe: Equipe, communes: Collection[Commune], enregistrees: Sequence[Commune], autour: Iterable[str]
) -> Choix:
    cochees = {c.pk: c for c in (equipe.implantation, *communes)}
    siege = equipe.implantation.epci_id
    par_epci = Counter(c.epci_id for c in cochees.values() if c.epci_id)
    propres = (a.replace("\x00", "")[:9] for a in autour)
    montrees = [siege, *(epci for epci, _ in par_epci.most_common()), *propres]
    return Choix(
        implantation=equipe.implantation,
        communes=tuple(sorted(cochees.values(), key=_ordre)),
        enregistrees=tuple(enregistrees),
        autour=tuple(dict.fromkeys(e for e in montrees if e))[:INTERCOMMUNALITES_MONTREES],
    )


def _ordre(commune: Commune) -> tuple[str, str]:
    return commune.recherche, commune.pk


# --- Ce qu'on montre autour ------------------------------------------------------------------------------


def alentour(choix: Choix) -> Alentour:
    """La carte du territoire et de ses environs, et les communes voisines qu'on peut cocher. Une requête."""
    voisines = communes_completes().filter(epci__in=choix.autour, active=True)
    montrees = {c.pk: c for c in (*choix.communes, *voisines)}
    codes = set(choix.codes)
    groupes: dict[str, list[Commune]] = {epci: [] for epci in choix.autour}
    for commune in sorted(montrees.values(), key=_ordre):
        if commune.pk not in codes:
            groupes[str(commune.epci_id)].append(commune)
    carte = dessiner(
        titre=f"{choix.implantation.nom} et les communes alentour",
        description="Les communes du territoire sont pleines, les autres blanches ; la liste dit les mêmes.",
        communes=montrees,
        classes=(CHOISIE,),
        classement=dict.fromkeys(codes, CHOISIE.id),
        points=(Point(choix.implantation.pk, f"{choix.implantation.nom}, commune d’implantation"),),
        noms={c.pk: c.nom for c in montrees.values()},
        identifiant="carte-du-choix",
        reperer=True,
    )
    ranges = tuple((v[0].epci, tuple(v)) for v in groupes.values() if v and v[0].epci)
    return Alentour(carte, ranges, empreinte(montrees))


def intercommunalites_proches(equipe: Equipe) -> list[Epci]:
    """Celles dont une commune est à portée de l'implantation, la plus proche d'abord ; à défaut, du département."""
    distances = a_moins_de(equipe.implantation_id, INTERCOMMUNALITES_PROCHES)
    connues = Commune.objects.filter(active=True, epci__isnull=False)
    connues = (
        connues.filter(pk__in=distances)
        if distances
        else connues.filter(departement=equipe.implantation.departement_id)
    )
    proches: dict[Epci, float] = {}
    for commune in connues.select_related("epci"):
        if commune.epci is not None:
            distance = distances.get(commune.pk, 0.0)
            proches[commune.epci] = min(distance, proches.get(commune.epci, distance))
    return sorted(proches, key=lambda epci: (proches[epci], epci.nom))


def communes_de_l_intercommunalite(code: str) -> list[Commune]:
    """Ses communes d'aujourd'hui, sans les arrondissements municipaux."""
    return list(communes_completes().filter(epci=code, active=True, commune_mere=None))


def communes_du_rayon(implantation: Commune, km: int) -> list[Commune]:
    """Les communes dont le centre est à `km` kilomètres au plus, à vol d'oiseau, sans les arrondissements."""
    codes: Any = a_moins_de(implantation.pk, km)
    return list(communes_completes().filter(pk__in=codes, active=True, commune_mere=None))
