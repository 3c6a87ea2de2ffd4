"""Écrire dans un dossier. Rien de ce qui est saisi ne se perd : versions, conflits gardés, lignes restaurables."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.diagnostics import encart
from esperluette.dossiers.chemins import champ_du_chemin, nouvelle_ligne
from esperluette.dossiers.droits import peut_commenter, peut_rediger
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import demarche_de, trame_de
from esperluette.dossiers.lectures_pieces import validite
from esperluette.dossiers.models import Commentaire, Dossier, PieceJointe, Reponse, TexteEnConflit, VersionReponse
from esperluette.dossiers.registre import PIECES, ouvert_a_l_ecriture
from esperluette.fichiers.actions import empreinte_de, enregistrer
from esperluette.fichiers.vigilance import suspicions
from esperluette.journal.actions import consigner
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.trames import normaliser

LONGUEUR_COMMENTAIRE = 4000  # caractères


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """Ce qu'a donné un enregistrement : la valeur en place, sa version, et le conflit s'il y en a un."""

    valeur: Any
    version: int
    le: datetime
    change: bool
    conflit: TexteEnConflit | None = None
    avertissements: list[str] = field(default_factory=list)


def verrouiller(dossier: Dossier, acteur: Compte, chemin: str) -> Dossier:
    """Le dossier à jour, verrouillé le temps d'écrire `chemin` ; lève `Refus` si l'on ne peut pas l'écrire."""
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
    permission = peut_rediger(acteur, dossier) and ouvert_a_l_ecriture(dossier, chemin)
    if not permission:
        raise Refus(permission.motif)
    return dossier


def ecrire(reponse: Reponse, valeur: Any, sorte: SorteVersion, acteur: Compte) -> Reponse:
    """Nouvelle version d'une réponse déjà verrouillée avec son dossier."""
    reponse.valeur, reponse.version = valeur, reponse.version + 1
    reponse.modifie_le, reponse.modifie_par = timezone.now(), acteur
    if reponse.pk is None:
        reponse.save()
    else:
        reponse.save(update_fields=["valeur", "version", "modifie_le", "modifie_par"])
    VersionReponse.objects.create(
        reponse=reponse, numero=reponse.version, valeur=valeur, sorte=sorte, auteur=acteur, le=reponse.modifie_le
    )
    return reponse


def _lue(reponse: Reponse, version: int) -> Any:
    """La valeur qu'avait cette version ; None avant la première."""
    return reponse.versions.filter(numero=version).values_list("valeur", flat=True).first() if reponse.pk else None


def lire_ou_preparer(dossier: Dossier, chemin: str) -> Reponse:
    """La réponse de ce champ, ou celle qu'on va y écrire."""
    return Reponse.objects.filter(dossier=dossier, champ=chemin).select_related("modifie_par").first() or Reponse(
        dossier=dossier, champ=chemin, valeur=None, version=0
    )


@transaction.atomic
def enregistrer_reponse(
    dossier: Dossier,
    chemin: str,
    brut: Any,
    *,
    version_lue: int,
    acteur: Compte,
    sorte: SorteVersion = SorteVersion.SAISIE,
) -> Enregistrement:
    """Enregistre une valeur si personne n'a écrit depuis `version_lue` (0 : champ jamais rempli).

    Sinon la saisie est gardée dans un `TexteEnConflit` et la valeur en place ne bouge pas.
    Lève `CheminInconnu`, `ValeurRefusee` (saisie mal formée), `Refus` (pas le droit d'écrire).
    Nombre de requêtes fixe, quel que soit le dossier.
    """
    champ = champ_du_chemin(trame_de(dossier), chemin)
    valeur = normaliser(champ, brut)
    dossier = verrouiller(dossier, acteur, chemin)
    reponse = lire_ou_preparer(dossier, chemin)
    if champ.type == "chiffres":
        valeur = normaliser(champ, encart.retouchee(reponse.valeur, brut))
        if encart.memes_mots(_lue(reponse, version_lue), reponse.valeur):
            version_lue = reponse.version  # seuls les chiffres ont bougé depuis : les mots ne s'opposent pas
    avertissements = suspicions(encart.mots_de(valeur))
    if reponse.valeur == valeur:
        return Enregistrement(valeur, reponse.version, reponse.modifie_le, change=False, avertissements=avertissements)
    if reponse.version != version_lue:
        conflit, _ = TexteEnConflit.objects.get_or_create(
            reponse=reponse,
            auteur=acteur,
            valeur=valeur,
            range_le=None,
            defaults={"version_lue": version_lue},
        )
        return Enregistrement(reponse.valeur, reponse.version, reponse.modifie_le, False, conflit, avertissements)
    reponse = ecrire(reponse, valeur, sorte, acteur)
    return Enregistrement(valeur, reponse.version, reponse.modifie_le, change=True, avertissements=avertissements)


