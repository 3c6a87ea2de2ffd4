"""Le cycle de vie d'un dossier : une table figée de transitions, et la seule fonction qui écrit l'état.

La table donne les boutons, les droits, le diagramme de `docs/cycle-de-vie.md` et l'essai exhaustif.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import OUI, Permission
from esperluette.comptes.models import Compte
from esperluette.dossiers import droits
from esperluette.dossiers.delais import horloge_de
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier, Passage
from esperluette.journal.actions import consigner

Droit = Callable[[Compte, Dossier], Permission]
Arrivee = Callable[[Dossier], Etat]


class TransitionImpossible(ErreurMetier):
    """Le dossier n'est pas (ou plus) dans un état qui permet ce geste."""


class GardeFermee(ErreurMetier):
    """Le geste est permis à cette personne, mais une condition manque encore."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Un geste : d'où, vers où, par qui. `irreversible` demande une confirmation à l'écran."""

    nom: str
    depuis: frozenset[Etat]
    vers: Etat | Arrivee
    droit: Droit
    libelle: str
    qui: str
    exige_motif: bool = False
    irreversible: bool = False

    def arrivee(self, dossier: Dossier) -> Etat:
        """L'état atteint par ce dossier."""
        return self.vers if isinstance(self.vers, Etat) else self.vers(dossier)


def _retour_a_l_ecriture(dossier: Dossier) -> Etat:
    """Rouvert avant tout dépôt, c'est un brouillon ; après, c'est un complément."""
    return Etat.BROUILLON if dossier.depose_le is None else Etat.A_COMPLETER


PORTEUR = "porteur, ou membre à qui il l’a confié"
_ECRITURE = frozenset({Etat.BROUILLON, Etat.A_COMPLETER})
_OUVERTS = frozenset(Etat(e) for e in Etat.OUVERTS)

TRANSITIONS: dict[str, Transition] = {
    t.nom: t
    for t in (
        Transition("figer", _ECRITURE, Etat.A_SIGNER, droits.peut_deposer, "Figer pour signature", PORTEUR),
        Transition(
            "rouvrir", frozenset({Etat.A_SIGNER}), _retour_a_l_ecriture, droits.peut_piloter,
            "Rouvrir la rédaction", "porteur", irreversible=True,
        ),
        Transition(
            "deposer", frozenset({Etat.A_SIGNER, *_ECRITURE}), Etat.DEPOSE, droits.peut_deposer,
            "Déposer le dossier", PORTEUR, irreversible=True,
        ),
        Transition(
            "prendre_en_instruction", frozenset({Etat.DEPOSE}), Etat.EN_INSTRUCTION, droits.peut_instruire,
            "Prendre en instruction", "agent du périmètre",
        ),
        Transition(
            "rendre", frozenset({Etat.EN_INSTRUCTION}), Etat.DEPOSE, droits.peut_instruire,
            "Rendre le dossier (pris par erreur)", "agent du périmètre",
        ),
        Transition(
            "demander_complements", frozenset({Etat.EN_INSTRUCTION}), Etat.A_COMPLETER, droits.peut_instruire,
            "Demander des compléments", "agent du périmètre", exige_motif=True,
        ),
        Transition(
            "annuler_complements", frozenset({Etat.A_COMPLETER, Etat.A_SIGNER}), Etat.EN_INSTRUCTION,
            droits.peut_instruire, "Annuler la demande de compléments", "agent du périmètre", exige_motif=True,
        ),
        Transition(
            "inscrire", frozenset({Etat.EN_INSTRUCTION}), Etat.INSCRIT, droits.peut_inscrire,
            "Inscrire à une séance", "agent ou secrétariat",
        ),
        Transition(
            "desinscrire", frozenset({Etat.INSCRIT}), Etat.EN_INSTRUCTION, droits.peut_inscrire,
            "Retirer de la séance", "agent ou secrétariat",
        ),
        Transition(
            "ajourner", frozenset({Etat.INSCRIT}), Etat.EN_INSTRUCTION, droits.peut_rendre_avis,
            "Ajourner", "instance", exige_motif=True,
        ),
        Transition(
            "rendre_avis", frozenset({Etat.INSCRIT}), Etat.AVIS_RENDU, droits.peut_rendre_avis,
            "Rendre l’avis", "instance", irreversible=True,
        ),
        Transition(
            "accepter", frozenset({Etat.AVIS_RENDU, Etat.EN_INSTRUCTION}), Etat.ACCEPTE, droits.peut_decider,
            "Accepter", "autorité de l’ARS", irreversible=True,
        ),
        Transition(
            "refuser", frozenset({Etat.AVIS_RENDU, Etat.EN_INSTRUCTION}), Etat.REFUSE, droits.peut_decider,
            "Refuser", "autorité de l’ARS", exige_motif=True, irreversible=True,
        ),
        Transition(
            "differer", frozenset({Etat.AVIS_RENDU}), Etat.EN_INSTRUCTION, droits.peut_decider,
            "Ajourner la décision", "autorité de l’ARS", exige_motif=True, irreversible=True,
        ),
        Transition(
            "retirer_l_accord", frozenset({Etat.ACCEPTE}), Etat.EN_INSTRUCTION, droits.peut_decider,
            "Retirer la décision", "autorité de l’ARS", exige_motif=True, irreversible=True,
        ),
        Transition(
            "reexaminer", frozenset({Etat.REFUSE}), Etat.EN_INSTRUCTION, droits.peut_instruire,
            "Réexaminer (recours gracieux)", "agent du périmètre", exige_motif=True,
        ),
        Transition(
            "classer_sans_suite", _OUVERTS, Etat.SANS_SUITE, droits.peut_instruire,
            "Classer sans suite", "agent du périmètre", exige_motif=True, irreversible=True,
        ),
        Transition(
            "retirer", _OUVERTS, Etat.RETIRE, droits.peut_piloter,
            "Retirer le dossier", "porteur", irreversible=True,
        ),
    )
}  # fmt: skip

