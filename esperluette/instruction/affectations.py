"""À qui revient un dossier : la règle au dépôt, et les réaffectations."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Count

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import agents_en_fonction, perimetre, referents_par_rang
from esperluette.comptes.models import Compte
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.instruction.absences import relais_de
from esperluette.instruction.models import Affectation
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer

CLOS = "Ce dossier est clos : il ne se confie plus à personne."


# --- Qui ------------------------------------------------------------------------------------------


def peut_affecter(acteur: Any, dossier: Dossier) -> Permission:
    """Confier un dossier à un agent : celui qui peut l'instruire, tant qu'il est ouvert."""
    return non(CLOS) if dossier.etat in Etat.CLOS else peut_instruire(acteur, dossier)


def agents_pour(dossier: Dossier) -> list[Compte]:
    """Les agents en fonction dont le périmètre contient la commune de l'équipe, par nom ; deux requêtes."""
    commune = dossier.equipe.implantation
    return [c for c, territoire in agents_en_fonction([commune.region_id]).items() if territoire.contient(commune)]


def charges(comptes: Collection[Compte]) -> dict[int, int]:
    """Le nombre de dossiers ouverts de chacun, par compte ; une requête."""
    lignes = Dossier.objects.ouverts().filter(affecte_a__in=comptes, depose_le__isnull=False)
    return dict(lignes.order_by().values_list("affecte_a").annotate(nombre=Count("pk")))


def choisir(dossier: Dossier) -> Compte | None:
    """À qui la règle confie ce dossier : l'intercommunalité, puis le département, puis la région.

    À rang égal, le moins chargé, puis par nom. Un absent est remplacé par son relais. None : personne en fonction.
    """
    commune = dossier.equipe.implantation
    for referents in referents_par_rang(commune):
        presents = dict.fromkeys(relais_de(referent) for referent in referents)
        retenus = [c for c in presents if perimetre(c, Role.INSTRUCTEURS).contient(commune)]
        if retenus:
            deja = charges(retenus)
            return min(retenus, key=lambda c: (deja.get(c.pk, 0), c.nom.lower(), c.prenom.lower(), c.pk))
    return None


# --- Écrire ---------------------------------------------------------------------------------------


def affecter_au_depot(depot: Depot, _acteur: Any = None) -> None:
    """Confie un dossier qui arrive, s'il n'est à personne ou si son agent n'instruit plus ici. Écoute `DEPOTS`."""
    dossier = depot.dossier
    agent = dossier.instruit_par or dossier.affecte_a
    if agent is None or not perimetre(agent, Role.INSTRUCTEURS).contient(dossier.equipe.implantation):
        affecter_selon_la_regle(dossier)


@transaction.atomic
def affecter_selon_la_regle(dossier: Dossier) -> Compte | None:
    """Affecte selon la règle, et rend l'agent choisi ; personne en fonction, le dossier n'est à personne."""
    agent = choisir(dossier)
    if agent != dossier.affecte_a:
        _confier(dossier, agent, acteur=None, motif="")
    return agent


@transaction.atomic
def affecter(dossier: Dossier, agent: Compte, *, acteur: Compte, motif: str = "") -> Dossier:
    """Confie le dossier à un agent du périmètre ; l'ancien et le nouveau en sont prévenus. Rejoué, sans effet.

    Qui instruisait passe la main. Lève `Refus` (hors de son périmètre, clos) ou `ErreurMetier` (l'agent choisi
    ne peut pas instruire ce dossier).
    """
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("equipe__implantation", "affecte_a", "instruit_par")
        .get(pk=dossier.pk)
    )
    permission = peut_affecter(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    if not peut_instruire(agent, dossier):
        raise ErreurMetier(hors_perimetre(agent))
    if dossier.affecte_a_id == agent.pk and dossier.instruit_par_id in (None, agent.pk):
        return dossier
    ancien = dossier.instruit_par or dossier.affecte_a
    _confier(dossier, agent, acteur=acteur, motif=motif.strip())
    _prevenir(dossier, agent, ancien, acteur)
    return dossier


def hors_perimetre(agent: Compte) -> str:
    """Pourquoi cet agent ne peut pas recevoir ce dossier."""
    return f"Ce dossier n’est pas dans le périmètre de {agent}, ou {agent} n’instruit plus."


def suivre_l_instruction(dossier: Dossier) -> None:
    """Qui prend un dossier en instruction en devient l'agent ; celui à qui il revenait l'apprend."""
    agent, ancien = dossier.instruit_par, dossier.affecte_a
    if agent is None or agent == ancien:
        return
    _confier(dossier, agent, acteur=agent, motif="", au_journal=ancien is not None)
    if ancien is not None:
        _prevenir(dossier, agent, ancien, agent)


def _confier(
    dossier: Dossier, agent: Compte | None, *, acteur: Compte | None, motif: str, au_journal: bool = True
) -> None:
    """Le seul endroit qui écrit à qui revient un dossier."""
    ancien = dossier.instruit_par or dossier.affecte_a
    Affectation.objects.create(dossier=dossier, agent=agent, ancien=ancien, motif=motif, par=acteur)
    dossier.affecte_a = agent
    if dossier.instruit_par_id is not None:
        dossier.instruit_par = agent
    dossier.save(update_fields=["affecte_a", "instruit_par"])
    if au_journal:
        sorte = "dossier_affecte" if agent else "dossier_desaffecte"
        consigner(sorte, dossier, acteur=acteur, agent=agent.pk if agent else None, nom=str(agent or ""))


def _prevenir(dossier: Dossier, agent: Compte, ancien: Compte | None, acteur: Compte) -> None:
    """Le nouveau et l'ancien, sauf celui qui vient de le faire ; un absent, et son relais."""
    contexte = {"dossier": dossier, "agent": agent, "acteur": acteur, "chemin": f"/instruction/{dossier.reference}/"}
    for compte in {agent, relais_de(agent)} - {acteur}:
        envoyer("instruction/dossier_confie", a=compte, objet_lie=dossier, contexte=contexte)
    if ancien is not None and ancien not in (acteur, agent) and ancien.is_active:
        envoyer("instruction/dossier_passe", a=ancien, objet_lie=dossier, contexte=contexte)
