"""Les champs « commune » et « communes », tels que le serveur les lit et les montre."""

import re

import pytest
from django import forms
from django.http import QueryDict
from dsfr.forms import DsfrBaseForm

from esperluette.territoires.champs import ChampCommune, ChampCommunes
from esperluette.territoires.models import Commune
from tests.fabriques.territoires import communes_reelles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bretagne")]

SAINT_DENIS = ("93066", "97411", "11339", "30247")


class LieuForm(forms.Form):
    lieu = ChampCommune(label="Commune d’implantation")


class FacultatifForm(forms.Form):
    lieu = ChampCommune(label="Commune d’exercice", required=False)


class LieuxForm(forms.Form):
    lieux = ChampCommunes(label="Territoire", maximum=4)


def envoyer(classe: type[forms.Form], requete: str) -> forms.Form:
    return classe(QueryDict(requete))


# --- Une commune --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requete", "attendu"),
    [
        ("lieu=Loudéac", "22136"),
        ("lieu=loudeac", "22136"),
        ("lieu=  Loudéac  ", "22136"),
        ("lieu=22136", "22136"),
        ("lieu=22600", "22136"),
        ("lieu=Loudéac (22)&lieu_code=22136", "22136"),
        ("lieu=Loudéac (22)", "22136"),
        ("lieu=&lieu_code=56260", "56260"),
        ("lieu_code=56260", "56260"),
        ("lieu=St Brieuc", "22278"),
        ("lieu=Rennes&lieu_code=22136", "35238"),  # le texte a été retapé après un choix
        ("lieu=Rennes&lieu_code=n'importe", "35238"),
        ("lieu=22010", "22266"),  # un ancien code, réuni à Rostrenen
    ],
)
def test_une_saisie_claire_designe_une_commune(requete, attendu):
    form = envoyer(LieuForm, requete)
    assert form.errors == {}
    assert form.cleaned_data["lieu"].pk == attendu


def test_une_commune_inconnue_recoit_une_erreur_claire_et_la_saisie_reste():
    form = envoyer(LieuForm, "lieu=Ploukernevez")
    assert form.errors["lieu"] == [
        "Aucune commune ne correspond à « Ploukernevez ». Vérifiez l’orthographe, ou tapez le code postal."
    ]
    assert 'value="Ploukernevez"' in str(form["lieu"])


def test_une_saisie_fautive_propose_ce_qui_y_ressemble():
    form = envoyer(LieuForm, "lieu=Loudéak")
    assert form.errors["lieu"] == ["Aucune commune ne s’appelle « Loudéak ». Est-ce l’une de celles-ci ?"]
    assert re.findall(r'type="radio".*?value="(\w+)"', str(form["lieu"])) == ["22136"]


def test_une_saisie_ambigue_propose_des_boutons_et_garde_la_saisie():
    communes_reelles(*SAINT_DENIS)
    form = envoyer(LieuForm, "lieu=saint-denis")
    assert form.errors["lieu"] == [
        "Plusieurs communes correspondent à « saint-denis » : choisissez la bonne, ou précisez avec le code postal."
    ]
    html = str(form["lieu"])
    assert 'value="saint-denis"' in html
    # La plus peuplée d'abord ; et aucun code caché ne vient contredire le bouton choisi.
    assert re.findall(r'type="radio".*?value="(\w+)"', html) == ["97411", "93066", "11339", "30247"]
    assert 'type="hidden"' not in html
    assert "Seine-Saint-Denis, 93200…" in html


def test_le_bouton_choisi_leve_l_ambiguite():
    communes_reelles(*SAINT_DENIS)
    form = envoyer(LieuForm, "lieu=saint-denis&lieu_code=11339")
    assert form.errors == {}
    assert form.cleaned_data["lieu"].pk == "11339"


def test_un_bouton_choisi_pour_un_autre_texte_ne_compte_pas():
    communes_reelles(*SAINT_DENIS)
    assert envoyer(LieuForm, "lieu=saint-denis&lieu_code=22136").errors["lieu"]


@pytest.mark.parametrize("requete", ["", "lieu=", "lieu=   &lieu_code="])
def test_un_champ_vide_est_reclame_sauf_s_il_est_facultatif(requete):
    assert envoyer(LieuForm, requete).errors == {"lieu": ["Indiquez une commune."]}
    facultatif = envoyer(FacultatifForm, requete)
    assert facultatif.errors == {}
    assert facultatif.cleaned_data["lieu"] is None


