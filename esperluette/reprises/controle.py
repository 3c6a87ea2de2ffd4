"""Contrôler chaque ligne avant d'écrire quoi que ce soit : une erreur dit où, quoi, pourquoi, et comment réparer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone

from esperluette.comptes.lectures import Perimetre, perimetre
from esperluette.comptes.models import Compte
from esperluette.equipes.enums import StatutJuridique
from esperluette.equipes.saisie import SaisieRefusee, normaliser_courriel, normaliser_telephone
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.referentiel.modele import Demarche, Edition
from esperluette.reprises.colonnes import COLONNES, PAR_NOM, Colonne
from esperluette.reprises.droits import REPRENEURS
from esperluette.reprises.enums import EtapeReprise
from esperluette.reprises.models import Reprise
from esperluette.reprises.tableur import LigneLue
from esperluette.territoires.models import Commune

PREMIER_JOUR = date(1990, 1, 1)
MEMBRES_MAXIMUM = 100
DANGEREUX = ("=", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Erreur:
    """Ce qui ne va pas : la ligne du tableur, la colonne, ce qu'on y lit, pourquoi, et quoi faire."""

    ligne: int
    colonne: str
    valeur: str
    cause: str
    remede: str

    def en_json(self) -> dict[str, Any]:
        return {
            "ligne": self.ligne, "colonne": self.colonne, "valeur": self.valeur, "cause": self.cause,
            "remede": self.remede,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class MembreLu:
    """Un autre membre : sa profession, son nom, son adresse si on l'a."""

    profession: str
    prenom: str
    nom: str
    courriel: str


@dataclass(frozen=True, slots=True)
class LigneValide:
    """Une équipe prête à être reprise."""

    numero: int
    cle: str
    textes: Mapping[str, str]
    implantation: Commune
    communes: tuple[Commune, ...]
    membres: tuple[MembreLu, ...]
    dates: Mapping[str, date]
    edition: Edition | None = None
    demarche: Demarche | None = None

    @property
    def etat(self) -> EtapeReprise | None:
        return EtapeReprise(self.textes["etat"]) if self.demarche else None


@dataclass
class Controle:
    """Le compte rendu : ce qui se reprendrait, ce qui l'est déjà, ce qui ne va pas. Rien n'est écrit."""

    valides: list[LigneValide] = field(default_factory=list)
    deja: list[tuple[int, str]] = field(default_factory=list)
    erreurs: list[Erreur] = field(default_factory=list)

    @property
    def bon(self) -> bool:
        """Rien ne va de travers, et il y a quelque chose à reprendre."""
        return bool(self.valides) and not self.erreurs


def controler(lignes: Iterable[LigneLue], *, acteur: Compte) -> Controle:
    """Contrôle toutes les lignes, toutes leurs erreurs d'un coup. Trois requêtes, quel que soit leur nombre."""
    lignes = list(lignes)
    codes = {c for ligne in lignes for c in _codes(ligne)}
    communes = {c.pk: c for c in Commune.objects.filter(pk__in=codes).select_related("region", "departement", "epci")}
    reprises = set(Reprise.objects.values_list("region_id", "cle"))
    controle, vues = Controle(), dict[tuple[str, str], int]()
    territoire = perimetre(acteur, REPRENEURS)
    for ligne in lignes:
        examen = _Examen(ligne, communes, territoire)
        valide = examen.valider()
        if valide is None or examen.erreurs:
            controle.erreurs += examen.erreurs
            continue
        cle = (valide.implantation.region_id, valide.cle)
        if cle in reprises:
            controle.deja.append((ligne.numero, valide.cle))
        elif cle in vues:
            cause = f"Cette clé est déjà celle de la ligne {vues[cle]}."
            controle.erreurs.append(Erreur(ligne.numero, "cle", valide.cle, cause, "Donnez une clé à chaque équipe."))
        else:
            vues[cle] = ligne.numero
            controle.valides.append(valide)
    return controle


def _codes(ligne: LigneLue) -> set[str]:
    return {_code(ligne.cellules.get("commune", "")), *map(_code, ligne.cellules.get("communes", "").split())} - {""}


def _code(saisi: str) -> str:
    """Un code INSEE ; un tableur a pu manger son zéro de tête."""
    saisi = saisi.strip(",;").upper()
    return saisi.zfill(5) if saisi.isdigit() and len(saisi) == 4 else saisi[:5] if len(saisi) <= 5 else saisi


class _Examen:
    """L'examen d'une ligne ; garde toutes ses erreurs."""

    def __init__(self, ligne: LigneLue, communes: Mapping[str, Commune], territoire: Perimetre) -> None:
        self.ligne, self.communes, self.territoire = ligne, communes, territoire
        self.erreurs: list[Erreur] = []
        self.textes = {c.nom: ligne.cellules.get(c.nom, "") for c in COLONNES}

    def refuser(self, colonne: str, cause: str, remede: str) -> None:
        valeur = self.textes.get(colonne, "")
        self.erreurs.append(Erreur(self.ligne.numero, colonne, valeur[:120], cause, remede))

    def valider(self) -> LigneValide | None:
        for colonne in COLONNES:
            self._forme(colonne)
        if self.erreurs:
            return None
        implantation = self._implantation()
        if implantation is None:
            return None
        edition = edition_en_vigueur(implantation.region.cle, timezone.localdate())
        self._structure()
        membres = self._membres(edition)
        demarche = self._demarche(edition)
        dates = self._dates(demarche)
        return LigneValide(
            numero=self.ligne.numero, cle=self.textes["cle"], textes=self.textes, implantation=implantation,
            communes=self._territoire(implantation), membres=membres, dates=dates,
            edition=edition if demarche else None, demarche=demarche,
        )  # fmt: skip

    def _forme(self, colonne: Colonne) -> None:
        valeur = self.textes[colonne.nom]
        if not valeur:
            if colonne.obligatoire:
                self.refuser(colonne.nom, "Cette cellule est vide.", f"Indiquez : {colonne.libelle.lower()}.")
            return
        if valeur.startswith(DANGEREUX) or any(ord(c) < 32 for c in valeur):
            self.refuser(
                colonne.nom, "Elle commence comme une formule, ou contient un signe illisible.", "Retapez-la."
            )
        elif len(valeur) > colonne.longueur:
            cause = f"Elle compte {len(valeur)} signes ; {colonne.longueur} au plus."
            self.refuser(colonne.nom, cause, "Raccourcissez-la.")
        elif colonne.choix and valeur.lower() not in colonne.choix:
            self.refuser(colonne.nom, "Cette valeur n’est pas admise.", f"Une de : {', '.join(colonne.choix)}.")
        elif colonne.sorte in ("courriel", "telephone"):
            try:
                (normaliser_courriel if colonne.sorte == "courriel" else normaliser_telephone)(valeur)
            except SaisieRefusee as refus:
                self.refuser(colonne.nom, str(refus), "Corrigez-la, ou videz la cellule si elle est facultative.")
        elif colonne.sorte == "date" and not _date_admise(colonne.nom, valeur):
            self.refuser(colonne.nom, "Ce n’est pas une date entre 1990 et aujourd’hui.", "Par exemple 2023-06-15.")
        if colonne.choix:
            self.textes[colonne.nom] = valeur.lower()

    def _implantation(self) -> Commune | None:
        commune = self.communes.get(_code(self.textes["commune"]))
        if commune is None:
            self.refuser("commune", "Aucune commune ne porte ce code INSEE.", "Cinq signes ; pas le code postal.")
            return None
        if not self.territoire.contient(commune):
            self.refuser("commune", f"{commune.nom} n’est pas dans votre périmètre.", "Retirez cette ligne.")
            return None
        return commune

    def _territoire(self, implantation: Commune) -> tuple[Commune, ...]:
        trouvees = {implantation.pk: implantation}
        for saisi in self.textes["communes"].replace(",", " ").replace(";", " ").split():
            commune = self.communes.get(_code(saisi))
            if commune is None:
                self.refuser("communes", f"Le code « {saisi[:10]} » est inconnu.", "Codes INSEE, pas postaux.")
            else:
                trouvees[commune.pk] = commune
        return tuple(trouvees.values())

    def _structure(self) -> None:
        statut, avancement = self.textes["statut_juridique"], self.textes["statut_avancement"]
        if statut in StatutJuridique.STRUCTURES and not avancement:
            self.refuser(
                "statut_avancement", "Il manque l’avancement de la structure.", "cree, en_cours ou en_projet."
            )
        elif avancement and statut not in StatutJuridique.STRUCTURES:
            self.refuser("statut_avancement", "Il manque la structure.", "Videz-la, ou dites la structure.")

    def _membres(self, edition: Edition | None) -> tuple[MembreLu, ...]:
        professions = edition.socle.professions if edition else None
        if professions is not None and self.textes["porteur_profession"] not in professions:
            self.refuser("porteur_profession", "Ce code de profession est inconnu.", "10 : médecin, 60 : infirmier…")
        membres: list[MembreLu] = []
        adresses = {self.textes["porteur_courriel"].lower()}
        for decrit in filter(None, (m.strip() for m in self.textes["membres"].split(";"))):
            profession, prenom, nom, courriel = ([*(p.strip() for p in decrit.split("/")), "", "", "", ""])[:4]
            cause = self._membre_refuse(profession, prenom, nom, courriel, professions, adresses)
            if cause:
                self.refuser(
                    "membres", f"« {decrit[:60]} » : {cause}", "profession/prénom/nom/courriel, séparés par « ; »."
                )
                continue
            adresses |= {courriel.lower()} - {""}
            membres.append(MembreLu(profession, prenom, nom, courriel.lower()))
        if len(membres) > MEMBRES_MAXIMUM:
            self.refuser("membres", f"Plus de {MEMBRES_MAXIMUM} membres.", "Ajoutez les autres à l’écran.")
        return tuple(membres)

    def _membre_refuse(
        self, profession: str, prenom: str, nom: str, courriel: str, professions: Any, adresses: set[str]
    ) -> str:
        if not (profession and prenom and nom):
            return "il manque la profession, le prénom ou le nom."
        if (professions is not None and profession not in professions) or len(profession) > 10:
            return "le code de profession est inconnu."
        if max(len(prenom), len(nom)) > 100:
            return "le nom est démesuré."
        if courriel and courriel.lower() in adresses:
            return "cette adresse est déjà celle d’un autre membre."
        try:
            normaliser_courriel(courriel)
        except SaisieRefusee as refus:
            return str(refus)
        return ""

    def _demarche(self, edition: Edition | None) -> Demarche | None:
        cle, etat = self.textes["demarche"], self.textes["etat"]
        if not cle:
            if etat:
                self.refuser("etat", "Un état est donné sans démarche.", "Nommez la démarche, ou videz l’état.")
            return None
        if edition is None:
            self.refuser("demarche", "Les règles de cette région ne sont pas dans Esperluette.", "Videz la cellule.")
            return None
        forme = self.textes["forme"]
        possibles = {d.id: d for d in edition.demarches if d.en_ligne and forme in d.formes}
        if cle not in possibles:
            self.refuser(
                "demarche", "Cette démarche n’existe pas ici pour cette forme.", f"Une de : {', '.join(possibles)}."
            )
            return None
        if not etat:
            self.refuser(
                "etat", "Une démarche est nommée sans son état.", f"Un de : {', '.join(EtapeReprise.values)}."
            )
            return None
        if etat == EtapeReprise.AVIS_RENDU and possibles[cle].instance is None:
            self.refuser("etat", "Cette démarche ne passe devant aucune commission.", "en_instruction, ou accepte.")
        return possibles[cle]

    def _dates(self, demarche: Demarche | None) -> dict[str, date]:
        """Les dates du chemin, dans l'ordre ; celles de la reconnaissance après la décision."""
        dates = {
            c.nom: jour for c in COLONNES if c.sorte == "date" and (jour := _jour(self.textes[c.nom])) is not None
        }
        etat = self.textes["etat"] if demarche else ""
        chemin = EtapeReprise.CHEMINS.get(etat, ())
        for nom in chemin:
            if nom in EtapeReprise.INDISPENSABLES and nom not in dates:
                libelle = PAR_NOM[nom].libelle.lower()
                self.refuser(nom, f"Un dossier « {etat} » a cette date.", f"Indiquez : {libelle}.")
        connues = [(nom, dates[nom]) for nom in chemin if nom in dates]
        for (avant, jour_avant), (apres, jour_apres) in pairwise(connues):
            if jour_apres < jour_avant:
                self.refuser(
                    apres, f"Cette date précède « {avant} » ({jour_avant:%d/%m/%Y}).", "Vérifiez les deux dates."
                )
        reconnue, jusqu_au = dates.get("reconnue_le"), dates.get("reconnue_jusqu_au")
        if jusqu_au is not None and (reconnue is None or jusqu_au < reconnue):
            self.refuser("reconnue_jusqu_au", "Elle finit avant d’avoir commencé.", "Vérifiez les deux dates.")
        if reconnue is not None and not self.textes["decision"]:
            self.refuser("decision", "Une équipe reconnue l’est par une décision.", "Indiquez sa référence.")
        if reconnue is not None and etat in ("refuse", "sans_suite"):
            self.refuser("reconnue_le", "Un dossier refusé ou classé ne reconnaît pas l’équipe.", "Videz cette date.")
        return dates


def _date_admise(colonne: str, saisi: str) -> bool:
    jour = _jour(saisi)
    return jour is not None and (colonne == "reconnue_jusqu_au" or jour <= timezone.localdate())


def _jour(saisi: str) -> date | None:
    """« 2023-06-15 » ou « 15/06/2023 » ; rien avant 1990."""
    try:
        if "/" in saisi:
            jour, mois, annee = (int(m) for m in saisi.split("/"))
            lu = date(annee, mois, jour)
        else:
            lu = date.fromisoformat(saisi)
    except ValueError:
        return None
    return lu if PREMIER_JOUR <= lu <= date(2999, 12, 31) else None
