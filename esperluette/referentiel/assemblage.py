"""D'un dossier de fichiers à une `Edition` : forme de chaque fichier, puis renvois entre fichiers. Sans Django."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from esperluette.referentiel import communs, renvois
from esperluette.referentiel.comprendre import Comprendre
from esperluette.referentiel.courriers import FichierCourriers
from esperluette.referentiel.criteres import RegleLiee, Situation, lier
from esperluette.referentiel.empreintes import empreinte
from esperluette.referentiel.fichiers import (
    ELEMENTS_DU_SOCLE,
    FACULTATIFS,
    FICHIERS_D_UNE_EDITION,
    FICHIERS_DU_SOCLE,
    EnteteDuSocle,
    FichierAides,
    FichierCriteres,
    FichierDemarches,
    FichierFormes,
    FichierInstances,
    FichierProfessions,
    FichierRegimes,
    FichierTextes,
    FichierZonages,
)
from esperluette.referentiel.grilles import FichierGrilles
from esperluette.referentiel.modele import Edition, Entete, Local, Regle
from esperluette.referentiel.questionnaire import Trame
from esperluette.referentiel.socle import SORTES, AdaptationInvalide, Socle
from esperluette.referentiel.sources import Document
from esperluette.referentiel.verdicts import Verdict, au_moins_n, au_moins_un, tous
from esperluette.referentiel.yaml_situe import FichierInvalide, FichierLu, Probleme, lire, problemes_de_forme

M = TypeVar("M", bound=BaseModel)
Documents = Mapping[str, Document]
TRAMES_DU_SOCLE = "national/"


class EditionInvalide(FichierInvalide):
    """Une édition qui ne se charge pas : `fichier`, `ligne`, `cause`, et tous ses `problemes`."""


# --- Lire un dossier en gardant tous ses problèmes ---------------------------------------------------


@dataclass
class _Chantier:
    """Les fichiers d'un dossier, et les problèmes rencontrés en chemin : on les dit tous, pas le premier seul."""

    dossier: Path
    lus: dict[str, FichierLu] = field(default_factory=dict)
    problemes: list[Probleme] = field(default_factory=list)

    def nom(self, fichier: Path) -> str:
        """Assez de chemin pour retrouver le fichier : région/numéro/fichier."""
        return fichier.relative_to(self.dossier.parent.parent).as_posix()

    def ouvrir(self, attendus: Mapping[str, type[BaseModel]]) -> None:
        for fichier in sorted(self.dossier.rglob("*.yaml")):
            relatif = fichier.relative_to(self.dossier).as_posix()
            if relatif.startswith("cas/"):
                continue
            if relatif not in attendus and fichier.parent != self.dossier / "trames":
                self.problemes.append(Probleme(self.nom(fichier), 1, "fichier inattendu dans une édition"))
                continue
            try:
                self.lus[relatif] = lire(fichier.read_text(encoding="utf-8"), self.nom(fichier))
            except FichierInvalide as erreur:
                self.problemes.extend(erreur.problemes)
            except UnicodeDecodeError:
                self.problemes.append(Probleme(self.nom(fichier), 1, "le fichier n'est pas en UTF-8"))
        presents = {f.relative_to(self.dossier).as_posix() for f in self.dossier.rglob("*.yaml")}
        for manquant in sorted(attendus.keys() - FACULTATIFS - presents):
            self.problemes.append(Probleme(self.nom(self.dossier / manquant), 1, "ce fichier manque"))
        self.arreter()

    def valider(self, relatif: str, forme: type[M], documents: Documents | None) -> M:
        """Le contenu typé du fichier. Invalide : ses problèmes sont notés, `arreter` les lèvera."""
        lu = self.lus.get(relatif)
        if lu is None:
            return forme()  # un fichier facultatif absent vaut un fichier vide
        try:
            return forme.model_validate(lu.contenu, context={"documents": documents})
        except ValidationError as erreur:
            self.problemes.extend(problemes_de_forme(lu, erreur))
            return forme.model_construct()

    def trames(self, documents: Documents) -> dict[str, Trame]:
        """Les trames du dossier, par nom de fichier."""
        noms = [nom for nom in self.lus if nom.startswith("trames/")]
        return {Path(nom).stem: self.valider(nom, Trame, documents) for nom in noms}

    def reprendre(self, relatif: str, communs_du_socle: communs.Communs) -> None:
        """Remplace dans le fichier chaque `commun: identifiant` par ce que le socle en dit."""
        if relatif in self.lus:
            self.lus[relatif], problemes = communs.reprendre(self.lus[relatif], communs_du_socle)
            self.problemes.extend(problemes)

    def documents(self, relatif: str) -> dict[str, Document]:
        """Les documents que déclare le fichier : il faut les connaître avant de lire les sources."""
        lu = self.lus[relatif]
        brut = lu.contenu.get("documents", ()) if isinstance(lu.contenu, dict) else ()
        try:
            documents = TypeAdapter(tuple[Document, ...]).validate_python(brut)
        except ValidationError as erreur:
            self.problemes.extend(problemes_de_forme(lu, erreur, ("documents",)))
            self.arreter()
        self.problemes.extend(renvois.doublons(lu, ("documents",), documents))
        return {d.id: d for d in documents}

    def arreter(self) -> None:
        """Lève `EditionInvalide` si un problème a été rencontré."""
        if self.problemes:
            raise EditionInvalide(self.problemes)


