"""`esperluette fichiers` : analyser, dire l'état, vérifier les empreintes."""

import json
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from esperluette.documents.actions import conserver
from esperluette.fichiers.actions import enregistrer
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from tests.fabriques import fichiers as f
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.documents import accuse
from tests.fichiers.faux_clamd import EICAR, faux_clamd

pytestmark = pytest.mark.django_db


def lancer(*arguments, code=0):
    sortie = StringIO()
    if code:
        with pytest.raises(SystemExit) as arret:
            call_command("fichiers", *arguments, stdout=sortie)
        assert arret.value.code == code
    else:
        call_command("fichiers", *arguments, stdout=sortie)
    return json.loads(sortie.getvalue()) if "--json" in arguments else sortie.getvalue()


def deposer(octets, nom="a.pdf"):
    return enregistrer(f.upload(nom, octets), acteur=CompteFabrique())


@pytest.fixture
def clamd(settings):
    with faux_clamd() as serveur:
        settings.CLAMD, settings.CLAMD_DELAI = serveur.adresse, 5
        yield serveur


def alterer(champ, octets):
    storages["default"].delete(champ.name)
    storages["default"].save(champ.name, ContentFile(octets))


def test_analyser_ce_qui_ne_l_a_jamais_ete(settings):
    anciens = [deposer(f.pdf()), deposer(f.pdf() + EICAR)]
    with faux_clamd() as clamd:
        settings.CLAMD = clamd.adresse
        reponse = lancer("analyser", "--json", code=1)
        assert reponse["infectes"] == [{"fichier": anciens[1].pk, "danger": "Eicar-Test-Signature"}]
        assert (reponse["analyses"], reponse["sains"], reponse["sans_reponse"]) == (2, 1, 0)
        assert "0 fichiers analysés" in lancer("analyser"), "déjà jugés"
        assert lancer("analyser", "--tout", "--json", code=1)["analyses"] == 2
        assert lancer("analyser", "--fichier", str(anciens[0].pk), "--json")["sains"] == 1
    assert Fichier.objects.get(pk=anciens[0].pk).vignette


def test_analyser_sans_antivirus_ou_un_fichier_inconnu_est_une_entree_fausse(settings):
    for reglage, arguments in (("", ()), ("127.0.0.1:1", ("--fichier", "99"))):
        settings.CLAMD = reglage
        with pytest.raises(CommandError) as erreur:
            lancer("analyser", *arguments)
        assert erreur.value.returncode == 2


def test_un_antivirus_absent_arrete_vite_et_le_dit(settings):
    settings.CLAMD, settings.CLAMD_DELAI = "127.0.0.1:1", 1
    for _ in range(5):
        deposer(f.pdf())
    assert lancer("analyser", "--json", code=1)["sans_reponse"] == 3
    assert "ne répond pas" in lancer("analyser", code=1)


def test_l_etat_compte_et_interroge(clamd):
    deposer(f.pdf())
    etat = lancer("etat", "--json")
    assert etat["etats"] == {"non_analyse": 0, "en_attente": 1, "sain": 0, "infecte": 0, "echec": 0}
    assert etat["attend_depuis"]
    assert etat["antivirus"]["repond"]
    assert "ClamAV 1.4.6" in lancer("etat")


def test_l_etat_sans_antivirus_n_est_pas_une_faute_mais_un_antivirus_muet_en_est_une(settings):
    etat = lancer("etat", "--json")
    assert etat["antivirus"] == {"configure": False, "repond": False, "version": "", "erreur": ""}
    assert "non configuré" in lancer("etat")
    settings.CLAMD = "127.0.0.1:1"
    assert lancer("etat", "--json", code=1)["antivirus"]["erreur"]


def test_verifier_relit_les_fichiers_et_les_documents():
    deposer(f.pdf())
    document = conserver("documents/accuse.html", accuse(), "docx", acteur=None, nom="a.docx")
    assert lancer("verifier", "--json") == {"intact": True, "relus": {"fichier": 1, "document": 1}, "anomalies": []}
    assert "Tout est intact : 2 contenus relus." in lancer("verifier")
    alterer(document.fichier, b"autre chose")
    reponse = lancer("verifier", "--json", code=1)
    assert [(a["sorte"], a["numero"], a["cause"]) for a in reponse["anomalies"]] == [
        ("document", document.pk, "change")
    ]


def test_un_octet_change_et_un_fichier_perdu_se_voient():
    change, perdu, _ = deposer(f.pdf()), deposer(f.png(), "a.png"), deposer(f.pdf())
    alterer(change.contenu, f.pdf()[:-1] + b"x")
    storages["default"].delete(perdu.contenu.name)
    reponse = lancer("verifier", "--json", code=1)
    assert {(a["numero"], a["cause"]) for a in reponse["anomalies"]} == {
        (change.pk, "change"),
        (perdu.pk, "manquant"),
    }
    texte = lancer("verifier", code=1)
    assert "manque au stockage" in texte
    assert "2 anomalie(s) sur 3" in texte


def test_la_quarantaine_aussi_se_verifie(clamd):
    fichier = deposer(f.pdf() + EICAR)
    lancer("analyser", code=1)
    assert Fichier.objects.get(pk=fichier.pk).analyse == Analyse.INFECTE
    assert lancer("verifier", "--json")["relus"] == {"fichier": 1}


@pytest.mark.parametrize("nombre", [1, 3])
def test_verifier_coute_le_meme_nombre_de_requetes(nombre, django_assert_num_queries):
    for _ in range(nombre):
        deposer(f.pdf())
    with django_assert_num_queries(2):
        lancer("verifier")
