"""Les courriels de la décision : un fait, un lien, jamais le sens ni le contenu."""

from django.conf import settings
from django.urls import reverse

from esperluette.comptes.enums import Role
from esperluette.comptes.models import Compte, Fonction
from esperluette.comptes.perimetres import perimetre_de
from esperluette.decisions.lectures import ReponsePromise
from esperluette.decisions.models import Decision
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.models import Dossier
from esperluette.notifications.actions import envoyer_a_chacun
from esperluette.territoires.models import Commune

REPONSE_PROCHE = "decisions/reponse_proche"


def _lien(nom: str, *arguments: object) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse(f"decisions:{nom}", args=arguments)


def destinataires_de(dossier: Dossier) -> list[Compte]:
    """Les membres de l'équipe qui reçoivent la décision : ceux qui ont confirmé leur appartenance."""
    comptes = dossier.equipe.membres.confirmes().values("compte_id")
    return list(Compte.objects.filter(pk__in=comptes, is_active=True).order_by("nom", "pk"))


def autorites_de(commune: Commune) -> list[Compte]:
    """Les autorités en fonction dont la délégation couvre cette commune ; deux requêtes."""
    fonctions = (
        Fonction.objects.actives()
        .filter(role=Role.AUTORITE, compte__is_active=True)
        .select_related("compte")
        .prefetch_related("epcis")
        .order_by("compte__nom", "pk")
    )
    comptes = {f.compte_id: f.compte for f in fonctions if perimetre_de([f], (Role.AUTORITE,)).contient(commune)}
    return list(comptes.values())


def decision_notifiee(decision: Decision) -> int:
    """À chaque membre de l'équipe : une décision l'attend. Rend le nombre de courriels."""
    return _a_l_equipe("decisions/decision_notifiee", decision)


def decision_retiree(decision: Decision) -> int:
    """À chaque membre de l'équipe : une décision la concerne."""
    return _a_l_equipe("decisions/decision_retiree", decision)


def dossier_reexamine(decision: Decision) -> int:
    """À chaque membre de l'équipe : le dossier est rouvert."""
    return _a_l_equipe("decisions/dossier_reexamine", decision)


def _a_l_equipe(gabarit: str, decision: Decision) -> int:
    dossier = decision.dossier
    contexte = {"dossier": dossier, "equipe": dossier.equipe, "lien": _lien("equipe", dossier.reference)}
    return envoyer_a_chacun(gabarit, a=destinataires_de(dossier), objet_lie=dossier, contexte=contexte)


def reponse_proche(dossier: Dossier, promise: ReponsePromise) -> None:
    """À qui suit le dossier et à qui décide : le terme annoncé à l'équipe approche."""
    agents = {a.pk: a for a in agents_a_prevenir(dossier)}
    agents |= {a.pk: a for a in autorites_de(dossier.equipe.implantation)}
    contexte = {"dossier": dossier, "promise": promise, "lien": _lien("fiche", dossier.reference)}
    envoyer_a_chacun(REPONSE_PROCHE, a=agents.values(), objet_lie=dossier, contexte=contexte)
