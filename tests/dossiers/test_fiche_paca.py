"""La fiche de Provence-Alpes-Côte d'Azur, remplie par les vraies actions et relue dans ses trois formats."""

import io
import shutil
import subprocess
import unicodedata

import docx
import odfdo
import pytest

from esperluette.dossiers.actions.chiffres import agir
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer
from esperluette.dossiers.documents import exporter
from esperluette.dossiers.lectures import ce_qui_manque, reponse_attendue, trame_de, valeurs_de
from tests.fabriques import chiffres
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db
sans_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) est absent")
# Une réponse à chaque question dont une autre dépend ; le reste se remplit selon son type.
REPONSES = {
    "departement_concerne": "05",
    "structure_juridique": "association",
    "association_coordonnees": "Association du Champsaur, Gap",
    "territoire_habitants": "41293",
    "territoire_qualification": ["proche_qpv", "zip"],
    "territoire_proche_qpv": "Le Haut-Gap",
    "modalites": ["telephone", "autres"],
    "modalites_autres": "Un carnet de liaison",
    "moyens_action": ["rcp"],
    "territoire_communes": ["05061"],
    "perimetre": "toute",
}
NON_DEMANDEES = {"date_ccopd", "structure_precision", "territoire_qpv", "moyens_action_autres", "perimetre_precision"}


def plat(texte):
    """Sans espaces ni césures : on compare les mots, pas la mise en page."""
    normal = unicodedata.normalize("NFKC", texte).replace("’", "'").replace("-", "").replace("‑", "")
    return "".join(normal.replace("\u00ad", "").split())


