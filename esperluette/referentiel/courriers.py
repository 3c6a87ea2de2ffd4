"""Les modèles de courrier d'une région : un objet, un corps, des variables permises. Sans Django.

    Vu l'avis {avis} de la {commission} ;      une variable, entre accolades, dans une phrase
    {motif}                                    seule sur son paragraphe : un texte, ou une liste

Un paragraphe dont une variable est vide disparaît, avec celui qui l'annonce (« La suite : ») : un même modèle sert
avec et sans commission. Une ligne vide sépare les paragraphes ; des lignes qui commencent par « - » font une liste.
Rien d'autre n'est lu : ni balise, ni code.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationInfo, field_validator

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee, suggestion

Usage = Literal["accord", "accord_reserves", "ajournement", "refus", "retrait", "avis"]
Valeurs = Mapping[str, str | tuple[str, ...]]
USAGES: tuple[str, ...] = ("accord", "accord_reserves", "ajournement", "refus", "retrait", "avis")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_PUCE = "- "


@dataclass(frozen=True, slots=True)
class Variable:
    """Ce qu'un modèle peut citer. `bloc` : seule sur son paragraphe ; `usages` : vide, partout."""

    nom: str
    quoi: str
    bloc: bool = False
    usages: tuple[str, ...] = ()


VARIABLES: dict[str, Variable] = {
    v.nom: v
    for v in (
        Variable("equipe", "le nom de l'équipe"),
        Variable("porteur", "le prénom et le nom du porteur"),
        Variable("forme", "la forme visée, avec son article : « une équipe de soins primaires »"),
        Variable("commune", "la commune d'implantation"),
        Variable("departement", "le département d'implantation"),
        Variable("region", "la région"),
        Variable("reference", "la référence du dossier"),
        Variable("demarche", "l'intitulé de la démarche"),
        Variable("depose_le", "le jour du premier dépôt, en lettres"),
        Variable("commission", "le nom de la commission, ou rien sans commission"),
        Variable("seance", "le jour de la séance, en lettres"),
        Variable("avis", "l'avis rendu, en minuscules"),
        Variable("aides", "les aides que la démarche demande, d'après l'édition"),
        Variable("fondement", "ce que le régime de décision dit de l'acte"),
        Variable("suite", "les étapes ou démarches qui suivent", bloc=True),
        Variable("reserves", "les réserves à lever", bloc=True),
        Variable("motif", "les motifs, en droit et en fait", bloc=True),
        Variable("decision_du", "le jour de la décision retirée, en lettres", usages=("retrait",)),
        Variable("observations_le", "le jour des observations de l'équipe", usages=("retrait",)),
    )
}
# Sans eux, le courrier ne dirait pas ce que le droit ou l'usage exige.
EXIGEES: dict[str, tuple[str, ...]] = {
    "accord_reserves": ("reserves",),
    "ajournement": ("motif",),
    "refus": ("motif",),
    "retrait": ("motif", "decision_du"),
    "avis": ("avis",),
}
# Une décision défavorable dit comment la contester : ce n'est pas au modèle d'en décider.
AVEC_RECOURS: tuple[str, ...] = ("accord_reserves", "ajournement", "refus", "retrait")


class ModeleDeCourrier(Sourcee):
    """Un courrier type, pour un usage et ces `demarches` (vide : toutes). Les voies de recours suivent le corps."""

    id: Identifiant
    usage: Usage
    libelle: Phrase
    demarches: tuple[Identifiant, ...] = ()
    voies_de_recours: bool = True
    # Pour un retrait : au-delà de ce nombre de mois, la décision ne se retire plus.
    delai_mois: int | None = None
    objet: Phrase
    corps: Phrase

    @field_validator("delai_mois")
    @classmethod
    def _delai_du_retrait(cls, valeur: int | None, info: ValidationInfo) -> int | None:
        if valeur is not None and info.data.get("usage") != "retrait":
            raise ValueError("seul un retrait a un délai")
        return valeur

    @field_validator("voies_de_recours")
    @classmethod
    def _recours_indiques(cls, valeur: bool, info: ValidationInfo) -> bool:
        if not valeur and info.data.get("usage") in AVEC_RECOURS:
            raise ValueError("un tel courrier indique les voies et délais de recours (CJA, article R. 421-5)")
        return valeur

    @field_validator("objet", "corps")
    @classmethod
    def _variables_connues(cls, texte: str, info: ValidationInfo) -> str:
        usage = str(info.data.get("usage", ""))
        for cause in _fautes(texte, usage, corps=info.field_name == "corps"):
            raise ValueError(cause)
        return texte


