"""Lire une équipe : ses faits, ce qu'en disent les règles de sa région, ce qui s'y est passé."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.db.models import Count, Max, QuerySet
from django.http import QueryDict
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.equipes.enums import Exercice as ModeExercice
from esperluette.equipes.enums import FormeVisee, SorteDeclaration, StatutAvancement
from esperluette.equipes.enums import StatutJuridique as Structure
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Invitation, Membre
from esperluette.equipes.registres import Registre
from esperluette.equipes.situation import classement_de, constats_de, regions_de
from esperluette.journal.actions import cle_de
from esperluette.journal.lectures import evenements_de
from esperluette.journal.models import Evenement
from esperluette.referentiel.evaluation import EtatAide, EtatCritere, Evaluation, FormeNonCouverte, evaluer
from esperluette.referentiel.faits import Avancement, Exercice, FaitMembre, Faits, StatutJuridique
from esperluette.referentiel.lecture import edition_en_vigueur, national, regions
from esperluette.referentiel.modele import Edition, Profession
from esperluette.referentiel.rapprochement import Rapprochement, rapprocher
from esperluette.referentiel.socle import Socle
from esperluette.territoires.models import Region

# Une qualification que la nomenclature de l'édition ne liste pas : connue, donc pas « à préciser ».
AUTRE_QUALIFICATION = "AUTRE"


# --- Les règles ------------------------------------------------------------------------------


def faits(equipe: Equipe) -> Faits:
    """Ce que les règles lisent de l'équipe : ses membres présents, ce qu'elle déclare, et ce que les données disent de
    son territoire et les actes de l'ARS ; ceux-ci l'emportent.
    """
    communes = [c.pk for c in equipe.communes.all()]
    zonages = {d.cle: d.reponse for d in equipe.declarations.all() if d.sorte == SorteDeclaration.ZONAGE}
    classement = classement_de(equipe)
    return Faits(
        membres=[_fait(membre) for membre in equipe.presents],
        statut_juridique=cast(StatutJuridique, equipe.statut_juridique) if equipe.statut_juridique else None,
        statut_avancement=cast(Avancement, equipe.statut_avancement or "cree"),
        implantation=equipe.implantation_id,
        communes=communes or [equipe.implantation_id],
        zonages=zonages,
        zonages_declares=frozenset(zonages),
        declaratifs={d.cle: d.reponse for d in equipe.declarations.all() if d.sorte == SorteDeclaration.PROJET},
        regions=regions_de(equipe),
        constat=constats_de(equipe),
    ).avec_classement(classement.zonages, classement.partiels)


def faits_de_composition(equipe: Equipe) -> Faits:
    """Ce que les règles de composition lisent, sans le classement du territoire. Aucune requête sur une équipe lue
    `avec_regles` : de quoi en relire beaucoup d'un coup. Une règle qui demande une zone répond « à préciser ».
    """
    return Faits(
        membres=[_fait(membre) for membre in equipe.presents],
        statut_juridique=cast(StatutJuridique, equipe.statut_juridique) if equipe.statut_juridique else None,
        statut_avancement=cast(Avancement, equipe.statut_avancement or "cree"),
        implantation=equipe.implantation_id,
        communes=[c.pk for c in equipe.communes.all()] or [equipe.implantation_id],
        zonages={},
        zonages_declares=frozenset(),
        declaratifs={d.cle: d.reponse for d in equipe.declarations.all() if d.sorte == SorteDeclaration.PROJET},
        regions=(equipe.region.nom,),
    )


def zonages_connus(equipe: Equipe) -> list[str]:
    """Les zones où l'équipe est classée, d'après les données ou sa déclaration ; de quoi préremplir une trame."""
    return [zone for zone, oui in faits(equipe).zonages.items() if oui]


def _fait(membre: Membre) -> FaitMembre:
    return FaitMembre(
        profession=membre.profession,
        savoir_faire=membre.savoir_faire or None,
        exercice=cast(Exercice, membre.exercice),
        commune=membre.commune_id,
        professionnel=membre.professionnel,
    )


@dataclass(frozen=True, slots=True)
class AideDeLEquipe:
    """Une aide, son verdict, ses conditions, et le plus petit changement qui l'ouvrirait (une phrase, ou rien)."""

    etat: EtatAide
    conditions: list[EtatCritere]
    rapprochement: str


