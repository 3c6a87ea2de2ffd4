"""Inscrire plusieurs dossiers à une séance, depuis la liste."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from esperluette.commissions.actions.ordre import inscrire
from esperluette.commissions.enums import EtatDeSeance, Niveau
from esperluette.commissions.inscriptions import hors_delai
from esperluette.commissions.models import Seance
from esperluette.commun.dates import en_lettres
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.dossiers.cycle import permission as permission_de
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import GesteDeLot


def gestes(_compte: Any) -> Iterator[GesteDeLot]:
    """Inscrire à une séance ; inscrit par `apps.py`."""
    yield GesteDeLot(
        "inscrire", "Inscrire à une séance", permission=_peut, effet=_effet, executer=_executer,
        formulaire=_choisir_la_seance, lire=_lire, ordre=30,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Inscription:
    seance: Seance
    motif: str


class SeanceForm(Formulaire):
    """Quelle séance, et pourquoi un dossier déposé trop tard passerait quand même."""

    seance = forms.ChoiceField(label="Séance", error_messages={"invalid_choice": "Choisissez une séance de la liste."})
    motif = forms.CharField(
        label="Motif, pour un dossier déposé après la date limite", required=False, max_length=500,
        help_text="Sans motif, ces dossiers seront refusés",
    )  # fmt: skip

    def __init__(self, *args: Any, seances: Sequence[Seance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix = [(str(s.pk), f"{s.instance}, {en_lettres(s.date)}") for s in seances]
        self.fields["seance"].choices = [("", "Choisir…"), *choix]  # type: ignore[attr-defined]

    def parametres(self) -> dict[str, Any]:
        """Ce qu'un lot garde."""
        return {"seance": int(self.cleaned_data["seance"]), "motif": self.cleaned_data["motif"]}


def _choisir_la_seance(_compte: Any, dossiers: Sequence[Dossier], data: Mapping[str, Any] | None) -> SeanceForm:
    """Les séances à venir des instances devant lesquelles passe au moins un des dossiers choisis."""
    seances = Seance.objects.filter(
        instance__region__in={d.equipe.implantation.region_id for d in dossiers}, instance__actif=True, actif=True,
        etat__in=EtatDeSeance.EN_PREPARATION, date__gte=timezone.localdate(),
    ).select_related("instance__region", "instance__departement")  # fmt: skip
    possibles = [s for s in seances.order_by("date", "heure", "pk") if any(_releve(d, s) for d in dossiers)]
    return SeanceForm(data, seances=possibles)


def _releve(dossier: Dossier, seance: Seance) -> bool:
    """Ce dossier relève-t-il de l'instance de cette séance ? Aucune requête."""
    instance, commune = seance.instance, dossier.equipe.implantation
    ici = instance.niveau == Niveau.REGIONAL or instance.departement_id == commune.departement_id
    meme_region = instance.region_id == commune.region_id and seance.fictive == dossier.equipe.fictive
    return ici and meme_region and instance.instance_edition == demarche_de(dossier).instance


def _lire(parametres: Mapping[str, Any]) -> _Inscription:
    seance = Seance.objects.select_related("instance__region", "instance__departement").get(pk=parametres["seance"])
    return _Inscription(seance, parametres["motif"])


def _peut(compte: Any, dossier: Dossier, lu: _Inscription) -> Permission:
    permission = permission_de(dossier, "inscrire", compte)
    if not permission:
        return permission
    if not _releve(dossier, lu.seance):
        return non(f"Ce dossier ne relève pas de {lu.seance.instance}.")
    if hors_delai(dossier, lu.seance) and not lu.motif:
        return non("Ce dossier a été déposé après la date limite : dites pourquoi il passe quand même.")
    return OUI


def _effet(_dossier: Dossier, lu: _Inscription) -> str:
    return f"Inscrit à la séance du {en_lettres(lu.seance.date)} ; l’équipe en est prévenue."


def _executer(dossier: Dossier, acteur: Any, lu: _Inscription) -> object:
    return inscrire(dossier, lu.seance, acteur=acteur, motif_hors_delai=lu.motif)
