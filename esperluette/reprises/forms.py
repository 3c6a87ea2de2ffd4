"""Les formulaires de reprise : une équipe à l'écran, un tableur, un acte."""

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

    nature = forms.ChoiceField(label="Nature de l’acte", choices=NatureActe.choices)
    fichier = forms.FileField(label="Le fichier", help_text="PDF de préférence.")


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
