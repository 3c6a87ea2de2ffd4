"""Suggérer le territoire d'une équipe : où elle exerce, d'où viennent ses patients, ce que change une commune."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from esperluette.diagnostics.patienteles.lectures import Base, Ensemble, ensemble
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.diagnostics.patienteles.territoire import Place, Rang, part_de
from esperluette.equipes.models import Equipe
from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.definitions import jeu_de
from esperluette.indicateurs.diagnostic import Diagnostic, diagnostic
from esperluette.indicateurs.ecriture import COURTES, dite
from esperluette.territoires.jeux import jeux
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.models import Commune
from esperluette.territoires.zonages import ClassementCommune, zonages_de


@dataclass(frozen=True, slots=True)
class CommuneSuggeree:
    """Une commune, et pourquoi on la montre. `effectif` vide : l'équipe n'en dit rien, ou trop peu pour se montrer."""

    commune: Commune
    effectif: int | None = None
    part: float | None = None
    rang: Rang | None = None
    exercice: bool = False  # un membre y exerce, ou l'équipe y est implantée
    retenue: bool = False  # déjà dans le territoire de l'équipe


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Le territoire suggéré. `communes` : celles à retenir ; `autres` : les suivantes, et celles déjà retenues.

    `part` : ce que les communes suggérées font des patients, en % ; `seuil` : ce qu'on visait.
    """

    ensemble: Ensemble
    communes: tuple[CommuneSuggeree, ...]
    autres: tuple[CommuneSuggeree, ...]
    seuil: int
    part: float

    @property
    def codes(self) -> tuple[str, ...]:
        """Les codes INSEE des communes suggérées."""
        return tuple(c.commune.pk for c in self.communes)

    @property
    def atteint(self) -> bool:
        """Les communes nommées suffisent à faire la part visée."""
        return self.part >= self.seuil

    @property
    def deja_retenue(self) -> bool:
        """Le territoire de l'équipe est déjà celui-ci."""
        return all(c.retenue for c in self.communes) and not any(c.retenue for c in self.autres)

    @property
    def phrase(self) -> str:
        """Ce que vaut cette suggestion, et ce qui lui manque."""
        if self.ensemble.base == Base.AUCUNE:
            return (
                "Sans patientèle déposée, la suggestion s’en tient aux communes où l’équipe exerce. Déposez un "
                "tableau d’effectifs pour savoir d’où viennent vos patients."
            )
        nombre = f"{len(self.communes)} commune{'s' if len(self.communes) > 1 else ''}"
        font = "font" if len(self.communes) > 1 else "fait"
        dit = f"{nombre} {font} {self.part:.0f} % de vos patients."
        if self.atteint:
            return dit
        return (
            f"{dit} On visait {self.seuil} % : les autres viennent de communes trop peu représentées pour être "
            "nommées."
        )


def suggerer(equipe: Equipe, lu: Ensemble | None = None) -> Suggestion:
    """Les communes d'exercice, et celles qui font la part visée des patients. Requêtes constantes."""
    lu = ensemble(equipe) if lu is None else lu
    seuil = reglages().territoire_secondaire.valeur
    places = {place.code: place for place in lu.places}
    exercice = communes_d_exercice(equipe)
    retenues = {c.pk for c in equipe.communes.all()}
    voulus = [code for code, place in places.items() if place.rang != Rang.AU_DELA]
    voulus += [code for code in sorted(exercice) if code not in voulus]
    suite = [code for code in places if code not in voulus]
    suite += sorted(retenues - set(voulus) - set(suite))
    connues = {c.pk: c for c in communes_de([*voulus, *suite])}

    def montrer(codes: Iterable[str]) -> tuple[CommuneSuggeree, ...]:
        return tuple(
            _montrer(connues[code], places.get(code), exercice=code in exercice, retenue=code in retenues)
            for code in codes
            if code in connues
        )

    return Suggestion(lu, montrer(voulus), montrer(suite), seuil, part_de(lu.communes, lu.total, voulus))


