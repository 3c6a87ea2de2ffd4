"""Invitations et accès d'accompagnateurs : lien daté, révocable, à usage unique ; consultations consignées."""

import re
from datetime import timedelta
from urllib.parse import urlparse

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.equipes import actions
from esperluette.equipes.enums import EtatInvitation, EtatMembre, Portee
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Invitation
from esperluette.equipes.saisie import SaisieRefusee
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié")


@pytest.fixture
def porteur(equipe):
    return equipe.porteur.compte


@pytest.fixture
def membre(equipe):
    return MembreFabrique(equipe=equipe, prenom="Yann", nom="Kerbrat", courriel="yann@cabinet.example")


@pytest.fixture
def yann():
    return CompteFabrique(courriel="yann@cabinet.example")


def dernier_courriel(adresse):
    return Courriel.objects.filter(destinataire=adresse).order_by("-pk").first()


def jeton_recu(adresse="yann@cabinet.example"):
    """Le jeton du lien que porte le dernier courriel reçu à cette adresse."""
    (lien,) = re.findall(r"https?://\S+", dernier_courriel(adresse).texte)
    return urlparse(lien).path.rstrip("/").rsplit("/", 1)[1]


def sortes(objet):
    return [e.sorte for e in evenements_de(objet).order_by("numero")]


def perimer(invitation):
    Invitation.objects.filter(pk=invitation.pk).update(
        envoyee_le=timezone.now() - timedelta(days=20), echeance=timezone.now() - timedelta(seconds=1)
    )


def test_inviter_envoie_un_lien_date_dont_la_base_ne_garde_que_l_empreinte(membre, porteur, settings):
    settings.DUREE_INVITATION_JOURS = 3
    invitation = actions.inviter(membre, acteur=porteur)
    jeton = jeton_recu()
    assert len(jeton) >= 40
    assert jeton not in str(Invitation.objects.values().get())
    assert actions.invitation_du_jeton(jeton) == invitation
    assert invitation.echeance - invitation.envoyee_le == timedelta(days=3)
    membre.refresh_from_db()
    assert membre.etat == EtatMembre.INVITE
    assert sortes(membre.equipe) == ["invitation_envoyee"]


def test_le_courriel_dit_qui_invite_dans_quelle_equipe_et_jusqu_a_quand(membre, porteur):
    invitation = actions.inviter(membre, acteur=porteur)
    courriel = dernier_courriel("yann@cabinet.example")
    assert courriel.objet == f"{porteur} vous invite dans l’équipe Équipe du Lié"
    assert "Bonjour Yann" in courriel.texte
    assert timezone.localtime(invitation.echeance).strftime("%H:%M") in courriel.texte


def test_inviter_deux_fois_n_envoie_qu_un_lien(membre, porteur):
    assert actions.inviter(membre, acteur=porteur) == actions.inviter(membre, acteur=porteur)
    assert Courriel.objects.count() == 1


def test_inviter_apres_l_echeance_envoie_un_nouveau_lien(membre, porteur):
    perimee = actions.inviter(membre, acteur=porteur)
    perimer(perimee)
    assert actions.inviter(membre, acteur=porteur) != perimee
    assert Courriel.objects.count() == 2


def test_renvoyer_remplace_le_lien_une_seule_fois(membre, porteur, yann):
    premiere = actions.inviter(membre, acteur=porteur)
    ancien = jeton_recu()
    seconde = actions.renvoyer_invitation(premiere, acteur=porteur)
    assert actions.renvoyer_invitation(premiere, acteur=porteur) == seconde
    assert Courriel.objects.count() == 2
    with pytest.raises(actions.InvitationInutilisable, match="remplacé par un plus récent"):
        actions.accepter_invitation(ancien, acteur=yann)
    assert actions.accepter_invitation(jeton_recu(), acteur=yann).est_confirme
    assert sortes(membre.equipe) == ["invitation_envoyee", "invitation_renvoyee", "appartenance_confirmee"]


