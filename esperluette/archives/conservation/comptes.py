"""Effacer un compte : ce qui s'efface, ce qui se garde et pourquoi, ce qui l'empêche.

La ligne du compte reste, vidée : des actes la désignent par son numéro. Les documents déposés et les signatures ne
changent pas : ils font preuve.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.models import MandatDeSiege
from esperluette.comptes.models import CodeConfirmation, Compte
from esperluette.comptes.perimetres import fonctions_actives
from esperluette.documents.models import Signature
from esperluette.dossiers.models import Dossier
from esperluette.echanges.models import BrouillonDeMessage, Lecture, Message
from esperluette.equipes.actions import quitter
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Invitation, Membre
from esperluette.instruction.models import VueDeListe
from esperluette.instruction.models_fiche import DerniereLecture, PresenceSurDossier
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.journal.actions import consigner, effacer_les_noms
from esperluette.notifications.enums import Etat as EtatDeCourriel
from esperluette.notifications.models import Courriel, Preference
from esperluette.reconnaissances.models import Reconnaissance

NOM = "Compte effacé"
SANS_OBJET = "Au sujet d’une personne dont le compte est effacé"
EN_ROUTE = (EtatDeCourriel.A_ENVOYER, EtatDeCourriel.EN_COURS)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Ce qui empêche d'effacer maintenant, et quoi faire."""

    texte: str
    lien: str = ""
    geste: str = ""


@dataclass(frozen=True, slots=True)
class Garde:
    """Ce qui reste après l'effacement, et pourquoi."""

    quoi: str
    pourquoi: str


def vivantes(equipes: Collection[int], compte: Compte) -> set[int]:
    """Celles où d'autres sont, dont l'ARS a reçu quelque chose, ou dont une reconnaissance court ; une requête."""
    autres = Membre.objects.presents().filter(equipe=OuterRef("pk")).exclude(compte=compte)
    recus = Dossier.objects.filter(equipe=OuterRef("pk"), depose_le__isnull=False)
    reconnues = Reconnaissance.objects.en_cours().filter(equipe=OuterRef("pk"))
    trouvees = Equipe.objects.filter(Exists(autres) | Exists(recus) | Exists(reconnues), pk__in=equipes)
    return set(trouvees.values_list("pk", flat=True))


def obstacles(compte: Compte) -> list[Obstacle]:
    """Ce qui empêche d'effacer ce compte, chacun avec la marche à suivre ; vide si rien n'empêche."""
    trouves = []
    miens = list(Membre.objects.presents().filter(compte=compte).select_related("equipe"))
    en_vie = vivantes([m.equipe_id for m in miens if m.porteur], compte)
    for membre in miens:
        equipe, lien = membre.equipe, reverse("equipes:fiche", args=[membre.equipe_id])
        if membre.porteur and membre.equipe_id in en_vie:
            texte = (
                f"Vous portez l’équipe « {equipe.nom} ». Transmettez d’abord ce rôle à un membre qui a confirmé son "
                "appartenance ; si vous y êtes seul, écrivez au service pour clore ses dossiers."
            )
            trouves.append(Obstacle(texte, lien, "Ouvrir l’équipe"))
    for fonction in fonctions_actives(compte):
        texte = f"Votre fonction est ouverte : {fonction}. L’administrateur de votre région doit d’abord y mettre fin."
        trouves.append(Obstacle(texte))
    for mandat in MandatDeSiege.objects.en_cours().filter(compte=compte).select_related("siege__instance"):
        texte = (
            f"Vous tenez le siège « {mandat.siege} » ({mandat.siege.instance}) : son secrétariat doit y mettre fin."
        )
        trouves.append(Obstacle(texte))
    return trouves


EFFACES = (
    "votre adresse, votre prénom, votre nom et votre téléphone ; vous ne pourrez plus vous connecter",
    "vos fiches de membre : nom, adresse, téléphone, numéro RPPS ; vous quittez vos équipes",
    "vos accès d’accompagnateur, vos invitations, vos demandes de rencontre",
    "vos brouillons de messages, vos préférences, les courriels que vous avez reçus",
    "votre nom dans le journal : chaque acte y reste, sans dire qui",
)


