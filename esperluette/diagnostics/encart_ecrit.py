"""Des chiffres publics en mots : les mêmes à l'écran, dans le document, l'historique, chez l'agent. Sans base."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from esperluette.diagnostics.encart import Encart, lire
from esperluette.documents.contextes import EncartImprime, Figure, GroupeDeChiffres, LigneDeChiffres
from esperluette.indicateurs.dessins import Dessin, pyramide
from esperluette.indicateurs.ecriture import (
    NOTE_PARTIEL,
    enumerer,
    niveaux,
    nombre,
    partielle,
    titre_de,
    valeur_courte,
)
from esperluette.indicateurs.instantane import Instantane
from esperluette.referentiel.modele import Trame

TITRE = "Chiffres publics"
COMMUNES_NOMMEES = 12
CHAMPS = {
    "ambulatoire": "Établissements du champ ambulatoire",
    "hospitalier": "Établissements du champ hospitalier",
    "medico_social": "Établissements et services médico-sociaux",
    "appui": "Structures d’appui",
}


def ecrire(valeur: Any, *, brouillon: bool = False) -> EncartImprime | None:
    """L'encart mis en mots ; None si le champ est vide. `brouillon` : dire qu'ils suivent les données."""
    encart = lire(valeur)
    return _ecrit(encart, brouillon=brouillon) if encart is not None else None


def _ecrit(encart: Encart, *, brouillon: bool) -> EncartImprime:
    lu = encart.instantane
    groupes = tuple(_groupes(lu)) if lu else ()
    faits = tuple(_faits(encart))
    noms = {li.id: li.libelle for li in (*(li for g in groupes for li in g.lignes), *faits)}
    rangs = {ligne: rang for rang, ligne in enumerate(encart.contestes, start=1)}
    return EncartImprime(
        territoire=_territoire(lu) if lu else "",
        colonnes=tuple(nom for _, nom in niveaux(lu)) if lu and groupes else (),
        figures=tuple(Figure(svg=d.svg, texte=d.texte, legende=d.titre) for d in _dessins(lu)),
        groupes=tuple(replace(g, lignes=tuple(_renvoi(li, rangs) for li in g.lignes)) for g in groupes),
        faits=tuple(_renvoi(li, rangs) for li in faits),
        contestes=tuple(
            (noms.get(ligne, "Chiffre retiré depuis"), motif) for ligne, motif in encart.contestes.items()
        ),
        commentaire=encart.commentaire,
        sources=tuple(_sources(encart)),
        le=lu.calcule_le.isoformat() if lu else "",
        suivi=brouillon and lu is not None and encart.mode == "suivi",
        demonstration=bool(lu and lu.demonstration),
        note=NOTE_PARTIEL if lu and _est_partiel(lu) else "",
    )


def _est_partiel(lu: Instantane) -> bool:
    return any(partielle(v) for li in lu.lignes.values() for v in li.valeurs.values())


def _dessins(lu: Instantane | None) -> list[Dessin]:
    """La pyramide des âges, quand le champ la demande : le même dessin à l'écran et dans le document."""
    trace = pyramide(lu) if lu else None
    return [trace] if trace else []


def _renvoi(ligne: LigneDeChiffres, rangs: dict[str, int]) -> LigneDeChiffres:
    return replace(ligne, renvoi=rangs[ligne.id]) if ligne.id in rangs else ligne


def _territoire(lu: Instantane) -> str:
    """« Loudéac et Plouguenast-Langast », « 38 communes » quand elles sont trop nombreuses pour se nommer."""
    noms = [c.nom for c in lu.communes]
    return enumerer(noms) if len(noms) <= COMMUNES_NOMMEES else f"{len(noms)} communes"


def _groupes(lu: Instantane) -> Iterator[GroupeDeChiffres]:
    cles = [cle for cle, _ in niveaux(lu)]
    for theme in lu.themes:
        lignes = tuple(
            LigneDeChiffres(id=li.id, libelle=titre_de(li), valeurs=tuple(valeur_courte(li, cle) for cle in cles))
            for li in theme.lignes
        )
        if lignes:
            yield GroupeDeChiffres(titre=theme.titre, lignes=lignes)


