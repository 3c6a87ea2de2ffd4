"""Contextes de documents : une trame complète, un accusé, une carte."""

from typing import Any

import factory
from django.core.files.base import ContentFile

from esperluette.documents.contextes import (
    AnnexeImprimee,
    Case,
    ChampImprime,
    Colonne,
    ContexteAccuse,
    ContexteTrame,
    EquipeImprimee,
    Figure,
    MembreImprime,
    PieceImprimee,
    RubriqueImprimee,
    ServiceCharge,
    SignatureImprimee,
    Tableau,
    en_contexte,
)
from esperluette.documents.models import DocumentProduit

CARTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 160"><title>Carte</title>'
    '<path d="M20 20 L380 30 L300 140 L60 120 Z" fill="#cdd9ea" stroke="#1f3a68"/>'
    '<text x="214" y="85" font-size="13" font-family="sans-serif">Loudéac</text></svg>'
)
TEXTE_CARTE = "Carte des trois communes du territoire, Loudéac au centre."
PARAGRAPHE = (
    "L’équipe réunit trois communes du Centre-Bretagne. La population y vieillit plus vite qu’ailleurs dans le "
    "département, et les temps d’accès au médecin s’allongent ; plusieurs cabinets ne remplacent pas les départs."
)
RICHE = (
    "<p>Nous travaillons <strong>déjà</strong> ensemble : réunion <em>mensuelle</em>.</p>"
    "<ul><li>du lundi au vendredi ;</li><li>samedi matin.</li></ul><h4>Soins non programmés</h4>"
    '<p>Deux créneaux par jour. Voir <a href="https://sante.example/esp">cette page</a>.</p>'
)
MEMBRES = (
    MembreImprime(nom="Le Goff", prenom="Anne", profession="Médecin", commune="Loudéac"),
    MembreImprime(nom="Morvan", prenom="Yann", profession="Infirmier", commune="Trévé"),
    MembreImprime(nom="Tanguy", prenom="Maëlle", profession="Orthophoniste", commune="La Motte"),
)
CASES = (Case(libelle="Association", cochee=True), Case(libelle="SISA", cochee=False))
AXE = ("Référent(s) de l’action :", "Enjeu/ difficulté identifié(e) :", "Part de la patientèle concernée :")


def champ(libelle: str, type: str, valeur: Any, **reste: str) -> ChampImprime:
    return ChampImprime(libelle=libelle, type=type, valeur=valeur, **reste)  # type: ignore[arg-type]


def rubrique(numero: str, titre: str, niveau: int, *champs: ChampImprime, aide: str = "") -> RubriqueImprimee:
    return RubriqueImprimee(numero=numero, titre=titre, niveau=niveau, champs=champs, aide=aide)


def tableau(lignes: int = 3) -> Tableau:
    """Un tableau d'effectifs ; à 60 lignes il passe plusieurs pages."""
    colonnes = (
        Colonne(libelle="Profession", part=3),
        Colonne(libelle="Effectif", type="nombre", part=1),
        Colonne(libelle="Remarques", type="texte_riche", part=4),
    )
    return Tableau(colonnes=colonnes, lignes=tuple((f"Profession {n}", n * 1234, RICHE) for n in range(lignes)))


def _rubriques(lignes: int) -> tuple[RubriqueImprimee, ...]:
    fiches = Tableau(
        colonnes=tuple(Colonne(libelle=libelle) for libelle in AXE),
        lignes=(("Anne Le Goff", PARAGRAPHE, "12 %"), ("Yann Morvan", PARAGRAPHE, "180 patients")),
        presentation="fiches",
        titre_ligne="Axe thématique {n}",
    )
    carte = Figure(svg=CARTE, texte=TEXTE_CARTE, legende="Le territoire")
    return (
        rubrique("1.", "Présentation de l’environnement", 1, aide="De nombreux indicateurs sont publiés."),
        rubrique(
            "1.1.", "Le territoire de réalisation du projet", 2,
            champ("", "texte", PARAGRAPHE, aide="Décrivez le territoire de proximité."),
            champ("Communes du territoire", "communes", ("Loudéac", "Trévé", "La Motte")),
            champ("Carte du territoire", "figure", carte),
        ),
        rubrique("1.2.", "La patientèle", 2, champ("Patientèle commune", "nombre", 4200, unite="personnes")),
        rubrique(
            "1.3.", "L’offre de soins", 2,
            champ("Effectifs", "tableau", tableau(lignes)), champ("Hôpital", "texte", None),
        ),
        rubrique("2.", "Organisation de l’exercice coordonné", 1),
        rubrique("2.1.", "Professionnels impliqués dans la démarche", 2, champ("", "membres", MEMBRES)),
        rubrique(
            "2.2.", "Pilotage et fonctionnement", 2,
            champ("Structure juridique", "cases", CASES),
            champ("Relations partenariales", "texte_riche", RICHE),
        ),
        rubrique("2.5.", "Les axes du projet de santé", 2, champ("", "tableau", fiches)),
        rubrique("2.6.", "Calendrier prévisionnel", 2, champ("Dépôt du projet de santé :", "date", "2026-11-01")),
        rubrique("", "Signature du projet de santé", 1, champ("Signatures :", "signatures", None)),
    )  # fmt: skip


