"""Les formulaires des commissions : ils valident et rendent ce que l'action écrit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from esperluette.commissions.actions.outils import LONGUEUR_MOTIF
from esperluette.commissions.enums import Modalite, ReponseDeConvocation
from esperluette.commissions.models import Seance, Siege
from esperluette.commun.formulaires import Formulaire, Heure, Jour, Sections
from esperluette.comptes.models import Compte
from esperluette.territoires.models import Departement, Region

PERSONNE = ("", "Personne pour l’instant")


def _texte(libelle: str, aide: str = "", *, requis: bool = True, longueur: int = 200, **attributs: Any) -> Any:
    return forms.CharField(
        label=libelle, help_text=aide, required=requis, max_length=longueur, widget=forms.TextInput(attrs=attributs)
    )


def _motif(libelle: str, aide: str = "", *, requis: bool = True) -> Any:
    return forms.CharField(
        label=libelle,
        help_text=aide,
        required=requis,
        max_length=LONGUEUR_MOTIF,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SeanceForm(Formulaire):
    """Une séance : quand, où, combien de dossiers."""

    sections: Sections = (
        ("Quand", ("date", "heure")),
        ("Où", ("modalite", "lieu", "a_distance", "lien_visio")),
        ("Les dossiers", ("depot_avant", "capacite")),
        ("Le calendrier public", ("publique",)),
    )

    date = Jour(label="Date")
    heure = Heure(label="Heure", required=False, help_text="Sans elle, l’ordre du jour n’a pas d’heures de passage.")
    modalite = forms.ChoiceField(label="Comment on se réunit", choices=Modalite.choices, widget=forms.RadioSelect)
    lieu = _texte("Lieu", requis=False, longueur=250)
    a_distance = forms.BooleanField(label="On peut aussi s’y joindre en visioconférence", required=False)
    lien_visio = forms.URLField(
        label="Lien de visioconférence",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Montré aux seuls convoqués ; jamais au calendrier public.",
    )
    depot_avant = Jour(
        label="Date limite de dépôt", required=False, help_text="Un dossier reçu après ne s’inscrit qu’avec un motif."
    )
    capacite = forms.IntegerField(label="Nombre de dossiers possible", required=False, min_value=1, max_value=500)
    publique = forms.BooleanField(label="Au calendrier public", required=False)

    def clean(self) -> dict[str, Any]:
        """On dépose avant la séance ; une séance en présence a un lieu, ou n'en a pas encore."""
        donnees = super().clean() or {}
        if donnees.get("depot_avant") and donnees.get("date") and donnees["depot_avant"] > donnees["date"]:
            self.add_error("depot_avant", "On dépose avant la séance, ou le jour même.")
        return donnees


