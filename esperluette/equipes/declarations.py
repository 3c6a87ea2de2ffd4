"""Garder ce que l'équipe affirme elle-même, faute de donnée."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.comptes.models import Compte
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.models import Declaration, Equipe
from esperluette.journal.actions import consigner


@transaction.atomic
def declarer(equipe: Equipe, *, acteur: Compte, reponses: Mapping[tuple[str, str], bool | None]) -> Equipe:
    """Garde ce que l'équipe affirme : par (sorte, clé), oui, non, ou None pour « je ne sais pas ».

    Sans changement, n'écrit rien.
    """
    equipe = Equipe.objects.select_for_update(of=("self",)).get(pk=equipe.pk)
    permission = peut_modifier(acteur, equipe)
    if not permission:
        raise Refus(permission.motif)
    dites = {(d.sorte, d.cle): d.reponse for d in equipe.declarations.all()}
    changees = sorted(cle for cle, reponse in reponses.items() if reponse != dites.get(cle))
    for sorte, cle in changees:
        reponse = reponses[sorte, cle]
        if reponse is None:
            equipe.declarations.filter(sorte=sorte, cle=cle).delete()
        else:
            Declaration.objects.update_or_create(
                equipe=equipe,
                sorte=sorte,
                cle=cle,
                defaults={"reponse": reponse, "par": acteur, "le": timezone.now()},
            )
    if changees:
        consigner("declarations_faites", equipe, acteur=acteur, cles=[cle for _, cle in changees])
    return Equipe.objects.avec_regles().get(pk=equipe.pk)
