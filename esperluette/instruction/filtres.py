"""Les filtres de la liste : tout tient dans l'adresse. Une valeur inconnue est ignorée : la liste reste lisible."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.commun.recherche import motif_tolerant
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte, Fonction
from esperluette.dossiers.enums import Etat
from esperluette.instruction.absences import regions_exercees
from esperluette.instruction.corbeilles import OUVERT, a_moi, avant_le
from esperluette.instruction.lectures import regions_de
from esperluette.instruction.models import Absence, VueDeListe
from esperluette.instruction.table import COLONNES, TRI_PAR_DEFAUT, tri_valide
from esperluette.interlocuteurs.enums import PublicVise
from esperluette.interlocuteurs.models import MessageInformation
from esperluette.referentiel import lecture
from esperluette.territoires.models import Commune, Departement, Epci, Region

PARAMETRES = ("corbeille", "q", "etat", "demarche", "territoire", "echeance", "agent", "tri")
ECHEANCES = {
    "depassee": "Dépassée",
    "7": "Sous 7 jours",
    "15": "Sous 15 jours",
    "30": "Sous 30 jours",
    "sans": "Sans échéance",
}


def requete_propre(donnees: Mapping[str, Any]) -> str:
    """L'adresse des filtres, dans un ordre stable, sans page ni rien d'inconnu."""
    propre = QueryDict(mutable=True)
    for nom in PARAMETRES:
        valeur = str(donnees.get(nom, "")).replace("\x00", "").strip()[:100]
        if valeur:
            propre[nom] = valeur
    return propre.urlencode()


# --- Ce que les listes déroulantes proposent ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vue:
    """Des filtres enregistrés. `auteur` : vide si ce sont les miens."""

    pk: int
    nom: str
    requete: str
    auteur: str = ""
    partagee: bool = False


@dataclass(frozen=True, slots=True)
class Annonce:
    """Un message d'information de la région, aux agents."""

    du: str
    titre: str
    texte: str


@dataclass(slots=True)
class Choix:
    """Ce que la page propose, et les réglages de ce compte ; lu en une requête."""

    departements: list[tuple[str, str]] = field(default_factory=list)
    epcis: list[tuple[str, str]] = field(default_factory=list)
    agents: list[tuple[str, str]] = field(default_factory=list)
    vues: list[Vue] = field(default_factory=list)
    annonces: list[Annonce] = field(default_factory=list)
    colonnes: str = ""
    # Mon absence en cours : le nom du relais, et le dernier jour.
    relaye_par: str = ""
    absent_jusqu_au: str = ""


def choix_de(compte: Any) -> Choix:
    """Territoires, agents, filtres enregistrés, colonnes, absence, annonces : une seule requête pour tout."""
    choix = Choix()
    branches = [
        _departements(compte),
        _epcis(compte),
        _agents(compte),
        *_vues(compte),
        _absence(compte),
        _annonces(compte),
    ]
    premiere, *autres = branches
    for sorte, cle, libelle, detail, autre in premiere.union(*autres, all=True):
        match sorte:
            case "d":
                choix.departements.append((f"d-{cle}", f"{libelle} ({cle})"))
            case "e":
                choix.epcis.append((f"e-{cle}", libelle))
            case "a":
                choix.agents.append((cle, f"{detail} {libelle}".strip()))
            case "v" if not libelle:
                choix.colonnes = autre
            case "v":
                choix.vues.append(Vue(int(cle), libelle, detail, partagee=bool(autre)))
            case "p":
                choix.vues.append(Vue(int(cle), libelle, detail, auteur=autre, partagee=True))
            case "i":
                choix.annonces.append(Annonce(cle, libelle, detail))
            case "b":
                choix.relaye_par, choix.absent_jusqu_au = libelle, detail
    for liste in (choix.departements, choix.epcis, choix.agents):
        liste.sort(key=lambda paire: paire[1].lower())
    choix.annonces.sort(key=lambda a: a.du, reverse=True)
    choix.vues.sort(key=lambda v: (bool(v.auteur), v.nom.lower()))
    return choix


def _branche(lignes: Any, sorte: str, *champs: Any) -> Any:
    """Cinq colonnes de texte, dans le même ordre pour toutes les branches de l'union."""
    textes = [Cast(c, CharField()) if isinstance(c, str) else c for c in champs]
    textes += [_vide()] * (4 - len(textes))
    nommees = {f"x{rang}": texte for rang, texte in enumerate([Value(sorte, output_field=CharField()), *textes])}
    return lignes.order_by().annotate(**nommees).values_list(*nommees)


