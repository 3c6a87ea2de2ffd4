"""Ce qu'on reçoit, et quand : tout de suite, une fois par jour, jamais."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from esperluette.notifications import actions, entretien, lectures, sortes
from esperluette.notifications.enums import Etat, Public, Rythme
from esperluette.notifications.livraison import livrer
from esperluette.notifications.models import Courriel, Preference
from tests.dossiers.ecrans import requetes
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, commune

pytestmark = pytest.mark.django_db
GABARIT, SORTE = "equipes/depart", "membres"
JOUR = timedelta(days=1)


@pytest.fixture
def compte():
    return CompteFabrique()


def ecrire(a, gabarit=GABARIT, membre="Yann"):
    contexte = {
        "prenom": "Claire", "membre": membre, "equipe": "Équipe du Lié", "jour": timezone.localdate(),
        "lien": "http://localhost:8000/equipes/7/", "code": "123 456", "minutes": 10,
    }  # fmt: skip
    return actions.envoyer(gabarit, a=a, contexte=contexte)


def choisir(compte, rythme, sorte=SORTE):
    return actions.choisir(compte, {sorte: rythme})


def matin(decalage=timedelta(0)):
    """Demain matin, à l'heure du récapitulatif : tout ce qui vient d'être écrit est d'avant."""
    demain = timezone.localtime() + JOUR + decalage
    return demain.replace(hour=7, minute=0, second=0, microsecond=0)


def recapituler(decalage=timedelta(0)):
    heure = matin(decalage)
    return actions.recapituler(heure.date(), heure)


# --- Choisir ----------------------------------------------------------------------------------------


def test_sans_choix_tout_part_tout_de_suite(compte):
    assert ecrire(compte).etat == Etat.LIVRE
    assert set(lectures.rythmes_de(compte).values()) == {Rythme.IMMEDIAT}


def test_jamais_garde_la_trace_sans_texte_et_rien_ne_parait(compte):
    choisir(compte, Rythme.JAMAIS)
    courriel = ecrire(compte)
    assert (courriel.etat, courriel.texte, courriel.html, courriel.lien) == (Etat.NON_VOULU, "", "", "")
    assert not lectures.boite().exists()
    assert lectures.destinataires() == []


@pytest.mark.parametrize("rythme", [Rythme.QUOTIDIEN, Rythme.JAMAIS])
@pytest.mark.parametrize("gabarit", ["comptes/code_connexion", "comptes/code_confirmation"])
def test_un_indispensable_part_quel_que_soit_le_choix(gabarit, rythme, compte):
    assert choisir(compte, rythme, "codes") == 0
    Preference.objects.create(compte=compte, sorte="codes", rythme=rythme)  # même forcé en base
    assert actions.envoyer(gabarit, a=compte, contexte=CODE).etat == Etat.LIVRE
    assert lectures.rythmes_de(compte)["codes"] == Rythme.IMMEDIAT


CODE = {"code": "123 456", "minutes": 10, "objet": "signer", "motif": "signer"}


def test_le_choix_d_un_compte_vaut_aussi_pour_son_adresse(compte):
    choisir(compte, Rythme.JAMAIS)
    assert ecrire(compte.courriel.upper()).etat == Etat.NON_VOULU
    assert ecrire("ailleurs@essais.example").etat == Etat.LIVRE


@pytest.mark.parametrize("choix", [{"inconnue": "jamais"}, {SORTE: "parfois"}, {SORTE: ""}, {SORTE: "immediat"}, {}])
def test_un_choix_inconnu_ou_deja_fait_n_ecrit_rien(choix, compte):
    assert actions.choisir(compte, choix) == 0
    assert not Preference.objects.exists()


def test_un_gabarit_sans_sorte_part(compte, monkeypatch):
    monkeypatch.setattr(actions, "sorte_de", lambda _gabarit: None)
    choisir(compte, Rythme.JAMAIS)
    assert ecrire(compte).etat == Etat.LIVRE


# --- Le récapitulatif -------------------------------------------------------------------------------


def test_le_recapitulatif_dit_les_objets_et_les_liens_une_fois(compte):
    choisir(compte, Rythme.QUOTIDIEN)
    for n in range(3):
        assert ecrire(compte, membre=f"Yann {n}").etat == Etat.A_REGROUPER
    assert recapituler() == 1
    (recap,) = Courriel.objects.filter(gabarit="notifications/quotidien")
    assert (recap.destinataire, recap.etat) == (compte.courriel, Etat.LIVRE)
    assert recap.texte.count("http://localhost:8000/equipes/7/") == 3
    assert "3 nouvelles" in recap.objet
    assert recap.regroupes.count() == 3
    assert set(recap.regroupes.values_list("etat", flat=True)) == {Etat.REGROUPE}
    assert recapituler() == 0


def test_rien_a_dire_rien_ne_part(compte):
    choisir(compte, Rythme.QUOTIDIEN)
    assert recapituler() == 0
    assert not Courriel.objects.exists()


def test_ce_qui_arrive_apres_l_heure_attend_le_lendemain(compte):
    choisir(compte, Rythme.QUOTIDIEN)
    ecrire(compte, membre="avant")
    apres = ecrire(compte, membre="après")
    Courriel.objects.filter(pk=apres.pk).update(cree_le=matin() + timedelta(minutes=1))
    assert recapituler() == 1
    assert "après" not in Courriel.objects.get(gabarit="notifications/quotidien").texte
    assert recapituler(JOUR) == 1
    assert Courriel.objects.filter(etat=Etat.A_REGROUPER).count() == 0


