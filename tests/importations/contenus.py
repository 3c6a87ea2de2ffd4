"""Ce que disent les trames d'essai : pour chaque rubrique, ses réponses."""

from dataclasses import dataclass, field
from typing import Any

from esperluette.referentiel.lecture import edition
from esperluette.referentiel.modele import Edition, Rubrique, Trame

BRETAGNE, PACA = "bretagne", "provence-alpes-cote-d-azur"


@dataclass(frozen=True)
class Reponse:
    """La réponse attendue d'un champ : des paragraphes, des options, une date, des fiches…"""

    champ: str
    valeur: Any


@dataclass(frozen=True)
class Contenu:
    """Une trame remplie, sans mise en forme."""

    edition: Edition
    trame: Trame
    reponses: dict[str, Any]
    membres: tuple[tuple[str, str, str, str], ...] = ()
    titres: dict[str, str] = field(default_factory=dict)

    def rubriques(self) -> list[Rubrique]:
        """Celles qui portent au moins une réponse, ou la liste des membres."""
        return [
            r for r in self.trame.rubriques
            if any(c.id in self.reponses or (c.type == "membres" and self.membres) for c in r.champs)
        ]  # fmt: skip


MEMBRES = (
    ("LE BIHAN", "Anne", "Médecin généraliste", "Plouha"),
    ("CADIOU", "Marie", "Infirmière", "Lanvollon"),
    ("TANGUY", "Yves", "Masseur-kinésithérapeute", "Plouha"),
    ("RIOU", "Paul", "Pharmacien", "Pludual"),
)
_AXES = [
    {
        "thematique": "Le retour à domicile après une hospitalisation",
        "referents": "Mme Cadiou et le docteur Le Bihan",
        "enjeu": ["Un patient âgé sur quatre est réhospitalisé dans le mois.", "Les sorties ne sont pas annoncées."],
        "objectifs_patients": ["Être revu par un soignant dans les 48 heures."],
        "objectifs_professionnels": ["Savoir la veille qui sort, et avec quel traitement."],
        "part_patientele": "Environ 210 patients, soit 9 %",
        "description": ["L’hôpital prévient l’infirmière.", "Le pharmacien vérifie les traitements."],
    },
    {
        "thematique": "Dépister et suivre le diabète",
        "referents": "Docteur Le Bihan",
        "enjeu": ["Un tiers de nos diabétiques n’a pas eu d’examen des pieds."],
        "objectifs_patients": ["Un bilan annuel complet pour chacun."],
        "objectifs_professionnels": ["Partager un même protocole."],
        "part_patientele": "Environ 180 patients",
        "description": ["Une journée de dépistage par an.", "Un protocole commun de suivi."],
    },
]

_BRETON = {
    "territoire_communes": ["Plouha", "Lanvollon", "Pludual"],
    "territoire_description": [
        "Nous exerçons à Plouha et dans deux communes voisines, soit 6 200 habitants.",
        "Huit patients sur dix habitent l’une d’elles ; la maison de santé la plus proche est à 18 km.",
    ],
    "territoire_qualification": ["zip", "vigilance"],
    "territoire_echange_ars": ["Vu avec la déléguée départementale le 12 mars, puis en juin."],
    "patientele_description": [
        "Les deux cabinets suivent 2 300 patients, dont 640 de plus de 70 ans.",
        "Environ 210 sont diabétiques.",
    ],
    "offre_ambulatoire": ["Deux médecins, une pharmacie et quatre infirmières.", "Un départ en retraite est annoncé."],
    "offre_hospitaliere": ["Le centre hospitalier de Paimpol, à 15 km."],
    "offre_medico_sociale": ["Un EHPAD de 80 places et un SSIAD."],
    "offre_prevention": ["Un atelier équilibre porté par le CLIC."],
    "difficultes_professionnels": [
        "Un médecin sur trois part dans l’année.",
        "Nous nous appelons entre deux visites.",
    ],
    "difficultes_ruptures": ["Après une hospitalisation, onze jours passent avant le premier rendez-vous."],
    "structure_juridique": "association",
    "fonctionnement": ["Un bureau de trois personnes se réunit chaque mois."],
    "pilote": ["La docteure Le Bihan et Mme Cadiou."],
    "coordination": ["Oui : deux heures par semaine, tenues par Mme Cadiou."],
    "partenariats": ["Une convention avec l’EHPAD de Plouha."],
    "organisation_existante": [
        "Le cabinet ouvre de 8 h à 19 h.",
        "Deux créneaux par demi-journée sont gardés libres.",
    ],
    "modalites": ["echanges_informels", "telephone", "messagerie_securisee"],
    "axes_thematiques": _AXES,
    "calendrier_construction": ["De janvier à juin 2027"],
    "calendrier_depot": "2027-03-01",
    "calendrier_debut": "2027-09-15",
}

_PACA_FICHE = {
    "departement_concerne": "83",
    "porteur_nom": ["Anne Le Bihan"],
    "porteur_profession": ["Médecin généraliste"],
    "porteur_telephone": ["04 94 00 00 00"],
    "porteur_courriel": ["anne.lebihan@sante.example"],
    "equipe_nom": ["ESP du Haut-Var"],
    "equipe_adresse": ["3 place du Marché, 83690 Salernes"],
    "equipe_telephone": ["04 94 11 11 11"],
    "equipe_courriel": ["contact@esp-hautvar.example"],
    "structure_juridique": "association",
    "association_coordonnees": ["Santé en Haut-Var, 3 place du Marché"],
    "territoire_echelle": ["La commune de Salernes et trois communes de la vallée"],
    "territoire_habitants": 6200,
    "territoire_qualification": ["zac", "rurale"],
    "diagnostic": ["Un seul médecin pour 3 100 habitants.", "L’hiver, les sorties d’hôpital se font sans relais."],
    "axes_thematiques": [
        {c: v for c, v in axe.items() if c not in {"referents", "description"}} for axe in _AXES
    ],
    "moyens_action": ["messagerie_securisee", "rcp"],
    "calendrier_depot": "2027-03-01",
    "calendrier_debut": "2027-09-15",
    "atouts_freins": ["La commune prête une salle.", "Le médecin part dans trois ans."],
}  # fmt: skip

_PACA_PROJET = {
    "territoire_communes": ["Salernes", "Villecroze"],
    "territoire_echelle": ["Un bassin de vie de quatre communes"],
    "territoire_habitants": 6200,
    "territoire_description": ["La vallée forme un même bassin de vie."],
    "diagnostic": ["Des sorties d’hôpital sans relais."],
    "diagnostic_indicateurs": ["640 de nos 2 300 patients ont plus de 70 ans."],
    "diagnostic_parcours": ["La sortie d’une personne âgée seule."],
    "difficultes_ruptures": ["Dix jours sans rendez-vous."],
    "perimetre": "toute",
    "modalites": ["telephone", "messagerie_securisee"],
    "organisation_existante": ["Chacun travaille encore de son côté, avec quelques réunions."],
    "moyens_action": ["rcp", "protocoles"],
}


def projet_breton() -> Contenu:
    lue = edition(BRETAGNE, "2024-10")
    return Contenu(lue, lue.trame("projet-de-sante"), _BRETON, MEMBRES)


def fiche_paca() -> Contenu:
    lue = edition(PACA, "2022-02")
    return Contenu(lue, lue.trame("lettre-intention"), _PACA_FICHE)


def projet_paca() -> Contenu:
    lue = edition(PACA, "2022-02")
    return Contenu(lue, lue.trame("projet-de-sante"), _PACA_PROJET, MEMBRES)
