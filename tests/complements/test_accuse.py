"""L'accusé de réception (CRPA, L. 112-3 et R. 112-5) : chaque mention, relue dans le PDF."""

import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois, en_lettres
from esperluette.comptes.models import Fonction, Organisme
from esperluette.dossiers.documents import contexte_accuse
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.taches import produire_documents
from esperluette.instruction.actions import prendre_en_instruction
from esperluette.interlocuteurs.models import Contact
from tests.complements.test_delais import vieillir
from tests.documents.outils import programme
from tests.fabriques import complements as fabrique
from tests.fabriques.comptes import OrganismeFabrique

pytestmark = pytest.mark.django_db


def pdf_relu(depot, tmp_path):
    """Le PDF de l'accusé, relu par un autre outil, espaces ramenés à un."""
    produire_documents.func(depot.pk)
    fichier = tmp_path / "accuse.pdf"
    with Depot.objects.get(pk=depot.pk).accuse.fichier.open("rb") as contenu:
        fichier.write_bytes(contenu.read())
    commande = [programme("pdftotext"), "-layout", fichier, "-"]
    texte = subprocess.run(commande, capture_output=True, check=True).stdout.decode()
    return " ".join(texte.replace("\u00ad", "").split())


def test_chaque_mention_du_code_est_dans_le_pdf(dossier, acteurs, tmp_path):
    service = Fonction.objects.get(compte=acteurs["referente"]).organisme
    Organisme.objects.filter(pk=service.pk).update(
        nom="ARS d’essai, délégation", adresse="1 rue de l’Essai, 22000 Saint-Brieuc", courriel="dd@ars.example",
        telephone="02 00 00 00 00",
    )  # fmt: skip
    Contact.objects.update(courriel="", telephone="")
    page = pdf_relu(dossier.depots.get(), tmp_path)
    echeance = en_lettres(ajouter_mois(timezone.localdate(), 2))
    for mention in (
        en_lettres(timezone.localdate()),  # la date de réception
        "ARS d’essai, délégation",  # le service
        "1 rue de l’Essai, 22000 Saint-Brieuc",
        "dd@ars.example",
        "02 00 00 00 00",
        str(acteurs["referente"]),  # le contact
        "2 mois à compter de la réception",  # le délai
        f"À défaut de décision au plus tard le {echeance}, votre demande est réputée rejetée.",
        "Voies et délais de recours",
        "tribunal administratif",
    ):
        assert mention in page, mention


def test_ce_qu_on_ne_connait_pas_se_dit_au_lieu_de_s_inventer(dossier, acteurs, tmp_path):
    Fonction.objects.all().delete()
    Contact.objects.all().delete()
    Organisme.objects.all().delete()
    page = pdf_relu(dossier.depots.get(), tmp_path)
    assert "Adresse postale : non publiée" in page
    assert "Adresse électronique : non publiée" in page
    assert "personne n’est nommé pour votre commune" in page


def test_deux_ars_pour_une_region_on_n_en_choisit_pas_une_au_hasard(dossier):
    Fonction.objects.all().delete()
    region = dossier.equipe.implantation.region
    OrganismeFabrique(region=region, adresse="Ici")
    assert contexte_accuse(dossier.depots.get()).service.adresse == "Ici"
    OrganismeFabrique(region=region, adresse="Là")
    assert contexte_accuse(dossier.depots.get()).service.adresse == ""


def test_l_accuse_d_un_complement_dit_que_l_horloge_a_repris(dossier, acteurs, tmp_path):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    vieillir(dossier, 10)
    demande = fabrique.demande(dossier, acteurs["referente"])
    vieillir(dossier, 5)
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    depot = fabrique.redeposer(dossier)
    page = pdf_relu(depot, tmp_path)
    recu = Dossier.objects.get(pk=dossier.pk)
    nouvelle = ajouter_mois(timezone.localdate(recu.depose_le), 2) + timedelta(days=5)
    assert recu.silence_le == nouvelle
    assert "Vos compléments ont été reçus" in page
    assert "L’horloge, suspendue 5 jours, a repris : 10 jours ont couru" in page
    assert f"La nouvelle échéance est le {en_lettres(nouvelle)}." in page
    assert "à compter du premier dépôt" in page


def test_un_accuse_refait_plus_tard_dit_ce_qui_etait_vrai_a_son_depot(demande, dossier):
    accuse = contexte_accuse(dossier.depots.get())
    assert accuse.echeance == ajouter_mois(timezone.localdate(), 2).isoformat()
    assert accuse.reprise == ""


def test_une_piece_exigee_absente_se_lit_dans_l_accuse(dossier, monkeypatch):
    from esperluette.dossiers import documents
    from esperluette.referentiel.modele import Piece

    demarche = documents.demarche_de(dossier)
    exigee = Piece.model_construct(id="statuts", libelle="Les statuts", obligatoire=True)
    monkeypatch.setattr(documents, "demarche_de", lambda _: demarche.model_copy(update={"pieces": (exigee,)}))
    assert contexte_accuse(dossier.depots.get()).pieces_manquantes == ("Les statuts",)
