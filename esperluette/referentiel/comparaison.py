"""Ce qui distingue deux éditions, en phrases : d'une date à l'autre dans une région, ou d'une région à l'autre."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from esperluette.referentiel.criteres import NOMS_DES_STATUTS
from esperluette.referentiel.modele import Aide, Critere, Demarche, Edition, Etape, Instance, Regle, Socle, Trame
from esperluette.referentiel.questionnaire import Champ

Sorte = Literal["ajout", "retrait", "changement"]
LONGUEUR_MAXIMALE = 160  # au-delà, une valeur se coupe : le fichier la donne entière
OUI_NON = {True: "oui", False: "non"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Une différence, et sa phrase. `sujet` : criteres, demarches, etapes, aides, instances, trames, edition."""

    sujet: str
    sorte: Sorte
    id: str
    phrase: str

    def en_json(self) -> dict[str, str]:
        return {"sujet": self.sujet, "sorte": self.sorte, "id": self.id, "phrase": self.phrase}


@dataclass(frozen=True, slots=True)
class _Nature:
    """Comment se nomme et se compare une sorte d'élément : chaque facette a un libellé et une valeur à montrer."""

    sujet: str
    nom: str  # « Critère »
    feminin: bool
    titre: Callable[[Any], str]
    facettes: Mapping[str, Callable[[Any], str]]

    def accord(self, participe: str) -> str:
        return f"{participe}e" if self.feminin else participe


def comparer(avant: Edition, apres: Edition) -> list[Difference]:
    """Ce que `apres` change à `avant`, sujet par sujet."""
    return [
        *_entetes(avant, apres),
        *_elements(
            CRITERE,
            [_CritereDit(c, avant.socle) for c in avant.criteres],
            [_CritereDit(c, apres.socle) for c in apres.criteres],
        ),
        *_elements(ETAPE, avant.chemin, apres.chemin),
        *_elements(DEMARCHE, avant.demarches, apres.demarches),
        *_elements(AIDE, avant.aides, apres.aides),
        *_elements(INSTANCE, avant.instances, apres.instances),
        *_trames(avant.trames, apres.trames),
    ]


# --- L'en-tête ------------------------------------------------------------------------------------------


def _entetes(avant: Edition, apres: Edition) -> Iterator[Difference]:
    for libelle, lire in (
        ("La région", lambda e: e.entete.region.nom),
        ("La date d'effet", lambda e: f"{e.en_vigueur_du:%d/%m/%Y}"),
        ("Les formes décrites", lambda e: _liste(e.entete.formes)),
        ("Le socle national", lambda e: e.entete.socle),
    ):
        ancien, nouveau = lire(avant), lire(apres)
        if ancien != nouveau:
            yield Difference("edition", "changement", "", _devient(libelle, ancien, nouveau))


# --- Les éléments qui ont un identifiant ----------------------------------------------------------------


def _elements(nature: _Nature, avant: Sequence[Any], apres: Sequence[Any]) -> Iterator[Difference]:
    """Retraits, ajouts, puis changements, dans l'ordre des fichiers."""
    anciens, nouveaux = {e.id: e for e in avant}, {e.id: e for e in apres}
    for cle, element in anciens.items():
        if cle not in nouveaux:
            yield _entier(nature, "retrait", cle, f"{nature.accord('retiré')}", element)
    for cle, element in nouveaux.items():
        if cle not in anciens:
            yield _entier(nature, "ajout", cle, f"{nature.accord('ajouté')}", element)
        else:
            yield from _facettes(nature, cle, anciens[cle], element)


def _entier(nature: _Nature, sorte: Sorte, cle: str, verbe: str, element: Any) -> Difference:
    return Difference(nature.sujet, sorte, cle, f"{nature.nom} {verbe} : {_court(nature.titre(element))}.")


def _facettes(nature: _Nature, cle: str, avant: Any, apres: Any) -> Iterator[Difference]:
    for libelle, lire in nature.facettes.items():
        ancien, nouveau = lire(avant), lire(apres)
        if ancien != nouveau:
            debut = f"{nature.nom} « {_court(nature.titre(apres))} », {libelle}"
            yield Difference(nature.sujet, "changement", cle, _devient(debut, ancien, nouveau))


