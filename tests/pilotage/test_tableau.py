"""Le tableau de bord : les bons chiffres, les bonnes personnes, les mêmes dans les fichiers, au même prix."""

import csv
import io
import zipfile
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.deliberations.enums import SorteDIssue
from esperluette.deliberations.models import AvisRendu
from esperluette.dossiers.models import Dossier
from esperluette.pilotage.droits import perimetre_pilote
from esperluette.pilotage.forms import periode_par_defaut
from esperluette.pilotage.lectures import COMMANDE, Demande, relever
from esperluette.pilotage.mesures import Periode
from esperluette.pilotage.tableaux import tableaux
from tests.dossiers.ecrans import HOSTILE, requetes, sous, texte
from tests.fabriques.commissions import PointFabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique
from tests.fabriques.zonages import zoner
from tests.pilotage.conftest import dossier_passe, il_y_a

pytestmark = pytest.mark.django_db
ADRESSE = "/pilotage/"


def releve(compte, departement="", periode=None, region=None):
    from esperluette.pilotage.droits import regions_pilotees

    compte = Compte.objects.get(pk=compte.pk)
    return relever(
        Demande(
            region or regions_pilotees(compte)[0],
            perimetre_pilote(compte),
            periode or periode_par_defaut(),
            departement,
        )
    )


def ligne(lu, code):
    return next(x for x in lu.lignes if x.code == code)


# --- Les chiffres -----------------------------------------------------------------------------------


def test_les_dossiers_se_comptent_par_etat_et_par_departement(pilote, equipe_du_lie, equipe_de_fougeres):
    dossier_passe(equipe_du_lie, 40)
    dossier_passe(equipe_du_lie, 60, prendre_en_instruction=50)
    dossier_passe(equipe_de_fougeres, 90, prendre_en_instruction=80, inscrire=70, rendre_avis=60, accepter=30)
    lu = releve(pilote)
    assert (lu.total.chiffres.recus, ligne(lu, "22").chiffres.recus, ligne(lu, "35").chiffres.recus) == (3, 2, 1)
    assert ligne(lu, "22").chiffres.par_groupe["a_prendre"] == 1
    assert ligne(lu, "22").chiffres.par_groupe["en_instruction"] == 1
    assert ligne(lu, "35").chiffres.par_groupe["acceptes"] == 1


def test_les_delais_sont_des_medianes_de_passages(pilote, equipe_du_lie):
    for depot, fin in ((100, 90), (100, 70), (100, 10)):
        dossier_passe(equipe_du_lie, depot, prendre_en_instruction=95, inscrire=94, rendre_avis=93, refuser=fin)
    delais = releve(pilote).total.chiffres.delais
    assert (delais["pris_le"].mediane, delais["avis_le"].mediane, delais["decide_le"].mediane) == (5, 7, 30)
    assert delais["decide_le"].nombre == 3


def test_le_mois_d_un_delai_est_celui_de_l_etape(pilote, equipe_du_lie):
    dossier_passe(equipe_du_lie, 300, prendre_en_instruction=290, inscrire=289, rendre_avis=288, accepter=0)
    mois = releve(pilote).mois
    assert len(mois) == 12
    assert [m.delais["decide_le"] for m in mois] == [None] * 11 + [300]
    assert sum(m.recus for m in mois) == sum(m.decides for m in mois) == 1


def test_la_periode_borne_les_deux_bouts(pilote, equipe_du_lie):
    dossier_passe(equipe_du_lie, 200)
    dossier_passe(equipe_du_lie, 20)
    jour = timezone.localdate()
    assert releve(pilote, periode=Periode(jour - timedelta(days=30), jour)).total.chiffres.recus == 1
    bornes = Periode(il_y_a(200).date(), il_y_a(200).date())
    assert releve(pilote, periode=bornes).total.chiffres.recus == 1
    assert releve(pilote, periode=Periode(jour - timedelta(days=19), jour)).total.chiffres.recus == 0


def test_un_brouillon_ne_compte_pas(pilote, equipe_du_lie):
    dossier = dossier_passe(equipe_du_lie, 20)
    Dossier.objects.filter(pk=dossier.pk).update(etat="brouillon", depose_le=None)
    assert releve(pilote).total.chiffres.recus == 0


def test_la_population_couverte_compte_chaque_commune_une_fois(pilote, bretagne, equipe_du_lie, equipe_de_fougeres):
    voisine = EquipeFabrique(nom="Voisine", implantation=bretagne.plouguenast)
    voisine.communes.set([bretagne.plouguenast, bretagne.loudeac])
    for equipe in (equipe_du_lie, equipe_de_fougeres, voisine):
        ReconnaissanceFabrique(equipe=equipe)
    ReconnaissanceFabrique(equipe=equipe_du_lie, forme="msp")
    lu = releve(pilote)
    attendue = bretagne.loudeac.population + bretagne.plouguenast.population
    assert (ligne(lu, "22").equipes, ligne(lu, "22").couverte) == (2, attendue)
    assert (lu.total.equipes, lu.total.couverte) == (3, attendue + bretagne.fougeres.population)
    assert lu.mois[-1].equipes == 3


