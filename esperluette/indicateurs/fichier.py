"""D'un fichier officiel à une table de textes : CSV comprimé ou non, ou classeur ; propre ou sale. Sans base."""

import csv
import hashlib
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from esperluette.indicateurs.archives import ouvrir
from esperluette.indicateurs.jeux import Forme, JeuDeChiffres
from esperluette.territoires.octets import ZIP, FichierRefuse, en_utf8, lire_local
from esperluette.territoires.tables import SEPARATEURS

LIGNE = "@ligne"  # le numéro de la ligne dans le fichier
_ANNEE = re.compile(r"20\d\d")
_DATE = re.compile(r"20\d\d-\d\d-\d\d")
DEBUT_DES_RECENSEMENTS = 68


@dataclass(frozen=True, slots=True)
class Brut:
    """Un fichier lu : d'où il vient, la forme reconnue, ses cellules en texte sous les noms de la description."""

    nom: str
    empreinte: str
    taille: int
    encodage: str
    forme: Forme
    table: pl.DataFrame
    millesime: str = ""  # celui que disent les intitulés du fichier


def lire_fichier(jeu: JeuDeChiffres, chemin: Path) -> Brut:
    """La table d'un fichier local ; lève FichierRefuse avec la cause."""
    return lire_octets(jeu, chemin.name, lire_local(chemin, jeu.taille_maximale_mo))


def lire_octets(jeu: JeuDeChiffres, nom: str, octets: bytes) -> Brut:
    """La table de ces octets ; lève FichierRefuse avec la cause."""
    contenu = ouvrir(jeu, nom, octets)
    if not contenu[:4096].strip() and not contenu.strip():
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    lecteur = _Classeur(nom, contenu) if contenu.startswith(ZIP) else _Csv(nom, *en_utf8(nom, contenu))
    for forme in jeu.formes:
        entete = lecteur.entete(forme)
        if entete is None or (reels := _reels(forme, entete.colonnes)) is None:
            continue
        table = lecteur.table(forme, entete, tuple(dict.fromkeys(reels.values())))
        if forme.unites:
            table = table.slice(forme.unites)
        table = table.select(pl.col(LIGNE), *(pl.col(reel).alias(voulu) for voulu, reel in reels.items()))
        if table.is_empty():
            raise FichierRefuse(f"{nom} : le fichier n'a pas de ligne sous son en-tête.")
        empreinte = hashlib.sha256(octets).hexdigest()
        millesime = entete.millesime or _millesime(forme, reels)
        return Brut(nom, empreinte, len(octets), lecteur.encodage, forme, table, millesime)
    attendues = " ; ou ".join(", ".join(f.intitules) for f in jeu.formes)
    raise FichierRefuse(f"{nom} : ce n'est pas « {jeu.titre} ». Colonnes attendues : {attendues}.")


@dataclass(frozen=True, slots=True)
class _Entete:
    colonnes: tuple[str, ...]
    separateur: str = ","
    feuille: str = ""
    millesime: str = ""  # celui que dit la feuille, ou la première ligne d'un fichier sans en-tête


def _reels(forme: Forme, colonnes: tuple[str, ...]) -> dict[str, str] | None:
    """Nom de la description → intitulé du fichier ; None s'il en manque, ou si un motif en désigne deux.

    Sauf si le motif dit lequel : « récent:P[0-9][0-9]_POP » prend la dernière année, « ancien: » la première.
    """
    voulus = {"@code": forme.code, "@departement": forme.departement, "@sorte": forme.sorte}
    voulus |= {"@effectif": forme.effectif} | {f"distinguer:{c}": c for c in forme.distinguer}
    voulus |= {f"garder:{c}": c for c in forme.garder} | forme.colonnes | forme.textes | forme.fiche
    reels: dict[str, str] = {}
    for voulu, motif in voulus.items():
        if not motif:
            continue
        quand, _, nu = motif.rpartition(":")
        trouves = [c for c in dict.fromkeys(colonnes) if fnmatchcase(c, nu)]
        if not trouves or (len(trouves) > 1 and not quand):
            return None
        reels[voulu] = sorted(trouves, key=_annee_de)[0 if quand == "ancien" else -1]
    return reels


