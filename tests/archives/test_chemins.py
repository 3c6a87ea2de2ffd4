"""Les noms de fichiers d'une archive : sûrs partout, lisibles, jamais deux fois le même."""

import re

import pytest

from esperluette.archives.chemins import LONGUEUR, Noms, nom_sur


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Statuts de l’association.pdf", "Statuts-de-l-association.pdf"),
        ("Équipe à Œuvrer.odt", "Equipe-a-OEuvrer.odt"),
        ("CON.pdf", "_CON.pdf"),
        ("aux", "_aux"),
        (".htaccess", "htaccess"),
        ("-rf", "rf"),
        ("..", "sans-nom"),
        ("日本.pdf", "sans-nom.pdf"),
        ("a\nb\t$(rm -rf).sh", "a-b-rm-rf.sh"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("é" * 300 + ".pdf", "e" * (LONGUEUR - 4) + ".pdf"),
    ],
)
def test_un_nom_devient_sur_et_reste_lisible(nom, attendu):
    assert nom_sur(nom) == attendu


@pytest.mark.parametrize("nom", ["../../etc/passwd", "/etc/passwd", "C:\\x.dll", "a//b/./../c", "", "   ", "/"])
def test_un_chemin_ne_sort_jamais_de_l_archive(nom):
    sur = Noms().sur(nom)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", sur)
    assert ".." not in sur.split("/")


def test_deux_noms_qui_se_confondraient_sous_windows_sont_distingues():
    noms = Noms()
    assert [noms.sur(f"pieces/{n}") for n in ("Plan.pdf", "plan.PDF", "Plan.pdf")] == [
        "pieces/Plan.pdf", "pieces/plan-2.PDF", "pieces/Plan-3.pdf",
    ]  # fmt: skip


def test_le_meme_nom_dans_deux_dossiers_ne_gene_personne():
    noms = Noms()
    assert (noms.sur("a/x.pdf"), noms.sur("b/x.pdf")) == ("a/x.pdf", "b/x.pdf")
