"""Les trames nationales, là où aucun modèle régional n'est fourni : remplies, reprises, déposées, imprimées."""

import os
from pathlib import Path

import pytest

from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.documents import exporter
from esperluette.dossiers.lectures import trame_de, valeurs_de
from tests.dossiers.test_documents import plat, sans_poppler, texte_pdf
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import commune

pytestmark = pytest.mark.django_db
CAPTURES = os.environ.get("ESPERLUETTE_CAPTURES")
COMMUNES = {
    "hauts-de-france": "02691",
    "pays-de-la-loire": "44109",
    "auvergne-rhone-alpes": "43157",
    "bourgogne-franche-comte": "58194",
    "grand-est": "08105",
}


@pytest.fixture(params=COMMUNES)
def equipe(request):
    return fabrique.equipe_complete(implantation=commune(COMMUNES[request.param]))


@sans_poppler
def test_le_projet_de_sante_se_remplit_se_depose_et_s_imprime(equipe):
    dossier = fabrique.depose(equipe).dossier
    assert dossier.region == equipe.implantation.region.cle
    assert dossier.reference.split("-")[1].isalpha()  # le préfixe de la région, pas un département
    pdf = exporter(dossier, "pdf")
    texte = plat(texte_pdf(pdf))
    trame = trame_de(dossier)
    assert trame.modele == "construit"
    for rubrique in trame.rubriques:
        assert plat(rubrique.titre) in texte, rubrique.titre
    assert plat("patientèle âgée & peu mobile") in texte
    if CAPTURES:
        (Path(CAPTURES) / f"projet-{dossier.region}.pdf").write_bytes(pdf)


@pytest.fixture
def saint_quentin():
    return fabrique.equipe_complete(implantation=commune("02691"))


def test_la_demande_de_soutien_se_reprend_dans_le_projet_de_sante(saint_quentin):
    porteuse = saint_quentin.porteur.compte
    demande = creer_dossier(saint_quentin, "demande-soutien", acteur=porteuse)
    fabrique.remplir(demande, acteur=porteuse)
    projet = creer_dossier(saint_quentin, "projet-de-sante", acteur=porteuse)
    reprises = valeurs_de(projet)
    for champ in ("objet_du_projet", "territoire_description", "calendrier_depot"):
        assert reprises[champ] == valeurs_de(demande)[champ], champ


@sans_poppler
def test_la_demande_de_soutien_s_imprime_et_dit_qu_elle_est_construite(saint_quentin):
    demande = creer_dossier(saint_quentin, "demande-soutien", acteur=saint_quentin.porteur.compte)
    fabrique.remplir(demande, acteur=saint_quentin.porteur.compte)
    texte = plat(texte_pdf(exporter(demande, "pdf")))
    for rubrique in trame_de(demande).rubriques:
        assert plat(rubrique.titre) in texte, rubrique.titre
    assert plat("Aucun formulaire de l'ARS n'est fourni") in texte
