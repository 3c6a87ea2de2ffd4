"""Lire les reconnaissances : ce que disent les règles, ce que voient l'équipe et l'agent, ce que voient tous."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.equipes.lectures import faits_de_composition, metier_de
from esperluette.equipes.models import Equipe, Membre
from esperluette.reconnaissances.models import Alerte, Reconnaissance, ReconnaissanceQuerySet, Retrait, Suspension
from esperluette.referentiel.evaluation import FormeNonCouverte, evaluer
from esperluette.referentiel.lecture import EditionInconnue, edition_en_vigueur, national
from esperluette.referentiel.modele import Demarche, Edition, RegimeDecision, Reponse3
from esperluette.referentiel.socle import Socle
from esperluette.territoires.models import Commune

AUTRES_METIERS = "Autre membre de l’équipe"


# --- Les règles -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Regles:
    """Ce que l'édition dit d'une reconnaissance : la démarche qui y mène, s'il y en a une, et son régime."""

    edition: Edition
    demarche: Demarche | None

    @property
    def regime(self) -> RegimeDecision | None:
        return self.demarche.regime if self.demarche else None

    @property
    def delai_de_composition(self) -> int | None:
        """En jours, pour rétablir la composition ; None si la région n'en dit rien."""
        reconnait = self.demarche.reconnait if self.demarche else None
        return reconnait.delai_composition_jours if reconnait else None


def regles_de(reconnaissance: Reconnaissance) -> Regles | None:
    """L'édition sous laquelle l'équipe a été reconnue : celle du dossier, sinon celle du jour ; sans requête de plus
    que la région et le dossier. None si la région n'a pas de règles ici.
    """
    if reconnaissance.dossier_id is not None and reconnaissance.dossier is not None:
        try:
            return Regles(edition_de(reconnaissance.dossier), demarche_de(reconnaissance.dossier))
        except (EditionInconnue, KeyError):
            pass
    jours = (reconnaissance.debut, timezone.localdate())
    trouvee = next((e for jour in jours if (e := edition_en_vigueur(reconnaissance.region.cle, jour))), None)
    if trouvee is None:
        return None
    menent = (d for d in trouvee.demarches if d.reconnait is not None and reconnaissance.forme in d.formes)
    return Regles(trouvee, next(menent, None))


def constats(reconnaissance: Reconnaissance, regles: Regles | None) -> list[str]:
    """Les conditions de composition qui manquent avec certitude, dans les mots de l'édition ; vide si tout tient.

    « À préciser » n'est pas un manque. Aucune requête si l'équipe est lue avec ses membres et ses communes.
    """
    if regles is None:
        return []
    try:
        evaluation = evaluer(
            regles.edition, forme=reconnaissance.forme, faits=faits_de_composition(reconnaissance.equipe),
            le=timezone.localdate(),
        )  # fmt: skip
    except FormeNonCouverte:
        return []
    return [
        f"{e.critere.enonce} {e.verdict.motif}".strip()
        for e in evaluation.par_nature("composition")
        if e.verdict.reponse is Reponse3.NON_SATISFAIT
    ]


# --- La liste et la fiche de l'agent ----------------------------------------------------------------


def pour_l_agent(compte: Any) -> ReconnaissanceQuerySet:
    """Les reconnaissances du territoire où ce compte instruit ou administre, avec ce que la liste affiche."""
    territoire = perimetre(compte, (*Role.LECTEURS, Role.ADMIN_REGIONAL)).filtre("equipe__implantation")
    return (
        Reconnaissance.objects.filter(territoire)
        .select_related(
            "equipe__implantation__departement", "equipe__implantation__region", "region", "dossier", "attestation"
        )
        .prefetch_related("suspensions", "alertes", "retraits")
    )


def a_surveiller(reconnaissances: ReconnaissanceQuerySet) -> ReconnaissanceQuerySet:
    """Celles qui demandent un regard : composition tombée, suspension, retrait envisagé."""
    return reconnaissances.filter(
        Q(pk__in=Alerte.objects.ouvertes().values("reconnaissance_id"))
        | Q(pk__in=Suspension.objects.en_cours().values("reconnaissance_id"))
        | Q(pk__in=Retrait.objects.filter(issue="").values("reconnaissance_id"))
    )


