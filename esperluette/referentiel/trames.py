"""Les trames : ce qu'on demande, ce qui est rempli, ce qui manque. Sans Django ni base.

Forme JSON d'une valeur, selon le type du champ :
texte, choix, date (« AAAA-MM-JJ ») : str · texte_riche : HTML nettoyé · nombre : int ou float · cases : identifiants
d'options · communes : codes INSEE · tableau : lignes `{"id": …, colonne: valeur}` · membres : rien, ils viennent de
l'équipe · chiffres : `{"mode": "suivi" | "fige", "instantane": {…} | None, "commentaire": str, "contestes": {ligne:
motif}, "fournis": [{"id", "libelle", "valeur", "unite", "source", "le"}]}`. L'absence de réponse s'écrit `None`
(nombre, date, choix, chiffres), `""` (textes) ou `[]` (listes).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from esperluette.referentiel.normalisation import ValeurRefusee, identifiant_de_ligne, normaliser
from esperluette.referentiel.questionnaire import Champ, Condition, Option, Rubrique, Trame

__all__ = [
    "Champ", "Condition", "ContexteTrame", "Manque", "Option", "Rubrique", "Trame", "ValeurRefusee", "completude",
    "est_vide", "est_visible", "identifiant_de_ligne", "manques", "normaliser", "valeur_effective",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContexteTrame:
    """Ce que l'équipe apporte à la trame : le nombre de ses membres, et les réponses reprises de sa fiche."""

    membres: int = 0
    preremplis: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manque:
    """Une réponse attendue. `ligne_id` et `colonne_id` situent la case d'un tableau."""

    champ_id: str
    rubrique_id: str
    libelle: str
    message: str
    ligne_id: str = ""
    colonne_id: str = ""


def est_vide(champ: Champ, valeur: Any) -> bool:
    """Vrai si la valeur ne répond pas. Zéro répond ; un tableau dont toutes les lignes sont vides ne répond pas."""
    if champ.type == "tableau":
        return not any(
            not est_vide(colonne, ligne.get(colonne.id)) for ligne in valeur or () for colonne in champ.colonnes
        )
    if isinstance(valeur, str):
        return not valeur.strip()
    return valeur is None or valeur in ([], (), {})


def valeur_effective(champ: Champ, valeurs: Mapping[str, Any], contexte: ContexteTrame) -> Any:
    """La réponse écrite, sinon celle que la fiche de l'équipe préremplit."""
    valeur = valeurs.get(champ.id)
    if est_vide(champ, valeur) and champ.prerempli and champ.prerempli in contexte.preremplis:
        return contexte.preremplis[champ.prerempli]
    return valeur


def est_visible(trame: Trame, champ: Champ, valeurs: Mapping[str, Any], contexte: ContexteTrame) -> bool:
    """Vrai si la condition du champ est remplie (ou s'il n'en a pas)."""
    if champ.si is None:
        return True
    autre = trame.champ(champ.si.champ)
    valeur = valeur_effective(autre, valeurs, contexte)
    if champ.si.vaut is not None:
        return bool(valeur == champ.si.vaut)
    if champ.si.contient is not None:
        return isinstance(valeur, list | tuple) and champ.si.contient in valeur
    return est_vide(autre, valeur) is not champ.si.rempli


def manques(trame: Trame, valeurs: Mapping[str, Any], contexte: ContexteTrame) -> list[Manque]:
    """Chaque réponse obligatoire qui manque, dans l'ordre de la trame."""
    return [
        m for rubrique, attendu in _attendus(trame, valeurs, contexte) if (m := attendu.manque(rubrique)) is not None
    ]


def completude(trame: Trame, valeurs: Mapping[str, Any], contexte: ContexteTrame) -> dict[str, tuple[int, int]]:
    """Par rubrique qui a des champs : réponses obligatoires données, et attendues."""
    comptes = {r.id: [0, 0] for r in trame.rubriques if r.champs}
    for rubrique, attendu in _attendus(trame, valeurs, contexte):
        comptes[rubrique.id][1] += 1
        comptes[rubrique.id][0] += not attendu.message
    return {cle: (remplis, attendus) for cle, (remplis, attendus) in comptes.items()}


@dataclass(frozen=True, slots=True)
class _Attendu:
    champ: Champ
    libelle: str
    message: str  # vide quand la réponse est donnée
    ligne_id: str = ""
    colonne_id: str = ""

    def manque(self, rubrique: Rubrique) -> Manque | None:
        if not self.message:
            return None
        return Manque(self.champ.id, rubrique.id, self.libelle, self.message, self.ligne_id, self.colonne_id)


def _attendus(
    trame: Trame, valeurs: Mapping[str, Any], contexte: ContexteTrame
) -> Iterator[tuple[Rubrique, _Attendu]]:
    for rubrique, champ in trame.champs():
        if not est_visible(trame, champ, valeurs, contexte):
            continue
        valeur = valeur_effective(champ, valeurs, contexte)
        if champ.obligatoire:
            yield rubrique, _Attendu(champ, champ.libelle, _manque_de(champ, valeur, contexte))
        if champ.type == "tableau" and not est_vide(champ, valeur):
            for attendu in _attendus_des_lignes(champ, valeur):
                yield rubrique, attendu


def _manque_de(champ: Champ, valeur: Any, contexte: ContexteTrame) -> str:
    if champ.type == "membres":
        minimum = int(champ.minimum or 1)
        return "" if contexte.membres >= minimum else f"Ajoutez les membres de l'équipe ({minimum} au moins)."
    if est_vide(champ, valeur):
        return {
            "cases": "Cochez au moins une case.",
            "choix": "Choisissez une réponse.",
            "date": "Indiquez une date.",
            "nombre": "Indiquez un nombre.",
            "communes": "Choisissez au moins une commune.",
            "tableau": "Remplissez au moins une ligne.",
        }.get(champ.type, "Cette réponse est vide.")
    if champ.type == "tableau" and champ.minimum and len(valeur) < champ.minimum:
        return f"{int(champ.minimum)} lignes au moins sont attendues."
    return ""


def _attendus_des_lignes(champ: Champ, lignes: Any) -> Iterator[_Attendu]:
    for rang, ligne in enumerate(lignes, start=1):
        titre = (champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang))
        if all(est_vide(c, ligne.get(c.id)) for c in champ.colonnes):
            yield _Attendu(champ, titre, "Remplissez cette fiche, ou retirez-la.", str(ligne.get("id", "")))
            continue
        for colonne in champ.colonnes:
            if colonne.obligatoire:
                message = _manque_de(colonne, ligne.get(colonne.id), ContexteTrame())
                libelle = f"{titre} : {colonne.libelle.rstrip(' :')}"
                yield _Attendu(champ, libelle, message, str(ligne.get("id", "")), colonne.id)
