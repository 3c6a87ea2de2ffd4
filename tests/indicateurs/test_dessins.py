"""Les dessins : du SVG accessible, lisible en noir et blanc, qui double un tableau, et ne ment sur aucun chiffre."""

import re
from xml.etree import ElementTree as ET

import pytest

from esperluette.documents import figures
from esperluette.indicateurs.dessins import barres, comparables, pyramide
from esperluette.indicateurs.ecriture import nombre, valeur_ecrite
from esperluette.indicateurs.svg import LARGEUR, PLEIN, SIGNE
from tests.fabriques.indicateurs import instantane, ligne, valeur
from tests.fabriques.indicateurs import pyramide as tranches

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(1)</script>\"'<&#set $x$ @ref"


def arbre(dessin):
    return ET.fromstring(dessin.svg)  # noqa: S314 — notre propre dessin


def trouver(dessin, balise):
    return list(arbre(dessin).iter(f"{SVG}{balise}"))


def remplis(dessin):
    return [r for r in trouver(dessin, "rect") if r.get("stroke")]


def barres_de(dessin):
    """(largeur, remplissage) de chaque barre ; ni légende ni fond de motif."""
    return [(float(r.get("width")), r.get("fill")) for r in remplis(dessin)]


def un(propre=None, **voulu):
    """Un instantané d'une seule ligne."""
    seule = ligne("taux", propre=propre, **voulu)
    theme = instantane().themes[1].model_copy(update={"lignes": (seule,)})
    return instantane(themes=(theme,))


@pytest.fixture(params=["barres", "pyramide"])
def dessin(request):
    return barres(instantane(), "medecins") if request.param == "barres" else pyramide(instantane())


# --- Ce que tout dessin promet ----------------------------------------------------------------------------


def test_un_dessin_se_nomme_et_se_decrit(dessin):
    racine = arbre(dessin)
    par_id = {e.get("id"): e.text for e in racine.iter() if e.get("id")}
    assert racine.get("role") == "img"
    assert par_id[racine.get("aria-labelledby")] == dessin.titre
    assert par_id[racine.get("aria-describedby")] == dessin.texte


def test_un_dessin_entre_tel_quel_dans_un_document(dessin):
    assert figures.contenu(figures.source_image(dessin.svg)) == dessin.svg.encode()


def test_un_dessin_n_a_ni_style_ni_script_ni_lien(dessin):
    for element in arbre(dessin).iter():
        assert element.tag.removeprefix(SVG) not in {"style", "script", "image", "foreignObject", "a"}
        assert not {a for a in element.attrib if a == "style" or a.startswith("on")}


def test_chaque_chiffre_dessine_est_dans_le_tableau(dessin):
    ecrits = {t.text for t in trouver(dessin, "text") if re.fullmatch(r"−?\d[\d\u202f]*(,\d+)?(\u00a0%)?", t.text)}
    cellules = {c for ligne_ in dessin.tableau.lignes for c in ligne_}
    assert ecrits
    assert ecrits <= cellules
    assert {len(ligne_) for ligne_ in dessin.tableau.lignes} == {len(dessin.tableau.entetes)}


def test_sans_couleur_ce_qu_on_regarde_et_ce_qu_on_compare_se_distinguent(dessin):
    fonds = {remplissage for _, remplissage in barres_de(dessin)}
    assert len(fonds) == 2
    assert len({fond for fond in fonds if fond.startswith("url")}) == 1  # l'un est plein, l'autre hachuré
    assert trouver(dessin, "pattern")


def test_aucun_texte_ne_sort_du_dessin(dessin):
    for t in trouver(dessin, "text"):
        x, long = float(t.get("x")), len(t.text) * (SIGNE if not t.get("font-size") else 5.6)
        debut = {"middle": x - long / 2, "end": x - long}.get(t.get("text-anchor"), x)
        assert debut >= -2, t.text
        assert debut + long <= LARGEUR + 2, t.text


def test_deux_dessins_d_une_page_n_ont_aucun_identifiant_commun():
    ids = [
        {e.get("id") for e in arbre(barres(instantane(), "medecins", identifiant=cle)).iter()} - {None}
        for cle in ("a", "b")
    ]
    assert ids[0] & ids[1] == set()


# --- Les barres -------------------------------------------------------------------------------------------


def test_les_barres_sont_en_proportion_et_le_territoire_seul_est_plein():
    dessinees = barres_de(barres(instantane(), "medecins", identifiant="b"))
    assert [remplissage for _, remplissage in dessinees] == [PLEIN[0], *["url(#b-hachure)"] * 4]
    largeurs = [largeur for largeur, _ in dessinees]
    assert [x / largeurs[0] for x in largeurs] == pytest.approx(
        [1, 2.2 / 2.4, 3.1 / 2.4, 3.5 / 2.4, 3.3 / 2.4], rel=0.01
    )


