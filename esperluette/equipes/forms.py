"""Les formulaires de l'équipe : ils valident et traduisent, les gestes sont dans `actions`."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from esperluette.commun.formulaires import Formulaire, Sections
from esperluette.equipes.enums import (
    Exercice,
    FormeVisee,
    Portee,
    SorteDeclaration,
    StatutAvancement,
    StatutJuridique,
)
from esperluette.equipes.lectures import (
    AUTRE_METIER,
    AUTRE_QUALIFICATION,
    professions_proposees,
    qualifications_proposees,
)
from esperluette.equipes.models import Equipe, Membre
from esperluette.equipes.questions import Question
from esperluette.equipes.saisie import SaisieRefusee, normaliser_rpps, normaliser_telephone
from esperluette.referentiel.socle import Socle
from esperluette.territoires.champs import ChampCommune, ChampCommunes

CHAMPS_INFORMATIONS = (
    "nom",
    "forme_visee",
    "implantation",
    "courriel",
    "telephone",
    "adresse",
    "statut_juridique",
    "statut_avancement",
    "nom_juridique",
)


def _telephone(libelle: str) -> forms.CharField:
    return forms.CharField(
        label=libelle,
        required=False,
        max_length=20,
        help_text="Par exemple 02 96 00 00 00.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


def _nettoyer(fonction: Any, valeur: str) -> str:
    try:
        propre: str = fonction(valeur)
    except SaisieRefusee as refus:
        raise ValidationError(str(refus)) from None
    return propre


class EquipeForm(Formulaire):
    """Les informations d'une équipe."""

    nom = forms.CharField(
        label="Nom de l’équipe",
        max_length=150,
        help_text="Il pourra changer. Par exemple : Équipe de soins primaires du Lié.",
        error_messages={"required": "Donnez un nom à l’équipe ; il pourra changer."},
    )
    forme_visee = forms.ChoiceField(
        label="Forme visée",
        choices=FormeVisee.choices,
        initial=FormeVisee.ESP,
        widget=forms.RadioSelect,
        help_text="Une ESP peut devenir MSP plus tard.",
        error_messages={"required": "Choisissez une forme."},
    )
    implantation = ChampCommune(
        label="Commune d’implantation",
        help_text="Celle du lieu principal d’exercice : elle fixe la région, ses règles et votre interlocuteur. "
        "Nom, code postal ou code INSEE.",
    )
    courriel = forms.EmailField(
        label="Courriel de l’équipe", required=False, help_text="Si elle a une adresse à elle, différente de la vôtre."
    )
    telephone = _telephone("Téléphone de l’équipe")
    adresse = forms.CharField(
        label="Adresse", required=False, max_length=250, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    statut_juridique = forms.ChoiceField(
        label="Une structure juridique porte-t-elle l’équipe ?",
        choices=[("", "Je ne sais pas encore"), *StatutJuridique.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"data-esp-structure": True}),
    )
    statut_avancement = forms.ChoiceField(
        label="Où en est cette structure ?",
        choices=[("", "Choisir"), *StatutAvancement.choices],
        required=False,
        help_text="Seulement si une structure est choisie.",
    )
    nom_juridique = forms.CharField(
        label="Nom de la structure",
        required=False,
        max_length=200,
        help_text="Seulement si une structure est choisie.",
    )

    sections: Sections = (
        ("L’équipe", ("nom", "forme_visee", "implantation")),
        ("Ses coordonnées", ("courriel", "telephone", "adresse")),
        ("Sa structure juridique", ("statut_juridique", "statut_avancement", "nom_juridique")),
    )

    @classmethod
    def initiales(cls, equipe: Equipe) -> dict[str, Any]:
        """Les valeurs actuelles de l'équipe."""
        return {nom: getattr(equipe, nom) for nom in CHAMPS_INFORMATIONS}

    def clean_telephone(self) -> str:
        return _nettoyer(normaliser_telephone, self.cleaned_data["telephone"])

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        if donnees.get("statut_juridique") in StatutJuridique.STRUCTURES and not donnees.get("statut_avancement"):
            self.add_error("statut_avancement", "Dites où en est la structure : créée, en cours ou en projet.")
        return donnees


class NouvelleEquipeForm(EquipeForm):
    """Les informations d'une équipe, et son territoire s'il est déjà connu."""

    communes = ChampCommunes(
        label="Autres communes du territoire",
        required=False,
        help_text="Celles d’où viennent vos patients ; vous compléterez plus tard. Séparez-les par des virgules.",
    )

    sections: Sections = (
        ("L’équipe", ("nom", "forme_visee", "implantation", "communes")),
        *EquipeForm.sections[1:],
    )


