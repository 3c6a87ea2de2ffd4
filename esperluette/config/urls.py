"""Les adresses du site. Chaque app tient les siennes."""

from django.urls import include, path

urlpatterns = [
    path("compte/", include("esperluette.comptes.urls")),
    path("", include("esperluette.notifications.urls")),
    path("communes/", include("esperluette.territoires.urls")),
    path("equipes/", include("esperluette.equipes.urls")),
    path("equipes/", include("esperluette.reconnaissances.urls")),
    path("dossiers/", include("esperluette.echanges.urls")),
    path("dossiers/", include("esperluette.dossiers.urls")),
    path("dossiers/", include("esperluette.complements.urls")),
    path("instruction/", include("esperluette.instruction.urls")),
    path("rencontre/", include("esperluette.interlocuteurs.urls")),
    path("administration/", include("esperluette.administration.urls")),
    path("pilotage/", include("esperluette.pilotage.urls")),
    path("fichiers/", include("esperluette.fichiers.urls")),
    path("", include("esperluette.decisions.urls")),
    path("", include("esperluette.portail.urls")),
]
