"""Deux gestes au même instant : un double clic ne fait rien deux fois, deux personnes ne se contredisent pas."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.documents.models import PreuveDeSignature
from esperluette.dossiers.actions import depot as actions
from esperluette.dossiers.actions.relances import relancer
from esperluette.dossiers.models import Depot, Dossier, RelanceDeSignature
from esperluette.dossiers.preuves import preuves_de
from esperluette.dossiers.taches import rappeler_les_signatures
from esperluette.equipes import actions as equipes
from esperluette.equipes.delegations import confier_le_depot, retirer_la_delegation
from esperluette.equipes.models import DelegationDeDepot, Equipe, Membre
from esperluette.instruction.actions import prendre_en_instruction
from esperluette.journal.lectures import evenements_de, verifier
from esperluette.notifications.models import Courriel
from tests.concurrence.ensemble import ensemble, poster, sous
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import MembreFabrique, commune
from tests.matrice.envois import EQUIPE, MOI

pytestmark = pytest.mark.django_db(transaction=True)
FOIS = 8


def sortes(dossier: Dossier) -> list[str]:
    return list(evenements_de(dossier).values_list("sorte", flat=True))


def tenter(geste: Callable[[], Any]) -> Callable[[], str]:
    """Le geste, ou la phrase du refus."""

    def joue() -> str:
        try:
            geste()
        except ErreurMetier as refus:
            return str(refus)
        return ""

    return joue


def double_clic(compte: Compte, adresse: str, envoi: dict[str, Any] | None = None) -> list[tuple[int, str]]:
    """Le même envoi, huit fois au même instant : tous aboutissent, aucun ne montre d'erreur."""
    rendus = ensemble(*[poster(sous(compte), adresse, envoi) for _ in range(FOIS)])
    assert [statut for statut, _ in rendus] == [302] * FOIS
    assert not [messages for _, messages in rendus if "error" in messages]
    return rendus


def test_figer_deux_fois_ne_fait_qu_une_version():
    dossier = fabrique.brouillon(rempli=True)
    double_clic(dossier.equipe.porteur.compte, reverse("dossiers:figer", args=[dossier.reference]))
    assert dossier.depots.count() == 1
    assert sortes(dossier).count("version_figee") == 1
    assert Courriel.objects.filter(gabarit="dossiers/signature_demandee").count() == 2


def test_deposer_deux_fois_ne_fait_qu_un_depot_un_accuse_et_un_courriel_par_membre():
    depot = fabrique.signe()
    porteuse = depot.dossier.equipe.porteur.compte
    double_clic(porteuse, reverse("dossiers:deposer", args=[depot.dossier.reference]))
    depot = Depot.objects.get()
    assert depot.depose_le is not None
    assert depot.document is not None
    assert depot.accuse is not None
    assert sortes(depot.dossier).count("depot") == 1
    recus = Courriel.objects.filter(gabarit="dossiers/depot_recu").values("destinataire").annotate(n=Count("pk"))
    assert [r["n"] for r in recus] == [1, 1]


def test_relancer_deux_fois_n_ecrit_qu_une_fois_a_chacun():
    depot = fabrique.fige()
    porteuse = depot.dossier.equipe.porteur.compte
    double_clic(porteuse, reverse("dossiers:relancer", args=[depot.dossier.reference]))
    assert RelanceDeSignature.objects.count() == 2
    assert Courriel.objects.filter(gabarit="dossiers/signature_relance").count() == 2


def test_la_main_et_le_travailleur_au_meme_instant_ne_rappellent_qu_une_fois():
    depot = fabrique.fige()
    Depot.objects.update(fige_le=timezone.now() - timedelta(days=4))
    porteuse, dossier = depot.dossier.equipe.porteur.compte, depot.dossier
    ensemble(*[tenter(rappeler_les_signatures)] * 3, *[tenter(lambda: relancer(dossier, acteur=porteuse))] * 3)
    assert RelanceDeSignature.objects.count() == 2
    assert Courriel.objects.filter(gabarit__startswith="dossiers/signature_r").count() == 2


def test_confier_le_depot_deux_fois_ne_donne_qu_une_delegation():
    equipe = fabrique.equipe_complete()
    membre = equipe.membres.get(porteur=False)
    adresse = reverse("equipes:delegation_confier", args=[equipe.pk])
    double_clic(equipe.porteur.compte, adresse, {"membres": [membre.pk], "duree": "1"})
    assert DelegationDeDepot.objects.count() == 1
    assert Courriel.objects.filter(gabarit="equipes/delegation_donnee").count() == 2


