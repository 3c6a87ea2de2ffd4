"""Les mêmes réponses sur le découpage réel entier : rien n'est resté vrai des seules communes de la fabrique."""

import json

import pytest
from django.core.management import call_command

from esperluette.interlocuteurs.actions.fiches import charger_depuis_editions
from esperluette.interlocuteurs.lectures import contacts_des
from esperluette.territoires.models import Commune

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("decoupage")]

MULLER, CHARLES = "Manon MULLER", "Anne CHARLES"
NOUIRA, LEROUX, DERIEUX = "Molka NOUIRA-HALEVY", "Jean-Paul LEROUX", "Ronan DERIEUX"


def nom(capsys, code: str) -> str | None:
    call_command("contacts", code, "--json")
    return json.loads(capsys.readouterr().out)["contacts"][0]["nom"]


def test_tout_territoire_cite_par_les_editions_existe():
    assert charger_depuis_editions().lignes  # TerritoireInconnu sinon


def test_les_communes_de_l_issue_repondent_sur_le_decoupage_reel(capsys):
    charger_depuis_editions()
    codes = (
        "35115",
        "22136",
        "22266",
        "35236",
        "35211",
        "35288",
        "29019",
        "56260",
        "56001",
        "44067",
        "22368",
        "22016",
    )
    noms = [nom(capsys, code) for code in codes]
    assert noms == [LEROUX, MULLER, CHARLES, NOUIRA, DERIEUX, LEROUX, None, None, NOUIRA, None, LEROUX, None]


def test_chaque_commune_de_bretagne_a_une_reponse():
    charger_depuis_editions()
    communes = list(
        Commune.objects.filter(region_id="53", active=True).select_related("region", "departement", "epci")
    )
    reponses = contacts_des(communes)
    assert len(reponses) == len(communes) > 1100
    assert all(r.contacts for r in reponses.values())
    nommees = [code for code, r in reponses.items() if r.referent_publie]
    # L'Ille-et-Vilaine est entièrement couverte par les intercommunalités citées.
    assert {code for code in reponses if code.startswith("35")} <= set(nommees)
    assert not any(code.startswith("29") for code in nommees)