def _devient(quoi: str, ancien: str, nouveau: str) -> str:
    return f"{quoi} : « {_court(ancien) or 'rien'} » devient « {_court(nouveau) or 'rien'} »."


def _court(texte: str) -> str:
    propre = " ".join(texte.split()).rstrip(".")
    return propre if len(propre) <= LONGUEUR_MAXIMALE else f"{propre[: LONGUEUR_MAXIMALE - 1].rstrip()}…"


def _liste(valeurs: Iterable[str]) -> str:
    return ", ".join(valeurs)


def _montant(montant: Decimal | None) -> str:
    if montant is None:
        return "non publié"
    return f"{montant:,.2f}".replace(",", " ").replace(".", ",").removesuffix(",00") + " €"


@dataclass(frozen=True, slots=True)
class _CritereDit:
    """Un critère et la nomenclature qui nomme ce qu'il compte."""

    critere: Critere
    socle: Socle

    @property
    def id(self) -> str:
        return self.critere.id

    @property
    def regle(self) -> str:
        return _regle(self.critere, self.socle)


def _regle(regle: Regle, socle: Socle) -> str:
    """« au moins 1 paramédical », combinaisons comprises."""
    if regle.fonction is not None:
        return _fonction(regle.fonction, regle.parametres, socle)
    if regle.au_moins_n is not None:
        return f"au moins {regle.au_moins_n.n} de : {' ; '.join(_regle(r, socle) for r in regle.au_moins_n.parmi)}"
    if regle.tous is not None:
        return " et ".join(_regle(r, socle) for r in regle.tous)
    return " ou ".join(_regle(r, socle) for r in regle.au_moins_un or ())


def _fonction(nom: str, parametres: Mapping[str, Any], socle: Socle) -> str:
    match nom:
        case "effectif":
            exercice = {"liberal": " en libéral", "ville": " en ville"}.get(parametres.get("exercice", ""), "")
            minimum = parametres["minimum"]
            return f"au moins {minimum} {socle.groupes[parametres['groupe']].nom(minimum)}{exercice}"
        case "statut":
            return " ou ".join(NOMS_DES_STATUTS[s] for s in parametres["admis"])
        case "zonage":
            zone = socle.zonages[parametres["zone"]]
            return f"territoire classé {zone.sigle or zone.libelle}"
        case "declaration":
            return f"déclaré par l'équipe : {parametres['question']}"
        case "non_publie":
            return str(parametres["texte"])
        case "meme_region":
            return "territoire dans une seule région"
    return f"{nom} ({_liste(f'{cle} : {valeur}' for cle, valeur in parametres.items())})"


# --- Les trames --------------------------------------------------------------------------------------------


def _trames(avant: Mapping[str, Trame], apres: Mapping[str, Trame]) -> Iterator[Difference]:
    for nom, trame in avant.items():
        if nom not in apres:
            yield Difference("trames", "retrait", nom, f"Trame retirée : {trame.titre} ({_taille(trame)}).")
    for nom, trame in apres.items():
        if nom not in avant:
            yield Difference("trames", "ajout", nom, f"Trame ajoutée : {trame.titre} ({_taille(trame)}).")
        else:
            yield from _champs(nom, avant[nom], trame)


def _taille(trame: Trame) -> str:
    return f"{len(trame.rubriques)} rubriques, {len(list(trame.champs()))} champs"


def _champs(nom: str, avant: Trame, apres: Trame) -> Iterator[Difference]:
    sujet = f"Trame « {apres.titre} »"
    rubriques = _Nature("trames", f"{sujet}, rubrique", True, lambda r: r.intitule, {"intitulé": lambda r: r.intitule})
    champs = _Nature("trames", f"{sujet}, champ", False, lambda c: c.libelle, FACETTES_D_UN_CHAMP)
    for difference in (
        *_elements(rubriques, avant.rubriques, apres.rubriques),
        *_elements(champs, [c for _, c in avant.champs()], [c for _, c in apres.champs()]),
    ):
        yield Difference("trames", difference.sorte, f"{nom}#{difference.id}", difference.phrase)