def test_une_valeur_negative_part_de_l_autre_cote_du_zero():
    dessin = barres(instantane(), "evolution")
    rects = remplis(dessin)
    zero = float(rects[0].get("x")) + float(rects[0].get("width"))
    assert all(float(r.get("x")) == pytest.approx(zero, abs=0.2) for r in rects[1:])
    assert "−0,32\u00a0%" in {t.text for t in trouver(dessin, "text")}


@pytest.mark.parametrize(
    ("propre", "dit"),
    [
        (valeur(None, "secret"), "secret statistique"),
        (valeur(None, "manquant"), "manquant"),
        (valeur(None, "non_charge"), "non chargé"),
    ],
)
def test_une_valeur_absente_se_dit_et_ne_se_dessine_pas(propre, dit):
    dessin = barres(un(propre), "taux")
    assert len(barres_de(dessin)) == 4
    assert dit in {t.text for t in trouver(dessin, "text")}
    assert dessin.tableau.lignes[0] == ("Le territoire", dit)


def test_un_zero_se_dessine_et_n_est_pas_un_manque():
    dessin = barres(un(valeur(0.0)), "taux")
    assert barres_de(dessin)[0][0] == 0
    assert dessin.tableau.lignes[0] == ("Le territoire", "0,0")


def test_un_chiffre_partiel_le_dit():
    dessin = barres(instantane(), "partiel")
    assert "partiel" in {t.text for t in trouver(dessin, "text")}
    assert dessin.tableau.lignes[0] == ("Le territoire", "4,2 (2 communes sur 3)")


def test_on_ne_dessine_ni_un_total_ni_ce_qu_on_ne_connait_pas():
    assert [x.id for x in comparables(instantane())] == ["evolution", "medecins", "partiel"]
    assert [x.id for x in comparables(instantane(), "population")] == ["evolution"]


def test_un_chiffre_inconnu_de_l_instantane_se_refuse():
    with pytest.raises(KeyError):
        barres(instantane(), "rien")


@pytest.mark.parametrize("nom", [HOSTILE, "M" * 300, "mot " * 200, ""])
def test_un_nom_hostile_ou_demesure_reste_du_texte_dans_le_cadre(nom):
    dessin = barres(instantane(), "medecins", nom=nom)
    assert trouver(dessin, "script") == []
    for t in trouver(dessin, "text"):
        assert len(t.text) * SIGNE <= LARGEUR + 2
    assert float(arbre(dessin).get("height")) >= 5 * 39


# --- La pyramide ------------------------------------------------------------------------------------------


def test_la_pyramide_montre_des_parts_de_la_population_totale():
    lignes = pyramide(instantane()).tableau.lignes
    total = sum(t.hommes + t.femmes for t in tranches().tranches)
    assert lignes[0][:4] == ("0 à 14 ans", "80", "75", f"{80 / total * 100:.1f}".replace(".", ",") + "\u00a0%")
    parts = [float(c.replace(",", ".").removesuffix("\u00a0%")) for ligne_ in lignes for c in ligne_[3:5]]
    assert sum(parts) == pytest.approx(100, abs=0.6)


def test_la_plus_vieille_tranche_est_en_haut():
    textes = {t.text: float(t.get("y")) for t in trouver(pyramide(instantane()), "text")}
    assert textes["75 ans ou plus"] < textes["0 à 14 ans"]


def test_sans_comparaison_la_pyramide_n_en_montre_pas():
    seules = tuple(
        t.model_copy(update={"hommes_reference": None, "femmes_reference": None}) for t in tranches().tranches
    )
    dessin = pyramide(instantane(pyramide=tranches(tranches=seules)))
    assert "Essaie" not in dessin.svg
    assert len(dessin.tableau.entetes) == 5


@pytest.mark.parametrize("voulue", [None, "vide"])
def test_sans_ages_charges_il_n_y_a_pas_de_pyramide(voulue):
    assert pyramide(instantane(pyramide=tranches(tranches=()) if voulue else None)) is None


def test_un_territoire_sans_habitant_se_dessine_vide():
    vides = tuple(t.model_copy(update={"hommes": 0, "femmes": 0}) for t in tranches().tranches)
    dessin = pyramide(instantane(pyramide=tranches(tranches=vides)))
    assert "nan" not in dessin.svg
    assert "0,0\u00a0%" in dessin.texte


# --- Les mots ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valeur_", "decimales", "ecrit"),
    [(1234567.0, 0, "1\u202f234\u202f567"), (-0.04, 1, "0,0"), (-12.25, 1, "−12,2"), (2.5, 2, "2,50"), (0.0, 0, "0")],
)
def test_un_nombre_s_ecrit_en_francais(valeur_, decimales, ecrit):
    assert nombre(valeur_, decimales) == ecrit


def test_un_niveau_que_l_instantane_ignore_n_est_pas_connu():
    assert valeur_ecrite(ligne(), "planete") == "non connu"
