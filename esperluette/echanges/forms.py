"""Ce qui s'écrit dans un fil, entre agents, ou pour plus tard."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire
from esperluette.comptes.models import Compte
from esperluette.echanges.actions import PIECES_AU_PLUS
from esperluette.echanges.models import LONGUEUR, ReponseType
from esperluette.territoires.models import Region

TROP_LONG = "Ce texte compte %(show_value)d signes ; la limite est de %(limit_value)d. Coupez-le en deux."


class PiecesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PiecesField(forms.FileField):
    """Plusieurs fichiers, ou aucun. Le contrôle de leur contenu appartient à `fichiers`."""

    widget = PiecesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        fichiers = [f for f in (data if isinstance(data, list | tuple) else [data]) if f]
        return [super(PiecesField, self).clean(fichier, initial) for fichier in fichiers]


def _texte(libelle: str, aide: str) -> forms.CharField:
    return forms.CharField(
        label=libelle,
        help_text=aide,
        max_length=LONGUEUR,
        error_messages={
            "required": "Écrivez votre texte avant de l’envoyer.",
            "max_length": TROP_LONG,
            "null_characters_not_allowed": "Ce texte contient un signe illisible : effacez-le, puis recommencez.",
        },
        widget=forms.Textarea(attrs={"rows": 6, "data-esp-texte": ""}),
    )


class EcritForm(Formulaire):
    """Un texte, la rubrique dont il parle. `jeton` : un envoi fait deux fois n'écrit qu'une fois."""

    texte = _texte("Votre message", "Aucune donnée de patient : des effectifs, jamais des personnes.")
    rubrique = forms.ChoiceField(label="À propos de", required=False)
    jeton = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, rubriques: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {"jeton": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["rubrique"].choices = [("", "Le dossier en général"), *rubriques]  # type: ignore[attr-defined]

    @property
    def jeton_lu(self) -> uuid.UUID:
        """Le jeton de ce formulaire ; un envoi trafiqué en reçoit un neuf."""
        try:
            return uuid.UUID(str(self.data.get("jeton", "")))
        except ValueError:
            return uuid.uuid4()


class MessageForm(EcritForm):
    """Un message et ses pièces."""

    pieces = PiecesField(
        label="Joindre des fichiers",
        required=False,
        help_text=f"PDF, document, tableur ou image ; {PIECES_AU_PLUS} au plus.",
        error_messages={"empty": "Ce fichier est vide.", "max_length": "Le nom de ce fichier est trop long."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pieces"].widget.attrs["class"] = "fr-upload"


class NoteForm(EcritForm):
    """Une note interne, et les collègues à prévenir."""

    texte = _texte("Votre note", "Écrivez « @Prénom Nom » pour appeler un collègue, ou cochez son nom.")
    prevenir = forms.MultipleChoiceField(
        label="Prévenir",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Ce collègue n’instruit pas dans ce territoire."},
    )

    def __init__(self, *args: Any, collegues: Iterable[Compte] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prevenir"].choices = [(str(c.pk), str(c)) for c in collegues]  # type: ignore[attr-defined]
        if not collegues:
            del self.fields["prevenir"]


class ReponseTypeForm(Formulaire):
    """Une réponse type ; la région ne se choisit qu'à qui en tient plusieurs."""

    region = forms.ModelChoiceField(label="Région", queryset=Region.objects.none(), empty_label=None)
    intitule = forms.CharField(
        label="Intitulé",
        max_length=120,
        help_text="Ce que vous lirez dans la liste ; l’équipe ne le voit pas.",
        error_messages={"max_length": "L’intitulé compte au plus %(limit_value)d signes."},
    )
    texte = _texte("Texte", "Il s’insère dans un message, où vous pouvez encore le changer.")

    def __init__(
        self, *args: Any, regions: Iterable[Region] = (), reponse: ReponseType | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        regions = list(regions)
        if reponse is not None or len(regions) == 1:
            del self.fields["region"]
        else:
            champ: Any = self.fields["region"]
            champ.queryset = Region.objects.filter(pk__in=[r.pk for r in regions]).order_by("nom")
