"""L'avenant à un projet accepté : ce qui fait référence, et ce que l'avenant y change, mot à mot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esperluette.commun.comparaison import Segment, change_quelque_chose, comparer
from esperluette.dossiers.affichage import valeur_lisible
from esperluette.dossiers.chemins import TYPES_DERIVES, assembler
from esperluette.dossiers.contenu import metier_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import edition_de, trame_de, valeurs_de
from esperluette.dossiers.models import Depot, Dossier, Reponse
from esperluette.referentiel.modele import Champ, Trame
from esperluette.territoires.models import Commune


def versions_acceptees(projet: Dossier, *, avant: Dossier | None = None) -> list[Dossier]:
    """Le projet accepté puis ses avenants acceptés, dans l'ordre ; `avant` : ceux qui précèdent cet avenant."""
    avenants = projet.avenants.filter(etat=Etat.ACCEPTE).order_by("pk")
    if avant is not None:
        avenants = avenants.filter(pk__lt=avant.pk)
    return [projet, *avenants]


def reponses_de_reference(projet: Dossier, *, avant: Dossier | None = None) -> dict[str, Reponse]:
    """Par chemin, la réponse qui fait référence : celle du projet, ou du dernier avenant accepté qui l'a rouverte.

    Les réponses d'un dossier accepté ne changent plus : ce sont celles de son dernier dépôt. Deux requêtes.
    """
    versions = versions_acceptees(projet, avant=avant)
    par_dossier: dict[int, dict[str, Reponse]] = {v.pk: {} for v in versions}
    for reponse in Reponse.objects.filter(dossier__in=versions).select_related("dossier"):
        par_dossier[reponse.dossier_id][reponse.champ] = reponse
    reference: dict[str, Reponse] = {}
    for version in versions:
        rouverts = {champ.id for _, champ in trame_de(version).champs()}
        reference = {c: r for c, r in reference.items() if c.split("/")[0] not in rouverts}
        reference |= par_dossier[version.pk]
    return reference


def depot_de_reference(projet: Dossier) -> Depot | None:
    """La version qui fait référence : le dernier dépôt du dernier dossier accepté."""
    derniere = versions_acceptees(projet)[-1]
    return derniere.depots.filter(depose_le__isnull=False).first()


@dataclass(frozen=True, slots=True)
class Difference:
    """Un champ du projet, et ce que l'avenant y change."""

    rubrique: str
    champ: str
    segments: list[Segment]

    @property
    def change(self) -> bool:
        return change_quelque_chose(self.segments)


def differences(avenant: Dossier, depot: Depot | None = None) -> list[Difference]:
    """Champ par champ, le projet qui faisait référence et l'avenant (`depot`, sinon le brouillon), dans l'ordre.

    Seulement ce qui change ; les membres se comparent à ceux du dernier dépôt de référence.
    """
    projet = avenant.avenant_de
    if projet is None:
        return []
    trame = trame_de(avenant)
    precedentes = reponses_de_reference(projet, avant=avenant)
    avant = assembler(trame, {chemin: r.valeur for chemin, r in precedentes.items()})
    apres = depot.contenu["reponses"] if depot is not None else valeurs_de(avenant)
    propres = {champ.id for _, champ in edition_de(avenant).trame(avenant.demarche).champs()}
    communes = _communes(trame, avant, apres)
    trouvees = []
    for rubrique, champ in trame.champs():
        if champ.id in propres or champ.type in TYPES_DERIVES:
            continue
        segments = comparer(
            en_mots(champ, avant.get(champ.id), communes), en_mots(champ, apres.get(champ.id), communes)
        )
        trouvees.append(Difference(rubrique.intitule, champ.libelle, segments))
    return [d for d in [*_membres(avenant, projet, depot), *trouvees] if d.change]


def _membres(avenant: Dossier, projet: Dossier, depot: Depot | None) -> list[Difference]:
    """Qui est entré, qui est sorti, entre la version de référence et l'avenant."""
    derniere = versions_acceptees(projet, avant=avenant)[-1]
    reference = derniere.depots.filter(depose_le__isnull=False).first()
    if reference is None:
        return []
    if depot is not None:
        presents = depot.contenu["membres"]
    else:
        edition = edition_de(avenant)
        presents = [
            {"prenom": m.prenom, "nom": m.nom, "profession": metier_de(edition, m)} for m in avenant.equipe.presents
        ]
    return [Difference("L’équipe", "Les membres", comparer(_liste(reference.contenu["membres"]), _liste(presents)))]


def _liste(membres: Sequence[Mapping[str, Any]]) -> str:
    return "".join(sorted(f"{m['prenom']} {m['nom']}, {m['profession']}\n" for m in membres))


def en_mots(champ: Champ, valeur: Any, communes: Mapping[str, str]) -> str:
    """La valeur en texte ; un tableau, ligne par ligne et colonne par colonne."""
    if champ.type != "tableau":
        return valeur_lisible(champ, valeur, communes)
    lignes = []
    for rang, ligne in enumerate(valeur or [], start=1):
        lignes.append((champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang)))
        lignes += [
            f"{colonne.libelle} : {dit}"
            for colonne in champ.colonnes
            if (dit := valeur_lisible(colonne, ligne.get(colonne.id), communes))
        ]
    return "\n".join(lignes)


def _communes(trame: Trame, *valeurs: Mapping[str, Any]) -> dict[str, str]:
    codes = {
        code
        for _, champ in trame.champs()
        if champ.type == "communes"
        for donnees in valeurs
        for code in donnees.get(champ.id) or []
    }
    return dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom")) if codes else {}
