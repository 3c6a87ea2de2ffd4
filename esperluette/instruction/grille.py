"""La grille d'un dossier : la machine évalue les règles, l'agent confirme ou contredit ; le reste, il le juge."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission, non
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de, edition_de, trame_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.lectures import faits
from esperluette.equipes.models import Membre
from esperluette.instruction.models_fiche import LigneDeGrille, LigneEnConflit
from esperluette.journal.actions import consigner
from esperluette.referentiel.evaluation import EtatCritere, FormeNonCouverte, evaluer
from esperluette.referentiel.grilles import LIBELLES_DES_VOLETS, Grille, grille_de
from esperluette.referentiel.modele import Source
from esperluette.referentiel.verdicts import Verdict

REGLE = "regle:"  # ce qui distingue, dans une ligne, une règle de l'édition d'un critère de la grille
SANS_GRILLE = "edition"  # l'identifiant sous lequel se gardent les règles, sans grille écrite
CONFIRMER = {"confirme": "Je confirme", "contredit": "Je contredis"}
LONGUEUR = 4_000


class CritereInconnu(LookupError):
    """La grille de ce dossier n'a pas ce critère."""


@dataclass(frozen=True, slots=True)
class ConflitDeLigne:
    """Ce qu'un agent avait saisi pendant qu'un autre enregistrait : les deux se montrent."""

    pk: int
    auteur: str
    le_mien: bool
    reponse: str
    texte: str
    le: datetime


@dataclass(slots=True)
class LigneAMontrer:
    """Une question de la grille, ce qu'en dit la machine, ce qu'en a répondu l'instruction."""

    cle: str
    volet: str
    enonce: str
    aide: str
    valeurs: Mapping[str, str]
    source: Source
    verdict: Verdict | None = None
    champs: list[tuple[str, str]] = field(default_factory=list)  # ancre et libellé des champs visés
    valeur: str = ""
    texte: str = ""
    version: int = 0
    modifie_par: str = ""
    modifie_le: datetime | None = None
    conflits: list[ConflitDeLigne] = field(default_factory=list)
    erreur: str = ""

    @property
    def id(self) -> str:
        """L'identifiant HTML de son bloc."""
        return "critere-" + self.cle.replace(":", "--")

    @property
    def est_une_regle(self) -> bool:
        return self.cle.startswith(REGLE)

    @property
    def est_repondue(self) -> bool:
        return bool(self.valeur or (not self.valeurs and self.texte))

    @property
    def reponse(self) -> str:
        """Le libellé de la réponse, vide sans réponse."""
        return self.valeurs.get(self.valeur, "")


@dataclass(frozen=True, slots=True)
class GrilleDuDossier:
    """La grille et ses lignes, par volet. `ecriture` : l'agent peut y répondre, ou pourquoi pas."""

    libelle: str
    volets: list[tuple[str, list[LigneAMontrer]]]
    ecriture: Permission
    le: Any

    def lignes(self) -> Iterator[LigneAMontrer]:
        for _, lignes in self.volets:
            yield from lignes

    @property
    def repondues(self) -> int:
        return sum(ligne.est_repondue for ligne in self.lignes())

    @property
    def total(self) -> int:
        return sum(1 for _ in self.lignes())


@dataclass(frozen=True, slots=True)
class EnregistrementDeLigne:
    """Ce qu'a donné un envoi : la ligne en place, si elle a changé, et le conflit s'il y en a un."""

    ligne: LigneDeGrille
    change: bool
    conflit: LigneEnConflit | None = None


def peut_remplir(compte: Any, dossier: Dossier) -> Permission:
    """Répondre à la grille : un agent du périmètre, tant que le dossier n'est pas clos."""
    if dossier.etat in Etat.CLOS:
        return non("Ce dossier est clos : sa grille ne change plus.")
    return peut_instruire(compte, dossier)


def grille_d_instruction(dossier: Dossier) -> Grille | None:
    """Celle de l'édition du dossier pour sa démarche, sinon celle du socle, sinon aucune."""
    return grille_de(edition_de(dossier), dossier.demarche, "instruction")


def etats_des_regles(dossier: Dossier) -> dict[str, EtatCritere]:
    """Par critère de l'édition, le verdict de la machine, d'après la fiche de l'équipe aujourd'hui."""
    membres = Prefetch("membres", Membre.objects.select_related("commune", "compte"))
    prefetch_related_objects([dossier.equipe], membres, "communes", "declarations")
    try:
        evaluation = evaluer(
            edition_de(dossier),
            forme=dossier.equipe.forme_visee,
            faits=faits(dossier.equipe),
            le=timezone.localdate(),
            demarche=dossier.demarche,
        )
    except FormeNonCouverte:
        return {}
    return {e.critere.id: e for e in (*evaluation.criteres, *evaluation.attentions)}


