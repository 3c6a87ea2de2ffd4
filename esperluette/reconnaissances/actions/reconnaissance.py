"""Reconnaître une équipe, corriger, choisir ce qu'on en publie."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.actions.fiches import exiger, historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.valeurs import en_json
from esperluette.journal.actions import consigner
from esperluette.reconnaissances import courriels
from esperluette.reconnaissances.droits import peut_choisir_la_publication, peut_reconnaitre
from esperluette.reconnaissances.lectures import constats, regles_de
from esperluette.reconnaissances.models import Reconnaissance, ReconnaissanceQuerySet
from esperluette.reconnaissances.numeros import nouveau_numero
from esperluette.reconnaissances.taches import produire_l_attestation

DEJA = "Cette équipe a déjà une reconnaissance en cours sous cette forme."
# Ce que dit l'attestation : la changer en demande une nouvelle.
ATTESTES = frozenset({"debut", "fin", "decision_texte", "decision_le", "fondement"})


def reconnaitre(
    equipe: Equipe,
    *,
    acteur: Compte,
    forme: str,
    debut: date,
    decision: str,
    fondement: str = "",
    decision_le: date | None = None,
    fin: date | None = None,
    dossier: Dossier | None = None,
    publiee: bool = True,
    reprise: bool = False,
) -> Reconnaissance:
    """Enregistre la reconnaissance d'une équipe, prononcée par l'ARS. `reprise` : la décision est antérieure.

    Lève Refus (hors du périmètre), Conflit (déjà reconnue à ces dates), ErreurMetier (date à venir).
    """
    exiger(peut_reconnaitre(acteur, equipe))
    return _prononcer(
        equipe, acteur=acteur, forme=forme, debut=debut, decision=decision, fondement=fondement, fin=fin,
        decision_le=decision_le, dossier=dossier, publiee=publiee, reprise=reprise,
    )  # fmt: skip


@transaction.atomic
def reconnaitre_par_decision(
    dossier: Dossier, *, acteur: Compte, decision: str, decision_le: date | None = None, debut: date | None = None
) -> Reconnaissance | None:
    """L'effet d'une décision favorable, notifiée : l'équipe est reconnue si l'édition dit que la démarche y mène.

    Rend la reconnaissance, nouvelle ou déjà là (un second projet accepté, un avenant) ; None si cette démarche ne
    reconnaît personne. `debut` : le jour de l'effet, celui de la notification par défaut. Le droit de décider a été
    vérifié par la décision.
    """
    equipe = Equipe.objects.select_for_update(of=("self",)).get(pk=dossier.equipe_id)
    if dossier.avenant_de_id is not None:
        return _par_avenant(dossier, equipe, acteur=acteur)
    demarche = demarche_de(dossier)
    if demarche.reconnait is None:
        return None
    jour = debut or timezone.localdate()
    deja = _qui_chevauchent(equipe, equipe.forme_visee, jour, None).first()
    if deja is not None:
        return deja
    return _prononcer(
        equipe, acteur=acteur, forme=equipe.forme_visee, debut=jour, decision=decision, decision_le=decision_le,
        dossier=dossier,
    )  # fmt: skip


def _par_avenant(dossier: Dossier, equipe: Equipe, *, acteur: Compte) -> Reconnaissance | None:
    """Un avenant accepté ne reconnaît pas de nouveau : il change ce que la reconnaissance atteste."""
    en_cours = Reconnaissance.objects.en_cours().filter(equipe=equipe, forme=equipe.forme_visee).first()
    consigner("reference_changee", equipe, acteur=acteur, dossier=dossier.pk, projet=dossier.avenant_de_id)
    if en_cours is not None:
        _attester(en_cours)
    return en_cours


@transaction.atomic
def _prononcer(
    equipe: Equipe, *, acteur: Compte, forme: str, debut: date, decision: str, **champs: Any
) -> Reconnaissance:
    if debut > timezone.localdate():
        raise ErreurMetier("Une reconnaissance s’enregistre à partir du jour où elle prend effet.")
    decision = decision.strip()
    if not decision:
        raise ErreurMetier("Indiquez la référence de la décision : sans elle, rien ne dit que l’équipe est reconnue.")
    champs = {cle: valeur.strip() if isinstance(valeur, str) else valeur for cle, valeur in champs.items()}
    equipe = Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)
    reconnaissance = Reconnaissance(
        equipe=equipe, forme=forme, region=equipe.region, dossier=champs.pop("dossier", None), enregistree_par=acteur,
        numero=nouveau_numero(equipe.region, debut),
    )  # fmt: skip
    reconnaissance = _ecrire(
        reconnaissance, "equipe_reconnue", acteur=acteur, debut=debut, decision_texte=decision, **champs
    )
    if not constats(reconnaissance, regles_de(reconnaissance)):
        reconnaissance.composition_vue_le = timezone.now()
        reconnaissance.save(update_fields=["composition_vue_le"])
    if not reconnaissance.reprise:
        courriels.reconnue(reconnaissance)
    return reconnaissance


def choisir_la_publication(reconnaissance: Reconnaissance, *, acteur: Compte, coordonnees: bool) -> Reconnaissance:
    """L'équipe publie ses coordonnées à l'annuaire, ou les en retire. Rejoué, sans effet."""
    exiger(peut_choisir_la_publication(acteur, reconnaissance))
    if reconnaissance.coordonnees_publiees == coordonnees:
        return reconnaissance
    sorte = "coordonnees_publiees" if coordonnees else "coordonnees_retirees"
    return _ecrire(reconnaissance, sorte, acteur=acteur, coordonnees_publiees=coordonnees)


@transaction.atomic
def corriger_la_reconnaissance(reconnaissance: Reconnaissance, *, acteur: Compte, **champs: Any) -> Reconnaissance:
    """Corrige une erreur de saisie, publie, retire de l'annuaire ou met fin (`fin`). L'équipe ne change pas."""
    exiger(peut_reconnaitre(acteur, reconnaissance.equipe))
    Equipe.objects.select_for_update(of=("self",)).get(pk=reconnaissance.equipe_id)
    if reconnaissance.retiree_le is not None and {"debut", "fin"} & {
        nom for nom, valeur in champs.items() if getattr(reconnaissance, nom) != valeur
    }:
        raise ErreurMetier("Cette reconnaissance a été retirée : ses dates ne se corrigent plus.")
    return _ecrire(reconnaissance, "reconnaissance_corrigee", acteur=acteur, **champs)


@transaction.atomic
def retirer_avec_la_decision(dossier: Dossier, *, acteur: Compte) -> None:
    """La décision qui reconnaissait l'équipe a été retirée : sa reconnaissance l'est depuis son premier jour.

    D'un avenant, l'attestation revient à ce que dit le projet de référence. Le droit de retirer a été vérifié avec la
    décision.
    """
    if dossier.avenant_de_id is not None:
        _par_avenant(dossier, Equipe.objects.get(pk=dossier.equipe_id), acteur=acteur)
        return
    for reconnaissance in Reconnaissance.objects.filter(dossier=dossier, retiree_le=None).select_related("equipe"):
        _ecrire(
            reconnaissance, "reconnaissance_retiree", acteur=acteur, retiree_le=reconnaissance.debut,
            fin=reconnaissance.debut,
        )  # fmt: skip


def retirer_a_compter_du(
    reconnaissance: Reconnaissance, jour: date, *, acteur: Compte, retrait: int
) -> Reconnaissance:
    """Inscrit le retrait décidé ; la procédure et le droit sont dans `actions.retrait`."""
    dernier = max(reconnaissance.debut, jour - timedelta(days=1))
    fin = dernier if reconnaissance.fin is None else min(dernier, reconnaissance.fin)
    return _ecrire(reconnaissance, "reconnaissance_retiree", acteur=acteur, retiree_le=jour, fin=fin, _retrait=retrait)


def _qui_chevauchent(
    equipe: Equipe, forme: str, debut: date, fin: date | None, sauf: int | None = None
) -> ReconnaissanceQuerySet:
    siennes = Reconnaissance.objects.filter(equipe=equipe)
    autres = siennes.filter(Q(fin=None) | Q(fin__gte=debut), forme=forme)
    if fin is not None:
        autres = autres.filter(debut__lte=fin)
    autres = autres.exclude(retiree_le=F("debut"))  # retirée avec sa décision : elle n'a valu aucun jour
    return autres if sauf is None else autres.exclude(pk=sauf)


def _refuser_un_chevauchement(reconnaissance: Reconnaissance) -> None:
    """Deux reconnaissances d'une même équipe sous la même forme ne valent pas le même jour."""
    if reconnaissance.fin is not None and reconnaissance.fin < reconnaissance.debut:
        return  # la contrainte sur l'ordre des dates le dira mieux
    autre = _qui_chevauchent(
        reconnaissance.equipe, reconnaissance.forme, reconnaissance.debut, reconnaissance.fin, reconnaissance.pk
    ).first()
    if autre is None:
        return
    if autre.fin is None:
        raise Conflit(DEJA)
    raise Conflit(
        f"Ces dates chevauchent une autre reconnaissance de l’équipe, n° {autre.numero}, "
        f"du {autre.debut:%d/%m/%Y} au {autre.fin:%d/%m/%Y}."
    )