def reconnaissances_de(equipe: Equipe) -> list[Reconnaissance]:
    """Celles d'une équipe, la plus récente d'abord, avec ce qui leur arrive ; lues une fois par page."""
    lues: list[Reconnaissance] | None = getattr(equipe, "_reconnaissances_lues", None)
    if lues is None:
        lues = list(
            Reconnaissance.objects.filter(equipe=equipe)
            .select_related("region", "attestation", "dossier")
            .prefetch_related("suspensions", "alertes", "retraits")
            .order_by("-debut", "pk")
        )
        for sienne in lues:
            sienne.equipe = equipe  # déjà lue, membres compris
        equipe._reconnaissances_lues = lues  # type: ignore[attr-defined]
    return lues


def alerte_ouverte(reconnaissance: Reconnaissance) -> Alerte | None:
    """Celle qui court, s'il y en a une ; se sert des alertes préchargées."""
    return next((a for a in reconnaissance.alertes.all() if a.close_le is None), None)


def retrait_ouvert(reconnaissance: Reconnaissance) -> Retrait | None:
    """Le retrait dont l'ARS n'a pas encore décidé, s'il y en a un."""
    return next((r for r in reconnaissance.retraits.all() if r.est_ouvert), None)


@dataclass(frozen=True, slots=True)
class LimiteDuRetrait:
    """Le jour jusqu'auquel une décision qui crée des droits se retire (CRPA, L. 242-1), et s'il est passé."""

    jour: date
    passee: bool


def limite_du_retrait(reconnaissance: Reconnaissance) -> LimiteDuRetrait | None:
    """Comptée de la décision, sinon de la reconnaissance ; le délai vient de l'édition. Elle n'empêche rien."""
    regles = regles_de(reconnaissance)
    demarche = regles.demarche.id if regles and regles.demarche else ""
    mois = regles.edition.courrier("retrait", demarche).delai_mois if regles else None
    if mois is None:
        return None
    jour = ajouter_mois(reconnaissance.decision_le or reconnaissance.debut, mois)
    return LimiteDuRetrait(jour, jour < timezone.localdate())


def verifiable(numero: str) -> Reconnaissance | None:
    """La reconnaissance de ce numéro, pour la page publique ; une équipe fictive n'y est qu'en démonstration."""
    trouvees = Reconnaissance.objects.filter(numero__iexact=" ".join(numero.replace("\0", "").split())[:30])
    if not settings.DEMONSTRATION:
        trouvees = trouvees.filter(equipe__fictive=False)
    return (
        trouvees.select_related("equipe__implantation__departement", "region").prefetch_related("suspensions").first()
    )


# --- L'annuaire -------------------------------------------------------------------------------------


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
    suspendue_depuis: date | None = None

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
            "suspendue_depuis": self.suspendue_depuis.isoformat() if self.suspendue_depuis else None,
        }


def equipes_reconnues(region: str = "", le: date | None = None) -> ReconnaissanceQuerySet:
    """L'annuaire public : les reconnaissances en cours ce jour-là, d'une région (sa clé) ou de toutes.

    Trois requêtes, avec tout ce que lit `fiche_publique`. Une reconnaissance retirée n'y est plus ; suspendue, elle y
    reste et le dit. Les équipes fictives n'y sont que dans la démonstration.
    """
    suspensions = Suspension.objects.en_cours(le).filter(reconnaissance=OuterRef("pk"))
    reconnues = Reconnaissance.objects.en_cours(le).publiques()
    reconnues = reconnues.annotate(suspendue_depuis=Subquery(suspensions.values("debut")[:1]))
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
        suspendue_depuis=reconnaissance.suspendue_depuis,  # type: ignore[attr-defined]  # annotée ci-dessus
    )


def _profession(membre: Membre, socle: Socle) -> str:
    # Le métier d'un non-professionnel est un texte libre : il pourrait désigner quelqu'un.
    return metier_de(membre, socle) if membre.professionnel else AUTRES_METIERS


def annuaire(region: str = "") -> list[FichePublique]:
    """Les fiches publiques des équipes reconnues, par nom ; trois requêtes."""
    socle = national()
    return [fiche_publique(reconnaissance, socle) for reconnaissance in equipes_reconnues(region)]
