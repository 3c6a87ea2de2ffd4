"""Les courriels : à qui ils vont, ce qu'ils disent, le lien qu'ils portent ; jamais de coordonnée d'un tiers."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from esperluette.equipes import actions, courriels
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique

pytestmark = pytest.mark.django_db

LIENS = {
    "invitation": "/equipes/invitation/",
    "invitation_renvoyee": "/equipes/invitation/",
    "appartenance_confirmee": "/equipes/{pk}/",
    "portage_transmis": "/equipes/{pk}/",
    "depart": "/equipes/{pk}/membres/",
    "accompagnateur_invite": "/equipes/{pk}/",
}
SANS_LIEN = {"invitation_revoquee", "retrait", "accompagnateur_revoque"}


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié", porteur__telephone="02 96 00 00 00")


@pytest.fixture
def envoyes(equipe):
    """Un courriel de chaque sorte, par nom de gabarit."""
    porteur = equipe.porteur.compte
    invite, retire = MembreFabrique(equipe=equipe), MembreFabrique(equipe=equipe)
    actions.renvoyer_invitation(actions.inviter(invite, acteur=porteur), acteur=porteur)
    venu = actions.confirmer_appartenance(invite, acteur=CompteFabrique(courriel=invite.courriel))
    actions.revoquer_invitation(actions.inviter(retire, acteur=porteur), acteur=porteur)
    actions.retirer_membre(retire, acteur=porteur)
    parti = MembreFabrique(equipe=equipe, confirme=True)
    actions.quitter(parti, acteur=parti.compte)
    acces = actions.inviter_accompagnateur(
        equipe, acteur=porteur, courriel="a@appui.example", nom="Anne", fin=timezone.localdate() + timedelta(days=9)
    )
    actions.revoquer_accompagnateur(acces, acteur=porteur)
    actions.transmettre_portage(venu, acteur=porteur)
    return {c.gabarit.removeprefix("equipes/"): c for c in Courriel.objects.order_by("pk")}


def test_chaque_geste_a_son_courriel(envoyes):
    assert set(envoyes) == set(LIENS) | SANS_LIEN


def test_chaque_courriel_salue_nomme_l_equipe_et_tient_en_quelques_lignes(envoyes):
    for nom, courriel in envoyes.items():
        assert courriel.texte.startswith("Bonjour "), nom
        assert "Équipe du Lié" in courriel.objet, nom
        assert "Équipe du Lié" in courriel.texte, nom
        assert len(courriel.texte) < 800, nom
        assert "{{" not in courriel.texte + courriel.objet, nom
        assert "None" not in courriel.texte, nom


def test_un_courriel_porte_au_plus_un_lien_vers_le_site(envoyes, equipe):
    for nom, courriel in envoyes.items():
        liens = re.findall(r"https?://\S+", courriel.texte)
        if nom in SANS_LIEN:
            assert liens == [], nom
        else:
            (lien,) = liens
            attendu = settings.ADRESSE_PUBLIQUE + LIENS[nom].format(pk=equipe.pk)
            assert lien.startswith(attendu) if "invitation" in nom else lien == attendu, nom


def test_aucun_courriel_ne_donne_les_coordonnees_de_quelqu_un(envoyes, equipe):
    for nom, courriel in envoyes.items():
        assert "@" not in courriel.texte, nom
        assert "02 96" not in courriel.texte, nom


def test_un_courriel_refuse_ne_laisse_pas_de_membre_a_moitie_invite(equipe, monkeypatch):
    membre = MembreFabrique(equipe=equipe)
    monkeypatch.setattr(settings, "ADRESSE_PUBLIQUE", None)  # le lien ne peut pas se faire : l'envoi échoue
    with pytest.raises(TypeError):
        actions.inviter(membre, acteur=equipe.porteur.compte)
    membre.refresh_from_db()
    assert membre.invite_le is None
    assert not membre.invitations.exists()
    assert not Courriel.objects.exists()


def test_l_acces_dit_sa_portee_et_ses_dates():
    acces = AccesFabrique(commentaire=True)
    courriels.acces_ouvert(acces)
    (courriel,) = Courriel.objects.all()
    assert courriel.destinataire == acces.courriel
    assert "Vous pouvez : lire et commenter." in courriel.texte
    assert acces.fin.strftime("%Y") in courriel.texte


@pytest.mark.parametrize("jours", [1, 14, 30])
def test_la_duree_d_une_invitation_se_regle(settings, jours):
    settings.DUREE_INVITATION_JOURS = jours
    assert courriels.duree_invitation() == timedelta(days=jours)
