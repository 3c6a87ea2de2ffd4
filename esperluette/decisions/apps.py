"""Déclaration de l'app `decisions` : la décision de l'ARS et ses courriers."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "decision_preparee": "a préparé une décision",
    "decision_corrigee": "a corrigé la décision en préparation",
    "courrier_repris": "a repris le courrier à la main",
    "courrier_refait": "a refait le courrier depuis le modèle",
    "decision_relue": "a visé la décision",
    "decision_signee": "a signé la décision",
    "signature_retiree": "a remplacé le courrier : la signature de la décision est tombée",
    "decision_abandonnee": "a abandonné la décision en préparation",
    "decision_notifiee": "a notifié la décision à l’équipe",
    "decision_consultee": "a lu la décision, le premier de l’équipe",
    "decision_retiree": "a retiré une décision déjà notifiée",
}
# Ce qui précède la notification : l'équipe n'apprend une décision qu'en la recevant.
INTERNES = (
    "decision_preparee", "decision_corrigee", "courrier_repris", "courrier_refait", "decision_relue",
    "decision_signee", "signature_retiree", "decision_abandonnee",
)  # fmt: skip


class DecisionsConfig(AppConfig):
    name = "esperluette.decisions"
    label = "decisions"

    def ready(self) -> None:
        """Le menu, l'onglet et les gestes de l'agent, la page et le bloc de l'équipe, la corbeille, l'entretien."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.comptes.enums import Role  # noqa: PLC0415
        from esperluette.comptes.lectures import a_un_role  # noqa: PLC0415
        from esperluette.decisions import archive, contributions, origines, taches  # noqa: PLC0415
        from esperluette.decisions.sortes import SORTES  # noqa: PLC0415
        from esperluette.documents.registres import ORIGINES  # noqa: PLC0415
        from esperluette.dossiers import contributions as cote_equipe  # noqa: PLC0415
        from esperluette.instruction import contributions as cote_agent  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        def instruit_ou_decide(request: HttpRequest) -> bool:
            return a_un_role(request.user, *Role.INSTRUCTEURS)

        navigation.inscrire(navigation.Entree("Décisions", "decisions:boite", ordre=28, visible=instruit_ou_decide))
        libelles.inscrire(LIBELLES, internes=INTERNES)
        sortes.inscrire(*SORTES)
        cote_agent.ONGLETS.inscrire(contributions.onglets_de_l_agent)
        cote_agent.GESTES.inscrire(contributions.gestes)
        cote_agent.CORBEILLES.inscrire(contributions.corbeilles)
        cote_agent.SIGNALEMENTS.inscrire(contributions.signalements)
        cote_equipe.ONGLETS.inscrire(contributions.onglets_de_l_equipe)
        cote_equipe.BLOCS.inscrire(contributions.blocs)
        cote_equipe.ARCHIVES.inscrire(archive.pieces)
        cote_equipe.ACTIONS.inscrire(contributions.action_de_l_equipe)
        entretien.inscrire(taches.reprendre_les_courriers)
        entretien.inscrire(taches.veiller_aux_reponses)
        ORIGINES.inscrire("decisions.courrier", origines.courrier)
