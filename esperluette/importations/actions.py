"""Les gestes de l'import. Toute réponse s'écrit par la rédaction : droits, versions et conflits y sont les mêmes."""

from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.redaction import (
    ajouter_ligne,
    enregistrer_reponse,
    joindre_piece,
    restaurer_version,
    retirer_ligne,
    retirer_piece,
)
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.equipes.actions import ajouter_membre
from esperluette.equipes.models import Membre
from esperluette.fichiers.controle import DOCX, ODT
from esperluette.fichiers.noms import extension_de, nettoyer_nom
from esperluette.importations.droits import peut_annuler, peut_importer, peut_relire
from esperluette.importations.enums import Choix, EtatImportation, SortMorceau
from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur.valeurs import CommuneLue
from esperluette.importations.lectures import a_relire, en_place, fusionner, retrouver
from esperluette.importations.models import Importation, MembreTrouve, MorceauARanger, Proposition
from esperluette.importations.taches import TOUT_DE_SUITE, lire_le_fichier
from esperluette.journal.actions import consigner
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.trames import ValeurRefusee

NATURE = "trame_importee"
_CHANGEE = "Cette réponse a changé pendant votre relecture : relisez-la avant de choisir."


def deposer(dossier: Dossier, televerse: "UploadedFile[Any]", *, acteur: Compte) -> Importation:
    """Garde le fichier comme pièce et le lit : tout de suite s'il est petit, sinon en tâche de fond.

    Lève `TrameRefusee` ou `FichierRefuse` (le fichier), `Refus` (le droit), `ErreurMetier` (une relecture en cours).
    Le même fichier, envoyé deux fois, ne fait qu'une importation.
    """
    importation = _deposer(dossier, televerse, acteur=acteur)
    if importation.etat == EtatImportation.EN_LECTURE and importation.piece.fichier.taille <= TOUT_DE_SUITE:
        lire_le_fichier.call(importation.pk)
        importation.refresh_from_db()
    return importation


@transaction.atomic
def _deposer(dossier: Dossier, televerse: "UploadedFile[Any]", *, acteur: Compte) -> Importation:
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
    _exiger(peut_importer(acteur, dossier))
    nom = nettoyer_nom(televerse.name or "")
    if extension_de(nom) not in (*DOCX.extensions, *ODT.extensions):
        raise TrameRefusee(
            f"« {nom} » n’est pas une trame Word (.docx) ou LibreOffice (.odt). Ouvrez-la dans votre traitement de "
            "texte et enregistrez-la dans l’un de ces formats."
        )
    piece = joindre_piece(dossier, televerse, libelle=f"Trame importée : {nom}"[:200], nature=NATURE, acteur=acteur)
    ouverte = dossier.importations.ouvertes().select_related("piece__fichier").first()
    if ouverte is not None and ouverte.piece_id == piece.pk:
        return ouverte
    if ouverte is not None:
        raise ErreurMetier("Une trame est déjà en cours de relecture : terminez-la ou abandonnez-la avant une autre.")
    importation = Importation.objects.create(dossier=dossier, piece=piece, deposee_par=acteur)
    consigner("trame_deposee", dossier, acteur=acteur, importation=importation.pk, piece=piece.pk)
    if piece.fichier.taille > TOUT_DE_SUITE:
        transaction.on_commit(partial(lire_le_fichier.enqueue, importation.pk))
    return importation


# --- Une proposition ---------------------------------------------------------------------------


@transaction.atomic
def decider(proposition: Proposition, choix: Choix, *, version_lue: int, acteur: Compte) -> Proposition:
    """Prend, garde ou met à la suite. Sans effet si c'est déjà fait ; un autre choix défait d'abord le premier.

    Lève `Conflit` si la réponse a changé depuis `version_lue`, `Refus`, `ErreurMetier` si la trame refuse la valeur.
    """
    importation = _verrouiller(proposition.importation_id)
    _exiger(peut_relire(acteur, importation))
    proposition = Proposition.objects.get(pk=proposition.pk)
    if proposition.choix == choix:
        return proposition
    if proposition.ecrits:
        _defaire(importation.dossier, proposition.ecrits, acteur)
        version_lue = _version(importation.dossier, proposition.champ)
    ecrits: list[dict[str, Any]] = []
    if choix != Choix.GARDER:
        champ = trame_de(importation.dossier).champ(proposition.champ)
        ecrits = _ecrire(
            importation.dossier, champ, proposition.valeur, suite=choix == Choix.SUITE, version_lue=version_lue,
            acteur=acteur,
        )  # fmt: skip
    return _noter(proposition, choix, ecrits, acteur)


