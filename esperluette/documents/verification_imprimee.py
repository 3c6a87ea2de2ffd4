"""Ce qu'un document gardé imprime pour qu'on le vérifie : un code, une adresse, un QR, et ce que vaut son sceau."""

from dataclasses import dataclass
from html import escape

import segno
from django.conf import settings

from esperluette.documents.enums import SceauImprime
from esperluette.documents.rendu import rendre

GABARIT = "documents/_verification.html"
CHEMIN = "/verifier/"


@dataclass(frozen=True, slots=True)
class Verification:
    """De quoi vérifier le document qu'on imprime."""

    code: str
    sceau: SceauImprime = SceauImprime.AUCUN

    @property
    def page(self) -> str:
        """La page où l'on saisit le code."""
        return f"{settings.ADRESSE_PUBLIQUE}{CHEMIN}"

    @property
    def adresse(self) -> str:
        """La cible du QR."""
        return f"{self.page}{self.code}"


def inserer(page: str, verification: Verification | None) -> str:
    """La page HTML d'un document, avec son encadré de vérification à la fin ; la même sans `verification`."""
    if verification is None:
        return page
    bloc = rendre(
        GABARIT,
        {
            "code": verification.code,
            "page": verification.page,
            "qr": qr(verification.adresse),
            "sceau": verification.sceau.value,
        },
    )
    meta = f'<meta name="verification" content="{escape(verification.code)}">\n'
    tete, corps = page.split("</head>", 1)
    corps, fin = corps.rsplit("</body>", 1)
    return f"{tete}{meta}</head>{corps}{bloc}</body>{fin}"


def qr(adresse: str) -> str:
    """Le QR de cette adresse, en SVG : 22 mm de côté, lisible avec un coin abîmé."""
    dessin: str = segno.make(adresse, micro=False, error="m").svg_inline(scale=0.6, unit="mm", border=2)
    return dessin
