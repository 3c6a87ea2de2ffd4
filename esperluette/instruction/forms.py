"""Les filtres de la liste de l'agent. Une valeur inconnue est ignorée : la liste reste lisible."""

from typing import Any

from django import forms
from django.db.models import Q

from esperluette.commun.recherche import motif_tolerant
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import DossierQuerySet


class FiltresForm(forms.Form):
    """État, territoire, recherche : tout est facultatif."""

    RESTRICTIFS = ("q", "etat", "territoire")

    q = forms.CharField(label="Rechercher", required=False, max_length=100, help_text="Référence, équipe, commune")
    etat = forms.ChoiceField(label="État", required=False)
    territoire = forms.ChoiceField(label="Territoire", required=False)
    corbeille = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, territoires: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        etats = [(e.value, e.libelle_pour("agent")) for e in Etat if e != Etat.BROUILLON]
        self.fields["etat"].choices = [("", "Tous les états"), *etats]  # type: ignore[attr-defined]
        self.fields["territoire"].choices = [("", "Tout mon périmètre"), *territoires]  # type: ignore[attr-defined]
        for nom, champ in self.fields.items():
            champ.widget.attrs["class"] = "fr-select" if nom in ("etat", "territoire") else "fr-input"

    def filtrer(self, dossiers: DossierQuerySet) -> DossierQuerySet:
        """Applique ce qui est valide."""
        self.is_valid()
        valides = self.cleaned_data
        if etat := valides.get("etat"):
            dossiers = dossiers.filter(etat=etat)
        if territoire := valides.get("territoire", ""):
            sorte, code = territoire.split("-", 1)
            champ = "departement_id" if sorte == "d" else "epci_id"
            dossiers = dossiers.filter(**{f"equipe__implantation__{champ}": code})
        if q := valides.get("q", "").strip():
            motif = motif_tolerant(q)
            dossiers = dossiers.filter(
                Q(reference__icontains=q) | Q(equipe__nom__iregex=motif) | Q(equipe__implantation__nom__iregex=motif)
            )
        return dossiers
