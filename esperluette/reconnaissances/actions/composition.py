"""La composition d'une équipe reconnue : l'alerte s'ouvre, se relance et se ferme ; rien d'autre n'est décidé."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.actions.fiches import exiger
from esperluette.journal.actions import consigner
from esperluette.reconnaissances import courriels
from esperluette.reconnaissances.droits import peut_suivre
from esperluette.reconnaissances.enums import OrigineDuDelai
from esperluette.reconnaissances.lectures import Regles, alerte_ouverte, constats, regles_de
from esperluette.reconnaissances.models import Alerte, Reconnaissance

LOT = 100
# Un rappel avant le délai, un autre une fois passé ; jamais deux le même jour.
RAPPEL = timedelta(days=7)


def apres_un_changement(equipe: Equipe, *, acteur: Any = None) -> None:
    """Inscrit auprès des équipes : un membre est entré, sorti ou a changé. Dans la transaction du geste."""
    siennes = _a_relire().filter(equipe=equipe)
    if not siennes.exists():
        return
    for reconnaissance in siennes.prefetch_related("alertes"):
        reconnaissance.equipe = Equipe.objects.avec_regles().get(pk=equipe.pk)
        _tenir(reconnaissance)


def surveiller() -> int:
    """Relit la composition de toutes les équipes reconnues, et relance ; rejouable. Rend le nombre d'alertes ouvertes.

    Quelques requêtes par lot de cent équipes, quel que soit leur nombre.
    """
    dernier, ouvertes = 0, 0
    while lot := _lot(dernier):
        for reconnaissance in lot:
            if _tient(reconnaissance):
                continue
            with transaction.atomic():
                alerte = _tenir(reconnaissance)
                if alerte is not None:
                    ouvertes += 1
                    _relancer(alerte)
        dernier = lot[-1].pk
    return ouvertes


def _tient(reconnaissance: Reconnaissance) -> bool:
    """Rien à écrire : la composition suffit, on l'a déjà vu, aucune alerte n'est ouverte. Aucune requête."""
    if alerte_ouverte(reconnaissance) is not None or reconnaissance.composition_vue_le is None:
        return False
    return not constats(reconnaissance, regles_de(reconnaissance))


def _a_relire() -> Any:
    return Reconnaissance.objects.en_cours().select_related("region", "dossier")


def _lot(apres: int) -> list[Reconnaissance]:
    lot = list(_a_relire().filter(pk__gt=apres).order_by("pk").prefetch_related("alertes")[:LOT])
    equipes = Equipe.objects.avec_regles().in_bulk([r.equipe_id for r in lot])
    for reconnaissance in lot:
        reconnaissance.equipe = equipes[reconnaissance.equipe_id]
    return lot


def _tenir(reconnaissance: Reconnaissance) -> Alerte | None:
    """Ouvre ou ferme l'alerte selon ce que disent les règles ; rend celle qui reste ouverte."""
    regles = regles_de(reconnaissance)
    manques, alerte = constats(reconnaissance, regles), alerte_ouverte(reconnaissance)
    if not manques:
        if alerte is not None:
            _fermer(alerte, reconnaissance)
        if alerte is not None or reconnaissance.composition_vue_le is None:
            reconnaissance.composition_vue_le = timezone.now()
            reconnaissance.save(update_fields=["composition_vue_le"])
        return None
    if alerte is not None or reconnaissance.composition_vue_le is None:
        # Jamais vue suffisante : une équipe reprise dont on ne connaît pas encore les membres n'est pas « tombée ».
        return alerte
    return _ouvrir(reconnaissance, manques, regles)


def _ouvrir(reconnaissance: Reconnaissance, manques: Iterable[str], regles: Regles | None) -> Alerte:
    jours = regles.delai_de_composition if regles else None
    delai = timezone.localdate() + timedelta(days=jours) if jours else None
    try:
        with transaction.atomic():
            alerte = Alerte.objects.create(
                reconnaissance=reconnaissance, constats=list(manques), delai_le=delai,
                delai_origine=OrigineDuDelai.EDITION if delai else "",
            )  # fmt: skip
    except IntegrityError:  # ouverte au même instant par un autre passage
        return Alerte.objects.ouvertes().get(reconnaissance=reconnaissance)
    consigner(
        "composition_tombee", reconnaissance.equipe, acteur=None, reconnaissance=reconnaissance.pk, alerte=alerte.pk
    )
    courriels.alerte_ouverte(alerte)
    return alerte


def _fermer(alerte: Alerte, reconnaissance: Reconnaissance) -> None:
    if not Alerte.objects.ouvertes().filter(pk=alerte.pk).update(close_le=timezone.now()):
        return  # fermée au même instant
    alerte.reconnaissance = reconnaissance
    consigner(
        "composition_retablie", reconnaissance.equipe, acteur=None, reconnaissance=reconnaissance.pk,
        alerte=alerte.pk,
    )  # fmt: skip
    courriels.alerte_close(alerte)


def _relancer(alerte: Alerte) -> None:
    """Un rappel dans la semaine qui précède le délai, un autre quand il est passé."""
    jour = timezone.localdate()
    if alerte.delai_le is None or jour < alerte.delai_le - RAPPEL:
        return
    faite = timezone.localdate(alerte.relancee_le) if alerte.relancee_le else None
    seuil = alerte.delai_le + timedelta(days=1) if alerte.delai_passe else alerte.delai_le - RAPPEL
    if faite is not None and faite >= seuil:
        return
    alerte.relancee_le = timezone.now()
    alerte.save(update_fields=["relancee_le"])
    courriels.relance(alerte)


@transaction.atomic
def fixer_le_delai(alerte: Alerte, *, acteur: Compte, delai_le: date) -> Alerte:
    """L'agent dit jusqu'à quand l'équipe peut rétablir sa composition ; elle est prévenue. Rejoué, sans effet."""
    exiger(peut_suivre(acteur, alerte.reconnaissance))
    alerte = Alerte.objects.select_for_update(of=("self",)).select_related("reconnaissance__equipe").get(pk=alerte.pk)
    if alerte.close_le is not None:
        raise ErreurMetier("La composition est rétablie : il n’y a plus de délai à fixer.")
    if delai_le <= timezone.localdate():
        raise ErreurMetier("Choisissez une date à venir.")
    if alerte.delai_le == delai_le:
        return alerte
    alerte.delai_le, alerte.delai_origine, alerte.delai_fixe_par = delai_le, OrigineDuDelai.AGENT, acteur
    alerte.relancee_le = None
    alerte.save(update_fields=["delai_le", "delai_origine", "delai_fixe_par", "relancee_le"])
    consigner(
        "delai_de_composition", alerte.reconnaissance.equipe, acteur=acteur, alerte=alerte.pk,
        avant=delai_le.isoformat(),
    )  # fmt: skip
    courriels.delai_fixe(alerte)
    return alerte
