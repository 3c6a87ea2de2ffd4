"""Un serveur qui parle le protocole de clamd, et qui sait aussi se taire, couper ou bavarder."""

import socketserver
import struct
import threading
import time
from contextlib import contextmanager

# La chaîne d'essai de tous les antivirus, écrite à l'envers : ce dépôt ne doit pas partir lui-même en quarantaine.
EICAR = "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"[::-1].encode()


class _Conversation(socketserver.BaseRequestHandler):
    def handle(self):
        serveur = self.server
        commande = self._commande()
        if serveur.humeur == "muet":
            serveur.fin.wait(20)
            return
        if commande == b"VERSION":
            self.request.sendall(b"ClamAV 1.4.6/27800/Sun Nov 22 2026\0")
            return
        recu = b""
        while (taille := struct.unpack("!I", self._lire(4))[0]) != 0:
            recu += self._lire(taille)
            if serveur.humeur == "coupe":
                return
            if serveur.limite and len(recu) > serveur.limite:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        serveur.recus.append(recu)
        if serveur.humeur == "bavard":
            for _ in range(200):
                self.request.sendall(b"A" * 10_000)
            return
        if serveur.humeur == "goutte":
            for lettre in b"stream: OK" * 100:
                self.request.sendall(bytes([lettre]))
                if serveur.fin.wait(0.1):
                    return
        reponse = serveur.reponse or (b"stream: Eicar-Test-Signature FOUND" if EICAR in recu else b"stream: OK")
        self.request.sendall(reponse + b"\0")

    def _lire(self, combien):
        recu = b""
        while len(recu) < combien:
            morceau = self.request.recv(combien - len(recu))
            if not morceau:
                raise ConnectionError
            recu += morceau
        return recu

    def _commande(self):
        commande = b""
        while not commande.endswith(b"\0"):
            commande += self._lire(1)
        return commande.removeprefix(b"z").removesuffix(b"\0")


class _Serveur(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    humeur = reponse = None
    limite = 0

    def handle_error(self, request, client_address):
        """Un client parti au milieu n'est pas une panne du serveur."""


@contextmanager
def faux_clamd(humeur="franc", *, reponse=b"", limite=0):
    """Le serveur en marche ; `.adresse` est celle à donner à `ESPERLUETTE_CLAMD`, `.recus` ce qu'il a lu."""
    with _Serveur(("127.0.0.1", 0), _Conversation) as serveur:
        serveur.humeur, serveur.reponse, serveur.limite = humeur, reponse, limite
        serveur.recus, serveur.fin = [], threading.Event()
        serveur.adresse = f"127.0.0.1:{serveur.server_address[1]}"
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        fil.start()
        try:
            yield serveur
        finally:
            serveur.fin.set()
            serveur.shutdown()
            fil.join()


def attendre(condition, delai=60):
    """Attend qu'une condition devienne vraie ; faux si le délai passe."""
    fin = time.monotonic() + delai
    while time.monotonic() < fin:
        if condition():
            return True
        time.sleep(0.1)
    return False
