"""Un vrai petit serveur d'horodatage RFC 3161, sur cette machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.fabriques.sceau import Identite

DER = serialization.Encoding.DER


@contextmanager
def serveur_d_horodatage(identite: Identite, *, reponse: bytes | None = None) -> Iterator[str]:
    """Son adresse, le temps du bloc. `reponse` : ce qu'il répond à tout, pour mal se conduire."""
    cle = identite.cle.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    horodateur = DummyTimeStamper(
        tsa_cert=x509.Certificate.load(identite.certificat.public_bytes(DER)),
        tsa_key=keys.PrivateKeyInfo.load(cle),
        certs_to_embed=[],
    )

    class Reponses(BaseHTTPRequestHandler):
        def do_POST(self):
            demande = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            corps = horodateur.request_tsa_response(demande).dump() if reponse is None else reponse
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(corps)))
            self.end_headers()
            self.wfile.write(corps)

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Reponses) as serveur:
        fil = Thread(target=serveur.serve_forever, daemon=True)
        fil.start()
        try:
            yield f"http://127.0.0.1:{serveur.server_port}/"
        finally:
            serveur.shutdown()
            fil.join()
