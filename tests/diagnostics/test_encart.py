"""Des chiffres publics insérés dans un projet : leur forme, leurs mots, ce qui les recalcule."""

import copy
import re
import zipfile
from io import BytesIO

import pytest

from esperluette.commun.erreurs import ErreurMetier
from esperluette.diagnostics import encart, encart_ecrit
from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import produire
from esperluette.indicateurs.definitions import themes
from esperluette.referentiel.lecture import editions, national
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.normalisation import ValeurRefusee, normaliser
from esperluette.referentiel.trames import est_vide
from tests.documents.outils import texte_pdf
from tests.fabriques import chiffres
from tests.fabriques.documents import trame
from tests.fabriques.territoires import petite_bretagne

CHAMP = Champ(id="chiffres", libelle="Chiffres publics", type="chiffres", themes=("population",))
CORPS = {"docx": "word/document.xml", "odt": "content.xml"}
HOSTILES = ["<script>alert(1)</script>", "#set page()", "$x$ @ref", "a\x00b", "x" * 4_000, "\ud800", "‮zip"]


# --- La forme --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vide", [None, "", {}, {"mode": "fige"}, {"commentaire": "  "}, {"contestes": {"a": "b"}}])
def test_sans_chiffre_ni_mot_le_champ_est_vide(vide):
    assert normaliser(CHAMP, vide) is None
    assert est_vide(CHAMP, normaliser(CHAMP, vide))
    assert encart_ecrit.ecrire(None) is None
    assert encart_ecrit.en_texte(None) == ""


def test_une_valeur_normalisee_ne_change_plus():
    valeur = normaliser(CHAMP, chiffres.encart(commentaire=" Vu. ", contestes={"densite": "Faux.", "population": " "}))
    assert (valeur["commentaire"], valeur["contestes"]) == ("Vu.", {"densite": "Faux."})
    assert normaliser(CHAMP, copy.deepcopy(valeur)) == valeur
    assert encart.lire(valeur).instantane.communes[0].nom == "Loudéac"
    assert not est_vide(CHAMP, valeur)


@pytest.mark.parametrize(
    ("brut", "message"),
    [
        ("texte", "insérez-les"),
        ([1], "insérez-les"),
        ({"intrus": 1}, "insérez-les"),
        ({"mode": "autre"}, "insérez-les"),
        ({"instantane": "x"}, "insérez-les"),
        ({"instantane": {"x": "y" * 3_000_001}}, "trop de communes"),
        ({"commentaire": "x" * 5_001}, "trop long"),
        ({"commentaire": "x", "contestes": {"": "faux"}}, "Choisissez le chiffre"),
        ({"commentaire": "x", "contestes": {"a b": "faux"}}, "Choisissez le chiffre"),
        ({"commentaire": "x", "contestes": {"a": "x" * 1_001}}, "trop long"),
        ({"commentaire": "x", "contestes": [1]}, "mal formées"),
        ({"commentaire": "x", "contestes": {str(n): "x" for n in range(201)}}, "mal formées"),
        ({"fournis": ["x"]}, "au plus"),
        ({"fournis": [{"libelle": "x" * 501}]}, "trop long"),
        ({"fournis": [{}] * 51}, "au plus"),
    ],
)
def test_une_valeur_mal_formee_est_refusee_en_le_disant(brut, message):
    with pytest.raises(ValeurRefusee, match=message):
        normaliser(CHAMP, brut)


@pytest.mark.parametrize("champ", [{"themes": ()}, {"obligatoire": True}, {"type": "texte"}])
def test_un_champ_de_chiffres_a_ses_themes_et_ne_s_exige_pas(champ):
    with pytest.raises(ValueError, match=r"themes|exigent"):
        Champ(**({"id": "c", "libelle": "C", "type": "chiffres", "themes": ("population",)} | champ))


def test_des_chiffres_ne_tiennent_pas_dans_un_tableau():
    with pytest.raises(ValueError, match="ni des chiffres"):
        Champ(id="t", libelle="T", type="tableau", colonnes=(CHAMP,))


def test_chaque_theme_des_editions_est_un_theme_du_diagnostic():
    connus = {t.id for t in themes()} | set(encart.PARTIES)
    trames = [t for e in editions() for t in e.trames.values()] + list(national().trames.values())
    vus = [(t.id, theme) for t in trames for _, c in t.champs() for theme in c.themes]
    assert {trame_id for trame_id, _ in vus} == {
        "projet-sante-esp", "projet-sante-msp", "fiche-presentation-esp", "projet-de-sante-esp",
    }  # fmt: skip
    assert [v for v in vus if v[1] not in connus] == []


# --- Les mots --------------------------------------------------------------------------------------------


