"""Ce que montrent les écrans de rédaction, en un nombre fixe de requêtes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.permissions import OUI, Permission
from esperluette.comptes.models import Compte
from esperluette.diagnostics import encart, encart_ecrit
from esperluette.dossiers import droits
from esperluette.dossiers.affichage import identifiant_html, valeur_lisible
from esperluette.dossiers.chemins import TYPES_DERIVES, assembler
from esperluette.dossiers.lectures import AFaire, ce_qui_manque, chiffres_a_jour, contexte_de, trame_de
from esperluette.dossiers.models import Commentaire, Dossier, Reponse, TexteEnConflit, VersionReponse
from esperluette.dossiers.registre import ouvert_a_l_ecriture, ouvertures_de
from esperluette.equipes.models import Membre
from esperluette.fichiers.vigilance import suspicions
from esperluette.referentiel import trames
from esperluette.referentiel.modele import Champ, Rubrique, Trame
from esperluette.referentiel.trames import ContexteTrame
from esperluette.territoires.models import Commune

PRESENCE = timedelta(minutes=2)


@dataclass(slots=True)
class ChampEnRedaction:
    """Un champ (ou une cellule de tableau) tel que la page le montre. `erreur` et `saisie` : un refus à réparer."""

    champ: Champ
    chemin: str
    valeur: Any = None
    version: int = 0
    modifie_le: datetime | None = None
    modifie_par: str = ""
    presents: list[str] = field(default_factory=list)
    conflits: list["ConflitAMontrer"] = field(default_factory=list)
    commentaires: list[Commentaire] = field(default_factory=list)
    commentaires_regles: int = 0
    lignes: list["LigneEnRedaction"] = field(default_factory=list)
    communes: list[Commune] = field(default_factory=list)
    visible: bool = True
    erreur: str = ""
    saisie: Any = None
    avertissements: list[str] = field(default_factory=list)
    cellule: bool = False
    ligne_retiree: str = ""
    candidates: tuple[Commune, ...] = ()
    reprise: Any = None  # ce que dit la fiche de l'équipe, montré tant que le champ n'a pas sa propre réponse
    repris_de: Dossier | None = None  # le dossier d'où vient la réponse, tant que personne ne l'a changée
    ecriture: Permission = OUI
    verrou: str = ""  # pourquoi ce champ-ci est fermé, quand d'autres sont ouverts
    remarques: int = 0  # celles de l'ARS
    encart: encart_ecrit.EncartAMontrer | None = None  # des chiffres publics, mis en mots

    def fermer_ou_non(self, droit: Permission, ouvert: Permission) -> None:
        """Le droit de la personne d'abord, puis ce qui est ouvert dans ce dossier ; les cellules suivent."""
        self.ecriture = droit and ouvert
        self.verrou = ouvert.motif if droit and not ouvert and not self.derive else ""
        for ligne in self.lignes:
            for cellule in ligne.cellules:
                cellule.ecriture = self.ecriture

    @property
    def id(self) -> str:
        """L'identifiant HTML de son bloc, cible des ancres."""
        return identifiant_html(self.chemin)

    @property
    def affichee(self) -> Any:
        """Ce que le contrôle montre : la saisie refusée, sinon la réponse, sinon ce qui vient de l'équipe."""
        if self.saisie is not None:
            return self.saisie
        return self.valeur if self.reprise is None else self.reprise

    @property
    def est_vide(self) -> bool:
        if self.champ.type == "tableau":
            return not self.lignes
        return trames.est_vide(self.champ, self.affichee)

    @property
    def derive(self) -> bool:
        """Vrai si la valeur vient de l'équipe et ne se saisit pas ici."""
        return self.champ.type in TYPES_DERIVES

    @property
    def libelle(self) -> str:
        return self.champ.libelle.rstrip(" :")


@dataclass(frozen=True, slots=True)
class LigneEnRedaction:
    """Une ligne d'un tableau répétable."""

    id: str
    titre: str
    cellules: list[ChampEnRedaction]
    premiere: bool
    derniere: bool


@dataclass(frozen=True, slots=True)
class ConflitAMontrer:
    """Deux textes pour un même champ : celui qui est en place, et celui qu'on a gardé à côté."""

    pk: int
    champ: Champ
    le_mien: bool
    auteur: str
    le: datetime
    valeur: Any
    en_place: Any
    en_place_par: str
    en_place_le: datetime | None

    @property
    def se_melange(self) -> bool:
        return self.champ.type in {"texte", "texte_riche"}

    @property
    def melange(self) -> str:
        """Le point de départ du mélange : les deux textes, l'un après l'autre."""
        separateur = "" if self.champ.type == "texte_riche" else "\n\n"
        return f"{self.en_place or ''}{separateur}{self.valeur or ''}"


