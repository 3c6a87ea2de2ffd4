"""Une ligne qui n'a pas les cases de l'en-tête a ses valeurs dans d'autres colonnes : le fichier est refusé."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.indicateurs.fichier import lire_octets
from esperluette.indicateurs.jeux import jeux
from esperluette.territoires.octets import FichierRefuse, en_utf8
from tests.indicateurs.fichiers import COMPARATEUR, LOUDEAC, PLOUGUENAST

ENTETE = COMPARATEUR.split(",")


def lire(texte, encodage="utf-8"):
    return lire_octets(jeux()["comparateur"], "f.csv", texte.encode(encodage)).table


def entre_guillemets(ligne):
    return ",".join(f'"{case}"' for case in ligne.split(","))


def fichier(*lignes, fin="\n"):
    return fin.join([COMPARATEUR, *lignes]) + fin


@pytest.mark.parametrize("ecrire", [str, entre_guillemets], ids=["sans guillemets", "entre guillemets"])
@pytest.mark.parametrize("fin", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_une_ligne_courte_ou_longue_est_refusee_avec_son_numero(ecrire, fin):
    bonne = ecrire(LOUDEAC)
    assert lire(fichier(bonne, ecrire(PLOUGUENAST), fin=fin)).height == 2
    trouvees = len(ENTETE)
    for fausse, cases in ((bonne.rsplit(",", 1)[0], trouvees - 1), (bonne + ",1", trouvees + 1)):
        with pytest.raises(FichierRefuse, match=f"la ligne 3 a {cases} cases, et l'en-tête {trouvees}"):
            lire(fichier(ecrire(PLOUGUENAST), fausse, bonne, fin=fin))


def test_une_ligne_courte_et_une_longue_ne_se_compensent_pas():
    courte, longue = LOUDEAC.rsplit(",", 1)[0], PLOUGUENAST + ",1"
    with pytest.raises(FichierRefuse, match="la ligne 2 a"):
        lire(fichier(courte, longue, LOUDEAC))


def test_une_ligne_courte_apres_une_cellule_de_deux_lignes_est_refusee():
    deux_lignes = LOUDEAC.replace("Loudéac", '"Loudéac\nen Bretagne"')
    assert deux_lignes != LOUDEAC
    assert lire(fichier(deux_lignes, PLOUGUENAST)).height == 2
    with pytest.raises(FichierRefuse, match="la ligne 4 a"):
        lire(fichier(deux_lignes, PLOUGUENAST.rsplit(",", 1)[0], LOUDEAC))


def test_un_separateur_et_des_guillemets_dans_une_cellule_ne_comptent_pas():
    assert lire(fichier(LOUDEAC.replace("Loudéac", '"Loudéac, dite ""la ville"""'))).height == 1


def test_une_ligne_vide_n_est_pas_une_ligne_courte():
    assert lire(fichier(LOUDEAC, "", "  ", PLOUGUENAST)).height >= 2


CASES = st.text(alphabet=st.sampled_from('a1é",;\n '), max_size=6)


@given(
    lignes=st.lists(st.lists(CASES, min_size=3, max_size=3), min_size=1, max_size=8),
    fausse=st.sampled_from([None, "courte", "longue"]),
    rang=st.integers(min_value=0, max_value=7),
)
def test_un_csv_de_toute_sorte_se_lit_entier_ou_se_refuse(lignes, fausse, rang):
    rangees = [[f"{n:05d}", *ligne, *["1"] * (len(ENTETE) - 4)] for n, ligne in enumerate(lignes, start=1001)]
    visee = rangees[rang % len(rangees)]
    if fausse == "courte":
        visee.pop()
    elif fausse == "longue":
        visee.append("1")
    sortie = io.StringIO(newline="")
    csv.writer(sortie, lineterminator="\n").writerows([ENTETE, *rangees])
    if fausse:
        with pytest.raises(FichierRefuse, match=r"bien formé|coupée"):
            lire(sortie.getvalue())
    else:
        assert lire(sortie.getvalue())["@code"].to_list() == [r[ENTETE.index("insee_com")] for r in rangees]


@given(st.lists(st.text(alphabet=st.sampled_from('a1é",; '), max_size=12), min_size=1, max_size=6))
def test_ce_qui_est_lu_l_est_comme_le_lirait_un_autre_lecteur(bribes):
    """Des guillemets n'importe où : refusé, ou lu comme le fait le lecteur de Python."""
    reste = ",1" * (len(ENTETE) - 2)
    texte = fichier(*(f"{n:05d},{bribe}{reste}" for n, bribe in enumerate(bribes, start=1001)))
    try:
        lus = lire(texte)
    except FichierRefuse:
        return
    attendus = list(csv.reader(io.StringIO(texte, newline="")))[1:]
    assert lus["@code"].to_list() == [ligne[0] for ligne in attendus]
    assert lus["population"].to_list() == [ligne[ENTETE.index("population_2021")] for ligne in attendus]


def test_un_signe_de_controle_loin_dans_le_fichier_est_refuse_sans_panne():
    loin = fichier(*[LOUDEAC] * 25_000, LOUDEAC.replace("Loudéac", "Lou\x01déac"))
    assert len(loin.encode()) > 1024 * 1024
    with pytest.raises(FichierRefuse, match="bien formé"):
        lire(loin)


def test_quatre_cents_colonnes_entre_guillemets_se_comptent_aussi():
    vides = [f'"V{n}"' for n in range(400)]
    entete = COMPARATEUR + "," + ",".join(vides)
    assert lire(f"{entete}\n{entre_guillemets(LOUDEAC)}" + ',"1"' * 400 + "\n").height == 1
    with pytest.raises(FichierRefuse, match="la ligne 2 a 409 cases"):
        lire(
            f"{entete}\n{entre_guillemets(LOUDEAC)}"
            + ',"1"' * 399
            + f"\n{entre_guillemets(LOUDEAC)}"
            + ',"1"' * 400
            + "\n"
        )


@pytest.mark.parametrize("decalage", range(4))
def test_un_caractere_a_cheval_sur_deux_morceaux_se_lit(decalage):
    texte = "x" * (1024 * 1024 - decalage) + "é€𝄞" + "y"
    assert en_utf8("f.csv", texte.encode()) == (texte.encode(), "UTF-8")


def test_un_caractere_coupe_a_la_fin_n_est_pas_de_l_utf8():
    assert en_utf8("f.csv", "Loudé".encode()[:-1]) == ("LoudÃ".encode(), "Windows-1252")
