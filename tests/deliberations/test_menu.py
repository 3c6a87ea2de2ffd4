"""Le menu d'un membre et d'un agent : rangé, sans requête de plus ; « Séances » mène à sa convocation."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.models import Convocation
from esperluette.commun import navigation
from esperluette.comptes.drapeaux import avec_drapeaux, drapeau
from esperluette.comptes.models import Compte
from tests.fabriques.commissions import ConvocationFabrique, DeportFabrique, MandatFabrique, SiegeFabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.equipes import AccesFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db
PAGE = reverse("comptes:profil")


def menu(reponse):
    entete = reponse.text.split('id="menu-principal"')[1].split("</nav>")[0]
    return [
        re.sub(r"<[^>]+>", "", brut).strip() for brut in re.findall(r"<(?:a|button)\b.*?</(?:a|button)>", entete, re.S)
    ]


# --- Sans requête de plus --------------------------------------------------------------------------------


def test_savoir_si_l_on_siege_ne_coute_aucune_requete(sous):
    siege, simple = MandatFabrique().compte, CompteFabrique()
    nombres = {}
    for compte in (siege, simple):
        client = sous(compte)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as lues:
            page = client.get(PAGE)
        nombres[compte] = len(lues)
        assert ("Séances" in menu(page)) is (compte == siege)
        propres = [r for r in lues if "commissions_mandatdesiege" in r["sql"]]
        assert len(propres) == 1, "lu avec le compte lui-même"
        assert "comptes_compte" in propres[0]["sql"]
    assert len(set(nombres.values())) == 1


def test_un_mandat_fini_ne_montre_plus_le_menu(sous):
    assert "Séances" not in menu(sous(MandatFabrique(ancien=True).compte).get(PAGE))


def test_le_drapeau_d_un_compte_lu_autrement_se_demande_une_fois(django_assert_num_queries):
    compte = Compte.objects.get(pk=MandatFabrique().compte.pk)
    with django_assert_num_queries(1):
        assert [drapeau(compte, "siege"), drapeau(compte, "siege")] == [True, True]
    lu = avec_drapeaux(Compte.objects.all()).get(pk=compte.pk)
    with django_assert_num_queries(0):
        assert drapeau(lu, "siege")
    assert not drapeau(None, "siege")


def test_un_compte_ferme_est_deconnecte(sous):
    compte = CompteFabrique()
    client = sous(compte)
    assert client.get(PAGE).status_code == 200
    compte.is_active = False
    compte.save()
    assert client.get(PAGE).status_code == 302


# --- La convocation --------------------------------------------------------------------------------------


def test_seances_mene_un_membre_a_sa_convocation(sous):
    c = commission(points=1)
    convocation = Convocation.objects.get(seance=c.seance, compte=c.membres[1])
    adresse = reverse("commissions:convocation", args=[convocation.jeton])
    client = sous(c.membres[1])
    page = client.get(reverse("deliberations:liste")).text
    assert adresse in page
    assert "Votre réponse est attendue" in page
    assert "Dire si vous venez" in client.get(reverse("deliberations:seance", args=[c.seance.pk])).text
    convocation.reponse = "vient"
    convocation.repondue_le = timezone.now()
    convocation.save()
    page = client.get(reverse("deliberations:liste")).text
    assert adresse in page
    assert "Votre réponse est attendue" not in page
    assert adresse in client.get(reverse("deliberations:seance", args=[c.seance.pk])).text


def test_deporte_de_tout_il_trouve_encore_sa_convocation(sous):
    c = commission(points=1)
    DeportFabrique(point=c.points[0], compte=c.membres[1])
    page = sous(c.membres[1]).get(reverse("deliberations:liste")).text
    assert "/commissions/convocations/" in page or "Votre convocation" in page
    assert "Aucune séance pour l’instant" not in page


def test_la_liste_coute_autant_pour_une_et_trois_convocations(sous):
    c = commission(points=1)
    client, nombres = sous(c.membres[1]), []
    for _ in range(2):
        client.get(reverse("deliberations:liste"))
        with CaptureQueriesContext(connection) as lues:
            client.get(reverse("deliberations:liste"))
        nombres.append(len(lues))
        for _ in range(2):
            autre = commission(points=1, sieges=1)
            mandat = MandatFabrique(siege=SiegeFabrique(instance=autre.seance.instance), compte=c.membres[1])
            ConvocationFabrique(seance=autre.seance, mandat=mandat)
    assert nombres[0] == nombres[1]


# --- Rangé ------------------------------------------------------------------------------------------------


def test_le_menu_de_l_agent_tient_en_sept_entrees(sous):
    region = commune().region
    agent = FonctionFabrique(autorite=True, region=region).compte
    for role in ("referent", "secretariat", "admin_regional"):
        FonctionFabrique(compte=agent, region=region, **{role: True})
    reponse = sous(agent).get(PAGE)
    entree = reponse.context["menu"]
    assert [e.libelle for e in entree] == [
        "Dossiers reçus", "Échanges", "Commission", "Décisions", "Équipes", "Région", "Aide",
    ]  # fmt: skip
    ranges = {e.libelle: [s.libelle for s in e.entrees] for e in entree if isinstance(e, navigation.Groupe)}
    assert ranges["Échanges"] == ["Messages", "Chiffres demandés", "Prises de contact"]
    assert ranges["Commission"] == ["Commissions", "Séances"]
    assert ranges["Région"] == ["Ma région", "Absences", "Pilotage"]
    html = reponse.text
    for groupe in ("echanges", "commission", "region"):
        assert f'aria-controls="menu-{groupe}"' in html
        assert f'id="menu-{groupe}"' in html
    assert 'aria-expanded="false"' in html


@pytest.mark.parametrize("lien", ["membre", "accompagnatrice", "aucun"])
def test_mes_equipes_ne_se_montre_a_un_agent_que_s_il_en_a_une(sous, lien):
    agent = FonctionFabrique(referent=True, region=commune().region).compte
    if lien == "membre":
        MembreFabrique(compte=agent, confirme=True)
    elif lien == "accompagnatrice":
        AccesFabrique(courriel=agent.courriel.upper())
    assert ("Mes équipes" in menu(sous(agent).get(PAGE))) is (lien != "aucun")
    assert "Mes équipes" in menu(sous(CompteFabrique()).get(PAGE))


def test_seule_de_son_groupe_une_entree_reste_un_lien(sous):
    entree = sous(MandatFabrique().compte).get(PAGE).context["menu"]
    assert not any(isinstance(e, navigation.Groupe) for e in entree)


def test_le_menu_dit_ou_l_on_est(sous):
    agent = FonctionFabrique(referent=True, region=commune().region).compte
    html = sous(agent).get(reverse("instruction:messages")).text
    bouton = html.split('aria-controls="menu-echanges"')[1].split(">")[0]
    assert 'aria-current="true"' in bouton
