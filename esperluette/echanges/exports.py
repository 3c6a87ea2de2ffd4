"""La part des échanges dans « mes données ». Les notes internes appartiennent à l'ARS : leur texte n'en sort pas."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.echanges.enums import Ecrit
from esperluette.echanges.models import BrouillonDeMessage, Message


def mes_messages(compte: Compte) -> dict[str, Any]:
    """Les messages envoyés par cette personne, leurs pièces, et ses brouillons de messages."""
    envoyes = Message.objects.filter(auteur=compte).order_by("envoye_le", "pk")
    brouillons = BrouillonDeMessage.objects.filter(compte=compte, ecrit=Ecrit.MESSAGE).order_by("pk")
    return {
        "envoyes": list(envoyes.values("dossier__reference", "rubrique", "texte", "envoye_le")),
        "pieces": list(
            envoyes.filter(pieces__isnull=False).values("dossier__reference", "pieces__fichier__nom", "envoye_le")
        ),
        "brouillons": list(brouillons.values("dossier__reference", "texte", "modifie_le")),
    }
