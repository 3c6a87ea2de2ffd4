"""Ne pas répondre deux fois : ce qu'un dossier reprend des précédents, et ce qu'il n'en reprend jamais."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.dossiers.actions import redaction
from esperluette.dossiers.actions.depot import creer_dossier, retirer
from esperluette.dossiers.actions.reprises import reprendre
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import valeurs_de
from esperluette.dossiers.models import Dossier, Reponse, VersionReponse
from esperluette.equipes.actions import modifier_equipe
from esperluette.journal.lectures import evenements_de
from tests.dossiers import essai
from tests.dossiers.ecrans import sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


def ligne(dossier, tableau, **cellules):
    """Une ligne de plus, remplie ; rend son identifiant."""
    acteur = essai.porteuse(dossier.equipe)
    cle = redaction.ajouter_ligne(dossier, tableau, acteur=acteur)
    for colonne, valeur in cellules.items():
        fabrique.ecrire(dossier, f"{tableau}/{cle}/{colonne}", valeur, acteur)
    return cle


@pytest.fixture
def lettre(equipe_d_essai):
    return essai.ouvrir(equipe_d_essai)


@pytest.mark.parametrize(
    ("champ", "ecrit", "repris_dans", "attendu"),
    [
        ("territoire", "<p>Une île.</p>", "description", "<p>Une île.</p>"),  # même notion, autre identifiant
        ("debut", "2027-03-01", "debut", "2027-03-01"),  # même identifiant, sans notion dite
        ("patients", "1200", "patients", 1200),
        ("patients", "9000", "patients", None),  # au-delà de ce que la nouvelle trame accepte
        ("statut", "association", "statut", "association"),
        ("statut", "aucun", "statut", None),  # un choix que la nouvelle trame n'a pas
        ("zonage", ["zip", "ile"], "qualification", ["zip"]),  # seules les options qui existent
        ("zonage", ["ile"], "qualification", []),
    ],
)
def test_une_reponse_se_reprend_si_la_question_est_la_meme(lettre, champ, ecrit, repris_dans, attendu):
    fabrique.ecrire(lettre, champ, ecrit, essai.porteuse(lettre.equipe))
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    assert valeurs_de(projet)[repris_dans] == (attendu or None)
    assert projet.reponses.filter(champ=repris_dans).exists() is bool(attendu)


def test_un_tableau_se_reprend_par_ses_colonnes_communes(lettre):
    ancienne = ligne(lettre, "thematiques", titre="Le diabète", note="interne", publics=["enfants", "aines"])
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    (reprise,) = valeurs_de(projet)["axes"]
    assert reprise["id"] != ancienne
    assert reprise == {"id": reprise["id"], "thematique": "Le diabète", "objectif": None, "publics": ["aines"]}


def test_une_ligne_sans_rien_de_commun_ne_vient_pas(lettre):
    ligne(lettre, "thematiques", note="interne")
    ligne(lettre, "thematiques", titre="Le diabète", publics=["enfants"])
    ligne(lettre, "thematiques", titre="Un titre bien trop long pour les quarante caractères de la suite")
    axes = valeurs_de(essai.ouvrir(lettre.equipe, essai.PROJET))["axes"]
    assert [a["thematique"] for a in axes] == ["Le diabète"]


def test_un_tableau_ne_depasse_pas_le_maximum_de_la_nouvelle_trame(lettre):
    for titre in ("Un", "Deux", "Trois"):
        ligne(lettre, "thematiques", titre=titre)
    axes = valeurs_de(essai.ouvrir(lettre.equipe, essai.PROJET))["axes"]
    assert [a["thematique"] for a in axes] == ["Un", "Deux"]


def test_la_ligne_reprise_se_modifie_sans_toucher_a_l_ancienne(lettre):
    ligne(lettre, "thematiques", titre="Le diabète")
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    (axe,) = valeurs_de(projet)["axes"]
    fabrique.ecrire(projet, f"axes/{axe['id']}/thematique", "L'asthme", essai.porteuse(lettre.equipe))
    assert valeurs_de(lettre)["thematiques"][0]["titre"] == "Le diabète"


def test_une_ligne_retiree_de_l_ancien_dossier_ne_revient_pas(lettre):
    cle = ligne(lettre, "thematiques", titre="Le diabète")
    redaction.retirer_ligne(lettre, "thematiques", cle, acteur=essai.porteuse(lettre.equipe))
    assert valeurs_de(essai.ouvrir(lettre.equipe, essai.PROJET))["axes"] == []


def test_la_reprise_est_une_version_qui_dit_d_ou_elle_vient(lettre):
    auteur = MembreFabrique(equipe=lettre.equipe, confirme=True).compte
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", auteur)
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    reponse = projet.reponses.get(champ="description")
    version = reponse.versions.get()
    assert (version.numero, version.sorte, version.repris_de) == (1, SorteVersion.REPRISE, lettre)
    assert version.auteur == essai.porteuse(lettre.equipe)
    # Le texte garde son auteur et sa date : personne n'écrit dans le nouveau dossier en ce moment.
    ancienne = lettre.reponses.get(champ="territoire")
    assert (reponse.modifie_par, reponse.modifie_le) == (auteur, ancienne.modifie_le)
    evenement = next(e for e in evenements_de(projet) if e.sorte == "reponses_reprises")
    assert evenement.donnees == {"sources": [lettre.pk], "nombre": 1}


def test_une_version_reprise_dit_toujours_d_ou(lettre):
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", essai.porteuse(lettre.equipe))
    version = VersionReponse.objects.get(reponse__champ="territoire")
    version.sorte = SorteVersion.REPRISE
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()


def test_rien_de_ce_qui_est_ecrit_n_est_touche_meme_vide(lettre):
    acteur = essai.porteuse(lettre.equipe)
    projet = essai.ouvrir(lettre.equipe, essai.PROJET, description="<p>À nous.</p>", debut="2027-01-01")
    fabrique.ecrire(projet, "debut", "", acteur)  # vidé exprès
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", acteur)
    fabrique.ecrire(lettre, "debut", "2028-01-01", acteur)
    fabrique.ecrire(lettre, "patients", "1200", acteur)
    assert reprendre(projet, acteur=acteur) == 1
    valeurs = valeurs_de(projet)
    assert (valeurs["description"], valeurs["debut"], valeurs["patients"]) == ("<p>À nous.</p>", None, 1200)


def test_reprendre_deux_fois_n_ecrit_qu_une_fois(lettre):
    acteur = essai.porteuse(lettre.equipe)
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", acteur)
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    avant = list(Reponse.objects.values())
    assert reprendre(projet, acteur=acteur) == 0
    assert creer_dossier(lettre.equipe, essai.PROJET, acteur=acteur) == projet
    assert list(Reponse.objects.values()) == avant


def test_la_fiche_de_l_equipe_passe_avant_un_ancien_dossier(lettre):
    acteur = essai.porteuse(lettre.equipe)
    fabrique.ecrire(lettre, "communes", [essai.KOUNGOU], acteur)
    modifier_equipe(lettre.equipe, acteur=acteur, communes=[lettre.equipe.implantation])
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    assert not projet.reponses.filter(champ="communes").exists()


def test_de_deux_dossiers_la_reponse_la_plus_recente(lettre):
    acteur = essai.porteuse(lettre.equipe)
    demande = essai.ouvrir(lettre.equipe, essai.DEMANDE)
    for dossier, valeur, age in ((lettre, "<p>Ancien.</p>", 5), (demande, "<p>Récent.</p>", 1)):
        fabrique.ecrire(dossier, "territoire", valeur, acteur)
        dossier.reponses.update(modifie_le=timezone.now() - timedelta(days=age))
    assert valeurs_de(essai.ouvrir(lettre.equipe, essai.PROJET))["description"] == "<p>Récent.</p>"


def test_un_dossier_retire_se_reprend_en_entier_dans_le_suivant(lettre):
    acteur = essai.porteuse(lettre.equipe)
    fabrique.remplir(lettre, acteur=acteur)
    avant = valeurs_de(lettre)
    retirer(lettre, acteur=acteur)
    suivant = essai.ouvrir(lettre.equipe)
    assert suivant != lettre
    assert sans_fiche(valeurs_de(suivant)) == sans_fiche(avant)


def sans_fiche(valeurs):
    """Les réponses hors de ce que dit la fiche de l'équipe, sans les identifiants de ligne."""
    gardees = {cle: v for cle, v in valeurs.items() if cle != "communes"}
    lignes = [{c: v for c, v in ligne.items() if c != "id"} for ligne in gardees["thematiques"]]
    return gardees | {"thematiques": lignes}


