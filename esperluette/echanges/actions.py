"""Écrire dans le fil d'un dossier, noter entre agents, tenir les réponses types."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.dossiers.models import Dossier
from esperluette.echanges import courriels
from esperluette.echanges.droits import peut_ecrire, peut_noter, peut_tenir_les_reponses
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.echanges.lectures import collegues_de, deja_envoye, mentionnes
from esperluette.echanges.models import (
    LONGUEUR,
    BrouillonDeMessage,
    Lecture,
    Message,
    NoteInterne,
    PieceDeMessage,
    ReponseType,
)
from esperluette.equipes.droits import membre_de
from esperluette.fichiers.actions import FichierRefuse, enregistrer
from esperluette.fichiers.models import Fichier
from esperluette.journal.actions import consigner
from esperluette.territoires.models import Region

PIECES_AU_PLUS = 5


def ecrire(
    dossier: Dossier,
    *,
    acteur: Compte,
    texte: str,
    pieces: Sequence[Any] = (),
    cote: Cote | None = None,
    rubrique: str = "",
    jeton: uuid.UUID | None = None,
) -> Message:
    """Envoie un message dans le fil et prévient l'autre côté, une fois par personne.

    `cote` : de quel côté on parle ; sans lui, celui de l'équipe pour un de ses membres, sinon l'ARS. Le même `jeton`
    envoyé deux fois rend le premier message. Lève `Refus`, `FichierRefuse` ou `ErreurMetier` ; rien n'est alors écrit.
    """
    if len(pieces) > PIECES_AU_PLUS:
        raise FichierRefuse(f"Joignez {PIECES_AU_PLUS} fichiers au plus par message ; envoyez les autres à la suite.")
    gardes: list[Fichier] = []
    try:
        return _ecrire(dossier, acteur, _lisible(texte), pieces, cote, rubrique, jeton or uuid.uuid4(), gardes)
    except BaseException:
        for fichier in gardes:  # ce qu'une transaction défaite laisse sur le disque
            fichier.contenu.storage.delete(str(fichier.contenu.name))
        raise


@transaction.atomic
def _ecrire(
    dossier: Dossier,
    acteur: Compte,
    texte: str,
    pieces: Sequence[Any],
    cote: Cote | None,
    rubrique: str,
    jeton: uuid.UUID,
    gardes: list[Fichier],
) -> Message:
    dossier = _verrouiller(dossier)
    cote = cote or (Cote.EQUIPE if membre_de(acteur, dossier.equipe) else Cote.ARS)
    if not (permission := peut_ecrire(acteur, dossier, cote)):
        raise Refus(permission.motif)
    deja = Message.objects.filter(dossier=dossier, auteur=acteur, jeton=jeton).first()
    if deja is not None:
        return deja
    if not texte:
        raise ErreurMetier("Écrivez votre message avant de l’envoyer.")
    message = Message.objects.create(
        dossier=dossier, auteur=acteur, cote=cote, rubrique=rubrique, texte=texte, jeton=jeton
    )
    for piece in pieces:
        gardes.append(enregistrer(piece, acteur=acteur))
        PieceDeMessage.objects.create(message=message, fichier=gardes[-1])
    _oublier_le_brouillon(dossier, acteur, Ecrit.MESSAGE)
    marquer_un_mouvement(dossier)
    consigner("message_envoye", dossier, acteur=acteur, message=message.pk, cote=cote, pieces=len(gardes))
    courriels.message_envoye(message)
    return message


@transaction.atomic
def marquer_lu(dossier: Dossier, *, acteur: Compte, messages: Iterable[Message]) -> None:
    """Ce compte a lu le fil jusqu'au dernier de ces messages ; ne revient jamais en arrière."""
    jusqu_au = max((m.envoye_le for m in messages), default=None)
    if jusqu_au is None:
        return
    lecture, neuve = Lecture.objects.get_or_create(dossier=dossier, compte=acteur, defaults={"lu_le": jusqu_au})
    if not neuve:
        Lecture.objects.filter(pk=lecture.pk, lu_le__lt=jusqu_au).update(lu_le=jusqu_au)


@transaction.atomic
def garder_le_brouillon(
    dossier: Dossier, *, acteur: Compte, texte: str, ecrit: Ecrit, jeton: uuid.UUID, rubrique: str = ""
) -> BrouillonDeMessage | None:
    """Garde ce qui est en cours d'écriture, pour cette personne seule ; un texte vide l'oublie.

    L'écho tardif d'un formulaire déjà envoyé (`jeton`) n'est pas gardé.
    """
    dossier = _verrouiller(dossier)
    texte = texte.replace("\x00", "")[:LONGUEUR]
    if not texte.strip() or deja_envoye(dossier, acteur, ecrit, jeton):
        if not texte.strip():
            _oublier_le_brouillon(dossier, acteur, ecrit)
        return None
    brouillon, _ = BrouillonDeMessage.objects.update_or_create(
        dossier=dossier,
        compte=acteur,
        ecrit=ecrit,
        defaults={"texte": texte, "rubrique": rubrique, "modifie_le": timezone.now()},
    )
    return brouillon


