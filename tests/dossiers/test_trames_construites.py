"""Les trames construites se remplissent, se figent et s'impriment comme la trame officielle."""

import html

import pytest
from django.urls import reverse

from esperluette.dossiers.actions.depot import creer_dossier, figer
from esperluette.dossiers.documents import exporter
from esperluette.dossiers.lectures import ce_qui_manque, trame_de
from esperluette.referentiel.trames import ValeurRefusee
from tests.dossiers.test_documents import plat, sans_poppler, texte_pdf
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db
DEMARCHES = [
    ("esp", "demande-accompagnement"),
    ("msp", "demande-accompagnement-msp"),
    ("msp", "projet-de-sante-msp"),
    ("msp", "mise-en-oeuvre-msp"),
]


@pytest.fixture
def ouvrir():
    def ouvrir(forme, demarche):
        equipe = fabrique.equipe_complete(forme_visee=forme)
        if forme == "msp":
            MembreFabrique(equipe=equipe, confirme=True, profession="10", savoir_faire="SM53")
        return creer_dossier(equipe, demarche, acteur=equipe.porteur.compte)

    return ouvrir


@sans_poppler
@pytest.mark.parametrize(("forme", "demarche"), DEMARCHES)
def test_une_trame_construite_se_remplit_se_fige_et_s_imprime(ouvrir, forme, demarche):
    dossier = ouvrir(forme, demarche)
    porteur = dossier.equipe.porteur.compte
    trame = trame_de(dossier)
    assert trame.modele == "construit"
    assert ce_qui_manque(dossier)
    fabrique.remplir(dossier, acteur=porteur)
    assert ce_qui_manque(dossier) == []
    figer(dossier, acteur=porteur)
    texte = plat(texte_pdf(exporter(dossier, "pdf")))
    for rubrique in trame.rubriques:
        assert plat(rubrique.titre) in texte, rubrique.titre


def test_un_nombre_de_jours_hors_de_la_fourchette_se_refuse(ouvrir):
    dossier = ouvrir("msp", "demande-accompagnement-msp")
    porteur = dossier.equipe.porteur.compte
    fabrique.ecrire(dossier, "mode_accompagnement", "consultant", porteur)
    fabrique.ecrire(dossier, "jours_consultant", "12", porteur)
    with pytest.raises(ValeurRefusee, match="au plus 12"):
        fabrique.ecrire(dossier, "jours_consultant", "13", porteur)
    with pytest.raises(ValeurRefusee, match="au moins 3"):
        fabrique.ecrire(ouvrir("esp", "demande-accompagnement"), "reunions_nombre", "2", porteur)


def test_les_jours_se_demandent_pour_le_seul_mode_choisi(ouvrir):
    dossier = ouvrir("msp", "demande-accompagnement-msp")
    porteur = dossier.equipe.porteur.compte
    demandes = set()
    for mode in ("consultant", "coordinateurs", "professionnels"):
        fabrique.ecrire(dossier, "mode_accompagnement", mode, porteur)
        jours = {a.chemin for a in ce_qui_manque(dossier) if a.chemin.startswith("jours_")}
        assert jours == {f"jours_{mode}"}
        demandes |= jours
    assert len(demandes) == 3


@pytest.mark.parametrize(("forme", "demarche"), DEMARCHES)
def test_chaque_rubrique_s_ecrit_a_l_ecran(client, ouvrir, forme, demarche):
    dossier = ouvrir(forme, demarche)
    client.force_login(dossier.equipe.porteur.compte)
    for rubrique in trame_de(dossier).rubriques:
        if not rubrique.champs:
            continue
        page = client.get(reverse("dossiers:rubrique", args=[dossier.reference, rubrique.id]))
        assert page.status_code == 200
        texte = html.unescape(page.content.decode()).replace("’", "'").replace("\xa0", " ")
        assert rubrique.titre in texte
        for champ in rubrique.champs:
            if champ.si is None:
                assert champ.libelle in texte, champ.id


@pytest.mark.parametrize("format_", ["docx", "odt"])
def test_le_projet_d_une_maison_de_sante_sort_en_bureautique(ouvrir, format_):
    dossier = ouvrir("msp", "projet-de-sante-msp")
    fabrique.remplir(dossier, acteur=dossier.equipe.porteur.compte)
    octets = exporter(dossier, format_)
    assert octets.startswith(b"PK")
    assert len(octets) > 5_000
