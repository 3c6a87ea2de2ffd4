"""Les formulaires des demandes de rencontre : celui du demandeur, ceux de l'agent."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from esperluette.commun.formulaires import Formulaire, Heure, Jour, Sections
from esperluette.interlocuteurs.actions.rencontres import Demandeur
from esperluette.interlocuteurs.enums import Qualite, SorteDeDemande
from esperluette.interlocuteurs.models import StructureAppui
from esperluette.territoires.champs import ChampCommune


def _texte_long(libelle: str, aide: str, *, requis: bool = True, lignes: int = 6) -> forms.CharField:
    return forms.CharField(
        label=libelle, help_text=aide, required=requis, max_length=4000, widget=forms.Textarea(attrs={"rows": lignes})
    )


class CommuneForm(Formulaire):
    """D'où l'on écrit : la commune dit qui répond."""

    commune = ChampCommune(
        label="Votre commune",
        help_text="Celle où vous exercez, ou que vous représentez : nom, code postal ou code INSEE.",
    )


class ChampStructures(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # non générique à l'exécution
    """Des structures proposées. Un numéro qui n'en est pas un se refuse, si long soit-il, sans aller à la base."""

    def _check_values(self, value: Any) -> Any:
        proposees = {str(structure.pk) for structure in self.queryset or ()}
        for cle in value:
            if cle not in proposees:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": cle[:40]}
                )
        return super()._check_values(value)  # type: ignore[misc]  # absente des annotations de Django


class DemandeForm(Formulaire):
    """Écrire à l'interlocuteur d'une commune. Connecté, on ne redonne pas son adresse."""

    sorte = forms.ChoiceField(
        label="Vous souhaitez",
        choices=[(SorteDeDemande.RENCONTRE, "Le rencontrer"), (SorteDeDemande.MESSAGE, "Lui écrire seulement")],
        initial=SorteDeDemande.RENCONTRE,
        widget=forms.RadioSelect,
    )
    message = _texte_long(
        "Votre message", "Votre projet, où vous en êtes, vos questions. Aucun nom ni renseignement sur un patient."
    )
    qualite = forms.ChoiceField(label="Vous êtes", choices=Qualite.choices, widget=forms.RadioSelect)
    equipe = forms.ChoiceField(label="Au nom d’une équipe", required=False)
    nom = forms.CharField(label="Votre nom", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    courriel = forms.EmailField(
        label="Votre courriel",
        help_text="Vous y recevrez un lien pour confirmer, puis pour suivre. Par exemple prenom.nom@cabinet.fr.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    telephone = forms.CharField(
        label="Votre téléphone",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    copies = ChampStructures(
        label="En informer aussi",
        queryset=StructureAppui.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ces structures recevront votre nom et vos coordonnées, jamais votre message.",
    )
    # Un piège à robots : personne ne le voit, personne ne le remplit.
    site_web = forms.CharField(
        label="Ne remplissez pas ce champ",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, compte: Any, equipes: list[Any], structures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champs: Any = self.fields
        self.compte, self.equipes = compte, {str(e.pk): e for e in equipes}
        if compte is not None:
            del champs["courriel"]
        if equipes:
            champs["equipe"].choices = [("", "En mon nom"), *((cle, str(e)) for cle, e in self.equipes.items())]
        else:
            del champs["equipe"]
        champs["copies"].queryset = structures
        if not champs["copies"].queryset:
            del champs["copies"]

    @property
    def visibles(self) -> list[forms.BoundField]:
        """Les champs à montrer, sans le piège."""
        return [self[nom] for nom in self.fields if nom != "site_web"]

    def clean_site_web(self) -> str:
        """Rempli : un robot, ou un navigateur trop zélé."""
        if self.cleaned_data["site_web"]:
            raise ValidationError("Laissez ce champ vide : il sert à écarter les envois automatiques.")
        return ""

    def demandeur(self) -> Demandeur:
        """Qui écrit."""
        d = self.cleaned_data
        courriel = self.compte.courriel if self.compte is not None else d["courriel"]
        return Demandeur(d["nom"], d["qualite"], courriel, d["telephone"])

    def equipe_choisie(self) -> Any:
        """L'équipe au nom de laquelle on écrit, ou None."""
        return self.equipes.get(self.cleaned_data.get("equipe", ""))


class FixerForm(Formulaire):
    """Fixer une rencontre, ou la déplacer."""

    jour = Jour(label="Date")
    heure = Heure(label="Heure")
    lieu = forms.CharField(label="Lieu", max_length=250, help_text="Une adresse, ou « en visioconférence ».")
    participants = _texte_long("Participants", "Un par ligne : nom et qualité.", requis=False, lignes=3)

    def clean(self) -> dict[str, Any]:
        """Une rencontre se fixe dans l'avenir."""
        donnees = super().clean() or {}
        if donnees.get("jour") and donnees.get("heure"):
            quand = timezone.make_aware(datetime.combine(donnees["jour"], donnees["heure"]))
            if quand <= timezone.now():
                self.add_error("jour", "Cette date est passée : une rencontre se fixe dans l’avenir.")
            donnees["rendez_vous"] = quand
        return donnees

    def arguments(self) -> dict[str, Any]:
        """Ce qu'attend l'action."""
        return {nom: self.cleaned_data[nom] for nom in ("rendez_vous", "lieu", "participants")}


class CompteRenduForm(Formulaire):
    """Ce qui s'est dit : les trois questions de la première phase."""

    sections: Sections = ()
    implication = _texte_long("L’implication des professionnels", "Qui porte le projet, qui hésite, qui manque.")
    coherence = _texte_long("La cohérence territoriale", "Le territoire du projet, les autres équipes, la CPTS.")
    finalites = _texte_long("Les finalités du projet", "Ce que l’équipe veut changer, pour quels patients.")
    participants = _texte_long("Participants", "S’ils ont changé.", requis=False, lignes=3)

    def arguments(self) -> dict[str, Any]:
        """Ce qu'attend l'action."""
        return dict(self.cleaned_data)


class ReponseForm(Formulaire):
    """Répondre à un message."""

    reponse = _texte_long("Votre réponse", "Le demandeur recevra un lien pour la lire.")

    def arguments(self) -> dict[str, Any]:
        """Ce qu'attend l'action."""
        return dict(self.cleaned_data)


class AnnulerForm(Formulaire):
    """Renoncer à une demande, ou y mettre fin."""

    motif = forms.CharField(label="Pourquoi", max_length=500, help_text="Une phrase : l’autre personne la lira.")

    def arguments(self) -> dict[str, Any]:
        """Ce qu'attend l'action."""
        return dict(self.cleaned_data)


class SansSaisie(Formulaire):
    """Un geste qui n'a rien à demander."""

    def arguments(self) -> dict[str, Any]:
        """Ce qu'attend l'action."""
        return {}
