"""Un courriel part une fois, après la transaction, et se reprend s'il échoue."""

import email
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone

from esperluette.notifications import entretien
from esperluette.notifications.actions import DestinataireInvalide, envoyer
from esperluette.notifications.entretien import entretenir
from esperluette.notifications.enums import Etat
from esperluette.notifications.livraison import REPRISES, a_reprendre, livrer
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db
GABARIT, CONTEXTE = "comptes/code_connexion", {"code": "123 456", "minutes": 10}


def ecrire(a="claire@essais.example", **suite):
    return envoyer(GABARIT, a=a, contexte=CONTEXTE, **suite)


def etats():
    return list(Courriel.objects.order_by("pk").values_list("etat", flat=True))


# --- En démonstration -------------------------------------------------------------------------------


def test_en_demonstration_le_courriel_est_aussitot_dans_la_boite_et_ne_part_pas(mailoutbox):
    courriel = ecrire(" Claire@Essais.example")
    assert (courriel.destinataire, courriel.etat, mailoutbox) == ("claire@essais.example", Etat.LIVRE, [])
    assert courriel.envoye_le is not None
    assert "123 456" in Courriel.objects.get().texte


def test_un_compte_et_un_objet_lie_se_retrouvent():
    compte, autre = CompteFabrique(), CompteFabrique()
    courriel = ecrire(compte, objet_lie=autre)
    courriel.refresh_from_db()
    assert (courriel.destinataire, courriel.compte, courriel.lie) == (compte.courriel, compte, autre)


@pytest.mark.parametrize("adresse", ["", "claire", "a@b", "a b@c.fr", "a@c.fr\nBcc: x@y.fr"])
def test_une_adresse_impossible_est_refusee_sans_rien_ecrire(adresse):
    with pytest.raises(DestinataireInvalide, match="n’est pas une adresse électronique"):
        ecrire(adresse)
    assert not Courriel.objects.exists()


def test_un_gabarit_absent_est_un_defaut_visible():
    with pytest.raises(TemplateDoesNotExist):
        envoyer("comptes/absent", a="a@essais.example", contexte={})


def test_le_texte_n_est_pas_echappe_et_l_objet_tient_sur_une_ligne():
    contexte = {"code": "1", "minutes": "<b>l'été & « l'hiver »\n</b>", "SERVICE": "A\r\nBcc: x@y.fr"}
    courriel = envoyer(GABARIT, a="a@essais.example", contexte=contexte)
    assert "<b>l'été & « l'hiver »" in courriel.texte
    assert courriel.objet == "Votre code pour entrer dans A Bcc: x@y.fr"


# --- Pour de vrai -----------------------------------------------------------------------------------


