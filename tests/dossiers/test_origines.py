"""Ce que la vérification dit d'un dossier déposé : ses signataires, et s'il est remplacé, rouvert ou retiré."""

import json

import pytest

from esperluette.documents.canonique import canonique
from esperluette.documents.enums import EtatDuDocument, Verdict
from esperluette.documents.registres import ORIGINES
from esperluette.documents.verification import verifier, verifier_le_code
from esperluette.dossiers.actions import depot as actions
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.documents import produire_accuse, produire_projet
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db


def origine(depot, document=None):
    return ORIGINES.de(Depot.objects.get(pk=depot.pk), document)


@pytest.fixture
def depot(equipe):
    return fabrique.depose(equipe)


def octets_de(document):
    with document.fichier.open() as fichier:
        return fichier.read()


def test_le_projet_garde_dit_qui_l_a_signe(depot):
    constat = verifier(octets_de(produire_projet(depot)))
    assert (constat.verdict, constat.document.etat) == (Verdict.INTACT, EtatDuDocument.EN_VIGUEUR)
    assert constat.document.libelle == f"Dossier déposé : {depot.dossier.demarche_libelle}"
    assert constat.document.emetteur == depot.dossier.equipe.nom
    assert constat.document.reference == f"{depot.dossier.reference}, version 1"
    noms = [s.nom for s in constat.document.signataires]
    assert len(noms) == depot.dossier.equipe.membres.presents().count()
    assert all(s.le and s.qualite and not s.annulee_le for s in constat.document.signataires)


def test_l_accuse_vient_de_l_agence_et_ne_nomme_pas_les_signataires(depot):
    lu = origine(depot, produire_accuse(depot))
    assert lu.libelle == "Accusé de réception d’un dossier"
    assert lu.emetteur.startswith("Agence régionale de santé")
    assert lu.signataires == ()


def test_le_code_seul_ne_dit_ni_l_equipe_ni_les_personnes(depot):
    lu = verifier_le_code(produire_projet(depot).code)
    tout = repr(lu)
    assert depot.dossier.equipe.nom not in tout
    assert depot.dossier.reference not in tout
    for membre in depot.dossier.equipe.membres.all():
        assert membre.nom not in tout


def test_le_contenu_canonique_se_verifie_meme_remis_en_forme(depot):
    for octets in (canonique(depot.contenu), json.dumps(depot.contenu, indent=2).encode()):
        constat = verifier(octets)
        assert (constat.verdict, constat.nature, constat.exact) == (Verdict.INTACT, "json", True)
        assert constat.document.signataires
    assert verifier(canonique(depot.contenu | {"ajout": 1})).verdict == Verdict.INCONNU


def test_une_version_figee_non_deposee_le_dit(equipe):
    lu = origine(fabrique.signe(equipe))
    assert lu.etat == EtatDuDocument.EN_VIGUEUR
    assert "n’est pas déposée" in lu.phrase


def test_une_version_rouverte_est_annulee_et_ses_signatures_aussi(equipe):
    depot = fabrique.signe(equipe)
    actions.rouvrir(depot.dossier, acteur=equipe.porteur.compte)
    lu = origine(depot)
    assert (lu.etat, lu.etat_le is not None) == (EtatDuDocument.ANNULE, True)
    assert "rouverte" in lu.phrase
    assert lu.signataires
    assert all(s.annulee_le for s in lu.signataires)


def test_un_depot_suivi_d_un_autre_est_remplace(depot, acteurs):
    document = produire_projet(depot)
    dossier = franchir(depot.dossier, "prendre_en_instruction", acteur=acteurs["referente"])
    Depot.objects.create(
        dossier=dossier,
        numero=2,
        contenu={},
        empreinte="0" * 64,
        fige_par=acteurs["porteuse"],
        depose_le=depot.depose_le,
    )
    lu = origine(depot, document)
    assert lu.etat == EtatDuDocument.REMPLACE
    assert "plus récente" in lu.phrase
    constat = verifier(octets_de(document))
    assert constat.phrase == "Ce document est intact, mais un plus récent l’a remplacé"


def test_un_dossier_retire_l_est_aussi_dans_son_document(depot):
    Dossier.objects.filter(pk=depot.dossier_id).update(etat=Etat.RETIRE)
    assert origine(depot).etat == EtatDuDocument.RETIRE


def test_un_avenant_accepte_remplace_le_projet(depot, acteurs):
    Dossier.objects.create(
        reference="ESP-AVENANT-1", equipe=depot.dossier.equipe, region="bretagne", edition="2024-10",
        demarche="avenant", demarche_libelle="Avenant", etat=Etat.ACCEPTE, cree_par=acteurs["porteuse"],
        avenant_de=depot.dossier, depose_le=depot.depose_le,
    )  # fmt: skip
    assert (origine(depot).etat, "avenant" in origine(depot).phrase) == (EtatDuDocument.REMPLACE, True)


@pytest.mark.parametrize("signataires", [1, 3])
def test_l_origine_coute_autant_quel_que_soit_le_nombre_de_signataires(depot, signataires, django_assert_num_queries):
    en_trop = [s.pk for s in depot.signatures.all()[signataires:]]
    depot.signatures.filter(pk__in=en_trop).update(object_id=0)  # une signature prouvée ne s'efface pas
    origine(depot)  # les types d'objet se gardent d'une fois sur l'autre
    neuf = Depot.objects.get(pk=depot.pk)
    with django_assert_num_queries(5):
        ORIGINES.de(neuf, None)
