"""Ce que les dossiers ajoutent au tableau de bord de l'équipe : étapes, pastilles, onglet, derniers actes."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.diagnostics.contributions import Destination
from esperluette.dossiers.affichage import identifiant_html
from esperluette.dossiers.demarches import DemarcheDeLEquipe, Ouverture, demarches_de
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import (
    avancement_de,
    demarche_de,
    depot_en_attente,
    echeance_de,
    precharger,
    restants_de,
    trame_de,
)
from esperluette.dossiers.lectures_fiche import action_principale, etapes_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.phrases import pour_l_equipe
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.enums import EtatEtape
from esperluette.equipes.lectures import LigneDeJournal, composition
from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import VOUS, Detail, Etape, Onglet, Pastille
from esperluette.journal.actions import cle_de
from esperluette.journal.lectures import evenements_de
from esperluette.journal.libelles import internes, libelle

ACTES_MONTRES = 8
_POSITIONS = {"faite": EtatEtape.FAIT, "en_cours": EtatEtape.EN_COURS, "a_venir": EtatEtape.A_VENIR}


def dossiers_de(equipe: Equipe) -> list[Dossier]:
    """Les dossiers de l'équipe, le plus récent d'abord ; lus une fois par page, les ouverts avec leurs réponses."""
    if not hasattr(equipe, "_dossiers_lus"):
        dossiers = list(equipe.dossiers.select_related("instruit_par").order_by("-cree_le", "-pk"))
        for dossier in dossiers:
            dossier.equipe = equipe
        precharger([d for d in dossiers if d.etat in Etat.OUVERTS])
        equipe._dossiers_lus = dossiers  # type: ignore[attr-defined]
    return equipe._dossiers_lus  # type: ignore[attr-defined, no-any-return]


def dossiers_montres(equipe: Equipe) -> list[Dossier]:
    """Les dossiers ouverts ; sinon le dernier."""
    dossiers = dossiers_de(equipe)
    return [d for d in dossiers if d.etat in Etat.OUVERTS] or dossiers[:1]


def etapes(equipe: Equipe, compte: Any) -> Iterator[Etape]:
    """Une étape par démarche de la région, dans l'ordre du chemin : où elle en est, ou ce qui l'ouvre."""
    regles = composition(equipe)
    dossiers = dossiers_de(equipe)
    vues: list[DemarcheDeLEquipe] = []
    if regles.evaluation is not None:
        vues = demarches_de(regles.evaluation.edition, equipe.forme_visee, regles.evaluation, dossiers)
    en_tete = _celui_dont_on_parle(dossiers, compte)
    montres = {v.dossier.pk for v in vues if v.dossier is not None and v.ouverture is Ouverture.OUVERTE}
    for vue in vues:
        if vue.dossier is not None and vue.ouverture is Ouverture.OUVERTE:
            yield _etape_du_dossier(vue.dossier, compte, en_tete=vue.dossier == en_tete)
        else:
            yield _etape_de_la_demarche(vue, equipe, compte, prochaine=vue.prochaine and not montres)
    # Un dossier d'une autre forme, ou d'une édition qui n'est plus celle de la région, reste à l'équipe.
    for dossier in dossiers:
        if dossier.etat in Etat.OUVERTS and dossier.pk not in montres:
            yield _etape_du_dossier(dossier, compte, en_tete=dossier == en_tete)


def _celui_dont_on_parle(dossiers: Sequence[Dossier], compte: Any) -> Dossier | None:
    """Le dossier ouvert qui attend cette personne ; sinon le plus récent."""
    ouverts = [d for d in dossiers if d.etat in Etat.OUVERTS]
    if len(ouverts) < 2:
        return next(iter(ouverts), None)
    attendus = (d for d in ouverts if d.etat not in Etat.CHEZ_L_ARS and avancement_de(d, compte).a_lui)
    return next(attendus, ouverts[0])


def _etape_du_dossier(dossier: Dossier, compte: Any, *, en_tete: bool) -> Etape:
    depots = [] if dossier.est_modifiable else list(dossier.depots.all())
    avancement = avancement_de(dossier, compte)
    phrase = pour_l_equipe(dossier, avancement, echeance=echeance_de(dossier), effet="")
    action = action_principale(dossier, avancement, depots, compte)
    etapes = etapes_de(dossier, avancement, instance=demarche_de(dossier).instance is not None)
    return Etape(
        cle=f"dossier-{dossier.pk}",
        libelle=dossier.demarche_libelle,
        etat=EtatEtape.EN_COURS,
        phrase=_sans_adresse(phrase.texte),
        lien=action.adresse if action else "",
        geste=action.libelle if action else "",
        main=VOUS if phrase.qui == "Vous" else "",
        en_tete=en_tete,
        details=tuple(Detail(e.titre, e.mot, _POSITIONS[e.position], e.detail) for e in etapes),
    )


def _etape_de_la_demarche(vue: DemarcheDeLEquipe, equipe: Equipe, compte: Any, *, prochaine: bool) -> Etape:
    """Une démarche sans dossier ouvert : acquise, à commencer, ou ce qui l'en sépare."""
    libelle = f"{vue.demarche.libelle} (facultatif)" if vue.facultative else vue.demarche.libelle
    cle = f"demarche-{vue.demarche.id}"
    if vue.dossier is not None and vue.ouverture is Ouverture.ACQUISE:
        jour = en_lettres(timezone.localtime(vue.dossier.etat_depuis))
        return Etape(cle, libelle, EtatEtape.FAIT, f"Dossier {vue.dossier.reference}, accepté le {jour}.")
    phrase = vue.raison or vue.demarche.resume
    if vue.dossier is not None:
        phrase = f"Dossier {vue.dossier.reference} : {vue.dossier.etat_enum.label.lower()}. {phrase}"
    porteur = bool(peut_modifier(compte, equipe))
    if not porteur or not vue.ouverture.est_libre:
        return Etape(cle, libelle, EtatEtape.A_VENIR, phrase, main=str(equipe.porteur) if prochaine else "")
    return Etape(
        cle=cle,
        libelle=libelle,
        etat=EtatEtape.EN_COURS if prochaine else EtatEtape.A_VENIR,
        phrase=phrase,
        lien=f"{reverse('dossiers:nouveau', args=[equipe.pk])}#{vue.demarche.id}",
        geste=f"Commencer : {vue.demarche.libelle}",
        main=VOUS,
    )


