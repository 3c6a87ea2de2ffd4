"""Deux équipes qui se recouvrent : un signalement à l'agent, jamais un refus, et rien d'un territoire voisin."""

import pytest
from django.urls import reverse

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction.recouvrement import signalements
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db
RPPS = "10102727017"
LOIN = "29019"  # Brest : ni la même commune, ni le même département


def autre_equipe(nom="Équipe de Brest", *, code=LOIN, etat=Etat.DEPOSE, territoire=None, **membre):
    """Une équipe, son dossier dans cet état, et un membre."""
    equipe = EquipeFabrique(nom=nom, implantation=commune(code), territoire=territoire or [commune(code)])
    if membre:
        MembreFabrique(equipe=equipe, **membre)
    dossier = fabrique.brouillon(equipe)
    recu = dossier.cree_le if etat not in (Etat.BROUILLON, Etat.RETIRE) else None
    Dossier.objects.filter(pk=dossier.pk).update(etat=etat, depose_le=recu)
    return equipe


def dits(dossier, compte):
    dossier = Dossier.objects.select_related("equipe__implantation").get(pk=dossier.pk)
    return [(s.titre, s.texte, s.ton) for s in signalements(dossier, compte)]


@pytest.fixture
def regionale(dossier):
    return FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte


@pytest.fixture
def membre(dossier):
    membre = dossier.equipe.membres.get(porteur=False)
    membre.rpps = RPPS
    membre.save()
    return membre


def test_sans_recouvrement_rien_ne_se_dit(dossier, regionale, membre):
    autre_equipe()
    assert dits(dossier, regionale) == []


def test_le_meme_professionnel_dans_deux_equipes_actives(dossier, regionale, membre):
    autre_equipe(rpps=RPPS)
    assert dits(dossier, regionale) == [
        (
            "Un professionnel dans deux équipes",
            f"{membre} figure aussi dans l’équipe « Équipe de Brest ».",
            "attention",
        )
    ]


def test_hors_de_mon_perimetre_on_dit_seulement_qu_elle_existe(dossier, acteurs, membre):
    autre_equipe(rpps=RPPS)
    ((_, texte, _),) = dits(dossier, acteurs["referente"])  # son département seulement
    assert texte == f"{membre} figure aussi dans une autre équipe."
    assert "Brest" not in texte


def test_une_equipe_qui_n_a_rien_depose_ne_se_nomme_pas(dossier, regionale, membre):
    autre_equipe(rpps=RPPS, etat=Etat.BROUILLON)
    assert [t for _, t, _ in dits(dossier, regionale)] == [f"{membre} figure aussi dans une autre équipe."]


@pytest.mark.parametrize("etat", [Etat.RETIRE, Etat.SANS_SUITE, Etat.REFUSE])
def test_une_equipe_sans_dossier_vivant_ne_compte_pas(etat, dossier, regionale, membre):
    autre_equipe(rpps=RPPS, etat=etat)
    assert dits(dossier, regionale) == []


def test_une_equipe_reconnue_compte_meme_sans_dossier_ouvert(dossier, regionale, membre):
    from tests.fabriques.reconnaissances import ReconnaissanceFabrique

    equipe = autre_equipe(rpps=RPPS, etat=Etat.RETIRE)
    ReconnaissanceFabrique(equipe=equipe)
    assert [t for _, t, _ in dits(dossier, regionale)] == [f"{membre} figure aussi dans l’équipe « Équipe de Brest »."]


def test_un_membre_parti_ne_compte_pas(dossier, regionale, membre):
    autre_equipe(rpps=RPPS, parti=True)
    assert dits(dossier, regionale) == []


@pytest.mark.parametrize("code", ["22136", LOIN])
def test_une_commune_partagee_se_signale(code, dossier, regionale):
    autre_equipe("Équipe voisine", code=code, territoire=[commune(code), commune("22136")])
    assert dits(dossier, regionale) == [
        ("Territoire partagé", "L’équipe « Équipe voisine » partage une commune avec celle-ci.", "info")
    ]


def test_au_dela_de_trois_noms_on_compte(dossier, regionale):
    for rang in range(5):
        autre_equipe(f"Équipe {rang}", code="22136")
    ((_, texte, _),) = dits(dossier, regionale)
    assert texte.startswith("Les équipes « Équipe 0 », « Équipe 1 », « Équipe 2 » et 2 autres équipes partagent")


def test_un_dossier_clos_ne_signale_plus_rien(dossier, regionale):
    autre_equipe(code="22136")
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.REFUSE)
    assert dits(dossier, regionale) == []


def test_l_agent_le_voit_sur_la_fiche_et_l_equipe_n_en_sait_rien(client, acteurs, dossier):
    autre_equipe("Équipe voisine", code="22136")
    fiche = connecter(client, acteurs["referente"]).get(reverse("instruction:fiche", args=[dossier.reference]))
    assert "Équipe voisine" in fiche.content.decode()
    page = connecter(client, acteurs["porteuse"]).get(reverse("dossiers:fiche", args=[dossier.reference]))
    assert "Équipe voisine" not in page.content.decode()


def test_un_nom_d_equipe_hostile_se_montre_echappe(client, acteurs, dossier):
    autre_equipe("<script>alert(1)</script>", code="22136")
    fiche = connecter(client, acteurs["referente"]).get(reverse("instruction:fiche", args=[dossier.reference]))
    assert "<script>alert" not in fiche.content.decode()


def test_autant_de_requetes_pour_une_et_trois_equipes(dossier, regionale, membre, requetes):
    autre_equipe("Une", code="22136", rpps=RPPS)
    une = requetes(lambda: dits(dossier, regionale))
    autre_equipe("Deux", code="22136", rpps=RPPS)
    autre_equipe("Trois", rpps=RPPS)
    regionale.fonctions_lues = None
    assert requetes(lambda: dits(dossier, regionale)) <= une + 2  # les fonctions de l'agent, relues ici
