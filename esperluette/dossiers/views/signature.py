"""De l'aperçu au dépôt : relire, figer, signer, relancer, rouvrir, déposer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.requetes import adresse_ip, agent_utilisateur
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes import reauthentification
from esperluette.documents.preuves import CodeReleve, Conditions, Constat
from esperluette.dossiers.actions import depot as actions
from esperluette.dossiers.actions.relances import relancer as relancer_les_signataires
from esperluette.dossiers.cycle import TRANSITIONS, permission
from esperluette.dossiers.delais import DELAI_DE_REPONSE
from esperluette.dossiers.documents import apercu_du_dossier
from esperluette.dossiers.droits import peut_deposer, peut_piloter, peut_signer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.forms import CodeForm
from esperluette.dossiers.lectures import (
    ce_qui_manque,
    demarche_de,
    depot_en_attente,
    destinataire_de,
    qui_signe,
)
from esperluette.dossiers.lectures_fiche import SignataireAMontrer, dernier_depose, signatures_de
from esperluette.dossiers.lectures_pieces import a_revoir, pieces_en_place
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.preuves import conditions_de
from esperluette.dossiers.relances import Relances
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, page
from esperluette.equipes.droits import delegations_en_cours, masquer, membre_de


@connexion_requise
@lecture_seule
def signature(request: HttpRequest, reference: str) -> HttpResponse:
    """Le document tel qu'il sera, qui a signé, qui manque."""
    dossier = dossier_visible(request, reference)
    depot = _en_attente(dossier)
    signataires = signatures_de(depot, request.user) if depot else []
    return page(
        request, "signature", dossier, onglet="signature", depot=depot, apercu=apercu_du_dossier(dossier),
        signataires=signataires, restants=[s for s in signataires if s.signee_le is None],
        manques=ce_qui_manque(dossier, membres=dossier.equipe.presents) if dossier.est_modifiable else [],
        pieces_a_revoir=list(a_revoir(pieces_en_place(dossier, request.user))) if _reste_a_deposer(dossier) else [],
        exige=qui_signe(dossier) != "aucune", seul=qui_signe(dossier) == "porteur",
        pilote=peut_piloter(request.user, dossier), tient=peut_deposer(request.user, dossier),
        ma_signature=peut_signer(request.user, depot) if depot else None,
        partis=[s for s in signataires if s.parti_le is not None],
        delegations=delegations_en_cours(dossier.equipe),
        relancables=[s for s in signataires if s.signee_le is None and s.parti_le is None and not relance_du_jour(s)],
        depose=None if depot or dossier.est_modifiable else dernier_depose(list(dossier.depots.all())),
    )  # fmt: skip


def _reste_a_deposer(dossier: Dossier) -> bool:
    return dossier.est_modifiable or dossier.etat == Etat.A_SIGNER


def _en_attente(dossier: Dossier) -> Depot | None:
    depot = depot_en_attente(dossier) if dossier.etat == Etat.A_SIGNER else None
    if depot is not None:
        depot.dossier = dossier
    return depot


def _geste(
    request: HttpRequest, dossier: Dossier, nom: str, faire: Callable[[], Any], *, titre: str, effets: list[str],
    succes: str, vers: str = "signature",
) -> HttpResponse:  # fmt: skip
    """Confirme (GET) puis fait (POST) une transition du porteur ; un refus d'état ou de garde revient en message."""
    exiger(TRANSITIONS[nom].droit(request.user, dossier))
    adresse = reverse("dossiers:signature", args=[dossier.reference])
    if request.method == "POST":
        try:
            faire()
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
            return redirect(adresse)
        messages.success(request, succes)
        return redirect(f"dossiers:{vers}", dossier.reference)
    possible = permission(dossier, nom, request.user)
    if not possible:
        messages.error(request, possible.motif)
        return redirect(adresse)
    return confirmer(
        request, dossier, onglet="signature", titre=titre, effets=effets, bouton=TRANSITIONS[nom].libelle,
        retour=adresse,
    )  # fmt: skip


