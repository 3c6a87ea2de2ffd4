"""Une décision notifiée reconnaît l'équipe si l'édition le dit ; retirée, elle emporte la reconnaissance."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.reconnaissances.actions.reconnaissance import (
    corriger_la_reconnaissance,
    reconnaitre,
    reconnaitre_par_decision,
    retirer_avec_la_decision,
)
from esperluette.reconnaissances.enums import EtatReconnaissance
from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db


def test_un_accord_notifie_reconnait_l_equipe(equipe, acteurs):
    dossier = fabrique.avis_rendu(acteurs, equipe)
    fabrique.notifiee(dossier, acteurs)
    reconnaissance = Reconnaissance.objects.get()
    assert (reconnaissance.equipe, reconnaissance.dossier) == (equipe, dossier)
    assert (reconnaissance.forme, reconnaissance.debut) == ("esp", timezone.localdate())
    assert dossier.reference in reconnaissance.decision_texte
    assert reconnaissance.decision_le == timezone.localdate()
    assert reconnaissance.composition_vue_le is not None
    assert not reconnaissance.reprise


def test_un_refus_ne_reconnait_personne(equipe, acteurs):
    fabrique.notifiee(fabrique.avis_rendu(acteurs, equipe), acteurs, "refus")
    assert not Reconnaissance.objects.exists()


def test_une_demarche_dont_l_edition_ne_dit_rien_ne_reconnait_personne(equipe):
    acteur = equipe.porteur.compte
    dossier = creer_dossier(equipe, "demande-accompagnement", acteur=acteur)
    assert reconnaitre_par_decision(dossier, acteur=acteur, decision="D") is None


def test_une_equipe_deja_reconnue_le_reste_sous_son_numero(equipe, acteurs, reconnaissance):
    dossier = fabrique_dossiers.depose(equipe).dossier
    assert reconnaitre_par_decision(dossier, acteur=acteurs["autorite"], decision="D") == reconnaissance
    assert Reconnaissance.objects.count() == 1


def test_la_decision_retiree_emporte_la_reconnaissance_depuis_son_premier_jour(equipe, acteurs):
    dossier = fabrique.avis_rendu(acteurs, equipe)
    fabrique.notifiee(dossier, acteurs)
    retirer_avec_la_decision(dossier, acteur=acteurs["autorite"])
    retirer_avec_la_decision(dossier, acteur=acteurs["autorite"])  # rejoué, sans effet
    reconnaissance = Reconnaissance.objects.get()
    assert reconnaissance.etat == EtatReconnaissance.RETIREE
    assert reconnaissance.retiree_le == reconnaissance.debut
    nouvelle = reconnaitre_par_decision(dossier, acteur=acteurs["autorite"], decision="D 2")
    assert nouvelle.pk != reconnaissance.pk
    assert nouvelle.etat == EtatReconnaissance.EN_COURS


# --- Les chevauchements ---------------------------------------------------------------------------


def test_deux_reconnaissances_qui_se_chevauchent_se_refusent(equipe, autorite):
    ReconnaissanceFabrique(equipe=equipe, debut=date(2024, 1, 1), fin=date(2024, 12, 31))
    for debut, fin in (("2024-12-31", None), ("2023-06-01", "2024-01-01"), ("2023-01-01", "2026-01-01")):
        with pytest.raises(Conflit, match="chevauchent"):
            reconnaitre(
                equipe, acteur=autorite, forme="esp", debut=date.fromisoformat(debut), decision="D",
                fin=date.fromisoformat(fin) if fin else None,
            )  # fmt: skip
    suite = reconnaitre(equipe, acteur=autorite, forme="esp", debut=date(2025, 1, 1), decision="D")
    with pytest.raises(Conflit, match="chevauchent"):
        corriger_la_reconnaissance(suite, acteur=autorite, debut=date(2024, 12, 1))
    with pytest.raises(ErreurMetier, match="après avoir commencé"):
        corriger_la_reconnaissance(suite, acteur=autorite, debut=date(2025, 1, 1), fin=date(2024, 1, 1))


jours = st.integers(0, 60).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
periodes = st.lists(st.tuples(jours, st.none() | st.integers(0, 20)), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(periodes=periodes)
def test_jamais_deux_reconnaissances_ne_valent_le_meme_jour(autorite, periodes):
    equipe = EquipeFabrique()
    for debut, duree in periodes:
        fin = None if duree is None else debut + timedelta(days=duree)
        try:
            reconnaitre(equipe, acteur=autorite, forme="esp", debut=debut, fin=fin, decision="D")
        except Conflit:
            continue
    for n in range(90):
        jour = date(2024, 1, 1) + timedelta(days=n)
        assert Reconnaissance.objects.filter(equipe=equipe).en_cours(jour).count() <= 1
