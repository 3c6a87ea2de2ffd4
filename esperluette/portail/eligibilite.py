"""Lire une équipe décrite dans un fichier, pour la confronter aux règles d'une région sans navigateur."""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, ValidationError

from esperluette.commun.erreurs import ErreurMetier
from esperluette.referentiel.faits import Avancement, Exercice, FaitMembre, Faits, StatutJuridique
from esperluette.referentiel.lecture import edition_en_vigueur, editions, regions
from esperluette.referentiel.modele import Demarche, Edition, Socle
from esperluette.referentiel.sources import CodeCommune, Fige, suggestion
from esperluette.referentiel.yaml_situe import FichierInvalide, FichierLu, Probleme, lire, problemes_de_forme

TAILLE_MAXIMALE = 1024 * 1024  # octets
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
SavoirFaire = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}\d{1,4}$")]


class EntreeFausse(ErreurMetier):
    """Une option ou un fichier ne convient pas ; `str(erreur)` dit où et pourquoi."""


class MembreDecrit(Fige):
    """Une ligne de `membres`."""

    profession: str = ""
    savoir_faire: SavoirFaire | None = None
    exercice: Exercice = ""
    commune: CodeCommune | None = None
    professionnel: bool = True


class EquipeDecrite(Fige):
    """Le fichier de `--equipe`."""

    membres: tuple[MembreDecrit, ...]
    statut_juridique: StatutJuridique | None = None
    statut_avancement: Avancement = "cree"
    implantation: CodeCommune | None = None
    zonages: dict[str, bool] = {}
    declaratifs: dict[str, bool] = {}
    communes: tuple[CodeCommune, ...] = ()

    @property
    def commune_d_implantation(self) -> str | None:
        """Celle qui est dite, sinon la commune d'exercice la plus fréquente, s'il n'y en a qu'une en tête."""
        if self.implantation is not None:
            return self.implantation
        (premier, *suite) = Counter(m.commune for m in self.membres if m.commune).most_common(2) or [("", 0)]
        return premier[0] if premier[0] and (not suite or suite[0][1] < premier[1]) else None

    def faits(self, socle: Socle) -> Faits:
        """Ce que les règles en lisent ; un métier qui ne soigne pas ne compte dans aucun minimum."""
        return Faits(
            membres=[self._fait(m, socle) for m in self.membres],
            statut_juridique=self.statut_juridique,
            statut_avancement=self.statut_avancement,
            implantation=self.commune_d_implantation,
            communes=list(self.communes),
            zonages=self.zonages,
            declaratifs=self.declaratifs,
            zonages_declares=frozenset(self.zonages),
        )

    @staticmethod
    def _fait(membre: MembreDecrit, socle: Socle) -> FaitMembre:
        fait = FaitMembre(
            profession=membre.profession,
            savoir_faire=membre.savoir_faire,
            exercice=membre.exercice,
            commune=membre.commune,
            professionnel=membre.professionnel,
        )
        return replace(fait, professionnel=False) if socle.autre_metier_de_code(membre.profession) else fait

    def codes(self) -> Iterator[tuple[tuple[int | str, ...], str]]:
        """Chaque code de commune du fichier, et où il s'y trouve."""
        if self.implantation is not None:
            yield ("implantation",), self.implantation
        yield from ((("communes", rang), code) for rang, code in enumerate(self.communes))
        for rang, membre in enumerate(self.membres):
            if membre.commune is not None:
                yield ("membres", rang, "commune"), membre.commune


@dataclass(frozen=True)
class EquipeLue:
    """Une équipe et son fichier, pour dire à quelle ligne quelque chose ne va pas."""

    fichier: FichierLu
    equipe: EquipeDecrite

    def exiger_communes(self, connues: Callable[[Sequence[str]], set[str]]) -> None:
        """Refuse les communes qui n'existent pas ; `connues` rend, parmi des codes, ceux qui existent."""
        codes = list(self.equipe.codes())
        existent = connues([code for _, code in codes])
        problemes = [
            self.fichier.probleme(chemin, f"commune inconnue « {code} »")
            for chemin, code in codes
            if code not in existent
        ]
        if problemes:
            raise EntreeFausse("\n".join(str(p) for p in problemes))


