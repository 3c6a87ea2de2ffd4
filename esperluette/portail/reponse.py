"""La réponse de `eligibilite` : l'évaluation, la prochaine séance, les contacts. Sans base, elle le dit et répond."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.utils import DatabaseError

from esperluette.commun.base import base_presente
from esperluette.interlocuteurs.calendrier import SeanceAnnoncee, calendrier_de
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.portail.eligibilite import EquipeLue
from esperluette.portail.lectures import codes_connus
from esperluette.portail.situation import situer
from esperluette.referentiel.evaluation import Evaluation, evaluer
from esperluette.referentiel.faits import Faits
from esperluette.referentiel.modele import Demarche, Edition
from esperluette.referentiel.rapprochement import Rapprochement, rapprocher
from esperluette.territoires.lectures import commune, decoupage_charge

SANS_BASE = "la base de données n'est pas prête : les contacts sont vides et les communes ne sont pas vérifiées."
SANS_DECOUPAGE = "le découpage n'est pas chargé : les contacts sont vides et les communes ne sont pas vérifiées."
SANS_COMMUNE = "aucune commune d'implantation n'est connue : les contacts sont vides ; ajoutez « implantation »."


@dataclass(frozen=True)
class Reponse:
    """Ce que la commande imprime."""

    evaluation: Evaluation
    seance: SeanceAnnoncee | None
    aupres_de: str
    rapprochements: list[tuple[str | None, Rapprochement]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    avertissements: list[str] = field(default_factory=list)

    def en_json(self) -> dict[str, Any]:
        """La forme publiée : ses clés ne changent pas, on peut en ajouter."""
        return {
            **self.evaluation.en_json(),
            "prochaine_seance": self.seance.en_json() if self.seance else None,
            "a_confirmer_aupres_de": None if self.seance else self.aupres_de,
            "contacts": self.contacts,
            "rapprochements": [{"vise": vise, **r.en_json()} for vise, r in self.rapprochements],
            "avertissements": self.avertissements,
        }


def repondre(
    edition: Edition, lue: EquipeLue, *, forme: str, le: datetime.date, demarche: Demarche | None = None
) -> Reponse:
    """Évalue l'équipe et cherche ses interlocuteurs. Lève `EntreeFausse` si une commune n'existe pas."""
    contacts, faits, avertissements = _situer(edition, lue)
    calendrier = calendrier_de(edition.region, le)
    seances = (s for s in calendrier.a_venir if demarche is None or s.instance == demarche.instance)
    evaluation = evaluer(edition, forme=forme, faits=faits, le=le, demarche=demarche.id if demarche else None)
    return Reponse(
        evaluation=evaluation,
        seance=next(seances, None),
        aupres_de=calendrier.aupres_de,
        rapprochements=list(_rapprochements(evaluation, faits)),
        contacts=contacts,
        avertissements=avertissements,
    )


def _rapprochements(evaluation: Evaluation, faits: Faits) -> Iterator[tuple[str | None, Rapprochement]]:
    """Ce qui rapproche du verdict, puis de chaque aide et de chaque démarche ; rien pour ce qui est déjà ouvert."""
    vises = [None, *(f"aide:{e.aide.id}" for e in evaluation.aides)]
    vises += [f"demarche:{e.demarche.id}" for e in evaluation.demarches]
    for vise in vises:
        trouves = rapprocher(evaluation.edition, forme=evaluation.forme.id, faits=faits, le=evaluation.le, vise=vise)
        yield from ((vise, trouve) for trouve in trouves)


def _situer(edition: Edition, lue: EquipeLue) -> tuple[list[dict[str, Any]], Faits, list[str]]:
    """Les contacts, les faits complétés par ce que les données savent du territoire, et ce qu'il faut en dire."""
    faits = lue.equipe.faits(edition.socle)
    contacts, avertissements = _contacts(edition, lue)
    if avertissements and avertissements[0] in {SANS_BASE, SANS_DECOUPAGE}:
        return contacts, faits, avertissements
    situes, _ = situer(faits)
    contredits = [z for z in faits.zonages if z in situes.zonages and faits.zonages[z] is not situes.zonages[z]]
    for zone in contredits:
        libelle = edition.socle.zonages[zone].libelle if zone in edition.socle.zonages else zone
        avertissements.append(f"{libelle} : les données chargées disent le contraire du fichier ; elles l'emportent.")
    return contacts, situes, avertissements


def _contacts(edition: Edition, lue: EquipeLue) -> tuple[list[dict[str, Any]], list[str]]:
    if not base_presente():
        return [], [SANS_BASE]
    try:
        if decoupage_charge() is None:
            return [], [SANS_DECOUPAGE]
        lue.exiger_communes(codes_connus)
        code = lue.equipe.commune_d_implantation
        implantation = commune(code) if code else None
        if implantation is None:
            return [], [SANS_COMMUNE]
        reponse = contacts_de(implantation)
    except DatabaseError:
        return [], [SANS_BASE]
    avertissements = list(reponse.avertissements)
    if implantation.region.cle != edition.region:
        ici = edition.entete.region.nom
        avertissements.insert(0, f"{implantation} n'est pas dans la région {ici} : ses propres règles s'appliquent.")
    return [contact.en_json() for contact in reponse.contacts], avertissements
