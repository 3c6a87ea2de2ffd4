"""Les changements qu'une équipe peut faire, pour ce que les règles interrogent : préciser, se constituer, recruter.

Chacun a un poids : une information passe avant une démarche, une démarche avant un recrutement. Ce qui ne se change
pas (le classement du territoire) vient tout au bout : on le dit, on ne le propose pas.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from esperluette.referentiel.criteres import NOMS_DES_STATUTS, compte_pour
from esperluette.referentiel.faits import FaitMembre, Faits
from esperluette.referentiel.regles import Critere, Regle
from esperluette.referentiel.socle import Groupe, Profession, Socle

CITEES = 4  # professions nommées en exemple
SEMBLABLES = 3  # au-delà, préciser l'un ou l'autre revient au même
_EN_LETTRES = {2: "deux", 3: "trois"}


class Poids(IntEnum):
    """Ce que coûte un changement ; une somme les compare."""

    INFORMATION = 1
    STRUCTURE = 4
    PERSONNE = 6
    IMMUABLE = 1000


@dataclass(frozen=True, slots=True)
class Changement:
    """Un geste, sa phrase (à l'impératif, sans majuscule ni point), et les faits qu'il donnerait."""

    cle: str
    poids: Poids
    phrase: str
    appliquer: Callable[[Faits], Faits]
    plusieurs: str = ""  # ce qu'on recrute, au pluriel
    variantes: tuple[FaitMembre, ...] = ()  # les personnes qui conviennent également

    def fois(self, nombre: int) -> str:
        """La phrase du geste répété : « deux médecins généralistes »."""
        return self.phrase if nombre == 1 else f"{_EN_LETTRES[nombre]} {self.plusieurs}"

    @property
    def possible(self) -> bool:
        return self.poids is not Poids.IMMUABLE


@dataclass(frozen=True, slots=True)
class _Effectif:
    groupe: Groupe
    exercice: str | None


def feuilles(regle: Regle | Critere) -> Iterator[Regle]:
    """Les règles simples d'une combinaison."""
    suite = (*(regle.tous or ()), *(regle.au_moins_un or ()), *(regle.au_moins_n.parmi if regle.au_moins_n else ()))
    if not suite:
        yield regle
    for branche in suite:
        yield from feuilles(branche)


def possibles(criteres: Iterable[Critere], socle: Socle, faits: Faits) -> list[Changement]:
    """Ce qui, dans l'équipe, peut bouger au regard de ces critères ; le plus léger d'abord."""
    regles: dict[str, list[Regle]] = defaultdict(list)
    for critere in criteres:
        for regle in feuilles(critere):
            regles[regle.fonction or ""].append(regle)
    effectifs = [
        _Effectif(socle.groupes[r.parametres["groupe"]], r.parametres.get("exercice")) for r in regles["effectif"]
    ]
    trouves = [
        *_precisions(effectifs, socle, faits),
        *_declarations(regles["declaration"], faits),
        *_structures(regles["statut"], faits),
        *_zonages(regles["zonage"], socle, faits),
        *_regions(regles["meme_region"], faits),
        *_personnes(effectifs, socle, faits),
    ]
    return sorted(trouves, key=lambda c: c.poids)


# --- Les personnes -----------------------------------------------------------------------------------


def candidat(profession: Profession, socle: Socle) -> FaitMembre:
    """Une personne libérale de cette profession, avec la qualification que comptent les règles."""
    comptees = [
        g.savoir_faire[-1] for g in socle.groupes.values() if profession.id in g.professions and g.savoir_faire
    ]
    return FaitMembre(profession.id, comptees[-1] if comptees else None, "liberal")


def _personnes(effectifs: Sequence[_Effectif], socle: Socle, faits: Faits) -> Iterator[Changement]:
    """Une personne de plus, par sorte : les professions que les règles confondent n'en font qu'une."""
    sortes: dict[tuple[bool, ...], list[Profession]] = defaultdict(list)
    for profession in socle.professions_frequentes():
        personne = candidat(profession, socle)
        signature = tuple(compte_pour(socle, personne, e.groupe, e.exercice) for e in effectifs)
        if any(signature):
            sortes[signature].append(profession)
    for signature, professions in sortes.items():
        variantes = tuple(replace(candidat(p, socle), commune=faits.implantation) for p in professions)
        visees = [e for e, compte in zip(effectifs, signature, strict=True) if compte]
        yield Changement(
            cle=f"personne:{variantes[0].profession}",
            poids=Poids.PERSONNE,
            phrase=_nom_de_la_personne(visees, professions, socle, faits),
            appliquer=lambda f, p=variantes[0]: replace(f, membres=(*f.membres, p)),  # type: ignore[misc]
            plusieurs=_groupe_etroit(visees, socle).pluriel + _exemples(professions),
            variantes=variantes,
        )


def _nom_de_la_personne(visees: list[_Effectif], professions: list[Profession], socle: Socle, faits: Faits) -> str:
    """« un second médecin généraliste », « un paramédical (infirmier, masseur-kinésithérapeute…) »."""
    groupe = _groupe_etroit(visees, socle)
    deja = sum(compte_pour(socle, m, groupe, None) for m in faits.membres)
    article = "une" if groupe.feminin else "un"
    if deja == 1 and not groupe.toutes:
        article += " seconde" if groupe.feminin else " second"
    return f"{article} {groupe.singulier}{_exemples(professions)}"


def _groupe_etroit(visees: list[_Effectif], socle: Socle) -> Groupe:
    """De ce que les règles comptent, le plus précis."""
    return min(visees, key=lambda e: _taille(e.groupe, socle)).groupe


def _exemples(professions: list[Profession]) -> str:
    """Rien pour un seul métier : le groupe le dit déjà."""
    if len(professions) == 1:
        return ""
    noms = ", ".join(p.libelle.lower() for p in professions[:CITEES])
    return f" ({noms}{'…' if len(professions) > CITEES else ''})"


def _taille(groupe: Groupe, socle: Socle) -> int:
    return sum(socle.dans_le_groupe(groupe, p) for p in socle.professions.values())


def _precisions(effectifs: Sequence[_Effectif], socle: Socle, faits: Faits) -> Iterator[Changement]:
    """Ce qui n'est pas dit d'un membre et que les règles demandent ; de membres semblables, les trois premiers."""
    vus: Counter[tuple[bool, ...]] = Counter()
    for rang, membre in enumerate(faits.membres):
        profession = socle.professions.get(membre.profession)
        if not membre.professionnel or profession is None:
            continue
        visees = [e for e in effectifs if socle.dans_le_groupe(e.groupe, profession)]
        qualifications = [e.groupe for e in visees if e.groupe.savoir_faire and not membre.savoir_faire]
        precise, manques = membre, []
        if qualifications:
            precise = replace(precise, savoir_faire=qualifications[0].savoir_faire[-1])
            manques.append(f"la qualification ({qualifications[0].singulier} ?)")
        if not membre.exercice and any(e.exercice for e in visees):
            precise = replace(precise, exercice="liberal")
            manques.append("le mode d'exercice (libéral ?)")
        compterait = tuple(compte_pour(socle, precise, e.groupe, e.exercice) for e in effectifs)
        vus[compterait] += bool(manques)
        if manques and any(compterait) and vus[compterait] <= SEMBLABLES:
            yield Changement(
                cle=f"membre:{rang}",
                poids=Poids.INFORMATION,
                phrase=f"précisez {' et '.join(manques)} d'un membre ({profession.libelle.lower()})",
                appliquer=_au_rang(rang, precise),
            )


def _au_rang(rang: int, precise: FaitMembre) -> Callable[[Faits], Faits]:
    return lambda f: replace(f, membres=(*f.membres[:rang], precise, *f.membres[rang + 1 :]))


# --- La structure, les déclarations, le territoire --------------------------------------------------------


def _structures(regles: Sequence[Regle], faits: Faits) -> Iterator[Changement]:
    for regle in regles:
        admis: tuple[str, ...] = regle.parametres["admis"]
        attendus = " ou ".join(NOMS_DES_STATUTS[s] for s in admis)
        vise: Any = faits.statut_juridique if faits.statut_juridique in admis else admis[0]
        poids = Poids.STRUCTURE
        if faits.statut_juridique is None:
            phrase, poids = f"précisez si la structure juridique est créée ({attendus})", Poids.INFORMATION
        elif faits.statut_juridique in admis:
            phrase = f"achevez la création de la structure ({NOMS_DES_STATUTS[vise]})"
        else:
            phrase = f"créez la structure attendue ({attendus})"
        yield Changement(
            cle=f"statut:{vise}",
            poids=poids,
            phrase=phrase,
            appliquer=lambda f, v=vise: replace(f, statut_juridique=v, statut_avancement="cree"),  # type: ignore[misc]
        )


def _declarations(regles: Sequence[Regle], faits: Faits) -> Iterator[Changement]:
    for regle in regles:
        cle, question = regle.parametres["cle"], regle.parametres["question"].rstrip(" .")
        if faits.declaratifs.get(cle) is None and faits.constat(cle) is None:
            yield Changement(
                cle=f"declaration:{cle}",
                poids=Poids.INFORMATION,
                phrase=f"dites ce qu'il en est : {question}",
                appliquer=lambda f, c=cle: replace(f, declaratifs={**f.declaratifs, c: True}),  # type: ignore[misc]
            )


def _zonages(regles: Sequence[Regle], socle: Socle, faits: Faits) -> Iterator[Changement]:
    """Un classement inconnu se précise ; un classement connu ne se change pas."""
    zones = list(dict.fromkeys(r.parametres["zone"] for r in regles))
    partiels = [z for z in zones if z in faits.zonages_partiels and z not in faits.zonages_declares]
    inconnus = [z for z in zones if z in partiels or z not in faits.zonages]
    refuses = [z for z in zones if z not in inconnus and not faits.zonages[z]]
    if inconnus:
        noms = " ou ".join(_noms_des_zones(inconnus, socle))
        yield Changement(
            "zonage", Poids.INFORMATION, f"précisez le classement du territoire ({noms})", _classe(inconnus)
        )
    if refuses:
        noms_refuses = _noms_des_zones(refuses, socle)
        phrase = f"le territoire n'est pas classé en {noms_refuses[0]}"
        if len(refuses) > 1:
            phrase = f"le territoire n'est classé {', '.join(f'ni en {nom}' for nom in noms_refuses)}"
        yield Changement("zonage:refuse", Poids.IMMUABLE, phrase, _classe(refuses))


def _noms_des_zones(zones: list[str], socle: Socle) -> list[str]:
    return [z.sigle or z.libelle.lower() for z in (socle.zonages[cle] for cle in zones)]


def _classe(zones: list[str]) -> Callable[[Faits], Faits]:
    def appliquer(faits: Faits) -> Faits:
        declares = faits.zonages_declares | set(zones)
        return replace(faits, zonages={**faits.zonages, **dict.fromkeys(zones, True)}, zonages_declares=declares)

    return appliquer


def _regions(regles: Sequence[Regle], faits: Faits) -> Iterator[Changement]:
    if regles and len(set(faits.regions)) > 1:
        phrase = "le territoire s'étend sur plusieurs régions"
        yield Changement("regions", Poids.IMMUABLE, phrase, lambda f: replace(f, regions=f.regions[:1]))
