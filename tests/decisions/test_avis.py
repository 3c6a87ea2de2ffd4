"""La décision part de l'avis qu'une vraie séance a rendu : son sens, ses réserves ; s'en écarter se motive."""

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.decisions.actions import preparation
from esperluette.decisions.avis import PROPOSE, avis_lu
from esperluette.decisions.enums import Sens
from esperluette.decisions.lectures import courrier_de
from esperluette.deliberations.actions.cloture import clore
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from tests.decisions.test_pages import client_de
from tests.documents.outils import ouvrir_docx
from tests.fabriques import decisions as fabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.deliberations import commission

pytestmark = pytest.mark.django_db
AVIS = {
    "favorable": Sens.ACCORD,
    "favorable-avec-reserves": Sens.ACCORD_RESERVES,
    "defavorable": Sens.REFUS,
}


def seance_close(avis, **suite):
    """Une CARPEC tenue : un dossier, cet avis, et la clôture."""
    une = commission(ouverte=True)
    une.arrivent(0, 1, 2)
    une.rend(avis, **suite)
    clore(une.seance, acteur=une.secretaire)
    dossier = Dossier.objects.get(pk=une.points[0].dossier_id)
    implantation = dossier.equipe.implantation
    acteurs = {
        "referente": FonctionFabrique(
            referent=True, region=implantation.region, departement=implantation.departement
        ).compte,
        "autorite": FonctionFabrique(autorite=True, region=implantation.region).compte,
        "porteuse": dossier.equipe.porteur.compte,
    }
    return dossier, acteurs


@pytest.mark.parametrize(("avis", "sens"), AVIS.items())
def test_le_sens_propose_est_celui_de_l_avis(avis, sens, db):
    suite = {"reserves": ("Préciser les protocoles.",)} if "reserves" in avis else {}
    if sens == Sens.REFUS:
        suite["motif"] = "Le projet n’est pas pluriprofessionnel."
    dossier, acteurs = seance_close(avis, **suite)
    assert dossier.etat == Etat.AVIS_RENDU
    lu = avis_lu(dossier)
    assert lu.sens == sens
    assert lu.seance_le == timezone.localdate()
    page = client_de(acteurs["referente"]).get(reverse("decisions:rediger", args=[dossier.reference])).content.decode()
    assert f'value="{sens}" checked' in page
    assert lu.libelle in page


def test_les_reserves_de_la_commission_sont_proposees_et_imprimees(db):
    dossier, acteurs = seance_close(
        "favorable-avec-reserves", reserves=("Préciser\nles protocoles.", "Nommer un référent.")
    )
    page = client_de(acteurs["referente"]).get(reverse("decisions:rediger", args=[dossier.reference])).content.decode()
    assert "Préciser les protocoles.\nNommer un référent." in page.replace("\r", "")
    decision = preparation.preparer(
        dossier, acteur=acteurs["referente"], sens=Sens.ACCORD_RESERVES, reserves="\n".join(avis_lu(dossier).reserves)
    )
    assert not decision.s_ecarte_de_l_avis
    client = client_de(acteurs["referente"])
    avis = client.get(reverse("decisions:avis", args=[dossier.reference, "docx"]))
    imprime = "\n".join(p.text for p in ouvrir_docx(avis.content).paragraphs)
    assert "Cet avis n" in imprime
    assert "Nommer un référent." in imprime
    assert client.get(reverse("decisions:avis", args=[dossier.reference, "exe"])).status_code == 404
    corps = courrier_de(decision).corps
    assert "- Préciser les protocoles." in corps
    assert "favorable avec réserves" in corps


def test_s_ecarter_de_l_avis_rendu_demande_pourquoi(db):
    dossier, acteurs = seance_close("defavorable", motif="Trop tôt.")
    with pytest.raises(ErreurMetier, match="s’écarte de l’avis"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD)
    decision = fabrique.preparee(dossier, acteurs, Sens.ACCORD, motif="Le besoin du territoire l’emporte.")
    assert decision.s_ecarte_de_l_avis
    page = client_de(acteurs["autorite"]).get(reverse("decisions:boite")).content.decode()
    assert "s’écarte de l’avis" in page
    assert "Le besoin du territoire l’emporte." in courrier_de(decision).corps


def test_chaque_effet_d_avis_des_editions_propose_une_decision():
    from esperluette.referentiel.lecture import editions

    effets = {a.effet for e in editions() for i in e.instances for a in i.avis.liste}
    assert effets <= set(PROPOSE)
