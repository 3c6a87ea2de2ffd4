"""La part des dossiers dans « mes données » : ce qu'on a écrit, remarqué, joint et signé."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.documents.models import Signature
from esperluette.dossiers.models import Commentaire, PieceJointe, TexteEnConflit, VersionReponse
from esperluette.fichiers.models import Fichier


def mes_dossiers(compte: Compte) -> dict[str, Any]:
    """Tout ce que cette personne a écrit ou signé dans un dossier, du plus ancien au plus récent."""
    ecrits = VersionReponse.objects.filter(auteur=compte).order_by("le", "pk")
    conflits = TexteEnConflit.objects.filter(auteur=compte).order_by("pk")
    remarques = Commentaire.objects.filter(auteur=compte).order_by("le", "pk")
    pieces = PieceJointe.objects.filter(jointe_par=compte).order_by("jointe_le", "pk")
    signatures = Signature.objects.filter(signataire=compte).order_by("signee_le", "pk")
    return {
        "textes_ecrits": list(ecrits.values("reponse__dossier__reference", "reponse__champ", "valeur", "le")),
        "textes_en_conflit": list(conflits.values("reponse__dossier__reference", "reponse__champ", "valeur", "le")),
        "remarques": list(remarques.values("dossier__reference", "champ", "texte", "le")),
        "pieces_jointes": list(
            pieces.values(
                "dossier__reference", "libelle", "fichier__nom", "jointe_le", "retiree_le", "valable_jusqu_au"
            )
        ),
        "avertissements_lus": list(
            Fichier.objects.filter(vigilance_vue_par=compte)
            .order_by("vigilance_vue_le", "pk")
            .values("nom", "vigilances", "vigilance_vue_le")
        ),
        "signatures": list(
            signatures.values(
                "nom", "qualite", "empreinte", "signee_le", "methode", "adresse_ip", "annulee_le", "preuve__faits",
                "preuve__connexion",
            )
        ),
    }  # fmt: skip