@dataclass(frozen=True)
class Composition:
    """Ce que les règles disent de l'équipe. Sans règle connue, `evaluation` est None et `phrase` le dit."""

    phrase: str
    evaluation: Evaluation | None = None
    faits: Faits | None = None

    @property
    def criteres(self) -> list[EtatCritere]:
        """Les critères qui font le verdict de tête."""
        return self.evaluation.par_nature("composition") if self.evaluation else []

    @cached_property
    def rapprochements(self) -> list[Rapprochement]:
        """Ce qui vous en rapproche : les plus petits changements qui suffisent, calculés sur les règles."""
        if self.evaluation is None or self.faits is None:
            return []
        e = self.evaluation
        return rapprocher(e.edition, forme=e.forme.id, faits=self.faits, le=e.le)

    @cached_property
    def aides(self) -> list["AideDeLEquipe"]:
        """Chaque aide de la région, ce qui l'ouvre à l'équipe ou pourquoi pas, et ce qui l'en rapproche."""
        if self.evaluation is None or self.faits is None:
            return []
        e, dites = self.evaluation, {r.phrase for r in self.rapprochements}
        trouvees = []
        for etat in e.aides:
            vers = rapprocher(e.edition, forme=e.forme.id, faits=self.faits, le=e.le, vise=f"aide:{etat.aide.id}")
            conditions = [c for c in e.criteres if c.critere.id in etat.aide.conditions]
            phrase = next((r.phrase for r in vers if r.phrase not in dites), "")
            trouvees.append(AideDeLEquipe(etat, conditions, phrase))
        return trouvees

    @property
    def declarations(self) -> list[EtatCritere]:
        """Ce que le projet devra décrire ; ne fait rien tomber."""
        return self.evaluation.par_nature("declaration") if self.evaluation else []


def edition_de(region: Region, le: date | None = None) -> Edition | None:
    """L'édition des règles de cette région en vigueur ce jour (aujourd'hui par défaut), ou None."""
    return edition_en_vigueur(region.cle, le or timezone.localdate())


def composition(equipe: Equipe, le: date | None = None) -> Composition:
    """L'équipe confrontée aux règles en vigueur de sa région ; le dit quand la région n'en a pas ici."""
    jour = le or timezone.localdate()
    edition = edition_de(equipe.region, jour)
    if edition is None:
        return Composition(
            f"Les règles de la région {equipe.region.nom} ne sont pas encore dans Esperluette : "
            "demandez-les à votre agence régionale de santé. Tout le reste de cet espace fonctionne."
        )
    try:
        lus = faits(equipe)
        evaluation = evaluer(edition, forme=equipe.forme_visee, faits=lus, le=jour)
    except FormeNonCouverte:
        return Composition(
            f"Les règles de la région {equipe.region.nom} pour une {equipe.sigle} ne sont pas encore dans "
            "Esperluette : demandez-les à votre agence régionale de santé."
        )
    return Composition(evaluation.phrase, evaluation, lus)


def evaluation(equipe: Equipe, le: date | None = None) -> Evaluation | None:
    """L'évaluation de l'équipe, ou None si sa région n'a pas de règles ici pour la forme visée."""
    return composition(equipe, le).evaluation


# --- Les professions -------------------------------------------------------------------------


def socle_de(equipe: Equipe | None = None) -> Socle:
    """Les professions et métiers de la région de l'équipe, sinon ceux du socle national."""
    edition = edition_de(equipe.region) if equipe is not None else None
    return edition.socle if edition is not None else national()


def professions_proposees(socle: Socle) -> list[tuple[str, list[tuple[str, str]]]]:
    """Les professions à choisir : les plus fréquentes, puis toutes les autres par ordre alphabétique."""
    frequentes = socle.professions_frequentes()
    autres = [p for p in socle.professions_par_libelle() if not p.frequente]
    return [("Les plus fréquentes", _choix(frequentes)), ("Les autres professions de santé", _choix(autres))]


def qualifications_proposees(socle: Socle) -> list[tuple[str, list[tuple[str, str]]]]:
    """Les qualifications à choisir, par profession."""
    return [
        (profession.libelle, [(s.code, s.libelle) for s in profession.savoir_faire])
        for profession in socle.professions_frequentes()
        if profession.savoir_faire
    ]


def _choix(professions: Iterable[Profession]) -> list[tuple[str, str]]:
    return [(p.code, p.libelle) for p in professions]


def metier_de(membre: Membre, socle: Socle | None = None) -> str:
    """« Médecin (médecine générale) », « Infirmier », « coordinatrice ». Un code inconnu se montre tel quel."""
    if not membre.professionnel:
        return membre.metier
    profession = (socle or national()).professions.get(membre.profession)
    if profession is None:
        return f"Profession {membre.profession}"
    qualifications = {s.code: s.libelle for s in profession.savoir_faire}
    qualification = qualifications.get(membre.savoir_faire, "")
    if membre.savoir_faire == AUTRE_QUALIFICATION:
        qualification = "autre qualification"
    return (
        f"{profession.libelle} ({qualification[0].lower()}{qualification[1:]})"
        if qualification
        else profession.libelle
    )