def test_une_autre_equipe_ne_donne_rien(lettre):
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", essai.porteuse(lettre.equipe))
    autre = essai.equipe_d_essai()
    assert not essai.ouvrir(autre, essai.PROJET).reponses.exists()


@pytest.mark.parametrize("champs", [{"edition": "disparue"}, {"demarche": "disparue"}])
def test_un_dossier_dont_l_edition_n_est_plus_la_est_laisse(lettre, champs):
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", essai.porteuse(lettre.equipe))
    Dossier.objects.filter(pk=lettre.pk).update(**champs)
    assert not essai.ouvrir(lettre.equipe, essai.PROJET).reponses.exists()


def test_qui_ne_redige_pas_ne_reprend_pas(lettre):
    with pytest.raises(Refus):
        reprendre(lettre, acteur=CompteFabrique())


def compter_la_creation(nombre):
    """Les requêtes de la création d'un projet, après `nombre` dossiers précédents."""
    equipe = essai.equipe_d_essai()
    acteur = essai.porteuse(equipe)
    for _ in range(nombre):
        ancienne = essai.ouvrir(equipe)
        fabrique.ecrire(ancienne, "territoire", "<p>Une île.</p>", acteur)
        ligne(ancienne, "thematiques", titre="Le diabète")
        ligne(ancienne, "thematiques", titre="L'asthme")
        retirer(ancienne, acteur=acteur)
    with CaptureQueriesContext(connection) as capture:
        projet = creer_dossier(equipe, essai.PROJET, acteur=acteur)
    assert projet.reponses.count() == 4
    return len(capture)


