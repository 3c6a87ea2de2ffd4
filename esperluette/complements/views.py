"""La page « Remarques de l'ARS » : la remarque, le champ juste dessous, la réponse ; le reste est verrouillé."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.vues import lecture_seule
from esperluette.complements.actions.reponses import repondre
from esperluette.complements.droits import peut_repondre
from esperluette.complements.enums import EtatDemande, EtatRemarque
from esperluette.complements.lectures import (
    Retour,
    active_de,
    ce_qui_a_change,
    demandes_de,
    est_prete,
    ouverts_par,
    retenir,
    rouvrables,
)
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.dossiers.affichage import moment, valeur_lisible
from esperluette.dossiers.cycle import permission
from esperluette.dossiers.delais import horloge_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import qui_signe, trame_de
from esperluette.dossiers.lectures_ecran import RubriqueEnRedaction, rubriques_en_redaction
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import PIECES
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, est_un_script, page
from esperluette.dossiers.views.enregistrement import Bilan, Erreur, champ_du_geste, ecrire, saisies_de
from esperluette.dossiers.views.gestes import NOM, appliquer
from esperluette.referentiel.normalisation import ValeurRefusee


@dataclass(slots=True)
class RemarqueAMontrer:
    """Une remarque, les champs qu'elle rouvre (chacun dans sa page réduite), et l'erreur d'une réponse refusée."""

    remarque: Remarque
    etat: EtatRemarque
    pages: list[RubriqueEnRedaction]
    deja: bool = False  # le champ est montré plus haut, sous une autre remarque
    sur_les_pieces: bool = False
    rubriques: list[tuple[str, str]] = field(default_factory=list)  # celles qu'une remarque générale rouvre
    erreur: str = ""
    saisie: str | None = None
    en_place: Remarque | None = None  # la réponse d'un collègue, quand il a écrit le premier

    @property
    def affichee(self) -> str:
        """La réponse en place, ou ce qui vient d'être saisi et refusé."""
        return self.remarque.reponse if self.saisie is None else self.saisie


@connexion_requise
def remarques(request: HttpRequest, reference: str) -> HttpResponse:
    """Les remarques à traiter, ou ce qu'elles sont devenues."""
    dossier = dossier_visible(request, reference)
    vue = _enregistrer if request.method == "POST" else _montrer
    return vue(request, dossier)


@lecture_seule
def _montrer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    return _page(request, dossier, Bilan(), {})


def _page(
    request: HttpRequest, dossier: Dossier, bilan: Bilan, refusees: dict[int, tuple[str, str]], statut: int = 200
) -> HttpResponse:
    demandes = demandes_de(dossier)
    demande = next((d for d in demandes if d.etat == EtatDemande.ENVOYEE), None)
    contexte: dict[str, Any] = {
        "demande": demande, "horloge": horloge_de(dossier), "anciennes": _anciennes(demandes, demande),
        "annulee": next((d for d in demandes[:1] if d.etat == EtatDemande.ANNULEE), None),
    }  # fmt: skip
    if demande is not None:
        demande.dossier = dossier
        retenir(dossier, demande)
        lignes = _lignes(request, dossier, demande)
        _reporter(lignes, bilan, refusees)
        reste = sum(ligne.etat == EtatRemarque.A_TRAITER for ligne in lignes)
        suite = "figer" if qui_signe(dossier) != "aucune" else "deposer"
        contexte |= {
            "lignes": lignes, "reste": reste,
            "repondre": peut_repondre(request.user, demande), "modifiable": dossier.est_modifiable,
            "suite": permission(dossier, suite, request.user) if dossier.etat == Etat.A_COMPLETER else None,
            "erreurs": [c for x in lignes for p in x.pages for c in p.tous() if c.erreur],
            "reponses_refusees": [x for x in lignes if x.erreur], "autres": bilan.refus,
        }  # fmt: skip
    return page(request, "complements/remarques.html", dossier, onglet="remarques", statut=statut, **contexte)


