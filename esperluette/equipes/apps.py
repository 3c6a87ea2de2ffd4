"""Déclaration de l'app `equipes`."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree, inscrire


def _en_equipe(request: HttpRequest) -> bool:
    """Qui est d'une équipe ou l'accompagne ; et toute personne sans fonction : c'est là qu'elle en crée une."""
    from esperluette.comptes.drapeaux import drapeau  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
    from esperluette.comptes.lectures import fonctions_actives  # noqa: PLC0415

    compte = getattr(request, "user", None)
    if compte is None or not compte.is_authenticated:
        return False
    return not fonctions_actives(compte) or drapeau(compte, "equipe")


class EquipesConfig(AppConfig):
    name = "esperluette.equipes"
    label = "equipes"

    def ready(self) -> None:
        """Inscrit l'entrée du menu et les libellés du journal."""
        from esperluette.comptes import drapeaux, exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.equipes.droits import est_d_une_equipe  # noqa: PLC0415
        from esperluette.equipes.exports import mes_equipes  # noqa: PLC0415
        from esperluette.equipes.lectures import CONSULTATION, PHRASES, equipes_ou_ecrire  # noqa: PLC0415
        from esperluette.equipes.sortes import SORTES, est_en_equipe  # noqa: PLC0415
        from esperluette.interlocuteurs import registres  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import sortes  # noqa: PLC0415
        from esperluette.notifications.enums import Public  # noqa: PLC0415

        sans_nom = {"{membre}": "un membre", "{acces}": "un accompagnateur"}
        for sorte, phrase in PHRASES.items():
            for cle, mot in sans_nom.items():
                phrase = phrase.replace(cle, mot)
            libelles.inscrire({sorte: phrase})
        libelles.inscrire({CONSULTATION: "a consulté l’espace de l’équipe"})
        registres.inscrire_equipes(equipes_ou_ecrire)
        exports.inscrire("equipes", mes_equipes)
        sortes.inscrire(*SORTES)
        sortes.inscrire_public(Public.EQUIPE, est_en_equipe)
        drapeaux.inscrire_drapeau("equipe", est_d_une_equipe)
        inscrire(Entree("Mes équipes", "equipes:liste", 20, _en_equipe))