def test_autant_de_requetes_apres_trois_dossiers_qu_apres_un(db, editions_d_essai):
    compter_la_creation(1)  # caches chauds
    assert compter_la_creation(1) == compter_la_creation(3) <= 45


# --- À l'écran ---------------------------------------------------------------------------------------------------


def test_l_ecran_dit_d_ou_vient_la_reponse_jusqu_a_ce_qu_on_la_change(lettre):
    acteur = essai.porteuse(lettre.equipe)
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", acteur)
    ligne(lettre, "thematiques", titre="Le diabète")
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    client = sous(acteur)
    page = texte(client.get(url(projet, "rubrique", "environnement")))
    assert "Repris de votre dossier « Lettre d&#x27;intention » du" in page
    assert "écrit ici" not in page
    assert "Repris de votre dossier" in texte(client.get(url(projet, "rubrique", "axes")))
    historique = texte(client.get(url(projet, "historique", "description")))
    assert f"Reprise d’un autre dossier de l’équipe ({lettre.reference})" in historique
    fabrique.ecrire(projet, "description", "<p>Autre chose.</p>", acteur)
    page = texte(client.get(url(projet, "rubrique", "environnement")))
    assert "Repris de votre dossier" not in page


def test_un_dossier_deja_ouvert_peut_reprendre_ce_qui_s_ecrit_apres(lettre):
    acteur = essai.porteuse(lettre.equipe)
    projet = essai.ouvrir(lettre.equipe, essai.PROJET)
    client, adresse = sous(acteur), url(projet, "manques")
    assert "Reprendre ces réponses" not in texte(client.get(adresse))
    fabrique.ecrire(lettre, "territoire", "<p>Une île.</p>", acteur)
    assert "Reprendre ces réponses" in texte(client.get(adresse))
    page = texte(client.post(url(projet, "reprendre"), follow=True))
    assert "1 réponse reprise. Relisez" in page
    assert "Reprendre ces réponses" not in page
    assert valeurs_de(projet)["description"] == "<p>Une île.</p>"
    assert "rien à reprendre" in texte(client.post(url(projet, "reprendre"), follow=True))
