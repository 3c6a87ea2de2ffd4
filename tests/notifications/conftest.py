"""Un vrai petit serveur SMTP, qui répond ce que l'essai lui demande."""

import socketserver
import threading

import pytest


class ServeurSmtp(socketserver.ThreadingTCPServer):
    """Retient les messages acceptés ; `refus` associe une commande (« RCPT », « DATA ») à une réponse d'erreur."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[bytes] = []
        self.refus: dict[str, str] = {}


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.repondre("220 essais")
        while ligne := self.rfile.readline().decode().strip():
            commande = ligne.split(maxsplit=1)[0].upper()
            if refus := self.server.refus.get(commande):
                self.repondre(refus)
            elif commande == "DATA":
                self.repondre("354 allez-y")
                self.recevoir()
            elif commande == "QUIT":
                self.repondre("221 au revoir")
                return
            else:
                self.repondre("250 d'accord")

    def recevoir(self):
        lignes = []
        while (ligne := self.rfile.readline().rstrip(b"\r\n")) != b".":
            lignes.append(ligne)
        self.server.messages.append(b"\n".join(lignes))
        self.repondre("250 bien reçu")

    def repondre(self, texte):
        self.wfile.write(f"{texte}\r\n".encode())


@pytest.fixture
def smtp(settings):
    """Le serveur, branché sur le moteur SMTP de Django ; hors démonstration."""
    with ServeurSmtp() as serveur:
        threading.Thread(target=serveur.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = serveur.server_address
        settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS = "", False
        settings.DEFAULT_FROM_EMAIL = "Esperluette <ne-pas-repondre@essais.example>"
        settings.DEMONSTRATION = False
        yield serveur
        serveur.shutdown()
