"""Ce que la forme ne dit pas : les identifiants en double, les renvois vers ce qui n'existe pas."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from esperluette.referentiel.avenants import Avenant
from esperluette.referentiel.comprendre import SECTIONS, Comprendre
from esperluette.referentiel.courriers import ModeleDeCourrier
from esperluette.referentiel.criteres import FonctionInconnue, RenvoiInconnu, lier
from esperluette.referentiel.fichiers import FichierRegimes
from esperluette.referentiel.grilles import Grille
from esperluette.referentiel.modele import Aide, Critere, Demarche, Entete, Etape, Instance, Local, Regle
from esperluette.referentiel.questionnaire import Champ, Trame
from esperluette.referentiel.socle import Socle
from esperluette.referentiel.sources import suggestion
from esperluette.referentiel.yaml_situe import Chemin, FichierLu, Probleme, problemes_de_forme


def doublons(lu: FichierLu, chemin: Chemin, elements: Iterable[Any]) -> Iterator[Probleme]:
    """Deux éléments d'une liste portent le même identifiant."""
    vus: set[str] = set()
    for rang, element in enumerate(elements):
        if element.id in vus:
            yield lu.probleme((*chemin, rang, "id"), f"identifiant en double : « {element.id} »")
        vus.add(element.id)


def renvoi(lu: FichierLu, chemin: Chemin, cle: str | None, connus: Collection[str], quoi: str) -> Iterator[Probleme]:
    """Un identifiant qui ne mène nulle part."""
    if cle is not None and cle not in connus:
        yield lu.probleme(chemin, f"{quoi} « {cle} » n'existe pas ; {suggestion(cle, connus)}")


def renvois(
    lu: FichierLu, chemin: Chemin, cles: Sequence[str], connus: Collection[str], quoi: str
) -> Iterator[Probleme]:
    for rang, cle in enumerate(cles):
        yield from renvoi(lu, (*chemin, rang), cle, connus, quoi)


def de_l_entete(lu: FichierLu, entete: Entete, socle: Socle, region: str, numero: str) -> Iterator[Probleme]:
    if entete.region.cle != region:
        yield lu.probleme(
            ("region", "cle"), f"la région « {entete.region.cle} » est rangée dans le dossier « {region} »"
        )
    if entete.numero != numero:
        yield lu.probleme(("numero",), f"l'édition « {entete.numero} » est rangée dans le dossier « {numero} »")
    yield from doublons(lu, ("inconnues",), entete.inconnues)
    if entete.en_vigueur_au is not None and entete.en_vigueur_au < entete.en_vigueur_du:
        yield lu.probleme(("en_vigueur_au",), "l'édition finit avant de commencer")
    for forme in entete.formes:
        yield from renvoi(lu, ("formes", forme), forme, socle.formes, "la forme")


def du_socle(lu: FichierLu, socle: Socle) -> Iterator[Probleme]:
    """Familles et professions nommées par les professions et les groupes."""
    for rang, profession in enumerate(socle.professions.values()):
        yield from renvoi(lu, ("professions", rang, "famille"), profession.famille, socle.familles, "la famille")
    for rang, groupe in enumerate(socle.groupes.values()):
        yield from renvois(
            lu, ("groupes", rang, "professions"), groupe.professions, socle.professions, "la profession"
        )
        connus = {s.code for p in socle.professions.values() for s in p.savoir_faire}
        yield from renvois(lu, ("groupes", rang, "savoir_faire"), groupe.savoir_faire, connus, "le savoir-faire")


def des_regimes(lu: FichierLu, regimes: FichierRegimes, recours: Collection[str]) -> Iterator[Probleme]:
    """Les régimes, fonctionnements et avis que les régions reprennent."""
    for section in ("regimes", "fonctionnements", "avis"):
        yield from doublons(lu, (section,), getattr(regimes, section))
    for rang, regime in enumerate(regimes.regimes):
        yield from renvois(lu, ("regimes", rang, "recours"), regime.recours, recours, "la voie de recours")
    for rang, avis in enumerate(regimes.avis):
        yield from doublons(lu, ("avis", rang, "liste"), avis.liste)


