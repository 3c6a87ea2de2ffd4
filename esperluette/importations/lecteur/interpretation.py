"""D'un fichier à des propositions : ouvrir, lire, convertir chaque zone en valeur."""

from collections.abc import Iterator
from typing import Any

from esperluette.commun.texte_riche import texte_brut
from esperluette.importations.lecteur.analyse import Analyse, Morceau, Proposition, en_json, morceau_de
from esperluette.importations.lecteur.blocs import blocs_de, en_texte
from esperluette.importations.lecteur.consignes import Consignes
from esperluette.importations.lecteur.lecteur import Lecteur
from esperluette.importations.lecteur.ouverture import ouvrir
from esperluette.importations.lecteur.professions import lecteur_de_professions
from esperluette.importations.lecteur.textes import cle, sans_remplissage
from esperluette.importations.lecteur.valeurs import Illisible, Lue, convertir
from esperluette.importations.lecteur.zones import Zone
from esperluette.referentiel.modele import Champ, Edition, Trame
from esperluette.referentiel.trames import est_vide, normaliser

_SANS_DOUTE = frozenset({"question identique", "titre identique", "titre de fiche identique"})


def analyser(nom: str, octets: bytes, *, trame: Trame, edition: Edition) -> Analyse:
    """Ce que dit ce fichier, question par question. Sans base ; lève `TrameRefusee`."""
    format, arbre = ouvrir(nom, octets)
    titres, trame = [d.libelle for d in edition.demarches], trame.sans_chiffres()
    lecteur = Lecteur(trame, Consignes(trame, titres), lecteur_de_professions(edition.socle.professions))
    lecteur.lire(blocs_de(arbre))
    return interpreter(lecteur, format)


def interpreter(lecteur: Lecteur, format: str) -> Analyse:
    """Les zones lues, mises en valeurs ; ce qui n'a pas la forme attendue est montré, à ranger."""
    analyse = Analyse(format, morceaux=list(lecteur.morceaux), membres=list(lecteur.membres))
    analyse.rubriques = list(lecteur.rubriques)
    for rubrique, champ in lecteur.trame.champs():
        if champ.type == "tableau":
            analyse.propositions += _tableau(lecteur, rubrique.id, champ, analyse.morceaux)
        elif zone := lecteur.zones.get((champ.id, -1, "")):
            analyse.propositions += _simple(zone, champ, analyse.morceaux)
    _cocher_ce_qui_est_precise(lecteur.trame, analyse)
    return analyse


def _simple(zone: Zone, champ: Champ, morceaux: list[Morceau]) -> Iterator[Proposition]:
    lue = _valeur(zone, champ, morceaux)
    if lue is None or est_vide(champ, lue.valeur):
        return
    raisons = [*zone.raisons, *([lue.raison] if lue.raison else [])]
    yield Proposition(
        zone.rubrique, champ.id, lue.valeur, dire(champ, lue.valeur), round(min(zone.confiance, lue.confiance), 2),
        " ; ".join(raisons),
    )  # fmt: skip


def _valeur(zone: Zone, champ: Champ, morceaux: list[Morceau]) -> Lue | None:
    """La valeur d'une zone ; None, et un morceau à ranger, si elle n'a pas la forme attendue."""
    if champ.type == "nombre" and cle(sans_remplissage(en_texte(zone.blocs))) == cle(champ.unite):
        return None  # l'unité imprimée, et rien devant
    try:
        if zone.vues:
            return _cases(zone, champ)
        return convertir(champ, zone.blocs) if zone.blocs else None
    except Illisible as raison:
        if not _n_est_qu_une_liste_d_options(champ, zone):
            morceaux.append(morceau_de(zone.blocs, str(raison), rubrique=zone.rubrique, champ=champ.id))
        return None


def _n_est_qu_une_liste_d_options(champ: Champ, zone: Zone) -> bool:
    """La trame vierge, sans cases, nomme toutes les réponses : personne n'a répondu."""
    try:
        tout = convertir(champ.model_copy(update={"options": (*champ.options, champ.options[0])}), zone.blocs)
    except (Illisible, IndexError):
        return False
    valeurs = tout.valeur if isinstance(tout.valeur, list) else [tout.valeur]
    return len(set(valeurs)) == len(champ.options)


