"""Être absent, et qui relaie."""

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import absences
from esperluette.instruction.models import Absence
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import commune
from tests.fabriques.instruction import agent, aujourd_hui, recu

pytestmark = pytest.mark.django_db
PAGE = reverse("instruction:absences")


def absent(qui, relais, debut=0, fin=5):
    return absences.poser(qui, acteur=qui, debut=aujourd_hui(debut), fin=aujourd_hui(fin), relais=relais)


def en_relais(compte):
    return set(Dossier.objects.filter(absences.relayes_par(compte)))


# --- Qui peut relayer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mien", "sien", "code", "convient"),
    [
        ("departement", "departement", "22136", True),
        ("departement", "region", "22136", True),
        ("region", "departement", "22136", False),
        ("epci", "epci", "22136", True),
        ("epci", "departement", "22136", True),
        ("departement", "epci", "22136", False),
        ("departement", "departement", "35238", False),
        ("epci", "epci", "22266", False),
    ],
)
def test_un_relais_voit_tout_ce_que_voit_l_absent(mien, sien, code, convient):
    moi, autre = agent("Moi", territoire=mien), agent("Autre", territoire=sien, code=code)
    assert (autre in absences.relais_possibles(moi)) is convient
    assert moi not in absences.relais_possibles(moi)


def test_un_agent_d_une_autre_region_ou_sans_fonction_ne_relaie_pas():
    moi = agent("Moi")
    FonctionFabrique(referent=True, region=commune("13055").region)
    FonctionFabrique(secretariat=True, region=commune().region)
    CompteFabrique()
    assert absences.relais_possibles(moi) == []
    with pytest.raises(ErreurMetier, match="ne voit pas tous les dossiers"):
        absent(moi, CompteFabrique())


def test_l_autorite_de_la_region_relaie_un_departement():
    moi = agent("Moi")
    autorite = FonctionFabrique(autorite=True, region=commune().region).compte
    assert absences.relais_possibles(moi) == [autorite]


# --- Poser ----------------------------------------------------------------------------------------


def test_poser_previent_le_relais_et_le_journal():
    moi, relais = agent("Moi"), agent("Relais")
    absence = absent(moi, relais)
    assert Courriel.objects.get(gabarit="instruction/relais_designe").destinataire == relais.courriel
    assert evenements_de(moi).get(sorte="absence_posee").donnees["absence"] == absence.pk
    assert absences.absence_de(moi) == absence
    assert absences.absence_de(relais) is None


def test_la_meme_absence_posee_deux_fois_n_en_fait_qu_une():
    moi, relais = agent("Moi"), agent("Relais")
    assert absent(moi, relais) == absent(moi, relais)
    assert Courriel.objects.filter(gabarit="instruction/relais_designe").count() == 1


@pytest.mark.parametrize(
    ("debut", "fin", "phrase"),
    [(3, 1, "finit après avoir commencé"), (-9, -1, "déjà finie"), (4, 6, "déjà notée"), (-1, 0, "déjà notée")],
)
def test_des_dates_impossibles_sont_refusees(debut, fin, phrase):
    moi, relais = agent("Moi"), agent("Relais")
    absent(moi, relais)
    with pytest.raises(ErreurMetier, match=phrase):
        absent(moi, relais, debut, fin)
    assert Absence.objects.count() == 1


def test_une_absence_d_un_jour_se_note_et_la_suivante_aussi():
    moi, relais = agent("Moi"), agent("Relais")
    absent(moi, relais, 0, 0)
    assert absent(moi, relais, 1, 1).pk


def test_on_ne_se_relaie_ni_soi_meme_ni_en_rond():
    a, b, c = agent("A"), agent("B"), agent("C")
    with pytest.raises(ErreurMetier):
        absent(a, a)
    absent(a, b)
    with pytest.raises(Conflit, match="choisissez un autre relais"):
        absent(b, a)
    absent(b, c)
    with pytest.raises(Conflit):
        absent(c, a)
    assert Absence.objects.count() == 2