def _anciennes(demandes: list[DemandeDeComplements], active: DemandeDeComplements | None) -> list[Any]:
    """Les tours passés, le plus récent d'abord : remarque, réponse, et ce que l'ARS en a dit."""
    return [(d, [Retour(r, _dit_a_l_equipe(d, r), []) for r in d.remarques.all()]) for d in demandes if d != active]


def _dit_a_l_equipe(demande: DemandeDeComplements, remarque: Remarque) -> EtatRemarque:
    """Ce qu'un agent prépare ne se voit pas : une remarque n'est redemandée que la demande partie."""
    if remarque.levee_le is not None:
        return EtatRemarque.LEVEE
    parties = [s for s in remarque.suites.all() if s.demande.demandee_le is not None and s.demande.annulee_le is None]
    return EtatRemarque.REDEMANDEE if parties else EtatRemarque.A_RELIRE


def _lignes(request: HttpRequest, dossier: Dossier, demande: DemandeDeComplements) -> list[RemarqueAMontrer]:
    trame, toutes = trame_de(dossier), list(demande.remarques.all())
    ouverts = {r.pk: ouverts_par(trame, [r]) for r in toutes}
    pages = rubriques_en_redaction(dossier, {c for o in ouverts.values() for c in o}, request.user)
    changes, vus, lignes = ce_qui_a_change(dossier, demande.depot), set[str](), []
    for remarque in toutes:
        # Une remarque générale peut rouvrir des rubriques entières : on y mène, on ne les recopie pas ici.
        cles = [c.id for _, c in trame.champs() if c.id in ouverts[remarque.pk]] if remarque.champ else []
        prete = est_prete(remarque, trame, changes)
        lignes.append(
            RemarqueAMontrer(
                remarque=remarque,
                etat=EtatRemarque.PRETE if prete else EtatRemarque.A_TRAITER,
                pages=[pages[c] for c in cles if c in pages and c not in vus],
                deja=bool(cles) and all(c in vus for c in cles),
                sur_les_pieces=PIECES in ouverts[remarque.pk],
                rubriques=[(r, t) for r, t in rouvrables(trame) if r in remarque.ouvre and r != PIECES],
            )
        )
        vus |= set(cles)
    return lignes


def _reporter(lignes: list[RemarqueAMontrer], bilan: Bilan, refusees: dict[int, tuple[str, str]]) -> None:
    """Remet à l'écran ce qui vient d'être refusé, avec sa raison."""
    for ligne in lignes:
        if ligne.remarque.pk in refusees:
            ligne.erreur, ligne.saisie = refusees[ligne.remarque.pk]
            ligne.en_place = ligne.remarque if ligne.remarque.reponse else None
        for champ in (c for p in ligne.pages for c in p.tous()):
            if champ.chemin in bilan.erreurs:
                erreur = bilan.erreurs[champ.chemin]
                champ.erreur, champ.saisie, champ.candidates = erreur.message, erreur.saisie, erreur.candidates


def _enregistrer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    demande = active_de(dossier)
    if demande is None:
        messages.error(request, "Aucune demande de l’ARS n’attend de réponse : rien n’a été enregistré.")
        return redirect("complements:remarques", dossier.reference)
    demande.dossier = dossier
    trame = trame_de(dossier)
    ouverts = ouverts_par(trame, demande.remarques.all())
    saisies = saisies_de(request, trame, {c.id for _, c in trame.champs()})
    textes = [(s.champ.libelle, valeur_lisible(s.champ, s.brut)) for s in saisies]
    droit = peut_repondre(request.user, demande)
    if not droit:
        return _refuser(request, dossier, demande, textes, droit.motif)
    reprises = {c: p.champs[0].reprise for c, p in rubriques_en_redaction(dossier, ouverts, request.user).items()}
    bilan = ecrire(dossier, saisies, reprises, acteur=request.user)
    refusees, ecrites = _reponses(request, demande)
    geste = request.POST.get(NOM, "")
    try:
        if geste and not bilan.refus:
            appliquer(dossier, geste, request.POST, acteur=request.user)
    except Refus as refus:
        bilan.refus = str(refus)
    except (ErreurMetier, ValeurRefusee) as erreur:
        bilan.erreurs.setdefault(champ_du_geste(geste), Erreur(str(erreur)))
    if bilan.refus:
        return _refuser(request, dossier, demande, textes, bilan.refus)
    if bilan.erreurs or refusees:
        return _page(request, dossier, bilan, refusees, statut=422)
    return _suite(request, dossier, bilan, ecrites, geste)


