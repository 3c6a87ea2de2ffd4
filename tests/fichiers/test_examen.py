"""Lire un PDF ou une image à l'écart : le texte, la vignette, et tout ce qui voudrait faire tomber la lecture."""

import io
import json
import subprocess
import sys
import zlib

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from esperluette.fichiers import examen as module
from esperluette.fichiers.atelier import MEMOIRE, PIXELS, POIDS, SIGNES_LUS
from esperluette.fichiers.controle import JPEG, PDF, PNG
from esperluette.fichiers.examen import ATELIER, examiner
from tests.fabriques import fichiers as f


def png(largeur, hauteur, mode="RGB", **options):
    sortie = io.BytesIO()
    Image.new(mode, (largeur, hauteur), "red" if mode != "P" else 3).save(sortie, "PNG", **options)
    return sortie.getvalue()


def bruit(cote=900):
    sortie = io.BytesIO()
    Image.effect_noise((cote, cote), 120).convert("RGB").save(sortie, "JPEG", quality=95)
    return sortie.getvalue()


def entete_png(largeur, hauteur):
    """Un PNG minuscule qui annonce une image démesurée."""
    return f.png().replace(
        b"IHDR" + f.png()[16:29], b"IHDR" + largeur.to_bytes(4, "big") + hauteur.to_bytes(4, "big") + f.png()[24:29]
    )


def bombe_png(cote):
    """De vrais points, tous noirs : quelques kilo-octets pour des centaines de mégaoctets."""

    def bloc(sorte, contenu):
        return len(contenu).to_bytes(4, "big") + sorte + contenu + zlib.crc32(sorte + contenu).to_bytes(4, "big")

    points = zlib.compressobj(9)
    ligne = b"\0" * (1 + cote * 3)
    corps = b"".join(points.compress(ligne) for _ in range(cote)) + points.flush()
    entete = cote.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", corps) + bloc(b"IEND", b"")


# Le début d'un script qui charge l'atelier comme le fait le service.
CHARGER = f"import json, os, runpy, sys; m = runpy.run_path({str(ATELIER)!r}); "


def ouvrir(vignette):
    image = Image.open(io.BytesIO(vignette))
    image.load()
    return image


def test_d_un_pdf_on_lit_le_texte_et_la_premiere_page():
    lu = examiner(f.pdf_texte("Statuts de l'association", "Loudéac"), PDF.type_mime)
    assert "Statuts de l'association" in lu.texte
    assert "Loudéac" in lu.texte
    image = ouvrir(lu.vignette)
    assert image.format == "PNG"
    assert image.height == 320
    assert image.convert("L").getextrema()[0] < 128, "la page n'est pas blanche : on y voit du texte"


@pytest.mark.parametrize("octets", [f.png(), png(3000, 2000), png(10, 4000), png(50, 50, "RGBA"), png(40, 40, "P")])
def test_une_image_donne_une_vignette_bornee(octets):
    lu = examiner(octets, PNG.type_mime)
    image = ouvrir(lu.vignette)
    assert max(image.size) <= 320
    assert len(lu.vignette) <= POIDS


def test_une_image_bruitee_tient_quand_meme_dans_soixante_kilo_octets():
    lu = examiner(bruit(), JPEG.type_mime)
    assert 0 < len(lu.vignette) <= POIDS


def test_la_vignette_ne_garde_ni_exif_ni_texte_ni_profil_et_se_tient_droite():
    exif = Image.Exif()
    exif[0x010E] = "Madame X, née le 12/03/1950"  # description
    exif[0x0112] = 6  # tournée d'un quart
    exif.get_ifd(0x8825)[2] = (48.0, 7.0, 0.0)  # position
    sortie = io.BytesIO()
    Image.new("RGB", (400, 200), "blue").save(sortie, "JPEG", exif=exif, icc_profile=b"profil")
    assert b"Madame X" in sortie.getvalue()
    lu = examiner(sortie.getvalue(), JPEG.type_mime)
    assert b"Madame" not in lu.vignette
    image = ouvrir(lu.vignette)
    assert image.width < image.height
    assert not image.getexif()
    assert image.info == {}
    texte = PngImagePlugin.PngInfo()
    texte.add_text("Comment", "Madame X")
    assert b"Madame" not in examiner(png(20, 20, pnginfo=texte), PNG.type_mime).vignette


@pytest.mark.parametrize("cote", [30_000, 2**31 - 1])
def test_une_image_demesuree_n_a_pas_de_vignette(cote):
    lu = examiner(entete_png(cote, cote), PNG.type_mime)
    assert lu.vignette is None
    assert lu.motif in {"trop_grande", "illisible"}


