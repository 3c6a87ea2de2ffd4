"""Lire les demandes de compléments : ce qu'elles visent, ce qu'elles rouvrent, ce qui a changé depuis."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from esperluette.commun.comparaison import Segment, change_quelque_chose, comparer
from esperluette.complements.enums import EtatRemarque
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.comptes.enums import Role
from esperluette.comptes.models import Compte, Fonction
from esperluette.comptes.perimetres import perimetre_de
from esperluette.dossiers.affichage import valeur_lisible
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import trame_de, valeurs_de
from esperluette.dossiers.models import Depot, Dossier, PieceJointe
from esperluette.dossiers.registre import PIECES, Ouverture
from esperluette.referentiel.modele import Champ, Trame
from esperluette.territoires.models import Commune

GENERALE = ""
LIBELLE_PIECES, LIBELLE_GENERALE = "Pièces jointes", "Remarque générale"
VERROU = "L’ARS n’a pas fait de remarque ici : ce champ reste tel que déposé."


def brouillon_de(dossier: Dossier) -> DemandeDeComplements | None:
    """La demande qui se prépare, avec ses remarques."""
    return _lire(dossier.demandes.en_preparation())


def active_de(dossier: Dossier) -> DemandeDeComplements | None:
    """La demande qui attend l'équipe, avec ses remarques ; aucune requête si elle est préchargée."""
    if hasattr(dossier, "_demande_active"):
        prechargee: DemandeDeComplements | None = dossier._demande_active
        return prechargee
    return _lire(dossier.demandes.actives())


def retenir(dossier: Dossier, demande: DemandeDeComplements | None) -> None:
    """La demande qui attend l'équipe, déjà lue pour la page : `active_de` ne la relira pas."""
    dossier._demande_active = demande  # type: ignore[attr-defined]


def precharger(dossiers: Sequence[Dossier]) -> None:
    """Les demandes en cours de plusieurs dossiers, leurs remarques et leurs pièces, d'un coup."""
    concernes = [d for d in dossiers if d.etat == Etat.A_COMPLETER]
    if not concernes:
        return
    demandes = DemandeDeComplements.objects.actives().filter(dossier__in=concernes)
    lues = demandes.select_related("depot", "demandee_par").prefetch_related("remarques__repondue_par")
    par_dossier = {demande.dossier_id: demande for demande in lues}
    prefetch_related_objects(concernes, "pieces")
    for dossier in concernes:
        retenir(dossier, par_dossier.get(dossier.pk))


def _lire(demandes: Any) -> DemandeDeComplements | None:
    demande: DemandeDeComplements | None = (
        demandes.select_related("depot", "demandee_par").prefetch_related("remarques__repondue_par").first()
    )
    return demande


def demandes_de(dossier: Dossier) -> list[DemandeDeComplements]:
    """Toutes celles que l'équipe a reçues, la dernière d'abord ; trois requêtes."""
    return list(
        dossier.demandes.envoyees()
        .select_related("depot", "demandee_par")
        .prefetch_related("remarques__repondue_par", "remarques__levee_par", "remarques__suites__demande")
    )


# --- Ce qu'on peut remarquer, et ce que cela rouvre ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cible:
    """Ce qu'une remarque peut viser : un champ, les pièces, ou rien de précis."""

    cle: str
    libelle: str
    rubrique: str = ""
    rubrique_titre: str = ""


def cibles(trame: Trame) -> list[Cible]:
    """Tout ce qui se remarque dans un dépôt, dans l'ordre du document, puis les pièces."""
    champs = [
        Cible(champ.id, champ.libelle.rstrip(" :")[:500], rubrique.id, rubrique.intitule)
        for rubrique, champ in trame.champs()
    ]
    return [*champs, Cible(PIECES, LIBELLE_PIECES, "", LIBELLE_PIECES)]


def cible(trame: Trame, cle: str) -> Cible | None:
    """La cible d'une remarque, d'après sa clé ; une colonne de tableau vise son tableau."""
    if cle == GENERALE:
        return Cible(GENERALE, LIBELLE_GENERALE)
    return next((c for c in cibles(trame) if c.cle == cle.split("/")[0]), None)


