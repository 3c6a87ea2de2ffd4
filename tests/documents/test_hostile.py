"""Un fichier piégé qu'on demande de vérifier : refusé en temps et mémoire bornés, sans rien emporter."""

import json
import time
import zipfile
import zlib
from io import BytesIO

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

from esperluette.documents import verification
from esperluette.documents.enums import Confiance, EtatDuSceau, Verdict
from esperluette.documents.lecture_du_sceau import Autorites, autorites, lire_le_sceau
from esperluette.documents.verification import VerificationRefusee, verifier


def hors_ligne(octets):
    return verifier(octets, base=False)


def bombe_de_flux():
    """Un PDF de quelques Ko dont un flux en vaut des milliards, et qui se dit signé."""
    interieur = zlib.compress(zlib.compress(b"\x00" * 200_000_000, 9), 9)
    return (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/AcroForm 2 0 R>>endobj\n"
        b"2 0 obj<</Fields[]/X(/ByteRange)>>endobj\n"
        b"3 0 obj<</Type/XRef/Size 4/Root 1 0 R/W[1 2 1]/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\n"
        b"endstream endobj\nstartxref\n100\n%%%%EOF" % (len(interieur), interieur)
    )


def xref_en_boucle():
    corps = b"%PDF-1.7\n1 0 obj<</Type/Catalog/X(/ByteRange)>>endobj\n"
    ou = len(corps)
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 2/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (ou, ou)
    return corps + table


def objets_en_boucle(scelle):
    """Un vrai PDF scellé dont le formulaire se contient lui-même."""
    ecrit = IncrementalPdfFileWriter(BytesIO(scelle))
    champs = ecrit.root["/AcroForm"]["/Fields"]
    champ_neuf = ecrit.add_object(fields.generic.DictionaryObject({"/T": fields.generic.TextStringObject("a")}))
    champ_neuf.get_object()[fields.generic.pdf_name("/Kids")] = fields.generic.ArrayObject([champ_neuf])
    champs.append(champ_neuf)
    ecrit.update_container(champs)
    sortie = BytesIO()
    ecrit.write(sortie)
    return sortie.getvalue()


@pytest.mark.parametrize("sorte", ["bombe", "boucle", "objets", "bruit", "bruit scelle", "imbrique"])
def test_un_pdf_hostile_est_refuse_en_temps_borne(scelle, sorte):
    bruit = bytes(range(256)) * (10 * 1024 * 4)
    octets = {
        "bombe": bombe_de_flux,
        "boucle": xref_en_boucle,
        "objets": lambda: objets_en_boucle(scelle),
        "bruit": lambda: b"%PDF-1.7\n/ByteRange " + bruit,
        "bruit scelle": lambda: scelle + bruit,
        "imbrique": lambda: b"%PDF-1.7\n/ByteRange " + b"[" * 1_000_000,
    }[sorte]()
    debut = time.monotonic()
    constat = hors_ligne(octets)
    assert constat.verdict in {Verdict.ALTERE, Verdict.ILLISIBLE}
    assert time.monotonic() - debut < 40
    json.dumps(constat.en_json())


@pytest.mark.django_db
def test_un_zip_bombe_ne_fait_rien_tomber(sceau_d_essai):
    sortie = BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\x00" * 300_000_000)
    debut = time.monotonic()
    assert verifier(sortie.getvalue()).verdict == Verdict.INCONNU
    assert time.monotonic() - debut < 10


@pytest.mark.django_db
def test_un_json_tres_profond_ne_fait_rien_tomber(sceau_d_essai):
    assert verifier(b"[" * 500_000).verdict == Verdict.INCONNU


def test_un_fichier_vide_ou_trop_gros_est_refuse(settings):
    settings.TAILLE_MAXIMALE_VERIFICATION = 1024 * 1024
    with pytest.raises(VerificationRefusee, match="vide"):
        verifier(b"", base=False)
    with pytest.raises(VerificationRefusee, match="1 Mo au plus"):
        verifier(b"x" * (1024 * 1024 + 1), base=False)


def test_le_verificateur_ne_herite_de_rien(scelle, monkeypatch):
    """Ni secret de l'environnement ni base : le programme à part ne reçoit que le fichier."""
    vus = {}
    vrai = verification.lire_le_sceau.__globals__["subprocess"].run

    def regarder(*arguments, **options):
        vus.update(options)
        return vrai(*arguments, **options)

    monkeypatch.setattr("esperluette.documents.lecture_du_sceau.subprocess.run", regarder)
    assert lire_le_sceau(scelle, autorites()).etat == EtatDuSceau.INTACT
    assert set(vus["env"]) == {"LANG", "MALLOC_ARENA_MAX"}


def test_sans_autorite_rien_n_est_reconnu(scelle):
    assert lire_le_sceau(scelle, Autorites()).confiance == Confiance.INCONNUE
