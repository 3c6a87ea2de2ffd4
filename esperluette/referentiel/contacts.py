"""Qui appeler pour une commune : le plus précis l'emporte, dans la région seulement. Sans Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from esperluette.referentiel.modele import Contact, Edition, Territoire


class Portee(IntEnum):
    """La précision d'un rattachement ; la plus petite valeur l'emporte."""

    COMMUNE = 1
    EPCI = 2
    DEPARTEMENT = 3
    REGION = 4


@dataclass(frozen=True, slots=True)
class Lieu:
    """Une commune et ce qui la contient ; `region` est un code INSEE, `epci` un SIREN ou rien."""

    commune: str
    departement: str
    region: str
    epci: str | None = None


@dataclass(frozen=True, slots=True)
class Correspondance:
    """Pourquoi un territoire contient ce lieu ; `interprete` quand c'est notre lecture, la note dit laquelle."""

    portee: Portee
    interprete: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interlocuteur:
    """Un contact, et pourquoi il vaut pour ce lieu."""

    contact: Contact
    correspondance: Correspondance

    @property
    def interprete(self) -> bool:
        return self.correspondance.interprete or self.contact.source.interprete

    @property
    def note(self) -> str:
        """Tout ce qu'il faut savoir avant d'appeler."""
        return " ".join(n for n in (self.correspondance.note, self.contact.note, self.contact.source.note) if n)


def correspondance(territoire: Territoire, lieu: Lieu) -> Correspondance | None:
    """Si le territoire contient le lieu, à quelle précision, et si c'est une interprétation."""
    portee, code = _portee(territoire, lieu)
    if portee is None:
        return None
    note = territoire.interpretes.get(code, "")
    if not note and territoire.rubrique is not None and territoire.rubrique != lieu.departement:
        note = (
            f"Le document range ce contact sous le département {territoire.rubrique} ; la commune est dans le "
            f"département {lieu.departement}, mais son intercommunalité y est nommée."
        )
    return Correspondance(portee, bool(note), note)


def _portee(territoire: Territoire, lieu: Lieu) -> tuple[Portee | None, str]:
    if lieu.commune in territoire.communes:
        return Portee.COMMUNE, lieu.commune
    if lieu.epci is not None and lieu.epci in territoire.epci:
        return Portee.EPCI, lieu.epci
    if lieu.departement in territoire.departements:
        return Portee.DEPARTEMENT, lieu.departement
    return (Portee.REGION, "") if territoire.region else (None, "")


def les_plus_precis(contacts: Iterable[Contact], lieu: Lieu) -> list[Interlocuteur]:
    """Les contacts du niveau le plus précis qui réponde, puis ceux de la région."""
    trouves = [Interlocuteur(c, lien) for c in contacts if (lien := correspondance(c.territoire, lieu)) is not None]
    meilleure = min((i.correspondance.portee for i in trouves), default=Portee.REGION)
    return sorted(
        (i for i in trouves if i.correspondance.portee in (meilleure, Portee.REGION)),
        key=lambda i: (i.correspondance.portee, i.contact.id),
    )


def interlocuteurs(edition: Edition, lieu: Lieu) -> list[Interlocuteur]:
    """Les contacts de départ d'une édition pour une commune de sa région ; aucun pour une commune d'ailleurs."""
    if lieu.region != edition.entete.region.code:
        return []
    return les_plus_precis(edition.local.contacts, lieu)