@dataclass(frozen=True, slots=True)
class EntreeMenu:
    """Une rubrique dans le menu latéral."""

    rubrique: Rubrique
    remplis: int
    attendus: int
    presents: list[str]
    commentaires: int
    conflits: int
    remarques: int
    courante: bool

    @property
    def est_complete(self) -> bool:
        return self.remplis == self.attendus


@dataclass(frozen=True, slots=True)
class RubriqueEnRedaction:
    """Tout ce qu'affiche une page de rédaction."""

    dossier: Dossier
    trame: Trame
    rubrique: Rubrique
    champs: list[ChampEnRedaction]
    menu: list[tuple[Rubrique, list[EntreeMenu]]]
    manques: int
    membres: list[Membre]
    precedente: Rubrique | None
    suivante: Rubrique | None
    ecriture: Permission
    commentaire: Permission

    def champ(self, champ_id: str) -> ChampEnRedaction | None:
        return next((c for c in self.champs if c.champ.id == champ_id), None)

    @property
    def a_ecrire(self) -> bool:
        """Vrai si un champ de la page s'écrit."""
        return any(c.ecriture for c in self.champs)

    @property
    def verrouillee(self) -> bool:
        """Vrai si un champ de la page est fermé alors que la personne peut écrire ailleurs."""
        return any(c.verrou for c in self.champs)

    def tous(self) -> Iterable[ChampEnRedaction]:
        """Les champs et les cellules, dans l'ordre de la page."""
        for champ in self.champs:
            yield champ
            for ligne in champ.lignes:
                yield from ligne.cellules


def rubriques_a_remplir(trame: Trame) -> list[Rubrique]:
    """Celles qui ont leur page : toutes celles qui ont des champs."""
    return [r for r in trame.rubriques if r.champs]


def rubrique_en_redaction(dossier: Dossier, rubrique_id: str, compte: Compte) -> RubriqueEnRedaction:
    """Une rubrique et son menu. Lève `KeyError` si la rubrique n'existe pas ou n'a rien à remplir."""
    trame = trame_de(dossier)
    pages = rubriques_a_remplir(trame)
    place = next((n for n, r in enumerate(pages) if r.id == rubrique_id), None)
    if place is None:
        raise KeyError(rubrique_id)
    rubrique, lu = pages[place], _Lu(dossier, compte)
    return RubriqueEnRedaction(
        dossier=dossier,
        trame=trame,
        rubrique=rubrique,
        champs=lu.champs(rubrique.champs),
        menu=_menu(trame, trames.completude(trame, lu.valeurs, lu.contexte), rubrique, lu.assembleur),
        manques=len(ce_qui_manque(dossier, membres=lu.membres, valeurs=lu.valeurs)),
        membres=lu.membres,
        precedente=pages[place - 1] if place else None,
        suivante=pages[place + 1] if place + 1 < len(pages) else None,
        ecriture=lu.ecriture,
        commentaire=droits.peut_commenter(compte, dossier),
    )


def rubriques_en_redaction(dossier: Dossier, ids: Iterable[str], compte: Compte) -> dict[str, RubriqueEnRedaction]:
    """Par champ demandé, sa page de rédaction réduite à lui : de quoi le montrer ailleurs que dans sa rubrique.

    Une seule lecture pour tous ; ni menu, ni compte des manques. Un identifiant inconnu est ignoré.
    """
    trame, lu, voulus = trame_de(dossier), _Lu(dossier, compte), set(ids)
    commentaire = droits.peut_commenter(compte, dossier)
    trouves = [(r, c) for r in trame.rubriques for c in r.champs if c.id in voulus]
    prets = {c.champ.id: c for c in lu.champs([c for _, c in trouves])}
    return {
        c.id: RubriqueEnRedaction(
            dossier, trame, r, [prets[c.id]], [], 0, lu.membres, None, None, lu.ecriture, commentaire
        )
        for r, c in trouves
    }


