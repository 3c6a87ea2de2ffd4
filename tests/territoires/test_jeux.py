"""Les descriptions des jeux officiels : celles du dépôt, et les fautes qu'on y ferait."""

from datetime import date

import pytest

from esperluette.referentiel.lecture import edition_en_vigueur, national, regions
from esperluette.territoires.jeux import JeuInconnu, JeuInvalide, jeu, jeux, lire

# Le vocabulaire des zonages du référentiel ; les deux apps s'ignorent, l'essai les confronte.
VALIDE = """
titre: Essai
producteur: Personne
licence: Aucune
millesime: "2025"
ou_le_prendre: Nulle part.
zones: [zip]
formes: [{code: code, valeur: Zonage}]
valeurs: {oui: dedans}
classes:
  dedans: {libelle: Dedans, oui: [zip]}
"""


def test_les_quatre_jeux_se_lisent():
    assert list(jeux()) == ["densite", "frr", "qpv", "zonage-medecins"]
    assert all(j.producteur and j.licence and j.millesime for j in jeux().values())


def test_chaque_zone_est_connue_du_referentiel():
    connues = set(national().zonages)
    for region in regions():
        if edition := edition_en_vigueur(region, date(2026, 1, 1)):
            connues |= set(edition.socle.zonages)
    assert {z for j in jeux().values() for z in j.zones} <= connues


@pytest.mark.parametrize("identifiant", ["densite", "frr", "qpv", "zonage-medecins"])
def test_un_jeu_a_une_adresse_ou_dit_ou_le_prendre(identifiant):
    decrit = jeu(identifiant)
    assert decrit.adresse.startswith("https://") or len(decrit.ou_le_prendre) > 40


@pytest.mark.parametrize("identifiant", ["densite", "frr", "qpv", "zonage-medecins"])
def test_toute_classe_vient_d_une_valeur_d_une_forme_ou_d_une_absence(identifiant):
    decrit = jeu(identifiant)
    assert set(decrit.classes) == {*decrit.valeurs.values(), *(f.fixe for f in decrit.formes), decrit.absence} - {""}


def test_un_quartier_prioritaire_n_est_jamais_un_oui():
    assert not any("qpv" in classe.oui for classe in jeu("qpv").classes.values())


def test_les_classes_du_zonage_medecins_s_excluent():
    classes = jeu("zonage-medecins").classes
    for nom in ("zip", "zac", "zar", "hors_zone"):
        assert classes[nom].oui == (nom,)
        assert {"zip", "zac"} - {nom} <= set(classes[nom].non)


@pytest.mark.parametrize("identifiant", ["densite", "frr", "qpv", "zonage-medecins"])
def test_chaque_question_se_remplit(identifiant):
    for classe in jeu(identifiant).classes.values():
        for phrase in (*classe.partiel.values(), *classe.partiel_plusieurs.values()):
            ecrite = phrase.format(commune="Gap", precisions="Haut-Gap", nombre=2)
            assert "Gap" in ecrite
            assert "{" not in ecrite


def test_un_jeu_inconnu_nomme_les_connus():
    with pytest.raises(JeuInconnu, match=r"« zip »\. Jeux connus : densite, frr, qpv, zonage-medecins\."):
        jeu("zip")


def test_le_jeu_d_essai_se_lit():
    assert lire("essai", VALIDE.encode()).formes[0].colonnes == ("code", "Zonage")


@pytest.mark.parametrize(
    ("avant", "apres", "cause"),
    [
        ("oui: dedans", "oui: dehors", "classes citées mais non décrites : dehors"),
        ("oui: [zip]", "oui: [zac]", "zones absentes de « zones » : zac"),
        ("ou_le_prendre: Nulle part.", "", "il faut une adresse"),
        ("ou_le_prendre: Nulle part.", "adresse: http://exemple.example", "https://"),
        ("{code: code, valeur: Zonage}", "{valeur: Zonage}", "« code »"),
        ("{code: code, valeur: Zonage}", "{code: code, code_postal: cp, nom: n, valeur: Z}", "« code »"),
        ("{code: code, valeur: Zonage}", "{code: code}", "« valeur »"),
        ("{code: code, valeur: Zonage}", "{code: code, valeur: Z, fixe: dedans}", "« valeur »"),
        ("titre: Essai", "titree: Essai", "titre"),
        ("titre: Essai", "titre: [", "YAML illisible"),
        ('millesime: "2025"', "millesime: 2025", "millesime"),
    ],
)
def test_une_description_fautive_est_refusee_en_nommant_la_faute(avant, apres, cause):
    assert avant in VALIDE
    with pytest.raises(JeuInvalide, match=cause):
        lire("essai", VALIDE.replace(avant, apres).encode())


def test_une_description_vide_ou_mal_encodee_est_refusee():
    for octets in (b"", b"\xff\xfe\x00", b"- liste"):
        with pytest.raises(JeuInvalide, match=r"essai\.yaml"):
            lire("essai", octets)
