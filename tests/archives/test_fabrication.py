"""L'archive d'un dossier se vérifie sans Esperluette, et les mêmes faits donnent les mêmes octets."""

import hashlib
import io
import json
import re
import tracemalloc
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from esperluette.archives.fabrication import ecrire
from esperluette.documents.emport import Piece, PieceManquante, Public, Regard, piece_octets
from esperluette.dossiers.contributions import ARCHIVES
from esperluette.dossiers.models import PieceJointe
from esperluette.dossiers.taches import produire_documents
from esperluette.echanges.models import NoteInterne
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from esperluette.journal.actions import cle_de, consigner, effacer_les_noms
from esperluette.journal.lectures import retrouver
from esperluette.journal.models import Evenement
from tests.archives.outils import SUIVRE_LA_CHAINE, joindre, lancer, manifeste, octets, ouvrir
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.journal.test_ligne_tombe import au_premier_format

pytestmark = pytest.mark.django_db


class TestUnDossierDepose:
    """Le tout, en une fois : produire trois documents prend quelques secondes."""

    def test_un_tiers_verifie_tout_avec_sha256sum(self, equipe, tmp_path):
        depot = fabrique.depose(equipe)
        dossier = depot.dossier
        produire_documents.func(depot.pk)
        depot.refresh_from_db()
        for pour in Public:
            archive = octets(dossier, pour)
            assert octets(dossier, pour) == archive, "le même état donne les mêmes octets"
            ici = ouvrir(archive, tmp_path / pour)
            assert manifeste(ici) == 0
            assert lancer(SUIVRE_LA_CHAINE, ici) == (0, "")
            code, sortie = lancer("sh verifier.sh", ici)
            assert (code, sortie.count("\n")) == (0, 3), sortie
            self._se_rattache_a_ce_qui_est_signe_et_imprime(depot, ici)

    def _se_rattache_a_ce_qui_est_signe_et_imprime(self, depot, ici):
        version = ici / "depots/version-1"
        contenu = (version / "contenu.json").read_bytes()
        assert hashlib.sha256(contenu).hexdigest() == depot.empreinte
        assert {p.suffix for p in version.iterdir() if p.is_file()} == {".json", ".pdf", ".docx", ".odt"}
        signatures = json.loads((version / "signatures.json").read_text())
        assert {s["empreinte"] for s in signatures["posees"]} == {depot.empreinte}
        preuves = sorted((version / "preuves").iterdir())
        assert {hashlib.sha256(p.read_bytes()).hexdigest() for p in preuves} == {
            s.preuve.empreinte for s in depot.signatures.all()
        }
        # La tête imprimée sur l'accusé se retrouve dans l'archive et dans le journal, et s'y vérifie.
        imprimee = depot.accuse.contexte["journal"]
        assert len(imprimee) == 64
        (maillon,) = [n for n in (ici / "MANIFESTE.sha256").read_text().splitlines() if n.startswith(imprimee)]
        assert re.fullmatch(r"[0-9a-f]{64}  journal/\d{6}\.json", maillon)
        evenement, rapport = retrouver(imprimee)
        assert (evenement.sorte, rapport.intact) == ("depot", True)
        assert maillon.endswith(f"/{evenement.numero:06d}.json")


ATTEINTES = {
    "un octet d'une pièce": lambda ici: _changer(ici / "pieces/01-plan.pdf"),
    "le nom d'un auteur": lambda ici: _changer(ici / "journal/000001.auteur.json"),
    "le contenu d'un acte": lambda ici: _changer(ici / "journal/000001.contenu.json"),
    "un maillon retiré": lambda ici: (ici / "journal/000002.json").unlink(),
    "la tête": lambda ici: (ici / "journal/TETE.txt").write_text("2 " + "0" * 64 + "\n"),
}