def test_signer_au_meme_instant_chacun_sa_preuve_et_une_seule():
    """Deux personnes signent pendant que l'une double-clique : autant de preuves que de signatures, chaîne intacte."""
    depot = fabrique.fige()
    comptes = [m.compte for m in depot.dossier.equipe.membres.select_related("compte")]
    gestes = [tenter(lambda c=c: actions.signer(depot, acteur=c, empreinte=depot.empreinte)) for c in comptes * 2]
    refus = [r for r in ensemble(*gestes) if r]
    assert refus == ["Vous avez déjà signé cette version."] * 2
    assert PreuveDeSignature.objects.count() == 2
    assert not [m.ecarts for m in preuves_de(Depot.objects.get(), comptes[0]) if m.ecarts]
    assert verifier().intact


def test_deposer_par_delegation_pendant_qu_elle_est_retiree_reste_coherent():
    """Le dépôt passe ou se refuse ; jamais un dépôt à moitié."""
    depot = fabrique.signe()
    equipe, dossier = depot.dossier.equipe, depot.dossier
    membre = equipe.membres.select_related("compte").get(porteur=False)
    porteuse = equipe.porteur.compte
    fin = timezone.localdate() + timedelta(days=3)
    (delegation,) = confier_le_depot(equipe, acteur=porteuse, membres=[membre], fin=fin)
    rendus = ensemble(
        tenter(lambda: actions.deposer(dossier, acteur=membre.compte)),
        tenter(lambda: retirer_la_delegation(delegation, acteur=porteuse)),
    )
    depose = Depot.objects.get().depose_le is not None
    assert depose is (rendus[0] == "")
    assert Dossier.objects.get().etat == ("depose" if depose else "a_signer")


def test_rouvrir_deux_fois_ne_rouvre_qu_une_fois():
    depot = fabrique.signe()
    double_clic(depot.dossier.equipe.porteur.compte, reverse("dossiers:rouvrir", args=[depot.dossier.reference]))
    assert sortes(depot.dossier).count("version_annulee") == 1
    assert Courriel.objects.filter(gabarit="dossiers/signature_annulee").count() == 2


def test_retirer_deux_fois_ne_retire_qu_une_fois():
    dossier = fabrique.brouillon()
    adresse = reverse("dossiers:retirer", args=[dossier.reference])
    rendus = ensemble(*[poster(sous(dossier.equipe.porteur.compte), adresse, {"motif": "Fini."}) for _ in range(FOIS)])
    assert {statut for statut, _ in rendus} == {302}
    assert sortes(dossier).count("retirer") == 1


def test_creer_deux_fois_la_meme_equipe_n_en_fait_qu_une():
    commune("22136")
    compte = CompteFabrique()
    double_clic(compte, reverse("equipes:creer"), EQUIPE | MOI)
    assert Equipe.objects.count() == 1
    assert Membre.objects.filter(compte=compte, porteur=True).count() == 1


def test_ouvrir_deux_fois_le_meme_dossier_n_en_fait_qu_un():
    equipe = fabrique.equipe_complete()
    envoi = {"demarche": fabrique.DEMARCHE}
    double_clic(equipe.porteur.compte, reverse("dossiers:nouveau", args=[equipe.pk]), envoi)
    assert equipe.dossiers.count() == 1
    assert sortes(equipe.dossiers.get()) == ["dossier_cree"]


def test_ajouter_deux_fois_le_meme_membre_n_en_fait_qu_un():
    equipe = fabrique.equipe_complete()
    fiche = {"prenom": "Zoé", "nom": "Le Roux", "profession": "60", "courriel": "zoe@essais.example"}
    double_clic(equipe.porteur.compte, reverse("equipes:membre_ajouter", args=[equipe.pk]), fiche)
    assert equipe.membres.filter(nom="Le Roux").count() == 1


def test_confirmer_deux_fois_son_appartenance_ne_la_confirme_qu_une_fois():
    equipe, invitee = fabrique.equipe_complete(), CompteFabrique()
    membre = MembreFabrique(equipe=equipe, courriel=invitee.courriel)
    invitation = equipes.inviter(membre, acteur=equipe.porteur.compte)
    double_clic(invitee, reverse("equipes:confirmer", args=[invitation.pk]))
    assert Courriel.objects.filter(gabarit="equipes/appartenance_confirmee").count() <= 1
    assert list(evenements_de(equipe).values_list("sorte", flat=True)).count("appartenance_confirmee") == 1


def test_deux_agents_prennent_ensemble_le_meme_dossier_un_seul_l_instruit():
    depot = fabrique.depose()
    dossier, region = depot.dossier, depot.dossier.equipe.implantation.region
    agents = [FonctionFabrique(referent=True, region=region).compte for _ in range(FOIS)]
    rendus = ensemble(*[tenter(lambda a=a: prendre_en_instruction(dossier, acteur=a)) for a in agents])
    assert rendus.count("") == 1
    dossier.refresh_from_db()
    assert dossier.instruit_par == agents[rendus.index("")]
    assert sortes(dossier).count("prendre_en_instruction") == 1


