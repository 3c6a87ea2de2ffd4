"""Ce que montre la fiche d'un dossier à l'équipe : les étapes, l'action du moment, les signatures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.dossiers import droits
from esperluette.dossiers.contributions import ACTIONS, Action
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier, RelanceDeSignature, SignatureManuscrite
from esperluette.dossiers.phrases import Avancement


@dataclass(frozen=True, slots=True)
class EtapeDuDossier:
    """Une étape de la frise. `position` : faite, en_cours, a_venir."""

    titre: str
    position: str
    detail: str = ""

    @property
    def mot(self) -> str:
        """Le mot qui double la forme : on ne compte pas sur la couleur."""
        return {"faite": "fait", "en_cours": "en cours", "a_venir": "à venir"}[self.position]


_RANGS = {
    Etat.BROUILLON: "rediger",
    Etat.A_COMPLETER: "rediger",
    Etat.A_SIGNER: "signer",
    Etat.DEPOSE: "instruire",
    Etat.EN_INSTRUCTION: "instruire",
    Etat.INSCRIT: "avis",
    Etat.AVIS_RENDU: "decider",
}


def etapes_de(dossier: Dossier, avancement: Avancement, *, instance: bool) -> list[EtapeDuDossier]:
    """Les étapes du dossier, dans l'ordre ; toutes faites s'il est décidé, aucune en cours s'il est clos autrement."""
    complement = dossier.depose_le is not None and dossier.etat in (Etat.A_COMPLETER, Etat.A_SIGNER)
    etapes = [("rediger", "Compléter à la demande de l’ARS" if complement else "Rédiger ensemble", "")]
    if avancement.exige_signatures:
        detail = f"{avancement.signees} sur {avancement.attendues}" if avancement.attendues else ""
        etapes.append(("signer", "Figer et signer" if avancement.porteur_seul else "Figer, relire et signer", detail))
    etapes += [("deposer", "Déposer", ""), ("instruire", "Instruction par l’ARS", "")]
    if instance:
        etapes.append(("avis", "Avis de la commission", ""))
    etapes.append(("decider", "Décision de l’ARS", ""))
    cles = [cle for cle, _, _ in etapes]
    etat = Etat(dossier.etat)
    if etat in (Etat.ACCEPTE, Etat.REFUSE):
        rang, clos = len(etapes), True
    elif etat in Etat.CLOS:
        rang, clos = (cles.index("instruire") if dossier.depose_le else 0), True
    else:
        rang, clos = cles.index(_RANGS[etat]) if _RANGS[etat] in cles else cles.index("instruire"), False
    if etat == Etat.A_SIGNER and avancement.signees >= avancement.attendues:
        rang = cles.index("deposer")
    return [
        EtapeDuDossier(titre, "faite" if n < rang else "en_cours" if n == rang and not clos else "a_venir", detail)
        for n, (_, titre, detail) in enumerate(etapes)
    ]


def action_principale(
    dossier: Dossier, avancement: Avancement, depots: Sequence[Depot], compte: Compte
) -> Action | None:
    """La seule chose à faire maintenant, pour cette personne."""

    def vers(nom: str, *suite: object) -> str:
        return reverse(f"dossiers:{nom}", args=[dossier.reference, *suite])

    if dossier.est_modifiable:
        return _action_du_brouillon(dossier, avancement, compte, vers)
    if dossier.etat == Etat.A_SIGNER:
        depot = next((d for d in depots if d.depose_le is None and d.annule_le is None), None)
        if depot is not None:
            depot.dossier = dossier
            if droits.peut_signer(compte, depot):
                return Action("Relire et signer", vers("signature"), "Votre signature est attendue.")
        if avancement.signees >= avancement.attendues and droits.peut_deposer(compte, dossier):
            return Action("Déposer le dossier", vers("deposer"), "Toutes les signatures sont là.")
        return Action("Voir les signatures", vers("signature"))
    if contribuee := next((a for inscrite in ACTIONS if (a := inscrite(dossier, compte))), None):
        return contribuee
    depose = dernier_depose(depots)
    if depose is not None:
        return Action("Relire le dossier déposé", vers("version", depose.numero))
    return None


def _action_du_brouillon(dossier: Dossier, avancement: Avancement, compte: Compte, vers: Callable[..., str]) -> Action:
    if not droits.peut_rediger(compte, dossier):
        return Action("Lire le projet", vers("redaction"))
    if avancement.ouverture is not None and avancement.ouverture.restantes:
        return Action(avancement.ouverture.geste, avancement.ouverture.lien)
    if avancement.manques:
        return Action("Continuer la rédaction", vers("redaction"))
    if not droits.peut_deposer(compte, dossier):
        return Action("Relire le projet", vers("signature"), "Le porteur pourra ensuite figer la version à signer.")
    if avancement.exige_signatures:
        return Action("Relire et figer la version", vers("signature"), "Tout est rempli.")
    return Action("Relire et déposer", vers("signature"), "Tout est rempli.")


def dernier_depose(depots: Sequence[Depot]) -> Depot | None:
    """Le dernier dépôt transmis à l'ARS."""
    return next((d for d in sorted(depots, key=lambda d: -d.numero) if d.depose_le is not None), None)


@dataclass(frozen=True, slots=True)
class SignataireAMontrer:
    """Une personne nommée dans une version figée : sa signature, sinon le dernier rappel, sinon son départ."""

    nom: str
    qualite: str
    signee_le: datetime | None
    moi: bool
    relance: RelanceDeSignature | None = None
    parti_le: date | None = None


def signatures_de(depot: Depot, compte: Compte) -> list[SignataireAMontrer]:
    """Les signataires d'une version, dans l'ordre figé, en trois requêtes."""
    membres = {m.pk: m for m in depot.dossier.equipe.membres.all()}
    posees = {s.signataire_id: s.signee_le for s in depot.signatures.filter(annulee_le=None)}
    relances = {r.membre_id: r for r in depot.relances.select_related("par").order_by("le", "pk")}
    lignes = []
    for s in depot.contenu["signataires"]:
        membre = membres.get(s["membre"])
        compte_id = membre.compte_id if membre else None
        signee_le = posees.get(compte_id) if compte_id else None
        lignes.append(
            SignataireAMontrer(
                nom=f"{s['prenom']} {s['nom']}",
                qualite=s["profession"],
                signee_le=signee_le,
                moi=compte_id is not None and compte_id == compte.pk,
                relance=relances.get(s["membre"]) if signee_le is None else None,
                parti_le=membre.sorti_le if membre and signee_le is None else None,
            )
        )
    return lignes


def manuscrites_de(depot: Depot) -> list[SignatureManuscrite]:
    """Les pages signées à la main, jointes à un dépôt repris ; une requête."""
    return list(depot.manuscrites.actives().select_related("jointe_par", "scan__fichier"))
