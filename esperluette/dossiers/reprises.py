"""Ne pas répondre deux fois : ce qu'un dossier peut reprendre de ceux que l'équipe a déjà écrits.

Deux champs posent la même question s'ils ont la même notion et le même type ; dans un tableau, ce sont les colonnes
qui se répondent. Ne reprend que dans ce que personne n'a encore écrit, et que ce que la nouvelle trame accepte.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from esperluette.dossiers.chemins import TYPES_DERIVES, nouvelle_ligne
from esperluette.dossiers.lectures import contexte_de, trame_de
from esperluette.dossiers.models import Dossier, Reponse
from esperluette.referentiel.lecture import EditionInconnue
from esperluette.referentiel.modele import Champ, Trame
from esperluette.referentiel.trames import ContexteTrame, ValeurRefusee, est_vide, normaliser


@dataclass(frozen=True, slots=True)
class Reprise:
    """Une réponse à écrire : où, quoi, et la réponse qui l'avait donnée."""

    chemin: str
    valeur: Any
    origine: Reponse


@dataclass(frozen=True, slots=True)
class Source:
    """Un dossier de l'équipe, sa trame, et ses réponses par chemin."""

    trame: Trame
    reponses: Mapping[str, Reponse]

    def question(self, champ: Champ) -> Champ | None:
        """Le champ de cette trame qui pose la même question."""
        return next((c for _, c in self.trame.champs() if meme_question(c, champ)), None)


def meme_question(un: Champ, autre: Champ) -> bool:
    """Même notion et même type : la réponse de l'un vaut pour l'autre."""
    return un.type == autre.type and un.cle_de_reprise == autre.cle_de_reprise


def reprises_pour(dossier: Dossier) -> list[Reprise]:
    """Ce que ce dossier peut reprendre des autres dossiers de l'équipe. Deux requêtes, quel que soit leur nombre."""
    autres = list(dossier.equipe.dossiers.exclude(pk=dossier.pk).order_by("pk"))
    reponses: dict[int, dict[str, Reponse]] = defaultdict(dict)
    for reponse in Reponse.objects.filter(dossier__equipe=dossier.equipe_id).select_related("dossier"):
        reponses[reponse.dossier_id][reponse.champ] = reponse
    deja = set(reponses.pop(dossier.pk, ()))
    sources = [s for autre in autres if (s := _source(autre, reponses[autre.pk])) is not None]
    if not sources:
        return []
    return list(reprises(trame_de(dossier), deja, sources, contexte_de(dossier, dossier.equipe.presents)))


def _source(dossier: Dossier, reponses: Mapping[str, Reponse]) -> Source | None:
    """Le dossier comme source ; None si son édition ou sa démarche n'est plus là."""
    try:
        return Source(trame_de(dossier), reponses) if reponses else None
    except (EditionInconnue, KeyError):
        return None


def reprises(
    trame: Trame, deja: Collection[str], sources: Sequence[Source], contexte: ContexteTrame
) -> Iterator[Reprise]:
    """Champ par champ, la réponse la plus récente à la même question, si la trame l'accepte.

    `deja` : les chemins déjà écrits, auxquels on ne touche pas, même vidés. Ce que dit la fiche de l'équipe passe
    avant un ancien dossier : elle est à jour.
    """
    ecrits = {chemin.split("/")[0] for chemin in deja}
    for _, champ in trame.champs():
        if champ.id in ecrits or champ.type in TYPES_DERIVES or _dit_par_la_fiche(champ, contexte):
            continue
        candidates = [c for source in sources if (c := _candidate(champ, source))]
        yield from max(candidates, key=lambda trouvees: max(_le(r) for r in trouvees), default=())


def _le(reprise: Reprise) -> datetime:
    return reprise.origine.modifie_le


def _dit_par_la_fiche(champ: Champ, contexte: ContexteTrame) -> bool:
    return champ.prerempli is not None and not est_vide(champ, contexte.preremplis.get(champ.prerempli))


def _candidate(champ: Champ, source: Source) -> list[Reprise]:
    """Ce que cette source répond à ce champ ; vide si elle n'y répond pas."""
    ancien = source.question(champ)
    if ancien is None:
        return []
    if champ.type == "tableau":
        return _tableau(champ, ancien, source.reponses)
    origine = source.reponses.get(ancien.id)
    valeur = _acceptee(champ, origine.valeur) if origine is not None else None
    return [Reprise(champ.id, valeur, origine)] if origine is not None and not est_vide(champ, valeur) else []


def _acceptee(champ: Champ, valeur: Any) -> Any:
    """La valeur telle que la trame l'accepte, sans les options qu'elle n'a pas ; None si elle la refuse."""
    if champ.type == "cases":
        valeur = [option for option in valeur or [] if champ.option(option)]
    try:
        return normaliser(champ, valeur)
    except ValeurRefusee:
        return None


def _tableau(champ: Champ, ancien: Champ, reponses: Mapping[str, Reponse]) -> list[Reprise]:
    """Les lignes qui répondent à une colonne au moins, sous de nouveaux identifiants ; la liste en dernier."""
    liste = reponses.get(ancien.id)
    if liste is None:
        return []
    paires = list(_colonnes_communes(champ.colonnes, ancien.colonnes))
    cellules: list[Reprise] = []
    lignes: list[str] = []
    for ancienne in liste.valeur or []:
        ligne = nouvelle_ligne()
        reprise = [
            Reprise(f"{champ.id}/{ligne}/{colonne.id}", valeur, origine)
            for colonne, avant in paires
            if (origine := reponses.get(f"{ancien.id}/{ancienne}/{avant.id}")) is not None
            and not est_vide(colonne, valeur := _acceptee(colonne, origine.valeur))
        ]
        if reprise and (champ.maximum is None or len(lignes) < champ.maximum):
            lignes.append(ligne)
            cellules += reprise
    return [*cellules, Reprise(champ.id, lignes, liste)] if lignes else []


def _colonnes_communes(colonnes: Iterable[Champ], anciennes: Iterable[Champ]) -> Iterator[tuple[Champ, Champ]]:
    for colonne in colonnes:
        ancienne = next((c for c in anciennes if meme_question(c, colonne)), None)
        if ancienne is not None:
            yield colonne, ancienne
