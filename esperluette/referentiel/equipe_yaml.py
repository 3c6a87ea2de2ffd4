"""Lire une équipe décrite dans un fichier (`eligibilite --equipe f.yaml`) ; une erreur dit sa ligne et sa cause."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationError

from esperluette.referentiel.faits import Avancement, FaitMembre, Faits, StatutJuridique
from esperluette.referentiel.socle import Socle
from esperluette.referentiel.sources import CodeCommune, Fige, suggestion
from esperluette.referentiel.yaml_situe import Chemin, FichierInvalide, FichierLu, Probleme, lire, problemes_de_forme

TAILLE_MAXIMALE = 1_000_000  # octets


class EquipeInvalide(FichierInvalide):
    """Le fichier d'équipe ne se lit pas."""


class MembreSaisi(Fige):
    """Une ligne de `membres`. `professionnel: false`, ou un `metier` : une personne qui n'est pas soignante."""

    profession: str = ""
    savoir_faire: Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{1,4}\d{1,3}|autre)$")] | None = None
    exercice: Literal["liberal", "salarie", "mixte"] | None = None
    commune: CodeCommune | None = None
    professionnel: bool = True
    metier: str | None = None


class EquipeSaisie(Fige):
    """Le contenu du fichier."""

    statut_juridique: StatutJuridique | None = None
    statut_avancement: Avancement = "cree"
    implantation: CodeCommune | None = None
    zonages: dict[str, bool] = {}
    zonages_partiels: dict[str, str] = {}
    communes: tuple[CodeCommune, ...] = ()
    regions: tuple[str, ...] = ()
    declaratifs: dict[str, bool] = {}
    membres: tuple[MembreSaisi, ...]

    def faits(self, socle: Socle) -> Faits:
        """Les faits que les règles liront."""
        return Faits(
            membres=tuple(_fait(m, socle) for m in self.membres),
            statut_juridique=self.statut_juridique,
            statut_avancement=self.statut_avancement,
            implantation=self.implantation or self._commune_la_plus_frequente(),
            communes=self.communes,
            zonages=self.zonages,
            declaratifs=self.declaratifs,
            zonages_declares=frozenset(self.zonages),
            zonages_partiels=self.zonages_partiels,
            regions=self.regions,
        )

    def _commune_la_plus_frequente(self) -> str | None:
        """La commune où exercent le plus de membres ; `None` en cas d'égalité : à préciser."""
        comptes = Counter(m.commune for m in self.membres if m.commune).most_common(2)
        if not comptes or (len(comptes) == 2 and comptes[0][1] == comptes[1][1]):
            return None
        return comptes[0][0]


def lire_equipe(chemin: Path, socle: Socle) -> Faits:
    """Les faits de l'équipe décrite dans ce fichier. Lève `EquipeInvalide`."""
    try:
        if chemin.stat().st_size > TAILLE_MAXIMALE:
            raise EquipeInvalide([Probleme(str(chemin), 1, "fichier trop gros pour une équipe")])
        texte = chemin.read_text(encoding="utf-8")
    except UnicodeDecodeError as erreur:
        raise EquipeInvalide([Probleme(str(chemin), 1, "le fichier n'est pas en UTF-8")]) from erreur
    except OSError as erreur:
        raise EquipeInvalide([Probleme(str(chemin), 1, f"fichier illisible ({erreur.strerror})")]) from erreur
    return lire_texte(texte, str(chemin), socle)


def lire_texte(texte: str, nom: str, socle: Socle) -> Faits:
    """Les faits de l'équipe décrite par ce texte YAML. Lève `EquipeInvalide`."""
    try:
        lu = lire(texte, nom)
    except FichierInvalide as erreur:
        raise EquipeInvalide(erreur.problemes) from erreur
    try:
        equipe = EquipeSaisie.model_validate(lu.contenu)
    except ValidationError as erreur:
        raise EquipeInvalide(problemes_de_forme(lu, erreur)) from erreur
    if problemes := list(problemes_d_equipe(lu, equipe, socle)):
        raise EquipeInvalide(problemes)
    return equipe.faits(socle)


def problemes_d_equipe(lu: FichierLu, equipe: EquipeSaisie, socle: Socle, prefixe: Chemin = ()) -> Iterator[Probleme]:
    """Les codes que le socle ne connaît pas."""
    for cle in ("zonages", "zonages_partiels"):
        for zone in getattr(equipe, cle):
            if zone not in socle.zonages:
                cause = f"zonage inconnu « {zone} » ; {suggestion(zone, socle.zonages)}"
                yield lu.probleme((*prefixe, cle, zone), cause)
    for rang, membre in enumerate(equipe.membres):
        ici: Chemin = (*prefixe, "membres", rang)
        if membre.metier is not None and membre.metier not in socle.autres_metiers:
            cause = f"métier inconnu « {membre.metier} » ; {suggestion(membre.metier, socle.autres_metiers)}"
            yield lu.probleme((*ici, "metier"), cause)
        connue = membre.profession in socle.professions or socle.autre_metier_de_code(membre.profession) is not None
        if membre.profession and not connue:
            cause = f"profession inconnue « {membre.profession} » : ce code n'est pas dans la nomenclature TRE_G15"
            yield lu.probleme((*ici, "profession"), cause)
        if not membre.profession and membre.professionnel and membre.metier is None:
            yield lu.probleme(
                ici, "un membre a une « profession » (son code), ou un « metier » s'il n'est pas soignant"
            )


def _fait(membre: MembreSaisi, socle: Socle) -> FaitMembre:
    champs: dict[str, Any] = {"savoir_faire": membre.savoir_faire, "commune": membre.commune}
    soignant = membre.professionnel and membre.metier is None and membre.profession in socle.professions
    return FaitMembre(
        profession=membre.profession if soignant else "",
        exercice=membre.exercice or "",
        professionnel=soignant,
        **champs,
    )
