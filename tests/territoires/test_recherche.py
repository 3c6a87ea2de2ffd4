"""Retrouver une commune parmi les 35 000, comme on la tape."""

import pytest
from django.db import connection

from esperluette.territoires import lectures
from esperluette.territoires.lectures import rechercher_communes, resoudre
from esperluette.territoires.models import CleDeRecherche, Commune

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("decoupage")]


def noms(saisie: str, limite: int = 10) -> list[str]:
    return [str(c) for c in rechercher_communes(saisie, limite=limite)]


@pytest.mark.parametrize(
    ("saisie", "premiere"),
    [
        ("Loudéac", "Loudéac (22)"),
        ("loudeac", "Loudéac (22)"),
        ("LOUDÉAC", "Loudéac (22)"),
        ("loud", "Loudéac (22)"),
        ("Saint-Malo", "Saint-Malo (35)"),
        ("st malo", "Saint-Malo (35)"),
        ("St-Malo", "Saint-Malo (35)"),
        ("saintmalo", "Saint-Malo (35)"),
        ("malo", "Saint-Malo (35)"),
        ("ste anne d'auray", "Sainte-Anne-d'Auray (56)"),
        ("sainte anne d’auray", "Sainte-Anne-d'Auray (56)"),
        ("l'hay les roses", "L'Haÿ-les-Roses (94)"),
        ("hay les roses", "L'Haÿ-les-Roses (94)"),
        ("la baule", "La Baule-Escoublac (44)"),
        ("mans", "Le Mans (72)"),
        ("roche sur yon", "La Roche-sur-Yon (85)"),
        ("brieuc", "Saint-Brieuc (22)"),
        ("carhaix", "Carhaix-Plouguer (29)"),
        ("brehat", "Île-de-Bréhat (22)"),
        ("mont st michel", "Le Mont-Saint-Michel (50)"),
        ("strasb", "Strasbourg (67)"),
        ("oeuilly", "Œuilly (51)"),
        ("paris", "Paris (75)"),
        ("lyon", "Lyon (69)"),
        ("marseille", "Marseille (13)"),
        ("Saint-Denis 93", "Saint-Denis (93)"),
        ("saint denis 974", "Saint-Denis (974)"),
        ("Saint-Denis (93)", "Saint-Denis (93)"),
        ("35300 Fougères", "Fougères (35)"),
        ("ajaccio 2a", "Ajaccio (2A)"),
        ("papeete", "Papeete (987)"),
        ("Nouméa", "Nouméa (988)"),
    ],
)
def test_la_bonne_commune_vient_en_tete(saisie, premiere):
    assert noms(saisie)[0] == premiere


@pytest.mark.parametrize(
    ("saisie", "attendues"),
    [
        ("35300", ["Fougères (35)", "Saint-M'Hervé (35)"]),
        ("22136", ["Loudéac (22)"]),
        ("22600", ["Loudéac (22)", "La Motte (22)", "Hémonstoir (22)", "Saint-Caradec (22)"]),
        ("2a004", ["Ajaccio (2A)"]),
        ("56260", ["Larmor-Plage (56)", "Vannes (56)"]),  # le code postal de l'une, le code INSEE de l'autre
        ("75015", ["Paris (75)", "Paris 15e Arrondissement (75)"]),
        ("75115", ["Paris 15e Arrondissement (75)"]),
    ],
)
def test_un_code_postal_ou_insee_designe_ses_communes(saisie, attendues):
    assert set(noms(saisie, 60)) >= set(attendues)
    assert noms(saisie)[0] == attendues[0]


def test_la_plus_peuplee_vient_d_abord_a_saisie_egale():
    populations = [c.population for c in rechercher_communes("saint-denis", 5) if c.nom == "Saint-Denis"]
    assert len(populations) == 4
    assert populations == sorted(populations, reverse=True)


def test_les_arrondissements_viennent_apres_les_communes():
    assert noms("paris")[0] == "Paris (75)"
    places = [c.est_arrondissement for c in rechercher_communes("marseille", 30)]
    assert True in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("saisie", "nom"), [("paris 15", "Paris 15e Arrondissement"), ("lyon 3e", "Lyon 3e Arrondissement")]
)
def test_un_arrondissement_se_trouve_quand_on_le_demande(saisie, nom):
    assert rechercher_communes(saisie)[0].nom == nom


@pytest.mark.parametrize(
    ("saisie", "commune", "ancienne"),
    [
        ("bellegarde sur valserine", "Valserhône", "Bellegarde-sur-Valserine"),
        ("chatillon en mich", "Valserhône", "Châtillon-en-Michaille"),
        ("langast", "Plouguenast-Langast", ""),
        ("saint-brice-en-cogles", "Maen Roch", "Saint-Brice-en-Coglès"),
    ],
)
def test_le_nom_d_une_ancienne_commune_mene_a_celle_d_aujourd_hui(saisie, commune, ancienne):
    trouvee = rechercher_communes(saisie)[0]
    assert (trouvee.nom, trouvee.ancien_nom) == (commune, ancienne)


