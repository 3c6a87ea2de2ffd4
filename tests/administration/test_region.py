"""Ce qui vieillit se signale ; recharger l'édition se lit avant de se faire ; chacun chez soi."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.administration.lectures import a_rafraichir
from esperluette.interlocuteurs.models import Contact, StructureAppui
from tests.fabriques.commissions import SeanceFabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter

pytestmark = pytest.mark.django_db


def titres(region) -> list[str]:
    return [alerte.titre for alerte in a_rafraichir(region)]


def rajeunir(region) -> None:
    """Tout est d'hier, et une séance approche."""
    hier = timezone.localdate() - datetime.timedelta(days=1)
    for modele in (Contact, StructureAppui):
        for fiche in modele.objects.filter(region=region):
            fiche.source_date = hier
            fiche.valeurs_de_depart["source_date"] = hier.isoformat()
            fiche.save()
    SeanceFabrique(region=region, date=timezone.localdate() + datetime.timedelta(days=30))


# --- À rafraîchir --------------------------------------------------------------------------------


def test_un_calendrier_sans_date_et_des_contacts_de_plus_d_un_an_se_signalent(charges):
    signales = titres(charges.region)
    assert "Aucune séance à venir" in signales
    assert "Contact de plus d’un an : Jean-Paul LEROUX" in signales


def test_une_seance_fictive_ne_rassure_pas(charges):
    SeanceFabrique(region=charges.region, inventee=True, date=timezone.localdate() + datetime.timedelta(days=9))
    assert "Aucune séance à venir" in titres(charges.region)


def test_une_labellisation_echue_se_signale_et_la_suivante_la_fait_oublier(charges):
    structure = StructureAppui.objects.first()
    structure.labellisations.create(debut=datetime.date(2022, 1, 1), fin=datetime.date(2024, 12, 31))
    assert f"Labellisation échue : {structure}" in titres(charges.region)
    structure.labellisations.create(debut=datetime.date(2025, 1, 1))
    assert f"Labellisation échue : {structure}" not in titres(charges.region)


def test_une_fiche_desactivee_ne_vieillit_plus(charges):
    Contact.objects.update(actif=False)
    StructureAppui.objects.update(actif=False)
    assert not [t for t in titres(charges.region) if t.startswith(("Contact", "Labellisation"))]


def test_une_edition_plus_recente_que_la_correction_se_signale(charges, edition_suivante):
    Contact.objects.filter(identifiant="ars-35-leroux").update(courriel="main@ars.example")
    assert "En désaccord avec l’édition : Jean-Paul LEROUX" not in titres(charges.region)
    edition_suivante(("courriel: jean-paul.leroux@ars.sante.fr", "courriel: autre@ars.example"))
    assert "En désaccord avec l’édition : Jean-Paul LEROUX" in titres(charges.region)


def test_une_region_sans_edition_ne_se_plaint_pas_de_son_edition(charges):
    assert titres(charges.communes["75056"].region) == ["Aucune séance à venir"]


@pytest.mark.parametrize("anciens", [1, 3])
def test_a_rafraichir_coute_autant_quoi_qu_il_y_ait(charges, anciens):
    rajeunir(charges.region)
    vieux = timezone.localdate() - datetime.timedelta(days=400)
    cles = list(Contact.objects.values_list("pk", flat=True)[:anciens])
    Contact.objects.filter(pk__in=cles).update(source_date=vieux)
    with CaptureQueriesContext(connection) as requetes:
        assert sum(t.startswith("Contact de plus") for t in titres(charges.region)) == anciens
    assert len(requetes) == 18  # les sièges de chaque instance se comparent aussi


# --- Recharger ----------------------------------------------------------------------------------


URL = "/administration/bretagne/recharger/"


def test_l_apercu_dit_ce_qui_changerait_et_n_ecrit_rien(chez_elle, edition_suivante):
    edition_suivante(
        ("courriel: jean-paul.leroux@ars.sante.fr", "courriel: autre@ars.example"),
        ("id: ars-35-nouira-halevy", "id: ars-35-nouvelle"),
    )
    page = chez_elle.get(URL).content.decode()
    for dit in (
        "autre@ars.example",
        "jean-paul.leroux@ars.sante.fr",
        "Seront créées (1)",
        "l&#x27;édition ne la cite",
    ):
        assert dit in page, dit
    assert Contact.objects.get(identifiant="ars-35-leroux").courriel == "jean-paul.leroux@ars.sante.fr"