def _cases(zone: Zone, champ: Champ) -> Lue | None:
    if champ.type == "cases":
        return Lue(normaliser(champ, zone.cochees))
    if len(zone.cochees) > 1:
        raise Illisible("Plusieurs cases sont cochées, une seule est attendue.")
    return Lue(zone.cochees[0]) if zone.cochees else None


def _tableau(lecteur: Lecteur, rubrique: str, champ: Champ, morceaux: list[Morceau]) -> Iterator[Proposition]:
    rangs = sorted({rang for c, rang, _ in lecteur.zones if c == champ.id})
    lignes: list[dict[str, Any]] = []
    confiance, raisons = 1.0, list[str]()
    for rang in rangs:
        ligne: dict[str, Any] = {}
        for colonne in champ.colonnes:
            zone = lecteur.zones.get((champ.id, rang, colonne.id))
            lue = _valeur(zone, colonne, morceaux) if zone else None
            if zone is None or lue is None or est_vide(colonne, lue.valeur):
                continue
            ligne[colonne.id] = lue.valeur
            confiance = min(confiance, zone.confiance, lue.confiance)
            raisons += [r for r in (*zone.raisons, lue.raison) if r and r not in raisons and r not in _SANS_DOUTE]
        if ligne:
            lignes.append(ligne)
    if not lignes:
        return
    trop = lignes[int(champ.maximum) :] if champ.maximum else []
    for ligne in trop:
        raison = f"{int(champ.maximum or 0)} fiches au plus"
        morceaux.append(Morceau(dire(champ, [ligne]), "", raison, rubrique, champ.id))
    gardees = lignes[: len(lignes) - len(trop)]
    yield Proposition(
        rubrique,
        champ.id,
        gardees,
        dire(champ, gardees),
        round(confiance, 2),
        " ; ".join(raisons[:4]) or "questions identiques",
    )


def _cocher_ce_qui_est_precise(trame: Trame, analyse: Analyse) -> None:
    """« Autres : précisez » est rempli : la case « Autres » l'est donc aussi, même si personne ne l'a cochée."""
    for _, champ in trame.champs():
        precision = analyse.proposition(champ.id)
        if champ.si is None or precision is None or (champ.si.contient is None and champ.si.vaut is None):
            continue
        autre, option = trame.champ(champ.si.champ), champ.si.contient or champ.si.vaut or ""
        deja = analyse.proposition(autre.id)
        if deja is not None and (autre.type == "choix" or option in deja.valeur):
            continue
        valeur = option if autre.type == "choix" else normaliser(autre, [*(deja.valeur if deja else []), option])
        nouvelle = Proposition(
            trame.rubrique_de(autre.id).id, autre.id, valeur, dire(autre, valeur),
            min(deja.confiance if deja else 0.9, 0.9), f"« {champ.libelle} » est rempli",
        )  # fmt: skip
        if deja is not None:
            analyse.propositions[analyse.propositions.index(deja)] = nouvelle
        else:
            analyse.propositions.insert(analyse.propositions.index(precision), nouvelle)


def dire(champ: Champ, valeur: Any) -> str:
    """La valeur en texte, pour la relire à côté de celle qui est en place."""
    if champ.type in {"cases", "choix"}:
        cles = valeur if isinstance(valeur, list) else [valeur]
        return "\n".join(o.libelle for c in cles if (o := champ.option(c)))
    if champ.type == "communes":
        return ", ".join(str(en_json(c)) for c in valeur)
    if champ.type == "tableau":
        fiches = []
        for rang, ligne in enumerate(valeur, start=1):
            titre = (champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang))
            cases = [f"{c.libelle.rstrip(' :')} : {dire(c, ligne[c.id])}" for c in champ.colonnes if c.id in ligne]
            fiches.append("\n".join([titre, *cases]))
        return "\n\n".join(fiches)
    if champ.type == "texte_riche":
        return texte_brut(valeur)
    return "" if valeur is None else str(valeur)
