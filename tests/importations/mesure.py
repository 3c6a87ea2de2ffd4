"""Compter ce que l'import reconnaît : par rubrique, au bon endroit et mot pour mot ; et ce qu'il place à tort."""

from dataclasses import dataclass, field
from typing import Any

from esperluette.commun.texte_riche import texte_brut
from esperluette.importations.lecteur.analyse import Analyse, en_json
from esperluette.importations.lecteur.textes import cle
from esperluette.referentiel.modele import Champ
from tests.importations.contenus import Contenu


@dataclass
class Releve:
    """Le résultat d'un document, ou d'une famille."""

    rubriques: int = 0
    reconnues: int = 0
    champs: int = 0
    a_tort: int = 0
    manques: list[str] = field(default_factory=list)

    def ajouter(self, autre: "Releve") -> None:
        self.rubriques += autre.rubriques
        self.reconnues += autre.reconnues
        self.champs += autre.champs
        self.a_tort += autre.a_tort
        self.manques += autre.manques

    @property
    def taux(self) -> float:
        return self.reconnues / self.rubriques if self.rubriques else 1.0


def relever(analyse: Analyse, contenu: Contenu) -> Releve:
    """Une rubrique est reconnue si chacune de ses réponses est là, à sa place et mot pour mot."""
    releve = Releve()
    for rubrique in contenu.rubriques():
        if rubrique.annexe:
            continue
        fautes = [c.id for c in rubrique.champs if not _juste(analyse, contenu, c)]
        releve.rubriques += 1
        releve.reconnues += not fautes
        releve.manques += fautes
    for proposition in analyse.propositions:
        releve.champs += 1
        attendue = contenu.reponses.get(proposition.champ)
        champ = contenu.trame.champ(proposition.champ)
        if attendue is None or not _sans_intrus(champ, en_json(proposition.valeur), attendue):
            releve.a_tort += 1
            releve.manques.append(f"à tort : {proposition.champ} = {proposition.texte[:80]!r}")
    return releve


def _juste(analyse: Analyse, contenu: Contenu, champ: Champ) -> bool:
    if champ.type == "membres":
        lus = {(cle(m.nom), cle(m.prenom), cle(m.profession), cle(m.commune)) for m in analyse.membres}
        return not contenu.membres or lus == {tuple(map(cle, m)) for m in contenu.membres}
    attendue = contenu.reponses.get(champ.id)
    proposition = analyse.proposition(champ.id)
    if attendue is None:
        return proposition is None
    return proposition is not None and _forme(champ, en_json(proposition.valeur)) == _forme(champ, attendue)


def _forme(champ: Champ, valeur: Any) -> Any:
    """La valeur, pour la comparer : les lignes de texte une à une, les listes sans ordre."""
    if champ.type == "tableau":
        return [{c.id: _forme(c, ligne[c.id]) for c in champ.colonnes if c.id in ligne} for ligne in valeur]
    if champ.type in {"cases", "communes"}:
        return set(valeur)
    if champ.type in {"texte", "texte_riche"}:
        texte = "\n".join(valeur) if isinstance(valeur, list) else texte_brut(valeur)
        return [" ".join(ligne.split()) for ligne in texte.split("\n") if ligne.strip()]
    return valeur


def _sans_intrus(champ: Champ, lue: Any, attendue: Any) -> bool:
    """Vrai si tout ce qui est proposé vient bien de cette réponse (une réponse incomplète n'est pas à tort)."""
    if champ.type == "tableau":
        toutes = [str(v) for ligne in attendue for v in _plat(ligne)]
        return all(any(m in t for t in toutes) for ligne in lue for v in _plat(ligne) for m in _lignes(v))
    forme, voulue = _forme(champ, lue), _forme(champ, attendue)
    if isinstance(forme, set):
        return forme <= voulue
    if isinstance(forme, list):
        return all(ligne in voulue for ligne in forme)
    return bool(forme == voulue)


def _plat(ligne: dict[str, Any]) -> list[str]:
    return [str(x) for v in ligne.values() for x in (v if isinstance(v, list) else [v])]


def _lignes(valeur: str) -> list[str]:
    return [x for x in texte_brut(valeur).split("\n") if x.strip()]