def _changer(chemin):
    lu = bytearray(chemin.read_bytes())
    lu[len(lu) // 2] ^= 1
    chemin.write_bytes(lu)


def refaire_le_manifeste(ici):
    """Un faussaire appliqué refait le manifeste ; la chaîne, elle, ne se refait pas."""
    lancer("find . -type f ! -name MANIFESTE.sha256 | sed 's|^./||' | xargs sha256sum > MANIFESTE.sha256", ici)


@pytest.fixture
def ouverte(brouillon, acteurs, tmp_path):
    joindre(brouillon, acteurs["porteuse"], "plan.pdf")
    return ouvrir(octets(brouillon), tmp_path / "archive")


@pytest.mark.parametrize("atteinte", ATTEINTES)
def test_un_octet_change_se_voit(ouverte, atteinte):
    assert lancer("sh verifier.sh", ouverte)[0] == 0
    ATTEINTES[atteinte](ouverte)
    assert manifeste(ouverte) != 0
    assert lancer("sh verifier.sh", ouverte)[0] == 1


@pytest.mark.parametrize("atteinte", [a for a in ATTEINTES if "pièce" not in a])
def test_le_journal_se_defend_meme_si_le_manifeste_est_refait(ouverte, atteinte):
    ATTEINTES[atteinte](ouverte)
    refaire_le_manifeste(ouverte)
    assert manifeste(ouverte) == 0
    code, sortie = lancer("sh verifier.sh", ouverte)
    assert code == 1
    assert "ANOMALIE" in sortie


def test_le_manifeste_nomme_chaque_fichier_et_lui_seul(ouverte):
    nommes = {ligne[66:] for ligne in (ouverte / "MANIFESTE.sha256").read_text().splitlines()}
    presents = {str(p.relative_to(ouverte)) for p in ouverte.rglob("*") if p.is_file()}
    assert nommes == presents - {"MANIFESTE.sha256"}


def test_le_mode_d_emploi_parle_des_trois_systemes_et_echappe_le_reste(equipe, tmp_path):
    equipe.nom = "<script>alert(1)</script> & fils"
    equipe.save()
    ici = ouvrir(octets(fabrique.brouillon(equipe)), tmp_path)
    html, texte = ((ici / f"LISEZ-MOI.{f}").read_text() for f in ("html", "txt"))
    for mot in ("sha256sum -c", "shasum -a 256 -c", "Get-FileHash"):
        assert mot in html
        assert mot in texte
    assert "<script>" not in html
    assert "<script>alert(1)</script> & fils" in texte


def test_l_equipe_verifie_une_chaine_dont_elle_ne_lit_pas_tout(dossier, acteurs, tmp_path):
    consigner("piece_jointe", dossier, acteur=acteurs["porteuse"])
    echanges.note(dossier, acteurs["referente"], texte="Entre nous seulement")
    consigner("decision_preparee", dossier, acteur=acteurs["referente"], sens="refus")
    consigner("piece_jointe", dossier, acteur=acteurs["porteuse"])
    ici = ouvrir(octets(dossier), tmp_path)
    assert lancer("sh verifier.sh", ici)[0] == 0
    assert lancer(SUIVRE_LA_CHAINE, ici)[0] == 0
    tout = b"".join(p.read_bytes() for p in ici.rglob("*") if p.suffix in {".json", ".html", ".txt"}).decode()
    assert NoteInterne.objects.count() == 1
    for secret in ("note_interne", "Entre nous", "decision_preparee", "refus", str(acteurs["referente"])):
        assert secret not in tout
    assert "Acte interne de l’ARS, non communiqué" in tout


def test_une_chaine_ancienne_et_des_noms_effaces_se_verifient_encore(brouillon, acteurs, tmp_path):
    porteuse = acteurs["porteuse"]
    au_premier_format("piece_jointe", brouillon, porteuse, piece=3)
    au_premier_format("note_interne", brouillon, acteurs["referente"], note=1)
    consigner("piece_retiree", brouillon, acteur=porteuse, piece=3)
    effacer_les_noms(porteuse)
    for pour in Public:
        ici = ouvrir(octets(brouillon, pour), tmp_path / pour)
        code, sortie = lancer("sh verifier.sh", ici)
        assert code == 0, sortie
        journal = "".join(p.read_text() for p in (ici / "journal").iterdir())
        assert str(porteuse) not in journal
        assert "Une personne dont le compte est effacé" in journal
    _changer(next((tmp_path / "ars/journal").glob("*.sans-nom.json")))
    refaire_le_manifeste(tmp_path / "ars")
    assert lancer("sh verifier.sh", tmp_path / "ars")[0] == 1


def test_un_fichier_en_quarantaine_ne_sort_jamais(brouillon, acteurs, tmp_path):
    infecte = joindre(brouillon, acteurs["porteuse"], "infecte.pdf").fichier
    infecte.analyse = Analyse.INFECTE
    infecte.save()
    for pour in Public:
        ici = ouvrir(octets(brouillon, pour), tmp_path / pour)
        assert not any("infecte" in p.name for p in ici.rglob("*"))
    assert "L’antivirus y a reconnu un danger" in (tmp_path / "equipe/LISEZ-MOI.txt").read_text()


def test_un_fichier_perdu_ou_change_se_dit_et_n_arrete_rien(brouillon, acteurs, tmp_path):
    porteuse = acteurs["porteuse"]
    perdu, change = (joindre(brouillon, porteuse, nom).fichier for nom in ("perdu.pdf", "change.pdf"))
    default_storage.delete(perdu.contenu.name)
    with default_storage.open(change.contenu.name, "wb") as flux:
        flux.write(b"autre chose")
    flux = io.BytesIO()
    bilan = ecrire(brouillon, Regard(Public.EQUIPE), flux)
    assert [a for a, _ in bilan.alertes] == ["Pièce jointe : perdu.pdf", "Pièce jointe : change.pdf"]
    ici = ouvrir(flux.getvalue(), tmp_path)
    assert "n’a plus l’empreinte attendue" in (ici / "LISEZ-MOI.txt").read_text()
    assert lancer("sh verifier.sh", ici)[0] == 0


def test_les_dates_du_zip_sont_celles_des_actes_en_temps_universel(brouillon, settings):
    avant = zipfile.ZipFile(io.BytesIO(octets(brouillon))).infolist()
    settings.TIME_ZONE = "Indian/Reunion"
    apres = zipfile.ZipFile(io.BytesIO(octets(brouillon))).infolist()
    assert [(e.filename, e.date_time) for e in apres] == [(e.filename, e.date_time) for e in avant]
    assert {e.create_system for e in apres} == {3}
    assert {e.external_attr >> 16 for e in apres} == {0o644, 0o755}
    premier = next(e for e in apres if e.filename == "journal/000001.json")
    assert premier.date_time[:5] == Evenement.objects.get(chaine_id=cle_de(brouillon), numero=1).le.timetuple()[:5]


def test_un_gros_fichier_passe_par_morceaux(brouillon, acteurs, tmp_path):
    """Quarante mégaoctets, et la mémoire de Python n'en prend pas quatre."""
    taille = 40 * 1024 * 1024
    gros = Fichier(nom="gros.zip", type_mime="application/zip", taille=taille, depose_par=acteurs["porteuse"])
    gros.contenu.save("gros", ContentFile(b""), save=False)
    calcul = hashlib.sha256()
    with default_storage.open(gros.contenu.name, "wb") as flux:
        for _ in range(40):
            calcul.update(bytes(1024 * 1024))
            flux.write(bytes(1024 * 1024))
    gros.empreinte = calcul.hexdigest()
    gros.save()
    PieceJointe.objects.create(dossier=brouillon, fichier=gros, libelle="Gros", jointe_par=acteurs["porteuse"])
    tracemalloc.start()
    try:
        with (tmp_path / "gros.zip").open("wb") as sortie:
            bilan = ecrire(brouillon, Regard(Public.EQUIPE), sortie)
        pic = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert not bilan.alertes
    assert bilan.octets > taille
    assert pic < 4 * 1024 * 1024


def test_plus_de_65_535_fichiers_font_un_zip64_lisible(brouillon, tmp_path):
    def nombreuses(_dossier, _regard):
        return (piece_octets(f"nombre/{n // 1000}/{n}.txt", "Un parmi d’autres", b"x") for n in range(66_000))

    ARCHIVES.inscrire(nombreuses)
    try:
        archive = zipfile.ZipFile(io.BytesIO(octets(brouillon)))
    finally:
        ARCHIVES.retirer(nombreuses)
    assert len(archive.namelist()) > 66_000
    assert archive.read("nombre/65/65999.txt") == b"x"


def test_ce_qu_une_app_ne_peut_pas_joindre_se_dit(brouillon):
    def refuser():
        raise PieceManquante("Pas aujourd’hui.")

    def sans_piece(_dossier, _regard):
        return [Piece("x.txt", "Introuvable", refuser)]

    ARCHIVES.inscrire(sans_piece)
    try:
        bilan = ecrire(brouillon, Regard(Public.EQUIPE), io.BytesIO())
    finally:
        ARCHIVES.retirer(sans_piece)
    assert bilan.alertes == [("Introuvable", "Pas aujourd’hui.")]
    assert "x.txt" not in {ligne.chemin for ligne in bilan.lignes}


class TestCommande:
    def test_ecrit_deux_fois_les_memes_octets(self, brouillon, tmp_path, capsys):
        for nom in ("a.zip", "b.zip"):
            call_command("archiver", brouillon.reference, "-o", str(tmp_path / nom))
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
        assert "SHA-256" in capsys.readouterr().out

    def test_repond_en_json(self, brouillon, tmp_path, capsys):
        sortie = tmp_path / "x.zip"
        call_command("archiver", brouillon.reference, "-o", str(sortie), "--json")
        dit = json.loads(capsys.readouterr().out)
        assert dit["empreinte"] == hashlib.sha256(sortie.read_bytes()).hexdigest()
        assert (dit["pour"], dit["alertes"]) == ("equipe", [])

    def test_sort_avec_1_quand_une_piece_manque(self, brouillon, acteurs, tmp_path):
        perdu = joindre(brouillon, acteurs["porteuse"], "perdu.pdf").fichier
        default_storage.delete(perdu.contenu.name)
        with pytest.raises(SystemExit) as sortie:
            call_command("archiver", brouillon.reference, "-o", str(tmp_path / "x.zip"))
        assert sortie.value.code == 1
        assert (tmp_path / "x.zip").exists()

    @pytest.mark.parametrize("arguments", [["RIEN"], ["{ref}", "--pour", "ars"], ["{ref}", "-o", "/nulle/part/x.zip"]])
    def test_une_entree_fausse_sort_avec_2_et_n_ecrit_rien(self, brouillon, arguments, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(CommandError) as erreur:
            call_command("archiver", *(a.format(ref=brouillon.reference) for a in arguments))
        assert erreur.value.returncode == 2
        assert list(tmp_path.iterdir()) == []
