"""Ce que le navigateur envoie, ce qu'on affiche sans JavaScript, et les comparaisons : sans base de données."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.comparaison import MOTS_MAX, Segment, change_quelque_chose, comparer
from esperluette.commun.texte_riche import nettoyer
from esperluette.dossiers import affichage
from esperluette.dossiers.saisie import (
    est_inchangee,
    extraire,
    html_du_texte_simple,
    texte_simple,
    version_lue,
)
from esperluette.referentiel.modele import Champ, Option


def champ(type_: str, **autres):
    return Champ(id="c", libelle="Un champ", type=type_, **autres)


CASES = champ("cases", options=(Option(id="zip", libelle="ZIP"), Option(id="zac", libelle="ZAC")))
CHOIX = champ("choix", options=(Option(id="oui", libelle="Oui"), Option(id="non", libelle="Non")))
RICHE = champ("texte_riche")


@pytest.mark.parametrize(
    ("simple", "attendu"),
    [
        ("", ""),
        ("  \n \n", ""),
        ("Une phrase.", "<p>Une phrase.</p>"),
        ("Une.\nDeux.", "<p>Une.<br>Deux.</p>"),
        ("Une.\n\nDeux.", "<p>Une.</p><p>Deux.</p>"),
        ("- un\n- deux", "<ul><li><p>un</p></li><li><p>deux</p></li></ul>"),
        ("1. un\n2) deux", "<ol><li><p>un</p></li><li><p>deux</p></li></ol>"),
        ("- un\npas une puce", "<p>- un<br>pas une puce</p>"),
        ("<b>gras</b> & <script>", "<p>&lt;b&gt;gras&lt;/b&gt; &amp; &lt;script&gt;</p>"),
        ("ligne\r\nsuivante", "<p>ligne<br>suivante</p>"),
    ],
)
def test_un_texte_simple_devient_un_texte_riche(simple, attendu):
    assert html_du_texte_simple(simple) == attendu


@pytest.mark.parametrize(
    ("riche", "attendu"),
    [
        ("", ""),
        ("<p>Une <strong>phrase</strong>.</p>", "Une phrase."),
        ("<p>Une.</p><p>Deux.</p>", "Une.\n\nDeux."),
        ("<p>Une.<br>Deux.</p>", "Une.\nDeux."),
        ("<ul><li><p>un</p></li><li>deux</li></ul>", "- un\n- deux"),
        ("<ol><li><p>un</p></li><li><p>deux</p></li></ol>", "1. un\n2. deux"),
        ("<p>Avant</p><ul><li><p>un</p></li></ul><p>Après</p>", "Avant\n\n- un\n\nAprès"),
        ("<p>5 &lt; 6 &amp; 7</p>", "5 < 6 & 7"),
        ("<h4>Titre</h4><p>Texte</p>", "Titre\n\nTexte"),
    ],
)
def test_un_texte_riche_se_lit_sans_ses_balises(riche, attendu):
    assert texte_simple(riche) == attendu


def test_une_liste_dans_une_liste_ne_perd_aucun_mot():
    simple = texte_simple("<ul><li><p>un</p><ul><li><p>sous</p></li></ul></li><li><p>deux</p></li></ul>")
    assert [mot for mot in ("un", "sous", "deux") if mot not in simple] == []


@given(st.text(max_size=300))
def test_aucun_texte_simple_ne_fait_passer_une_balise_dangereuse(texte):
    propre = nettoyer(html_du_texte_simple(texte))
    assert "<script" not in propre
    assert "<img" not in propre


@given(st.lists(st.from_regex(r"[a-zé]{1,8}( [a-zé]{1,8}){0,3}", fullmatch=True), min_size=1, max_size=5))
def test_le_texte_simple_fait_l_aller_retour(paragraphes):
    texte = "\n\n".join(paragraphes)
    assert texte_simple(nettoyer(html_du_texte_simple(texte))) == texte


@pytest.mark.parametrize(
    ("le_champ", "envoi", "attendu"),
    [
        (champ("texte"), "c=Bonjour", "Bonjour"),
        (champ("texte"), "", ""),
        (RICHE, "c=Bonjour", "<p>Bonjour</p>"),
        (RICHE, "c=%3Cp%3EBonjour%3C/p%3E&forme:c=html", "<p>Bonjour</p>"),
        (RICHE, "c=%3Cp%3EBonjour%3C/p%3E", "<p>&lt;p&gt;Bonjour&lt;/p&gt;</p>"),
        (CASES, "c=zip&c=zac", ["zip", "zac"]),
        (CASES, "", []),
        (CHOIX, "c=oui", "oui"),
        (champ("nombre"), "c=12,5", "12,5"),
    ],
)
def test_la_saisie_brute_d_un_champ(le_champ, envoi, attendu):
    assert extraire(le_champ, "c", QueryDict(envoi)) == attendu


@pytest.mark.parametrize(
    ("envoi", "attendu"),
    [("version:c=3", 3), ("version:c=0", 0), ("", None), ("version:c=", None), ("version:c=-1", None),
     ("version:c=x", None), ("version:c=9999999999999", None), ("version:c=²", None)],
)  # fmt: skip
def test_le_numero_de_version_lu(envoi, attendu):
    assert version_lue("c", QueryDict(envoi)) == attendu


@pytest.mark.parametrize(
    ("le_champ", "brut", "normalisee", "affichee", "forme_html", "attendu"),
    [
        (champ("texte"), "a", "a", "a", False, True),
        (champ("texte"), "a", "a", "b", False, False),
        (champ("texte"), "", "", None, False, True),
        (CASES, [], [], None, False, True),
        (champ("nombre"), "0", 0, None, False, False),
        (champ("nombre"), "", None, 0, False, False),
        (RICHE, "<p>Gras</p>", "<p>Gras</p>", "<p><strong>Gras</strong></p>", False, True),
        (RICHE, "<p>Gras</p>", "<p>Gras</p>", "<p><strong>Gras</strong></p>", True, False),
        (RICHE, "<p>Autre</p>", "<p>Autre</p>", "<p><strong>Gras</strong></p>", False, False),
    ],
)
def test_on_sait_si_la_personne_a_touche_au_champ(le_champ, brut, normalisee, affichee, forme_html, attendu):
    assert est_inchangee(le_champ, brut, normalisee, affichee, forme_html=forme_html) is attendu


# --- Comparer mot à mot ---------------------------------------------------------------------------


def test_une_comparaison_montre_les_mots_ajoutes_et_retires():
    segments = comparer("Nous suivons douze patients.", "Nous suivons quinze patients âgés.")
    assert [s.texte for s in segments if s.sorte == "retrait"] == ["douze"]
    assert "".join(s.texte for s in segments if s.sorte == "ajout") == "quinze âgés"


def test_comparer_un_texte_a_lui_meme_ne_montre_rien():
    assert comparer("Le même.", "Le même.") == [Segment("egal", "Le même.")]
    assert not change_quelque_chose(comparer("Le même.", "Le même."))
    assert comparer("", "") == []


def test_le_premier_texte_est_tout_entier_ajoute():
    assert comparer("", "Bonjour") == [Segment("ajout", "Bonjour")]


def test_deux_longs_textes_sans_rapport_se_comparent_vite():
    avant, apres = "mot " * (MOTS_MAX + 1), "autre " * (MOTS_MAX + 1)
    assert [s.sorte for s in comparer(avant, apres)] == ["retrait", "ajout"]


@given(st.text(alphabet="ab \n’é<", max_size=60), st.text(alphabet="ab \n’é<", max_size=60))
def test_la_comparaison_redonne_les_deux_textes(avant, apres):
    segments = comparer(avant, apres)
    assert "".join(s.texte for s in segments if s.sorte != "ajout") == avant
    assert "".join(s.texte for s in segments if s.sorte != "retrait") == apres


# --- Afficher -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("le_champ", "valeur", "attendu"),
    [
        (champ("texte"), None, ""),
        (champ("texte"), "Oui", "Oui"),
        (RICHE, "<p>Un</p><p>Deux</p>", "Un\n\nDeux"),
        (CASES, ["zip", "inconnue"], "ZIP\ninconnue"),
        (CASES, [], ""),
        (CHOIX, "oui", "Oui"),
        (champ("date"), "2026-10-30", "30/10/2026"),
        (champ("date"), "30 octobre", "30 octobre"),
        (champ("nombre", unite="%"), 12.5, "12,5 %"),
        (champ("nombre"), 0, "0"),
        (champ("communes"), ["22136", "99999"], "Loudéac (22)\n99999"),
    ],
)
def test_une_valeur_se_lit(le_champ, valeur, attendu):
    assert affichage.valeur_lisible(le_champ, valeur, {"22136": "Loudéac (22)"}) == attendu


def test_le_moment_dit_l_heure_puis_le_jour_puis_l_annee():
    maintenant = timezone.now()
    local = timezone.localtime(maintenant)
    assert affichage.moment(maintenant) == f"à {local.hour} h {local.minute:02d}"
    assert affichage.moment(maintenant - timedelta(days=1)).startswith("le ")
    assert affichage.moment(datetime(2019, 3, 12, 8, 5, tzinfo=UTC)) == "le 12 mars 2019 à 9 h 05"


def test_l_identifiant_html_d_une_cellule():
    assert affichage.identifiant_html("axes/3f2a/objectifs") == "champ-axes--3f2a--objectifs"