@transaction.atomic
def tout_prendre(importation: Importation, *, acteur: Compte) -> int:
    """Prend tout ce qui ne remplace rien : les propositions dont la réponse est vide. Rend leur nombre."""
    importation = _verrouiller(importation.pk)
    _exiger(peut_relire(acteur, importation))
    prises = 0
    for relecture in a_relire(importation).a_decider:
        if not relecture.en_place.vide:
            continue
        ecrits = _ecrire(
            importation.dossier, relecture.champ, relecture.proposition.valeur, suite=False,
            version_lue=relecture.en_place.version, acteur=acteur,
        )  # fmt: skip
        _noter(relecture.proposition, Choix.PRENDRE, ecrits, acteur)
        prises += 1
    if prises:
        consigner("trame_reprise", importation.dossier, acteur=acteur, importation=importation.pk, nombre=prises)
    return prises


@transaction.atomic
def revenir(proposition: Proposition, *, acteur: Compte) -> Proposition:
    """Défait un choix : la réponse d'avant revient, en nouvelle version. Lève `Conflit` si elle a bougé depuis."""
    importation = _verrouiller(proposition.importation_id)
    _exiger(peut_annuler(acteur, importation))
    proposition = Proposition.objects.get(pk=proposition.pk)
    _defaire(importation.dossier, proposition.ecrits, acteur)
    proposition.choix, proposition.ecrits, proposition.decidee_le, proposition.decidee_par = "", [], None, None
    proposition.save(update_fields=["choix", "ecrits", "decidee_le", "decidee_par"])
    return proposition


@transaction.atomic
def tout_annuler(importation: Importation, *, acteur: Compte) -> tuple[int, int]:
    """Défait tous les choix ; rend (réponses rendues, réponses laissées parce que quelqu'un les a changées depuis)."""
    importation = _verrouiller(importation.pk)
    _exiger(peut_annuler(acteur, importation))
    rendues = laissees = 0
    decides: list[Proposition | MorceauARanger] = [
        *importation.propositions.exclude(choix=""), *importation.morceaux.exclude(sort=""),
    ]  # fmt: skip
    for decide in sorted(decides, key=_quand, reverse=True):
        try:
            with transaction.atomic():
                (
                    revenir(decide, acteur=acteur)
                    if isinstance(decide, Proposition)
                    else reprendre(decide, acteur=acteur)
                )
            rendues += bool(decide.ecrits)
        except Conflit:
            laissees += 1
    if rendues:
        consigner("import_annule", importation.dossier, acteur=acteur, importation=importation.pk, nombre=rendues)
    return rendues, laissees


def _quand(decide: Proposition | MorceauARanger) -> Any:
    return (decide.decidee_le if isinstance(decide, Proposition) else decide.decide_le) or timezone.now()


# --- Un morceau --------------------------------------------------------------------------------


@transaction.atomic
def ranger(morceau: MorceauARanger, champ_id: str, *, acteur: Compte) -> MorceauARanger:
    """Met ce morceau à la suite de la réponse choisie (une question à texte) ; sans effet s'il est déjà rangé."""
    importation = _verrouiller(morceau.importation_id)
    _exiger(peut_relire(acteur, importation))
    morceau = MorceauARanger.objects.get(pk=morceau.pk)
    if morceau.sort == SortMorceau.RANGE:
        return morceau
    champ = next((c for _, c in trame_de(importation.dossier).champs() if c.id == champ_id), None)
    if champ is None or champ.type not in {"texte", "texte_riche"}:
        raise ErreurMetier("Choisissez une question où ranger ce texte.")
    valeur = (morceau.html or morceau.texte) if champ.type == "texte_riche" else morceau.texte
    version = _version(importation.dossier, champ.id)
    ecrits = _ecrire(importation.dossier, champ, valeur, suite=True, version_lue=version, acteur=acteur)
    return _noter_morceau(morceau, SortMorceau.RANGE, ecrits, acteur, champ=champ.id)


