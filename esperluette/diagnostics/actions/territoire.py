"""Enregistrer le territoire choisi, sans écraser ce qu'un autre onglet a enregistré."""

from collections.abc import Collection

from django.db import transaction

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.comptes.models import Compte
from esperluette.diagnostics.lectures.choix import empreinte
from esperluette.equipes.actions import modifier_equipe
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.models import Equipe
from esperluette.territoires.models import Commune


@transaction.atomic
def enregistrer_territoire(equipe: Equipe, *, acteur: Compte, communes: Collection[Commune], vu: str = "") -> Equipe:
    """Enregistre ces communes. `vu` : l'empreinte du territoire qu'on avait sous les yeux.

    S'il a changé depuis, et n'est pas déjà celui qu'on enregistre, rien n'est écrit : `Conflit`.
    """
    relue = Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)
    if not (permission := peut_modifier(acteur, relue)):
        raise Refus(permission.motif)
    enregistrees = {c.pk for c in relue.communes.all()}
    voulues = {relue.implantation_id, *(c.pk for c in communes)}
    if vu and vu != empreinte(enregistrees) and voulues != enregistrees:
        raise Conflit("Le territoire de l’équipe a été modifié ailleurs depuis que vous avez ouvert cette page.")
    return modifier_equipe(relue, acteur=acteur, communes=communes)