@pytest.mark.parametrize("depart", ["22136", "objet"])
def test_la_valeur_de_depart_est_une_commune_ou_son_code(depart):
    commune = Commune.objects.get(pk="22136")
    form = LieuForm(initial={"lieu": commune if depart == "objet" else depart})
    html = str(form["lieu"])
    assert 'name="lieu" value="Loudéac (22)"' in html
    assert 'name="lieu_code" value="22136"' in html


@pytest.mark.parametrize(
    ("requete", "change"),
    [
        ("lieu=Loudéac (22)&lieu_code=22136", False),
        ("lieu=Loudéac (22)", False),
        ("lieu=Rennes", True),
        ("lieu=", True),
        ("lieu=Loudéac (22)&lieu_code=35238", True),
    ],
)
def test_le_changement_se_voit(requete, change):
    form = LieuForm(QueryDict(requete), initial={"lieu": "22136"})
    assert form.has_changed() is change


def test_le_champ_va_dans_un_formulaire_de_modele():
    class CommuneMereForm(forms.ModelForm):
        commune_mere = ChampCommune(label="Commune", required=False)

        class Meta:
            model = Commune
            fields = ["commune_mere"]

    commune = Commune.objects.get(pk="22136")
    form = CommuneMereForm(QueryDict("commune_mere=rennes"), instance=commune)
    assert form.is_valid()
    assert form.save(commit=False).commune_mere_id == "35238"


def test_un_texte_hostile_est_echappe():
    form = envoyer(LieuForm, 'lieu="><script>alert(1)</script>')
    assert form.errors["lieu"]
    assert "<script" not in str(form["lieu"])
    assert "<script" not in str(form.errors["lieu"])


def test_deux_formulaires_ne_se_melangent_pas_leurs_propositions():
    communes_reelles(*SAINT_DENIS)
    ambigu = envoyer(LieuForm, "lieu=saint-denis")
    assert ambigu.errors
    assert 'type="radio"' in str(ambigu["lieu"])
    assert 'type="radio"' not in str(LieuForm()["lieu"])


# --- Le rendu -----------------------------------------------------------------------------------------------


class DsfrForm(DsfrBaseForm):
    lieu = ChampCommune(label="Commune d’implantation", help_text="Nom ou code postal")
    lieux = ChampCommunes(label="Territoire")

    def get_context(self):
        return forms.Form.get_context(self) | {"DSFR_MARK_OPTIONAL_FIELDS": True}


def test_le_rendu_dsfr_a_etiquette_aide_erreur_et_identifiants_uniques():
    communes_reelles(*SAINT_DENIS)
    html = str(DsfrForm(QueryDict("lieu=saint-denis&lieux=22136&lieux_ajout=saint-denis")))
    assert '<label for="id_lieu" class="fr-label">' in html
    assert 'class="fr-input"' in html
    assert 'aria-invalid="true"' in html
    assert html.count("Plusieurs communes correspondent") == 2
    identifiants = re.findall(r'\sid="([^"]+)"', html)
    assert len(identifiants) == len(set(identifiants))
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= set(identifiants)


def test_le_rendu_n_a_ni_style_ni_script_en_ligne():
    communes_reelles(*SAINT_DENIS)
    html = str(DsfrForm(QueryDict("lieu=saint-denis&lieux_ajout=saint-denis")))
    assert not re.search(r"\sstyle=|\son\w+=|<script", html)


def test_les_fichiers_sont_declares_une_seule_fois():
    media = str(DsfrForm().media)
    assert media.count("territoires/commune.js") == 1
    assert media.count("territoires/commune.css") == 1
    assert "defer" in media


def test_un_prefixe_separe_deux_fois_le_meme_champ():
    html = str(LieuForm(prefix="a")["lieu"]) + str(LieuForm(prefix="b")["lieu"])
    assert re.findall(r'id="(id_[^"]+)"', html) == ["id_a-lieu", "id_b-lieu"]
    assert re.findall(r'data-esp-nom="([^"]+)"', html) == ["a-lieu_code", "b-lieu_code"]


