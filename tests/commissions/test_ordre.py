"""Inscrire, retirer, ordonner ; et ce que l'équipe en apprend."""

import datetime

import pytest
from django.utils import timezone

from esperluette.commissions.actions import (
    annuler_seance,
    convoquer,
    convoquer_de_nouveau,
    deplacer,
    deporter,
    desinscrire,
    inscrire,
    ordonner,
    proposer_les_rapporteurs,
    regler_le_point,
)
from esperluette.commissions.actions.outils import ChampRefuse
from esperluette.commissions.cycle import franchir_seance
from esperluette.commissions.enums import Issue
from esperluette.commissions.inscriptions import dossiers_prets, instances_de, seances_ouvertes_a
from esperluette.commissions.models import Deport, InvitationDePorteur, Point
from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.cycle import TransitionImpossible, franchir
from esperluette.dossiers.enums import Etat
from esperluette.notifications.models import Courriel
from tests.fabriques.commissions import (
    ConvocationFabrique,
    InstanceFabrique,
    MandatFabrique,
    PointFabrique,
    SeanceFabrique,
    dossier_recu,
)
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.dossiers import equipe_complete
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def seance(db):
    return SeanceFabrique(date=timezone.localdate() + datetime.timedelta(days=40), heure=datetime.time(14))


@pytest.fixture
def secretaire(seance):
    return FonctionFabrique(secretariat=True, region=seance.region).compte


@pytest.fixture
def dossier(seance):
    return dossier_recu(etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def trois(seance):
    return [PointFabrique(seance=seance, ordre=n) for n in (1, 2, 3)]


def courriels(gabarit):
    return Courriel.objects.filter(gabarit=f"commissions/{gabarit}")


def test_inscrire_fait_passer_le_dossier_pose_l_echeance_et_previent_l_equipe(seance, secretaire, dossier):
    point = inscrire(dossier, seance, acteur=secretaire)
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.echeance, dossier.echeance_nature) == ("inscrit", seance.date, "seance")
    assert (point.ordre, point.affaire, point.porteur_invite) == (1, "valider-un-projet", False)
    assert courriels("dossier_inscrit").count() == dossier.equipe.membres.confirmes().count()
    courriel = courriels("dossier_inscrit").first()
    assert "votre projet passe en CARPEC le" in courriel.objet
    assert "rien à faire" in courriel.texte


def test_un_double_clic_n_inscrit_qu_une_fois_et_n_ecrit_qu_une_fois_a_l_equipe(seance, secretaire, dossier):
    premier = inscrire(dossier, seance, acteur=secretaire)
    assert inscrire(dossier, seance, acteur=secretaire) == premier
    assert Point.objects.count() == 1
    assert courriels("dossier_inscrit").count() == 2


def test_un_dossier_n_est_que_dans_une_seance_active(seance, secretaire, dossier):
    inscrire(dossier, seance, acteur=secretaire)
    autre = SeanceFabrique(instance=seance.instance, date=seance.date + datetime.timedelta(days=30))
    with pytest.raises(Conflit, match="déjà à l’ordre du jour"):
        inscrire(dossier, autre, acteur=secretaire)


@pytest.mark.parametrize("etat", [Etat.DEPOSE, Etat.A_COMPLETER, Etat.AVIS_RENDU, Etat.RETIRE])
def test_un_dossier_qui_n_est_pas_en_instruction_ne_s_inscrit_pas(seance, secretaire, etat):
    with pytest.raises(TransitionImpossible):
        inscrire(dossier_recu(etat=etat), seance, acteur=secretaire)
    assert not Point.objects.exists()


def test_apres_la_date_limite_il_faut_dire_pourquoi(seance, secretaire, dossier):
    seance.depot_avant = timezone.localdate() - datetime.timedelta(days=1)
    seance.save()
    for vide in ("", "  ", "\x00"):
        with pytest.raises(ChampRefuse, match="après la date limite") as refus:
            inscrire(dossier, seance, acteur=secretaire, motif_hors_delai=vide)
        assert refus.value.champ == "motif_hors_delai"
    point = inscrire(dossier, seance, acteur=secretaire, motif_hors_delai=" Pièce reçue la veille ")
    assert point.motif_hors_delai == "Pièce reçue la veille"


