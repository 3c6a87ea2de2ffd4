"""L'antivirus, puis le contenu : ce qui se fait d'un fichier reçu, hors de la réponse au navigateur."""

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from esperluette.fichiers import clamd
from esperluette.fichiers.enums import A_JUGER, LISIBLES, Analyse
from esperluette.fichiers.examen import examiner as examiner_octets
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.noms import sans_extension
from esperluette.fichiers.registres import suites
from esperluette.fichiers.vigilance import sortes


def analyser(fichier: Fichier) -> Analyse:
    """Soumet le fichier à clamd et garde son verdict ; lève `clamd.ClamdIndisponible` sans rien décider.

    Un fichier jugé dangereux part en quarantaine : les inscrits (`registres`) préviennent, une seule fois.
    """
    with fichier.contenu.storage.open(str(fichier.contenu.name), "rb") as contenu:
        try:
            verdict = clamd.analyser(contenu, adresse=settings.CLAMD, delai=settings.CLAMD_DELAI)
        except clamd.AnalyseRefusee as refus:
            return _juger(fichier, Analyse.ECHEC, str(refus))
    return _juger(fichier, Analyse.INFECTE if verdict.danger else Analyse.SAIN, verdict.danger)


@transaction.atomic
def _juger(fichier: Fichier, analyse: Analyse, motif: str) -> Analyse:
    avant = Fichier.objects.select_for_update(of=("self",)).get(pk=fichier.pk)
    neuf = avant.analyse != analyse
    fichier.analyse, fichier.analyse_motif, fichier.analyse_le = analyse, motif, timezone.now()
    fichier.essais = avant.essais + 1
    if analyse == Analyse.INFECTE and avant.vignette:
        _effacer(fichier.vignette)
        fichier.vignette = ""
    fichier.save(update_fields=["analyse", "analyse_motif", "analyse_le", "essais", "vignette"])
    if neuf and analyse == Analyse.INFECTE:
        _prevenir(fichier)
    return analyse


def noter_l_absence(fichier: Fichier) -> int:
    """clamd ne répond pas : le fichier attend, et l'essai est compté ; rend le nombre d'essais."""
    fichier.essais = min(fichier.essais + 1, 30_000)
    Fichier.objects.filter(pk=fichier.pk).update(essais=fichier.essais)
    return fichier.essais


def ne_plus_attendre() -> int:
    """Sans antivirus configuré, rien n'attend : ces fichiers redeviennent « non analysés »."""
    if settings.CLAMD:
        return 0
    return Fichier.objects.filter(analyse__in=A_JUGER).update(analyse=Analyse.NON_ANALYSE, analyse_motif="")


def examiner(fichier: Fichier) -> None:
    """Lit le texte et fait la vignette d'un fichier que l'antivirus laisse lire ; rejoué, sans effet.

    Un fichier qui ne se lit pas est examiné quand même : il n'a ni vignette, ni avertissement nouveau.
    """
    if fichier.examine_le is not None or fichier.analyse not in LISIBLES:
        return
    with fichier.contenu.storage.open(str(fichier.contenu.name), "rb") as contenu:
        examen = examiner_octets(contenu.read(), fichier.type_mime)
    trouvees = sortes(f"{sans_extension(fichier.nom)}\n{examen.texte}")
    with transaction.atomic():
        relu = Fichier.objects.select_for_update(of=("self",)).get(pk=fichier.pk)
        if relu.examine_le is not None or relu.analyse not in LISIBLES:
            return
        nouvelles = [cle for cle in trouvees if cle not in relu.vigilances]
        relu.vigilances, relu.examine_le = [*relu.vigilances, *nouvelles], timezone.now()
        if nouvelles:  # ce qui a été lu et confirmé ne portait pas sur cela
            relu.vigilance_vue_le = relu.vigilance_vue_par = None
        if examen.vignette:
            relu.vignette.save("vignette", ContentFile(examen.vignette), save=False)
        relu.save(update_fields=["vigilances", "examine_le", "vigilance_vue_le", "vigilance_vue_par", "vignette"])
        if relu.vigilances:
            _prevenir(relu)


def _prevenir(fichier: Fichier) -> None:
    for suite in suites():
        suite(fichier)


def _effacer(champ: Any) -> None:
    nom, stockage = str(champ.name), champ.storage
    transaction.on_commit(lambda: stockage.delete(nom))
