"""Être reconnue, avoir un projet validé : cela se lit des actes, et ne se déclare qu'à défaut."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.synthese import points_du_livret, syntheses
from esperluette.dossiers.enums import Etat
from esperluette.equipes.enums import SorteDeclaration
from esperluette.equipes.lectures import composition, faits
from esperluette.equipes.models import Declaration, Equipe
from esperluette.equipes.questions import questions_de
from esperluette.equipes.situation import lire_d_un_coup
from esperluette.reconnaissances.faits import EQUIPE_RECONNUE, PROJET_VALIDE
from esperluette.reconnaissances.models import Suspension
from esperluette.referentiel.modele import Reponse3
from tests.fabriques.commissions import PointFabrique, SeanceFabrique, dossier_recu
from tests.fabriques.comptes import connecter
from tests.fabriques.dossiers import equipe_complete
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe(db):
    return equipe_complete()


def relue(equipe):
    return Equipe.objects.avec_regles().get(pk=equipe.pk)


def verdict(equipe, critere):
    etats = composition(relue(equipe)).evaluation.criteres
    return next(e.verdict for e in etats if e.critere.id == critere)


def declare(equipe, cle, reponse):
    Declaration.objects.create(
        equipe=equipe, sorte=SorteDeclaration.PROJET, cle=cle, reponse=reponse, par=equipe.porteur.compte
    )


def suspendre(reconnaissance):
    Suspension.objects.create(
        reconnaissance=reconnaissance, debut=timezone.localdate(), motif="Départ du médecin.",
        prononcee_par=reconnaissance.enregistree_par,
    )  # fmt: skip


def test_sans_acte_l_equipe_declare(equipe):
    assert verdict(equipe, "reconnaissance-esp").reponse == Reponse3.A_PRECISER
    declare(equipe, EQUIPE_RECONNUE, True)
    assert verdict(equipe, "reconnaissance-esp").motif.startswith("Déclaré par l'équipe")


def test_la_reconnaissance_l_emporte_sur_ce_que_l_equipe_declare(equipe):
    ReconnaissanceFabrique(equipe=equipe, numero="R-BRE-2025-0042")
    declare(equipe, EQUIPE_RECONNUE, False)
    lu = verdict(equipe, "reconnaissance-esp")
    assert (lu.reponse, lu.motif) == (
        Reponse3.SATISFAIT, "Reconnue comme ESP depuis le 1er mars 2025 (R-BRE-2025-0042).",
    )  # fmt: skip


@pytest.mark.parametrize("etat", ["suspendue", "retiree", "finie"])
def test_une_reconnaissance_qui_ne_vaut_plus_dit_non_malgre_la_declaration(equipe, etat):
    traits = {} if etat == "suspendue" else {etat: True}
    reconnaissance = ReconnaissanceFabrique(equipe=equipe, **traits)
    if etat == "suspendue":
        suspendre(reconnaissance)
    declare(equipe, EQUIPE_RECONNUE, True)
    lu = verdict(equipe, "reconnaissance-esp")
    assert lu.reponse == Reponse3.NON_SATISFAIT
    assert {"suspendue": "suspendue", "retiree": "retirée", "finie": "pris fin"}[etat] in lu.motif


def test_la_plus_recente_fait_foi_et_celle_a_venir_ne_dit_rien(equipe):
    ReconnaissanceFabrique(equipe=equipe, finie=True)
    ReconnaissanceFabrique(equipe=equipe, debut=date(2026, 2, 1))
    assert verdict(equipe, "reconnaissance-esp").reponse == Reponse3.SATISFAIT
    autre = equipe_complete()
    ReconnaissanceFabrique(equipe=autre, debut=timezone.localdate() + timedelta(days=3))
    assert faits(relue(autre)).constat(EQUIPE_RECONNUE) is None


def test_une_reconnaissance_sous_une_autre_forme_n_etablit_rien(equipe):
    ReconnaissanceFabrique(equipe=equipe)
    Equipe.objects.filter(pk=equipe.pk).update(forme_visee="msp")
    assert faits(relue(equipe)).constat(EQUIPE_RECONNUE) is None


@pytest.mark.parametrize(
    ("etat", "demarche", "attendu"),
    [
        (Etat.ACCEPTE, "projet-de-sante", True),
        (Etat.AVIS_RENDU, "projet-de-sante", None),
        (Etat.REFUSE, "projet-de-sante", None),
        (Etat.ACCEPTE, "demande-accompagnement", None),
    ],
)
def test_un_projet_est_valide_par_la_decision_qui_reconnait(equipe, etat, demarche, attendu):
    dossier = dossier_recu(equipe, etat=etat, demarche=demarche)
    constat = faits(relue(equipe)).constat(PROJET_VALIDE)
    assert (constat.reponse if constat else None) is attendu
    if constat:
        assert dossier.reference in constat.phrase


def test_une_equipe_reprise_est_validee_sans_dossier_et_un_retrait_n_etablit_plus_rien(equipe):
    ReconnaissanceFabrique(equipe=equipe, reprise=True)
    assert faits(relue(equipe)).constat(PROJET_VALIDE).reponse
    autre = equipe_complete()
    dossier_recu(autre, etat=Etat.ACCEPTE, demarche="projet-de-sante")
    ReconnaissanceFabrique(equipe=autre, retiree=True)
    assert faits(relue(autre)).constat(PROJET_VALIDE) is None


def test_une_maison_de_sante_reconnue_peut_demander_sa_mise_en_oeuvre(equipe):
    Equipe.objects.filter(pk=equipe.pk).update(forme_visee="msp")
    assert verdict(equipe, "msp-projet-valide").reponse == Reponse3.A_PRECISER
    ReconnaissanceFabrique(equipe=equipe, forme="msp")
    assert verdict(equipe, "msp-projet-valide").reponse == Reponse3.SATISFAIT


def test_ce_qui_est_etabli_ne_se_demande_plus(equipe):
    def posees():
        return {q.cle: q.connu for q in questions_de(relue(equipe)) if q.sorte == SorteDeclaration.PROJET}

    assert posees()[EQUIPE_RECONNUE] is None
    ReconnaissanceFabrique(equipe=equipe)
    assert posees()[EQUIPE_RECONNUE] is True
    page = connecter(Client(), equipe.porteur.compte).get(reverse("equipes:informations", args=[equipe.pk]))
    assert "Reconnue comme ESP depuis le 1er mars 2025" in unescape(page.text)


def test_lu_d_un_coup_un_fait_coute_autant_pour_une_et_trois_equipes(django_assert_num_queries):
    equipes = [ReconnaissanceFabrique(equipe=equipe_complete()).equipe for _ in range(3)]
    for lot in (equipes[:1], equipes):
        lues = list(Equipe.objects.avec_regles().filter(pk__in=[e.pk for e in lot]))
        lire_d_un_coup(lues)
        with django_assert_num_queries(2):
            assert all(faits(e).constat(EQUIPE_RECONNUE).reponse for e in lues)
            assert all(faits(e).constat("patientele_commune") is None for e in lues)


def test_le_livret_coute_autant_pour_un_et_trois_dossiers_d_equipes_reconnues():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seance, nombres = SeanceFabrique(), []
    for ajoutes in (1, 2):
        for _ in range(ajoutes):
            point = PointFabrique(seance=seance)
            ReconnaissanceFabrique(equipe=point.dossier.equipe)
        cles = list(seance.points.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as lues:
            assert len(syntheses(seance, points_du_livret(seance, cles))) == len(cles)
        nombres.append(len(lues))
    assert nombres[0] == nombres[1]
