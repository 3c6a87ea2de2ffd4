"""Une page avec les champs « commune », pour les essais de navigateur : le site entier, plus `/essai/`."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from esperluette.config.urls import urlpatterns as site
from esperluette.territoires.champs import ChampCommune, ChampCommunes

_CHAMPS = """\
{% for champ in form %}
  <div class="fr-input-group{% if champ.errors %} fr-input-group--error{% endif %}">
    <label class="fr-label" for="{{ champ.id_for_label }}">{{ champ.label }}</label>
    {{ champ }}
    {% for erreur in champ.errors %}<p class="fr-error-text">{{ erreur }}</p>{% endfor %}
  </div>
{% endfor %}"""

_PAGE = (
    """{% extends "commun/base.html" %}
{% block styles %}{{ form.media.css }}{% endblock %}
{% block scripts %}{{ form.media.js }}{% endblock %}
{% block titre %}Essai{% endblock %}
{% block contenu %}
<h1>Essai</h1>
<p id="recu">{{ recu }}</p>
<form method="post">{% csrf_token %}"""
    + _CHAMPS
    + """
  <button class="fr-btn" type="submit">Envoyer</button>
</form>
<button class="fr-btn" type="button" hx-get="/essai/fragment/" hx-target="#suite">Un autre</button>
<div id="suite"></div>
{% endblock %}"""
)


class EssaiForm(forms.Form):
    lieu = ChampCommune(label="Commune d’implantation", required=False)
    lieux = ChampCommunes(label="Territoire", required=False)


def page(request: HttpRequest) -> HttpResponse:
    form = EssaiForm(request.POST or None)
    recu = ""
    if form.is_valid():
        codes = [form.cleaned_data["lieu"], *form.cleaned_data["lieux"]]
        recu = " ".join(commune.pk for commune in codes if commune)
    return HttpResponse(Template(_PAGE).render(RequestContext(request, {"form": form, "recu": recu})))


def fragment(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(_CHAMPS).render(RequestContext(request, {"form": EssaiForm(prefix="autre")})))


urlpatterns = [*site, path("essai/", page), path("essai/fragment/", fragment)]
