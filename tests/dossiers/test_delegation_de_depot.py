"""Figer et déposer par délégation : ce que cela ouvre, ce que cela n'ouvre pas, et ce qu'on en dit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.documents.models import Signature
from esperluette.dossiers.actions.depot import deposer, figer, rouvrir, signer
from esperluette.dossiers.documents import deposant_de
from esperluette.dossiers.droits import peut_deposer, peut_piloter
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import phrase_pour
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.actions import transmettre_portage
from esperluette.equipes.delegations import confier_le_depot, retirer_la_delegation
from esperluette.equipes.models import DelegationDeDepot
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.dossiers import essai
from tests.dossiers.ecrans import requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def anne(equipe):
    return MembreFabrique(equipe=equipe, confirme=True, compte__prenom="Anne", compte__nom="Morvan")


def confier(equipe, *membres):
    fin = timezone.localdate() + timedelta(days=30)
    return confier_le_depot(equipe, acteur=equipe.porteur.compte, membres=membres, fin=fin)


@pytest.fixture
def confiee(equipe, anne):
    return confier(equipe, anne)[0]


@pytest.fixture
def complet(equipe, anne):
    return fabrique.brouillon(equipe, rempli=True)


def test_la_deleguee_fige_relance_et_depose_a_l_ecran(complet, confiee, anne, equipe):
    client = sous(anne.compte)
    assert url(complet, "figer") in texte(client.get(url(complet, "signature")))
    client.post(url(complet, "figer"))
    depot = Depot.objects.get()
    assert depot.fige_par == anne.compte
    client.post(url(complet, "relancer"))
    assert Courriel.objects.filter(gabarit="dossiers/signature_relance").count() == 3
    for membre in equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    page = texte(client.get(url(complet, "signature")))
    assert "Déposer le dossier" in page
    assert url(complet, "rouvrir") not in page
    client.post(url(complet, "deposer"))
    assert Dossier.objects.get().etat == Etat.DEPOSE
    assert deposant_de(Depot.objects.get()) == f"Anne Morvan, par délégation de {equipe.porteur}"
    gestes = {e.sorte: e.donnees.get("delegation") for e in evenements_de(complet)}
    assert gestes["figer"] == gestes["deposer"] == confiee.pk


@pytest.mark.parametrize("nom", ["rouvrir", "retirer"])
def test_la_deleguee_ne_rouvre_ni_ne_retire(nom, complet, confiee, anne, equipe):
    figer(complet, acteur=anne.compte)
    reponse = sous(anne.compte).post(url(complet, nom))
    assert reponse.status_code == 403
    assert Dossier.objects.get().etat == Etat.A_SIGNER
    with pytest.raises(Refus, match="Seul le porteur rouvre ou retire"):
        rouvrir(complet, acteur=anne.compte)


def test_la_deleguee_ne_signe_a_la_place_de_personne(complet, confiee, anne, equipe):
    depot = figer(complet, acteur=anne.compte)
    signer(depot, acteur=anne.compte, empreinte=depot.empreinte)
    with pytest.raises(Refus, match="déjà signé"):
        signer(depot, acteur=anne.compte, empreinte=depot.empreinte)
    assert Signature.objects.get().nom == "Anne Morvan"
    with pytest.raises(Exception, match="Il manque encore 2 signatures"):
        deposer(complet, acteur=anne.compte)


def test_quand_le_porteur_signe_seul_la_deleguee_fige_et_depose_sans_signer(equipe_d_essai):
    membre = equipe_d_essai.membres.get(porteur=False)
    dossier = essai.complet(equipe_d_essai, essai.LETTRE)
    confier(equipe_d_essai, membre)
    assert "peut figer la version ; le porteur la signe" in phrase_pour(dossier, "equipe", membre.compte).texte
    page = texte(sous(membre.compte).get(url(dossier, "signature")))
    assert "le porteur la relira et la signera" in page
    depot = figer(dossier, acteur=membre.compte)
    with pytest.raises(Refus, match="Seuls les membres nommés"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    signer(depot, acteur=essai.porteuse(equipe_d_essai), empreinte=depot.empreinte)
    assert deposer(dossier, acteur=membre.compte).depose_le


@pytest.mark.parametrize("fin", ["retiree", "echue", "portage"])
def test_une_delegation_finie_ne_sert_plus_et_dit_pourquoi(fin, complet, confiee, anne, equipe):
    if fin == "retiree":
        retirer_la_delegation(confiee, acteur=equipe.porteur.compte)
    elif fin == "portage":
        transmettre_portage(equipe.membres.exclude(pk=anne.pk).get(porteur=False), acteur=equipe.porteur.compte)
    else:
        DelegationDeDepot.objects.update(
            debut=timezone.localdate() - timedelta(days=9), fin=timezone.localdate() - timedelta(days=1)
        )
    dossier = Dossier.objects.get()
    permission = peut_deposer(anne.compte, dossier)
    assert not permission
    assert f"Seul le porteur, {dossier.equipe.porteur}, fige et dépose" in permission.motif
    reponse = sous(anne.compte).post(url(complet, "figer"))
    assert reponse.status_code == 403
    assert Dossier.objects.get().etat == Etat.BROUILLON


def test_ce_que_la_deleguee_a_fige_reste_valable_une_fois_la_delegation_retiree(complet, confiee, anne, equipe):
    depot = figer(complet, acteur=anne.compte)
    retirer_la_delegation(confiee, acteur=equipe.porteur.compte)
    for membre in equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    with pytest.raises(Refus):
        deposer(complet, acteur=anne.compte)
    assert deposer(complet, acteur=equipe.porteur.compte).depose_le
    assert deposant_de(Depot.objects.get()) == str(equipe.porteur)


def test_deux_clics_le_porteur_et_la_deleguee_deposent_au_meme_moment(complet, confiee, anne, equipe):
    depot = figer(complet, acteur=anne.compte)
    assert figer(complet, acteur=equipe.porteur.compte) == depot
    for membre in equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    un, deux = deposer(complet, acteur=anne.compte), deposer(complet, acteur=equipe.porteur.compte)
    assert un.pk == deux.pk
    assert Depot.objects.count() == 1


def test_la_phrase_dit_qui_a_la_main(complet, anne, equipe):
    membre = equipe.membres.exclude(pk=anne.pk).get(porteur=False).compte
    assert "le porteur peut figer" in phrase_pour(complet, "equipe", membre).texte
    confier(equipe, anne)
    assert "le porteur (ou Anne Morvan, par délégation) peut figer" in phrase_pour(complet, "equipe", membre).texte
    depot = figer(complet, acteur=anne.compte)
    for signataire in equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=signataire.compte, empreinte=depot.empreinte)
    dossier = Dossier.objects.get()
    pour_elle = phrase_pour(dossier, "equipe", anne.compte)
    assert (pour_elle.qui, pour_elle.texte[:8]) == ("Vous", "À vous :")
    assert "(ou Anne Morvan, par délégation) peut déposer" in pour_elle.texte
    assert phrase_pour(dossier, "equipe", membre).qui == "L’équipe"


def test_toutes_les_signatures_posees_previennent_aussi_la_deleguee(complet, confiee, anne, equipe):
    depot = figer(complet, acteur=anne.compte)
    for membre in equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    prevenus = Courriel.objects.filter(gabarit="dossiers/signatures_completes").values_list("destinataire", flat=True)
    assert sorted(prevenus) == sorted([anne.compte.courriel, equipe.porteur.compte.courriel])


def test_la_page_nomme_les_delegataires_a_toute_l_equipe(complet, confiee, anne, equipe, acteurs):
    for qui in ("porteuse", "membre", "accompagnatrice"):
        page = texte(sous(acteurs[qui]).get(url(complet, "signature")))
        assert "Le porteur a confié le dépôt à Anne Morvan" in page, qui


def test_la_conduite_du_dossier_reste_au_porteur(complet, confiee, anne, equipe):
    assert not peut_piloter(anne.compte, complet)
    assert peut_piloter(equipe.porteur.compte, complet)
    assert peut_deposer(equipe.porteur.compte, complet)


def test_les_delegations_ne_coutent_pas_une_requete_chacune(complet, anne, equipe, acteurs):
    adresses = [url(complet, "signature"), url(complet, "fiche"), f"/equipes/{equipe.pk}/", "/dossiers/"]
    autres = [MembreFabrique(equipe=equipe, confirme=True) for _ in range(2)]
    client = sous(acteurs["membre"])
    confier(equipe, anne)
    avant = [requetes(client, a) for a in adresses]
    confier(equipe, *autres)
    assert [requetes(client, a) for a in adresses] == avant
