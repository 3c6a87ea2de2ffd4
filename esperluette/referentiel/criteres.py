"""La forme des règles : des fonctions nommées. Leurs chiffres et leurs sources sont dans les éditions.

Une fonction reçoit une `Situation` puis, par mots-clés, les paramètres écrits dans le YAML. Le chargeur les lie à sa
signature : une faute de frappe, un mauvais type, un paramètre absent empêchent l'édition de se charger.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from esperluette.referentiel.faits import FaitMembre, Faits, StatutJuridique
from esperluette.referentiel.socle import Groupe, Socle
from esperluette.referentiel.sources import suggestion
from esperluette.referentiel.verdicts import Reponse3, Verdict, a_preciser, non_satisfait, satisfait

F = TypeVar("F", bound=Callable[..., Verdict])
Positif = Annotated[int, Field(ge=1)]
Texte = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Situation:
    """Une équipe vue par les règles : ses faits, et la nomenclature de l'édition."""

    faits: Faits
    socle: Socle


RegleLiee = Callable[[Situation], Verdict]


@dataclass(frozen=True, slots=True)
class Fonction:
    """Une règle nommée et la forme exacte de ses paramètres."""

    nom: str
    calcul: Callable[..., Verdict]
    parametres: type[BaseModel]


FONCTIONS: dict[str, Fonction] = {}


class FonctionInconnue(ValueError):
    """Le critère nomme une fonction qui n'existe pas."""


class RenvoiInconnu(ValueError):
    """Un paramètre vise ce que le socle ne définit pas."""

    def __init__(self, parametre: str, cause: str) -> None:
        super().__init__(cause)
        self.parametre = parametre


def critere(calcul: F) -> F:
    """Inscrit une fonction comme règle utilisable dans une édition, sous son nom."""
    champs: dict[str, Any] = {}
    _situation, *suite = inspect.signature(calcul, eval_str=True).parameters.values()
    for parametre in suite:
        if parametre.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{calcul.__name__} : les paramètres d'un critère sont nommés (après « * »)")
        defaut = ... if parametre.default is inspect.Parameter.empty else parametre.default
        champs[parametre.name] = (parametre.annotation, defaut)
    forme = create_model(calcul.__name__, __config__=ConfigDict(extra="forbid", strict=True, frozen=True), **champs)
    FONCTIONS[calcul.__name__] = Fonction(calcul.__name__, calcul, forme)
    return calcul


def lier(nom: str, parametres: dict[str, Any], socle: Socle) -> RegleLiee:
    """La règle prête à servir. Lève `FonctionInconnue`, `RenvoiInconnu` ou `ValidationError` (pydantic)."""
    fonction = FONCTIONS.get(nom)
    if fonction is None:
        raise FonctionInconnue(f"fonction inconnue « {nom} » ; {suggestion(nom, FONCTIONS)}")
    valeurs = dict(fonction.parametres.model_validate(parametres))
    for parametre, collection in (("groupe", socle.groupes), ("zone", socle.zonages)):
        cle = valeurs.get(parametre)
        if cle is not None and cle not in collection:
            raise RenvoiInconnu(parametre, f"« {cle} » n'existe pas ({parametre}) ; {suggestion(cle, collection)}")
    return partial(fonction.calcul, **valeurs)


# --- Compter des membres --------------------------------------------------------------------------


@critere
def effectif(
    situation: Situation, *, groupe: Texte, minimum: Positif, exercice: Literal["liberal", "ville"] | None = None
) -> Verdict:
    """Au moins `minimum` membres du groupe ; `exercice` quand le texte exige des libéraux, ou un exercice de ville."""
    cible = situation.socle.groupes[groupe]
    certains, doutes, ecartes = 0, [], []
    for membre in situation.faits.membres:
        reponse, raison = _appartient(situation.socle, membre, cible, exercice)
        if reponse is Reponse3.SATISFAIT:
            certains += 1
        elif reponse is Reponse3.A_PRECISER:
            doutes.append(raison)
        elif raison:
            ecartes.append(raison)
    compte = f"{certains} {cible.nom(certains)} (minimum : {minimum})" if certains else cible.aucun
    if certains >= minimum:
        return satisfait(f"{compte}.")
    if certains + len(doutes) >= minimum:
        return a_preciser(f"À préciser : {_enumerer(doutes)}.")
    raisons = _enumerer([*doutes, *ecartes])
    return non_satisfait(f"{compte} : {raisons}." if raisons else f"{compte}.")


