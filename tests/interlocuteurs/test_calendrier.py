"""Le calendrier des commissions : ce qui vient, ou auprès de qui le confirmer."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from esperluette.interlocuteurs.calendrier import RegionInconnue, _plier, _texte_ics, calendrier_de

AVANT = datetime.date(2025, 6, 1)
APRES = datetime.date(2026, 11, 21)


def lignes_ics(texte: str) -> list[str]:
    """Les lignes dépliées d'un iCalendar, après contrôle de sa forme : CRLF, 75 octets, composants fermés."""
    assert texte.endswith("\r\n")
    brutes = texte.split("\r\n")[:-1]
    assert all("\n" not in ligne and len(ligne.encode()) <= 75 for ligne in brutes)
    lignes: list[str] = []
    for ligne in brutes:
        if ligne.startswith(" "):
            lignes[-1] += ligne[1:]
        else:
            lignes.append(ligne)
    ouverts: list[str] = []
    for ligne in lignes:
        nom, _, valeur = ligne.partition(":")
        if nom == "BEGIN":
            ouverts.append(valeur)
        elif nom == "END":
            assert ouverts.pop() == valeur
    assert ouverts == []
    assert lignes[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0"} <= set(lignes)
    assert any(ligne.startswith("PRODID:") for ligne in lignes)
    # La norme exige au moins un composant.
    assert sum(ligne.startswith("BEGIN:") for ligne in lignes) > 1
    return lignes


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
    lignes = lignes_ics(calendrier_de("bretagne", AVANT).en_ics())
    assert lignes.count("BEGIN:VEVENT") == 3
    assert "DTSTART;VALUE=DATE:20250605" in lignes
    assert "DTEND;VALUE=DATE:20250606" in lignes
    identifiants = [ligne for ligne in lignes if ligne.startswith("UID:")]
    assert len(set(identifiants)) == 3
    assert "SUMMARY:CARPEC : Cellule d'appui régionale aux projets d'exercices coordonnés" in lignes


def test_l_ics_sans_seance_reste_valide_et_dit_pourquoi():
    lignes = lignes_ics(calendrier_de("bretagne", APRES).en_ics())
    assert "BEGIN:VEVENT" not in lignes
    (description,) = [ligne for ligne in lignes if ligne.startswith("X-WR-CALDESC:")]
    assert "à confirmer auprès de" in description


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_une_ligne_se_plie_sans_rien_perdre(texte):
    plie = _plier(texte)
    assert all(len(ligne.encode()) <= 75 for ligne in plie.split("\r\n"))
    assert plie.replace("\r\n ", "") == texte


def test_les_caracteres_speciaux_s_echappent():
    assert _texte_ics("a, b; c\\d\ne") == "a\\, b\\; c\\\\d\\ne"


# --- La commande --------------------------------------------------------------------------------------------


def lancer(capsys, *arguments: str) -> str:
    call_command("calendrier", *arguments)
    return capsys.readouterr().out


def test_la_commande_se_passe_de_base(capsys):
    # Aucune marque django_db : toute requête ferait échouer l'essai.
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
    lignes_ics(lancer(capsys, "--region", "bretagne", "--ics"))


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
