"""Le calendrier des commissions : ce qui vient, ou auprès de qui le confirmer."""

import dataclasses
import datetime
import json

import icalendar
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esperluette.interlocuteurs.calendrier import RegionInconnue, SeanceAnnoncee, SeancesConnues, calendrier_de

AVANT = datetime.date(2025, 6, 1)
APRES = datetime.date(2026, 11, 21)


pytestmark = pytest.mark.django_db


def evenements(texte: str) -> list[icalendar.Event]:
    """Les événements, relus par une autre bibliothèque que nos mains : la forme est contrôlée au passage."""
    assert texte.endswith("\r\n")
    assert all(len(ligne.encode()) <= 75 for ligne in texte.split("\r\n"))
    agenda = icalendar.Calendar.from_ical(texte)
    assert agenda.errors == []
    # La norme exige au moins un composant.
    assert agenda.subcomponents
    return list(agenda.walk("VEVENT"))


def test_avant_la_derniere_date_les_seances_a_venir_sont_listees_dans_l_ordre():
    calendrier = calendrier_de("bretagne", AVANT)
    dates = [s.date for s in calendrier.a_venir]
    assert dates == [datetime.date(2025, 6, 5), datetime.date(2025, 10, 2), datetime.date(2025, 12, 4)]
    assert {s.sigle for s in calendrier.a_venir} == {"CARPEC"}
    assert calendrier.phrase == "Prochaine séance : CARPEC, le 5 juin 2025."
    assert calendrier.derniere.date == datetime.date(2025, 4, 3)


def test_le_jour_de_la_seance_elle_est_encore_a_venir():
    assert calendrier_de("bretagne", datetime.date(2025, 12, 4)).a_venir[0].date == datetime.date(2025, 12, 4)
    assert calendrier_de("bretagne", datetime.date(2025, 12, 5)).a_venir == ()


def test_apres_la_derniere_date_connue_le_calendrier_le_dit():
    calendrier = calendrier_de("bretagne", APRES)
    assert calendrier.a_venir == ()
    assert calendrier.phrase.startswith("Aucune séance à venir n'est connue : la dernière date publiée est passée")
    assert "4 décembre 2025 (CARPEC)" in calendrier.phrase
    assert "à confirmer auprès de l'ARS Bretagne" in calendrier.phrase


def test_sans_date_du_tout_on_dit_a_qui_demander(edition_suivante):
    dossier = edition_suivante()
    local = dossier / "local.yaml"
    texte = local.read_text(encoding="utf-8")
    seances = texte[texte.index("seances:") : texte.index("a_confirmer:")]
    local.write_text(texte.replace(seances, ""), encoding="utf-8")
    assert calendrier_de("bretagne").phrase.startswith("Aucune date de séance n'est publiée. À confirmer auprès de")


@pytest.mark.parametrize("region", ["bertagne", "corse", "national", "", "../national", "Bretagne"])
def test_une_region_inconnue_est_refusee_avec_la_liste(region):
    with pytest.raises(RegionInconnue, match=r"Régions connues : .*bretagne"):
        calendrier_de(region)


def test_avant_la_premiere_edition_rien_n_est_en_vigueur():
    with pytest.raises(RegionInconnue):
        calendrier_de("bretagne", datetime.date(1990, 1, 1))


def test_l_ics_porte_une_seance_par_date_sur_la_journee():
    lus = evenements(calendrier_de("bretagne", AVANT).en_ics())
    assert [e.decoded("dtstart") for e in lus] == [
        datetime.date(2025, 6, 5),
        datetime.date(2025, 10, 2),
        datetime.date(2025, 12, 4),
    ]
    assert lus[0].decoded("dtend") == datetime.date(2025, 6, 6)
    assert len({str(e["uid"]) for e in lus}) == 3
    assert str(lus[0]["summary"]) == "CARPEC : Cellule d'appui régionale aux projets d'exercices coordonnés"


def test_l_ics_sans_seance_reste_valide_et_dit_pourquoi():
    texte = calendrier_de("bretagne", APRES).en_ics()
    assert evenements(texte) == []
    assert "à confirmer auprès de" in str(icalendar.Calendar.from_ical(texte)["x-wr-caldesc"])