def _annee_de(intitule: str) -> int:
    """« P99_POP » : 1999 ; « P21_POP » : 2021. Les recensements d'avant 1968 n'ont pas de fichier par commune."""
    deux = int(annee[0]) if (annee := re.search(r"\d\d", intitule)) else 0
    return deux + (1900 if deux >= DEBUT_DES_RECENSEMENTS else 2000)


def _millesime(forme: Forme, reels: dict[str, str]) -> str:
    """« MED16 » ou « P16_H0014 » : 2016 ; vide si la forme ne le dit pas."""
    annee = re.search(r"(?<=^P)\d\d(?=_)|\d\d$", reels[forme.annee]) if forme.annee else None
    return f"20{annee[0]}" if annee else ""


@dataclass(frozen=True, slots=True)
class _Csv:
    """Un texte séparé, déjà en UTF-8."""

    nom: str
    texte: bytes
    encodage: str

    def entete(self, forme: Forme) -> _Entete | None:
        """Les intitulés de ce fichier, s'il a autant de lignes que la forme en saute."""
        debut = self.texte[: 256 * 1024].decode("utf-8", "ignore").splitlines()
        if len(debut) <= forme.sauter:
            return None
        ligne = debut[forme.sauter]
        separateur = max(SEPARATEURS, key=ligne.count)
        if forme.noms:
            date = _DATE.search(ligne)
            reconnu = fnmatchcase(ligne, forme.premiere_ligne)
            return _Entete(forme.noms, separateur, millesime=date[0] if date else "") if reconnu else None
        colonnes = self._cases(ligne, separateur)
        return _Entete(tuple(c.strip() for c in colonnes), separateur)

    def table(self, forme: Forme, entete: _Entete, voulues: tuple[str, ...]) -> pl.DataFrame:
        """Toutes les lignes, en texte, aux colonnes voulues ; lève FichierRefuse."""
        self._refuser_un_fichier_coupe(forme, entete)
        self._refuser_une_ligne_inegale(forme, entete)
        noms = _uniques(entete.colonnes)
        options: dict[str, Any] = {
            "separator": entete.separateur, "has_header": False, "skip_rows": forme.sauter + 1, "infer_schema": False,
            "new_columns": noms, "quote_char": '"' if forme.guillemets else None,
        }  # fmt: skip
        try:
            # Ne lire que les colonnes voulues va deux fois plus vite, mais laisse passer une ligne trop longue.
            entier = b'"' in self.texte and forme.guillemets
            lu = pl.read_csv(self.texte, **options) if entier else pl.scan_csv(self.texte, **options)
            lu = lu.lazy().select(voulues).collect()
        except pl.exceptions.NoDataError:
            return pl.DataFrame(schema={LIGNE: pl.UInt32, **dict.fromkeys(voulues, pl.String)})
        except pl.exceptions.PolarsError as erreur:
            raise FichierRefuse(
                f"{self.nom} : ce n'est pas un CSV bien formé : une ligne n'a pas les {len(noms)} cases de l'en-tête, "
                "ou un guillemet n'est pas fermé."
            ) from erreur
        return lu.with_columns(pl.col(pl.String).fill_null("")).with_row_index(LIGNE, offset=forme.sauter + 2)

    def _cases(self, ligne: str, separateur: str) -> list[str]:
        try:
            return next(csv.reader([ligne], delimiter=separateur), [])
        except csv.Error as erreur:  # un retour chariot seul au milieu d'une ligne, une case sans fin
            raise FichierRefuse(
                f"{self.nom} : ce n'est pas un CSV bien formé : une ligne ne se coupe pas en cases."
            ) from erreur

    def _refuser_un_fichier_coupe(self, forme: Forme, entete: _Entete) -> None:
        """La dernière ligne a moins de cases que l'en-tête : le téléchargement s'est arrêté au milieu."""
        fin = self.texte[-(64 * 1024) :]
        derniere = fin.rstrip(b"\r\n").rsplit(b"\n", 1)[-1].decode("utf-8", "replace")
        cases = self._cases(derniere, entete.separateur)
        if forme.noms and cases and cases[0] not in {v for valeurs in forme.garder.values() for v in valeurs}:
            return  # une ligne d'une autre sorte, que la forme ne lit pas
        if len(cases) < len(entete.colonnes):
            raise FichierRefuse(
                f"{self.nom} : la dernière ligne est coupée. Le fichier est incomplet : téléchargez-le de nouveau."
            )

    def _refuser_une_ligne_inegale(self, forme: Forme, entete: _Entete) -> None:
        """Une ligne sans guillemet a autant de séparateurs que l'en-tête : sinon ses valeurs ont changé de colonne."""
        if forme.noms or b'"' in self.texte:
            return
        separateur, attendus = entete.separateur.encode(), len(entete.colonnes) - 1
        lignes = self.texte.count(b"\n") + (not self.texte.endswith(b"\n"))
        if not forme.sauter and self.texte.count(separateur) == attendus * lignes:
            return
        for numero, ligne in enumerate(self.texte.splitlines(), start=1):
            if numero > forme.sauter and ligne.strip() and (trouves := ligne.count(separateur)) != attendus:
                raise FichierRefuse(
                    f"{self.nom} : ce n'est pas un CSV bien formé : la ligne {numero} a {trouves + 1} cases, et "
                    f"l'en-tête {attendus + 1}."
                )


