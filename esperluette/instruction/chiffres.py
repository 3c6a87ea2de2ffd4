"""Les chiffres publics d'un dépôt, côté agent : ceux que l'équipe conteste se disent d'abord."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.diagnostics.encart_ecrit import contestes
from esperluette.dossiers.affichage import identifiant_html
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Signalement


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """L'équipe conteste des chiffres du dernier dépôt ; une requête, aucune si la trame n'en porte pas."""
    trame = trame_de(dossier)
    if all(champ.type != "chiffres" for _, champ in trame.champs()):
        return
    reponses = dossier.depots.filter(depose_le__isnull=False).values_list("contenu__reponses", flat=True).first()
    trouves = contestes(trame, reponses or {})
    if not trouves:
        return
    titre = "L’équipe conteste un chiffre" if len(trouves) == 1 else f"L’équipe conteste {len(trouves)} chiffres"
    lien = reverse("instruction:fiche", args=[dossier.reference]) + f"#{identifiant_html(trouves[0].champ)}"
    texte = " ".join(f"{c.libelle} : « {c.motif} »" for c in trouves)
    yield Signalement(titre, texte, "attention", lien, "Lire le chiffre")
