"""Ce qui se saisit hors de la trame : une pièce à joindre, un code, un motif."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from esperluette.referentiel.modele import Piece

AUTRE = ""


ANNEES_AU_PLUS = 50  # au-delà, c'est une faute de frappe


class ValiditeForm(forms.Form):
    """Jusqu'à quand une pièce vaut. Facultatif : sans date, elle vaut tant que l'équipe n'en dit rien."""

    valable_jusqu_au = forms.DateField(
        label="Valable jusqu’au",
        required=False,
        help_text="Facultatif. Le dernier jour où elle vaut : pour une attestation d’assurance, sa fin. "
        "L’équipe sera prévenue avant.",
        error_messages={"invalid": "Cette date n’existe pas. Écrivez par exemple 31/12/2027."},
        widget=forms.DateInput(attrs={"type": "date", "class": "fr-input"}, format="%Y-%m-%d"),
    )

    def clean_valable_jusqu_au(self) -> date | None:
        jour: date | None = self.cleaned_data["valable_jusqu_au"]
        if jour is not None and abs(jour.year - timezone.localdate().year) > ANNEES_AU_PLUS:
            raise forms.ValidationError(f"L’année {jour.year} est une faute de frappe, sans doute.")
        return jour


class PieceForm(ValiditeForm):
    """Un fichier à joindre. Le contrôle du contenu appartient à `fichiers`."""

    field_order = ["nature", "libelle", "fichier", "valable_jusqu_au"]
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
        regles = [f"{p.libelle} : {p.peremption.texte}" for p in pieces if p.peremption]
        if regles:
            champ = self.fields["valable_jusqu_au"]
            champ.help_text = " ".join([str(champ.help_text), *regles])
        self.fields["nature"].choices = [(p.id, p.libelle) for p in pieces] + [(AUTRE, "Une autre pièce")]
        if not pieces:
            self.fields["nature"].widget = forms.HiddenInput()
        self.fields["nature"].widget.attrs["class"] = "fr-select"
        self.fields["libelle"].widget.attrs["class"] = "fr-input"
        self.fields["fichier"].widget.attrs["class"] = "fr-upload"


class RemplacementForm(PieceForm):
    """Le fichier qui prend la place d'une pièce : elle garde sa nature, et son intitulé s'il n'en est pas donné."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["nature"]
        self.fields["libelle"].help_text = "Facultatif. Sans autre intitulé, la pièce garde le sien."
        self.fields["fichier"].label = "Le nouveau fichier"


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
