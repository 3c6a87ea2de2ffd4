"""Ce qu'on demande à l'équipe, faute de donnée : les zonages que les règles interrogent, et ce qu'elle décrira."""

from collections.abc import Iterator
from dataclasses import dataclass

from esperluette.equipes.enums import SorteDeclaration
from esperluette.equipes.lectures import edition_de
from esperluette.equipes.models import Equipe
from esperluette.equipes.situation import classement_de, constats_de
from esperluette.referentiel.changements import feuilles
from esperluette.referentiel.modele import Critere, Edition

CONDITIONS = ("composition", "demarche", "aide")


@dataclass(frozen=True, slots=True)
class Question:
    """Une question posée à l'équipe. `connu` : les données ou un acte y répondent ; on ne la pose plus.

    `precision` : pourquoi les données ne tranchent pas. `reponse` : ce que l'équipe a déclaré, ou None.
    """

    sorte: SorteDeclaration
    cle: str
    libelle: str
    definition: str = ""
    precision: str = ""
    connu: bool | None = None
    source: str = ""
    reponse: bool | None = None

    @property
    def nom(self) -> str:
        """Le nom de son champ dans le formulaire."""
        return f"{self.sorte.value}-{self.cle}"


def questions_de(equipe: Equipe) -> list[Question]:
    """Les questions de la région pour la forme visée, chacune une fois ; vide si la région n'a pas de règles ici."""
    edition = edition_de(equipe.region)
    if edition is None:
        return []
    dites = {(d.sorte, d.cle): d.reponse for d in equipe.declarations.all()}
    return [*_zonages(edition, equipe, dites), *_declarations(edition, equipe, dites)]


def a_poser(equipe: Equipe) -> list[Question]:
    """Celles auxquelles les données ne répondent pas."""
    return [question for question in questions_de(equipe) if question.connu is None]


def _criteres(edition: Edition, forme: str, fonction: str) -> Iterator[tuple[Critere, str]]:
    """Les critères de la forme qui se servent de cette fonction, et la zone ou la clé qu'ils interrogent."""
    for critere in edition.criteres:
        if forme in critere.formes:
            for regle in feuilles(critere):
                if regle.fonction == fonction:
                    yield critere, str(regle.parametres.get("zone") or regle.parametres.get("cle"))


def _zonages(edition: Edition, equipe: Equipe, dites: dict[tuple[str, str], bool]) -> Iterator[Question]:
    classement = classement_de(equipe)
    for zone in dict.fromkeys(zone for _, zone in _criteres(edition, equipe.forme_visee, "zonage")):
        decrit = edition.socle.zonages[zone]
        yield Question(
            SorteDeclaration.ZONAGE,
            zone,
            decrit.libelle,
            decrit.definition,
            precision=classement.partiels.get(zone, ""),
            connu=None if zone in classement.partiels else classement.zonages.get(zone),
            source=str(classement.sources.get(zone, "")),
            reponse=dites.get((SorteDeclaration.ZONAGE, zone)),
        )


def _declarations(edition: Edition, equipe: Equipe, dites: dict[tuple[str, str], bool]) -> Iterator[Question]:
    """Ce qui conditionne une démarche ou une aide ; ce que le projet décrira ne se demande pas ici."""
    posees: dict[str, Critere] = {}
    for critere, cle in _criteres(edition, equipe.forme_visee, "declaration"):
        if critere.nature in CONDITIONS:
            posees.setdefault(cle, critere)
    etabli = constats_de(equipe)
    for cle, critere in posees.items():
        constat = etabli(cle)
        yield Question(
            SorteDeclaration.PROJET,
            cle,
            critere.enonce,
            connu=constat.reponse if constat else None,
            source=constat.phrase if constat else "",
            reponse=dites.get((SorteDeclaration.PROJET, cle)),
        )
