"""Les formulaires de connexion et de profil."""

import re
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms

from esperluette.comptes.models import Compte

CODE_INCOMPLET = "Le code compte six chiffres. Recopiez celui du dernier courriel reçu."


class DemandeCodeForm(RequestLoginCodeForm):
    """L'adresse. Les limites de débit s'appliquent ici, que le compte existe ou non."""

    email = forms.EmailField(
        label="Votre adresse électronique",
        max_length=254,
        help_text="Par exemple : prenom.nom@exemple.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": "Indiquez votre adresse électronique.",
            "invalid": "Cette adresse n’est pas complète. Elle ressemble à prenom.nom@exemple.fr.",
            "max_length": "Cette adresse est trop longue : vérifiez-la.",
        },
    )


class ChampCode(forms.CharField):
    """Six chiffres, avec ou sans espaces ni tirets. Rend les chiffres seuls."""

    widget = forms.TextInput(
        attrs={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "spellcheck": "false",
            "autocapitalize": "none",
        }
    )

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Le code reçu")
        options.setdefault("help_text", "Six chiffres, par exemple 123 456")
        super().__init__(error_messages={"required": "Recopiez les six chiffres du courriel."}, **options)

    def clean(self, valeur: Any) -> str:
        chiffres = re.sub(r"[\s.\-]", "", super().clean(valeur))
        if not re.fullmatch(r"[0-9]{6}", chiffres):
            raise forms.ValidationError(CODE_INCOMPLET, code="incomplet")
        return chiffres


class SaisieCodeForm(ConfirmLoginCodeForm):
    """Le code de connexion, comparé par allauth."""

    code = ChampCode()


class CodeForm(forms.Form):
    """Le code d'une réauthentification : à vérifier par `comptes.reauthentification.verifier_code`."""

    code = ChampCode()


class ProfilForm(forms.ModelForm):
    """Comment vous nommer et vous joindre."""

    class Meta:
        model = Compte
        fields = ("prenom", "nom", "telephone")
        help_texts = {"telephone": "Par exemple : 02 99 33 12 34"}
        widgets = {
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "nom": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "telephone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }
        error_messages = {
            "prenom": {"required": "Indiquez votre prénom.", "max_length": "Ce prénom est trop long (100 signes)."},
            "nom": {"required": "Indiquez votre nom.", "max_length": "Ce nom est trop long (100 signes)."},
            "telephone": {"max_length": "Ce numéro est trop long : vérifiez-le."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("prenom", "nom"):
            self.fields[nom].required = True

    def clean_prenom(self) -> str:
        return " ".join(self.cleaned_data["prenom"].split())

    def clean_nom(self) -> str:
        return " ".join(self.cleaned_data["nom"].split())

    def clean_telephone(self) -> str:
        saisi = self.cleaned_data["telephone"]
        numero = re.sub(r"[\s.\-()]", "", saisi)
        if not numero:
            return ""
        if re.fullmatch(r"0[1-9][0-9]{8}", numero):
            return " ".join(numero[i : i + 2] for i in range(0, 10, 2))
        if re.fullmatch(r"(\+|00)[1-9][0-9]{7,14}", numero):
            return re.sub(r"^00", "+", numero)
        raise forms.ValidationError(
            "Un numéro français compte dix chiffres, par exemple 02 99 33 12 34 ; de l’étranger, commencez par +."
        )
