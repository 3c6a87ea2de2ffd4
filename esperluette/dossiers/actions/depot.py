"""Du brouillon au dépôt : créer, figer, signer, rouvrir, déposer, retirer."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.documents.actions import annuler_signatures
from esperluette.documents.actions import signer as poser_signature
from esperluette.documents.canonique import empreinte as empreinte_canonique
from esperluette.documents.models import Signature
from esperluette.documents.preuves import Constat, constater, garder
from esperluette.dossiers import courriels
from esperluette.dossiers.actions.chiffres import figer_les_chiffres
from esperluette.dossiers.actions.reprises import reprendre
from esperluette.dossiers.contenu import contenu_de
from esperluette.dossiers.contributions import DEPOTS
from esperluette.dossiers.cycle import TransitionImpossible, franchir
from esperluette.dossiers.demarches import fermee
from esperluette.dossiers.droits import peut_creer, peut_deposer, peut_piloter, peut_signer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.preuves import conditions_de, sujet_de
from esperluette.dossiers.taches import produire_documents
from esperluette.equipes.droits import delegations_en_cours
from esperluette.equipes.lectures import faits
from esperluette.equipes.models import Equipe
from esperluette.journal.actions import consigner
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.lecture import edition_en_vigueur


@transaction.atomic
def creer_dossier(equipe: Equipe, demarche: str, *, acteur: Compte) -> Dossier:
    """Ouvre le dossier d'une équipe pour une démarche de sa région, sous l'édition en vigueur.

    Il reprend ce que l'équipe a déjà répondu dans ses autres dossiers (`reprendre`). Rejoué, il rend le dossier
    déjà ouvert. Lève `Refus` (pas porteur), `ErreurMetier` (région sans édition, démarche inconnue, sans trame ou
    pas encore ouverte à cette équipe).
    """
    permission = peut_creer(acteur, equipe)
    if not permission:
        raise Refus(permission.motif)
    ouvert = equipe.dossiers.ouverts().filter(demarche=demarche).first()
    if ouvert is not None:
        return ouvert
    edition = edition_en_vigueur(equipe.region.cle, timezone.localdate())
    if edition is None:
        raise ErreurMetier(
            f"Les règles de la région {equipe.region} ne sont pas encore dans Esperluette : écrivez à votre ARS."
        )
    voulue = next(
        (d for d in edition.demarches if d.id == demarche and d.en_ligne and equipe.forme_visee in d.formes), None
    )
    if voulue is None:
        raise ErreurMetier(f"Cette démarche ne se dépose pas en ligne dans votre région, pour une {equipe.sigle}.")
    evaluation = evaluer(edition, forme=equipe.forme_visee, faits=faits(equipe), le=timezone.localdate())
    if raison := fermee(edition, voulue, evaluation):
        raise ErreurMetier(f"« {voulue.libelle} » n’est pas encore ouverte à votre équipe. {raison}")
    try:
        with transaction.atomic():
            dossier = Dossier.objects.create(
                reference=f"provisoire-{timezone.now().timestamp()}-{equipe.pk}", equipe=equipe, region=edition.region,
                edition=edition.numero, demarche=demarche, demarche_libelle=voulue.libelle, cree_par=acteur,
            )  # fmt: skip
    except IntegrityError:  # deux clics au même instant : la contrainte en base a tranché
        return equipe.dossiers.ouverts().get(demarche=demarche)
    ou = edition.entete.region.prefixe or equipe.implantation.departement_id
    dossier.reference = f"{equipe.sigle}-{ou}-{dossier.cree_le:%Y}-{dossier.pk:05d}"
    dossier.save(update_fields=["reference"])
    consigner("dossier_cree", dossier, acteur=acteur, demarche=demarche, edition=edition.numero)
    reprendre(dossier, acteur=acteur)
    return dossier


@transaction.atomic
def figer(dossier: Dossier, *, acteur: Compte) -> Depot:
    """Fige la version à signer. Lève `GardeFermee` (il manque des réponses), `Refus`, `TransitionImpossible`.

    Rejoué sur un dossier déjà figé, il rend la version en attente de signatures.
    """
    # L'équipe d'abord : personne n'y entre ni n'en sort pendant qu'on fige la liste des signataires.
    Equipe.objects.select_for_update(of=("self",)).get(pk=dossier.equipe_id)
    dossier = _relire(dossier)
    if dossier.etat == Etat.A_SIGNER and peut_deposer(acteur, dossier):
        return depot_en_cours(dossier)
    figer_les_chiffres(dossier, acteur=acteur)
    dossier = franchir(dossier, "figer", acteur=acteur, **_par_delegation(dossier, acteur))
    depot = _nouveau_depot(dossier, acteur)
    courriels.demander_signatures(depot)
    return depot


def _par_delegation(dossier: Dossier, acteur: Compte) -> dict[str, Any]:
    """La délégation qui vaut à l'acteur de faire ce geste, pour le journal ; rien s'il porte l'équipe."""
    siennes = (d for d in delegations_en_cours(dossier.equipe) if d.delegataire.compte_id == acteur.pk)
    return {"delegation": d.pk} if (d := next(siennes, None)) is not None else {}


def _relire(dossier: Dossier) -> Dossier:
    """Le dossier sous verrou : un second clic, arrivé au même instant, voit ce que le premier a fait."""
    return Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)


def _nouveau_depot(dossier: Dossier, acteur: Compte) -> Depot:
    numero = (dossier.depots.order_by("-numero").values_list("numero", flat=True).first() or 0) + 1
    contenu = contenu_de(dossier, version=numero)
    depot = Depot.objects.create(
        dossier=dossier, numero=numero, contenu=contenu, empreinte=empreinte_canonique(contenu), fige_par=acteur
    )
    consigner("version_figee", dossier, acteur=acteur, depot=depot.pk, empreinte=depot.empreinte)
    return depot


