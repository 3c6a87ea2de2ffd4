"""Ce que les délibérations apportent ailleurs : menu des membres, pages d'une séance, réserves et avis de l'équipe."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from esperluette.commissions.droits import SECRETARIAT, peut_mener
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import MandatDeSiege, Point, Seance
from esperluette.commun.dates import en_lettres
from esperluette.comptes.drapeaux import drapeau
from esperluette.comptes.lectures import a_un_role
from esperluette.deliberations.lectures import DECIDES, ajournement_de, avis_de, extraits_de, reserves_a_lever
from esperluette.dossiers.contributions import Bloc, Onglet
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.models import Fichier


def siege_quelque_part(request: HttpRequest) -> bool:
    """Vrai pour qui tient un siège aujourd'hui, ou le secrétariat d'une commission. Sans requête de plus."""
    return a_un_role(request.user, *SECRETARIAT) or drapeau(request.user, "siege")


def tient_un_siege() -> Exists:
    """La condition, sur Compte, de qui tient un siège aujourd'hui ; le compte connecté se lit avec elle."""
    return Exists(MandatDeSiege.objects.en_cours().filter(compte=OuterRef("pk")))


def lecture_du_point(point: Point) -> str:
    """Où un membre lit le dossier de ce point."""
    return reverse("deliberations:lecture", args=[point.seance_id, point.pk])


def onglets_de_seance(seance: Seance, compte: Any) -> Iterator[Onglet]:
    """La séance elle-même pour qui la mène, son procès-verbal une fois close."""
    if not peut_mener(compte, seance):
        return
    if seance.etat == EtatDeSeance.CLOSE:
        yield Onglet("pv", "Procès-verbal", reverse("deliberations:proces_verbal", args=[seance.pk]), ordre=90)
    elif seance.etat in (EtatDeSeance.CONVOQUEE, EtatDeSeance.OUVERTE):
        yield Onglet("cockpit", "Mener la séance", reverse("deliberations:cockpit", args=[seance.pk]), ordre=90)


def onglets(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """Les réserves de la commission, dès qu'il y en a ; l'extrait de son procès-verbal, avec la décision."""
    if dossier.depose_le is None:
        return
    lien = reverse("deliberations_equipe:reserves", args=[dossier.reference])
    if dossier.reserves.filter(definitive_le__isnull=False).exists():
        yield Onglet("reserves", "Réserves", lien, reserves_a_lever(dossier), ordre=70)
    elif dossier.etat in DECIDES and extraits_de(dossier).exclude(proces_verbal__valide_le=None).exists():
        yield Onglet("reserves", "Commission", lien, ordre=70)


def blocs(dossier: Dossier, _compte: Any) -> Iterator[Bloc]:
    """L'avis de la commission, qui n'est pas la décision ; pourquoi elle ajourne ; les réserves à lever."""
    if dossier.depose_le is None:
        return
    if dossier.etat == Etat.AVIS_RENDU and (avis := avis_de(dossier)):
        seance = avis.point.seance
        yield Bloc(
            "avis", f"Avis de la commission : {avis.libelle.lower()}",
            f"La {seance.instance} a examiné votre dossier le {en_lettres(seance.date)}. C’est un avis, pas la "
            "décision : elle revient à l’ARS, qui vous écrira.",
            ordre=20,
        )  # fmt: skip
    if ajournement := ajournement_de(dossier):
        seance, suivante = ajournement.point.seance, ajournement.seance_suivante
        suite = f" Il pourrait repasser le {en_lettres(suivante.date)}." if suivante else ""
        yield Bloc(
            "avis", "La commission a ajourné votre dossier",
            f"La {seance.instance} l’a examiné le {en_lettres(seance.date)} sans se prononcer encore. Son motif : "
            f"{ajournement.motif}{suite} L’instruction reprend.",
            ordre=10,
        )  # fmt: skip
    if nombre := reserves_a_lever(dossier):
        s = "s" if nombre > 1 else ""
        yield Bloc(
            "reserves", f"{nombre} réserve{s} à lever",
            "La commission a posé des conditions. Dites comment vous y répondez, preuve à l’appui.",
            reverse("deliberations_equipe:reserves", args=[dossier.reference]),
            "Voir les réserves" if s else "Voir la réserve",
            ordre=30,
        )  # fmt: skip


def dossiers_du_fichier(fichier: Fichier) -> list[Dossier]:
    """Les dossiers dont une réserve a ce fichier pour preuve."""
    return list(Dossier.objects.filter(reserves__etapes__fichier=fichier).select_related("equipe__implantation"))
