"""Confier le dépôt : à qui, jusqu'à quand, comment cela finit ; dit à tous, écrit au journal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.equipes import droits
from esperluette.equipes.actions import quitter, retirer_membre, transmettre_portage
from esperluette.equipes.delegations import DUREE_MAXIMALE, confier_le_depot, retirer_la_delegation
from esperluette.equipes.enums import FinDeDelegation
from esperluette.equipes.models import DelegationDeDepot, Equipe
from esperluette.equipes.saisie import SaisieRefusee
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe():
    return EquipeFabrique()


@pytest.fixture
def porteuse(equipe):
    return equipe.porteur.compte


@pytest.fixture
def anne(equipe):
    return MembreFabrique(equipe=equipe, confirme=True, compte__prenom="Anne", compte__nom="Morvan")


def dans(jours):
    return timezone.localdate() + timedelta(days=jours)


def confier(equipe, *membres, jours=30):
    return confier_le_depot(equipe, acteur=equipe.porteur.compte, membres=membres, fin=dans(jours))


def tient(membre):
    return droits.tient_le_depot(membre.compte, Equipe.objects.avec_membres().get(pk=membre.equipe_id))


def a_tous_les_deux(gabarit, *membres):
    recus = Courriel.objects.filter(gabarit=gabarit).values_list("destinataire", flat=True)
    return sorted(recus) == sorted(m.compte.courriel for m in membres)


# --- Donner ---------------------------------------------------------------------------------------


def test_confier_donne_le_droit_previent_les_deux_et_s_ecrit_au_journal(equipe, anne):
    assert not tient(anne)
    (delegation,) = confier(equipe, anne)
    assert tient(anne)
    assert a_tous_les_deux("equipes/delegation_donnee", anne, equipe.porteur)
    acte = evenements_de(equipe)[0]
    assert acte.sorte == "delegation_donnee"
    assert acte.donnees == {"delegation": delegation.pk, "membre": anne.pk, "fin": dans(30).isoformat()}


def test_confier_a_plusieurs_d_un_coup(equipe, anne):
    yann = MembreFabrique(equipe=equipe, confirme=True)
    assert {d.delegataire for d in confier(equipe, anne, yann)} == {anne, yann}


def test_rejoue_a_l_identique_rien_de_plus_une_autre_date_remplace(equipe, anne):
    (une,) = confier(equipe, anne)
    assert confier(equipe, anne) == [une]
    assert Courriel.objects.count() == 2
    (autre,) = confier(equipe, anne, jours=60)
    assert autre != une
    une.refresh_from_db()
    assert une.fin_motif == FinDeDelegation.REMPLACEE
    assert DelegationDeDepot.objects.en_cours().get() == autre


@pytest.mark.parametrize("jours", [-1, DUREE_MAXIMALE + 1])
def test_la_duree_est_bornee(jours, equipe, anne):
    with pytest.raises(SaisieRefusee, match="entre aujourd’hui et dans un an"):
        confier(equipe, anne, jours=jours)
    assert not DelegationDeDepot.objects.exists()


@pytest.mark.parametrize(
    ("trait", "raison"),
    [({}, "confirmer son appartenance"), ({"confirme": True, "parti": True}, "présente dans l’équipe")],
)
def test_on_ne_confie_qu_a_un_membre_present_et_confirme(trait, raison, equipe):
    membre = MembreFabrique(equipe=equipe, **trait)
    with pytest.raises(SaisieRefusee, match=raison):
        confier(equipe, membre)


def test_ni_a_soi_ni_au_membre_d_une_autre_equipe_ni_a_personne(equipe):
    for membres in ([equipe.porteur], [EquipeFabrique().porteur], []):
        with pytest.raises(SaisieRefusee):
            confier(equipe, *membres)


def test_seul_le_porteur_confie_et_reprend(equipe, anne):
    yann = MembreFabrique(equipe=equipe, confirme=True)
    (delegation,) = confier(equipe, anne)
    for compte in (anne.compte, yann.compte):  # un délégataire ne délègue pas à son tour
        with pytest.raises(Refus, match="Seul le porteur confie le dépôt"):
            confier_le_depot(equipe, acteur=compte, membres=[yann], fin=dans(3))
        with pytest.raises(Refus):
            retirer_la_delegation(delegation, acteur=compte)


# --- Le temps -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "vaut"),
    [
        ("2026-12-01T22:59:59+00:00", True),  # le 1er décembre, 23 h 59 à Paris : dernier jour
        ("2026-12-01T23:00:00+00:00", False),  # minuit à Paris
    ],
)
def test_la_delegation_vaut_jusqu_a_minuit_a_paris(instant, vaut, equipe, anne, monkeypatch):
    DelegationDeDepot.objects.create(
        equipe=equipe, delegant=equipe.porteur, delegataire=anne, debut=date(2026, 11, 1), fin=date(2026, 12, 1)
    )
    moment = timezone.datetime.fromisoformat(instant)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    assert bool(tient(anne)) is vaut
    charge = Equipe.objects.prefetch_related("membres", "delegations").get(pk=equipe.pk)
    assert bool(droits.tient_le_depot(anne.compte, charge)) is vaut


def test_une_delegation_echue_se_redonne_et_ne_se_reprend_pas(equipe, anne):
    from esperluette.commun.erreurs import ErreurMetier

    echue = DelegationDeDepot.objects.create(
        equipe=equipe, delegant=equipe.porteur, delegataire=anne, debut=dans(-60), fin=dans(-1)
    )
    assert not tient(anne)
    with pytest.raises(ErreurMetier, match="a pris fin d’elle-même"):
        retirer_la_delegation(echue, acteur=equipe.porteur.compte)
    confier(equipe, anne)
    assert tient(anne)


# --- Finir ----------------------------------------------------------------------------------------


def test_reprendre_previent_les_deux_et_rejoue_reste_sans_effet(equipe, anne, porteuse):
    (delegation,) = confier(equipe, anne)
    for _ in range(2):
        retirer_la_delegation(delegation, acteur=porteuse)
    assert not tient(anne)
    assert "Seul le porteur" in tient(anne).motif
    assert a_tous_les_deux("equipes/delegation_finie", anne, equipe.porteur)
    assert "Retirée par le porteur" in Courriel.objects.filter(gabarit="equipes/delegation_finie").first().texte


@pytest.mark.parametrize("comment", ["quitte", "retire"])
def test_qui_quitte_l_equipe_ne_depose_plus(comment, equipe, anne, porteuse):
    confier(equipe, anne)
    if comment == "quitte":
        quitter(anne, acteur=anne.compte)
    else:
        retirer_membre(anne, acteur=porteuse)
    finie = DelegationDeDepot.objects.get()
    assert finie.fin_motif == FinDeDelegation.DEPART
    assert not tient(anne)
    assert a_tous_les_deux("equipes/delegation_finie", anne, equipe.porteur)


def test_quand_l_equipe_change_de_porteur_le_nouveau_choisit(equipe, anne, porteuse):
    yann = MembreFabrique(equipe=equipe, confirme=True)
    ancien = equipe.porteur
    confier(equipe, anne, yann)
    transmettre_portage(anne, acteur=porteuse)
    assert set(DelegationDeDepot.objects.values_list("fin_motif", flat=True)) == {FinDeDelegation.PORTAGE}
    assert not tient(yann)
    assert not droits.tient_le_depot(porteuse, Equipe.objects.get(pk=equipe.pk))
    recus = list(Courriel.objects.filter(gabarit="equipes/delegation_finie").values_list("destinataire", flat=True))
    assert sorted(recus) == sorted([anne.compte.courriel, yann.compte.courriel, *[ancien.compte.courriel] * 2])


@pytest.mark.parametrize(
    "champs",
    [
        {"fin": date(2026, 1, 1), "debut": date(2026, 1, 2)},
        {"finie_le": timezone.now()},
        {"fin_motif": FinDeDelegation.DEPART},
        {"soi": True},
    ],
)
def test_la_base_refuse_une_delegation_incoherente(champs, equipe, anne):
    receveur = equipe.porteur if champs.pop("soi", False) else anne
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationDeDepot.objects.create(
            **{"equipe": equipe, "delegant": equipe.porteur, "delegataire": receveur, "fin": dans(3), **champs}
        )


def test_la_base_refuse_deux_delegations_ouvertes(equipe, anne):
    confier(equipe, anne)
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationDeDepot.objects.create(equipe=equipe, delegant=equipe.porteur, delegataire=anne, fin=dans(3))


# --- Les pages ------------------------------------------------------------------------------------


def adresse(equipe, nom="delegations", *suite):
    return reverse(f"equipes:{nom}", args=[equipe.pk, *suite])


def test_confier_puis_reprendre_a_l_ecran(client, equipe, anne, porteuse):
    connecter(client, porteuse)
    vide = client.get(adresse(equipe)).content.decode()
    assert "Le porteur seul fige et dépose" in vide
    reponse = client.post(adresse(equipe, "delegation_confier"), {"membres": [anne.pk], "duree": "1"}, follow=True)
    page = reponse.content.decode()
    assert "Le dépôt est confié à Anne Morvan" in page
    assert "Peut figer et déposer" in page
    delegation = DelegationDeDepot.objects.get()
    retirer = adresse(equipe, "delegation_retirer", delegation.pk)
    assert "Reprendre le dépôt à Anne Morvan" in client.get(retirer).content.decode()
    assert "ne peut plus figer ni déposer" in client.post(retirer, follow=True).content.decode()
    assert "Délégations finies (1)" in client.get(adresse(equipe)).content.decode()


@pytest.mark.parametrize(
    ("envoi", "erreur"),
    [
        ({}, "Choisissez au moins une personne."),
        ({"membres": ["999999"], "duree": "1"}, "ne peut pas recevoir le dépôt"),
        ({"membres": ["<script>"], "duree": "1"}, "ne peut pas recevoir le dépôt"),
        ({"membres": ["moi"], "duree": "99"}, "duree"),
    ],
)
def test_une_saisie_refusee_le_dit_a_cote_du_champ(envoi, erreur, client, equipe, anne, porteuse):
    connecter(client, porteuse)
    envoi = {**envoi, "membres": [str(anne.pk)]} if envoi.get("membres") == ["moi"] else envoi
    reponse = client.post(adresse(equipe, "delegation_confier"), envoi)
    assert reponse.status_code == 422
    assert erreur in reponse.content.decode()
    assert "<script>" not in reponse.content.decode().split("<main")[1].split("</main")[0]
    assert not DelegationDeDepot.objects.exists()


def test_toute_l_equipe_voit_les_delegations_et_nul_autre_ne_les_change(client, equipe, anne):
    (delegation,) = confier(equipe, anne)
    connecter(client, anne.compte)
    page = client.get(adresse(equipe)).content.decode()
    assert "Peut figer et déposer" in page
    assert adresse(equipe, "delegation_retirer", delegation.pk) not in page
    for nom, suite in (("delegation_confier", ()), ("delegation_retirer", (delegation.pk,))):
        assert client.get(adresse(equipe, nom, *suite)).status_code == 403
        assert client.post(adresse(equipe, nom, *suite)).status_code == 403
    accompagnatrice = AccesFabrique(equipe=equipe, rattache=True).compte
    connecter(client, accompagnatrice)
    assert client.get(adresse(equipe)).status_code == 200
    connecter(client, EquipeFabrique().porteur.compte)
    assert client.get(adresse(equipe)).status_code == 404
    assert client.post(adresse(equipe, "delegation_retirer", delegation.pk)).status_code == 404


def test_la_delegation_d_une_autre_equipe_est_introuvable(client, equipe, porteuse):
    ailleurs = EquipeFabrique()
    membre = MembreFabrique(equipe=ailleurs, confirme=True)
    (delegation,) = confier(ailleurs, membre)
    connecter(client, porteuse)
    assert client.post(adresse(equipe, "delegation_retirer", delegation.pk)).status_code == 404


def test_seul_dans_l_equipe_on_ne_confie_a_personne(client, equipe, porteuse):
    connecter(client, porteuse)
    assert "Personne d’autre n’a encore confirmé" in client.get(adresse(equipe)).content.decode()
    reponse = client.post(adresse(equipe, "delegation_confier"), follow=True)
    assert "Personne d’autre n’a encore confirmé" in reponse.content.decode()


def test_la_page_ne_depend_pas_du_nombre_de_delegations(client, equipe, anne, porteuse):
    connecter(client, porteuse)
    autres = [MembreFabrique(equipe=equipe, confirme=True) for _ in range(2)]

    def requetes():
        client.get(adresse(equipe))
        with CaptureQueriesContext(connection) as capture:
            client.get(adresse(equipe))
        return len(capture)

    confier(equipe, anne)
    avec_une = requetes()
    confier(equipe, *autres)
    assert requetes() == avec_une


def test_transmettre_et_retirer_disent_ce_que_devient_la_delegation(client, equipe, anne, porteuse):
    connecter(client, porteuse)
    transmettre = client.get(reverse("equipes:membre_transmettre", args=[equipe.pk, anne.pk])).content.decode()
    assert "délégations de dépôt que vous avez données prendront fin" in transmettre
    retirer = client.get(reverse("equipes:membre_retirer", args=[equipe.pk, anne.pk])).content.decode()
    assert "Si le dépôt lui était confié, il ne l’est plus." in retirer
