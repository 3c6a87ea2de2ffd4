"""L'annuaire public des équipes reconnues : la liste filtrée, la carte qui dit la même chose, les deux exports."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from esperluette.commun.tableur import sans_formule
from esperluette.reconnaissances.lectures import FichePublique, annuaire
from esperluette.territoires.cartes import Carte, Classe, Point, dessiner
from esperluette.territoires.contours import Contour, contours
from esperluette.territoires.models import Departement, Region

COLONNES = (
    "nom", "forme", "reconnue_depuis", "suspendue_depuis", "commune", "code_insee", "departement", "region",
    "territoire", "professions", "courriel", "telephone", "adresse", "fictive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choix:
    """Ce que la personne a demandé de voir. Vide : tout."""

    region: str = ""
    departement: str = ""
    forme: str = ""

    @property
    def vide(self) -> bool:
        return not (self.region or self.departement or self.forme)


@dataclass(frozen=True, slots=True)
class Annuaire:
    """Les équipes du choix, et de quoi le changer : les valeurs qui existent vraiment."""

    fiches: tuple[FichePublique, ...]
    choix: Choix
    regions: tuple[Region, ...]
    departements: tuple[Departement, ...]
    formes: tuple[tuple[str, str], ...]

    @property
    def rien_du_tout(self) -> bool:
        """Vrai quand aucune équipe n'est publiée, quel que soit le choix."""
        return not self.regions


def lire(choix: Choix) -> Annuaire:
    """L'annuaire entier, puis le choix ; trois requêtes."""
    toutes = annuaire()
    return Annuaire(
        fiches=tuple(f for f in toutes if _retenue(f, choix)),
        choix=choix,
        regions=tuple(sorted({f.implantation.region for f in toutes}, key=lambda r: r.nom)),
        departements=tuple(sorted({f.implantation.departement for f in toutes}, key=lambda d: d.pk)),
        formes=tuple(sorted({(f.forme, f.sigle) for f in toutes})),
    )


def _retenue(fiche: FichePublique, choix: Choix) -> bool:
    return (
        choix.region in ("", fiche.implantation.region.cle)
        and choix.departement in ("", fiche.implantation.departement_id)
        and choix.forme in ("", fiche.forme)
    )


def carte(annuaire: Annuaire) -> Carte | None:
    """Un point par équipe, une forme par sorte, sur les départements de leurs régions ; rien sans équipe."""
    if not annuaire.fiches:
        return None
    regions = {f.implantation.region_id for f in annuaire.fiches}
    departements = [annuaire.choix.departement] if annuaire.choix.departement else _departements(regions)
    return dessiner(
        titre="Où sont les équipes reconnues",
        description="Un point par équipe, sur sa commune d’implantation. La liste dit la même chose.",
        departements=departements,
        points=[
            Point(
                f.implantation.pk,
                f"{f.nom}, {f.implantation.nom} ({f.sigle})",
                f.forme,
                f"#equipe-{f.equipe}-{f.forme}",
            )
            for f in annuaire.fiches
        ],
        sortes=[Classe(forme, sigle) for forme, sigle in annuaire.formes],
        identifiant="carte-annuaire",
    )


def ancre(fiche: FichePublique) -> str:
    """Où la liste de la page parle de cette équipe."""
    return f"equipe-{fiche.equipe}-{fiche.forme}"


def _departements(regions: Iterable[str]) -> list[str]:
    return list(Departement.objects.filter(region__in=regions).values_list("pk", flat=True))


def en_csv(fiches: Iterable[FichePublique]) -> str:
    """Un tableau que tout tableur ouvre : point-virgule, UTF-8 avec sa marque, aucune formule."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(COLONNES)
    for fiche in fiches:
        ligne = _ligne(fiche)
        ecrivain.writerow([sans_formule(str(ligne[colonne])) for colonne in COLONNES])
    return "\ufeff" + sortie.getvalue()


def _ligne(fiche: FichePublique) -> dict[str, str]:
    return {
        "nom": fiche.nom,
        "forme": fiche.sigle,
        "reconnue_depuis": fiche.depuis.isoformat(),
        "suspendue_depuis": fiche.suspendue_depuis.isoformat() if fiche.suspendue_depuis else "",
        "commune": fiche.implantation.nom,
        "code_insee": fiche.implantation.pk,
        "departement": fiche.implantation.departement_id,
        "region": fiche.implantation.region.nom,
        "territoire": ", ".join(c.nom for c in fiche.communes),
        "professions": ", ".join(f"{libelle} ({effectif})" for libelle, effectif in fiche.professions),
        "courriel": fiche.coordonnees.get("courriel", ""),
        "telephone": fiche.coordonnees.get("telephone", ""),
        "adresse": fiche.coordonnees.get("adresse", ""),
        "fictive": "oui" if fiche.fictive else "non",
    }


def en_geojson(fiches: Iterable[FichePublique]) -> str:
    """Un point par équipe, à l'intérieur de sa commune (RFC 7946) ; sans contour connu, la géométrie est nulle."""
    fiches = list(fiches)
    connus = contours(f.implantation.pk for f in fiches)
    objets: list[dict[str, Any]] = []
    for fiche in fiches:
        objets.append(
            {
                "type": "Feature",
                "id": f"{fiche.equipe}-{fiche.forme}",
                "geometry": _point(connus.get(fiche.implantation.pk)),
                "properties": fiche.en_json(),
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": objets}, ensure_ascii=False, indent=1)


def _point(contour: Contour | None) -> dict[str, Any] | None:
    if contour is None or contour.longitude is None or contour.latitude is None:
        return None
    return {"type": "Point", "coordinates": [contour.longitude, contour.latitude]}


def choix_de(donnees: Any) -> Choix:
    """Le choix que porte une adresse."""
    return Choix(*(donnees.get(nom, "")[:60] for nom in ("region", "departement", "forme")))
