"""Les formulaires de reprise : une équipe à l'écran, un tableur, un acte."""

from collections.abc import Sequence
from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire, Sections
from esperluette.reprises.colonnes import COLONNES, Colonne
from esperluette.reprises.enums import EtapeReprise, NatureActe
from esperluette.territoires.champs import ChampCommune, ChampCommunes

_TERRITOIRE = ("commune", "communes")


class TableurForm(Formulaire):
    """Le tableur à contrôler."""

    tableur = forms.FileField(
        label="Le tableur rempli",
        help_text="CSV ou XLSX, 5 Mo et 5 000 lignes au plus. Rien n’est écrit à cette étape.",
    )


class ActeForm(Formulaire):
    """Un acte numérisé."""

    nature = forms.ChoiceField(
        label="Nature de l’acte",
        choices=[c for c in NatureActe.choices if c[0] != NatureActe.PAGE_SIGNEE.value],
    )
    fichier = forms.FileField(label="Le fichier", help_text="PDF de préférence.")


class PageSigneeForm(Formulaire):
    """Une page signée à la main, numérisée : le scan, qui a signé, quel jour."""

    fichier = forms.FileField(
        label="La page signée, numérisée",
        required=False,
        help_text="PDF de préférence, 10 Mo au plus.",
        error_messages={"required": "Joignez le fichier de la page signée."},
    )
    scan = forms.ChoiceField(label="Ou une page déjà jointe", required=False)
    signee_le = forms.DateField(
        label="Signée le",
        help_text="La date portée sur la page, par exemple 15/06/2023.",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Indiquez la date portée sur la page.",
            "invalid": "Ce n’est pas une date : par exemple 15/06/2023.",
        },
    )
    signataires = forms.MultipleChoiceField(
        label="Qui a signé, dans l’équipe d’alors",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Cette personne n’est pas dans l’équipe d’alors."},
    )
    nom = forms.CharField(
        label="Quelqu’un d’autre : prénom et nom", required=False, max_length=200,
        help_text="Un mandataire, une personne partie depuis.",
    )  # fmt: skip
    qualite = forms.CharField(label="Sa qualité", required=False, max_length=200)

    def __init__(
        self, *args: Any, membres: Sequence[tuple[str, str]], scans: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        champs: Any = self.fields
        champs["signataires"].choices = membres
        champs["scan"].choices = [("", "Aucune : je joins le fichier ci-dessus"), *scans]
        if not scans:
            del self.fields["scan"]
            self.fields["fichier"].required = True
        if not membres:
            del self.fields["signataires"]

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or {}
        fichier, scan = donnees.get("fichier"), donnees.get("scan")
        if "fichier" not in self.errors and bool(fichier) == bool(scan):
            self.add_error("fichier", "Joignez le fichier, ou choisissez une page déjà jointe : l’un des deux.")
        if not donnees.get("signataires") and not donnees.get("nom") and "signataires" not in self.errors:
            self.add_error("signataires" if "signataires" in self.fields else "nom", "Dites qui a signé cette page.")
        return donnees


class RetraitForm(Formulaire):
    """Pourquoi une page signée est retirée."""

    motif = forms.CharField(
        label="Pourquoi la retirez-vous ?",
        max_length=300,
        error_messages={"required": "Dites pourquoi cette page signée est retirée."},
    )


def _champ(colonne: Colonne) -> forms.Field:
    commun: dict[str, Any] = {
        "label": colonne.libelle, "required": colonne.obligatoire, "help_text": colonne.aide,
    }  # fmt: skip
    if colonne.nom == "etat":
        choix = [("", "Aucun dossier"), *EtapeReprise.choices]
        return forms.ChoiceField(choices=choix, **commun)
    if colonne.choix:
        choix = [(valeur, valeur.replace("_", " ")) for valeur in colonne.choix]
        return forms.ChoiceField(choices=choix if colonne.obligatoire else [("", "—"), *choix], **commun)
    if colonne.sorte == "date":
        return forms.CharField(max_length=10, widget=forms.TextInput(attrs={"type": "date"}), **commun)
    if colonne.nom == "membres":
        return forms.CharField(max_length=colonne.longueur, widget=forms.Textarea(attrs={"rows": 4}), **commun)
    return forms.CharField(max_length=colonne.longueur, **commun)


class RepriseForm(Formulaire):
    """Une équipe à reprendre : les mêmes données qu'une ligne du tableur, contrôlées de la même façon."""

    sections: Sections = (
        ("L’équipe", ("cle", "equipe", "forme", "commune", "communes", "courriel", "telephone", "adresse")),
        ("Sa structure", ("statut_juridique", "statut_avancement", "nom_juridique")),
        ("Son porteur", ("porteur_prenom", "porteur_nom", "porteur_courriel", "porteur_profession",
                         "porteur_savoir_faire", "porteur_exercice")),
        ("Ses autres membres", ("membres",)),
        ("Son dossier", ("demarche", "etat", "depose_le", "instruit_le", "avis_le", "decision_le", "decision")),
        ("Sa reconnaissance", ("reconnue_le", "reconnue_jusqu_au")),
        ("L’invitation", ("inviter",)),
    )  # fmt: skip

    commune = ChampCommune(label="Commune d’implantation")
    communes = ChampCommunes(label="Communes du territoire", required=False)
    inviter = forms.BooleanField(
        label="Inviter le porteur par courriel", required=False, initial=True,
        help_text="Il reçoit un lien vers son équipe, et s’y connecte avec son adresse.",
    )  # fmt: skip

    def __init__(self, *args: Any, demarches: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for colonne in COLONNES:
            if colonne.nom in _TERRITOIRE:
                continue
            self.fields[colonne.nom] = (
                forms.ChoiceField(label=colonne.libelle, required=False, choices=[("", "Aucun dossier"), *demarches])
                if colonne.nom == "demarche"
                else _champ(colonne)
            )
        self._habiller()

    def _habiller(self) -> None:
        champ: Any
        for nom, champ in self.fields.items():
            if nom in (*_TERRITOIRE, "inviter"):
                continue
            liste = isinstance(champ.widget, forms.Select)
            champ.template_name = "commun/champs/liste.html" if liste else "commun/champs/saisie.html"
            champ.widget.attrs["class"] = "fr-select" if liste else "fr-input"

    def cellules(self) -> dict[str, str]:
        """Ce qui est saisi, comme une ligne du tableur."""
        d = self.cleaned_data
        textes = {c.nom: " ".join(str(d.get(c.nom) or "").split()) for c in COLONNES if c.nom not in _TERRITOIRE}
        return {**textes, "commune": d["commune"].pk, "communes": " ".join(c.pk for c in d["communes"] or [])}
