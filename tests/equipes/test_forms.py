"""Les formulaires : ce qu'ils proposent, ce qu'ils traduisent, ce qu'ils refusent."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from esperluette.equipes.enums import Portee
from esperluette.equipes.forms import AccompagnateurForm, EquipeForm, MembreForm, NouvelleEquipeForm, dans_mois
from esperluette.equipes.lectures import AUTRE_METIER, AUTRE_QUALIFICATION
from esperluette.equipes.saisie import SaisieRefusee
from esperluette.referentiel.lecture import national
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db

YANN = {"prenom": "Yann", "nom": "Kerbrat", "profession": "60"}


def membre(**champs):
    return MembreForm({**YANN, **champs}, socle=national())


def test_les_professions_frequentes_viennent_d_abord_et_une_autre_personne_reste_possible():
    groupes = [titre for titre, _ in membre().fields["profession"].choices]
    assert groupes == ["", "Les plus fréquentes", "Les autres professions de santé", "Une autre personne de l’équipe"]


def test_les_qualifications_sont_rangees_par_profession():
    groupes = dict(membre().fields["savoir_faire"].choices[1:])
    assert {"Médecin", "Infirmier", "Sinon"} <= set(groupes)
    assert ("SM54", "Médecine générale") in groupes["Médecin"]


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({}, {"professionnel": True, "profession": "60"}),
        ({"rpps": " 9970 0218 896 "}, {"rpps": "99700218896"}),
        ({"profession": "10", "savoir_faire": "SM54"}, {"savoir_faire": "SM54"}),
        ({"profession": "10", "savoir_faire": AUTRE_QUALIFICATION}, {"savoir_faire": AUTRE_QUALIFICATION}),
        (
            {"profession": AUTRE_METIER, "metier": "secrétaire", "savoir_faire": "SM54"},
            {"professionnel": False, "profession": "", "metier": "secrétaire", "savoir_faire": ""},
        ),
    ],
)
def test_une_fiche_se_traduit_en_geste(champs, attendu):
    form = membre(**champs)
    assert form.is_valid(), form.errors
    assert {cle: form.cleaned_data[cle] for cle in attendu} == attendu


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"profession": "999"}, "profession"),
        ({"profession": AUTRE_METIER}, "metier"),
        ({"savoir_faire": "SM54"}, "savoir_faire"),
        ({"profession": "70", "savoir_faire": AUTRE_QUALIFICATION}, "savoir_faire"),
        ({"exercice": "bénévole"}, "exercice"),
        ({"nom": "x" * 101}, "nom"),
        ({"rpps": "1" * 12}, "rpps"),
        ({"telephone": "<b>"}, "telephone"),
    ],
)
def test_une_fiche_fausse_dit_quel_champ_reprendre(champs, champ):
    form = membre(**champs)
    assert not form.is_valid()
    assert list(form.errors) == [champ]


def test_sans_adresse_modifiable_le_champ_disparait():
    form = MembreForm(YANN, socle=national(), sans_courriel=True)
    assert form.is_valid()
    assert "courriel" not in form.cleaned_data


@pytest.mark.parametrize("traits", [{"medecin_generaliste": True}, {"non_professionnel": True}])
def test_renvoyer_une_fiche_telle_quelle_ne_change_rien(traits):
    actuel = MembreFabrique(**traits, telephone="02 96 00 00 00")
    initiales = MembreForm.initiales(actuel)
    form = MembreForm({**initiales, "commune": str(actuel.commune)}, socle=national())
    assert form.is_valid(), form.errors
    for champ, valeur in form.cleaned_data.items():
        assert getattr(actuel, champ) == valeur


def test_les_sections_montrent_chaque_champ_une_fois():
    for form in (EquipeForm(), NouvelleEquipeForm()):
        montres = [champ.name for _, champs in form.groupes() for champ in champs]
        assert sorted(montres) == sorted(form.fields)


def test_les_valeurs_d_une_equipe_se_relisent():
    equipe = EquipeFabrique(association=True, nom_juridique="Le Lié")
    form = EquipeForm({**EquipeForm.initiales(equipe), "implantation": "Loudéac"})
    assert form.is_valid(), form.errors
    assert {cle: getattr(equipe, cle) for cle in form.cleaned_data} == form.cleaned_data


def test_un_refus_metier_se_montre_a_cote_de_son_champ_ou_en_tete():
    form = membre()
    form.is_valid()
    form.refuser(SaisieRefusee("courriel", "Cette adresse est prise."))
    form.refuser(SaisieRefusee("inconnu", "Autre chose."))
    assert form.errors["courriel"] == ["Cette adresse est prise."]
    assert form.non_field_errors() == ["Autre chose."]


def test_chaque_champ_a_un_gabarit_et_un_libelle():
    for form in (membre(), NouvelleEquipeForm(), AccompagnateurForm()):
        for champ in form:
            rendu = champ.as_field_group()
            assert f'data-esp-champ="{champ.name}"' in rendu
            assert champ.label in rendu.replace("&#x27;", "'")
            assert " style=" not in rendu


@pytest.mark.parametrize(
    ("jour", "mois", "attendu"),
    [
        (date(2026, 11, 21), 1, date(2026, 12, 21)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 21), 12, date(2027, 11, 21)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_une_duree_en_mois_tombe_le_meme_jour_ou_le_dernier(jour, mois, attendu):
    assert dans_mois(jour, mois) == attendu


def test_un_acces_se_choisit_en_lecture_par_defaut_pour_trois_mois():
    form = AccompagnateurForm()
    assert (form["portee"].value(), form["duree"].value()) == (Portee.LECTURE, "3")


def test_une_commune_inconnue_se_refuse_sans_casser():
    commune()
    champ = EquipeForm().fields["implantation"]
    with pytest.raises(ValidationError, match="Aucune commune"):
        champ.clean(champ.widget.value_from_datadict({"implantation": "Xyzville"}, {}, "implantation"))