class _Lu:
    """Ce qu'une page de rédaction lit d'un dossier, en un nombre fixe de requêtes."""

    def __init__(self, dossier: Dossier, compte: Compte) -> None:
        self.dossier, self.trame, self.membres = dossier, trame_de(dossier), dossier.equipe.presents
        reponses = {r.champ: r for r in dossier.reponses.select_related("modifie_par").annotate(repris_de=_REPRIS_DE)}
        conflits = list(
            TexteEnConflit.objects.filter(reponse__dossier=dossier, range_le=None)
            .select_related("auteur", "reponse__modifie_par")
            .order_by("le")
        )
        commentaires = list(dossier.commentaires.select_related("auteur"))
        self.valeurs = assembler(self.trame, {c: r.valeur for c, r in reponses.items()})
        self.contexte = contexte_de(dossier, self.membres)
        remarques = {c: n for o in ouvertures_de(dossier) for c, n in o.remarques.items()}
        self.assembleur = _Assembleur(
            self.membres, reponses, conflits, commentaires, _reprises(reponses.values()), compte, remarques
        )
        self.ecriture = droits.peut_rediger(compte, dossier)

    def champs(self, voulus: Iterable[Champ]) -> list[ChampEnRedaction]:
        """Ces champs, visibles ou non, ouverts ou non."""
        champs = [self.assembleur.champ(c) for c in voulus]
        ouvert = self.dossier.est_modifiable
        a_jour = chiffres_a_jour(self.dossier, self.valeurs, self.contexte, [c.champ for c in champs])
        for champ in champs:
            champ.visible = trames.est_visible(self.trame, champ.champ, self.valeurs, self.contexte)
            champ.reprise = reprise_de(champ.champ, champ.valeur, self.contexte)
            champ.remarques = self.assembleur.remarques.get(champ.champ.id, 0)
            champ.fermer_ou_non(self.ecriture, ouvert_a_l_ecriture(self.dossier, champ.chemin))
            if champ.champ.type == "chiffres":
                champ.encart = encart_ecrit.montrer(a_jour[champ.chemin], brouillon=ouvert and not champ.verrou)
        _charger_communes([c for c in champs if not c.ecriture])  # le contrôle de saisie charge lui-même les siennes
        return champs


# Le dossier d'où vient la réponse en place ; rien dès que quelqu'un l'a changée.
_REPRIS_DE = Subquery(
    VersionReponse.objects.filter(reponse=OuterRef("pk"), numero=OuterRef("version")).values("repris_de")[:1]
)


def _reprises(reponses: Iterable[Any]) -> dict[str, Dossier]:
    """Par chemin, le dossier d'où vient la réponse ; une requête, s'il y en a."""
    origines = {r.champ: r.repris_de for r in reponses if r.repris_de is not None}
    dossiers = Dossier.objects.in_bulk(set(origines.values())) if origines else {}
    return {chemin: dossiers[pk] for chemin, pk in origines.items()}


def reprise_de(champ: Champ, valeur: Any, contexte: ContexteTrame) -> Any:
    """Ce que la fiche de l'équipe répond à la place d'un champ resté vide ; None sinon."""
    if champ.prerempli is None or not trames.est_vide(champ, valeur):
        return None
    reprise = contexte.preremplis.get(champ.prerempli)
    return None if trames.est_vide(champ, reprise) else reprise


