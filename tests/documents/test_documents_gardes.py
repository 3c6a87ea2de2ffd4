"""Chaque sorte de document gardé dit de quoi il est fait, et se refait à l'octet près."""

import ast
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest

from esperluette.commissions.actions.livrets import demander_livret
from esperluette.commissions.models import Livret
from esperluette.commissions.taches import produire_livret
from esperluette.decisions.documents import produire_le_pdf
from esperluette.decisions.enums import Sens
from esperluette.decisions.lectures import courrier_de
from esperluette.decisions.models import Courrier
from esperluette.deliberations.actions.cloture import valider
from esperluette.deliberations.taches import garder_le_proces_verbal
from esperluette.documents.enums import Format, SceauImprime
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import produire
from esperluette.documents.rendu import empreinte_gabarit
from esperluette.documents.verification_imprimee import Verification
from esperluette.dossiers.documents import produire_accuse, produire_projet
from esperluette.reconnaissances.attestation import produire as produire_l_attestation
from tests.coherence.depot import PAQUET, arbre, modules, relatif
from tests.documents.outils import ouvrir_docx, ouvrir_odt
from tests.documents.recensement import _decision, _seance_close
from tests.fabriques import dossiers as fabrique
from tests.fabriques.commissions import PointFabrique, SeanceFabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
# Chaque module qui garde un document, et l'essai qui en fait un par ses vraies actions.
GARDIENS = {
    "dossiers/documents.py": ("projet", "accuse"),
    "decisions/documents.py": ("courrier",),
    "reconnaissances/attestation.py": ("attestation",),
    "deliberations/taches.py": ("proces_verbal",),
    "commissions/taches.py": ("livret",),
}


def projet():
    return [produire_projet(fabrique.depose())]


def accuse():
    return [produire_accuse(fabrique.depose())]


def courrier():
    decision, _ = _decision(Sens.REFUS)
    return [produire_le_pdf(Courrier.objects.select_related("decision__dossier").get(pk=courrier_de(decision).pk))]


def attestation():
    return [produire_l_attestation(ReconnaissanceFabrique(equipe=fabrique.equipe_complete()))]


def proces_verbal():
    c, pv = _seance_close()
    pv = valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)
    garder_le_proces_verbal.call(pv.pk)
    extraits = [d for extrait in pv.extraits.all() for d in extrait.documents.all()]
    return [*pv.documents.all(), *extraits[:3]]


def livret():
    seance = SeanceFabrique()
    PointFabrique(seance=seance)
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    gardes = []
    for format in ("pdf", "docx"):
        demande = demander_livret(seance, acteur=secretaire, format=format)
        produire_livret.call(demande.pk)
        gardes.append(Livret.objects.get(pk=demande.pk).document)
    return gardes


SORTES = {f.__name__: f for f in (projet, accuse, courrier, attestation, proces_verbal, livret)}


@pytest.mark.parametrize("sorte", list(SORTES))
def test_chaque_document_garde_son_gabarit_son_edition_et_son_contexte(sorte):
    gardes = SORTES[sorte]()
    assert gardes
    for document in gardes:
        document = DocumentProduit.objects.get(pk=document.pk)
        assert document.gabarit_empreinte == empreinte_gabarit(document.gabarit)
        assert document.edition == "bretagne/2024-10"
        assert document.contexte["titre"]
        assert document.objet is not None
        assert est_intact(document)
        assert refait(document), document.nom


def refait(document):
    """Le document se refait à l'identique depuis ce qui est gardé ; un sceau s'ajoute après, sans rien changer."""
    with document.fichier.open("rb") as fichier:
        garde = fichier.read()
    for sceau in SceauImprime:
        verification = Verification(document.code, sceau) if document.code else None
        refait = produire(
            document.gabarit, document.contexte, document.format, le=date_de(garde, document.format),
            verification=verification,
        )  # fmt: skip
        if garde == refait or (document.scelle_le and garde.startswith(refait)):
            return True
    return False


def date_de(octets, format):
    """L'instant que le document porte."""
    if format == Format.DOCX:
        return ouvrir_docx(octets).core_properties.created
    if format == Format.ODT:
        return ouvrir_odt(octets).meta.creation_date.replace(tzinfo=UTC)
    with pikepdf.open(BytesIO(octets)) as pdf:
        return datetime.strptime(str(pdf.docinfo["/CreationDate"])[2:16], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def test_tout_ce_qui_garde_un_document_est_essaye():
    gardiens = {
        relatif(module).removeprefix("esperluette/")
        for module in modules()
        if module.is_relative_to(PAQUET) and any(appelle_conserver(noeud) for noeud in ast.walk(arbre(module)))
    }
    assert gardiens == set(GARDIENS)
    assert {sorte for sortes in GARDIENS.values() for sorte in sortes} == set(SORTES)


def appelle_conserver(noeud):
    return isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Name) and noeud.func.id == "conserver"