@transaction.atomic
def ecarter(morceau: MorceauARanger, *, acteur: Compte) -> MorceauARanger:
    """Laisse ce morceau de côté ; il reste lisible, et se reprend."""
    importation = _verrouiller(morceau.importation_id)
    _exiger(peut_relire(acteur, importation))
    morceau = MorceauARanger.objects.get(pk=morceau.pk)
    if morceau.sort:
        return morceau
    return _noter_morceau(morceau, SortMorceau.ECARTE, [], acteur)


@transaction.atomic
def reprendre(morceau: MorceauARanger, *, acteur: Compte) -> MorceauARanger:
    """Remet ce morceau à ranger ; s'il l'était, la réponse d'avant revient."""
    importation = _verrouiller(morceau.importation_id)
    _exiger(peut_annuler(acteur, importation))
    morceau = MorceauARanger.objects.get(pk=morceau.pk)
    _defaire(importation.dossier, morceau.ecrits, acteur)
    morceau.sort, morceau.ecrits, morceau.decide_le, morceau.decide_par = "", [], None, None
    morceau.save(update_fields=["sort", "ecrits", "decide_le", "decide_par"])
    return morceau


# --- Une personne ------------------------------------------------------------------------------


@transaction.atomic
def ajouter_a_l_equipe(trouvee: MembreTrouve, *, acteur: Compte) -> Membre:
    """Ajoute cette personne à l'équipe, par le geste de l'équipe (donc avec ses droits) ; l'inviter reste à faire.

    Lève `Refus`, ou `ErreurMetier` si la fiche est incomplète.
    """
    importation = _verrouiller(trouvee.importation_id)
    trouvee = MembreTrouve.objects.select_related("membre").get(pk=trouvee.pk)
    if trouvee.membre is not None:
        return trouvee.membre
    equipe = importation.dossier.equipe
    codes, _ = retrouver([CommuneLue(trouvee.commune)] if trouvee.commune else [], equipe.implantation)
    membre = ajouter_membre(
        equipe,
        acteur=acteur,
        nom=trouvee.nom,
        prenom=trouvee.prenom,
        professionnel=bool(trouvee.code_profession),
        profession=trouvee.code_profession,
        savoir_faire=trouvee.savoir_faire,
        metier="" if trouvee.code_profession else trouvee.profession,
        rpps=trouvee.rpps,
        courriel=trouvee.courriel,
        commune=type(equipe.implantation)._default_manager.get(pk=codes[0]) if codes else None,
    )
    trouvee.membre = membre
    trouvee.save(update_fields=["membre"])
    return membre


@transaction.atomic
def ecarter_la_personne(trouvee: MembreTrouve, *, acteur: Compte) -> None:
    """Ne propose plus cette personne."""
    _exiger(peut_relire(acteur, _verrouiller(trouvee.importation_id)))
    MembreTrouve.objects.filter(pk=trouvee.pk, ecarte_le=None).update(ecarte_le=timezone.now())


# --- La relecture ------------------------------------------------------------------------------


@transaction.atomic
def terminer(importation: Importation, *, acteur: Compte) -> Importation:
    """Clôt la relecture ; ce qui n'est pas décidé reste lisible, et les réponses telles qu'elles sont."""
    return _clore(importation, EtatImportation.TERMINEE, acteur)


@transaction.atomic
def abandonner(importation: Importation, *, acteur: Compte) -> Importation:
    """Clôt la relecture et retire le fichier des pièces jointes ; les réponses déjà prises restent."""
    importation = _clore(importation, EtatImportation.ABANDONNEE, acteur)
    retirer_piece(importation.piece, acteur=acteur)
    return importation


def _clore(importation: Importation, etat: EtatImportation, acteur: Compte) -> Importation:
    importation = _verrouiller(importation.pk)
    if importation.etat == etat:
        return importation
    _exiger(peut_relire(acteur, importation))
    importation.etat, importation.close_le = etat, timezone.now()
    importation.save(update_fields=["etat", "close_le"])
    consigner("relecture_close", importation.dossier, acteur=acteur, importation=importation.pk, etat=etat.value)
    return importation


# --- Écrire et défaire -------------------------------------------------------------------------


def _verrouiller(pk: int) -> Importation:
    importation = (
        Importation.objects.select_for_update(of=("self",))
        .select_related("dossier__equipe__implantation", "piece__dossier__equipe", "piece__fichier")
        .get(pk=pk)
    )
    return importation


