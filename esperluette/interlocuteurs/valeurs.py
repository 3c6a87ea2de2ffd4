"""Les valeurs comparables d'une fiche : celles de l'édition, celles de la base, sous la même forme JSON."""

import datetime
from typing import Any

from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.interlocuteurs.models import Contact, Labellisation, Portee, StructureAppui
from esperluette.referentiel.modele import Contact as ContactDeDepart
from esperluette.referentiel.modele import Source
from esperluette.referentiel.modele import StructureAppui as StructureDeDepart

Valeurs = dict[str, Any]

_SOURCE = (
    "source_document",
    "source_passage",
    "source_date",
    "source_date_de_lecture",
    "source_url",
    "source_interpretee",
    "source_note",
)
_COMMUNS = (*_SOURCE, "actif", "nom", "courriel", "url")
CHAMPS_CONTACT = (*_COMMUNS, "role", "organisme", "telephone", "libelle_territoire", "note", "rubrique_id")
CHAMPS_STRUCTURE = (*_COMMUNS, "sigle", "description", "telephones", "adresse")
# Le champ de Portee qui désigne l'endroit, du plus précis au plus large.
CHAMP_DU_NIVEAU = {
    NiveauDePortee.COMMUNE: "commune_id",
    NiveauDePortee.INTERCOMMUNALITE: "epci_id",
    NiveauDePortee.DEPARTEMENT: "departement_id",
}


def _json(valeur: Any) -> Any:
    return valeur.isoformat() if isinstance(valeur, datetime.date) else valeur


def _source(source: Source) -> Valeurs:
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
        **_source(contact.source),
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
    return {**{champ: _json(getattr(contact, champ)) for champ in CHAMPS_CONTACT}, "portees": sorted(portees)}


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
    labels = [[_json(structure.labellisee_du), _json(structure.labellisee_au)]]
    return {
        **_source(structure.source),
        "nom": structure.nom,
        "courriel": structure.courriel or "",
        "url": structure.url,
        "sigle": structure.sigle,
        "description": structure.description,
        "telephones": list(structure.telephones),
        "adresse": structure.adresse,
        "labellisations": [] if labels == [[None, None]] else labels,
    }


def structure_en_base(structure: StructureAppui) -> Valeurs:
    """Les valeurs d'une structure d'appui telles qu'elles sont en base."""
    labels = [[_json(label.debut), _json(label.fin)] for label in structure.labellisations.all()]
    return {**{champ: _json(getattr(structure, champ)) for champ in CHAMPS_STRUCTURE}, "labellisations": labels}


def poser_structure(structure: StructureAppui, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur la structure et ses labellisations, et l'enregistre."""
    for champ in CHAMPS_STRUCTURE:
        setattr(structure, champ, valeurs[champ])
    structure.save()
    structure.labellisations.all().delete()
    Labellisation.objects.bulk_create(
        Labellisation(structure=structure, debut=debut, fin=fin) for debut, fin in valeurs["labellisations"]
    )
