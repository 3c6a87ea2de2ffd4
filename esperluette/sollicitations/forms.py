"""Ce que l'équipe demande, ce que l'agent répond."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire
from esperluette.sollicitations.models import LONGUEUR
from esperluette.sollicitations.nombres import lire

ILLISIBLE = "Ce texte contient un signe illisible : effacez-le, puis recommencez."
PERIME = "il n’a pas été reconnu. Rechargez la page, puis recommencez."
TROP_LONG = "Ce texte compte %(show_value)d signes ; la limite est de %(limit_value)d."


def _erreurs(vide: str) -> dict[str, str]:
    return {"required": vide, "max_length": TROP_LONG, "null_characters_not_allowed": ILLISIBLE}


def _ligne(libelle: str, longueur: int, aide: str, vide: str, *, required: bool = True) -> forms.CharField:
    # Sans `maxlength` : ce qui dépasse est refusé avec sa raison, pas coupé sous les doigts.
    champ = forms.CharField(
        label=libelle, max_length=longueur, help_text=aide, error_messages=_erreurs(vide), required=required
    )
    champ.widget.attrs.pop("maxlength", None)
    return champ


def _texte(libelle: str, aide: str, vide: str = "", *, lignes: int = 3) -> forms.CharField:
    champ = forms.CharField(
        label=libelle, max_length=LONGUEUR, help_text=aide, error_messages=_erreurs(vide), required=bool(vide),
        widget=forms.Textarea(attrs={"rows": lignes}),
    )  # fmt: skip
    champ.widget.attrs.pop("maxlength", None)
    return champ


class DemandeForm(Formulaire):
    """Le chiffre qu'on demande, et pour quelle rubrique. `jeton` : un envoi fait deux fois ne demande qu'une fois."""

    rubrique = forms.ChoiceField(
        label="Pour quelle rubrique ?",
        error_messages={"required": "Choisissez une rubrique.", "invalid_choice": "Choisissez une rubrique."},
    )
    libelle = _ligne(
        "Le chiffre dont vous avez besoin",
        200,
        "Un seul par demande. Par exemple : « patients de 16 ans et plus sans médecin traitant, dans nos communes ».",
        "Dites quel chiffre vous demandez.",
    )
    precisions = _texte(
        "Précisions",
        "L’année, les communes, à quoi il va servir. Jamais de donnée sur un patient.",
    )
    jeton = forms.UUIDField(
        label="Cet envoi", widget=forms.HiddenInput(), error_messages={"required": PERIME, "invalid": PERIME}
    )

    def __init__(self, *args: Any, rubriques: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {"jeton": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["rubrique"].choices = list(rubriques)  # type: ignore[attr-defined]


class Nombre(forms.CharField):
    """Un nombre comme on l'écrit : « 1 234,5 »."""

    def clean(self, value: Any) -> Any:
        """Le nombre lu ; une virgule et des espaces y sont les bienvenus, une unité non."""
        texte = super().clean(value)
        lu = lire(texte)
        if lu is None:
            raise forms.ValidationError("Écrivez un nombre seul, sans son unité : 1 234,5.")
        return lu


class ChiffreForm(Formulaire):
    """Le chiffre, et d'où il vient."""

    valeur = Nombre(
        label="Valeur",
        max_length=40,
        help_text="Le nombre seul : 1 234,5. Un effectif protégé par le secret statistique ne se donne pas.",
        error_messages=_erreurs("Écrivez la valeur."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unite = _ligne("Unité", 60, "« patients », « % », « pour 10 000 habitants ».", "Dites l’unité.")
    source = _ligne(
        "Source", 200, "Le producteur et le jeu : « Assurance maladie, SNDS ».", "Dites d’où vient ce chiffre."
    )
    millesime = _ligne("Millésime", 40, "L’année de la donnée : « 2024 ».", "Dites de quand est ce chiffre.")
    commentaire = _texte("Commentaire", "Le périmètre exact, la façon de compter, une précaution de lecture.")


class IndisponibleForm(Formulaire):
    """L'ARS n'a pas ce chiffre."""

    motif = _texte(
        "Pourquoi vous ne l’avez pas",
        "L’équipe le lira : une donnée qui n’existe pas, un secret statistique, un autre service à qui la demander.",
        "Dites à l’équipe pourquoi : elle saura chercher ailleurs.",
    )
