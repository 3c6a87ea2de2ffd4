"""Les gabarits : tous employés, sans rien que la politique de sécurité du contenu refuserait."""

import re
from importlib.resources import files

import pytest

from tests.coherence.depot import PAQUET, arbre, chaines, fichiers, gabarits, modules, relatif

ERREURS = {"400.html", "403.html", "404.html", "500.html"}
CITATION = re.compile(r"""\{%-?\s*(?:include|extends)\s+["']([^"'#]+)""")
INTERDITS = {
    "style en ligne": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "feuille de style en ligne": re.compile(r"<style[\s>]", re.IGNORECASE),
    "gestionnaire d'événement en ligne": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script en ligne": re.compile(
        r"<script(?![^>]*\s(?:src=|type=[\"'](?:application/json|importmap)))", re.IGNORECASE
    ),
    "adresse javascript:": re.compile(r"""=\s*["']\s*javascript:""", re.IGNORECASE),
    "gestionnaire hx-on": re.compile(r"\shx-on[:-]", re.IGNORECASE),
}
SUFFIXE = re.compile(r"(\.objet)?\.(txt|html)$")
# Les balises de gabarit contiennent des « > » qui tromperaient la lecture des balises HTML.
BALISES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)

# Tout ce qui n'est pas du texte lu par une personne : balises de gabarit, balises HTML et leurs attributs.
HORS_TEXTE = re.compile(
    r"\{% comment.*?endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<script.*?</script>"
    r"|<(?:\"[^\"]*\"|'[^']*'|\{%.*?%\}|\{\{.*?\}\}|[^'\">])*>",
    re.DOTALL,
)
SECABLE = re.compile(r"\S [?!;»]|\S :(?=[\s¤]|$)|« ")


def cites():
    """Les noms que le code et les gabarits emploient. Un courriel se cite sans son suffixe."""
    noms = set()
    for module in modules():
        if module.is_relative_to(PAQUET):
            noms.update(chaines(arbre(module)))
    for chemin in gabarits().values():
        noms.update(CITATION.findall(chemin.read_text(encoding="utf-8")))
    return noms


def remplace_un_gabarit_fourni(nom):
    """`account/login.html` prend la place de celui d'une bibliothèque, qui l'appelle."""
    fournisseurs = ("allauth", "dsfr", "django.forms", "django_prose_editor")
    return any(files(paquet).joinpath("templates", *nom.split("/")).is_file() for paquet in fournisseurs)


def courriel(nom):
    """« comptes/courriels/code.objet.txt » se demande par « comptes/code »."""
    app, _, reste = nom.partition("/courriels/")
    return f"{app}/{SUFFIXE.sub('', reste)}" if reste else ""


def test_aucun_gabarit_n_est_inutilise():
    connus = cites()
    inutiles = [
        nom
        for nom in gabarits()
        if nom not in ERREURS | connus and courriel(nom) not in connus and not remplace_un_gabarit_fourni(nom)
    ]
    assert inutiles == []


@pytest.mark.parametrize("faute", INTERDITS)
def test_la_politique_de_securite_du_contenu_ne_refuserait_rien(faute):
    fautifs = []
    for nom, chemin in gabarits().items():
        if chemin.suffix != ".html":
            continue
        html = BALISES.sub("", chemin.read_text(encoding="utf-8"))
        fautifs += [f"{nom} : {trouve.group()[:80]}" for trouve in INTERDITS[faute].finditer(html)]
    assert fautifs == []


@pytest.mark.parametrize(
    ("html", "faute"),
    [
        ('<p style="color:red">', "style en ligne"),
        ("<a onclick='x()'>", "gestionnaire d'événement en ligne"),
        ("<script>x()</script>", "script en ligne"),
        ("<style>p{}</style>", "feuille de style en ligne"),
        ('<a href="javascript:x()">', "adresse javascript:"),
        ('<b hx-on:click="x()">', "gestionnaire hx-on"),
    ],
)
def test_chaque_faute_serait_vue(html, faute):
    assert INTERDITS[faute].search(html)


@pytest.mark.parametrize("html", ['<script src="a.js" defer></script>', '<script type="application/json">{}</script>'])
def test_un_script_en_fichier_ou_des_donnees_sont_permis(html):
    assert not INTERDITS["script en ligne"].search(html)


def test_nos_scripts_ne_contournent_pas_la_politique():
    motif = re.compile(
        r"\beval\(|new Function\(|\.style\.cssText|setAttribute\(\s*[\"']style|insertAdjacentHTML|\bfetch\([\"']http"
    )
    fautifs = [
        relatif(chemin)
        for chemin in fichiers()
        if chemin.suffix == ".js" and motif.search(chemin.read_text(encoding="utf-8"))
    ]
    assert fautifs == []


def test_aucun_signe_double_ne_peut_passer_seul_a_la_ligne():
    """« : », « ; », « ? », « ! » et les guillemets tiennent à leur mot par une espace insécable (&nbsp;)."""
    fautes = []
    for nom, chemin in gabarits().items():
        if "/courriels/" in nom or nom.endswith((".txt", ".sh")):
            continue
        texte = HORS_TEXTE.sub("¤", chemin.read_text(encoding="utf-8"))
        fautes += [f"{nom} : …{texte[max(0, f.start() - 30) : f.end() + 10]!r}" for f in SECABLE.finditer(texte)]
    assert fautes == []
