"""Les formulaires des fiches : chacun rend les valeurs que l'action écrit. Pas de source, pas de fiche."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from esperluette.commissions.models import Instance
from esperluette.commun.formulaires import Formulaire, Heure, Jour, Sections
from esperluette.equipes.enums import FormeVisee
from esperluette.interlocuteurs.enums import NiveauDePortee, PublicVise
from esperluette.interlocuteurs.fiches import Valeurs
from esperluette.interlocuteurs.valeurs import en_json
from esperluette.territoires.champs import ChampCommunes
from esperluette.territoires.models import Epci, Region

SOURCE = ("source_document", "source_passage", "source_date", "source_url")


def _texte(
    libelle: str, *, aide: str = "", requis: bool = True, longueur: int = 250, **attributs: Any
) -> forms.CharField:
    return forms.CharField(
        label=libelle, required=requis, max_length=longueur, help_text=aide, widget=forms.TextInput(attrs=attributs)
    )


def _paragraphe(libelle: str, *, aide: str = "", requis: bool = False, lignes: int = 4) -> forms.CharField:
    return forms.CharField(
        label=libelle, required=requis, max_length=4000, help_text=aide, widget=forms.Textarea(attrs={"rows": lignes})
    )


def _adresse_web(libelle: str, aide: str = "") -> forms.URLField:
    return forms.URLField(
        label=libelle, required=False, max_length=500, help_text=aide or "Par exemple https://…", assume_scheme="https"
    )


class FicheForm(Formulaire):
    """Une fiche sourcée d'une région. `fiche` : les valeurs de celle qu'on modifie."""

    titre_source = "La source"
    propres: ClassVar[tuple[str, ...]] = ()

    source_document = _texte(
        "D’où vient cette information",
        aide="Par exemple : courriel de la délégation, arrêté, page du portail.",
        longueur=300,
    )
    source_passage = _texte("Passage", requis=False, aide="Page, rubrique ou article, s’il y en a.", longueur=500)
    source_date = Jour(label="De quand date-t-elle", help_text="La date du document, ou celle où vous l’avez apprise.")
    source_url = _adresse_web("Adresse du document")

    def __init__(self, *args: Any, region: Region, fiche: Valeurs | None = None, **kwargs: Any) -> None:
        self.region, self.fiche = region, fiche or {}
        super().__init__(*args, initial={**self.initiales(), **kwargs.pop("initial", {})}, **kwargs)

    def initiales(self) -> dict[str, Any]:
        """Les valeurs de la fiche, telles que le formulaire les montre."""
        depart = {nom: self.fiche.get(nom) for nom in (*self.propres, *SOURCE) if nom in self.fiche}
        return depart or {"source_date": timezone.localdate()}

    def clean_source_date(self) -> Any:
        """Une information ne vient pas de l'avenir."""
        jour = self.cleaned_data["source_date"]
        if jour > timezone.localdate():
            raise ValidationError("Cette date est à venir : une information ne peut pas dater de demain.")
        return jour

    def valeurs(self) -> Valeurs:
        """Les valeurs comparables que la personne vient de saisir."""
        donnees = {nom: en_json(self.cleaned_data[nom]) for nom in (*self.propres, *SOURCE)}
        if any(donnees[nom] != self.fiche.get(nom) for nom in ("source_document", "source_passage", "source_date")):
            # Une autre source : ce qu'on disait de la précédente (lue, interprétée) ne vaut plus.
            donnees |= {"source_date_de_lecture": False, "source_interpretee": False, "source_note": ""}
        defaut = {"source_date_de_lecture": False, "source_interpretee": False, "source_note": ""}
        return {**({} if self.fiche else defaut), **donnees, **self.autres()}

    def autres(self) -> Valeurs:
        """Ce qui ne se recopie pas tel quel du formulaire."""
        return {}


