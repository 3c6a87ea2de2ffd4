"""Relire une importation : ce que dit le fichier, à côté de ce qui est en place. Requêtes constantes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from esperluette.comptes.models import Compte
from esperluette.dossiers.affichage import valeur_lisible
from esperluette.dossiers.chemins import assembler
from esperluette.dossiers.droits import peut_rediger
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import contexte_de, membres_de, trame_de
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.dossiers.registre import ouvert_a_l_ecriture
from esperluette.importations.lecteur.analyse import PROBABLE, SURE
from esperluette.importations.lecteur.textes import cle
from esperluette.importations.lecteur.valeurs import CommuneLue
from esperluette.importations.models import Importation, MembreTrouve, MorceauARanger, Proposition
from esperluette.referentiel.modele import Champ, Rubrique, Trame
from esperluette.referentiel.trames import est_vide, valeur_effective
from esperluette.territoires.lectures import resoudre
from esperluette.territoires.models import Commune

COMMUNES_CHERCHEES = 100
_SANS_SUITE = frozenset({"date", "nombre", "choix"})


def retrouver(lues: Iterable[CommuneLue], implantation: Commune) -> tuple[list[str], list[str]]:
    """(codes INSEE, noms non retrouvés). Deux homonymes : celle du département de l'équipe, sinon personne."""
    codes: dict[str, None] = {}
    inconnues: list[str] = []
    for lue in list(lues)[:COMMUNES_CHERCHEES]:
        code = _code(lue, implantation)
        if code:
            codes[code] = None
        else:
            inconnues.append(str(lue))
    return list(codes), inconnues


def _code(lue: CommuneLue, implantation: Commune) -> str:
    trouvee = resoudre(f"{lue.nom} {lue.code}".strip())
    if trouvee.commune is None and lue.nom and lue.code:
        trouvee = resoudre(lue.nom)
    if trouvee.commune is not None:
        return str(trouvee.commune.pk)
    voisines = [c for c in trouvee.candidates if c.departement_id == implantation.departement_id]
    memes = [c for c in voisines if cle(c.nom) == cle(lue.nom)] or voisines
    return str(memes[0].pk) if len(memes) == 1 else ""


@dataclass(frozen=True, slots=True)
class EnPlace:
    """La réponse actuelle d'un champ. `version` : 0 si personne ne l'a écrite."""

    valeur: Any
    texte: str
    version: int
    vide: bool
    preremplie: bool = False


@dataclass(frozen=True, slots=True)
class Relecture:
    """Une proposition et la réponse en place. `identique` : il n'y a rien à décider."""

    proposition: Proposition
    champ: Champ
    en_place: EnPlace
    identique: bool
    a_la_suite: bool
    ferme: str = ""  # pourquoi cette réponse ne change pas en ce moment

    @property
    def a_decider(self) -> bool:
        return not self.proposition.choix and not self.identique and not self.ferme

    @property
    def ton(self) -> str:
        confiance = self.proposition.confiance
        return "succes" if confiance >= SURE else "info" if confiance >= PROBABLE else "attention"

    @property
    def certitude(self) -> str:
        confiance = self.proposition.confiance
        return "Reconnu" if confiance >= SURE else "Probable" if confiance >= PROBABLE else "À vérifier"

    @property
    def annulable(self) -> bool:
        return bool(self.proposition.choix)


@dataclass(slots=True)
class RubriqueARelire:
    rubrique: Rubrique
    relectures: list[Relecture] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PersonneTrouvee:
    """Une personne du fichier. `deja` : elle est dans l'équipe."""

    trouvee: MembreTrouve
    deja: bool


@dataclass(frozen=True, slots=True)
class ARelire:
    """Tout l'écran de relecture."""

    rubriques: list[RubriqueARelire]
    morceaux: list[MorceauARanger]
    personnes: list[PersonneTrouvee]
    champs: list[tuple[str, list[Champ]]]  # où ranger un morceau : rubrique, questions à texte

    @property
    def relectures(self) -> list[Relecture]:
        return [r for rubrique in self.rubriques for r in rubrique.relectures]

    @property
    def a_decider(self) -> list[Relecture]:
        return [r for r in self.relectures if r.a_decider]

    @property
    def vides(self) -> int:
        """Les propositions qui ne remplaceraient rien."""
        return sum(r.en_place.vide for r in self.a_decider)

    @property
    def a_ranger(self) -> int:
        return sum(not m.sort for m in self.morceaux)

    @property
    def annulables(self) -> int:
        return sum(bool(r.proposition.ecrits) for r in self.relectures) + sum(bool(m.ecrits) for m in self.morceaux)


