"""D'un fichier officiel à une table de textes : CSV comprimé ou non, ou classeur ; propre ou sale. Sans base."""

import csv
import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import fastexcel
import polars as pl

from esperluette.indicateurs.archives import ouvrir
from esperluette.indicateurs.jeux import Forme, JeuDeChiffres
from esperluette.territoires.octets import ZIP, FichierRefuse, en_utf8, lire_local
from esperluette.territoires.tables import SEPARATEURS

LIGNE = "@ligne"  # le numéro de la ligne dans le fichier
_ANNEE = re.compile(r"20\d\d")
_DATE = re.compile(r"20\d\d-\d\d-\d\d")
_ENTRE_GUILLEMETS, _CASE = r'(?:"[^"]*")+', "\x02"
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
    # Un gros fichier se lit pendant que son empreinte se calcule, ailleurs : ni l'un ni l'autre ne tient Python.
    with ThreadPoolExecutor(max_workers=1) as ailleurs:
        empreinte = ailleurs.submit(lambda: hashlib.sha256(octets).hexdigest())
        lecteur, forme, reels, entete = _reconnaitre(jeu, nom, ouvrir(jeu, nom, octets))
        table = lecteur.table(forme, entete, tuple(dict.fromkeys(reels.values())))
        if forme.unites:
            table = table.slice(forme.unites)
        table = table.select(pl.col(LIGNE), *(pl.col(reel).alias(voulu) for voulu, reel in reels.items()))
        if table.is_empty():
            raise FichierRefuse(f"{nom} : le fichier n'a pas de ligne sous son en-tête.")
        millesime = entete.millesime or _millesime(forme, reels)
        if forme.periode:
            table, millesime = _periode_recente(nom, table)
        return Brut(nom, empreinte.result(), len(octets), lecteur.encodage, forme, table, millesime)


def _reconnaitre(
    jeu: JeuDeChiffres, nom: str, contenu: bytes
) -> tuple["_Classeur | _Csv", Forme, dict[str, str], "_Entete"]:
    """La première forme du jeu dont ce fichier a toutes les colonnes."""
    if not contenu[:4096].strip() and not contenu.strip():
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    lecteur = _Classeur(nom, contenu) if contenu.startswith(ZIP) else _Csv(nom, *en_utf8(nom, contenu))
    for forme in jeu.formes:
        entete = lecteur.entete(forme)
        if entete is not None and (reels := _reels(forme, entete.colonnes)) is not None:
            return lecteur, forme, reels, entete
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
    voulus |= {"@effectif": forme.effectif, "@periode": forme.periode}
    voulus |= {f"distinguer:{c}": c for c in forme.distinguer}
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


