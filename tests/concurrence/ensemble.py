"""Faire plusieurs gestes au même instant, chacun dans son processus, sur la même base."""

import multiprocessing
import os
import re
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.test import Client

from esperluette.comptes.models import Compte
from tests.fabriques.comptes import connecter

CTX = multiprocessing.get_context("fork")
PATIENCE = 240  # secondes ; la machine d'essai peut être chargée


def ensemble(*gestes: Callable[[], Any]) -> list[Any]:
    """Ce que rend chaque geste, dans l'ordre donné ; une erreur dans l'un fait échouer l'essai avec sa trace."""
    connections.close_all()  # un processus n'hérite jamais d'une connexion ouverte
    depart, fils = CTX.Barrier(len(gestes)), []
    for geste in gestes:
        ici, la_bas = CTX.Pipe(duplex=False)
        fil = CTX.Process(target=_jouer, args=(geste, depart, la_bas), daemon=True)
        fil.start()
        la_bas.close()
        fils.append((fil, ici))
    rendus = [ici.recv() if ici.poll(PATIENCE) else (None, "pas de réponse") for _, ici in fils]
    for fil, ici in fils:
        fil.join(10)
        ici.close()
    fautes = [faute for _, faute in rendus if faute]
    assert not fautes, "\n".join(fautes)
    return [rendu for rendu, _ in rendus]


def _jouer(geste: Callable[[], Any], depart: Any, tuyau: Any) -> None:
    try:
        depart.wait(60)
        tuyau.send((geste(), ""))
    except BaseException:  # noqa: BLE001 — rapportée par l'essai
        tuyau.send((None, traceback.format_exc()))
    finally:
        connections.close_all()
        tuyau.close()
        os._exit(0)  # rien de ce que le parent avait prévu pour sa propre fin


def sous(compte: Compte) -> Client:
    """Un navigateur connecté sous ce compte, prêt à servir dans un autre processus."""
    return connecter(Client(), compte)


def poster(client: Client, adresse: str, envoi: dict[str, Any] | None = None) -> Callable[[], tuple[int, str]]:
    """Le geste « envoyer ce formulaire » ; rend le statut et les messages montrés."""

    def geste() -> tuple[int, str]:
        reponse = client.post(adresse, envoi or {})
        requete: Any = reponse.wsgi_request
        messages = [f"{m.level_tag} : {m.message}" for m in requete._messages._queued_messages]
        return reponse.status_code, " ".join(messages)

    return geste


def version_annoncee(html: str) -> int:
    """Le numéro de version que porte la réponse d'un enregistrement, réussi ou en conflit."""
    trouvee = re.search(r'data-esp-version(?:-lue)?="(\d+)"', html)
    assert trouvee, html[:500]
    return int(trouvee[1])
