"""Prendre un jeu à son adresse officielle : délai court, taille bornée, erreurs en français."""

from http.client import HTTPException
from pathlib import PurePosixPath
from typing import IO, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from esperluette.territoires.avancement import Avancement
from esperluette.territoires.octets import MO, FichierRefuse

DELAI = 20.0
AGENT = "Esperluette (import de donnees publiques)"
BLOC = 256 * 1024


class ATelecharger(Protocol):
    """Ce qu'un jeu, de quelque famille qu'il soit, dit de son téléchargement."""

    @property
    def id(self) -> str: ...
    @property
    def titre(self) -> str: ...
    @property
    def adresse(self) -> str: ...
    @property
    def ou_le_prendre(self) -> str: ...
    @property
    def taille_maximale_mo(self) -> int: ...


class _HttpsSeulement(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: "object", newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme != "https":
            raise FichierRefuse(f"L'adresse officielle renvoie vers {newurl}, qui n'est pas en https.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def telecharger(jeu: ATelecharger, avancement: Avancement, *, delai: float = DELAI) -> tuple[str, bytes]:
    """Le nom et le contenu du fichier officiel ; lève FichierRefuse."""
    if not jeu.adresse:
        raise FichierRefuse(f"« {jeu.titre} » ne se télécharge pas seul. {jeu.ou_le_prendre}")
    suite = f"Téléchargez {jeu.adresse} autrement, puis donnez le fichier avec --fichier."
    maximum = jeu.taille_maximale_mo * MO
    demande = Request(jeu.adresse, headers={"User-Agent": AGENT})  # noqa: S310 — https, vérifié à la lecture du jeu
    try:
        with build_opener(_HttpsSeulement()).open(demande, timeout=delai) as reponse:
            total = int(reponse.headers.get("Content-Length") or 0)
            avancement.etape("Téléchargement", total)
            recu = bytearray()
            while bloc := reponse.read(BLOC):
                recu += bloc
                avancement.avance(len(recu))
                if len(recu) > maximum:
                    raise FichierRefuse(f"Le fichier dépasse {jeu.taille_maximale_mo} Mo : arrêt. {suite}")
            nom = PurePosixPath(urlsplit(reponse.geturl()).path).name
    except HTTPError as erreur:
        raise FichierRefuse(f"{jeu.adresse} répond {erreur.code}. {suite}") from erreur
    except TimeoutError as erreur:
        raise FichierRefuse(f"Pas de réponse en {delai:.0f} s. {suite}") from erreur
    except (URLError, HTTPException, OSError, ValueError) as erreur:
        raison = getattr(erreur, "reason", erreur)
        raise FichierRefuse(f"Adresse injoignable ({raison}) : le réseau manque-t-il ? {suite}") from erreur
    if total and len(recu) < total:
        raise FichierRefuse(f"Téléchargement interrompu : {len(recu)} octets sur {total}. {suite}")
    return nom or f"{jeu.id}.csv", bytes(recu)
