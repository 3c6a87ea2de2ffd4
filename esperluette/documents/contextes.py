"""Ce qu'un gabarit reçoit : des données figées, déjà mises en mots, sans requête ni règle.

L'app propriétaire construit un contexte, `en_contexte` le met en JSON ; c'est ce JSON qu'on produit,
qu'on garde avec le document et dont on calcule l'empreinte. Les dates y sont des textes ISO.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

TypeChamp = Literal[
    "texte",  # str : texte simple, les retours à la ligne comptent
    "texte_riche",  # str : HTML, nettoyé encore une fois au rendu
    "nombre",  # int | float
    "date",  # "AAAA-MM-JJ"
    "choix",  # str : le libellé retenu
    "cases",  # tuple[Case, ...]
    "tableau",  # Tableau
    "membres",  # tuple[MembreImprime, ...]
    "communes",  # tuple[str, ...] : les noms
    "figure",  # Figure
    "chiffres",  # EncartImprime
    "signatures",  # None : place du tableau des signatures du document
]
Valeur = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipeImprimee:
    """L'équipe telle qu'elle paraît sur la page de garde."""

    nom: str
    commune: str = ""
    departement: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Une case ☐ ou ☒ et son libellé officiel."""

    libelle: str
    cochee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Colonne:
    """Une colonne d'un tableau ; `part` est une largeur relative (0 : à parts égales)."""

    libelle: str
    type: TypeChamp = "texte"
    unite: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tableau:
    """Des lignes de valeurs, dans l'ordre des colonnes.

    `presentation` : « lignes » pour un vrai tableau, « fiches » pour un cadre par ligne, titré par
    `titre_ligne` où `{n}` est le rang (« Axe thématique {n} »).
    """

    colonnes: tuple[Colonne, ...]
    lignes: tuple[tuple[Valeur, ...], ...]
    presentation: Literal["lignes", "fiches"] = "lignes"
    titre_ligne: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembreImprime:
    """Une personne dans la liste des professionnels."""

    nom: str
    prenom: str
    profession: str
    commune: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Une carte ou un graphique : SVG produit par nos gabarits, et le texte qui le remplace.

    `titre` : écrit au-dessus, sans jamais s'en séparer ; `legende` : au-dessous.
    """

    svg: str
    texte: str
    legende: str = ""
    titre: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneDeChiffres:
    """Un chiffre et ses valeurs écrites, dans l'ordre des colonnes. `renvoi` : le rang de sa contestation, ou 0."""

    id: str
    libelle: str
    valeurs: tuple[str, ...]
    renvoi: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupeDeChiffres:
    """Les chiffres d'un thème."""

    titre: str
    lignes: tuple[LigneDeChiffres, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncartImprime:
    """Des chiffres publics insérés sous une rubrique : l'équipe les commente et les conteste, elle ne les écrit pas.

    `faits` : ce qui ne se compare pas (zonages, établissements, distances, chiffres que l'ARS a donnés), une seule
    valeur par ligne. `le` : date ISO du calcul, vide s'il n'y a que des chiffres donnés. `suivi` : le calcul se refait
    encore, et se figera avec la version à signer. `note` : ce qu'il faut savoir pour lire le tableau.
    """

    territoire: str
    colonnes: tuple[str, ...]
    groupes: tuple[GroupeDeChiffres, ...]
    faits: tuple[LigneDeChiffres, ...]
    figures: tuple[Figure, ...]
    contestes: tuple[tuple[str, str], ...]  # le chiffre, le motif
    commentaire: str
    sources: tuple[str, ...]
    le: str
    suivi: bool = False
    demonstration: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChampImprime:
    """Un champ d'une rubrique ; la forme de `valeur` est dite par `TypeChamp`, None si vide.

    `aide` ne paraît qu'en brouillon. Un libellé vide n'est pas imprimé (champ seul dans sa rubrique).
    """

    libelle: str
    type: TypeChamp
    valeur: Valeur
    aide: str = ""
    unite: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueImprimee:
    """Une rubrique, avec le numéro et l'intitulé officiels. `niveau` de 1 à 3."""

    numero: str
    titre: str
    niveau: int
    champs: tuple[ChampImprime, ...] = ()
    aide: str = ""
    mention: str = ""  # phrase officielle, imprimée aussi dans la version finale


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureImprimee:
    """Une ligne de la page de signatures ; `signee_le` est une date ISO, ou None.

    `mention` : d'une page signée à la main, numérisée ; vide pour une signature électronique.
    """

    nom: str
    profession: str
    signee_le: str | None = None
    mention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexeImprimee:
    """Une annexe : « Annexe {numero} : {titre} »."""

    numero: str
    titre: str
    champs: tuple[ChampImprime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteBase:
    """Ce que tout gabarit qui étend `documents/base.html` reçoit."""

    titre: str
    reference: str
    equipe: EquipeImprimee
    brouillon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteTrame(ContexteBase):
    """N'importe quelle trame : `documents/trame.html`."""

    sous_titre: str
    etat: str  # libellé montrable : « Brouillon », « Déposé »
    version: str  # « 2 », ou vide en brouillon
    empreinte: str  # SHA-256 du dépôt, ou vide en brouillon
    le: str  # date ou instant ISO
    rubriques: tuple[RubriqueImprimee, ...]
    signatures: tuple[SignatureImprimee, ...] = ()
    modele: str = ""  # ce que dit une trame qui n'est pas le modèle officiel
    annexes: tuple[AnnexeImprimee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCharge:
    """Le service qui instruit, avec ses coordonnées (R. 112-5 du CRPA) ; vide : non publié."""

    nom: str
    adresse: str = ""
    courriel: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceImprimee:
    """Une pièce reçue, reconnaissable par son empreinte."""

    nom: str
    taille: int
    empreinte: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteAccuse(ContexteBase):
    """L'accusé de réception : `documents/accuse.html`. Les règles (délai, effet du silence, recours)
    viennent du régime de décision de l'édition, déjà rédigées.
    """

    demarche: str
    deposant: str
    recu_le: str  # instant ISO
    service: ServiceCharge
    contact: str  # la personne ou la fonction à qui écrire, ou vide
    pieces: tuple[PieceImprimee, ...]
    pieces_manquantes: tuple[str, ...]
    delai_manquantes: str  # date ISO limite pour les produire, ou vide
    echeance: str  # date ISO à laquelle naît la décision implicite
    delai: str  # « deux mois »
    effet_du_silence: str  # une phrase
    voies_de_recours: tuple[str, ...]  # paragraphes ; vide si le silence vaut acceptation
    fondement: str  # le texte appliqué
    depot: str  # numéro du dépôt
    empreinte: str  # SHA-256 du dépôt
    journal: str  # tête de la chaîne du journal
    suite: tuple[str, ...]  # les étapes qui viennent
    delais: tuple[str, ...] = ()  # ce que la région annonce en plus du droit commun
    depuis: str = ""  # date ISO d'où court le délai ; vide : celle de la réception
    a_defaut: str = ""  # « À défaut de décision au plus tard le…, votre demande est réputée rejetée. »
    reprise: str = ""  # ce dépôt complète un dossier : l'horloge a repris, et sa nouvelle échéance


def en_contexte(contexte: Any) -> Any:
    """Le contexte en dictionnaires et listes JSON, prêt à produire, à garder et à empreindre."""
    if hasattr(contexte, "__dataclass_fields__"):
        return {f.name: en_contexte(getattr(contexte, f.name)) for f in fields(contexte)}
    if isinstance(contexte, dict):
        return {cle: en_contexte(valeur) for cle, valeur in contexte.items()}
    if isinstance(contexte, (list, tuple)):
        return [en_contexte(valeur) for valeur in contexte]
    return contexte
