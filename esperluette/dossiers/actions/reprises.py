"""Reprendre dans un dossier ce que l'équipe a déjà répondu ailleurs."""

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.models import Dossier, Reponse, VersionReponse
from esperluette.dossiers.registre import ouvert_a_l_ecriture
from esperluette.dossiers.reprises import reprises_pour
from esperluette.equipes.models import Equipe
from esperluette.journal.actions import consigner


@transaction.atomic
def reprendre(dossier: Dossier, *, acteur: Compte) -> int:
    """Remplit les champs que personne n'a encore écrits avec les réponses déjà données ; rend leur nombre.

    Chaque réponse garde son auteur et sa date ; sa première version dit de quel dossier elle vient, et qui l'a
    reprise. Rejoué, n'écrit rien. Lève `Refus` si l'on ne peut pas y écrire. Nombre de requêtes fixe.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    dossier.equipe = Equipe.objects.avec_regles().get(pk=dossier.equipe_id)
    permission = peut_rediger(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    trouvees = [r for r in reprises_pour(dossier) if ouvert_a_l_ecriture(dossier, r.chemin)]
    if not trouvees:
        return 0
    reponses = Reponse.objects.bulk_create(
        Reponse(
            dossier=dossier,
            champ=reprise.chemin,
            valeur=reprise.valeur,
            modifie_le=reprise.origine.modifie_le,
            modifie_par_id=reprise.origine.modifie_par_id,
        )
        for reprise in trouvees
    )
    maintenant = timezone.now()
    VersionReponse.objects.bulk_create(
        VersionReponse(
            reponse=reponse,
            numero=1,
            valeur=reponse.valeur,
            sorte=SorteVersion.REPRISE,
            repris_de=reprise.origine.dossier,
            auteur=acteur,
            le=maintenant,
        )
        for reponse, reprise in zip(reponses, trouvees, strict=True)
    )
    sources = sorted({reprise.origine.dossier_id for reprise in trouvees})
    nombre = sum("/" not in reprise.chemin for reprise in trouvees)
    consigner("reponses_reprises", dossier, acteur=acteur, sources=sources, nombre=nombre)
    return nombre
