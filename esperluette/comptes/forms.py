"""Les formulaires de connexion et de profil."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms

from esperluette.comptes.models import Compte


class DemandeCodeForm(RequestLoginCodeForm):
    email = forms.EmailField(
        label="Votre adresse électronique",
        max_length=254,
        help_text="Format attendu : prenom.nom@exemple.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": "Indiquez votre adresse électronique.",
            "invalid": "Cette adresse n’est pas complète. Elle ressemble à prenom.nom@exemple.fr.",
        },
    )


class SaisieCodeForm(ConfirmLoginCodeForm):
    code = forms.CharField(
        label="Le code reçu",
        max_length=20,
        help_text="Six chiffres",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={
            "required": "Recopiez les six chiffres du courriel.",
            "max_length": "Le code ne compte que six chiffres.",
        },
    )


class ProfilForm(forms.ModelForm):
    class Meta:
        model = Compte
        fields = ("prenom", "nom", "telephone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("prenom", "nom"):
            self.fields[nom].required = True
