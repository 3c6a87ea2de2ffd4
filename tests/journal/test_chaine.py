"""La chaîne du journal : ce qu'on y ajoute, et ce qui se voit quand on y touche."""

import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError

from esperluette.journal import declencheurs
from esperluette.journal.actions import consigner
from esperluette.journal.lectures import evenements_de, evenements_par, filtrer, tete_de, verifier
from esperluette.journal.models import Chaine, Evenement
from tests.fabriques.comptes import CompteFabrique


@pytest.fixture
def objet(db):
    return CompteFabrique(prenom="Claire", nom="Le Goff")


@pytest.fixture
def trois_actes(objet):
    return [consigner(f"acte_{n}", objet, acteur=objet, rang=n) for n in (1, 2, 3)]


def test_chaque_maillon_tient_au_precedent(trois_actes, objet):
    un, deux, trois = trois_actes
    assert [e.numero for e in trois_actes] == [1, 2, 3]
    assert (un.precedente, deux.precedente, trois.precedente) == ("", un.empreinte, deux.empreinte)
    assert tete_de(objet) == trois.empreinte
    assert verifier().intact


def test_un_objet_sans_acte_n_a_pas_de_tete(objet):
    assert tete_de(objet) == ""
    assert list(evenements_de(objet)) == []


def test_les_actes_se_lisent_du_plus_recent_au_plus_ancien(trois_actes, objet):
    assert [e.numero for e in evenements_de(objet)] == [3, 2, 1]


def test_les_actes_de_deux_objets_se_melent_par_date(objet):
    autre = CompteFabrique()
    for cible in (objet, autre, objet):
        consigner("vu", cible, acteur=None)
    cles = [e.chaine_id for e in evenements_de(objet, autre)]
    assert cles == [f"comptes.compte:{c.pk}" for c in (objet, autre, objet)]


def test_on_filtre_par_sorte_par_acteur_et_par_jour(trois_actes, objet):
    jour = trois_actes[0].le.date()
    tous = evenements_de(objet)
    assert [e.sorte for e in filtrer(tous, sortes=["acte_2"])] == ["acte_2"]
    assert filtrer(tous, acteur=CompteFabrique()).count() == 0
    assert filtrer(tous, acteur=objet).count() == evenements_par(objet).count() == 3
    assert filtrer(tous, au=jour.replace(year=2000)).count() == 0
    assert filtrer(tous, du=jour.replace(year=2000)).count() == 3


def test_le_systeme_signe_esperluette(objet):
    assert consigner("purge", objet, acteur=None).acteur_nom == "Esperluette"


def test_un_nom_trop_long_est_coupe_sans_casser_la_chaine(db):
    long = CompteFabrique(prenom="É" * 100, nom="L" * 100)
    consigner("vu", long, acteur=long)
    assert verifier().intact


@pytest.mark.parametrize(
    "donnees", [{"a": 1.5}, {"a": float("nan")}, {"a": "\x00"}, {"a": {1, 2}}, {"a": object()}, {"b": [{"c": 2.0}]}]
)
def test_une_donnee_qui_ne_se_relit_pas_a_l_identique_est_refusee(objet, donnees):
    with pytest.raises((ValueError, TypeError)):
        consigner("vu", objet, acteur=None, **donnees)
    assert not Evenement.objects.exists()


@pytest.mark.parametrize(
    "donnees",
    [{"a": "é « ’ 𝄞"}, {"b": None, "a": [1, {"z": True, "c": -12}]}, {"a": {3: "x", 10: "y"}}, {"a": 10**15}],
)
def test_toute_donnee_acceptee_se_verifie_apres_relecture(objet, donnees):
    consigner("vu", objet, acteur=None, **donnees)
    assert verifier().intact


