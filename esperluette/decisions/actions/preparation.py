"""Préparer une décision et son courrier, les faire relire, les signer."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.comptes.models import Compte
from esperluette.decisions import cycle, droits, gestes
from esperluette.decisions.avis import AvisLu, avis_lu
from esperluette.decisions.documents import a_imprimer
from esperluette.decisions.enums import NatureDeCourrier, Sens
from esperluette.decisions.lectures import contenu_a_signer, courrier_de, valeurs_de
from esperluette.decisions.models import Courrier, Decision
from esperluette.decisions.taches import produire_courrier
from esperluette.documents.actions import annuler_signatures
from esperluette.documents.actions import signer as poser_signature
from esperluette.documents.canonique import empreinte as empreinte_canonique
from esperluette.dossiers.lectures import edition_de
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner
from esperluette.referentiel.courriers import CourrierCompose, composer

LONGUEUR_MOTIF, LONGUEUR_CORPS = 10_000, 30_000  # caractères
ECART = "La décision a changé depuis l’affichage. Relisez-la : rien n’a été enregistré."


def exiger(permission: Permission) -> None:
    """Lève `Refus`, avec sa raison."""
    if not permission:
        raise Refus(permission.motif)


def verrouiller(decision: Decision) -> Decision:
    """La décision à jour, sous verrou avec son dossier : le dossier d'abord, toujours dans cet ordre."""
    dossier = verrouiller_le_dossier(decision.dossier)
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    decision.dossier = dossier
    return decision


def verrouiller_le_dossier(dossier: Dossier) -> Dossier:
    """Le dossier à jour, sous verrou, avec son équipe et sa commune."""
    dossiers = Dossier.objects.select_for_update(of=("self",)).select_related(
        "equipe__implantation__departement", "equipe__implantation__region", "instruit_par"
    )
    return dossiers.get(pk=dossier.pk)


def possible(permission: Permission, decision: Decision, geste: str) -> None:
    """Lève `GesteImpossible` si l'état a changé (deux onglets), `Refus` si le droit manque."""
    if not permission and (raison := gestes.possible(decision, geste)) == permission.motif:
        raise gestes.GesteImpossible(raison)
    exiger(permission)


# --- Préparer -----------------------------------------------------------------------------------------


@transaction.atomic
def preparer(dossier: Dossier, *, acteur: Compte, sens: str, motif: str = "", reserves: str = "") -> Decision:
    """Ouvre la décision d'un dossier, avec un courrier tiré du modèle de la région.

    Lève `Refus` (hors du périmètre, dossier pas prêt), `Conflit` (une décision est déjà en cours), `ErreurMetier`
    (motifs ou réserves manquants). Rien n'est alors écrit.
    """
    dossier = verrouiller_le_dossier(dossier)
    exiger(droits.peut_preparer(acteur, dossier))
    if Decision.objects.actives().filter(dossier=dossier).exists():
        raise Conflit("Ce dossier a déjà une décision en cours.")
    avis = avis_lu(dossier)
    precedente = Decision.objects.recues().filter(dossier=dossier).first()
    decision = Decision(dossier=dossier, preparee_par=acteur, remplace=precedente)
    _dire(decision, avis, sens=sens, motif=motif, reserves=reserves)
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError as erreur:  # deux envois au même instant : la contrainte en base a tranché
        raise Conflit("Ce dossier a déjà une décision en cours.") from erreur
    _nouveau_courrier(decision, avis, acteur)
    consigner("decision_preparee", dossier, acteur=acteur, decision=decision.pk, sens=sens)
    return decision


