"""Pages d'attente du portail."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def accueil(request: HttpRequest) -> HttpResponse:
    return render(request, "portail/accueil.html")


@login_required
def apres_connexion(request: HttpRequest) -> HttpResponse:
    return redirect("comptes:profil")