ATTEINTES = {
    "changer une donnée": lambda e: Evenement.objects.filter(pk=e[1].pk).update(donnees={"rang": 9}),
    "changer l'auteur": lambda e: Evenement.objects.filter(pk=e[1].pk).update(acteur_nom="Quelqu’un d’autre"),
    "changer la date": lambda e: Evenement.objects.filter(pk=e[0].pk).update(le=e[1].le),
    "changer le lien": lambda e: Evenement.objects.filter(pk=e[2].pk).update(precedente="0" * 64),
    "changer l'empreinte": lambda e: Evenement.objects.filter(pk=e[0].pk).update(empreinte="0" * 64),
    "retirer le premier": lambda e: Evenement.objects.filter(pk=e[0].pk).delete(),
    "retirer celui du milieu": lambda e: Evenement.objects.filter(pk=e[1].pk).delete(),
    "retirer le dernier": lambda e: Evenement.objects.filter(pk=e[2].pk).delete(),
    "tout retirer sauf la tête": lambda e: Evenement.objects.all().delete(),
    "raccourcir la tête": lambda e: Chaine.objects.update(longueur=2, tete=e[1].empreinte),
    "renuméroter": lambda e: Evenement.objects.filter(pk=e[2].pk).update(numero=7),
}


@pytest.mark.parametrize("atteinte", ATTEINTES, ids=list(ATTEINTES))
def test_toute_atteinte_se_voit(trois_actes, objet, atteinte):
    ATTEINTES[atteinte](trois_actes)
    rapport = verifier()
    assert not rapport.intact
    assert rapport.anomalies[0].startswith(f"comptes.compte:{objet.pk} : ")


def test_une_atteinte_n_accuse_que_sa_chaine(trois_actes):
    autre = CompteFabrique()
    consigner("vu", autre, acteur=None)
    Evenement.objects.filter(pk=trois_actes[0].pk).delete()
    rapport = verifier()
    assert (rapport.chaines, rapport.evenements, len(rapport.anomalies)) == (2, 3, 1)
    assert verifier(f"comptes.compte:{autre.pk}").intact


@pytest.mark.parametrize("nombre", [1, 3])
def test_verifier_ne_coute_pas_plus_de_requetes_avec_plus_de_chaines(db, nombre, django_assert_num_queries):
    for compte in CompteFabrique.create_batch(nombre):
        consigner("vu", compte, acteur=None)
    with django_assert_num_queries(2):
        assert verifier().chaines == nombre


class TestCommande:
    def lancer(self, capsys, *arguments):
        code = 0
        try:
            call_command("journal", "verifier", *arguments)
        except SystemExit as sortie:
            code = sortie.code
        except CommandError as erreur:
            return erreur.returncode, str(erreur)
        return code, capsys.readouterr().out.strip()

    def test_sort_avec_0_quand_tout_est_intact(self, trois_actes, capsys):
        assert self.lancer(capsys) == (0, "Journal intact : 1 chaînes, 3 événements.")

    def test_sort_avec_1_et_nomme_la_chaine_touchee(self, trois_actes, objet, capsys):
        trois_actes[1].delete()
        code, sortie = self.lancer(capsys)
        assert code == 1
        assert f"comptes.compte:{objet.pk} : l’événement n° 2 a été changé, retiré ou déplacé." in sortie

    def test_sort_avec_2_pour_une_chaine_inconnue(self, db, capsys):
        assert self.lancer(capsys, "--chaine", "rien:1") == (2, "Aucune chaîne « rien:1 » dans le journal.")

    def test_dit_quel_maillon_en_json(self, trois_actes, objet, capsys):
        Evenement.objects.filter(pk=trois_actes[1].pk).update(sorte="autre")
        code, sortie = self.lancer(capsys, f"comptes.compte:{objet.pk}", "--json")
        (maillon,) = json.loads(sortie)["maillons"]
        assert (code, maillon["chaine"], maillon["numero"]) == (1, f"comptes.compte:{objet.pk}", 2)

    @pytest.mark.parametrize("ecriture", [str, str.upper, lambda tete: f" {tete}\n"])
    def test_retrouve_une_tete_imprimee(self, trois_actes, objet, capsys, ecriture):
        consigner("apres", objet, acteur=None)
        code, sortie = self.lancer(capsys, "--tete", ecriture(trois_actes[1].empreinte))
        assert code == 0
        assert f"Cette tête est celle de l’événement n° 2 de comptes.compte:{objet.pk}." in sortie

    def test_une_tete_que_la_chaine_n_a_jamais_eue_se_dit(self, trois_actes, capsys):
        code, sortie = self.lancer(capsys, "--tete", "0" * 64)
        assert code == 1
        assert "Aucun événement ne porte cette tête" in sortie
        code, sortie = self.lancer(capsys, "--tete", "0" * 64, "--json")
        assert (code, json.loads(sortie)["intact"], json.loads(sortie)["tete"]) == (1, False, {})

    def test_une_tete_recopiee_a_moitie_est_une_entree_fausse(self, trois_actes, capsys):
        assert self.lancer(capsys, "--tete", trois_actes[0].empreinte[:12])[0] == 2

    def test_repond_en_json(self, trois_actes, capsys):
        attendu = '{"intact": true, "chaines": 1, "evenements": 3, "anomalies": [], "maillons": []}'
        assert self.lancer(capsys, "--json") == (0, attendu)