def _appartient(socle: Socle, membre: FaitMembre, groupe: Groupe, exercice: str | None) -> tuple[Reponse3, str]:
    """Si ce membre compte pour le groupe ; sinon, ou dans le doute, pourquoi."""
    profession = socle.professions.get(membre.profession)
    if not membre.professionnel or (profession is None and membre.profession):
        return Reponse3.NON_SATISFAIT, ""
    if profession is None:
        return Reponse3.A_PRECISER, "la profession d'un membre n'est pas indiquée"
    nom = profession.libelle.lower()
    if not socle.dans_le_groupe(groupe, profession):
        return Reponse3.NON_SATISFAIT, f"{nom} ({profession.note})" if groupe.paramedicaux and profession.note else ""
    if groupe.savoir_faire and membre.savoir_faire not in groupe.savoir_faire:
        if membre.savoir_faire:
            return Reponse3.NON_SATISFAIT, f"{nom} d'une autre qualification"
        return Reponse3.A_PRECISER, f"la qualification d'un {nom} n'est pas indiquée"
    if exercice is None or membre.exercice in {"liberal", "mixte"}:
        return Reponse3.SATISFAIT, ""
    if membre.exercice == "salarie":
        texte = "de ville" if exercice == "ville" else "libéraux"
        return Reponse3.A_PRECISER, f"{nom} salarié, alors que le texte parle de professionnels {texte}"
    return Reponse3.A_PRECISER, f"le mode d'exercice d'un {nom} n'est pas indiqué (libéral ou salarié)"


def compte_pour(socle: Socle, membre: FaitMembre, groupe: Groupe, exercice: str | None) -> bool:
    """Vrai si ce membre compte à coup sûr pour le groupe."""
    return _appartient(socle, membre, groupe, exercice)[0] is Reponse3.SATISFAIT


def _enumerer(raisons: list[str]) -> str:
    return " ; ".join(dict.fromkeys(raisons))


# --- Le reste ---------------------------------------------------------------------------------------


@critere
def statut(
    situation: Situation,
    *,
    admis: tuple[StatutJuridique, ...],
    a_confirmer: tuple[StatutJuridique, ...] = (),
) -> Verdict:
    """Le statut juridique est l'un de ceux admis, et créé : « en cours » ou « en projet » reste à préciser."""
    faits = situation.faits
    attendus = " ou ".join(NOMS_DES_STATUTS[s] for s in admis)
    if faits.statut_juridique is None:
        return a_preciser(f"La structure juridique n'est pas indiquée ; attendu : {attendus}.")
    nom = NOMS_DES_STATUTS[faits.statut_juridique]
    if faits.statut_juridique in a_confirmer:
        return a_preciser(f"La structure indiquée ({nom}) est à confirmer ; attendu : {attendus}.")
    if faits.statut_juridique not in admis:
        return non_satisfait(f"Structure indiquée : {nom} ; attendu : {attendus}.")
    if faits.statut_avancement != "cree":
        avancement = {"en_cours": "en cours de création", "en_projet": "en projet"}[faits.statut_avancement]
        return a_preciser(f"La structure ({nom}) est {avancement} : à confirmer une fois créée.")
    return satisfait(f"La structure ({nom}) est créée.")


NOMS_DES_STATUTS: dict[str, str] = {
    "aucun": "aucune structure",
    "association": "association loi 1901",
    "sisa": "SISA",
    "autre": "autre structure",
}


@critere
def zonage(situation: Situation, *, zone: Texte) -> Verdict:
    """Le territoire est classé dans la zone ; un classement inconnu, ou partiel, devient une question."""
    libelle = situation.socle.zonages[zone].libelle.lower()
    reponse = situation.faits.zonages.get(zone)
    declare = " (déclaré)" if zone in situation.faits.zonages_declares else ""
    if zone in situation.faits.zonages_partiels and not declare:
        return a_preciser(f"Territoire classé en partie : {libelle}. {situation.faits.zonages_partiels[zone]}".strip())
    if reponse is None:
        return a_preciser(f"Le classement du territoire n'est pas connu : {libelle} ?")
    if reponse:
        return satisfait(f"Territoire classé : {libelle}{declare}.")
    return non_satisfait(f"Territoire non classé : {libelle}{declare}.")


@critere
def meme_region(situation: Situation) -> Verdict:
    """Toutes les communes du territoire sont dans une seule région."""
    regions = list(dict.fromkeys(situation.faits.regions))
    if not regions:
        return a_preciser("Les communes du territoire ne sont pas indiquées.")
    if len(regions) == 1:
        return satisfait(f"Tout le territoire est dans une seule région ({regions[0]}).")
    return non_satisfait(f"Le territoire s'étend sur plusieurs régions : {', '.join(regions)}.")


@critere
def declaration(
    situation: Situation, *, cle: Texte, question: Texte, ou: Literal["projet", "demande"] = "projet"
) -> Verdict:
    """Ce que l'équipe affirme elle-même ; `ou` : elle le décrira dans son projet, ou le dira dans sa demande.

    Un acte de l'ARS qui l'établit l'emporte : on ne se fie à la déclaration qu'à défaut.
    """
    constat = situation.faits.constat(cle)
    if constat is not None:
        return satisfait(constat.phrase) if constat.reponse else non_satisfait(constat.phrase)
    reponse = situation.faits.declaratifs.get(cle)
    if reponse is None:
        verbe = "décrire dans le projet" if ou == "projet" else "dire dans la demande"
        return a_preciser(f"À {verbe} : {question}")
    return (
        satisfait(f"Déclaré par l'équipe : {question}") if reponse else non_satisfait(f"Déclaré absent : {question}")
    )


@critere
def non_publie(situation: Situation, *, texte: Texte) -> Verdict:
    """La condition existe, mais aucun document lu ne la donne : à préciser, quels que soient les faits."""
    return a_preciser(texte)
