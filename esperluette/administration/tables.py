"""Les tables qu'un administrateur tient : leurs mots, leurs colonnes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from esperluette.commissions.models import Seance
from esperluette.commun.dates import en_lettres
from esperluette.interlocuteurs.models import Contact, FicheSourcee, MessageInformation, StructureAppui
from esperluette.territoires.models import Region


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne, et ce qu'elle montre d'une fiche."""

    libelle: str
    lire: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Table:
    """Une sorte de fiche à l'écran. `sorte` : celle du registre des fiches."""

    cle: str
    sorte: str
    libelle: str
    ajouter: str
    vide: str
    modele: type[FicheSourcee]
    colonnes: tuple[Colonne, ...]
    joindre: tuple[str, ...] = ()
    precharger: tuple[str, ...] = ()

    def fiches(self, region: Region) -> QuerySet[Any]:
        """Les fiches d'une région, les désactivées à la fin, en un nombre fixe de requêtes."""
        fiches = self.modele._default_manager.filter(region=region).select_related(*self.joindre)
        return fiches.prefetch_related(*self.precharger).order_by("-actif", *(self.modele._meta.ordering or ()))


def jour(date: Any) -> str:
    """« 4 décembre 2025 », ou un tiret."""
    return en_lettres(date) if date else "—"


def _joindre(contact: Contact) -> str:
    return ", ".join(filter(None, [contact.courriel, contact.telephone])) or "—"


def _label(structure: StructureAppui) -> str:
    labels = list(structure.labellisations.all())
    if not labels:
        return "—"
    dernier = labels[0]
    fin = f"jusqu’au {jour(dernier.fin)}" if dernier.fin else "sans fin connue"
    return f"{fin} (échue)" if dernier.est_echue else fin


def _quand(seance: Seance) -> str:
    heure = f" à {seance.heure:%H h %M}" if seance.heure else ""
    return f"{jour(seance.date)}{heure}"


def _etat(seance: Seance) -> str:
    passee = seance.date < timezone.localdate() and seance.etat == "prevue"
    mots = ["passée" if passee else seance.get_etat_display().lower()]
    mots += [] if seance.publique else ["interne"]
    return ", ".join([*mots, *(["fictive"] if seance.fictive else [])])


def _periode(message: MessageInformation) -> str:
    return f"du {jour(message.du)}" + (f" au {jour(message.au)}" if message.au else "")


TABLES: dict[str, Table] = {
    table.cle: table
    for table in (
        Table(
            "contacts",
            "contact",
            "Contacts",
            "Ajouter un contact",
            "Aucun contact : les équipes de votre région ne savent pas à qui écrire.",
            Contact,
            (
                Colonne("Contact", lambda c: c.nom or c.organisme),
                Colonne("Rôle", lambda c: c.role),
                Colonne("Territoire", lambda c: c.libelle_territoire),
                Colonne("Joindre", _joindre),
            ),
        ),
        Table(
            "seances",
            "seance",
            "Séances",
            "Ajouter une séance",
            "Aucune séance : le calendrier public renvoie vers l’ARS.",
            Seance,
            (
                Colonne("Instance", lambda s: str(s.instance)),
                Colonne("Date", _quand),
                Colonne("Date limite de dépôt", lambda s: jour(s.depot_avant)),
                Colonne("État", _etat),
            ),
            joindre=("instance__departement",),
        ),
        Table(
            "structures",
            "structure",
            "Structures d’appui",
            "Ajouter une structure",
            "Aucune structure d’appui : les équipes ne savent pas qui peut les accompagner.",
            StructureAppui,
            (
                Colonne("Structure", lambda s: f"{s} — {s.nom}" if s.sigle else s.nom),
                Colonne("Joindre", lambda s: ", ".join(filter(None, [*s.telephones, s.courriel])) or "—"),
                Colonne("Labellisée", _label),
            ),
            precharger=("labellisations",),
        ),
        Table(
            "messages",
            "message",
            "Messages d’information",
            "Ajouter un message",
            "Aucun message : rien n’est affiché aux équipes de votre région.",
            MessageInformation,
            (
                Colonne("Titre", str),
                Colonne("Affiché", _periode),
                Colonne("Qui le voit", lambda m: m.get_public_display()),
            ),
        ),
    )
}