def du_comprendre(
    lu: FichierLu, comprendre: Comprendre, socle: Comprendre | None, formes: Collection[str]
) -> Iterator[Probleme]:
    """Identifiants en double (y compris avec le socle, sauf masqués), formes et masques qui n'existent pas."""
    for section in SECTIONS:
        elements = getattr(comprendre, section)
        yield from doublons(lu, (section,), elements)
        herites = {p.id for p in getattr(socle, section, ())} - set(comprendre.masquer)
        for rang, propos in enumerate(elements):
            yield from renvois(lu, (section, rang, "formes"), propos.formes, formes, "la forme")
            if propos.id in herites:
                cause = f"« {propos.id} » existe déjà dans le socle : masquez-le (« masquer »), ou changez de nom"
                yield lu.probleme((section, rang, "id"), cause)
    connus = socle.identifiants() if socle is not None else set()
    yield from renvois(lu, ("masquer",), comprendre.masquer, connus, "dans le socle,")


def des_criteres(
    lu: FichierLu, criteres: Sequence[Critere], socle: Socle, formes: Collection[str], utilises: Collection[str]
) -> Iterator[Probleme]:
    yield from doublons(lu, ("criteres",), criteres)
    for rang, critere in enumerate(criteres):
        chemin: Chemin = ("criteres", rang)
        yield from renvois(lu, (*chemin, "formes"), critere.formes, formes, "la forme")
        yield from _de_la_regle(lu, chemin, critere, socle)
        if critere.nature in {"demarche", "aide"} and critere.id not in utilises:
            cause = f"le critère « {critere.id} » ne sert à rien : aucune démarche ni aide ne l'a dans ses conditions"
            yield lu.probleme((*chemin, "id"), cause)
    for forme in formes:
        if not any(forme in c.formes and c.nature == "composition" for c in criteres):
            yield lu.probleme(("criteres",), f"la forme « {forme} » n'a aucun critère de composition")


def _de_la_regle(lu: FichierLu, chemin: Chemin, regle: Regle, socle: Socle) -> Iterator[Probleme]:
    if regle.fonction is not None:
        try:
            lier(regle.fonction, regle.parametres, socle)
        except FonctionInconnue as erreur:
            yield lu.probleme((*chemin, "fonction"), str(erreur))
        except RenvoiInconnu as erreur:
            yield lu.probleme((*chemin, "parametres", erreur.parametre), str(erreur))
        except ValidationError as erreur:
            yield from problemes_de_forme(lu, erreur, (*chemin, "parametres"))
    quota = regle.au_moins_n
    for nom, suite in (("tous", regle.tous), ("au_moins_un", regle.au_moins_un)):
        for rang, sous_regle in enumerate(suite or ()):
            yield from _de_la_regle(lu, (*chemin, nom, rang), sous_regle, socle)
    for rang, sous_regle in enumerate(quota.parmi if quota else ()):
        yield from _de_la_regle(lu, (*chemin, "au_moins_n", "parmi", rang), sous_regle, socle)


def des_demarches(
    lu: FichierLu,
    chemin_de_region: Sequence[Etape],
    demarches: Sequence[Demarche],
    *,
    formes: Collection[str],
    criteres: Collection[str],
    trames: Collection[str],
    instances: Collection[str],
    recours: Collection[str],
) -> Iterator[Probleme]:
    yield from doublons(lu, ("chemin",), chemin_de_region)
    yield from doublons(lu, ("demarches",), demarches)
    connues = {d.id for d in demarches}
    for rang, etape in enumerate(chemin_de_region):
        yield from renvois(lu, ("chemin", rang, "formes"), etape.formes, formes, "la forme")
        yield from renvoi(lu, ("chemin", rang, "demarche"), etape.demarche, connues, "la démarche")
    for rang, demarche in enumerate(demarches):
        ici: Chemin = ("demarches", rang)
        yield from renvois(lu, (*ici, "formes"), demarche.formes, formes, "la forme")
        yield from renvois(lu, (*ici, "conditions"), demarche.conditions, criteres, "le critère")
        yield from renvois(lu, (*ici, "suites"), demarche.suites, connues, "la démarche")
        yield from renvois(lu, (*ici, "regime", "recours"), demarche.regime.recours, recours, "la voie de recours")
        yield from renvoi(lu, (*ici, "trame"), demarche.trame, trames, "la trame")
        yield from renvoi(lu, (*ici, "instance"), demarche.instance, instances, "l'instance")
        yield from doublons(lu, (*ici, "pieces"), demarche.pieces)