def _uniques(colonnes: tuple[str, ...]) -> list[str]:
    """Un nom par colonne : les vides et les répétées reçoivent leur rang."""
    vus: set[str] = set()
    noms = []
    for rang, colonne in enumerate(colonnes):
        nom = colonne if colonne and colonne not in vus else f"@{rang}"
        vus.add(nom)
        noms.append(nom)
    return noms


@dataclass(slots=True)
class _Classeur:
    """Un classeur Excel. Une feuille n'est lue qu'une fois, même si deux formes la demandent."""

    nom: str
    octets: bytes
    encodage: str = "classeur"
    _lues: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)

    def entete(self, forme: Forme) -> _Entete | None:
        """Les intitulés de la feuille voulue ; None si le classeur ne l'a pas."""
        try:
            classeur = fastexcel.read_excel(self.octets)
            feuille = _feuille(classeur.sheet_names, forme.feuille)
            if feuille is None:
                return None
            if (feuille, forme.sauter) not in self._lues:
                lue = classeur.load_sheet(feuille, header_row=forme.sauter, dtypes="string").to_polars()
                self._lues[feuille, forme.sauter] = lue.rename({c: c.strip() for c in lue.columns})
        except BaseException as erreur:  # le lecteur de classeurs a ses propres erreurs, et panique parfois
            if isinstance(erreur, KeyboardInterrupt | SystemExit | MemoryError):
                raise
            raise FichierRefuse(
                f"{self.nom} : ce classeur ne s'ouvre pas. Enregistrez-le au format CSV UTF-8."
            ) from erreur
        annee = _ANNEE.search(feuille) if forme.feuille else None
        colonnes = tuple(self._lues[feuille, forme.sauter].columns)
        return _Entete(colonnes, feuille=feuille, millesime=annee[0] if annee else "")

    def table(self, forme: Forme, entete: _Entete, voulues: tuple[str, ...]) -> pl.DataFrame:
        """Toutes les lignes, en texte, aux colonnes voulues."""
        lue = self._lues[entete.feuille, forme.sauter].select(voulues)
        return lue.with_columns(pl.all().cast(pl.String).fill_null("")).with_row_index(LIGNE, offset=forme.sauter + 2)


def _feuille(noms: list[str], motif: str) -> str | None:
    """La feuille au motif, de l'année la plus récente ; la première du classeur s'il n'y a pas de motif."""
    if not motif:
        return noms[0] if noms else None
    trouvees = [n for n in noms if fnmatchcase(n, motif)]
    return max(trouvees, key=lambda n: (a[0] if (a := _ANNEE.search(n)) else "", n), default=None)