def test_une_seance_pleine_previent_ou_refuse_selon_l_instance(seance, secretaire, dossier):
    seance.capacite = 1
    seance.save()
    inscrire(dossier_recu(etat=Etat.EN_INSTRUCTION), seance, acteur=secretaire)
    seance.instance.regles = {"capacite_stricte": True}
    seance.instance.save()
    with pytest.raises(ErreurMetier, match="pleine"):
        inscrire(dossier, seance, acteur=secretaire)
    seance.instance.regles = {}
    seance.instance.save()
    assert inscrire(dossier, seance, acteur=secretaire).ordre == 2


def test_la_mauvaise_instance_se_dit(secretaire, dossier):
    ccopd = SeanceFabrique(instance=InstanceFabrique(departementale=True))
    with pytest.raises(ErreurMetier, match="relève de la CARPEC"):
        inscrire(dossier, ccopd, acteur=secretaire)


def test_un_agent_d_un_autre_departement_n_inscrit_pas(seance, dossier):
    from tests.fabriques.dossiers import _autre_departement

    ailleurs = FonctionFabrique(
        referent=True, region=seance.region, departement=_autre_departement(seance.region)
    ).compte
    with pytest.raises(Refus):
        inscrire(dossier, seance, acteur=ailleurs)


def test_l_agent_du_departement_inscrit(seance, dossier):
    implantation = dossier.equipe.implantation
    agent = FonctionFabrique(referent=True, region=seance.region, departement=implantation.departement).compte
    assert inscrire(dossier, seance, acteur=agent).inscrit_par == agent


def test_retirer_rend_le_dossier_a_l_instruction_avec_un_motif(seance, secretaire, dossier):
    point = inscrire(dossier, seance, acteur=secretaire)
    suivant = inscrire(dossier_recu(etat=Etat.EN_INSTRUCTION), seance, acteur=secretaire)
    with pytest.raises(ChampRefuse):
        desinscrire(point, acteur=secretaire, motif=" ")
    desinscrire(point, acteur=secretaire, motif="Budget à revoir")
    desinscrire(point, acteur=secretaire, motif="Second clic")
    dossier.refresh_from_db()
    point.refresh_from_db()
    suivant.refresh_from_db()
    assert (dossier.etat, dossier.motif) == ("en_instruction", "Budget à revoir")
    assert dossier.echeance_nature != "seance", "la date de la séance n'est plus une échéance"
    assert (point.issue, point.motif_retrait, suivant.ordre) == (Issue.RETIRE, "Budget à revoir", 1)
    assert courriels("dossier_retire_de_seance").count() == 2
    assert inscrire(dossier, seance, acteur=secretaire).pk != point.pk


def test_une_seance_ouverte_ne_se_complete_plus(seance, secretaire, dossier):
    ouverte = SeanceFabrique(instance=seance.instance, ouverte=True, date=timezone.localdate())
    with pytest.raises(ErreurMetier, match="ne change plus"):
        inscrire(dossier, ouverte, acteur=secretaire)
    point = PointFabrique(seance=ouverte)
    with pytest.raises(ErreurMetier, match="ajournez"):
        desinscrire(point, acteur=secretaire, motif="Trop tard")


def test_un_dossier_retire_par_son_equipe_quitte_l_ordre_du_jour(seance, secretaire, dossier):
    point = inscrire(dossier, seance, acteur=secretaire)
    franchir(dossier, "retirer", acteur=dossier.equipe.porteur.compte)
    point.refresh_from_db()
    assert (point.issue, point.motif_retrait) == (Issue.RETIRE, "Dossier retiré.")


def test_on_ordonne_et_l_on_deplace(seance, secretaire, trois):
    un, deux, trois_ = trois
    ordonner(seance, [trois_.pk, un.pk, deux.pk], acteur=secretaire)
    assert list(seance.points.a_l_ordre_du_jour()) == [trois_, un, deux]
    deplacer(deux, acteur=secretaire, vers_le_haut=True)
    deplacer(trois_, acteur=secretaire, vers_le_haut=True)  # déjà en tête
    assert list(seance.points.a_l_ordre_du_jour()) == [trois_, deux, un]


