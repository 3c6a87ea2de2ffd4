"""La production tient : dix à la fois et à la suite, sans que le service grossisse ; bornée en mémoire."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench import concurrents
from bench.documents import POSTES, Poste, _rapports, _tableau
from esperluette.documents import composition
from esperluette.documents.erreurs import ProductionImpossible
from esperluette.documents.moteur import produire
from tests.documents.conftest import LE, TRAME
from tests.fabriques.documents import champ, trame, trame_de

GRANDIT = 25  # Mo : du bruit d'allocateur, pas dix documents gardés
PLUS_GROS_FILS = 450  # Mo


@pytest.fixture
def poste(monkeypatch, tmp_path):
    """Notre moteur dans un service à lui, comme le banc le lance."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bench.reglages")
    monkeypatch.setenv("ESPERLUETTE_VAR", str(tmp_path))
    lance = Poste.lancer("pdf")
    yield lance
    lance.finir()


def test_dix_a_la_fois_puis_a_la_suite_le_service_ne_grandit_pas(poste):
    assert poste.absent == ""
    poste.demander("ensemble")  # les fils d'exécution du service se créent une fois
    avant = poste.demander("tour")["service"]
    ensemble = poste.demander("ensemble")
    suite = poste.demander("suite 10")
    assert ensemble["service"] - avant < GRANDIT
    assert suite["service"] - avant < GRANDIT
    assert max(ensemble["fils"], suite["fils"]) < PLUS_GROS_FILS


def test_dix_a_la_fois_donnent_dix_documents_identiques():
    contexte = trame()
    with ThreadPoolExecutor(10) as fils:
        octets = list(fils.map(lambda _: produire(TRAME, contexte, "pdf", le=LE), range(10)))
    assert octets == [octets[0]] * 10


def test_une_mise_en_page_qui_deborde_de_memoire_est_refusee(monkeypatch):
    monkeypatch.setattr(composition, "MEMOIRE", 48 * 2**20)
    with pytest.raises(ProductionImpossible):
        produire(TRAME, trame_de(champ("a", "texte", "b")), "pdf")


def test_le_banc_dit_absent_ce_qui_n_est_pas_installe():
    with pytest.raises(concurrents.Absent, match="un_module_qui_n_existe_pas"):
        concurrents._exiger("un_module_qui_n_existe_pas")
    tours = [{"mur": 100.0, "calcul": 50.0, "octets": 2048, "service": 90.0, "fils": 120.0}]
    postes = {
        "pdf": Poste("pdf", None, 500.0, tours=tours),
        "weasyprint": Poste("weasyprint", None, absent="weasyprint"),
    }
    lignes = list(_tableau(postes))
    assert lignes[2].endswith("absent : weasyprint")
    assert "100" in lignes[1]
    assert list(_rapports({"pdf": postes["pdf"]})) == []


def test_le_banc_rapporte_chaque_outil_au_notre():
    def tour(mur):
        return [{"mur": mur, "calcul": mur / 2, "octets": 1, "service": 1.0, "fils": 1.0}]

    postes = {nom: Poste(nom, None, 1000.0, tours=tour(100.0)) for nom in POSTES}
    postes["weasyprint"].tours = tour(830.0)
    assert "×8.3 à chaud, ×8.3 en calcul, ×1.0 à froid" in next(_rapports(postes))
    assert set(concurrents.FABRIQUES) == set(POSTES)
