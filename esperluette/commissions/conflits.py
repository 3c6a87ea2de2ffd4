"""Qui est intéressé à une affaire (CRPA, R. 133-12), et donc écarté d'un point : la même règle pour tous les écrans.

Un déport en vigueur écarte ; un intérêt que disent les données (membre de l'équipe, même RPPS, même adresse,
accompagnateur) écarte aussi, que quelqu'un l'ait constaté ou non, sauf si le secrétariat a annulé ce déport.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from esperluette.commissions.models import Deport, Point
from esperluette.comptes.models import Compte
from esperluette.equipes.models import AccesAccompagnateur, Membre

MEMBRE = "Membre de l’équipe."
MEME_RPPS = "Même numéro RPPS qu’un membre de l’équipe."
MEME_ADRESSE = "Même adresse qu’un membre de l’équipe."
ACCOMPAGNATEUR = "Accompagne cette équipe."


def interesse(compte: Compte) -> Q:
    """Les points dont l'équipe compte cette personne : membre, homonyme par le RPPS ou l'adresse, accompagnateur."""
    ses_rpps = Membre.objects.filter(compte=compte).exclude(rpps="").values("rpps")
    lies = Membre.objects.presents().filter(
        Q(compte=compte) | Q(courriel__iexact=compte.courriel) | Q(rpps__in=ses_rpps)
    )
    accompagnes = AccesAccompagnateur.objects.en_cours().de(compte)
    return Q(dossier__equipe__in=lies.values("equipe")) | Q(dossier__equipe__in=accompagnes.values("equipe"))


def ecarte(compte: Any) -> Q:
    """Les points dont cette personne est écartée ; un dossier repassé depuis, un déport d'alors vaut aussi avant."""
    if not isinstance(compte, Compte):
        return Q(pk__in=())
    deports = Deport.objects.filter(point=OuterRef("pk"), compte=compte)
    depuis = Deport.objects.en_vigueur().filter(
        point__dossier=OuterRef("dossier"), point__gte=OuterRef("pk"), compte=compte
    )
    return Q(Exists(depuis)) | (interesse(compte) & Q(~Exists(deports.exclude(annule_le=None))))


def interets(comptes: Mapping[int, Compte], equipes: set[int]) -> dict[int, dict[int, str]]:
    """Par équipe, les comptes intéressés et en quoi. Trois requêtes, quel que soit le nombre de personnes."""
    adresses = {compte.courriel.lower(): pk for pk, compte in comptes.items()}
    rpps: dict[str, set[int]] = defaultdict(set)
    for pk, numero in Membre.objects.filter(compte__in=comptes).exclude(rpps="").values_list("compte_id", "rpps"):
        rpps[numero].add(pk)
    trouves: dict[int, dict[int, str]] = defaultdict(dict)
    membres = Membre.objects.presents().filter(equipe__in=equipes)
    for equipe, compte, courriel, numero in membres.values_list("equipe_id", "compte_id", "courriel", "rpps"):
        if compte in comptes:
            trouves[equipe][compte] = MEMBRE
        for homonyme in rpps.get(numero, ()):
            trouves[equipe].setdefault(homonyme, MEME_RPPS)
        if courriel.lower() in adresses:
            trouves[equipe].setdefault(adresses[courriel.lower()], MEME_ADRESSE)
    acces = AccesAccompagnateur.objects.en_cours().filter(equipe__in=equipes)
    for equipe, compte, courriel in acces.values_list("equipe_id", "compte_id", "courriel"):
        accompagnateur = compte if compte is not None else adresses.get(courriel.lower())
        if accompagnateur in comptes:
            trouves[equipe].setdefault(accompagnateur, ACCOMPAGNATEUR)
    return trouves


def ecartes(points: Sequence[Point], comptes: Mapping[int, Compte]) -> set[tuple[int, int]]:
    """Les couples (point, compte) où cette personne est écartée. Quatre requêtes au plus ; lit `point.dossier`."""
    if not points or not comptes:
        return set()
    connus = Deport.objects.filter(point__in=points, compte__in=comptes).values_list(
        "point_id", "compte_id", "annule_le"
    )
    lus = list(connus)
    en_vigueur = {(point, compte) for point, compte, annule in lus if annule is None}
    annules = {(point, compte) for point, compte, annule in lus if annule is not None}
    trouves = interets(comptes, {p.dossier.equipe_id for p in points})
    deduits = {(p.pk, compte) for p in points for compte in trouves[p.dossier.equipe_id]}
    return en_vigueur | (deduits - annules)
