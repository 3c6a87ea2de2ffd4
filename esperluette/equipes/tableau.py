"""Le tableau de bord : le chemin de l'équipe en étapes, ce qui est fait, ce qui manque, qui a la main.

Les étapes de l'équipe elle-même sont ici. Les apps du dessus ajoutent les leurs depuis `AppConfig.ready()` :

    from esperluette.equipes import tableau
    tableau.inscrire(mes_etapes)      # (equipe, compte) -> list[Etape]
    tableau.inscrire_pastilles(f)     # (equipe, compte) -> {membre_id: [Pastille]}, par exemple « a signé »
    tableau.inscrire_onglets(f)       # (equipe, compte) -> list[Onglet], par exemple « Projet de santé »
    tableau.inscrire_actes(f)         # (equipe, compte) -> list[LigneDeJournal], mêlés aux derniers événements
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse

from esperluette.equipes import droits
from esperluette.equipes.enums import EtatEtape, EtatMembre, StatutAvancement, StatutJuridique
from esperluette.equipes.lectures import ACTES, Composition, LigneDeJournal, composition
from esperluette.equipes.models import Equipe, Membre
from esperluette.equipes.registres import Registre
from esperluette.referentiel.verdicts import Reponse3

VOUS = "vous"


@dataclass(frozen=True, slots=True)
class Detail:
    """Un pas à l'intérieur d'une étape (rédiger, signer, déposer…)."""

    titre: str
    mot: str
    etat: EtatEtape
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape du chemin.

    `main` dit qui doit agir : `VOUS`, ou un nom (« l'équipe », « l'ARS Bretagne »). `lien` et `geste` (le libellé
    du lien) mènent là où l'on agit. `en_tete` : sa phrase passe avant les autres en tête de page. `details` : ses pas.
    """

    cle: str
    libelle: str
    etat: EtatEtape
    phrase: str
    lien: str = ""
    geste: str = ""
    main: str = ""
    en_tete: bool = False
    details: tuple[Detail, ...] = ()

    @property
    def est_faite(self) -> bool:
        return self.etat == EtatEtape.FAIT


@dataclass(frozen=True, slots=True)
class Pastille:
    """Une pastille à côté d'un membre ; les tons sont ceux du composant commun."""

    libelle: str
    ton: str = "neutre"


@dataclass(frozen=True, slots=True)
class Onglet:
    """Une page de l'espace de l'équipe."""

    cle: str
    libelle: str
    lien: str
    ordre: int = 50


ETAPES: Registre[Callable[[Equipe, Any], Iterable[Etape]]] = Registre("étapes du tableau de bord")
PASTILLES: Registre[Callable[[Equipe, Any], dict[int, list[Pastille]]]] = Registre("pastilles des membres")
ONGLETS: Registre[Callable[[Equipe, Any], Iterable[Onglet]]] = Registre("pages de l'espace de l'équipe")

inscrire = ETAPES.inscrire
inscrire_pastilles = PASTILLES.inscrire
inscrire_onglets = ONGLETS.inscrire
inscrire_actes: Callable[[Callable[..., Iterable[LigneDeJournal]]], Any] = ACTES.inscrire


def etapes(equipe: Equipe, compte: Any, regles: Composition | None = None) -> list[Etape]:
    """Le chemin de l'équipe pour ce compte : ses propres étapes, puis celles des apps du dessus."""
    regles = regles or composition(equipe)
    siennes = [
        _composition(equipe, compte, regles),
        _confirmations(equipe, compte),
        _structure(equipe, compte),
        _territoire(equipe, compte),
    ]
    return siennes + [etape for inscrite in ETAPES for etape in inscrite(equipe, compte)]


def en_tete(chemin: list[Etape]) -> Etape | None:
    """L'étape dont on parle en tête : celle qui le demande, sinon la vôtre, sinon une autre, sinon la suivante."""
    ouvertes = [e for e in chemin if e.etat == EtatEtape.EN_COURS]
    return next(
        (
            e
            for critere in (lambda e: e.en_tete, lambda e: e.main == VOUS, lambda e: True)
            for e in ouvertes
            if critere(e)
        ),
        next((e for e in chemin if not e.est_faite), None),
    )


def phrase(chemin: list[Etape]) -> str:
    """La phrase de tête : ce que vous avez à faire, sinon qui a la main, sinon ce qui vient."""
    choisie = en_tete(chemin)
    if choisie is None:
        return "Tout est fait. Rien ne vous est demandé."
    if not choisie.main:
        return choisie.phrase
    debut = "À vous" if choisie.main == VOUS else f"La main est à {choisie.main}"
    suite = choisie.phrase
    if suite[1:2].islower():  # un sigle garde ses capitales
        suite = suite[0].lower() + suite[1:]
    return f"{debut} : {suite}"


def pastilles(equipe: Equipe, compte: Any) -> dict[int, list[Pastille]]:
    """Les pastilles de chaque membre présent : son état, puis ce qu'y ajoutent les apps du dessus."""
    toutes = {m.pk: [Pastille(m.etat.label, m.etat.ton)] for m in equipe.presents}
    for inscrite in PASTILLES:
        for membre_id, ajoutees in inscrite(equipe, compte).items():
            toutes.setdefault(membre_id, []).extend(ajoutees)
    return toutes


