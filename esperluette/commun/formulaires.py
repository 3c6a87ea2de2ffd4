"""Le formulaire de base : chaque champ se rend avec son composant DSFR, son aide et son erreur à côté."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

Sections = tuple[tuple[str, tuple[str, ...]], ...]


class Formulaire(forms.Form):
    """Rend chaque champ avec le gabarit DSFR de sa sorte ; `sections` les groupe sous un titre."""

    sections: Sections = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any
        for champ in self.fields.values():
            if isinstance(champ.widget, forms.CheckboxSelectMultiple):
                champ.template_name = "commun/champs/cases.html"
            elif isinstance(champ.widget, forms.RadioSelect):
                champ.template_name = "commun/champs/radios.html"
            elif isinstance(champ.widget, forms.CheckboxInput):
                champ.template_name = "commun/champs/case.html"
            elif isinstance(champ.widget, forms.Select):
                champ.template_name = "commun/champs/liste.html"
                champ.widget.attrs["class"] = "fr-select"
            else:
                champ.template_name = "commun/champs/saisie.html"
                champ.widget.attrs["class"] = "fr-input"

    def groupes(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Les sections et leurs champs, dans l'ordre d'affichage."""
        return [(titre, [self[nom] for nom in noms]) for titre, noms in self.sections]

    def refuser(self, refus: Any) -> None:
        """Montre un refus métier à côté de son champ, ou en tête s'il n'en a pas ici."""
        champ = getattr(refus, "champ", None)
        self.add_error(champ if champ in self.fields else None, str(refus))


class Jour(forms.DateField):
    """Une date : le calendrier du navigateur, ou « 31/12/2026 » à la main. L’an 9999 est une faute de frappe."""

    PLAUSIBLES = (date(1900, 1, 1), date(2999, 12, 31))

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def validate(self, value: Any) -> None:
        """Avant 1900 ou après 2999, l’année est mal tapée : on ne calcule pas le lendemain de l’an 9999."""
        super().validate(value)
        premier, dernier = self.PLAUSIBLES
        if value is not None and not premier <= value <= dernier:
            raise ValidationError("Vérifiez l’année : cette date n’est pas possible ici.", code="annee")


class Heure(forms.TimeField):
    """Une heure : celle du navigateur, ou « 14:30 » à la main."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        super().__init__(**kwargs)
