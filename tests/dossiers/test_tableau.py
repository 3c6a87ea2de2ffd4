"""Le dossier sur le tableau de bord de l'équipe : une phrase, et un bouton qui mène au geste."""

import re

import pytest
from django.urls import reverse

from esperluette.dossiers.actions.depot import signer
from tests.dossiers.ecrans import sous, texte
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db


def tete(equipe, compte):
    """La phrase de tête et le libellé de son bouton, s'il y en a un."""
    page = texte(sous(compte).get(reverse("equipes:fiche", args=[equipe.pk])))
    bloc = page.split('class="esp-phrase"')[1].split("</div>")[0]
    bouton = re.search(r'class="fr-btn" href="([^"]+)">([^<]+)<', bloc)
    return re.search(r"<p>([^<]+)</p>", bloc)[1], bouton and (bouton[2], bouton[1])


@pytest.mark.parametrize("qui", ["porteuse", "membre"])
def test_qui_redige_a_son_bouton_pour_continuer(dossier, equipe, acteurs, qui):
    phrase, bouton = tete(equipe, acteurs[qui])
    assert re.fullmatch(r"À vous : il manque \d+ éléments au dossier\.", phrase)
    assert bouton == ("Continuer la rédaction", reverse("dossiers:redaction", args=[dossier.reference]))


def test_qui_accompagne_lit_la_phrase_sans_bouton(dossier, equipe, acteurs):
    phrase, bouton = tete(equipe, acteurs["accompagnatrice"])
    assert phrase.startswith("Il manque ")
    assert bouton is None


def test_a_la_signature_le_bouton_est_pour_qui_n_a_pas_signe(equipe, acteurs):
    depot = fabrique.fige(equipe)
    signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    assert tete(equipe, acteurs["membre"])[1][0] == "Relire et signer"
    phrase, bouton = tete(equipe, acteurs["porteuse"])
    assert phrase.startswith("Il manque 1 signature sur 2")
    assert bouton is None


def test_tout_signe_le_porteur_depose(equipe, acteurs):
    depot = fabrique.signe(equipe)
    assert tete(equipe, acteurs["porteuse"])[1] == (
        "Déposer le dossier",
        reverse("dossiers:deposer", args=[depot.dossier.reference]),
    )
    assert tete(equipe, acteurs["membre"])[1] is None


def test_une_fois_depose_rien_n_est_demande(dossier_depose, equipe, acteurs):
    phrase, bouton = tete(equipe, acteurs["porteuse"])
    assert phrase.endswith("Vous n’avez rien à faire.")
    assert bouton is None