@transaction.atomic
def noter(
    dossier: Dossier,
    *,
    acteur: Compte,
    texte: str,
    rubrique: str = "",
    prevenir: Iterable[Compte] = (),
    jeton: uuid.UUID | None = None,
) -> NoteInterne:
    """Écrit une note interne et prévient les collègues choisis ou appelés par « @Prénom Nom ».

    Elle a sa propre chaîne au journal : celle du dossier se lit côté équipe.
    """
    dossier, texte, jeton = _verrouiller(dossier), _lisible(texte), jeton or uuid.uuid4()
    if not (permission := peut_noter(acteur, dossier)):
        raise Refus(permission.motif)
    deja = NoteInterne.objects.filter(dossier=dossier, auteur=acteur, jeton=jeton).first()
    if deja is not None:
        return deja
    if not texte:
        raise ErreurMetier("Écrivez votre note avant de l’enregistrer.")
    note = NoteInterne.objects.create(dossier=dossier, auteur=acteur, texte=texte, rubrique=rubrique, jeton=jeton)
    collegues = collegues_de(dossier, acteur)
    choisis = {c.pk for c in prevenir} | {c.pk for c in mentionnes(texte, collegues)}
    prevenus = [c for c in collegues if c.pk in choisis]
    note.prevenus.set(prevenus)
    _oublier_le_brouillon(dossier, acteur, Ecrit.NOTE)
    marquer_un_mouvement(dossier)
    consigner("note_interne", note, acteur=acteur, dossier=dossier.pk, prevenus=[c.pk for c in prevenus])
    courriels.mention(note, prevenus)
    return note


# --- Les réponses types ---------------------------------------------------------------------------


@transaction.atomic
def creer_reponse_type(region: Region, *, acteur: Compte, intitule: str, texte: str) -> ReponseType:
    """Ajoute une réponse type à une région ; lève `Refus`, ou `Conflit` si l'intitulé est pris."""
    _exiger_la_tenue(acteur, region)
    reponse = ReponseType(region=region, intitule=intitule.strip(), texte=_lisible(texte), modifiee_par=acteur)
    _enregistrer_reponse(reponse, "reponse_type_creee")
    return reponse


@transaction.atomic
def modifier_reponse_type(reponse: ReponseType, *, acteur: Compte, intitule: str, texte: str) -> ReponseType:
    """Change l'intitulé et le texte ; ce qui a déjà été envoyé ne change pas."""
    _exiger_la_tenue(acteur, reponse.region)
    reponse = ReponseType.objects.select_for_update(of=("self",)).select_related("region").get(pk=reponse.pk)
    reponse.intitule, reponse.texte, reponse.modifiee_par = intitule.strip(), _lisible(texte), acteur
    _enregistrer_reponse(reponse, "reponse_type_modifiee")
    return reponse


@transaction.atomic
def activer_reponse_type(reponse: ReponseType, *, acteur: Compte, actif: bool) -> None:
    """Propose de nouveau une réponse type, ou cesse de la proposer ; elle n'est jamais supprimée."""
    _exiger_la_tenue(acteur, reponse.region)
    change = ReponseType.objects.filter(pk=reponse.pk, actif=not actif).update(
        actif=actif, modifiee_par=acteur, modifiee_le=timezone.now()
    )
    if change:
        consigner("reponse_type_reactivee" if actif else "reponse_type_desactivee", reponse, acteur=acteur)


def _enregistrer_reponse(reponse: ReponseType, sorte: str) -> None:
    if not (reponse.intitule and reponse.texte):
        raise ErreurMetier("Une réponse type a un intitulé et un texte.")
    reponse.modifiee_le = timezone.now()
    try:
        with transaction.atomic():
            reponse.save()
    except IntegrityError:
        raise Conflit("Une réponse type de cette région porte déjà cet intitulé.") from None
    consigner(sorte, reponse, acteur=reponse.modifiee_par)


def _exiger_la_tenue(acteur: Compte, region: Region) -> None:
    if not (permission := peut_tenir_les_reponses(acteur, region)):
        raise Refus(permission.motif)


def _verrouiller(dossier: Dossier) -> Dossier:
    """Le dossier sous verrou : deux envois du même formulaire se suivent, le second voit le premier."""
    verrouille = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation__departement")
    return verrouille.get(pk=dossier.pk)


def _oublier_le_brouillon(dossier: Dossier, acteur: Compte, ecrit: Ecrit) -> None:
    BrouillonDeMessage.objects.filter(dossier=dossier, compte=acteur, ecrit=ecrit).delete()


def _lisible(texte: str) -> str:
    """Le texte sans octet nul ni blanc autour ; lève `ErreurMetier` s'il est démesuré."""
    texte = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(texte) > LONGUEUR:
        raise ErreurMetier(f"Ce texte compte {len(texte)} signes ; la limite est de {LONGUEUR}. Coupez-le en deux.")
    return texte