def test_revoquer_ferme_le_lien_et_previent(membre, porteur, yann):
    invitation = actions.inviter(membre, acteur=porteur)
    jeton = jeton_recu()
    for _ in range(2):
        actions.revoquer_invitation(invitation, acteur=porteur)
    membre.refresh_from_db()
    assert membre.etat == EtatMembre.A_INVITER
    with pytest.raises(actions.InvitationInutilisable) as refus:
        actions.accepter_invitation(jeton, acteur=yann)
    assert refus.value.etat == EtatInvitation.REVOQUEE
    assert dernier_courriel("yann@cabinet.example").objet == "L’invitation de l’équipe Équipe du Lié est annulée"
    assert Courriel.objects.count() == 2
    assert sortes(membre.equipe) == ["invitation_envoyee", "invitation_revoquee"]


def test_on_ne_revoque_pas_une_invitation_acceptee(membre, porteur, yann):
    invitation = actions.inviter(membre, acteur=porteur)
    actions.accepter_invitation(jeton_recu(), acteur=yann)
    with pytest.raises(ErreurMetier, match="a déjà confirmé"):
        actions.revoquer_invitation(invitation, acteur=porteur)


def test_accepter_confirme_rattache_le_compte_et_previent_le_porteur(membre, porteur, yann):
    actions.inviter(membre, acteur=porteur)
    jeton = jeton_recu()
    for _ in range(2):
        confirme = actions.accepter_invitation(jeton, acteur=yann)
        assert (confirme.compte, confirme.etat) == (yann, EtatMembre.CONFIRME)
    assert dernier_courriel(porteur.courriel).objet == "Yann Kerbrat a rejoint l’équipe Équipe du Lié"
    assert sortes(membre.equipe) == ["invitation_envoyee", "appartenance_confirmee"]
    assert membre.equipe in Equipe.objects.visibles_par(yann)


def test_un_lien_ne_sert_qu_une_fois(membre, porteur, yann):
    actions.inviter(membre, acteur=porteur)
    jeton = jeton_recu()
    confirme = actions.accepter_invitation(jeton, acteur=yann)
    actions.quitter(confirme, acteur=yann)
    with pytest.raises(actions.InvitationInutilisable, match="déjà servi"):
        actions.accepter_invitation(jeton, acteur=yann)


def test_un_lien_perime_dit_quoi_faire(membre, porteur, yann):
    perimer(actions.inviter(membre, acteur=porteur))
    with pytest.raises(actions.InvitationInutilisable, match="Demandez au porteur de vous en renvoyer un"):
        actions.accepter_invitation(jeton_recu(), acteur=yann)
    membre.refresh_from_db()
    assert not membre.est_confirme


@pytest.mark.parametrize("jeton", ["", "x", "é" * 50, "\ud800", "../../etc/passwd", "a" * 5000])
def test_un_jeton_inconnu_est_refuse_sans_casser(jeton, yann):
    with pytest.raises(actions.InvitationInutilisable, match="mal recopié") as refus:
        actions.accepter_invitation(jeton, acteur=yann)
    assert refus.value.etat is None


def test_une_autre_adresse_que_l_invitee_est_refusee(membre, porteur):
    actions.inviter(membre, acteur=porteur)
    with pytest.raises(Refus, match=r"envoyée à y•••@cabinet\.example"):
        actions.accepter_invitation(jeton_recu(), acteur=CompteFabrique())
    membre.refresh_from_db()
    assert not membre.est_confirme


def test_on_n_entre_pas_deux_fois_dans_la_meme_equipe(membre, porteur, yann):
    autre = MembreFabrique(
        equipe=membre.equipe, confirme=True, compte=yann, courriel="ancienne@cabinet.example", nom="Ancien"
    )
    actions.inviter(membre, acteur=porteur)
    with pytest.raises(Refus, match=f"déjà partie de cette équipe, sous le nom de {autre}"):
        actions.accepter_invitation(jeton_recu(), acteur=yann)


def test_confirmer_en_un_clic_depuis_son_compte(membre, porteur, yann):
    actions.inviter(membre, acteur=porteur)
    for _ in range(2):
        assert actions.confirmer_appartenance(membre, acteur=yann).etat == EtatMembre.CONFIRME
        membre.refresh_from_db()
    assert sortes(membre.equipe) == ["invitation_envoyee", "appartenance_confirmee"]


def test_on_ne_confirme_pas_sans_invitation_ni_pour_un_autre(membre, porteur, yann):
    with pytest.raises(actions.InvitationInutilisable):
        actions.confirmer_appartenance(membre, acteur=yann)
    actions.inviter(membre, acteur=porteur)
    with pytest.raises(Refus):
        actions.confirmer_appartenance(membre, acteur=porteur)


