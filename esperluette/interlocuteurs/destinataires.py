"""À qui part une demande : l'interlocuteur publié, les agents en fonction ; en démonstration, personne de réel."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify

from esperluette.comptes.lectures import referents_de
from esperluette.interlocuteurs.lectures import ContactTrouve, ReponseContacts, contacts_de
from esperluette.interlocuteurs.models import StructureAppui
from esperluette.interlocuteurs.registres import relais_des
from esperluette.territoires.models import Commune

DOMAINE_FICTIF = "demonstration.example"


@dataclass(frozen=True, slots=True)
class Destinataires:
    """L'interlocuteur d'une commune, en mots, et les adresses où le prévenir."""

    interlocuteur: str
    adresses: tuple[str, ...]

    @property
    def joignable(self) -> bool:
        """Vrai si quelqu'un sera prévenu par courriel ; sinon, la demande attend dans la corbeille des agents."""
        return bool(self.adresses)


def destinataires_de(commune: Commune, reponse: ReponseContacts | None = None) -> Destinataires:
    """Le contact le plus précis, et les comptes des référents en fonction pour cette commune ; un absent a son relais,
    que son adresse soit publiée ou non.
    """
    reponse = reponse or contacts_de(commune)
    premier = reponse.contacts[0]
    publies = [c.courriel for c in reponse.contacts if c.niveau == premier.niveau and c.courriel]
    referents = referents_de(commune)
    repond = {r.courriel.lower(): relais.courriel for r, relais in zip(referents, relais_des(referents), strict=True)}
    adresses = _joignables(repond.get(adresse.lower(), adresse) for adresse in [*publies, *repond])
    return Destinataires(en_mots(premier), tuple(dict.fromkeys(adresses)))


def en_mots(contact: ContactTrouve) -> str:
    """« Manon MULLER, référente départementale, ARS Bretagne »."""
    return ", ".join(filter(None, [contact.nom, contact.role, contact.organisme]))[:300]


def adresses_des(structures: Iterable[StructureAppui]) -> list[str]:
    """Les adresses des structures mises en copie, quand elles en publient une."""
    return list(_joignables(s.courriel for s in structures if s.courriel))


def _joignables(adresses: Iterable[str]) -> Iterator[str]:
    """Les adresses où écrire. Une adresse mal recopiée d'un document n'empêche pas d'écrire aux autres."""
    for adresse in map(adresse_permise, adresses):
        try:
            validate_email(adresse)
        except ValidationError:
            continue
        yield adresse.lower()


def adresse_permise(adresse: str) -> str:
    """L'adresse elle-même ; en démonstration, une adresse fictive qui la rappelle : on n'écrit à personne de réel."""
    if not settings.DEMONSTRATION or adresse.lower().endswith(".example"):
        return adresse
    return f"{slugify(adresse.partition('@')[0].replace('.', '-'))}@{DOMAINE_FICTIF}"