def _periode_recente(nom: str, table: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Les lignes de l'année la plus récente, et cette année : additionner deux années compterait deux fois."""
    annees = table["@periode"].str.strip_chars()
    recente = max((a for a in annees.unique() if _ANNEE.fullmatch(a)), default="")
    if not recente:
        raise FichierRefuse(f"{nom} : aucune ligne ne dit son année.")
    return table.filter(annees == recente).drop("@periode"), recente


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
        noms = _uniques(entete.colonnes)
        try:
            if forme.noms:
                self._refuser_une_fiche_coupee(forme, entete)
            elif not self._cases_comptees(forme, entete):
                return self._table_une_a_une(forme, entete, [noms.index(v) for v in voulues], voulues)
            # Ne lire que les colonnes voulues va deux fois plus vite.
            lignes = pl.scan_csv(
                self.texte, separator=entete.separateur, has_header=False, skip_rows=forme.sauter + 1,
                infer_schema=False, new_columns=noms, quote_char='"' if forme.guillemets else None,
            )  # fmt: skip
            lu = lignes.select(voulues).collect()
        except pl.exceptions.NoDataError:
            return _sans_ligne(voulues)
        except pl.exceptions.PolarsError as erreur:
            raise self._mal_forme("une ligne ne se coupe pas en cases") from erreur
        return lu.with_columns(pl.col(pl.String).fill_null("")).with_row_index(LIGNE, offset=forme.sauter + 2)

    def _table_une_a_une(
        self, forme: Forme, entete: _Entete, rangs: list[int], voulues: tuple[str, ...]
    ) -> pl.DataFrame:
        """Comme `table`, par le lecteur de Python : vingt fois plus lent, et sûr d'une cellule de plusieurs lignes."""
        lecteur = csv.reader(io.StringIO(self.texte.decode(), newline=""), delimiter=entete.separateur, strict=True)
        lues = []
        try:
            for ligne in lecteur:
                if lecteur.line_num <= forme.sauter + 1 or not any(case.strip() for case in ligne):
                    continue
                if len(ligne) != len(entete.colonnes):
                    raise self._inegale(lecteur.line_num, len(ligne), len(entete.colonnes))
                lues.append([lecteur.line_num, *(ligne[rang] for rang in rangs)])
        except csv.Error as erreur:
            cause = "un guillemet n'est pas fermé, ou se trouve au milieu d'une case"
            raise self._mal_forme(f"ligne {lecteur.line_num}, {cause}") from erreur
        return pl.DataFrame(lues, schema=_sans_ligne(voulues).schema, orient="row")

    def _cases(self, ligne: str, separateur: str) -> list[str]:
        try:
            return next(csv.reader([ligne], delimiter=separateur), [])
        except csv.Error as erreur:  # un retour chariot seul au milieu d'une ligne, une case sans fin
            raise self._mal_forme("une ligne ne se coupe pas en cases") from erreur

    def _refuser_une_fiche_coupee(self, forme: Forme, entete: _Entete) -> None:
        """La dernière fiche a moins de cases que les autres : le téléchargement s'est arrêté au milieu."""
        fin = self.texte[-(64 * 1024) :]
        derniere = fin.rstrip(b"\r\n").rsplit(b"\n", 1)[-1].decode("utf-8", "replace")
        cases = self._cases(derniere, entete.separateur)
        gardees = {v for valeurs in forme.garder.values() for v in valeurs}
        if (not cases or cases[0] in gardees) and len(cases) < len(entete.colonnes):
            raise self._coupe()

    def _cases_comptees(self, forme: Forme, entete: _Entete) -> bool:
        """Vrai si chaque ligne a les cases de l'en-tête ; faux s'il faut les compter une à une ; lève FichierRefuse.

        Une ligne inégale a ses valeurs dans d'autres colonnes. Le lecteur de polars comble en silence une ligne trop
        courte, et ne voit une ligne trop longue que s'il lit toutes les colonnes.
        """
        attendues, separateur = len(entete.colonnes), entete.separateur
        texte, guillemets = pl.col("texte"), forme.guillemets and b'"' in self.texte
        if guillemets:
            autre = f'[^"{re.escape(separateur)}]*'
            case = f'(?:"{autre}"|{autre})'
            sure = texte.str.contains(f"^{case}(?:{re.escape(separateur)}{case}){{{attendues - 1}}}\r?$")
        else:
            sure = texte.str.count_matches(separateur, literal=True) == attendues - 1
        # Peu de lignes restent : celles qui ont un séparateur ou un guillemet dans une case, et les mauvaises.
        restent = self._lignes().filter(~sure).filter(texte.str.strip_chars() != "", pl.col(LIGNE) > forme.sauter + 1)
        nues = restent.with_columns(texte.str.replace_all(_ENTRE_GUILLEMETS, _CASE) if guillemets else texte).collect()
        if guillemets:
            # Un guillemet qui n'entoure pas toute une case, sur une seule ligne : polars s'y tromperait peut-être.
            autre = f"[^{re.escape(separateur)}\r]"
            if nues.select(texte.str.contains(f'"|{autre}{_CASE}|{_CASE}{autre}').any()).item():
                return False
        comptees = nues.select(LIGNE, texte.str.count_matches(separateur, literal=True) + 1)
        for numero, trouvees in comptees.filter(texte != attendues).iter_rows():
            raise self._inegale(numero, trouvees, attendues)
        return True

    def _lignes(self) -> pl.LazyFrame:
        """Une ligne du texte par rangée, entière : aucun fichier officiel n'a ce séparateur-là."""
        return pl.scan_csv(
            self.texte, separator="\x01", has_header=False, new_columns=["texte"], infer_schema=False, quote_char=None,
            row_index_name=LIGNE, row_index_offset=1,
        )  # fmt: skip

    def _inegale(self, numero: int, trouvees: int, attendues: int) -> FichierRefuse:
        if trouvees < attendues and numero > self.texte.rstrip().count(b"\n"):
            return self._coupe()
        return self._mal_forme(f"la ligne {numero} a {trouvees} cases, et l'en-tête {attendues}")

    def _coupe(self) -> FichierRefuse:
        return FichierRefuse(
            f"{self.nom} : la dernière ligne est coupée. Le fichier est incomplet : téléchargez-le de nouveau."
        )

    def _mal_forme(self, cause: str) -> FichierRefuse:
        return FichierRefuse(f"{self.nom} : ce n'est pas un CSV bien formé : {cause}.")


def _sans_ligne(colonnes: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema={LIGNE: pl.UInt32, **dict.fromkeys(colonnes, pl.String)})


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
