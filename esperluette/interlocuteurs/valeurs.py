"""Les valeurs comparables d'une fiche : celles de l'édition, celles de la base, sous la même forme JSON."""

import datetime
from decimal import Decimal
from typing import Any

from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.interlocuteurs.fiches import SorteDeFiche, Valeurs
from esperluette.interlocuteurs.models import Contact, Labellisation, MessageInformation, Portee, StructureAppui
from esperluette.referentiel.modele import Contact as ContactDeDepart
from esperluette.referentiel.modele import Edition, Source
from esperluette.referentiel.modele import StructureAppui as StructureDeDepart

CHAMPS_SOURCE = (
    "source_document",
    "source_passage",
    "source_date",
    "source_date_de_lecture",
    "source_url",
    "source_interpretee",
    "source_note",
)
_COMMUNS = (*CHAMPS_SOURCE, "actif", "nom", "courriel", "url")
CHAMPS_CONTACT = (*_COMMUNS, "role", "organisme", "telephone", "libelle_territoire", "note", "rubrique_id")
CHAMPS_STRUCTURE = (*_COMMUNS, "sigle", "description", "telephones", "adresse", "personnes", "tarif")
CHAMPS_MESSAGE = (*CHAMPS_SOURCE, "actif", "titre", "texte", "du", "au", "public")
# Le champ de Portee qui désigne l'endroit, du plus précis au plus large.
CHAMP_DU_NIVEAU = {
    NiveauDePortee.COMMUNE: "commune_id",
    NiveauDePortee.INTERCOMMUNALITE: "epci_id",
    NiveauDePortee.DEPARTEMENT: "departement_id",
}


def en_json(valeur: Any) -> Any:
    """Une valeur telle que JSON la garde : dates, heures et montants deviennent des textes."""
    if isinstance(valeur, datetime.date | datetime.time):
        return valeur.isoformat()
    return str(valeur) if isinstance(valeur, Decimal) else valeur


def valeurs_de_source(source: Source) -> Valeurs:
    """La source d'une fiche telle que l'édition la donne, et la fiche active."""
    return {
        "source_document": source.document,
        "source_passage": source.passage,
        "source_date": source.date.isoformat(),
        "source_date_de_lecture": not source.document_date,
        "source_url": source.url,
        "source_interpretee": source.interprete,
        "source_note": source.note,
        "actif": True,
    }


def contact_de_depart(contact: ContactDeDepart) -> Valeurs:
    """Les valeurs d'un contact telles que l'édition les donne."""
    endroits = contact.territoire
    portees = [
        *([NiveauDePortee.COMMUNE.value, code] for code in endroits.communes),
        *([NiveauDePortee.INTERCOMMUNALITE.value, code] for code in endroits.epci),
        *([NiveauDePortee.DEPARTEMENT.value, code] for code in endroits.departements),
        *([[NiveauDePortee.REGION.value, ""]] if endroits.region else []),
    ]
    return {
        **valeurs_de_source(contact.source),
        "nom": contact.nom,
        "courriel": contact.courriel or "",
        "url": contact.url,
        "role": contact.role,
        "organisme": contact.organisme,
        "telephone": contact.telephone or "",
        "libelle_territoire": contact.libelle_territoire,
        "note": contact.note,
        "rubrique_id": endroits.rubrique,
        "portees": sorted([niveau, code, endroits.interpretes.get(code, "")] for niveau, code in portees),
    }


def contact_en_base(contact: Contact) -> Valeurs:
    """Les valeurs d'un contact telles qu'elles sont en base."""
    portees = []
    for portee in contact.portees.all():
        champ = CHAMP_DU_NIVEAU.get(portee.niveau)
        portees.append([portee.niveau.value, getattr(portee, champ) if champ else "", portee.interpretation])
    return {**{champ: en_json(getattr(contact, champ)) for champ in CHAMPS_CONTACT}, "portees": sorted(portees)}


def poser_contact(contact: Contact, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur le contact et ses portées, et l'enregistre."""
    for champ in CHAMPS_CONTACT:
        setattr(contact, champ, valeurs[champ])
    contact.save()
    contact.portees.all().delete()
    Portee.objects.bulk_create(
        Portee(
            contact=contact,
            interpretation=interpretation,
            **({CHAMP_DU_NIVEAU[NiveauDePortee(niveau)]: code} if code else {}),
        )
        for niveau, code, interpretation in valeurs["portees"]
    )


def structure_de_depart(structure: StructureDeDepart) -> Valeurs:
    """Les valeurs d'une structure d'appui telles que l'édition les donne."""
    labels = [[en_json(structure.labellisee_du), en_json(structure.labellisee_au)]]
    return {
        **valeurs_de_source(structure.source),
        "nom": structure.nom,
        "courriel": structure.courriel or "",
        "url": structure.url,
        "sigle": structure.sigle,
        "description": structure.description,
        "telephones": list(structure.telephones),
        "adresse": structure.adresse,
        "personnes": [p.model_dump(mode="json") for p in structure.personnes],
        "tarif": en_json(structure.tarif),
        "labellisations": [] if labels == [[None, None]] else labels,
    }


def structure_en_base(structure: StructureAppui) -> Valeurs:
    """Les valeurs d'une structure d'appui telles qu'elles sont en base."""
    labels = [[en_json(label.debut), en_json(label.fin)] for label in structure.labellisations.all()]
    return {**{champ: en_json(getattr(structure, champ)) for champ in CHAMPS_STRUCTURE}, "labellisations": labels}


def poser_structure(structure: StructureAppui, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur la structure et ses labellisations, et l'enregistre."""
    for champ in CHAMPS_STRUCTURE:
        setattr(structure, champ, valeurs[champ])
    structure.save()
    structure.labellisations.all().delete()
    Labellisation.objects.bulk_create(
        Labellisation(structure=structure, debut=debut, fin=fin) for debut, fin in valeurs["labellisations"]
    )


def message_en_base(message: MessageInformation) -> Valeurs:
    """Les valeurs d'un message d'information telles qu'elles sont en base."""
    return {champ: en_json(getattr(message, champ)) for champ in CHAMPS_MESSAGE}


def poser_message(message: MessageInformation, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur le message, et l'enregistre."""
    for champ in CHAMPS_MESSAGE:
        setattr(message, champ, valeurs[champ])
    message.save()


def _contacts(edition: Edition) -> dict[str, Valeurs]:
    return {contact.id: contact_de_depart(contact) for contact in edition.local.contacts}


def _structures(edition: Edition) -> dict[str, Valeurs]:
    return {structure.id: structure_de_depart(structure) for structure in edition.local.structures}


CONTACTS = SorteDeFiche("contact", Contact, contact_en_base, poser_contact, _contacts, suites=("portees",), ordre=10)
STRUCTURES = SorteDeFiche(
    "structure", StructureAppui, structure_en_base, poser_structure, _structures, suites=("labellisations",), ordre=20
)
MESSAGES = SorteDeFiche("message", MessageInformation, message_en_base, poser_message, ordre=50)
