"""Filtrer le journal d'un dossier : qui, quoi, quand. Une valeur inconnue est ignorée."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet

from esperluette.commun.formulaires import Formulaire, Jour
from esperluette.journal.lectures import filtrer
from esperluette.journal.libelles import inscrits
from esperluette.journal.models import Evenement

_DONNEE = re.compile(r"\s*[(«]?\s*\{\w+\}\s*[»)]?")


class JournalForm(Formulaire):
    """Tout est facultatif ; les choix sont ceux de ce dossier."""

    qui = forms.ChoiceField(label="Qui", required=False)
    quoi = forms.ChoiceField(label="Quoi", required=False)
    du = Jour(label="Du", required=False)
    au = Jour(label="Au", required=False)

    def __init__(self, *args: Any, evenements: QuerySet[Evenement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        presents = sorted(set(evenements.order_by().values_list("acteur_nom", "sorte")))
        libelles = inscrits()
        sortes = {sorte: _sans_donnee(libelles.get(sorte, sorte.replace("_", " "))) for _, sorte in presents}
        noms = dict.fromkeys(nom for nom, _ in presents)
        choix: Any = self.fields
        choix["qui"].choices = [("", "Tout le monde"), *((nom, nom) for nom in noms)]
        choix["quoi"].choices = [("", "Tout"), *sorted(sortes.items(), key=lambda s: s[1])]

    def filtrer(self, evenements: QuerySet[Evenement]) -> QuerySet[Evenement]:
        """Applique ce qui est valide."""
        if not self.is_bound:
            return evenements
        self.is_valid()
        valides = self.cleaned_data
        if qui := valides.get("qui"):
            evenements = evenements.filter(acteur_nom=qui)
        sortes = [valides["quoi"]] if valides.get("quoi") else []
        return filtrer(evenements, sortes=sortes, du=valides.get("du"), au=valides.get("au"))


def _sans_donnee(phrase: str) -> str:
    """« a prévu une réunion le {jour} » → « a prévu une réunion le… »."""
    return _DONNEE.sub("…", phrase)
