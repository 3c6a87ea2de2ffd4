"""Les formulaires de la patientèle : ils valident et traduisent, les gestes sont dans `actions`."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from esperluette.commun.formulaires import Formulaire
from esperluette.diagnostics.patienteles.reglages import effectif_minimal, reglages
from esperluette.equipes.models import Membre
from esperluette.fichiers.vigilance import suspicions
from esperluette.territoires.champs import ChampCommune

EQUIPE = "equipe"


def _sans_personne(texte: str) -> str:
    if trouvees := suspicions(texte):
        raise ValidationError(trouvees[0])
    return texte


class DepotForm(Formulaire):
    """Un tableau d'effectifs, et de qui sont ces patients."""

    pour = forms.ChoiceField(
        label="De qui sont ces patients ?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Dites de qui sont ces patients.",
            "invalid_choice": "Vous ne pouvez pas déposer cette patientèle.",
        },
    )
    periode = forms.CharField(
        label="Période",
        required=False,
        max_length=80,
        help_text="Par exemple : année 2025, ou file active au 1er juin.",
    )
    tableau = forms.FileField(
        label="Le tableau d’effectifs",
        help_text=f"CSV ou XLSX, {reglages().limites.taille_mo} Mo au plus. Rien n’est enregistré à cette étape.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Le fichier est vide.",
            "invalid": "Choisissez un fichier.",
        },
    )

    def __init__(self, *args: Any, membres: Sequence[Membre], equipe: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membres = {str(m.pk): m for m in membres}
        choix = [(cle, str(m)) for cle, m in self.membres.items()]
        champ: Any = self.fields["pour"]
        champ.choices = [*choix, *([(EQUIPE, "De toute l’équipe, chaque patient compté une fois")] if equipe else [])]
        if len(champ.choices) == 1:
            champ.initial = champ.choices[0][0]

    def clean_pour(self) -> Membre | None:
        return self.membres.get(self.cleaned_data["pour"])

    def clean_periode(self) -> str:
        return _sans_personne(self.cleaned_data["periode"])


class PatienteleCommuneForm(Formulaire):
    """Combien de patients sont suivis par deux membres, ou par au moins deux."""

    membre = forms.ChoiceField(label="Suivis par", required=False)
    autre = forms.ChoiceField(
        label="Et par",
        required=False,
        help_text="À laisser vide pour toute l’équipe : suivis par au moins deux membres.",
    )
    effectif = forms.IntegerField(
        label="Nombre de patients",
        min_value=0,
        max_value=reglages().limites.effectif,
        help_text=f"De 1 à {effectif_minimal() - 1}, le nombre n’est pas gardé : on retient qu’il est faible.",
        error_messages={
            "required": "Donnez un nombre de patients, zéro compris.",
            "invalid": "Donnez un nombre entier.",
            "min_value": "Donnez un nombre de patients, zéro compris.",
            "max_value": "Ce nombre est démesuré.",
        },
    )
    methode = forms.CharField(
        label="Comment l’avez-vous compté ?",
        required=False,
        max_length=200,
        help_text="Par exemple : requête de nos deux logiciels en juin 2026 ; estimation en réunion.",
    )

    def __init__(self, *args: Any, membres: Sequence[Membre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membres = {str(m.pk): m for m in membres}
        personnes = [(cle, str(m)) for cle, m in self.membres.items()]
        for nom, vide in (("membre", "Toute l’équipe"), ("autre", "")):
            champ: Any = self.fields[nom]
            champ.choices = [("", vide), *personnes]
            champ.error_messages["invalid_choice"] = "Choisissez un membre présent dans l’équipe."

    def clean_methode(self) -> str:
        return _sans_personne(self.cleaned_data["methode"])

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        un, autre = donnees.get("membre"), donnees.get("autre")
        if bool(un) != bool(autre):
            self.add_error(
                "autre" if un else "membre", "Choisissez deux membres, ou laissez vide pour toute l’équipe."
            )
        elif un and un == autre:
            self.add_error("autre", "Choisissez deux membres différents.")
        return donnees

    @property
    def choisis(self) -> tuple[Membre, Membre] | None:
        """Les deux membres, ou None pour toute l'équipe."""
        un, autre = self.cleaned_data["membre"], self.cleaned_data["autre"]
        return (self.membres[un], self.membres[autre]) if un else None


class CommuneDePlusForm(Formulaire):
    """Une commune à essayer."""

    commune = ChampCommune(label="Essayer une autre commune", help_text="Nom, code postal ou code INSEE.")
