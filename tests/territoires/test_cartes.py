"""Les cartes : un SVG bien formé, accessible, sans style ni script, lisible en noir et blanc, reprenable en PDF."""

import re
from xml.etree import ElementTree as ET

import pytest
import typst
from django.template import Context, Template

from esperluette.documents import figures
from esperluette.territoires.cartes import FORMES, MOTIFS, Classe, Point, carte_svg, dessiner
from esperluette.territoires.decoupage import lire

LOUDEAC, PLOUGUENAST, RENNES, SAINT_DENIS = "22136", "22219", "35238", "97411"
SVG = "{http://www.w3.org/2000/svg}"
CLASSES = [Classe("zip", "ZIP"), Classe("zac", "ZAC")]


def arbre(carte):
    return ET.fromstring(carte.svg)  # noqa: S314 — notre propre dessin


def trouver(racine, balise):
    return list(racine.iter(f"{SVG}{balise}"))


@pytest.fixture(scope="module")
def bretagne():
    return [c.code for c in lire().communes if c.departement in {"22", "29", "35", "56"}]


def test_la_carte_se_nomme_et_se_decrit():
    racine = arbre(dessiner(titre="Le territoire", description="Deux communes.", communes=[LOUDEAC, PLOUGUENAST]))
    assert racine.get("role") == "img"
    par_id = {e.get("id"): e.text for e in racine.iter() if e.get("id")}
    assert par_id[racine.get("aria-labelledby")] == "Le territoire"
    assert par_id[racine.get("aria-describedby")] == "Deux communes."


def test_sans_description_rien_n_y_renvoie():
    racine = arbre(dessiner(titre="T", communes=[LOUDEAC]))
    assert racine.get("aria-describedby") is None
    assert trouver(racine, "desc") == []


def test_ni_style_ni_script_ni_gestionnaire(bretagne):
    carte = dessiner(
        titre="T", communes=bretagne, classes=CLASSES, classement=dict.fromkeys(bretagne, "zip"),
        points=[Point(LOUDEAC, "É", lien="/equipes/1/")], noms={LOUDEAC: "Loudéac"},
    )  # fmt: skip
    for element in arbre(carte).iter():
        assert element.tag.removeprefix(SVG) not in {"style", "script", "image", "foreignObject"}
        assert not {a for a in element.attrib if a == "style" or a.startswith("on")}


def test_chaque_commune_est_dessinee_avec_le_motif_de_sa_classe():
    carte = dessiner(
        titre="T", communes=[LOUDEAC, PLOUGUENAST, RENNES], classes=CLASSES,
        classement={LOUDEAC: "zip", PLOUGUENAST: "zac"}, noms={LOUDEAC: "Loudéac"},
    )  # fmt: skip
    racine = arbre(carte)
    motifs = {e.get("id") for e in trouver(racine, "pattern")}
    traces = [e for e in trouver(racine, "path") if e.get("class") is None and "z" in (e.get("d") or "")]
    remplis = [e.get("fill") for e in traces]
    assert len(remplis) == 3
    assert remplis.count(None) == 1  # Rennes, sans classe
    assert MOTIFS[0][0] in remplis  # un plein se remplit sans carreaux
    employes = {re.fullmatch(r"url\(#(.+)\)", f).group(1) for f in remplis if f and f != MOTIFS[0][0]}
    assert employes <= motifs
    assert len(employes) == 1
    assert [t.text for e in traces for t in e.iter(f"{SVG}title")] == ["Loudéac : ZIP"]


def test_la_legende_compte_et_nomme_ce_qui_manque():
    carte = dessiner(
        titre="T", communes=[LOUDEAC, PLOUGUENAST, RENNES], classes=[*CLASSES, Classe("vide", "Vide")],
        classement={LOUDEAC: "zip", PLOUGUENAST: "zip"},
        points=[Point(LOUDEAC, "A", "esp"), Point(LOUDEAC, "B", "esp"), Point(RENNES, "C", "msp")],
        sortes=[Classe("esp", "ESP"), Classe("msp", "MSP")],
    )  # fmt: skip
    assert [(x.libelle, x.nombre) for x in carte.legende] == [
        ("ZIP", 2), ("ZAC", 0), ("Vide", 0), ("Non renseigné", 1), ("ESP", 2), ("MSP", 1),
    ]  # fmt: skip
    for ligne in carte.legende:
        assert 'aria-hidden="true"' in ligne.pastille


