"""Reprendre : tout ou rien, une fois, aux vraies dates."""

import time
from datetime import date
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.dossiers.taches import reprendre_les_documents
from esperluette.equipes.models import Equipe
from esperluette.journal.lectures import evenements_de, verifier
from esperluette.notifications.models import Courriel
from esperluette.reconnaissances.actions.composition import surveiller
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.reprises.actions import reprise
from esperluette.reprises.actions.actes import joindre_un_acte
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.controle import controler
from esperluette.reprises.enums import EtapeReprise
from esperluette.reprises.models import Reprise, TableurDepose
from esperluette.reprises.tableur import lire
from esperluette.reprises.taches import oublier_les_tableurs
from tests.fabriques.reconnaissances import ReconnaissanceFabrique
from tests.fabriques.reprises import en_csv, ligne

pytestmark = pytest.mark.django_db
ETATS = {
    "brouillon": {"decision_le": "", "depose_le": "", "reconnue_le": ""},
    "depose": {"decision_le": "", "reconnue_le": ""},
    "en_instruction": {"decision_le": "", "instruit_le": "2023-03-10", "reconnue_le": ""},
    "avis_rendu": {"decision_le": "", "instruit_le": "2023-03-10", "avis_le": "2023-05-01", "reconnue_le": ""},
    "accepte": {"instruit_le": "2023-03-10", "avis_le": "2023-05-01"},
    "refuse": {"reconnue_le": ""},
    "sans_suite": {"reconnue_le": ""},
}


def preparer(acteur, *lignes):
    controle = controler(lire("e.csv", en_csv(*lignes)), acteur=acteur)
    assert not controle.erreurs, controle.erreurs
    return controle.valides


def test_une_equipe_reconnue_entre_avec_son_porteur_son_dossier_et_sa_reconnaissance(administratrice):
    (faite,) = reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    equipe, dossier = faite.equipe, faite.dossier
    assert (equipe.nom, equipe.porteur.nom, equipe.membres.count()) == ("Équipe du Lié", "Morvan", 3)
    assert equipe.porteur.compte == Compte.objects.get(courriel="anne@lie.example")
    assert [m.etat for m in equipe.presents if not m.porteur] == ["a_inviter", "a_inviter"]
    assert (dossier.etat, dossier.reprise) == (Etat.ACCEPTE, True)
    assert dossier.reference.startswith("ESP-BRE-2023-")
    reconnaissance = Reconnaissance.objects.get()
    assert (reconnaissance.numero, reconnaissance.reprise) == ("R-BRE-2023-0001", True)
    assert reconnaissance.dossier == dossier
    (courriel,) = Courriel.objects.filter(gabarit="reprises/equipe_reprise")
    assert courriel.destinataire == "anne@lie.example"
    assert f"/equipes/{equipe.pk}/" in courriel.texte
    assert evenements_de(equipe).filter(sorte="equipe_reprise", acteur=administratrice).exists()


@pytest.mark.parametrize("etat", list(EtapeReprise.values))
def test_chaque_etape_se_reprend_a_ses_vraies_dates(administratrice, etat):
    (faite,) = reprendre(preparer(administratrice, ligne(etat=etat, **ETATS[etat])), acteur=administratrice)
    dossier = Dossier.objects.get(pk=faite.dossier_id)
    assert dossier.etat == etat
    passages = list(dossier.passages.all())
    for precedent, suivant in pairwise(passages):
        assert precedent.vers == suivant.de
        assert precedent.le <= suivant.le
    if etat == "brouillon":
        assert (passages, dossier.depose_le, dossier.depots.count()) == ([], None, 0)
        return
    assert passages[-1].vers == etat
    assert dossier.depose_le.date().isoformat() == "2023-03-01"
    depot = dossier.depots.get()
    assert depot.depose_le == dossier.depose_le
    assert depot.contenu["reprise"]
    assert "avant Esperluette" in str(depot.contenu["document"])


