"""Ce qui se saisit hors de la trame : une pièce à joindre, un code, un motif."""

from collections.abc import Iterable
from typing import Any

from django import forms

from esperluette.referentiel.modele import Piece

AUTRE = ""


class PieceForm(forms.Form):
    """Un fichier à joindre. Le contrôle du contenu appartient à `fichiers`."""

    nature = forms.ChoiceField(
        label="Cette pièce est",
        required=False,
        error_messages={"invalid_choice": "Cette pièce n’est pas de celles que la démarche demande."},
    )
    libelle = forms.CharField(
        label="Intitulé",
        max_length=200,
        required=False,
        help_text="Par exemple « Statuts de l’association ». Sans intitulé, le nom du fichier sert.",
        error_messages={"max_length": "L’intitulé compte au plus %(limit_value)d caractères."},
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text="PDF, document, tableur ou image.",
        error_messages={
            "required": "Choisissez le fichier à joindre.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez le fichier à joindre.",
        },
    )

    def __init__(self, *args: Any, attendues: Iterable[Piece] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pieces = list(attendues)
        self.fields["nature"].choices = [(p.id, p.libelle) for p in pieces] + [(AUTRE, "Une autre pièce")]
        if not pieces:
            self.fields["nature"].widget = forms.HiddenInput()
        self.fields["nature"].widget.attrs["class"] = "fr-select"
        self.fields["libelle"].widget.attrs["class"] = "fr-input"
        self.fields["fichier"].widget.attrs["class"] = "fr-upload"


class CodeForm(forms.Form):
    """Le code reçu par courriel, et les empreintes de ce que la personne a sous les yeux : la version, le texte."""

    code = forms.CharField(
        label="Code reçu par courriel",
        max_length=20,
        error_messages={"required": "Saisissez le code reçu par courriel."},
        widget=forms.TextInput(
            attrs={
                "class": "fr-input",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "autocapitalize": "off",
            }
        ),
    )
    empreinte = forms.CharField(max_length=64, widget=forms.HiddenInput())
    conditions = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).replace(" ", "").strip()


class MotifForm(forms.Form):
    """Le motif, facultatif, d'un retrait."""

    motif = forms.CharField(
        label="Pourquoi le retirez-vous ? (facultatif)",
        required=False,
        max_length=2000,
        help_text="L’équipe le lira ; l’ARS aussi si elle avait reçu le dossier.",
        error_messages={"max_length": "Ce motif est trop long : %(limit_value)d caractères au plus."},
        widget=forms.Textarea(attrs={"class": "fr-input", "rows": 3}),
    )
