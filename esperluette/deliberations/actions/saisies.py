"""Une saisie de séance : reçue une fois, par sa clé ; rejouée après une coupure, elle rend la même réponse.

Chaque champ et chaque bouton du cockpit est une saisie : un geste, quelques données, une clé tirée par l'écran. Le
même chemin sert au script (qui garde la file et la rejoue) et aux formulaires ordinaires.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from esperluette.commissions.models import Point, Seance, Siege
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions import seance as en_seance
from esperluette.deliberations.actions.commun import ChampEnConflit
from esperluette.deliberations.actions.deports import deporter_en_seance
from esperluette.deliberations.models import Saisie

Donnees = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reponse:
    """Ce qu'une saisie rend : `statut` ok, conflit ou refus ; la version écrite, ou la valeur d'en face."""

    statut: str
    message: str = ""
    version: int | None = None
    valeur: Any = None
    deja: bool = False
    point: int | None = None

    def en_json(self) -> dict[str, Any]:
        dit = {"statut": self.statut, "message": self.message, "version": self.version, "point": self.point}
        return dit | ({"valeur": self.valeur} if self.statut == "conflit" else {})


@dataclass(slots=True)
class _Contexte:
    """Une saisie en train d'être traitée : où, par qui, avec quoi."""

    seance: Seance
    acteur: Compte
    donnees: Donnees
    point_lu: Point | None = field(default=None)

    def texte(self, nom: str) -> str:
        return str(self.donnees.get(nom, ""))

    @property
    def version(self) -> int:
        lue = self.texte("version")
        return int(lue) if lue.isdecimal() and len(lue) < 10 else 0

    @property
    def point(self) -> Point:
        if self.point_lu is None:
            self.point_lu = self._un(Point.objects.filter(seance=self.seance), "point", "Ce point")
        return self.point_lu

    def siege(self, nom: str = "siege") -> Siege:
        siege: Siege = self._un(Siege.objects.filter(instance=self.seance.instance_id), nom, "Ce siège")
        return siege

    def compte(self, nom: str = "compte") -> Compte:
        membres = Compte.objects.filter(mandats__siege__instance=self.seance.instance_id)
        compte: Compte = self._un(membres, nom, "Cette personne")
        return compte

    def heure(self) -> datetime | None:
        try:
            return parse_datetime(self.texte("le"))
        except ValueError:
            return None

    def cle(self) -> uuid.UUID:
        return lire_cle(self.texte("reserve"))

    def _un(self, parmi: Any, nom: str, quoi: str) -> Any:
        pk = self.texte(nom)
        trouve = parmi.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        if trouve is None:
            raise ErreurMetier(f"{quoi} n’est pas de cette séance. Rechargez la page.")
        return trouve


def lire_cle(brute: str) -> uuid.UUID:
    """La clé d'une saisie ; ErreurMetier si ce n'en est pas une."""
    try:
        return uuid.UUID(brute)
    except ValueError:
        raise ErreurMetier("Cette saisie n’a pas de clé. Rechargez la page.") from None


def _presence(c: _Contexte) -> None:
    siege, compte = c.siege(), c.compte()
    en_seance.noter_presence(c.seance, siege, compte, c.texte("mode"), acteur=c.acteur, le=c.heure())


def _mandat(c: _Contexte) -> None:
    vers = c.siege("a") if c.texte("a") else None
    en_seance.donner_mandat(c.seance, c.siege("de"), vers, mandant=c.compte(), acteur=c.acteur)


def _presider(c: _Contexte) -> None:
    en_seance.presider(c.seance, c.compte(), acteur=c.acteur)


def _observations(c: _Contexte) -> int:
    return en_seance.observer(c.seance, c.texte("valeur"), version_lue=c.version, acteur=c.acteur)


def _champ(c: _Contexte) -> int:
    champ, valeur = c.texte("champ"), c.texte("valeur")
    return sur_le_point.preparer(c.point, champ, valeur, version_lue=c.version, acteur=c.acteur)


def _voix(c: _Contexte) -> int:
    return sur_le_point.saisir_voix(c.point, c.siege(), c.texte("sens"), version_lue=c.version, acteur=c.acteur)


def _effacer_voix(c: _Contexte) -> None:
    sur_le_point.effacer_les_voix(c.point, acteur=c.acteur)