def test_chaque_chiffre_se_lit_face_aux_territoires_qui_l_entourent():
    ecrit = encart_ecrit.ecrire(chiffres.encart())
    assert ecrit.territoire == "Loudéac et Plouguenast-Langast"
    assert ecrit.colonnes[1:] == ("CC Loudéac", "Côtes-d’Armor", "Bretagne", "France")
    habitants, densite = ecrit.groupes[0].lignes
    assert (habitants.libelle, habitants.valeurs[0]) == ("Habitants", "12\u202f100")
    assert densite.libelle.startswith("Densité")
    assert (densite.valeurs[0], densite.valeurs[1]) == ("93,1", "secret statistique")
    assert [(f.libelle, f.valeurs[0]) for f in ecrit.faits] == [
        ("Zonage médecins", "ZIP : toutes les communes"),
        ("Établissements du champ hospitalier", "CH du Centre, Loudéac (Hôpital)"),
        ("Service d’urgences : au plus près", "Saint-Brieuc, à 34 km à vol d’oiseau"),
    ]
    assert ecrit.sources == ("Insee, Comparateur, 2021", "ARS Bretagne, 2024", "BPE, 2023")


def test_un_niveau_auquel_il_manque_des_communes_le_dit_d_un_mot_et_sous_le_tableau():
    valeur = chiffres.encart()
    assert encart_ecrit.ecrire(valeur).note == ""
    france = valeur["instantane"]["themes"][0]["lignes"][0]["valeurs"]["france"]
    france |= {"etat": "incomplet", "communes": 34_969, "comptees": 34_870}
    ecrit = encart_ecrit.ecrire(valeur)
    assert ecrit.groupes[0].lignes[0].valeurs[-1] == "67\u202f000\u202f000 (partiel)"
    assert ecrit.note.startswith("Partiel : ")
    assert "des communes manquent au chiffre" in imprimer(valeur, "html").decode()


def test_un_chiffre_conteste_le_dit_a_sa_ligne_et_au_bas():
    ecrit = encart_ecrit.ecrire(chiffres.encart(contestes={"densite": "La lande est vide.", "disparu": "?"}))
    assert [li.renvoi for li in ecrit.groupes[0].lignes] == [0, 1]
    assert ecrit.contestes[0][0].startswith("Densité")
    assert ecrit.contestes[0][1] == "La lande est vide."
    assert ecrit.contestes[1] == ("Chiffre retiré depuis", "?")


def test_des_chiffres_suivis_le_disent_tant_que_le_projet_s_ecrit():
    assert encart_ecrit.ecrire(chiffres.encart(), brouillon=True).suivi
    assert not encart_ecrit.ecrire(chiffres.encart()).suivi
    assert not encart_ecrit.ecrire(chiffres.encart(mode="fige"), brouillon=True).suivi


def test_un_chiffre_de_l_ars_se_lit_avec_sa_source_meme_seul():
    valeur = normaliser(
        CHAMP, encart.avec_fourni(None, libelle="Patients en ALD", valeur="1 240", unite="patients", source="SNDS")
    )
    ecrit = encart_ecrit.ecrire(valeur)
    assert ecrit.faits[0].valeurs == ("1 240 patients (donné par l’ARS : SNDS)",)
    assert (ecrit.le, ecrit.groupes, ecrit.suivi) == ("", (), False)
    assert (
        encart.avec_fourni(valeur, libelle="Patients en ALD", valeur="1 240", unite="patients", source="SNDS")
        == valeur
    )
    assert normaliser(CHAMP, encart.sans(valeur, valeur["fournis"][0]["id"])) is None


def test_le_texte_d_un_encart_dit_tout_ce_qu_il_montre():
    texte = encart_ecrit.en_texte(chiffres.encart(commentaire="Nous montons.", contestes={"population": "Recompté."}))
    for attendu in ("Habitants : 12\u202f100 (CC Loudéac 50", "Contesté par l’équipe, Habitants : Recompté.",
                    "Commentaire de l’équipe : Nous montons.", "Sources : Insee"):  # fmt: skip
        assert attendu in texte


def test_un_grand_territoire_compte_ses_communes():
    valeur = chiffres.encart()
    valeur["instantane"]["communes"] = [{"code": f"{n:05}", "nom": f"Commune {n}", "population": 1} for n in range(13)]
    assert encart_ecrit.ecrire(valeur).territoire == "13 communes"


# --- Le document -----------------------------------------------------------------------------------------


def imprimer(valeur, format, *, brouillon=False):
    contexte = en_contexte(trame(brouillon=brouillon))
    imprime = en_contexte(encart_ecrit.ecrire(valeur, brouillon=brouillon))
    champ = {"libelle": "Chiffres publics", "type": "chiffres", "valeur": imprime, "aide": "", "unite": ""}
    contexte["rubriques"][0]["champs"] = [champ]
    return produire("documents/trame.html", contexte, format)


