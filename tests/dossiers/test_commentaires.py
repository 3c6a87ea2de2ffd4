"""Commenter un champ : rien de ce qui s'écrit ne se coupe en silence."""

import pytest

from esperluette.commun.erreurs import ErreurMetier
from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.models import Commentaire
from tests.dossiers.ecrans import DESCRIPTION, sous, texte, url

pytestmark = pytest.mark.django_db


def test_un_commentaire_trop_long_se_refuse_au_lieu_de_se_couper(dossier, acteurs):
    with pytest.raises(ErreurMetier, match="compte 4001 signes"):
        r.commenter(dossier, DESCRIPTION, "é" * 4001, acteur=acteurs["membre"])
    assert not Commentaire.objects.exists()
    assert len(r.commenter(dossier, DESCRIPTION, "é" * 4000, acteur=acteurs["membre"]).texte) == 4000


@pytest.mark.parametrize("script", [False, True])
def test_un_commentaire_refuse_reste_dans_sa_zone_avec_sa_raison(script, dossier, acteurs):
    client, page = sous(acteurs["membre"]), url(dossier, "rubrique", "territoire")
    trop_long = "À garder. " + "é" * 4000
    entetes = {"X-Esperluette": "fragment"} if script else {}
    envoi = {"geste": f"commenter:{DESCRIPTION}", f"commentaire:{DESCRIPTION}": trop_long}
    refus = client.post(page, envoi, headers=entetes)
    assert "la limite est de 4000" in texte(refus)
    assert f">{trop_long}</textarea>" in texte(refus)
    pose = client.post(page, envoi | {f"commentaire:{DESCRIPTION}": "Plus court."}, headers=entetes, follow=True)
    assert "Plus court." in texte(pose)
    assert ">Plus court.</textarea>" not in texte(pose)
    assert Commentaire.objects.get().texte == "Plus court."


def test_un_saut_de_ligne_ne_compte_qu_un_signe(dossier, acteurs):
    pose = r.commenter(dossier, DESCRIPTION, "\r\n".join("é" * 2000), acteur=acteurs["membre"])
    assert len(pose.texte) == 3999