def test_une_reconnaissance_finie_ou_a_venir_ne_couvre_rien(pilote, equipe_du_lie, equipe_de_fougeres):
    ReconnaissanceFabrique(equipe=equipe_du_lie, finie=True)
    ReconnaissanceFabrique(equipe=equipe_de_fougeres, debut=timezone.localdate() + timedelta(days=1))
    assert (releve(pilote).total.equipes, releve(pilote).total.couverte) == (0, 0)


def test_le_fictif_ne_compte_que_dans_la_demonstration(pilote, equipe_du_lie, settings):
    equipe_du_lie.fictive = True
    equipe_du_lie.save()
    ReconnaissanceFabrique(equipe=equipe_du_lie)
    dossier_passe(equipe_du_lie, 10)
    for demonstration, attendu in ((True, 1), (False, 0)):
        settings.DEMONSTRATION = demonstration
        assert (releve(pilote).total.equipes, releve(pilote).total.chiffres.recus) == (attendu, attendu)


def rendre(equipe, jours, libelle="", **suite):
    """Un avis rendu, ou un ajournement, il y a tant de jours."""
    dossier = dossier_passe(equipe, jours + 30)
    point = PointFabrique(dossier=dossier, rapporteur=None)
    AvisRendu.objects.create(
        point=point, sorte=SorteDIssue.AVIS if libelle else SorteDIssue.AJOURNEMENT, avis="avis" if libelle else "",
        libelle=libelle, rendu_le=il_y_a(jours), **suite,
    )  # fmt: skip


def test_les_avis_se_comptent_par_intitule_et_par_departement(pilote, equipe_du_lie, equipe_de_fougeres):
    rendre(equipe_du_lie, 10, "Favorable")
    rendre(equipe_du_lie, 12, "Favorable avec réserves")
    rendre(equipe_de_fougeres, 20, "Favorable")
    rendre(equipe_de_fougeres, 25)
    rendre(equipe_de_fougeres, 900, "Favorable")
    lu = releve(pilote)
    assert lu.total.examines == 4
    assert ligne(lu, "35").avis == {"Favorable": 1, "Ajournement": 1}
    tableau = tableaux(lu)["avis"]
    assert tableau.colonnes == (
        "Département", "Rendus ou ajournés", "Favorable", "Ajournement", "Favorable avec réserves"
    )  # fmt: skip
    assert tableau.lignes[-1] == ("Bretagne", 4, 2, 1, 1)
    assert "4</span> dossiers examinés" in texte(sous(pilote).get(ADRESSE))
    assert releve(pilote, "22").total.examines == 2


# --- Les communes ZIP -------------------------------------------------------------------------------


def test_les_communes_zip_sans_equipe_se_nomment(pilote, bretagne, equipe_du_lie):
    zoner("zonage-medecins", {"22136": "zip", "22219": "zip", "22266": "zip", "29019": "zac", "35115": "zip"})
    ReconnaissanceFabrique(equipe=equipe_du_lie)
    lu = releve(pilote)
    assert [x.code for x in lu.zip.sans_equipe] == ["22266", "35115"]
    assert (lu.total.zip, lu.total.zip_sans_equipe, ligne(lu, "22").zip_sans_equipe) == (4, 2, 1)
    assert [x.code for x in releve(pilote, "35").zip.sans_equipe] == ["35115"]


def test_une_equipe_d_a_cote_couvre_aussi(bretagne, acteurs, equipe_de_fougeres):
    """Un référent des Côtes-d'Armor : l'équipe de Fougères a Rostrenen dans son territoire."""
    zoner("zonage-medecins", {"22266": "zip"})
    equipe_de_fougeres.communes.set([bretagne.fougeres, bretagne.rostrenen])
    ReconnaissanceFabrique(equipe=equipe_de_fougeres)
    lu = releve(acteurs["referente"])
    assert lu.zip.sans_equipe == ()
    assert (lu.total.equipes, lu.total.couverte) == (0, bretagne.rostrenen.population)


def test_sans_zonage_la_page_dit_comment_le_charger(pilote, bretagne):
    lu = releve(pilote)
    assert (lu.zip.charge, lu.total.zip, lu.total.zip_sans_equipe) == (False, None, None)
    page = texte(sous(pilote).get(ADRESSE))
    assert "Le zonage n’est pas chargé" in page
    assert COMMANDE in page


