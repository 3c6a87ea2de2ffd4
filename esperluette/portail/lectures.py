"""Ce que le portail montre d'une commune, et où il mène chacun."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse

from esperluette.commissions.models import MandatDeSiege
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.instruction.lectures import est_agent
from esperluette.interlocuteurs.calendrier import Calendrier, SeanceAnnoncee, calendrier_de
from esperluette.interlocuteurs.enums import PublicVise
from esperluette.interlocuteurs.lectures import ContactTrouve, ReponseContacts, contacts_de, contacts_des
from esperluette.interlocuteurs.models import MessageInformation
from esperluette.referentiel.lecture import edition_en_vigueur, national
from esperluette.referentiel.modele import Aide, Edition, Forme, Socle
from esperluette.referentiel.socle import Zonage
from esperluette.territoires.models import AncienneCommune, Commune
from esperluette.territoires.zonages import Classement, classement


@dataclass(frozen=True, slots=True)
class ZonageDit:
    """Un zonage dont les données disent quelque chose ici. `en_partie` : la raison, quand elles ne tranchent pas."""

    zonage: Zonage
    en_partie: str
    source: str

    @property
    def nom(self) -> str:
        return self.zonage.sigle or self.zonage.libelle


@dataclass(frozen=True, slots=True)
class FicheCommune:
    """Ce qui attend une équipe dans cette commune. Sans édition, on dit qu'on ne connaît pas les règles."""

    commune: Commune
    interlocuteurs: ReponseContacts
    classement: Classement
    socle: Socle
    le: datetime.date
    edition: Edition | None = None
    calendrier: Calendrier | None = None
    annonces: tuple[MessageInformation, ...] = ()

    @property
    def aides(self) -> list[Aide]:
        """Les aides que la région prévoit, toutes formes confondues."""
        return list(self.edition.aides) if self.edition else []

    @property
    def formes(self) -> list[Forme]:
        """Les formes que la loi connaît ; elles valent partout."""
        return list(self.socle.formes.values())

    @property
    def zonages_connus(self) -> bool:
        """Faux si aucune donnée ne parle de cette commune : ce n'est pas « hors zone », c'est « on ne sait pas »."""
        return bool(self.classement.zonages or self.classement.partiels)

    @property
    def zonages(self) -> list[ZonageDit]:
        """Ceux où la commune est, en tout ou en partie, dans l'ordre du socle."""
        connus, partiels = self.classement.zonages, self.classement.partiels
        return [
            ZonageDit(zonage, partiels.get(cle, ""), str(self.classement.sources.get(cle, "")))
            for cle, zonage in self.socle.zonages.items()
            if connus.get(cle) or cle in partiels
        ]

    @property
    def sources_des_zonages(self) -> list[str]:
        """D'où viennent ces zonages, chaque source une fois."""
        return list(dict.fromkeys(dit.source for dit in self.zonages if dit.source))

    @property
    def prochaine(self) -> SeanceAnnoncee | None:
        """La prochaine séance qui regarde cette commune : celle de la région, ou de son département."""
        ici = ("", self.commune.departement.nom)
        seances = self.calendrier.a_venir if self.calendrier else ()
        return next((s for s in seances if s.departement in ici), None)


def fiche_commune(commune: Commune, *, le: datetime.date) -> FicheCommune:
    """Région, zonages, interlocuteur, prochaine commission et aides d'une commune, ce jour-là."""
    edition = edition_en_vigueur(commune.region.cle, le)
    return FicheCommune(
        commune=commune,
        interlocuteurs=contacts_de(commune),
        classement=classement(commune, ()),
        socle=edition.socle if edition else national(),
        le=le,
        edition=edition,
        calendrier=calendrier_de(edition.region, le) if edition else None,
        annonces=annonces_de(commune.region.cle),
    )


def annonces_de(region: str) -> tuple[MessageInformation, ...]:
    """Les messages d'information de la région (sa clé) à montrer à tous aujourd'hui ; une requête."""
    return tuple(MessageInformation.objects.affichables(region, PublicVise.TOUS))


def chez_soi(compte: Any) -> str:
    """L'adresse où mener quelqu'un qui vient de se connecter."""
    if not isinstance(compte, Compte):
        return reverse("portail:accueil")
    if est_agent(compte):
        return reverse("instruction:liste")
    if a_un_role(compte, *Role.ADMINISTRATEURS):
        return reverse("administration:accueil")
    if a_un_role(compte, Role.SECRETARIAT):
        return reverse("commissions:accueil")
    equipes = list(Equipe.objects.de_membre(compte).values_list("pk", flat=True)[:2])
    if not equipes and MandatDeSiege.objects.en_cours().filter(compte=compte).exists():
        return reverse("deliberations:liste")
    return reverse("equipes:fiche", args=equipes) if len(equipes) == 1 else reverse("equipes:liste")


def codes_connus(codes: Iterable[str]) -> set[str]:
    """Parmi des codes INSEE, ceux d'une commune d'aujourd'hui ou d'hier ; deux requêtes."""
    voulus = set(codes)
    connus = set(Commune.objects.filter(pk__in=voulus).values_list("pk", flat=True))
    return connus | set(AncienneCommune.objects.filter(code__in=voulus).values_list("code", flat=True))


@dataclass(frozen=True, slots=True)
class ReferentDEquipe:
    """L'interlocuteur d'une équipe, et l'objet du message qu'on peut lui écrire."""

    equipe: Equipe
    contact: ContactTrouve
    avertissements: tuple[str, ...]

    @property
    def adresse_de_message(self) -> str:
        """Un lien « mailto: » avec l'objet ; vide si le courriel n'est pas publié."""
        if not self.contact.courriel:
            return ""
        objet = f"{self.equipe.nom}, {self.equipe.implantation.nom}"
        return f"mailto:{self.contact.courriel}?{urlencode({'subject': objet}, quote_via=quote)}"


def referents_de(compte: Any) -> list[ReferentDEquipe]:
    """Pour chaque équipe où ce compte est membre, son interlocuteur ; six requêtes, quel que soit leur nombre."""
    if not isinstance(compte, Compte):
        return []
    equipes = list(
        Equipe.objects.de_membre(compte)
        .select_related("implantation__region", "implantation__departement", "implantation__epci")
        .order_by("nom", "pk")
    )
    reponses = contacts_des([equipe.implantation for equipe in equipes]) if equipes else {}
    return [
        ReferentDEquipe(equipe, reponse.contacts[0], reponse.avertissements)
        for equipe in equipes
        if (reponse := reponses[equipe.implantation_id])
    ]