class ContactForm(FicheForm):
    """Un interlocuteur, et où il vaut."""

    propres = ("nom", "role", "organisme", "courriel", "telephone", "url", "note")
    sections: Sections = (
        ("Le contact", ("nom", "role", "organisme", "courriel", "telephone", "url", "note")),
        ("Son territoire", ("toute_la_region", "departements", "epcis", "communes", "libelle_territoire")),
        ("La source", SOURCE),
    )

    nom = _texte("Nom", requis=False, aide="Vide si le document ne nomme personne.", longueur=150)
    role = _texte("Rôle", aide="Par exemple : référente départementale.", longueur=200)
    organisme = _texte("Organisme", longueur=200)
    courriel = forms.EmailField(label="Courriel", required=False)
    telephone = _texte("Téléphone", requis=False, longueur=30, type="tel")
    url = _adresse_web("Page utile")
    note = _paragraphe("Note", aide="Affichée sous le contact.", lignes=3)
    toute_la_region = forms.BooleanField(label="Toute la région", required=False)
    departements = forms.MultipleChoiceField(label="Départements", required=False, widget=forms.CheckboxSelectMultiple)
    epcis = forms.MultipleChoiceField(
        label="Intercommunalités",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Le plus précis l’emporte : une commune, puis une intercommunalité, puis un département.",
    )
    communes = ChampCommunes(label="Communes", required=False, help_text="Pour les exceptions.")
    libelle_territoire = _texte(
        "Territoire, en mots", requis=False, longueur=500, aide="Vide : la liste de ce que vous avez choisi."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departements: Any = self.fields["departements"]
        epcis: Any = self.fields["epcis"]
        departements.choices = [(d.pk, str(d)) for d in self.region.departements.all()]
        epcis.choices = [(e.pk, e.nom) for e in Epci.objects.filter(communes__region=self.region).distinct()]

    def initiales(self) -> dict[str, Any]:
        """Les endroits du contact, rangés par niveau."""
        par_niveau: dict[str, list[str]] = {}
        for niveau, code, _interpretation in self.fiche.get("portees", []):
            par_niveau.setdefault(niveau, []).append(code)
        return {
            **super().initiales(),
            "libelle_territoire": self.fiche.get("libelle_territoire", ""),
            "toute_la_region": NiveauDePortee.REGION.value in par_niveau,
            "departements": par_niveau.get(NiveauDePortee.DEPARTEMENT.value, []),
            "epcis": par_niveau.get(NiveauDePortee.INTERCOMMUNALITE.value, []),
            "communes": par_niveau.get(NiveauDePortee.COMMUNE.value, []),
        }

    def clean(self) -> dict[str, Any]:
        """Un contact vaut quelque part, dans sa région."""
        donnees = super().clean() or {}
        choisis = [donnees.get(nom) for nom in ("toute_la_region", "departements", "epcis", "communes")]
        if not any(choisis) and "communes" not in self.errors:
            self.add_error("toute_la_region", "Choisissez au moins un endroit où ce contact répond.")
        ailleurs = [str(c) for c in donnees.get("communes") or [] if c.region_id != self.region.pk]
        if ailleurs:
            self.add_error("communes", f"Hors de la région {self.region.nom} : {', '.join(ailleurs)}.")
        return donnees

    def autres(self) -> Valeurs:
        """Les endroits, avec ce qu'on disait de leur lecture s'ils n'ont pas changé."""
        interpretations = {(niveau, code): texte for niveau, code, texte in self.fiche.get("portees", [])}
        d = self.cleaned_data
        endroits = [
            *([NiveauDePortee.REGION.value, ""] for _ in range(bool(d["toute_la_region"]))),
            *([NiveauDePortee.DEPARTEMENT.value, code] for code in d["departements"]),
            *([NiveauDePortee.INTERCOMMUNALITE.value, code] for code in d["epcis"]),
            *([NiveauDePortee.COMMUNE.value, c.pk] for c in d["communes"]),
        ]
        return {
            "portees": sorted([niveau, code, interpretations.get((niveau, code), "")] for niveau, code in endroits),
            "libelle_territoire": (d["libelle_territoire"] or self._en_mots())[:500],
            "rubrique_id": self.fiche.get("rubrique_id"),
        }

    def _en_mots(self) -> str:
        noms: list[str] = [self.region.nom] if self.cleaned_data["toute_la_region"] else []
        for champ in ("departements", "epcis"):
            choix: Any = self.fields[champ]
            libelles = dict(choix.choices)
            noms += [libelles[code] for code in self.cleaned_data[champ]]
        return ", ".join([*noms, *(c.nom for c in self.cleaned_data["communes"])])


class StructureForm(FicheForm):
    """Une structure d'appui, ses labellisations datées."""

    propres = ("nom", "sigle", "description", "courriel", "adresse", "url", "tarif")
    LABELS = 3

    nom = _texte("Nom", longueur=200)
    sigle = _texte("Sigle", requis=False, longueur=40)
    description = _paragraphe("Ce qu’elle fait pour les équipes")
    telephones = _paragraphe("Téléphones", aide="Un par ligne.", lignes=2)
    courriel = forms.EmailField(label="Courriel", required=False)
    adresse = _texte("Adresse", requis=False, longueur=300)
    url = _adresse_web("Site")
    personnes = _paragraphe("Personnes à joindre", aide="Une par ligne : nom ; téléphone ; courriel.", lignes=3)
    tarif = forms.DecimalField(
        label="Tarif publié, en euros", required=False, min_value=0, max_digits=10, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rangs = range(max(self.LABELS, len(self.fiche.get("labellisations", [])) + 1))
        for rang in self.rangs:
            for nom, libelle in ((f"label_du_{rang}", "Labellisée du"), (f"label_au_{rang}", "au")):
                champ: Any = Jour(label=f"{libelle}", required=False)
                champ.template_name, champ.widget.attrs["class"] = "commun/champs/saisie.html", "fr-input"
                self.fields[nom] = champ

    @property
    def sections(self) -> Sections:  # type: ignore[override]
        labels = tuple(nom for rang in self.rangs for nom in (f"label_du_{rang}", f"label_au_{rang}"))
        return (
            ("La structure", ("nom", "sigle", "description")),
            ("La joindre", ("telephones", "courriel", "adresse", "url", "personnes", "tarif")),
            ("Ses labellisations", labels),
            ("La source", SOURCE),
        )

    def initiales(self) -> dict[str, Any]:
        """Les listes deviennent des lignes ; les labels, des paires de dates."""
        labels = self.fiche.get("labellisations", [])
        return {
            **super().initiales(),
            "telephones": "\n".join(self.fiche.get("telephones", [])),
            "personnes": "\n".join(_ligne_de_personne(p) for p in self.fiche.get("personnes", [])),
            **{f"label_du_{rang}": label[0] for rang, label in enumerate(labels)},
            **{f"label_au_{rang}": label[1] for rang, label in enumerate(labels)},
        }

    def clean(self) -> dict[str, Any]:
        """Une labellisation finit après son début."""
        donnees = super().clean() or {}
        for rang in self.rangs:
            du, au = donnees.get(f"label_du_{rang}"), donnees.get(f"label_au_{rang}")
            if du and au and au < du:
                self.add_error(f"label_au_{rang}", "Une labellisation finit après son début.")
        return donnees

    def autres(self) -> Valeurs:
        """Téléphones, personnes et labels, sous leur forme gardée ; le label le plus récent d'abord."""
        d = self.cleaned_data
        paires = [[en_json(d[f"label_du_{r}"]), en_json(d[f"label_au_{r}"])] for r in self.rangs]
        labels = sorted((p for p in paires if any(p)), key=lambda p: p[0] or "", reverse=True)
        return {
            "telephones": [ligne.strip() for ligne in d["telephones"].splitlines() if ligne.strip()],
            "personnes": [_personne(ligne) for ligne in d["personnes"].splitlines() if ligne.strip()],
            "labellisations": labels,
            "tarif": f"{d['tarif']:.2f}" if d["tarif"] is not None else None,
        }


def _personne(ligne: str) -> dict[str, str | None]:
    nom, telephone, courriel = ([partie.strip() for partie in ligne.split(";")] + ["", ""])[:3]
    return {"nom": nom, "telephone": telephone, "courriel": courriel or None}


def _ligne_de_personne(personne: dict[str, Any]) -> str:
    parties: Iterable[str] = (personne.get("nom", ""), personne.get("telephone", ""), personne.get("courriel") or "")
    return " ; ".join(parties).rstrip(" ;")


class SeanceForm(FicheForm):
    """Une séance d'une instance de la région."""

    propres = (
        "instance", "date", "heure", "lieu", "a_distance", "lien_visio", "depot_avant", "capacite", "publique",
    )  # fmt: skip
    sections: Sections = (
        ("La séance", ("instance", "date", "heure")),
        ("Où", ("lieu", "a_distance", "lien_visio")),
        ("Les dossiers", ("depot_avant", "capacite")),
        ("Le calendrier public", ("publique",)),
        ("La source", SOURCE),
    )

    instance = forms.ChoiceField(label="Instance")
    date = Jour(label="Date")
    heure = Heure(label="Heure", required=False)
    lieu = _texte("Lieu", requis=False)
    a_distance = forms.BooleanField(label="En visioconférence", required=False)
    lien_visio = _adresse_web("Lien de visioconférence", "Pour les convoqués : jamais publié.")
    depot_avant = Jour(
        label="Date limite de dépôt", required=False, help_text="Dernier jour pour déposer un dossier qui y passera."
    )
    capacite = forms.IntegerField(label="Nombre de dossiers possible", required=False, min_value=1, max_value=500)
    publique = forms.BooleanField(label="Au calendrier public", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["instance"]
        instances = Instance.objects.filter(region=self.region, actif=True).select_related("departement")
        champ.choices = [(i.identifiant or str(i.pk), f"{i} — {i.nom}") for i in instances]

    def clean(self) -> dict[str, Any]:
        """On dépose avant la séance."""
        donnees = super().clean() or {}
        if donnees.get("depot_avant") and donnees.get("date") and donnees["depot_avant"] > donnees["date"]:
            self.add_error("depot_avant", "On dépose avant la séance, ou le jour même.")
        return donnees


class MessageForm(FicheForm):
    """Un message affiché aux gens de la région."""

    propres = ("titre", "texte", "du", "au", "public")
    sections: Sections = (("Le message", ("titre", "texte", "public", "du", "au")), ("La source", SOURCE))

    titre = _texte("Titre", longueur=150)
    texte = _paragraphe("Texte", requis=True, aide="Du texte simple : deux ou trois phrases.")
    public = forms.ChoiceField(label="Qui le voit", choices=PublicVise.choices, initial=PublicVise.TOUS)
    du = Jour(label="Affiché à partir du", initial=timezone.localdate)
    au = Jour(label="Jusqu’au", required=False, help_text="Vide : tant que vous ne le désactivez pas.")

    def clean(self) -> dict[str, Any]:
        """Un message finit après avoir commencé."""
        donnees = super().clean() or {}
        if donnees.get("au") and donnees.get("du") and donnees["au"] < donnees["du"]:
            self.add_error("au", "Un message finit d’être affiché après avoir commencé.")
        return donnees


class ReconnaissanceForm(Formulaire):
    """Une reconnaissance déjà prononcée : qui, sous quelle forme, depuis quand, par quelle décision."""

    sections: Sections = (
        ("L’équipe", ("equipe", "forme")),
        ("La décision", ("debut", "decision", "fondement")),
        ("L’annuaire", ("publiee",)),
    )

    equipe = forms.ChoiceField(label="Équipe", help_text="Les équipes de votre périmètre, par nom.")
    forme = forms.ChoiceField(label="Forme reconnue", choices=FormeVisee.choices, widget=forms.RadioSelect)
    debut = Jour(label="Reconnue depuis le", help_text="La date d’effet de la décision.")
    decision = _texte("Référence de la décision", aide="Numéro, date et auteur de la décision.", longueur=300)
    fondement = _texte("Fondement", requis=False, aide="Le texte ou l’avis sur lequel elle s’appuie.", longueur=500)
    publiee = forms.BooleanField(
        label="À l’annuaire public",
        required=False,
        initial=True,
        help_text="Nom, communes, professions en effectifs, date. Les coordonnées, seulement si l’équipe le choisit.",
    )

    def __init__(self, *args: Any, equipes: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["equipe"]
        champ.choices = [("", "Choisissez une équipe"), *((str(e.pk), f"{e.nom} — {e.implantation}") for e in equipes)]

    def clean_debut(self) -> Any:
        """Une reconnaissance déjà prononcée a pris effet."""
        jour = self.cleaned_data["debut"]
        if jour > timezone.localdate():
            raise ValidationError("Cette date est à venir : enregistrez la reconnaissance quand elle aura pris effet.")
        return jour


class CorrectionForm(Formulaire):
    """Corriger une reconnaissance enregistrée, ou y mettre fin."""

    sections: Sections = (
        ("La décision", ("debut", "decision_texte", "fondement")),
        ("La fin", ("fin",)),
        ("L’annuaire", ("publiee",)),
    )

    debut = Jour(label="Reconnue depuis le")
    decision_texte = _texte("Référence de la décision", longueur=300)
    fondement = _texte("Fondement", requis=False, longueur=500)
    fin = Jour(
        label="Jusqu’au", required=False, help_text="Dernier jour où la reconnaissance vaut. Vide : elle court."
    )
    publiee = forms.BooleanField(label="À l’annuaire public", required=False)

    def clean(self) -> dict[str, Any]:
        """Une reconnaissance finit après avoir commencé."""
        donnees = super().clean() or {}
        if donnees.get("fin") and donnees.get("debut") and donnees["fin"] < donnees["debut"]:
            self.add_error("fin", "Une reconnaissance finit après avoir commencé.")
        return donnees


FORMULAIRES: dict[str, type[FicheForm]] = {
    "contacts": ContactForm,
    "seances": SeanceForm,
    "structures": StructureForm,
    "messages": MessageForm,
}