def onglets(equipe: Equipe, compte: Any) -> list[Onglet]:
    """Les pages de l'espace de l'équipe, dans l'ordre."""
    siens = [
        Onglet("fiche", "Tableau de bord", reverse("equipes:fiche", args=[equipe.pk]), 0),
        Onglet("membres", "Membres", reverse("equipes:membres", args=[equipe.pk]), 10),
        Onglet("informations", "Informations", reverse("equipes:informations", args=[equipe.pk]), 20),
        Onglet("accompagnateurs", "Accompagnateurs", reverse("equipes:accompagnateurs", args=[equipe.pk]), 90),
    ]
    ajoutes = [onglet for inscrite in ONGLETS for onglet in inscrite(equipe, compte)]
    return sorted(siens + ajoutes, key=lambda o: o.ordre)


def _main(equipe: Equipe, compte: Any) -> str:
    return VOUS if droits.peut_modifier(compte, equipe) else str(equipe.porteur)


def _composition(equipe: Equipe, compte: Any, regles: Composition) -> Etape:
    etape = partial(Etape, "composition", "Réunir les professionnels")
    if regles.evaluation is None:
        return etape(EtatEtape.A_VENIR, regles.phrase)
    if regles.evaluation.verdict.reponse is Reponse3.SATISFAIT:
        return etape(EtatEtape.FAIT, regles.phrase)
    return etape(
        EtatEtape.EN_COURS,
        next(iter(regles.evaluation.conseils), regles.phrase),
        lien=reverse("equipes:membres", args=[equipe.pk]),
        geste="Compléter les membres",
        main=_main(equipe, compte),
    )


def _confirmations(equipe: Equipe, compte: Any) -> Etape:
    lien = reverse("equipes:membres", args=[equipe.pk])
    etape = partial(Etape, "confirmations", "Confirmer les membres", lien=lien)
    attendus = [m for m in equipe.presents if not m.est_confirme]
    a_inviter = [m for m in attendus if m.etat == EtatMembre.A_INVITER]
    if len(equipe.presents) == 1:
        return etape(
            EtatEtape.EN_COURS,
            "Ajoutez vos collègues, puis invitez-les : chacun confirme son appartenance d’un clic.",
            geste="Ajouter un membre",
            main=_main(equipe, compte),
        )
    if a_inviter:
        return etape(
            EtatEtape.EN_COURS,
            f"{len(a_inviter)} personne{'s' if len(a_inviter) > 1 else ''} à inviter : {enumerer(a_inviter)}.",
            geste="Inviter",
            main=_main(equipe, compte),
        )
    if attendus:
        return etape(
            EtatEtape.EN_COURS,
            f"Invitation envoyée ; réponse attendue de {enumerer(attendus)}.",
            geste="Suivre les invitations",
            main="chaque personne invitée",
        )
    return etape(EtatEtape.FAIT, f"Les {len(equipe.presents)} membres ont confirmé leur appartenance.")


def _structure(equipe: Equipe, compte: Any) -> Etape:
    lien = reverse("equipes:modifier", args=[equipe.pk])
    etape = partial(Etape, "structure", "Choisir une structure juridique", lien=lien, geste="Indiquer la structure")
    if not equipe.statut_juridique:
        return etape(EtatEtape.EN_COURS, "Dites si une structure porte l’équipe.", main=_main(equipe, compte))
    if equipe.statut_juridique == StatutJuridique.AUCUN:
        return etape(
            EtatEtape.A_VENIR,
            "Aucune structure pour l’instant. Les aides et démarches qui en demandent une le disent.",
        )
    nom = f" : {equipe.nom_juridique}" if equipe.nom_juridique else ""
    libelle = f"{equipe.get_statut_juridique_display()}{nom}, {equipe.get_statut_avancement_display().lower()}."
    if equipe.statut_avancement == StatutAvancement.CREE:
        return etape(EtatEtape.FAIT, libelle)
    return etape(
        EtatEtape.EN_COURS,
        f"{libelle} Dites-le ici quand elle sera créée.",
        geste="Mettre à jour la structure",
        main=_main(equipe, compte),
    )


def _territoire(equipe: Equipe, compte: Any) -> Etape:
    lien = reverse("equipes:territoire", args=[equipe.pk])
    etape = partial(Etape, "territoire", "Dessiner le territoire", lien=lien, geste="Indiquer les communes")
    communes = [c.nom for c in equipe.communes.all()]
    if communes:
        pluriel = "s" if len(communes) > 1 else ""
        return etape(EtatEtape.FAIT, f"{len(communes)} commune{pluriel} : {enumerer(communes)}.")
    return etape(EtatEtape.EN_COURS, "Dites de quelles communes viennent vos patients.", main=_main(equipe, compte))


def enumerer(elements: Iterable[Membre | str], maximum: int = 4) -> str:
    """« Anne Morvan, Yann Kerbrat et 3 autres »."""
    noms = [str(e) for e in elements]
    if len(noms) > maximum:
        reste = len(noms) - maximum + 1
        return f"{', '.join(noms[: maximum - 1])} et {reste} autres"
    return f"{', '.join(noms[:-1])} et {noms[-1]}" if len(noms) > 1 else "".join(noms)
