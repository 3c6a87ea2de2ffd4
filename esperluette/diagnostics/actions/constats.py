"""Trier les constats : garder, récrire, écarter, revenir sur sa décision.

La phrase vient du calcul fait au serveur, jamais de la page. Le journal note l'acte et l'identifiant du constat, pas
le texte.
"""

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.diagnostics.enums import DecisionDeConstat
from esperluette.diagnostics.models import PHRASE_MAXIMUM, ConstatRetenu
from esperluette.equipes.droits import peut_rediger
from esperluette.equipes.models import Equipe
from esperluette.indicateurs.instantane import ConstatLu
from esperluette.journal.actions import consigner

SORTES = {
    DecisionDeConstat.GARDE: "constat_garde",
    DecisionDeConstat.MODIFIE: "constat_modifie",
    DecisionDeConstat.ECARTE: "constat_ecarte",
}


def garder_constat(equipe: Equipe, constat: ConstatLu, *, acteur: Compte, version: int | None = None) -> ConstatRetenu:
    """Garde la phrase telle qu’elle est calculée. Tout membre confirmé trie les constats : il écrit le projet."""
    return _decider(equipe, constat, DecisionDeConstat.GARDE, constat.phrase, acteur=acteur, version=version)


def ecarter_constat(
    equipe: Equipe, constat: ConstatLu, *, acteur: Compte, version: int | None = None
) -> ConstatRetenu:
    """Écarte la phrase : elle ne se propose plus dans le projet."""
    return _decider(equipe, constat, DecisionDeConstat.ECARTE, constat.phrase, acteur=acteur, version=version)


def recrire_constat(
    equipe: Equipe, constat: ConstatLu, *, phrase: str, acteur: Compte, version: int | None = None
) -> ConstatRetenu:
    """Garde la phrase avec les mots de l'équipe ; les mêmes mots que le calcul reviennent à la garder."""
    propre = " ".join(phrase.replace("\x00", "").split())
    if not propre:
        raise ErreurMetier("Écrivez la phrase à garder, ou écartez ce constat.")
    if len(propre) > PHRASE_MAXIMUM:
        raise ErreurMetier(f"Votre phrase compte {len(propre)} signes : {PHRASE_MAXIMUM} au plus.")
    decision = DecisionDeConstat.GARDE if propre == constat.phrase else DecisionDeConstat.MODIFIE
    return _decider(equipe, constat, decision, propre, acteur=acteur, version=version)


@transaction.atomic
def retrier_constat(equipe: Equipe, identifiant: str, *, acteur: Compte) -> None:
    """Revient sur la décision : le constat est de nouveau à trier. Sans décision, n'écrit rien."""
    _verrouiller(equipe, acteur)
    retirees, _ = ConstatRetenu.objects.filter(equipe=equipe, constat=identifiant).delete()
    if retirees:
        consigner("constat_a_retrier", equipe, acteur=acteur, constat=identifiant)


@transaction.atomic
def _decider(
    equipe: Equipe,
    constat: ConstatLu,
    decision: DecisionDeConstat,
    phrase: str,
    *,
    acteur: Compte,
    version: int | None,
) -> ConstatRetenu:
    """Pose la décision ; la même, envoyée deux fois, n'écrit rien. `version` : celle qu'on avait sous les yeux."""
    _verrouiller(equipe, acteur)
    retenu = ConstatRetenu.objects.filter(equipe=equipe, constat=constat.id).first()
    if retenu is not None:
        if (retenu.decision, retenu.phrase, retenu.phrase_origine) == (decision, phrase, constat.phrase):
            return retenu
        if version is not None and version != retenu.version:
            raise Conflit(
                "Quelqu’un a décidé de ce constat entre-temps : relisez sa version avant d’envoyer la vôtre."
            )
    else:
        retenu = ConstatRetenu(equipe=equipe, constat=constat.id, version=0)
    retenu.genre, retenu.decision, retenu.source = constat.genre, decision, constat.source[:500]
    retenu.phrase, retenu.phrase_origine = phrase[:PHRASE_MAXIMUM], constat.phrase[:PHRASE_MAXIMUM]
    retenu.version += 1
    retenu.par, retenu.le = acteur, timezone.now()
    retenu.save()
    consigner(SORTES[decision], equipe, acteur=acteur, constat=constat.id)
    return retenu


def _verrouiller(equipe: Equipe, acteur: Compte) -> None:
    """Deux décisions sur la même équipe passent l'une après l'autre."""
    relue = Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)
    if not (permission := peut_rediger(acteur, relue)):
        raise Refus(permission.motif)
