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


def edition_entiere(atelier: Atelier) -> Edition:
    """L'édition `essai/2026-01` avec une aide, une démarche, une commission et une trame : de quoi tout changer."""
    for fichier, contenu in FICHIERS.items():
        (atelier.racine / "essai" / "2026-01" / fichier).parent.mkdir(parents=True, exist_ok=True)
        (atelier.racine / "essai" / "2026-01" / fichier).write_text(contenu, encoding="utf-8")
    return region_d_essai(atelier, GENERALISTE_ET_PARAMEDICAL + ZONE_AIDEE + ASSOCIATION, aides=AIDE)


FICHIERS = {
    "demarches.yaml": f"""chemin:
  - {{id: ecrire, titre: Écrire, qui: L'équipe, quoi: Le projet., duree: Trois mois, demarche: projet, {S}}}
demarches:
  - id: projet
    libelle: Projet
    formes: [esp]
    resume: Écrire le projet.
    trame: projet
    instance: cr
    conditions: [mg, paramedical]
    regime: {{commun: projet-sans-texte}}
    {S}
""",
    "instances.yaml": f"""instances:
  - id: cr
    sigle: CR
    nom: Commission
    niveau: regional
    competences: [Avis]
    sieges: [{{id: ars, libelle: ARS}}]
    fonctionnement: {{commun: droit-commun}}
    avis: {{commun: usuels}}
    {S}
""",
    "trames/projet.yaml": f"""id: projet
titre: Projet
{S}
rubriques:
  - id: territoire
    titre: Territoire
    champs:
      - {{id: territoire_communes, libelle: Communes, type: communes, obligatoire: true}}
      - {{id: classement, libelle: Classement, type: cases, options: [{{id: zip, libelle: ZIP}}]}}
""",
}