def _dire(decision: Decision, avis: AvisLu | None, *, sens: str, motif: str, reserves: str) -> None:
    """Pose le sens, les motifs et les réserves ; refuse ce que le droit ne permet pas."""
    if sens not in Sens.values:
        raise ErreurMetier("Choisissez le sens de la décision.")
    if sens == Sens.AJOURNEMENT and avis is None:
        raise ErreurMetier(
            "On ajourne une décision après l’avis d’une commission. Ici, demandez des compléments à l’équipe."
        )
    decision.sens, decision.motif = sens, _propre(motif, LONGUEUR_MOTIF, "Les motifs")
    decision.reserves = _propre(reserves, LONGUEUR_MOTIF, "Les réserves") if sens == Sens.ACCORD_RESERVES else ""
    decision.avis, decision.avis_sens = (avis.libelle, avis.sens) if avis else ("", "")
    decision.s_ecarte_de_l_avis = bool(decision.avis_sens) and decision.avis_sens != sens
    if not decision.motif and sens not in Sens.FAVORABLES:
        raise ErreurMetier(
            "Écrivez les motifs, en droit et en fait : une telle décision est motivée (CRPA, L. 211-5)."
        )
    if not decision.motif and decision.s_ecarte_de_l_avis:
        raise ErreurMetier("Cette décision s’écarte de l’avis de la commission : écrivez pourquoi.")
    if sens == Sens.ACCORD_RESERVES and not decision.liste_des_reserves:
        raise ErreurMetier("Écrivez les réserves, une par ligne ; sans réserve, c’est un accord.")


def _propre(texte: str, longueur: int, quoi: str) -> str:
    texte = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(texte) > longueur:
        raise ErreurMetier(f"{quoi} comptent au plus {longueur} caractères ; il y en a {len(texte)}.")
    return texte


def _compose(decision: Decision, avis: AvisLu | None, usage: str) -> tuple[str, CourrierCompose, Mapping[str, object]]:
    edition = edition_de(decision.dossier)
    try:
        modele = edition.courrier(usage, decision.dossier.demarche)
    except KeyError:
        raise ErreurMetier(
            "Aucun modèle de courrier n’est prévu pour cette décision, ni par la région ni par le pays."
        ) from None
    valeurs = valeurs_de(decision, avis)
    return modele.id, composer(modele, valeurs), valeurs


def _nouveau_courrier(
    decision: Decision, avis: AvisLu | None, acteur: Compte, nature: str = NatureDeCourrier.DECISION
) -> Courrier:
    """Un courrier tiré du modèle ; celui qu'il remplace reste en base."""
    usage = "retrait" if nature == NatureDeCourrier.RETRAIT else decision.sens
    modele, compose, valeurs = _compose(decision, avis, usage)
    decision.courriers.filter(nature=nature, remplace_le=None).update(remplace_le=timezone.now())
    return Courrier.objects.create(
        decision=decision, nature=nature, modele=modele, objet=compose.objet[:300], corps=compose.corps,
        variables={nom: list(v) if isinstance(v, tuple) else v for nom, v in valeurs.items()}, cree_par=acteur,
    )  # fmt: skip


def courrier_du_retrait(decision: Decision, acteur: Compte) -> Courrier:
    """Le courrier qui dit le retrait d'une décision."""
    return _nouveau_courrier(decision, avis_lu(decision.dossier), acteur, NatureDeCourrier.RETRAIT)


@transaction.atomic
def corriger(
    decision: Decision, *, acteur: Compte, version: int, sens: str, motif: str = "", reserves: str = ""
) -> Decision:
    """Change le sens, les motifs ou les réserves : le courrier est refait, le visa tombe. Sans changement, sans effet.

    `version` : celle que la personne avait sous les yeux ; une autre lève `Conflit`, rien n'est écrit.
    """
    decision = verrouiller(decision)
    possible(droits.peut_rediger(acteur, decision), decision, "rediger")
    avant = (decision.sens, decision.motif, decision.reserves)
    lue = decision.version
    avis = avis_lu(decision.dossier)
    _dire(decision, avis, sens=sens, motif=motif, reserves=reserves)
    if (decision.sens, decision.motif, decision.reserves) == avant:
        return decision
    if lue != version:
        raise Conflit(ECART)
    cycle.avancer(
        decision, "rediger", sens=decision.sens, motif=decision.motif, reserves=decision.reserves, avis=decision.avis,
        avis_sens=decision.avis_sens, s_ecarte_de_l_avis=decision.s_ecarte_de_l_avis, relue_le=None, relue_par=None,
    )  # fmt: skip
    _nouveau_courrier(decision, avis, acteur)
    consigner("decision_corrigee", decision.dossier, acteur=acteur, decision=decision.pk, sens=decision.sens)
    return decision