def test_deux_qui_se_relaient_l_un_apres_l_autre_ne_tournent_pas_en_rond():
    a, b, c = agent("A"), agent("B"), agent("C")
    absent(a, b, 0, 3)
    absent(b, a, 4, 6)
    # a → b du 0 au 3 ; b → c le 2 ; c → a le 5 : jamais le même jour.
    absent(b, c, 2, 2)
    assert absent(c, a, 5, 6).pk
    assert absences.relais_de(a) == b


def test_une_boucle_ecrite_de_force_n_arrete_personne():
    a, b = agent("A"), agent("B")
    absent(a, b)
    Absence.objects.create(compte=b, relais=a, debut=aujourd_hui(), fin=aujourd_hui(), posee_par=b)
    assert absences.relais_de(a) == b
    assert absences.relais_de(b) == a


# --- Relayer --------------------------------------------------------------------------------------


def test_les_dossiers_ouverts_de_l_absent_paraissent_au_relais(client):
    a, b, c = agent("A"), agent("B"), agent("C")
    confie = recu(affecte_a=a)
    instruit = recu(instruit_par=a, etat=Etat.EN_INSTRUCTION)
    clos = recu(affecte_a=a, etat=Etat.ACCEPTE)
    recu(affecte_a=c)
    assert en_relais(b) == set()
    absent(a, b)
    assert en_relais(b) == {confie, instruit, clos}
    page = connecter(client, b).get(reverse("instruction:liste") + "?corbeille=en_relais")
    assert {d for d, _ in page.context["lignes"]} == {confie, instruit}
    page = connecter(client, c).get(reverse("instruction:liste"))
    assert "en_relais" not in {k.cle for k, _ in page.context["corbeilles"]}


def test_le_relais_du_relais_prend_la_suite():
    a, b, c = agent("A"), agent("B"), agent("C")
    dossier = recu(affecte_a=a)
    absent(a, b)
    absent(b, c)
    assert absences.relais_de(a) == c
    assert en_relais(c) == {dossier}


@pytest.mark.parametrize(("debut", "fin"), [(1, 3), (2, 2)])
def test_une_absence_a_venir_ne_relaie_pas_encore(debut, fin):
    a, b = agent("A"), agent("B")
    recu(affecte_a=a)
    absent(a, b, debut, fin)
    assert absences.relais_de(a) == a
    assert en_relais(b) == set()


def test_lever_rend_tout_et_ne_se_fait_qu_une_fois():
    a, b = agent("A"), agent("B")
    recu(affecte_a=a)
    absence = absent(a, b)
    for _ in range(2):
        absences.lever(absence, acteur=a)
    assert absences.relais_de(a) == a
    assert en_relais(b) == set()
    assert Courriel.objects.filter(gabarit="instruction/relais_leve").count() == 1
    assert evenements_de(a).filter(sorte="absence_levee").count() == 1


# --- Qui tient une absence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "code", "peut"),
    [("admin_regional", "22136", True), ("admin_regional", "13055", False), ("referent", "22136", False),
     ("autorite", "22136", False), ("admin", None, True)],
)  # fmt: skip
def test_l_agent_ou_l_administrateur_de_sa_region_la_tient(role, code, peut):
    moi, relais = agent("Moi"), agent("Relais")
    region = {"region": commune(code).region} if code else {}
    acteur = FonctionFabrique(**region, **{role: True}).compte
    assert bool(absences.peut_tenir(acteur, moi)) is peut
    if peut:
        jours = {"debut": aujourd_hui(), "fin": aujourd_hui(1)}
        assert absences.lever(absences.poser(moi, acteur=acteur, relais=relais, **jours), acteur=acteur).annulee_le
    else:
        with pytest.raises(Refus, match="l’agent lui-même"):
            absences.poser(moi, acteur=acteur, debut=aujourd_hui(), fin=aujourd_hui(), relais=relais)


