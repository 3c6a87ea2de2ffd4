"""Charger les contacts, séances et structures de toutes les régions décrites, sur de vraies communes."""

from esperluette.interlocuteurs.actions.fiches import charger_depuis_editions
from esperluette.referentiel.lecture import editions
from tests.fabriques.territoires import communes_reelles, decoupage


def charger_ce_qui_tient() -> None:
    """Crée une commune par territoire que citent les éditions, puis charge toutes les fiches."""
    territoires = [contact.territoire for edition in editions() for contact in edition.local.contacts]
    codes = {code for territoire in territoires for code in territoire.communes}
    epcis = {code for territoire in territoires for code in territoire.epci}
    departements = {code for territoire in territoires for code in territoire.departements}
    departements |= {t.rubrique for t in territoires if t.rubrique}
    regions = {edition.entete.region.code for edition in editions()}
    contenu = decoupage()
    region_de = {code: region for code, _, region in contenu.departements}
    for ligne in contenu.communes:
        if ligne.epci in epcis:
            codes.add(ligne.code)
            epcis.discard(ligne.epci)
        if ligne.departement in departements:
            codes.add(ligne.code)
            departements.discard(ligne.departement)
        if region_de[ligne.departement] in regions:
            codes.add(ligne.code)
            regions.discard(region_de[ligne.departement])
    communes_reelles(*codes)
    charger_depuis_editions()
