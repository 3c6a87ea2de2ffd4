"""Trouver et lancer le Chromium du système. Aucun navigateur n'est téléchargé."""

import os
import shutil
from pathlib import Path

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Pas de bac à sable (les essais tournent parfois sous root), pas d'appel hors du site.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
OBLIGATOIRE = os.environ.get("ESPERLUETTE_NAVIGATEUR_OBLIGATOIRE", "").lower() in {"1", "oui", "true"}
ABSENT = "aucun Chromium trouvé : installez-le (apt install chromium) ou donnez son chemin dans ESPERLUETTE_CHROMIUM"


def chemin_du_chromium() -> str | None:
    """Celui de ESPERLUETTE_CHROMIUM, sinon le premier du PATH, sinon rien."""
    if donne := os.environ.get("ESPERLUETTE_CHROMIUM"):
        return donne if Path(donne).is_file() else shutil.which(donne)
    return next((trouve for nom in NOMS if (trouve := shutil.which(nom))), None)