@transaction.atomic
def ranger_conflit(conflit: TexteEnConflit, brut: Any, *, acteur: Compte) -> Reponse:
    """Écrit le texte retenu (l'un, l'autre ou un mélange) et range le conflit ; les deux restent en historique."""
    dossier = verrouiller(conflit.reponse.dossier, acteur, conflit.reponse.champ)
    champ = champ_du_chemin(trame_de(dossier), conflit.reponse.champ)
    reponse = Reponse.objects.get(pk=conflit.reponse_id)
    valeur, proposee = (_sur_place(champ, reponse, lue) for lue in (brut, conflit.valeur))
    if not reponse.versions.filter(valeur=proposee).exists():
        reponse = ecrire(reponse, proposee, SorteVersion.SAISIE, conflit.auteur)
    if reponse.valeur != valeur:
        reponse = ecrire(reponse, valeur, SorteVersion.FUSION, acteur)
    reponse.conflits.filter(range_le=None, auteur=conflit.auteur).update(range_le=timezone.now())
    return reponse


def _sur_place(champ: Champ, reponse: Reponse, valeur: Any) -> Any:
    """La valeur à écrire : d'un champ de chiffres, les mots seuls ; ses chiffres ont pu changer depuis le conflit."""
    if champ.type != "chiffres":
        return normaliser(champ, valeur)
    return normaliser(champ, encart.avec_les_mots(reponse.valeur, valeur))


@transaction.atomic
def restaurer_version(dossier: Dossier, chemin: str, numero: int, *, acteur: Compte) -> Reponse:
    """Remet en place une valeur passée, comme une nouvelle version. Lève `ErreurMetier` si elle n'existe pas."""
    dossier = verrouiller(dossier, acteur, chemin)
    version = (
        VersionReponse.objects.filter(reponse__dossier=dossier, reponse__champ=chemin, numero=numero)
        .select_related("reponse")
        .first()
    )
    if version is None:
        raise ErreurMetier("Cette version n’existe pas.")
    if version.reponse.valeur == version.valeur:
        return version.reponse
    return ecrire(version.reponse, version.valeur, SorteVersion.RESTAURATION, acteur)


@transaction.atomic
def ajouter_ligne(dossier: Dossier, tableau: str, *, acteur: Compte, sorte: SorteVersion = SorteVersion.SAISIE) -> str:
    """Ajoute une ligne vide à un tableau et rend son identifiant ; lève `ErreurMetier` au-delà du maximum."""
    dossier, champ, reponse = _tableau(dossier, tableau, acteur)
    lignes = list(reponse.valeur or [])
    if champ.maximum is not None and len(lignes) >= champ.maximum:
        raise ErreurMetier(f"« {champ.libelle} » accepte au plus {champ.maximum:g} lignes.")
    ligne = nouvelle_ligne()
    ecrire(reponse, [*lignes, ligne], sorte, acteur)
    return ligne


@transaction.atomic
def retirer_ligne(
    dossier: Dossier, tableau: str, ligne: str, *, acteur: Compte, sorte: SorteVersion = SorteVersion.SAISIE
) -> None:
    """Retire une ligne ; ses cellules restent gardées, `retablir_ligne` la remet. Sans effet si elle n'y est plus."""
    dossier, _, reponse = _tableau(dossier, tableau, acteur)
    lignes = list(reponse.valeur or [])
    if ligne in lignes:
        ecrire(reponse, [autre for autre in lignes if autre != ligne], sorte, acteur)


@transaction.atomic
def retablir_ligne(dossier: Dossier, tableau: str, ligne: str, *, acteur: Compte) -> None:
    """Remet à la fin une ligne retirée, avec ce qu'elle contenait."""
    dossier, _, reponse = _tableau(dossier, tableau, acteur)
    lignes = list(reponse.valeur or [])
    deja_vue = any(ligne in (v.valeur or []) for v in reponse.versions.all()) if reponse.pk else False
    if not deja_vue:
        raise ErreurMetier("Cette ligne n’a jamais fait partie du tableau.")
    if ligne not in lignes:
        ecrire(reponse, [*lignes, ligne], SorteVersion.RESTAURATION, acteur)