def de_l_avenant(
    lu: FichierLu, avenant: Avenant | None, *, trames: Collection[str], instances: Collection[str]
) -> Iterator[Probleme]:
    """La trame et l'instance d'un avenant existent ; ses natures ont chacune leur nom."""
    if avenant is None:
        return
    yield from renvoi(lu, ("avenant", "trame"), avenant.trame, trames, "la trame")
    yield from renvoi(lu, ("avenant", "instance"), avenant.instance, instances, "l'instance")
    yield from doublons(lu, ("avenant", "natures"), avenant.natures)
    yield from doublons(lu, ("avenant", "pieces"), avenant.pieces)


def des_aides(
    lu: FichierLu,
    aides: Sequence[Aide],
    *,
    formes: Collection[str],
    criteres: Collection[str],
    demarches: Collection[str],
) -> Iterator[Probleme]:
    yield from doublons(lu, ("aides",), aides)
    for rang, aide in enumerate(aides):
        yield from renvois(lu, ("aides", rang, "formes"), aide.formes, formes, "la forme")
        yield from renvois(lu, ("aides", rang, "conditions"), aide.conditions, criteres, "le critère")
        yield from renvoi(lu, ("aides", rang, "demarche"), aide.demarche, demarches, "la démarche")


def des_instances(lu: FichierLu, instances: Sequence[Instance], demarches: Collection[str]) -> Iterator[Probleme]:
    yield from doublons(lu, ("instances",), instances)
    for rang, instance in enumerate(instances):
        yield from doublons(lu, ("instances", rang, "sieges"), instance.sieges)
        yield from doublons(lu, ("instances", rang, "avis", "liste"), instance.avis.liste)
        yield from doublons(lu, ("instances", rang, "affaires"), instance.affaires)
        for i, affaire in enumerate(instance.affaires):
            chemin: Chemin = ("instances", rang, "affaires", i, "demarches")
            yield from renvois(lu, chemin, affaire.demarches, demarches, "la démarche")


def des_grilles(
    lu: FichierLu,
    grilles: Sequence[Grille],
    *,
    formes: Collection[str],
    trames: Collection[Trame],
    demarches: Mapping[str, Trame | None] = MappingProxyType({}),
    criteres: Collection[str] = (),
) -> Iterator[Probleme]:
    """Identifiants en double, démarches, formes et règles inconnues, notions qu'aucune trame visée ne porte."""
    yield from doublons(lu, ("grilles",), grilles)
    vues: dict[tuple[str, str], str] = {}
    for rang, grille in enumerate(grilles):
        ici: Chemin = ("grilles", rang)
        yield from renvois(lu, (*ici, "formes"), grille.formes, formes, "la forme")
        yield from renvois(lu, (*ici, "demarches"), grille.demarches, demarches, "la démarche")
        for i, cible in enumerate((*grille.demarches, *grille.formes)):
            if autre := vues.setdefault((grille.usage, cible), ""):
                chemin: Chemin = (*ici, "demarches" if grille.demarches else "formes", i)
                yield lu.probleme(chemin, f"« {cible} » a déjà une grille de cet usage : « {autre} »")
            vues[grille.usage, cible] = grille.id
        yield from doublons(lu, (*ici, "criteres"), grille.criteres)
        visees = [demarches.get(d) for d in grille.demarches] if grille.demarches else trames
        notions = {c.cle_de_reprise for t in visees if t is not None for _, c in t.champs()}
        for i, critere in enumerate(grille.criteres):
            la: Chemin = (*ici, "criteres", i)
            yield from renvoi(lu, (*la, "critere_edition"), critere.critere_edition, criteres, "le critère")
            yield from renvois(lu, (*la, "notions"), critere.notions, notions, "la notion")


