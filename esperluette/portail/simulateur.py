"""Ce que le simulateur montre : la saisie relue, le verdict, et ce qui en rapproche. Sans base de données."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from esperluette.portail.simulation import (
    AUTRE,
    LIGNES_MINIMUM,
    MEMBRES_MAXIMUM,
    MembreSimule,
    Simulation,
    choix_connu,
    lignes_de,
    membre_de,
    qualifications_proposees,
    statut_de,
    zonages_de,
)
from esperluette.referentiel.changements import Poids, feuilles
from esperluette.referentiel.evaluation import EtatAide, EtatCritere, Evaluation, evaluer
from esperluette.referentiel.lecture import edition_en_vigueur, national, regions
from esperluette.referentiel.modele import Edition, Faits, Socle
from esperluette.referentiel.rapprochement import Rapprochement, rapprocher
from esperluette.territoires.models import Commune
from esperluette.territoires.zonages import Classement

SUGGESTIONS_MAXIMUM = 6


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une personne à l'écran : ce qu'elle est, ce qu'on n'a pas compris, les qualifications à proposer."""

    numero: int
    membre: MembreSimule
    qualifications: dict[str, str] = field(default_factory=dict)
    refus: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionZonage:
    """Un zonage que les règles interrogent : connu des données (`connu`), vrai en partie (`partiel`), ou demandé."""

    zone: str
    libelle: str
    definition: str = ""
    reponse: str = ""
    connu: bool | None = None
    partiel: str = ""
    source: str = ""

    @property
    def a_demander(self) -> bool:
        return self.connu is None