def test_une_bombe_de_points_ne_s_ouvre_pas():
    cote = int(PIXELS**0.5) + 500
    lu = examiner(bombe_png(cote), PNG.type_mime)
    assert (lu.vignette, lu.motif) == (None, "trop_grande")


def test_une_image_a_la_limite_s_ouvre_dans_la_memoire_donnee():
    lu = examiner(bombe_png(int(PIXELS**0.5) - 10), PNG.type_mime)
    assert lu.vignette is not None


def test_dix_mille_pages_se_lisent_vite_et_en_partie():
    lu = examiner(f.pdf_texte("Page repetee", pages=10_000), PDF.type_mime)
    assert lu.vignette is not None
    assert lu.texte.count("Page repetee") == 50


def test_un_texte_sans_fin_est_coupe():
    lu = examiner(f.pdf_texte(*["abcdefghij" * 100] * 300), PDF.type_mime)
    assert 0 < len(lu.texte) <= SIGNES_LUS + 100


def test_un_pdf_chiffre_n_a_ni_texte_ni_vignette():
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(f.pdf_texte("Secret"))) as document:
        document.save(sortie, encryption=pikepdf.Encryption(user="oui", owner="non"))
    lu = examiner(sortie.getvalue(), PDF.type_mime)
    assert (lu.texte, lu.vignette, lu.motif) == ("", None, "mot_de_passe")


@pytest.mark.parametrize(
    "octets",
    [
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
        b"%PDF-1.7\n" + b"\0" * 5000,
        b"%PDF-1.4\n" + b"[" * 200_000,
        f.pdf_texte("Coupe")[:300],
        f.pdf_texte("Melange").replace(b"endobj", b"obj<<"),
    ],
    ids=["vide", "nuls", "crochets", "tronque", "melange"],
)
def test_un_pdf_malforme_ne_fait_rien_tomber(octets):
    lu = examiner(octets, PDF.type_mime)
    assert lu.vignette is None or len(lu.vignette) <= POIDS


@pytest.mark.parametrize("taille", [(1, 14_400), (14_400, 14_400), (0.01, 0.01), (5_000_000, 5_000_000)])
def test_une_page_d_une_taille_absurde_ne_fait_rien_tomber(taille):
    sortie = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        document.pages[0].MediaBox = [0, 0, *taille]
        document.save(sortie)
    lu = examiner(sortie.getvalue(), PDF.type_mime)
    assert lu.vignette is None or max(ouvrir(lu.vignette).size) <= 320


@pytest.mark.parametrize("octets", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + b"\0" * 400, bruit(200)[:900], b""])
def test_une_image_abimee_ne_fait_rien_tomber(octets):
    assert examiner(octets, PNG.type_mime).vignette is None


def test_l_atelier_a_une_memoire_bornee_et_n_ecrit_nulle_part(tmp_path):
    gourmand = CHARGER + f"m['borner'](); x = bytearray({MEMOIRE})"
    fini = subprocess.run([sys.executable, "-I", "-c", gourmand], capture_output=True, timeout=60)
    assert b"MemoryError" in fini.stderr
    ecrivain = CHARGER + f"m['borner'](); open({str(tmp_path / 'x')!r}, 'w').write('a' * 9999)"
    assert subprocess.run([sys.executable, "-I", "-c", ecrivain], capture_output=True, timeout=60).returncode != 0


@pytest.mark.parametrize(
    ("script", "motif"),
    [
        ("import time; time.sleep(60)", "trop_long"),
        ("import os; os.kill(os.getpid(), 11)", "illisible"),
        ("print('pas du json')", "illisible"),
        ("print('[]')", "illisible"),
        ("print('x' * 6_000_000)", "illisible"),
    ],
)
def test_un_atelier_qui_meurt_se_tait_ou_delire_donne_un_examen_vide(script, motif, tmp_path, monkeypatch):
    faux = tmp_path / "atelier.py"
    faux.write_text(script)
    monkeypatch.setattr(module, "ATELIER", faux)
    monkeypatch.setattr(module, "DELAI", 1)
    lu = examiner(f.pdf(), PDF.type_mime)
    assert (lu.texte, lu.vignette, lu.motif) == ("", None, motif)


def test_l_atelier_ne_connait_ni_django_ni_l_environnement():
    espion = CHARGER + "print(json.dumps(['django' in sys.modules, dict(os.environ)]))"
    fini = subprocess.run([sys.executable, "-I", "-c", espion], capture_output=True, env={}, timeout=60)
    django, environnement = json.loads(fini.stdout)
    assert not django
    assert not any(nom.startswith("ESPERLUETTE") for nom in environnement)


def test_ce_qui_n_est_ni_pdf_ni_image_n_a_pas_de_vignette():
    lu = examiner(f.pandoc("docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    assert lu.vignette is None
    assert "Loudéac" in lu.texte