def rouvrables(trame: Trame) -> list[tuple[str, str]]:
    """Ce qu'une remarque générale peut rouvrir : `(clé, intitulé)`."""
    rubriques = [(r.id, r.intitule) for r in trame.rubriques if r.champs]
    return [*rubriques, (PIECES, LIBELLE_PIECES)]


def ouverts_par(trame: Trame, remarques: Iterable[Remarque]) -> frozenset[str]:
    """Les champs (et `PIECES`) que ces remarques rouvrent, avec ceux qui n'existent que selon leur réponse."""
    ouverts: set[str] = set()
    for remarque in remarques:
        if remarque.champ:
            ouverts.add(remarque.champ)
            continue
        ouverts |= {PIECES} & set(remarque.ouvre)
        ouverts |= {c.id for r, c in trame.champs() if r.id in remarque.ouvre}
    restent = [c for _, c in trame.champs() if c.si is not None and c.id not in ouverts]
    while suite := [c for c in restent if c.si is not None and c.si.champ in ouverts and c.id not in ouverts]:
        ouverts |= {c.id for c in suite}
    return frozenset(ouverts)


def ce_qui_a_change(dossier: Dossier, depot: Depot, valeurs: Mapping[str, Any] | None = None) -> frozenset[str]:
    """Les champs (et `PIECES`) différents du dépôt, tels que l'équipe les a maintenant ; deux requêtes au plus."""
    valeurs = valeurs_de(dossier) if valeurs is None else valeurs
    avant = depot.contenu["reponses"]
    changes = {champ for champ, valeur in valeurs.items() if valeur != avant.get(champ)}
    pieces = {piece.pk for piece in _pieces_de(dossier)}
    if pieces != {p["piece"] for p in depot.contenu["pieces"]}:
        changes.add(PIECES)
    return frozenset(changes)


def _pieces_de(dossier: Dossier) -> Iterable[PieceJointe]:
    if "pieces" in getattr(dossier, "_prefetched_objects_cache", {}):
        return [piece for piece in dossier.pieces.all() if piece.retiree_le is None]
    return dossier.pieces.filter(retiree_le=None)


def est_prete(remarque: Remarque, trame: Trame, changes: frozenset[str]) -> bool:
    """Une réponse, ou un changement de ce qu'elle vise (ou rouvre)."""
    return bool(remarque.reponse.strip()) or bool(ouverts_par(trame, [remarque]) & changes)


def ouverture(dossier: Dossier) -> Ouverture | None:
    """La garde d'écriture : pendant une demande, seul ce qui est remarqué se rouvre. Cinq requêtes, sinon aucune."""
    if dossier.etat != Etat.A_COMPLETER:
        return None
    demande = active_de(dossier)
    if demande is None:
        return None
    trame, remarques = trame_de(dossier), list(demande.remarques.all())
    changes = ce_qui_a_change(dossier, demande.depot)
    compte: Counter[str] = Counter()
    for remarque in remarques:
        compte.update([remarque.champ] if remarque.champ else [])
    return Ouverture(
        ouverts=ouverts_par(trame, remarques),
        motif=VERROU,
        remarques=compte,
        restantes=sum(not est_prete(r, trame, changes) for r in remarques),
        total=len(remarques),
        avant_le=demande.avant_le,
        lien=reverse("complements:remarques", args=[dossier.reference]),
        geste="Répondre aux remarques de l’ARS",
    )


# --- Le retour de l'équipe -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retour:
    """Une remarque, la réponse de l'équipe, et ce qui a changé dans ce qu'elle visait."""

    remarque: Remarque
    etat: EtatRemarque
    changements: list["Changement"]


@dataclass(frozen=True, slots=True)
class Changement:
    """Un champ avant et après, mot à mot."""

    libelle: str
    segments: list[Segment]


