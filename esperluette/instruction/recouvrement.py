"""Une équipe en recouvre une autre : même professionnel, même territoire. Un signalement, jamais un refus.

L'équipe n'en voit rien. L'agent apprend le nom de l'autre équipe si elle est de son périmètre et connue de l'ARS ;
sinon, seulement qu'elle existe.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from esperluette.comptes.lectures import Perimetre, perimetre
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe, Membre
from esperluette.instruction.contributions import Signalement

CITEES = 3
_VIVANTS = (*Etat.OUVERTS, Etat.ACCEPTE)


def signalements(dossier: Dossier, compte: Any) -> Iterator[Signalement]:
    """Ce que ce dossier recouvre ailleurs ; trois requêtes, quel que soit le nombre d'équipes."""
    if dossier.etat in Etat.CLOS:
        return
    membres = [m for m in dossier.equipe.presents if m.rpps]
    territoire = perimetre(compte)
    partages = _equipes_des_memes(dossier, [m.rpps for m in membres])
    noms = {m.rpps: str(m) for m in membres}
    for rpps, equipes in sorted(partages.items(), key=lambda p: noms[p[0]]):
        yield Signalement(
            "Un professionnel dans deux équipes",
            f"{noms[rpps]} figure aussi dans {_en_mots(equipes, territoire)}.",
            "attention",
        )
    voisines = _voisines(dossier)
    if voisines:
        suite = "partagent une commune" if len(voisines) > 1 else "partage une commune"
        phrase = _en_mots(voisines, territoire)
        yield Signalement("Territoire partagé", f"{phrase[0].upper()}{phrase[1:]} {suite} avec celle-ci.", "info")


def actives() -> Any:
    """Les équipes qui comptent : un dossier ouvert ou accepté, ou une reconnaissance en cours.

    `connue` : l'ARS en a reçu un dossier, ou l'a reconnue.
    """
    jour, elle = timezone.localdate(), OuterRef("pk")
    dossiers = Dossier.objects.filter(equipe=elle)
    en_cours = Q(reconnaissances__fin=None) | Q(reconnaissances__fin__gte=jour)
    reconnue = Exists(Equipe.objects.filter(en_cours, pk=elle, reconnaissances__debut__lte=jour))
    return (
        Equipe.objects.filter(Exists(dossiers.filter(etat__in=_VIVANTS)) | reconnue)
        .annotate(connue=Exists(dossiers.filter(depose_le__isnull=False)) | reconnue)
        .select_related("implantation")
    )


def _equipes_des_memes(dossier: Dossier, numeros: list[str]) -> dict[str, list[Equipe]]:
    """Par numéro RPPS, les autres équipes actives où il figure."""
    trouvees: dict[str, list[Equipe]] = {}
    if not numeros:
        return trouvees
    ailleurs = Membre.objects.presents().filter(rpps__in=numeros).exclude(equipe=dossier.equipe_id)
    paires = list(ailleurs.order_by("equipe__nom", "equipe_id").values_list("rpps", "equipe_id"))
    if not paires:
        return trouvees
    equipes = actives().in_bulk({pk for _, pk in paires})
    for rpps, pk in paires:
        if pk in equipes:
            trouvees.setdefault(rpps, []).append(equipes[pk])
    return trouvees


def _voisines(dossier: Dossier) -> list[Equipe]:
    """Les autres équipes actives implantées dans la même commune, ou dont le territoire touche celui-ci."""
    communes = Equipe.communes.through.objects.filter(equipe_id=dossier.equipe_id).values("commune_id")
    memes = Equipe.communes.through.objects.filter(
        Q(commune_id__in=communes) | Q(commune_id=dossier.equipe.implantation_id)
    )
    return list(
        actives()
        .filter(Q(implantation=dossier.equipe.implantation_id) | Q(pk__in=memes.values("equipe_id")))
        .exclude(pk=dossier.equipe_id)
        .order_by("nom", "pk")
    )


def _en_mots(equipes: list[Equipe], territoire: Perimetre) -> str:
    """« l'équipe « X », et 2 autres équipes » : les noms de celles que l'agent connaît, le nombre des autres."""
    connues = [e.nom for e in equipes if e.connue and territoire.contient(e.implantation)]  # type: ignore[attr-defined]
    citees, reste = connues[:CITEES], len(equipes) - len(connues[:CITEES])
    noms = ", ".join(f"« {nom} »" for nom in citees)
    autres = f"{reste} autre{'s' if reste > 1 else ''} équipe{'s' if reste > 1 else ''}" if reste else ""
    if not citees:
        return "une autre équipe" if reste == 1 else autres
    debut = f"l’équipe {noms}" if len(citees) == 1 else f"les équipes {noms}"
    return f"{debut} et {autres}" if autres else debut