@connexion_requise
def figer(request: HttpRequest, reference: str) -> HttpResponse:
    """Figer la version à signer."""
    dossier = dossier_visible(request, reference)
    return _geste(
        request, dossier, "figer", lambda: actions.figer(dossier, acteur=request.user),
        titre="Figer la version à signer ?",
        effets=[
            "Le texte, les pièces et la liste des membres ne changent plus tant que la version attend des signatures.",
            _qui_signera(dossier),
            "Vous pourrez rouvrir la rédaction ; les signatures déjà posées seront alors annulées.",
        ],
        succes="La version est figée. Relisez-la, puis signez-la." if qui_signe(dossier) == "porteur"
        else "La version est figée. Chaque signataire vient d’être prévenu.",
    )  # fmt: skip


def _qui_signera(dossier: Dossier) -> str:
    if qui_signe(dossier) == "porteur":
        return "Vous seul la signerez, au nom de l’équipe, avec un code reçu par courriel."
    return "Chaque signataire reçoit un courriel avec un lien pour relire et signer."


@connexion_requise
def rouvrir(request: HttpRequest, reference: str) -> HttpResponse:
    """Rouvrir la rédaction : les signatures tombent."""
    dossier = dossier_visible(request, reference)
    depot = _en_attente(dossier)
    posees = depot.signatures.filter(annulee_le=None).count() if depot else 0
    tombent = {0: "Personne n’a encore signé.", 1: "La signature déjà posée sera annulée."}.get(
        posees, f"Les {posees} signatures déjà posées seront annulées."
    )
    return _geste(
        request, dossier, "rouvrir", lambda: actions.rouvrir(dossier, acteur=request.user),
        titre="Rouvrir la rédaction ?",
        effets=[
            tombent,
            "Les signataires en seront prévenus, et devront signer la version suivante.",
            "La version figée reste lisible dans la fiche du dossier.",
        ],
        succes="La rédaction est rouverte. Les signataires en sont prévenus.", vers="redaction",
    )  # fmt: skip


@connexion_requise
def deposer(request: HttpRequest, reference: str) -> HttpResponse:
    """Déposer : le récapitulatif, la confirmation, puis l'envoi à l'ARS."""
    dossier = dossier_visible(request, reference)
    depot = _en_attente(dossier)
    regime, vers = demarche_de(dossier).regime, destinataire_de(dossier)
    annonces = [d.libelle for d in regime.delais if d.id == DELAI_DE_REPONSE]
    version = f"La version {depot.numero}, empreinte {depot.empreinte_courte}, part" if depot else "Le dossier part"
    return _geste(
        request, dossier, "deposer", lambda: actions.deposer(dossier, acteur=request.user),
        titre="Déposer le dossier ?",
        effets=[
            f"{version} à l’ARS de votre région, avec ses pièces jointes.",
            f"Destinataire : {vers.nom}, {vers.organisme}. {vers.note}".strip(),
            "Vous recevez un accusé de réception daté ; chaque membre en est prévenu.",
            *annonces,
            regime.silence.texte,
            "Un dossier déposé ne se modifie plus, sauf si l’ARS demande des compléments. Vous pourrez le retirer.",
        ],
        succes="Votre dossier est déposé. L’accusé de réception se prépare.", vers="fiche",
    )  # fmt: skip


def relance_du_jour(signataire: SignataireAMontrer) -> bool:
    """Cette personne a déjà reçu un rappel aujourd'hui."""
    return signataire.relance is not None and signataire.relance.jour == timezone.localdate()


@connexion_requise
@require_POST
def relancer(request: HttpRequest, reference: str) -> HttpResponse:
    """Rappeler leur signature à ceux qui n'ont pas signé."""
    dossier = dossier_visible(request, reference)
    exiger(peut_deposer(request.user, dossier))
    try:
        relances = relancer_les_signataires(dossier, acteur=request.user)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        niveau = messages.SUCCESS if relances.parties else messages.INFO
        messages.add_message(request, niveau, _bilan(relances))
    return redirect("dossiers:signature", reference)


def _bilan(relances: Relances) -> str:
    """Ce qui est parti, ce qui l'était déjà aujourd'hui, qui ne signera plus."""
    phrases = []
    if relances.parties:
        pluriel = "s" if len(relances.parties) > 1 else ""
        phrases.append(f"Rappel envoyé à {len(relances.parties)} personne{pluriel}.")
    if relances.deja:
        noms = ", ".join(map(str, relances.deja))
        phrases.append(f"Déjà rappelé aujourd’hui : {noms}. Un rappel par jour suffit.")
    if relances.hors:
        noms = ", ".join(map(str, relances.hors))
        phrases.append(f"Plus dans l’équipe : {noms}. Rouvrez la rédaction pour faire signer une autre version.")
    return " ".join(phrases) or "Tout le monde a signé."


