"""Une édition publiée ne change plus : son empreinte est inscrite, et un essai la compare."""

import shutil

import pytest

from esperluette.referentiel import empreintes, lecture


def test_les_editions_publiees_n_ont_pas_change():
    """Si cet essai échoue : ouvrez une nouvelle édition au lieu de modifier celle-ci."""
    publiees = empreintes.lire_registre(lecture.DOSSIER_DU_PAQUET)
    assert publiees == empreintes.calculer(lecture.DOSSIER_DU_PAQUET)


def test_l_edition_porte_son_empreinte(bretagne):
    publiees = empreintes.lire_registre(lecture.DOSSIER_DU_PAQUET)
    assert bretagne.empreinte == publiees["bretagne/2024-10"]
    assert bretagne.socle.empreinte == publiees["national/2026"]


@pytest.mark.parametrize("fichier", ["criteres.yaml", "edition.yaml", "trames/projet-sante-esp.yaml"])
def test_changer_une_regle_change_l_empreinte(atelier, fichier):
    avant = atelier.charger().empreinte
    atelier.ajouter(fichier, "\n# une remarque\n")
    assert atelier.charger().empreinte != avant


@pytest.mark.parametrize("fichier", ["local.yaml", "cas/composition.yaml"])
def test_changer_un_contact_ou_un_cas_ne_la_change_pas(atelier, fichier):
    avant = atelier.charger().empreinte
    atelier.ajouter(fichier, "\n# une remarque\n")
    assert atelier.charger().empreinte == avant


def test_les_fins_de_ligne_ne_la_changent_pas(atelier):
    avant = atelier.charger().empreinte
    for fichier in atelier.racine.rglob("*.yaml"):
        fichier.write_bytes(fichier.read_bytes().replace(b"\n", b"\r\n"))
    assert atelier.charger().empreinte == avant


def test_deplacer_un_texte_d_un_fichier_a_l_autre_la_change(tmp_path):
    un, deux = tmp_path / "un", tmp_path / "deux"
    for dossier, (a, b) in ((un, ("x", "yz")), (deux, ("xy", "z"))):
        dossier.mkdir()
        (dossier / "a.yaml").write_text(a, encoding="utf-8")
        (dossier / "b.yaml").write_text(b, encoding="utf-8")
    assert empreintes.empreinte(un) != empreintes.empreinte(deux)


def test_un_ecart_se_dit(atelier):
    assert empreintes.ecarts(atelier.racine) == []
    atelier.ajouter("criteres.yaml", "\n# une remarque\n")
    shutil.rmtree(atelier.racine / "bretagne" / "2019-10")
    shutil.copytree(atelier.racine / "national" / "2026", atelier.racine / "national" / "2027")
    assert [p.cause.partition(" :")[0] for p in empreintes.ecarts(atelier.racine)] == [
        "l'édition publiée bretagne/2019-10 a disparu",
        "l'édition publiée bretagne/2024-10 a changé",
        "national/2027 n'est pas inscrite",
    ]


def test_sceller_n_ecrase_pas_une_empreinte_inscrite(atelier):
    avant = empreintes.lire_registre(atelier.racine)
    atelier.ajouter("criteres.yaml", "\n# une remarque\n")
    assert empreintes.sceller(atelier.racine, []) == []
    assert empreintes.lire_registre(atelier.racine) == avant
    assert empreintes.sceller(atelier.racine, ["bretagne/2024-10"], remplacer=True) == ["bretagne/2024-10"]
    assert empreintes.ecarts(atelier.racine) == []


def test_sceller_une_edition_inconnue_est_refuse(atelier):
    with pytest.raises(LookupError, match="normandie/2026"):
        empreintes.sceller(atelier.racine, ["normandie/2026"])


def test_un_dossier_sans_registre_n_a_rien_publie(atelier):
    (atelier.racine / empreintes.REGISTRE).unlink()
    assert empreintes.ecarts(atelier.racine) == []
