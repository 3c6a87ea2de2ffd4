"""Ce que l'instruction met elle-même sur la fiche d'un dossier, et sur celle de l'équipe ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.dossiers.contributions import Bloc
from esperluette.dossiers.cycle import permission
from esperluette.dossiers.models import Dossier
from esperluette.instruction import brouillons, chiffres, reunions
from esperluette.instruction.affectations import peut_affecter
from esperluette.instruction.contributions import Geste, Onglet, Signalement
from esperluette.sollicitations.models import Sollicitation


def onglets(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """Le dossier déposé, sa grille, sa réunion si la région en demande une, son journal."""

    def vers(nom: str) -> str:
        return reverse(f"instruction:{nom}", args=[dossier.reference])

    yield Onglet("dossier", "Dossier", vers("fiche"), ordre=0)
    yield Onglet("grille", "Grille", vers("grille"), ordre=10)
    if reunions.est_exigee(dossier):
        yield Onglet("reunion", "Réunion", vers("reunion"), ordre=25)
    yield Onglet("journal", "Journal", vers("journal"), ordre=90)


def gestes(dossier: Dossier, compte: Any) -> Iterator[Geste]:
    """Prendre en instruction, tant que personne ne l'a fait ; confier à un agent, tant qu'il est ouvert."""
    if permission(dossier, "prendre_en_instruction", compte):
        lien = reverse("instruction:prendre", args=[dossier.reference])
        yield Geste("prendre", "Prendre en instruction", lien, principal=True, direct=True, ordre=0)
    if peut_affecter(compte, dossier):
        lien = reverse("instruction:affecter", args=[dossier.reference])
        yield Geste("affecter", "Confier à un agent", lien, ordre=90)


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """À l'équipe : son brouillon ouvert ou à ouvrir, la réunion sur site prévue ou tenue. Une requête."""
    if dossier.depose_le is None:
        yield from _bloc_du_brouillon(dossier, compte)
        return
    reunion = dossier.reunions.filter(annulee_le=None).first()
    if reunion is None:
        return
    lien = reverse("preparation:reunion", args=[dossier.reference])
    if reunion.tenue_le:
        texte = f"Elle s’est tenue le {en_lettres(reunion.tenue_le)}."
        yield Bloc("reunion", "Réunion sur site", texte, lien, "Lire le compte rendu", ordre=60)
        return
    heure = f" à {reunion.heure:%H h %M}" if reunion.heure else ""
    texte = f"Le {en_lettres(reunion.prevue_le)}{heure}, {reunion.lieu}."
    yield Bloc("reunion", "Réunion sur site", texte, lien, "Voir l’invitation", ordre=20)


def _bloc_du_brouillon(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    lien = reverse("preparation:brouillon", args=[dossier.reference])
    ouverture = brouillons.ouverture_de(dossier)
    if ouverture is not None:
        texte = (
            f"L’ARS peut le lire depuis le {en_lettres(timezone.localtime(ouverture.ouvert_le))}. Elle n’y écrit rien."
        )
        yield Bloc("brouillon", "Votre brouillon est ouvert à l’ARS", texte, lien, "Voir, ou refermer", ordre=70)
    elif brouillons.peut_ouvrir(compte, dossier):
        texte = "Votre référent le lit avant le dépôt, et vous dit ce qui manque. Vous refermez quand vous voulez."
        yield Bloc("brouillon", "Montrer votre brouillon à l’ARS", texte, lien, "Ouvrir mon brouillon", ordre=90)


def signalements(dossier: Dossier, compte: Any) -> Iterator[Signalement]:
    """L'équipe conteste des chiffres ; elle en attend de l'ARS."""
    yield from chiffres.signalements(dossier, compte)
    attendues = list(Sollicitation.objects.filter(dossier=dossier).en_attente().order_by("demandee_le", "pk"))
    if not attendues:
        return
    if len(attendues) == 1:
        lien = reverse("chiffres:demande", args=[attendues[0].pk])
        yield Signalement("L’équipe vous demande un chiffre", attendues[0].libelle, "attention", lien, "Y répondre")
        return
    titre = f"L’équipe vous demande {len(attendues)} chiffres"
    yield Signalement(titre, "", "attention", reverse("chiffres:liste"), "Y répondre")
