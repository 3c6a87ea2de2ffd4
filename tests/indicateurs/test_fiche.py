"""La fiche d'un instantané et son gabarit d'écran : tout s'y lit, rien ne s'y exécute, rien ne s'y invente."""

import re

import pytest
from django.template.loader import render_to_string

from esperluette.indicateurs.fiche import fiche
from esperluette.indicateurs.instantane import CommuneLue, Instantane
from esperluette.indicateurs.templatetags.chiffres import chiffres
from tests.fabriques.indicateurs import FINESS, SOURCE, instantane, ligne, valeur

HOSTILE = "</title><script>alert(1)</script>"


def ecran(lu=None, **options):
    return render_to_string("indicateurs/_fiche.html", chiffres(lu or instantane(), **options))


def test_la_fiche_met_chaque_chiffre_face_a_chaque_niveau():
    lue = fiche(instantane(), nom="Le Val")
    assert lue.entetes == (
        "Chiffre",
        "Le Val",
        "Communauté de communes du Val Fictif",
        "Haute-Essaie",
        "Essaie",
        "France",
    )
    evolution = lue.themes[0].lignes[1]
    assert evolution.cellules == ("−0,32\u00a0%", "2,20\u00a0%", "3,10\u00a0%", "3,50\u00a0%", "3,30\u00a0%")
    assert {len(ligne.cellules) for theme in lue.themes for ligne in theme.lignes} == {5}


def test_un_niveau_compare_dit_qu_il_est_partiel_et_le_territoire_de_combien():
    valeurs = ligne().valeurs | {"territoire": valeur(4.25, "incomplet", comptees=2)}
    valeurs |= {"france": valeur(3.3, "incomplet", comptees=34_870, communes=34_969)}
    theme = instantane().themes[1].model_copy(update={"lignes": (ligne(valeurs=valeurs),)})
    (ecrite,) = fiche(instantane(themes=(theme,))).themes[0].lignes
    assert (ecrite.cellules[0], ecrite.cellules[-1]) == ("4,2 (2 communes sur 3)", "3,3 (partiel)")
    assert "Partiel : des communes manquent" in ecran(instantane(themes=(theme,)))


def test_un_territoire_qui_est_son_intercommunalite_ne_s_y_compare_pas():
    valeurs = ligne().valeurs | {"epci": ligne().valeurs["territoire"]}
    theme = instantane().themes[1].model_copy(update={"lignes": (ligne(valeurs=valeurs),)})
    lue = fiche(instantane(themes=(theme,)))
    assert lue.entetes == ("Chiffre", "Le territoire", "Haute-Essaie", "Essaie", "France")
    assert len(lue.themes[0].lignes[0].cellules) == 4


def test_la_fiche_cite_chaque_source_une_fois():
    assert fiche(instantane()).sources == (SOURCE, FINESS)
    assert f"Source&nbsp;: {FINESS}" in ecran()


def test_les_etablissements_sont_ranges_comme_la_trame():
    assert [b.titre for b in fiche(instantane()).etablissements] == ["Le champ ambulatoire", "Le champ médico-social"]
    assert fiche(instantane()).etablissements[1].tableau.lignes == (("EHPAD du Modèle", "EHPAD", "Le Modèle"),)


def test_ce_qui_manque_ne_laisse_pas_de_titre_vide():
    vide = instantane(
        pyramide=None, zonages=(), etablissements=(), vie_sante=(), distances=(), constats=(), non_charges={}
    )
    page = ecran(vide)
    for mot in ("zonages", "un par un", "vol d’oiseau", "vie-santé", "remarquer", "donnees importer"):
        assert mot not in page


def test_un_instantane_relu_dans_dix_ans_donne_la_meme_page():
    garde = instantane().model_dump(mode="json")
    assert ecran(Instantane.model_validate(garde)) == ecran()


def test_la_page_dit_ce_qui_n_est_pas_charge_et_comment_le_charger():
    assert "esperluette donnees importer jeu-fictif" in ecran()
    assert "esperluette donnees importer" not in ecran(commandes=False)
    assert re.search(r'colspan="5"[^>]*>non chargé<', ecran())


def test_les_constats_se_montrent_ailleurs_si_la_page_le_veut():
    assert "Moins de médecins" in ecran()
    assert "Moins de médecins" not in ecran(constats=False)


def test_le_gabarit_partage_montre_la_meme_fiche():
    partage = render_to_string("indicateurs/_chiffres.html", {"instantane": instantane()})
    assert partage.strip() == ecran().strip()


def test_la_demonstration_se_dit():
    assert "démonstration" not in ecran()
    assert "Tableau de démonstration" in ecran(instantane(demonstration=True))


def test_deux_fiches_dans_une_page_n_ont_aucun_identifiant_commun():
    ids = [re.findall(r'\bid="([^"]+)"', ecran(identifiant=cle)) for cle in ("champ-1", "champ-2")]
    assert set(ids[0]) & set(ids[1]) == set()
    assert [len(x) for x in ids] == [len(set(x)) for x in ids]


@pytest.mark.parametrize(("niveau", "balise"), [(3, "h3"), (2, "h2"), (5, "h5"), (9, "h6")])
def test_les_titres_se_rangent_sous_celui_de_la_page(niveau, balise):
    assert f"<{balise} class" in ecran(niveau=niveau)


def test_sans_dessins_il_n_y_a_pas_de_svg():
    assert "<svg" in ecran()
    assert "<svg" not in ecran(dessins=False)


def test_un_texte_hostile_reste_du_texte():
    theme = instantane().themes[0]
    lignes = tuple(
        x.model_copy(update={"libelle": HOSTILE, "methode": HOSTILE, "sources": (HOSTILE,)}) for x in theme.lignes
    )
    piege = instantane(
        themes=(theme.model_copy(update={"titre": HOSTILE, "lignes": lignes}),),
        communes=(CommuneLue(code="99001", nom=HOSTILE, population=1),),
        non_charges={HOSTILE: HOSTILE},
    )
    assert "<script" not in ecran(piege, nom=HOSTILE)


def test_la_page_n_a_ni_style_ni_script_en_ligne():
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", ecran())