def gardes(compte: Compte) -> list[Garde]:
    """Ce qui se garde de cette personne-là, et pourquoi ; trois requêtes."""
    trouves = []
    if nombre := Signature.objects.filter(signataire=compte).count():
        trouves.append(
            Garde(
                f"vos signatures ({nombre}), avec le nom et la qualité de ce jour-là", "elles engagent et font preuve"
            )
        )
    noms = Dossier.objects.filter(equipe__membres__compte=compte, depots__depose_le__isnull=False).distinct().count()
    if noms:
        trouves.append(
            Garde(
                f"votre nom dans les versions déposées ({noms} dossier{'s' if noms > 1 else ''})",
                "un dépôt ne change plus : son empreinte et les signatures des autres n’y correspondraient plus",
            )
        )
    if nombre := Message.objects.filter(auteur=compte).count():
        trouves.append(
            Garde(
                f"le texte de vos messages ({nombre}) et de ce que vous avez rédigé, sans votre nom",
                "ils appartiennent au dossier de l’équipe, qui en a besoin",
            )
        )
    if Membre.objects.presents().filter(compte=compte, porteur=False).exists():
        trouves.append(
            Garde(
                "l’avis de votre départ, envoyé à votre équipe", "elle doit le savoir ; il s’efface avec les courriels"
            )
        )
    trouves.append(
        Garde(
            "les actes du journal, désignés par un numéro", "retirer un maillon romprait la preuve de tous les autres"
        )
    )
    return trouves


@transaction.atomic
def effacer_le_compte(compte: Compte, *, acteur: Compte | None) -> None:
    """Efface ce qui peut l'être, anonymise le reste, ferme le compte ; rejoué, sans effet. Irréversible.

    `acteur` : la personne elle-même, ou None au terme de la conservation. L'appelant a vérifié `obstacles`.
    """
    compte = Compte.objects.select_for_update(of=("self",)).get(pk=compte.pk)
    if not compte.is_active and compte.nom == NOM:
        return
    adresse, nom = compte.courriel, str(compte)
    # Partis, leur texte est déjà effacé ; l'avis de départ qui suit part avec le nom, et s'efface avec les courriels.
    Courriel.objects.filter(objet__contains=nom).exclude(etat__in=EN_ROUTE).update(objet=SANS_OBJET)
    for membre in Membre.objects.presents().filter(compte=compte, porteur=False):
        quitter(membre, acteur=compte)
    consigner("compte_efface", compte, acteur=None, a_sa_demande=acteur is not None)
    _effacer_les_fiches(compte, adresse)
    siens: tuple[tuple[Any, str], ...] = (
        (EmailAddress, "user"), (Preference, "compte"), (CodeConfirmation, "compte"), (Lecture, "compte"),
        (BrouillonDeMessage, "compte"), (VueDeListe, "compte"), (DerniereLecture, "compte"),
        (PresenceSurDossier, "compte"), (DemandeDeRencontre, "demandeur"), (Courriel, "compte"),
    )  # fmt: skip
    for modele, lien in siens:
        modele._default_manager.filter(**{lien: compte}).delete()
    Courriel.objects.filter(destinataire=adresse).delete()
    _vider(compte)
    effacer_les_noms(compte)
    _fermer_les_sessions(compte)


def _effacer_les_fiches(compte: Compte, adresse: str) -> None:
    Membre.objects.filter(compte=compte).update(prenom="", nom="Ancien membre", courriel="", telephone="", rpps="")
    Invitation.objects.filter(membre__compte=compte).update(courriel=_sans_adresse(compte))
    Invitation.objects.filter(courriel__iexact=adresse, acceptee_le=None).delete()
    acces = AccesAccompagnateur.objects.filter(compte=compte)
    acces.filter(revoque_le=None).update(revoque_le=timezone.now())
    acces.update(courriel=_sans_adresse(compte), nom=NOM, organisme="")


def _vider(compte: Compte) -> None:
    compte.courriel, compte.prenom, compte.nom, compte.telephone = _sans_adresse(compte), "", NOM, ""
    compte.is_active, compte.last_login = False, None
    compte.set_unusable_password()
    compte.save()


def _sans_adresse(compte: Compte) -> str:
    """Unique, et qui ne mène nulle part : « .invalid » est réservé à cela (RFC 2606)."""
    return f"compte-{compte.pk}@efface.invalid"


def _fermer_les_sessions(compte: Compte) -> None:
    """Les sessions ne disent pas à qui elles sont : on les lit une à une, encore valables seulement."""
    ouvertes: Any = Session.objects.filter(expire_date__gt=timezone.now())
    siennes = [s.pk for s in ouvertes.iterator() if s.get_decoded().get("_auth_user_id") == str(compte.pk)]
    Session.objects.filter(pk__in=siennes).delete()
