"""Le diagnostic imprimé : les mêmes chiffres et les mêmes dessins qu'à l'écran, rouverts par d'autres programmes."""

import base64
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string

from esperluette.documents import figures
from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import produire
from esperluette.indicateurs.choroplethes import CARTES, ZONAGE, carte_d_un_zonage, cartes_du_territoire
from esperluette.indicateurs.definitions import definitions
from esperluette.indicateurs.diagnostic import instantane as instantane_de
from esperluette.indicateurs.document import GABARIT, contexte_de
from esperluette.indicateurs.fiche import fiche
from esperluette.indicateurs.templatetags.chiffres import chiffres
from esperluette.territoires.jeux import jeux as jeux_de_zonage
from esperluette.territoires.models import JeuImporte, Zonage
from tests.documents.outils import ouvrir_docx, ouvrir_odt, tasser, texte_continu, texte_pdf
from tests.fabriques.indicateurs import charger, instantane

NOM = "Le Val Fictif"
DESSIN = re.compile(r'<svg xmlns="http://www\.w3\.org/2000/svg" class="esp-dessin".*?</svg>', re.DOTALL)
LOUDEAC, PLOUGUENAST, ROSTRENEN = "22136", "22219", "22266"


@cache
def document(format):
    return produire(GABARIT, en_contexte(contexte_de(instantane(), nom=NOM)), format)


def attendus():
    """Tout ce que la fiche dit : libellés chargés, cellules, établissements, constats."""
    lue = fiche(instantane(), nom=NOM)
    lignes = [ligne for theme in lue.themes for ligne in theme.lignes if not ligne.absent]
    return [
        *(cellule for ligne in lignes for cellule in (ligne.libelle, *ligne.cellules)),
        *(cellule for bloc in lue.etablissements for rangee in bloc.tableau.lignes for cellule in rangee),
        *(c.phrase for _, constats in lue.constats for c in constats),
        *lue.sources,
    ]


# --- Le même à l'écran et dans le document ------------------------------------------------------------------


