"""Ce que le simulateur montre : la saisie relue, le verdict, et ce qui en rapproche. Sans base de données."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

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
from esperluette.referentiel.evaluation import EtatCritere, Evaluation, evaluer
from esperluette.referentiel.lecture import edition_en_vigueur, national, regions
from esperluette.referentiel.modele import Critere, Edition, Regle, Socle
from esperluette.referentiel.verdicts import Reponse3
from esperluette.territoires.models import Commune

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
    """Un zonage que les règles interrogent et qu'aucune donnée ne dit : on le demande."""

    zone: str
    libelle: str
    reponse: str = ""


@dataclass(frozen=True, slots=True)
class Saisie:
    """Tout ce que l'adresse a dit, relu."""

    simulation: Simulation
    lignes: list[Ligne]
    trop_de_membres: bool
    edition: Edition | None
    socle: Socle
    zonages: list[QuestionZonage] = field(default_factory=list)

    @property
    def structure(self) -> str:
        """Les champs que montre le formulaire. Inchangée, on ne rafraîchit que le résultat ; vide, tout."""
        if self.trop_de_membres or any(ligne.refus for ligne in self.lignes):
            return ""
        lignes = ",".join(f"{li.numero}{li.membre.profession if li.qualifications else ''}" for li in self.lignes)
        suite = "avancement" if self.simulation.statut not in {"", "aucun"} else ""
        situe = "commune" if self.simulation.communes else "region"
        return "|".join([situe, self.simulation.region, lignes, suite, ",".join(q.zone for q in self.zonages)])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Une personne de plus qui remplirait un critère, et l'adresse de la simulation avec elle."""

    libelle: str
    criteres: list[str]
    requete: str


@dataclass(frozen=True, slots=True)
class AutreForme:
    """La même équipe, jugée pour une autre forme, et l'adresse de cette simulation-là."""

    evaluation: Evaluation
    requete: str


@dataclass(frozen=True, slots=True)
class Resultat:
    """La colonne de droite."""

    evaluation: Evaluation
    suggestions: list[Suggestion]
    autres_formes: list[AutreForme]

    @property
    def conseils(self) -> list[str]:
        """Le conseil de chaque critère de composition certainement pas rempli."""
        return [e.critere.conseil for e in _non_remplis(self.evaluation) if e.critere.conseil]


def editions_ouvertes(le: datetime.date) -> list[Edition]:
    """L'édition en vigueur de chaque région qui en a une, par nom de région."""
    trouvees = (edition_en_vigueur(region, le) for region in regions())
    return sorted((e for e in trouvees if e is not None), key=lambda e: e.entete.region.nom)


def lire_saisie(donnees: QueryDict, communes: list[Commune], *, le: datetime.date) -> Saisie:
    """Relit une adresse ; `communes` : celles qu'elle désigne, l'implantation d'abord. N'échoue jamais."""
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
    zonages = list(_questions(edition, forme, donnees)) if edition else []
    simulation = Simulation(
        forme=forme,
        region=region,
        communes=tuple(c.pk for c in communes),
        membres=tuple(membres),
        statut=statut,
        avancement=avancement,
        zonages=zonages_de(donnees, [q.zone for q in zonages]),
    )
    return Saisie(
        simulation=simulation,
        lignes=lignes,
        trop_de_membres=len(brutes) > MEMBRES_MAXIMUM,
        edition=edition,
        socle=socle,
        zonages=zonages,
    )


def simuler(saisie: Saisie, *, le: datetime.date) -> Resultat | None:
    """Confronte l'équipe imaginée aux règles de sa région ; rien si la région n'a pas d'édition."""
    if saisie.edition is None:
        return None
    simulation, edition = saisie.simulation, saisie.edition
    evaluation = evaluer(edition, forme=simulation.forme, faits=simulation.faits(), le=le)
    return Resultat(
        evaluation=evaluation,
        suggestions=_suggestions(simulation, evaluation),
        autres_formes=[
            AutreForme(evaluer(edition, forme=forme, faits=simulation.faits(), le=le), simulation.requete(forme=forme))
            for forme in edition.entete.formes
            if forme != simulation.forme
        ],
    )


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


def _suggestions(simulation: Simulation, evaluation: Evaluation) -> list[Suggestion]:
    """Essaie une personne de plus, profession fréquente après profession fréquente : qui ferait avancer ?"""
    manquants = {e.critere.id for e in _non_remplis(evaluation)}
    if not manquants or len(simulation.presents) >= MEMBRES_MAXIMUM:
        return []
    edition = evaluation.edition
    trouvees: list[Suggestion] = []
    for candidat, libelle in _candidats(edition.socle):
        essai = evaluer(edition, forme=simulation.forme, faits=simulation.faits(candidat), le=evaluation.le)
        remplis = [
            e.critere.enonce
            for e in essai.par_nature("composition")
            if e.critere.id in manquants and e.verdict.reponse is Reponse3.SATISFAIT
        ]
        if remplis:
            trouvees.append(Suggestion(libelle, remplis, simulation.requete(candidat)))
        if len(trouvees) == SUGGESTIONS_MAXIMUM:
            break
    return trouvees


def _non_remplis(evaluation: Evaluation) -> list[EtatCritere]:
    composition = evaluation.par_nature("composition")
    return [e for e in composition if e.verdict.reponse is Reponse3.NON_SATISFAIT]


def _candidats(socle: Socle) -> Iterator[tuple[MembreSimule, str]]:
    """Une personne libérale par profession fréquente, avec la qualification que comptent les règles."""
    for profession in socle.professions_frequentes():
        comptees = [code for g in socle.groupes.values() if profession.id in g.professions for code in g.savoir_faire]
        candidat = MembreSimule(profession.id, comptees[-1] if comptees else "", "liberal")
        nom = qualifications_proposees(candidat, socle).get(candidat.qualification, "")
        yield candidat, nom or profession.libelle


def _questions(edition: Edition, forme: str, donnees: QueryDict) -> Iterator[QuestionZonage]:
    """Les zonages que les critères de cette forme interrogent, chacun une fois."""
    vues: set[str] = set()
    for critere in edition.criteres:
        if forme not in critere.formes:
            continue
        for regle in _feuilles(critere):
            zone = regle.parametres.get("zone")
            if regle.fonction == "zonage" and isinstance(zone, str) and zone not in vues:
                vues.add(zone)
                reponse = choix_connu(donnees.get(f"zone-{zone}"), ("oui", "non"))
                yield QuestionZonage(zone, edition.socle.zonages[zone].libelle, reponse)


def _feuilles(regle: Regle | Critere) -> Iterator[Regle]:
    suite = (*(regle.tous or ()), *(regle.au_moins_un or ()), *(regle.au_moins_n.parmi if regle.au_moins_n else ()))
    if not suite:
        yield regle
    for branche in suite:
        yield from _feuilles(branche)


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
