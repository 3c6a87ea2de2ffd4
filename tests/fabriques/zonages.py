"""Des zonages en base, sans fichier : `zoner("zonage-medecins", {"22136": "zip"})`."""

from collections.abc import Iterable, Mapping

from esperluette.territoires.jeux import jeu
from esperluette.territoires.models import Decoupage, JeuImporte, Zonage


def decoupage_note(empreinte: str = "decoupage-d-essai") -> Decoupage:
    """Ce que la base note d'un découpage chargé : sans lui, aucun jeu ne s'importe."""
    return Decoupage.objects.update_or_create(
        millesime=2026,
        defaults={"version": "6.0.0", "producteur": "INSEE", "licence": "Licence Ouverte 2.0", "empreinte": empreinte},
    )[0]


def zoner(
    identifiant: str,
    classes: Mapping[str, str | Iterable[tuple[str, list[str]]]],
    *,
    precisions: Mapping[str, list[str]] | None = None,
    demonstration: bool = False,
) -> JeuImporte:
    """Pose un jeu importé. Une commune a une classe, ou des paires (classe, anciennes communes qui la portent)."""
    decrit = jeu(identifiant)
    JeuImporte.objects.filter(jeu=identifiant).update(courant=False)
    importation = JeuImporte.objects.create(
        jeu=identifiant,
        millesime=decrit.millesime,
        producteur=decrit.producteur,
        licence=decrit.licence,
        fichier="essai.csv",
        empreinte="e" * 64,
        communes=len(classes),
        demonstration=demonstration,
        description=decrit.empreinte,
    )
    Zonage.objects.bulk_create(
        Zonage(
            importation=importation,
            commune_id=code,
            classe=classe,
            precisions=(precisions or {}).get(code, []),
            anciennes=anciennes,
        )
        for code, dites in classes.items()
        for classe, anciennes in ([(dites, [])] if isinstance(dites, str) else dites)
    )
    return importation