def test_le_document_porte_les_memes_dessins_que_l_ecran():
    ecran = render_to_string("indicateurs/_fiche.html", chiffres(instantane(), nom=NOM))
    poses = [
        c.valeur.svg for r in contexte_de(instantane(), nom=NOM).rubriques for c in r.champs if c.type == "figure"
    ]
    montres = DESSIN.findall(ecran)
    assert len(poses) == 4
    assert sorted(poses) == sorted(montres)
    page = document("html").decode()
    sources = [base64.b64decode(s).decode() for s in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", page)]
    assert sources == poses


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_chaque_chiffre_de_la_fiche_se_relit_dans_le_document(format, tmp_path):
    if format == "pdf":
        texte = texte_continu(document("pdf"), tmp_path)
    elif format == "docx":
        texte = "".join(ouvrir_docx(document("docx")).element.body.itertext())
    else:
        texte = ouvrir_odt(document("odt")).body.text_recursive
    lu = tasser(texte)
    assert [a for a in attendus() if tasser(a) not in lu] == []


def test_les_dessins_du_pdf_sont_du_texte_et_non_une_image(tmp_path):
    """Le nom d'un niveau se lit au-dessus de sa barre, et la dernière tranche d'âge en haut de la pyramide."""
    texte = texte_continu(document("pdf"), tmp_path)
    assert texte.count("75 ans ou plus") >= 2  # le dessin et son tableau
    assert texte.count("Essaie") > 10


def test_chaque_dessin_a_son_texte_de_remplacement_dans_chaque_format():
    voulus = [fiche(instantane(), nom=NOM).pyramide.texte]
    with zipfile.ZipFile(BytesIO(document("docx"))) as archive:
        docx = archive.read("word/document.xml").decode()
    with zipfile.ZipFile(BytesIO(document("odt"))) as archive:
        odt = archive.read("content.xml").decode()
    for texte in voulus:
        debut = texte[:40]
        assert f'descr="{debut}' in docx or f'title="{debut}' in docx
        assert debut in odt


def test_un_dessin_garde_sa_taille_une_carte_prend_la_colonne():
    part = figures.part_de_colonne
    assert part(b'<svg width="440" height="10">') == pytest.approx(440 / figures.COLONNE)
    assert part(b'<svg width="900" height="10">') == 1
    assert part(b'<svg viewBox="0 0 1 1"><rect width="9"/>') == 1


def test_un_dessin_trop_haut_se_reduit_pour_que_deux_tiennent_dans_une_page():
    haut = figures.part_de_colonne(b'<svg width="440" height="760">')
    assert haut * figures.COLONNE * 760 / 440 == pytest.approx(figures.DEMI_PAGE)


def test_ce_qui_n_est_pas_charge_est_dit_avec_sa_commande(tmp_path):
    texte = texte_continu(document("pdf"), tmp_path)
    assert "Taux absent" not in texte
    assert tasser("esperluette donnees importer jeu-fictif") in tasser(texte)


def test_le_meme_instantane_donne_les_memes_octets():
    contexte = en_contexte(contexte_de(instantane(), nom=NOM))
    le = datetime(2026, 11, 22, tzinfo=UTC)
    assert produire(GABARIT, contexte, "pdf", le=le) == produire(GABARIT, contexte, "pdf", le=le)


# --- Les cartes d'un document -------------------------------------------------------------------------------


def test_les_cartes_d_un_document_sont_des_chiffres_du_diagnostic():
    assert set(CARTES) <= {d.id for d in definitions()}
    assert ZONAGE in jeux_de_zonage()


@pytest.fixture
def charge(territoire):
    charger("apl_medecins", {LOUDEAC: 2.0, PLOUGUENAST: 3.0, ROSTRENEN: 1.5})


@pytest.mark.usefixtures("charge")
def test_un_document_ne_porte_que_les_cartes_chargees():
    cartes = cartes_du_territoire(instantane_de([LOUDEAC, PLOUGUENAST, ROSTRENEN]))
    assert [c.tableau.entetes[1].split(" (")[0] for c in cartes] == ["Accès aux médecins généralistes"]
    assert cartes_du_territoire(instantane_de([LOUDEAC])) == []


@pytest.mark.usefixtures("charge")
def test_la_source_d_une_carte_finit_par_un_seul_point():
    lu = instantane_de([LOUDEAC, PLOUGUENAST])
    (cartes,) = (r for r in contexte_de(lu, cartes=cartes_du_territoire(lu)).rubriques if r.titre == "Les cartes")
    for champ in cartes.champs:
        assert re.search(r"[^.]\.$", champ.valeur.legende)


@pytest.mark.usefixtures("territoire")
def test_la_carte_d_un_zonage_dit_chaque_commune():
    classes = list(jeux_de_zonage()[ZONAGE].classes)
    jeu = JeuImporte.objects.create(
        jeu=ZONAGE, millesime="2024", producteur="Producteur fictif", licence="essai", fichier="f", empreinte="0" * 64,
        description="0" * 64,
    )  # fmt: skip
    for code, classe in ((LOUDEAC, classes[0]), (PLOUGUENAST, classes[1])):
        Zonage.objects.create(importation=jeu, commune_id=code, classe=classe)
    carte = carte_d_un_zonage([LOUDEAC, PLOUGUENAST], ZONAGE)
    assert [nom for nom, _ in carte.tableau.lignes] == ["Loudéac", "Plouguenast-Langast"]
    assert len({classe for _, classe in carte.tableau.lignes}) == 2
    assert "Producteur fictif" in carte.source
    assert "<text" in carte.svg  # la légende est dans le dessin


@pytest.mark.usefixtures("territoire")
def test_sans_zonage_charge_il_n_y_a_pas_de_carte():
    assert carte_d_un_zonage([LOUDEAC], ZONAGE) is None


@pytest.mark.usefixtures("charge")
def test_deux_communes_ont_trois_cartes_par_page_chacune_avec_son_titre_et_sa_source(tmp_path):
    lu = instantane_de([LOUDEAC, PLOUGUENAST])
    (carte,) = cartes_du_territoire(lu)
    cartes = [replace(carte, titre=f"Carte {n}", note=f"Note {n}.") for n in range(1, 7)]
    pages = texte_pdf(produire(GABARIT, en_contexte(contexte_de(lu, cartes=cartes)), "pdf"), tmp_path).split("\f")
    ou = {n: next(rang for rang, page in enumerate(pages) if f"Carte {n}\n" in page) for n in range(1, 7)}
    for n, rang in ou.items():
        assert f"Note {n}." in pages[rang]
        assert pages[rang].index(f"Carte {n}\n") < pages[rang].index(f"Note {n}.")
    assert "Les cartes" in pages[ou[1]]
    assert max(Counter(ou.values()).values()) == 3


def test_une_rangee_courte_ne_se_coupe_pas_entre_deux_pages():
    with zipfile.ZipFile(BytesIO(document("docx"))) as archive:
        docx = archive.read("word/document.xml").decode()
    with zipfile.ZipFile(BytesIO(document("odt"))) as archive:
        odt = archive.read("content.xml").decode()
    assert docx.count("<w:cantSplit/>") == docx.count("<w:tr>") > 10
    assert odt.count('<table:table-row table:style-name="RangeeEntiere">') == odt.count("<table:table-row") > 10
    assert 'style:name="RangeeEntiere" style:family="table-row"' in odt


def test_un_mot_qui_tient_dans_sa_case_ne_se_coupe_pas(tmp_path):
    """Ni « (par-tiel) » ni « Communau-té » : la césure ne sert qu'à un mot plus large que sa colonne."""
    texte = texte_pdf(document("pdf"), tmp_path)
    entetes = {mot for entete in fiche(instantane(), nom=NOM).entetes for mot in entete.split()}
    assert "Communauté" in entetes
    assert "Communauté" in texte
    coupes = re.findall(r"(\w+)\xad", texte)
    assert [c for c in coupes if any(mot.startswith(c) for mot in entetes)] == []


def test_ce_qui_se_calcule_pareil_se_dit_une_fois():
    lu = instantane()
    (methodes,) = (r for r in contexte_de(lu, nom=NOM).rubriques if r.titre.startswith("Comment"))
    lignes = methodes.champs[0].valeur.lignes
    assert len({ligne[1:] for ligne in lignes if ligne[0]}) < len(lu.lignes)
    dits = [libelle for ligne in lignes for libelle in ligne[0].split(" ; ")]
    assert sorted(dits) == sorted(li.libelle for t in fiche(lu).themes for li in t.lignes if not li.absent)


def test_la_source_d_un_dessin_ne_repete_pas_celle_du_tableau():
    (population, *_) = contexte_de(instantane(), nom=NOM).rubriques
    figures_posees = [c.valeur for c in population.champs if c.type == "figure"]
    assert figures_posees
    assert [f.legende for f in figures_posees if f.titre == "Évolution de la population, par an"] == [""]


# --- La commande --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("charge")
@pytest.mark.parametrize(("format", "debut"), [("pdf", b"%PDF"), ("docx", b"PK"), ("odt", b"PK")])
def test_la_commande_ecrit_le_document_demande(format, debut, tmp_path, capsys):
    sortie = tmp_path / f"mon diagnostic.{format}"
    call_command("diagnostic", LOUDEAC, PLOUGUENAST, f"--{format}", str(sortie), nom=NOM)
    assert sortie.read_bytes().startswith(debut)
    assert str(sortie) in capsys.readouterr().out


@pytest.mark.usefixtures("charge")
def test_sans_nom_de_fichier_le_document_s_ecrit_la_ou_l_on_est(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call_command("diagnostic", "--docx", LOUDEAC)
    assert [f.name for f in tmp_path.iterdir()] == ["diagnostic.docx"]


@pytest.mark.usefixtures("charge")
def test_un_dossier_absent_se_dit_et_deux_formats_se_refusent(tmp_path):
    with pytest.raises(CommandError, match="n’existe pas") as refus:
        call_command("diagnostic", LOUDEAC, "--pdf", "--sortie", str(tmp_path / "absent" / "d.pdf"))
    assert refus.value.returncode == 2
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("diagnostic", LOUDEAC, "--pdf", "--docx")


@pytest.mark.usefixtures("charge")
def test_un_code_inconnu_est_dit_et_les_autres_servent(capsys):
    call_command("diagnostic", LOUDEAC, "99999", "--json")
    rendu = capsys.readouterr()
    assert "99999" in rendu.err
    assert [c["code"] for c in json.loads(rendu.out)["communes"]] == [LOUDEAC]
