"""Tout vérifier : chaque édition se charge, leurs dates s'enchaînent, les cas passent, rien de publié n'a changé."""

import datetime
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from esperluette.referentiel import cas as les_cas
from esperluette.referentiel import empreintes, lecture
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.yaml_situe import FichierInvalide, Probleme


@dataclass
class Rapport:
    """Ce qui a été vu, et ce qui ne va pas."""

    editions: list[Edition] = field(default_factory=list)
    socles: list[str] = field(default_factory=list)
    cas: dict[str, int] = field(default_factory=dict)
    problemes: list[Probleme] = field(default_factory=list)

    @property
    def valide(self) -> bool:
        return not self.problemes


def charger_tout() -> Rapport:
    """Lit tous les socles et toutes les éditions ; les problèmes s'ajoutent au rapport sans arrêter la lecture."""
    rapport = Rapport()
    try:
        dossiers = lecture.dossiers()
    except FichierInvalide as erreur:
        rapport.problemes.extend(erreur.problemes)
        return rapport
    for region, numero in dossiers:
        try:
            if region == lecture.NATIONAL:
                rapport.socles.append(lecture.national(numero).numero)
            else:
                rapport.editions.append(lecture.edition(region, numero))
        except FichierInvalide as erreur:
            # Un socle invalide se redit dans chaque édition qui s'y appuie : une fois suffit.
            rapport.problemes.extend(p for p in erreur.problemes if p not in rapport.problemes)
    rapport.problemes.extend(_chevauchements(rapport.editions))
    return rapport


def verifier_tout() -> Rapport:
    """Charge tout, puis joue les cas et compare les empreintes publiées."""
    rapport = charger_tout()
    for edition in rapport.editions:
        nom = f"{edition.region}/{edition.numero}"
        try:
            situes = les_cas.lire_cas(edition)
        except FichierInvalide as erreur:
            rapport.problemes.extend(erreur.problemes)
            continue
        rapport.cas[nom] = len(situes)
        for situe in situes:
            rapport.problemes.extend(les_cas.ecarts(edition, situe))
    for racine in lecture.racines():
        if racine.is_dir():
            rapport.problemes.extend(empreintes.ecarts(racine))
    return rapport


def _chevauchements(editions: list[Edition]) -> list[Probleme]:
    """Deux éditions d'une région en vigueur le même jour. Sans fin dite, une édition s'efface devant la suivante."""
    problemes = []
    triees = sorted(editions, key=lambda e: (e.region, e.en_vigueur_du))
    for avant, apres in pairwise(triees):
        if avant.region != apres.region:
            continue
        fin = avant.en_vigueur_au or apres.en_vigueur_du - datetime.timedelta(days=1)
        if avant.en_vigueur_du == apres.en_vigueur_du or fin >= apres.en_vigueur_du:
            fichier = str(Path(avant.region) / avant.numero / "edition.yaml")
            cause = f"en vigueur le même jour que l'édition {apres.numero}"
            problemes.append(Probleme(fichier, 1, cause))
    return problemes
