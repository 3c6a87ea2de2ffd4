"""Les courriels du dossier."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte(
        "signatures",
        "On vous demande de signer, ou votre signature est annulée",
        Public.EQUIPE,
        ("dossiers/signature_demandee", "dossiers/signature_relance", "dossiers/signature_annulee"),
        indispensable="Sans votre signature, le dossier ne part pas.",
    ),
    Sorte(
        "rappels_de_signature",
        "Rappel automatique d’une signature qui manque",
        Public.EQUIPE,
        ("dossiers/signature_rappel",),
    ),
    Sorte(
        "signatures_completes",
        "Toutes les signatures sont là",
        Public.EQUIPE,
        ("dossiers/signatures_completes",),
    ),
    Sorte(
        "depots",
        "Votre dossier est déposé ou retiré",
        Public.EQUIPE,
        ("dossiers/depot_recu", "dossiers/dossier_retire"),
    ),
    Sorte(
        "decisions",
        "Votre dossier change d’état, jusqu’à la décision",
        Public.EQUIPE,
        ("dossiers/etat_change",),
        indispensable="Une décision, ou une demande qui attend votre réponse, ne peut pas vous échapper.",
    ),
    Sorte("dossiers_recus", "Une équipe dépose un dossier", Public.AGENT, ("dossiers/depot_a_instruire",)),
    Sorte("dossiers_retires", "Une équipe retire son dossier", Public.AGENT, ("dossiers/dossier_retire_agent",)),
    Sorte(
        "pieces", "Une pièce jointe ne sera bientôt plus valable", Public.EQUIPE, ("dossiers/piece_bientot_perimee",)
    ),
    Sorte(
        "quarantaine",
        "Un fichier que vous avez déposé est en quarantaine",
        Public.COMPTE,
        ("dossiers/fichier_en_quarantaine",),
        indispensable="Votre poste est peut-être infecté, et votre fichier ne part pas.",
    ),
    Sorte(
        "quarantaine_agent",
        "Un fichier d’un dossier reçu est mis en quarantaine",
        Public.AGENT,
        ("dossiers/quarantaine_agent",),
    ),
)
