"""Les cas du métier, écrits à côté des règles : des faits, et les verdicts attendus."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from esperluette.referentiel.assemblage import EditionInvalide
from esperluette.referentiel.equipe_yaml import EquipeSaisie, problemes_d_equipe
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.sources import Fige, Identifiant, Phrase, suggestion
from esperluette.referentiel.yaml_situe import Chemin, FichierInvalide, FichierLu, Probleme, lire, problemes_de_forme

ReponseAttendue = Literal["satisfait", "non_satisfait", "a_preciser"]


class Attendu(Fige):
    """Les verdicts attendus ; `motifs` : un morceau du motif d'un critère."""

    verdict: ReponseAttendue
    criteres: dict[str, ReponseAttendue] = {}
    aides: dict[str, ReponseAttendue] = {}
    demarches: dict[str, ReponseAttendue] = {}
    attentions: dict[str, ReponseAttendue] = {}
    motifs: dict[str, Phrase] = {}


class Cas(Fige):
    """Une situation et ce que le métier en attend."""

    nom: Phrase
    forme: Identifiant
    le: datetime.date | None = None
    demarche: Identifiant | None = None
    faits: EquipeSaisie
    attendu: Attendu


class FichierCas(Fige):
    cas: tuple[Cas, ...]


@dataclass(frozen=True)
class CasSitue:
    """Un cas et l'endroit où il est écrit."""

    cas: Cas
    lu: FichierLu
    rang: int

    def probleme(self, chemin: Chemin, cause: str) -> Probleme:
        return self.lu.probleme(("cas", self.rang, *chemin), f"cas « {self.cas.nom} » : {cause}")


def lire_cas(edition: Edition) -> list[CasSitue]:
    """Tous les cas de l'édition. Lève `EditionInvalide`."""
    dossier = Path(edition.dossier)
    cas: list[CasSitue] = []
    for fichier in sorted((dossier / "cas").glob("*.yaml")):
        nom = fichier.relative_to(dossier.parent.parent).as_posix()
        try:
            lu = lire(fichier.read_text(encoding="utf-8"), nom)
            lus = FichierCas.model_validate(lu.contenu).cas
        except FichierInvalide as erreur:
            raise EditionInvalide(erreur.problemes) from erreur
        except ValidationError as erreur:
            raise EditionInvalide(problemes_de_forme(lu, erreur)) from erreur
        cas.extend(CasSitue(c, lu, rang) for rang, c in enumerate(lus))
    return cas


def ecarts(edition: Edition, situe: CasSitue) -> list[Probleme]:
    """En quoi l'édition ne répond pas comme le métier l'attend."""
    cas = situe.cas
    codes = list(problemes_d_equipe(situe.lu, cas.faits, edition.socle, ("cas", situe.rang, "faits")))
    if codes:
        return codes
    le = cas.le or edition.en_vigueur_du
    try:
        resultat = evaluer(
            edition, forme=cas.forme, faits=cas.faits.faits(edition.socle), le=le, demarche=cas.demarche
        )
    except LookupError as erreur:
        return [situe.probleme((), str(erreur))]
    obtenus = {
        "criteres": {e.critere.id: e.verdict for e in resultat.criteres},
        "aides": {e.aide.id: e.verdict for e in resultat.aides},
        "demarches": {e.demarche.id: e.verdict for e in resultat.demarches},
        "attentions": {e.critere.id: e.verdict for e in resultat.attentions},
    }
    problemes = []
    if resultat.verdict.reponse != cas.attendu.verdict:
        cause = f"attendu {cas.attendu.verdict}, obtenu {resultat.verdict.reponse} ({resultat.verdict.motif})"
        problemes.append(situe.probleme(("attendu", "verdict"), cause))
    for sorte, verdicts in obtenus.items():
        reponses = {cle: str(v.reponse) for cle, v in verdicts.items()}
        problemes.extend(_comparer(situe, ("attendu", sorte), getattr(cas.attendu, sorte), reponses))
    for cle, morceau in cas.attendu.motifs.items():
        verdict = {**obtenus["criteres"], **obtenus["attentions"]}.get(cle)
        motif = verdict.motif if verdict is not None else "aucun critère de ce nom"
        if morceau not in motif:
            problemes.append(situe.probleme(("attendu", "motifs", cle), f"le motif de « {cle} » est « {motif} »"))
    return problemes


def _comparer(
    situe: CasSitue, chemin: Chemin, attendus: Mapping[str, str], obtenus: Mapping[str, str]
) -> Iterator[Probleme]:
    for cle, attendu in attendus.items():
        if cle not in obtenus:
            yield situe.probleme((*chemin, cle), f"« {cle} » n'existe pas ; {suggestion(cle, obtenus)}")
        elif obtenus[cle] != attendu:
            yield situe.probleme((*chemin, cle), f"« {cle} » : attendu {attendu}, obtenu {obtenus[cle]}")
