"""Lire et vérifier le journal."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db import models, transaction

from esperluette.journal.chaine import PREMIER, auteur, canonique, cle_de, empreinte_de, sha256
from esperluette.journal.models import NOM_EFFACE, Chaine, Evenement


def evenements_de(*objets: models.Model) -> models.QuerySet[Evenement]:
    """Les actes d'un objet, ou de plusieurs mêlés, du plus récent au plus ancien."""
    cles = [cle_de(objet) for objet in objets]
    return Evenement.objects.filter(chaine_id__in=cles).order_by("-le", "-numero", "chaine_id")


def evenements_par(acteur: Any) -> models.QuerySet[Evenement]:
    """Les actes d'un compte, du plus récent au plus ancien."""
    return Evenement.objects.filter(acteur=acteur).order_by("-le", "-pk")


def filtrer(
    evenements: models.QuerySet[Evenement],
    *,
    sortes: Collection[str] = (),
    acteur: Any = None,
    du: date | None = None,
    au: date | None = None,
) -> models.QuerySet[Evenement]:
    """Restreint une liste d'actes ; les deux jours sont compris."""
    if sortes:
        evenements = evenements.filter(sorte__in=sortes)
    if acteur is not None:
        evenements = evenements.filter(acteur=acteur)
    if du is not None:
        evenements = evenements.filter(le__date__gte=du)
    if au is not None:
        evenements = evenements.filter(le__date__lte=au)
    return evenements


