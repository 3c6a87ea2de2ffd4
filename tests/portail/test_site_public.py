"""Le site public entier : aucun lien mort, des titres, peu de requêtes, un cache juste, aucun cookie."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.portail.plan import adresses, plan
from esperluette.territoires.models import Commune
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.portail.pages import internes, lire

# Le simulateur propose des variantes de lui-même sans fin : on vérifie qu'elles répondent, sans les suivre.
SANS_FIN = {"/simulateur/"}
# Où mène un lien public quand il faut d'abord se connecter.
CONNEXION = "/compte/connexion/"
# Le formulaire de rencontre s'envoie : il a ses propres essais.
FORMULAIRES = {"/rencontre/"}
PAGES = [page for page in adresses() if page not in SANS_FIN | FORMULAIRES]
FICHIERS = ["/robots.txt", "/sitemap.xml", *(f"/calendrier/{r}.ics" for r in ("bretagne",))]
# Chaque page publique, quel que soit ce qu'elle montre, tient en autant de requêtes.
REQUETES_MAXIMUM = 8
# La réponse d’une commune réunit le découpage, les contacts, les zonages et le calendrier.
REQUETES_D_UNE_COMMUNE = 14


def parcourir(client, depart):
    """Suit tous les liens internes ; rend les pages lues et les liens morts."""
    lues, a_voir, morts = {}, deque([(depart, "", "")]), []
    vues = set()
    while a_voir:
        adresse, ancre, depuis = a_voir.popleft()
        if (adresse, ancre) in vues:
            continue
        vues.add((adresse, ancre))
        if adresse not in lues:
            lues[adresse] = _ouvrir(client, adresse)
            statut, page = lues[adresse]
            if page is not None and not (urlsplit(adresse).path in SANS_FIN and "?" in adresse):
                a_voir += [(lien, a, adresse) for lien, a in internes(page, adresse)]
        statut, page = lues[adresse]
        if statut != 200:
            morts.append(f"{depuis} → {adresse} : {statut}")
        elif ancre and page is not None and ancre not in page.ancres:
            morts.append(f"{depuis} → {adresse}#{ancre} : ancre absente")
    return lues, morts


def _ouvrir(client, adresse):
    reponse = client.get(adresse)
    if reponse.status_code == 302 and reponse["Location"].startswith(CONNEXION):
        return 200, None
    html = reponse.headers.get("Content-Type", "").startswith("text/html")
    return reponse.status_code, lire(reponse.content.decode()) if html else None


def test_aucun_lien_du_site_public_n_est_mort(client, trois_communes):
    lues, morts = parcourir(client, "/")
    assert morts == []
    # Le plan ne cite rien que la visite ne trouve, et la visite est passée partout.
    assert set(adresses()) - set(lues) == set()
    assert len(lues) > len(adresses())


@pytest.mark.parametrize("code", ["05061", "02691", "29024"])
def test_aucun_lien_mort_depuis_la_reponse_d_une_commune(client, trois_communes, code):
    for page in (f"/?commune={code}", f"/contacts/?commune={code}"):
        lecture = lire(client.get(page).content.decode())
        for adresse, _ in internes(lecture, page):
            assert client.get(adresse).status_code in {200, 302}, adresse


@pytest.mark.parametrize("page", PAGES)
def test_chaque_page_a_un_seul_titre_une_description_et_des_ancres_uniques(client, charges, page):
    lecture = lire(client.get(page).content.decode())
    assert len(lecture.titres) == 1
    assert lecture.titres[0].strip()
    assert lecture.titre.strip().endswith("— Esperluette")
    assert 40 < len(lecture.description) < 220
    assert len(lecture.ancres) == len(set(lecture.ancres)), page


def test_deux_pages_n_ont_pas_le_meme_titre(client, charges):
    titres = [lire(client.get(page).content.decode()).titre.strip() for page in PAGES]
    assert sorted(titres) == sorted(set(titres))


@pytest.mark.parametrize("page", [*PAGES, "/simulateur/", "/?commune=22136", "/contacts/?commune=22136"])
def test_une_page_publique_tient_en_peu_de_requetes(client, charges, page):
    client.get(page)
    with CaptureQueriesContext(connection) as capture:
        assert client.get(page).status_code == 200
    plafond = REQUETES_D_UNE_COMMUNE if "commune=" in page else REQUETES_MAXIMUM
    assert len(capture) <= plafond, [q["sql"][:90] for q in capture.captured_queries]


@pytest.mark.parametrize("page", [*PAGES, "/?commune=22136"])
def test_une_lecture_publique_ne_pose_aucun_cookie_et_se_garde_en_cache(client, charges, page):
    reponse = client.get(page)
    assert reponse.cookies == {}
    assert "public" in reponse["Cache-Control"]
    assert "Cookie" in reponse["Vary"]
    assert reponse["ETag"]
    assert b"nonce=" not in reponse.content
    assert "nonce-" not in reponse["Content-Security-Policy"]
    assert "script-src 'self'" in reponse["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_une_page_inchangee_ne_se_renvoie_pas(client, charges, page):
    etag = client.get(page)["ETag"]
    deux = client.get(page)
    assert deux["ETag"] == etag
    revalidee = client.get(page, headers={"If-None-Match": etag})
    assert revalidee.status_code == 304
    assert revalidee.content == b""
    assert "nonce-" not in revalidee.get("Content-Security-Policy", "")
    assert client.get(page, headers={"If-None-Match": '"autre"'}).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_une_page_de_quelqu_un_de_connecte_ne_se_garde_jamais(client, charges, page):
    etag = client.get(page)["ETag"]
    connecter(client, CompteFabrique())
    reponse = client.get(page, headers={"If-None-Match": etag})
    assert reponse.status_code == 200
    assert "no-store" in reponse["Cache-Control"]
    assert "private" in reponse["Cache-Control"]
    assert "public" not in reponse["Cache-Control"]
    assert "ETag" not in reponse.headers


def test_un_message_laisse_a_un_visiteur_n_entre_pas_dans_le_cache(client, charges):
    client.cookies["messages"] = "quelque chose"
    assert "no-store" in client.get(reverse("portail:mentions"))["Cache-Control"]


def test_un_fragment_et_sa_page_ne_se_confondent_pas(client, charges):
    page = client.get("/", {"commune": "22136"})
    fragment = client.get("/", {"commune": "22136"}, headers={"HX-Request": "true"})
    assert page["ETag"] != fragment["ETag"]
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize("page", [*PAGES, *FICHIERS])
@pytest.mark.parametrize("methode", ["post", "put", "delete"])
def test_on_ne_fait_que_lire(client, charges, page, methode):
    if (methode, page) == ("post", "/verifier/"):
        pytest.skip("on y dépose un fichier, qui n’est pas gardé (tests/portail/test_verifier.py)")
    assert getattr(client, methode)(page).status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_head_repond_comme_get(client, charges, page):
    assert client.head(page)["ETag"] == client.get(page)["ETag"]


def test_robots_ferme_les_espaces_de_travail_et_donne_le_plan(client, settings):
    settings.ADRESSE_PUBLIQUE = "https://esperluette.example"
    reponse = client.get("/robots.txt")
    texte = reponse.content.decode()
    assert reponse["Content-Type"].startswith("text/plain")
    assert "Sitemap: https://esperluette.example/sitemap.xml" in texte
    liens_signes = ("/rencontre/suivi/", "/rencontre/confirmer/")
    for prive in ("/equipes/", "/dossiers/", "/instruction/", "/compte/", "/boite/", *liens_signes):
        assert f"Disallow: {prive}\n" in texte
    fermes = re.findall(r"Disallow: (\S+)", texte)
    assert [page for page in adresses() if page.startswith(tuple(fermes))] == []


def test_le_plan_xml_donne_toutes_les_pages(client, settings):
    settings.ADRESSE_PUBLIQUE = "https://esperluette.example"
    texte = client.get("/sitemap.xml").content.decode()
    adresses_donnees = re.findall(r"<loc>https://esperluette\.example(\S+)</loc>", texte)
    assert adresses_donnees == adresses()


def test_le_plan_du_site_donne_toutes_les_pages(client, charges):
    lecture = lire(client.get(reverse("portail:plan")).content.decode())
    assert set(adresses()) <= set(lecture.liens)
    assert len(plan()) == 4


def test_le_site_public_s_ouvre_sans_aucune_donnee(client, db):
    assert not Commune.objects.exists()
    for page in PAGES:
        assert client.get(page).status_code == 200, page