# --- Le socle -----------------------------------------------------------------------------------------


def assembler_socle(dossier: Path) -> Socle:
    """Le socle national d'un dossier ; lève `EditionInvalide`."""
    chantier = _Chantier(dossier)
    chantier.ouvrir(FICHIERS_DU_SOCLE)
    documents = chantier.documents("textes.yaml")
    entete = chantier.valider("edition.yaml", EnteteDuSocle, documents)
    textes = chantier.valider("textes.yaml", FichierTextes, documents)
    professions = chantier.valider("professions.yaml", FichierProfessions, documents)
    formes = chantier.valider("formes.yaml", FichierFormes, documents)
    zonages = chantier.valider("zonages.yaml", FichierZonages, documents)
    regimes = chantier.valider("regimes.yaml", FichierRegimes, documents)
    comprendre = chantier.valider("comprendre.yaml", Comprendre, documents)
    courriers = chantier.valider("courriers.yaml", FichierCourriers, documents)
    grilles = chantier.valider("grilles.yaml", FichierGrilles, documents)
    trames = chantier.trames(documents)
    chantier.arreter()
    contenus = {"textes": textes, "professions": professions, "formes": formes, "zonages": zonages}
    for fichier, contenu in contenus.items():
        lu = chantier.lus[f"{fichier}.yaml"]
        for sorte in SORTES:
            chantier.problemes.extend(renvois.doublons(lu, (sorte,), getattr(contenu, sorte, ())))
    socle = Socle(
        numero=entete.numero,
        libelle=entete.libelle,
        en_vigueur_du=entete.en_vigueur_du,
        empreinte=empreinte(dossier),
        documents=documents,
        familles=_par_id(professions.familles),
        professions=_par_id(professions.professions),
        groupes=_par_id(professions.groupes),
        autres_metiers=_par_id(professions.autres_metiers),
        formes=_par_id(formes.formes),
        zonages=_par_id(zonages.zonages),
        recours=_par_id(textes.recours),
        trames=trames,
        comprendre=comprendre,
        courriers=courriers.courriers,
        grilles=grilles.grilles,
        communs=communs.lire(chantier.lus.get("regimes.yaml")),
        avenant=regimes.avenant,
    )
    chantier.problemes.extend(_renvois_du_socle(chantier, socle, regimes))
    chantier.arreter()
    return socle


def _renvois_du_socle(chantier: _Chantier, socle: Socle, regimes: FichierRegimes) -> Iterator[Probleme]:
    vide = FichierLu("", {}, {})
    yield from renvois.du_socle(chantier.lus["professions.yaml"], socle)
    yield from renvois.des_regimes(chantier.lus.get("regimes.yaml", vide), regimes, socle.recours.keys())
    nationales = {TRAMES_DU_SOCLE + nom for nom in socle.trames}
    lu = chantier.lus.get("regimes.yaml", vide)
    yield from renvois.de_l_avenant(lu, socle.avenant, trames=nationales, instances=())
    lu = chantier.lus.get("comprendre.yaml", vide)
    yield from renvois.du_comprendre(lu, socle.comprendre, None, socle.formes.keys())
    lu = chantier.lus.get("courriers.yaml", vide)
    yield from renvois.des_courriers(lu, socle.courriers, ())
    yield from renvois.des_trames({nom: (chantier.lus[f"trames/{nom}.yaml"], t) for nom, t in socle.trames.items()})
    yield from renvois.des_grilles(
        chantier.lus.get("grilles.yaml", vide), socle.grilles, formes=socle.formes.keys(), trames=socle.trames.values()
    )


