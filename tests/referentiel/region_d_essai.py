"""Une région inventée, pour essayer les règles sans dépendre d'aucune région réelle."""

from esperluette.referentiel.modele import Edition
from tests.referentiel.conftest import Atelier

S = "source: {document: doc, passage: Page 1}"
ENTETE = """region: {cle: essai, code: "99", nom: Essai, dans: dans l'Essai}
numero: "2026-01"
libelle: Essai
en_vigueur_du: 2026-01-01
socle: "2026"
formes: {esp: {complete: true}, msp: {complete: true}}
documents: [{id: doc, titre: Document d'essai, emetteur: Essai, date: 2026-01-01}]
"""


def critere(cle: str, fonction: str, parametres: str, nature: str = "composition", formes: str = "esp") -> str:
    """Une ligne de criteres.yaml."""
    return (
        f"  - {{id: {cle}, enonce: La condition {cle}., nature: {nature}, formes: [{formes}], fonction: {fonction}, "
        f"parametres: {{{parametres}}}, {S}}}\n"
    )


# PACA, et la Bretagne : un généraliste et un paramédical ; la maison de santé demande un second généraliste.
GENERALISTE_ET_PARAMEDICAL = (
    critere("mg", "effectif", "groupe: medecin-generaliste, minimum: 1, exercice: liberal")
    + critere("paramedical", "effectif", "groupe: paramedical, minimum: 1, exercice: liberal")
    + critere("deux-mg", "effectif", "groupe: medecin-generaliste, minimum: 2", formes="msp")
    + critere("un-paramedical", "effectif", "groupe: paramedical, minimum: 1", formes="msp")
)
# Les Hauts-de-France : un généraliste et tout autre professionnel de santé.
GENERALISTE_ET_UN_AUTRE = (
    critere("mg", "effectif", "groupe: medecin-generaliste, minimum: 1")
    + critere("deux", "effectif", "groupe: professionnel-de-sante, minimum: 2")
    + critere("msp", "effectif", "groupe: medecin-generaliste, minimum: 2", formes="msp")
)
ZONE_AIDEE = (
    "  - {id: zone-aidee, enonce: Le territoire est classé., nature: aide, formes: [esp], "
    "au_moins_un: [{fonction: zonage, parametres: {zone: qpv}}, {fonction: zonage, parametres: {zone: zip}}, "
    f"{{fonction: zonage, parametres: {{zone: zac}}}}], {S}}}\n"
)
ASSOCIATION = critere("association", "statut", "admis: [association]", "aide")
FRONTIERE = critere("une-region", "meme_region", "", "attention", "esp, msp")
AIDE = (
    "aides:\n  - {id: demarrage, libelle: Aide au démarrage, formes: [esp], description: Démarrer., "
    "objets: [Du temps, Du matériel], "
    'montant: "10000.00", beneficiaire: L\'association, conditions: [mg, paramedical, zone-aidee, association], '
    f"{S}}}\n"
)
COMPRENDRE = (
    f"sans_financement:\n  - {{id: libre, effet: garde, formes: [esp], texte: Votre liberté., {S}}}\n"
    f"  - {{id: credits, effet: perd, formes: [esp], texte: Les crédits., {S}}}\n"
    f"attentions:\n  - {{id: cpts, titre: La CPTS, texte: Parlez-lui., formes: [esp], {S}}}\n"
)


def region_d_essai(
    atelier: Atelier, criteres: str = GENERALISTE_ET_PARAMEDICAL, *, aides: str = "", comprendre: str = ""
) -> Edition:
    """L'édition `essai/2026-01` de ces règles."""
    atelier.edition = "essai/2026-01"
    atelier.ajouter("edition.yaml", ENTETE)
    atelier.ajouter("criteres.yaml", "criteres:\n" + criteres)
    if aides:
        atelier.ajouter("aides.yaml", aides)
    if comprendre:
        atelier.ajouter("comprendre.yaml", comprendre)
    return atelier.charger()