def test_un_tableau_de_demonstration_le_dit(pilote, bretagne):
    zoner("zonage-medecins", {"22136": "zip"}, demonstration=True)
    assert "ne dit rien des communes qu’il ne nomme pas" in texte(sous(pilote).get(ADRESSE))


# --- Qui voit quoi ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qui", "recus", "departements"),
    [
        ("autorite", 2, ["22", "29", "35", "56"]),
        ("referente", 1, ["22"]),
        ("administrateur_regional", 2, ["22", "29", "35", "56"]),
        ("administratrice", 2, ["22", "29", "35", "56"]),
    ],
)
def test_chacun_lit_son_perimetre(qui, recus, departements, bretagne, acteurs, equipe_du_lie, equipe_de_fougeres):
    dossier_passe(equipe_du_lie, 10)
    dossier_passe(equipe_de_fougeres, 10)
    lu = releve(acteurs[qui], region=bretagne.region)
    assert lu.total.chiffres.recus == recus
    assert [code for code, _ in lu.departements] == departements
    assert sous(acteurs[qui]).get(ADRESSE).status_code == 200


def test_un_referent_d_une_intercommunalite_ne_compte_que_la_sienne(bretagne, equipe_du_lie, equipe_de_fougeres):
    dossier_passe(equipe_du_lie, 10)
    ReconnaissanceFabrique(equipe=equipe_du_lie)
    ailleurs = FonctionFabrique(
        referent=True, region=bretagne.region, departement=bretagne.rostrenen.departement,
        epcis=[bretagne.rostrenen.epci],
    ).compte  # fmt: skip
    lu = releve(ailleurs)
    assert (lu.total.chiffres.recus, lu.total.equipes, lu.total.couverte) == (0, 0, 0)
    assert lu.total.population < bretagne.rostrenen.population + bretagne.loudeac.population


@pytest.mark.parametrize("qui", ["presidente", "secretaire", "membre_commission", "inconnue"])
@pytest.mark.parametrize("adresse", [ADRESSE, "/pilotage/etats.csv", "/pilotage/export.xlsx"])
def test_les_autres_sont_refuses_avec_la_raison(adresse, qui, acteurs):
    reponse = sous(acteurs[qui]).get(adresse)
    assert reponse.status_code == 403
    assert "agents de l’ARS" in texte(reponse)


def test_sans_connexion_rien_ne_se_lit(client):
    for adresse in (ADRESSE, "/pilotage/etats.csv", "/pilotage/export.xlsx"):
        assert client.get(adresse).status_code == 302
        assert client.post(adresse).status_code == 302


def test_le_departement_d_autrui_ne_donne_rien(acteurs, equipe_de_fougeres):
    dossier_passe(equipe_de_fougeres, 10)
    lu = releve(acteurs["referente"], "35")
    assert (lu.total.chiffres.recus, lu.total.population, lu.lignes) == (0, 0, ())


# --- La page ----------------------------------------------------------------------------------------


class Tables(HTMLParser):
    """Les cellules de chaque tableau de la page, par légende."""

    def __init__(self):
        super().__init__()
        self.tables, self.cellule, self.legende = {}, None, None

    def handle_starttag(self, tag, attrs):
        if tag == "caption":
            self.legende = ""
        elif tag == "tr" and self.titre:
            self.tables[self.titre].append([])
        elif tag in ("th", "td"):
            self.cellule = ""

    titre = ""

    def handle_data(self, data):
        if self.legende is not None:
            self.legende += data
        elif self.cellule is not None:
            self.cellule += data

    def handle_endtag(self, tag):
        if tag == "caption":
            self.titre, self.legende = self.legende, None
            self.tables[self.titre] = []
        elif tag in ("th", "td"):
            self.tables[self.titre][-1].append(self.cellule)
            self.cellule = None


@pytest.fixture
def page_pleine(pilote, bretagne, equipe_du_lie, equipe_de_fougeres):
    zoner("zonage-medecins", {"22136": "zip", "22266": "zip"})
    ReconnaissanceFabrique(equipe=equipe_du_lie)
    dossier_passe(equipe_du_lie, 100, prendre_en_instruction=95, inscrire=90, rendre_avis=80, accepter=55)
    dossier_passe(equipe_de_fougeres, 20)
    return sous(pilote)


def test_la_page_montre_cinq_chiffres_une_carte_trois_courbes_et_leurs_tableaux(page_pleine, pilote):
    html = page_pleine.get(ADRESSE).content.decode()
    assert html.count("esp-cinq__nombre") == 5
    assert html.count('class="esp-carte-dessin"') == 1
    assert html.count('class="esp-courbe"') == 3
    lues = Tables()
    lues.feed(html)
    attendus = tableaux(releve(pilote))
    assert set(lues.tables) == {t.titre for t in attendus.values()}
    for tableau in attendus.values():
        assert len(lues.tables[tableau.titre]) == len(tableau.lignes) + 1
    assert "style=" not in html
    assert ">45 j<" in html


