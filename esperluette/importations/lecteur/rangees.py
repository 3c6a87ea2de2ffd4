"""Lire un tableau du document pendant le parcours."""

from typing import TYPE_CHECKING

from esperluette.importations.lecteur.blocs import Bloc, Cellule, lignes_de_texte, texte_de_case
from esperluette.importations.lecteur.reperes import Reconnu, Repere
from esperluette.importations.lecteur.tableaux import (
    colonnes_du_champ,
    est_une_grille_de_signatures,
    membres_du_tableau,
    transposer,
)
from esperluette.importations.lecteur.textes import cle, sans_remplissage
from esperluette.importations.lecteur.valeurs import communes_de
from esperluette.referentiel.modele import Champ

if TYPE_CHECKING:
    from esperluette.importations.lecteur.lecteur import Lecteur

_COMMUNES = frozenset({"commune", "communes", "nom de la commune", "communes concernees", "communes du territoire"})


def lire_tableau(lecteur: "Lecteur", tableau: Bloc) -> None:
    """Une liste de personnes, des lignes ou des fiches d'une question, un formulaire ; sinon, du texte."""
    lignes = [li for li in tableau.lignes if any(cle(sans_remplissage(texte_de_case(c))) for c in li)]
    if not lignes or est_une_grille_de_signatures(tableau) or _chiffres_publics(lignes[0]):
        return
    if max(len(li) for li in lignes) == 1 or (len(lignes) == 1 and len(lignes[0]) == 1):
        for ligne in lignes:
            lecteur.lire(ligne[0])
        return
    if _personnes(lecteur, tableau) or _communes(lecteur, tableau) or _lignes_ou_fiches(lecteur, tableau):
        return
    if _formulaire(lecteur, lignes):
        for ligne in lignes:
            for case in ligne:
                lecteur.lire(case)
        return
    if not all(lecteur.consignes.est_une(texte) for texte in lignes_de_texte(tableau)):
        lecteur.contenu(tableau)


def _chiffres_publics(entete: tuple[Cellule, ...]) -> bool:
    """Un encadré que le service a imprimé : ses chiffres se recalculent, ils ne se relisent pas."""
    return len(entete) > 1 and cle(texte_de_case(entete[0])) == "chiffres publics"


def _personnes(lecteur: "Lecteur", tableau: Bloc) -> bool:
    membres = membres_du_tableau(tableau, lecteur.professions)
    if membres is None:
        return False
    connus = {(cle(m.nom), cle(m.prenom)) for m in lecteur.membres}
    lecteur.membres += [m for m in membres if (cle(m.nom), cle(m.prenom)) not in connus]
    return True


def _communes(lecteur: "Lecteur", tableau: Bloc) -> bool:
    """Le tableau des communes d'une question de territoire."""
    entete = {cle(texte_de_case(c)) for c in tableau.lignes[0]}
    champ = lecteur.ici.champ
    if champ is None or champ.type != "communes":
        nommees = bool(entete & _COMMUNES) and len(entete) <= 3
        champs = [c for r in lecteur.ici.rubriques for c in lecteur.trame.rubrique(r).champs if c.type == "communes"]
        if not nommees or not champs:
            return False
        champ = champs[0]
    lecteur.ici.champ = champ
    if communes_de([tableau]):
        lecteur.contenu(tableau)
    return True


def _lignes_ou_fiches(lecteur: "Lecteur", tableau: Bloc) -> bool:
    """Un tableau dont l'en-tête (ou la première colonne) nomme les colonnes d'une question."""
    for rubrique in lecteur.ici.rubriques:
        for champ in lecteur.trame.rubrique(rubrique).champs:
            if champ.type != "tableau":
                continue
            colonnes = lecteur.reperes.colonnes_de(champ, rubrique)
            for lignes in (tableau.lignes, transposer(tableau)):
                for rang, entete in enumerate(lignes[:2]):
                    places = colonnes_du_champ([texte_de_case(c) for c in entete], colonnes)
                    remplies = sum(bool(cle(texte_de_case(c))) for c in entete)
                    if len(places) >= 2 and len(places) >= 0.5 * remplies:
                        _ranger(lecteur, champ, places, lignes[rang + 1 :])
                        return True
    return False


def _ranger(
    lecteur: "Lecteur", champ: Champ, places: dict[int, Repere], lignes: tuple[tuple[Cellule, ...], ...]
) -> None:
    ici = lecteur.ici
    ici.champ = ici.tableau = champ
    ici.rang = max((r for c, r, _ in lecteur.zones if c == champ.id), default=-1)
    colonnes = {c.id: c for c in champ.colonnes}
    ici.reconnu = Reconnu(Repere("champ", champ=champ.id), 0.95, "colonnes reconnues dans l’en-tête du tableau")
    for ligne in lignes:
        utiles = [(r, c) for r, c in enumerate(ligne) if r in places and cle(sans_remplissage(texte_de_case(c)))]
        if not utiles:
            continue
        ici.rang += 1
        for rang, case in utiles:
            ici.colonne = colonnes[places[rang].colonne]
            for bloc in case:
                lecteur.ecrire_dans_la_fiche(bloc)
    ici.colonne = None


def _formulaire(lecteur: "Lecteur", lignes: list[tuple[Cellule, ...]]) -> bool:
    """Un tableau de mise en page : des questions dans ses cases, et les réponses à côté."""
    for ligne in lignes:
        for case in ligne:
            if case and case[0].sorte != "tableau" and lecteur.nomme_un_repere(case[0]):
                return True
            if any(b.sorte == "tableau" for b in case):
                return True
    return False
