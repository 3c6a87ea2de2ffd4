"""La garde des variables de gabarit elle-même : elle voit les fautes, et elles seules."""

from types import SimpleNamespace

import pytest
from _pytest.outcomes import Failed
from django.conf import settings
from django.template import Context, Origin, Template, engines

OBJET = SimpleNamespace(nom="Loudéac", absent=None)


def rendre(source, chemin=f"{settings.PAQUET}/portail/templates/essai.html"):
    moteur = engines["django"].engine
    return Template(source, origin=Origin(name=chemin), engine=moteur).render(Context({"objet": OBJET, "rien": None}))


@pytest.mark.parametrize(
    "source",
    [
        "{{ inconnu }}",
        "{{ objet.non }}",
        "{{ inconnu|default:'x' }}",
        "{% include 'commun/_pastille.html' with ton=objet.non %}",
    ],
)
def test_une_variable_indefinie_fait_echouer(source):
    with pytest.raises(Failed, match="variable de gabarit indéfinie"):
        rendre(source)


@pytest.mark.parametrize(
    ("source", "rendu"),
    [
        ("{{ objet.nom }}", "Loudéac"),
        ("{{ rien }}", "None"),
        ("{{ objet.absent.nom|default:'—' }}", "—"),
        ("{% if inconnu %}oui{% else %}non{% endif %}", "non"),
        ("{% for x in inconnu %}{{ x }}{% empty %}vide{% endfor %}", "vide"),
        ("{% firstof inconnu objet.nom %}", "Loudéac"),
    ],
)
def test_ce_qui_est_permis_rend_comme_en_vrai(source, rendu):
    assert rendre(source) == rendu


def test_les_gabarits_des_bibliotheques_gardent_leurs_usages():
    assert rendre("[{{ inconnu }}]", chemin="/ailleurs/bibliotheque.html") == "[]"