@pytest.mark.parametrize(
    "cle", ["etats", "delais", "avis", "territoires", "activite", "delais-par-mois", "equipes", "communes-zip"]
)
def test_un_csv_dit_les_memes_chiffres_que_le_tableau(cle, page_pleine, pilote):
    reponse = page_pleine.get(f"/pilotage/{cle}.csv")
    assert reponse["Content-Disposition"].startswith(f'attachment; filename="{cle}-bretagne-du-')
    lignes = list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    attendu = tableaux(releve(pilote))[cle]
    assert tuple(lignes[0]) == attendu.colonnes
    nombres = [["" if v is None else str(v).replace(".", ",").removesuffix(",0") for v in x] for x in attendu.lignes]
    assert lignes[1:] == nombres


def test_le_classeur_a_une_feuille_par_tableau(page_pleine, pilote):
    contenu = page_pleine.get("/pilotage/export.xlsx").content
    with zipfile.ZipFile(io.BytesIO(contenu)) as classeur:
        feuilles = [n for n in classeur.namelist() if n.startswith("xl/worksheets/")]
        textes = classeur.read("xl/sharedStrings.xml").decode()
    assert len(feuilles) == len(tableaux(releve(pilote)))
    assert "Rostrenen" in textes
    assert "Bretagne, du" in textes


@pytest.mark.parametrize("cle", ["inconnu", "etats2", "x" * 100])
def test_un_tableau_inconnu_est_introuvable(cle, page_pleine):
    assert page_pleine.get(f"/pilotage/{cle}.csv").status_code == 404


def test_les_filtres_se_gardent_dans_l_adresse_des_exports(page_pleine):
    html = page_pleine.get(ADRESSE, {"departement": "22", "du": "2020-01-01", "au": "2026-12-31"}).content.decode()
    assert "/pilotage/export.xlsx?departement=22&amp;du=2020-01-01&amp;au=2026-12-31" in html
    assert '<option value="22" selected>' in html
    assert "Côtes-d’Armor, du 1" in html.replace("&#x27;", "’").replace("'", "’")


@pytest.mark.parametrize(
    ("filtre", "phrase"),
    [
        ({"du": "2026-05-01", "au": "2026-04-01"}, "précède son début"),
        ({"du": "1950-01-01"}, "10 ans au plus"),
        ({"du": "hier"}, ""),
        ({"au": "9999-12-31"}, "Vérifiez l’année"),
        ({"departement": HOSTILE}, ""),
        ({"region": "atlantide"}, ""),
        ({"departement": "\x00"}, ""),
    ],
)
def test_un_filtre_faux_se_dit_et_laisse_la_page_lisible(filtre, phrase, page_pleine):
    reponse = page_pleine.get(ADRESSE, filtre)
    assert reponse.status_code in (200, 422)
    page = texte(reponse)
    assert phrase in page
    assert "<script>alert" not in page
    assert page.count("esp-cinq__nombre") == 5


def test_une_region_d_autrui_ne_se_choisit_pas(bretagne, acteurs):
    from tests.fabriques.territoires import communes_reelles

    communes_reelles("13055")
    page = texte(sous(acteurs["referente"]).get(ADRESSE, {"region": "provence-alpes-cote-d-azur"}))
    assert "Provence" not in page
    assert "Provence" in texte(sous(acteurs["administratrice"]).get(ADRESSE, {"region": "provence-alpes-cote-d-azur"}))


def test_l_entree_du_menu_est_a_qui_pilote(acteurs):
    lien = f'href="{reverse("pilotage:tableau")}"'
    for qui, voit in (("referente", True), ("administrateur_regional", True), ("presidente", False)):
        assert (lien in sous(acteurs[qui]).get(reverse("portail:aide")).content.decode()) is voit


# --- Le prix ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("qui", ["autorite", "referente", "administrateur_regional"])
def test_douze_requetes_quel_que_soit_le_nombre(qui, bretagne, acteurs, equipe_du_lie, equipe_de_fougeres):
    client = sous(acteurs[qui])
    zoner("zonage-medecins", {"22136": "zip", "22266": "zip"})
    dossier_passe(equipe_du_lie, 10, prendre_en_instruction=5)
    ReconnaissanceFabrique(equipe=equipe_du_lie)
    une = requetes(client, ADRESSE)
    for _ in range(3):
        dossier_passe(equipe_de_fougeres, 30, prendre_en_instruction=20, inscrire=10, rendre_avis=5, accepter=1)
        rendre(equipe_de_fougeres, 5, "Favorable")
    ReconnaissanceFabrique(equipe=equipe_de_fougeres)
    assert requetes(client, ADRESSE) == une <= 12
    assert requetes(client, "/pilotage/export.xlsx") <= 12
