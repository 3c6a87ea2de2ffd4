"""L'agent compose une demande de compléments, l'envoie, la prolonge, l'annule, et relit le retour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.complements import courriels
from esperluette.complements.actions.commun import exiger, relire, texte_propre, verrouiller
from esperluette.complements.droits import peut_preparer, peut_suivre
from esperluette.complements.enums import EtatDemande
from esperluette.complements.lectures import GENERALE, active_de, cible, rouvrables
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.comptes.models import Compte
from esperluette.documents.actions import annuler_signatures
from esperluette.dossiers import courriels as courriels_dossier
from esperluette.dossiers.cycle import TransitionImpossible, franchir, marquer_un_mouvement, poser_echeance
from esperluette.dossiers.cycle import prolonger as prolonger_l_horloge
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.journal.actions import consigner

PERDU_DE_VUE = (
    "Ce brouillon a changé pendant que vous l’écriviez, dans un autre onglet ou par un collègue. "
    "Rien n’a été enregistré : votre texte est ci-dessous, relisez ce qui est en place avant de recommencer."
)


@dataclass(frozen=True, slots=True)
class RemarqueSaisie:
    """Une remarque telle qu'on l'écrit. `champ` vide : générale, et `ouvre` dit ce qu'elle rouvre."""

    champ: str
    texte: str
    ouvre: Sequence[str] = field(default_factory=tuple)
    extrait: str = ""


# --- Le brouillon --------------------------------------------------------------------------------------


@transaction.atomic
def preparer(dossier: Dossier, *, acteur: Compte) -> DemandeDeComplements:
    """Le brouillon du dossier, ouvert au besoin ; rejoué, le même. Lève `Refus`."""
    dossier = verrouiller(dossier.pk)
    exiger(peut_preparer(acteur, dossier))
    brouillon = dossier.demandes.en_preparation().first()
    if brouillon is not None:
        brouillon.dossier = dossier
        return brouillon
    depot = dossier.depots.filter(depose_le__isnull=False).first()
    if depot is None:
        raise ErreurMetier("Rien n’a encore été déposé : il n’y a rien à compléter.")
    return DemandeDeComplements.objects.create(dossier=dossier, depot=depot, preparee_par=acteur)


@transaction.atomic
def enregistrer_le_brouillon(
    demande: DemandeDeComplements,
    *,
    acteur: Compte,
    version: int,
    message: str,
    avant_le: date | None,
    textes: Mapping[int, str],
    ouvre: Mapping[int, Sequence[str]],
    nouvelle: RemarqueSaisie | None = None,
    retirer: int | None = None,
) -> DemandeDeComplements:
    """Enregistre tout le brouillon d'un coup ; lève `Conflit` si quelqu'un l'a changé depuis `version`.

    `textes` et `ouvre` : par remarque déjà là. Une remarque absente de l'envoi ne change pas.
    """
    demande = _brouillon(demande, acteur)
    if demande.version != version:
        raise Conflit(PERDU_DE_VUE)
    demande.message = texte_propre(message, quoi="votre message", exige=False)
    demande.avant_le = avant_le
    trame = trame_de(demande.dossier)
    possibles = {cle for cle, _ in rouvrables(trame)}
    for remarque in demande.remarques.all():
        if remarque.pk == retirer:
            remarque.delete()
            continue
        if remarque.pk in textes:
            remarque.texte = texte_propre(textes[remarque.pk], quoi="la remarque")
            if remarque.est_generale:
                remarque.ouvre = [cle for cle in ouvre.get(remarque.pk, ()) if cle in possibles]
            remarque.save(update_fields=["texte", "ouvre"])
    if nouvelle is not None:
        _ajouter(demande, nouvelle)
    demande.version += 1
    demande.save(update_fields=["message", "avant_le", "version"])
    return demande


