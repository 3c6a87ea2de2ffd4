"""Le journal en mots."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from esperluette.journal import libelles
from esperluette.journal.actions import consigner
from esperluette.journal.dates import moment
from esperluette.journal.lectures import evenements_de
from tests.fabriques.comptes import CompteFabrique

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def registre(monkeypatch):
    monkeypatch.setattr(libelles, "_LIBELLES", {})


@pytest.mark.parametrize(
    ("quand", "attendu"),
    [
        (datetime(2026, 3, 3, 14, 32, tzinfo=PARIS), "3 mars à 14 h 32"),
        (datetime(2026, 8, 1, 9, 5, tzinfo=PARIS), "1er août à 9 h 05"),
        (datetime(2025, 12, 31, 0, 0, tzinfo=PARIS), "31 décembre 2025 à 0 h 00"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=ZoneInfo("UTC")), "1er janvier à 0 h 30"),
    ],
)
def test_un_moment_se_dit_comme_on_parle(quand, attendu):
    assert moment(quand, maintenant=datetime(2026, 11, 21, tzinfo=PARIS)) == attendu


def test_une_phrase_cite_les_donnees_de_l_acte(db, registre):
    libelles.inscrire({"role_change": "a changé le rôle en {role} pour {raison}"})
    acte = consigner("role_change", CompteFabrique(), acteur=None, role="porteur")
    assert libelles.libelle(acte) == "a changé le rôle en porteur pour …"


def test_un_acte_sans_libelle_se_lit_quand_meme(db, registre, caplog):
    assert libelles.libelle(consigner("dossier_depose", CompteFabrique(), acteur=None)) == "dossier depose"
    assert "Acte sans libellé : dossier_depose" in caplog.text


def test_deux_apps_ne_se_disputent_pas_un_acte(registre):
    libelles.inscrire({"signe": "a signé"})
    libelles.inscrire({"signe": "a signé"})
    with pytest.raises(ValueError, match="Deux libellés"):
        libelles.inscrire({"signe": "signe"})
    assert libelles.inscrits() == {"signe": "a signé"}


def rendre(evenements):
    gabarit = Template("{% load journal %}{% journal evenements=evenements vide='Pas encore d’acte.' %}")
    return " ".join(gabarit.render(Context({"evenements": evenements})).split())


def test_la_liste_dit_quand_qui_et_quoi(db, registre):
    libelles.inscrire({"signe": "a signé"})
    claire = CompteFabrique(prenom="Claire", nom="<Le Goff>")
    acte = consigner("signe", claire, acteur=claire)
    html = rendre(evenements_de(claire))
    assert f"le {moment(acte.le)},</time> <strong>Claire &lt;Le Goff&gt;</strong> a signé</li>" in html


def test_une_liste_vide_le_dit(db):
    assert "Pas encore d’acte." in rendre([])


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_se_lit_en_une_requete(db, registre, nombre, django_assert_num_queries):
    claire = CompteFabrique()
    for _ in range(nombre):
        consigner("vu", claire, acteur=claire)
    with django_assert_num_queries(1):
        assert rendre(evenements_de(claire)).count("<li") == nombre
