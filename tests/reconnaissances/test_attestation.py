"""L'attestation, rouverte par d'autres programmes ; le numéro ; la vérification ouverte à tous."""

import hashlib
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from esperluette.documents.models import DocumentProduit
from esperluette.reconnaissances.actions.reconnaissance import corriger_la_reconnaissance, reconnaitre
from esperluette.reconnaissances.attestation import contexte_de
from esperluette.reconnaissances.models import Reconnaissance, Suspension
from esperluette.reconnaissances.taches import produire_l_attestation, reprendre_les_attestations
from esperluette.referentiel.lecture import edition
from tests.documents.outils import texte_pdf
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import EquipeFabrique, commune
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("x")</script> #set page(width: 1cm) $x^2$ @ref *gras*'


def octets(document: DocumentProduit) -> bytes:
    with document.fichier.open("rb") as fichier:
        return fichier.read()


def test_l_attestation_dit_qui_quoi_depuis_quand_et_ce_qu_elle_vaut(equipe, autorite, tmp_path):
    reconnaissance = reconnaitre(
        equipe, acteur=autorite, forme="esp", debut=date(2026, 3, 2), decision="Décision 2026-41",
        decision_le=date(2026, 2, 27),
    )  # fmt: skip
    produire_l_attestation.call(reconnaissance.pk)
    reconnaissance.refresh_from_db()
    lus = octets(reconnaissance.attestation)
    assert hashlib.sha256(lus).hexdigest() == reconnaissance.attestation.empreinte
    texte = " ".join(texte_pdf(lus, tmp_path).split())
    for attendu in (
        "Équipe du Lié", "Loudéac", reconnaissance.numero, "2 mars 2026", "Décision 2026-41", "27 février 2026",
        "Aucun texte ne donne à l’ARS le pouvoir", "pratique régionale", "/verifier-une-reconnaissance/",
    ):  # fmt: skip
        assert attendu in texte.replace("l'ARS", "l’ARS"), attendu
    with pikepdf.open(BytesIO(lus)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("fr")
        assert "Attestation" in str(pdf.open_metadata()["dc:title"])
        assert pdf.open_metadata()["pdfuaid:part"] == "1"


def test_la_mention_vient_du_regime_de_l_edition(reconnaissance):
    contexte = contexte_de(reconnaissance)
    assert contexte["regime_texte"] == edition("bretagne", "2024-10").demarche("projet-de-sante").regime.texte
    assert contexte["regime"] == "Une pratique régionale"


def test_sans_regles_dans_la_region_l_attestation_ne_dit_que_ce_qu_elle_sait(tmp_path):
    corse = ReconnaissanceFabrique(equipe=EquipeFabrique(implantation=commune("2A004")))
    assert contexte_de(corse)["regime_texte"] == ""
    produire_l_attestation.call(corse.pk)


def test_un_texte_hostile_reste_du_texte(equipe, autorite, tmp_path):
    equipe.nom = HOSTILE
    equipe.save()
    reconnaissance = reconnaitre(equipe, acteur=autorite, forme="esp", debut=date(2026, 3, 2), decision=HOSTILE)
    produire_l_attestation.call(reconnaissance.pk)
    reconnaissance.refresh_from_db()
    texte = texte_pdf(octets(reconnaissance.attestation), tmp_path)
    assert "<script>" in texte
    assert "#set page" in texte
    assert "@ref" in texte


def test_corriger_une_date_refait_l_attestation_et_garde_l_ancienne(
    equipe, autorite, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        reconnaissance = reconnaitre(equipe, acteur=autorite, forme="esp", debut=date(2026, 3, 2), decision="D 1")
    reconnaissance.refresh_from_db()
    premiere = reconnaissance.attestation
    with django_capture_on_commit_callbacks(execute=True):
        corriger_la_reconnaissance(reconnaissance, acteur=autorite, debut=date(2026, 3, 3))
    reconnaissance.refresh_from_db()
    assert reconnaissance.attestation_id != premiere.pk
    with django_capture_on_commit_callbacks(execute=True) as rappels:
        corriger_la_reconnaissance(reconnaissance, acteur=autorite, publiee=False)
    assert rappels == []
    assert DocumentProduit.objects.filter(gabarit="reconnaissances/attestation.html").count() == 2


def test_une_attestation_oubliee_se_reprend(reconnaissance):
    assert reprendre_les_attestations() == 0  # elle attend encore son tour
    Reconnaissance.objects.update(enregistree_le="2025-01-01T00:00:00Z")
    assert reprendre_les_attestations() == 1


# --- Le numéro ------------------------------------------------------------------------------------


def test_le_numero_est_lisible_et_suit_la_region_et_l_annee(acteurs, autorite):
    nouveaux = [
        reconnaitre(EquipeFabrique(), acteur=autorite, forme="esp", debut=date(annee, 5, 2), decision="D").numero
        for annee in (2026, 2026, 2025)
    ]
    assert nouveaux == ["R-BRE-2026-0001", "R-BRE-2026-0002", "R-BRE-2025-0001"]


def test_le_numero_suit_le_plus_grand_meme_apres_dix_mille(autorite):
    ReconnaissanceFabrique(numero="R-BRE-2026-10041")
    nouvelle = reconnaitre(EquipeFabrique(), acteur=autorite, forme="esp", debut=date(2026, 1, 1), decision="D")
    assert nouvelle.numero == "R-BRE-2026-10042"


def test_le_numero_ne_change_pas_quand_on_corrige_l_annee(equipe, autorite):
    reconnaissance = reconnaitre(equipe, acteur=autorite, forme="esp", debut=date(2026, 3, 2), decision="D")
    corriger_la_reconnaissance(reconnaissance, acteur=autorite, debut=date(2025, 12, 1))
    reconnaissance.refresh_from_db()
    assert reconnaissance.numero == "R-BRE-2026-0001"


# --- Vérifier -------------------------------------------------------------------------------------


def verifier(client, numero):
    return client.get("/verifier-une-reconnaissance/", {"numero": numero})


def test_chacun_verifie_un_numero_sans_se_connecter(client, reconnaissance):
    page = verifier(client, reconnaissance.numero.lower()).content.decode()
    assert "Équipe du Lié" in page
    assert "En cours" in page
    for interdit in (reconnaissance.equipe.porteur.nom, "equipe@lie.example", "Décision ARS 2025-17"):
        assert interdit not in page
    Suspension.objects.create(
        reconnaissance=reconnaissance, debut="2025-06-01", motif="Secret", prononcee_par=reconnaissance.enregistree_par
    )
    page = verifier(client, reconnaissance.numero).content.decode()
    assert "Suspendue" in page
    assert "Secret" not in page


@pytest.mark.parametrize("numero", ["R-BRE-1900-0001", "", "\0", "<script>", "x" * 61, "R-BRE-2026-' OR 1=1"])
def test_un_numero_inconnu_ou_hostile_se_dit(client, reconnaissance, numero):
    reponse = verifier(client, numero)
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert "Équipe du Lié" not in page
    assert "<script>x" not in page


def test_une_equipe_hors_annuaire_ne_dit_pas_son_nom(client, equipe):
    cachee = ReconnaissanceFabrique(equipe=equipe, cachee=True)
    page = verifier(client, cachee.numero).content.decode()
    assert "Équipe du Lié" not in page
    assert cachee.numero in page


def test_une_equipe_fictive_ne_se_verifie_qu_en_demonstration(client, settings):
    inventee = ReconnaissanceFabrique(inventee=True)
    assert "Fictive" in verifier(client, inventee.numero).content.decode()
    settings.DEMONSTRATION = False
    assert "Aucune reconnaissance" in verifier(client, inventee.numero).content.decode()


def test_l_equipe_et_l_agent_telechargent_et_personne_d_autre(client, reconnaissance, acteurs):
    produire_l_attestation.call(reconnaissance.pk)
    cote_equipe = f"/equipes/{reconnaissance.equipe_id}/reconnaissance/{reconnaissance.pk}/attestation.pdf"
    cote_agent = f"/instruction/equipes-reconnues/{reconnaissance.pk}/attestation.pdf"
    for role, adresse, statut in (
        ("porteuse", cote_equipe, 200), ("membre", cote_equipe, 200), ("porteuse_ailleurs", cote_equipe, 404),
        ("referente", cote_agent, 200), ("referent_ailleurs", cote_agent, 404), ("porteuse", cote_agent, 403),
    ):  # fmt: skip
        reponse = connecter(client, acteurs[role]).get(adresse)
        assert reponse.status_code == statut, (role, adresse)
        if statut == 200:
            assert reponse["Content-Type"] == "application/pdf"
            assert b"".join(reponse.streaming_content).startswith(b"%PDF")
    assert client.get(cote_equipe.replace(str(reconnaissance.pk), "999999")).status_code == 404
