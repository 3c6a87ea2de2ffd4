"""Les champs de formulaire « commune » et « communes » : on tape, on choisit, au clavier, avec ou sans JavaScript.

Données envoyées, pour un champ nommé `implantation` :

- ChampCommune : `implantation` (le texte tapé) et `implantation_code` (le code INSEE choisi, facultatif). Le texte
  seul suffit s'il désigne une commune ; sinon la page revient avec un choix de boutons radio.
- ChampCommunes : `communes` (un code INSEE par commune gardée, répété) et `communes_ajout` (le texte des communes à
  ajouter, séparées par des virgules).

Le navigateur a besoin de commune.js et commune.css : `{{ form.media }}`, ou les deux fichiers dans la page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.http import QueryDict
from django.urls import reverse_lazy

from esperluette.territoires import lectures
from esperluette.territoires.models import Commune

CHOIX_MAXIMUM = 15


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce que le formulaire a envoyé : un texte et un code choisi."""

    texte: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class SaisieMultiple:
    """Ce que le formulaire a envoyé : des codes gardés et un texte à ajouter."""

    codes: tuple[str, ...] = ()
    ajout: str = ""


def detail(commune: Commune) -> str:
    """De quoi distinguer deux communes de même nom : département, code postal, ancienne commune."""
    parties = [commune.departement.nom]
    if commune.codes_postaux:
        suite = "…" if len(commune.codes_postaux) > 1 else ""
        parties.append(f"{commune.codes_postaux[0]}{suite}")
    if commune.ancien_nom:
        parties.append(f"comprend {commune.ancien_nom}")
    return ", ".join(parties)


def _message(texte: str, resolution: lectures.Resolution) -> str:
    if not resolution.candidates:
        return f"Aucune commune ne correspond à « {texte} ». Vérifiez l’orthographe, ou tapez le code postal."
    if resolution.approchee:
        return f"Aucune commune ne s’appelle « {texte} ». Est-ce l’une de celles-ci ?"
    return f"Plusieurs communes correspondent à « {texte} » : choisissez la bonne, ou précisez avec le code postal."


class _WidgetDeRecherche(forms.Widget):
    """Ce que les deux widgets partagent : l'adresse de recherche, les fichiers, les candidates à proposer."""

    candidates: tuple[Commune, ...] = ()

    @property
    def media(self) -> forms.Media:
        scripts: list[Any] = [Script("territoires/commune.js", defer=True)]
        return forms.Media(css={"all": ["territoires/commune.css"]}, js=scripts)

    def use_required_attribute(self, initial: Any) -> bool:
        # Le navigateur refuserait un texte vide alors qu'un choix est fait ; le serveur répond mieux.
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        contexte["widget"]["url"] = reverse_lazy("territoires:chercher")
        contexte["widget"]["candidates"] = [(c, detail(c)) for c in self.candidates]
        return contexte


class WidgetCommune(_WidgetDeRecherche):
    """Un champ de texte, et un choix de boutons radio quand le texte ne suffit pas."""

    template_name = "territoires/widgets/commune.html"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Saisie:
        return Saisie(texte=str(data.get(name) or "").strip(), code=str(data.get(f"{name}_code") or "").strip())

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_code" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        saisie = value if isinstance(value, Saisie) else Saisie()
        contexte["widget"] |= {"value": saisie.texte, "code": saisie.code}
        return contexte


class ChampCommune(forms.Field):
    """Une commune. La valeur nettoyée est une `Commune` active (ou None si le champ est facultatif et vide)."""

    widget = WidgetCommune
    default_error_messages = {"required": "Indiquez une commune."}

    def prepare_value(self, value: Any) -> Saisie:
        """Accepte une Commune, un code INSEE (valeur initiale) ou ce qui vient d'être envoyé."""
        if isinstance(value, Saisie):
            return value
        if isinstance(value, str) and value:
            value = lectures.commune(value)
        return Saisie(texte=str(value), code=value.pk) if isinstance(value, Commune) else Saisie()

    def clean(self, value: Any) -> Commune | None:
        """La commune désignée ; lève ValidationError et prépare le choix à montrer si la saisie est ambiguë."""
        saisie = self.prepare_value(value)
        if not saisie.texte and not saisie.code:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        resolution = lectures.resoudre(saisie.texte, saisie.code, limite=CHOIX_MAXIMUM)
        if resolution.commune is None:
            cast(WidgetCommune, self.widget).candidates = resolution.candidates
            code = "ambigue" if resolution.candidates else "inconnue"
            raise ValidationError(_message(saisie.texte or saisie.code, resolution), code=code)
        self.run_validators(resolution.commune)
        return resolution.commune

    def has_changed(self, initial: Any, data: Any) -> bool:
        avant, apres = self.prepare_value(initial), self.prepare_value(data)
        if apres.texte == avant.texte:
            return apres.code not in ("", avant.code)
        return True