class AnnulationForm(Formulaire):
    """Pourquoi la séance n'a pas lieu, et où vont ses dossiers."""

    motif = _motif("Motif", "Les convoqués et les équipes le liront.")
    reporter_sur = forms.ChoiceField(
        label="Que deviennent ses dossiers",
        required=False,
        help_text="Dans le même ordre, avec les mêmes rapporteurs.",
    )

    def __init__(self, *args: Any, seances: Sequence[Seance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seances = {str(s.pk): s for s in seances}
        choix: Any = self.fields["reporter_sur"]
        choix.choices = [
            ("", "Ils reviennent à l’instruction"),
            *((pk, f"Ils passent le {s.date:%d/%m/%Y}") for pk, s in self._seances.items()),
        ]

    def vers(self) -> Seance | None:
        """La séance qui reprend les dossiers."""
        return self._seances.get(self.cleaned_data["reporter_sur"])


class MotifForm(Formulaire):
    """Un motif, et rien d'autre."""

    motif = _motif("Motif")

    def __init__(self, *args: Any, libelle: str = "", aide: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["motif"]
        champ.label, champ.help_text = libelle or champ.label, aide


class ConvoquerForm(Formulaire):
    """L'envoi des convocations ; hors délai, l'urgence se coche et se motive."""

    est_urgent = forms.BooleanField(label="Je convoque en urgence", required=False)
    urgence = _motif("Pourquoi c’est urgent", "Les convoqués le liront, et le procès-verbal le citera.", requis=False)

    def __init__(self, *args: Any, urgent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.urgent = urgent
        if not urgent:
            del self.fields["est_urgent"], self.fields["urgence"]

    def clean(self) -> dict[str, Any]:
        """Hors délai, rien ne part sans l'avoir coché et dit pourquoi."""
        donnees = super().clean() or {}
        if self.urgent and not donnees.get("est_urgent"):
            self.add_error("est_urgent", "Le délai est passé : cochez pour convoquer en urgence.")
        if self.urgent and not donnees.get("urgence"):
            self.add_error("urgence", "Dites pourquoi c’est urgent.")
        return donnees


class PointForm(Formulaire):
    """Qui rapporte, combien de temps, qui vient."""

    rapporteur = forms.ChoiceField(label="Rapporteur", required=False)
    duree_minutes = forms.IntegerField(label="Durée, en minutes", min_value=1, max_value=480)
    porteur_invite = forms.BooleanField(
        label="Le porteur vient présenter le projet",
        required=False,
        help_text="Il reçoit son créneau avec les convocations.",
    )
    note = _motif("Note du secrétariat", "Pour vous seul : ni les membres ni l’équipe ne la lisent.", requis=False)

    def __init__(self, *args: Any, possibles: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix: Any = self.fields["rapporteur"]
        choix.choices = [PERSONNE, *((str(pk), nom) for pk, nom in possibles.items())]

    def le_rapporteur(self) -> Compte | None:
        """Le rapporteur choisi."""
        pk = self.cleaned_data["rapporteur"]
        return Compte.objects.get(pk=pk) if pk else None


class InscriptionForm(Formulaire):
    """Un dossier, une séance ; reçu après la date limite, un motif."""

    seance = forms.ChoiceField(label="Séance", widget=forms.RadioSelect)
    motif_hors_delai = _motif(
        "Motif, si le dossier a été déposé après la date limite", "Vide si ce n’est pas le cas.", requis=False
    )

    def __init__(self, *args: Any, choix: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seance: Any = self.fields["seance"]
        seance.choices = list(choix)


class DossierForm(Formulaire):
    """Un dossier prêt, à mettre à l'ordre du jour de la séance ouverte."""

    dossier = forms.ChoiceField(label="Dossier", widget=forms.RadioSelect)
    motif_hors_delai = _motif(
        "Motif, si le dossier a été déposé après la date limite", "Vide si ce n’est pas le cas.", requis=False
    )

    def __init__(self, *args: Any, choix: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dossier: Any = self.fields["dossier"]
        dossier.choices = list(choix)


class DeportForm(Formulaire):
    """Qui s'écarte de ce dossier, et en quoi il y est intéressé."""

    compte = forms.ChoiceField(label="Membre")
    motif = _motif(
        "En quoi il y est intéressé", "Le secrétariat le lira ; le procès-verbal dit le déport, pas son motif."
    )

    def __init__(self, *args: Any, membres: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix: Any = self.fields["compte"]
        choix.choices = [("", "Choisir un membre"), *((str(pk), nom) for pk, nom in membres.items())]

    def membre(self) -> Compte:
        """Le membre choisi."""
        return Compte.objects.get(pk=self.cleaned_data["compte"])


class ReponseForm(Formulaire):
    """Je viens, je m'excuse, ou je donne mandat."""

    reponse = forms.ChoiceField(label="Votre réponse", widget=forms.RadioSelect)
    mandataire = forms.ChoiceField(
        label="À qui donnez-vous mandat", required=False, help_text="Seulement si vous donnez mandat."
    )

    def __init__(self, *args: Any, mandataires: Mapping[int, str], maximum: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reponse: Any = self.fields["reponse"]
        peut_donner = bool(mandataires) and maximum > 0
        reponse.choices = [
            ("vient", "Je viens"),
            ("excuse", "Je ne viens pas"),
            *([("pouvoir", "Je ne viens pas et je donne mandat à un autre membre")] if peut_donner else []),
        ]
        if not peut_donner:
            del self.fields["mandataire"]
            return
        choix: Any = self.fields["mandataire"]
        choix.choices = [("", "Personne"), *((str(pk), nom) for pk, nom in mandataires.items())]

    def le_mandataire(self) -> Compte | None:
        """Le membre à qui l'on donne mandat."""
        pk = self.cleaned_data.get("mandataire")
        pouvoir = self.cleaned_data["reponse"] == ReponseDeConvocation.POUVOIR
        return Compte.objects.get(pk=pk) if pk and pouvoir else None

    def clean(self) -> dict[str, Any]:
        """Donner mandat, c'est dire à qui."""
        donnees = super().clean() or {}
        if donnees.get("reponse") == ReponseDeConvocation.POUVOIR and not donnees.get("mandataire"):
            self.add_error("mandataire", "Dites à qui vous donnez mandat.")
        return donnees


class SiegeForm(Formulaire):
    """Une institution à la table."""

    libelle = _texte("Institution")
    votant = forms.BooleanField(
        label="Vote", required=False, help_text="Sans voix, elle observe : elle lit sans voter."
    )


class MandatForm(Formulaire):
    """Qui tient un siège, à quel titre, de quand à quand."""

    siege = forms.ChoiceField(label="Siège")
    courriel = forms.EmailField(
        label="Adresse électronique", help_text="Elle sert à se connecter. Le compte est créé s’il n’existe pas."
    )
    prenom = _texte("Prénom", requis=False, longueur=100)
    nom = _texte("Nom", requis=False, longueur=100)
    titulaire = forms.ChoiceField(
        label="À quel titre",
        choices=[("oui", "Titulaire"), ("non", "Suppléant")],
        widget=forms.RadioSelect,
        initial="oui",
    )
    president = forms.BooleanField(label="Préside la commission", required=False)
    debut = Jour(label="Depuis le")
    fin = Jour(label="Jusqu’au", required=False, help_text="Vide : sans fin prévue.")

    def __init__(self, *args: Any, sieges: Sequence[Siege], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sieges = {str(s.pk): s for s in sieges}
        choix: Any = self.fields["siege"]
        choix.choices = [(pk, s.libelle) for pk, s in self._sieges.items()]

    def le_siege(self) -> Siege:
        """Le siège choisi."""
        return self._sieges[self.cleaned_data["siege"]]

    def clean(self) -> dict[str, Any]:
        """Un mandat finit après avoir commencé."""
        donnees = super().clean() or {}
        if donnees.get("debut") and donnees.get("fin") and donnees["fin"] < donnees["debut"]:
            self.add_error("fin", "Un mandat finit après avoir commencé.")
        return donnees


OUI_NON = [("", "Comme l’édition"), ("oui", "Oui"), ("non", "Non")]


class ReglesForm(Formulaire):
    """Ce qu'un acte propre à l'instance change ; vide, la règle de l'édition vaut."""

    NOMBRES = ("convocation_jours", "mandats_par_membre")
    REPONSES = ("seconde_sans_quorum", "voix_preponderante", "capacite_stricte", "porteurs_presentent")
    sections: Sections = (
        ("La convocation", ("convocation_jours", "capacite_stricte", "porteurs_presentent")),
        ("Le quorum et les voix", ("quorum", "seconde_sans_quorum", "voix_preponderante", "mandats_par_membre")),
        ("Les avis possibles", ("avis",)),
        ("L’acte qui fixe ces règles", ("document", "passage", "date")),
    )

    quorum = _texte("Quorum", "Une part des membres votants : 1/2, 2/3.", requis=False, longueur=9)
    convocation_jours = forms.IntegerField(
        label="Jours entre la convocation et la séance", required=False, min_value=0, max_value=90
    )
    mandats_par_membre = forms.IntegerField(
        label="Mandats qu’un membre peut porter", required=False, min_value=0, max_value=9
    )
    seconde_sans_quorum = forms.ChoiceField(
        label="Seconde convocation sans condition de quorum", required=False, choices=OUI_NON
    )
    voix_preponderante = forms.ChoiceField(label="Voix prépondérante du président", required=False, choices=OUI_NON)
    capacite_stricte = forms.ChoiceField(
        label="Une séance pleine refuse un dossier de plus", required=False, choices=OUI_NON
    )
    porteurs_presentent = forms.ChoiceField(
        label="Les porteurs viennent présenter leur projet", required=False, choices=OUI_NON
    )
    avis = forms.CharField(
        label="Avis possibles",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Un par ligne, suivi de son effet : « Favorable ; favorable ». "
        "Effets : favorable, reserves, ajournement, defavorable. Vide : ceux de l’édition.",
    )
    document = _texte("Acte", "Règlement intérieur, arrêté, délibération.", requis=False, longueur=300)
    passage = _texte("Passage", requis=False, longueur=500)
    date = Jour(label="Date de l’acte", required=False)

    @staticmethod
    def initiales(regles: Mapping[str, Any], avis: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Les règles propres de l'instance, telles que le formulaire les montre."""
        mots = {True: "oui", False: "non"}
        return {
            **{cle: mots[v] if isinstance(v, bool) else v for cle, v in regles.items()},
            "avis": "\n".join(f"{a['libelle']} ; {a['effet']}" for a in avis),
        }

    def clean_avis(self) -> list[dict[str, str]]:
        """Chaque ligne : un nom, un effet."""
        liste = []
        for ligne in filter(str.strip, self.cleaned_data["avis"].splitlines()):
            libelle, separateur, effet = (partie.strip() for partie in ligne.rpartition(";"))
            if not separateur or not libelle:
                raise ValidationError(f"« {ligne.strip()[:80]} » : écrivez le nom, un point-virgule, l’effet.")
            liste.append({"id": slugify(libelle)[:80], "libelle": libelle[:200], "effet": effet.lower()})
        return liste

    def regles(self) -> dict[str, Any]:
        """Ce qui diffère de l'édition."""
        d = self.cleaned_data
        return {
            **({"quorum": d["quorum"]} if d["quorum"] else {}),
            **{cle: d[cle] for cle in self.NOMBRES if d[cle] is not None},
            **{cle: d[cle] == "oui" for cle in self.REPONSES if d[cle]},
        }


class InstanceForm(Formulaire):
    """Une commission qui manque : prévue par l'édition, ou fixée par un acte."""

    AUTRE = "autre"
    sections: Sections = (
        ("Laquelle", ("laquelle",)),
        ("Une autre commission", ("sigle", "nom", "departement", "source_document", "source_date")),
    )

    laquelle = forms.ChoiceField(label="Commission à ouvrir", widget=forms.RadioSelect)
    sigle = _texte("Sigle", requis=False, longueur=20)
    nom = _texte("Nom", requis=False, longueur=250)
    departement = forms.ChoiceField(label="Ressort", required=False)
    source_document = _texte("Acte qui la crée", requis=False, longueur=300)
    source_date = Jour(label="Date de cet acte", required=False)

    def __init__(self, *args: Any, region: Region, prevues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._departements = {d.pk: d for d in region.departements.order_by("pk")}
        laquelle: Any = self.fields["laquelle"]
        laquelle.choices = [*prevues, (self.AUTRE, "Une autre, que l’édition ne prévoit pas")]
        ressort: Any = self.fields["departement"]
        ressort.choices = [
            ("", f"Toute la région {region.nom}"),
            *((pk, d.nom) for pk, d in self._departements.items()),
        ]

    def le_departement(self) -> Departement | None:
        """Le département du ressort, ou rien."""
        return self._departements.get(self.cleaned_data["departement"])