def tete_de(objet: models.Model) -> str:
    """L'empreinte du dernier acte, imprimée sur l'accusé de réception ; vide si aucun acte."""
    return Chaine.objects.filter(cle=cle_de(objet)).values_list("tete", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Anomalie:
    """Ce qui ne va pas dans une chaîne, et à quel maillon (0 : la tête elle-même)."""

    chaine: str
    numero: int
    cause: str

    def __str__(self) -> str:
        return f"{self.chaine} : {self.cause}"


@dataclass(slots=True)
class Rapport:
    """Ce qu'a trouvé une vérification."""

    chaines: int = 0
    evenements: int = 0
    maillons: list[Anomalie] = field(default_factory=list)

    @property
    def anomalies(self) -> list[str]:
        """Les anomalies en phrases."""
        return [str(anomalie) for anomalie in self.maillons]

    @property
    def intact(self) -> bool:
        return not self.maillons


def verifier(cle: str = "") -> Rapport:
    """Refait toutes les empreintes (ou celles d'une chaîne), pendant que le service écrit ; mémoire bornée.

    Une chaîne douteuse est relue sous verrou : un acte ajouté pendant la lecture n'est pas une anomalie.
    Une chaîne retirée en entier, tête comprise, ne se voit pas d'ici : comparer avec la tête imprimée sur
    l'accusé de réception (`retrouver`).
    """
    chaines = Chaine.objects.filter(cle=cle) if cle else Chaine.objects.all()
    restantes = {chaine.cle: chaine for chaine in chaines}
    rapport = Rapport(chaines=len(restantes))
    douteuses = []
    for cle_lue, groupe in groupby(_maillons(cle), key=lambda e: e.chaine_id):
        chaine = restantes.pop(cle_lue, None)
        lecture = _Lecture()
        if chaine is None or _anomalie(chaine, groupe, lecture):
            douteuses.append(cle_lue)
        rapport.evenements += lecture.lus + sum(1 for _ in groupe)  # noqa: B031 — la suite d'une chaîne douteuse
    douteuses += [chaine.cle for chaine in restantes.values() if chaine.longueur]
    for cle_lue in sorted(douteuses):
        rapport.maillons += _anomalies_sous_verrou(cle_lue)
    return rapport


_COLONNES = (
    "chaine_id", "numero", "sorte", "acteur_id", "acteur_nom", "acteur_sel", "acteur_marque", "le", "donnees", "sel",
    "format", "precedente", "empreinte",
)  # fmt: skip


def _maillons(cle: str = "") -> Iterator[Any]:
    """Les événements par chaîne et par numéro, en lignes légères ; par paquets."""
    evenements = Evenement.objects.filter(chaine_id=cle) if cle else Evenement.objects.all()
    lignes = evenements.order_by("chaine_id", "numero").values_list(*_COLONNES, named=True)
    return iter(lignes.iterator(chunk_size=2000))


@transaction.atomic
def _anomalies_sous_verrou(cle: str) -> list[Anomalie]:
    chaine = Chaine.objects.select_for_update().filter(cle=cle).first()
    if chaine is None:
        return [Anomalie(cle, 0, "la tête de la chaîne a été retirée.")]
    anomalie = _anomalie(chaine, _maillons(cle), _Lecture())
    return [anomalie] if anomalie else []


def anomalies(chaine: Chaine) -> list[str]:
    """Ce qui ne va pas dans une chaîne : maillon retiré, changé ou déplacé. Vide si tout est intact."""
    anomalie = _anomalie(chaine, _maillons(chaine.cle), _Lecture())
    return [str(anomalie)] if anomalie else []


@dataclass(slots=True)
class _Lecture:
    """Où en est la lecture d'une chaîne, et les noms effacés qui attendent leur ligne-tombe."""

    lus: int = 0
    precedente: str = ""
    # Numéro → l'empreinte attendue du maillon sans nom (premier format), ou vide.
    sans_nom: dict[int, str] = field(default_factory=dict)


def _anomalie(chaine: Chaine, maillons: Iterable[Any], lecture: _Lecture) -> Anomalie | None:
    for maillon in maillons:
        lecture.lus += 1
        if (maillon.numero, maillon.precedente) != (lecture.lus, lecture.precedente) or not _tient(maillon, lecture):
            return _change(chaine, lecture.lus)
        if maillon.sorte == NOM_EFFACE:
            _lire_la_tombe(maillon.donnees, lecture)
        lecture.precedente = maillon.empreinte
    if lecture.sans_nom:
        numero = min(lecture.sans_nom)
        return Anomalie(chaine.cle, numero, f"le nom de l’événement n° {numero} a été effacé sans ligne-tombe.")
    if (lecture.lus, lecture.precedente) != (chaine.longueur, chaine.tete):
        return Anomalie(chaine.cle, lecture.lus + 1, "la fin de la chaîne a été retirée.")
    return None


def _change(chaine: Chaine, numero: int) -> Anomalie:
    return Anomalie(chaine.cle, numero, f"l’événement n° {numero} a été changé, retiré ou déplacé.")


def _tient(maillon: Any, lecture: _Lecture) -> bool:
    """Le maillon est-il celui dont l'empreinte est gardée ? Un nom effacé attend sa ligne-tombe."""
    if maillon.acteur_nom == "":
        if maillon.format == PREMIER:
            lecture.sans_nom[maillon.numero] = sha256(canonique(maillon))
            return True
        lecture.sans_nom[maillon.numero] = ""
    elif maillon.format != PREMIER and sha256(auteur(maillon)) != maillon.acteur_marque:
        return False
    return bool(empreinte_de(maillon) == maillon.empreinte)


def _lire_la_tombe(donnees: Any, lecture: _Lecture) -> None:
    """Raye les noms que cette ligne-tombe explique ; un maillon du premier format y a sa nouvelle empreinte."""
    empreintes = donnees.get("sans_nom", {})
    for numero in donnees.get("numeros", ()):
        if numero in lecture.sans_nom and lecture.sans_nom[numero] in ("", empreintes.get(str(numero))):
            del lecture.sans_nom[numero]


def retrouver(tete: str) -> tuple[Evenement, Rapport] | None:
    """L'événement dont l'empreinte est celle-ci (une tête imprimée sur un accusé), et l'état de sa chaîne.

    None : aucune chaîne n'est passée par là. La chaîne a été réécrite, ou l'accusé vient d'ailleurs.
    """
    evenement = Evenement.objects.filter(empreinte=tete.strip().lower()).order_by("pk").first()
    return (evenement, verifier(evenement.chaine_id)) if evenement else None
