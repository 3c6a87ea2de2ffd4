"""Les courriels des commissions."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "convocations",
        "Vos convocations, leurs changements et leurs rappels",
        Public.COMMISSION,
        (
            "commissions/convocation",
            "commissions/convocation_modifiee",
            "commissions/convocation_relance",
            "commissions/seance_annulee",
            "commissions/mandat",
        ),
        indispensable="Une convocation fait courir un délai, et le quorum dépend de votre réponse.",
    ),
    Sorte(
        "ordre_du_jour",
        "L’ordre du jour d’une séance change après votre convocation",
        Public.COMMISSION,
        ("commissions/ordre_du_jour_change",),
    ),
    Sorte(
        "presentation",
        "Vous êtes attendu devant la commission",
        Public.EQUIPE,
        ("commissions/porteur_invite", "commissions/porteur_deplace", "commissions/porteur_decommande"),
        indispensable="Vous êtes attendu à une heure dite.",
    ),
    Sorte(
        "passage_en_commission",
        "Votre projet passe en commission, change de date ou n’y passe plus",
        Public.EQUIPE,
        ("commissions/dossier_inscrit", "commissions/seance_deplacee", "commissions/dossier_retire_de_seance"),
    ),
)