class QuestionsForm(Formulaire):
    """Ce que les données ne disent pas : oui, non, ou je ne sais pas, question par question."""

    CHOIX = (("oui", "Oui"), ("non", "Non"), ("", "Je ne sais pas"))
    TITRES = (
        (SorteDeclaration.ZONAGE, "Le territoire est-il classé ?"),
        (SorteDeclaration.PROJET, "Est-ce vrai de votre équipe ?"),
    )

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        self.questions = {q.nom: q for q in questions}
        super().__init__(*args, **kwargs)
        for nom, question in self.questions.items():
            champ = forms.ChoiceField(
                label=question.libelle,
                help_text=question.precision or question.definition,
                choices=self.CHOIX,
                required=False,
                initial={True: "oui", False: "non", None: ""}[question.reponse],
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Répondez par oui, par non, ou « Je ne sais pas »."},
            )
            champ.template_name = "commun/champs/radios.html"
            self.fields[nom] = champ
        groupes = [
            (titre, tuple(n for n, q in self.questions.items() if q.sorte == sorte)) for sorte, titre in self.TITRES
        ]
        self.sections = tuple((titre, noms) for titre, noms in groupes if noms)

    def reponses(self) -> dict[tuple[str, str], bool | None]:
        """Par (sorte, clé) : vrai, faux, ou None."""
        valeurs = {"oui": True, "non": False, "": None}
        return {(q.sorte.value, q.cle): valeurs[self.cleaned_data[nom]] for nom, q in self.questions.items()}


class SiteForm(Formulaire):
    """Un lieu d'exercice."""

    nom = forms.CharField(
        label="Nom du site",
        max_length=150,
        help_text="Par exemple : Cabinet du centre.",
        error_messages={"required": "Donnez un nom au site, par exemple « Cabinet du centre »."},
    )
    adresse = forms.CharField(label="Adresse", required=False, max_length=250)
    commune = ChampCommune(label="Commune")