def du_local(lu: FichierLu, local: Local, instances: Collection[str]) -> Iterator[Probleme]:
    yield from doublons(lu, ("contacts",), local.contacts)
    yield from doublons(lu, ("structures",), local.structures)
    vues: set[tuple[str, object]] = set()
    for rang, seance in enumerate(local.seances):
        yield from renvoi(lu, ("seances", rang, "instance"), seance.instance, instances, "l'instance")
        if (seance.instance, seance.date) in vues:
            yield lu.probleme(("seances", rang, "date"), f"séance écrite deux fois : {seance.date:%d/%m/%Y}")
        vues.add((seance.instance, seance.date))


def des_courriers(
    lu: FichierLu, courriers: Sequence[ModeleDeCourrier], demarches: Collection[str]
) -> Iterator[Probleme]:
    """Identifiants en double, démarches inconnues, deux modèles pour un même usage d'une même démarche."""
    yield from doublons(lu, ("courriers",), courriers)
    vus: set[tuple[str, str]] = set()
    for rang, modele in enumerate(courriers):
        yield from renvois(lu, ("courriers", rang, "demarches"), modele.demarches, demarches, "la démarche")
        for cle in ((modele.usage, d) for d in modele.demarches or ("",)):
            if cle in vus:
                yield lu.probleme(("courriers", rang, "usage"), f"deux modèles pour « {modele.usage} »")
            vus.add(cle)


def des_trames(trames: Mapping[str, tuple[FichierLu, Trame]]) -> Iterator[Probleme]:
    """Chaque trame, puis ce qu'elles ont en commun : une même notion y a le même type."""
    notions: dict[str, tuple[str, Champ]] = {}
    for nom, (lu, trame) in trames.items():
        yield from de_la_trame(lu, trame, nom.rpartition("/")[2])
        for i, rubrique in enumerate(trame.rubriques):
            for j, champ in enumerate(rubrique.champs):
                ailleurs, autre = notions.setdefault(champ.cle_de_reprise, (nom, champ))
                chemin: Chemin = ("rubriques", i, "champs", j, "type")
                for cause in _notions_contraires(champ, autre, ailleurs):
                    yield lu.probleme(chemin, cause)


def _notions_contraires(champ: Champ, autre: Champ, ailleurs: str) -> Iterator[str]:
    """En quoi deux champs d'une même notion ne peuvent pas se reprendre l'un l'autre."""
    if champ.type != autre.type:
        yield (
            f"« {champ.cle_de_reprise} » est de type {champ.type}, et de type {autre.type} dans la trame {ailleurs} : "
            "même type pour la même question, ou une autre « notion »"
        )
        return
    colonnes = {c.cle_de_reprise: c for c in autre.colonnes}
    for colonne in champ.colonnes:
        semblable = colonnes.get(colonne.cle_de_reprise)
        if semblable is not None:
            yield from _notions_contraires(colonne, semblable, ailleurs)


def de_la_trame(lu: FichierLu, trame: Trame, nom: str) -> Iterator[Probleme]:
    if trame.id != nom:
        yield lu.probleme(("id",), f"la trame « {trame.id} » est écrite dans le fichier « {nom}.yaml »")
    yield from doublons(lu, ("rubriques",), trame.rubriques)
    types = {c.id: c for r in trame.rubriques for c in r.champs}
    vus: set[str] = set()
    for i, rubrique in enumerate(trame.rubriques):
        for j, champ in enumerate(rubrique.champs):
            ici: Chemin = ("rubriques", i, "champs", j)
            if champ.id in vus:
                yield lu.probleme((*ici, "id"), f"identifiant en double : « {champ.id} »")
            vus.add(champ.id)
            if champ.si is None:
                continue
            yield from renvoi(lu, (*ici, "si", "champ"), champ.si.champ, types.keys() - {champ.id}, "le champ")
            visee = champ.si.vaut or champ.si.contient
            if visee and champ.si.champ in types:
                options = [o.id for o in types[champ.si.champ].options]
                yield from renvoi(lu, (*ici, "si"), visee, options, "l'option")
