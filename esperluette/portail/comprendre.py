"""La page « comprendre » : le socle national, complété par la région choisie. Rien n'y est écrit d'avance."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.comprendre import Benefice, Comprendre, SansFinancement
from esperluette.referentiel.lecture import edition_en_vigueur, national, regions
from esperluette.referentiel.modele import Edition, Forme, Socle

_ARTICLE_OU_SIGLE = re.compile(r"^(?:une?|le|la|l['’])\s*|\s*\([^)]*\)$", re.IGNORECASE)
PUBLICS = {
    "patients": "Pour les patients",
    "professionnels": "Pour les professionnels",
    "territoire": "Pour le territoire",
}
EFFETS = {"garde": "Ce que vous gardez", "perd": "Ce que vous n’avez pas"}


@dataclass(frozen=True, slots=True)
class LigneDeTableau:
    """Une ligne du tableau des différences : une cellule par forme, chacune en une ou plusieurs phrases."""

    titre: str
    cellules: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PageComprendre:
    """Ce que la page montre. Sans `edition`, elle ne dit que ce qui vaut partout."""

    edition: Edition | None
    regions: tuple[Edition, ...]

    @property
    def socle(self) -> Socle:
        return self.edition.socle if self.edition else national()

    @property
    def propos(self) -> Comprendre:
        """Le commun, fondu avec ce que la région ajoute et masque."""
        return self.edition.comprendre if self.edition else self.socle.comprendre

    @property
    def formes(self) -> list[Forme]:
        return list(self.socle.formes.values())

    @property
    def benefices(self) -> list[tuple[str, list[Benefice]]]:
        """Par public, dans l'ordre : patients, professionnels, territoire."""
        groupes = [(titre, [b for b in self.propos.benefices if b.pour == pour]) for pour, titre in PUBLICS.items()]
        return [(titre, benefices) for titre, benefices in groupes if benefices]

    @property
    def sans_financement(self) -> list[tuple[str, list[SansFinancement]]]:
        tous = self.propos.sans_financement
        groupes = [(titre, [s for s in tous if s.effet == effet]) for effet, titre in EFFETS.items()]
        return [(titre, effets) for titre, effets in groupes if effets]

    @property
    def differences(self) -> list[LigneDeTableau]:
        """Le tableau, une colonne par forme ; une ligne dont personne ne dit rien ne paraît pas."""
        par_forme = [self.propos.pour(forme.id) for forme in self.formes]
        lignes = [
            LigneDeTableau("Ce que c’est", tuple((f.definition,) for f in self.formes)),
            LigneDeTableau("Ce qu’elle fait", tuple(tuple(m.texte for m in c.missions) for c in par_forme)),
            *self._de_la_region(),
            LigneDeTableau("Vers où évoluer", tuple(_sans_redite(e.vers for e in c.evolutions) for c in par_forme)),
        ]
        return [ligne for ligne in lignes if any(ligne.cellules)]

    def _de_la_region(self) -> list[LigneDeTableau]:
        edition = self.edition
        if edition is None:
            return []
        dans = edition.entete.region.dans
        criteres = [c for c in edition.criteres if c.nature == "composition"]
        return [
            LigneDeTableau(
                f"Qui réunir {dans}",
                tuple(tuple(c.enonce for c in criteres if f.id in c.formes) for f in self.formes),
            ),
            LigneDeTableau(
                f"Les démarches {dans}",
                tuple(tuple(d.libelle for d in edition.demarches if f.id in d.formes) for f in self.formes),
            ),
            LigneDeTableau(
                f"Les aides {dans}",
                tuple(tuple(a.libelle for a in edition.aides if f.id in a.formes) for f in self.formes),
            ),
        ]


def _sans_redite(noms: Iterable[str]) -> tuple[str, ...]:
    """« Une maison de santé (MSP) » et « Maison de santé » disent la même chose : le premier reste."""
    vus: dict[str, str] = {}
    for nom in noms:
        vus.setdefault(_ARTICLE_OU_SIGLE.sub("", nom).strip().lower(), nom)
    return tuple(vus.values())


def page_comprendre(cle: str = "") -> PageComprendre:
    """La page d'une région (sa clé) ; une clé inconnue donne ce qui vaut partout."""
    edition = edition_en_vigueur(cle, timezone.localdate()) if cle in regions() else None
    return PageComprendre(edition, tuple(editions_du_jour()))


def roles_des_elus() -> dict[str, Any]:
    """Ce que les élus peuvent faire : partout, puis ce que chaque région ajoute."""
    communs = national().comprendre.elus
    connus = {propos.id for propos in communs}
    ajouts = [(e, [p for p in e.comprendre.elus if p.id not in connus]) for e in editions_du_jour()]
    return {"elus": communs, "en_region": [(edition, propos) for edition, propos in ajouts if propos]}
