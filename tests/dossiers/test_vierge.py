"""La trame vierge : toutes les questions, leur aide, la place d'y répondre ; et rien d'une équipe."""

import io
from html import unescape

import docx
import odfdo
import pikepdf
import pytest
from django.core.management import CommandError, call_command

from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import produire
from esperluette.dossiers.documents import GABARIT_VIERGE, trame_vierge
from esperluette.dossiers.vierge import contexte_vierge
from esperluette.referentiel.lecture import edition, editions
from tests.dossiers.test_documents import plat, sans_poppler, texte_pdf

DEMARCHES = ("lettre", "demande", "projet")


@pytest.fixture
def mayotte(editions_d_essai):
    return edition("mayotte", "essai")


def vierge(lue, demarche):
    return contexte_vierge(lue, lue.demarche(demarche))


def champ(contexte, libelle):
    return next(c for r in contexte.rubriques for c in r.champs if c.libelle.startswith(libelle))


def html(lue, demarche):
    return produire(GABARIT_VIERGE, en_contexte(vierge(lue, demarche)), "html").decode()


@pytest.mark.parametrize(
    ("libelle", "sorte", "lignes"),
    [
        ("Communes *", "tableau", 5),
        ("Le territoire *", "cadre", 7),
        ("Qualification", "options", 0),
        ("Nombre de patients", "bref", 0),
        ("Statut", "options", 0),
        ("Début prévu", "bref", 0),
        ("Autre chose", "cadre", 3),
        ("Thématiques", "tableau", 5),
        ("Les professionnels", "tableau", 8),
    ],
)
def test_chaque_type_de_champ_a_sa_place_pour_repondre(mayotte, libelle, sorte, lignes):
    trouve = champ(vierge(mayotte, "lettre"), libelle)
    assert (trouve.sorte, trouve.lignes) == (sorte, lignes)


def test_une_fiche_se_recopie_et_garde_ses_questions(mayotte):
    axes = champ(vierge(mayotte, "projet"), "Axes")
    assert (axes.sorte, axes.titre_ligne) == ("fiches", "Axe …")
    assert [c.libelle for c in axes.fiche] == ["Thématique *", "Objectif", "Publics"]
    assert "Recopiez cette fiche" in html(mayotte, "projet")


@pytest.mark.parametrize(
    ("demarche", "places", "phrase"),
    [
        ("lettre", 1, "Le porteur signe"),
        ("demande", 0, ""),
        ("projet", 8, "Chaque professionnel de santé"),
    ],
)
def test_la_place_des_signatures_suit_la_regle_de_la_demarche(mayotte, demarche, places, phrase):
    contexte = vierge(mayotte, demarche)
    assert contexte.signatures == places
    assert contexte.signataires.startswith(phrase)
    assert ("Nom et prénom" in html(mayotte, demarche)) is bool(places)


def test_les_pieces_a_joindre_sont_des_cases(mayotte):
    page = unescape(html(mayotte, "demande"))
    assert "☐ Les statuts de l'association" in page
    assert "(facultatif)" in page
    assert "Pièces à joindre" not in html(mayotte, "lettre")


def test_une_trame_construite_le_dit_en_premier(mayotte):
    assert vierge(mayotte, "lettre").notes[0].startswith("Le modèle de l'ARS n'est pas fourni")
    assert not any("modèle" in note for note in vierge(mayotte, "projet").notes)


def test_une_question_conditionnelle_dit_quand_y_repondre():
    bretagne = edition("bretagne", "2024-10")
    assert champ(vierge(bretagne, "projet-de-sante"), "Quartier prioritaire").precision == (
        "si vous avez répondu « Quartier prioritaire de la politique de la ville (QPV) » "
        "à « Qualification du territoire »"
    )


def test_la_page_de_signatures_du_modele_officiel_n_est_pas_doublee():
    bretagne = edition("bretagne", "2024-10")
    page = html(bretagne, "projet-de-sante")
    assert page.count("Profession ou qualité") == 1
    assert page.rindex("Signature du projet de santé") < page.index("Profession ou qualité") < page.rindex("Annexe 1")


@pytest.mark.parametrize("demarche", DEMARCHES)
def test_memes_regles_memes_octets(mayotte, demarche):
    une = mayotte.demarche(demarche)
    assert trame_vierge(mayotte, une, "docx") == trame_vierge(mayotte, une, "docx")


def test_sans_trame_la_cle_manque(mayotte):
    with pytest.raises(KeyError):
        trame_vierge(mayotte, mayotte.demarche("appel"), "pdf")


def toutes():
    return [(e, d) for e in editions() for d in e.demarches if d.en_ligne]


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_chaque_demarche_en_ligne_a_sa_trame_avec_toutes_ses_questions(format):
    for lue, demarche in toutes():
        octets = trame_vierge(lue, demarche, format)
        contenu = plat(lire(octets, format))
        for rubrique in lue.trame(demarche.id).rubriques:
            assert plat(rubrique.titre) in contenu, (lue.region, demarche.id, rubrique.titre)
        for _, question in lue.trame(demarche.id).sans_chiffres().champs():
            if question.aide and question.type != "membres":
                assert plat(question.aide) in contenu, (lue.region, demarche.id, question.id)
            for option in question.options:
                assert plat(f"☐ {option.libelle}") in contenu, (lue.region, demarche.id, option.libelle)


def lire(octets, format):
    if format == "odt":
        return odfdo.Document(io.BytesIO(octets)).get_formatted_text()
    document = docx.Document(io.BytesIO(octets))
    cellules = [c.text for t in document.tables for rang in t.rows for c in rang.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cellules])


@sans_poppler
def test_chaque_demarche_en_ligne_a_sa_trame_en_pdf_accessible():
    for lue, demarche in toutes():
        octets = trame_vierge(lue, demarche, "pdf")
        assert "Trame vierge" in texte_pdf(octets)
        with pikepdf.open(io.BytesIO(octets)) as pdf, pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_la_commande_ecrit_la_trame(tmp_path, capsys):
    sortie = tmp_path / "trame.docx"
    call_command("document", "--vierge", "bretagne", "projet-de-sante", "--format", "docx", "-o", sortie)
    assert docx.Document(str(sortie)).tables
    assert str(sortie) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vierge", "bretagne", "projet-de-sant"], "projet-de-sante"),
        (["--vierge", "bretange", "projet-de-sante"], "bretagne"),
        ([], "Donnez la référence"),
        (["ESP-22-2026-00001", "--vierge", "bretagne", "projet-de-sante"], "Donnez la référence"),
        (["--vierge", "bretagne", "projet-de-sante", "-o", "/nulle/part.pdf"], "n’existe pas"),
    ],
)
def test_la_commande_dit_ce_qui_ne_va_pas(arguments, message):
    with pytest.raises(CommandError, match=message) as refus:
        call_command("document", *arguments)
    assert refus.value.returncode == 2
