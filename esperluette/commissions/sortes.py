"""Les courriels des commissions."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "convocations",
        "Vous êtes convoqué à une séance, elle change ou s’annule",
        Public.COMMISSION,
        (
            "commissions/convocation",
            "commissions/convocation_modifiee",
            "commissions/convocation_relance",
            "commissions/seance_annulee",
        ),
        indispensable="La convocation est obligatoire, et le quorum dépend de votre réponse.",
    ),
    Sorte(
        "mandats",
        "Vous tenez un siège dans une commission",
        Public.COMMISSION,
        ("commissions/mandat",),
        indispensable="Cela change ce que vous pouvez lire et voter.",
    ),
    Sorte(
        "ordres_du_jour",
        "L’ordre du jour d’une séance change après votre convocation",
        Public.COMMISSION,
        ("commissions/ordre_du_jour_change",),
    ),
    Sorte(
        "presentations",
        "Vous êtes invité à présenter votre projet devant la commission",
        Public.EQUIPE,
        ("commissions/porteur_invite", "commissions/porteur_deplace", "commissions/porteur_decommande"),
        indispensable="C’est une convocation : on vous y attend, ou plus.",
    ),
    Sorte(
        "seances",
        "Votre dossier est inscrit à une séance, change de séance ou n’y passe plus",
        Public.EQUIPE,
        ("commissions/dossier_inscrit", "commissions/seance_deplacee", "commissions/dossier_retire_de_seance"),
    ),
)
