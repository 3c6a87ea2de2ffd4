"""Contacts, structures, calendrier : rangés, datés, et ce qui est périmé se dit."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.interlocuteurs.models import Labellisation, StructureAppui
from tests.fabriques.commissions import InstanceFabrique, SeanceFabrique
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique

pytestmark = pytest.mark.django_db


def lire(client, nom, *args, **donnees):
    return client.get(reverse(f"portail:{nom}", args=args), donnees).content.decode().replace("\xa0", " ")


def test_les_contacts_se_rangent_par_departement(client, charges):
    html = lire(client, "contacts")
    cotes, finistere = html.index("Côtes-d&#x27;Armor (22)</h4>"), html.index("Finistère (29)</h4>")
    assert cotes < html.index("Manon MULLER", cotes) < finistere


def test_un_contact_de_deux_departements_parait_dans_les_deux(client, charges):
    for code in ("22", "35"):
        assert "Jean-Paul LEROUX" in lire(client, "contacts", departement=code)


def test_le_departement_choisi_ecarte_les_autres(client, charges):
    html = lire(client, "contacts", departement="22")
    assert "Manon MULLER" in html
    assert "Molka NOUIRA-HALEVY" not in html
    assert '<option value="22" selected>' in html
    assert "Aucun contact n’est publié pour ce choix." in lire(client, "contacts", departement="99")


def test_un_contact_ancien_le_dit(client, charges):
    assert "à vérifier avant d’écrire" in lire(client, "contacts", departement="22")


def test_une_commune_donne_son_interlocuteur_et_le_formulaire(client, charges):
    html = lire(client, "contacts", commune="22136")
    assert "Pour Loudéac" in html
    assert "Manon MULLER" in html
    assert f"{reverse('interlocuteurs:demander')}?commune_code=22136" in html
    assert "Tous les contacts</h2>" not in html


def test_trois_contacts_ne_coutent_pas_plus_qu_un(client, charges, django_assert_num_queries):
    with django_assert_num_queries(4):
        lire(client, "contacts")


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        (date(2022, 1, 1), date(2024, 12, 31), "cette période est passée, à confirmer."),
        (date(2022, 1, 1), date(2999, 12, 31), "Labellisée du 1er janvier 2022 au 31 décembre 2999."),
        (None, date(2999, 12, 31), "Labellisée jusqu’au 31 décembre 2999."),
        (date(2022, 1, 1), None, "Labellisée depuis le 1er janvier 2022, sans fin annoncée."),
        (None, None, "Aucun label daté n’est publié."),
    ],
)
def test_un_label_dit_sa_periode(client, bretagne, debut, fin, attendu):
    structure = StructureAppui.objects.create(
        region=bretagne.region, nom="Appui", source_document="Liste", source_date=date(2022, 1, 1),
        courriel="a@appui.example", telephones=["01", "02"],
        personnes=[{"nom": "Aline", "telephone": "01", "courriel": "a@appui.example"}],
    )  # fmt: skip
    Labellisation.objects.create(structure=structure, debut=debut, fin=fin)
    html = lire(client, "structures", region="bretagne")
    assert attendu in html
    assert html.count("mailto:a@appui.example") == 1
    assert "Aucune structure d’appui n’est connue pour cette région" in lire(client, "structures", region="corse")


def test_sans_seance_le_calendrier_dit_aupres_de_qui_confirmer(client, charges):
    html = lire(client, "calendrier", region="bretagne")
    assert "la dernière date publiée est passée" in html
    assert "<table>" not in html


@pytest.mark.parametrize(("jours", "attendu"), [(10, "</td>"), (-10, "<strong>passé</strong>"), (None, "Non publié")])
def test_une_seance_dit_sa_date_limite(client, charges, jours, attendu):
    aujourd_hui = timezone.localdate()
    depot = None if jours is None else aujourd_hui + timedelta(days=jours)
    SeanceFabrique(date=aujourd_hui + timedelta(days=40), depot_avant=depot, lieu="Rennes")
    html = lire(client, "calendrier", region="bretagne")
    assert attendu in html
    assert "Rennes" in html


def test_le_calendrier_se_filtre_par_departement(client, charges):
    jour = timezone.localdate() + timedelta(days=40)
    SeanceFabrique(instance=InstanceFabrique(departementale=True), date=jour)
    assert "CCOPD" in lire(client, "calendrier", departement="Côtes-d'Armor")
    assert "Aucune séance connue pour ce département." in lire(client, "calendrier", departement="Morbihan")


def test_on_s_abonne_a_un_calendrier_qui_se_revalide(client, charges):
    SeanceFabrique(date=timezone.localdate() + timedelta(days=40))
    adresse = reverse("portail:calendrier_ics", args=["bretagne"])
    premier = client.get(adresse)
    assert premier["Content-Type"] == "text/calendar; charset=utf-8"
    assert "commissions-bretagne.ics" in premier["Content-Disposition"]
    assert premier["Cache-Control"] == "public, max-age=3600"
    assert premier.content.count(b"BEGIN:VEVENT") == 1
    assert client.get(adresse, headers={"If-None-Match": premier["ETag"]}).status_code == 304
    SeanceFabrique(date=timezone.localdate() + timedelta(days=80))
    assert client.get(adresse, headers={"If-None-Match": premier["ETag"]}).status_code == 200


def test_ecrire_a_mon_referent_montre_celui_de_chaque_equipe(client, charges):
    compte = CompteFabrique()
    equipe = EquipeFabrique(porteur=compte, nom="Équipe du Lié")
    assert "Connecté, vous trouvez ici" in lire(client, "referent")
    connecter(client, compte)
    html = lire(client, "referent")
    assert "Équipe du Lié" in html
    assert "Manon MULLER" in html
    assert f"{reverse('interlocuteurs:demander')}?equipe={equipe.pk}" in html


def test_ecrire_a_mon_referent_coute_autant_pour_trois_equipes(client, charges, django_assert_max_num_queries):
    compte = CompteFabrique()
    for _ in range(3):
        EquipeFabrique(porteur=compte)
    connecter(client, compte)
    with django_assert_max_num_queries(14):
        assert lire(client, "referent").count("Manon MULLER") == 3