@pytest.mark.parametrize(
    ("saisie", "nom"),
    [
        ("Loudéak", "Loudéac"),
        ("Rostrennen", "Rostrenen"),
        ("Fougerres", "Fougères"),
        ("Saint Brieux", "Saint-Brieuc"),
        ("roche yon", "La Roche-sur-Yon"),
        ("plougastelle", "Plougastel-Daoulas"),
        ("Pimpaul", ""),
        ("zzzzzz", ""),
        ("xx", ""),
    ],
)
def test_une_faute_legere_est_pardonnee_et_dite(saisie, nom):
    trouvees = rechercher_communes(saisie)
    assert (trouvees[0].nom if trouvees else "") == nom
    assert all(c.approchee for c in trouvees)


@pytest.mark.parametrize(
    "saisie", ["", "   ", "-", "'", "%", "_", "💥", "\x00", "' OR 1=1 --", "a" * 5000, "()", "12 34 56"]
)
def test_une_saisie_etrange_ne_trouve_rien_et_ne_casse_rien(saisie):
    assert rechercher_communes(saisie.replace("\x00", "")) == []


@pytest.mark.parametrize(
    "saisie", ["rennes", "saint", "s", "35300", "paris 15", "bellegarde sur valserine", "loudéak", "zzzz"]
)
@pytest.mark.parametrize("limite", [1, 10, 60])
def test_trois_requetes_au_plus_quelle_que_soit_la_saisie(saisie, limite, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        for trouvee in rechercher_communes(saisie, limite=limite):
            _ = (trouvee.departement.nom, trouvee.region.nom, trouvee.epci and trouvee.epci.nom)


def test_une_recherche_par_nom_fait_deux_requetes(django_assert_num_queries):
    with django_assert_num_queries(2):
        rechercher_communes("saint-malo")


def test_la_limite_est_tenue_et_sans_doublon():
    codes = [c.pk for c in rechercher_communes("saint", 50)]
    assert len(codes) == 50 == len(set(codes))


def test_la_recherche_lit_un_index_et_pas_la_table():
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE territoires_clederecherche")
    requete = CleDeRecherche.objects.filter(cle__gte="saintmalo", cle__lt="saintmalp").order_by("rang", "-poids")
    plan = requete.values_list("commune_id", "cle", "rang", "ancienne_id")[:40].explain()
    assert "cle_de_recherche" in plan
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("INDEX ONLY SCAN", "")


@pytest.mark.parametrize(
    ("texte", "code", "attendue"),
    [
        ("Loudéac", "", "22136"),
        ("Rennes", "", "35238"),
        ("22136", "", "22136"),
        ("Loudéac (22)", "22136", "22136"),
        ("", "22136", "22136"),
        ("saint-denis", "93066", "93066"),
        ("35300", "35115", "35115"),
        ("Rennes", "22136", "35238"),  # un texte retapé l'emporte sur un ancien choix
        ("Rennes", "99999", "35238"),
        ("75015", "", "75056"),
        ("paris 15", "", "75115"),
        ("Paris (75)", "75056", "75056"),
        ("Binic", "", "22055"),
        ("Sainte-Anne-d'Auray", "", "56263"),
    ],
)
def test_une_saisie_claire_se_resout(texte, code, attendue):
    assert resoudre(texte, code).commune.pk == attendue


@pytest.mark.parametrize(
    ("texte", "nombre", "approchee"),
    [("saint-denis", 4, False), ("56260", 2, False), ("loudéak", 1, True), ("saint", 15, False)],
)
def test_une_saisie_ambigue_propose_un_choix(texte, nombre, approchee):
    resolution = resoudre(texte)
    assert resolution.commune is None
    assert (len(resolution.candidates), resolution.approchee) == (nombre, approchee)


def test_un_code_postal_rural_propose_toutes_ses_communes():
    candidates = resoudre("51300").candidates
    postales = set(Commune.objects.filter(cles__cle="51300").values_list("pk", flat=True))
    # Et Isle-sur-Marne, dont 51300 est le code INSEE, en dernier.
    assert {c.pk for c in candidates} == postales | {"51300"}
    assert candidates[-1].nom == "Isle-sur-Marne"
    assert len(postales) == 46


def test_une_saisie_sans_reponse_le_dit():
    assert resoudre("qwertyuiop") == lectures.Resolution()
    assert resoudre("", "00000") == lectures.Resolution()


@pytest.mark.parametrize(
    ("code", "attendue"),
    [
        ("22136", "22136"),
        (" 22136 ", "22136"),
        ("2a004", "2A004"),
        ("22007", "22055"),
        ("01018", "01033"),
        ("01033", "01033"),
    ],
)
def test_un_code_ou_un_ancien_code_mene_a_la_commune(code, attendue):
    assert lectures.commune(code).pk == attendue


@pytest.mark.parametrize("code", ["", "00000", "abc", "221366", "' --"])
def test_un_code_inconnu_ne_mene_nulle_part(code):
    assert lectures.commune(code) is None


@pytest.mark.parametrize("codes", [["22136"], ["22136", "35238", "29019", "56260", "22007"]])
def test_lire_plusieurs_communes_fait_deux_requetes_au_plus(codes, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        trouvees = lectures.communes(codes)
    assert len(trouvees) == len(codes)


def test_lire_plusieurs_communes_garde_l_ordre_sans_doublon_ni_inconnue():
    assert [c.pk for c in lectures.communes(["35238", "00000", "22136", "35238"])] == ["35238", "22136"]
