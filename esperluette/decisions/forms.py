"""Ce qui se saisit pour décider : le sens et ses motifs, le courrier, la qualité et le code du signataire."""

from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire, Jour
from esperluette.decisions.enums import Sens

LONGUEUR_MOTIF, LONGUEUR_CORPS = 10_000, 30_000  # caractères
TROP_LONG = {"max_length": "Ce texte est trop long : %(limit_value)d caractères au plus."}


def _texte(lignes: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": lignes})


def _code() -> forms.CharField:
    return forms.CharField(
        label="Code reçu par courriel",
        max_length=20,
        error_messages={"required": "Saisissez le code reçu par courriel."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


def _qualite() -> forms.CharField:
    return forms.CharField(
        label="Votre qualité",
        max_length=200,
        help_text="Telle qu’elle s’imprimera sous votre nom : « Directrice de la délégation, par délégation ».",
        error_messages={"required": "Une décision porte la qualité de son auteur : écrivez la vôtre."} | TROP_LONG,
    )  # fmt: skip


class DecisionForm(Formulaire):
    """Le sens, les motifs, les réserves. `version` : celle que la personne a sous les yeux (0 : rien encore)."""

    sens = forms.ChoiceField(
        label="Sens de la décision",
        choices=Sens.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez le sens de la décision.",
            "invalid_choice": "Choisissez l’un de ces sens.",
        },
    )
    motif = forms.CharField(
        label="Motifs, en droit et en fait",
        required=False,
        max_length=LONGUEUR_MOTIF,
        widget=_texte(8),
        help_text="L’équipe les lira. Obligatoires pour un refus, un ajournement, ou si la décision s’écarte de "
        "l’avis : le texte appliqué, puis les faits du dossier.",
        error_messages=TROP_LONG,
    )  # fmt: skip
    reserves = forms.CharField(
        label="Réserves, une par ligne",
        required=False,
        max_length=LONGUEUR_MOTIF,
        widget=_texte(4),
        help_text="Pour un accord avec réserves. Celles de la commission sont proposées.",
        error_messages=TROP_LONG,
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, avec_ajournement: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not avec_ajournement:
            champ: Any = self.fields["sens"]
            champ.choices = [c for c in Sens.choices if c[0] != Sens.AJOURNEMENT]


class CourrierForm(Formulaire):
    """L'objet et le corps, en texte : une ligne vide entre deux paragraphes, « - » devant une puce."""

    objet = forms.CharField(
        label="Objet", max_length=300, error_messages={"required": "Un courrier a un objet."} | TROP_LONG
    )
    corps = forms.CharField(
        label="Corps du courrier",
        max_length=LONGUEUR_CORPS,
        widget=_texte(24),
        help_text="Une ligne vide sépare deux paragraphes ; « - » en début de ligne fait une puce. Les voies de "
        "recours et la signature s’ajoutent d’elles-mêmes.",
        error_messages={"required": "Un courrier a un corps."} | TROP_LONG,
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class MotifForm(Formulaire):
    """Pourquoi : abandonner, remplacer un courrier signé, réexaminer."""

    motif = forms.CharField(
        label="Pourquoi",
        max_length=LONGUEUR_MOTIF,
        widget=_texte(5),
        error_messages={"required": "Dites pourquoi."} | TROP_LONG,
    )

    def __init__(self, *args: Any, aide: str = "", obligatoire: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].help_text = aide
        self.fields["motif"].required = obligatoire


class SignatureForm(Formulaire):
    """La qualité du signataire et le code qui confirme que c'est lui."""

    qualite = _qualite()
    code = _code()
    empreinte = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RetraitForm(Formulaire):
    """Retirer une décision favorable : les motifs, la procédure suivie, la qualité, le code."""

    motif = forms.CharField(
        label="En quoi la décision est illégale, en droit et en fait",
        max_length=LONGUEUR_MOTIF,
        widget=_texte(8),
        help_text="L’équipe le lira.",
        error_messages={"required": "Écrivez en quoi la décision est illégale."} | TROP_LONG,
    )
    observations_le = Jour(
        label="Observations de l’équipe recueillies le",
        help_text="Le jour où l’équipe a été mise à même de présenter ses observations, par écrit ou de vive voix.",
        error_messages={"required": "Indiquez ce jour : sans procédure contradictoire, le retrait est irrégulier."},
    )
    contradictoire = forms.BooleanField(
        label="L’équipe a été informée du retrait envisagé et de ses motifs, et a pu se faire assister.",
        error_messages={"required": "Confirmez que la procédure contradictoire a été suivie."},
    )
    qualite = _qualite()
    code = _code()
