"""Les chiffres publics d'un projet : les insérer, les suivre ou les figer, y verser un chiffre de l'ARS."""

from typing import Any

from django.db import transaction

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.diagnostics import encart
from esperluette.diagnostics.lectures.constats import phrases_gardees
from esperluette.dossiers.actions.redaction import ecrire, lire_ou_preparer, verrouiller
from esperluette.dossiers.chemins import champ_du_chemin
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import chiffres_a_jour, communes_du_projet, contexte_de, trame_de, valeurs_de
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.dossiers.registre import ouvert_a_l_ecriture
from esperluette.journal.actions import consigner
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.trames import ValeurRefusee, normaliser

MESSAGES = {
    "inserer": "Chiffres insérés : ils suivent les données jusqu’à la version à signer.",
    "rafraichir": "Chiffres rafraîchis.",
    "figer": "Chiffres figés : ils ne bougeront plus, sauf si vous les rafraîchissez.",
    "suivre": "Ces chiffres suivent de nouveau les données.",
    "reprendre": "Phrases reprises dans votre commentaire : relisez-les, vous pouvez les changer.",
    "oter": "Chiffres retirés. L’historique du champ permet de les remettre.",
    "oter-fourni": "Chiffre retiré. L’historique du champ permet de le remettre.",
}


@transaction.atomic
def agir(dossier: Dossier, chemin: str, geste: str, *details: Any, acteur: Compte) -> str:
    """Fait « contester » ou l'un des gestes de `MESSAGES`, et le dit. Rejoué, il n'écrit pas deux fois.

    Lève `CheminInconnu`, `Refus` (pas le droit d'écrire), `ErreurMetier` (rien de chargé, champ d'un autre type).
    """
    message = MESSAGES.get(geste, "")
    champ = _champ(dossier, chemin)
    dossier = verrouiller(dossier, acteur, chemin)
    reponse = lire_ou_preparer(dossier, chemin)
    valeur: dict[str, Any] = reponse.valeur or {}
    fournis = valeur.get("fournis") or []
    if geste == "oter":
        valeur = {}
    elif geste == "oter-fourni":
        valeur = encart.sans(valeur, details[0] if details else "")
    elif geste == "contester":
        valeur, message = encart.contestee(valeur, *details)
    elif geste == "reprendre":
        valeur = encart.avec_phrases(valeur, [r.a_reprendre for r in phrases_gardees(dossier.equipe)])
    elif geste in {"rafraichir", "figer", "suivre"} or (geste == "inserer" and not valeur.get("instantane")):
        mode = {"inserer": "suivi", "figer": "fige", "suivre": "suivi"}.get(geste, valeur.get("mode", "suivi"))
        valeur = valeur | {"mode": mode, "instantane": encart.calculer(_communes(dossier), champ.themes)}
    if _garder(reponse, champ, valeur, acteur) and len((reponse.valeur or {}).get("fournis") or []) < len(fournis):
        consigner("chiffre_ote", dossier, acteur=acteur, champ=chemin)
    return message


@transaction.atomic
def inserer_un_chiffre_fourni(
    dossier: Dossier, chemin: str, *, libelle: str, valeur: str, unite: str = "", source: str, acteur: Compte
) -> Reponse:
    """Verse dans le champ un chiffre que l'ARS a donné, avec sa source ; rejoué, il ne double pas.

    `acteur` : l'agent de ce territoire qui répond, ou un membre de l'équipe. Lève `CheminInconnu`, `Refus` (dossier
    qui ne s'écrit plus, champ fermé, ni agent du territoire ni membre), `ValeurRefusee` (texte trop long).
    """
    champ = _champ(dossier, chemin)
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation").get(pk=dossier.pk)
    if not dossier.est_modifiable:
        raise Refus(f"Le dossier est « {dossier.etat_enum.label} » : ses réponses ne changent plus.")
    agent = perimetre(acteur, roles=Role.INSTRUCTEURS).contient(dossier.equipe.implantation)
    for permission in (not agent and peut_rediger(acteur, dossier), ouvert_a_l_ecriture(dossier, chemin)):
        if permission is not False and not permission:
            raise Refus(permission.motif)
    reponse = lire_ou_preparer(dossier, chemin)
    textes = {"libelle": libelle.strip(), "valeur": valeur.strip(), "unite": unite.strip(), "source": source.strip()}
    if _garder(reponse, champ, encart.avec_fourni(reponse.valeur, **textes), acteur):
        consigner("chiffre_fourni", dossier, acteur=acteur, champ=chemin)
    return reponse


def figer_les_chiffres(dossier: Dossier, *, acteur: Compte) -> None:
    """Avant de figer une version : les chiffres suivis sont recalculés une dernière fois, et gardés tels quels.

    Chaque signataire signe donc les mêmes. Ceux d'un champ fermé (l'ARS a demandé autre chose) ne bougent plus. À
    appeler dossier verrouillé, encore ouvert à l'écriture.
    """
    champs = {c.id: c for _, c in trame_de(dossier).champs() if c.type == "chiffres"}
    if not champs:
        return
    a_jour = chiffres_a_jour(dossier, valeurs_de(dossier), contexte_de(dossier, ()))
    for reponse in dossier.reponses.filter(champ__in=champs):
        champ = champs[reponse.champ]
        try:
            _garder(reponse, champ, a_jour[champ.id] or {}, acteur)
        except ValeurRefusee as refus:
            raise ErreurMetier(f"« {champ.libelle} » : {refus}") from None


def _champ(dossier: Dossier, chemin: str) -> Champ:
    champ = champ_du_chemin(trame_de(dossier), chemin)
    if champ.type != "chiffres":
        raise ErreurMetier("Ce champ ne reçoit pas de chiffres publics.")
    return champ


def _communes(dossier: Dossier) -> list[str]:
    return communes_du_projet(trame_de(dossier), valeurs_de(dossier), contexte_de(dossier, ()))


def _garder(reponse: Reponse, champ: Champ, valeur: dict[str, Any], acteur: Compte) -> bool:
    """Vrai si la valeur a changé."""
    propre = normaliser(champ, valeur)
    if propre == reponse.valeur:
        return False
    ecrire(reponse, propre, SorteVersion.SAISIE, acteur)
    return True
