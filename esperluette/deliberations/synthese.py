"""Un dossier en cinq lignes, lues du dernier dépôt : ce que la salle doit avoir sous les yeux."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from esperluette.commissions.models import Point
from esperluette.commun.texte_riche import texte_brut
from esperluette.dossiers.models import Depot

AUTRES = "autre membre"
TITRES_CITES = 3


@dataclass(frozen=True, slots=True)
class Synthese:
    """Cinq lignes, chacune avec son nom ; une ligne sans matière le dit."""

    lignes: tuple[tuple[str, str], ...]
    depot: int = 0


def syntheses_de(points: Sequence[Point]) -> dict[int, Synthese]:
    """Les synthèses de plusieurs points, par clé de point. Une requête."""
    dossiers = [p.dossier_id for p in points]
    depots: dict[int, dict[str, Any]] = {}
    lus = Depot.objects.filter(dossier__in=dossiers, depose_le__isnull=False).order_by("numero")
    for lu in lus.values("dossier_id", "numero", "contenu__membres", "contenu__document__rubriques"):
        depots[lu["dossier_id"]] = dict(lu)
    return {p.pk: _synthese(p, depots.get(p.dossier_id, {})) for p in points}


def _synthese(point: Point, depot: dict[str, Any]) -> Synthese:
    equipe = point.dossier.equipe
    implantation = equipe.implantation
    rubriques = depot.get("contenu__document__rubriques") or []
    return Synthese(
        (
            ("Équipe", f"{equipe.nom}, {equipe.get_forme_visee_display()}"),
            ("Demande", point.affaire_libelle or point.dossier.demarche_libelle),
            ("Composition", _composition(depot.get("contenu__membres") or [])),
            ("Territoire", _territoire(f"{implantation.nom} ({implantation.departement.nom})", rubriques)),
            ("Projet", _axes(rubriques)),
        ),
        depot.get("numero", 0),
    )


def _composition(membres: Sequence[dict[str, Any]]) -> str:
    """Combien de membres, et de quels métiers ; un métier libre pourrait désigner quelqu'un : il se tait."""
    if not membres:
        return "Non renseignée"
    metiers = Counter(m["profession"] if m.get("professionnel") else AUTRES for m in membres)
    detail = "\u00a0; ".join(f"{nombre} {metier.lower()}" for metier, nombre in metiers.most_common())
    return f"{len(membres)} membre{'s' if len(membres) > 1 else ''}\u00a0: {detail}"


def _territoire(implantation: str, rubriques: Sequence[dict[str, Any]]) -> str:
    communes = next(
        (c["valeur"] for r in rubriques for c in r["champs"] if c["type"] == "communes" and c["valeur"]), ()
    )
    if len(communes) <= 1:
        return implantation
    return f"{implantation}, {len(communes)} communes"


def _axes(rubriques: Sequence[dict[str, Any]]) -> str:
    """Les axes du projet : le premier texte de chaque fiche du premier tableau de fiches."""
    for champ in (c for r in rubriques for c in r["champs"] if c["type"] == "tableau" and c["valeur"]):
        if champ["valeur"]["presentation"] != "fiches":
            continue
        lignes = champ["valeur"]["lignes"]
        titres = [next((t for v in ligne if isinstance(v, str) and (t := texte_brut(v))), "") for ligne in lignes]
        cites = [t.strip()[:80] for t in titres if t.strip()][:TITRES_CITES]
        reste = len(lignes) - len(cites)
        return "\u00a0; ".join(cites) + (
            f"\u00a0; et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 and cites else ""
        )
    return "Voir le dépôt"
