"""La matrice d'une commission : chaque page, à chaque état de la séance, est pour chacun ce que dit sa table."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.matrice import outils
from tests.matrice.envois_commission import envoi
from tests.matrice.monde_commission import MondeDeCommission, adresse, monde_de_commission
from tests.matrice.outils import convient
from tests.matrice.table import LIGNES_COMMISSION, RAISONS_COMMISSION, ROLES_COMMISSION, Ligne

# La marque fait préparer la base ; les essais écrivent dans la transaction du module.
pytestmark = pytest.mark.django_db
UN_ETAT = {ligne.nom.partition("#")[0]: ligne.etat for ligne in reversed(LIGNES_COMMISSION)}


@pytest.fixture(scope="module")
def la_commission(django_db_setup: None, django_db_blocker: Any) -> Iterator[MondeDeCommission]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield monde_de_commission()
        transaction.set_rollback(True)


def demander(monde: MondeDeCommission, role: str, geste: str, nom: str, etat: str, **options: Any) -> Any:
    """La réponse de la page à ce rôle ; tout ce qu'elle écrit est défait."""
    client = monde.client(role, **options)
    return outils.demander(client, geste, adresse(nom, monde, etat), envoi(nom, monde, etat))


@pytest.mark.parametrize("ligne", LIGNES_COMMISSION, ids=str)
def test_chacun_obtient_ce_que_dit_la_table(ligne: Ligne, la_commission: MondeDeCommission):
    ecarts = {}
    for role in ROLES_COMMISSION:
        reponse = demander(la_commission, role, ligne.geste, ligne.nom, ligne.etat)
        trouve = outils.obtenu(reponse, RAISONS_COMMISSION)
        if not convient(ligne.attendu[role], trouve):
            ecarts[role] = f"attendu {ligne.attendu[role]}, obtenu {trouve[:300]}"
    assert not ecarts


@pytest.mark.parametrize(("nom", "etat"), UN_ETAT.items())
def test_un_envoi_sans_jeton_est_refuse_partout(nom: str, etat: str, la_commission: MondeDeCommission):
    reponse = demander(la_commission, "sec", "POST", nom, etat, enforce_csrf_checks=True)
    assert reponse.status_code in {403, 405}
    assert reponse.status_code == 405 or "Cette page n’était plus à jour" in reponse.content.decode()


@pytest.mark.parametrize(("nom", "etat"), UN_ETAT.items())
def test_un_geste_inattendu_est_refuse_partout(nom: str, etat: str, la_commission: MondeDeCommission):
    for role, geste in (("sec", "PUT"), ("por", "DELETE"), ("mem", "PUT")):
        assert demander(la_commission, role, geste, nom, etat).status_code in {403, 404, 405}


LISIBLES = [
    ligne
    for ligne in LIGNES_COMMISSION
    if ligne.nom.partition(":")[2] in {"lecture", "depot", "piece", "piece_vignette", "deport", "se_deporter"}
    and ligne.nom.startswith(("deliberations:", "commissions:"))
]


@pytest.mark.parametrize("ligne", [x for x in LISIBLES if x.geste == "GET" and "#" not in x.nom], ids=str)
def test_le_dossier_se_ferme_au_deporte_au_non_convoque_et_a_l_ancien_mandat(ligne: Ligne):
    assert {ligne.attendu[role] for role in ("dep", "nco", "anc")} == {"nul"}