def texte_pdf(octets):
    commande = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(commande, input=octets, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def equipe(db):
    """Trois professionnels de Gap, réunis en association."""
    gap = commune("05061")
    equipe = EquipeFabrique(association=True, nom="Équipe du Champsaur", implantation=gap, porteur__commune=gap)
    for profession in ("60", "70"):
        MembreFabrique(equipe=equipe, confirme=True, profession=profession, commune=gap)
    return equipe


def _dossier(equipe, demarche):
    """Un dossier de cette démarche, entièrement rempli."""
    porteur = equipe.porteur.compte
    dossier = creer_dossier(equipe, demarche, acteur=porteur)
    for champ, brut in REPONSES.items():
        if champ in {c.id for _, c in trame_de(dossier).champs()}:
            fabrique.ecrire(dossier, champ, brut, porteur)
    for _, champ in trame_de(dossier).champs():
        if champ.id in NON_DEMANDEES:
            continue
        if champ.type not in {"membres", "tableau"} and not valeurs_de(dossier).get(champ.id):
            fabrique.ecrire(dossier, champ.id, fabrique.saisie_valide(champ), porteur)
        if champ.type == "tableau" and not valeurs_de(dossier).get(champ.id):
            _thematiques(dossier, champ, porteur)
    return dossier


def _thematiques(dossier, champ, porteur):
    for nom in ("Le retour à domicile", "Le suivi du diabète"):
        ligne = fabrique.ajouter_ligne(dossier, champ.id, acteur=porteur)
        for colonne in champ.colonnes:
            brut = nom if colonne.id == "thematique" else fabrique.saisie_valide(colonne)
            fabrique.ecrire(dossier, f"{champ.id}/{ligne}/{colonne.id}", brut, porteur)


@pytest.fixture
def fiche(equipe):
    dossier = _dossier(equipe, "lettre-intention")
    assert ce_qui_manque(dossier) == []
    return dossier


def _intitules(trame):
    """Tout ce que l'annexe 1 imprime : titres, questions, cases, lignes des thématiques, consignes."""
    yield trame.titre
    for rubrique in trame.rubriques:
        yield from (rubrique.titre, rubrique.mention)
        for champ in rubrique.champs:
            if champ.id not in NON_DEMANDEES - {"date_ccopd"}:
                yield champ.libelle
            if champ.type == "cases" or champ.presentation == "cases":
                yield from (option.libelle for option in champ.options)
            yield from (colonne.libelle for colonne in champ.colonnes)


@sans_poppler
def test_le_pdf_porte_chaque_intitule_et_chaque_case(fiche):
    texte = plat(texte_pdf(exporter(fiche, "pdf")))
    assert [i for i in _intitules(trame_de(fiche)) if plat(i) not in texte] == []


def test_le_docx_porte_chaque_intitule_et_chaque_case(fiche):
    document = docx.Document(io.BytesIO(exporter(fiche, "docx")))
    texte = plat("\n".join(document.element.body.itertext()))
    assert [i for i in _intitules(trame_de(fiche)) if plat(i) not in texte] == []


def test_l_odt_porte_chaque_intitule_et_chaque_case(fiche):
    corps = odfdo.Document(io.BytesIO(exporter(fiche, "odt"))).body
    texte = plat(corps.text_recursive)
    assert [i for i in _intitules(trame_de(fiche)) if plat(i) not in texte] == []


@sans_poppler
def test_les_cases_cochees_le_sont_et_les_autres_se_voient(fiche):
    texte = plat(texte_pdf(exporter(fiche, "pdf")))
    for coche in (
        "☒ Association loi 1901 (préciser coordonnées)",
        "☐ Pas de structuration juridique",
        "☐ SISA",
        "☒ Proche d'un QPV (préciser le nom)",
        "☒ Zone d'intervention prioritaire (ZIP)*",
        "☐ Zone rurale hors ZIP et ZAC",
        "☒ Téléphone",
        "☐ Education Thérapeutique du Patient",
        "☒ Réunions de concertation pluri-professionnelle",
        "☐ Groupes qualité pluri-professionnels",
    ):
        assert plat(coche) in texte, coche


@sans_poppler
def test_les_thematiques_se_numerotent_et_les_professionnels_sont_en_tableau(fiche):
    texte = plat(texte_pdf(exporter(fiche, "pdf")))
    for attendu in ("Thématique 1", "Thématique 2", "Nom Prénom Profession Commune d'exercice", "41 293 habitants"):
        assert plat(attendu) in texte, attendu
    assert plat("Thématique 3") not in texte


def test_la_lettre_d_intention_se_depose_sans_signature(fiche):
    porteur = fiche.equipe.porteur.compte
    depot = figer(fiche, acteur=porteur)
    deposer(fiche, acteur=porteur)
    fiche.refresh_from_db()
    assert depot.signatures.count() == 0
    assert fiche.etat == "depose"


def test_sans_signature_la_lettre_part_avec_les_chiffres_du_jour(fiche):
    porteur = fiche.equipe.porteur.compte
    chiffres.charger("05061,Gap,05000,COM,110,40000,39000,19000,300,420")
    agir(fiche, "chiffres_diagnostic", "inserer", acteur=porteur)
    chiffres.charger("05061,Gap,05000,COM,110,41000,39000,19000,300,420")
    depot = deposer(fiche, acteur=porteur)
    theme = depot.contenu["reponses"]["chiffres_diagnostic"]["instantane"]["themes"][0]
    assert theme["lignes"][0]["valeurs"]["territoire"]["valeur"] == 41_000


@sans_poppler
def test_un_courrier_tient_en_une_page_sans_garde_ni_sommaire(equipe):
    dossier = _dossier(equipe, "choix-structure-appui")
    figer(dossier, acteur=equipe.porteur.compte)
    pdf = texte_pdf(exporter(dossier, "pdf"))
    assert "Page 1 sur 1" in pdf
    assert "Sommaire" not in pdf
    assert "Version à déposer" in pdf


@sans_poppler
def test_la_fiche_officielle_n_a_ni_garde_ni_sommaire(fiche):
    texte = texte_pdf(exporter(fiche, "pdf"))
    assert "Sommaire" not in texte
    assert "Identification du porteur de projet" in texte.partition("\f")[0]


@sans_poppler
def test_la_note_de_l_asterisque_vient_apres_les_cases(fiche):
    texte = plat(texte_pdf(exporter(fiche, "pdf")))
    assert texte.index(plat("Zone rurale hors ZIP et ZAC")) < texte.index(plat("*Arrêté de zonage"))
    assert texte.index(plat("*Arrêté de zonage")) < texte.index(plat("Descriptif général du projet"))


def test_le_projet_de_sante_reprend_la_lettre_d_intention(fiche):
    projet = creer_dossier(fiche.equipe, "projet-de-sante", acteur=fiche.equipe.porteur.compte)
    avant, apres = valeurs_de(fiche), valeurs_de(projet)
    for champ in ("territoire_habitants", "territoire_qualification", "diagnostic", "modalites", "moyens_action"):
        assert apres[champ] == avant[champ], champ
    themes = [ligne["thematique"] for ligne in apres["axes_thematiques"]]
    assert themes == ["Le retour à domicile", "Le suivi du diabète"]


@pytest.mark.parametrize("demarche", ["demande-aide-demarrage", "choix-structure-appui", "projet-de-sante"])
def test_chaque_demarche_se_remplit_jusqu_au_bout(equipe, demarche):
    dossier = _dossier(equipe, demarche)
    bloquants = [a for a in ce_qui_manque(dossier) if a.ou != "equipe"]
    assert bloquants == []


def test_le_mois_de_reponse_court_de_la_seance_pas_du_depot(fiche):
    porteur = fiche.equipe.porteur.compte
    figer(fiche, acteur=porteur)
    deposer(fiche, acteur=porteur)
    fiche.refresh_from_db()
    assert reponse_attendue(fiche) is None
