"""Les courriels du dossier : un fait, un lien, jamais le contenu."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.models import Depot, Dossier, PieceJointe
from esperluette.equipes.models import Membre
from esperluette.notifications.actions import envoyer, envoyer_a_chacun


def _adresse(dossier: Dossier, nom: str) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse(f"dossiers:{nom}", args=[dossier.reference])


def _contexte(dossier: Dossier, nom: str, **autres: object) -> dict[str, object]:
    return {"dossier": dossier, "equipe": dossier.equipe, "lien": _adresse(dossier, nom), **autres}


def _membres(dossier: Dossier) -> list[Compte]:
    return list(Compte.objects.filter(pk__in=dossier.equipe.membres.confirmes().values("compte_id")))


def demander_signatures(depot: Depot) -> None:
    """À chaque membre qui doit signer : la version est prête."""
    identifiants = [s["membre"] for s in depot.contenu["signataires"]]
    for membre in depot.dossier.equipe.membres.filter(pk__in=identifiants).select_related("compte"):
        envoyer(
            "dossiers/signature_demandee", a=membre.compte or membre.courriel, objet_lie=depot.dossier,
            contexte=_contexte(depot.dossier, "signature", depot=depot),
        )  # fmt: skip


def prevenir_si_toutes_signatures(depot: Depot) -> None:
    """Au porteur et à qui il a confié le dépôt, quand la dernière signature est posée : on peut déposer."""
    if depot.signatures.filter(annulee_le=None).count() < len(depot.contenu["signataires"]):
        return
    equipe = depot.dossier.equipe
    confiees = equipe.delegations.en_cours().values("delegataire")
    tenants = equipe.membres.filter(Q(porteur=True) | Q(pk__in=confiees), sorti_le=None, compte__isnull=False)
    for membre in tenants.select_related("compte"):
        envoyer(
            "dossiers/signatures_completes", a=membre.compte, objet_lie=depot.dossier,
            contexte=_contexte(depot.dossier, "signature", depot=depot),
        )  # fmt: skip


def rappeler_la_signature(gabarit: str, depot: Depot, membre: Membre) -> None:
    """Rappelle sa signature à une personne ; `gabarit` : à la demande d'un collègue, ou automatique."""
    envoyer(
        gabarit, a=membre.compte or membre.courriel, objet_lie=depot.dossier,
        contexte=_contexte(depot.dossier, "signature", depot=depot),
    )  # fmt: skip


def signatures_annulees(depot: Depot, signataires: Iterable[Compte]) -> None:
    """À ceux qui avaient signé : leur signature est tombée, il faudra signer la suivante."""
    for compte in signataires:
        envoyer(
            "dossiers/signature_annulee", a=compte, objet_lie=depot.dossier,
            contexte=_contexte(depot.dossier, "redaction", depot=depot),
        )  # fmt: skip


def depot_recu(depot: Depot) -> None:
    """À tous les membres : l'accusé est en ligne. À qui instruit ou instruira : un dossier est là."""
    dossier = depot.dossier
    contexte = {"dossier": dossier, "chemin": f"/instruction/{dossier.reference}/"}
    envoyer_a_chacun("dossiers/depot_a_instruire", a=agents_a_prevenir(dossier), objet_lie=dossier, contexte=contexte)
    contexte = _contexte(dossier, "fiche", depot=depot)
    envoyer_a_chacun("dossiers/depot_recu", a=_membres(dossier), objet_lie=dossier, contexte=contexte)


def etat_change(dossier: Dossier) -> None:
    """À tous les membres : l'ARS a fait avancer le dossier."""
    contexte = _contexte(dossier, "fiche")
    envoyer_a_chacun("dossiers/etat_change", a=_membres(dossier), objet_lie=dossier, contexte=contexte)


def dossier_retire(dossier: Dossier) -> None:
    """À tous les membres, et à l'agent qui l'instruisait, ou son relais."""
    contexte = _contexte(dossier, "fiche")
    envoyer_a_chacun("dossiers/dossier_retire", a=_membres(dossier), objet_lie=dossier, contexte=contexte)
    if dossier.instruit_par is not None:
        for agent in agents_a_prevenir(dossier):
            envoyer("dossiers/dossier_retire_agent", a=agent, objet_lie=dossier, contexte={"dossier": dossier})


def piece_bientot_perimee(piece: PieceJointe, reste: int) -> None:
    """À tous les membres : une pièce ne vaudra bientôt plus."""
    for compte in _membres(piece.dossier):
        envoyer(
            "dossiers/piece_bientot_perimee", a=compte, objet_lie=piece.dossier,
            contexte=_contexte(piece.dossier, "pieces", piece=piece, reste=reste),
        )  # fmt: skip
