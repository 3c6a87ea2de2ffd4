"""Deux départements bretons : des dossiers à divers états, des équipes reconnues, un zonage."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, Passage
from esperluette.equipes.models import Equipe
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.territoires import petite_bretagne

# De quel état un geste fait sortir, et où il mène.
GESTES = {
    "prendre_en_instruction": (Etat.DEPOSE, Etat.EN_INSTRUCTION),
    "inscrire": (Etat.EN_INSTRUCTION, Etat.INSCRIT),
    "rendre_avis": (Etat.INSCRIT, Etat.AVIS_RENDU),
    "accepter": (Etat.AVIS_RENDU, Etat.ACCEPTE),
    "refuser": (Etat.AVIS_RENDU, Etat.REFUSE),
}


def il_y_a(jours: int) -> datetime:
    """Midi, tant de jours avant aujourd'hui : loin de minuit, le jour est sûr."""
    return (timezone.localtime() - timedelta(days=jours)).replace(hour=12, minute=0)


def dossier_passe(equipe: Equipe, depot: int, **gestes: int) -> Dossier:
    """Un dossier déposé il y a `depot` jours, puis mené par ces gestes ; `accepter=30` : il y a trente jours.

    Écrit à la main : ces essais comptent des dates, ils ne rejouent pas l'instruction.
    """
    acteur = equipe.porteur.compte
    numero = Dossier.objects.count() + 1
    dossier = Dossier.objects.create(
        reference=f"ESP-BRE-2026-{numero:04}", equipe=equipe, region="bretagne", edition="2024-10",
        demarche=f"projet-{numero}", demarche_libelle="Projet de santé", etat=Etat.DEPOSE, cree_par=acteur,
        depose_le=il_y_a(depot), etat_depuis=il_y_a(depot),
    )  # fmt: skip
    for geste, jours in gestes.items():
        de, vers = GESTES[geste]
        Passage.objects.create(dossier=dossier, geste=geste, de=de, vers=vers, le=il_y_a(jours), acteur=acteur)
        Dossier.objects.filter(pk=dossier.pk).update(etat=vers, etat_depuis=il_y_a(jours))
    return dossier


@pytest.fixture
def bretagne(db):
    return petite_bretagne()


@pytest.fixture
def equipe_du_lie(bretagne):
    """Implantée à Loudéac, avec Plouguenast."""
    equipe = EquipeFabrique(nom="Équipe du Lié", implantation=bretagne.loudeac)
    equipe.communes.set([bretagne.loudeac, bretagne.plouguenast])
    return equipe


@pytest.fixture
def equipe_de_fougeres(bretagne):
    """Implantée à Fougères, sans autre commune."""
    return EquipeFabrique(nom="Équipe de Fougères", implantation=bretagne.fougeres)


@pytest.fixture
def pilote(bretagne):
    return FonctionFabrique(autorite=True, region=bretagne.region).compte


@pytest.fixture
def acteurs(bretagne, pilote):
    region, departement = bretagne.region, bretagne.loudeac.departement
    return {
        "autorite": pilote,
        "referente": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "administrateur_regional": FonctionFabrique(admin_regional=True, region=region).compte,
        "administratrice": FonctionFabrique(admin=True).compte,
        "presidente": FonctionFabrique(president=True, region=region).compte,
        "secretaire": FonctionFabrique(secretariat=True, region=region).compte,
        "membre_commission": FonctionFabrique(membre_commission=True, region=region).compte,
        "inconnue": CompteFabrique(),
    }
