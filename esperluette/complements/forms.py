"""Ce que l'agent saisit autour des remarques : une date limite, un message, un motif, une remarque neuve."""

from typing import Any

from django import forms

from esperluette.commun.formulaires import Jour
from esperluette.complements.actions.commun import LONGUEUR
from esperluette.complements.lectures import GENERALE, LIBELLE_GENERALE, cibles, rouvrables
from esperluette.referentiel.modele import Trame

TROP_LONG = {"max_length": "Ce texte compte au plus %(limit_value)d caractères ; ici %(show_value)d."}
DATE = {"required": "Donnez une date limite.", "invalid": "Écrivez une date : 30/10/2026."}


def _date(libelle: str, *, required: bool, aide: str = "") -> Jour:
    return Jour(
        label=libelle,
        required=required,
        help_text=aide,
        error_messages=DATE,
        widget=forms.DateInput(attrs={"class": "fr-input", "type": "date"}, format="%Y-%m-%d"),
    )


def _texte(libelle: str, *, required: bool, lignes: int = 4, aide: str = "", vide: str = "") -> forms.CharField:
    return forms.CharField(
        label=libelle,
        required=required,
        max_length=LONGUEUR,
        help_text=aide,
        error_messages=TROP_LONG | ({"required": vide} if vide else {}),
        widget=forms.Textarea(attrs={"class": "fr-input esp-zone", "rows": lignes}),
    )


class BrouillonForm(forms.Form):
    """Le message et la date limite d'une demande ; tout est facultatif tant qu'elle n'est pas partie."""

    message = _texte(
        "Message à l’équipe (facultatif)", required=False,
        aide="Elle le lit au-dessus des remarques. Aucune donnée de patient.",
    )  # fmt: skip
    avant_le = _date(
        "Date limite", required=False,
        aide="Le délai de l’ARS est suspendu jusqu’au dépôt de l’équipe, et au plus tard jusqu’à cette date.",
    )  # fmt: skip


class RemarqueForm(forms.Form):
    """Une remarque neuve : ce qu'elle vise, ce qu'elle dit, ce qu'elle rouvre si elle est générale."""

    champ = forms.ChoiceField(
        label="Sur quoi porte la remarque ?",
        required=False,
        error_messages={"invalid_choice": "Choisissez un champ de la liste."},
        widget=forms.Select(attrs={"class": "fr-select"}),
    )
    extrait = forms.CharField(required=False, max_length=LONGUEUR, widget=forms.HiddenInput())
    texte = _texte("Votre remarque", required=True, aide="Ce qui manque, et ce que vous attendez.",
                   vide="Écrivez la remarque.")  # fmt: skip
    ouvre = forms.MultipleChoiceField(
        label="Si elle est générale, ce qu’elle rouvre",
        required=False,
        error_messages={"invalid_choice": "Choisissez dans la liste."},
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, *args: Any, trame: Trame, facultative: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groupes: dict[str, list[tuple[str, str]]] = {}
        for cible in cibles(trame):
            groupes.setdefault(cible.rubrique_titre, []).append((cible.cle, cible.libelle))
        choix = [(GENERALE, LIBELLE_GENERALE), *groupes.items()]
        self.fields["champ"].choices = choix  # type: ignore[attr-defined]
        self.fields["ouvre"].choices = rouvrables(trame)  # type: ignore[attr-defined]
        self.fields["texte"].required = not facultative


class ProlongerForm(forms.Form):
    """Une nouvelle date limite."""

    avant_le = _date("Nouvelle date limite", required=True)


class AnnulerForm(forms.Form):
    """Pourquoi la demande est annulée : l'équipe le lira."""

    motif = _texte("Motif", required=True, lignes=3, aide="L’équipe le lira.", vide="Écrivez le motif.")
