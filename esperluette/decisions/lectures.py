"""Lire une décision : ce qu'elle dit, ce que vaut chaque variable de son courrier, jusqu'à quand on la conteste."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois, en_lettres
from esperluette.decisions.avis import AvisLu, avis_lu
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.decisions.models import Courrier, Decision, DecisionQuerySet
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.delais import DELAI_DE_REPONSE, reponse_apres_seance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Membre
from esperluette.referentiel.courriers import Valeurs
from esperluette.referentiel.modele import Demarche, Edition

ALERTE = timedelta(days=7)  # une réponse promise se signale avant ce terme


def avec_ce_qu_il_faut(decisions: DecisionQuerySet) -> DecisionQuerySet:
    """Charge avec chaque décision son dossier, son équipe, ses acteurs et son courrier en cours."""
    courriers = Courrier.objects.filter(remplace_le=None).select_related("document")
    return decisions.select_related(
        "dossier__equipe__implantation__departement", "dossier__equipe__implantation__region", "dossier__instruit_par",
        "preparee_par", "relue_par", "signee_par", "notifiee_par", "consultee_par", "finie_par", "remplace",
    ).prefetch_related(Prefetch("courriers", courriers, to_attr="courriers_en_cours"))  # fmt: skip


def decisions_de(dossier: Dossier) -> list[Decision]:
    """Toutes les décisions d'un dossier, la plus récente d'abord ; deux requêtes."""
    decisions = list(avec_ce_qu_il_faut(Decision.objects.filter(dossier=dossier)))
    for decision in decisions:
        decision.dossier = dossier
    return decisions


def active_de(dossier: Dossier) -> Decision | None:
    """La décision qui occupe ce dossier, s'il y en a une."""
    decision = Decision.objects.actives().filter(dossier=dossier).first()
    if decision is not None:
        decision.dossier = dossier
    return decision


def recue_de(dossier: Dossier) -> Decision | None:
    """La dernière décision que l'équipe a reçue ; lue une fois par requête HTTP, une requête."""
    gardee: list[Decision] | None = getattr(dossier, "_decisions_recues", None)
    if gardee is None:
        gardee = list(Decision.objects.recues().filter(dossier=dossier)[:1])
        setattr(dossier, "_decisions_recues", gardee)  # noqa: B010 — un cache, que le modèle ne connaît pas
    return gardee[0] if gardee else None


def courrier_de(decision: Decision, nature: str = NatureDeCourrier.DECISION) -> Courrier | None:
    """Le courrier en cours de cette décision ; se sert de ce qui est déjà lu."""
    lus: list[Courrier] | None = getattr(decision, "courriers_en_cours", None)
    if lus is None:
        return decision.courriers.filter(remplace_le=None, nature=nature).select_related("document").first()
    return next((c for c in lus if c.nature == nature), None)


# --- Ce que dit un courrier ---------------------------------------------------------------------------


def valeurs_de(decision: Decision, avis: AvisLu | None) -> Valeurs:
    """Ce que vaut chaque variable d'un modèle pour cette décision. Aucune donnée n'y est du code."""
    dossier, equipe = decision.dossier, decision.dossier.equipe
    edition, demarche = edition_de(dossier), demarche_de(dossier)
    instance = edition.instance(demarche.instance) if demarche.instance else None
    return {
        "equipe": equipe.nom,
        "porteur": str(equipe.porteur),
        "forme": edition.socle.formes[equipe.forme_visee].article,
        "commune": equipe.implantation.nom,
        "departement": equipe.implantation.departement.nom,
        "region": equipe.implantation.region.nom,
        "reference": dossier.reference,
        "demarche": dossier.demarche_libelle,
        "depose_le": en_lettres(timezone.localtime(dossier.depose_le)) if dossier.depose_le else "",
        "commission": f"{instance.nom} ({instance.sigle})" if instance and avis else "",
        "seance": en_lettres(avis.seance_le) if avis else "",
        "avis": decision.avis[:1].lower() + decision.avis[1:],
        "aides": ", ".join(a.libelle for a in edition.aides if a.demarche == demarche.id),
        "fondement": demarche.regime.texte,
        "suite": tuple(s.texte for s in suites_de(dossier)) if decision.sens in Sens.FAVORABLES else (),
        "reserves": decision.liste_des_reserves,
        "motif": decision.motif,
        "decision_du": en_lettres(decision.date) if decision.date else "",
        "observations_le": en_lettres(decision.observations_le) if decision.observations_le else "",
    }