def _faits(encart: Encart) -> Iterator[LigneDeChiffres]:
    if encart.instantane:
        yield from _zonages(encart.instantane)
        yield from _vie_sante(encart.instantane)
        yield from _etablissements(encart.instantane)
        yield from _distances(encart.instantane)
    for fourni in encart.fournis:
        source = f" (donné par l’ARS : {fourni.source})" if fourni.source else " (donné par l’ARS)"
        yield LigneDeChiffres(id=fourni.id, libelle=fourni.libelle, valeurs=(fourni.ecrit + source,))


def _zonages(lu: Instantane) -> Iterator[LigneDeChiffres]:
    """Une ligne par zonage : chaque classement et ses communes ; ce que la source ne dit pas n'y est pas."""
    noms = {c.code: c.nom for c in lu.communes}
    titres: dict[str, str] = {}
    par_zonage: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for z in lu.zonages:
        if z.libelle:
            cle = _cle("zonage", z.jeu or z.zonage)
            titres[cle] = z.zonage
            par_zonage[cle][z.libelle].append(noms.get(z.code, z.code))
    for cle, classements in par_zonage.items():
        dits = [
            f"{libelle} : {'toutes les communes' if len(communes) == len(noms) > 1 else enumerer(communes)}"
            for libelle, communes in classements.items()
        ]
        yield LigneDeChiffres(id=cle, libelle=titres[cle], valeurs=(" ; ".join(dits),))


def _vie_sante(lu: Instantane) -> Iterator[LigneDeChiffres]:
    for tvs in lu.vie_sante:
        if tvs.densite is not None:
            dit = f"{nombre(tvs.densite, 1)} généralistes libéraux pour 10 000 habitants"
            yield LigneDeChiffres(
                id=_cle("tvs", tvs.code), libelle=f"Territoire de vie-santé de {tvs.nom}", valeurs=(dit,)
            )


def _etablissements(lu: Instantane) -> Iterator[LigneDeChiffres]:
    for champ, titre in CHAMPS.items():
        dits = [f"{e.nom}, {e.commune} ({e.categorie})" for e in lu.etablissements if e.champ == champ]
        if dits:
            yield LigneDeChiffres(id=f"etablissements-{champ}", libelle=titre, valeurs=(" ; ".join(dits),))


def _distances(lu: Instantane) -> Iterator[LigneDeChiffres]:
    for d in lu.distances:
        if d.km is None:
            continue
        dit = f"{d.commune}, à {nombre(d.km)} km à vol d’oiseau" if d.km else f"{d.commune}, sur le territoire"
        if d.km_moyen:
            dit += f" ; {nombre(d.km_moyen)} km en moyenne pour un habitant"
        yield LigneDeChiffres(id=_cle("distance", d.offre), libelle=f"{d.libelle} : au plus près", valeurs=(dit,))


def _cle(*morceaux: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]+", "-", "-".join(morceaux))[:80]


def _sources(encart: Encart) -> dict[str, None]:
    """Chaque source, une fois, dans l'ordre où elle sert."""
    lu = encart.instantane
    if lu is None:
        return {}
    dites = dict.fromkeys(source for t in lu.themes for ligne in t.lignes for source in ligne.sources)
    autour = [z.source for z in lu.zonages] + [t.source for t in lu.vie_sante] + [d.source for d in lu.distances]
    pyramides = [lu.pyramide.source] if lu.pyramide else []
    return dites | dict.fromkeys(source for source in (*autour, *pyramides) if source)


