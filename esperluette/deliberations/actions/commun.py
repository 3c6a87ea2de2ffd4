"""Ce que partagent les gestes : refuser avec une raison, nettoyer un texte, écrire un champ sans rien écraser."""

from typing import Any

from django.db import models

from esperluette.commissions.models import Point
from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission

LONGUEUR = 10_000


class ChampEnConflit(Conflit):
    """Un autre poste a écrit ce champ entre-temps : `valeur` est la sienne, `version` celle à relire."""

    def __init__(self, champ: str, valeur: Any, version: int) -> None:
        super().__init__("Un autre poste a modifié ce champ avant vous. Rien n’est écrasé : comparez les deux.")
        self.champ, self.valeur, self.version = champ, valeur, version


def relire(point: Point) -> Point:
    """Le point tel qu'il est maintenant, avec sa séance, son instance et son dossier."""
    return Point.objects.select_related("seance__instance__region", "dossier").get(pk=point.pk)


def exiger(permission: Permission) -> None:
    """Lève Refus, avec la raison."""
    if not permission:
        raise Refus(permission.motif)


def texte_propre(brut: Any, *, longueur: int = LONGUEUR) -> str:
    """Un texte simple : sans octet nul, fins de ligne unifiées, borné. Lève ErreurMetier au-delà."""
    texte = str(brut or "").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(texte) > longueur:
        raise ErreurMetier(f"Ce texte compte {len(texte)} signes : la limite est de {longueur}. Raccourcissez-le.")
    return texte


def ecrire(objet: Any, champ: str, valeur: Any, *, version_lue: int, colonne: str = "", **avec: Any) -> int:
    """Écrit un champ d'un objet verrouillé et rend sa nouvelle version ; rejoué, sans effet.

    Lève `ChampEnConflit` si un autre l'a changé depuis `version_lue`. `colonne` : le champ d'un JSON, « valeurs ».
    """
    presente = int(objet.versions.get(champ, 0))
    actuelle = getattr(objet, colonne).get(champ, "") if colonne else getattr(objet, champ)
    if isinstance(actuelle, models.Model):
        actuelle = actuelle.pk
    nouvelle = valeur.pk if isinstance(valeur, models.Model) else valeur
    if nouvelle == actuelle:
        return presente
    if version_lue != presente:
        raise ChampEnConflit(champ, actuelle, presente)
    if colonne:
        setattr(objet, colonne, {**getattr(objet, colonne), champ: valeur})
    else:
        setattr(objet, champ, valeur)
    objet.versions = {**objet.versions, champ: presente + 1}
    for nom, autre in avec.items():
        setattr(objet, nom, autre)
    objet.save(update_fields=[colonne or champ, "versions", *avec])
    return presente + 1