def _sans_adresse(phrase: str) -> str:
    """La phrase sans son « À vous : », que le tableau de bord ajoute lui-même."""
    reste = phrase.removeprefix("À vous : ")
    return reste[:1].upper() + reste[1:]


def pastilles(equipe: Equipe, compte: Any) -> dict[int, list[Pastille]]:
    """Pendant une signature : qui a signé, qui est attendu."""
    rendues: dict[int, list[Pastille]] = {}
    signatures = [(d, depot_en_attente(d)) for d in dossiers_de(equipe) if d.etat == Etat.A_SIGNER]
    for dossier, depot in signatures:
        if depot is None:
            continue
        attendus, manquent = {s["membre"] for s in depot.contenu["signataires"]}, {m.pk for m in restants_de(depot)}
        quoi = f" ({dossier.demarche_libelle})" if len(signatures) > 1 else ""
        for membre in equipe.presents:
            if membre.pk in manquent:
                rendues.setdefault(membre.pk, []).append(Pastille(f"Signature attendue{quoi}", "info"))
            elif membre.pk in attendus:
                rendues.setdefault(membre.pk, []).append(Pastille(f"A signé{quoi}", "succes"))
    return rendues


def onglets(equipe: Equipe, compte: Any) -> Iterator[Onglet]:
    """Les dossiers ouverts (sinon le dernier), à côté des pages de l'équipe."""
    for dossier in dossiers_montres(equipe):
        lien = reverse("dossiers:fiche", args=[dossier.reference])
        yield Onglet(f"dossier-{dossier.pk}", dossier.demarche_libelle, lien, 30)


def actes(equipe: Equipe, compte: Any) -> Iterator[LigneDeJournal]:
    """Les derniers actes des dossiers montrés."""
    dossiers = dossiers_montres(equipe)
    if not dossiers:
        return
    par_chaine = {cle_de(d): d for d in dossiers}
    for evenement in evenements_de(*dossiers).exclude(sorte__in=internes())[:ACTES_MONTRES]:
        dossier = par_chaine[evenement.chaine_id]
        lien = reverse("dossiers:fiche", args=[dossier.reference])
        phrase = libelle(evenement)
        quoi = f" ({dossier.demarche_libelle})" if len(dossiers) > 1 else ""
        yield LigneDeJournal(evenement.le, evenement.auteur, f"{phrase}{quoi}", lien)


def destinations(equipe: Equipe, compte: Any) -> Iterator[Destination]:
    """Où insérer le diagnostic : chaque champ de chiffres des dossiers que ce compte peut encore écrire."""
    for dossier in equipe.dossiers.ouverts():
        dossier.equipe = equipe  # déjà lue, avec ses membres
        if not peut_rediger(compte, dossier):
            continue
        for rubrique, champ in trame_de(dossier).champs():
            if champ.type == "chiffres":
                lien = reverse("dossiers:rubrique", args=[dossier.reference, rubrique.id])
                yield Destination(
                    rubrique.intitule, f"{lien}#{identifiant_html(champ.id)}", f"{dossier.demarche_libelle}, {dossier}"
                )
