"""Créer un compte, ouvrir et fermer une fonction, changer d'adresse."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.comptes.actions import (
    AdresseRefusee,
    FonctionRefusee,
    ars_de,
    changer_adresse,
    compte_pour,
    fermer_fonction,
    ouvrir_fonction,
)
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import fonctions_actives, perimetre
from esperluette.comptes.models import Compte, Fonction, Organisme
from esperluette.journal.lectures import evenements_de, verifier
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, OrganismeFabrique

pytestmark = pytest.mark.django_db


def sortes(objet):
    return [e.sorte for e in evenements_de(objet)]


def test_un_compte_est_cree_une_seule_fois_et_journalise():
    compte = compte_pour(" Claire.LeGoff@essais.example ", prenom="Claire", nom="Le Goff")
    assert (compte.courriel, str(compte)) == ("claire.legoff@essais.example", "Claire Le Goff")
    assert compte_pour("claire.legoff@ESSAIS.example", prenom="Autre").prenom == "Claire"
    assert Compte.objects.count() == 1
    assert sortes(compte) == ["compte_cree"]


@pytest.mark.parametrize("courriel", ["", "claire", "claire@", "a b@c.fr", "é@exemple", "x\x00@exemple.fr"])
def test_une_adresse_mal_formee_ne_cree_rien(courriel):
    with pytest.raises(AdresseRefusee, match="n’est pas une adresse"):
        compte_pour(courriel)
    assert not Compte.objects.exists()


def ouvrir(compte, pays, **champs):
    valeurs = {"acteur": None, "role": Role.REFERENT, "organisme": ars_de(pays.bretagne), "region": pays.bretagne}
    return ouvrir_fonction(compte, **{**valeurs, **champs})


def test_ouvrir_une_fonction_donne_le_perimetre_journalise_et_previent(pays):
    compte = CompteFabrique()
    assert perimetre(compte).vide
    fonction = ouvrir(compte, pays, departement=pays.ille, epcis=[pays.redon])
    assert fonction.territoire == "Ille-et-Vilaine (Redon Agglomération)"
    assert [c.nom for c in pays.communes.values() if perimetre(compte).contient(c)] == ["Redon"]
    acte = evenements_de(compte).get()
    assert (acte.sorte, acte.donnees["role"], acte.donnees["epcis"]) == ("fonction_ouverte", "referent", ["243500741"])
    courriel = Courriel.objects.get()
    assert courriel.destinataire == compte.courriel
    assert "Territoire : Ille-et-Vilaine (Redon Agglomération)." in courriel.texte


def test_le_departement_donne_la_region(pays):
    assert ouvrir(CompteFabrique(), pays, region=None, departement=pays.cotes).region == pays.bretagne


def test_rouvrir_la_meme_fonction_ne_la_double_pas(pays):
    compte = CompteFabrique()
    une = ouvrir(compte, pays, epcis=[pays.redon])
    assert ouvrir(compte, pays, epcis=[pays.redon]) == une
    assert ouvrir(compte, pays) != une
    assert Fonction.objects.count() == 2
    assert Courriel.objects.count() == 2


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        (lambda p: {"role": "chef"}, "« chef » n’est pas un rôle"),
        (lambda p: {"region": None}, "Indiquez la région"),
        (
            lambda p: {"region": p.loire, "departement": p.ille},
            "n’est pas un département de la région",
        ),
        (lambda p: {"role": Role.ADMIN}, "Un administrateur n’a pas de territoire"),
        (lambda p: {"fin": date(2020, 1, 1)}, "ne peut pas précéder"),
    ],
)
def test_une_fonction_incoherente_est_refusee_avec_sa_raison(pays, champs, message):
    compte = CompteFabrique()
    with pytest.raises(FonctionRefusee, match=message):
        ouvrir(compte, pays, **champs(pays))
    assert not Fonction.objects.exists()
    assert not Courriel.objects.exists()


def test_un_referent_n_ouvre_pas_de_fonction(pays):
    referent = FonctionFabrique(referent=True, region=pays.bretagne).compte
    with pytest.raises(Refus, match="administrateur de la région"):
        ouvrir(CompteFabrique(), pays, acteur=referent)


def test_fermer_une_fonction_vaut_tout_de_suite_et_se_rejoue(pays):
    compte = CompteFabrique()
    fonction = ouvrir(compte, pays)
    fermer_fonction(fonction, acteur=None, motif="mutation")
    frais = Compte.objects.get(pk=compte.pk)
    assert fonctions_actives(frais) == []
    assert fermer_fonction(fonction, acteur=None).fin == timezone.localdate() - timedelta(days=1)
    assert sortes(compte) == ["fonction_fermee", "fonction_ouverte"]


def test_fermer_demande_le_meme_droit_qu_ouvrir(pays):
    fonction = FonctionFabrique(region=pays.loire)
    voisin = FonctionFabrique(admin_regional=True, region=pays.bretagne).compte
    with pytest.raises(Refus, match="Cette région n’est pas dans votre périmètre"):
        fermer_fonction(fonction, acteur=voisin)


def test_l_ars_d_une_region_n_est_creee_qu_une_fois(pays):
    assert ars_de(pays.bretagne) == ars_de(pays.bretagne)
    assert Organisme.objects.get().nom == "Agence régionale de santé Bretagne"


def test_changer_d_adresse_previent_les_deux_et_ne_note_pas_les_adresses():
    compte = CompteFabrique(courriel="ancienne@essais.example")
    changer_adresse(compte, nouvelle="Nouvelle@essais.example", acteur=None)
    compte.refresh_from_db()
    assert compte.courriel == "nouvelle@essais.example"
    assert {c.destinataire for c in Courriel.objects.all()} == {"ancienne@essais.example", "nouvelle@essais.example"}
    assert [(e.sorte, e.donnees) for e in evenements_de(compte)] == [("adresse_changee", {})]


def test_une_adresse_deja_prise_est_refusee():
    CompteFabrique(courriel="prise@essais.example")
    with pytest.raises(AdresseRefusee, match="déjà celle d’un compte"):
        changer_adresse(CompteFabrique(), nouvelle="PRISE@essais.example", acteur=None)


def test_tout_reste_verifiable(pays):
    compte = CompteFabrique()
    fermer_fonction(ouvrir(compte, pays, organisme=OrganismeFabrique()), acteur=None)
    assert verifier().intact
