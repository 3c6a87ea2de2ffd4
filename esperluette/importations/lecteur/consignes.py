"""Ce que la trame imprime d'elle-même : aides, mentions, invites. Rien de cela n'est une réponse."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from esperluette.dossiers.vierge import SIGNATAIRES
from esperluette.importations.lecteur.textes import cle, ressemblance, sans_remplissage
from esperluette.referentiel.modele import Champ, Trame

LONGUEUR_COMPAREE = 40  # caractères : une aide plus courte se reconnaît à l'identique seulement
SEUIL = 0.93
LONGUEUR_TITRE_DE_GARDE = 200
_PHRASE = re.compile(r"(?<=[.!?:;…])\s+(?=[A-ZÀ-Ý«(0-9])")
_INVITES = (
    "Recopiez cette fiche autant de fois que nécessaire.",
    "Cliquez ou appuyez ici pour entrer du texte.",
    "Cliquez ici pour entrer du texte.",
    "Choisissez un élément.",
    "Cliquez ou appuyez ici pour entrer une date.",
    "Trame vierge, à remplir",
    "Équipe :",
    "Commune d’implantation :",
    "Date :",
    "Brouillon — document de travail",
    "Non renseigné",
    "À signer",
    *SIGNATAIRES.values(),
)
_DEBUTS = ("regles suivies ", "un asterisque marque les reponses")


@cache
def officielles() -> tuple[str, ...]:
    """Les consignes des formulaires officiels, telles que l'ARS les imprime (`consignes/*.yaml`)."""
    lecteur = YAML(typ="safe")
    phrases: list[str] = []
    for fichier in sorted(files("esperluette.importations").joinpath("consignes").iterdir(), key=lambda f: f.name):
        if fichier.name.endswith(".yaml"):
            phrases += lecteur.load(fichier.read_text(encoding="utf-8"))["consignes"]
    return tuple(phrases)


class Consignes:
    """Les consignes d'une trame, prêtes à être reconnues."""

    def __init__(self, trame: Trame, titres: Iterable[str] = ()) -> None:
        self._titres = tuple(cle(t) for t in (trame.titre, *titres))
        textes = [*_imprimees(trame), *officielles(), *_INVITES]
        self._entieres = {cle(t) for t in textes if cle(t)}
        self._phrases = self._entieres | {cle(p) for t in textes for p in _PHRASE.split(t) if len(cle(p).split()) >= 3}
        self._par_bord: dict[str, list[str]] = {}
        for entiere in self._entieres:
            if len(entiere) >= LONGUEUR_COMPAREE:
                for bord in _bords(entiere):
                    self._par_bord.setdefault(bord, []).append(entiere)

    def est_une(self, texte: str) -> bool:
        """Vrai si tout ce texte est imprimé par la trame."""
        plat = cle(sans_remplissage(texte))
        if not plat or plat in self._entieres or plat.startswith(_DEBUTS):
            return True
        phrases = [cle(p) for p in _PHRASE.split(texte)]
        if all(p in self._phrases for p in phrases if p):
            return True
        if len(plat) < LONGUEUR_COMPAREE:
            return False
        proches = {e for bord in _bords(plat) for e in self._par_bord.get(bord, ())}
        return any(ressemblance(plat, e) >= SEUIL for e in proches)

    def est_un_titre_de_garde(self, texte: str) -> bool:
        """Vrai pour le titre du document et son sous-titre (« Projet de santé (ESP), Bretagne »)."""
        return len(texte) <= LONGUEUR_TITRE_DE_GARDE and cle(texte).startswith(self._titres)

    def longueur_du_debut(self, texte: str) -> int:
        """Combien de signes, au début de ce texte, répètent une aide entière ; 0 s'il n'y en a pas."""
        fins = [m.start() for m in _PHRASE.finditer(texte)]
        for fin in reversed(fins):
            debut = cle(texte[:fin])
            if debut in self._entieres and len(debut) >= LONGUEUR_COMPAREE:
                suite = texte[fin:]
                return fin + len(suite) - len(suite.lstrip())
        return 0


def _bords(plat: str) -> tuple[str, str]:
    mots = plat.split()
    return "d " + " ".join(mots[:3]), "f " + " ".join(mots[-3:])


def _imprimees(trame: Trame) -> Iterator[str]:
    yield from (trame.modele_note, *trame.notes)
    for rubrique in trame.rubriques:
        yield from (rubrique.introduction, rubrique.mention)
        for champ in rubrique.champs:
            yield from _aides(champ)


def _aides(champ: Champ) -> Iterator[str]:
    yield champ.aide
    yield from champ.exemples
    for colonne in champ.colonnes:
        yield from _aides(colonne)
