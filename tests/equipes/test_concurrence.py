"""Plusieurs personnes au même instant : rien ne se fait deux fois, il reste toujours un porteur, rien ne casse."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.equipes import actions
from esperluette.equipes.models import Equipe, Membre
from esperluette.journal.lectures import anomalies, evenements_de
from esperluette.journal.models import Chaine
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db(transaction=True)


def ensemble(*gestes):
    """Exécute ces gestes au même instant, chacun dans son fil ; rend « fait » ou la phrase du refus, par geste."""
    depart, issues = Barrier(len(gestes)), {}

    def jouer(rang, geste):
        try:
            depart.wait()
            geste()
            issues[rang] = "fait"
        except ErreurMetier as refus:
            issues[rang] = str(refus)
        finally:
            connections.close_all()

    fils = [Thread(target=jouer, args=(rang, geste)) for rang, geste in enumerate(gestes)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert len(issues) == len(gestes), "un geste a levé une erreur inattendue"
    return [issues[rang] for rang in range(len(gestes))]


def journal_intact():
    return not [a for chaine in Chaine.objects.all() for a in anomalies(chaine)]


def test_huit_ajouts_de_la_meme_adresse_ne_font_qu_un_membre():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte

    def ajouter(nom):
        return lambda: actions.ajouter_membre(
            equipe, acteur=porteur, prenom="Yann", nom=nom, courriel="yann@cabinet.example", profession="60"
        )

    issues = ensemble(*(ajouter(f"Kerbrat {rang}") for rang in range(8)))
    assert Counter(issues)["fait"] == 1
    assert all("déjà celle de" in issue for issue in issues if issue != "fait")
    assert equipe.membres.count() == 2
    assert journal_intact()


def test_huit_creations_de_la_meme_equipe_n_en_font_qu_une():
    compte, lieu = CompteFabrique(), commune()
    fiche = {"prenom": "Claire", "nom": "Le Goff", "profession": "10"}
    gestes = [
        lambda: actions.creer_equipe(
            acteur=compte, membre=fiche, nom="Équipe du Lié", forme_visee="esp", implantation=lieu
        )
    ] * 8
    assert set(ensemble(*gestes)) == {"fait"}
    assert Equipe.objects.count() == 1


def test_deux_clics_sur_inviter_n_envoient_qu_un_lien():
    membre = MembreFabrique()
    porteur = membre.equipe.porteur.compte
    assert set(ensemble(*[lambda: actions.inviter(membre, acteur=porteur)] * 4)) == {"fait"}
    assert membre.invitations.count() == 1
    assert Courriel.objects.count() == 1


def test_deux_clics_sur_confirmer_ne_confirment_qu_une_fois():
    membre = MembreFabrique(courriel="yann@cabinet.example")
    yann = CompteFabrique(courriel="yann@cabinet.example")
    actions.inviter(membre, acteur=membre.equipe.porteur.compte)
    assert set(ensemble(*[lambda: actions.confirmer_appartenance(membre, acteur=yann)] * 4)) == {"fait"}
    assert evenements_de(membre.equipe).filter(sorte="appartenance_confirmee").count() == 1
    assert journal_intact()


def test_transmettre_a_deux_personnes_a_la_fois_ne_fait_qu_un_porteur():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte
    un, deux = (MembreFabrique(equipe=equipe, confirme=True) for _ in range(2))
    issues = ensemble(
        lambda: actions.transmettre_portage(un, acteur=porteur),
        lambda: actions.transmettre_portage(deux, acteur=porteur),
    )
    assert Counter(issues)["fait"] == 1
    assert equipe.membres.porteurs().get() in (un, deux)


def test_quitter_pendant_qu_on_nous_transmet_le_role_laisse_toujours_un_porteur():
    equipe = EquipeFabrique()
    porteur = equipe.porteur.compte
    membre = MembreFabrique(equipe=equipe, confirme=True)
    issues = ensemble(
        lambda: actions.transmettre_portage(membre, acteur=porteur),
        lambda: actions.quitter(membre, acteur=membre.compte),
    )
    assert Counter(issues)["fait"] == 1
    reste = Membre.objects.porteurs().get(equipe=equipe)
    assert reste.est_confirme


def test_accepter_pendant_qu_on_revoque_finit_dans_un_etat_coherent():
    membre = MembreFabrique(courriel="yann@cabinet.example")
    yann, porteur = CompteFabrique(courriel="yann@cabinet.example"), membre.equipe.porteur.compte
    invitation = actions.inviter(membre, acteur=porteur)
    issues = ensemble(
        lambda: actions.confirmer_appartenance(membre, acteur=yann),
        lambda: actions.revoquer_invitation(invitation, acteur=porteur),
    )
    assert Counter(issues)["fait"] == 1
    membre.refresh_from_db()
    invitation.refresh_from_db()
    assert membre.est_confirme is (invitation.acceptee_le is not None)
    assert (invitation.revoquee_le is None) is membre.est_confirme


def test_ouvrir_quatre_fois_le_meme_acces_n_en_ouvre_qu_un():
    equipe = EquipeFabrique()
    porteur, fin = equipe.porteur.compte, timezone.localdate()
    gestes = [
        lambda: actions.inviter_accompagnateur(
            equipe, acteur=porteur, courriel="conseil@appui.example", nom="Anne", fin=fin
        )
    ] * 4
    assert set(ensemble(*gestes)) == {"fait"}
    assert equipe.acces.count() == 1