@dataclass(frozen=True, slots=True)
class Suite:
    """Ce qui vient après une décision favorable. `demarche` : elle s'ouvre ici, en ligne."""

    titre: str
    texte: str
    demarche: str = ""


def suites_de(dossier: Dossier) -> list[Suite]:
    """Les démarches que la région dit suivre celle-ci ; à défaut, l'étape suivante de son chemin."""
    edition, demarche = edition_de(dossier), demarche_de(dossier)
    forme = dossier.equipe.forme_visee
    suivantes = [edition.demarche(cle) for cle in demarche.suites]
    suites = [Suite(d.libelle, d.libelle, d.id if d.en_ligne else "") for d in suivantes if forme in d.formes]
    return suites or _etape_suivante(edition, demarche, forme)


def _etape_suivante(edition: Edition, demarche: Demarche, forme: str) -> list[Suite]:
    chemin = edition.chemin_de(forme)
    rangs = [n for n, etape in enumerate(chemin) if etape.demarche == demarche.id]
    suivantes = chemin[rangs[-1] + 1 :] if rangs else ()
    return [Suite(etape.titre, etape.titre) for etape in suivantes[:1]]


def contenu_a_signer(decision: Decision, courrier: Courrier) -> dict[str, Any]:
    """Ce que la signature engage : la décision, son courrier, et le dépôt sur lequel on décide."""
    depot = decision.dossier.depots.filter(depose_le__isnull=False).first()
    return {
        "dossier": decision.dossier.reference,
        "depot": depot.empreinte if depot else "",
        "decision": decision.pk,
        "sens": decision.sens,
        "motif": decision.motif,
        "reserves": list(decision.liste_des_reserves),
        "avis": decision.avis,
        "objet": courrier.objet,
        "corps": courrier.corps,
        "voies": [v.texte for v in voies_de(decision.dossier)],
    }


def empreinte_de(decision: Decision) -> str:
    """L'empreinte de ce qui se signe ; vide s'il n'y a pas de courrier."""
    courrier = courrier_de(decision)
    return empreinte(contenu_a_signer(decision, courrier)) if courrier else ""


def derniere_qualite(compte: Any) -> str:
    """La qualité sous laquelle cette autorité a signé la dernière fois ; vide la première."""
    siennes = Decision.objects.filter(signee_par=compte).order_by("-signee_le").values_list("qualite", flat=True)
    return siennes.first() or ""


# --- Contester ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voie:
    """Une voie de recours du régime de la démarche ; une fois la décision notifiée, son dernier jour."""

    libelle: str
    texte: str
    mois: int
    avant_le: date | None = None


def voies_de(dossier: Dossier, notifiee_le: Any = None) -> tuple[Voie, ...]:
    """Les voies de recours de l'édition du dossier ; leur date se compte de la notification."""
    edition, jour = edition_de(dossier), timezone.localdate(notifiee_le) if notifiee_le else None
    recours = (edition.socle.recours[cle] for cle in demarche_de(dossier).regime.recours)
    return tuple(
        Voie(r.libelle, r.texte, r.delai_mois, ajouter_mois(jour, r.delai_mois) if jour else None) for r in recours
    )