def en_texte(valeur: Any) -> str:
    """L'encart en texte simple : pour l'historique, les comparaisons, l'agent ; vide si le champ l'est."""
    if (ecrit := ecrire(valeur)) is None:
        return ""
    lignes = [f"{TITRE}, {ecrit.territoire}" if ecrit.territoire else TITRE]
    for groupe in ecrit.groupes:
        lignes.append(groupe.titre)
        for li in groupe.lignes:
            autres = " ; ".join(f"{nom} {dit}" for nom, dit in zip(ecrit.colonnes[1:], li.valeurs[1:], strict=True))
            lignes.append(f"{li.libelle} : {li.valeurs[0]}{f' ({autres})' if autres else ''}")
    lignes += [f"{li.libelle} : {li.valeurs[0]}" for li in ecrit.faits]
    lignes += [f"Contesté par l’équipe, {nom} : {motif}" for nom, motif in ecrit.contestes]
    lignes += [f"Commentaire de l’équipe : {ecrit.commentaire}"] if ecrit.commentaire else []
    lignes += [f"Sources : {' ; '.join(ecrit.sources)}"] if ecrit.sources else []
    return "\n".join(lignes)


@dataclass(frozen=True, slots=True)
class Conteste:
    """Un chiffre que l'équipe conteste : le champ où il est, son nom, le motif."""

    champ: str
    libelle: str
    motif: str


def contestes(trame: Trame, reponses: Mapping[str, Any]) -> list[Conteste]:
    """Chaque chiffre contesté d'un projet, dans l'ordre de la trame."""
    ecrits = ((c.id, ecrire(reponses.get(c.id))) for _, c in trame.champs() if c.type == "chiffres")
    return [Conteste(cle, nom, motif) for cle, ecrit in ecrits if ecrit for nom, motif in ecrit.contestes]


@dataclass(frozen=True, slots=True)
class EncartAMontrer:
    """L'encart à l'écran : les mêmes mots que le document, et ses dessins avec leur tableau."""

    ecrit: EncartImprime
    dessins: list[Dessin]


def montrer(valeur: Any, *, brouillon: bool) -> EncartAMontrer | None:
    """L'encart à mettre dans une page ; None si le champ est vide."""
    encart = lire(valeur)
    return EncartAMontrer(_ecrit(encart, brouillon=brouillon), _dessins(encart.instantane)) if encart else None


@dataclass(frozen=True, slots=True)
class Formulaire:
    """Ce que l'équipe écrit autour de ses chiffres.

    Une contestation refusée se remontre : `nouveau`, un motif saisi sans chiffre ; `choisi`, un chiffre sans motif
    (vide : ni l'un ni l'autre ; None : rien de refusé).
    """

    commentaire: str
    mode: str
    contestes: list[tuple[str, str, str]]  # identifiant, libellé, motif
    autres: list[tuple[str, str]]  # ce qu'on peut encore contester
    fournis: list[tuple[str, str]]  # ce que l'ARS a donné
    nouveau: str
    choisi: str | None
    chiffres: bool  # vrai si des chiffres sont insérés


def formulaire(ecrit: EncartImprime | None, valeur: Any) -> Formulaire:
    """De quoi remplir les contrôles du champ ; `valeur` est celle qui est en place, ou la saisie refusée."""
    dite = valeur if isinstance(valeur, dict) else {}
    lignes = [*(li for g in ecrit.groupes for li in g.lignes), *ecrit.faits] if ecrit else []
    contestes: dict[str, str] = dite.get("contestes") or {}
    noms = {li.id: li.libelle for li in lignes}
    return Formulaire(
        commentaire=str(dite.get("commentaire") or ""),
        mode="suivi" if ecrit and ecrit.suivi else "fige",
        contestes=[(cle, noms.get(cle, "Chiffre retiré depuis"), motif) for cle, motif in contestes.items() if cle],
        autres=[(cle, nom) for cle, nom in noms.items() if cle not in contestes],
        fournis=[(li.id, li.libelle) for li in lignes if li.id.startswith("ars-")],
        chiffres=bool(ecrit and ecrit.le),
        nouveau=contestes.get("", ""),
        choisi=dite.get("choisi"),
    )