@pytest.mark.parametrize(
    ("traits", "phrase"),
    [
        ({"courriel": ""}, "Indiquez l’adresse de"),
        ({"confirme": True}, "a déjà confirmé son appartenance"),
        ({"parti": True}, "a quitté l’équipe"),
    ],
)
def test_on_n_invite_pas_n_importe_qui(equipe, porteur, traits, phrase):
    with pytest.raises(ErreurMetier, match=phrase):
        actions.inviter(MembreFabrique(equipe=equipe, **traits), acteur=porteur)
    assert not Courriel.objects.exists()


def test_seul_le_porteur_invite_renvoie_et_revoque(membre, equipe):
    simple = MembreFabrique(equipe=equipe, confirme=True).compte
    invitation = InvitationFabrique(membre=membre)
    for geste, objet in (
        (actions.inviter, membre),
        (actions.renvoyer_invitation, invitation),
        (actions.revoquer_invitation, invitation),
    ):
        with pytest.raises(Refus, match="Seul le porteur"):
            geste(objet, acteur=simple)


def test_changer_l_adresse_d_un_invite_ferme_le_lien_envoye_a_l_ancienne(membre, porteur, yann):
    actions.inviter(membre, acteur=porteur)
    change = actions.modifier_membre(membre, acteur=porteur, courriel="y.kerbrat@cabinet.example")
    assert change.etat == EtatMembre.A_INVITER
    with pytest.raises(actions.InvitationInutilisable):
        actions.accepter_invitation(jeton_recu(), acteur=yann)


def test_un_nom_hostile_ne_casse_pas_le_courriel(equipe, porteur):
    equipe.nom = "<b>&\r\nBcc: x@y.example"
    equipe.save()
    membre = MembreFabrique(equipe=equipe, prenom="<script>", courriel="yann@cabinet.example")
    actions.inviter(membre, acteur=porteur)
    courriel = dernier_courriel("yann@cabinet.example")
    assert "\n" not in courriel.objet
    assert "Bonjour <script>," in courriel.texte  # du texte seul : rien ne l'interprète


# --- Les autres courriels --------------------------------------------------------------------


def test_le_depart_previent_le_porteur_le_retrait_previent_la_personne(equipe, porteur):
    parti, retire = MembreFabrique.create_batch(2, equipe=equipe, confirme=True)
    actions.quitter(parti, acteur=parti.compte)
    actions.retirer_membre(retire, acteur=porteur)
    assert dernier_courriel(porteur.courriel).objet == f"{parti} a quitté l’équipe Équipe du Lié"
    assert dernier_courriel(retire.courriel).objet == "Vous ne faites plus partie de l’équipe Équipe du Lié"
    assert Courriel.objects.count() == 2


def test_retirer_une_personne_sans_adresse_n_envoie_rien(equipe, porteur):
    actions.retirer_membre(MembreFabrique(equipe=equipe, courriel=""), acteur=porteur)
    assert not Courriel.objects.exists()


def test_transmettre_previent_les_deux(equipe, porteur):
    nouveau = MembreFabrique(equipe=equipe, confirme=True)
    actions.transmettre_portage(nouveau, acteur=porteur)
    assert dernier_courriel(nouveau.courriel).objet == "Vous portez désormais l’équipe Équipe du Lié"
    assert dernier_courriel(porteur.courriel).objet == "L’équipe Équipe du Lié a un nouveau porteur"


# --- Les accompagnateurs ---------------------------------------------------------------------


def ouvrir(equipe, porteur, **champs):
    return actions.inviter_accompagnateur(
        equipe,
        acteur=porteur,
        **{
            "courriel": "conseil@appui.example",
            "nom": "Nolwenn Conseil",
            "fin": timezone.localdate() + timedelta(days=30),
            **champs,
        },
    )


def test_ouvrir_un_acces_l_annonce_et_le_consigne(equipe, porteur):
    acces = ouvrir(equipe, porteur, portee=Portee.COMMENTAIRE, courriel=" Conseil@Appui.example ")
    assert (acces.courriel, acces.portee, acces.debut) == (
        "conseil@appui.example",
        "commentaire",
        timezone.localdate(),
    )
    courriel = dernier_courriel("conseil@appui.example")
    assert courriel.objet == "L’équipe Équipe du Lié vous ouvre son espace"
    assert "lire et commenter" in courriel.texte
    assert sortes(equipe) == ["acces_ouvert"]


