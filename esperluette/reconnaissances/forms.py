"""Les formulaires de l'agent et de l'équipe sur une reconnaissance."""

from typing import Any

from django import forms
from django.utils import timezone

from esperluette.commun.formulaires import Formulaire, Jour, Sections
from esperluette.reconnaissances.enums import IssueRetrait
from esperluette.reconnaissances.saisie import LONGUEUR_MAX


def _texte_long(libelle: str, aide: str, *, lignes: int = 6) -> forms.CharField:
    return forms.CharField(
        label=libelle, max_length=LONGUEUR_MAX, help_text=aide, widget=forms.Textarea(attrs={"rows": lignes})
    )


class SuspensionForm(Formulaire):
    """Suspendre : à compter de quand, jusqu'à quand s'il y a un terme, et pourquoi."""

    sections: Sections = (("La suspension", ("debut", "fin", "motif")),)

    debut = Jour(label="Suspendue à compter du", initial=timezone.localdate)
    fin = Jour(label="Jusqu’au", required=False, help_text="Vide : jusqu’à ce que vous la leviez.")
    motif = _texte_long(
        "Motif", "L’équipe le lit : ce qui manque, en droit et en fait, et ce qui ferait lever la mesure."
    )


class RetraitForm(Formulaire):
    """L'intention de retirer, notifiée à l'équipe avec ses motifs et un délai pour répondre."""

    sections: Sections = (("L’intention", ("motif", "reponse_avant_le")),)

    motif = _texte_long("Motifs envisagés", "L’équipe doit pouvoir y répondre point par point.")
    reponse_avant_le = Jour(label="L’équipe peut répondre jusqu’au", help_text="C’est vous qui fixez ce délai.")


class DecisionDeRetraitForm(Formulaire):
    """Retirer ou maintenir, une fois l'équipe entendue."""

    sections: Sections = (("La décision", ("issue", "effet_le", "motif")),)

    issue = forms.ChoiceField(label="Décision", choices=IssueRetrait.choices, widget=forms.RadioSelect)
    effet_le = Jour(
        label="À compter du",
        required=False,
        initial=timezone.localdate,
        help_text="Le jour où elle cesse de valoir.",
    )
    motif = _texte_long("Motifs de la décision", "En droit et en fait ; ils répondent aux observations de l’équipe.")


class DelaiForm(Formulaire):
    """Jusqu'à quand rétablir la composition."""

    delai_le = Jour(label="À rétablir avant le", help_text="Aucun texte ne fixe ce délai : c’est vous qui le dites.")


class ObservationsForm(Formulaire):
    """Ce que l'équipe répond au retrait envisagé."""

    observations = _texte_long("Vos observations", "L’ARS les lit avant de décider.", lignes=10)


class AvenantForm(Formulaire):
    """Ce que l'avenant change, parmi ce que l'édition permet."""

    porte_sur = forms.MultipleChoiceField(
        label="Ce qui change",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une case : l’avenant rouvre les rubriques correspondantes."},
    )

    def __init__(self, *args: Any, natures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["porte_sur"]
        champ.choices = natures


class VerificationForm(Formulaire):
    """Un numéro d'attestation."""

    numero = forms.CharField(
        label="Numéro de la reconnaissance",
        max_length=60,
        help_text="En tête de l’attestation, par exemple R-BRE-2026-0042.",
    )