def equipes_ou_ecrire(compte: Compte) -> QuerySet[Equipe]:
    """Les équipes au nom desquelles ce compte écrit à un interlocuteur : celles dont il est membre."""
    return Equipe.objects.de_membre(compte).avec_territoire()


# --- Les invitations reçues ------------------------------------------------------------------


def invitations_recues(compte: Compte) -> QuerySet[Invitation]:
    """Les invitations en cours adressées à ce compte : il peut les accepter d'un clic."""
    return (
        Invitation.objects.en_cours()
        .filter(courriel__iexact=compte.courriel)
        .select_related("membre__equipe__implantation__region", "envoyee_par")
    )


def acces_en_cours(compte: Compte) -> QuerySet[AccesAccompagnateur]:
    """Les accès d'accompagnateur qui courent pour ce compte, avec leur équipe."""
    return (
        AccesAccompagnateur.objects.en_cours()
        .de(compte)
        .select_related("equipe__implantation__region", "equipe__implantation__departement")
        .order_by("fin", "pk")
    )


# --- Ce qui s'est passé ----------------------------------------------------------------------

CONSULTATION = "consultation"
PHRASES = {
    "equipe_creee": "a créé l’équipe",
    "equipe_modifiee": "a modifié les informations de l’équipe",
    "site_ajoute": "a ajouté un site",
    "site_retire": "a retiré un site",
    "declarations_faites": "a répondu aux questions sur le territoire et le projet",
    "membre_ajoute": "a ajouté {membre}",
    "membre_modifie": "a modifié la fiche de {membre}",
    "membre_retire": "a retiré {membre} de l’équipe",
    "membre_parti": "a quitté l’équipe",
    "invitation_envoyee": "a invité {membre}",
    "invitation_renvoyee": "a renvoyé l’invitation de {membre}",
    "invitation_revoquee": "a annulé l’invitation de {membre}",
    "appartenance_confirmee": "a confirmé son appartenance",
    "portage_transmis": "a transmis le rôle de porteur à {membre}",
    "delegation_donnee": "a confié le dépôt à {membre}",
    "delegation_finie": "a mis fin à la délégation de dépôt de {membre}",
    "acces_ouvert": "a ouvert l’équipe à {acces}",
    "acces_revoque": "a fermé l’accès de {acces}",
}


@dataclass(frozen=True, slots=True)
class LigneDeJournal:
    """Un acte, en une phrase qui commence par son auteur."""

    le: datetime
    acteur: str
    phrase: str
    lien: str = ""


# fonction(equipe, compte) -> Iterable[LigneDeJournal] : les actes qu'une app du dessus mêle à ceux de l'équipe.
ACTES: Registre[Callable[..., Iterable[LigneDeJournal]]] = Registre("actes à mêler au journal de l'équipe")


def derniers_actes(equipe: Equipe, compte: Any, limite: int = 8) -> list[LigneDeJournal]:
    """Les derniers actes de l'équipe et de ce qui s'y rattache, le plus récent d'abord."""
    noms = {m.pk: str(m) for m in equipe.membres.all()}
    evenements = list(evenements_de(equipe).filter(sorte__in=PHRASES)[:limite])
    acces = {a.pk: a.nom for a in equipe.acces.all()} if any("acces" in e.donnees for e in evenements) else {}
    lignes = [_ligne(e, noms, acces) for e in evenements]
    for inscrite in ACTES:
        lignes += inscrite(equipe, compte)
    return sorted(lignes, key=lambda ligne: ligne.le, reverse=True)[:limite]


def _ligne(evenement: Evenement, noms: dict[int, str], acces: dict[int, str]) -> LigneDeJournal:
    donnees = evenement.donnees
    membre = noms.get(donnees.get("a", donnees.get("membre")), "un membre")
    phrase = PHRASES[evenement.sorte].replace("{membre}", membre)
    phrase = phrase.replace("{acces}", acces.get(donnees.get("acces"), "un accompagnateur"))
    return LigneDeJournal(le=evenement.le, acteur=evenement.auteur, phrase=phrase)


@dataclass(frozen=True, slots=True)
class Consultations:
    """Combien de fois un accompagnateur a ouvert l'espace de l'équipe, et quand pour la dernière fois."""

    nombre: int
    derniere: datetime


def consultations(acces: Iterable[AccesAccompagnateur]) -> dict[int, Consultations]:
    """Les consultations de chaque accès qui en a, en une requête."""
    cles = {cle_de(a): a.pk for a in acces}
    comptes = (
        Evenement.objects.filter(chaine_id__in=cles, sorte=CONSULTATION)
        .order_by()
        .values("chaine_id")
        .annotate(nombre=Count("pk"), derniere=Max("le"))
    )
    return {cles[c["chaine_id"]]: Consultations(c["nombre"], c["derniere"]) for c in comptes}


# --- Depuis le simulateur --------------------------------------------------------------------

