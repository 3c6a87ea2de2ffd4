"""Relire tout ce qui est gardé, et refaire les empreintes : rien ne manque, rien n'a changé."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from esperluette.fichiers.models import Fichier
from esperluette.fichiers.registres import Garde, gardes

BLOC = 256 * 1024  # octets
LOT = 200


@dataclass(frozen=True, slots=True)
class Anomalie:
    """Un contenu perdu (« manquant »), altéré (« change ») ou illisible (« illisible »)."""

    sorte: str
    pk: int
    nom: str
    cause: str


@dataclass(slots=True)
class Rapport:
    """Ce qui a été relu, par sorte, et ce qui cloche."""

    relus: dict[str, int]
    anomalies: list[Anomalie]

    @property
    def intact(self) -> bool:
        return not self.anomalies


def fichiers_gardes() -> Iterator[Garde]:
    """Les fichiers reçus, quarantaine comprise : ils sont gardés."""
    for fichier in Fichier.objects.only("pk", "contenu", "empreinte").order_by("pk").iterator(chunk_size=LOT):
        yield Garde("fichier", fichier.pk, str(fichier.contenu.name), fichier.empreinte, fichier.contenu.storage)


def verifier() -> Rapport:
    """Relit chaque contenu par blocs ; la mémoire ne dépend ni de leur nombre, ni de leur taille."""
    rapport = Rapport({}, [])
    sources: list[Iterable[Garde]] = [fichiers_gardes(), *(source() for source in gardes())]
    for source in sources:
        for garde in source:
            rapport.relus[garde.sorte] = rapport.relus.get(garde.sorte, 0) + 1
            if cause := _cause(garde):
                rapport.anomalies.append(Anomalie(garde.sorte, garde.pk, garde.nom, cause))
    return rapport


def _cause(garde: Garde) -> str:
    somme = hashlib.sha256()
    try:
        with garde.stockage.open(garde.nom, "rb") as contenu:
            while bloc := contenu.read(BLOC):
                somme.update(bloc)
    except FileNotFoundError:
        return "manquant"
    except Exception as erreur:  # noqa: BLE001 — chaque stockage a ses erreurs ; une seule n'arrête pas la relecture
        return f"illisible : {type(erreur).__name__}"
    return "" if somme.hexdigest() == garde.empreinte else "change"
