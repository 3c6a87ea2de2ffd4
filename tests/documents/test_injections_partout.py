"""Dans chaque gabarit et chaque format, tout texte est neutre : rien n'est évalué, rien ne se perd ni ne s'ouvre."""

import hashlib
import http.server
import re
import subprocess
import threading
from functools import cache
from io import BytesIO
from itertools import count

import pikepdf
import pytest
from jinja2 import DictLoader

from esperluette.commun.erreurs import ErreurMetier
from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.moteur import produire
from esperluette.documents.rendu import environnement, rendre
from tests.documents.outils import ouvrir_docx, ouvrir_odt, programme, structure, tasser, texte_continu
from tests.documents.recensement import EXEMPLES, TRAME, piece
from tests.documents.test_injections import HOSTILES
from tests.fabriques.documents import champ, trame_de

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]
AUTRES = (
    "![x](http://127.0.0.1/x.png){width=10cm}",
    "[texte]{.classe custom-style=Title}",
    "file:///etc/passwd",
    "`code`{=html} | a | b |",
    "&eacute;&#x41;&amp;lt; &nbsp",
    '#image("http://127.0.0.1/x.png") #include "/etc/passwd"',
    "${VAR} $(id) `id` ; rm -rf /",
    "\\begin{document} % commentaire",
    "]]> --> ?> /* */ //",
    "=HYPERLINK(\"http://x\")",
    "مرحبا שלום",
    "H₂O et m² à 37 °C, œuvre, Ÿ, ﬁn",
)  # fmt: skip
TEXTES = HOSTILES + AUTRES
# Ce que le contexte contient et qui ne se lit pas : des dates, un dessin, des mots que le gabarit compare.
CLES_MUETTES = {"type", "presentation", "svg", "sorte", "issue", "numero"}
DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?|\d\d:\d\d(:\d\d)?")
chaque_gabarit = pytest.mark.parametrize("gabarit", list(EXEMPLES))
chaque_format = pytest.mark.parametrize("format", ["html", "docx", "odt", "pdf"])


def change(contexte, par):
    """Le même contexte, chaque texte lisible remplacé par `par(texte)`."""
    if isinstance(contexte, dict):
        return {c: v if c in CLES_MUETTES else change(v, par) for c, v in contexte.items()}
    if isinstance(contexte, list):
        return [change(v, par) for v in contexte]
    if not isinstance(contexte, str) or not contexte or contexte.startswith("<") or DATE.fullmatch(contexte):
        return contexte
    return par(contexte)


def semer(gabarit, textes):
    """Le contexte d'un gabarit, ces textes semés tour à tour dans toutes ses places ; et ceux qui y sont."""
    _, contexte = piece(EXEMPLES[gabarit])
    rangs, places = count(), []

    def par(_):
        places.append(textes[next(rangs) % len(textes)])
        return places[-1]

    return change(contexte, par), places


@cache
def produit(gabarit, sorte, format):
    contexte, _ = semer(gabarit, TEXTES)
    if sorte == "neutre":
        contexte = change(contexte, neutre)
    return produire(gabarit, contexte, format)