def _vide() -> Value:
    return Value("", output_field=CharField())


def _departements(compte: Any) -> Any:
    territoire = perimetre(compte)
    lieux = Q() if territoire.tout else Q(region__in=territoire.regions) | Q(pk__in=territoire.departements)
    for secteur in territoire.secteurs:
        lieux |= Q(pk=secteur.departement) if secteur.departement else Q(pk__in=[])
    return _branche(Departement.objects.filter(lieux), "d", "code", "nom")


def _epcis(compte: Any) -> Any:
    territoire = perimetre(compte)
    communes = Commune.objects.none() if territoire.tout else Commune.objects.filter(territoire.filtre())
    return _branche(Epci.objects.filter(pk__in=communes.values("epci")), "e", "code", "nom")


def _agents(compte: Any) -> Any:
    fonctions = Fonction.objects.actives().filter(role__in=Role.INSTRUCTEURS, compte__is_active=True)
    if (regions := regions_exercees(compte)) is not None:
        fonctions = fonctions.filter(Q(region__in=regions) | Q(departement__region__in=regions))
    return _branche(Compte.objects.filter(pk__in=fonctions.values("compte")), "a", "pk", "nom", "prenom")


def _vues(compte: Any) -> list[Any]:
    miennes = VueDeListe.objects.filter(compte=compte)
    partage = Coalesce(Cast("region", CharField()), F("colonnes"), output_field=CharField())
    collegues = VueDeListe.objects.filter(region__in=regions_exercees(compte) or ()).exclude(compte=compte)
    auteur = Concat("compte__prenom", Value(" "), "compte__nom", output_field=CharField())
    return [
        _branche(miennes, "v", "pk", "nom", "requete", partage),
        _branche(collegues, "p", "pk", "nom", "requete", auteur),
    ]


def _absence(compte: Any) -> Any:
    relais = Concat("relais__prenom", Value(" "), "relais__nom", output_field=CharField())
    return _branche(Absence.objects.en_cours().filter(compte=compte), "b", "pk", relais, "fin")


def _annonces(compte: Any) -> Any:
    annonces = MessageInformation.objects.affichables_dans(regions_de(compte), PublicVise.AGENTS)
    return _branche(annonces, "i", "du", "titre", "texte")


# --- Le formulaire --------------------------------------------------------------------------------