@transaction.atomic
def ecrire_le_courrier(decision: Decision, *, acteur: Compte, version: int, objet: str, corps: str) -> Decision:
    """Reprend l'objet et le corps à la main ; le visa tombe. Le courrier d'avant reste en base.

    Lève `Conflit` (autre version), `ErreurMetier` (vide, trop long, ou qui ne dit plus les motifs).
    """
    decision = verrouiller(decision)
    possible(droits.peut_rediger(acteur, decision), decision, "rediger")
    en_cours = courrier_de(decision)
    objet, corps = " ".join(_propre(objet, 300, "L’objet").split()), _propre(corps, LONGUEUR_CORPS, "Le corps")
    if not objet or not corps:
        raise ErreurMetier("Un courrier a un objet et un corps.")
    for texte, quoi in ((decision.motif, "les motifs"), *((r, "les réserves") for r in decision.liste_des_reserves)):
        if " ".join(texte.split()) not in " ".join(corps.split()):
            raise ErreurMetier(
                f"Le courrier ne dit plus {quoi} de la décision : remettez-les, ou corrigez la décision."
            )
    if en_cours is not None and (en_cours.objet, en_cours.corps) == (objet, corps):
        return decision
    if decision.version != version or en_cours is None:
        raise Conflit(ECART)
    Courrier.objects.filter(pk=en_cours.pk).update(remplace_le=timezone.now())
    Courrier.objects.create(
        decision=decision, modele=en_cours.modele, objet=objet, corps=corps, variables=en_cours.variables,
        repris_a_la_main=True, cree_par=acteur,
    )  # fmt: skip
    cycle.avancer(decision, "rediger", relue_le=None, relue_par=None)
    consigner("courrier_repris", decision.dossier, acteur=acteur, decision=decision.pk)
    return decision


@transaction.atomic
def repartir_du_modele(decision: Decision, *, acteur: Compte, version: int) -> Decision:
    """Refait le courrier depuis le modèle de la région ; le visa tombe."""
    decision = verrouiller(decision)
    possible(droits.peut_rediger(acteur, decision), decision, "rediger")
    en_cours = courrier_de(decision)
    if en_cours is not None and not en_cours.repris_a_la_main:
        return decision
    if decision.version != version:
        raise Conflit(ECART)
    _nouveau_courrier(decision, avis_lu(decision.dossier), acteur)
    cycle.avancer(decision, "rediger", relue_le=None, relue_par=None)
    consigner("courrier_refait", decision.dossier, acteur=acteur, decision=decision.pk)
    return decision


@transaction.atomic
def viser(decision: Decision, *, acteur: Compte, version: int) -> Decision:
    """Un second agent a relu. Rejoué par lui, sans effet."""
    decision = verrouiller(decision)
    if decision.relue_par_id == acteur.pk and not gestes.possible(decision, "signer"):
        return decision
    possible(droits.peut_viser(acteur, decision), decision, "viser")
    if decision.version != version:
        raise Conflit(ECART)
    cycle.avancer(decision, "viser", relue_le=timezone.now(), relue_par=acteur)
    consigner("decision_relue", decision.dossier, acteur=acteur, decision=decision.pk)
    return decision


@transaction.atomic
def abandonner(decision: Decision, *, acteur: Compte, motif: str = "") -> Decision:
    """Abandonne une décision que l'équipe n'a pas reçue ; signée, il faut dire pourquoi. Rejoué, sans effet."""
    decision = verrouiller(decision)
    if decision.etat == gestes.GESTES["abandonner"].vers:
        return decision
    possible(droits.peut_abandonner(acteur, decision), decision, "abandonner")
    motif = _propre(motif, LONGUEUR_MOTIF, "Les motifs")
    if decision.signee_le is not None and not motif:
        raise ErreurMetier("Cette décision est signée : dites pourquoi vous l’abandonnez, son signataire le lira.")
    _annuler_la_signature(decision, motif or "La décision a été abandonnée.", acteur)
    cycle.avancer(decision, "abandonner", finie_le=timezone.now(), finie_par=acteur, fin_motif=motif)
    consigner("decision_abandonnee", decision.dossier, acteur=acteur, decision=decision.pk)
    return decision


