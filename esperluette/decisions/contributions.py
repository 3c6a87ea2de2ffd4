"""Ce que la décision ajoute aux pages d'un dossier, côté agent et côté équipe ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.decisions import droits
from esperluette.decisions.enums import EtatDecision
from esperluette.decisions.lectures import a_decider, a_notifier, active_de, recue_de, reponse_promise
from esperluette.decisions.models import Decision
from esperluette.dossiers.contributions import Action, Bloc, Onglet
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Corbeille, Geste, Signalement

# Une décision s'y prépare, ou s'y trouve déjà.
AVEC_DECISION = (Etat.AVIS_RENDU, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE)
ROUVERTS = (Etat.EN_INSTRUCTION, Etat.INSCRIT, Etat.AVIS_RENDU, Etat.A_COMPLETER)


def onglets_de_l_agent(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """L'onglet « Décision », toujours : même vide, il dit ce qui manque pour décider."""
    yield Onglet("decision", "Décision", reverse("decisions:fiche", args=[dossier.reference]), ordre=60)


def gestes(dossier: Dossier, compte: Any) -> Iterator[Geste]:
    """Préparer, signer ou notifier, selon où en est la décision et qui regarde ; une requête au plus."""
    if dossier.etat not in droits.A_DECIDER:
        return
    active = active_de(dossier)
    lien = reverse("decisions:fiche", args=[dossier.reference])
    if active is None:
        if droits.peut_preparer(compte, dossier):
            preparer = reverse("decisions:rediger", args=[dossier.reference])
            principal = dossier.etat == Etat.AVIS_RENDU
            yield Geste("decision", "Préparer la décision", preparer, principal=principal, ordre=60)
    elif droits.peut_signer(compte, active):
        yield Geste("decision", "Lire et signer la décision", _choisie("signer", active), principal=True, ordre=60)
    elif droits.peut_notifier(compte, active):
        yield Geste("decision", "Notifier la décision", _choisie("notifier", active), principal=True, ordre=60)
    elif droits.peut_rediger(compte, active):
        yield Geste("decision", "Reprendre la décision", lien, ordre=60)


def _choisie(nom: str, decision: Decision) -> str:
    return reverse(f"decisions:{nom}") + f"?d={decision.pk}"


def corbeilles(_compte: Any) -> Iterator[Corbeille]:
    """Ce qui attend une décision, puis ce qui attend son départ."""
    yield Corbeille("a_decider", "Décisions à préparer", a_decider(), 58, si_vide=False)
    yield Corbeille("a_notifier", "Décisions à notifier", a_notifier(), 60)


def action_de_l_equipe(dossier: Dossier, _compte: Any) -> Action | None:
    """Décidé, le dossier se relit moins que sa décision : ce qu'elle dit, ce qui suit, comment la contester."""
    if dossier.etat not in (Etat.ACCEPTE, Etat.REFUSE) or dossier.reprise:
        return None
    return Action("Lire la décision et la suite", reverse("decisions:equipe", args=[dossier.reference]))


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """Le compte à rebours de la réponse promise après la commission."""
    promise = reponse_promise(dossier)
    if promise is not None:
        titre = f"Réponse promise le {en_lettres(promise.le)}, {promise.mot}"
        yield Signalement(titre, promise.texte, promise.ton, reverse("decisions:fiche", args=[dossier.reference]),
                          "Voir la décision")  # fmt: skip


def onglets_de_l_equipe(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """La page de la décision, quand l'équipe en a reçu une ; rien à lire tant que le dossier n'a pas été décidé."""
    if _a_pu_etre_decide(dossier) and (decision := recue_de(dossier)) is not None:
        nombre = int(decision.consultee_le is None)
        lien = reverse("decisions:equipe", args=[dossier.reference])
        yield Onglet("decision", "Décision", lien, nombre, ordre=60)


def blocs(dossier: Dossier, _compte: Any) -> Iterator[Bloc]:
    """En tête de la fiche : la décision reçue, ou la réponse promise."""
    promise = reponse_promise(dossier)
    if promise is not None:
        texte = f"{promise.texte} Nous l’attendons pour le {en_lettres(promise.le)}, {promise.mot}."
        yield Bloc("reponse", "La réponse de l’agence", texte, ordre=20)
    decision = recue_de(dossier) if _a_pu_etre_decide(dossier) else None
    if decision is None or decision.notifiee_le is None:
        return
    lien = reverse("decisions:equipe", args=[dossier.reference])
    le = en_lettres(timezone.localdate(decision.notifiee_le))
    geste = "Lire la décision et ses voies de recours"
    if decision.etat == EtatDecision.NOTIFIEE:
        texte = f"L’agence vous a notifié sa décision le {le} : {decision.sens_enum.label.lower()}."
        # Le bouton principal de la fiche y mène déjà, sauf sur un dossier resté ouvert.
        mene = action_de_l_equipe(dossier, _compte) is not None
        yield Bloc("decision", "Une décision vous attend" if decision.consultee_le is None else "La décision", texte,
                   "" if mene else lien, "" if mene else geste, urgent=decision.consultee_le is None,
                   ordre=10)  # fmt: skip
    elif decision.etat == EtatDecision.REMPLACEE:
        texte = f"La décision du {le} est réexaminée : une nouvelle décision vous sera notifiée."
        yield Bloc("decision", "Votre dossier est réexaminé", texte, lien, "Relire la décision", ordre=10)
    else:
        texte = f"La décision notifiée le {le} a été retirée : une nouvelle décision vous sera notifiée."
        yield Bloc("decision", "Une décision a été retirée", texte, lien, "Lire le courrier", urgent=True, ordre=10)


def _a_pu_etre_decide(dossier: Dossier) -> bool:
    return dossier.depose_le is not None and (dossier.etat in Etat.CLOS or dossier.etat in ROUVERTS)
