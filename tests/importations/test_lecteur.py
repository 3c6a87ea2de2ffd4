"""Les pièces du lecteur, une à une : textes, cases, dates, nombres, communes, personnes."""

import pytest

from esperluette.importations.lecteur.blocs import Bloc, en_html, en_texte, sans_debut
from esperluette.importations.lecteur.cases import cases_de, option_de
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.importations.lecteur.professions import lecteur_de_professions
from esperluette.importations.lecteur.tableaux import colonnes_des_membres, nom_et_prenom
from esperluette.importations.lecteur.textes import cle, sans_numero, sans_remplissage
from esperluette.importations.lecteur.valeurs import CommuneLue, Illisible, communes_de, convertir
from tests.importations.contenus import fiche_paca, projet_breton
from tests.importations.ecriture import EnDocx, Ligne, Titre

pytestmark = pytest.mark.une_fois


@pytest.mark.parametrize(
    ("texte", "numero", "intitule"),
    [
        ("1.2. La patientèle", "1.2", "La patientèle"),
        ("1.2 Patientèle", "1.2", "Patientèle"),
        ("2 - L’offre", "2", "L’offre"),
        ("IV. Les axes", "IV", "Les axes"),
        ("B) Organisation", "B", "Organisation"),
        ("Chapitre 3 : Le calendrier", "3", "Le calendrier"),
        ("• sur le champ ambulatoire", "", "sur le champ ambulatoire"),
        ("2300 patients", "", "2300 patients"),
        ("La patientèle", "", "La patientèle"),
    ],
)
def test_le_numero_se_separe_de_l_intitule(texte, numero, intitule):
    assert sans_numero(texte) == (numero, intitule)


def test_deux_ecritures_d_un_meme_intitule_ont_la_meme_cle():
    assert cle("L'Offre de SOINS :") == cle("l’offre   de soins") == "l offre de soins"
    assert cle("Œuvre") == "oeuvre"


def test_le_remplissage_d_une_trame_vierge_ne_compte_pas():
    assert sans_remplissage("Nom : ………………… ____ ......") == "Nom :"
    precision = "Précisez (si vous avez répondu « Autre » à la question « Structure juridique »)"
    assert sans_remplissage(precision) == "Précisez"
    assert sans_remplissage("Nous verrons... plus tard") == "Nous verrons... plus tard"


@pytest.mark.parametrize(
    ("ligne", "attendues"),
    [
        ("☒ Téléphone", [("Téléphone", True)]),
        ("Téléphone\t\t☐", [("Téléphone", False)]),
        ("[x] Oui   [ ] Non", [("Oui", True), ("Non", False)]),
        ("Oui ☒ Non ☐", [("Oui", True), ("Non", False)]),
        ("Structure : ☐ Association ☑ SISA", [("Association", False), ("SISA", True)]),
        ("X Messagerie sécurisée", [("Messagerie sécurisée", True)]),
        ("Nous avons choisi (x) une réunion", [("une réunion", True)]),
        ("Rien ici", []),
    ],
)
def test_les_cases_se_lisent_avant_ou_apres_leur_libelle(ligne, attendues):
    assert [(c.libelle, c.cochee) for c in cases_de(ligne)] == attendues


@pytest.mark.parametrize(
    ("libelle", "option"),
    [
        ("ZIP", "zip"),
        ("zone d intervention prioritaire", "zip"),
        ("Zone d’interventoin prioritaire (ZIP)", "zip"),
        ("Zones de vigilances", "vigilance"),
        ("Zone", None),
        ("Autre chose", None),
    ],
)
def test_une_option_se_reconnait_a_son_sigle_ou_malgre_une_faute(libelle, option):
    trouvee, _ = option_de(projet_breton().trame.champ("territoire_qualification"), libelle)
    assert (trouvee.id if trouvee else None) == option


def test_la_precision_d_une_option_est_gardee():
    champ = projet_breton().trame.champ("modalites")
    option, precision = option_de(champ, "Autres : une réunion par mois")
    assert (option.id, precision) == ("autres", "une réunion par mois")


@pytest.mark.parametrize("ecrit", ["Var", "83", "83 - Var", "le Var", "VAR"])
def test_un_departement_se_dit_de_plusieurs_facons(ecrit):
    champ = fiche_paca().trame.champ("departement_concerne")
    assert convertir(champ, [Bloc(ecrit, ecrit)]).valeur == "83"


@pytest.mark.parametrize(
    ("texte", "date"),
    [
        ("1er mars 2027", "2027-03-01"),
        ("lundi 1 mars 2027", "2027-03-01"),
        ("01/03/2027", "2027-03-01"),
        ("1.3.27", "2027-03-01"),
        ("2027-03-01", "2027-03-01"),
        ("15 août 2027", "2027-08-15"),
        ("Nous visons le 1er mars 2027.", "2027-03-01"),
    ],
)
def test_une_date_francaise_se_lit(texte, date):
    assert convertir(projet_breton().trame.champ("calendrier_depot"), [Bloc(texte, texte)]).valeur == date


