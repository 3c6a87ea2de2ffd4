"""Les constats d'un diagnostic : forces, fragilités et questions, par les règles de donnees/constats.yaml. Sans base.

Un constat n'est qu'une proposition : l'équipe le garde, le récrit ou l'écarte. Il ne paraît que si son chiffre est
connu pour presque tout le territoire et s'écarte nettement de sa référence ; chaque règle dit d'où vient son seuil.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from math import sqrt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from esperluette.indicateurs.definitions import POUR
from esperluette.indicateurs.ecriture import PARTIEL, nombre, partielle
from esperluette.indicateurs.instantane import TERRITOIRE, ConstatLu, DistanceLue, Instantane, LigneLue, ValeurLue

NOMS_MONTRES = 4
_ELIDABLE = re.compile(r"\b([Dd]|[Qq]u)e \{(\w+)\}")
_VOYELLE = re.compile(r"[aeiouàâæéèêëîïôœùûü]", re.IGNORECASE)


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Regle(_Fige):
    """Une règle : sur quoi elle porte (`lignes`, `offres` ou `zonage`), quand elle parle, ce qu'elle dit.

    `lignes` et `offres` : identifiant → le nom à écrire. `suffixe` s'ajoute aux lignes ; l'identifiant sans lui est
    alors celui de l'effectif. `ecart` : en %, négatif pour « en dessous », face au premier niveau connu de `face_a`.
    `ecarts_types` : l'effectif s'écarte d'autant de l'attendu, pour que le hasard ne suffise pas (loi de Poisson).
    `dessous` : strictement ; `au_plus`, `dessus` : borne comprise ; sur le chiffre tel qu'il s'écrit. `sauf` : se
    tait si cette règle a parlé de la même chose.
    """

    id: str
    genre: Literal["force", "fragilite", "question"]
    phrase: str
    phrase_zero: str = ""
    lignes: dict[str, str] = {}
    suffixe: str = ""
    offres: dict[str, str] = {}
    zonage: str = ""
    classes: tuple[str, ...] = ()
    partage: bool = False  # le zonage classe différemment deux communes du territoire
    face_a: tuple[Literal["epci", "departement", "region", "france"], ...] = ()
    ecart: float = 0
    ecarts_types: float = 0
    dessous: float | None = None
    au_plus: float | None = None
    dessus: float | None = None
    sauf: str = ""
    source: str = ""
    choix: str = ""

    @model_validator(mode="after")
    def _coherente(self) -> Self:
        if sum(map(bool, (self.lignes, self.offres, self.zonage))) != 1:
            raise ValueError(f"« {self.id} » porte sur des lignes, des offres ou un zonage, et un seul des trois")
        if bool(self.source) == bool(self.choix):
            raise ValueError(f"« {self.id} » dit sa source, ou que c'est un choix d'Esperluette")
        if bool(self.ecart) != bool(self.face_a):
            raise ValueError(f"« {self.id} » : un écart se mesure face à un niveau")
        return self

    @property
    def pourquoi(self) -> str:
        """D'où vient le seuil, en une phrase."""
        return self.source or f"Choix d'Esperluette : {self.choix}"


class Regles(_Fige):
    """Le fichier entier. `couverture` : la part des habitants, en %, sans laquelle un chiffre ne se commente pas."""

    couverture: float = Field(gt=0, le=100)
    niveaux: dict[str, str]
    regles: tuple[Regle, ...]


@lru_cache(maxsize=1)
def regles() -> Regles:
    """Les règles, dans l'ordre où leurs constats paraissent."""
    octets = (files("esperluette.indicateurs") / "donnees" / "constats.yaml").read_bytes()
    return Regles(**YAML(typ="safe").load(octets.decode("utf-8")))


def constats(releve: Instantane, lues: Regles | None = None) -> tuple[ConstatLu, ...]:
    """Ce que les règles disent de ce relevé ; un identifiant ne paraît qu'une fois."""
    lues = lues or regles()
    dits: dict[str, ConstatLu] = {}
    for regle in lues.regles:
        for constat in _dits(regle, releve, lues):
            if not regle.sauf or f"{regle.sauf}:{constat.id.split(':', 1)[1]}" not in dits:
                dits[constat.id] = constat
    return tuple(dits.values())


def _dits(regle: Regle, releve: Instantane, lues: Regles) -> Iterator[ConstatLu]:
    if regle.zonage:
        return _du_zonage(regle, releve)
    if regle.offres:
        return _des_distances(regle, releve)
    return _des_chiffres(regle, releve, lues)


# --- Les chiffres --------------------------------------------------------------------------------------------------


def _des_chiffres(regle: Regle, releve: Instantane, lues: Regles) -> Iterator[ConstatLu]:
    lignes = releve.lignes
    for cle, nom in regle.lignes.items():
        ligne = lignes.get(cle + regle.suffixe)
        if ligne is None or not _couverte(propre := ligne.valeurs[TERRITOIRE], lues.couverture):
            continue
        assert propre.valeur is not None  # noqa: S101 — couverte
        if not _dans_les_bornes(regle, round(propre.valeur, ligne.decimales)):
            continue
        mots = {"nom": nom, "valeur": nombre(propre.valeur, ligne.decimales), "unite": ligne.unite}
        if regle.ecart:
            face_a = _face_a(regle, ligne, releve, lues)
            if face_a is None or not _s_ecarte(regle, propre.valeur, face_a[1]):
                continue
            niveau, reference = face_a
            if regle.ecarts_types and not _hors_du_hasard(regle, lignes.get(cle), reference, releve):
                continue
            mots |= {
                "reference": nombre(reference, ligne.decimales), "niveau": niveau,
                "ecart": nombre(abs(propre.valeur / reference - 1) * 100),
            }  # fmt: skip
        aucun = not propre.valeur and propre.comptees == propre.communes  # une commune inconnue en a peut-être
        phrase = regle.phrase_zero if regle.phrase_zero and aucun else regle.phrase
        yield _constat(regle, cle, _ecrire(phrase, mots), ligne.id, ligne.sources)