def depot_en_reponse(demande: DemandeDeComplements) -> Depot | None:
    """Le dépôt par lequel l'équipe a répondu."""
    if demande.repondue_le is None:
        return None
    return demande.dossier.depots.filter(depose_le__gte=demande.repondue_le).order_by("depose_le", "pk").first()


def retours_de(demande: DemandeDeComplements) -> list[Retour]:
    """Chaque remarque, sa réponse, et les mots changés ; deux requêtes de plus que la demande."""
    trame, apres = trame_de(demande.dossier), depot_en_reponse(demande)
    remarques = list(demande.remarques.all())
    changements = _changements(trame, demande.depot, apres, ouverts_par(trame, remarques)) if apres else {}
    return [
        Retour(
            remarque,
            etat_du_retour(remarque),
            [changements[cle] for cle in _ordre(trame, ouverts_par(trame, [remarque])) if cle in changements],
        )
        for remarque in remarques
    ]


def etat_du_retour(remarque: Remarque) -> EtatRemarque:
    """Levée, redemandée, ou à relire ; d'après ce qui est préchargé."""
    if remarque.levee_le is not None:
        return EtatRemarque.LEVEE
    if any(suite.demande.annulee_le is None for suite in remarque.suites.all()):
        return EtatRemarque.REDEMANDEE
    return EtatRemarque.A_RELIRE


def _ordre(trame: Trame, ouverts: frozenset[str]) -> list[str]:
    return [c.id for _, c in trame.champs() if c.id in ouverts] + [PIECES] * (PIECES in ouverts)


def _changements(trame: Trame, avant: Depot, apres: Depot, cles: frozenset[str]) -> dict[str, Changement]:
    reponses = [avant.contenu["reponses"], apres.contenu["reponses"]]
    champs = [c for _, c in trame.champs() if c.id in cles]
    communes = _noms_des_communes(champs, reponses)
    rendus: dict[str, Changement] = {}
    for champ in champs:
        textes = [_texte(champ, valeurs.get(champ.id), communes) for valeurs in reponses]
        segments = comparer(*textes)
        if change_quelque_chose(segments):
            rendus[champ.id] = Changement(champ.libelle.rstrip(" :"), segments)
    if PIECES in cles:
        segments = comparer(_liste_des_pieces(avant), _liste_des_pieces(apres))
        if change_quelque_chose(segments):
            rendus[PIECES] = Changement(LIBELLE_PIECES, segments)
    return rendus


def _liste_des_pieces(depot: Depot) -> str:
    return "\n".join(f"{p['libelle']} ({p['nom']}, {p['empreinte'][:12]})" for p in depot.contenu["pieces"])


def _texte(champ: Champ, valeur: Any, communes: Mapping[str, str]) -> str:
    if champ.type != "tableau":
        return valeur_lisible(champ, valeur, communes)
    lignes = []
    for rang, ligne in enumerate(valeur or [], start=1):
        lignes.append((champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang)))
        for colonne in champ.colonnes:
            if texte := valeur_lisible(colonne, ligne.get(colonne.id), communes):
                lignes.append(f"{colonne.libelle.rstrip(' :')} : {texte}")
    return "\n".join(lignes)


def _noms_des_communes(champs: Sequence[Champ], reponses: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    codes = {code for c in champs if c.type == "communes" for valeurs in reponses for code in valeurs.get(c.id) or []}
    return {c.code: str(c) for c in Commune.objects.filter(code__in=codes)} if codes else {}


# --- À qui l'on écrit ----------------------------------------------------------------------------------


def autorites_de(commune: Commune) -> list[Compte]:
    """L'autorité de l'ARS en fonction pour cette commune ; deux requêtes."""
    fonctions = (
        Fonction.objects.actives()
        .filter(role=Role.AUTORITE, compte__is_active=True)
        .select_related("compte")
        .prefetch_related("epcis")
        .order_by("compte__nom", "pk")
    )
    return list(dict.fromkeys(f.compte for f in fonctions if perimetre_de([f]).contient(commune)))
