"""Le cycle de vie : chaque transition, depuis chaque état, pour chaque sorte de compte."""

import ast
from pathlib import Path

import pytest

import esperluette
from esperluette.commun.erreurs import Refus
from esperluette.dossiers import cycle
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.journal.lectures import evenements_de

pytestmark = pytest.mark.django_db

OUVERTS = "brouillon a_signer depose en_instruction a_completer inscrit avis_rendu"
# Recopiée de la conception (§ 6), pas du programme : transition → départs, arrivée, qui.
ATTENDU = {
    "figer": ("brouillon a_completer", "a_signer", "porteuse"),
    "rouvrir": ("a_signer", None, "porteuse"),
    "deposer": ("a_signer brouillon a_completer", "depose", "porteuse"),
    "prendre_en_instruction": ("depose", "en_instruction", "referente"),
    "rendre": ("en_instruction", "depose", "referente"),
    "demander_complements": ("en_instruction", "a_completer", "referente"),
    "annuler_complements": ("a_completer a_signer", "en_instruction", "referente"),
    "inscrire": ("en_instruction", "inscrit", "referente"),
    "desinscrire": ("inscrit", "en_instruction", "referente"),
    "ajourner": ("inscrit", "en_instruction", "presidente"),
    "rendre_avis": ("inscrit", "avis_rendu", "presidente"),
    "accepter": ("avis_rendu en_instruction", "accepte", "autorite"),
    "refuser": ("avis_rendu en_instruction", "refuse", "autorite"),
    "differer": ("avis_rendu", "en_instruction", "autorite"),
    "retirer_l_accord": ("accepte", "en_instruction", "autorite"),
    "reexaminer": ("refuse", "en_instruction", "referente"),
    "classer_sans_suite": (OUVERTS, "sans_suite", "referente"),
    "retirer": (OUVERTS, "retire", "porteuse"),
}


@pytest.fixture
def sans_gardes(monkeypatch):
    """Les gardes (complétude, signatures) ont leurs essais ; ici, seuls comptent l'état et le droit."""
    for nom in cycle.TRANSITIONS:
        monkeypatch.setitem(cycle._GARDES, nom, [])


def test_la_table_est_celle_de_la_conception():
    assert {n: set(t.depuis) for n, t in cycle.TRANSITIONS.items()} == {
        n: set(departs.split()) for n, (departs, _, _) in ATTENDU.items()
    }


@pytest.mark.parametrize("etat", list(Etat))
@pytest.mark.parametrize("nom", list(ATTENDU))
def test_chaque_transition_depuis_chaque_etat(nom, etat, dossier_depose, acteurs, sans_gardes):
    departs, arrivee, qui = ATTENDU[nom]
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=etat)
    dossier_depose.refresh_from_db()
    if etat not in departs.split():
        with pytest.raises(cycle.TransitionImpossible, match="demande un dossier"):
            cycle.franchir(dossier_depose, nom, acteur=acteurs[qui], motif="Un motif.")
        dossier_depose.refresh_from_db()
        assert dossier_depose.etat == etat
        return
    resultat = cycle.franchir(dossier_depose, nom, acteur=acteurs[qui], motif="Un motif.")
    attendu = arrivee or "a_completer"  # rouvrir un dossier déjà déposé rend la main pour un complément
    assert resultat.etat == attendu
    dernier = evenements_de(dossier_depose)[0]
    assert (dernier.sorte, dernier.donnees["de"], dernier.donnees["vers"]) == (nom, etat, attendu)
    assert dernier.acteur == acteurs[qui]


@pytest.mark.parametrize("intrus", ["membre", "accompagnatrice", "referent_ailleurs", "inconnue", "porteuse_ailleurs"])
@pytest.mark.parametrize("nom", list(ATTENDU))
def test_personne_d_autre_ne_franchit_une_transition(nom, intrus, dossier_depose, acteurs, sans_gardes):
    depart = ATTENDU[nom][0].split()[0]
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=depart)
    with pytest.raises(Refus):
        cycle.franchir(dossier_depose, nom, acteur=acteurs[intrus], motif="Un motif.")
    dossier_depose.refresh_from_db()
    assert dossier_depose.etat == depart


@pytest.mark.parametrize("nom", [n for n, t in cycle.TRANSITIONS.items() if t.exige_motif])
def test_un_refus_ou_un_retour_se_motive(nom, dossier_depose, acteurs, sans_gardes):
    departs, _, qui = ATTENDU[nom]
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=departs.split()[-1])
    with pytest.raises(cycle.GardeFermee, match="motif"):
        cycle.franchir(dossier_depose, nom, acteur=acteurs[qui], motif="   ")


def test_rouvrir_avant_tout_depot_rend_un_brouillon(dossier, acteurs, sans_gardes):
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.A_SIGNER)
    assert cycle.franchir(dossier, "rouvrir", acteur=acteurs["porteuse"]).etat == Etat.BROUILLON


def test_la_permission_dit_la_meme_raison_que_le_refus(dossier_depose, acteurs):
    permission = cycle.permission(dossier_depose, "prendre_en_instruction", acteurs["porteuse"])
    assert not permission
    with pytest.raises(Refus) as refus:
        cycle.franchir(dossier_depose, "prendre_en_instruction", acteur=acteurs["porteuse"])
    assert str(refus.value) == permission.motif


def test_seul_le_cycle_ecrit_l_etat():
    racine = Path(esperluette.__file__).parent
    coupables = []
    for fichier in racine.rglob("*.py"):
        if fichier.name == "cycle.py" or "migrations" in fichier.parts:
            continue
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            cibles = noeud.targets if isinstance(noeud, ast.Assign) else []
            coupables += [
                f"{fichier.relative_to(racine)}:{noeud.lineno}"
                for c in cibles
                if isinstance(c, ast.Attribute) and c.attr == "etat" and ast.unparse(c.value).endswith("dossier")
            ]
    assert coupables == []


def test_le_diagramme_nomme_chaque_transition_et_chaque_etat():
    diagramme = cycle.diagramme()
    for nom in ATTENDU:
        assert f": {nom}" in diagramme
    for etat in Etat:
        assert etat.value in diagramme