def test_un_agent_qui_clique_deux_fois_prend_le_dossier_sans_erreur():
    depot = fabrique.depose()
    agent = FonctionFabrique(referent=True, region=depot.dossier.equipe.implantation.region).compte
    double_clic(agent, reverse("instruction:prendre", args=[depot.dossier.reference]))
    assert sortes(depot.dossier).count("prendre_en_instruction") == 1


@pytest.mark.parametrize("essai", range(3))
def test_signer_pendant_qu_on_rouvre_ne_laisse_aucune_signature_valable_sur_une_version_annulee(essai):
    equipe = fabrique.equipe_complete()
    for _ in range(5):
        MembreFabrique(equipe=equipe, confirme=True)
    depot = fabrique.fige(equipe)
    comptes = [m.compte for m in equipe.membres.confirmes().select_related("compte")]
    signatures = [tenter(lambda c=c: actions.signer(depot, acteur=c, empreinte=depot.empreinte)) for c in comptes]
    refus = ensemble(*signatures, tenter(lambda: actions.rouvrir(depot.dossier, acteur=equipe.porteur.compte)))
    depot.refresh_from_db()
    assert refus[-1] == ""
    assert depot.annule_le is not None
    assert not depot.signatures.filter(annulee_le=None).exists()
    # Chacun a signé avant, et sa signature est tombée, ou a reçu une explication.
    assert depot.signatures.count() + sum(bool(r) for r in refus) == len(comptes)
    prevenus = Courriel.objects.filter(gabarit="dossiers/signature_annulee").count()
    assert prevenus == depot.signatures.count()
    assert verifier().intact


@pytest.mark.parametrize("essai", range(3))
def test_deposer_pendant_qu_on_rouvre_fait_l_un_ou_l_autre(essai):
    depot = fabrique.signe()
    dossier, porteuse = depot.dossier, depot.dossier.equipe.porteur.compte
    refus = ensemble(
        tenter(lambda: actions.deposer(dossier, acteur=porteuse)),
        tenter(lambda: actions.rouvrir(dossier, acteur=porteuse)),
    )
    dossier.refresh_from_db()
    depot.refresh_from_db()
    assert [bool(r) for r in refus] == ([False, True] if dossier.etat == "depose" else [True, False])
    assert (depot.depose_le is None) != (depot.annule_le is None)
    assert depot.signatures.filter(annulee_le=None).count() == (2 if depot.depose_le else 0)


@pytest.mark.parametrize("essai", range(3))
def test_figer_pendant_qu_on_retire_un_membre_ne_nomme_jamais_un_absent(essai):
    equipe = fabrique.equipe_complete()
    partant = MembreFabrique(equipe=equipe, confirme=True)
    dossier, porteuse = fabrique.brouillon(equipe, rempli=True), equipe.porteur.compte
    ensemble(
        tenter(lambda: actions.figer(dossier, acteur=porteuse)),
        tenter(lambda: equipes.retirer_membre(partant, acteur=porteuse)),
    )
    presents = set(equipe.membres.presents().values_list("pk", flat=True))
    depot = dossier.depots.get()
    assert {s["membre"] for s in depot.contenu["signataires"]} == presents


@pytest.mark.parametrize("essai", range(3))
def test_ecrire_pendant_qu_on_fige_est_dans_la_version_figee_ou_refuse(essai):
    dossier = fabrique.brouillon(rempli=True)
    porteuse, chemin = dossier.equipe.porteur.compte, "territoire_qpv"
    version = dossier.reponses.get(champ=chemin).version
    refus = ensemble(
        tenter(lambda: actions.figer(dossier, acteur=porteuse)),
        tenter(
            lambda: fabrique.enregistrer_reponse(dossier, chemin, "Dernier mot.", version_lue=version, acteur=porteuse)
        ),
    )
    fige = dossier.depots.get().contenu["reponses"][chemin]
    assert refus[0] == ""
    assert (fige == "Dernier mot.") == (refus[1] == "")


def test_le_role_de_porteur_transmis_a_plusieurs_a_la_fois_n_en_fait_qu_un():
    equipe = fabrique.equipe_complete()
    autres = [MembreFabrique(equipe=equipe, confirme=True) for _ in range(FOIS)]
    porteuse = equipe.porteur.compte
    refus = ensemble(*[tenter(lambda m=m: equipes.transmettre_portage(m, acteur=porteuse)) for m in autres])
    assert refus.count("") == 1
    assert equipe.membres.filter(porteur=True).count() == 1
