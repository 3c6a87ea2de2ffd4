"""Les instances : leurs sièges arrivent de l'édition, leurs règles se calculent, et ce que la main change reste."""

import datetime
from fractions import Fraction

import pytest
from django.urls import reverse

from esperluette.commissions.actions import (
    ajouter_siege,
    creer_instance,
    finir_mandat,
    fixer_les_regles,
    mettre_hors_service,
    modifier_siege,
    nommer,
)
from esperluette.commissions.actions.outils import ChampRefuse
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Instance, MandatDeSiege, Siege
from esperluette.commissions.preparation import composition
from esperluette.commissions.regles import regles_de
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.interlocuteurs.actions.fiches import charger_depuis_editions
from esperluette.referentiel.lecture import editions
from tests.fabriques.commissions import (
    ConvocationFabrique,
    InstanceFabrique,
    MandatFabrique,
    SeanceFabrique,
    SiegeFabrique,
)
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.territoires import communes_reelles

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(db):
    return InstanceFabrique()


@pytest.fixture
def secretaire(instance):
    return FonctionFabrique(secretariat=True, region=instance.region).compte


# --- Les règles -----------------------------------------------------------------------------------------


def test_les_regles_viennent_de_l_edition_avec_leur_source(instance):
    regles = regles_de(instance)
    assert (regles.quorum, regles.convocation_jours, regles.mandats_par_membre) == (Fraction(1, 2), 5, 1)
    assert regles.seconde_sans_quorum
    assert regles.voix_preponderante
    assert [a.effet for a in regles.avis] == ["favorable", "reserves", "ajournement", "defavorable"]
    source = regles.source_de("quorum")
    assert source.propre is False
    assert "R. 133-3" in source.passage


def test_un_acte_propre_l_emporte_regle_par_regle(instance, secretaire):
    fixer_les_regles(
        instance, acteur=secretaire, regles={"quorum": "2/3"}, document="Règlement", date=datetime.date(2026, 3, 1)
    )
    instance.refresh_from_db()
    regles = regles_de(instance)
    assert (regles.quorum, regles.convocation_jours) == (Fraction(2, 3), 5)
    assert regles.source_de("quorum").propre
    assert not regles.source_de("convocation_jours").propre
    fixer_les_regles(instance, acteur=secretaire, regles={})
    instance.refresh_from_db()
    assert (regles_de(instance).quorum, instance.regles_document) == (Fraction(1, 2), "")


def test_une_instance_que_l_edition_ignore_suit_le_droit_commun(instance):
    instance.instance_edition = "autre"
    regles = regles_de(instance)
    assert regles.quorum == Fraction(1, 2)
    assert regles.source_de("avis").interprete


@pytest.mark.parametrize("edition", [e for e in editions() if e.instances], ids=lambda e: f"{e.region}-{e.numero}")
def test_chaque_edition_donne_des_regles_calculables(edition):
    for decrite in edition.instances:
        assert 0 < Fraction(decrite.fonctionnement.part_de_quorum) <= 1
        assert {"favorable", "defavorable"} <= {a.effet for a in decrite.avis.liste}


# --- Les sièges -----------------------------------------------------------------------------------------


def test_recharger_pose_les_sieges_sans_ecraser_ceux_qu_on_a_changes(charges):
    carpec = Instance.objects.get(identifiant="carpec")
    assert [s.institution for s in carpec.sieges.all()][:2] == ["ars", "urps"]
    assert all(s.votant for s in carpec.sieges.all())
    secretaire = FonctionFabrique(secretariat=True, region=charges.region).compte
    ajouter_siege(carpec, acteur=secretaire, libelle="Ordre des médecins", votant=False)
    rendu = charger_depuis_editions(regions_choisies=["bretagne"])
    (ligne,) = [x for x in rendu.lignes if x.identifiant == "carpec"]
    assert "sieges" in ligne.differences
    assert not ligne.geste.ecrit
    assert Siege.objects.filter(instance=carpec, libelle="Ordre des médecins", actif=True).exists()
    charger_depuis_editions(regions_choisies=["bretagne"], reprises=[("instance", "carpec")])
    ordre = Siege.objects.get(instance=carpec, libelle="Ordre des médecins")
    assert ordre.actif is False, "hors service, jamais supprimé"


def test_l_apercu_du_rechargement_nomme_les_sieges(client, charges):
    carpec = Instance.objects.get(identifiant="carpec")
    administratrice = FonctionFabrique(admin_regional=True, region=charges.region).compte
    modifier_siege(carpec.sieges.first(), acteur=administratrice, libelle="ARS, autrement", votant=False)
    page = connecter(client, administratrice).get(reverse("administration:recharger", args=["bretagne"]))
    assert page.status_code == 200
    assert "ARS, autrement (observateur)" in page.text


def test_une_personne_tient_un_siege_un_siege_un_titulaire_une_instance_un_president(instance, secretaire):
    un, deux = SiegeFabrique.create_batch(2, instance=instance)
    premier = nommer(un, acteur=secretaire, courriel="a@essais.example", president=True)
    assert nommer(un, acteur=secretaire, courriel="A@essais.example", president=True) == premier
    for champ, siege, options in (
        ("courriel", deux, {"courriel": "a@essais.example"}),
        ("titulaire", un, {"courriel": "b@essais.example"}),
        ("president", deux, {"courriel": "c@essais.example", "president": True}),
        ("fin", deux, {"courriel": "d@essais.example", "fin": datetime.date(2020, 1, 1)}),
    ):
        with pytest.raises(ChampRefuse) as refus:
            nommer(siege, acteur=secretaire, **options)
        assert refus.value.champ == champ
    suppleant = nommer(un, acteur=secretaire, courriel="b@essais.example", titulaire=False)
    assert suppleant.titulaire is False
    assert MandatDeSiege.objects.count() == 2


