"""Ce que les dossiers ajoutent au tableau de bord de l'équipe : étapes, pastilles, onglet, derniers actes."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import avancement_de, demarche_de, depot_en_attente, echeance_de, restants_de
from esperluette.dossiers.lectures_fiche import action_principale, etapes_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.phrases import pour_l_equipe
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.enums import EtatEtape
from esperluette.equipes.lectures import LigneDeJournal
from esperluette.equipes.models import Equipe, Membre
from esperluette.equipes.tableau import VOUS, Etape, Onglet, Pastille
from esperluette.journal.lectures import evenements_de
from esperluette.journal.libelles import libelle
from esperluette.referentiel.lecture import edition_en_vigueur

ACTES_MONTRES = 8
_POSITIONS = {"faite": EtatEtape.FAIT, "en_cours": EtatEtape.EN_COURS, "a_venir": EtatEtape.A_VENIR}


def dossier_courant(equipe: Equipe) -> Dossier | None:
    """Le dossier ouvert le plus récent, sinon le dernier dossier ; lu une fois par page."""
    if not hasattr(equipe, "_dossier_courant"):
        dossiers = list(equipe.dossiers.order_by("-cree_le", "-pk")[:10])
        for dossier in dossiers:
            dossier.equipe = equipe
        equipe._dossier_courant = next(
            (d for d in dossiers if d.etat in Etat.OUVERTS), dossiers[0] if dossiers else None
        )  # type: ignore[attr-defined]
    return equipe._dossier_courant  # type: ignore[attr-defined, no-any-return]


def etapes(equipe: Equipe, compte: Any) -> Iterator[Etape]:
    """Les étapes du dossier courant ; sans dossier, l'invitation à l'ouvrir."""
    dossier = dossier_courant(equipe)
    if dossier is None:
        yield from _ouvrir(equipe, compte)
        return
    avancement = avancement_de(dossier, compte, signature=_en_signature(equipe))
    phrase = pour_l_equipe(dossier, avancement, echeance=echeance_de(dossier), effet="")
    action = action_principale(dossier, avancement, list(dossier.depots.all()), compte)
    for etape in etapes_de(dossier, avancement, instance=demarche_de(dossier).instance is not None):
        en_cours = etape.position == "en_cours"
        yield Etape(
            cle=f"dossier-{etape.titre}",
            libelle=etape.titre,
            etat=_POSITIONS[etape.position],
            phrase=_sans_adresse(phrase.texte) if en_cours else etape.detail,
            lien=action.adresse if en_cours and action else "",
            geste=action.libelle if en_cours and action else "",
            main=VOUS if en_cours and phrase.qui == "Vous" else "",
            en_tete=en_cours,
        )


def _ouvrir(equipe: Equipe, compte: Any) -> Iterator[Etape]:
    edition = edition_en_vigueur(equipe.region.cle, timezone.localdate())
    if edition is None or not any(d.en_ligne and equipe.forme_visee in d.formes for d in edition.demarches):
        return
    porteur = bool(peut_modifier(compte, equipe))
    yield Etape(
        cle="dossier-ouvrir",
        libelle="Rédiger le projet de santé",
        etat=EtatEtape.EN_COURS,
        phrase="Ouvrez le projet de santé : vous pourrez l’écrire à plusieurs, sur la trame de votre ARS.",
        lien=reverse("dossiers:nouveau", args=[equipe.pk]) if porteur else "",
        geste="Ouvrir le projet de santé" if porteur else "",
        main=VOUS if porteur else str(equipe.porteur),
    )


def _sans_adresse(phrase: str) -> str:
    """La phrase sans son « À vous : », que le tableau de bord ajoute lui-même."""
    reste = phrase.removeprefix("À vous : ")
    return reste[:1].upper() + reste[1:]


def _en_signature(equipe: Equipe) -> tuple[Depot, list[Membre]] | None:
    """La version en attente et ceux qui doivent encore la signer ; lue une fois par page."""
    if not hasattr(equipe, "_lue_en_signature"):
        dossier = dossier_courant(equipe)
        depot = depot_en_attente(dossier) if dossier and dossier.etat == Etat.A_SIGNER else None
        equipe._lue_en_signature = (depot, restants_de(depot)) if depot else None  # type: ignore[attr-defined]
    return equipe._lue_en_signature  # type: ignore[attr-defined, no-any-return]


def pastilles(equipe: Equipe, compte: Any) -> dict[int, list[Pastille]]:
    """Pendant la signature : qui a signé, qui est attendu."""
    signature = _en_signature(equipe)
    if signature is None:
        return {}
    depot, restants = signature
    attendus, manquent = {s["membre"] for s in depot.contenu["signataires"]}, {m.pk for m in restants}
    return {
        m.pk: [Pastille("Signature attendue", "info") if m.pk in manquent else Pastille("A signé", "succes")]
        for m in equipe.presents
        if m.pk in attendus
    }


def onglets(equipe: Equipe, compte: Any) -> Iterator[Onglet]:
    """Le dossier courant, à côté des pages de l'équipe."""
    dossier = dossier_courant(equipe)
    if dossier is not None:
        lien = reverse("dossiers:fiche", args=[dossier.reference])
        yield Onglet("dossier", dossier.demarche_libelle, lien, 30)


def actes(equipe: Equipe, compte: Any) -> Iterator[LigneDeJournal]:
    """Les derniers actes du dossier courant."""
    dossier = dossier_courant(equipe)
    if dossier is None:
        return
    lien = reverse("dossiers:fiche", args=[dossier.reference])
    for evenement in evenements_de(dossier)[:ACTES_MONTRES]:
        yield LigneDeJournal(evenement.le, evenement.acteur_nom, libelle(evenement), lien)
