"""Enregistrer beaucoup de reconnaissances d'avant Esperluette, celles d'équipes qu'on vient de créer."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.models import ModificationDeFiche
from esperluette.interlocuteurs.valeurs import en_json
from esperluette.journal.actions import consigner_ensemble
from esperluette.reconnaissances.lectures import constats, regles_de
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.reconnaissances.numeros import nouveau_numero, suivant
from esperluette.reconnaissances.taches import produire_l_attestation

CHAMPS = ("debut", "fin", "decision_texte", "decision_le")


@transaction.atomic
def reprendre_des_reconnaissances(
    reconnaissances: Sequence[Reconnaissance], *, acteur: Compte
) -> list[Reconnaissance]:
    """Enregistre ces reconnaissances, non encore sauvées ; chaque équipe est neuve, et lue avec ses membres.

    Le droit de reprendre chaque équipe a été vérifié avec elle. Par lots : le nombre de requêtes ne suit pas celui
    des équipes. Lève ErreurMetier (date à venir, décision absente) ; rien n'est alors écrit.
    """
    numeros: dict[tuple[str, int], str] = {}
    for reconnaissance in sorted(reconnaissances, key=lambda r: (r.region_id, r.debut)):
        if reconnaissance.debut > timezone.localdate() or not reconnaissance.decision_texte.strip():
            raise ErreurMetier("Une reconnaissance reprise a déjà pris effet, par une décision.")
        ou = (reconnaissance.region_id, reconnaissance.debut.year)
        numeros[ou] = suivant(numeros[ou]) if ou in numeros else _premier(reconnaissance, reconnaissance.debut)
        reconnaissance.numero = numeros[ou]
        reconnaissance.reprise, reconnaissance.enregistree_par = True, acteur
        if not constats(reconnaissance, regles_de(reconnaissance)):
            reconnaissance.composition_vue_le = timezone.now()
    faites = Reconnaissance.objects.bulk_create(reconnaissances, batch_size=200)
    ModificationDeFiche.objects.bulk_create(
        (
            ModificationDeFiche(
                fiche=faite, geste=GesteDeFiche.CREATION, auteur=acteur,
                apres={nom: en_json(getattr(faite, nom)) for nom in CHAMPS},
            )
            for faite in faites
        ),
        batch_size=200,
    )  # fmt: skip
    actes = [
        (f.equipe, {"reconnaissance": f.pk, "numero": f.numero, "forme": f.sigle, "reprise": True}) for f in faites
    ]
    consigner_ensemble("equipe_reconnue", actes, acteur=acteur)
    for faite in faites:
        transaction.on_commit(partial(produire_l_attestation.enqueue, faite.pk), robust=True)
    return faites


def _premier(reconnaissance: Reconnaissance, debut: date) -> str:
    return nouveau_numero(reconnaissance.region, debut)
