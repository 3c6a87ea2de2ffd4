"""Ce que chacun emporte des chiffres demandés : l'archive du dossier, « mes données »."""

import json

import pytest

from esperluette.archives.conservation.regles import effacer_le_brouillon
from esperluette.comptes.exports import donnees_de
from esperluette.documents.emport import Public, Regard
from esperluette.dossiers.models import Dossier
from esperluette.sollicitations import archive
from tests.dossiers.ecrans import HOSTILE
from tests.fabriques.sollicitations import LIBELLE, fournie, sollicitation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pour", [Public.EQUIPE, Public.ARS])
def test_l_archive_porte_la_demande_et_la_reponse_avec_sa_source(pour, demande, acteurs):
    fournie(demande, acteurs["referente"])
    sollicitation(demande.dossier, libelle=HOSTILE)
    donnees, page = archive.pieces(demande.dossier, Regard(pour))
    premiere, seconde = json.loads(b"".join(donnees.lire()))
    assert (premiere["libelle"], premiere["valeur"], premiere["millesime"]) == (LIBELLE, "1234.5000", "2024")
    assert (seconde["etat"], seconde["valeur"]) == ("en_attente", None)
    lue = b"".join(page.lire()).decode()
    assert "Assurance maladie, SNDS, 2024" in lue
    assert "<script>alert" not in lue


def test_sans_demande_l_archive_n_en_dit_rien(brouillon):
    assert list(archive.pieces(brouillon, Regard(Public.EQUIPE))) == []


def test_chacun_emporte_ce_qu_il_a_demande_ou_repondu(demande, acteurs):
    fournie(demande, acteurs["referente"])
    demandes = donnees_de(acteurs["porteuse"])["sollicitations"]
    assert [d["libelle"] for d in demandes["chiffres_demandes"]] == [LIBELLE]
    assert demandes["reponses_donnees"] == []
    reponses = donnees_de(acteurs["referente"])["sollicitations"]
    assert [r["source"] for r in reponses["reponses_donnees"]] == ["Assurance maladie, SNDS"]
    assert demande.dossier.reference not in json.dumps(reponses, default=str)


def test_un_brouillon_abandonne_s_efface_avec_ses_demandes(demande):
    effacer_le_brouillon(demande.dossier)
    assert not Dossier.objects.exists()
