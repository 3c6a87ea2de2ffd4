"""Lit un PDF ou une image à l'écart du service : un processus à part, en mémoire et en temps bornés.

Lancé par `examen` comme un simple script (ni Django, ni base, ni environnement) ; reçoit les octets sur son entrée,
rend une ligne JSON : `{"texte", "vignette" (PNG en base64, ou null), "motif"}`. Il peut mourir : `examen` s'en remet.
"""

import base64
import io
import json
import resource
import sys

import pypdfium2
from PIL import Image, ImageOps

MEMOIRE = 768 * 1024 * 1024  # octets adressables
CALCUL = 15  # secondes de processeur
PAGES_LUES, SIGNES_LUS = 50, 200_000
COTES = (320, 240, 160, 96)  # points : la première taille qui tient dans POIDS
POIDS = 60_000  # octets
PIXELS = 40_000_000  # au-delà, une image ne s'ouvre pas
COULEURS = 64


def borner() -> None:
    """Pose les bornes de ce processus ; à faire avant de lire quoi que ce soit."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CPU, (CALCUL, CALCUL))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lire_pdf(octets: bytes) -> tuple[str, Image.Image | None, str]:
    """Le texte des premières pages, la première page en image, et pourquoi il manquerait quelque chose."""
    try:
        document = pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as erreur:
        return "", None, "mot_de_passe" if "password" in str(erreur).lower() else "illisible"
    if len(document) == 0:
        return "", None, "illisible"
    image = _premiere_page(document)
    textes, reste = [], SIGNES_LUS
    for rang in range(min(len(document), PAGES_LUES)):
        page = document[rang].get_textpage()
        texte = page.get_text_range(0, min(page.count_chars(), reste))
        textes.append(texte)
        reste -= len(texte)
        if reste <= 0:
            break
    return "\n".join(textes), image, "" if image else "illisible"


def _premiere_page(document: pypdfium2.PdfDocument) -> Image.Image | None:
    page = document[0]
    largeur, hauteur = page.get_size()
    if not (0 < largeur < 1e6 and 0 < hauteur < 1e6):
        return None
    # Arrondie vers le bas, une page très étroite garde au moins un point de large.
    echelle = max(COTES[0] / max(largeur, hauteur), 1.0 / min(largeur, hauteur))
    if max(largeur, hauteur) * echelle > 20 * COTES[0]:
        return None
    image: Image.Image = page.render(scale=echelle).to_pil()
    return image.convert("RGB")


def lire_image(octets: bytes) -> tuple[Image.Image | None, str]:
    """L'image, droite et sans ses métadonnées, réduite dès la lecture quand son format le permet."""
    try:
        with Image.open(io.BytesIO(octets), formats=("JPEG", "PNG")) as source:
            if source.width * source.height > PIXELS:
                return None, "trop_grande"
            source.draft("RGB", (2 * COTES[0], 2 * COTES[0]))
            source.thumbnail((2 * COTES[0], 2 * COTES[0]))
            droite = ImageOps.exif_transpose(source)
            fond = Image.new("RGB", droite.size, "white")
            fond.paste(droite.convert("RGBA"), mask=droite.convert("RGBA").getchannel("A"))
            return fond, ""
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None, "illisible"


def vignette_de(image: Image.Image) -> bytes | None:
    """Un PNG neuf de `POIDS` octets au plus : des points et rien d'autre, ni EXIF, ni profil, ni texte."""
    for cote in COTES:
        reduite = image.copy()
        reduite.thumbnail((cote, cote))
        for candidate in (reduite, reduite.quantize(COULEURS)):
            sortie = io.BytesIO()
            candidate.save(sortie, "PNG", optimize=True)
            if sortie.tell() <= POIDS:
                return sortie.getvalue()
    return None


def principal(sorte: str) -> None:
    borner()
    octets = sys.stdin.buffer.read()
    texte, motif = "", ""
    try:
        if sorte == "pdf":
            texte, image, motif = lire_pdf(octets)
        else:
            image, motif = lire_image(octets)
        vignette = vignette_de(image) if image is not None else None
    except MemoryError:
        vignette, motif = None, "trop_grande"
    reponse = {
        "texte": texte.encode("utf-8", "replace").decode(),
        "vignette": base64.b64encode(vignette).decode() if vignette else None,
        "motif": motif,
    }
    sys.stdout.write(json.dumps(reponse))


if __name__ == "__main__":
    principal(sys.argv[1])