@dataclass(frozen=True, slots=True)
class Saisie:
    """Tout ce que l'adresse a dit, relu."""

    simulation: Simulation
    lignes: list[Ligne]
    trop_de_membres: bool
    edition: Edition | None
    socle: Socle
    zonages: list[QuestionZonage] = field(default_factory=list)
    classement: Classement = field(default_factory=Classement)
    regions: tuple[str, ...] = ()

    @property
    def faits(self) -> Faits:
        """Ce que les règles lisent : la saisie, et ce que les données savent du territoire."""
        faits = self.simulation.faits().avec_classement(self.classement.zonages, self.classement.partiels)
        return replace(faits, regions=self.regions)

    @property
    def structure(self) -> str:
        """Les champs que montre le formulaire. Inchangée, on ne rafraîchit que le résultat ; vide, tout."""
        if self.trop_de_membres or any(ligne.refus for ligne in self.lignes):
            return ""
        lignes = ",".join(f"{li.numero}{li.membre.profession if li.qualifications else ''}" for li in self.lignes)
        suite = "avancement" if self.simulation.statut not in {"", "aucun"} else ""
        situe = "commune" if self.simulation.communes else "region"
        return "|".join(
            [
                situe,
                self.simulation.region,
                lignes,
                suite,
                ",".join(f"{q.zone}{q.connu}{q.partiel}" for q in self.zonages),
            ]
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Une personne de plus qui ferait avancer, et l'adresse de la simulation avec elle."""

    libelle: str
    requete: str


@dataclass(frozen=True, slots=True)
class Proposition:
    """Le plus petit changement qui ouvrirait la porte, et l'adresse de la simulation ainsi changée."""

    rapprochement: Rapprochement
    requete: str


@dataclass(frozen=True, slots=True)
class AutreForme:
    """La même équipe, jugée pour une autre forme, et l'adresse de cette simulation-là."""

    evaluation: Evaluation
    propositions: list[Proposition]
    requete: str


@dataclass(frozen=True, slots=True)
class AideSimulee:
    """Une aide, son verdict et ses conditions, et ce qui l'ouvrirait quand ce n'est pas déjà dit plus haut."""

    etat: EtatAide
    conditions: list[EtatCritere]
    propositions: list[Proposition]


@dataclass(frozen=True, slots=True)
class Resultat:
    """La colonne de droite."""

    evaluation: Evaluation
    propositions: list[Proposition]
    suggestions: list[Suggestion]
    aides: list[AideSimulee]
    autres_formes: list[AutreForme]


def editions_ouvertes(le: datetime.date) -> list[Edition]:
    """L'édition en vigueur de chaque région qui en a une, par nom de région."""
    trouvees = (edition_en_vigueur(region, le) for region in regions())
    return sorted((e for e in trouvees if e is not None), key=lambda e: e.entete.region.nom)


def lire_saisie(
    donnees: QueryDict, communes: list[Commune], *, le: datetime.date, classement: Classement | None = None
) -> Saisie:
    """Relit une adresse ; `communes` : celles qu'elle désigne, l'implantation d'abord. N'échoue jamais.

    `classement` : les zonages que les données connaissent de ces communes.
    """
    classement = classement or Classement()
    edition, region = _edition(donnees, communes, le)
    socle = edition.socle if edition else national()
    brutes = lignes_de(donnees)
    retirer = donnees.get("retirer", "")
    lues = [(brute, *membre_de(brute, socle)) for brute in brutes[:MEMBRES_MAXIMUM] if str(brute.numero) != retirer]
    ajout = "ajouter" in donnees
    membres = [membre for _, membre, _ in lues]
    lignes = [
        Ligne(rang, membre, qualifications_proposees(membre, socle), refus)
        for rang, (_, membre, refus) in enumerate(lues, start=1)
    ]
    voulues = min(max(LIGNES_MINIMUM, len(lignes) + ajout), MEMBRES_MAXIMUM)
    lignes += [Ligne(rang, MembreSimule()) for rang in range(len(lignes) + 1, voulues + 1)]
    statut, avancement = statut_de(donnees)
    formes = tuple(edition.entete.formes) if edition else tuple(socle.formes)
    forme = choix_connu(donnees.get("forme"), formes) or formes[0]
    zonages = list(_questions(edition, forme, donnees, classement)) if edition else []
    simulation = Simulation(
        forme=forme,
        region=region,
        communes=tuple(c.pk for c in communes),
        membres=tuple(membres),
        statut=statut,
        avancement=avancement,
        zonages=zonages_de(donnees, [q.zone for q in zonages if q.a_demander]),
    )
    return Saisie(
        simulation=simulation,
        lignes=lignes,
        trop_de_membres=len(brutes) > MEMBRES_MAXIMUM,
        edition=edition,
        socle=socle,
        zonages=zonages,
        classement=classement,
        regions=tuple(sorted({c.region.nom for c in communes})),
    )


def simuler(saisie: Saisie, *, le: datetime.date) -> Resultat | None:
    """Confronte l'équipe imaginée aux règles de sa région ; rien si la région n'a pas d'édition."""
    if saisie.edition is None:
        return None
    simulation, edition, faits = saisie.simulation, saisie.edition, saisie.faits
    evaluation = evaluer(edition, forme=simulation.forme, faits=faits, le=le)
    propositions = _propositions(evaluation, simulation, faits)
    return Resultat(
        evaluation=evaluation,
        propositions=propositions,
        suggestions=list(_suggestions(simulation, edition.socle, propositions)),
        aides=[
            AideSimulee(
                etat,
                _conditions(etat, evaluation),
                _propositions_d_aide(etat, evaluation, simulation, faits, propositions),
            )
            for etat in evaluation.aides
        ],
        autres_formes=[
            _autre_forme(edition, forme, simulation, faits, le)
            for forme in edition.entete.formes
            if forme != simulation.forme
        ],
    )


def _autre_forme(edition: Edition, forme: str, simulation: Simulation, faits: Faits, le: datetime.date) -> AutreForme:
    evaluation = evaluer(edition, forme=forme, faits=faits, le=le)
    autre = replace(simulation, forme=forme)
    return AutreForme(evaluation, _propositions(evaluation, autre, faits), autre.requete())


def _propositions(
    evaluation: Evaluation, simulation: Simulation, faits: Faits, vise: str | None = None
) -> list[Proposition]:
    """Les plus petits changements, chacun avec l'adresse où l'essayer, quand le formulaire peut le dire."""
    trouves = rapprocher(evaluation.edition, forme=evaluation.forme.id, faits=faits, le=evaluation.le, vise=vise)
    essais = [(r, simulation.selon(r.faits)) for r in trouves]
    return [Proposition(r, essai.requete() if _se_simule(r, essai) else "") for r, essai in essais]


def _se_simule(rapprochement: Rapprochement, essai: Simulation) -> bool:
    """Vrai si l'adresse de l'essai porte tous ses changements : ni une déclaration, ni le territoire."""
    changes = rapprochement.changements
    declare = any(c.cle.startswith("declaration:") for c in changes)
    return bool(changes) and rapprochement.possible and not declare and len(essai.presents) <= MEMBRES_MAXIMUM


def _conditions(etat: EtatAide, evaluation: Evaluation) -> list[EtatCritere]:
    return [e for e in evaluation.criteres if e.critere.id in etat.aide.conditions]


def _propositions_d_aide(
    etat: EtatAide, evaluation: Evaluation, simulation: Simulation, faits: Faits, deja: list[Proposition]
) -> list[Proposition]:
    """Ce qui ouvrirait l'aide. Tant que l'équipe n'est pas formée, seul compte ce qui ne se change pas."""
    trouvees = _propositions(evaluation, simulation, faits, f"aide:{etat.aide.id}")
    return [p for p in trouvees[:1] if not deja or not p.rapprochement.possible]


def _suggestions(simulation: Simulation, socle: Socle, propositions: list[Proposition]) -> Iterator[Suggestion]:
    """Chaque personne que demande la première proposition qui recrute, métier par métier."""
    if len(simulation.presents) >= MEMBRES_MAXIMUM:
        return
    recrues = next((r for p in propositions if (r := _recrues(p.rapprochement))), [])
    for membre in recrues[:SUGGESTIONS_MAXIMUM]:
        nom = qualifications_proposees(membre, socle).get(membre.qualification, "")
        yield Suggestion(nom or socle.professions[membre.profession].libelle, simulation.avec(membre).requete())


def _recrues(rapprochement: Rapprochement) -> list[MembreSimule]:
    variantes = [variante for c in rapprochement.changements if c.poids is Poids.PERSONNE for variante in c.variantes]
    return list(dict.fromkeys(MembreSimule.de(v) for v in variantes))


def _edition(donnees: QueryDict, communes: list[Commune], le: datetime.date) -> tuple[Edition | None, str]:
    """L'édition qui s'applique et la clé de sa région : celle de la commune, sinon celle demandée, sinon la seule."""
    if communes:
        cle = communes[0].region.cle
        return edition_en_vigueur(cle, le), cle
    ouvertes = {e.region: e for e in editions_ouvertes(le)}
    cle = choix_connu(donnees.get("region"), ouvertes)
    if not cle and len(ouvertes) == 1:
        cle = next(iter(ouvertes))
    return ouvertes.get(cle), cle


def _questions(edition: Edition, forme: str, donnees: QueryDict, classement: Classement) -> Iterator[QuestionZonage]:
    """Les zonages que les critères de cette forme interrogent, chacun une fois."""
    regles = (regle for c in edition.criteres if forme in c.formes for regle in feuilles(c))
    for zone in dict.fromkeys(str(r.parametres["zone"]) for r in regles if r.fonction == "zonage"):
        decrit = edition.socle.zonages[zone]
        yield QuestionZonage(
            zone=zone,
            libelle=decrit.libelle,
            definition=decrit.definition,
            reponse=choix_connu(donnees.get(f"zone-{zone}"), ("oui", "non")),
            connu=None if zone in classement.partiels else classement.zonages.get(zone),
            partiel=classement.partiels.get(zone, ""),
            source=str(classement.sources.get(zone, "")),
        )


def choix_professions(socle: Socle) -> list[tuple[str, list[tuple[str, str]]]]:
    """La liste des professions : les plus fréquentes, puis toutes les autres, puis ceux qui ne soignent pas."""
    frequentes = [(p.id, p.libelle) for p in socle.professions_frequentes()]
    connues = {code for code, _ in frequentes}
    autres = [(p.id, p.libelle) for p in socle.professions_par_libelle() if p.id not in connues]
    return [
        ("Les plus fréquentes", frequentes),
        ("Les autres professions de santé", autres),
        ("Autre personne", [(AUTRE, "Autre personne de l’équipe (secrétaire, psychologue…)")]),
    ]