def _colonnes(champ: Champ) -> str:
    return _liste(f"{c.libelle} ({c.type}{', obligatoire' if c.obligatoire else ''})" for c in champ.colonnes)


FACETTES_D_UN_CHAMP: Mapping[str, Callable[[Champ], str]] = {
    "libellé": lambda c: c.libelle,
    "type": lambda c: c.type,
    "obligatoire": lambda c: OUI_NON[c.obligatoire],
    "options": lambda c: _liste(o.libelle for o in c.options),
    "colonnes": _colonnes,
}


# --- Ce qui se compare, élément par élément -------------------------------------------------------------------


def _titre(element: Etape) -> str:
    return element.titre


def _libelle(element: Demarche | Aide) -> str:
    return element.libelle


def _enonce(element: _CritereDit) -> str:
    return element.critere.enonce


def _nom(element: Instance) -> str:
    return f"{element.sigle}, {element.nom}"


CRITERE = _Nature(
    "criteres",
    "Critère",
    False,
    _enonce,
    {
        "énoncé": _enonce,
        "nature": lambda c: c.critere.nature,
        "formes": lambda c: _liste(c.critere.formes),
        "règle": lambda c: c.regle,
    },
)
ETAPE = _Nature(
    "etapes",
    "Étape",
    True,
    _titre,
    {
        "titre": _titre,
        "qui agit": lambda e: e.qui,
        "ce qu'on y fait": lambda e: e.quoi,
        "durée": lambda e: e.duree,
        "document": lambda e: e.document,
        "facultative": lambda e: OUI_NON[e.facultative],
        "formes": lambda e: _liste(e.formes),
    },
)
DEMARCHE = _Nature(
    "demarches",
    "Démarche",
    True,
    _libelle,
    {
        "libellé": _libelle,
        "formes": lambda d: _liste(d.formes),
        "trame": lambda d: d.trame or "",
        "instance": lambda d: d.instance or "",
        "conditions": lambda d: _liste(d.conditions),
        "pièces": lambda d: _liste(p.libelle for p in d.pieces),
        "qui signe": lambda d: d.regime.signatures.depot.replace("_", " "),
        "ce que vaut le silence": lambda d: f"{d.regime.silence.effet}, {d.regime.silence.delai_mois} mois",
        "suites": lambda d: _liste(d.suites),
    },
)
AIDE = _Nature(
    "aides",
    "Aide",
    True,
    _libelle,
    {
        "libellé": _libelle,
        "sorte": lambda a: a.sorte.replace("_", " "),
        "montant": lambda a: _montant(a.montant),
        "quantité": lambda a: f"{a.quantite.minimum} à {a.quantite.maximum} {a.quantite.unite}" if a.quantite else "",
        "bénéficiaire": lambda a: a.beneficiaire,
        "objets": lambda a: _liste(a.objets),
        "conditions": lambda a: _liste(a.conditions),
        "tranches": lambda a: _liste(f"{t.libelle} {_montant(t.montant)}" for t in a.tranches),
    },
)
INSTANCE = _Nature(
    "instances",
    "Instance",
    True,
    _nom,
    {
        "nom": _nom,
        "niveau": lambda i: i.niveau,
        "compétences": lambda i: _liste(i.competences),
        "sièges": lambda i: _liste(s.libelle for s in i.sieges),
        "avis possibles": lambda i: _liste(a.libelle for a in i.avis.liste),
        "affaires": lambda i: _liste(a.libelle for a in i.affaires),
        "quorum": lambda i: i.fonctionnement.quorum,
        "convocation": lambda i: f"{i.fonctionnement.convocation_jours} jours",
        "les porteurs présentent": lambda i: OUI_NON[i.porteurs_presentent],
        "réunion sur site préalable": lambda i: OUI_NON[i.reunion_sur_site],
    },
)
