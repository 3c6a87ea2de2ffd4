"""Les saisies du portail : une commune, des communes, un document à vérifier."""

from django import forms

from esperluette.documents.codes import normaliser
from esperluette.territoires.champs import ChampCommune, ChampCommunes


class CommuneForm(forms.Form):
    """« Votre commune », sur l'accueil."""

    commune = ChampCommune(
        label="Votre commune",
        required=False,
        help_text="Nom, code postal ou code INSEE. Par exemple : Loudéac, 22600.",
    )


class TerritoireForm(forms.Form):
    """Où l'équipe s'installe, et où elle intervient."""

    commune = ChampCommune(
        label="Commune d’implantation",
        required=False,
        help_text="Celle du lieu principal d’exercice : elle fixe la région, donc les règles, et votre interlocuteur.",
    )
    communes = ChampCommunes(
        label="Autres communes du territoire (facultatif)",
        required=False,
        maximum=100,
        help_text="Celles d’où viennent vos patients. Séparez-les par des virgules.",
    )


class FichierForm(forms.Form):
    """Le document à vérifier."""

    fichier = forms.FileField(
        label="Le fichier du document",
        help_text="PDF, Word (DOCX) ou LibreOffice (ODT), tel que vous l’avez reçu. Il n’est pas gardé.",
        allow_empty_file=True,
        max_length=255,
        error_messages={
            "required": "Choisissez le fichier à vérifier.",
            "missing": "Choisissez le fichier à vérifier.",
            "invalid": "Choisissez le fichier à vérifier.",
            "max_length": "Le nom de ce fichier est trop long : raccourcissez-le.",
        },
        widget=forms.FileInput(attrs={"class": "fr-upload", "accept": ".pdf,.docx,.odt,.json"}),
    )
    fichier.template_name = "commun/champs/saisie.html"


class CodeForm(forms.Form):
    """Le code imprimé au pied du document."""

    code = forms.CharField(
        label="Le code imprimé",
        help_text="Quatre groupes de quatre signes, en bas de chaque page. Par exemple : CDFG-HJKM-NPRT-VWXY.",
        max_length=200,
        error_messages={
            "required": "Recopiez le code imprimé sur le document.",
            "max_length": "Ce code est trop long : il a quatre groupes de quatre signes.",
        },
        widget=forms.TextInput(
            attrs={"class": "fr-input", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code.template_name = "commun/champs/saisie.html"

    def clean_code(self) -> str:
        """Le code tel qu'il est imprimé ; une faute de recopie se dit avant toute recherche."""
        propre = normaliser(self.cleaned_data["code"])
        if not propre:
            raise forms.ValidationError(
                "Ce n’est pas un de nos codes : un signe manque, ou est faux. Recopiez les quatre groupes."
            )
        return propre