def test_un_seul_recapitulatif_par_jour_meme_refait_par_un_autre(compte):
    choisir(compte, Rythme.QUOTIDIEN)
    ecrire(compte)
    recapituler()
    tardif = ecrire(compte)
    assert recapituler() == 0  # la base refuse le second du même jour ; rien n'est perdu
    tardif.refresh_from_db()
    assert tardif.etat == Etat.A_REGROUPER
    with pytest.raises(IntegrityError), transaction.atomic():
        Courriel.objects.create(
            destinataire="x@y.example", compte=compte, gabarit="g", objet="o", recapitulatif_du=matin().date()
        )
    assert recapituler(JOUR) == 1


def test_une_panne_au_milieu_ne_perd_ni_ne_double_rien(monkeypatch):
    comptes = [CompteFabrique() for _ in range(3)]
    for compte in comptes:
        choisir(compte, Rythme.QUOTIDIEN)
        ecrire(compte)
    vrai, appels = actions.noter_regroupes, []

    def tombe_au_deuxieme(*arguments):
        appels.append(arguments)
        if len(appels) == 2:
            raise RuntimeError("coupure")
        vrai(*arguments)

    monkeypatch.setattr(actions, "noter_regroupes", tombe_au_deuxieme)
    with pytest.raises(RuntimeError):
        recapituler()
    assert Courriel.objects.filter(etat=Etat.A_REGROUPER).count() == 2
    assert recapituler() == 2
    recus = Courriel.objects.filter(gabarit="notifications/quotidien").values_list("destinataire", flat=True)
    assert sorted(recus) == sorted(c.courriel for c in comptes)


def test_un_compte_ferme_ne_recoit_plus_rien(compte):
    choisir(compte, Rythme.QUOTIDIEN)
    ecrire(compte)
    compte.is_active = False
    compte.save()
    assert recapituler() == 0


def test_l_entretien_attend_l_heure(compte, monkeypatch):
    choisir(compte, Rythme.QUOTIDIEN)
    ecrire(compte)
    for heure, attendus in ((6, 0), (7, 1), (8, 1)):
        instant = matin().replace(hour=heure, minute=30 if heure == 6 else 0)
        monkeypatch.setattr(entretien.timezone, "localtime", lambda instant=instant: instant)
        entretien.recapituler_la_veille()
        assert Courriel.objects.filter(gabarit="notifications/quotidien").count() == attendus


def test_le_lien_d_un_recapitulatif_est_la_premiere_adresse_du_site():
    from esperluette.notifications.gabarits import lien_de

    assert lien_de("Voir https://ailleurs.example/ ou http://localhost:8000/dossiers/ESP-1/.") == (
        "http://localhost:8000/dossiers/ESP-1/"
    )
    assert lien_de("rien") == ""
    assert lien_de("http://localhost:8000/" + "a" * 600) == ""


# --- Le pied ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gabarit", "dit"), [(GABARIT, False), ("comptes/code_connexion", True)])
def test_chaque_courriel_mene_au_choix_et_l_indispensable_le_dit(gabarit, dit, smtp, compte):
    courriel = ecrire(compte, gabarit=gabarit)
    livrer(courriel.pk)
    import email

    texte = email.message_from_bytes(smtp.messages[0]).get_payload(decode=True).decode()
    assert f"http://localhost:8000{reverse('notifications:choix')}" in texte
    assert ("Ce courriel est indispensable" in texte) is dit


def test_la_boite_montre_aussi_le_pied(client, compte):
    courriel = ecrire(compte)
    page = client.get(reverse("notifications:courriel", args=[courriel.pk])).content.decode()
    assert "Choisir mes notifications" in page


# --- La page ----------------------------------------------------------------------------------------


def page(client, compte):
    return connecter(client, compte).get(reverse("notifications:choix")).content.decode()


def test_la_page_demande_une_connexion(client):
    reponse = client.get(reverse("notifications:choix"))
    assert reponse.status_code == 302
    assert reverse("account_login") in reponse["Location"]


def test_chacun_voit_les_sections_de_ses_roles(client, compte):
    assert Public.AGENT.label not in page(client, compte)
    FonctionFabrique(compte=compte, referent=True, region=commune("22136").region)
    html = page(client, compte)
    assert Public.AGENT.label in html
    assert Public.EQUIPE.label not in html
    assert Public.EQUIPE.label in page(client, EquipeFabrique().porteur.compte)


def test_la_page_enregistre_et_montre_le_choix(client):
    compte = EquipeFabrique().porteur.compte
    reponse = connecter(client, compte).post(
        reverse("notifications:choix"), {f"rythme-{SORTE}": "quotidien", "rythme-codes": "jamais", "rythme-\x00": "x"}
    )
    assert reponse.status_code == 302
    assert [(p.sorte, p.rythme) for p in Preference.objects.all()] == [(SORTE, "quotidien")]
    html = page(client, compte)
    assert re.search(rf'name="rythme-{SORTE}" value="quotidien"[^>]*checked', html)
    assert 'name="rythme-codes"' not in html
    assert "Toujours, tout de suite." in html


def test_la_page_coute_autant_avec_beaucoup_de_choix(client):
    compte, adresse = EquipeFabrique().porteur.compte, reverse("notifications:choix")
    avant = requetes(connecter(client, compte), adresse)
    actions.choisir(compte, {s.cle: "jamais" for s in sortes.toutes()})
    assert requetes(client, adresse) == avant <= 8


def test_mes_donnees_disent_mes_choix(compte):
    from esperluette.comptes.exports import donnees_de

    choisir(compte, Rythme.JAMAIS)
    (choix,) = donnees_de(compte)["preferences_de_notification"]
    assert (choix["sorte"], choix["rythme"]) == (SORTE, "jamais")