# Ce qui doit être vrai en plus du droit ; les apps du haut en ajoutent depuis leur `ready()`.
Garde = Callable[[Dossier, Compte], Permission]
_GARDES: dict[str, list[Garde]] = defaultdict(list)


def inscrire_garde(transition: str, garde: Garde) -> None:
    """Ajoute une condition à une transition ; KeyError si elle n'existe pas."""
    if garde not in _GARDES[TRANSITIONS[transition].nom]:
        _GARDES[transition].append(garde)


# Ce qui se fait avec une transition, dans sa transaction, une fois l'état écrit : une app du haut suit le dossier.
Effet = Callable[[Dossier, Compte], None]
_EFFETS: dict[str, list[Effet]] = defaultdict(list)


def inscrire_effet(transition: str, effet: Effet) -> None:
    """Ajoute un effet à une transition ; KeyError si elle n'existe pas."""
    if effet not in _EFFETS[TRANSITIONS[transition].nom]:
        _EFFETS[transition].append(effet)


def permission(dossier: Dossier, nom: str, compte: Compte) -> Permission:
    """Ce geste est-il possible maintenant, pour ce compte ? Sinon, la première raison."""
    t = TRANSITIONS[nom]
    if dossier.etat not in t.depuis:
        return Permission(accordee=False, motif=_hors_etat(dossier, t))
    droit = t.droit(compte, dossier)
    if not droit:
        return droit
    for garde in _GARDES[nom]:
        reponse = garde(dossier, compte)
        if not reponse:
            return reponse
    return OUI


def _hors_etat(dossier: Dossier, t: Transition) -> str:
    etats = " ou ".join(f"« {e.label} »" for e in Etat if e in t.depuis)
    return f"« {t.libelle} » demande un dossier {etats} ; celui-ci est « {dossier.etat_enum.label} »."