def _reserve(c: _Contexte) -> int:
    _, version = sur_le_point.saisir_reserve(
        c.point, c.cle(), c.texte("champ"), c.texte("valeur"), version_lue=c.version, acteur=c.acteur
    )
    return version


def _nouvelle_reserve(c: _Contexte) -> None:
    """Une réserve entière d'un coup : son texte, puis ce qui est rempli."""
    cle = c.cle()
    for champ in ("texte", "cote", "responsable", "avant_le"):
        if champ == "texte" or c.texte(champ):
            sur_le_point.saisir_reserve(c.point, cle, champ, c.texte(champ), version_lue=0, acteur=c.acteur)


def _modifier_reserve(c: _Contexte) -> None:
    """Tous les champs d'une réserve d'un coup, chacun avec sa version : le formulaire sans script."""
    for champ in ("texte", "cote", "responsable", "avant_le"):
        lue = c.texte(f"version_{champ}")
        version = int(lue) if lue.isdecimal() and len(lue) < 10 else 0
        sur_le_point.saisir_reserve(c.point, c.cle(), champ, c.texte(champ), version_lue=version, acteur=c.acteur)


def _retirer_reserve(c: _Contexte) -> None:
    sur_le_point.retirer_reserve(c.point, c.cle(), acteur=c.acteur)


def _desaccord(c: _Contexte) -> None:
    sur_le_point.noter_desaccord(
        c.point, c.siege(), c.texte("texte"), demande=c.texte("demande") != "non", acteur=c.acteur
    )


def _deport(c: _Contexte) -> None:
    deporter_en_seance(c.point, c.compte(), acteur=c.acteur, motif=c.texte("motif"))


def _rendre(c: _Contexte) -> None:
    sur_le_point.rendre_avis(c.point, acteur=c.acteur)


def _reprendre(c: _Contexte) -> None:
    sur_le_point.reprendre_le_point(c.point, acteur=c.acteur)


def _fermer(c: _Contexte) -> None:
    en_seance.fermer_la_consultation(c.seance, acteur=c.acteur)


GESTES: dict[str, Callable[[_Contexte], int | None]] = {
    "presence": _presence,
    "mandat": _mandat,
    "presider": _presider,
    "observations": _observations,
    "champ": _champ,
    "voix": _voix,
    "effacer_voix": _effacer_voix,
    "reserve": _reserve,
    "nouvelle_reserve": _nouvelle_reserve,
    "modifier_reserve": _modifier_reserve,
    "retirer_reserve": _retirer_reserve,
    "desaccord": _desaccord,
    "deport": _deport,
    "rendre": _rendre,
    "reprendre": _reprendre,
    "fermer": _fermer,
}


def recevoir(seance: Seance, *, geste: str, donnees: Donnees, acteur: Compte) -> Reponse:
    """Traite une saisie, une seule fois par clé. Un refus ou un conflit n'écrit rien."""
    try:
        cle = lire_cle(str(donnees.get("cle", "")))
        with transaction.atomic():
            Seance.objects.select_for_update(of=("self",)).get(pk=seance.pk)
            if deja := Saisie.objects.filter(cle=cle).first():
                return _rejouee(deja, seance, acteur)
            if geste not in GESTES:
                raise ErreurMetier("Ce geste n’existe pas. Rechargez la page.")
            contexte = _Contexte(seance, acteur, donnees)
            version = GESTES[geste](contexte)
            point = contexte.point_lu.pk if contexte.point_lu else None
            reponse = Reponse("ok", version=version, point=point)
            Saisie.objects.create(cle=cle, seance=seance, compte=acteur, geste=geste, reponse=reponse.en_json())
            return reponse
    except ChampEnConflit as conflit:
        return Reponse("conflit", str(conflit), version=conflit.version, valeur=conflit.valeur)
    except Conflit as conflit:
        return Reponse("conflit", str(conflit))
    except ErreurMetier as erreur:
        return Reponse("refus", str(erreur))


def _rejouee(saisie: Saisie, seance: Seance, acteur: Compte) -> Reponse:
    if (saisie.seance_id, saisie.compte_id) != (seance.pk, acteur.pk):
        raise ErreurMetier("Cette saisie est celle d’un autre. Rechargez la page.")
    dit = saisie.reponse
    return Reponse("ok", dit.get("message", ""), version=dit.get("version"), deja=True, point=dit.get("point"))
