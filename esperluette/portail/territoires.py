"""Le diagnostic public d'une intercommunalité : la trouver, ses chiffres, ses cartes."""

from collections.abc import Iterable
from dataclasses import dataclass

from esperluette.indicateurs.choroplethes import CARTES, ZONAGE, carte_d_un_zonage
from esperluette.indicateurs.dessins import Dessin, carte_du_chiffre
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.ecriture import titre_de
from esperluette.indicateurs.instantane import Instantane
from esperluette.territoires.jeux import jeux
from esperluette.territoires.lectures import rechercher_communes
from esperluette.territoires.models import Commune, Epci, Region
from esperluette.territoires.texte import cle, mots

TROUVEES_AU_PLUS = 30
LONGUEUR_MAXIMALE = 100


@dataclass(frozen=True, slots=True)
class Trouvee:
    """Une intercommunalité, et la commune cherchée qui y mène."""

    epci: Epci
    par: Commune | None = None


@dataclass(frozen=True, slots=True)
class Territoire:
    """Une intercommunalité : ses communes, leurs chiffres, et ce qu'on peut en voir sur une carte."""

    epci: Epci
    communes: tuple[Commune, ...]
    releve: Instantane
    cartes: tuple[tuple[str, str], ...]
    choisie: str
    carte: Dessin | None

    @property
    def population(self) -> int:
        """Les habitants de toutes ses communes."""
        return sum(c.population for c in self.communes)

    @property
    def departements(self) -> list[str]:
        """Les noms de ses départements, le plus représenté d'abord."""
        codes = [c.departement for c in self.communes]
        return [d.nom for d in sorted(set(codes), key=lambda d: (-codes.count(d), d.pk))]

    @property
    def principale(self) -> Commune:
        """Sa commune la plus peuplée : de quoi chercher des règles et un interlocuteur."""
        return max(self.communes, key=lambda c: (c.population, c.pk))


def chercher(saisie: str) -> list[Trouvee]:
    """Les intercommunalités que ces mots désignent : par leur nom, ou par une de leurs communes."""
    propre = saisie.replace("\x00", "").strip()[:LONGUEUR_MAXIMALE]
    if not propre:
        return []
    trouvees: dict[str, Trouvee] = {}
    communes = rechercher_communes(propre)
    for commune in communes:
        if commune.epci is not None and not commune.approchee:
            trouvees.setdefault(commune.epci.pk, Trouvee(commune.epci, commune))
    for epci in _nommees(propre):
        trouvees.setdefault(epci.pk, Trouvee(epci))
    for commune in communes if not trouvees else ():
        if commune.epci is not None:
            trouvees.setdefault(commune.epci.pk, Trouvee(commune.epci, commune))
    return list(trouvees.values())[:TROUVEES_AU_PLUS]


def _nommees(saisie: str) -> Iterable[Epci]:
    """Celles dont le nom porte tous ces mots, ou ces signes à la suite ; ou dont c'est le SIREN."""
    voulus, collee = mots(saisie), cle(saisie)
    for epci in Epci.objects.all() if voulus else ():
        if saisie == epci.pk or collee in cle(epci.nom) or set(voulus) <= set(mots(epci.nom)):
            yield epci


def regions() -> list[Region]:
    """Les régions qui ont des intercommunalités ; une requête."""
    return list(Region.objects.filter(communes__epci__isnull=False).distinct())


def de_la_region(region: Region) -> list[Epci]:
    """Celles qui comptent une commune de cette région, par nom ; une requête."""
    return list(Epci.objects.filter(communes__region=region, communes__active=True).distinct())


def territoire(siren: str, carte: str = "") -> Territoire | None:
    """Le diagnostic de cette intercommunalité, avec la carte demandée si elle existe ; None si elle est inconnue."""
    epci = Epci.objects.filter(pk=siren).first()
    if epci is None:
        return None
    communes = tuple(
        Commune.objects.filter(epci=epci, active=True, commune_mere=None).select_related("departement").order_by("nom")
    )
    if not communes:
        return None
    codes = [c.pk for c in communes]
    releve = instantane(codes)
    # Elle est le territoire : elle ne se compare pas à elle-même.
    releve = releve.model_copy(update={"niveaux": tuple(n for n in releve.niveaux if n.cle != "epci")})
    cartes = _cartes(releve)
    proposees = [cle for cle, _ in cartes]
    choisie = next((cle for cle in (carte, ZONAGE, *CARTES, *proposees) if cle in proposees), "")
    return Territoire(epci, communes, releve, cartes, choisie, _carte(codes, choisie))


def _cartes(releve: Instantane) -> tuple[tuple[str, str], ...]:
    """(clé, libellé) de ce qu'une carte montre : le zonage s'il est chargé, puis tout chiffre connu, hors totaux."""
    chiffres = [
        (ligne.id, titre_de(ligne))
        for theme in releve.themes
        for ligne in theme.lignes
        if not ligne.total and (propre := ligne.valeurs.get("territoire")) is not None and propre.valeur is not None
    ]
    zonage = [(ZONAGE, jeux()[ZONAGE].titre)] if any(z.jeu == ZONAGE for z in releve.zonages) else []
    return (*zonage, *chiffres)


def _carte(codes: list[str], choisie: str) -> Dessin | None:
    if choisie == ZONAGE:
        return carte_d_un_zonage(codes, ZONAGE)
    return carte_du_chiffre(codes, choisie) if choisie else None