def test_un_ordre_du_jour_change_entre_temps_se_dit_et_n_ecrit_rien(seance, secretaire, trois):
    for liste in ([trois[0].pk], [p.pk for p in trois] + [999], [trois[0].pk] * 3):
        with pytest.raises(Conflit):
            ordonner(seance, liste, acteur=secretaire)
    assert list(seance.points.a_l_ordre_du_jour()) == trois


def test_un_membre_n_ordonne_pas(seance, trois):
    membre = MandatFabrique(siege__instance=seance.instance).compte
    with pytest.raises(Refus):
        ordonner(seance, [p.pk for p in reversed(trois)], acteur=membre)


def test_les_rapporteurs_se_partagent_sans_deporte_ni_changer_ceux_choisis(seance, secretaire, trois):
    mandats = MandatFabrique.create_batch(2, siege__instance=seance.instance)
    MandatFabrique(siege__instance=seance.instance, siege__votant=False)
    choisi = mandats[0].compte
    regler_le_point(trois[0], acteur=secretaire, rapporteur=choisi, duree_minutes=20, porteur_invite=False)
    Deport.objects.create(point=trois[1], compte=mandats[1].compte, motif="Famille")
    assert proposer_les_rapporteurs(seance, acteur=secretaire) == 2
    rapporteurs = [p.rapporteur for p in seance.points.a_l_ordre_du_jour()]
    assert rapporteurs == [choisi, choisi, mandats[1].compte]
    assert proposer_les_rapporteurs(seance, acteur=secretaire) == 0


def test_un_rapporteur_siege_et_n_est_pas_deporte(seance, secretaire, trois):
    membre = MandatFabrique(siege__instance=seance.instance).compte
    commun = {"acteur": secretaire, "duree_minutes": 15, "porteur_invite": False}
    for intrus in (CompteFabrique(), MandatFabrique(siege__instance=seance.instance, ancien=True).compte):
        with pytest.raises(ChampRefuse):
            regler_le_point(trois[0], rapporteur=intrus, **commun)
    Deport.objects.create(point=trois[0], compte=membre, motif="Famille")
    with pytest.raises(ChampRefuse, match="déportée"):
        regler_le_point(trois[0], rapporteur=membre, **commun)
    for duree in (0, 481):
        with pytest.raises(ChampRefuse):
            regler_le_point(trois[1], rapporteur=None, **(commun | {"duree_minutes": duree}))


def test_un_deport_efface_le_rapporteur(seance, secretaire, trois):
    membre = MandatFabrique(siege__instance=seance.instance).compte
    regler_le_point(trois[0], acteur=secretaire, rapporteur=membre, duree_minutes=15, porteur_invite=False)
    ConvocationFabrique(seance=seance, mandat=membre.mandats.get())
    deporter(trois[0], membre, acteur=secretaire, motif="Associé d’un membre")
    trois[0].refresh_from_db()
    assert trois[0].rapporteur is None


def test_les_dossiers_prets_et_les_seances_ouvertes_se_repondent(seance, dossier):
    dossier_recu(etat=Etat.DEPOSE)
    PointFabrique(seance=seance)
    SeanceFabrique(instance=seance.instance, annulee=True)
    SeanceFabrique(instance=seance.instance, date=datetime.date(2020, 1, 2))
    assert list(dossiers_prets(seance.instance)) == [dossier]
    assert list(instances_de(dossier)) == [seance.instance]
    assert seances_ouvertes_a(dossier) == [seance]


def test_annuler_une_seance_rend_les_dossiers_ou_les_reporte(seance, secretaire, dossier):
    point = inscrire(dossier, seance, acteur=secretaire)
    autre = SeanceFabrique(instance=seance.instance, date=seance.date + datetime.timedelta(days=30))
    with pytest.raises(ChampRefuse):
        annuler_seance(seance, acteur=secretaire, motif="Grève", reporter_sur=SeanceFabrique())
    annuler_seance(seance, acteur=secretaire, motif="Grève", reporter_sur=autre)
    dossier.refresh_from_db()
    point.refresh_from_db()
    assert (dossier.etat, dossier.echeance, point.issue) == ("inscrit", autre.date, Issue.RETIRE)
    assert courriels("seance_deplacee").count() == 2
    annuler_seance(autre, acteur=secretaire, motif="Quorum impossible")
    annuler_seance(autre, acteur=secretaire, motif="Second clic")
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.motif) == ("en_instruction", "Séance annulée : Quorum impossible")
    assert not Point.objects.a_examiner().exists()