def _montrer(commune: Commune, place: Place | None, *, exercice: bool, retenue: bool) -> CommuneSuggeree:
    if place is None:
        return CommuneSuggeree(commune, exercice=exercice, retenue=retenue)
    return CommuneSuggeree(commune, place.effectif, place.part, place.rang, exercice=exercice, retenue=retenue)


def communes_d_exercice(equipe: Equipe) -> set[str]:
    """Où l'équipe est implantée, où ses membres présents exercent, où sont ses sites."""
    membres = {m.commune_id for m in equipe.presents if m.commune_id}
    return {equipe.implantation_id, *membres, *equipe.sites.values_list("commune_id", flat=True)}


# --- Une commune de plus ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChiffreCompare:
    """Un chiffre du diagnostic, avant et après, tel qu'il se lit."""

    libelle: str
    unite: str
    avant: str
    apres: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changement:
    """Ce que change une commune de plus, ou de moins si elle est déjà du territoire."""

    commune: Commune
    de_plus: bool
    patients: int | None
    part_avant: float | None
    part_apres: float | None
    habitants_avant: int
    habitants_apres: int
    zonages: tuple[tuple[str, str], ...]  # le titre du jeu, ce qu'il dit de la commune
    chiffres: tuple[ChiffreCompare, ...]
    non_charges: tuple[tuple[str, tuple[str, ...]], ...]  # ce qui manque, les commandes qui le chargent


def ce_que_changerait(
    equipe: Equipe, commune: Commune, codes: Collection[str], lu: Ensemble | None = None
) -> Changement:
    """Le territoire `codes`, avec cette commune, ou sans elle si elle y est. Requêtes constantes."""
    lu = ensemble(equipe) if lu is None else lu
    avant = set(codes)
    apres = avant ^ {commune.pk}
    diagnostics = [diagnostic(sorted(c)) for c in (avant, apres)]
    habitants = [sum(c.population for c in d.communes) for d in diagnostics]
    parts = [part_de(lu.communes, lu.total, c) if lu.total else None for c in (avant, apres)]
    return Changement(
        commune, commune.pk in apres, lu.communes.get(commune.pk), parts[0], parts[1], habitants[0], habitants[1],
        classes_de(zonages_de([commune.pk]).get(commune.pk)), _compares(*diagnostics), _non_charges(diagnostics[1]),
    )  # fmt: skip


def classes_de(classement: ClassementCommune | None) -> tuple[tuple[str, str], ...]:
    """Ce que chaque jeu de zonage chargé dit d'une commune : son titre, la classe."""
    if classement is None:
        return ()
    return tuple((jeux()[jeu].titre if jeu in jeux() else jeu, dit) for jeu, dit in classement.classes.items() if dit)


def zonages_par_commune(codes: Iterable[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """La même chose pour plusieurs communes ; quatre requêtes."""
    return {code: classes_de(dit) for code, dit in zonages_de(list(codes)).items()}


def _compares(avant: Diagnostic, apres: Diagnostic) -> tuple[ChiffreCompare, ...]:
    compares = []
    for cle in reglages().chiffres_compares:
        ligne, suivante = avant.lignes.get(cle), apres.lignes.get(cle)
        if ligne is not None and suivante is not None and suivante.valeur.etat != Etat.NON_CHARGE:
            d = ligne.definition
            sources = tuple(str(s) for s in suivante.sources)
            dit, suit = (dite(v, d.decimales, d.unite) for v in (ligne.valeur, suivante.valeur))
            compares.append(ChiffreCompare(d.libelle, "" if d.unite in COURTES else d.unite, dit, suit, sources))
    return tuple(compares)


def _non_charges(calcule: Diagnostic) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Les chiffres qu'on comparerait si leurs jeux étaient chargés."""
    manquent = []
    for cle in reglages().chiffres_compares:
        ligne = calcule.lignes.get(cle)
        if ligne is not None and ligne.valeur.etat == Etat.NON_CHARGE:
            jeux_du_chiffre = dict.fromkeys(jeu_de()[c].id for c in ligne.definition.colonnes)
            commandes = tuple(calcule.non_charges[j] for j in jeux_du_chiffre if j in calcule.non_charges)
            manquent.append((ligne.definition.libelle, commandes))
    return tuple(manquent)
