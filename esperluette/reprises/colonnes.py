"""Les colonnes du tableur de reprise : leur nom, ce qu'on y met, si elles sont obligatoires, un exemple."""

from dataclasses import dataclass
from typing import Literal

from esperluette.equipes.enums import Exercice, FormeVisee, StatutAvancement, StatutJuridique
from esperluette.reprises.enums import EtapeReprise

Sorte = Literal["texte", "date", "commune", "communes", "choix", "courriel", "telephone", "membres", "profession"]


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne ; `choix` : les valeurs admises. `longueur` : celle du champ en base."""

    nom: str
    libelle: str
    aide: str
    sorte: Sorte = "texte"
    obligatoire: bool = False
    exemple: str = ""
    choix: tuple[str, ...] = ()
    longueur: int = 200


COLONNES = (
    Colonne(
        "cle", "Clé", "Votre numéro : une clé déjà reprise ne l’est pas deux fois.", obligatoire=True,
        exemple="22-001", longueur=80,
    ),
    Colonne("equipe", "Nom de l’équipe", "", obligatoire=True, exemple="Équipe du Lié", longueur=150),
    Colonne("forme", "Forme", "esp ou msp", "choix", True, "esp", tuple(FormeVisee.values)),
    Colonne("commune", "Commune d’implantation", "Code INSEE, cinq signes", "commune", True, "22136"),
    Colonne("communes", "Communes du territoire", "Codes INSEE, espacés", "communes", exemple="22136 22219"),
    Colonne("courriel", "Courriel de l’équipe", "", "courriel", exemple="equipe@exemple.fr", longueur=254),
    Colonne("telephone", "Téléphone de l’équipe", "", "telephone", exemple="02 96 00 00 00", longueur=20),
    Colonne("adresse", "Adresse", "", longueur=250),
    Colonne("statut_juridique", "Structure juridique", "", "choix", choix=tuple(StatutJuridique.values)),
    Colonne("statut_avancement", "Avancement de la structure", "", "choix", choix=tuple(StatutAvancement.values)),
    Colonne("nom_juridique", "Nom de la structure", ""),
    Colonne("porteur_prenom", "Prénom du porteur", "", obligatoire=True, exemple="Anne", longueur=100),
    Colonne("porteur_nom", "Nom du porteur", "", obligatoire=True, exemple="Morvan", longueur=100),
    Colonne("porteur_courriel", "Courriel du porteur", "Son accès y vient", "courriel", True, "a@exemple.fr", (), 254),
    Colonne("porteur_profession", "Profession du porteur", "10 : médecin, 60 : infirmier…", "profession", True, "10"),
    Colonne("porteur_savoir_faire", "Qualification du porteur", "Un code", exemple="SM54", longueur=10),
    Colonne("porteur_exercice", "Exercice du porteur", "", "choix", choix=tuple(Exercice.values), exemple="liberal"),
    Colonne(
        "membres", "Autres membres", "profession/prénom/nom/courriel, séparés par un point-virgule", "membres",
        exemple="60/Yann/Kerbrat/yann@exemple.fr ; 70/Lena/Le Goff/", longueur=20_000,
    ),
    Colonne("demarche", "Démarche", "Vide : aucun dossier", exemple="projet-de-sante", longueur=60),
    Colonne("etat", "État du dossier", "", "choix", choix=tuple(EtapeReprise.values), exemple="accepte"),
    Colonne("depose_le", "Déposé le", "AAAA-MM-JJ ou JJ/MM/AAAA", "date", exemple="2023-03-01"),
    Colonne("instruit_le", "Pris en instruction le", "", "date"),
    Colonne("avis_le", "Avis rendu le", "", "date"),
    Colonne("decision_le", "Décidé le", "", "date", exemple="2023-06-15"),
    Colonne("decision", "Référence de la décision", "", exemple="Décision ARS 2023-12", longueur=300),
    Colonne("reconnue_le", "Reconnue depuis le", "Vide : l’équipe n’est pas reconnue", "date", exemple="2023-06-15"),
    Colonne("reconnue_jusqu_au", "Reconnue jusqu’au", "Vide : elle l’est toujours", "date"),
)  # fmt: skip
PAR_NOM = {colonne.nom: colonne for colonne in COLONNES}
