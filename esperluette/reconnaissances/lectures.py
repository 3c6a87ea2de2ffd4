"""Ce que tous voient des équipes reconnues : l'annuaire."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from esperluette.equipes.lectures import metier_de
from esperluette.equipes.models import Membre
from esperluette.reconnaissances.models import Reconnaissance, ReconnaissanceQuerySet
from esperluette.referentiel.lecture import national
from esperluette.referentiel.socle import Socle
from esperluette.territoires.models import Commune

AUTRES_METIERS = "Autre membre de l’équipe"


@dataclass(frozen=True, slots=True)
class FichePublique:
    """Ce que l'annuaire dit d'une équipe reconnue, et rien d'autre : aucun nom de personne.

    `professions` : le libellé et l'effectif, le plus nombreux d'abord. `coordonnees` : vide si l'équipe les garde.
    """

    equipe: int
    nom: str
    forme: str
    sigle: str
    depuis: date
    implantation: Commune
    communes: tuple[Commune, ...]
    professions: tuple[tuple[str, int], ...]
    coordonnees: Mapping[str, str]
    fictive: bool

    def en_json(self) -> dict[str, Any]:
        """La forme des exports."""
        return {
            "nom": self.nom,
            "forme": self.forme,
            "reconnue_depuis": self.depuis.isoformat(),
            "implantation": {"code": self.implantation.pk, "nom": self.implantation.nom},
            "departement": self.implantation.departement_id,
            "region": self.implantation.region.cle,
            "communes": [{"code": c.pk, "nom": c.nom} for c in self.communes],
            "professions": [{"libelle": libelle, "effectif": effectif} for libelle, effectif in self.professions],
            "coordonnees": dict(self.coordonnees) or None,
            "fictive": self.fictive,
        }


def equipes_reconnues(region: str = "", le: date | None = None) -> ReconnaissanceQuerySet:
    """L'annuaire public : les reconnaissances en cours ce jour-là, d'une région (sa clé) ou de toutes.

    Trois requêtes, avec tout ce que lit `fiche_publique`. Les équipes fictives n'y sont que dans la démonstration.
    """
    reconnues = Reconnaissance.objects.en_cours(le).publiques()
    if region:
        reconnues = reconnues.filter(region__cle=region)
    return reconnues.select_related(
        "equipe__implantation__departement", "equipe__implantation__region", "equipe__implantation__epci"
    ).prefetch_related(
        Prefetch("equipe__membres", Membre.objects.presents()),
        Prefetch("equipe__communes", Commune.objects.order_by("nom", "code")),
    )


def fiche_publique(reconnaissance: Reconnaissance, socle: Socle | None = None) -> FichePublique:
    """Ce qu'on publie d'une équipe reconnue, lue par `equipes_reconnues()`. Aucune requête."""
    equipe, socle = reconnaissance.equipe, socle or national()
    effectifs = Counter(_profession(membre, socle) for membre in equipe.membres.all())
    coordonnees = {"courriel": equipe.courriel, "telephone": equipe.telephone, "adresse": equipe.adresse}
    return FichePublique(
        equipe=equipe.pk,
        nom=equipe.nom,
        forme=reconnaissance.forme,
        sigle=reconnaissance.sigle,
        depuis=reconnaissance.debut,
        implantation=equipe.implantation,
        communes=tuple(equipe.communes.all()) or (equipe.implantation,),
        professions=tuple(sorted(effectifs.items(), key=lambda paire: (-paire[1], paire[0]))),
        coordonnees={c: v for c, v in coordonnees.items() if v} if reconnaissance.coordonnees_publiees else {},
        fictive=equipe.fictive,
    )


def _profession(membre: Membre, socle: Socle) -> str:
    # Le métier d'un non-professionnel est un texte libre : il pourrait désigner quelqu'un.
    return metier_de(membre, socle) if membre.professionnel else AUTRES_METIERS


def annuaire(region: str = "") -> list[FichePublique]:
    """Les fiches publiques des équipes reconnues, par nom ; trois requêtes."""
    socle = national()
    return [fiche_publique(reconnaissance, socle) for reconnaissance in equipes_reconnues(region)]