class _Assembleur:
    """Réunit ce que les requêtes ont rapporté, champ par champ."""

    def __init__(
        self, membres: Iterable[Membre], reponses: Mapping[str, Reponse], conflits: Iterable[TexteEnConflit],
        commentaires: Iterable[Commentaire], reprises: Mapping[str, Dossier], compte: Compte,
        remarques: Mapping[str, int],
    ) -> None:  # fmt: skip
        # Un chiffre que l'ARS donne s'écrit sans que personne n'ouvre le brouillon : seule l'équipe y est présente.
        self.collegues = {m.compte_id for m in membres} - {compte.pk}
        self.reponses, self.reprises, self.compte, self.remarques = reponses, reprises, compte, remarques
        self.depuis = timezone.now() - PRESENCE
        self.conflits: dict[str, dict[int, TexteEnConflit]] = defaultdict(dict)
        for conflit in conflits:  # le dernier de chaque auteur : les précédents restent en base
            self.conflits[conflit.reponse.champ][conflit.auteur_id] = conflit
        self.commentaires: dict[str, list[Commentaire]] = defaultdict(list)
        for commentaire in commentaires:
            self.commentaires[commentaire.champ.split("/")[0]].append(commentaire)

    def champ(self, champ: Champ, chemin: str = "") -> ChampEnRedaction:
        chemin = chemin or champ.id
        reponse = self.reponses.get(chemin)
        rendu = ChampEnRedaction(champ=champ, chemin=chemin, cellule="/" in chemin)
        if reponse is not None:
            rendu.valeur, rendu.version = reponse.valeur, reponse.version
            rendu.modifie_le, rendu.modifie_par = reponse.modifie_le, str(reponse.modifie_par)
            rendu.repris_de = self.reprises.get(chemin)
        rendu.avertissements = suspicions(encart.mots_de(rendu.valeur))
        rendu.conflits = [self._conflit(champ, c) for c in self.conflits.get(chemin, {}).values()]
        rendu.presents = self.presents([chemin])
        if not rendu.cellule:
            tous = self.commentaires.get(champ.id, [])
            rendu.commentaires = [c for c in tous if c.regle_le is None]
            rendu.commentaires_regles = len(tous) - len(rendu.commentaires)
        if champ.type == "tableau":
            rendu.lignes = self._lignes(champ, rendu.valeur or [])
            rendu.presents = self.presents(c for c in self.reponses if c.split("/")[0] == champ.id)
        return rendu

    def _lignes(self, champ: Champ, identifiants: list[str]) -> list[LigneEnRedaction]:
        return [
            LigneEnRedaction(
                id=ligne,
                titre=(champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang + 1)),
                cellules=[self.champ(c, f"{champ.id}/{ligne}/{c.id}") for c in champ.colonnes],
                premiere=rang == 0,
                derniere=rang == len(identifiants) - 1,
            )
            for rang, ligne in enumerate(identifiants)
        ]

    def _conflit(self, champ: Champ, conflit: TexteEnConflit) -> ConflitAMontrer:
        reponse = conflit.reponse
        return ConflitAMontrer(
            pk=conflit.pk,
            champ=champ,
            le_mien=conflit.auteur_id == self.compte.pk,
            auteur=str(conflit.auteur),
            le=conflit.le,
            valeur=conflit.valeur,
            en_place=reponse.valeur,
            en_place_par=str(reponse.modifie_par),
            en_place_le=reponse.modifie_le,
        )

    def presents(self, chemins: Iterable[str]) -> list[str]:
        """Qui d'autre vient d'écrire dans l'un de ces chemins."""
        noms: dict[str, None] = {}
        for chemin in chemins:
            reponse = self.reponses.get(chemin)
            if reponse and reponse.modifie_par_id in self.collegues and reponse.modifie_le >= self.depuis:
                noms[reponse.modifie_par.prenom or str(reponse.modifie_par)] = None
        return list(noms)

    def entree(self, rubrique: Rubrique, remplis: int, attendus: int, *, courante: bool) -> EntreeMenu:
        ids = {c.id for c in rubrique.champs}
        return EntreeMenu(
            rubrique=rubrique,
            remplis=remplis,
            attendus=attendus,
            presents=self.presents(c for c in self.reponses if c.split("/")[0] in ids),
            commentaires=sum(1 for i in ids for c in self.commentaires.get(i, []) if c.regle_le is None),
            conflits=sum(1 for chemin in self.conflits if chemin.split("/")[0] in ids),
            remarques=sum(self.remarques.get(i, 0) for i in ids),
            courante=courante,
        )


def _menu(
    trame: Trame, completude: Mapping[str, tuple[int, int]], courante: Rubrique, assembleur: _Assembleur
) -> list[tuple[Rubrique, list[EntreeMenu]]]:
    return [
        (
            chapitre,
            [
                assembleur.entree(r, *completude.get(r.id, (0, 0)), courante=r.id == courante.id)
                for r in rubriques
                if r.champs
            ],
        )
        for chapitre, rubriques in trame.chapitres()
    ]


def _charger_communes(champs: list[ChampEnRedaction]) -> None:
    """Les communes de tous les champs de la page, en une requête au plus."""
    concernes = [c for c in champs if c.champ.type == "communes"]
    concernes += [c for f in champs for ligne in f.lignes for c in ligne.cellules if c.champ.type == "communes"]
    codes = {code for c in concernes for code in c.affichee or []}
    connues = Commune.objects.select_related("departement").in_bulk(codes) if codes else {}
    for champ in concernes:
        champ.communes = [connues[code] for code in champ.affichee or [] if code in connues]


