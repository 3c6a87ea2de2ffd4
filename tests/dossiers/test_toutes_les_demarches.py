"""Chaque démarche en ligne de chaque région s'ouvre, se remplit, s'exporte et se dépose."""

import io

import docx
import pytest
from django.utils import timezone

from esperluette.dossiers.actions import redaction
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer, signer
from esperluette.dossiers.documents import contexte_accuse, exporter
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import ce_qui_manque, contexte_de, demarche_de, membres_de, qui_signe, trame_de
from esperluette.equipes.declarations import declarer
from esperluette.equipes.models import Equipe
from esperluette.equipes.questions import questions_de
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from tests.dossiers import essai
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.territoires import communes_reelles, decoupage

pytestmark = pytest.mark.django_db


def en_ligne():
    """(région, forme, démarche) : tout ce qui se dépose aujourd'hui."""
    for region in regions():
        lue = edition_en_vigueur(region, timezone.localdate())
        for demarche in lue.demarches if lue else ():
            if demarche.en_ligne:
                yield from ((region, forme, demarche.id) for forme in demarche.formes)


def commune_de(region):
    """Une vraie commune de cette région, la première du découpage."""
    code_region = edition_en_vigueur(region, timezone.localdate()).entete.region.code
    departements = {code for code, _, r in decoupage().departements if r == code_region}
    code = next(ligne.code for ligne in decoupage().communes if ligne.departement in departements and ligne.epci)
    return communes_reelles(code)[code]


def equipe_large(region, forme):
    """Deux généralistes, trois paramédicaux, une association créée, et oui à tout ce que la région demande."""
    equipe = EquipeFabrique(association=True, forme_visee=forme, implantation=commune_de(region))
    MembreFabrique(equipe=equipe, confirme=True, medecin_generaliste=True)
    for profession in ("60", "70", "91"):
        MembreFabrique(equipe=equipe, confirme=True, profession=profession)
    equipe = Equipe.objects.avec_regles().get(pk=equipe.pk)
    reponses = {(q.sorte.value, q.cle): True for q in questions_de(equipe)}
    return declarer(equipe, acteur=essai.porteuse(equipe), reponses=reponses)


@pytest.mark.parametrize(("region", "forme", "demarche"), list(en_ligne()))
def test_elle_s_ouvre_se_remplit_s_exporte_et_se_depose(region, forme, demarche):
    equipe = equipe_large(region, forme)
    acteur = essai.porteuse(equipe)
    dossier = creer_dossier(equipe, demarche, acteur=acteur)
    prefixe = edition_en_vigueur(region, timezone.localdate()).entete.region.prefixe
    assert dossier.reference.startswith(f"{equipe.sigle}-{prefixe}-")
    fabrique.remplir(dossier, acteur=acteur)
    for piece in demarche_de(dossier).pieces:
        if piece.obligatoire:
            fichier = upload(f"{piece.id}.pdf", pdf())
            redaction.joindre_piece(dossier, fichier, libelle=piece.libelle, nature=piece.id, acteur=acteur)
    assert ce_qui_manque(dossier) == []
    if qui_signe(dossier) != "aucune":
        depot = figer(dossier, acteur=acteur)
        for signataire in depot.contenu["signataires"]:
            membre = equipe.membres.get(pk=signataire["membre"])
            signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    depot = deposer(dossier, acteur=acteur)
    assert depot.dossier.etat == Etat.DEPOSE
    document = docx.Document(io.BytesIO(exporter(depot.dossier, "docx")))
    titres = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert len(titres) >= len([r for r in trame_de(dossier).rubriques if r.champs and not r.annexe])
    silence = demarche_de(dossier).regime.silence
    assert bool(contexte_accuse(depot).echeance) is (silence.effet != "aucun")


def test_le_zonage_connu_ou_declare_preremplit_la_trame():
    equipe = equipe_large("hauts-de-france", "esp")
    acteur = essai.porteuse(equipe)
    declarer(equipe, acteur=acteur, reponses={("zonage", "zip"): True, ("zonage", "qpv"): False})
    dossier = creer_dossier(equipe, "projet-de-sante", acteur=acteur)
    dossier.equipe = Equipe.objects.avec_regles().get(pk=equipe.pk)
    preremplis = contexte_de(dossier, membres_de(dossier)).preremplis
    assert "zip" in preremplis["zonages"]
    assert "qpv" not in preremplis["zonages"]