def test_deux_classes_se_distinguent_sans_couleur():
    assert len({motif for _, _, motif in MOTIFS}) == len(MOTIFS)
    assert len(set(FORMES)) == len(FORMES)
    pastilles = {ligne.pastille for ligne in dessiner(
        titre="T", communes=[LOUDEAC], classes=[Classe(str(n), str(n)) for n in range(len(MOTIFS))]
    ).legende if ligne.libelle != "Non renseigné"}  # fmt: skip
    sans_couleur = {re.sub(r"#[0-9a-f]{6}|carte-l\d", "", p) for p in pastilles}
    assert len(sans_couleur) == len(MOTIFS)


def test_avec_des_liens_la_carte_devient_un_groupe_navigable():
    carte = dessiner(
        titre="T", communes=[LOUDEAC, PLOUGUENAST], liens={LOUDEAC: "/communes/22136/"}, noms={LOUDEAC: "Loudéac"},
        points=[Point(PLOUGUENAST, "Équipe du Lié", lien="/equipes/1/?a=1&b=2")],
    )  # fmt: skip
    racine = arbre(carte)
    assert racine.get("role") == "group"
    assert [(a.get("href"), a.get("aria-label")) for a in trouver(racine, "a")] == [
        ("/communes/22136/", "Loudéac"),
        ("/equipes/1/?a=1&b=2", "Équipe du Lié"),
    ]