_ZONE = "zone-"
_PERSONNE = re.compile(r"profession([1-9][0-9]{0,2})")
AUTRE_METIER = "autre"


@dataclass(frozen=True, slots=True)
class Preremplissage:
    """Ce qu'une simulation dit déjà de l'équipe : de quoi ne rien ressaisir. Les valeurs inconnues sont écartées.

    `region` : la clé de la région simulée, quand aucune commune n'est dite. `zonages` : ceux qu'elle déclare.
    """

    equipe: dict[str, Any] = field(default_factory=dict)
    personnes: list[dict[str, str]] = field(default_factory=list)
    region: str = ""
    zonages: dict[str, bool] = field(default_factory=dict)


def depuis_simulation(donnees: Mapping[str, Any]) -> Preremplissage:
    """Lit une simulation : l'adresse du simulateur (`QueryDict`), ou la forme de `eligibilite --equipe`."""
    brut = _depuis_l_adresse(donnees) if isinstance(donnees, QueryDict) else donnees
    communes = [c for c in _liste(brut.get("communes")) if isinstance(c, str)]
    implantation = _texte(brut.get("implantation")) or next(iter(communes), "")
    equipe = {
        "forme_visee": _parmi(brut.get("forme"), FormeVisee.values),
        "implantation": implantation,
        "communes": [c for c in dict.fromkeys(communes) if c != implantation],
        "statut_juridique": _parmi(brut.get("statut_juridique"), Structure.values),
        "statut_avancement": _parmi(brut.get("statut_avancement"), StatutAvancement.values),
    }
    if equipe["statut_juridique"] not in Structure.STRUCTURES:
        equipe["statut_avancement"] = ""
    personnes = [_personne(m) for m in _liste(brut.get("membres")) if isinstance(m, Mapping)]
    return Preremplissage(
        equipe={cle: valeur for cle, valeur in equipe.items() if valeur},
        personnes=[p for p in personnes if p.get("profession")],
        region="" if implantation else _parmi(brut.get("region"), regions()),
        zonages=_zonages(brut.get("zonages")),
    )


def personnes_attendues(personnes: Iterable[Mapping[str, str]], equipe: Equipe) -> list[Mapping[str, str]]:
    """Les personnes d'une simulation que l'équipe ne compte pas encore, profession par profession."""
    presentes = [m.profession or AUTRE_METIER for m in equipe.presents]
    attendues = []
    for personne in personnes:
        if personne["profession"] in presentes:
            presentes.remove(personne["profession"])
        else:
            attendues.append(personne)
    return attendues


def _depuis_l_adresse(adresse: QueryDict) -> dict[str, Any]:
    numeros = sorted(int(m[1]) for cle in adresse if (m := _PERSONNE.fullmatch(cle)))
    return {
        "forme": adresse.get("forme"),
        "implantation": adresse.get("commune"),
        "region": adresse.get("region"),
        "communes": adresse.getlist("communes"),
        "statut_juridique": adresse.get("statut"),
        "statut_avancement": adresse.get("avancement"),
        "zonages": {
            cle.removeprefix(_ZONE): valeur == "oui"
            for cle, valeur in adresse.items()
            if cle.startswith(_ZONE) and valeur in {"oui", "non"}
        },
        "membres": [
            {
                "profession": adresse.get(f"profession{n}"),
                "savoir_faire": adresse.get(f"qualification{n}"),
                "exercice": adresse.get(f"exercice{n}"),
            }
            for n in numeros
        ],
    }


def _zonages(brut: Any) -> dict[str, bool]:
    """Les zonages déclarés, tels quels : ceux que la région ne demande pas ne servent à rien, et ne se gardent pas."""
    paires = brut.items() if isinstance(brut, Mapping) else ()
    return {zone: oui for zone, oui in paires if isinstance(zone, str) and isinstance(oui, bool)}


def _personne(brut: Mapping[str, Any]) -> dict[str, str]:
    professions = national().professions
    profession = _parmi(brut.get("profession"), [*professions, AUTRE_METIER])
    if brut.get("professionnel") is False:
        profession = AUTRE_METIER
    qualifications = {s.code for s in professions[profession].savoir_faire} if profession in professions else set()
    if qualifications:
        qualifications.add(AUTRE_QUALIFICATION)
    return {
        "profession": profession,
        "savoir_faire": _parmi(brut.get("savoir_faire"), qualifications),
        "exercice": _parmi(brut.get("exercice"), ModeExercice.values),
    }


def _liste(valeur: Any) -> list[Any]:
    return list(valeur)[:100] if isinstance(valeur, list | tuple) else []


def _texte(valeur: Any) -> str:
    return valeur.strip() if isinstance(valeur, str) else ""


def _parmi(valeur: Any, admis: Collection[str]) -> str:
    return valeur if isinstance(valeur, str) and valeur in admis else ""
