"""La barre d'avancement d'un terminal ; hors d'un terminal, rien ne s'écrit."""

import time
from typing import TextIO

LARGEUR = 30
PERIODE = 0.1


class Avancement:
    """Ce à quoi l'on rend compte d'un travail long ; celui-ci ne dit rien."""

    def etape(self, libelle: str, total: int = 0) -> None:
        """Commence une étape de `total` unités (0 : inconnu)."""

    def avance(self, fait: int) -> None:
        """Dit où l'on en est."""

    def fin(self) -> None:
        """Efface la barre."""


class Barre(Avancement):
    """Une ligne récrite en place : « Téléchargement [#####     ] 42 % »."""

    def __init__(self, sortie: TextIO) -> None:
        self.sortie = sortie
        self.visible = sortie.isatty()
        self.libelle, self.total, self.vu = "", 0, 0.0

    def etape(self, libelle: str, total: int = 0) -> None:
        self.libelle, self.total, self.vu = libelle, total, 0.0
        self.avance(0)

    def avance(self, fait: int) -> None:
        maintenant = time.monotonic()
        if not self.visible or (self.vu and maintenant - self.vu < PERIODE):
            return
        self.vu = maintenant
        if self.total:
            part = min(1.0, fait / self.total)
            barre = "#" * round(part * LARGEUR)
            texte = f"{self.libelle} [{barre:<{LARGEUR}}] {part:.0%}".replace("%", " %")
        else:
            texte = f"{self.libelle}…"
        self.sortie.write(f"\r\x1b[K{texte}")
        self.sortie.flush()

    def fin(self) -> None:
        if self.visible and self.libelle:
            self.sortie.write("\r\x1b[K")
            self.sortie.flush()
