"""Commenter un champ : rien de ce qui s'écrit ne se coupe en silence."""

import pytest

from esperluette.commun.erreurs import ErreurMetier
from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.models import Commentaire
from tests.dossiers.ecrans import DESCRIPTION

pytestmark = pytest.mark.django_db


def test_un_commentaire_trop_long_se_refuse_au_lieu_de_se_couper(dossier, acteurs):
    with pytest.raises(ErreurMetier, match="compte 4001 signes"):
        r.commenter(dossier, DESCRIPTION, "é" * 4001, acteur=acteurs["membre"])
    assert not Commentaire.objects.exists()
    assert len(r.commenter(dossier, DESCRIPTION, "é" * 4000, acteur=acteurs["membre"]).texte) == 4000