def lire_equipe(chemin: Path, socle: Socle) -> EquipeLue:
    """Lit et vérifie un fichier d'équipe ; lève `EntreeFausse` avec le fichier, la ligne et la cause."""
    try:
        fichier = lire(_texte(chemin), str(chemin))
        if not isinstance(fichier.contenu, dict):
            raise EntreeFausse(str(fichier.probleme((), "ce fichier doit décrire une équipe : « membres: »…")))
        equipe = EquipeDecrite.model_validate(fichier.contenu)
    except FichierInvalide as erreur:
        raise EntreeFausse(str(erreur)) from erreur
    except ValidationError as erreur:
        raise EntreeFausse("\n".join(str(p) for p in problemes_de_forme(fichier, erreur))) from erreur
    inconnues = [
        fichier.probleme(("membres", rang, "profession"), _profession_inconnue(membre.profession, socle))
        for rang, membre in enumerate(equipe.membres)
        if membre.profession and membre.professionnel and not _connue(membre.profession, socle)
    ]
    inconnues += [
        fichier.probleme(("zonages", zone), f"zonage inconnu « {zone} » ; {suggestion(zone, socle.zonages)}")
        for zone in equipe.zonages
        if zone not in socle.zonages
    ]
    if inconnues:
        raise EntreeFausse("\n".join(str(p) for p in inconnues))
    return EquipeLue(fichier, equipe)


def edition_demandee(region: str, le: datetime.date) -> Edition:
    """L'édition de cette région ce jour-là ; lève `EntreeFausse`."""
    cle = region.strip().lower()
    if not cle:
        raise EntreeFausse(f"--region : dites la région ; {suggestion('', regions())}.")
    if cle not in regions():
        raise EntreeFausse(f"--region : aucune édition pour « {region} » ; {suggestion(cle, regions())}.")
    edition = edition_en_vigueur(cle, le)
    if edition is None:
        connues = ", ".join(f"{e.numero} (à partir du {e.en_vigueur_du:%d/%m/%Y})" for e in editions(cle))
        raise EntreeFausse(
            f"--le : aucune édition de « {cle} » n'est en vigueur le {le:%d/%m/%Y} ; connues : {connues}."
        )
    return edition


def forme_demandee(forme: str, edition: Edition) -> str:
    """La forme, si l'édition la décrit ; lève `EntreeFausse`."""
    if forme.strip().lower() not in edition.entete.formes:
        raise EntreeFausse(f"--forme : « {forme} » n'est pas admis ; {suggestion(forme, edition.entete.formes)}.")
    return forme.strip().lower()


def demarche_demandee(demarche: str | None, forme: str, edition: Edition) -> Demarche | None:
    """La démarche de cette forme ; lève `EntreeFausse`."""
    if demarche is None:
        return None
    ouvertes = {d.id: d for d in edition.demarches if forme in d.formes}
    if demarche not in ouvertes:
        raise EntreeFausse(
            f"--demarche : « {demarche} » n'est pas une démarche de cette forme ; {suggestion(demarche, ouvertes)}."
        )
    return ouvertes[demarche]


def date_demandee(brut: str | None, defaut: datetime.date) -> datetime.date:
    """Une date AAAA-MM-JJ ; lève `EntreeFausse`."""
    if brut is None:
        return defaut
    try:
        if not _DATE.fullmatch(brut):
            raise ValueError(brut)
        return datetime.date.fromisoformat(brut)
    except ValueError:
        raise EntreeFausse(f"--le : « {brut} » n'est pas une date AAAA-MM-JJ.") from None


def _texte(chemin: Path) -> str:
    try:
        if chemin.is_dir():
            raise EntreeFausse(f"{chemin} : c'est un dossier ; donnez le fichier qui décrit l'équipe.")
        with chemin.open("rb") as fichier:
            brut = fichier.read(TAILLE_MAXIMALE + 1)
    except FileNotFoundError:
        raise EntreeFausse(f"{chemin} : ce fichier n'existe pas.") from None
    except PermissionError:
        raise EntreeFausse(f"{chemin} : vous n'avez pas le droit de lire ce fichier.") from None
    except (OSError, ValueError) as erreur:
        raise EntreeFausse(f"{chemin} : ce fichier ne se lit pas ({erreur}).") from erreur
    if len(brut) > TAILLE_MAXIMALE:
        raise EntreeFausse(f"{chemin} : ce fichier dépasse un mégaoctet ; une équipe tient en quelques lignes.")
    if brut.startswith(_UTF16):
        raise EntreeFausse(str(Probleme(str(chemin), 1, "ce fichier est en UTF-16 ; enregistrez-le en UTF-8")))
    try:
        return brut.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        ligne = brut[: erreur.start].count(b"\n") + 1
        raise EntreeFausse(str(Probleme(str(chemin), ligne, "ce fichier n'est pas en UTF-8"))) from None


def _connue(code: str, socle: Socle) -> bool:
    return code in socle.professions or socle.autre_metier_de_code(code) is not None


def _profession_inconnue(code: str, socle: Socle) -> str:
    exemples = ", ".join(f'"{p.id}" ({p.libelle})' for p in socle.professions_frequentes()[:3])
    return f"profession inconnue « {code} » ; attendu : un code de la nomenclature nationale, par exemple {exemples}"
