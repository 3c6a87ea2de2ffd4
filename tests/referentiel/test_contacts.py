"""Qui appeler : l'intercommunalité l'emporte sur le département, dans la région seulement."""

import pytest

from esperluette.referentiel.contacts import Lieu, Portee, correspondance, interlocuteurs
from esperluette.referentiel.modele import Territoire

BRETAGNE = "53"
# commune, département, intercommunalité, premier contact, interprété
LIEUX = [
    ("Fougères", "35115", "35", "200072452", "ars-35-leroux", False),
    ("Loudéac", "22136", "22", "200067460", "ars-22-muller", False),
    ("Rostrenen", "22266", "22", "242200715", "ars-22-charles", False),
    ("Redon", "35236", "35", "243500741", "ars-35-nouira-halevy", False),
    ("Saint-Malo", "35288", "35", "243500782", "ars-35-leroux", False),
    ("Paimpont", "35211", "35", "243500618", "ars-siege-derieux", True),
    ("Montfort-sur-Meu", "35188", "35", "243500550", "ars-siege-derieux", True),
    ("Saint-Méen-le-Grand", "35297", "35", "200038990", "ars-siege-derieux", True),
    ("Rennes", "35238", "35", "243500139", "ars-35-nouira-halevy", False),
    ("Allaire", "56001", "56", "243500741", "ars-35-nouira-halevy", True),
    ("Lancieux", "22094", "22", "243500725", "ars-35-leroux", True),
    ("Île-de-Bréhat", "22016", "22", None, "ars-22", True),
    ("Glomel (Poher)", "22061", "22", "242900744", "ars-22", True),
    ("Brest", "29019", "29", "242900314", "ars-29", False),
    ("Vannes", "56260", "56", "200067932", "ars-56", False),
]


@pytest.mark.parametrize(("nom", "commune", "departement", "epci", "contact", "interprete"), LIEUX)
def test_chaque_commune_a_une_reponse_juste(bretagne, nom, commune, departement, epci, contact, interprete):
    premier, *suite = interlocuteurs(bretagne, Lieu(commune, departement, BRETAGNE, epci))
    assert (premier.contact.id, premier.interprete) == (contact, interprete), nom
    assert bool(premier.note) or not premier.interprete
    assert [i.contact.id for i in suite] == ["ars-bretagne"]


def test_une_commune_d_une_autre_region_n_a_pas_de_contact_breton(bretagne):
    """Les communes de Loire-Atlantique de Redon Agglomération relèvent d'une autre agence."""
    assert interlocuteurs(bretagne, Lieu("44067", "44", "52", "243500741")) == []


@pytest.mark.parametrize(("departement", "commune"), [("29", "29019"), ("56", "56260")])
def test_un_departement_sans_nom_publie_le_dit(bretagne, departement, commune):
    premier, _ = interlocuteurs(bretagne, Lieu(commune, departement, BRETAGNE))
    assert (premier.contact.nom, premier.contact.role) == ("", "Référent non publié")
    assert premier.contact.courriel is None
    assert premier.contact.url


def test_l_attribution_hors_de_la_rubrique_du_document_s_explique(bretagne):
    premier, _ = interlocuteurs(bretagne, Lieu("56001", "56", BRETAGNE, "243500741"))
    assert premier.note.startswith("Le document range ce contact sous le département 35 ; la commune est dans le")


TERRITOIRE = Territoire(communes=("22016",), epci=("200067460",), departements=("22",), region=True)


@pytest.mark.parametrize(
    ("lieu", "portee"),
    [
        (Lieu("22016", "22", BRETAGNE), Portee.COMMUNE),
        (Lieu("22136", "22", BRETAGNE, "200067460"), Portee.EPCI),
        (Lieu("22001", "22", BRETAGNE), Portee.DEPARTEMENT),
        (Lieu("29019", "29", BRETAGNE), Portee.REGION),
    ],
)
def test_le_plus_precis_l_emporte(lieu, portee):
    assert correspondance(TERRITOIRE, lieu).portee is portee


def test_un_territoire_qui_ne_contient_pas_le_lieu_ne_correspond_pas():
    assert correspondance(Territoire(departements=("22",)), Lieu("29019", "29", BRETAGNE)) is None
    assert correspondance(Territoire(epci=("200067460",)), Lieu("22016", "22", BRETAGNE, None)) is None


def test_toutes_les_intercommunalites_nommees_sont_distinctes(bretagne):
    """Un même territoire ne peut pas avoir deux référents."""
    codes = [code for c in bretagne.local.contacts for code in c.territoire.epci]
    assert len(codes) == len(set(codes)) == 26
