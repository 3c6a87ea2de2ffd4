"""Figer, signer, rouvrir, déposer, retirer."""

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.actions import depot as d
from esperluette.dossiers.cycle import GardeFermee, TransitionImpossible
from esperluette.dossiers.documents import contexte_accuse
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import ce_qui_manque
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.taches import PATIENCE, reprendre_les_documents
from esperluette.equipes import actions as equipes
from esperluette.journal.lectures import anomalies, evenements_de
from esperluette.journal.models import Chaine
from esperluette.notifications.models import Courriel
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.equipes import MembreFabrique
from tests.fabriques.interlocuteurs import ContactFabrique

pytestmark = pytest.mark.django_db


def courriels(gabarit):
    return set(Courriel.objects.filter(gabarit=f"dossiers/{gabarit}").values_list("destinataire", flat=True))


def test_creer_deux_fois_rend_le_meme_dossier(equipe, acteurs):
    premier = d.creer_dossier(equipe, fabrique.DEMARCHE, acteur=acteurs["porteuse"])
    assert d.creer_dossier(equipe, fabrique.DEMARCHE, acteur=acteurs["porteuse"]) == premier
    assert premier.reference == f"ESP-BRE-{timezone.now():%Y}-{premier.pk:05d}"


@pytest.mark.parametrize("qui", ["membre", "accompagnatrice", "referente", "inconnue"])
def test_seul_le_porteur_ouvre_un_dossier(qui, equipe, acteurs):
    with pytest.raises(Refus):
        d.creer_dossier(equipe, fabrique.DEMARCHE, acteur=acteurs[qui])


def test_une_demarche_inconnue_est_refusee(equipe, acteurs):
    with pytest.raises(ErreurMetier, match="ne se dépose pas en ligne"):
        d.creer_dossier(equipe, "inconnue", acteur=acteurs["porteuse"])


def test_un_dossier_vide_dit_tout_ce_qui_manque_et_ne_se_fige_pas(dossier, acteurs):
    manques = ce_qui_manque(dossier)
    assert len(manques) >= 10
    assert all(m.libelle and m.message for m in manques)
    with pytest.raises(GardeFermee, match="Il manque"):
        d.figer(dossier, acteur=acteurs["porteuse"])
    assert not Depot.objects.exists()


def test_un_dossier_rempli_se_fige_une_seule_fois(equipe, acteurs):
    depot = fabrique.fige(equipe)
    assert ce_qui_manque(depot.dossier) == []
    assert d.figer(Dossier.objects.get(), acteur=acteurs["porteuse"]) == depot
    assert depot.empreinte == empreinte(Depot.objects.get().contenu)
    assert courriels("signature_demandee") == {m.courriel for m in equipe.membres.all()}


def test_un_membre_non_confirme_empeche_de_figer(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    membre = MembreFabrique(equipe=equipe, invite=True)
    assert [m.libelle for m in ce_qui_manque(dossier)] == [str(membre)]
    with pytest.raises(GardeFermee):
        d.figer(dossier, acteur=acteurs["porteuse"])


def test_une_composition_insuffisante_empeche_de_figer(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    infirmier = equipe.membres.get(porteur=False)
    equipes.retirer_membre(infirmier, acteur=acteurs["porteuse"])
    with pytest.raises(GardeFermee, match="paramédical"):
        d.figer(dossier, acteur=acteurs["porteuse"])


def test_chaque_membre_signe_une_fois(equipe, acteurs):
    depot = fabrique.fige(equipe)
    d.signer(depot, acteur=acteurs["membre"], empreinte=depot.empreinte)
    with pytest.raises(Refus, match="déjà signé"):
        d.signer(depot, acteur=acteurs["membre"], empreinte=depot.empreinte)
    assert courriels("signatures_completes") == set()
    d.signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    assert courriels("signatures_completes") == {acteurs["porteuse"].courriel}


@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "porteuse_ailleurs", "inconnue", "administratrice"])
def test_un_non_membre_ne_signe_pas(qui, equipe, acteurs):
    depot = fabrique.fige(equipe)
    with pytest.raises(Refus, match="membres nommés"):
        d.signer(depot, acteur=acteurs[qui], empreinte=depot.empreinte)
    assert depot.signatures.count() == 0


def test_on_ne_signe_que_la_version_qu_on_a_lue(equipe, acteurs):
    depot = fabrique.fige(equipe)
    with pytest.raises(Refus, match="a changé"):
        d.signer(depot, acteur=acteurs["membre"], empreinte="0" * 64)


def test_deposer_sans_toutes_les_signatures_est_refuse(equipe, acteurs):
    depot = fabrique.fige(equipe)
    d.signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    with pytest.raises(GardeFermee, match="1 signature"):
        d.deposer(depot.dossier, acteur=acteurs["porteuse"])