@pytest.fixture
def avec_declencheurs(transactional_db, settings):
    settings.JOURNAL_DECLENCHEURS = True
    declencheurs.poser_ou_retirer()
    yield
    declencheurs.retirer(connection)


GESTES = {
    "changer": lambda: Evenement.objects.update(sorte="autre"),
    "effacer": lambda: Evenement.objects.all().delete(),
    "changer en SQL": lambda: connection.cursor().execute("UPDATE journal_evenement SET numero = 5"),
}
if connection.vendor == "postgresql":
    GESTES["vider"] = lambda: connection.cursor().execute("TRUNCATE journal_evenement")


@pytest.mark.parametrize("geste", GESTES)
def test_la_base_refuse_de_toucher_un_evenement(avec_declencheurs, geste):
    consigner("vu", CompteFabrique(), acteur=None)
    with pytest.raises(IntegrityError, match="ajout seul"), transaction.atomic():
        GESTES[geste]()
    consigner("vu", CompteFabrique(), acteur=None)
    assert verifier().evenements == 2


def test_poser_les_declencheurs_se_rejoue_et_se_retire(avec_declencheurs, settings):
    declencheurs.poser_ou_retirer()
    settings.JOURNAL_DECLENCHEURS = False
    declencheurs.poser_ou_retirer()
    consigner("vu", CompteFabrique(), acteur=None)
    assert Evenement.objects.update(sorte="autre") == 1


def test_migrer_pose_les_declencheurs_par_defaut(avec_declencheurs):
    declencheurs.retirer(connection)
    call_command("migrate", "journal", verbosity=0)
    consigner("vu", CompteFabrique(), acteur=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evenement.objects.update(sorte="autre")


ECRIVAINS, ACTES = 8, 25


def test_huit_ecrivains_sur_la_meme_chaine_ne_perdent_ni_ne_doublent_rien(transactional_db):
    objet, erreurs = CompteFabrique(), []
    depart = threading.Barrier(ECRIVAINS)

    def ecrire(rang):
        try:
            depart.wait()
            for n in range(ACTES):
                consigner("vu", objet, acteur=None, ecrivain=rang, n=n)
        except Exception as erreur:  # noqa: BLE001 — rapportée par l'essai
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=ecrire, args=(rang,)) for rang in range(ECRIVAINS)]
    for fil in fils:
        fil.start()
    while any(fil.is_alive() for fil in fils):
        assert verifier().intact  # vérifier pendant qu'on écrit ne crie pas au loup
    for fil in fils:
        fil.join()
    assert erreurs == []
    ecrits = {(e.donnees["ecrivain"], e.donnees["n"]) for e in Evenement.objects.all()}
    assert ecrits == {(rang, n) for rang in range(ECRIVAINS) for n in range(ACTES)}
    rapport = verifier()
    assert (rapport.intact, rapport.evenements) == (True, ECRIVAINS * ACTES)