@pytest.mark.parametrize("format", ["html", "docx", "odt", "pdf"])
def test_ce_que_l_equipe_ecrit_ne_s_execute_jamais(format):
    fournis = [{"libelle": hostile[:400], "valeur": hostile[:90]} for hostile in HOSTILES]
    contestes = {f"ligne-{n}": hostile[:900] for n, hostile in enumerate(HOSTILES)}
    valeur = chiffres.encart(commentaire="\n".join(HOSTILES), contestes=contestes, fournis=fournis)
    octets = imprimer(normaliser(CHAMP, valeur), format)
    assert octets
    if format == "html":
        assert b"<script>" not in octets
        assert b"&lt;script&gt;" in octets


def test_l_encart_imprime_ses_chiffres_sa_contestation_ses_sources_et_sa_date():
    page = imprimer(
        chiffres.encart(commentaire="Nous montons.", contestes={"population": "Recompté."}), "html"
    ).decode()
    for attendu in ("12\u202f100", "(contesté, 1)", "Recompté.", "Nous montons.", "Insee, Comparateur, 2021",
                    "12 novembre 2026, et figés"):  # fmt: skip
        assert attendu in page.replace("\u00a0", " ")
    assert "suivent les données" in imprimer(chiffres.encart(), "html", brouillon=True).decode()


@pytest.mark.parametrize("lignes", range(27, 44))
def test_le_titre_d_un_encart_ne_reste_jamais_seul_en_bas_de_page(lignes, tmp_path):
    """Où qu'il tombe dans la page : son titre, l'avertissement, le thème et un chiffre au moins se suivent."""
    valeur = chiffres.encart()
    valeur["instantane"]["demonstration"] = True
    contexte = en_contexte(trame())
    avant = {"libelle": "", "type": "texte", "valeur": "\n".join(["Ligne."] * lignes), "aide": "", "unite": ""}
    champ = {"libelle": "Ces chiffres", "type": "chiffres", "valeur": en_contexte(encart_ecrit.ecrire(valeur)),
             "aide": "", "unite": ""}  # fmt: skip
    contexte["rubriques"] = [contexte["rubriques"][0] | {"champs": [avant, champ]}]
    pages = texte_pdf(produire("documents/trame.html", contexte, "pdf"), tmp_path).split("\f")
    (page,) = (page for page in pages if "Ces chiffres" in page)
    for suite in ("Chiffres de démonstration", "La population", "Habitants"):
        assert suite in page


@pytest.mark.parametrize(("format", "fichier", "attribut"), [
    ("docx", "word/styles.xml", "<w:keepNext"), ("odt", "styles.xml", 'fo:keep-with-next="always"'),
])  # fmt: skip
def test_le_titre_d_un_encart_suit_ses_chiffres_dans_un_traitement_de_texte(format, fichier, attribut):
    with zipfile.ZipFile(BytesIO(imprimer(chiffres.encart(), format))) as archive:
        styles, corps = archive.read(fichier).decode(), archive.read(CORPS[format]).decode()
    (style,) = re.findall(r'<(?:w|style):style [^>]*"ChiffresTitre".*?</(?:w|style):style>', styles, re.DOTALL)
    assert attribut in style
    assert "ChiffresTitre" in corps


# --- Le calcul -------------------------------------------------------------------------------------------


@pytest.fixture
def bretagne(db):
    return petite_bretagne()


def test_sans_rien_de_charge_on_ne_peut_rien_inserer(bretagne):
    with pytest.raises(ErreurMetier, match="encore chargé"):
        encart.calculer(["22136"], ["population"])


def test_on_ne_garde_que_les_themes_demandes_et_ce_qui_est_charge(bretagne):
    chiffres.charger()
    calcule = encart.calculer(["22136", "22219"], ["population", "acces"])
    assert [t["id"] for t in calcule["themes"]] == ["population"]
    assert calcule["themes"][0]["lignes"][0]["valeurs"]["territoire"]["valeur"] == 12_100
    assert (calcule["pyramide"], calcule["etablissements"]) == (None, [])


def test_des_chiffres_suivis_se_recalculent_et_des_chiffres_figes_non(bretagne):
    chiffres.charger()
    ancien = chiffres.encart()
    suivi = encart.a_jour(ancien, ["22136"], ["population"])
    assert suivi["instantane"]["themes"][0]["lignes"][0]["valeurs"]["territoire"]["valeur"] == 9_600
    assert ancien["instantane"]["calcule_le"] == "2026-11-12", "recalculer n'écrit rien"
    fige = chiffres.encart(mode="fige")
    assert encart.a_jour(fige, ["22136"], ["population"]) is fige


def test_des_chiffres_suivis_dont_le_jeu_est_parti_restent_les_derniers_connus(bretagne):
    ancien = chiffres.encart()
    assert encart.a_jour(ancien, ["22136"], ["population"]) == ancien