def _couverte(valeur: ValeurLue, couverture: float) -> bool:
    return valeur.valeur is not None and valeur.couverture >= couverture / 100


def _dans_les_bornes(regle: Regle, valeur: float) -> bool:
    return (
        (regle.dessous is None or valeur < regle.dessous)
        and (regle.au_plus is None or valeur <= regle.au_plus)
        and (regle.dessus is None or valeur >= regle.dessus)
    )


def _face_a(regle: Regle, ligne: LigneLue, releve: Instantane, lues: Regles) -> tuple[str, float] | None:
    """Le premier niveau connu qui n'est pas le territoire lui-même, s'il est partiel, et son chiffre."""
    noms = {n.cle: n.nom for n in releve.niveaux}
    propre = ligne.valeurs[TERRITOIRE]
    for cle in regle.face_a:
        valeur = ligne.valeurs.get(cle)
        if valeur is None or cle not in noms or not _couverte(valeur, lues.couverture):
            continue
        if valeur.communes != propre.communes and valeur.valeur:
            reserve = f", chiffre {PARTIEL}" if partielle(valeur) else ""
            return lues.niveaux[cle].format(nom=noms[cle]) + reserve, valeur.valeur
    return None


def _s_ecarte(regle: Regle, valeur: float, reference: float) -> bool:
    ecart = round((valeur / reference - 1) * 100, 6)
    return ecart <= regle.ecart if regle.ecart < 0 else ecart >= regle.ecart


def _hors_du_hasard(regle: Regle, effectif: LigneLue | None, reference: float, releve: Instantane) -> bool:
    """L'effectif est trop loin de ce que ferait le taux de référence pour que ce soit le hasard des petits nombres."""
    observe = effectif.valeurs[TERRITOIRE] if effectif else None
    if observe is None or observe.valeur is None:
        return False
    # Un effectif partiel s'attend à proportion des habitants des communes comptées.
    comptes = sum(c.population for c in releve.communes) * observe.couverture
    attendu = reference * comptes / POUR
    return abs(observe.valeur - attendu) >= regle.ecarts_types * sqrt(attendu)


# --- Les distances et les zonages ----------------------------------------------------------------------------------


def _des_distances(regle: Regle, releve: Instantane) -> Iterator[ConstatLu]:
    lues: Mapping[str, DistanceLue] = {d.offre: d for d in releve.distances}
    for offre, nom in regle.offres.items():
        lue = lues.get(offre)
        if lue is None or lue.km is None or lue.km_moyen is None or not _dans_les_bornes(regle, lue.km_moyen):
            continue
        phrase = _ecrire(regle.phrase, {"nom": nom, "km": nombre(lue.km_moyen, 1), "commune": lue.commune})
        yield _constat(regle, offre, phrase, f"distance:{offre}", (lue.source,))


def _du_zonage(regle: Regle, releve: Instantane) -> Iterator[ConstatLu]:
    lus = [z for z in releve.zonages if z.jeu == regle.zonage and z.libelle]
    dedans = [z for z in lus if z.libelle in regle.classes]
    if not (len({z.libelle for z in lus}) > 1 if regle.partage else dedans):
        return
    noms = {c.code: c.nom for c in releve.communes}
    mots = {
        "nombre": nombre(len(dedans)), "total": nombre(len(releve.communes)),
        "noms": enumerer(noms[z.code] for z in dedans if z.code in noms),
        "classes": enumerer(dict.fromkeys(z.libelle for z in lus)),
    }  # fmt: skip
    sources = tuple(dict.fromkeys(z.source for z in (dedans or lus)))
    yield _constat(regle, regle.zonage, _ecrire(regle.phrase, mots), f"zonage:{regle.zonage}", sources)


# --- Écrire --------------------------------------------------------------------------------------------------------


def _ecrire(phrase: str, mots: Mapping[str, str]) -> str:
    """La phrase et ses mots ; « de » et « que » s'élident devant un mot qui commence par une voyelle.

    Devant un « h » ils restent entiers : l'orthographe ne dit pas s'il est muet. L'intérieur d'un mot, un nom de lieu
    par exemple, ne change pas.
    """

    def elider(trouve: re.Match[str]) -> str:
        debut, mot = trouve.groups()
        return f"{debut}'{{{mot}}}" if _VOYELLE.match(mots[mot]) else trouve[0]

    return _ELIDABLE.sub(elider, phrase).format(**mots)


def _constat(regle: Regle, cle: str, phrase: str, ligne: str, sources: Iterable[str]) -> ConstatLu:
    return ConstatLu(
        id=f"{regle.id}:{cle}", genre=regle.genre, phrase=phrase, ligne=ligne, source=" ; ".join(sources),
        regle=regle.pourquoi,
    )  # fmt: skip


def enumerer(noms: Iterable[str]) -> str:
    """« A », « A et B », « A, B, C, D et 9 autres »."""
    tous = list(noms)
    if len(tous) > NOMS_MONTRES + 1:
        return f"{', '.join(tous[:NOMS_MONTRES])} et {len(tous) - NOMS_MONTRES} autres"
    return f"{', '.join(tous[:-1])} et {tous[-1]}" if len(tous) > 1 else "".join(tous)
