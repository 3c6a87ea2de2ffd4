"""Ce qu'on dit en choisissant un territoire, et en récrivant un constat."""

from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire
from esperluette.diagnostics.lectures.choix import (
    COMMUNES_MAXIMUM,
    RAYON_MAXIMUM,
    communes_de_l_intercommunalite,
    communes_du_rayon,
    intercommunalites_proches,
)
from esperluette.diagnostics.models import PHRASE_MAXIMUM
from esperluette.equipes.models import Equipe
from esperluette.territoires.champs import ChampCommunes, WidgetCommunes
from esperluette.territoires.models import Commune

EPCI_EN_ATTENTE = "Cette intercommunalité n’est pas encore ajoutée : ajoutez ses communes, ou revenez à « Choisir »."
RAYON_EN_ATTENTE = "Ce rayon n’est pas encore ajouté : ajoutez ses communes, ou effacez-le."


class WidgetTerritoire(WidgetCommunes):
    """Les communes cochées ; celle de l'implantation l'est toujours."""

    template_name = "diagnostics/widgets/territoire.html"
    implantation: Commune

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        contexte["widget"]["implantation"] = self.implantation
        return contexte


class TerritoireForm(Formulaire):
    """Les communes cochées, et trois façons d'en ajouter : un nom, une intercommunalité, un rayon."""

    communes = ChampCommunes(
        label="Ajouter une commune",
        required=False,
        maximum=COMMUNES_MAXIMUM,
        widget=WidgetTerritoire(),
        help_text="Un nom ou un code postal ; plusieurs, séparés par des virgules.",
    )
    epci = forms.ChoiceField(label="Ajouter une intercommunalité", required=False)
    rayon = forms.IntegerField(
        label="Ajouter les communes proches",
        required=False,
        min_value=1,
        max_value=RAYON_MAXIMUM,
        help_text=f"À combien de kilomètres au plus ? De 1 à {RAYON_MAXIMUM}, à vol d’oiseau.",
        error_messages={
            "invalid": f"Écrivez un nombre entier de kilomètres, de 1 à {RAYON_MAXIMUM}.",
            "min_value": "Au moins un kilomètre.",
            "max_value": f"{RAYON_MAXIMUM} kilomètres au plus : au-delà, passez par les intercommunalités.",
        },
    )

    def __init__(self, *args: Any, equipe: Equipe, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.implantation = equipe.implantation
        champ: Any = self.fields["communes"]
        champ.widget.implantation = equipe.implantation
        proches = intercommunalites_proches(equipe)
        epci: Any = self.fields["epci"]
        epci.choices = [("", "Choisir"), *((e.pk, e.nom) for e in proches)]
        epci.error_messages["invalid_choice"] = "Choisissez une intercommunalité de la liste."
        rayon: Any = self.fields["rayon"]
        rayon.label = f"Ajouter les communes autour de {equipe.implantation.nom}"
        rayon.widget.attrs |= {"inputmode": "numeric", "min": 1, "max": RAYON_MAXIMUM}

    def refuser_ce_qui_attend(self) -> None:
        """Une erreur sur l'intercommunalité ou le rayon choisis, pas ajoutés : ils ne seraient pas enregistrés."""
        if not self.is_valid():
            return
        if self.cleaned_data["epci"]:
            self.add_error("epci", EPCI_EN_ATTENTE)
        if self.cleaned_data["rayon"]:
            self.add_error("rayon", RAYON_EN_ATTENTE)

    def etendues(self) -> list[Commune]:
        """Les communes cochées, avec celles de l'intercommunalité et du rayon demandés."""
        donnees = self.cleaned_data
        trouvees = {c.pk: c for c in donnees["communes"]}
        if donnees.get("epci"):
            trouvees |= {c.pk: c for c in communes_de_l_intercommunalite(donnees["epci"])}
        if donnees.get("rayon"):
            trouvees |= {c.pk: c for c in communes_du_rayon(self.implantation, donnees["rayon"])}
        if len(trouvees) > COMMUNES_MAXIMUM:
            self.add_error(
                "rayon" if donnees.get("rayon") else "epci",
                f"Cela ferait {len(trouvees)} communes : {COMMUNES_MAXIMUM} au plus.",
            )
        return list(trouvees.values())


class ConstatForm(Formulaire):
    """La phrase d'un constat, avec les mots de l'équipe."""

    phrase = forms.CharField(
        label="La phrase que vous gardez",
        max_length=PHRASE_MAXIMUM,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"{PHRASE_MAXIMUM} signes au plus. Aucune donnée sur un patient.",
        error_messages={"required": "Écrivez la phrase à garder, ou écartez ce constat."},
    )