# --- Signer -------------------------------------------------------------------------------------------


@transaction.atomic
def signer(decision: Decision, *, acteur: Compte, empreinte: str, qualite: str) -> Decision:
    """Signe ce que l'autorité a eu sous les yeux (`empreinte`) ; la réauthentification précède.

    Le courrier se fige, son PDF se produit aussitôt après. Lève `Refus` (hors délégation, pas autorité), `Conflit`
    (la décision a changé), `ErreurMetier` (qualité absente). Rejoué par le même signataire, sans effet.
    """
    decision = verrouiller(decision)
    courrier = courrier_de(decision)
    if courrier is None:
        raise ErreurMetier("Cette décision n’a pas de courrier.")
    if decision.signee_par_id == acteur.pk and courrier.empreinte == empreinte:
        return decision
    possible(droits.peut_signer(acteur, decision), decision, "signer")
    qualite = " ".join(_propre(qualite, 200, "La qualité").split())
    if not qualite:
        raise ErreurMetier("Une décision porte la qualité de son auteur (CRPA, article L. 212-1) : écrivez la vôtre.")
    if empreinte != empreinte_canonique(contenu_a_signer(decision, courrier)):
        raise Conflit(ECART)
    nom = f"{acteur.prenom} {acteur.nom}"
    poser_signature(decision, empreinte=empreinte, acteur=acteur, nom=nom, qualite=qualite, methode="code_courriel")
    figer(courrier, decision, acteur, qualite, empreinte)
    cycle.avancer(
        decision, "signer", signee_le=timezone.now(), signee_par=acteur, signataire=nom, qualite=qualite,
        date=timezone.localdate(),
    )  # fmt: skip
    consigner("decision_signee", decision.dossier, acteur=acteur, decision=decision.pk, empreinte=empreinte)
    transaction.on_commit(lambda: produire_courrier.enqueue(courrier.pk), robust=True)
    return decision


def figer(courrier: Courrier, decision: Decision, acteur: Compte, qualite: str, empreinte: str) -> None:
    """Fige ce qui s'imprimera : le PDF produit plus tard sera le même."""
    courrier.contexte = a_imprimer(decision, courrier, signataire=acteur, qualite=qualite, empreinte=empreinte)
    courrier.empreinte = empreinte
    courrier.save(update_fields=["contexte", "empreinte"])


@transaction.atomic
def rouvrir(decision: Decision, *, acteur: Compte, motif: str) -> Decision:
    """Remplace un courrier signé qui n'est pas encore parti : la signature tombe, la décision se reprend."""
    decision = verrouiller(decision)
    possible(droits.peut_rouvrir(acteur, decision), decision, "rouvrir")
    motif = _propre(motif, LONGUEUR_MOTIF, "Le motif")
    if not motif:
        raise ErreurMetier("Dites pourquoi le courrier se remplace : son signataire le lira.")
    _annuler_la_signature(decision, motif, acteur)
    signe = courrier_de(decision)
    cycle.avancer(
        decision, "rouvrir", signee_le=None, signee_par=None, signataire="", qualite="", date=None,
        relue_le=None, relue_par=None,
    )  # fmt: skip
    if signe is not None:  # le courrier signé reste en base, tel quel ; on travaille sur une copie
        Courrier.objects.filter(pk=signe.pk).update(remplace_le=timezone.now())
        Courrier.objects.create(
            decision=decision, modele=signe.modele, objet=signe.objet, corps=signe.corps, variables=signe.variables,
            repris_a_la_main=signe.repris_a_la_main, cree_par=acteur,
        )  # fmt: skip
    consigner("signature_retiree", decision.dossier, acteur=acteur, decision=decision.pk)
    return decision


def _annuler_la_signature(decision: Decision, motif: str, acteur: Compte) -> Sequence[object]:
    return annuler_signatures(decision, motif=motif, acteur=acteur)