class FiltresForm(forms.Form):
    """Une ligne de filtres, tous facultatifs ; `condition` rend ce qu'ils gardent."""

    q = forms.CharField(label="Rechercher", required=False, max_length=100, help_text="Référence, équipe, commune")
    etat = forms.ChoiceField(label="État", required=False)
    demarche = forms.ChoiceField(label="Démarche", required=False)
    territoire = forms.ChoiceField(label="Territoire", required=False)
    echeance = forms.ChoiceField(label="Échéance", required=False)
    agent = forms.ChoiceField(label="Agent", required=False)
    tri = forms.ChoiceField(label="Trier par", required=False)

    def __init__(self, data: Any, *, choix: Choix, regions: list[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        etats = [(e.value, e.libelle_pour("agent")) for e in Etat if e != Etat.BROUILLON]
        lieux: list[Any] = [("Départements", choix.departements), ("Intercommunalités", choix.epcis)]
        personnes = [("moi", "Moi"), ("personne", "Personne"), ("Agents de la région", choix.agents)]
        self._proposer("etat", "Tous", etats)
        self._proposer("demarche", "Toutes", _demarches(regions))
        self._proposer("territoire", "Tout mon périmètre", [groupe for groupe in lieux if groupe[1]])
        self._proposer("echeance", "Toutes", list(ECHEANCES.items()))
        self._proposer("agent", "Tous", personnes if choix.agents else personnes[:2])
        self._proposer("tri", "Déposé le, du plus récent", _tris())
        self.fields["q"].widget.attrs["class"] = "fr-input"

    def _proposer(self, nom: str, rien: str, choix: list[Any]) -> None:
        self.fields[nom].choices = [("", rien), *choix]  # type: ignore[attr-defined]
        self.fields[nom].widget.attrs["class"] = "fr-select"

    @property
    def tri_demande(self) -> str:
        """Le tri demandé, ou celui d'office."""
        self.is_valid()
        return tri_valide(self.cleaned_data.get("tri") or TRI_PAR_DEFAUT)

    def condition(self, compte: Any) -> Q:
        """Ce que gardent les filtres valides ; vide s'il n'y en a pas."""
        self.is_valid()
        valides = {nom: valeur for nom, valeur in self.cleaned_data.items() if valeur}
        condition = Q(**{nom: valides[nom] for nom in ("etat", "demarche") if nom in valides})
        if "territoire" in valides:
            sorte, code = valides["territoire"].split("-", 1)
            condition &= Q(**{f"equipe__implantation__{'departement' if sorte == 'd' else 'epci'}": code})
        if "echeance" in valides:
            condition &= _echeance(valides["echeance"])
        if "agent" in valides:
            condition &= _agent(valides["agent"], compte)
        if texte := valides.get("q", "").strip():
            motif = motif_tolerant(texte)
            condition &= (
                Q(reference__icontains=texte)
                | Q(equipe__nom__iregex=motif)
                | Q(equipe__implantation__nom__iregex=motif)
            )
        return condition


def _demarches(regions: list[str]) -> list[tuple[str, str]]:
    """Les démarches des éditions de ces régions (toutes sans région), la plus récente donnant l'intitulé."""
    editions = [e for e in lecture.editions() if not regions or e.region in regions]
    return sorted({d.id: d.libelle for e in editions for d in e.demarches}.items(), key=lambda paire: paire[1])


def _tris() -> list[tuple[str, str]]:
    tris = []
    for colonne in COLONNES.values():
        if colonne.tri is not None:
            tris += [
                (colonne.cle, f"{colonne.libelle}, croissant"),
                (f"-{colonne.cle}", f"{colonne.libelle}, décroissant"),
            ]
    return tris


def _echeance(choix: str) -> Q:
    aujourd_hui = timezone.localdate()
    depassee = avant_le(aujourd_hui - timedelta(days=1))
    if choix == "depassee":
        return depassee
    if choix == "sans":
        return ~OUVERT | Q(echeance=None, silence_le=None)
    return avant_le(aujourd_hui + timedelta(days=int(choix))) & ~depassee


def _agent(choix: str, compte: Any) -> Q:
    if choix == "personne":
        return Q(affecte_a=None, instruit_par=None)
    return a_moi(compte if choix == "moi" else int(choix))


# --- Enregistrer ----------------------------------------------------------------------------------


@transaction.atomic
def enregistrer(compte: Compte, *, nom: str, requete: str, partager: bool) -> VueDeListe:
    """Garde des filtres sous un nom ; le même nom les remplace. Partagés, la région de l'agent les voit."""
    vue, _ = VueDeListe.objects.update_or_create(
        compte=compte,
        nom=nom.strip(),
        defaults={"requete": requete, "region": _region_de(compte) if partager else None},
    )
    return vue


def renommer(vue: VueDeListe, *, acteur: Compte, nom: str, partager: bool) -> VueDeListe:
    """Change le nom et le partage. Lève `Conflit` (nom déjà pris) ou `Refus` (pas les siens)."""
    _exiger_sienne(vue, acteur)
    vue.nom, vue.region = nom.strip(), _region_de(acteur) if partager else None
    try:
        with transaction.atomic():
            vue.save(update_fields=["nom", "region"])
    except IntegrityError as erreur:
        raise Conflit("Vous avez déjà des filtres de ce nom.") from erreur
    return vue


def supprimer(vue: VueDeListe, *, acteur: Compte) -> None:
    """Oublie des filtres. Lève `Refus` (pas les siens)."""
    _exiger_sienne(vue, acteur)
    vue.delete()


def choisir_les_colonnes(compte: Compte, colonnes: list[str]) -> None:
    """Garde les colonnes choisies ; aucune revient à celles d'office."""
    connues = ",".join(cle for cle in COLONNES if cle in colonnes)
    VueDeListe.objects.update_or_create(compte=compte, nom="", defaults={"colonnes": connues})


def _exiger_sienne(vue: VueDeListe, acteur: Compte) -> None:
    if vue.compte_id != acteur.pk:
        raise Refus("Ces filtres sont ceux d’un collègue : enregistrez-les sous un autre nom pour les changer.")


def _region_de(compte: Compte) -> Region | None:
    return Region.objects.filter(pk__in=regions_exercees(compte) or ()).first()