class MembreForm(Formulaire):
    """La fiche d'une personne. `socle` donne les professions ; `sans_courriel` pour le porteur et les confirmés."""

    prenom = forms.CharField(label="Prénom", max_length=100, error_messages={"required": "Indiquez le prénom."})
    nom = forms.CharField(label="Nom", max_length=100, error_messages={"required": "Indiquez le nom."})
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        help_text="Son adresse personnelle ou professionnelle : elle sert à l’inviter, puis à signer. "
        "Une adresse par personne.",
        error_messages={"invalid": "Cette adresse n’est pas reconnue : par exemple nom@exemple.fr."},
    )
    telephone = _telephone("Téléphone")
    profession = forms.ChoiceField(label="Profession", error_messages={"required": "Choisissez la profession."})
    metier = forms.CharField(
        label="Métier ou fonction",
        required=False,
        max_length=120,
        help_text="Seulement pour une personne qui n’est pas professionnelle de santé : elle figure dans la liste et "
        "signe, sans compter dans les minimums.",
        widget=forms.TextInput(attrs={"list": "metiers-proposes", "autocomplete": "off"}),
    )
    savoir_faire = forms.ChoiceField(
        label="Qualification",
        required=False,
        help_text="Seulement pour un médecin ou un infirmier. Sans elle, la règle de composition reste à préciser.",
    )
    rpps = forms.CharField(
        label="Numéro RPPS",
        required=False,
        max_length=20,
        help_text="Onze chiffres, sur la carte professionnelle.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    commune = ChampCommune(label="Commune d’exercice", required=False, help_text="Nom, code postal ou code INSEE.")
    exercice = forms.ChoiceField(
        label="Mode d’exercice", choices=[("", "À préciser"), *Exercice.choices], required=False
    )

    sections: Sections = (
        ("La personne", ("prenom", "nom", "courriel", "telephone")),
        ("Son exercice", ("profession", "savoir_faire", "metier", "rpps", "commune", "exercice")),
    )

    def __init__(self, *args: Any, socle: Socle, sans_courriel: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metiers = [m.libelle for m in socle.autres_metiers.values()]
        self._qualifications = {p.code: {s.code for s in p.savoir_faire} for p in socle.professions.values()}
        self.fields["profession"].choices = [  # type: ignore[attr-defined]
            ("", "Choisir"),
            *professions_proposees(socle),
            ("Une autre personne de l’équipe", [(AUTRE_METIER, "Autre métier, hors professions de santé")]),
        ]
        self.fields["savoir_faire"].choices = [  # type: ignore[attr-defined]
            ("", "À préciser"),
            *qualifications_proposees(socle),
            ("Sinon", [(AUTRE_QUALIFICATION, "Une autre qualification ou spécialité")]),
        ]
        if sans_courriel:
            del self.fields["courriel"]
            titre, noms = self.sections[0]
            self.sections = ((titre, tuple(n for n in noms if n != "courriel")), *self.sections[1:])

    @classmethod
    def initiales(cls, membre: Membre) -> dict[str, Any]:
        """Les valeurs actuelles d'une fiche."""
        valeurs = {nom: getattr(membre, nom) for nom in cls.base_fields}
        if not membre.professionnel:
            valeurs["profession"] = AUTRE_METIER
        return valeurs

    def clean_rpps(self) -> str:
        return _nettoyer(normaliser_rpps, self.cleaned_data["rpps"])

    def clean_telephone(self) -> str:
        return _nettoyer(normaliser_telephone, self.cleaned_data["telephone"])

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        profession = donnees.get("profession")
        if profession is None:
            return donnees
        donnees["professionnel"] = profession != AUTRE_METIER
        if profession == AUTRE_METIER:
            donnees["profession"] = ""
            if not donnees.get("metier"):
                self.add_error("metier", "Indiquez le métier ou la fonction, par exemple « coordinatrice ».")
        qualification = donnees.get("savoir_faire")
        possibles = self._qualifications.get(profession, set())
        if (
            qualification
            and qualification not in possibles
            and not (possibles and qualification == AUTRE_QUALIFICATION)
        ):
            if profession == AUTRE_METIER:
                donnees["savoir_faire"] = ""
            else:
                self.add_error("savoir_faire", "Cette qualification n’est pas celle de la profession choisie.")
        return donnees


DUREES = (("1", "1 mois"), ("3", "3 mois"), ("6", "6 mois"), ("12", "1 an"))


class AccompagnateurForm(Formulaire):
    """À qui ouvrir l'équipe, pour quoi faire, jusqu'à quand."""

    nom = forms.CharField(
        label="Nom et prénom", max_length=200, error_messages={"required": "Indiquez le nom de la personne."}
    )
    organisme = forms.CharField(
        label="Organisme", required=False, max_length=200, help_text="Structure d’appui, fédération, URPS, cabinet…"
    )
    courriel = forms.EmailField(
        label="Courriel",
        help_text="Cette personne se connectera avec cette adresse, et elle seule.",
        error_messages={
            "required": "Indiquez son adresse : elle lui servira à se connecter.",
            "invalid": "Cette adresse n’est pas reconnue : par exemple nom@exemple.fr.",
        },
    )
    portee = forms.ChoiceField(
        label="Ce qu’elle pourra faire",
        choices=Portee.choices,
        initial=Portee.LECTURE,
        widget=forms.RadioSelect,
        help_text="Dans les deux cas, elle ne modifie rien et ne signe rien.",
        error_messages={"required": "Choisissez ce qu’elle pourra faire."},
    )
    duree = forms.ChoiceField(
        label="Pendant",
        choices=DUREES,
        initial="3",
        widget=forms.RadioSelect,
        help_text="Vous pourrez fermer l’accès plus tôt.",
        error_messages={"required": "Choisissez une durée."},
    )

    def fin(self) -> date:
        """Le dernier jour de l'accès, d'après la durée choisie à partir d'aujourd'hui."""
        return dans_mois(timezone.localdate(), int(self.cleaned_data["duree"]))


class DelegationForm(Formulaire):
    """À qui confier le dépôt, jusqu'à quand."""

    membres = forms.MultipleChoiceField(
        label="À qui",
        widget=forms.CheckboxSelectMultiple,
        help_text="Une ou plusieurs personnes, parmi les membres qui ont confirmé leur appartenance.",
        error_messages={
            "required": "Choisissez au moins une personne.",
            "invalid_choice": "Cette personne ne peut pas recevoir le dépôt : rechargez la page.",
        },
    )
    duree = forms.ChoiceField(
        label="Pendant",
        choices=DUREES,
        initial="1",
        widget=forms.RadioSelect,
        help_text="Vous pourrez reprendre ce droit plus tôt.",
        error_messages={"required": "Choisissez une durée."},
    )

    def __init__(self, *args: Any, membres: Iterable[Membre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membres"].choices = [(str(m.pk), str(m)) for m in membres]  # type: ignore[attr-defined]

    def fin(self) -> date:
        """Le dernier jour, d'après la durée choisie à partir d'aujourd'hui."""
        return dans_mois(timezone.localdate(), int(self.cleaned_data["duree"]))


def dans_mois(jour: date, mois: int) -> date:
    """Le même jour, `mois` mois plus tard ; le dernier du mois s'il est plus court."""
    annees, rang = divmod(jour.month - 1 + mois, 12)
    annee, mois = jour.year + annees, rang + 1
    return date(annee, mois, min(jour.day, monthrange(annee, mois)[1]))
