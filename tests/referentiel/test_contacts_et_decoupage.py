"""Les codes écrits dans l'édition sont ceux du vrai découpage, et chaque commune bretonne a quelqu'un à qui écrire."""

from collections import Counter

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.contacts import Lieu, Portee, interlocuteurs
from esperluette.territoires.decoupage import lire


@pytest.fixture(scope="module")
def decoupage():
    return lire()


@pytest.fixture(scope="module")
def lieux(decoupage):
    """Toutes les communes de Bretagne."""
    departements = {code for code, _, region in decoupage.departements if region == "53"}
    return [
        Lieu(c.code, c.departement, "53", c.epci or None) for c in decoupage.communes if c.departement in departements
    ]


@pytest.fixture(scope="module")
def reponses(lieux):
    edition = lecture.edition("bretagne", "2024-10")
    return {lieu: interlocuteurs(edition, lieu) for lieu in lieux}


def test_chaque_commune_bretonne_a_un_interlocuteur_et_la_region_en_recours(lieux, reponses):
    assert len(lieux) > 1_100
    for lieu, trouves in reponses.items():
        assert [i.contact.id for i in trouves[1:]] == ["ars-bretagne"], lieu
        assert trouves[0].correspondance.portee < Portee.REGION


def test_toute_l_ille_et_vilaine_a_un_referent_nomme(reponses):
    sans_nom = [
        lieu.commune
        for lieu, (premier, *_) in reponses.items()
        if lieu.departement == "35" and not premier.contact.nom
    ]
    assert sans_nom == []


def test_hors_des_intercommunalites_nommees_le_finistere_et_le_morbihan_n_ont_pas_de_nom_publie(reponses):
    nommes = {
        lieu.epci
        for lieu, (premier, *_) in reponses.items()
        if lieu.departement in {"29", "56"} and premier.contact.nom
    }
    assert nommes == {"243500741"}  # Redon Agglomération, seule à cheval sur le Morbihan


def test_une_attribution_hors_de_sa_rubrique_est_toujours_dite_interpretee(reponses):
    for lieu, (premier, *_) in reponses.items():
        rubrique = premier.contact.territoire.rubrique
        if rubrique != lieu.departement:
            assert premier.interprete, lieu
            assert premier.note, lieu


def test_les_communes_interpretees_se_comptent(reponses):
    """Brocéliande (33), les rattachements hors département, et les Côtes-d'Armor sans référente nommée."""
    par_contact = Counter(premier.contact.id for premier, *_ in reponses.values() if premier.interprete)
    assert par_contact == {
        "ars-siege-derieux": 33,
        "ars-35-nouira-halevy": 11,
        "ars-35-leroux": 2,
        "ars-22": 6,
    }


def test_les_siren_ecrits_sont_ceux_du_decoupage_et_dans_le_bon_departement(bretagne, decoupage):
    noms = {code: nom for code, nom, _ in decoupage.epci}
    departements: dict[str, set[str]] = {}
    for commune in decoupage.communes:
        departements.setdefault(commune.epci, set()).add(commune.departement)
    for contact in bretagne.local.contacts:
        for code in contact.territoire.epci:
            assert code in noms, contact.id
            assert contact.territoire.rubrique in departements[code], noms[code]


@pytest.mark.parametrize("departement", ["22", "29", "35", "56"])
def test_la_region_et_ses_departements_sont_ceux_du_decoupage(bretagne, decoupage, departement):
    regions = {code: region for code, _, region in decoupage.departements}
    assert regions[departement] == bretagne.entete.region.code
    assert dict(decoupage.regions)[bretagne.entete.region.code] == bretagne.entete.region.nom
