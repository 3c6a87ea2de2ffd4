"""La matrice rôle × page : chaque adresse du site, pour chacun, est ce que dit `table.txt`."""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings

from esperluette.equipes.lectures import CONSULTATION
from esperluette.journal.models import Evenement
from tests.matrice import outils
from tests.matrice.envois import envoi_de
from tests.matrice.monde import Monde, adresse
from tests.matrice.outils import TOUTES, convient
from tests.matrice.table import LIGNES, LIGNES_COMMISSION, RAISONS, ROLES, Ligne

# La marque fait préparer la base ; les essais écrivent dans la transaction du module.
pytestmark = pytest.mark.django_db
DITES = {ligne.nom.partition("#")[0] for ligne in LIGNES}


def demander(monde: Monde, role: str, geste: str, nom: str, etat: str, **options: Any) -> Any:
    """La réponse de la page à ce rôle ; tout ce qu'elle écrit est défait."""
    return outils.demander(monde.client(role, **options), geste, adresse(nom, monde, etat), envoi_de(nom))


def obtenu(reponse: HttpResponse) -> str:
    """La réponse, dans les mots de la table."""
    return outils.obtenu(reponse, RAISONS)


def test_chaque_adresse_du_site_est_dans_la_table_en_lecture_et_en_envoi():
    dites = {(ligne.nom.partition("#")[0], ligne.geste) for ligne in (*LIGNES, *LIGNES_COMMISSION)}
    assert {(nom, geste) for nom in TOUTES for geste in ("GET", "POST")} == dites


@pytest.mark.parametrize("ligne", LIGNES, ids=str)
def test_chacun_obtient_ce_que_dit_la_table(ligne: Ligne, le_monde: Monde):
    ecarts = {}
    for role in ROLES:
        trouve = obtenu(demander(le_monde, role, ligne.geste, ligne.nom, ligne.etat))
        if not convient(ligne.attendu[role], trouve):
            ecarts[role] = f"attendu {ligne.attendu[role]}, obtenu {trouve[:300]}"
    assert not ecarts


def _un_etat(nom: str) -> str:
    return next(ligne.etat for ligne in LIGNES if ligne.nom == nom)


# Rien ne s'y écrit, et la réponse ne dépend que du fichier envoyé : la page se garde en cache, sans cookie.
SANS_JETON = {"portail:verifier"}


@pytest.mark.parametrize("nom", sorted(DITES - SANS_JETON))
def test_un_envoi_sans_jeton_est_refuse_partout(nom: str, le_monde: Monde):
    reponse = demander(le_monde, "por", "POST", nom, _un_etat(nom), enforce_csrf_checks=True)
    assert reponse.status_code in {403, 405}
    assert reponse.status_code == 405 or "Cette page n’était plus à jour" in reponse.content.decode()


@pytest.mark.parametrize("geste", ["PUT", "DELETE"])
@pytest.mark.parametrize("nom", [nom for nom in sorted(DITES) if not nom.startswith("account_")])
def test_un_geste_inattendu_est_refuse_partout(nom: str, geste: str, le_monde: Monde):
    reponse = demander(le_monde, "por", geste, nom, _un_etat(nom))
    assert reponse.status_code in {404, 405}


@pytest.mark.parametrize("nom", ["portail:demonstration", "notifications:boite", "notifications:courriel"])
@pytest.mark.parametrize("geste", ["GET", "POST"])
def test_hors_demonstration_ni_boite_ni_comptes_fictifs_pour_personne(nom: str, geste: str, le_monde: Monde):
    with override_settings(DEMONSTRATION=False):
        for role in ROLES:
            assert demander(le_monde, role, geste, nom, "-").status_code in {404, 405}, role


@pytest.mark.parametrize("nom", ["equipes:fiche", "dossiers:fiche", "comptes:profil", "instruction:liste"])
def test_un_compte_ferme_perd_sa_session(nom: str, le_monde: Monde):
    point = transaction.savepoint()
    try:
        for role in ("por", "ref"):
            compte = le_monde.comptes[role]
            type(compte).objects.filter(pk=compte.pk).update(is_active=False)  # type: ignore[union-attr]
            assert obtenu(le_monde.client(role).get(adresse(nom, le_monde, "E"))) == "cnx"
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("role", ["vis", "por", "adm"])
def test_une_page_qui_n_existe_pas_le_dit(role: str, le_monde: Monde):
    reponse = le_monde.client(role).get("/nulle/part/")
    assert obtenu(reponse) == "nul"
    assert "Cette page n’existe pas, ou ne vous est pas ouverte" in reponse.content.decode()


VISITES = [ligne for ligne in LIGNES if ligne.geste == "GET" and ligne.attendu["lec"] == "ok" and ligne.etat != "-"]


@pytest.mark.parametrize("ligne", [v for v in VISITES if v.nom != "equipes:invitation"], ids=str)
def test_chaque_page_qu_ouvre_une_accompagnatrice_se_note_et_elle_seule(ligne: Ligne, le_monde: Monde):
    notees = {role: _consultations(le_monde, role, ligne) for role in ("lec", "com", "por", "mem")}
    # Ce que la page redemande toute seule n'est pas une visite de plus.
    fragment = ligne.nom in {"dossiers:presence", "dossiers:champ"}
    assert notees == {"lec": 1, "com": 1, "por": 0, "mem": 0} or (fragment and not any(notees.values()))


def _consultations(monde: Monde, role: str, ligne: Ligne) -> int:
    point = transaction.savepoint()
    try:
        avant = Evenement.objects.filter(sorte=CONSULTATION).count()
        entetes = {"X-Esperluette": "fragment"} if ligne.nom in {"dossiers:presence", "dossiers:champ"} else {}
        reponse = monde.client(role).get(adresse(ligne.nom, monde, ligne.etat), headers=entetes)
        if reponse.streaming:
            reponse.getvalue()
        return Evenement.objects.filter(sorte=CONSULTATION).count() - avant
    finally:
        transaction.savepoint_rollback(point)
