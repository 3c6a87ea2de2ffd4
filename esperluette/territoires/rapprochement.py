"""Rapporter chaque ligne d'un fichier à une commune d'aujourd'hui ; ce qui ne s'y rapporte pas est rejeté et dit."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Self

from esperluette.territoires import texte as t
from esperluette.territoires.jeux import Forme, Jeu
from esperluette.territoires.models import AncienneCommune, Commune
from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.tables import Ligne, Table

_ENROBAGE = re.compile(r'^="?|"$')
_DECIMALES = re.compile(r"\.0$")


@dataclass(frozen=True, slots=True)
class Rejet:
    """Une ligne laissée de côté : son numéro dans le fichier, ce qu'elle disait, pourquoi."""

    ligne: int
    cause: str
    contenu: str = ""


@dataclass(slots=True)
class Dit:
    """Ce que le fichier dit d'une commune : une classe, des précisions, les anciennes communes dont cela vient."""

    commune: str
    classe: str
    precisions: list[str] = field(default_factory=list)
    anciennes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Rapprochement:
    """Le résultat : ce qui est dit, ce qui est rejeté, ce qui se répétait, les anciens codes convertis."""

    dits: list[Dit] = field(default_factory=list)
    rejets: list[Rejet] = field(default_factory=list)
    doublons: int = 0
    convertis: int = 0


class _Refus(LookupError):
    """Une ligne à rejeter, avec sa cause."""


class Communes:
    """Les communes connues : par code, et par code postal et nom."""

    def __init__(
        self, actives: Iterable[tuple[str, str, Iterable[str]]], anciennes: Iterable[tuple[str, str, str]]
    ) -> None:
        """`actives` : code, nom, codes postaux ; `anciennes` : code, nom s'il est connu, commune d'aujourd'hui."""
        self._lignes = [(code, nom, tuple(postaux)) for code, nom, postaux in actives]
        self.actives = {code for code, _, _ in self._lignes}
        self.anciennes = {code: (commune, nom or code) for code, nom, commune in anciennes}

    @cached_property
    def _par_nom(self) -> dict[tuple[str, str], set[str]]:
        """Les communes de chaque code postal et nom, anciens noms compris."""
        trouvees: dict[tuple[str, str], set[str]] = defaultdict(set)
        postaux = {}
        for code, nom, codes_postaux in self._lignes:
            postaux[code] = codes_postaux
            for code_postal in codes_postaux:
                trouvees[code_postal, t.cle(nom)].add(code)
        for code, (commune, nom) in self.anciennes.items():
            for code_postal in postaux.get(commune, ()) if nom != code else ():
                trouvees[code_postal, t.cle(nom)].add(commune)
        return trouvees

    @classmethod
    def en_base(cls) -> Self:
        """Celles de la base, en deux requêtes."""
        return cls(
            Commune.objects.filter(active=True).values_list("pk", "nom", "codes_postaux"),
            AncienneCommune.objects.values_list("pk", "nom", "commune_id"),
        )

    def par_code(self, brut: str) -> tuple[str, str]:
        """La commune d'aujourd'hui, et le nom de l'ancienne si le code en est un."""
        code = propre(brut)
        if not code:
            raise _Refus("code de commune absent")
        if code in self.actives:
            return code, ""
        if code in self.anciennes:
            return self.anciennes[code]
        raise _Refus(f"le code {code} n'est, ni n'a été, celui d'une commune")

    def par_nom(self, code_postal: str, nom: str) -> tuple[str, str]:
        """La seule commune de ce nom à ce code postal."""
        postal = propre(code_postal)
        trouvees = sorted(self._par_nom.get((postal, t.cle(nom)), ()))
        if len(trouvees) == 1:
            return trouvees[0], ""
        if trouvees:
            raise _Refus(f"plusieurs communes « {nom} » au code postal {postal} : {', '.join(trouvees)}")
        raise _Refus(f"aucune commune « {nom} » au code postal {postal}")


def propre(code: str) -> str:
    """Un code tel qu'il doit être : sans l'enrobage d'un tableur, avec le zéro qu'il a perdu."""
    net = _DECIMALES.sub("", _ENROBAGE.sub("", code.strip())).strip().upper()
    return net.zfill(5) if len(net) == 4 and net.isdigit() else net


def reconnaitre(jeu: Jeu, table: Table) -> Forme:
    """La première forme dont le fichier a toutes les colonnes, au nom exact ; lève FichierRefuse."""
    for forme in jeu.formes:
        reelles = {c: _colonne(c, table.colonnes) for c in forme.colonnes}
        if all(reelles.values()):
            champs = ("code", "code_postal", "nom", "valeur", "precision")
            return forme.model_copy(update={c: reelles.get(getattr(forme, c), "") for c in champs})
    attendues = " ; ou ".join(", ".join(forme.colonnes) for forme in jeu.formes)
    trouvees = ", ".join(table.colonnes[:12]) + ("…" if len(table.colonnes) > 12 else "")
    raise FichierRefuse(
        f"{table.nom} : il manque des colonnes. Attendues : {attendues}. Trouvées : {trouvees or 'aucune'}."
    )