@pytest.mark.parametrize("lien", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_un_lien_dangereux_n_est_pas_ecrit(lien):
    carte = dessiner(titre="T", communes=[LOUDEAC], liens={LOUDEAC: lien})
    assert trouver(arbre(carte), "a") == []


HOSTILE = "</title><script>alert(1)</script>\"'<&"


def test_un_texte_hostile_reste_du_texte():
    carte = dessiner(
        titre=HOSTILE, description=HOSTILE, communes=[LOUDEAC], noms={LOUDEAC: HOSTILE},
        points=[Point(LOUDEAC, HOSTILE, lien='/"onclick="x')], liens={LOUDEAC: f"/{HOSTILE}"},
    )  # fmt: skip
    racine = arbre(carte)
    assert trouver(racine, "script") == []
    assert trouver(racine, "title")[0].text == HOSTILE
    assert all(set(a.attrib) == {"href", "aria-label"} for a in trouver(racine, "a"))


def test_plusieurs_points_d_une_commune_ne_se_cachent_pas():
    points = [Point(LOUDEAC, str(n)) for n in range(5)]
    cercles = trouver(arbre(dessiner(titre="T", communes=[LOUDEAC], points=points)), "circle")
    assert len({(c.get("cx"), c.get("cy")) for c in cercles}) == 5


def test_un_point_se_pose_sur_un_fond_de_departements():
    departements = [code for code, _, _ in lire().departements]
    carte = dessiner(titre="T", departements=departements, points=[Point(LOUDEAC, "A"), Point(SAINT_DENIS, "B")])
    racine = arbre(carte)
    cadres = [e for e in trouver(racine, "svg") if e is not racine]
    assert len(cadres) == 6  # la métropole et cinq encarts
    assert [len(trouver(cadre, "circle")) for cadre in cadres] == [1, 0, 0, 0, 1, 0]


def test_un_point_seul_fait_dessiner_sa_commune():
    carte = dessiner(titre="T", points=[Point(LOUDEAC, "A")])
    assert len(trouver(arbre(carte), "circle")) == 1
    assert carte.sans_contour == ()


def test_la_metropole_et_l_outre_mer_ne_se_melangent_pas():
    racine = arbre(dessiner(titre="T", communes=[SAINT_DENIS, LOUDEAC]))
    assert len(trouver(racine, "svg")) == 3


def test_ce_qui_ne_se_dessine_pas_se_dit():
    carte = dessiner(titre="T", communes=[LOUDEAC, "97701", "99999"], points=[Point("98818", "Nouméa")])
    assert carte.sans_contour == ("97701", "99999", "98818")


@pytest.mark.parametrize("communes", [[], ["99999"]], ids=["aucune", "inconnue"])
def test_une_carte_vide_reste_un_svg(communes):
    assert arbre(dessiner(titre="T", communes=communes)).get("role") == "img"


def test_deux_cartes_d_une_page_ne_partagent_pas_d_identifiant():
    def ids(identifiant):
        carte = dessiner(titre="T", description="D", communes=[LOUDEAC], classes=CLASSES, identifiant=identifiant)
        texte = carte.svg + "".join(x.pastille for x in carte.legende)
        return set(re.findall(r'\bid="([^"]+)"', texte))

    assert ids("a") & ids("b") == set()
    assert len(ids("a")) >= 6


def test_carte_svg_rend_le_seul_dessin():
    assert carte_svg([LOUDEAC], titre="T") == dessiner(communes=[LOUDEAC], titre="T").svg


def test_la_balise_ecrit_la_figure_sa_legende_et_sa_source():
    carte = dessiner(
        titre="Le <territoire>", communes=[LOUDEAC, "97701"], classes=CLASSES, classement={LOUDEAC: "zip"}
    )
    html = Template("{% load cartes %}{% carte c niveau=3 %}").render(Context({"c": carte}))
    assert '<h3 class="fr-h6">Le &lt;territoire&gt;</h3>' in html
    assert "<li>" in html
    assert "IGN, millésime 2026" in html
    assert "faute de contour publié&nbsp;: 97701." in html
    sans_titre = Template("{% load cartes %}{% carte c %}").render(Context({"c": carte}))
    assert "<h3" not in sans_titre


def test_la_carte_entre_dans_un_document(bretagne):
    carte = dessiner(titre="T", communes=bretagne, classes=CLASSES, classement=dict.fromkeys(bretagne[::2], "zac"))
    assert figures.source_image(carte.svg).startswith("data:image/svg+xml;base64,")


def test_le_compositeur_pdf_sait_dessiner_la_carte(tmp_path):
    carte = dessiner(
        titre="T", communes=[LOUDEAC, PLOUGUENAST, SAINT_DENIS], classes=CLASSES,
        classement={LOUDEAC: "zip", PLOUGUENAST: "zac"}, points=[Point(LOUDEAC, "A")],
    )  # fmt: skip
    (tmp_path / "carte.svg").write_text(carte.svg, encoding="utf-8")
    (tmp_path / "a.typ").write_text('#image("carte.svg", width: 12cm)', encoding="utf-8")
    assert typst.compile(tmp_path / "a.typ", format="pdf").startswith(b"%PDF")


# --- La légende dans le dessin --------------------------------------------------------------------------------


def posee(communes, libelle="ZIP"):
    """La carte de ces communes, sa légende dedans : sa hauteur, et où commence le texte de la légende."""
    classement = dict.fromkeys(communes, "zip")
    classes = [Classe("zip", libelle)]
    racine = arbre(
        dessiner(
            titre="T", communes=communes, classes=classes, classement=classement, legende_dessinee=True, largeur=440
        )
    )
    (texte,) = trouver(racine, "text")
    return float(racine.get("height")), float(texte.get("x")), float(texte.get("y"))


def test_la_legende_se_met_a_cote_d_un_territoire_etroit_et_sous_un_large(bretagne):
    _, x, y = posee([LOUDEAC, PLOUGUENAST])
    assert x > 100
    assert y < 40
    haut, x, y = posee(bretagne, libelle="De 20 674 à moins de 22 156")
    assert x < 50
    assert haut - 22 < y < haut


def test_une_legende_trop_longue_pour_tenir_a_cote_reste_dessous():
    haut, x, y = posee([LOUDEAC, PLOUGUENAST], libelle="Une classe au nom bien trop long pour se mettre à côté")
    assert x < 50
    assert y > haut / 2


def test_une_carte_legendee_prend_moins_de_hauteur_et_moins_encore_pour_peu_de_communes(bretagne):
    seule = float(arbre(dessiner(titre="T", communes=[LOUDEAC, PLOUGUENAST], largeur=440)).get("height"))
    deux, _, _ = posee([LOUDEAC, PLOUGUENAST])
    assert deux < 220 < seule
    assert posee(bretagne)[0] < 440 * 0.85


def test_rien_ne_sort_du_dessin(bretagne):
    for communes in ([LOUDEAC], [LOUDEAC, PLOUGUENAST], bretagne, [SAINT_DENIS], [LOUDEAC, SAINT_DENIS]):
        haut, x, y = posee(communes)
        assert y <= haut
        assert x + len("ZIP (999)") * 6.5 <= 440
