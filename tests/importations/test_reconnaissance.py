"""Au moins neuf rubriques sur dix reconnues, sur un jeu varié ; et presque rien de placé à tort."""

import sys
from collections import defaultdict
from functools import cache

import pytest

from esperluette.importations.lecteur.interpretation import analyser
from tests.importations.contenus import projet_breton
from tests.importations.ecriture import EnDocx, Ligne, Titre
from tests.importations.fabrique import Facon, composer, convertir, facons
from tests.importations.mesure import Releve, relever

pytestmark = pytest.mark.une_fois

SEUIL = 0.9
A_TORT_MAXIMAL = 0.02  # des réponses proposées
FACONS = tuple(facons())
SUR_PLACE = tuple(f for f in FACONS if not f.convertie)
CONVERTIES = tuple(f for f in FACONS if f.convertie)


@cache
def lue(facon: Facon) -> Releve:
    octets, contenu = composer(facon)
    format = facon.convertie or facon.format
    if facon.convertie:
        octets = convertir(octets, facon.format, facon.convertie)
    analyse = analyser(f"trame.{format}", octets, trame=contenu.trame, edition=contenu.edition)
    return relever(analyse, contenu)


def test_le_jeu_est_varie():
    assert len(FACONS) >= 40
    assert len({f.famille for f in FACONS}) >= 10
    assert len({f.nom for f in FACONS}) == len(FACONS)


@pytest.mark.parametrize("facon", SUR_PLACE, ids=lambda f: f.nom)
def test_chaque_document_garde_l_essentiel(facon):
    """Aucun document, même celui qui cumule tout, ne perd plus de deux rubriques sur dix."""
    releve = lue(facon)
    assert releve.taux >= 0.8, releve.manques


def _ligne(nom: str, releve: Releve) -> str:
    return f"  {nom:<36} {releve.reconnues:>4}/{releve.rubriques:<4} {releve.taux:>6.1%}, à tort {releve.a_tort}\n"


def test_neuf_rubriques_sur_dix_par_famille_et_presque_rien_a_tort(capsys):
    familles: dict[str, Releve] = defaultdict(Releve)
    for facon in SUR_PLACE:
        familles[facon.famille].ajouter(lue(facon))
    total = Releve()
    for releve in familles.values():
        total.ajouter(releve)
    with capsys.disabled():
        sys.stdout.write("\n" + "".join(_ligne(n, r) for n, r in (familles | {"ensemble": total}).items()))
    faibles = {nom: r.manques for nom, r in familles.items() if r.taux < SEUIL}
    assert not faibles
    assert total.taux >= SEUIL
    assert total.a_tort <= A_TORT_MAXIMAL * total.champs, total.manques


@pytest.mark.parametrize("facon", CONVERTIES, ids=lambda f: f.nom)
def test_un_document_passe_par_libreoffice_se_reconnait_aussi(facon):
    releve = lue(facon)
    assert releve.taux >= SEUIL, releve.manques
    assert not releve.a_tort


def test_un_document_etranger_ne_propose_rien():
    """Un compte rendu quelconque n'est pas une trame : tout y reste à ranger, rien n'est deviné."""
    octets = EnDocx().ecrire(
        [
            Titre("Compte rendu de l’assemblée générale"),
            Ligne("Présents : quatorze personnes."),
            Titre("Budget 2026", 2),
            Ligne("Le trésorier présente les comptes, qui sont approuvés."),
            Ligne("Nom : Dupont"),
            Titre("Questions diverses", 2),
            Ligne("La salle sera repeinte."),
        ]
    )
    contenu = projet_breton()
    analyse = analyser("compte-rendu.docx", octets, trame=contenu.trame, edition=contenu.edition)
    assert analyse.propositions == []
    assert "La salle sera repeinte." in " ".join(m.texte for m in analyse.morceaux)


def test_rien_de_ce_que_dit_le_fichier_ne_se_perd():
    """Chaque phrase de l'équipe est dans une proposition, un morceau à ranger ou la liste des personnes."""
    for facon in SUR_PLACE[::7]:
        octets, contenu = composer(facon)
        analyse = analyser(f"t.{facon.format}", octets, trame=contenu.trame, edition=contenu.edition)
        tout = " ".join([*(p.texte for p in analyse.propositions), *(m.texte for m in analyse.morceaux)])
        tout = " ".join(tout.split())
        for champ, valeur in contenu.reponses.items():
            if contenu.trame.champ(champ).type == "texte_riche":
                assert all(" ".join(phrase.split()) in tout for phrase in valeur), (facon.nom, champ)
