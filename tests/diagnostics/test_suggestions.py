"""Le territoire suggéré, et ce que changerait une commune de plus."""

import pytest

from esperluette.diagnostics.patienteles.lectures import Base, ensemble
from esperluette.diagnostics.suggestions import ce_que_changerait, suggerer
from esperluette.equipes.actions import ajouter_site
from esperluette.indicateurs.imports import importer_chiffres
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.patienteles import LOUDEAC, PLOUGUENAST, ROSTRENEN, SAINT_BRIEUC, patientele
from tests.indicateurs.conftest import noter_le_decoupage
from tests.indicateurs.fichiers import comparateur

pytestmark = pytest.mark.django_db
BREST, VANNES = "29019", "56260"


@pytest.fixture
def chiffres(bretagne, tmp_path):
    """Trois communes dont la population et la superficie sont chargées."""
    noter_le_decoupage()
    (tmp_path / "comparateur.csv").write_bytes(comparateur())
    importer_chiffres("comparateur", acteur=None, fichier=tmp_path / "comparateur.csv")


def codes(communes):
    return [c.commune.pk for c in communes]


def test_sans_patientele_la_suggestion_s_en_tient_aux_communes_d_exercice(equipe, bretagne):
    MembreFabrique(equipe=equipe, confirme=True, commune=bretagne.plouguenast)
    MembreFabrique(equipe=equipe, confirme=True, parti=True, commune=bretagne.brest)
    ajouter_site(equipe, acteur=equipe.porteur.compte, nom="Annexe", commune=bretagne.rostrenen)
    suggestion = suggerer(equipe)
    assert suggestion.codes == (LOUDEAC, PLOUGUENAST, ROSTRENEN)
    assert suggestion.ensemble.base == Base.AUCUNE
    assert "Sans patientèle déposée" in suggestion.phrase
    assert all(c.exercice and c.effectif is None for c in suggestion.communes)


def test_la_suggestion_prend_les_communes_qui_font_quatre_patients_sur_cinq(equipe):
    patientele(equipe, {LOUDEAC: 500, PLOUGUENAST: 250, ROSTRENEN: 150, SAINT_BRIEUC: 60, BREST: 40})
    suggestion = suggerer(equipe)
    assert suggestion.codes == (LOUDEAC, PLOUGUENAST, ROSTRENEN)
    assert codes(suggestion.autres) == [SAINT_BRIEUC, BREST]
    assert suggestion.part == pytest.approx(90)
    assert suggestion.atteint
    assert suggestion.phrase == "3 communes font 90 % de vos patients."


def test_une_commune_d_exercice_est_suggeree_meme_sans_patients(equipe, bretagne):
    MembreFabrique(equipe=equipe, confirme=True, commune=bretagne.vannes)
    patientele(equipe, {PLOUGUENAST: 100})
    assert suggerer(equipe).codes == (PLOUGUENAST, LOUDEAC, VANNES)


def test_ce_qui_est_deja_retenu_se_montre_sans_etre_suggere(equipe, bretagne):
    equipe.communes.set([bretagne.loudeac, bretagne.brest])
    patientele(equipe, {LOUDEAC: 100})
    suggestion = suggerer(equipe)
    assert suggestion.codes == (LOUDEAC,)
    assert codes(suggestion.autres) == [BREST]
    assert suggestion.autres[0].retenue
    assert not suggestion.deja_retenue


def test_les_communes_tues_empechent_d_atteindre_la_part_et_cela_se_dit(equipe):
    patientele(equipe, {LOUDEAC: 60}, autres=(6, 40))
    suggestion = suggerer(equipe)
    assert not suggestion.atteint
    assert suggestion.part == pytest.approx(60)
    assert "trop peu représentées pour être nommées" in suggestion.phrase


def test_aucune_suggestion_ne_prend_plus_de_communes_qu_il_n_en_faut(equipe):
    """Retirer la moins représentée des suggérées, hors exercice, fait redescendre sous la part visée."""
    patientele(equipe, {LOUDEAC: 31, PLOUGUENAST: 31, ROSTRENEN: 30, SAINT_BRIEUC: 29, BREST: 15, VANNES: 14})
    suggestion = suggerer(equipe)
    sans_la_derniere = sum(c.effectif for c in suggestion.communes[:-1]) * 100 / suggestion.ensemble.total
    assert suggestion.part >= suggestion.seuil > sans_la_derniere


@pytest.mark.parametrize("membres", [1, 3])
def test_la_suggestion_coute_autant_a_un_membre_et_a_trois(equipe, membres, django_assert_num_queries):
    for membre in [equipe.porteur, *MembreFabrique.create_batch(membres - 1, equipe=equipe, confirme=True)]:
        patientele(equipe, membre=membre)
    lue = type(equipe).objects.avec_membres().prefetch_related("communes").get(pk=equipe.pk)
    with django_assert_num_queries(6):
        suggerer(lue)


# --- Une commune de plus ---------------------------------------------------------------------


@pytest.mark.usefixtures("chiffres")
def test_une_commune_de_plus_change_les_chiffres_du_diagnostic(equipe, bretagne):
    densite = {c.libelle: c for c in ce_que_changerait(equipe, bretagne.plouguenast, [LOUDEAC]).chiffres}["Densité"]
    # Fichier d'essai : Loudéac, 9 600 habitants sur 80 km² ; Plouguenast-Langast, 2 500 sur 50.
    assert (densite.avant, densite.apres) == ("120,0", "93,1")  # 9 600 sur 80 km², 12 100 sur 130
    assert densite.sources


def test_une_commune_de_plus_dit_ses_patients_et_ses_habitants(equipe, bretagne):
    patientele(equipe, {LOUDEAC: 700, PLOUGUENAST: 300})
    changement = ce_que_changerait(equipe, bretagne.plouguenast, [LOUDEAC])
    assert changement.de_plus
    assert (changement.patients, changement.part_avant, changement.part_apres) == (300, 70, 100)
    ecart = changement.habitants_apres - changement.habitants_avant
    assert ecart == bretagne.plouguenast.population
    assert changement.chiffres == ()
    assert ("Densité", ("esperluette donnees importer comparateur",)) in changement.non_charges


def test_une_commune_deja_du_territoire_se_retire(equipe, bretagne):
    patientele(equipe, {LOUDEAC: 700, PLOUGUENAST: 300})
    changement = ce_que_changerait(equipe, bretagne.plouguenast, [LOUDEAC, PLOUGUENAST])
    assert not changement.de_plus
    assert (changement.part_avant, changement.part_apres) == (100, 70)


def test_une_commune_sans_patient_montrable_ne_dit_pas_combien(equipe, bretagne):
    assert ce_que_changerait(equipe, bretagne.brest, [LOUDEAC]).part_avant is None
    patientele(equipe, {LOUDEAC: 700}, autres=(2, 15))
    assert ce_que_changerait(equipe, bretagne.brest, [LOUDEAC], ensemble(equipe)).patients is None


def test_deux_equipes_ne_melangent_pas_leurs_patients(equipe):
    patientele(equipe, {LOUDEAC: 700})
    assert suggerer(EquipeFabrique()).ensemble.base == Base.AUCUNE
