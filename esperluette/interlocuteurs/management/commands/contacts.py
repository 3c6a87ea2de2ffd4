"""`esperluette contacts CODE_INSEE` : à qui s'adresser pour une commune."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from esperluette.interlocuteurs.lectures import ContactTrouve, ReponseContacts, contacts_de
from esperluette.interlocuteurs.models import StructureAppui
from esperluette.territoires.lectures import commune, rechercher_communes
from esperluette.territoires.models import Commune


class Command(BaseCommand):
    help = "Dit à qui s'adresser pour une commune, d'après quel document et de quelle date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE_INSEE", help="code INSEE de la commune, par exemple 22136")
        parser.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        trouvee = _commune(options["code"])
        reponse = contacts_de(trouvee)
        avertissements = [*_ancien_code(options["code"], trouvee), *reponse.avertissements]
        if options["json"]:
            self.stdout.write(json.dumps(_en_json(reponse, avertissements), ensure_ascii=False, indent=2))
            return
        for ligne in _en_texte(reponse, avertissements):
            self.stdout.write(ligne)


def _commune(code: str) -> Commune:
    trouvee = commune(code)
    if trouvee is not None:
        return trouvee
    if not Commune.objects.exists():
        raise CommandError("Le découpage n'est pas chargé : lancez « esperluette territoires charger ».", returncode=2)
    proches = ", ".join(f"{c.nom} ({c.pk})" for c in rechercher_communes(code, limite=5))
    suite = f" Cherchiez-vous {proches} ?" if proches else ""
    raise CommandError(f"Aucune commune n'a le code INSEE « {code} ».{suite}", returncode=2)


def _ancien_code(code: str, trouvee: Commune) -> list[str]:
    if trouvee.pk == code.strip().upper():
        return []
    return [f"{code} est le code d'une ancienne commune, aujourd'hui dans {trouvee.nom} ({trouvee.pk})."]


def _en_json(reponse: ReponseContacts, avertissements: list[str]) -> dict[str, Any]:
    commune = reponse.commune
    return {
        "commune": {
            "code": commune.pk,
            "nom": commune.nom,
            "departement": commune.departement_id,
            "epci": {"code": commune.epci.pk, "nom": commune.epci.nom} if commune.epci else None,
            "population": commune.population,
        },
        "region": commune.region.cle,
        "referent_publie": reponse.referent_publie,
        "contacts": [contact.en_json() for contact in reponse.contacts],
        "structures": [_structure(structure) for structure in reponse.structures],
        "avertissements": avertissements,
    }


def _structure(structure: StructureAppui) -> dict[str, Any]:
    return {
        "nom": structure.nom,
        "sigle": structure.sigle or None,
        "description": structure.description,
        "telephones": structure.telephones,
        "personnes": structure.personnes,
        "courriel": structure.courriel or None,
        "adresse": structure.adresse or None,
        "url": structure.url or None,
        "labellisations": [
            {
                "debut": label.debut.isoformat() if label.debut else None,
                "fin": label.fin.isoformat() if label.fin else None,
                "echue": label.est_echue,
            }
            for label in structure.labellisations.all()
        ],
        "source": structure.source,
    }


def _en_texte(reponse: ReponseContacts, avertissements: list[str]) -> list[str]:
    commune = reponse.commune
    lieu = ", ".join(filter(None, [commune.epci.nom if commune.epci else "", commune.departement.nom]))
    lignes = [f"{commune.nom} ({commune.pk}) — {lieu}, {commune.region.nom}", ""]
    for contact in reponse.contacts:
        lignes += _contact(contact)
    if reponse.structures:
        lignes += ["", "Structures d'appui :"]
        for s in reponse.structures:
            lignes.append(f"  {_ligne(s.sigle, s.nom, *s.telephones, s.courriel, s.adresse)}")
            lignes += [f"    {_ligne(p['nom'], p.get('telephone'), p.get('courriel'))}" for p in s.personnes]
    if avertissements:
        lignes += ["", "À savoir :", *(f"  - {phrase}" for phrase in avertissements)]
    return lignes


def _contact(contact: ContactTrouve) -> list[str]:
    lignes = [_ligne(contact.nom, contact.role, contact.organisme)]
    lignes += [f"  {valeur}" for valeur in (contact.courriel, contact.telephone, contact.url, contact.note) if valeur]
    if contact.source:
        lignes.append(
            f"  Source : {contact.source['document']}, {contact.source['passage']}, {contact.source['date']}."
        )
    return lignes


def _ligne(*parties: str) -> str:
    return " — ".join(filter(None, parties))
