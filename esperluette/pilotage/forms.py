"""Ce qu'on regarde : une région, un département, une période. Une valeur fausse se dit, et laisse la page lisible."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.commun.formulaires import Formulaire, Jour
from esperluette.pilotage.mesures import Periode
from esperluette.territoires.models import Region

MOIS_PAR_DEFAUT = 12
ANNEES_AU_PLUS = 10


def periode_par_defaut(jour: date | None = None) -> Periode:
    """Les douze derniers mois, celui-ci compris."""
    au = jour or timezone.localdate()
    return Periode(ajouter_mois(au.replace(day=1), 1 - MOIS_PAR_DEFAUT), au)


class FiltresForm(Formulaire):
    """La région (si l'on en a plusieurs), le département, la période."""

    region = forms.ChoiceField(label="Région", required=False)
    departement = forms.CharField(label="Département", required=False, max_length=3, widget=forms.Select())
    du = Jour(label="Du", required=False)
    au = Jour(label="Au", required=False)

    def __init__(self, *args: Any, regions: Sequence[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["region"]
        champ.choices = [(r.cle, r.nom) for r in regions]
        if len(regions) == 1:
            del self.fields["region"]

    def clean(self) -> dict[str, Any]:
        """La période va dans le bon sens, et tient dans un graphique."""
        donnees: dict[str, Any] = super().clean() or {}
        defaut = periode_par_defaut()
        du, au = donnees.get("du") or defaut.du, donnees.get("au") or defaut.au
        if "du" not in self.errors and "au" not in self.errors:
            if au < du:
                self.add_error("au", "La fin de la période précède son début.")
            elif au > ajouter_mois(du, 12 * ANNEES_AU_PLUS):
                self.add_error("du", f"Choisissez une période de {ANNEES_AU_PLUS} ans au plus.")
        return donnees

    def periode(self) -> Periode:
        """La période demandée, sinon les douze derniers mois."""
        defaut = periode_par_defaut()
        if not self.is_valid():
            return defaut
        return Periode(self.cleaned_data["du"] or defaut.du, self.cleaned_data["au"] or defaut.au)

    def proposer(self, departements: Sequence[tuple[str, str]]) -> None:
        """Les départements de la région regardée."""
        champ: Any = self.fields["departement"]
        champ.widget.choices = [("", "Tous"), *departements]
