"""Ce qui a changé d'un dépôt à l'autre, et depuis la dernière lecture d'un agent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.comparaison import Segment, change_quelque_chose, comparer
from esperluette.commun.erreurs import Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.affichage import identifiant_html, valeur_lisible
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.models_fiche import DerniereLecture
from esperluette.referentiel.modele import Champ, Trame
from esperluette.territoires.models import Commune

Noms = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Un champ dont le contenu a changé. `ancre` : sa place dans le document lu, vide s'il n'y est pas."""

    rubrique: str
    libelle: str
    ancre: str
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Ecart:
    """De quel dépôt à quel dépôt, et ce qui a changé. `lu_le` : quand l'agent avait lu le premier."""

    avant: Depot
    apres: Depot
    differences: list[Difference]
    lu_le: datetime | None = None


def ecarts_de(dossier: Dossier, depots: Sequence[Depot], compte: Any) -> tuple[Ecart | None, Ecart | None]:
    """Depuis ma dernière lecture, puis depuis le dépôt précédent (sauf si c'est le même écart). Deux requêtes.

    `depots` : les dépôts reçus, le dernier d'abord.
    """
    lecture = DerniereLecture.objects.filter(dossier=dossier, compte=compte).first()
    recus = {d.pk: d for d in depots}
    lu = recus.get(lecture.depot_id) if lecture else None
    precedent = depots[1] if len(depots) > 1 else None
    utiles = [d for d in (lu, precedent) if d is not None and d.pk != depots[0].pk]
    if not utiles:
        return None, None
    noms = _noms_des_communes(trame_de(dossier), [depots[0], *utiles])
    mien = None
    if lecture and lu is not None and lu.pk != depots[0].pk:
        mien = Ecart(lu, depots[0], differences(dossier, lu, depots[0], noms), lecture.lu_le)
    if precedent is None or (mien and mien.avant.pk == precedent.pk):
        return mien, None
    return mien, Ecart(precedent, depots[0], differences(dossier, precedent, depots[0], noms))


def differences(dossier: Dossier, avant: Depot, apres: Depot, noms: Noms | None = None) -> list[Difference]:
    """Champ par champ, mot à mot, ce que `apres` change à `avant` ; puis les membres et les pièces."""
    trame = trame_de(dossier)
    if noms is None:
        noms = _noms_des_communes(trame, [avant, apres])
    trouvees = []
    for rubrique, libelle, ancre, ancien, nouveau in _textes(trame, avant.contenu, apres.contenu, noms):
        segments = comparer(ancien, nouveau) if ancien != nouveau else []
        if change_quelque_chose(segments):
            trouvees.append(Difference(rubrique, libelle, ancre, segments))
    return trouvees


def _textes(
    trame: Trame, avant: Mapping[str, Any], apres: Mapping[str, Any], noms: Noms
) -> Iterator[tuple[str, str, str, str, str]]:
    """Rubrique, libellé, ancre, texte d'avant, texte d'après."""
    for rubrique in trame.rubriques:
        for champ in rubrique.champs:
            if champ.type != "membres":
                ancien, nouveau = (texte_du_champ(champ, c["reponses"].get(champ.id), noms) for c in (avant, apres))
                yield rubrique.intitule, champ.libelle.rstrip(" :"), identifiant_html(champ.id), ancien, nouveau
    yield "L’équipe", "Membres", "", _lignes(avant["membres"], _membre), _lignes(apres["membres"], _membre)
    yield "L’équipe", "Pièces jointes", "", _lignes(avant["pieces"], _piece), _lignes(apres["pieces"], _piece)


def texte_du_champ(champ: Champ, valeur: Any, noms: Noms) -> str:
    """La réponse en texte simple ; un tableau se met à plat, ligne par ligne."""
    if champ.type != "tableau":
        return valeur_lisible(champ, valeur, noms)
    blocs = []
    for rang, ligne in enumerate(valeur or (), start=1):
        titre = (champ.titre_ligne or "Ligne {n}").replace("{n}", str(rang))
        cellules = [(c.libelle.rstrip(" :"), valeur_lisible(c, ligne.get(c.id), noms)) for c in champ.colonnes]
        blocs.append("\n".join([titre, *(f"{libelle} : {texte}" for libelle, texte in cellules if texte)]))
    return "\n\n".join(blocs)


def _membre(membre: Mapping[str, Any]) -> str:
    return f"{membre['prenom']} {membre['nom']}, {membre['profession']}"


def _piece(piece: Mapping[str, Any]) -> str:
    return f"{piece['libelle']} ({piece['nom']}, empreinte {piece['empreinte'][:12]})"


def _lignes(elements: Sequence[Mapping[str, Any]], mettre_en_mots: Any) -> str:
    return "\n".join(mettre_en_mots(e) for e in elements)


def _noms_des_communes(trame: Trame, depots: Sequence[Depot]) -> dict[str, str]:
    champs = [c.id for _, c in trame.champs() if c.type == "communes"]
    codes = {code for d in depots for c in champs for code in d.contenu["reponses"].get(c) or ()}
    return dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom")) if codes else {}


def commencer_la_lecture(dossier: Dossier, compte: Compte) -> None:
    """À la première visite, retient le dépôt qu'on a sous les yeux ; ensuite, on dit soi-même « J'ai lu »."""
    if DerniereLecture.objects.filter(dossier=dossier, compte=compte).exists():
        return
    dernier = dossier.depots.filter(depose_le__isnull=False).only("pk").first()
    if dernier is not None:
        DerniereLecture.objects.get_or_create(dossier=dossier, compte=compte, defaults={"depot": dernier})


@transaction.atomic
def marquer_lu(dossier: Dossier, depot: Depot, *, acteur: Compte) -> DerniereLecture:
    """Ce dépôt est lu : la prochaine comparaison partira de lui. Rejoué, sans effet ; on ne revient pas en arrière.

    Lève `Refus` hors du périmètre. Ce que chacun a lu ne regarde que lui : rien au journal.
    """
    if not dossiers_de(acteur).filter(pk=dossier.pk).exists():
        raise Refus("Ce dossier n’est pas dans votre périmètre.")
    lecture, neuve = DerniereLecture.objects.select_related("depot").get_or_create(
        dossier=dossier, compte=acteur, defaults={"depot": depot}
    )
    if not neuve and lecture.depot.numero < depot.numero:
        lecture.depot, lecture.lu_le = depot, timezone.now()
        lecture.save(update_fields=["depot", "lu_le"])
    return lecture