def test_un_titulaire_succede_a_un_autre_et_la_composition_se_lit_a_une_date(instance, secretaire):
    siege = SiegeFabrique(instance=instance)
    ancien = nommer(
        siege, acteur=secretaire, courriel="a@essais.example", debut=datetime.date(2024, 1, 1),
        fin=datetime.date(2025, 12, 31),
    )  # fmt: skip
    nouveau = nommer(siege, acteur=secretaire, courriel="b@essais.example", debut=datetime.date(2026, 1, 1))
    assert [s.mandats for s in composition(instance, datetime.date(2025, 6, 1))] == [[ancien]]
    assert [s.mandats for s in composition(instance, datetime.date(2026, 1, 1))] == [[nouveau]]
    assert composition(instance, datetime.date(2023, 1, 1))[0].vacant


def test_finir_un_mandat_retire_les_convocations_a_venir(instance, secretaire):
    convocation = ConvocationFabrique(seance=SeanceFabrique(instance=instance, convoquee=True))
    passee = ConvocationFabrique(
        seance=SeanceFabrique(instance=instance, tenue=True), mandat=convocation.compte.mandats.get()
    )
    mandat = convocation.compte.mandats.get()
    finir_mandat(mandat, acteur=secretaire)
    finir_mandat(mandat, acteur=secretaire)
    convocation.refresh_from_db()
    passee.refresh_from_db()
    assert convocation.retiree_le is not None
    assert passee.retiree_le is None, "l'histoire d'une séance tenue ne change pas"


def test_mettre_un_siege_hors_service_finit_ses_mandats(instance, secretaire):
    mandat = MandatFabrique(siege__instance=instance)
    mettre_hors_service(mandat.siege, acteur=secretaire)
    mandat.refresh_from_db()
    assert mandat.fin is not None
    assert composition(instance) == []


@pytest.mark.parametrize("role", ["referent", "membre_commission", "president"])
def test_la_composition_ne_se_tient_que_par_le_secretariat_ou_la_region(instance, role):
    intrus = FonctionFabrique(**{role: True}, region=instance.region).compte
    siege = SiegeFabrique(instance=instance)
    mandat = MandatFabrique(siege=siege)
    for geste in (
        lambda: ajouter_siege(instance, acteur=intrus, libelle="X"),
        lambda: modifier_siege(siege, acteur=intrus, libelle="X", votant=True),
        lambda: mettre_hors_service(siege, acteur=intrus),
        lambda: nommer(siege, acteur=intrus, courriel="x@essais.example"),
        lambda: finir_mandat(mandat, acteur=intrus),
        lambda: fixer_les_regles(instance, acteur=intrus, regles={}),
    ):
        with pytest.raises(Refus):
            geste()


# --- Ouvrir une instance --------------------------------------------------------------------------------


@pytest.fixture
def paca(db):
    return communes_reelles("13055")["13055"].region


def test_ouvrir_la_ccopd_d_un_departement_avec_ses_sieges(client, paca):
    secretaire = FonctionFabrique(secretariat=True, region=paca).compte
    connecter(client, secretaire)
    adresse = reverse("commissions:ouvrir", args=[paca.cle])
    assert "CCOPD Bouches-du-Rhône" in client.get(adresse).text
    assert client.post(adresse, {"laquelle": "ccopd-13"}).status_code == 302
    ccopd = Instance.objects.get(identifiant="ccopd-13")
    assert (ccopd.departement_id, ccopd.niveau, ccopd.sieges.count()) == ("13", "departemental", 5)
    assert regles_de(ccopd).porteurs_presentent
    assert client.post(adresse, {"laquelle": "ccopd-13"}).status_code == 422, "elle n'est plus à ouvrir"
    assert Instance.objects.count() == 1


def test_une_instance_hors_edition_cite_son_acte(client, paca):
    connecter(client, FonctionFabrique(admin_regional=True, region=paca).compte)
    adresse = reverse("commissions:ouvrir", args=[paca.cle])
    envoi = {"laquelle": "autre", "sigle": "CRX", "nom": "Commission régionale d’essai"}
    assert client.post(adresse, envoi).status_code == 422
    acte = {"source_document": "Arrêté du 3 mars 2026", "source_date": "2026-03-03"}
    assert client.post(adresse, envoi | acte).status_code == 302
    assert client.post(adresse, envoi | acte).status_code == 302
    assert Instance.objects.get().sigle == "CRX"


def test_on_n_ouvre_une_instance_que_dans_sa_region(client, paca, instance):
    connecter(client, FonctionFabrique(secretariat=True, region=instance.region).compte)
    assert client.get(reverse("commissions:ouvrir", args=[paca.cle])).status_code == 403
    with pytest.raises(Refus):
        creer_instance(paca, acteur=CompteFabrique(), sigle="X", nom="X")
    with pytest.raises(ErreurMetier):
        creer_instance(
            paca, acteur=FonctionFabrique(admin=True).compte, edition=None, identifiant="inconnue"
        )  # fmt: skip


def test_les_etats_d_une_seance_ont_un_ton_et_un_nom():
    for etat in EtatDeSeance:
        assert etat.ton
        assert etat.label
