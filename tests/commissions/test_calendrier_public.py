"""Le calendrier public se lit en base dès qu'elle porte des séances ; sinon l'édition fait foi."""

import datetime
import json

import icalendar
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from esperluette.commissions.lectures import calendrier_public
from esperluette.commissions.models import Instance, Seance
from tests.fabriques.commissions import InstanceFabrique, SeanceFabrique
from tests.fabriques.interlocuteurs import charger_la_bretagne

pytestmark = pytest.mark.django_db

LE = datetime.date(2026, 11, 22)
HIVER = datetime.date(2027, 2, 11)


def dates(seances) -> list[datetime.date]:
    return [seance.date for seance in seances]


def test_sans_seance_en_base_l_edition_fait_foi(bretagne):
    calendrier = calendrier_public("bretagne", datetime.date(2025, 6, 1))
    assert dates(calendrier.a_venir)[0] == datetime.date(2025, 6, 5)
    assert calendrier.a_venir[0].source.date == datetime.date(2024, 10, 2)


def test_des_que_la_base_porte_une_seance_elle_fait_foi(bretagne):
    SeanceFabrique(date=HIVER, depot_avant=datetime.date(2027, 1, 20), heure=datetime.time(14), lieu="Rennes")
    calendrier = calendrier_public("bretagne", LE)
    (seance,) = calendrier.a_venir
    assert calendrier.derniere is None
    assert (seance.date, seance.lieu, seance.titre) == (HIVER, "Rennes", "CARPEC")
    assert calendrier.phrase == (
        "Prochaine séance : CARPEC, le 11 février 2027. Dossiers à déposer avant le 20 janvier 2027 inclus."
    )


def test_une_date_limite_passee_se_dit(bretagne):
    SeanceFabrique(date=HIVER, depot_avant=datetime.date(2027, 1, 20))
    phrase = calendrier_public("bretagne", datetime.date(2027, 1, 21)).phrase
    assert phrase.endswith("La date limite de dépôt était le 20 janvier 2027.")


def test_ni_interne_ni_desactivee_ni_d_une_autre_region_ne_se_publient(bretagne):
    SeanceFabrique(date=HIVER)
    SeanceFabrique(interne=True)
    SeanceFabrique(actif=False)
    SeanceFabrique(instance__actif=False)
    autre = bretagne.communes["13055"].region
    SeanceFabrique(instance__region=autre, region=autre)
    assert dates(calendrier_public("bretagne", LE).a_venir) == [HIVER]


def test_une_seance_annulee_quitte_les_seances_a_venir_et_se_dit_annulee(bretagne):
    SeanceFabrique(date=HIVER, annulee=True)
    SeanceFabrique(date=HIVER + datetime.timedelta(days=60))
    calendrier = calendrier_public("bretagne", LE)
    assert (dates(calendrier.annulees), len(calendrier.a_venir)) == ([HIVER], 1)
    etats = {str(e["status"]) for e in icalendar.Calendar.from_ical(calendrier.en_ics()).walk("VEVENT")}
    assert etats == {"CANCELLED", "CONFIRMED"}


def test_les_seances_fictives_sont_toujours_a_part(bretagne):
    SeanceFabrique(date=HIVER, inventee=True)
    SeanceFabrique(date=HIVER + datetime.timedelta(days=7))
    calendrier = calendrier_public("bretagne", LE)
    assert HIVER not in dates(calendrier.a_venir)
    assert [(s.date, s.fictive) for s in calendrier.fictives] == [(HIVER, True)]
    assert "20270211" not in calendrier.en_ics()
    assert HIVER.isoformat() not in json.dumps(calendrier.en_json())


def test_hors_demonstration_il_n_y_a_pas_de_seance_fictive(bretagne, settings):
    settings.DEMONSTRATION = False
    SeanceFabrique(date=HIVER, inventee=True)
    calendrier = calendrier_public("bretagne", LE)
    assert (calendrier.a_venir, calendrier.fictives) == ((), ())
    assert "à confirmer auprès de l'ARS Bretagne" in calendrier.phrase


