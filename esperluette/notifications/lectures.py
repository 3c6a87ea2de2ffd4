"""Lire la boîte locale ; savoir qui veut quoi, et ce qui attend un récapitulatif."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, QuerySet

from esperluette.notifications.enums import Etat, Rythme
from esperluette.notifications.models import Courriel, Preference
from esperluette.notifications.sortes import Sorte, toutes

# Un code est seul sur sa ligne, en deux groupes de trois chiffres.
_CODE = re.compile(r"^\s*(\d{3}) ?(\d{3})\s*$", re.MULTILINE)

# Une liste déroulante plus longue ne sert plus à rien : l'adresse se met aussi dans l'URL (`?a=`).
LISTE = 200
# Ce qui n'est pas parti de soi-même : un récapitulatif l'a dit, le dira, ou personne n'en veut.
RETENUS = (Etat.A_REGROUPER, Etat.REGROUPE, Etat.NON_VOULU)


def code_de(courriel: Courriel) -> str:
    """Le code à recopier que porte ce courriel (« 123 456 »), ou rien."""
    trouve = _CODE.search(courriel.texte)
    return f"{trouve[1]} {trouve[2]}" if trouve else ""


def boite(destinataire: str = "") -> QuerySet[Courriel]:
    """Les courriels partis, du plus récent au plus ancien ; d'un seul destinataire si on en donne un."""
    courriels = Courriel.objects.exclude(etat__in=RETENUS).order_by("-cree_le", "-pk")
    return courriels.filter(destinataire=destinataire.strip().lower()) if destinataire.strip() else courriels


def destinataires() -> list[Any]:
    """Chaque adresse qui a reçu un courriel, avec leur nombre, la plus récemment servie d'abord."""
    par_adresse = Courriel.objects.exclude(etat__in=RETENUS).order_by().values("destinataire")
    return list(par_adresse.annotate(nombre=Count("pk"), dernier=Max("cree_le")).order_by("-dernier")[:LISTE])


def rythme_de(compte: Any, sorte: Sorte | None) -> Rythme:
    """Quand ce compte veut cette sorte de courriel ; tout de suite si elle est indispensable."""
    if sorte is None or sorte.indispensable or compte is None:
        return Rythme.IMMEDIAT
    choisi = Preference.objects.filter(compte=compte, sorte=sorte.cle).values_list("rythme", flat=True).first()
    return Rythme(choisi) if choisi else sorte.defaut


def rythmes_des(comptes: Sequence[Any], sorte: Sorte | None) -> dict[Any, Rythme]:
    """Le même choix pour plusieurs comptes, par clé ; une requête au plus."""
    if sorte is None or sorte.indispensable:
        return {compte.pk: Rythme.IMMEDIAT for compte in comptes}
    choisis = dict(
        Preference.objects.filter(compte__in=comptes, sorte=sorte.cle).values_list("compte", "rythme").order_by()
    )
    return {c.pk: Rythme(choisis[c.pk]) if c.pk in choisis else sorte.defaut for c in comptes}


def rythmes_de(compte: Any) -> dict[str, Rythme]:
    """Le rythme de chaque sorte, pour ce compte, en une requête."""
    choisis = dict(Preference.objects.filter(compte=compte).values_list("sorte", "rythme"))
    return {s.cle: Rythme(choisis[s.cle]) if s.cle in choisis and not s.indispensable else s.defaut for s in toutes()}


def a_regrouper(compte: Any, avant: datetime) -> QuerySet[Courriel]:
    """Ce qui attend le récapitulatif de ce compte, du plus ancien au plus récent."""
    return Courriel.objects.filter(compte=compte, etat=Etat.A_REGROUPER, cree_le__lt=avant).order_by("cree_le", "pk")


def comptes_a_recapituler(avant: datetime) -> list[Any]:
    """Les comptes actifs que quelque chose attendait avant cette heure."""
    en_attente = Courriel.objects.filter(etat=Etat.A_REGROUPER, cree_le__lt=avant).values("compte")
    return list(get_user_model()._default_manager.filter(pk__in=en_attente, is_active=True).order_by("pk"))