# --- Plusieurs communes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requete", "codes"),
    [
        ("lieux=22136&lieux=22219", ["22136", "22219"]),
        ("lieux=22136&lieux=22136", ["22136"]),
        ("lieux=22136&lieux_ajout=rostrenen", ["22136", "22266"]),
        ("lieux_ajout=rostrenen, loudéac ; 35300", ["22266", "22136", "35115"]),
        ("lieux_ajout=,,rennes,", ["35238"]),
        ("lieux=22010", ["22266"]),
        ("lieux=22010&lieux=22266", ["22266"]),
        ("lieux=22136&lieux_ajout=Loudéac (22)", ["22136"]),
    ],
)
def test_plusieurs_communes_se_gardent_et_s_ajoutent(requete, codes):
    form = envoyer(LieuxForm, requete)
    assert form.errors == {}
    assert [c.pk for c in form.cleaned_data["lieux"]] == codes


@pytest.mark.parametrize(
    ("requete", "message"),
    [
        ("", "Indiquez au moins une commune."),
        ("lieux_ajout= , ", "Indiquez au moins une commune."),
        ("lieux=22136&lieux=00000", "Code de commune inconnu : 00000."),
        ("lieux_ajout=rennes,brest,vannes,redon,loudéac", "Ajoutez au plus 4 communes à la fois."),
        (
            "lieux_ajout=loudéac, ploukernevez",
            "Aucune commune ne correspond à « ploukernevez ». Vérifiez l’orthographe, ou tapez le code postal.",
        ),
        ("lieux=22136&lieux=22219&lieux=22266&lieux=35238&lieux=29019", "Au plus 4 communes ; vous en avez 5."),
    ],
)
def test_une_liste_fausse_recoit_une_erreur_claire(requete, message):
    assert envoyer(LieuxForm, requete).errors == {"lieux": [message]}


def test_un_ajout_ambigu_propose_des_cases_et_garde_le_reste():
    communes_reelles(*SAINT_DENIS)
    html = str(envoyer(LieuxForm, "lieux=22136&lieux_ajout=saint-denis"))
    assert re.findall(r'type="checkbox"[^>]*value="(\w+)"[^>]*checked', html) == ["22136"]
    assert re.findall(r'id="id_lieux_choix_(\w+)"', html) == ["97411", "93066", "11339", "30247"]
    assert 'name="lieux_ajout" value="saint-denis"' in html


def test_la_case_choisie_leve_l_ambiguite():
    communes_reelles(*SAINT_DENIS)
    form = envoyer(LieuxForm, "lieux=22136&lieux=93066&lieux_ajout=saint-denis")
    assert form.errors == {}
    assert [c.pk for c in form.cleaned_data["lieux"]] == ["22136", "93066"]


def test_la_liste_se_lit_aussi_d_un_dictionnaire():
    form = LieuxForm({"lieux": ["22136", "22219"]})
    assert form.errors == {}
    assert len(form.cleaned_data["lieux"]) == 2


def test_la_liste_de_depart_accepte_des_communes_ou_des_codes():
    communes = Commune.objects.filter(pk__in=["22136", "35238"])
    for depart in (communes, list(communes), ["22136", "35238"]):
        html = str(LieuxForm(initial={"lieux": depart})["lieux"])
        assert sorted(re.findall(r'type="checkbox"[^>]*value="(\w+)"', html)) == ["22136", "35238"]


@pytest.mark.parametrize(
    ("requete", "change"),
    [("lieux=22136", False), ("lieux=22136&lieux=35238", True), ("", True), ("lieux=22136&lieux_ajout=rennes", True)],
)
def test_le_changement_d_une_liste_se_voit(requete, change):
    assert LieuxForm(QueryDict(requete), initial={"lieux": ["22136"]}).has_changed() is change


@pytest.mark.parametrize("codes", [["22136"], ["22136", "35238", "29019"]])
def test_montrer_une_liste_fait_une_requete_quel_que_soit_le_nombre(codes, django_assert_num_queries):
    form = LieuxForm(initial={"lieux": codes})
    with django_assert_num_queries(1):
        str(form["lieux"])


@pytest.mark.parametrize("codes", [["22136"], ["22136", "35238", "29019"]])
def test_lire_une_liste_fait_une_requete_quel_que_soit_le_nombre(codes, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert LieuxForm({"lieux": codes}).is_valid()
