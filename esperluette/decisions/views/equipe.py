"""La décision, lue par l'équipe : la phrase, le courrier, jusqu'à quand la contester, la suite."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from esperluette.decisions.actions.apres import consulter
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.decisions.lectures import courrier_de, decisions_de, suites_de, voies_de
from esperluette.decisions.models import Decision
from esperluette.decisions.registres import page_de_la_suite
from esperluette.documents.reponses import telecharger
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page


def _recues(dossier: Dossier) -> list[Decision]:
    recues = [d for d in decisions_de(dossier) if d.etat in EtatDecision.RECUES and d.notifiee_le]
    return sorted(recues, key=lambda d: (d.notifiee_le, d.pk), reverse=True)


@connexion_requise
@require_safe
def decision(request: HttpRequest, reference: str) -> HttpResponse:
    """La dernière décision reçue, et celles d'avant ; la première lecture par un membre se note."""
    dossier = dossier_visible(request, reference)
    compte: Any = request.user
    recues = _recues(dossier)
    if request.method == "GET":
        for recue in recues:
            consulter(recue, acteur=compte)
    derniere = recues[0] if recues else None
    return page(
        request, "decisions/equipe.html", dossier, onglet="decision", decision=derniere,
        courriers=_courriers(derniere), anterieures=[(d, _courriers(d)) for d in recues[1:]],
        voies=voies_de(dossier, derniere.notifiee_le) if derniere else (),
        suites=suites_de(dossier) if derniere and derniere.sens in Sens.FAVORABLES else [],
        lien_suite=page_de_la_suite(dossier) if derniere and derniere.sens in Sens.FAVORABLES else "",
    )  # fmt: skip


def _courriers(recue: Decision | None) -> list[Any]:
    """Le courrier de la décision, et celui de son retrait s'il y en a un."""
    if recue is None:
        return []
    return [c for nature in NatureDeCourrier.values if (c := courrier_de(recue, nature)) is not None]


@connexion_requise
@require_safe
def document(request: HttpRequest, reference: str, pk: int, nature: str) -> HttpResponse:
    """Le PDF d'un courrier reçu ; le télécharger vaut lecture."""
    dossier = dossier_visible(request, reference)
    recue = next((d for d in _recues(dossier) if d.pk == pk), None)
    courrier = courrier_de(recue, nature) if recue and nature in NatureDeCourrier.values else None
    if recue is None or courrier is None:
        raise Http404("Ce courrier n’existe pas.")
    if courrier.document is None:
        raise Http404("Ce courrier se prépare : revenez dans un instant.")
    if request.method == "GET":
        consulter(recue, acteur=request.user)  # type: ignore[arg-type]
    return telecharger(courrier.document)