def grille_du_dossier(dossier: Dossier, compte: Any) -> GrilleDuDossier:
    """Tout ce que montre l'onglet « Grille » : nombre de requêtes fixe."""
    grille, etats = grille_d_instruction(dossier), etats_des_regles(dossier)
    lignes = _lignes(dossier, grille, etats)
    reponses = {
        r.critere: r for r in dossier.lignes_de_grille.filter(grille=_cle(grille)).select_related("modifie_par")
    }
    conflits = LigneEnConflit.objects.filter(ligne__dossier=dossier, range_le=None).select_related("auteur")
    par_ligne: dict[int, list[LigneEnConflit]] = {}
    for conflit in conflits:
        par_ligne.setdefault(conflit.ligne_id, []).append(conflit)
    for ligne in lignes:
        reponse = reponses.get(ligne.cle)
        if reponse is not None:
            _completer(ligne, reponse, par_ligne.get(reponse.pk, []), compte)
    volets = [(titre, [x for x in lignes if x.volet == cle]) for cle, titre in LIBELLES_DES_VOLETS.items()]
    return GrilleDuDossier(
        libelle=grille.libelle if grille else "Règles de l’édition",
        volets=[(titre, siennes) for titre, siennes in volets if siennes],
        ecriture=peut_remplir(compte, dossier),
        le=timezone.localdate(),
    )


def _cle(grille: Grille | None) -> str:
    return grille.id if grille else SANS_GRILLE


def _lignes(dossier: Dossier, grille: Grille | None, etats: Mapping[str, EtatCritere]) -> list[LigneAMontrer]:
    """Les règles de l'édition que la grille ne reprend pas, puis les critères de la grille."""
    criteres = grille.criteres if grille else ()
    repris = {c.critere_edition for c in criteres}
    conditions = demarche_de(dossier).conditions
    regles = [
        LigneAMontrer(
            cle=REGLE + cle, volet="conformite", enonce=etat.critere.enonce, aide="", valeurs=CONFIRMER,
            source=etat.critere.source, verdict=etat.verdict,
        )
        for cle, etat in etats.items()
        if cle not in repris and (etat.critere.nature in {"composition", "attention"} or cle in conditions)
    ]  # fmt: skip
    places: dict[str, list[tuple[str, str]]] = {}
    for _, champ in trame_de(dossier).champs():
        places.setdefault(champ.cle_de_reprise, []).append((champ.id, champ.libelle.rstrip(" :")))
    return regles + [
        LigneAMontrer(
            cle=c.id, volet=c.volet, enonce=c.enonce, aide=c.aide, valeurs=c.valeurs, source=c.source,
            verdict=etats[c.critere_edition].verdict if c.critere_edition and c.critere_edition in etats else None,
            champs=[place for notion in c.notions for place in places.get(notion, ())],
        )
        for c in criteres
    ]  # fmt: skip


def _completer(ligne: LigneAMontrer, reponse: LigneDeGrille, conflits: list[LigneEnConflit], compte: Any) -> None:
    ligne.valeur, ligne.texte, ligne.version = reponse.valeur, reponse.texte, reponse.version
    ligne.modifie_par, ligne.modifie_le = str(reponse.modifie_par), reponse.modifie_le
    ligne.conflits = [
        ConflitDeLigne(c.pk, str(c.auteur), c.auteur_id == compte.pk, ligne.valeurs.get(c.valeur, ""), c.texte, c.le)
        for c in conflits
    ]


# --- Écrire -----------------------------------------------------------------------------------------


@transaction.atomic
def enregistrer_ligne(
    dossier: Dossier, critere: str, *, valeur: str, texte: str, version_lue: int, acteur: Compte
) -> EnregistrementDeLigne:
    """Enregistre une réponse si personne n'a écrit depuis `version_lue` (0 : jamais répondue).

    Sinon la saisie est gardée dans un `LigneEnConflit` et la réponse en place ne bouge pas. Lève `CritereInconnu`,
    `ErreurMetier` (réponse hors de l'échelle, contredire sans un mot, texte trop long) ou `Refus`.
    """
    dossier, grille = _verrouiller(dossier, acteur), grille_d_instruction(dossier)
    texte = _propre(texte)
    _valider(_valeurs_admises(dossier, grille, critere), critere, valeur, texte)
    ligne = LigneDeGrille.objects.select_related("modifie_par").filter(
        dossier=dossier, grille=_cle(grille), critere=critere
    ).first() or LigneDeGrille(dossier=dossier, grille=_cle(grille), critere=critere)
    if (ligne.valeur, ligne.texte) == (valeur, texte):
        return EnregistrementDeLigne(ligne, change=False)
    if ligne.version != version_lue:
        conflit, _ = LigneEnConflit.objects.get_or_create(
            ligne=ligne, auteur=acteur, valeur=valeur, texte=texte, range_le=None,
            defaults={"version_lue": max(version_lue, 0)},
        )  # fmt: skip
        return EnregistrementDeLigne(ligne, change=False, conflit=conflit)
    return EnregistrementDeLigne(_ecrire(ligne, valeur, texte, acteur), change=True)