@pytest.mark.parametrize(
    ("reprendre", "obtenu"), [([], "main@ars.example"), (["contact:ars-35-leroux"], "autre@ars.example")]
)
def test_confirmer_garde_ou_reprend_ce_qui_avait_ete_corrige(chez_elle, charges, edition_suivante, reprendre, obtenu):
    Contact.objects.filter(identifiant="ars-35-leroux").update(courriel="main@ars.example")
    edition_suivante(("courriel: jean-paul.leroux@ars.sante.fr", "courriel: autre@ars.example"))
    assert chez_elle.post(URL, {"reprendre": reprendre}).status_code == 302
    assert Contact.objects.get(identifiant="ars-35-leroux").courriel == obtenu
    # On a tranché : le désaccord n'est plus signalé.
    assert not [t for t in titres(charges.region) if t.startswith("En désaccord")]


def test_sans_difference_il_n_y_a_rien_a_recharger(chez_elle):
    page = chez_elle.get(URL).content.decode()
    assert "disent la même chose" in page
    assert '<button class="fr-btn" type="submit">Recharger' not in page


def test_une_edition_fautive_le_dit_sans_panne(chez_elle, edition_suivante):
    edition_suivante(('"200072452"', '"999999999"'))
    assert "999999999" in chez_elle.get(URL).content.decode()
    assert "999999999" in chez_elle.post(URL, follow=True).content.decode()


# --- Chacun chez soi -----------------------------------------------------------------------------


PAGES = [
    "/administration/",
    "/administration/bretagne/",
    URL,
    "/administration/bretagne/contacts/",
    "/administration/bretagne/seances/ajouter/",
    "/administration/bretagne/reconnaissances/",
]


@pytest.mark.parametrize("page", PAGES)
def test_un_visiteur_se_connecte_d_abord(client, db, page):
    assert client.get(page)["Location"].startswith("/compte/connexion/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["referent", "secretariat", None])
def test_qui_n_administre_pas_lit_pourquoi(client, charges, page, role):
    compte = FonctionFabrique(region=charges.region, **{role: True}).compte if role else CompteFabrique()
    reponse = connecter(client, compte).get(page)
    assert reponse.status_code == 403
    assert "celle de l’administrateur de la région" in reponse.content.decode()


@pytest.mark.parametrize("page", PAGES[1:])
def test_l_administrateur_d_une_autre_region_n_entre_pas(client, charges, page):
    compte = FonctionFabrique(admin_regional=True, region=charges.communes["13055"].region).compte
    reponse = connecter(client, compte).get(page)
    assert reponse.status_code == 403
    assert "périmètre" in reponse.content.decode()


def test_une_seule_region_s_ouvre_tout_de_suite_et_plusieurs_se_choisissent(client, chez_elle, charges):
    assert chez_elle.get("/administration/")["Location"] == "/administration/bretagne/"
    page = connecter(client, FonctionFabrique(admin=True).compte).get("/administration/").content.decode()
    assert reverse("administration:region", args=["bretagne"]) in page
    assert reverse("administration:region", args=["provence-alpes-cote-d-azur"]) in page


def test_l_autorite_n_ouvre_que_les_reconnaissances(client, charges):
    compte = FonctionFabrique(autorite=True, region=charges.region, departement=charges.loudeac.departement).compte
    connecter(client, compte)
    page = client.get("/administration/bretagne/").content.decode()
    assert "Reconnaissances" in page
    assert "Recharger l’édition" not in page
    assert client.get("/administration/bretagne/reconnaissances/").status_code == 200
    assert client.get("/administration/bretagne/contacts/").status_code == 403


def test_le_menu_ne_montre_ma_region_qu_a_qui_administre(client, chez_elle, charges):
    assert "Ma région" in chez_elle.get("/").content.decode()
    assert "Ma région" not in connecter(client, CompteFabrique()).get("/").content.decode()


def test_la_region_mene_a_ses_reponses_types(chez_elle):
    page = chez_elle.get(reverse("administration:region", args=["bretagne"])).text
    assert reverse("instruction:reponses_types") in page
    assert chez_elle.get(reverse("instruction:reponses_types")).status_code == 200