def test_ouvrir_deux_fois_le_meme_acces_n_en_fait_qu_un(equipe, porteur):
    assert ouvrir(equipe, porteur) == ouvrir(equipe, porteur)
    assert Courriel.objects.count() == 1
    with pytest.raises(SaisieRefusee, match="a déjà un accès jusqu’au") as refus:
        ouvrir(equipe, porteur, portee=Portee.COMMENTAIRE)
    assert refus.value.champ == "courriel"


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"fin": timezone.localdate() - timedelta(days=1)}, "fin"),
        ({"debut": timezone.localdate() + timedelta(days=60)}, "fin"),
        ({"courriel": "n’importe quoi"}, "courriel"),
        ({"courriel": ""}, "courriel"),
        ({"nom": " "}, "nom"),
    ],
)
def test_un_acces_mal_rempli_dit_quel_champ_reprendre(equipe, porteur, champs, champ):
    with pytest.raises(SaisieRefusee) as refus:
        ouvrir(equipe, porteur, **champs)
    assert refus.value.champ == champ
    assert not AccesAccompagnateur.objects.exists()


def test_un_membre_n_a_pas_besoin_d_un_acces(equipe, porteur, membre):
    with pytest.raises(SaisieRefusee, match="membre de l’équipe"):
        ouvrir(equipe, porteur, courriel=membre.courriel)


def test_seul_le_porteur_ouvre_et_ferme_un_acces(equipe):
    simple = MembreFabrique(equipe=equipe, confirme=True).compte
    with pytest.raises(Refus):
        ouvrir(equipe, simple)
    with pytest.raises(Refus):
        actions.revoquer_accompagnateur(AccesFabrique(equipe=equipe), acteur=simple)


def test_fermer_un_acces_le_coupe_tout_de_suite(equipe, porteur):
    acces = ouvrir(equipe, porteur)
    conseil = CompteFabrique(courriel="conseil@appui.example")
    assert equipe in Equipe.objects.visibles_par(conseil)
    for _ in range(2):
        assert not actions.revoquer_accompagnateur(acces, acteur=porteur).est_en_cours
    assert equipe not in Equipe.objects.visibles_par(conseil)
    assert sortes(equipe) == ["acces_ouvert", "acces_revoque"]
    assert dernier_courriel("conseil@appui.example").objet == "L’équipe Équipe du Lié a fermé votre accès"
    assert Courriel.objects.count() == 2


def test_chaque_consultation_d_un_accompagnateur_se_consigne_et_rattache_son_compte(equipe):
    acces = AccesFabrique(equipe=equipe, courriel="conseil@appui.example")
    conseil = CompteFabrique(courriel="conseil@appui.example")
    for page in ("fiche", "membres"):
        actions.consigner_consultation(equipe, acteur=conseil, page=page)
    acces.refresh_from_db()
    assert acces.compte == conseil
    assert [e.donnees["page"] for e in evenements_de(acces)] == ["membres", "fiche"]


def test_la_consultation_d_un_membre_ou_d_un_inconnu_ne_se_consigne_pas(equipe, porteur):
    acces = AccesFabrique(equipe=equipe)
    for compte in (porteur, CompteFabrique()):
        actions.consigner_consultation(equipe, acteur=compte, page="fiche")
    assert not evenements_de(acces).exists()
    assert not evenements_de(equipe).exists()


@pytest.mark.parametrize(
    ("deja", "attendu"), [({"prenom": "", "nom": ""}, "Yann Kerbrat"), ({"prenom": "Yannick", "nom": ""}, "Yannick")]
)
def test_un_compte_sans_nom_prend_celui_de_sa_fiche_et_le_journal_le_montre(membre, porteur, deja, attendu):
    sans_nom = CompteFabrique(courriel="yann@cabinet.example", **deja)
    actions.inviter(membre, acteur=porteur)
    actions.accepter_invitation(jeton_recu(), acteur=sans_nom)
    sans_nom.refresh_from_db()
    assert str(sans_nom) == attendu
    confirmation = evenements_de(membre.equipe).get(sorte="appartenance_confirmee")
    assert confirmation.acteur_nom == attendu
