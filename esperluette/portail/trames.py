"""Les trames vierges à télécharger : produites une fois par processus, reconnues à leurs règles et à leur gabarit."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.utils import timezone

from esperluette.documents.moteur import empreinte_gabarit
from esperluette.dossiers.documents import FORMATS, GABARIT_VIERGE, trame_vierge
from esperluette.referentiel.lecture import edition as lire_edition
from esperluette.referentiel.lecture import edition_en_vigueur, regions

GARDEES = 48  # quelques dizaines de Ko chacune


@dataclass(frozen=True, slots=True)
class TrameVierge:
    """Une trame dans un format. `empreinte` : celle des règles et du gabarit dont elle sort."""

    region: str
    numero: str
    demarche: str
    nature: str
    empreinte: str

    @property
    def nom(self) -> str:
        """Le nom du fichier : « bretagne-projet-de-sante-2024-10.docx »."""
        return f"{self.region}-{self.demarche}-{self.numero}.{self.nature}"

    @property
    def etag(self) -> str:
        return f'"{self.empreinte[:32]}"'

    def octets(self) -> bytes:
        """Le document, produit s'il ne l'a pas encore été. Lève `ProductionImpossible`."""
        return _produire(self)


def trame_a_telecharger(cle: str, demarche: str, nature: str) -> TrameVierge | None:
    """La trame en vigueur aujourd'hui ; `None` si la région, la démarche, sa trame ou le format n'existe pas."""
    edition = edition_en_vigueur(cle, timezone.localdate()) if cle in regions() and nature in FORMATS else None
    if edition is None or demarche not in {d.id for d in edition.demarches if d.en_ligne}:
        return None
    parts = (edition.empreinte, edition.socle.empreinte, empreinte_gabarit(GABARIT_VIERGE), demarche, nature)
    return TrameVierge(cle, edition.numero, demarche, nature, sha256("|".join(parts).encode()).hexdigest())


@lru_cache(maxsize=GARDEES)
def _produire(trame: TrameVierge) -> bytes:
    edition = lire_edition(trame.region, trame.numero)
    return trame_vierge(edition, edition.demarche(trame.demarche), trame.nature)