class FichierCourriers(Fige):
    """courriers.yaml, du socle ou d'une édition."""

    courriers: tuple[ModeleDeCourrier, ...] = ()


def permises(usage: str) -> list[str]:
    """Les variables qu'un modèle de cet usage peut citer."""
    return [v.nom for v in VARIABLES.values() if not v.usages or usage in v.usages]


def _fautes(texte: str, usage: str, *, corps: bool) -> Iterator[str]:
    connues = permises(usage)
    for nom in _VARIABLE.findall(texte):
        if nom not in connues:
            yield f"variable inconnue « {{{nom}}} » ; {suggestion(nom, connues)}"
    if set("{}") & set(_VARIABLE.sub("", texte)):
        yield "une accolade ouvre ou ferme sans nommer de variable"
    for paragraphe in _paragraphes(texte):
        for nom in _VARIABLE.findall(paragraphe):
            if VARIABLES[nom].bloc and (not corps or paragraphe != f"{{{nom}}}"):
                yield f"« {{{nom}}} » s'écrit seule sur son paragraphe, dans le corps"
    if corps:
        for nom in EXIGEES.get(usage, ()):
            if f"{{{nom}}}" not in texte:
                yield f"un courrier « {usage} » cite « {{{nom}}} »"


def _paragraphes(texte: str) -> list[str]:
    return [p.strip() for p in re.split(r"\n\s*\n", texte) if p.strip()]


@dataclass(frozen=True, slots=True)
class CourrierCompose:
    """Un modèle rempli : l'objet et le corps, en texte. Une ligne vide sépare les paragraphes, « - » fait une puce."""

    objet: str
    corps: str


def composer(modele: ModeleDeCourrier, valeurs: Valeurs) -> CourrierCompose:
    """Remplit un modèle ; lève `KeyError` si une variable citée n'est pas donnée. Une valeur n'est jamais relue."""
    blocs: list[str] = []
    for paragraphe in _paragraphes(modele.corps):
        bloc = _bloc(paragraphe, valeurs)
        if bloc:
            blocs.append(bloc)
        elif _VARIABLE.fullmatch(paragraphe) and blocs and blocs[-1].endswith(" :"):
            blocs.pop()  # « La suite : », sans suite
    return CourrierCompose(_phrase(modele.objet, valeurs, partielle=True), "\n\n".join(blocs))


def _bloc(paragraphe: str, valeurs: Valeurs) -> str:
    seule = _VARIABLE.fullmatch(paragraphe)
    if seule and VARIABLES[seule[1]].bloc:
        valeur = valeurs[seule[1]]
        return valeur.strip() if isinstance(valeur, str) else "\n".join(_PUCE + " ".join(v.split()) for v in valeur)
    lignes = [ligne.strip() for ligne in paragraphe.splitlines()]
    if all(ligne.startswith(_PUCE) for ligne in lignes):
        return "\n".join(ligne for ligne in (_phrase(ligne, valeurs) for ligne in lignes) if ligne)
    return _phrase(" ".join(lignes), valeurs)


def _phrase(texte: str, valeurs: Valeurs, *, partielle: bool = False) -> str:
    """La phrase remplie, sur une ligne ; rien si l'une de ses variables est vide (sauf `partielle`)."""
    if not partielle and any(not valeurs[nom] for nom in _VARIABLE.findall(texte)):
        return ""
    return " ".join(_VARIABLE.sub(lambda m: str(valeurs[m[1]]), texte).split())


def en_html(corps: str) -> str:
    """Le corps d'un courrier, en paragraphes et en listes ; tout y est échappé, rien n'y est une balise."""
    return "\n".join(_en_html(p) for p in _paragraphes(corps.replace("\r\n", "\n")))


def _en_html(paragraphe: str) -> str:
    morceaux: list[str] = []
    for ligne in (html.escape(ligne.strip(), quote=False) for ligne in paragraphe.splitlines()):
        if not ligne.startswith(_PUCE):
            fin = morceaux and morceaux[-1].endswith("</p>")
            debut = morceaux.pop().removesuffix("</p>") + "<br>" if fin else "<p>"
            morceaux.append(f"{debut}{ligne}</p>")
        else:
            fin = morceaux and morceaux[-1].endswith("</ul>")
            debut = morceaux.pop().removesuffix("</ul>") if fin else "<ul>"
            morceaux.append(f"{debut}<li>{ligne.removeprefix(_PUCE)}</li></ul>")
    return "".join(morceaux)
