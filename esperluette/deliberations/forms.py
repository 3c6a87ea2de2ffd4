"""Les formulaires ordinaires : se déporter, ouvrir une consultation écrite, valider, suivre une réserve."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from esperluette.commun.formulaires import Formulaire, Heure, Jour


class DeportForm(Formulaire):
    """Pourquoi l'on se déporte ; lu du secrétariat, jamais imprimé."""

    motif = forms.CharField(
        label="Pourquoi vous déportez-vous ?",
        help_text="Une phrase. Le secrétariat la lit ; le procès-verbal dit seulement que vous vous êtes déporté.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OuvertureEcriteForm(Formulaire):
    """Jusqu'à quand les sièges votent."""

    jour = Jour(label="Vote ouvert jusqu’au")
    heure = Heure(label="à")

    def fin(self) -> datetime:
        """L'instant de la fermeture, à l'heure de Paris."""
        instant = datetime.combine(self.cleaned_data["jour"], self.cleaned_data["heure"])
        return timezone.make_aware(instant)


class CodeForm(Formulaire):
    """Le code reçu par courriel, et l'empreinte de ce qu'on a lu."""

    code = forms.CharField(
        label="Code reçu par courriel",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    empreinte = forms.CharField(widget=forms.HiddenInput, max_length=64)


class PreuveForm(Formulaire):
    """En quoi la réserve est levée : un texte, un fichier, ou les deux."""

    texte = forms.CharField(
        label="En quoi la réserve est-elle levée ?",
        required=False,
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    fichier = forms.FileField(label="Un justificatif", required=False)

    def clean(self) -> dict[str, Any]:
        propres = super().clean() or {}
        if not self.errors and not propres.get("texte", "").strip() and not propres.get("fichier"):
            self.add_error("texte", "Écrivez en quoi la réserve est levée, ou joignez un fichier.")
        return propres


class MotifForm(Formulaire):
    """Un motif que l'équipe lira."""

    motif = forms.CharField(
        label="Motif", max_length=10000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’équipe le lira.",
    )  # fmt: skip


class NoteForm(Formulaire):
    """Une note facultative en levant une réserve."""

    motif = forms.CharField(
        label="Ce qui lève la réserve", required=False, max_length=10000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Facultatif. L’équipe le lira.",
    )  # fmt: skip
