"""Le chemin de l'équipe : ce qui est fait, ce qui manque, qui a la main, et la phrase qui le résume."""

import pytest

from esperluette.equipes import tableau
from esperluette.equipes.enums import EtatEtape
from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import VOUS, Etape, Onglet, Pastille
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db

FAIT, EN_COURS, A_VENIR = EtatEtape.FAIT, EtatEtape.EN_COURS, EtatEtape.A_VENIR


@pytest.fixture(autouse=True)
def _sans_les_apps_du_dessus(monkeypatch):
    """Ces essais portent sur les étapes de l'équipe ; celles des dossiers s'essaient chez eux."""
    for registre in (tableau.ETAPES, tableau.PASTILLES, tableau.ONGLETS):
        monkeypatch.setattr(registre, "_fonctions", {})


def etape(equipe, cle, compte=None):
    equipe = Equipe.objects.avec_membres().get(pk=equipe.pk)
    chemin = {e.cle: e for e in tableau.etapes(equipe, compte or equipe.porteur.compte)}
    return chemin[cle]


def test_une_equipe_neuve_a_quatre_etapes_et_la_main():
    equipe = EquipeFabrique()
    equipe.communes.clear()
    chemin = tableau.etapes(equipe, equipe.porteur.compte)
    assert [(e.cle, e.etat) for e in chemin] == [
        ("composition", EN_COURS),
        ("confirmations", EN_COURS),
        ("structure", EN_COURS),
        ("territoire", EN_COURS),
    ]
    assert all(e.main == VOUS and e.lien and e.geste for e in chemin)


def test_la_composition_suit_le_verdict():
    equipe = EquipeFabrique()
    assert etape(equipe, "composition").phrase.startswith("Associez un paramédical")
    MembreFabrique(equipe=equipe)
    assert etape(equipe, "composition").etat == FAIT


def test_une_region_sans_regles_ne_reproche_rien():
    sans_regles = etape(EquipeFabrique(implantation=commune("76540")), "composition")
    assert (sans_regles.etat, sans_regles.main) == (A_VENIR, "")
    assert "ne sont pas encore dans Esperluette" in sans_regles.phrase


def test_les_confirmations_disent_qui_inviter_puis_qui_attendre():
    equipe = EquipeFabrique()
    assert etape(equipe, "confirmations").geste == "Ajouter un membre"
    un, deux = (MembreFabrique(equipe=equipe, prenom="Yann", nom=nom) for nom in ("Abgrall", "Le Bihan"))
    a_inviter = etape(equipe, "confirmations")
    assert (a_inviter.phrase, a_inviter.main) == ("2 personnes à inviter : Yann Abgrall et Yann Le Bihan.", VOUS)
    for membre in (un, deux):
        membre.invite_le = equipe.cree_le
        membre.save()
    invites = etape(equipe, "confirmations")
    assert invites.phrase == "Invitation envoyée ; réponse attendue de Yann Abgrall et Yann Le Bihan."
    assert invites.main == "chaque personne invitée"
    for membre in (un, deux):
        membre.delete()
    MembreFabrique(equipe=equipe, confirme=True)
    assert etape(equipe, "confirmations").phrase == "Les 2 membres ont confirmé leur appartenance."


@pytest.mark.parametrize(
    ("champs", "etat", "phrase"),
    [
        ({}, EN_COURS, "Dites si une structure porte l’équipe."),
        ({"association": True}, FAIT, "Association loi 1901, créée."),
        ({"association": True, "nom_juridique": "Le Lié"}, FAIT, "Association loi 1901 : Le Lié, créée."),
        (
            {"sisa_en_projet": True},
            EN_COURS,
            "Société interprofessionnelle de soins ambulatoires (SISA), en projet. "
            "Dites-le ici quand elle sera créée.",
        ),
        (
            {"statut_juridique": "aucun"},
            A_VENIR,
            "Aucune structure pour l’instant. Les aides et démarches qui en demandent une le disent.",
        ),
    ],
)
def test_la_structure_en_projet_n_est_jamais_faite(champs, etat, phrase):
    structure = etape(EquipeFabrique(**champs), "structure")
    assert (structure.etat, structure.phrase) == (etat, phrase)