class TrameFabrique(factory.Factory):
    """Le contexte d'une trame ; `brouillon=True` pour un document de travail, `lignes=60` pour un long tableau."""

    class Meta:
        model = ContexteTrame

    class Params:
        lignes = 3

    titre = "Projet de santé de l’équipe de soins primaires"
    sous_titre = "Équipe de soins primaires — Bretagne"
    reference = "ESP-22-2026-00042"
    equipe = EquipeImprimee(
        nom="ESP du Pays de Loudéac", commune="Loudéac", departement="Côtes-d’Armor", region="Bretagne"
    )
    brouillon = False
    etat = factory.LazyAttribute(lambda o: "Brouillon" if o.brouillon else "Déposé")
    version = factory.LazyAttribute(lambda o: "" if o.brouillon else "2")
    empreinte = factory.LazyAttribute(lambda o: "" if o.brouillon else "9f86d081884c7d65" * 4)
    le = "2026-11-21T14:32:00+01:00"
    rubriques = factory.LazyAttribute(lambda o: _rubriques(o.lignes))
    signatures = (
        SignatureImprimee(nom="Anne Le Goff", profession="Médecin", signee_le="2026-11-20T17:05:00+00:00"),
        SignatureImprimee(nom="Yann Morvan", profession="Infirmier"),
    )
    annexes = (AnnexeImprimee(numero="1", titre="Liste des professionnels", champs=(champ("", "membres", MEMBRES),)),)


class AccuseFabrique(factory.Factory):
    """Le contexte d'un accusé de réception ; `complet=True` sans pièce manquante ni pièce jointe."""

    class Meta:
        model = ContexteAccuse

    class Params:
        complet = factory.Trait(pieces_manquantes=(), delai_manquantes="", pieces=())

    titre = "Accusé de réception"
    reference = "ESP-22-2026-00042"
    equipe = EquipeImprimee(
        nom="ESP du Pays de Loudéac", commune="Loudéac", departement="Côtes-d’Armor", region="Bretagne"
    )
    brouillon = False
    demarche = "Projet de santé"
    deposant = "Anne Le Goff"
    recu_le = "2026-11-21T14:32:00+01:00"
    service = ServiceCharge(nom="ARS d’essai", courriel="ars@ars.example", telephone="02 96 00 00 00")
    contact = "Référente du Centre-Bretagne"
    pieces = (PieceImprimee(nom="Statuts.pdf", taille=1_234_567, empreinte="a1" * 32),)
    pieces_manquantes = ("Relevé d’identité bancaire",)
    delai_manquantes = "2026-12-21"
    echeance = "2027-01-21"
    delai = "deux mois"
    effet_du_silence = "Le silence gardé pendant deux mois vaut rejet."
    voies_de_recours = ("Recours gracieux dans les deux mois.", "Recours contentieux dans les deux mois.")
    fondement = "Pratique régionale liée au financement."
    depot = "2"
    empreinte = "9f86d081884c7d65" * 4
    journal = "0f" * 32
    suite = ("L’agent prend votre dossier en instruction.", "Votre projet passe en commission.")


def trame(**voulu: Any) -> dict[str, Any]:
    """Le contexte JSON d'une trame."""
    contexte: dict[str, Any] = en_contexte(TrameFabrique(**voulu))
    return contexte


def trame_de(*champs: ChampImprime, **voulu: Any) -> dict[str, Any]:
    """Une trame d'une seule rubrique, qui porte ces champs."""
    return trame(rubriques=(rubrique("1.", "Rubrique", 1, *champs),), signatures=(), annexes=(), **voulu)


def accuse(**voulu: Any) -> dict[str, Any]:
    """Le contexte JSON d'un accusé."""
    contexte: dict[str, Any] = en_contexte(AccuseFabrique(**voulu))
    return contexte


def un_pdf(nom: str = "essai.pdf") -> DocumentProduit:
    """Un document gardé, sans rien produire : pour ce qui ne regarde que le droit de le télécharger."""
    return DocumentProduit.objects.create(
        nom=nom, gabarit="essai", gabarit_empreinte="0" * 64, contexte={}, format="pdf", empreinte="0" * 64, taille=5,
        fichier=ContentFile(b"%PDF-", nom),
    )  # fmt: skip
