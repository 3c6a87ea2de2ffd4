"""Les formulaires de l'agent."""

from collections.abc import Sequence
from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire, Jour
from esperluette.comptes.models import Compte


class _ChoixDAgent(forms.ChoiceField):
    """Un agent parmi ceux qui conviennent ; rend son compte."""

    def __init__(self, **kwargs: Any) -> None:
        self.agents: dict[str, Compte] = {}
        super().__init__(error_messages={"invalid_choice": "Choisissez un agent de la liste."}, **kwargs)

    def proposer(self, agents: Sequence[Compte]) -> None:
        """Ceux que la liste montre."""
        self.agents = {str(agent.pk): agent for agent in agents}
        self.choices = [("", "Choisir…"), *((pk, str(agent)) for pk, agent in self.agents.items())]

    def clean(self, value: Any) -> Any:
        return self.agents.get(super().clean(value))


class AffecterForm(Formulaire):
    """À qui confier, et pourquoi si on veut le dire."""

    agent = _ChoixDAgent(label="Agent", help_text="En fonction, et dont le périmètre contient ce territoire")
    motif = forms.CharField(
        label="Motif", required=False, max_length=500, help_text="Lu par les agents, jamais par l’équipe"
    )

    def __init__(self, *args: Any, agents: Sequence[Compte], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].proposer(agents)  # type: ignore[attr-defined]

    def parametres(self) -> dict[str, Any]:
        """Ce qu'un lot garde."""
        return {"agent": self.cleaned_data["agent"].pk, "motif": self.cleaned_data["motif"]}


class AbsenceForm(Formulaire):
    """Du, au, et qui relaie."""

    debut = Jour(label="Premier jour d’absence")
    fin = Jour(label="Dernier jour d’absence")
    relais = _ChoixDAgent(label="Votre relais", help_text="Un collègue qui voit tous les dossiers concernés")

    def __init__(self, *args: Any, collegues: Sequence[Compte], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relais"].proposer(collegues)  # type: ignore[attr-defined]


class VueForm(Formulaire):
    """Le nom des filtres, et s'ils se partagent."""

    nom = forms.CharField(label="Nom de ces filtres", max_length=80)
    partager = forms.BooleanField(label="Partager avec les agents de ma région", required=False)