def a_relire(importation: Importation) -> ARelire:
    """L'importation entière ; nombre de requêtes fixe."""
    dossier = importation.dossier
    trame = trame_de(dossier)
    places = en_place(dossier, trame)
    par_rubrique: dict[str, RubriqueARelire] = {}
    for proposition in importation.propositions.select_related("decidee_par"):
        champ = trame.champ(proposition.champ)
        rubrique = trame.rubrique_de(champ.id)
        ouverte = ouvert_a_l_ecriture(dossier, champ.id)
        relecture = _relecture(proposition, champ, places[champ.id], "" if ouverte else ouverte.motif)
        par_rubrique.setdefault(rubrique.id, RubriqueARelire(rubrique)).relectures.append(relecture)
    presents = {(cle(m.nom), cle(m.prenom)) for m in dossier.equipe.membres.presents()}
    return ARelire(
        rubriques=[par_rubrique[r.id] for r in trame.rubriques if r.id in par_rubrique],
        morceaux=list(importation.morceaux.all()),
        personnes=[
            PersonneTrouvee(m, m.membre_id is not None or (cle(m.nom), cle(m.prenom)) in presents)
            for m in importation.membres.filter(ecarte_le=None)
        ],
        champs=[
            (r.intitule, textes)
            for r in trame.rubriques
            if (textes := [c for c in r.champs if c.type in {"texte", "texte_riche"}])
        ],
    )


def _relecture(proposition: Proposition, champ: Champ, place: EnPlace, ferme: str) -> Relecture:
    return Relecture(
        proposition=proposition,
        champ=champ,
        en_place=place,
        identique=not proposition.choix and _sans_identifiants(place.valeur) == proposition.valeur,
        a_la_suite=not place.vide and champ.type not in _SANS_SUITE,
        ferme=ferme,
    )


def _sans_identifiants(valeur: Any) -> Any:
    """Les lignes d'un tableau telles qu'on les propose : sans identifiant ni case vide."""
    if isinstance(valeur, list) and valeur and isinstance(valeur[0], dict):
        return [{c: v for c, v in ligne.items() if c != "id" and v not in (None, "", [])} for ligne in valeur]
    return valeur


def en_place(dossier: Dossier, trame: Trame) -> dict[str, EnPlace]:
    """La réponse actuelle de chaque champ, celle que la fiche de l'équipe préremplit comprise."""
    reponses = {r.champ: r for r in Reponse.objects.filter(dossier=dossier)}
    valeurs = assembler(trame, {chemin: r.valeur for chemin, r in reponses.items()})
    contexte = contexte_de(dossier, membres_de(dossier))
    communales = [c for _, c in trame.champs() if c.type == "communes"]
    codes = {code for c in communales for code in valeur_effective(c, valeurs, contexte) or []}
    noms = dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom"))
    places = {}
    for _, champ in trame.champs():
        if champ.type == "membres":
            continue
        ecrite, valeur = valeurs.get(champ.id), valeur_effective(champ, valeurs, contexte)
        places[champ.id] = EnPlace(
            valeur=valeur,
            texte=_lisible(champ, valeur, noms),
            version=reponses[champ.id].version if champ.id in reponses else 0,
            vide=est_vide(champ, valeur),
            preremplie=est_vide(champ, ecrite) and not est_vide(champ, valeur),
        )
    return places


def _lisible(champ: Champ, valeur: Any, noms: dict[str, str]) -> str:
    if champ.type != "tableau":
        return valeur_lisible(champ, valeur, noms)
    fiches = []
    for rang, ligne in enumerate(valeur or [], start=1):
        titre = (champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang))
        cases = [
            f"{c.libelle.rstrip(' :')} : {valeur_lisible(c, ligne.get(c.id), noms)}"
            for c in champ.colonnes
            if not est_vide(c, ligne.get(c.id))
        ]
        fiches.append("\n".join([titre, *cases]))
    return "\n\n".join(fiches)


def fusionner(champ: Champ, avant: Any, apres: Any) -> Any:
    """`apres` mis à la suite d'`avant`, selon le type du champ (hors tableau)."""
    if est_vide(champ, avant):
        return apres
    if champ.type == "texte_riche":
        return f"{avant}{apres}"
    if champ.type == "texte":
        return f"{avant}\n\n{apres}"
    if champ.type in {"cases", "communes"}:
        return list(dict.fromkeys([*avant, *apres]))
    return apres


def importables(compte: Compte) -> list[Dossier]:
    """Les dossiers où ce compte peut importer une trame ; les plus récents d'abord."""
    visibles = Dossier.objects.visibles_par(compte).filter(etat__in=Etat.MODIFIABLES)
    dossiers = visibles.select_related("equipe__implantation").prefetch_related("equipe__membres")
    return [d for d in dossiers if peut_rediger(compte, d)]