def test_reporter_un_dossier_sur_une_seance_convoquee_previent_ceux_qui_y_viennent(seance, secretaire, dossier):
    point = inscrire(dossier, seance, acteur=secretaire, porteur_invite=True)
    autre = SeanceFabrique(instance=seance.instance, date=seance.date + datetime.timedelta(days=30), convoquee=True)
    convoque = ConvocationFabrique(seance=autre, mandat=MandatFabrique(siege__instance=seance.instance)).compte
    annuler_seance(seance, acteur=secretaire, motif="Grève", reporter_sur=autre)
    assert [c.destinataire for c in courriels("ordre_du_jour_change")] == [convoque.courriel]
    copie = Point.objects.exclude(pk=point.pk).get()
    assert copie.invitations.get().compte == dossier.equipe.porteur.compte


def test_faute_de_quorum_une_seconde_seance_reprend_le_meme_ordre_du_jour(seance, secretaire, trois):
    MandatFabrique(siege__instance=seance.instance)
    valeurs = {"date": seance.date + datetime.timedelta(days=8), "heure": datetime.time(9), "publique": False}
    with pytest.raises(ErreurMetier, match="ouverte sans quorum"):
        convoquer_de_nouveau(seance, acteur=secretaire, valeurs=valeurs)
    convoquer(seance, acteur=secretaire)
    franchir_seance(seance, "ouvrir", acteur=secretaire)
    seconde = convoquer_de_nouveau(seance, acteur=secretaire, valeurs=valeurs)
    assert convoquer_de_nouveau(seance, acteur=secretaire, valeurs=valeurs) == seconde
    assert (seconde.seconde_de, seconde.etat) == (seance, "prevue")
    assert [p.dossier for p in seconde.points.a_l_ordre_du_jour()] == [p.dossier for p in trois]
    assert {p.issue for p in seance.points.all()} == {Issue.REPORTE}
    assert {p.dossier.etat for p in seconde.points.select_related("dossier")} == {"inscrit"}


def test_en_ccopd_le_porteur_est_invite_avec_son_creneau(seance, secretaire, trois):
    MandatFabrique(siege__instance=seance.instance)
    for point in trois[:2]:
        regler_le_point(point, acteur=secretaire, rapporteur=None, duree_minutes=30, porteur_invite=True)
    convoquer(seance, acteur=secretaire)
    envois = list(InvitationDePorteur.objects.order_by("creneau"))
    assert [timezone.localtime(e.creneau).time() for e in envois] == [datetime.time(14), datetime.time(14, 30)]
    deplacer(trois[1], acteur=secretaire, vers_le_haut=True)
    bouges = {e.point_id: e for e in InvitationDePorteur.objects.all()}
    assert [e.sequence for e in bouges.values()] == [1, 1]
    assert timezone.localtime(bouges[trois[1].pk].creneau).time() == datetime.time(14)
    desinscrire(trois[1], acteur=secretaire, motif="Reporté")
    assert InvitationDePorteur.objects.get(point=trois[1]).annulee_le is not None
    assert courriels("porteur_decommande").count() == 1


def test_inscrire_apres_la_convocation_deduit_les_deports_et_previent_les_convoques(
    seance, secretaire, dossier, trois
):
    membre = MandatFabrique(siege__instance=seance.instance).compte
    convoquer(seance, acteur=secretaire)
    interesse = equipe_complete()
    MembreFabrique(equipe=interesse, confirme=True, compte=membre)
    point = inscrire(dossier_recu(interesse, etat=Etat.EN_INSTRUCTION), seance, acteur=secretaire)
    assert point.deports.get().compte == membre
    assert courriels("ordre_du_jour_change").count() == 1


def test_a_l_ouverture_les_interets_nes_depuis_la_convocation_se_constatent(seance, secretaire, trois):
    membre = MandatFabrique(siege__instance=seance.instance).compte
    convoquer(seance, acteur=secretaire)
    assert not Deport.objects.exists()
    MembreFabrique(equipe=trois[1].dossier.equipe, confirme=True, compte=membre)
    franchir_seance(seance, "ouvrir", acteur=secretaire)
    deport = Deport.objects.get()
    assert (deport.point, deport.compte, deport.deduit) == (trois[1], membre, True)