def depot_en_cours(dossier: Dossier) -> Depot:
    """La version qui attend des signatures ; lève `TransitionImpossible` s'il n'y en a pas."""
    depot = dossier.depots.filter(depose_le=None, annule_le=None).first()
    if depot is None:
        raise TransitionImpossible("Aucune version n’attend de signature.")
    return depot


@transaction.atomic
def signer(depot: Depot, *, acteur: Compte, empreinte: str, constat: Constat | None = None) -> Signature:
    """Signe la version que la personne a eue sous les yeux (`empreinte`). La réauthentification précède.

    `constat` : ce que la page a relevé ; la preuve en est figée avec la signature, et son empreinte écrite au journal.
    Lève `Refus` (non-membre, déjà signé, version rouverte) ; une empreinte différente aussi.
    """
    Dossier.objects.select_for_update(of=("self",)).get(pk=depot.dossier_id)
    depot = Depot.objects.select_related("dossier__equipe").get(pk=depot.pk)
    permission = peut_signer(acteur, depot)
    if not permission:
        raise Refus(permission.motif)
    if empreinte != depot.empreinte:
        raise Refus("La version a changé depuis l’affichage : relisez-la avant de signer.")
    membre = depot.dossier.equipe.membres.presents().get(compte=acteur)
    ligne = next(s for s in depot.contenu["signataires"] if s["membre"] == membre.pk)
    signature = poser_signature(
        depot, empreinte=depot.empreinte, acteur=acteur, nom=f"{ligne['prenom']} {ligne['nom']}",
        qualite=ligne["profession"], methode="code_courriel",
    )  # fmt: skip
    constat = constat or Constat(conditions=conditions_de(depot, ligne))
    constates, connexion = constater(signature, constat, sujet=sujet_de(depot, ligne))
    acte = consigner(
        "signature", depot.dossier, acteur=acteur, depot=depot.pk, empreinte=depot.empreinte, membre=membre.pk,
        signature=signature.pk, preuve=empreinte_canonique(constates),
    )  # fmt: skip
    garder(signature, constates, connexion, acte)
    courriels.prevenir_si_toutes_signatures(depot)
    return signature


@transaction.atomic
def rouvrir(dossier: Dossier, *, acteur: Compte) -> Dossier:
    """Rouvre la rédaction : la version figée et ses signatures sont annulées, et les signataires prévenus.

    Rejoué juste après, sans effet.
    """
    dossier = _relire(dossier)
    derniere = dossier.depots.first()
    if dossier.est_modifiable and derniere is not None and derniere.annule_le and peut_piloter(acteur, dossier):
        return dossier
    dossier = franchir(dossier, "rouvrir", acteur=acteur)
    depot = depot_en_cours(dossier)
    signataires = list(Compte.objects.filter(pk__in=depot.signatures.filter(annulee_le=None).values("signataire_id")))
    annuler_signatures(depot, motif="La rédaction a été rouverte.", acteur=acteur)
    depot.annule_le = timezone.now()
    depot.save(update_fields=["annule_le"])
    consigner("version_annulee", dossier, acteur=acteur, depot=depot.pk, signatures=len(signataires))
    courriels.signatures_annulees(depot, signataires)
    return dossier


@transaction.atomic
def deposer(dossier: Dossier, *, acteur: Compte) -> Depot:
    """Dépose la version figée et signée ; le PDF et l'accusé se produisent aussitôt après.

    Rejoué sur un dossier déjà déposé, il rend le dépôt en place. Lève `GardeFermee` (signatures ou
    réponses manquantes), `Refus`, `TransitionImpossible`.
    """
    verrouille = _relire(dossier)
    dernier = verrouille.depots.filter(depose_le__isnull=False).first()
    if verrouille.etat == Etat.DEPOSE and dernier is not None and peut_deposer(acteur, verrouille):
        return dernier
    sans_signature = verrouille.etat in Etat.MODIFIABLES
    if sans_signature:
        figer_les_chiffres(verrouille, acteur=acteur)  # défait avec le reste si le dépôt est refusé
    dossier = franchir(verrouille, "deposer", acteur=acteur, **_par_delegation(verrouille, acteur))
    depot = _nouveau_depot(dossier, acteur) if sans_signature else depot_en_cours(dossier)
    depot.depose_le = dossier.etat_depuis
    depot.save(update_fields=["depose_le"])
    consigner("depot", dossier, acteur=acteur, depot=depot.pk, empreinte=depot.empreinte)
    for ecoute in DEPOTS:
        ecoute(depot, acteur)
    courriels.depot_recu(depot)
    transaction.on_commit(lambda: produire_documents.enqueue(depot.pk))
    return depot


@transaction.atomic
def retirer(dossier: Dossier, *, acteur: Compte, motif: str = "") -> Dossier:
    """Retire le dossier ; ses versions et son journal restent lisibles. Rejoué, sans effet."""
    dossier = _relire(dossier)
    if dossier.etat == Etat.RETIRE and peut_piloter(acteur, dossier):
        return dossier
    dossier = franchir(dossier, "retirer", acteur=acteur, motif=motif)
    for depot in dossier.depots.filter(depose_le=None, annule_le=None):
        annuler_signatures(depot, motif="Le dossier a été retiré.", acteur=acteur)
        depot.annule_le = timezone.now()
        depot.save(update_fields=["annule_le"])
    courriels.dossier_retire(dossier)
    return dossier