def test_un_brouillon_ne_se_depose_pas_sans_signature(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    with pytest.raises(GardeFermee, match="sign"):
        d.deposer(dossier, acteur=acteurs["porteuse"])


def test_deposer_produit_le_pdf_et_l_accuse_et_previent_tout_le_monde(
    equipe, acteurs, django_capture_on_commit_callbacks
):
    depot = fabrique.signe(equipe)
    with django_capture_on_commit_callbacks(execute=True):
        d.deposer(depot.dossier, acteur=acteurs["porteuse"])
    depot = Depot.objects.get()
    assert depot.dossier.etat == Etat.DEPOSE
    assert depot.dossier.depose_le == depot.depose_le
    for produit in (depot.document, depot.accuse):
        with produit.fichier.open("rb") as fichier:
            assert fichier.read(5) == b"%PDF-"
    assert courriels("depot_recu") == {m.courriel for m in equipe.membres.all()}


def test_l_accuse_d_un_agent_fictif_ne_donne_l_adresse_d_aucun_vrai_contact(equipe, acteurs):
    depot = fabrique.depose(equipe)
    publie = ContactFabrique(region=equipe.implantation.region)
    assert contexte_accuse(depot).service.courriel == publie.courriel
    Compte.objects.filter(pk=acteurs["referente"].pk).update(fictif=True)
    service = contexte_accuse(depot).service
    assert (service.courriel, service.telephone) == (acteurs["referente"].courriel, "")


def test_deposer_deux_fois_rend_le_meme_depot(equipe, acteurs):
    depot = fabrique.depose(equipe)
    assert d.deposer(depot.dossier, acteur=acteurs["porteuse"]) == depot
    assert [e.sorte for e in evenements_de(depot.dossier)].count("depot") == 1


def test_rouvrir_annule_les_signatures_et_le_dit_aux_signataires(equipe, acteurs):
    depot = fabrique.fige(equipe)
    d.signer(depot, acteur=acteurs["membre"], empreinte=depot.empreinte)
    dossier = d.rouvrir(depot.dossier, acteur=acteurs["porteuse"])
    assert dossier.etat == Etat.BROUILLON
    assert depot.signatures.filter(annulee_le=None).count() == 0
    assert courriels("signature_annulee") == {acteurs["membre"].courriel}
    with pytest.raises(Refus, match="rouverte"):
        d.signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    suivant = d.figer(dossier, acteur=acteurs["porteuse"])
    assert (suivant.numero, suivant.signatures.count()) == (2, 0)
    assert suivant.empreinte != depot.empreinte


def test_on_ne_change_pas_l_equipe_pendant_la_signature(equipe, acteurs):
    fabrique.fige(equipe)
    with pytest.raises(ErreurMetier, match="rouvr"):
        equipes.retirer_membre(equipe.membres.get(porteur=False), acteur=acteurs["porteuse"])


def test_retirer_ferme_le_dossier_et_permet_d_en_ouvrir_un_autre(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    d.retirer(dossier, acteur=acteurs["porteuse"])
    d.retirer(Dossier.objects.get(pk=dossier.pk), acteur=acteurs["porteuse"])
    assert Depot.objects.get().annule_le is not None
    assert d.creer_dossier(equipe, fabrique.DEMARCHE, acteur=acteurs["porteuse"]) != dossier


def test_rouvrir_un_dossier_depose_est_refuse(equipe, acteurs):
    depot = fabrique.depose(equipe)
    with pytest.raises(TransitionImpossible):
        d.rouvrir(depot.dossier, acteur=acteurs["porteuse"])


def test_le_journal_du_chemin_entier_est_intact_et_sans_texte_saisi(equipe):
    depot = fabrique.depose(equipe)
    evenements = list(evenements_de(depot.dossier))
    assert [e.sorte for e in reversed(evenements)] == [
        "dossier_cree", "figer", "version_figee", "signature", "signature", "deposer", "depot",
    ]  # fmt: skip
    assert all(anomalies(chaine) == [] for chaine in Chaine.objects.all())
    assert "patientèle" not in str([e.donnees for e in evenements])


def test_le_contenu_fige_ne_bouge_plus_quand_l_equipe_change(equipe, acteurs):
    depot = fabrique.depose(equipe)
    avant = Depot.objects.get().contenu
    equipes.modifier_equipe(equipe, acteur=acteurs["porteuse"], nom="Autre nom")
    assert Depot.objects.get().contenu == avant
    assert depot.empreinte == empreinte(avant)


def test_un_accuse_qui_n_a_pas_pu_se_produire_est_repris_par_l_entretien(equipe):
    depot = fabrique.depose(equipe)  # sans fin de transaction, la tâche n'est pas partie
    Depot.objects.update(depose_le=timezone.now() - PATIENCE * 2)
    assert reprendre_les_documents() == 1
    depot.refresh_from_db()
    assert depot.document is not None
    assert depot.accuse is not None
    assert reprendre_les_documents() == 0


def test_un_depot_tout_recent_attend_son_tour(equipe):
    fabrique.depose(equipe)
    assert reprendre_les_documents() == 0


def test_le_depot_previent_le_referent_le_plus_proche_et_lui_seul(equipe, acteurs):
    region, epci = equipe.implantation.region, equipe.implantation.epci
    de_l_interco = FonctionFabrique(referent=True, region=region, epcis=[epci]).compte
    FonctionFabrique(referent=True, region=region)
    FonctionFabrique(autorite=True, region=region)
    fabrique.depose(equipe)
    assert courriels("depot_a_instruire") == {de_l_interco.courriel}


def test_sans_referent_d_intercommunalite_celui_du_departement_est_prevenu(equipe, acteurs):
    fabrique.depose(equipe)
    assert courriels("depot_a_instruire") == {acteurs["referente"].courriel}


def test_sans_agent_en_fonction_le_depot_reste_possible(equipe):
    fabrique.depose(equipe)
    assert courriels("depot_a_instruire") == set()
