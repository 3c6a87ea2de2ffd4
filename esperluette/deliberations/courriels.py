"""Les courriels des délibérations : un fait, un lien, jamais le contenu."""

from django.conf import settings
from django.urls import reverse

from esperluette.commissions.models import Seance
from esperluette.comptes.lectures import referents_de
from esperluette.comptes.models import Compte
from esperluette.deliberations.enums import GesteDeReserve
from esperluette.deliberations.models import AvisRendu, Reserve
from esperluette.dossiers.models import Dossier
from esperluette.notifications.actions import envoyer, envoyer_a_chacun


def membres_de(dossier: Dossier) -> list[Compte]:
    """Les membres confirmés de l'équipe, par leur compte."""
    return list(Compte.objects.filter(pk__in=dossier.equipe.membres.confirmes().values("compte_id")))


def agents_de(dossier: Dossier) -> list[Compte]:
    """Qui instruit, sinon à qui le dossier revient, sinon les référents du territoire."""
    agent = dossier.instruit_par or dossier.affecte_a
    return [agent] if agent else referents_de(dossier.equipe.implantation)


def _adresse(nom: str, *args: object) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse(nom, args=args)


def avis_connu(avis: AvisRendu, dossier: Dossier) -> None:
    """À la clôture, aux membres de l'équipe : la commission a examiné le dossier. Le sens se lit dans le dossier."""
    contexte = {
        "dossier": dossier, "equipe": dossier.equipe, "ajourne": avis.est_un_ajournement,
        "lien": _adresse("dossiers:fiche", dossier.reference),
    }  # fmt: skip
    envoyer_a_chacun("deliberations/avis_connu", a=membres_de(dossier), contexte=contexte, objet_lie=dossier)


def preuve_deposee(reserve: Reserve) -> None:
    """À qui instruit : l'équipe a déposé une preuve."""
    dossier = reserve.dossier
    lien = settings.ADRESSE_PUBLIQUE + f"/instruction/{dossier.reference}/reserves/"
    for compte in agents_de(dossier):
        envoyer(
            "deliberations/preuve_deposee", a=compte, objet_lie=dossier,
            contexte={"dossier": dossier, "equipe": dossier.equipe, "lien": lien},
        )  # fmt: skip


def reserve_suivie(reserve: Reserve) -> None:
    """Aux membres de l'équipe : une réserve a été levée, abandonnée ou rouverte."""
    dossier, derniere = reserve.dossier, reserve.etapes.last()
    geste = GesteDeReserve(derniere.geste).label if derniere else ""
    contexte = {
        "dossier": dossier, "equipe": dossier.equipe, "geste": geste.lower(),
        "lien": _adresse("deliberations_equipe:reserves", dossier.reference),
    }  # fmt: skip
    envoyer_a_chacun("deliberations/reserve_suivie", a=membres_de(dossier), contexte=contexte, objet_lie=dossier)


def reserve_a_lever(reserve: Reserve, comptes: list[Compte]) -> None:
    """À qui doit la lever : l'échéance approche."""
    dossier = reserve.dossier
    equipe = reserve.cote == "equipe"
    lien = (
        _adresse("deliberations_equipe:reserves", dossier.reference)
        if equipe
        else settings.ADRESSE_PUBLIQUE + f"/instruction/{dossier.reference}/reserves/"
    )
    for compte in comptes:
        envoyer(
            "deliberations/reserve_a_lever", a=compte, objet_lie=dossier,
            contexte={"dossier": dossier, "equipe": dossier.equipe, "reserve": reserve, "lien": lien},
        )  # fmt: skip


def lecture_attendue(compte: Compte, seance: Seance, restants: int) -> None:
    """À un membre : la séance approche, des dossiers attendent son avis écrit."""
    lien = _adresse("deliberations:seance", seance.pk)
    envoyer(
        "deliberations/lecture_attendue", a=compte, objet_lie=seance,
        contexte={"seance": seance, "restants": restants, "lien": lien},
    )  # fmt: skip


def pv_a_valider(compte: Compte, seance: Seance) -> None:
    """Au président : le procès-verbal est prêt à valider."""
    lien = _adresse("deliberations:proces_verbal", seance.pk)
    envoyer(
        "deliberations/pv_a_valider", a=compte, objet_lie=seance,
        contexte={"seance": seance, "lien": lien},
    )  # fmt: skip
