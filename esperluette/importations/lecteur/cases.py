"""Les cases d'un document : ☐ ☒ ☑, « [x] », avant ou après leur libellé, seules ou plusieurs sur la ligne."""

import re
from dataclasses import dataclass

from esperluette.importations.lecteur.textes import SEUIL_PROCHE, cle, mots, recouvrement, ressemblance
from esperluette.referentiel.modele import Champ, Option

_COCHEES = "☒☑✓✔✗✘■▣⊠◼🗹🗷⮽"
_VIDES = "☐□▢◻❏❑❐❒⬜▫"
_ENTRE_CROCHETS = re.compile(r"[\[(]\s?([xX✓✔×])\s?[\])]|[\[]\s{0,3}[\]]")
_CASE = re.compile(f"[{_COCHEES}{_VIDES}]")
_X_SEUL = re.compile(r"^\s*[xX×]\s+(?=\w)")


@dataclass(frozen=True, slots=True)
class Case:
    """Un libellé et son état."""

    libelle: str
    cochee: bool


def marquer(texte: str) -> str:
    """Le texte où toute case, quelle que soit son écriture, est ☒ ou ☐."""
    texte = _ENTRE_CROCHETS.sub(lambda m: "☒" if m[1] else "☐", texte)
    texte = _X_SEUL.sub("☒ ", texte)
    return re.sub(f"[{_COCHEES}]", "☒", re.sub(f"[{_VIDES}]", "☐", texte))


def a_une_case(texte: str) -> bool:
    return bool(_CASE.search(marquer(texte)))


def cases_de(texte: str) -> list[Case]:
    """Les cases d'un bloc, ligne à ligne ; vide s'il n'en a pas."""
    trouvees = []
    for ligne in marquer(texte).split("\n"):
        morceaux = re.split("([☐☒])", ligne)
        signes, libelles = morceaux[1::2], morceaux[0::2]
        if not signes:
            continue
        # Une case suit son libellé quand la ligne commence par du texte et finit par une case.
        apres = bool(cle(libelles[0])) and not cle(libelles[-1])
        paires = zip(libelles[:-1] if apres else libelles[1:], signes, strict=True)
        trouvees += [Case(libelle.strip(" \t:;,.-–·"), signe == "☒") for libelle, signe in paires if cle(libelle)]
    return trouvees


def option_de(champ: Champ, libelle: str) -> tuple[Option | None, str]:
    """(option que nomme ce libellé, précision qui la suit) : « Autres : une réunion par mois »."""
    essais = [(libelle, "")]
    if coupe := re.search(r"\s*[:(–—]\s*", libelle):
        essais.append((libelle[: coupe.start()], libelle[coupe.end() :].strip(" .…_)")))
    for tete, reste in essais:
        plat = cle(tete)
        for option in champ.options:
            if plat and plat in {cle(option.libelle), cle(_court(option.libelle)), *_sigles(option.libelle)}:
                return option, reste
    for tete, reste in essais:
        plat = cle(tete)
        notes = sorted(
            ((max(ressemblance(plat, cle(v)) for v in (o.libelle, _court(o.libelle))), o) for o in champ.options),
            key=lambda n: -n[0],
        )
        if notes and notes[0][0] >= SEUIL_PROCHE:
            return notes[0][1], reste
    dits = mots(libelle)
    if len(dits) <= 12:
        contenues = [o for o in champ.options if dits and recouvrement(dits, mots(o.libelle)) >= 0.99]
        if len(contenues) == 1:
            return contenues[0], ""
    return None, ""


def _court(libelle: str) -> str:
    """« Autres » de « Autres (à préciser) » ; « 35 » n'y suffit pas."""
    return re.sub(r"\([^()]*\)|\*", " ", libelle)


def _sigles(libelle: str) -> set[str]:
    """« zip » de « Zone d'intervention prioritaire (ZIP) » ; « 83 » et « Var » de « 83 - Var »."""
    sigles = {cle(s) for s in re.findall(r"\(([A-Z]{2,6})\)", libelle)}
    if coupe := re.match(r"(\d[\dAB]{1,2})\s*[-–]\s*(.+)", libelle):
        sigles |= {cle(coupe[1]), cle(coupe[2])}
    return sigles
