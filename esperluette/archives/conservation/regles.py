"""Ce que chaque règle désigne, qui elle prévient, et comment elle efface. Les durées, elles, sont des données."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from esperluette.archives.conservation import orphelins
from esperluette.archives.conservation.comptes import effacer_le_compte, obstacles
from esperluette.archives.enums import EtatArchive
from esperluette.archives.models import Archive
from esperluette.comptes.models import CodeConfirmation, Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.equipes.models import Invitation
from esperluette.fichiers.models import Fichier
from esperluette.interlocuteurs.enums import EtatDeDemande
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.journal.actions import consigner
from esperluette.notifications.enums import Etat as EtatDeCourriel
from esperluette.notifications.models import Courriel


class Retenu(Exception):
    """Cet objet se garde quand même ; le texte dit pourquoi."""


@dataclass(frozen=True, slots=True)
class Regle:
    """`candidats(avant)` : ce qui n'a pas servi depuis ; `a_qui(objet)` : qui prévenir ; `quoi(objet)` : en mots.

    `retenue(objet)` : pourquoi il se garde quand même, avant même de prévenir ; vide s'il peut partir.
    """

    candidats: Callable[[datetime], models.QuerySet[Any]]
    effacer: Callable[[Any], None]
    a_qui: Callable[[Any], Iterable[Any]] | None = None
    quoi: Callable[[Any], str] = str
    retenue: Callable[[Any], str] | None = None


def _supprimer(objet: models.Model) -> None:
    try:
        with transaction.atomic():
            objet.delete()
    except models.ProtectedError as erreur:
        raise Retenu("Autre chose s’y rattache encore.") from erreur


# --- Un par un -----------------------------------------------------------------------------------------


def _archives(avant: datetime) -> models.QuerySet[Archive]:
    return Archive.objects.exclude(etat__in=(EtatArchive.EN_FILE, EtatArchive.EN_COURS, EtatArchive.PRETE)).filter(
        Q(expire_le__lt=avant) | Q(expire_le=None, demandee_le__lt=avant)
    )


def _effacer_le_fichier(fichier: Fichier) -> None:
    nom = str(fichier.contenu.name)
    _supprimer(fichier)
    default_storage.delete(nom)


def _invitations(avant: datetime) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(acceptee_le=None, echeance__lt=avant)


def _courriels(avant: datetime) -> models.QuerySet[Courriel]:
    finis = Courriel.objects.exclude(etat=EtatDeCourriel.A_ENVOYER)
    return finis.filter(Q(envoye_le__lt=avant) | Q(envoye_le=None, cree_le__lt=avant))


def _rencontres(avant: datetime) -> models.QuerySet[DemandeDeRencontre]:
    return DemandeDeRencontre.objects.filter(etat__in=EtatDeDemande.CLOS, close_le__lt=avant)


def _brouillons(avant: datetime) -> models.QuerySet[Dossier]:
    """Jamais figés : une version figée, même rouverte, est un acte signé ou à signer."""
    recentes = Reponse.objects.filter(dossier=OuterRef("pk"), modifie_le__gte=avant)
    return Dossier.objects.filter(
        ~Exists(recentes), depose_le=None, depots=None, reprise=False, cree_le__lt=avant, mouvement_le__lt=avant,
        etat__in=(Etat.BROUILLON, Etat.RETIRE, Etat.SANS_SUITE), messages=None, notes_internes=None,
    ).select_related("equipe")  # fmt: skip


def effacer_le_brouillon(dossier: Dossier) -> None:
    """Le dossier, ses réponses et leurs versions, ses pièces ; l'équipe en garde la trace à son journal."""
    fichiers = [piece.fichier for piece in dossier.pieces.select_related("fichier")]
    try:
        with transaction.atomic():
            dossier.pieces.all().delete()
            dossier.passages.all().delete()
            Archive.objects.filter(dossier=dossier).delete()
            reference, equipe = dossier.reference, dossier.equipe
            dossier.delete()
            consigner("brouillon_efface", equipe, acteur=None, dossier=reference)
    except models.ProtectedError as erreur:
        raise Retenu("Un autre dossier a repris ses réponses, ou autre chose s’y rattache.") from erreur
    for fichier in fichiers:
        if orphelins.sans_usage(timezone.now() + timedelta(days=1)).filter(pk=fichier.pk).exists():
            _effacer_le_fichier(fichier)


def _porteur(dossier: Dossier) -> list[Compte]:
    compte = dossier.equipe.porteur.compte
    return [compte] if compte is not None and compte.is_active else []


def _comptes(avant: datetime) -> models.QuerySet[Compte]:
    return Compte.objects.filter(
        Q(last_login__lt=avant) | Q(last_login=None, cree_le__lt=avant), is_active=True, fictif=False
    )


def _compte_retenu(compte: Compte) -> str:
    """Un agent en fonction, le porteur d'une équipe vivante : on ne les prévient pas d'un effacement impossible."""
    return next((obstacle.texte for obstacle in obstacles(compte)), "")


REGLES: dict[str, Regle] = {
    "sessions": Regle(lambda avant: Session.objects.filter(expire_date__lt=avant), _supprimer),
    "codes": Regle(lambda avant: CodeConfirmation.objects.filter(cree_le__lt=avant), _supprimer),
    "archives": Regle(_archives, _supprimer),
    "fichiers_orphelins": Regle(orphelins.sans_usage, _effacer_le_fichier),
    "invitations": Regle(_invitations, _supprimer),
    "courriels": Regle(_courriels, _supprimer),
    "rencontres": Regle(
        _rencontres, _supprimer, lambda d: [d.courriel],
        lambda d: f"votre demande du {timezone.localtime(d.creee_le):%d/%m/%Y} à l’interlocuteur de votre territoire",
    ),
    "brouillons": Regle(
        _brouillons, effacer_le_brouillon, _porteur,
        lambda d: f"le brouillon {d.reference} ({d.demarche_libelle}) de l’équipe « {d.equipe.nom} »",
    ),
    "comptes": Regle(
        _comptes, lambda c: effacer_le_compte(c, acteur=None), lambda c: [c], lambda _c: "votre compte", _compte_retenu
    ),
}  # fmt: skip
