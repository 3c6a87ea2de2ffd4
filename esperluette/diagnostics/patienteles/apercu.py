"""L'aperçu d'un tableau, entre le dépôt et l'enregistrement : signé, il voyage dans la page ; rien n'est gardé ici."""

from datetime import timedelta

from django.core import signing
from pydantic import BaseModel, ConfigDict, ValidationError

from esperluette.commun.erreurs import ErreurMetier
from esperluette.diagnostics.patienteles.agregation import Agregat

SEL = "diagnostics.patientele"
DUREE = timedelta(hours=2)


class Apercu(BaseModel):
    """Ce qui s'enregistrera si la personne l'accepte : des effectifs déjà réunis, rien du fichier."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    equipe: int
    membre: int | None
    compte: int
    periode: str
    agregat: Agregat


def sceller(apercu: Apercu) -> str:
    """Le texte que porte la page d'aperçu."""
    return signing.dumps(apercu.model_dump(mode="json"), salt=SEL, compress=True)


def ouvrir(texte: str, *, equipe: int, compte: int) -> Apercu:
    """L'aperçu que cette personne a vu, pour cette équipe ; lève `ErreurMetier` s'il est faux ou périmé."""
    try:
        apercu = Apercu.model_validate(signing.loads(texte, salt=SEL, max_age=DUREE))
    except (signing.BadSignature, ValidationError):
        raise ErreurMetier("Cet aperçu n’est plus valable : déposez de nouveau le tableau.") from None
    if (apercu.equipe, apercu.compte) != (equipe, compte):
        raise ErreurMetier("Cet aperçu n’est plus valable : déposez de nouveau le tableau.")
    return apercu