@pytest.mark.parametrize("texte", ["mars 2027", "bientôt", "31/02/2027", "du 1er mars 2027 au 3 mai 2027", "2027"])
def test_une_date_incomplete_ou_double_ne_se_devine_pas(texte):
    with pytest.raises(Illisible):
        convertir(projet_breton().trame.champ("calendrier_depot"), [Bloc(texte, texte)])


@pytest.mark.parametrize(
    ("texte", "nombre"),
    [("6 200", 6200), ("6 200 habitants", 6200), ("environ 6.200 habitants", 6200), ("6200", 6200), ("0", 0)],
)
def test_un_nombre_se_lit(texte, nombre):
    assert convertir(fiche_paca().trame.champ("territoire_habitants"), [Bloc(texte, texte)]).valeur == nombre


@pytest.mark.parametrize("texte", ["entre 6 000 et 7 000", "beaucoup", "-3"])
def test_un_nombre_incertain_ne_se_devine_pas(texte):
    with pytest.raises(Illisible):
        convertir(fiche_paca().trame.champ("territoire_habitants"), [Bloc(texte, texte)])


def test_les_communes_se_lisent_par_nom_ou_par_code():
    lues = communes_de([Bloc("Plouha (22580), 22219 ; Saint-Quay-Portrieux et Binic\n- Lanvollon")])
    assert lues == [
        CommuneLue("Plouha", "22580"), CommuneLue("", "22219"), CommuneLue("Saint-Quay-Portrieux"),
        CommuneLue("Binic"), CommuneLue("Lanvollon"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ("Dre Anne Le Bihan", ("Le Bihan", "Anne")),
        ("LE BIHAN Anne", ("LE BIHAN", "Anne")),
        ("Mme CADIOU Marie-Jo", ("CADIOU", "Marie-Jo")),
        ("Docteur Riou", ("Riou", "")),
        ("Pierre Martin", ("Martin", "Pierre")),
    ],
)
def test_le_nom_et_le_prenom_se_separent(ecrit, attendu):
    assert nom_et_prenom(ecrit) == attendu


def test_les_colonnes_d_une_liste_de_personnes_se_reconnaissent_a_leur_nom():
    assert colonnes_des_membres(["Métier", "Ville", "Prénoms", "NOM"]) == {
        "profession": 0, "commune": 1, "prenom": 2, "nom": 3,
    }  # fmt: skip
    assert colonnes_des_membres(["Jour", "Horaires"]) == {}
    assert colonnes_des_membres(["Nom", "Téléphone"]) == {}


@pytest.mark.parametrize(
    ("ecrit", "code"),
    [
        ("Infirmière", "60"), ("infirmier", "60"), ("Médecin généraliste", "10"), ("Masseur kinésithérapeute", "70"),
        ("Pharmacienne", "21"), ("Sage femme", "50"), ("Coordinatrice", ""), ("", ""),
    ],
)  # fmt: skip
def test_une_profession_se_reconnait_dans_les_deux_genres(ecrit, code):
    assert lecteur_de_professions(projet_breton().edition.socle.professions)(ecrit)[0] == code


def test_couper_le_debut_garde_la_mise_en_forme_equilibree():
    bloc = Bloc("Nom : Anne & Paul", "<strong>Nom : An</strong>ne &amp; Paul")
    assert sans_debut(bloc, 6).html == "<strong>An</strong>ne &amp; Paul"
    assert sans_debut(bloc, 8).html == "ne &amp; Paul"
    assert sans_debut(bloc, 8).texte == "ne & Paul"


def test_des_listes_emboitees_se_recomposent():
    blocs = [
        Bloc("un", "un", pile=("ul",), premier=True),
        Bloc("un bis", "un bis", pile=("ul", "ol"), premier=True),
        Bloc("deux", "deux", pile=("ul",), premier=True),
    ]
    attendu = "<ul><li><p>un</p><ol><li><p>un bis</p></li></ol></li><li><p>deux</p></li></ul>"
    assert en_html(blocs) == attendu
    assert en_texte(blocs) == "- un\n- un bis\n- deux"


def test_une_reponse_qui_ressemble_a_un_titre_reste_une_reponse():
    """« Association » sous « Structure juridique » n'ouvre pas la rubrique « L'association »."""
    lue = projet_breton().edition
    octets = EnDocx().ecrire(
        [Titre("1.1 L'association", 2), Ligne("Structure juridique", gras=True), Ligne("Association")]
    )
    analyse = analyser("x.docx", octets, trame=lue.trame("demande-accompagnement"), edition=lue)
    assert analyse.proposition("structure_juridique").valeur == "association"