def _par_id(elements: tuple[Any, ...]) -> dict[str, Any]:
    return {e.id: e for e in elements}


def _socle_adapte(chantier: _Chantier, entete: Entete, national: Callable[[str], Socle]) -> Socle:
    """Le socle nommé par l'édition, complété, renommé et masqué comme elle le demande."""
    lu = chantier.lus["edition.yaml"]
    try:
        socle = national(entete.socle)
    except LookupError as erreur:
        raise EditionInvalide([lu.probleme(("socle",), str(erreur))]) from erreur
    documents = {**socle.documents, **chantier.documents("edition.yaml")}
    ajouts: dict[str, dict[str, Any]] = {}
    for sorte, elements in entete.adaptation.completer.items():
        chemin = ("adaptation", "completer", sorte)
        chantier.problemes.extend(renvois.renvoi(lu, chemin, sorte, SORTES, "la collection"))
        for rang, brut in enumerate(elements if sorte in SORTES else ()):
            try:
                element: Any = ELEMENTS_DU_SOCLE[sorte].model_validate(brut, context={"documents": documents})
            except ValidationError as erreur:
                chantier.problemes.extend(problemes_de_forme(lu, erreur, (*chemin, rang)))
            else:
                ajouts.setdefault(sorte, {})[element.id] = element
    chantier.arreter()
    try:
        adapte = socle.adapter(entete.adaptation, ajouts)
    except AdaptationInvalide as erreur:
        raise EditionInvalide([lu.probleme(("adaptation", *erreur.chemin), str(erreur))]) from erreur
    return replace(adapte, documents=documents)


# --- L'édition ------------------------------------------------------------------------------------------


def assembler_edition(dossier: Path, national: Callable[[str], Socle]) -> Edition:
    """L'édition d'un dossier ; `national` rend un socle par son numéro. Lève `EditionInvalide`."""
    chantier = _Chantier(dossier)
    chantier.ouvrir(FICHIERS_D_UNE_EDITION)
    entete = chantier.valider("edition.yaml", Entete, _documents_provisoires(chantier, national))
    chantier.arreter()
    socle = _socle_adapte(chantier, entete, national)
    documents = socle.documents
    criteres = chantier.valider("criteres.yaml", FichierCriteres, documents)
    for fichier in ("demarches.yaml", "instances.yaml"):
        chantier.reprendre(fichier, socle.communs)
    demarches = chantier.valider("demarches.yaml", FichierDemarches, documents)
    aides = chantier.valider("aides.yaml", FichierAides, documents)
    instances = chantier.valider("instances.yaml", FichierInstances, documents)
    local = chantier.valider("local.yaml", Local, documents)
    grilles = chantier.valider("grilles.yaml", FichierGrilles, documents)
    comprendre = chantier.valider("comprendre.yaml", Comprendre, documents)
    courriers = chantier.valider("courriers.yaml", FichierCourriers, documents)
    trames = chantier.trames(documents)
    chantier.arreter()
    avenant = (demarches.avenant or socle.avenant) if any(d.reconnait for d in demarches.demarches) else None
    voulues = {d.trame for d in demarches.demarches} | ({avenant.trame} if avenant else set())
    nationales = {TRAMES_DU_SOCLE + nom: trame for nom, trame in socle.trames.items()}
    edition = Edition(
        entete=entete,
        socle=socle,
        documents=documents,
        criteres=criteres.criteres,
        regles={},
        chemin=demarches.chemin,
        demarches=demarches.demarches,
        aides=aides.aides,
        instances=instances.instances,
        trames={**trames, **{nom: t for nom, t in nationales.items() if nom in voulues}},
        comprendre=socle.comprendre.avec(comprendre),
        local=local,
        grilles=grilles.grilles,
        empreinte=empreinte(dossier),
        avenant=avenant,
        courriers=courriers.courriers,
        dossier=str(dossier),
    )
    chantier.problemes.extend(_renvois(chantier, edition, comprendre))
    chantier.arreter()
    return replace(edition, regles={c.id: _lier(c, socle) for c in edition.criteres})


