"""L'antivirus et l'examen, du dépôt au verdict : ce qui se lit, ce qui attend, ce qui part en quarantaine."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import Http404
from django.utils import timezone

from esperluette.fichiers import analyses, registres, taches
from esperluette.fichiers.actions import confirmer_l_avertissement, empreinte_de, enregistrer
from esperluette.fichiers.clamd import ClamdIndisponible
from esperluette.fichiers.droits import peut_lire, retenue
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.reponses import telecharger, vignette
from tests.fabriques import fichiers as f
from tests.fabriques.comptes import CompteFabrique
from tests.fichiers.faux_clamd import EICAR, faux_clamd
from tests.fichiers.test_vigilance import JUSTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def compte():
    return CompteFabrique()


@pytest.fixture
def clamd(settings):
    with faux_clamd() as serveur:
        settings.CLAMD, settings.CLAMD_DELAI = serveur.adresse, 5
        yield serveur


@pytest.fixture
def suites(monkeypatch):
    """Ce que les apps du dessus auraient su."""
    appels = []
    monkeypatch.setattr(registres, "_SUITES", {"essai": lambda fichier: appels.append((fichier.pk, fichier.analyse))})
    return appels


def deposer(octets, compte, nom="a.pdf"):
    return enregistrer(f.upload(nom, octets), acteur=compte)


def examiner(fichier):
    taches.examiner.call(fichier.pk)
    return Fichier.objects.get(pk=fichier.pk)


def infecte():
    return f.pdf() + b"\n" + EICAR


def test_sans_antivirus_un_fichier_se_lit_et_le_dit(compte):
    fichier = examiner(deposer(f.pdf(), compte))
    assert fichier.analyse == Analyse.NON_ANALYSE
    assert peut_lire(fichier)
    assert fichier.examine_le is not None
    assert fichier.vignette.name.startswith("vignettes/")


def test_un_fichier_sain_attend_puis_se_lit(compte, clamd, suites):
    fichier = deposer(f.pdf(), compte)
    assert fichier.analyse == Analyse.EN_ATTENTE
    fichier = examiner(fichier)
    assert (fichier.analyse, fichier.analyse_motif, fichier.essais) == (Analyse.SAIN, "", 1)
    assert clamd.recus == [f.pdf()]
    assert suites == []


def test_l_examen_suit_le_depot_apres_la_transaction(compte, clamd, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        fichier = deposer(f.pdf(), compte)
        assert clamd.recus == []
    fichier.refresh_from_db()
    assert fichier.analyse == Analyse.SAIN


def test_en_attente_seul_qui_l_a_depose_le_lit(compte, clamd):
    fichier = deposer(f.pdf(), compte)
    assert peut_lire(fichier, compte)
    assert f.servi(telecharger(fichier, lecteur=compte)) == f.pdf()
    for autre in (CompteFabrique(), None):
        permission = peut_lire(fichier, autre)
        assert not permission
        assert "antivirus" in permission.motif
        with pytest.raises(PermissionDenied):
            telecharger(fichier, lecteur=autre)
    assert "attend" in retenue(fichier)


def test_un_fichier_sans_deposant_n_est_a_personne(clamd):
    fichier = deposer(f.pdf(), None)
    assert not peut_lire(fichier, None)


def test_en_quarantaine_personne_ne_le_lit_et_les_apps_le_savent_une_fois(compte, clamd, suites):
    fichier = examiner(deposer(infecte(), compte))
    assert (fichier.analyse, fichier.analyse_motif) == (Analyse.INFECTE, "Eicar-Test-Signature")
    assert suites == [(fichier.pk, Analyse.INFECTE)]
    for qui in (compte, CompteFabrique(), None):
        assert not peut_lire(fichier, qui)
        for servir in (telecharger, vignette):
            with pytest.raises(PermissionDenied):
                servir(fichier, lecteur=qui)
    assert fichier.examine_le is None
    assert not fichier.vignette
    analyses.analyser(fichier)
    examiner(fichier)
    assert len(suites) == 1


def test_une_quarantaine_tardive_retire_la_vignette(compte, settings, django_capture_on_commit_callbacks):
    fichier = examiner(deposer(infecte(), compte))
    chemin = fichier.vignette.name
    assert storages["default"].exists(chemin)
    with faux_clamd() as clamd, django_capture_on_commit_callbacks(execute=True):
        settings.CLAMD = clamd.adresse
        assert analyses.analyser(fichier) == Analyse.INFECTE
    assert not Fichier.objects.get(pk=fichier.pk).vignette
    assert not storages["default"].exists(chemin)


def test_une_fausse_alerte_se_leve_en_analysant_de_nouveau(compte, clamd):
    fichier = examiner(deposer(infecte(), compte))
    clamd.reponse = b"stream: OK"
    assert analyses.analyser(fichier) == Analyse.SAIN
    assert peut_lire(fichier, compte)


def test_clamd_absent_le_fichier_attend_et_rien_n_est_examine(compte, settings, caplog):
    settings.CLAMD, settings.CLAMD_DELAI = "127.0.0.1:1", 1
    fichier = examiner(deposer(f.pdf(), compte))
    assert (fichier.analyse, fichier.essais, fichier.examine_le) == (Analyse.EN_ATTENTE, 1, None)
    assert "Antivirus indisponible" in caplog.text
    with faux_clamd() as clamd:
        settings.CLAMD = clamd.adresse
        assert examiner(fichier).analyse == Analyse.SAIN


@pytest.mark.parametrize("humeur", ["muet", "coupe", "bavard"])
def test_un_clamd_qui_va_mal_ne_juge_rien(humeur, compte, settings):
    with faux_clamd(humeur) as clamd:
        settings.CLAMD, settings.CLAMD_DELAI = clamd.adresse, 1
        fichier = deposer(f.pdf(), compte)
        with pytest.raises(ClamdIndisponible):
            analyses.analyser(fichier)
    fichier.refresh_from_db()
    assert fichier.analyse == Analyse.EN_ATTENTE


def test_un_flux_refuse_est_un_echec_qui_ne_se_lit_pas(compte, settings):
    with faux_clamd(limite=10) as clamd:
        settings.CLAMD, settings.CLAMD_DELAI = clamd.adresse, 5
        fichier = examiner(deposer(f.pdf(), compte))
    assert fichier.analyse == Analyse.ECHEC
    assert "size limit" in fichier.analyse_motif
    assert peut_lire(fichier, compte)
    assert not peut_lire(fichier, CompteFabrique())


def test_l_entretien_reprend_les_oublies_une_fois_la_patience_passee(compte, clamd):
    recent, oublie, refuse, juge = (deposer(f.pdf(), compte) for _ in range(4))
    avant = timezone.now() - timedelta(hours=1)
    Fichier.objects.exclude(pk=recent.pk).update(depose_le=avant)
    Fichier.objects.filter(pk=refuse.pk).update(analyse=Analyse.ECHEC, essais=taches.ESSAIS_REFUSES)
    Fichier.objects.filter(pk=juge.pk).update(analyse=Analyse.SAIN, examine_le=avant)
    assert taches.reprendre_les_examens() == 1
    assert Fichier.objects.get(pk=oublie.pk).analyse == Analyse.SAIN
    assert Fichier.objects.get(pk=recent.pk).analyse == Analyse.EN_ATTENTE
    assert taches.reprendre_les_examens() == 0


def test_sans_antivirus_rien_n_attend_plus(compte, clamd, settings):
    fichier = deposer(f.pdf(), compte)
    settings.CLAMD = ""
    taches.reprendre_les_examens()
    fichier.refresh_from_db()
    assert fichier.analyse == Analyse.NON_ANALYSE


def test_un_contenu_perdu_ne_fait_pas_tomber_la_tache(compte, clamd, caplog):
    fichier = deposer(f.pdf(), compte)
    storages["default"].delete(fichier.contenu.name)
    assert examiner(fichier).analyse == Analyse.EN_ATTENTE
    assert "manque au stockage" in caplog.text
    with pytest.raises(Http404):
        telecharger(fichier, lecteur=compte)
    taches.examiner.call(999_999)


def test_un_avertissement_nait_du_texte_et_se_lit_une_fois(compte, suites):
    fichier = examiner(deposer(f.pdf_texte(f"Dossier {JUSTE}"), compte))
    assert fichier.vigilances == ["nir"]
    assert fichier.avertissement_a_lire
    assert JUSTE not in "".join(fichier.avertissements)
    assert suites == [(fichier.pk, Analyse.NON_ANALYSE)]
    assert confirmer_l_avertissement(fichier, acteur=compte)
    assert not confirmer_l_avertissement(fichier, acteur=compte)
    fichier.refresh_from_db()
    assert (fichier.vigilance_vue_par, fichier.avertissement_a_lire) == (compte, False)
    examiner(fichier)
    assert len(suites) == 1


def test_le_nom_avertit_tout_de_suite_et_le_texte_rouvre_ce_qui_etait_lu(compte):
    fichier = deposer(f.pdf_texte(f"Dossier {JUSTE}"), compte, "née le 12-03-1950.pdf")
    assert fichier.vigilances == ["naissance"]
    confirmer_l_avertissement(fichier, acteur=compte)
    fichier = examiner(fichier)
    assert fichier.vigilances == ["naissance", "nir"]
    assert fichier.avertissement_a_lire


def test_un_fichier_sans_rien_ne_se_confirme_pas(compte):
    assert not confirmer_l_avertissement(deposer(f.pdf(), compte), acteur=compte)


def test_la_vignette_est_servie_en_piece_sure(compte):
    fichier = examiner(deposer(f.png(), compte, "a.png"))
    reponse = vignette(fichier)
    assert f.servi(reponse).startswith(b"\x89PNG")
    assert reponse["Content-Type"] == "image/png"
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert reponse["Cache-Control"].startswith("private")
    with pytest.raises(Http404):
        vignette(deposer(f.pdf(), compte))


def test_l_empreinte_d_un_fichier_recu_se_lit_sans_l_user(settings):
    recu = f.upload("a.pdf", f.pdf())
    assert empreinte_de(recu) == empreinte_de(recu)
    assert recu.read() == f.pdf()
    settings.TAILLE_MAXIMALE_FICHIER = 10
    assert empreinte_de(f.upload("a.pdf", f.pdf())) == ""


@pytest.mark.parametrize("nombre", [1, 3])
def test_reprendre_coute_le_meme_nombre_de_requetes(nombre, compte, django_assert_num_queries, monkeypatch):
    for _ in range(nombre):
        deposer(f.pdf(), compte)
    Fichier.objects.update(depose_le=timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(taches.examiner.__class__, "enqueue", lambda *_: None)
    with django_assert_num_queries(2):
        assert taches.reprendre_les_examens() == nombre