def seance(**champs) -> SeanceAnnoncee:
    (modele, *_) = calendrier_de("bretagne", AVANT).a_venir
    return dataclasses.replace(modele, **champs)


def agenda_de(*seances: SeanceAnnoncee, annulees=()) -> list[icalendar.Event]:
    calendrier = calendrier_de("bretagne", AVANT)
    return evenements(dataclasses.replace(calendrier, a_venir=seances, annulees=tuple(annulees)).en_ics())


def test_la_date_limite_de_depot_est_un_evenement_a_part():
    principale, limite = agenda_de(seance(depot_avant=datetime.date(2025, 5, 15)))
    assert "Date limite de dépôt : 15 mai 2025." in str(principale["description"])
    assert str(limite["summary"]) == "Date limite de dépôt, CARPEC"
    assert limite.decoded("dtstart") == datetime.date(2025, 5, 15)
    assert principale["uid"] != limite["uid"]


@pytest.mark.parametrize(("mois", "decalage"), [(1, 1), (7, 2)])
def test_une_seance_a_son_heure_a_l_heure_de_paris(mois, decalage):
    (lue,) = agenda_de(seance(date=datetime.date(2026, mois, 12), heure=datetime.time(14, 30), lieu="Rennes"))
    debut = lue.decoded("dtstart")
    assert (debut.hour, debut.utcoffset()) == (14, datetime.timedelta(hours=decalage))
    assert str(lue["location"]) == "Rennes"


def test_une_seance_annulee_reste_barree_sans_sa_date_limite():
    (lue,) = agenda_de(annulees=[seance(annulee=True, depot_avant=datetime.date(2025, 5, 15))])
    assert (str(lue["status"]), str(lue["summary"])[:9]) == ("CANCELLED", "Annulée :")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_un_lieu_quelconque_se_relit_tel_quel(lieu):
    (lue,) = agenda_de(seance(lieu=lieu))
    assert str(lue["location"]) == lieu


# --- La commande --------------------------------------------------------------------------------------------


def lancer(capsys, *arguments: str) -> str:
    call_command("calendrier", *arguments)
    return capsys.readouterr().out


def test_la_commande_se_passe_de_base(capsys, monkeypatch):
    def sans_table(_region: str) -> SeancesConnues:
        raise OperationalError("no such table")

    monkeypatch.setattr("esperluette.interlocuteurs.calendrier._LECTEURS", [sans_table])
    rendu = json.loads(lancer(capsys, "--region", "bretagne", "--le", "2026-11-21", "--json"))
    assert rendu["seances"] == []
    assert rendu["derniere_seance_connue"]["date"] == "2025-12-04"
    assert rendu["a_confirmer_aupres_de"].startswith("l'ARS Bretagne")
    assert rendu["region"] == "bretagne"


def test_la_commande_json_donne_les_seances_et_leur_source(capsys):
    rendu = json.loads(lancer(capsys, "--region", "bretagne", "--le", "2025-06-01", "--json"))
    assert [s["date"] for s in rendu["seances"]] == ["2025-06-05", "2025-10-02", "2025-12-04"]
    assert rendu["seances"][0]["source"]["date"] == "2024-10-02"
    assert rendu["a_confirmer_aupres_de"] is None


def test_la_commande_parle_en_clair(capsys):
    assert "jeudi 5 juin 2025 : CARPEC" in lancer(capsys, "--region", "bretagne", "--le", "2025-06-01")
    assert "Dates à confirmer auprès de" in lancer(capsys, "--region", "bretagne", "--le", "2026-11-21")


def test_la_commande_ecrit_un_ics_lisible(capsys):
    assert evenements(lancer(capsys, "--region", "bretagne", "--ics", "--le", "2025-06-01"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--region", "bertagne"], "Régions connues"),
        (["--region", "bretagne", "--le", "demain"], "n'est pas une date AAAA-MM-JJ"),
        ([], "--region"),
        (["--region", "bretagne", "--json", "--ics"], "not allowed with"),
    ],
)
def test_une_entree_fausse_est_une_erreur_claire(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("calendrier", *arguments)


def test_une_region_inconnue_rend_le_code_2():
    with pytest.raises(CommandError) as erreur:
        call_command("calendrier", "--region", "bertagne")
    assert erreur.value.returncode == 2
