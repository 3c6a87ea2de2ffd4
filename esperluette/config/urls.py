"""Les adresses du site. Chaque app tient les siennes."""

from django.urls import include, path

from esperluette.config import views

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("sante/web/", views.sante_du_web, name="sante_du_web"),
    # Avant les autres : « /instruction/equipes-reconnues/ » n'est pas la référence d'un dossier.
    path("", include("esperluette.reconnaissances.urls")),
    path("", include("esperluette.archives.urls")),
    path("compte/", include("esperluette.comptes.urls")),
    path("", include("esperluette.notifications.urls")),
    path("communes/", include("esperluette.territoires.urls")),
    path("equipes/", include("esperluette.diagnostics.urls")),
    path("equipes/", include("esperluette.equipes.urls")),
    path("dossiers/", include("esperluette.echanges.urls")),
    path("dossiers/", include("esperluette.importations.urls")),
    path("dossiers/", include("esperluette.sollicitations.urls")),
    path("dossiers/", include("esperluette.dossiers.urls")),
    path("dossiers/", include("esperluette.instruction.urls_dossier")),
    path("dossiers/", include("esperluette.complements.urls")),
    path("dossiers/", include("esperluette.deliberations.urls_equipe")),
    # Avant les dossiers reçus : « chiffres » n'est pas une référence.
    path("instruction/chiffres/", include("esperluette.sollicitations.urls_agent")),
    path("instruction/", include("esperluette.instruction.urls")),
    path("seances/", include("esperluette.deliberations.urls")),
    path("commissions/", include("esperluette.commissions.urls")),
    path("rencontre/", include("esperluette.interlocuteurs.urls")),
    path("administration/", include("esperluette.administration.urls")),
    path("pilotage/", include("esperluette.pilotage.urls")),
    path("reprises/", include("esperluette.reprises.urls")),
    path("fichiers/", include("esperluette.fichiers.urls")),
    path("", include("esperluette.decisions.urls")),
    path("", include("esperluette.portail.urls")),
]
