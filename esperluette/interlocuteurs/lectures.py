"""À qui s'adresser pour une commune : le plus précis l'emporte, dans la région seulement ; ce qu'on ignore se dit."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.interlocuteurs.models import Contact, Portee, StructureAppui
from esperluette.territoires.models import Commune, Region

# Au-delà, une coordonnée se vérifie avant de s'y fier.
JOURS_AVANT_D_ETRE_ANCIEN = 365
NON_PUBLIE = "Référent non publié"


@dataclass(frozen=True, slots=True)
class ContactTrouve:
    """Un contact pour une commune. Sans `nom`, personne n'est nommé ; sans `interpretation`, le document est clair."""

    nom: str
    role: str
    organisme: str
    territoire: str
    niveau: NiveauDePortee
    courriel: str = ""
    telephone: str = ""
    url: str = ""
    note: str = ""
    interpretation: str = ""
    source: dict[str, Any] | None = None

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande ; ce qui n'est pas publié vaut `null`."""
        return {
            "nom": self.nom or None,
            "role": self.role,
            "organisme": self.organisme,
            "courriel": self.courriel or None,
            "telephone": self.telephone or None,
            "url": self.url or None,
            "territoire": self.territoire,
            "niveau": self.niveau.value,
            "interprete": bool(self.interpretation),
            "interpretation": self.interpretation,
            "note": self.note,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class ReponseContacts:
    """À qui s'adresser : `contacts` n'est jamais vide, le premier est le bon ; les avertissements sont des phrases."""

    commune: Commune
    contacts: tuple[ContactTrouve, ...]
    structures: tuple[StructureAppui, ...]
    avertissements: tuple[str, ...]

    @property
    def referent_publie(self) -> bool:
        """Vrai si un document nomme quelqu'un pour cette commune."""
        return bool(self.contacts[0].nom)


def contacts_de(commune: Commune) -> ReponseContacts:
    """À qui une équipe de cette commune s'adresse. Cinq requêtes, quel que soit le nombre de contacts."""
    return contacts_des([commune])[commune.pk]


def contacts_des(communes: Sequence[Commune]) -> dict[str, ReponseContacts]:
    """La réponse de chaque commune, par code INSEE ; cinq requêtes, quel que soit le nombre de communes."""
    regions = {commune.region_id for commune in communes}
    contacts = list(
        Contact.objects.filter(region__in=regions, actif=True).select_related("rubrique").prefetch_related(_portees())
    )
    structures = list(structures_actives().filter(region__in=regions))
    voisines = _portees_ailleurs(communes)
    return {
        commune.pk: _reponse(
            commune,
            [c for c in contacts if c.region_id == commune.region_id],
            tuple(s for s in structures if s.region_id == commune.region_id),
            [p for p in voisines if p.epci_id == commune.epci_id and p.contact.region_id != commune.region_id],
        )
        for commune in communes
    }


def contacts_publies(region: Region) -> QuerySet[Contact]:
    """Les contacts d'une région avec leurs portées, pour la page des contacts ; deux requêtes."""
    return Contact.objects.filter(region=region, actif=True).prefetch_related(_portees())


def structures_actives() -> QuerySet[StructureAppui]:
    """Les structures d'appui en activité, avec leurs labellisations."""
    return StructureAppui.objects.filter(actif=True).prefetch_related("labellisations")


def _portees() -> "Prefetch[str]":
    return Prefetch("portees", Portee.objects.select_related("commune", "epci", "departement"))


def _portees_ailleurs(communes: Iterable[Commune]) -> list[Portee]:
    epcis = {commune.epci_id for commune in communes} - {None}
    return list(Portee.objects.filter(epci__in=epcis, contact__actif=True).select_related("contact__region", "epci"))


def _reponse(
    commune: Commune, contacts: list[Contact], structures: tuple[StructureAppui, ...], voisines: list[Portee]
) -> ReponseContacts:
    possibles = _par_niveau(commune, contacts)
    retenus: list[ContactTrouve] = []
    for niveau in NiveauDePortee:
        trouves = possibles.get(niveau, [])
        # Un contact sans nom dit seulement que personne n'est publié : il s'efface devant un nom, et n'arrête pas
        # la recherche d'un niveau plus large.
        if not any(c.nom for c in retenus):
            retenus += [c for c in trouves if c.nom] or trouves
    retenus = sorted(retenus, key=lambda c: not c.nom) or [_ars_de_la_region(commune)]
    return ReponseContacts(
        commune=commune,
        contacts=tuple(retenus),
        structures=structures,
        avertissements=tuple(_avertissements(commune, retenus, bool(contacts), voisines, structures)),
    )


def _par_niveau(commune: Commune, contacts: list[Contact]) -> dict[NiveauDePortee, list[ContactTrouve]]:
    ordre = list(NiveauDePortee)
    trouves: dict[NiveauDePortee, list[ContactTrouve]] = {}
    for contact in contacts:
        portees = [p for p in contact.portees.all() if p.couvre(commune)]
        if portees:
            precise = min(portees, key=lambda p: ordre.index(p.niveau))
            trouves.setdefault(precise.niveau, []).append(_trouve(contact, precise, commune))
    return trouves


def _trouve(contact: Contact, portee: Portee, commune: Commune) -> ContactTrouve:
    return ContactTrouve(
        nom=contact.nom,
        role=contact.role,
        organisme=contact.organisme,
        territoire=_endroit(portee, contact),
        niveau=portee.niveau,
        courriel=contact.courriel,
        telephone=contact.telephone,
        url=contact.url,
        note=contact.note,
        interpretation=_interpretation(contact, portee, commune),
        source=contact.source,
    )


def _endroit(portee: Portee, contact: Contact) -> str:
    lieu = portee.commune or portee.epci or portee.departement
    return lieu.nom if lieu is not None else contact.libelle_territoire


def _interpretation(contact: Contact, portee: Portee, commune: Commune) -> str:
    """Pourquoi ce rattachement est notre lecture ; vide si le document le dit en toutes lettres."""
    raisons = [portee.interpretation]
    if contact.source_interpretee:
        raisons.append(contact.source_note)
    hors_rubrique = contact.rubrique_id and contact.rubrique_id != commune.departement_id
    if portee.niveau is NiveauDePortee.INTERCOMMUNALITE and hors_rubrique:
        raisons.append(
            f"Le document range ce contact sous « {contact.rubrique} » ; {commune.nom} est d'un autre département "
            f"({commune.departement}), mais de la même intercommunalité."
        )
    return " ".join(filter(None, raisons))


def _ars_de_la_region(commune: Commune) -> ContactTrouve:
    """Ce qu'on peut dire quand rien n'est publié : le nom de l'agence, aucune coordonnée inventée."""
    region = commune.region
    # Une collectivité d'outre-mer (code à trois chiffres) n'a pas d'agence régionale à son nom.
    organisme = f"ARS {region.nom}" if len(region.pk) == 2 else f"Autorité de santé compétente pour {region.nom}"
    return ContactTrouve(
        nom="", role=NON_PUBLIE, organisme=organisme, territoire=region.nom, niveau=NiveauDePortee.REGION
    )


def _avertissements(
    commune: Commune,
    retenus: list[ContactTrouve],
    region_connue: bool,
    voisines: list[Portee],
    structures: tuple[StructureAppui, ...],
) -> list[str]:
    phrases: list[str] = []
    if not region_connue:
        phrases.append(
            f"Esperluette ne connaît pas encore les interlocuteurs de la région {commune.region.nom} : "
            f"référent non publié ici, adressez-vous à {_avec_article(retenus[-1].organisme)}."
        )
    elif not retenus[0].nom and (retenus[0].courriel or retenus[0].telephone):
        phrases.append(
            f"Les documents lus ne nomment personne pour {commune.nom} : les coordonnées sont celles du service."
        )
    elif not retenus[0].nom:
        phrases.append(
            f"Les documents lus ne nomment personne pour {commune.nom} : référent non publié, "
            f"adressez-vous à {_avec_article(retenus[-1].organisme)}."
        )
    if commune.epci_id is None and not commune.departement_id.startswith(("97", "98")):
        phrases.append(f"{commune.nom} n'appartient à aucune intercommunalité à fiscalité propre.")
    if voisines:
        voisine = voisines[0]
        phrases.append(
            f"{voisine.epci} s'étend sur deux régions ; son interlocuteur en {voisine.contact.region.nom} "
            f"ne suit pas les communes de la région {commune.region.nom}."
        )
    phrases += [f"Lecture interprétée. {c.interpretation}" for c in retenus if c.interpretation]
    phrases += _dates(retenus)
    phrases += _labels_echus(structures)
    return phrases


def _labels_echus(structures: Iterable[StructureAppui]) -> list[str]:
    """Une phrase par date de fin, et non une par structure : elles s'achèvent souvent ensemble."""
    fins: dict[datetime.date, list[str]] = {}
    for structure in structures:
        for label in list(structure.labellisations.all())[:1]:
            if label.est_echue and label.fin:
                fins.setdefault(label.fin, []).append(str(structure))
    return [
        f"La labellisation de {' et '.join(filter(None, [', '.join(noms[:-1]), noms[-1]]))} "
        f"s'est achevée le {_jour(fin)} : à confirmer."
        for fin, noms in fins.items()
    ]


def _dates(retenus: list[ContactTrouve]) -> list[str]:
    limite = timezone.localdate() - datetime.timedelta(days=JOURS_AVANT_D_ETRE_ANCIEN)
    sources = [(datetime.date.fromisoformat(c.source["date"]), c.source) for c in retenus if c.source]
    anciennes = sorted(((date, s) for date, s in sources if date < limite), key=lambda paire: paire[0])
    if not anciennes:
        return []
    date, source = anciennes[0]
    quand = f"non daté, lu le {_jour(date)}" if source["date_de_lecture"] else f"du {_jour(date)}"
    return [f"Ces coordonnées viennent d'un document {quand} : vérifiez qu'elles sont toujours bonnes avant d'écrire."]


def _jour(date: datetime.date) -> str:
    return en_lettres(date)


def _avec_article(organisme: str) -> str:
    return f"l'{organisme}" if organisme[:1] in "AEIOUÉ" else organisme