def retrait_possible_jusqu_au(decision: Decision) -> date | None:
    """Le dernier jour pour retirer une décision créatrice de droits ; rien si l'édition n'en dit pas le délai."""
    modele = edition_de(decision.dossier).courrier("retrait", decision.dossier.demarche)
    if decision.date is None or modele.delai_mois is None:
        return None
    return ajouter_mois(decision.date, modele.delai_mois)


# --- La réponse promise après la commission -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReponsePromise:
    """Ce que la région s'engage à faire après la séance, le jour dit, et ce qu'il en reste."""

    texte: str
    le: date

    @property
    def jours(self) -> int:
        """Les jours qui restent ; négatif quand le terme est passé."""
        return (self.le - timezone.localdate()).days

    @property
    def mot(self) -> str:
        """« dans 12 jours », « aujourd'hui », « dépassée de 3 jours »."""
        if self.jours == 0:
            return "aujourd’hui"
        mot = f"{abs(self.jours)} jour{'s' if abs(self.jours) > 1 else ''}"
        return f"dans {mot}" if self.jours > 0 else f"dépassée de {mot}"

    @property
    def ton(self) -> str:
        """Le ton du signalement ; le mot dit tout."""
        if self.jours < 0:
            return "erreur"
        return "attention" if timedelta(days=self.jours) <= ALERTE else "info"


def reponse_promise(dossier: Dossier, *, deduire: bool = True) -> ReponsePromise | None:
    """La réponse que la région promet après la séance, tant que la décision n'est pas partie.

    Le jour est celui que la séance a posé sur le dossier ; à défaut, il se déduit de l'avis. `deduire=False` : pas de
    requête, pour une liste.
    """
    if dossier.etat != Etat.AVIS_RENDU:
        return None
    delai = next((d for d in demarche_de(dossier).regime.delais if d.id == DELAI_DE_REPONSE), None)
    if delai is None or delai.depuis != "seance":
        return None
    if dossier.echeance is not None and dossier.echeance_nature == NatureEcheance.REPONSE:
        return ReponsePromise(delai.libelle, dossier.echeance)
    avis = avis_lu(dossier) if deduire else None
    jour = reponse_apres_seance(dossier, avis.seance_le) if avis else None
    return ReponsePromise(delai.libelle, jour) if jour else None


# --- La boîte de départ -------------------------------------------------------------------------------


def boite_de_depart(compte: Any) -> list[Decision]:
    """Ce qui attend d'être relu, signé ou notifié dans ce périmètre, le plus urgent d'abord ; deux requêtes."""
    destinataires = (
        Membre.objects.confirmes()
        .filter(equipe=OuterRef("dossier__equipe"))
        .order_by()
        .values("equipe")
        .annotate(n=Count("pk"))
        .values("n")
    )
    decisions = avec_ce_qu_il_faut(Decision.objects.dans_le_perimetre(compte))
    return list(
        decisions.filter(etat__in=EtatDecision.AVANT_NOTIFICATION)
        .annotate(destinataires=Coalesce(Subquery(destinataires), 0))
        .order_by("dossier__echeance", "preparee_le", "pk")
    )


def a_decider() -> Q:
    """La condition, sur un dossier, d'un avis rendu que personne n'a commencé à suivre d'une décision."""
    return Q(etat=Etat.AVIS_RENDU) & ~Q(pk__in=Decision.objects.actives().values("dossier"))


def a_notifier() -> Q:
    """La condition, sur un dossier, d'une décision signée qui attend son départ."""
    return Q(pk__in=Decision.objects.filter(etat=EtatDecision.SIGNEE).values("dossier"))


def choisies(compte: Any, identifiants: Sequence[str], etats: Sequence[str]) -> list[Decision]:
    """Les décisions cochées dans la boîte, du périmètre et dans l'un de ces états, dans l'ordre de la boîte."""
    cles = {int(i) for i in identifiants if i.isascii() and i.isdigit() and len(i) < 10}
    return [d for d in boite_de_depart(compte) if d.pk in cles and d.etat in etats] if cles else []
