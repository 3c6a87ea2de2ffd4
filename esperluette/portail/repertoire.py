"""Le répertoire public : les contacts rangés par région et par département, les structures d'appui."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.interlocuteurs.lectures import JOURS_AVANT_D_ETRE_ANCIEN, structures_actives
from esperluette.interlocuteurs.models import Contact, Labellisation, Portee, StructureAppui
from esperluette.territoires.models import Commune, Departement, Region


@dataclass(frozen=True, slots=True)
class ContactPublie:
    """Un contact tel que la page le montre. `ancien` : à vérifier avant d'écrire."""

    contact: Contact
    ancien: bool


@dataclass(slots=True)
class GroupeDeContacts:
    """Les contacts d'un département, ou d'une région entière (`departement` vaut alors `None`)."""

    departement: Departement | None
    contacts: list[ContactPublie] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.departement.pk if self.departement else ""


@dataclass(frozen=True, slots=True)
class ContactsDeRegion:
    region: Region
    groupes: tuple[GroupeDeContacts, ...]


def contacts_par_region() -> list[ContactsDeRegion]:
    """Les contacts publiés, par région puis département ; quatre requêtes, quel que soit leur nombre."""
    contacts = _contacts()
    departements = _departements_des_intercommunalites(contacts)
    par_region: dict[Region, dict[str | None, list[Contact]]] = {}
    for contact in contacts:
        groupes = par_region.setdefault(contact.region, defaultdict(list))
        for code in _codes(contact, departements):
            groupes[code].append(contact)
    connus = {d.pk: d for d in Departement.objects.filter(region__in=[r.pk for r in par_region])}
    resultat = [ContactsDeRegion(region, _groupes(groupes, connus)) for region, groupes in par_region.items()]
    return sorted(resultat, key=lambda r: r.region.nom)


def filtrer(regions: list[ContactsDeRegion], *, cle: str = "", departement: str = "") -> list[ContactsDeRegion]:
    """Les mêmes, pour une région et un département ; les contacts de toute la région restent."""
    retenues = [r for r in regions if cle in ("", r.region.cle)]
    if departement:
        retenues = [
            ContactsDeRegion(r.region, tuple(g for g in r.groupes if g.code in ("", departement)))
            for r in retenues
            if departement in {g.code for g in r.groupes}
        ]
    return retenues


def _contacts() -> list[Contact]:
    portees = Prefetch("portees", Portee.objects.select_related("commune"))
    return list(Contact.objects.filter(actif=True).select_related("region").prefetch_related(portees))


def _departements_des_intercommunalites(contacts: Iterable[Contact]) -> dict[str, set[tuple[str, str]]]:
    """Pour chaque intercommunalité citée, les (région, département) de ses communes."""
    epcis = {p.epci_id for c in contacts for p in c.portees.all() if p.epci_id}
    couples: dict[str, set[tuple[str, str]]] = defaultdict(set)
    lignes = Commune.objects.filter(epci__in=epcis).order_by().values_list("epci_id", "region_id", "departement_id")
    for epci, region, departement in lignes.distinct():
        if epci:
            couples[epci].add((region, departement))
    return couples


def _codes(contact: Contact, departements: dict[str, set[tuple[str, str]]]) -> set[str | None]:
    """Les départements où paraît ce contact : sa rubrique d'abord, sinon ses portées ; `None` pour toute la région."""
    codes: set[str | None] = {contact.rubrique_id} if contact.rubrique_id else set()
    for portee in contact.portees.all():
        if portee.commune:
            codes.add(portee.commune.departement_id)
        elif portee.epci_id:
            couples = departements.get(portee.epci_id, set())
            codes |= {departement for region, departement in couples if region == contact.region_id}
        else:
            codes.add(portee.departement_id)
    return codes or {None}


def _groupes(groupes: dict[str | None, list[Contact]], connus: dict[str, Departement]) -> tuple[GroupeDeContacts, ...]:
    limite = timezone.localdate() - datetime.timedelta(days=JOURS_AVANT_D_ETRE_ANCIEN)
    return tuple(
        GroupeDeContacts(
            connus.get(code) if code else None,
            # Une personne nommée passe avant un service : c'est à elle qu'on écrit.
            [
                ContactPublie(c, c.source_date < limite)
                for c in sorted(groupes[code], key=lambda c: (not c.nom, c.nom))
            ],
        )
        for code in sorted(groupes, key=lambda code: (code is None, code or ""))
    )


def _nommes_d_abord(contact: Contact) -> tuple[bool, str]:
    """Une personne nommée passe avant un service : c'est à elle qu'on écrit."""
    return not contact.nom, contact.nom


@dataclass(frozen=True, slots=True)
class StructurePubliee:
    """Une structure d'appui et l'état de son label, en une phrase."""

    structure: StructureAppui
    echue: bool
    label: str

    @property
    def courriel_redit(self) -> bool:
        """Vrai si le courriel de la structure est celui d'une personne déjà citée."""
        return self.structure.courriel in {p.get("courriel") for p in self.structure.personnes}

    @property
    def telephones(self) -> list[str]:
        """Les numéros que la fiche d'une personne ne donne pas déjà."""
        dits = " ".join(str(p.get("telephone") or "") for p in self.structure.personnes)
        return [numero for numero in self.structure.telephones if numero not in dits]


def structures_publiees() -> list[tuple[Region, list[StructurePubliee]]]:
    """Les structures d'appui par région ; deux requêtes."""
    par_region: dict[Region, list[StructurePubliee]] = defaultdict(list)
    for structure in structures_actives().select_related("region"):
        par_region[structure.region].append(_structure(structure))
    return sorted(par_region.items(), key=lambda paire: paire[0].nom)


def _structure(structure: StructureAppui) -> StructurePubliee:
    label = next(iter(structure.labellisations.all()), None)
    return StructurePubliee(structure, bool(label and label.est_echue), _periode(label))


def _periode(label: Labellisation | None) -> str:
    if label is None or not (label.debut or label.fin):
        return "Aucun label daté n’est publié."
    debut, fin = (en_lettres(jour) if jour else "" for jour in (label.debut, label.fin))
    if not fin:
        return f"Labellisée depuis le {debut}, sans fin annoncée."
    periode = f"du {debut} au {fin}" if debut else f"jusqu’au {fin}"
    return f"Labellisée {periode}" + (" : cette période est passée, à confirmer." if label.est_echue else ".")