def _documents_provisoires(chantier: _Chantier, national: Callable[[str], Socle]) -> Documents:
    """De quoi lire les sources de `edition.yaml` lui-même ; un socle inconnu sera dit ensuite, avec sa ligne."""
    contenu = chantier.lus["edition.yaml"].contenu
    numero = contenu.get("socle") if isinstance(contenu, dict) else None
    try:
        communs = dict(national(numero).documents) if isinstance(numero, str) else {}
    except LookupError:
        communs = {}
    return {**communs, **chantier.documents("edition.yaml")}


def _renvois(chantier: _Chantier, edition: Edition, comprendre: Comprendre) -> Iterator[Probleme]:
    dossier, lus = chantier.dossier, chantier.lus
    vide = FichierLu("", {}, {})
    formes = set(edition.entete.formes)
    criteres = {c.id for c in edition.criteres if c.nature != "attention"}
    demarches = {d.id for d in edition.demarches}
    instances = {i.id for i in edition.instances}
    utilises = {c for conditions in edition.conditions() for c in conditions}
    region, numero = dossier.parent.name, dossier.name
    yield from renvois.de_l_entete(lus["edition.yaml"], edition.entete, edition.socle, region, numero)
    yield from renvois.des_criteres(lus["criteres.yaml"], edition.criteres, edition.socle, formes, utilises)
    yield from renvois.des_demarches(
        lus.get("demarches.yaml", vide),
        edition.chemin,
        edition.demarches,
        formes=formes,
        criteres=criteres,
        trames={*edition.trames, *(TRAMES_DU_SOCLE + nom for nom in edition.socle.trames)},
        instances=instances,
        recours=edition.socle.recours.keys(),
    )
    trames_connues = {*edition.trames, *(TRAMES_DU_SOCLE + nom for nom in edition.socle.trames)}
    propre = edition.avenant if edition.avenant is not edition.socle.avenant else None
    lu = lus.get("demarches.yaml", vide)
    yield from renvois.de_l_avenant(lu, propre, trames=trames_connues, instances=instances)
    yield from renvois.des_aides(
        lus.get("aides.yaml", vide), edition.aides, formes=formes, criteres=criteres, demarches=demarches
    )
    yield from renvois.des_instances(lus.get("instances.yaml", vide), edition.instances, demarches)
    yield from renvois.du_local(lus.get("local.yaml", vide), edition.local, instances)
    lu = lus.get("comprendre.yaml", vide)
    yield from renvois.du_comprendre(lu, comprendre, edition.socle.comprendre, edition.socle.formes.keys())
    yield from renvois.des_courriers(lus.get("courriers.yaml", vide), edition.courriers, demarches)
    yield from renvois.des_grilles(
        lus.get("grilles.yaml", vide),
        edition.grilles,
        formes=formes,
        trames=edition.trames.values(),
        demarches={d.id: edition.trames.get(d.trame or "") for d in edition.demarches},
        criteres={c.id for c in edition.criteres},
    )
    lues = {nom: (lus.get(f"trames/{nom}.yaml", vide), trame) for nom, trame in edition.trames.items()}
    yield from renvois.des_trames(lues)


def _lier(regle: Regle, socle: Socle) -> RegleLiee:
    """La règle exécutable, combinaisons comprises."""
    if regle.fonction is not None:
        return lier(regle.fonction, regle.parametres, socle)
    if regle.au_moins_n is not None:
        n, parmi = regle.au_moins_n.n, [_lier(r, socle) for r in regle.au_moins_n.parmi]
        return partial(_appliquer, partial(au_moins_n, n), parmi)
    if regle.tous is not None:
        return partial(_appliquer, tous, [_lier(r, socle) for r in regle.tous])
    return partial(_appliquer, au_moins_un, [_lier(r, socle) for r in regle.au_moins_un or ()])


def _appliquer(
    combinaison: Callable[[Iterator[Verdict]], Verdict], regles: list[RegleLiee], situation: Situation
) -> Verdict:
    return combinaison(regle(situation) for regle in regles)