def test_qui_n_instruit_rien_n_a_pas_d_absence():
    personne, relais = CompteFabrique(), agent("Relais")
    with pytest.raises(Refus, match="celles des agents"):
        absent(personne, relais)


# --- À l'écran ------------------------------------------------------------------------------------


def saisie(relais, **autres):
    return {"debut": aujourd_hui().isoformat(), "fin": aujourd_hui(3).isoformat(), "relais": relais.pk, **autres}


def test_la_page_note_puis_leve_et_la_liste_le_rappelle(client):
    moi, relais = agent("Moi"), agent("Relais")
    recu()
    connecter(client, moi)
    assert client.post(PAGE, saisie(relais)).status_code == 302
    liste = client.get(reverse("instruction:liste")).content.decode()
    assert "Vous êtes absent jusqu’au" in liste
    assert "Agent Relais vous relaie" in liste
    assert "Lever cette absence" in client.get(PAGE).content.decode()
    client.post(reverse("instruction:absence_lever", args=[Absence.objects.get().pk]))
    assert "Vous êtes absent" not in client.get(reverse("instruction:liste")).content.decode()


def test_le_relais_lit_qui_il_relaie(client):
    moi, relais = agent("Moi"), agent("Relais")
    absent(moi, relais)
    assert "Vous relayez" in connecter(client, relais).get(PAGE).content.decode()


def test_l_administrateur_regional_choisit_l_agent(client):
    moi, relais = agent("Moi"), agent("Relais")
    FonctionFabrique(referent=True, region=commune("13055").region, compte__nom="D’ailleurs")
    connecter(client, FonctionFabrique(admin_regional=True, region=commune().region).compte)
    page = client.get(PAGE, {"agent": moi.pk}).content.decode()
    assert "Noter une absence de Agent Moi" in page
    assert "D’ailleurs" not in page
    client.post(PAGE, saisie(relais, agent=moi.pk))
    assert Absence.objects.get().compte == moi


def test_sans_collegue_la_page_explique(client):
    assert "Aucun collègue ne voit tout" in connecter(client, agent("Moi")).get(PAGE).content.decode()


@pytest.mark.parametrize(
    "champs",
    [{"debut": ""}, {"debut": "abc"}, {"debut": "9999-12-31", "fin": "9999-12-31"}, {"fin": "2020-01-01"},
     {"relais": "0"}, {"relais": ""}, {"relais": "\x00"}, {"relais": "<script>"}, {"debut": "é" * 10_000}],
)  # fmt: skip
def test_une_saisie_fausse_se_dit_et_ne_note_rien(client, champs):
    moi, relais = agent("Moi"), agent("Relais")
    reponse = connecter(client, moi).post(PAGE, saisie(relais) | champs)
    assert reponse.status_code == 422
    assert "fr-error-text" in reponse.content.decode() or "fr-alert--error" in reponse.content.decode()
    assert not Absence.objects.exists()


@pytest.mark.parametrize("role", ["secretariat", "membre_commission", "president"])
def test_les_autres_roles_n_ont_pas_la_page(client, role):
    compte = FonctionFabrique(region=commune().region, **{role: True}).compte
    assert connecter(client, compte).get(PAGE).status_code == 403


def test_l_absence_d_un_autre_ne_se_leve_pas(client):
    moi, relais = agent("Moi"), agent("Relais")
    absence = absent(moi, relais)
    assert connecter(client, relais).post(reverse("instruction:absence_lever", args=[absence.pk])).status_code == 404
    assert absences.absence_de(moi) == absence
    assert client.get(reverse("instruction:absence_lever", args=[absence.pk])).status_code == 405


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_coute_autant_a_une_et_a_trois(client, nombre, django_assert_num_queries):
    moi, relais = agent("Moi"), agent("Relais")
    for rang in range(nombre):
        absent(moi, relais, rang * 10, rang * 10 + 2)
        agent(f"Collègue {rang}")
    connecter(client, moi).get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)