def _exiger(permission: Permission) -> None:
    if not permission:
        raise Refus(permission.motif)


def _version(dossier: Dossier, chemin: str) -> int:
    return Reponse.objects.filter(dossier=dossier, champ=chemin).values_list("version", flat=True).first() or 0


def _ecrire(
    dossier: Dossier, champ: Champ, valeur: Any, *, suite: bool, version_lue: int, acteur: Compte
) -> list[dict[str, Any]]:
    """Écrit la valeur, et rend ce qui a changé : chemin, version d'avant, version d'après."""
    reponse = Reponse.objects.filter(dossier=dossier, champ=champ.id).first()
    avant = reponse.version if reponse else 0
    if avant != version_lue:
        raise Conflit(_CHANGEE)
    if champ.type == "tableau":
        _ecrire_le_tableau(
            dossier, champ, valeur, [] if suite else list(reponse.valeur or []) if reponse else [], acteur
        )
    else:
        brut = valeur
        if suite:  # après ce que la page montrait, y compris ce que la fiche de l'équipe préremplit
            brut = fusionner(champ, en_place(dossier, trame_de(dossier))[champ.id].valeur, valeur)
        try:
            rendu = enregistrer_reponse(
                dossier, champ.id, brut, version_lue=avant, acteur=acteur, sorte=SorteVersion.IMPORT
            )
        except ValeurRefusee as refus:
            raise ErreurMetier(f"« {champ.libelle} » : {refus}") from refus
        if rendu.conflit is not None:
            raise Conflit(_CHANGEE)
    apres = _version(dossier, champ.id)
    return [{"chemin": champ.id, "avant": avant, "apres": apres}] if apres != avant else []


def _ecrire_le_tableau(
    dossier: Dossier, champ: Champ, lignes: list[dict[str, Any]], retirees: list[str], acteur: Compte
) -> None:
    """Ajoute ces lignes ; celles qu'elles remplacent gardent leurs cases et se remettent."""
    for retiree in retirees:
        retirer_ligne(dossier, champ.id, retiree, acteur=acteur, sorte=SorteVersion.IMPORT)
    for ligne in lignes:
        cle = ajouter_ligne(dossier, champ.id, acteur=acteur, sorte=SorteVersion.IMPORT)
        for colonne, valeur in ligne.items():
            try:
                enregistrer_reponse(
                    dossier, f"{champ.id}/{cle}/{colonne}", valeur, version_lue=0, acteur=acteur,
                    sorte=SorteVersion.IMPORT,
                )  # fmt: skip
            except ValeurRefusee as refus:
                raise ErreurMetier(f"« {champ.libelle} » : {refus}") from refus


def _defaire(dossier: Dossier, ecrits: list[dict[str, Any]], acteur: Compte) -> None:
    """Remet la version d'avant, si personne n'a écrit depuis ; sinon lève `Conflit` sans rien changer."""
    for ecrit in reversed(ecrits):
        if _version(dossier, ecrit["chemin"]) != ecrit["apres"]:
            raise Conflit("Cette réponse a été modifiée depuis : son historique garde toutes ses versions.")
        if ecrit["avant"]:
            restaurer_version(dossier, ecrit["chemin"], ecrit["avant"], acteur=acteur)
        else:
            enregistrer_reponse(
                dossier, ecrit["chemin"], None, version_lue=ecrit["apres"], acteur=acteur,
                sorte=SorteVersion.RESTAURATION,
            )  # fmt: skip


def _noter(proposition: Proposition, choix: Choix, ecrits: list[dict[str, Any]], acteur: Compte) -> Proposition:
    proposition.choix, proposition.ecrits = choix, ecrits
    proposition.decidee_le, proposition.decidee_par = timezone.now(), acteur
    proposition.save(update_fields=["choix", "ecrits", "decidee_le", "decidee_par"])
    return proposition


def _noter_morceau(
    morceau: MorceauARanger, sort: SortMorceau, ecrits: list[dict[str, Any]], acteur: Compte, *, champ: str = ""
) -> MorceauARanger:
    morceau.sort, morceau.ecrits, morceau.champ = sort, ecrits, champ or morceau.champ
    morceau.decide_le, morceau.decide_par = timezone.now(), acteur
    morceau.save(update_fields=["sort", "ecrits", "champ", "decide_le", "decide_par"])
    return morceau