@transaction.atomic
def deplacer_ligne(dossier: Dossier, tableau: str, ligne: str, *, de: int, acteur: Compte) -> None:
    """Monte (`de` = -1) ou descend (`de` = 1) une ligne d'une place ; sans effet aux extrémités."""
    dossier, _, reponse = _tableau(dossier, tableau, acteur)
    lignes = list(reponse.valeur or [])
    if ligne not in lignes:
        return
    place = lignes.index(ligne)
    cible = min(max(place + de, 0), len(lignes) - 1)
    if cible != place:
        lignes.insert(cible, lignes.pop(place))
        ecrire(reponse, lignes, SorteVersion.SAISIE, acteur)


def _tableau(dossier: Dossier, tableau: str, acteur: Compte) -> tuple[Dossier, Any, Reponse]:
    champ = champ_du_chemin(trame_de(dossier), tableau)
    if champ.type != "tableau":
        raise ErreurMetier("Ce champ n’est pas un tableau.")
    dossier = verrouiller(dossier, acteur, tableau)
    return dossier, champ, lire_ou_preparer(dossier, tableau)


@transaction.atomic
def joindre_piece(
    dossier: Dossier,
    televerse: "UploadedFile[Any]",
    *,
    libelle: str,
    acteur: Compte,
    nature: str = "",
    valable_jusqu_au: date | None = None,
) -> PieceJointe:
    """Joint un fichier contrôlé ; lève `FichierRefuse` (type, taille, nom) ou `Refus`. Rejoué, il ne double pas."""
    dossier = verrouiller(dossier, acteur, PIECES)
    empreinte = empreinte_de(televerse)
    meme = dossier.pieces.filter(fichier__empreinte=empreinte, nature=nature, retiree_le=None).first()
    if meme is not None:
        return meme
    fichier = enregistrer(televerse, acteur=acteur)
    piece = PieceJointe.objects.create(
        dossier=dossier,
        fichier=fichier,
        nature=nature,
        libelle=libelle.strip() or fichier.nom,
        jointe_par=acteur,
        valable_jusqu_au=validite(demarche_de(dossier), nature, valable_jusqu_au),
    )
    consigner("piece_jointe", dossier, acteur=acteur, piece=piece.pk, empreinte=fichier.empreinte)
    return piece


@transaction.atomic
def retirer_piece(piece: PieceJointe, *, acteur: Compte) -> None:
    """Retire une pièce du brouillon ; elle reste dans les dépôts où elle figurait."""
    dossier = verrouiller(piece.dossier, acteur, PIECES)
    if PieceJointe.objects.filter(pk=piece.pk, retiree_le=None).update(retiree_le=timezone.now()):
        consigner("piece_retiree", dossier, acteur=acteur, piece=piece.pk)


@transaction.atomic
def commenter(dossier: Dossier, chemin: str, texte: str, *, acteur: Compte) -> Commentaire:
    """Pose un commentaire sur un champ ; lève `Refus`, ou `ErreurMetier` si le texte est vide ou trop long."""
    champ_du_chemin(trame_de(dossier), chemin)
    # Sous verrou, un double envoi rend le commentaire déjà posé, même au même instant.
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
    permission = peut_commenter(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    # PostgreSQL refuse l'octet nul ; le navigateur compte un saut de ligne pour un signe.
    texte = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if not texte:
        raise ErreurMetier("Écrivez votre commentaire avant de l’envoyer.")
    if len(texte) > LONGUEUR_COMMENTAIRE:
        raise ErreurMetier(
            f"Votre commentaire compte {len(texte)} signes ; la limite est de {LONGUEUR_COMMENTAIRE} : partagez-le."
        )
    commentaire, _ = Commentaire.objects.get_or_create(
        dossier=dossier, champ=chemin, texte=texte, auteur=acteur, regle_le=None
    )
    return commentaire


@transaction.atomic
def regler_commentaire(commentaire: Commentaire, *, acteur: Compte) -> None:
    """Marque un commentaire comme réglé."""
    permission = peut_commenter(acteur, commentaire.dossier)
    if not permission:
        raise Refus(permission.motif)
    Commentaire.objects.filter(pk=commentaire.pk, regle_le=None).update(regle_le=timezone.now(), regle_par=acteur)
