"""Vérifier une reconnaissance par son numéro : ouvert à tous, et rien de plus que l'attestation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.commun.vues import lecture_seule
from esperluette.reconnaissances.forms import VerificationForm
from esperluette.reconnaissances.lectures import verifiable


@lecture_seule
def verifier(request: HttpRequest) -> HttpResponse:
    """Un numéro : l'équipe, les dates, l'état du jour ; un numéro inconnu se dit."""
    form = VerificationForm(request.GET if "numero" in request.GET else None)
    cherche = form.is_bound and form.is_valid()
    reconnaissance = verifiable(form.cleaned_data["numero"]) if cherche else None
    contexte = {"form": form, "cherche": cherche, "reconnaissance": reconnaissance}
    return render(request, "reconnaissances/verifier.html", contexte)
