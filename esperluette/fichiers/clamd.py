"""Faire analyser des octets par clamd, avec son protocole INSTREAM. Sans Django. → docs/adr/0010

Le délai est celui de toute la conversation, et la réponse est bornée : un clamd muet, coupé au milieu ou bavard
donne `ClamdIndisponible`, jamais une attente sans fin ni une mémoire qui enfle.
"""

import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import Protocol

PORT = 3310
BLOC = 64 * 1024  # octets par envoi
REPONSE_MAXIMALE = 4096  # octets
_VERDICT = re.compile(r"^stream: (?:(?P<danger>.+) FOUND|OK)$")


class Flux(Protocol):
    """Ce qui se lit par blocs d'octets."""

    def read(self, taille: int, /) -> bytes: ...


class ClamdIndisponible(Exception):
    """clamd n'a pas répondu, ou pas comme il se doit : réessayer plus tard."""


class AnalyseRefusee(Exception):
    """clamd a répondu qu'il n'analyserait pas ce flux (trop grand, illisible)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ce que clamd dit d'un flux ; `danger` est le nom de ce qu'il a reconnu, vide si le flux est sain."""

    danger: str = ""


class _Conversation:
    """Un échange avec clamd, qui doit tenir en `delai` secondes."""

    def __init__(self, adresse: str, delai: float) -> None:
        self.fin = time.monotonic() + delai
        chemin = adresse.removeprefix("unix:")
        if chemin != adresse:
            self.prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.prise.settimeout(self._reste())
            try:
                self.prise.connect("/" + chemin.lstrip("/"))
            except BaseException:
                self.prise.close()
                raise
        else:
            hote, _, port = adresse.rpartition(":") if re.search(r"[^:]:\d+$|\]:\d+$", adresse) else (adresse, "", "")
            self.prise = socket.create_connection((hote.strip("[]"), int(port or PORT)), timeout=self._reste())

    def _reste(self) -> float:
        reste = self.fin - time.monotonic()
        if reste <= 0:
            raise TimeoutError("délai dépassé")
        return reste

    def envoyer(self, octets: bytes) -> None:
        self.prise.settimeout(self._reste())
        self.prise.sendall(octets)

    def reponse(self) -> str:
        recu = b""
        while b"\0" not in recu:
            self.prise.settimeout(self._reste())
            morceau = self.prise.recv(1024)
            if not morceau:
                break
            recu += morceau
            if len(recu) > REPONSE_MAXIMALE:
                raise ClamdIndisponible("réponse démesurée")
        texte, fini, _ = recu.partition(b"\0")
        if not fini:
            raise ClamdIndisponible("connexion coupée avant la réponse")
        return texte.decode("ascii", "replace").strip()


def analyser(flux: Flux, *, adresse: str, delai: float) -> Verdict:
    """Le verdict de clamd sur `flux`. Lève `ClamdIndisponible` ou `AnalyseRefusee`."""
    reponse = _demander(b"zINSTREAM\0", adresse, delai, flux)
    trouve = _VERDICT.match(reponse)
    if trouve is not None:
        return Verdict(danger=_lisible(trouve["danger"] or ""))
    if reponse.endswith("ERROR"):
        raise AnalyseRefusee(_lisible(reponse))
    raise ClamdIndisponible("réponse incomprise")


def version(*, adresse: str, delai: float) -> str:
    """La version de clamd et de ses signatures. Lève `ClamdIndisponible`."""
    return _lisible(_demander(b"zVERSION\0", adresse, delai))


def _demander(commande: bytes, adresse: str, delai: float, flux: Flux | None = None) -> str:
    try:
        conversation = _Conversation(adresse, delai)
        with conversation.prise:
            conversation.envoyer(commande)
            try:
                while flux is not None and (bloc := flux.read(BLOC)):
                    conversation.envoyer(struct.pack("!I", len(bloc)) + bloc)
                if flux is not None:
                    conversation.envoyer(struct.pack("!I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # clamd refuse en route un flux trop grand : sa réponse dit pourquoi
            return conversation.reponse()
    except (OSError, ValueError) as erreur:
        raise ClamdIndisponible(str(erreur) or type(erreur).__name__) from erreur


def _lisible(texte: str) -> str:
    """Ce que clamd a écrit, réduit à ce qui s'affiche sans surprise."""
    return re.sub(r"[^\x20-\x7e]|[<>&]", "", texte)[:150].strip()
