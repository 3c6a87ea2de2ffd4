"""L'équipe répond aux remarques, une par une."""

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit
from esperluette.complements.actions.commun import exiger, relire, texte_propre
from esperluette.complements.droits import peut_repondre
from esperluette.complements.models import Remarque
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import marquer_un_mouvement


@transaction.atomic
def repondre(remarque: Remarque, texte: str, *, acteur: Compte, version_lue: int) -> Remarque:
    """Écrit la réponse de l'équipe, si personne ne l'a changée depuis `version_lue`.

    Lève `Conflit` sinon, `Refus` (pas membre, demande qui n'attend plus), `ErreurMetier` (trop long). Identique, rien
    ne s'écrit.
    """
    demande = relire(remarque.demande)
    exiger(peut_repondre(acteur, demande))
    remarque = demande.remarques.select_related("repondue_par").get(pk=remarque.pk)
    propre = texte_propre(texte, quoi="votre réponse", exige=False)
    if propre == remarque.reponse:
        return remarque
    if remarque.reponse_version != version_lue:
        raise Conflit(f"{remarque.repondue_par} vient d’écrire cette réponse : lisez-la, puis complétez-la.")
    remarque.reponse, remarque.reponse_version = propre, remarque.reponse_version + 1
    remarque.repondue_par, remarque.repondue_le = acteur, timezone.now()
    remarque.save(update_fields=["reponse", "reponse_version", "repondue_par", "repondue_le"])
    marquer_un_mouvement(demande.dossier)
    return remarque
