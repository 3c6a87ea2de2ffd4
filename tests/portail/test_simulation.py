"""L'état du simulateur : tout dans l'adresse, rien qui casse."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.portail.simulateur import choix_professions, lire_saisie, simuler
from esperluette.portail.simulation import (
    AUTRE,
    MEMBRES_MAXIMUM,
    MembreSimule,
    Simulation,
    lignes_de,
    membre_de,
    qualifications_proposees,
)
from esperluette.referentiel.lecture import national
from esperluette.referentiel.modele import Reponse3
from esperluette.territoires.zonages import Classement
from tests.portail.conftest import ZONAGE

JOUR = date(2026, 11, 21)
COMPLETE = (
    "forme=esp&region=bretagne&profession1=10&qualification1=SM54&exercice1=liberal&profession2=60&exercice2=liberal"
    "&statut=association&avancement=en_cours"
)


def saisie(adresse):
    return lire_saisie(QueryDict(adresse), [], le=JOUR)


def resultat(adresse):
    return simuler(saisie(adresse), le=JOUR)


def test_une_adresse_relue_puis_recrite_ne_change_pas():
    assert saisie(COMPLETE).simulation.requete() == COMPLETE


def test_l_adresse_omet_ce_qui_est_vide():
    assert Simulation(region="bretagne", membres=(MembreSimule(), MembreSimule("60"))).requete() == (
        "forme=esp&region=bretagne&profession1=60"
    )


def test_la_commune_d_implantation_vient_en_tete_et_remplace_la_region():
    simulation = Simulation(region="bretagne", communes=("22136", "22219"))
    assert simulation.requete() == "forme=esp&commune=22136&communes=22219"
    assert simulation.faits().implantation == "22136"
    assert simulation.faits().communes == ["22136", "22219"]


def test_sans_structure_pas_d_avancement():
    assert saisie("region=bretagne&statut=aucun&avancement=cree").simulation.avancement == ""
    assert "avancement" not in Simulation(statut="aucun", avancement="cree").requete()


def test_les_personnes_se_lisent_dans_l_ordre_de_leur_numero():
    lignes = lignes_de(QueryDict("profession10=60&profession2=10&exercice2=mixte&profession0=1&professionX=2"))
    assert [(li.numero, li.profession, li.exercice) for li in lignes] == [(2, "10", "mixte"), (10, "60", "")]


@pytest.mark.parametrize(
    ("adresse", "champ", "morceau"),
    [
        ("profession1=ZZ", "profession", "Profession inconnue : « ZZ »"),
        ("profession1=10&qualification1=SM999", "qualification", "Qualification inconnue : « SM999 »"),
        ("profession1=10&exercice1=benevole", "exercice", "Mode d’exercice inconnu : « benevole »"),
    ],
)
def test_une_valeur_inconnue_est_dite_a_cote_du_champ(adresse, champ, morceau):
    (ligne, _) = saisie(f"region=bretagne&{adresse}").lignes
    assert morceau in ligne.refus[champ]


def test_une_valeur_refusee_n_emporte_pas_le_reste():
    (ligne, autre) = saisie("region=bretagne&profession1=10&exercice1=zz&profession2=60&exercice2=liberal").lignes
    assert (ligne.membre, autre.membre) == (MembreSimule("10"), MembreSimule("60", "", "liberal"))


def test_la_qualification_d_une_profession_quittee_disparait_sans_reproche():
    membre, refus = membre_de(lignes_de(QueryDict("profession1=60&qualification1=SM54"))[0], national())
    assert (membre.qualification, refus) == ("", {})


def test_ajouter_une_ligne_et_en_retirer_une():
    assert [li.membre.profession for li in saisie(f"{COMPLETE}&ajouter=1").lignes] == ["10", "60", ""]
    assert [li.membre.profession for li in saisie(f"{COMPLETE}&retirer=1").lignes] == ["60", ""]
    assert saisie(f"{COMPLETE}&retirer=1").simulation.presents == [MembreSimule("60", "", "liberal")]


def test_au_dela_du_maximum_les_personnes_sont_ignorees_et_on_le_dit():
    adresse = "region=bretagne&" + "&".join(f"profession{n}=60" for n in range(1, MEMBRES_MAXIMUM + 3))
    lue = saisie(adresse)
    assert (len(lue.simulation.presents), lue.trop_de_membres) == (MEMBRES_MAXIMUM, True)
    assert len(saisie(f"{adresse}&ajouter=1").lignes) == MEMBRES_MAXIMUM


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        (COMPLETE, Reponse3.SATISFAIT),
        ("region=bretagne", Reponse3.NON_SATISFAIT),
        ("region=bretagne&profession1=10&exercice1=liberal&profession2=60&exercice2=liberal", Reponse3.A_PRECISER),
        (COMPLETE.replace("SM54", "AUTRE"), Reponse3.NON_SATISFAIT),
        (COMPLETE.replace("profession2=60", f"profession2={AUTRE}"), Reponse3.NON_SATISFAIT),
        (COMPLETE.replace("forme=esp", "forme=msp"), Reponse3.NON_SATISFAIT),
    ],
)
def test_le_verdict_suit_les_regles_de_la_region(adresse, attendu):
    assert resultat(adresse).evaluation.verdict.reponse is attendu


def test_les_suggestions_font_avancer_quand_on_les_suit():
    suggestions = resultat("region=bretagne&profession1=10&qualification1=SM54&exercice1=liberal").suggestions
    assert suggestions[0].libelle == "Infirmier"
    for suggestion in suggestions:
        assert resultat(suggestion.requete).evaluation.verdict.reponse is Reponse3.SATISFAIT


def test_une_precision_passe_avant_un_recrutement():
    trouve = resultat("region=bretagne&profession1=10&exercice1=liberal&profession2=60&exercice2=liberal")
    premiere = trouve.propositions[0]
    assert premiere.rapprochement.phrase == "Précisez la qualification (médecin généraliste ?) d'un membre (médecin)."
    assert resultat(premiere.requete).evaluation.verdict.reponse is Reponse3.SATISFAIT
    assert saisie(premiere.requete).simulation.presents[0].qualification == "SM54"


@pytest.mark.parametrize(
    "adresse",
    ["region=bretagne", "region=bretagne&forme=msp", "region=bretagne&profession1=60&profession2=autre&statut=sisa"],
)
def test_chaque_proposition_menee_a_son_adresse_donne_un_oui(adresse):
    trouve = resultat(adresse)
    assert trouve.propositions
    for proposition in trouve.propositions:
        assert resultat(proposition.requete).evaluation.verdict.reponse is Reponse3.SATISFAIT


def indemnisation(adresse):
    return next(a for a in resultat(adresse).aides if a.etat.aide.id == "indemnisation-elaboration")


def test_ce_qui_ouvrirait_l_aide_ne_repete_pas_ce_qui_rapproche_de_l_equipe():
    aide = indemnisation(COMPLETE)
    assert [p.rapprochement.phrase for p in aide.propositions] == [
        "Achevez la création de la structure (association loi 1901)."
    ]
    assert [e.critere.id for e in aide.conditions] == ["medecin-generaliste", "paramedical", "association-creee"]
    ouverte = indemnisation(COMPLETE.replace("en_cours", "cree"))
    assert ouverte.propositions == []


def test_l_autre_forme_est_jugee_avec_la_meme_equipe():
    (autre,) = resultat(COMPLETE).autres_formes
    assert autre.evaluation.forme.id == "msp"
    assert autre.requete == COMPLETE.replace("forme=esp", "forme=msp")


def test_sans_region_ni_commune_une_region_ne_sert_que_si_elle_est_seule_connue(monkeypatch):
    from esperluette.portail import simulateur

    assert saisie("").simulation.region == ""
    monkeypatch.setattr(simulateur, "regions", lambda: ["bretagne"])
    assert saisie("").simulation.region == "bretagne"
    monkeypatch.setattr(simulateur, "regions", lambda: [])
    assert saisie("").edition is None


def test_les_trois_codes_de_medecine_generale_ne_font_qu_un_choix():
    proposees = qualifications_proposees(MembreSimule("10"), national())
    assert list(proposees.values()) == ["Médecin généraliste", "Autre qualification"]
    assert "SM26" in qualifications_proposees(MembreSimule("10", "SM26"), national())
    assert qualifications_proposees(MembreSimule("70"), national()) == {}


def test_toutes_les_professions_sont_proposees_une_seule_fois():
    codes = [code for _, options in choix_professions(national()) for code, _ in options]
    assert sorted(codes) == sorted([*national().professions, AUTRE])


def test_la_structure_change_avec_les_champs_pas_avec_les_reponses():
    base = saisie(COMPLETE).structure
    assert saisie(COMPLETE.replace("exercice2=liberal", "exercice2=salarie")).structure == base
    assert saisie(COMPLETE.replace("SM54", "SM26")).structure == base
    for autre in (
        COMPLETE.replace("profession2=60", "profession2=70"),
        COMPLETE.replace("association", "aucun"),
        f"{COMPLETE}&ajouter=1",
    ):
        assert saisie(autre).structure not in {base, ""}
    assert saisie(COMPLETE.replace("profession2=60", "profession2=ZZ")).structure == ""


def test_un_zonage_interroge_par_les_regles_devient_une_question(region_zonee):
    lue = saisie("region=essai&zone-zip=oui&zone-inconnue=oui")
    libelle = national().zonages["zip"].libelle
    assert [(q.zone, q.libelle, q.reponse) for q in lue.zonages] == [("zip", libelle, "oui")]
    assert lue.simulation.faits().zonages == {"zip": True}
    assert lue.simulation.faits().zonages_declares == {"zip"}
    assert lue.simulation.requete() == "forme=esp&region=essai&zone-zip=oui"
    assert saisie("region=essai&zone-zip=peut-etre").simulation.zonages == ()


@pytest.mark.parametrize(
    ("classement", "reponse", "connu", "adresse"),
    [
        (Classement(zonages={"zip": True}, sources={"zip": "Arrêté 2022"}), Reponse3.SATISFAIT, True, ""),
        (Classement(zonages={"zip": False}), Reponse3.NON_SATISFAIT, False, ""),
        (Classement(partiels={"zip": "Deux communes sur trois."}), Reponse3.SATISFAIT, None, "&zone-zip=oui"),
    ],
)
def test_un_zonage_charge_s_affiche_et_ne_se_demande_plus(region_zonee, classement, reponse, connu, adresse):
    donnees = QueryDict(f"{COMPLETE.replace('bretagne', 'essai')}&zone-zip=oui")
    lue = lire_saisie(donnees, [], le=JOUR, classement=classement)
    (question,) = lue.zonages
    assert (question.connu, question.source) == (connu, classement.sources.get("zip", ""))
    assert lue.simulation.requete() == COMPLETE.replace("bretagne", "essai") + adresse
    evaluation = simuler(lue, le=JOUR).evaluation
    assert evaluation.verdict.reponse is reponse
    assert ("(déclaré)" in evaluation.criteres[-1].verdict.motif) is (connu is None)


def test_avec_deux_regions_connues_il_faut_choisir(region_zonee):
    assert saisie("").edition is None
    assert saisie("region=atlantide").edition is None
    assert saisie("region=essai").edition.region == "essai"


CLES = st.sampled_from(
    ["forme", "region", "commune", "communes", "statut", "avancement", "ajouter", "retirer", "profession1",
     "qualification1", "exercice1", "profession2", "profession99", "profession9999", "zone-zip", "structure", "x"]
)  # fmt: skip
CONNUES = ["10", "60", "SM54", "liberal", "esp", "bretagne", "<b>", "-1"]
VALEURS = st.one_of(st.text(max_size=30), st.sampled_from(CONNUES))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(CLES, VALEURS), max_size=12))
def test_aucune_adresse_ne_fait_planter(paires):
    donnees = QueryDict(mutable=True)
    for cle, valeur in paires:
        donnees.appendlist(cle, valeur)
    lue = lire_saisie(donnees, [], le=JOUR)
    simuler(lue, le=JOUR)
    assert lire_saisie(QueryDict(lue.simulation.requete()), [], le=JOUR).simulation.requete() == (
        lue.simulation.requete()
    )


def test_ce_que_le_formulaire_ne_sait_pas_dire_ne_s_essaie_pas(region_zonee):
    criteres = region_zonee / "criteres.yaml"
    question = (
        "nature: composition\n    formes: [esp]\n    fonction: declaration\n    parametres: {cle: oui, question: Q ?}"
    )
    regle = ZONAGE.replace(
        "nature: composition\n    formes: [esp]\n    fonction: zonage\n    parametres: {zone: zip}", question
    )
    criteres.write_text(criteres.read_text(encoding="utf-8").replace(ZONAGE, regle), encoding="utf-8")
    trouve = resultat(COMPLETE.replace("bretagne", "essai"))
    assert [p.rapprochement.phrase for p in trouve.propositions] == ["Dites ce qu'il en est : Q ?"]
    assert trouve.propositions[0].requete == ""