@connexion_requise
def signer(request: HttpRequest, reference: str) -> HttpResponse:
    """Signer : on rappelle ce qu'on signe, on envoie un code, on le vérifie."""
    dossier = dossier_visible(request, reference)
    depot = _en_attente(dossier)
    if depot is None:
        messages.error(request, "Aucune version n’attend de signature.")
        return redirect("dossiers:signature", reference)
    possible = peut_signer(request.user, depot)
    if request.method == "POST" and depot.signatures.filter(signataire=request.user, annulee_le=None).exists():
        messages.info(request, possible.motif)  # un double envoi ne se refuse pas
        return redirect("dossiers:signature", reference)
    if not possible and request.method == "POST":
        exiger(possible)
    if not possible:
        messages.error(request, possible.motif)
        return redirect("dossiers:signature", reference)
    if request.method != "POST":
        return _page_signer(request, dossier, depot, _formulaire(request, depot))
    if request.POST.get("etape") == "code":
        try:
            reauthentification.demander_code(request, **_lien(depot))
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
        else:
            messages.success(request, "Un code vient de vous être envoyé par courriel.")
        return redirect("dossiers:signer", reference)
    return _signer(request, dossier, depot)


def _lien(depot: Depot) -> dict[str, str]:
    """Ce que dira le courriel, et ce à quoi le code est lié : le contenu de cette version, et nul autre."""
    version = f"la version {depot.numero} du dossier {depot.dossier.reference} ({depot.empreinte_courte})"
    return {"motif": f"signer {version}", "lie_a": depot.empreinte}


def _conditions(request: HttpRequest, depot: Depot) -> Conditions:
    membre = membre_de(request.user, depot.dossier.equipe)
    return conditions_de(depot, next(s for s in depot.contenu["signataires"] if membre and s["membre"] == membre.pk))


def _formulaire(request: HttpRequest, depot: Depot) -> CodeForm:
    conditions = _conditions(request, depot)
    return CodeForm(initial={"empreinte": depot.empreinte, "conditions": conditions.empreinte})


def _page_signer(
    request: HttpRequest, dossier: Dossier, depot: Depot, form: CodeForm, *, statut: int = 200
) -> HttpResponse:
    return page(
        request, "signer", dossier, onglet="signature", statut=statut, depot=depot, form=form,
        conditions=_conditions(request, depot),
        code_envoye=reauthentification.code_en_attente(request, **_lien(depot)) or form.is_bound,
    )  # fmt: skip


def _signer(request: HttpRequest, dossier: Dossier, depot: Depot) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page_signer(request, dossier, depot, form, statut=422)
    if form.cleaned_data["empreinte"] != depot.empreinte:
        messages.error(request, "La version a changé depuis l’affichage : relisez-la avant de signer.")
        return redirect("dossiers:signature", dossier.reference)
    conditions = _conditions(request, depot)
    if form.cleaned_data["conditions"] != conditions.empreinte:
        messages.error(request, "Le texte à approuver a changé depuis l’affichage : relisez-le avant de signer.")
        return redirect("dossiers:signer", dossier.reference)
    try:
        reauthentification.verifier_code(request, form.cleaned_data["code"], **_lien(depot))
    except reauthentification.CodeRefuse as refus:
        form.add_error("code", str(refus))
        return _page_signer(request, dossier, depot, form, statut=422)
    try:
        constat = _constat(request, depot, conditions)
        actions.signer(depot, acteur=request.user, empreinte=form.cleaned_data["empreinte"], constat=constat)
    except Refus as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"Vous avez signé la version {depot.numero}.")
    return redirect("dossiers:signature", dossier.reference)


def _constat(request: HttpRequest, depot: Depot, conditions: Conditions) -> Constat:
    """Ce que la preuve retiendra de cet envoi."""
    code = reauthentification.code_constate(request, **_lien(depot))
    releve = code and CodeReleve(masquer(code.envoye_a), code.envoye_le, code.verifie_le, code.essais)
    return Constat(conditions, releve, adresse_ip(request), agent_utilisateur(request))
