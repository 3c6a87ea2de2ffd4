"""Les saisies du portail : une commune, des communes."""

from django import forms

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