@dataclass(frozen=True, slots=True)
class GroupeDeManques:
    """Ce qui manque au même endroit : une rubrique de la trame, ou une page de l'équipe."""

    titre: str
    adresse: str
    manques: list[tuple[AFaire, str]]  # chaque manque, et l'adresse où il se répare


def manques_par_endroit(dossier: Dossier) -> list[GroupeDeManques]:
    """Ce qui manque avant de figer, groupé par rubrique dans l'ordre de la trame, puis par page."""
    trame = trame_de(dossier)
    groupes: dict[tuple[str, str], GroupeDeManques] = {}
    for manque in ce_qui_manque(dossier, membres=dossier.equipe.presents):
        cle = (manque.ou, manque.rubrique)
        if cle not in groupes:
            groupes[cle] = GroupeDeManques(*_endroit(dossier, trame, manque), manques=[])
        groupes[cle].manques.append((manque, groupes[cle].adresse + _ancre(manque)))
    return list(groupes.values())


def _endroit(dossier: Dossier, trame: Trame, manque: AFaire) -> tuple[str, str]:
    match manque.ou:
        case "champ":
            adresse = reverse("dossiers:rubrique", args=[dossier.reference, manque.rubrique])
            return trame.rubrique(manque.rubrique).intitule, adresse
        case "pieces":
            return "Pièces jointes", reverse("dossiers:pieces", args=[dossier.reference])
        case "membres":
            return "Membres de l’équipe", reverse("equipes:membres", args=[dossier.equipe_id])
    return "Informations de l’équipe", reverse("equipes:fiche", args=[dossier.equipe_id])


def _ancre(manque: AFaire) -> str:
    """L'ancre du champ, de la cellule, ou de la ligne de tableau."""
    if not manque.chemin:
        return ""
    morceaux = manque.chemin.split("/")
    return f"#ligne-{morceaux[1]}" if len(morceaux) == 2 else f"#{identifiant_html(manque.chemin)}"


def premiere_a_remplir(dossier: Dossier) -> Rubrique:
    """La première rubrique où il manque une réponse, sinon la première."""
    trame = trame_de(dossier)
    manque = next((m for m in ce_qui_manque(dossier, membres=dossier.equipe.presents) if m.ou == "champ"), None)
    return trame.rubrique(manque.rubrique) if manque else rubriques_a_remplir(trame)[0]


@dataclass(frozen=True, slots=True)
class VersionAMontrer:
    """Une version d'une réponse, lisible."""

    numero: int
    sorte: str
    auteur: str
    le: datetime
    texte: str
    en_place: bool


def versions_de(dossier: Dossier, champ: Champ, chemin: str) -> list[VersionAMontrer]:
    """Les versions d'un champ, la plus récente d'abord, en deux requêtes au plus."""
    versions = list(
        VersionReponse.objects.filter(reponse__dossier=dossier, reponse__champ=chemin)
        .select_related("auteur", "reponse", "repris_de")
        .order_by("-numero")
    )
    codes = {code for v in versions for code in v.valeur or []} if champ.type == "communes" else set()
    communes = {c.code: str(c) for c in Commune.objects.filter(code__in=codes)} if codes else {}
    cellules = dict(dossier.reponses.filter(champ__startswith=f"{chemin}/").values_list("champ", "valeur"))
    return [
        VersionAMontrer(
            numero=v.numero,
            sorte=f"{v.get_sorte_display()} ({v.repris_de})" if v.repris_de else v.get_sorte_display(),
            auteur=str(v.auteur),
            le=v.le,
            texte=_texte_de_version(champ, chemin, v.valeur, communes, cellules),
            en_place=v.numero == v.reponse.version,
        )
        for v in versions
    ]


def _texte_de_version(
    champ: Champ, chemin: str, valeur: Any, communes: Mapping[str, str], cellules: Mapping[str, Any]
) -> str:
    if champ.type != "tableau":
        return valeur_lisible(champ, valeur, communes)
    lignes = []
    for rang, ligne in enumerate(valeur or [], start=1):
        titre = (champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang))
        textes = (valeur_lisible(c, cellules.get(f"{chemin}/{ligne}/{c.id}"), communes) for c in champ.colonnes)
        debut = next((t.replace("\n", " ") for t in textes if t), "sans texte")
        lignes.append(f"{titre} : {debut[:80]}")
    return "\n".join(lignes)