def test_le_courriel_part_apres_la_transaction_puis_son_texte_est_efface(smtp, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ecrire()
        assert (smtp.messages, etats()) == ([], [Etat.A_ENVOYER])
    courriel = Courriel.objects.get()
    assert (courriel.etat, courriel.texte, courriel.html, courriel.essais) == (Etat.ENVOYE, "", "", 1)
    assert courriel.objet == "Votre code pour entrer dans Esperluette"
    message = email.message_from_bytes(smtp.messages[0])
    assert message["To"] == "claire@essais.example"
    assert message["Message-ID"] == f"<{courriel.identifiant}@essais.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "123 456" in message.get_payload(decode=True).decode()


@pytest.mark.django_db(transaction=True)
def test_une_transaction_qui_echoue_n_envoie_rien(smtp):
    with transaction.atomic():
        ecrire()
        transaction.set_rollback(True)
    assert (smtp.messages, Courriel.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_huit_travailleurs_n_envoient_qu_une_fois(smtp):
    with transaction.atomic():
        pk = ecrire().pk
        transaction.get_connection().run_on_commit.clear()
    depart = threading.Barrier(8)

    def travailler():
        depart.wait()
        livrer(pk)
        connection.close()

    fils = [threading.Thread(target=travailler) for _ in range(8)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(smtp.messages) == 1
    assert etats() == [Etat.ENVOYE]


def test_relivrer_un_courriel_parti_ne_fait_rien(smtp):
    courriel = ecrire()
    livrer(courriel.pk)
    assert livrer(courriel.pk) is None
    assert len(smtp.messages) == 1


# --- Échecs et reprises -----------------------------------------------------------------------------


def test_un_echec_passager_se_reprend_deux_fois_puis_s_arrete(smtp):
    smtp.refus["MAIL"] = "451 plus tard"
    pk = ecrire().pk
    for essai, attente in enumerate(REPRISES, start=1):
        prochain = livrer(pk)
        assert attente - timedelta(seconds=5) < prochain - timezone.now() <= attente
        assert (Courriel.objects.get().etat, Courriel.objects.get().essais) == (Etat.A_ENVOYER, essai)
    assert livrer(pk) is None
    courriel = Courriel.objects.get()
    assert (courriel.etat, courriel.essais) == (Etat.ECHEC, 3)
    assert "plus tard" in courriel.erreur
    assert "123 456" in courriel.texte  # gardé le temps de comprendre
    assert smtp.messages == []


def test_apres_une_panne_le_courriel_part_avec_le_meme_identifiant(smtp):
    smtp.refus["DATA"] = "451 plus tard"
    courriel = ecrire()
    livrer(courriel.pk)
    smtp.refus.clear()
    livrer(courriel.pk)
    assert etats() == [Etat.ENVOYE]
    assert len(smtp.messages) == 1
    assert str(courriel.identifiant).encode() in smtp.messages[0]
    assert Courriel.objects.get().erreur == ""


def test_une_adresse_refusee_pour_de_bon_n_est_pas_reessayee(smtp):
    smtp.refus["RCPT"] = "550 inconnu ici"
    assert livrer(ecrire().pk) is None
    assert (etats(), Courriel.objects.get().essais) == ([Etat.ECHEC], 1)


def test_une_adresse_refusee_pour_un_moment_est_reessayee(smtp):
    smtp.refus["RCPT"] = "450 plein"
    assert livrer(ecrire().pk) is not None
    assert etats() == [Etat.A_ENVOYER]


def test_un_serveur_absent_est_une_panne_passagere(smtp, settings):
    settings.EMAIL_PORT = 1
    assert livrer(ecrire().pk) is not None
    assert "ConnectionRefusedError" in Courriel.objects.get().erreur


# --- Le ménage --------------------------------------------------------------------------------------


def vieillir(courriel, **champs):
    Courriel.objects.filter(pk=courriel.pk).update(**champs)


def test_un_courriel_oublie_est_repris_et_un_envoi_interrompu_ne_l_est_pas(smtp):
    avant = timezone.now() - timedelta(hours=1)
    oublie, interrompu, recent = ecrire(), ecrire(), ecrire()
    vieillir(oublie, cree_le=avant)
    vieillir(interrompu, cree_le=avant, essaye_le=avant, etat=Etat.EN_COURS)
    assert a_reprendre() == [oublie.pk]
    assert etats() == [Etat.A_ENVOYER, Etat.ECHEC, Etat.A_ENVOYER]
    entretenir.enqueue()
    assert len(smtp.messages) == 1
    assert etats() == [Etat.ENVOYE, Etat.ECHEC, Etat.A_ENVOYER]
    assert recent.pk


def test_le_texte_d_un_echec_est_efface_au_bout_d_une_semaine(smtp):
    vieux, jeune = ecrire(), ecrire()
    vieillir(vieux, etat=Etat.ECHEC, cree_le=timezone.now() - timedelta(days=8))
    vieillir(jeune, etat=Etat.ECHEC)
    entretenir.enqueue()
    assert [bool(c.texte) for c in Courriel.objects.order_by("pk")] == [False, True]


def test_un_soin_en_panne_n_arrete_ni_les_autres_ni_l_entretien(smtp, caplog, monkeypatch):
    faits: list[str] = []

    def en_panne() -> None:
        raise RuntimeError("la base est occupée")

    monkeypatch.setattr(entretien, "_SOINS", {"panne": en_panne, "suivant": lambda: faits.append("fait")})
    vieux = ecrire()
    vieillir(vieux, etat=Etat.ECHEC, cree_le=timezone.now() - timedelta(days=8))
    entretenir.enqueue()
    assert faits == ["fait"]
    assert "panne" in caplog.text
    assert Courriel.objects.get().texte == ""