def ligne_a_montrer(page: GrilleDuDossier, critere: str) -> LigneAMontrer:
    """La ligne de ce critère ; lève `CritereInconnu`."""
    for ligne in page.lignes():
        if ligne.cle == critere:
            return ligne
    raise CritereInconnu(critere)


@transaction.atomic
def ranger(conflit: LigneEnConflit, choix: str, *, acteur: Compte) -> LigneDeGrille:
    """Range un conflit : garder la saisie mise de côté (« autre »), ce qui est en place (« place ») ou les deux mots.

    Rejoué, sans effet. Lève `Refus`, ou `ErreurMetier` si le choix n'existe pas.
    """
    dossier = _verrouiller(conflit.ligne.dossier, acteur)
    conflit = LigneEnConflit.objects.select_related("ligne", "auteur").get(pk=conflit.pk)
    ligne = conflit.ligne
    ligne.dossier = dossier
    if conflit.range_le is not None:
        return ligne
    if choix not in {"autre", "place", "deux"}:
        raise ErreurMetier("Choisissez la réponse à garder.")
    if choix == "autre":
        ligne = _ecrire(ligne, conflit.valeur, conflit.texte, acteur)
    elif choix == "deux":
        ligne = _ecrire(ligne, ligne.valeur, "\n\n".join(filter(None, [ligne.texte, conflit.texte])), acteur)
    ligne.conflits.filter(range_le=None, auteur=conflit.auteur).update(range_le=timezone.now())
    return ligne


def _verrouiller(dossier: Dossier, acteur: Compte) -> Dossier:
    dossiers = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation")
    dossier = dossiers.get(pk=dossier.pk)
    permission = peut_remplir(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    return dossier


def _valeurs_admises(dossier: Dossier, grille: Grille | None, critere: str) -> Mapping[str, str]:
    if critere.startswith(REGLE):
        if critere.removeprefix(REGLE) not in {c.id for c in edition_de(dossier).criteres}:
            raise CritereInconnu(critere)
        return CONFIRMER
    try:
        if grille is None:
            raise KeyError(critere)
        return grille.critere(critere).valeurs
    except KeyError as erreur:
        raise CritereInconnu(critere) from erreur


def _enonce(dossier: Dossier, critere: str) -> str:
    """La question, telle que l'édition l'écrit : ce que le journal en dira."""
    if critere.startswith(REGLE):
        return edition_de(dossier).critere(critere.removeprefix(REGLE)).enonce
    grille = grille_d_instruction(dossier)
    return grille.critere(critere).enonce if grille else critere


def _valider(admises: Mapping[str, str], critere: str, valeur: str, texte: str) -> None:
    if valeur and valeur not in admises:
        raise ErreurMetier("Choisissez une des réponses proposées.")
    if critere.startswith(REGLE) and valeur == "contredit" and not texte:
        raise ErreurMetier("Dites en quelques mots pourquoi vous contredisez la machine.")


def _propre(texte: str) -> str:
    texte = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(texte) > LONGUEUR:
        raise ErreurMetier(f"Ce texte est trop long : {len(texte)} caractères, {LONGUEUR} au plus.")
    return texte


def _ecrire(ligne: LigneDeGrille, valeur: str, texte: str, acteur: Compte) -> LigneDeGrille:
    """Nouvelle version d'une ligne, déjà verrouillée avec son dossier. Le journal est celui de la ligne : interne."""
    ligne.valeur, ligne.texte, ligne.version = valeur, texte, ligne.version + 1
    ligne.modifie_par, ligne.modifie_le = acteur, timezone.now()
    ligne.save()
    enonce = _enonce(ligne.dossier, ligne.critere)
    consigner("grille_renseignee", ligne, acteur=acteur, critere=ligne.critere, enonce=enonce, reponse=valeur)
    marquer_un_mouvement(ligne.dossier)
    return ligne