def _colonne(motif: str, colonnes: tuple[str, ...]) -> str:
    return next((c for c in colonnes if fnmatchcase(c.casefold(), motif.casefold())), "")


def rapprocher(jeu: Jeu, table: Table, communes: Communes | None = None) -> Rapprochement:
    """Chaque ligne du fichier rapportée à une commune d'aujourd'hui : celles de la base, sauf dit autrement."""
    forme = reconnaitre(jeu, table)
    communes = communes or Communes.en_base()
    resultat = Rapprochement()
    # Par clé telle qu'écrite dans le fichier : première ligne, sa classe, et ce qu'elle dit.
    vues: dict[tuple[str, ...], tuple[Ligne, str]] = {}
    contraires: set[tuple[str, ...]] = set()
    retenus: dict[tuple[str, ...], tuple[str, str, str, list[str]]] = {}
    for ligne in table.lignes:
        for cle in _cles(forme, ligne):
            try:
                classe = _classe(jeu, forme, ligne)
                commune, ancienne = communes.par_nom(*cle) if forme.code_postal else communes.par_code(*cle)
            except _Refus as refus:
                resultat.rejets.append(Rejet(ligne.numero, str(refus), _contenu(forme, ligne)))
                continue
            precisions = _precisions(forme, ligne)
            premiere = vues.setdefault(cle, (ligne, classe))
            if premiere[0] is ligne:
                retenus[cle] = (commune, classe, ancienne, precisions)
            elif premiere[1] != classe:
                contraires.add(cle)
                cause = f"contredit la ligne {premiere[0].numero} ; aucune des deux n'est gardée"
                resultat.rejets.append(Rejet(ligne.numero, cause, _contenu(forme, ligne)))
            elif nouvelles := [p for p in precisions if p not in retenus[cle][3]]:
                retenus[cle][3].extend(nouvelles)
            else:
                resultat.doublons += 1
    for cle in sorted(contraires):
        resultat.rejets.append(Rejet(vues[cle][0].numero, "contredite plus loin", _contenu(forme, vues[cle][0])))
        del retenus[cle]
    resultat.rejets.sort(key=lambda r: r.ligne)
    resultat.convertis = sum(1 for _, _, ancienne, _ in retenus.values() if ancienne)
    resultat.dits = _reunir(retenus.values())
    return resultat


def _cles(forme: Forme, ligne: Ligne) -> Iterator[tuple[str, ...]]:
    if forme.code_postal:
        yield propre(ligne.valeurs.get(forme.code_postal, "")), ligne.valeurs.get(forme.nom, "")
        return
    brut = ligne.valeurs.get(forme.code, "")
    for code in brut.split(forme.plusieurs_codes) if forme.plusieurs_codes else [brut]:
        yield (propre(code),)


def _classe(jeu: Jeu, forme: Forme, ligne: Ligne) -> str:
    if forme.fixe:
        return forme.fixe
    valeur = ligne.valeurs.get(forme.valeur, "")
    if not valeur:
        raise _Refus(f"colonne « {forme.valeur} » vide")
    if valeur not in jeu.valeurs:
        raise _Refus(f"valeur inconnue « {valeur[:60]} » dans la colonne « {forme.valeur} »")
    return jeu.valeurs[valeur]


def _precisions(forme: Forme, ligne: Ligne) -> list[str]:
    brut = ligne.valeurs.get(forme.precision, "") if forme.precision else ""
    morceaux = brut.split(forme.plusieurs_precisions) if forme.plusieurs_precisions else [brut]
    return [m.strip() for m in morceaux if m.strip()]


def _contenu(forme: Forme, ligne: Ligne) -> str:
    return " | ".join(ligne.valeurs.get(c, "") for c in forme.colonnes)[:200]


def _reunir(retenus: Iterable[tuple[str, str, str, list[str]]]) -> list[Dit]:
    """Une commune nouvelle réunit ce qui est dit de ses anciennes communes."""
    dits: dict[tuple[str, str], Dit] = {}
    for commune, classe, ancienne, precisions in retenus:
        dit = dits.setdefault((commune, classe), Dit(commune, classe))
        dit.precisions.extend(p for p in precisions if p not in dit.precisions)
        if ancienne:
            dit.anciennes.append(ancienne)
    return [dits[cle] for cle in sorted(dits)]