class WidgetCommunes(_WidgetDeRecherche):
    """Des cases cochées (les communes gardées) et un champ de texte pour en ajouter."""

    template_name = "territoires/widgets/communes.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> SaisieMultiple:
        bruts = data.getlist(name) if isinstance(data, QueryDict) or hasattr(data, "getlist") else data.get(name, [])
        codes: Iterable[Any] = [bruts] if isinstance(bruts, str) else (bruts or [])
        propres = tuple(dict.fromkeys(str(code).strip() for code in codes if str(code).strip()))
        return SaisieMultiple(codes=propres, ajout=str(data.get(f"{name}_ajout") or "").strip())

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        # Des cases toutes décochées n'envoient rien : l'absence vaut « aucune ».
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        saisie = value if isinstance(value, SaisieMultiple) else SaisieMultiple()
        contexte["widget"] |= {"communes": lectures.communes(saisie.codes), "ajout": saisie.ajout}
        return contexte


class ChampCommunes(forms.Field):
    """Plusieurs communes. La valeur nettoyée est une liste de `Commune`, sans doublon, dans l'ordre de saisie."""

    widget = WidgetCommunes
    default_error_messages = {"required": "Indiquez au moins une commune."}

    def __init__(self, *, maximum: int = 300, **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> SaisieMultiple:
        """Accepte des Communes, des codes INSEE (valeur initiale) ou ce qui vient d'être envoyé."""
        if isinstance(value, SaisieMultiple):
            return value
        elements = value.all() if hasattr(value, "all") else (value or [])
        return SaisieMultiple(codes=tuple(e.pk if isinstance(e, Commune) else str(e) for e in elements))

    def clean(self, value: Any) -> list[Commune]:
        """Les communes désignées ; lève ValidationError et prépare le choix à montrer si l'ajout est ambigu."""
        saisie = self.prepare_value(value)
        trouvees = {c.pk: c for c in lectures.communes(saisie.codes)}
        inconnus = [] if len(trouvees) == len(saisie.codes) else lectures.codes_inconnus(saisie.codes)
        if inconnus:
            raise ValidationError(f"Code de commune inconnu : {', '.join(inconnus[:5])}.", code="inconnue")
        ajouts = [morceau for morceau in (m.strip() for m in re.split(r"[,;\n]", saisie.ajout)) if morceau]
        if len(ajouts) > self.maximum:
            raise ValidationError(f"Ajoutez au plus {self.maximum} communes à la fois.", code="maximum")
        for texte in ajouts:
            ajoutee = self._ajoutee(texte, trouvees)
            trouvees.setdefault(ajoutee.pk, ajoutee)
        if self.required and not trouvees:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(trouvees) > self.maximum:
            raise ValidationError(f"Au plus {self.maximum} communes ; vous en avez {len(trouvees)}.", code="maximum")
        return list(trouvees.values())

    def _ajoutee(self, texte: str, trouvees: Mapping[str, Commune]) -> Commune:
        resolution = lectures.resoudre(texte, limite=CHOIX_MAXIMUM)
        if resolution.commune is not None:
            return resolution.commune
        # Sans JavaScript, le choix proposé revient coché parmi les communes gardées.
        if choisie := next((c for c in resolution.candidates if c.pk in trouvees), None):
            return choisie
        cast(WidgetCommunes, self.widget).candidates = resolution.candidates
        code = "ambigue" if resolution.candidates else "inconnue"
        raise ValidationError(_message(texte, resolution), code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        apres = self.prepare_value(data)
        return bool(apres.ajout) or set(apres.codes) != set(self.prepare_value(initial).codes)