def neutre(texte):
    """Des lettres, autant que de signes, différentes si les signes le sont ; l'astérisque d'une note est gardé."""
    lettres = hashlib.sha256(texte.encode()).hexdigest().translate(str.maketrans("0123456789", "ghijklmnop"))
    return ("*" * texte.startswith("*") + lettres * (len(texte) // 64 + 1))[: len(texte)]


def forme(octets, format):
    """Ce qu'un texte ne doit pas changer : la suite des styles, des balises, des images."""
    if format == "html":
        return re.findall(r"<(/?[a-z0-9]+)", octets.decode())
    if format == "docx":
        document = ouvrir_docx(octets)
        return [p.style.name for p in document.paragraphs], len(document.tables), len(document.inline_shapes)
    if format == "odt":
        corps = ouvrir_odt(octets).body
        return [p.get_attribute("text:style-name") for p in corps.paragraphs], len(corps.get_tables())
    with pikepdf.open(BytesIO(octets)) as pdf:
        balises = [b for b, _ in structure(pdf)]
    return [b for b in balises if b in {"Title", "H1", "H2", "H3", "H4", "L", "Table", "TR", "TH", "TD", "Figure"}]


@chaque_format
@chaque_gabarit
def test_un_texte_hostile_ne_change_pas_la_forme_du_document(gabarit, format):
    hostile, neutre = (forme(produit(gabarit, sorte, format), format) for sorte in ("hostile", "neutre"))
    assert hostile == neutre


@chaque_gabarit
def test_chaque_signe_saisi_est_imprime_et_rien_d_autre(gabarit, tmp_path):
    places = set(semer(gabarit, TEXTES)[1])
    textes = {
        "docx": tasser("".join(ouvrir_docx(produit(gabarit, "hostile", "docx")).element.body.itertext())),
        "odt": tasser(ouvrir_odt(produit(gabarit, "hostile", "odt")).body.text_recursive),
        "pdf": tasser(texte_continu(produit(gabarit, "hostile", "pdf"), tmp_path)),
    }
    for format, texte in textes.items():
        assert "root:" not in texte
        imprimes = [p for p in places if tasser(p) in texte]
        # Un libellé peut être tu, un texte coupé par une ligne ou un sens d'écriture : la plupart se lisent bien.
        assert len(imprimes) >= 0.6 * len(places), (format, places - set(imprimes))


MONSTRES = {
    "signes rares": "a\0b\x07c\x1b[31m\ufffe\ud800 \u202eelur al tircé\u2066 x\u2069 \u200f 👩🏽\u200d⚕️ \U0001d518 ✈️"
    " 中文 \U000e0001 z" + "\u0301" * 100 + " fin",
    "un mot de 5 000 lettres": "x" * 5000,
}


@chaque_format
@chaque_gabarit
@pytest.mark.parametrize("monstre", list(MONSTRES))
def test_un_texte_monstrueux_se_produit_quand_meme(gabarit, format, monstre):
    _, contexte = piece(EXEMPLES[gabarit])
    vus = count()
    # Une place sur cinq : le document garde une taille raisonnable.
    hostile = change(contexte, lambda texte: MONSTRES[monstre] if next(vus) % 5 == 0 else texte)
    octets = produire(gabarit, hostile, format)
    assert octets[:2] in {b"%P", b"PK", b"<!"}
    assert b"\0" not in octets or format != "html"


def test_un_mot_demesure_reste_dans_la_page(tmp_path):
    commande = programme("pdftotext")
    colonnes = [{"libelle": n, "type": "texte", "unite": "", "part": p} for n, p in (("a", 1), ("b", 9))]
    tableau = {"colonnes": colonnes, "lignes": [["y" * 300, "z" * 300]], "presentation": "lignes", "titre_ligne": ""}
    courriel = "prenom.nomdefamille@exemple.sante.example"
    champs = (champ("Mot", "texte", "x" * 5000), champ("Courriel", "texte", courriel), champ("T", "tableau", tableau))
    octets = produire(TRAME, trame_de(*champs), "pdf")
    source = tmp_path / "mot.pdf"
    source.write_bytes(octets)
    boites = subprocess.run([commande, "-bbox", str(source), "-"], check=True, capture_output=True, text=True).stdout
    assert max(map(float, re.findall(r'xMax="([\d.]+)"', boites))) < 595.3 - 50
    texte = "".join(texte_continu(octets, tmp_path).split())
    assert (texte.count("x" * 10) * 10, texte.count("y"), texte.count("z")) >= (5000, 300, 300)
    assert courriel in texte


@pytest.mark.parametrize("gabarit", ["documents/trame.html", "commissions/livret.html", "documents/accuse.html"])
def test_un_tableau_de_deux_cents_lignes_repete_son_en_tete(gabarit, tmp_path):
    nom, contexte = EXEMPLES[gabarit], piece(EXEMPLES[gabarit])[1]
    if gabarit == TRAME:
        membres = [{"nom": f"Nom {n}", "prenom": "P", "profession": "Médecin", "commune": "C"} for n in range(200)]
        contexte = trame_de(champ("", "membres", membres))
        cherche, entete = r"Nom \d+", "Profession"
    elif "livret" in gabarit:
        un = contexte["points"][0]
        membres = [{"nom": f"Nom {n}", "profession": "Médecin", "commune": "C", "porteur": False} for n in range(200)]
        contexte = contexte | {"points": [un | {"membres": membres}]}
        cherche, entete = r"Nom \d+", "Profession"
    else:
        pieces = [{"nom": f"Piece {n}", "taille": 1, "empreinte": "a" * 64} for n in range(200)]
        contexte = contexte | {"pieces": pieces}
        cherche, entete = r"Piece \d+", "Taille"
    pages = texte_continu(produire(gabarit, contexte, "pdf"), tmp_path).split("\f")
    avec = [page for page in pages if re.search(cherche, page)]
    assert len(avec) >= 4, nom
    assert all(entete in page for page in avec)


@chaque_gabarit
def test_chaque_variable_manquante_est_une_erreur_dans_chaque_gabarit(gabarit):
    _, contexte = piece(EXEMPLES[gabarit])
    page, muettes = rendre(gabarit, contexte), []
    for nom in contexte:
        incomplet = {c: v for c, v in contexte.items() if c != nom}
        try:
            rendue = rendre(gabarit, incomplet)
        except GabaritInvalide as erreur:
            refus = str(erreur)
            assert nom in refus
            continue
        assert rendue == page, nom
        muettes.append(nom)
    # Ce que le contexte garde pour la preuve ou pour d'autres pages, et que ce gabarit n'imprime pas.
    assert set(muettes) <= {"format", "region", "equipe", "points", "sujet"} | GARDES.get(gabarit, set()), muettes


GARDES = {"decisions/courrier.html": {"demarche"}}


# --- Ni réseau ni fichier ------------------------------------------------------------------------


@pytest.fixture
def espion():
    """Un serveur local qui compte ses visites : personne ne doit venir."""
    visites = []

    class Guet(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            visites.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    serveur = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guet)
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    yield f"http://127.0.0.1:{serveur.server_port}/image.png", visites
    serveur.shutdown()
    serveur.server_close()
    fil.join()


@chaque_format
def test_aucune_image_d_ailleurs_n_est_cherchee(format, espion):
    adresse, visites = espion
    piege = (
        f'<p>a<img src="{adresse}"><img src="file:///etc/passwd"></p><link rel="stylesheet" href="{adresse}">'
        f'<object data="{adresse}"></object><svg><image href="{adresse}"/></svg>'
    )
    octets = produire(TRAME, trame_de(champ("", "texte_riche", piege)), format)
    assert b"root:" not in octets
    assert adresse.encode() not in octets
    assert visites == []


@chaque_format
@pytest.mark.parametrize(
    "source",
    [
        '<img src="{adresse}" alt="a">',
        '<img src="file:///etc/passwd" alt="a">',
        '<img src="/etc/passwd" alt="a">',
        '<figure><img src="../../../etc/passwd" alt="a"></figure>',
    ],
)
def test_meme_un_gabarit_fautif_n_ouvre_ni_adresse_ni_fichier(source, format, espion, monkeypatch):
    adresse, visites = espion
    page = '{% extends "documents/base.html" %}{% block corps %}<p>b</p>' + source.format(adresse=adresse)
    monkeypatch.setitem(environnement().loader.mapping, "essai", DictLoader({"x.html": page + "{% endblock %}"}))
    if format == "html":  # la page nomme l'adresse, mais ne va rien y chercher
        produire("essai/x.html", trame_de(), format)
    else:
        with pytest.raises(ErreurMetier):
            produire("essai/x.html", trame_de(), format)
    assert visites == []


@pytest.mark.parametrize(
    "dedans",
    [
        '<image href="{adresse}" width="9" height="9"/>',
        '<image xlink:href="file:///etc/passwd"/>',
        '<use href="{adresse}#a"/>',
        "<style>@import url({adresse});</style>",
        '<rect fill="url({adresse})"/>',
        "<foreignObject><p>a</p></foreignObject>",
        "<script>1</script>",
        '<rect onload="x()"/>',
    ],
)
def test_un_dessin_ne_cite_rien_d_ailleurs(dedans, espion):
    adresse, visites = espion
    espaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'
    svg = f"<svg {espaces}>{dedans.replace('{adresse}', adresse)}</svg>"
    with pytest.raises(ErreurMetier):
        produire(TRAME, trame_de(champ("", "figure", {"svg": svg, "texte": "Carte", "legende": ""})), "pdf")
    assert visites == []