@transaction.atomic
def franchir(
    dossier: Dossier, nom: str, *, acteur: Compte, motif: str = "", avant_le: date | None = None, **donnees: Any
) -> Dossier:
    """Franchit une transition et rend le dossier verrouillé, à jour, avec son horloge.

    `avant_le` : le dernier jour donné à l'équipe. `donnees` : identifiants ajoutés au journal. Lève
    `TransitionImpossible` (mauvais état), `Refus` (pas le droit), `GardeFermee` (condition manquante) ; rien n'est
    alors écrit.
    """
    t = TRANSITIONS[nom]
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
    if dossier.etat not in t.depuis:
        raise TransitionImpossible(_hors_etat(dossier, t))
    droit = t.droit(acteur, dossier)
    if not droit:
        raise Refus(droit.motif)
    for garde in _GARDES[nom]:
        reponse = garde(dossier, acteur)
        if not reponse:
            raise GardeFermee(reponse.motif)
    if t.exige_motif and not motif.strip():
        raise GardeFermee("Indiquez le motif : l’équipe le lira.")
    avant = dossier.etat
    dossier.etat = t.arrivee(dossier)
    dossier.etat_depuis = dossier.mouvement_le = timezone.now()
    # L'échéance appartient à l'état quitté ; qui franchit pose la suivante (`poser_echeance`).
    dossier.echeance, dossier.echeance_nature = None, ""
    dossier.motif = motif.strip()
    if nom == "deposer" and dossier.depose_le is None:
        dossier.depose_le = dossier.etat_depuis
    if nom == "prendre_en_instruction":
        dossier.instruit_par = acteur
    if nom == "rendre":
        dossier.instruit_par = None
    Passage.objects.create(
        dossier=dossier, geste=nom, de=avant, vers=dossier.etat, le=dossier.etat_depuis, acteur=acteur,
        avant_le=avant_le,
    )  # fmt: skip
    _tenir_l_horloge(dossier)
    dossier.save(
        update_fields=[
            "etat", "etat_depuis", "motif", "depose_le", "instruit_par", "mouvement_le", "silence_le", "echeance",
            "echeance_nature",
        ]
    )  # fmt: skip
    consigner(nom, dossier, acteur=acteur, de=avant, vers=dossier.etat, **donnees)
    for effet in _EFFETS[nom]:
        effet(dossier, acteur)
    return dossier


def _tenir_l_horloge(dossier: Dossier) -> None:
    """Recopie l'échéance du silence ; chez l'ARS, c'est la date à surveiller tant que personne n'en pose une autre."""
    dossier.silence_le = horloge_de(dossier).echeance
    if dossier.etat in Etat.CHEZ_L_ARS and dossier.silence_le is not None:
        dossier.echeance, dossier.echeance_nature = dossier.silence_le, NatureEcheance.SILENCE


def recaler_l_horloge(dossier: Dossier) -> bool:
    """Remet `silence_le` d'accord avec les passages (le délai donné à l'équipe vient de passer) ; vrai s'il change."""
    juste = horloge_de(dossier).echeance
    if juste == dossier.silence_le:
        return False
    dossier.silence_le = juste
    if dossier.etat in Etat.CHEZ_L_ARS and dossier.echeance_nature in ("", NatureEcheance.SILENCE):
        dossier.echeance, dossier.echeance_nature = juste, NatureEcheance.SILENCE if juste else ""
    dossier.save(update_fields=["silence_le", "echeance", "echeance_nature"])
    return True


def prolonger(dossier: Dossier, avant_le: date) -> None:
    """Change le dernier jour donné à l'équipe par la demande de compléments en cours ; l'horloge suit."""
    demande = dossier.passages.filter(geste="demander_complements").last()
    if demande is not None:
        demande.avant_le = avant_le
        demande.save(update_fields=["avant_le"])
    recaler_l_horloge(dossier)
    poser_echeance(dossier, avant_le, NatureEcheance.COMPLEMENTS)


def poser_echeance(dossier: Dossier, le: date | None, nature: NatureEcheance | None) -> None:
    """La prochaine date qui compte pour ce dossier, et pourquoi ; None l'efface. Dans la transaction de l'appelant."""
    dossier.echeance, dossier.echeance_nature = le, nature or ""
    dossier.save(update_fields=["echeance", "echeance_nature"])


def marquer_un_mouvement(dossier: Dossier) -> None:
    """Quelque chose s'est passé (message, remarque, réunion…) : le dossier n'est pas inactif."""
    dossier.mouvement_le = timezone.now()
    dossier.save(update_fields=["mouvement_le"])


def diagramme() -> str:
    """Le diagramme Mermaid de la table, pour `docs/cycle-de-vie.md`."""
    lignes = ["stateDiagram-v2", "    [*] --> brouillon"]
    for t in TRANSITIONS.values():
        for depart in sorted(t.depuis):
            arrivees = [t.vers] if isinstance(t.vers, Etat) else [Etat.BROUILLON, Etat.A_COMPLETER]
            lignes += [f"    {depart.value} --> {a.value} : {t.nom}" for a in arrivees if a != depart]
    return "\n".join(lignes) + "\n"