@transaction.atomic
def _ecrire(reconnaissance: Reconnaissance, sorte: str, *, acteur: Compte, **champs: Any) -> Reconnaissance:
    """Le seul endroit qui écrit une reconnaissance ; l'acte va au journal de l'équipe, l'écart à l'histoire."""
    identifiants = {nom[1:]: champs.pop(nom) for nom in list(champs) if nom.startswith("_")}
    avant = {nom: en_json(getattr(reconnaissance, nom)) for nom in champs} if reconnaissance.pk else {}
    for nom, valeur in champs.items():
        setattr(reconnaissance, nom, valeur)
    apres = {nom: en_json(valeur) for nom, valeur in champs.items()}
    if apres == avant:
        return reconnaissance
    try:
        reconnaissance.full_clean(validate_constraints=False)
        if {"debut", "fin"} & set(champs):
            _refuser_un_chevauchement(reconnaissance)
            reconnaissance.validate_constraints(exclude={"numero"})
    except ValidationError as erreur:
        raise ErreurMetier(" ".join(erreur.messages)) from erreur
    try:
        with transaction.atomic():
            reconnaissance.save()
    except IntegrityError as erreur:  # deux envois au même instant : la contrainte en base a tranché
        raise Conflit(DEJA) from erreur
    geste = GesteDeFiche.MODIFICATION if avant else GesteDeFiche.CREATION
    historiser(reconnaissance, geste, avant, apres, acteur)
    consigner(
        sorte, reconnaissance.equipe, acteur=acteur, reconnaissance=reconnaissance.pk, numero=reconnaissance.numero,
        forme=reconnaissance.sigle, champs=sorted(champs), **identifiants,
    )  # fmt: skip
    if ATTESTES & set(champs):
        _attester(reconnaissance)
    return reconnaissance


def _attester(reconnaissance: Reconnaissance) -> None:
    """L'attestation se produit après coup, hors de la transaction."""
    transaction.on_commit(lambda: produire_l_attestation.enqueue(reconnaissance.pk), robust=True)