def test_aucun_document_ne_se_fabrique_pour_un_dossier_repris(administratrice):
    """Un accusé de réception d'aujourd'hui pour un dépôt de 2023 serait un faux."""
    reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    assert reprendre_les_documents() == 0


def test_rejouer_ne_double_rien(administratrice):
    lignes = preparer(administratrice, ligne(), ligne(cle="22-002", porteur_courriel="b@lie.example"))
    assert len(reprendre(lignes, acteur=administratrice)) == 2
    assert reprendre(lignes, acteur=administratrice) == []  # deux onglets
    controle = controler(lire("e.csv", en_csv(ligne(), ligne(cle="22-003"))), acteur=administratrice)
    assert [cle for _, cle in controle.deja] == ["22-001"]
    assert [v.cle for v in controle.valides] == ["22-003"]
    assert Equipe.objects.count() == 2


def test_rien_d_importe_a_moitie(administratrice, monkeypatch):
    """La dernière étape échoue : rien de ce qui précède ne reste."""
    lignes = preparer(administratrice, ligne(), ligne(cle="22-002"))

    def refuser(*_, **__):
        raise ErreurMetier("Un refus à la fin.")

    monkeypatch.setattr(reprise, "reprendre_des_reconnaissances", refuser)
    with pytest.raises(ErreurMetier, match="à la fin"):
        reprendre(lignes, acteur=administratrice)
    assert (Equipe.objects.count(), Dossier.objects.count(), Reprise.objects.count()) == (0, 0, 0)
    assert (Reconnaissance.objects.count(), Courriel.objects.count()) == (0, 0)
    assert not Compte.objects.filter(courriel="anne@lie.example").exists()


def test_la_meme_equipe_reprise_au_meme_instant_ne_l_est_qu_une_fois(administratrice, monkeypatch):
    """L'autre onglet a écrit après notre contrôle : la contrainte en base tranche, et rien ne reste de nous."""
    lignes = preparer(administratrice, ligne())
    reprendre(lignes, acteur=administratrice)
    monkeypatch.setattr(reprise.Reprise.objects, "filter", lambda **_: Reprise.objects.none())
    with pytest.raises(Conflit, match="rien n’a été écrit"):
        reprendre(lignes, acteur=administratrice)
    assert Equipe.objects.count() == 1


def test_deux_equipes_du_meme_porteur_n_ont_qu_un_compte(administratrice):
    reprendre(preparer(administratrice, ligne(), ligne(cle="22-002")), acteur=administratrice)
    assert Compte.objects.filter(courriel="anne@lie.example").count() == 1
    assert Reconnaissance.objects.order_by("pk").last().numero == "R-BRE-2023-0002"


def test_le_journal_repris_reste_chaine(administratrice):
    (faite,) = reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    sortes = list(evenements_de(faite.equipe).order_by("numero").values_list("sorte", flat=True))
    assert sortes == ["equipe_reprise", "equipe_reconnue"]
    assert verifier().intact


def test_hors_du_perimetre_rien_ne_se_reprend(administratrice, ailleurs):
    lignes = preparer(administratrice, ligne())
    with pytest.raises(Refus, match="Ligne 2"):
        reprendre(lignes, acteur=ailleurs)
    assert not Equipe.objects.exists()


def test_une_equipe_sans_dossier_ni_reconnaissance_se_reprend_aussi(referente):
    vides = dict.fromkeys(("demarche", "etat", "depose_le", "decision_le", "decision", "reconnue_le", "membres"), "")
    (faite,) = reprendre(preparer(referente, ligne(**vides)), acteur=referente, inviter=False)
    assert faite.dossier is None
    assert not Courriel.objects.exists()
    with pytest.raises(ErreurMetier, match="sans dossier"):
        joindre_un_acte(faite, pdf(), acteur=referente, nature="decision")


def test_une_equipe_reprise_sans_ses_membres_n_ouvre_pas_d_alerte(administratrice):
    reprendre(preparer(administratrice, ligne(membres="")), acteur=administratrice)
    assert surveiller() == 0