def test_une_seance_fictive_seule_n_efface_pas_ce_que_dit_l_edition(bretagne):
    SeanceFabrique(date=HIVER, inventee=True)
    assert calendrier_public("bretagne", LE).derniere.date == datetime.date(2025, 12, 4)


def test_une_edition_ancienne_repond_par_ses_propres_dates(bretagne, edition_suivante):
    SeanceFabrique(date=HIVER)
    edition_suivante()
    assert dates(calendrier_public("bretagne", datetime.date(2025, 6, 1)).a_venir)[0] == datetime.date(2025, 6, 5)


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_calendrier_coute_une_requete(bretagne, django_assert_num_queries, nombre):
    for rang in range(nombre):
        SeanceFabrique(date=HIVER + datetime.timedelta(days=rang), instance__departementale=True)
    with django_assert_num_queries(1):
        calendrier = calendrier_public("bretagne", LE)
    assert [s.titre for s in calendrier.a_venir] == ["CCOPD Côtes-d'Armor"] * nombre


def test_la_commande_lit_la_base_et_donne_la_date_limite(bretagne, capsys):
    SeanceFabrique(date=HIVER, depot_avant=datetime.date(2027, 1, 20), a_distance=True)
    call_command("calendrier", "--region", "bretagne", "--json", "--le", "2026-11-22")
    (seance,) = json.loads(capsys.readouterr().out)["seances"]
    assert (seance["date"], seance["depot_avant"], seance["lieu"]) == (
        "2027-02-11",
        "2027-01-20",
        "en visioconférence",
    )
    call_command("calendrier", "--region", "bretagne", "--le", "2026-11-22")
    assert "dossiers à déposer avant le 20 janvier 2027" in capsys.readouterr().out


def test_le_lien_de_visioconference_n_est_jamais_publie(bretagne):
    SeanceFabrique(date=HIVER, a_distance=True, lien_visio="https://visio.example/secret")
    calendrier = calendrier_public("bretagne", LE)
    assert "secret" not in json.dumps(calendrier.en_json()) + calendrier.en_ics()


# --- Les fiches de l'édition --------------------------------------------------------------------------------


def test_les_instances_et_les_seances_de_l_edition_se_chargent(charges):
    instance = Instance.objects.get()
    assert (instance.identifiant, instance.sigle, instance.departement) == ("carpec", "CARPEC", None)
    assert set(Seance.objects.values_list("instance", flat=True)) == {instance.pk}
    assert Seance.objects.get(identifiant="carpec-20251204").date == datetime.date(2025, 12, 4)
    assert calendrier_public("bretagne", LE).derniere.date == datetime.date(2025, 12, 4)


def test_une_seance_deplacee_a_l_ecran_survit_au_rechargement(charges):
    Seance.objects.filter(identifiant="carpec-20251204").update(date=datetime.date(2025, 12, 11))
    charger_la_bretagne()
    assert Seance.objects.get(identifiant="carpec-20251204").date == datetime.date(2025, 12, 11)


def test_une_instance_departementale_existe_dans_chaque_departement(territoire, edition_suivante):
    dossier = edition_suivante()
    instances = dossier / "instances.yaml"
    texte = instances.read_text(encoding="utf-8")
    assert "niveau: regional" in texte
    instances.write_text(texte.replace("niveau: regional", "niveau: departemental"), encoding="utf-8")
    charger_la_bretagne()
    noms = {str(i) for i in Instance.objects.select_related("departement")}
    # Les dates publiées ne disent pas de quel département elles sont : une instance sans département les porte.
    assert {"CARPEC", "CARPEC (Côtes-d'Armor)", "CARPEC (Finistère)"} <= noms
    assert Instance.objects.get(identifiant="carpec-22").departement_id == "22"


# --- La base refuse ------------------------------------------------------------------------------------------


def test_on_depose_avant_la_seance(bretagne):
    with pytest.raises(IntegrityError), transaction.atomic():
        SeanceFabrique(date=HIVER, depot_avant=HIVER + datetime.timedelta(days=1))


def test_une_instance_regionale_n_a_pas_de_departement(bretagne):
    with pytest.raises(IntegrityError), transaction.atomic():
        InstanceFabrique(departement=bretagne.loudeac.departement)