def test_le_territoire_est_fait_quand_il_est_dit():
    equipe = EquipeFabrique(territoire=[commune(), commune("22219")])
    assert etape(equipe, "territoire").phrase == "2 communes : Loudéac et Plouguenast-Langast."
    equipe.communes.clear()
    assert etape(equipe, "territoire").etat == EN_COURS


def test_pour_un_membre_ou_un_accompagnateur_la_main_est_au_porteur():
    equipe = EquipeFabrique()
    membre = MembreFabrique(equipe=equipe, confirme=True).compte
    conseil = AccesFabrique(equipe=equipe, rattache=True).compte
    for compte in (membre, conseil):
        assert etape(equipe, "structure", compte).main == str(equipe.porteur)


@pytest.mark.parametrize(
    ("chemin", "phrase"),
    [
        ([], "Tout est fait. Rien ne vous est demandé."),
        ([Etape("a", "A", FAIT, "Fait.")], "Tout est fait. Rien ne vous est demandé."),
        ([Etape("a", "A", EN_COURS, "Ajoutez.", main=VOUS)], "À vous : ajoutez."),
        ([Etape("a", "A", EN_COURS, "ARS à voir.", main=VOUS)], "À vous : ARS à voir."),
        ([Etape("a", "A", EN_COURS, "Réponse attendue.", main="Yann")], "La main est à Yann : réponse attendue."),
        ([Etape("a", "A", EN_COURS, "L’ARS lit.")], "L’ARS lit."),
        ([Etape("a", "A", A_VENIR, "Plus tard.")], "Plus tard."),
        (
            [Etape("a", "A", EN_COURS, "Lui.", main="Yann"), Etape("b", "B", EN_COURS, "Vous.", main=VOUS)],
            "À vous : vous.",
        ),
        (
            [Etape("a", "A", EN_COURS, "Vous.", main=VOUS), Etape("b", "B", EN_COURS, "En tête.", en_tete=True)],
            "En tête.",
        ),
    ],
)
def test_la_phrase_dit_qui_a_la_main(chemin, phrase):
    assert tableau.phrase(chemin) == phrase


def test_en_tete_vient_l_etape_dont_parle_la_phrase():
    sienne = Etape("b", "B", EN_COURS, "Vous.", main=VOUS)
    assert tableau.en_tete([Etape("a", "A", EN_COURS, "Lui.", main="Yann"), sienne]) is sienne
    assert tableau.en_tete([Etape("a", "A", FAIT, "Fait.")]) is None


def test_une_app_du_dessus_ajoute_etapes_pastilles_et_onglets():
    equipe = EquipeFabrique()
    porteur = equipe.porteur
    tableau.inscrire(lambda e, c: [Etape("projet", "Projet", A_VENIR, f"Le projet de {e.nom}.")])
    tableau.inscrire_pastilles(lambda e, c: {porteur.pk: [Pastille("A signé", "succes")]})
    tableau.inscrire_onglets(lambda e, c: [Onglet("projet", "Projet de santé", "/projet/", 15)])
    assert [e.cle for e in tableau.etapes(equipe, porteur.compte)][-1] == "projet"
    assert [p.libelle for p in tableau.pastilles(equipe, porteur.compte)[porteur.pk]] == ["Confirmé", "A signé"]
    assert [o.cle for o in tableau.onglets(equipe, porteur.compte)] == [
        "fiche",
        "membres",
        "projet",
        "informations",
        "accompagnateurs",
    ]


@pytest.mark.parametrize(
    ("noms", "phrase"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A et B"),
        (["A", "B", "C", "D"], "A, B, C et D"),
        (["A", "B", "C", "D", "E"], "A, B, C et 2 autres"),
    ],
)
def test_une_enumeration_reste_courte(noms, phrase):
    assert tableau.enumerer(noms) == phrase