def test_le_compte_existant_du_porteur_ne_change_pas(administratrice):
    compte = Compte.objects.create_user("anne@lie.example", prenom="Anna", nom="Autrement")
    reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    compte.refresh_from_db()
    assert (compte.prenom, compte.nom) == ("Anna", "Autrement")


def test_le_numero_repris_suit_les_numeros_de_l_annee(administratrice):
    ReconnaissanceFabrique(numero="R-BRE-2023-0007")
    reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    assert Reconnaissance.objects.filter(numero="R-BRE-2023-0008").exists()


# --- Les actes numérisés --------------------------------------------------------------------------


def pdf(nom="projet.pdf", contenu=b"%PDF-1.4\n%EOF"):
    return SimpleUploadedFile(nom, contenu, content_type="application/pdf")


def test_les_actes_se_joignent_une_fois(administratrice, ailleurs):
    (faite,) = reprendre(preparer(administratrice, ligne()), acteur=administratrice)
    piece = joindre_un_acte(faite, pdf(), acteur=administratrice, nature="projet-signe")
    assert joindre_un_acte(faite, pdf(), acteur=administratrice, nature="projet-signe") == piece
    joindre_un_acte(faite, pdf(contenu=b"%PDF-1.4\n2"), acteur=administratrice, nature="proces-verbal")
    assert list(PieceJointe.objects.values_list("libelle", flat=True)) == [
        "Le projet signé", "Le procès-verbal de la commission",
    ]  # fmt: skip
    with pytest.raises(Refus):
        joindre_un_acte(faite, pdf(), acteur=ailleurs, nature="decision")
    with pytest.raises(ErreurMetier):
        joindre_un_acte(faite, pdf("virus.exe", b"MZ\0\0"), acteur=administratrice, nature="decision")


def test_les_tableurs_s_oublient(administratrice):
    TableurDepose.objects.create(nom="e.csv", octets=b"x", empreinte="0" * 64, depose_par=administratrice)
    assert oublier_les_tableurs() == 0
    TableurDepose.objects.update(depose_le="2025-01-01T00:00:00Z")
    assert oublier_les_tableurs() == 1


# --- Propriétés et temps ---------------------------------------------------------------------------

jours = st.dates(min_value=date(2015, 1, 1), max_value=date(2025, 12, 31))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dates=st.lists(jours, min_size=4, max_size=4), presents=st.lists(st.booleans(), min_size=4, max_size=4))
def test_les_passages_sont_toujours_dans_l_ordre(administratrice, dates, presents):
    """Quelles que soient les dates : ou une erreur le dit, ou les passages se suivent sans retour en arrière."""
    noms = ("depose_le", "instruit_le", "avis_le", "decision_le")
    champs = {nom: jour.isoformat() if la else "" for nom, jour, la in zip(noms, dates, presents, strict=True)}
    cle = f"{champs}"[:70]
    controle = controler(lire("e.csv", en_csv(ligne(cle=cle, reconnue_le="", **champs))), acteur=administratrice)
    connues = [champs[nom] for nom in noms if champs[nom]]
    complet = champs["depose_le"] and champs["decision_le"]
    if not complet or connues != sorted(connues):
        assert controle.erreurs
        return
    for faite in reprendre(controle.valides, acteur=administratrice, inviter=False):
        moments = list(faite.dossier.passages.order_by("pk").values_list("le", flat=True))
        assert moments == sorted(moments)
        assert len(moments) == 4


def test_mille_lignes_se_reprennent_en_temps_borne(administratrice):
    octets = en_csv(
        *(
            ligne(cle=f"k{n}", equipe=f"Équipe {n}", porteur_courriel=f"p{n}@lie.example", membres="")
            for n in range(1000)
        )
    )
    debut = time.monotonic()
    lignes = controler(lire("e.csv", octets), acteur=administratrice).valides
    assert time.monotonic() - debut < 10
    reprendre(lignes, acteur=administratrice, importee=True, inviter=False)
    assert Reprise.objects.count() == 1000
    assert time.monotonic() - debut < 60
