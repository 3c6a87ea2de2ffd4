"""La trame d'une démarche, à remplir hors ligne : ses questions, leur aide, et la place d'y répondre. Sans équipe."""

from dataclasses import dataclass, field
from typing import Any, Literal

from esperluette.documents.contextes import EquipeImprimee
from esperluette.referentiel.modele import Champ, Condition, Demarche, Edition, Rubrique, Trame

LONGUEUR_BREVE = 200  # caractères : au-delà, un cadre plutôt qu'une ligne
LIGNES_RICHES, LIGNES_SIMPLES, RANGEES = 7, 3, 5
SIGNATURES_COLLECTIVES = 8
RUBRIQUES_SANS_SOMMAIRE = 6
COLONNES_MEMBRES = ("Nom", "Prénom", "Profession", "Commune d’exercice", "Numéro RPPS")
SIGNATAIRES = {
    "tous_les_membres": "Chaque membre de l’équipe signe.",
    "professionnels": "Chaque professionnel de santé de l’équipe signe.",
    "porteur": "Le porteur signe au nom de l’équipe.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChampVierge:
    """Une question et la forme de sa réponse : une ligne, un cadre, des cases, un tableau, une fiche à recopier."""

    libelle: str
    sorte: Literal["bref", "cadre", "options", "tableau", "fiches"]
    precision: str = ""
    aide: str = ""
    unite: str = ""
    lignes: int = 0
    options: tuple[str, ...] = ()
    colonnes: tuple[str, ...] = ()
    titre_ligne: str = ""
    fiche: tuple["ChampVierge", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueVierge:
    titre: str  # numéro compris
    nom: str
    niveau: int
    aide: str
    mention: str
    champs: tuple[ChampVierge, ...]
    signee: bool = False  # c'est ici que l'on signe


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteVierge:
    """Ce que reçoit `dossiers/trame_vierge.html`. `signatures` : le nombre de places pour signer."""

    titre: str
    sous_titre: str
    notes: tuple[str, ...]
    rubriques: tuple[RubriqueVierge, ...]
    pieces: tuple[str, ...]
    signatures: int
    signataires: str
    sommaire: bool = True  # une fiche que l'ARS n'a pas numérotée n'en a pas
    reference: str = ""
    equipe: EquipeImprimee = field(default_factory=lambda: EquipeImprimee(nom=""))
    brouillon: bool = False


def contexte_vierge(edition: Edition, demarche: Demarche) -> ContexteVierge:
    """La trame de cette démarche, mise en questions ; KeyError si elle n'en a pas."""
    trame = edition.trame(demarche.id)
    regle = demarche.regime.signatures.depot
    formes = " ou ".join(edition.socle.formes[forme].sigle for forme in demarche.formes)
    return ContexteVierge(
        titre=trame.titre,
        sous_titre=f"{demarche.libelle} ({formes}), {edition.entete.region.nom}",
        notes=tuple(_notes(edition, trame)),
        rubriques=tuple(_rubrique(trame, r, signee=regle != "aucune") for r in trame.rubriques),
        pieces=tuple(p.libelle + ("" if p.obligatoire else " (facultatif)") for p in demarche.pieces),
        signatures={"aucune": 0, "porteur": 1}.get(regle, SIGNATURES_COLLECTIVES),
        signataires=SIGNATAIRES.get(regle, ""),
        sommaire=len(trame.rubriques) > RUBRIQUES_SANS_SOMMAIRE and any(r.numero for r in trame.rubriques),
    )


def _notes(edition: Edition, trame: Trame) -> list[str]:
    notes = [
        f"Règles suivies : {edition.libelle}.",
        "Un astérisque (*) marque les réponses attendues pour déposer. "
        "Aucune donnée de patient : des effectifs, jamais des personnes.",
    ]
    return [trame.modele_note, *notes] if trame.modele == "construit" else notes


def _rubrique(trame: Trame, rubrique: Rubrique, *, signee: bool) -> RubriqueVierge:
    return RubriqueVierge(
        titre=rubrique.intitule,
        nom=rubrique.titre,
        niveau=rubrique.niveau,
        aide=rubrique.introduction,
        mention=rubrique.mention,
        champs=tuple(_champ(trame, c) for c in rubrique.champs if c.type != "chiffres"),
        signee=signee and rubrique.titre.lower().startswith("signature"),
    )


def _champ(trame: Trame, champ: Champ) -> ChampVierge:
    libelle = champ.libelle.rstrip(" :") + (" *" if champ.obligatoire else "")
    precision = _condition(trame, champ.si) if champ.si else ""
    # L'aide de la liste des membres parle de la plateforme : sur papier, la liste se remplit.
    commun: dict[str, Any] = {
        "libelle": libelle,
        "precision": precision,
        "aide": "" if champ.type == "membres" else champ.aide,
    }
    match champ.type:
        case "cases" | "choix":
            return ChampVierge(**commun, sorte="options", options=tuple(o.libelle for o in champ.options))
        case "membres":
            return ChampVierge(**commun, sorte="tableau", colonnes=COLONNES_MEMBRES, lignes=SIGNATURES_COLLECTIVES)
        case "communes":
            return ChampVierge(**commun, sorte="tableau", colonnes=("Commune", "Code postal"), lignes=RANGEES)
        case "tableau" if champ.presentation == "fiches" or len(champ.colonnes) > RANGEES:
            titre = (champ.titre_ligne or "Fiche n° {n}").replace("{n}", "…")
            fiche = tuple(_champ(trame, colonne) for colonne in champ.colonnes)
            return ChampVierge(**commun, sorte="fiches", titre_ligne=titre, fiche=fiche)
        case "tableau":
            colonnes = tuple(c.libelle.rstrip(" :") for c in champ.colonnes)
            return ChampVierge(**commun, sorte="tableau", colonnes=colonnes, lignes=RANGEES)
        case "texte_riche":
            return ChampVierge(**commun, sorte="cadre", lignes=LIGNES_RICHES)
        case "texte" if (champ.longueur_max or LONGUEUR_BREVE + 1) > LONGUEUR_BREVE:
            return ChampVierge(**commun, sorte="cadre", lignes=LIGNES_SIMPLES)
    return ChampVierge(**commun, sorte="bref", unite=champ.unite)


def _condition(trame: Trame, condition: Condition) -> str:
    """« si vous avez répondu « Quartier prioritaire » à la question « Qualification du territoire » »."""
    autre = trame.champ(condition.champ)
    question = autre.libelle.rstrip(" :?")
    if condition.rempli is not None:
        verbe = "si vous avez répondu" if condition.rempli else "si vous n’avez pas répondu"
        return f"{verbe} à « {question} »"
    option = autre.option(condition.vaut or condition.contient or "")
    reponse = option.libelle if option else condition.vaut or condition.contient or ""
    return f"si vous avez répondu « {reponse.rstrip(' :')} » à « {question} »"
