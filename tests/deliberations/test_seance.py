"""Tenir la séance : présences, mandats, quorum en direct, avis, reprise, clôture."""

import pytest

from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commun.erreurs import ErreurMetier
from esperluette.deliberations.actions.cloture import clore
from esperluette.deliberations.table import table_de
from esperluette.dossiers.enums import Etat
from tests.fabriques.deliberations import commission

pytestmark = pytest.mark.django_db


def quorum_de(c):
    return table_de(c.seance).quorum()


def test_une_seance_entiere():
    c = commission(points=3, ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable", 0)
    c.rend("favorable-avec-reserves", 1, reserves=("Préciser le territoire.",))
    c.rend("ajournement", 2, motif="Pièces manquantes")
    pv = clore(c.seance, acteur=c.secretaire)
    c.seance.refresh_from_db()
    assert c.seance.etat == EtatDeSeance.CLOSE
    for point, issue, etat in zip(
        c.points,
        (Issue.AVIS_RENDU, Issue.AVIS_RENDU, Issue.AJOURNE),
        (Etat.AVIS_RENDU, Etat.AVIS_RENDU, Etat.EN_INSTRUCTION),
        strict=True,
    ):
        point.refresh_from_db()
        assert (point.issue, point.dossier.etat) == (issue, etat)
    assert [p["libelle"] for p in pv.contenu["points"]] == ["Favorable", "Favorable avec réserves", "Ajournement"]


def test_pas_d_avis_sans_quorum():
    c = commission(ouverte=True)
    c.arrivent(0)
    with pytest.raises(ErreurMetier, match="On ne rend pas d’avis sans quorum"):
        c.rend("favorable")
    c.arrivent(1, mode="distance")
    assert quorum_de(c).atteint
