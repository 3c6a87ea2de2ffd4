"""Lire et vérifier le journal."""

from datetime import UTC

from django.db import models

from esperluette.journal.actions import cle_de, empreinte_de
from esperluette.journal.models import Chaine, Evenement


def evenements_de(objet: models.Model) -> models.QuerySet[Evenement]:
    """Les actes d'un objet, du plus récent au plus ancien."""
    return Evenement.objects.filter(chaine_id=cle_de(objet)).order_by("-numero")


def tete_de(objet: models.Model) -> str:
    """L'empreinte du dernier acte, imprimée sur l'accusé de réception ; vide si aucun acte."""
    return Chaine.objects.filter(cle=cle_de(objet)).values_list("tete", flat=True).first() or ""


def anomalies(chaine: Chaine) -> list[str]:
    """Ce qui ne va pas dans une chaîne : maillon retiré, changé ou déplacé. Vide si tout est intact."""
    trouvees: list[str] = []
    precedente = ""
    attendu = 0
    for evenement in chaine.evenements.order_by("numero"):
        attendu += 1
        calculee = empreinte_de(
            chaine=chaine.cle,
            numero=evenement.numero,
            sorte=evenement.sorte,
            acteur_id=evenement.acteur_id,
            acteur_nom=evenement.acteur_nom,
            le=evenement.le.astimezone(UTC).isoformat(),
            donnees=evenement.donnees,
            precedente=precedente,
        )
        if evenement.numero != attendu or calculee != evenement.empreinte:
            trouvees.append(f"{chaine.cle} : l'événement n° {evenement.numero} a été changé, retiré ou déplacé.")
            return trouvees
        precedente = evenement.empreinte
    if (attendu, precedente) != (chaine.longueur, chaine.tete):
        trouvees.append(f"{chaine.cle} : la fin de la chaîne a été retirée.")
    return trouvees
