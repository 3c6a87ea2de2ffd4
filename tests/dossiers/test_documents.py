"""Les documents d'un vrai dossier breton, rouverts par d'autres programmes."""

import io
import shutil
import subprocess
import unicodedata

import docx
import odfdo
import pikepdf
import pytest
from django.core.management import CommandError, call_command

from esperluette.dossiers.documents import exporter
from esperluette.dossiers.lectures import trame_de
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db
sans_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) est absent")


def plat(texte):
    """Sans espaces ni césures : on compare les mots, pas la mise en page."""
    normal = unicodedata.normalize("NFKC", texte).replace("’", "'").replace("-", "").replace("‑", "")
    return "".join(normal.replace("\u00ad", "").split())


def texte_pdf(octets):
    commande = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(commande, input=octets, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def depot(equipe):
    return fabrique.depose(equipe)


@sans_poppler
def test_le_pdf_depose_suit_la_trame_et_ne_garde_aucune_aide(depot):
    texte = plat(texte_pdf(exporter(depot.dossier, "pdf")))
    trame = trame_de(depot.dossier)
    for rubrique in trame.rubriques:
        assert plat(rubrique.titre) in texte, rubrique.titre
    for _, champ in trame.champs():
        if champ.aide:
            assert plat(champ.aide) not in texte, champ.aide
    assert plat("patientèle âgée & peu mobile") in texte
    assert plat("signé par chacun des professionnels") in texte


@sans_poppler
def test_le_brouillon_montre_les_aides_et_se_dit_brouillon(dossier):
    texte = plat(texte_pdf(exporter(dossier, "pdf")))
    aides = [champ.aide for _, champ in trame_de(dossier).champs() if champ.aide and champ.type != "membres"]
    assert plat(aides[0]) in texte
    assert "Brouillon" in texte
    assert "Nonrenseigné" in texte


def test_le_pdf_est_balise_en_francais_avec_un_titre_et_des_signets(depot):
    with pikepdf.open(io.BytesIO(exporter(depot.dossier, "pdf"))) as pdf:
        racine = pdf.Root
        assert str(racine.Lang).startswith("fr")
        assert bool(racine.MarkInfo.Marked)
        assert "/StructTreeRoot" in racine
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
        with pdf.open_outline() as plan:
            assert len(plan.root) >= 3


def test_le_docx_a_les_titres_de_la_trame_dans_de_vrais_styles(depot):
    document = docx.Document(io.BytesIO(exporter(depot.dossier, "docx")))
    titres = [plat(p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    for rubrique in trame_de(depot.dossier).rubriques:
        assert any(plat(rubrique.titre) in titre for titre in titres), rubrique.titre
    assert document.tables


def test_l_odt_a_les_titres_de_la_trame(depot):
    corps = odfdo.Document(io.BytesIO(exporter(depot.dossier, "odt"))).body
    titres = [plat(str(t)) for t in corps.get_headers()]
    for rubrique in trame_de(depot.dossier).rubriques:
        assert any(plat(rubrique.titre) in titre for titre in titres), rubrique.titre


@pytest.mark.parametrize(("format", "debut"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("odt", b"PK")])
def test_la_commande_document_ecrit_le_fichier(format, debut, depot, tmp_path):
    sortie = tmp_path / f"projet.{format}"
    call_command("document", depot.dossier.reference, format=format, sortie=sortie)
    assert sortie.read_bytes().startswith(debut)


def test_une_reference_inconnue_sort_avec_le_code_2(db, tmp_path):
    with pytest.raises(CommandError, match="Aucun dossier") as erreur:
        call_command("document", "ESP-99-2026-00001", sortie=tmp_path / "x.pdf")
    assert erreur.value.returncode == 2


def test_une_sortie_impossible_est_dite(depot, tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("document", depot.dossier.reference, sortie=tmp_path / "absent" / "x.pdf")


def test_la_commande_dossiers_rend_les_cles_promises(depot, capsys):
    import json

    call_command("dossiers", json=True)
    (ligne,) = json.loads(capsys.readouterr().out)
    assert ligne == {
        "reference": depot.dossier.reference, "equipe": depot.dossier.equipe.nom, "region": "bretagne",
        "demarche": "projet-de-sante", "etat": "depose",
    }  # fmt: skip