def _reponses(request: HttpRequest, demande: DemandeDeComplements) -> tuple[dict[int, tuple[str, str]], int]:
    """Écrit les réponses de l'envoi ; rend celles qui n'ont pas pu l'être, avec leur texte, et le nombre d'écrites."""
    refusees: dict[int, tuple[str, str]] = {}
    ecrites = 0
    for remarque in demande.remarques.all():
        if f"reponse:{remarque.pk}" not in request.POST:
            continue
        texte = request.POST[f"reponse:{remarque.pk}"]
        version = _entier(request.POST.get(f"reponse-version:{remarque.pk}", ""))
        try:
            rendue = repondre(remarque, texte, acteur=request.user, version_lue=version)
        except (Conflit, ErreurMetier) as refus:
            refusees[remarque.pk] = (str(refus), texte)
        else:
            ecrites += rendue.reponse_version != remarque.reponse_version
    return refusees, ecrites


def _entier(brut: str) -> int:
    return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 10 else 0


def _refuser(
    request: HttpRequest, dossier: Dossier, demande: DemandeDeComplements, textes: list[tuple[str, str]], motif: str
) -> HttpResponse:
    """403 : la raison, et tout ce qui avait été saisi, à recopier."""
    if est_un_script(request):
        return render(request, "dossiers/_refus.html", {"motif": motif}, status=403)
    for r in demande.remarques.all():
        saisie = request.POST.get(f"reponse:{r.pk}", "").strip()
        if saisie and saisie != r.reponse:
            textes.append((f"Réponse : {r.libelle}", saisie))
    return page(
        request, "refus", dossier, onglet="remarques", statut=403, motif=motif, textes=[t for t in textes if t[1]]
    )


def _suite(request: HttpRequest, dossier: Dossier, bilan: Bilan, ecrites: int, geste: str) -> HttpResponse:
    adresse = reverse("complements:remarques", args=[dossier.reference])
    if bilan.conflits:
        messages.warning(
            request, "Quelqu’un avait écrit avant vous : les deux textes sont gardés, choisissez lequel retenir."
        )
    elif bilan.ecrits or ecrites or geste:
        messages.success(request, f"Enregistré {moment(timezone.now())}.")
    else:
        messages.info(request, "Rien n’avait changé : tout était déjà enregistré.")
    return redirect(adresse)


@connexion_requise
@require_POST
def remarque(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """L'enregistrement automatique d'une réponse : 200, 403, 409 (un collègue a écrit), 422."""
    dossier = dossier_visible(request, reference)
    trouvee = get_object_or_404(
        Remarque.objects.select_related("demande__dossier__equipe").filter(
            demande__dossier=dossier, demande__demandee_le__isnull=False
        ),
        pk=pk,
    )
    version = _entier(request.POST.get("version", ""))
    try:
        rendue = repondre(trouvee, request.POST.get("reponse", ""), acteur=request.user, version_lue=version)
    except Refus as refus:
        return _etat(request, 403, erreur=str(refus))
    except Conflit as refus:
        trouvee.refresh_from_db()
        return _etat(request, 409, erreur=str(refus), en_place=trouvee)
    except ErreurMetier as refus:
        return _etat(request, 422, erreur=str(refus))
    return _etat(request, 200, remarque=rendue)


def _etat(request: HttpRequest, statut: int, **contexte: Any) -> HttpResponse:
    return render(
        request,
        "complements/_etat_reponse.html",
        {"erreur": "", "remarque": None, "en_place": None, **contexte},
        status=statut,
    )