def _brouillon(demande: DemandeDeComplements, acteur: Compte) -> DemandeDeComplements:
    """Le brouillon sous verrou ; lève `Conflit` s'il est déjà parti, `Refus` sans le droit."""
    demande = relire(demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if demande.etat != EtatDemande.BROUILLON:
        raise Conflit("Cette demande est déjà partie : elle ne se modifie plus.")
    exiger(peut_preparer(acteur, demande.dossier))
    return demande


def _ajouter(demande: DemandeDeComplements, saisie: RemarqueSaisie, suite_de: Remarque | None = None) -> Remarque:
    trame = trame_de(demande.dossier)
    visee = cible(trame, saisie.champ)
    if visee is None:
        raise ErreurMetier("Ce champ n’existe pas dans ce dossier : choisissez-le dans la liste.")
    possibles = {cle for cle, _ in rouvrables(trame)}
    dernier = demande.remarques.order_by("-ordre").values_list("ordre", flat=True).first() or 0
    return Remarque.objects.create(
        demande=demande, champ=visee.cle, rubrique=visee.rubrique, libelle=visee.libelle, ordre=dernier + 1,
        texte=texte_propre(saisie.texte, quoi="la remarque"), suite_de=suite_de,
        extrait=texte_propre(saisie.extrait, quoi="l’extrait", exige=False),
        ouvre=[cle for cle in saisie.ouvre if cle in possibles] if visee.cle == GENERALE else [],
    )  # fmt: skip


@transaction.atomic
def remarquer(dossier: Dossier, saisie: RemarqueSaisie, *, acteur: Compte) -> Remarque:
    """Ajoute une remarque au brouillon, ouvert au besoin. Un double envoi n'en fait qu'une."""
    demande = preparer(dossier, acteur=acteur)
    visee = saisie.champ.split("/")[0]
    texte = texte_propre(saisie.texte, quoi="la remarque")
    deja = demande.remarques.filter(champ=visee, texte=texte, suite_de=None).first()
    if deja is not None:
        return deja
    remarque = _ajouter(demande, saisie)
    _changer_de_version(demande)
    return remarque


def _changer_de_version(demande: DemandeDeComplements) -> None:
    demande.version += 1
    demande.save(update_fields=["version"])


@transaction.atomic
def abandonner(demande: DemandeDeComplements, *, acteur: Compte) -> None:
    """Efface le brouillon : l'équipe n'en a rien su."""
    demande = relire(demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if demande.etat != EtatDemande.BROUILLON:
        raise Conflit("Cette demande est déjà partie : elle s’annule, elle ne s’abandonne plus.")
    demande.remarques.all().delete()
    demande.delete()


# --- L'envoi -------------------------------------------------------------------------------------------


@transaction.atomic
def envoyer(demande: DemandeDeComplements, *, acteur: Compte, version: int | None = None) -> DemandeDeComplements:
    """Envoie la demande : le dossier revient à l'équipe, l'horloge s'arrête. Rejoué, sans effet.

    `version` : celle de l'aperçu relu. Lève `ErreurMetier` (vide, date passée), `TransitionImpossible`, `Conflit`.
    """
    demande = relire(demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if demande.etat == EtatDemande.ENVOYEE:
        return demande
    demande = _brouillon(demande, acteur)
    if version is not None and demande.version != version:
        raise Conflit("La demande a changé depuis l’aperçu : relisez-la avant de l’envoyer.")
    ce_qui_empeche(demande)
    nombre, jour = demande.remarques.count(), en_lettres(demande.avant_le or date.max)
    motif = f"{nombre} remarque{'s' if nombre > 1 else ''}, réponse avant le {jour}."
    dossier = franchir(
        demande.dossier, "demander_complements", acteur=acteur, motif=motif, avant_le=demande.avant_le,
        demande=demande.pk,
    )  # fmt: skip
    _clore_les_precedentes(dossier, demande)
    demande.dossier = dossier
    demande.demandee_par, demande.demandee_le = acteur, dossier.etat_depuis
    demande.depot = dossier.depots.filter(depose_le__isnull=False)[0]
    demande.save(update_fields=["demandee_par", "demandee_le", "depot"])
    poser_echeance(dossier, demande.avant_le, NatureEcheance.COMPLEMENTS)
    courriels.demande_envoyee(demande)
    return demande


def ce_qui_empeche(demande: DemandeDeComplements) -> None:
    """Lève `ErreurMetier` si la demande ne peut pas partir telle quelle."""
    if not demande.remarques.exists():
        raise ErreurMetier("Ajoutez au moins une remarque : l’équipe doit savoir quoi compléter.")
    exiger_une_date(demande.avant_le)


def exiger_une_date(avant_le: date | None) -> date:
    """Une date limite à venir ; lève `ErreurMetier` sinon."""
    if avant_le is None:
        raise ErreurMetier("Donnez une date limite : l’équipe doit savoir avant quand répondre.")
    if avant_le <= timezone.localdate():
        raise ErreurMetier("La date limite doit être à venir.")
    if avant_le > timezone.localdate() + timedelta(days=settings.DELAI_DE_COMPLEMENT_MAXIMAL):
        raise ErreurMetier("La date limite est à plus d’un an : vérifiez l’année.")
    return avant_le


def _clore_les_precedentes(dossier: Dossier, nouvelle: DemandeDeComplements) -> None:
    dossier.demandes.envoyees().filter(close_le=None, annulee_le=None).exclude(pk=nouvelle.pk).update(
        close_le=dossier.etat_depuis
    )


@transaction.atomic
def demander(
    dossier: Dossier,
    *,
    acteur: Compte,
    avant_le: date,
    remarques: Iterable[RemarqueSaisie],
    message: str = "",
) -> DemandeDeComplements:
    """Prépare et envoie une demande en une fois, avec ce que le brouillon portait déjà."""
    deja = active_de(dossier)
    if deja is not None:
        raise TransitionImpossible("Une demande de compléments attend déjà l’équipe.")
    demande = preparer(dossier, acteur=acteur)
    for saisie in remarques:
        _ajouter(demande, saisie)
    demande.message, demande.avant_le = texte_propre(message, quoi="votre message", exige=False), avant_le
    demande.version += 1
    demande.save(update_fields=["message", "avant_le", "version"])
    return envoyer(demande, acteur=acteur)


# --- Pendant que l'équipe complète ----------------------------------------------------------------------


@transaction.atomic
def prolonger(demande: DemandeDeComplements, *, acteur: Compte, avant_le: date) -> DemandeDeComplements:
    """Repousse la date limite ; l'équipe en est prévenue. Rejoué avec la même date, sans effet."""
    demande = relire(demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if not demande.est_active:
        raise TransitionImpossible("Cette demande n’attend plus l’équipe : sa date limite ne change plus.")
    exiger_une_date(avant_le)
    if demande.avant_le == avant_le:
        return demande
    if demande.avant_le is not None and avant_le < demande.avant_le:
        raise ErreurMetier("Une date limite donnée ne se raccourcit pas : choisissez un jour plus tardif.")
    demande.avant_le = avant_le
    demande.save(update_fields=["avant_le"])
    prolonger_l_horloge(demande.dossier, avant_le)
    consigner("complements_prolonges", demande.dossier, acteur=acteur, demande=demande.pk, avant_le=str(avant_le))
    courriels.demande_prolongee(demande)
    return demande


@transaction.atomic
def annuler(demande: DemandeDeComplements, *, acteur: Compte, motif: str) -> DemandeDeComplements:
    """Annule une demande faite par erreur : le dossier revient en instruction, ce que l'équipe a écrit reste.

    Une version que l'équipe faisait signer tombe avec ses signatures, et les signataires sont prévenus. Rejoué,
    sans effet.
    """
    demande = relire(demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if demande.etat == EtatDemande.ANNULEE:
        return demande
    if not demande.est_active:
        raise TransitionImpossible("L’équipe a déjà répondu à cette demande : elle ne s’annule plus.")
    a_la_signature = demande.dossier.etat == Etat.A_SIGNER
    motif = texte_propre(motif, quoi="le motif : l’équipe le lira")
    dossier = franchir(demande.dossier, "annuler_complements", acteur=acteur, motif=motif, demande=demande.pk)
    demande.annulee_le, demande.motif, demande.dossier = dossier.etat_depuis, motif, dossier
    demande.save(update_fields=["annulee_le", "motif"])
    if a_la_signature:
        for depot in dossier.depots.filter(depose_le=None, annule_le=None):
            _annuler_la_version(depot, acteur)
    courriels.demande_annulee(demande)
    return demande


def _annuler_la_version(depot: Depot, acteur: Compte) -> None:
    signataires = list(Compte.objects.filter(pk__in=depot.signatures.filter(annulee_le=None).values("signataire_id")))
    annuler_signatures(depot, motif="La demande de compléments a été annulée.", acteur=acteur)
    depot.annule_le = timezone.now()
    depot.save(update_fields=["annule_le"])
    consigner("version_annulee", depot.dossier, acteur=acteur, depot=depot.pk, signatures=len(signataires))
    courriels_dossier.signatures_annulees(depot, signataires)


# --- Le retour -----------------------------------------------------------------------------------------


@transaction.atomic
def lever(remarque: Remarque, *, acteur: Compte) -> Remarque:
    """La réponse convient. La dernière remarque levée clôt la demande. Rejoué, sans effet."""
    demande, remarque = _au_retour(remarque, acteur)
    if remarque.levee_le is None:
        remarque.levee_le, remarque.levee_par = timezone.now(), acteur
        remarque.save(update_fields=["levee_le", "levee_par"])
        consigner("remarque_levee", demande.dossier, acteur=acteur, remarque=remarque.pk)
        marquer_un_mouvement(demande.dossier)
        # Ce qu'on redemandait par erreur quitte le brouillon.
        Remarque.objects.filter(suite_de=remarque, demande__demandee_le=None).delete()
    if demande.close_le is None and not demande.remarques.filter(levee_le=None).exists():
        demande.close_le = timezone.now()
        demande.save(update_fields=["close_le"])
    return remarque


@transaction.atomic
def redemander(remarque: Remarque, *, acteur: Compte) -> Remarque:
    """La réponse ne suffit pas : la remarque rejoint le brouillon du tour suivant. Rejoué, la même."""
    demande, remarque = _au_retour(remarque, acteur)
    if remarque.levee_le is not None:
        raise Conflit("Cette remarque est levée : ajoutez-en une nouvelle si le sujet revient.")
    nouvelle = preparer(demande.dossier, acteur=acteur)
    deja = nouvelle.remarques.filter(suite_de=remarque).first()
    if deja is not None:
        return deja
    saisie = RemarqueSaisie(remarque.champ, remarque.texte, tuple(remarque.ouvre), remarque.extrait)
    suite = _ajouter(nouvelle, saisie, suite_de=remarque)
    _changer_de_version(nouvelle)
    return suite


def _au_retour(remarque: Remarque, acteur: Compte) -> tuple[DemandeDeComplements, Remarque]:
    demande = relire(remarque.demande)
    exiger(peut_suivre(acteur, demande.dossier))
    if demande.repondue_le is None or demande.annulee_le is not None:
        raise TransitionImpossible("L’équipe n’a pas encore répondu à cette remarque.")
    return demande, demande.remarques.get(pk=remarque.pk)
