"""Lire `table.txt`, la matrice écrite à la main."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROLES = ("vis", "por", "mem", "inv", "par", "lec", "com", "fin", "voi", "ref", "r29", "aut", "sec", "reg", "adm")
RAISONS = {
    "P": "Seul le porteur",
    "H": "Vous ne faites pas partie de cette équipe.",
    "M": "Seuls le porteur et la personne concernée modifient cette fiche.",
    "R": "Seuls les membres de l’équipe écrivent dans son projet.",
    "L": "L’équipe vous a ouvert son projet en lecture",
    "F": "ses réponses ne changent plus",
    "K": "On commente un brouillon",
    "S": "Seuls les membres nommés dans cette version peuvent la signer.",
    "E": "Cette invitation a été envoyée à",
    "A": "Cette page est celle des agents de l’ARS.",
    "W": "Seuls le demandeur et l’interlocuteur annulent une demande.",
    "X": "Seule la personne qui a écrit relance sa demande.",
    "Z": "Les demandes de rencontre sont traitées par les référents",
    "T": "Cette page est celle de l’administrateur de la région.",
    "N": "Une reconnaissance est enregistrée par l’autorité de l’ARS",
    "I": "Ce dossier n’est pas dans votre périmètre d’agent.",
}
REPONSES = {"ok", "cnx", ">", "!", "nul", "no", "nn", "422"} | RAISONS.keys()


@dataclass(frozen=True)
class Ligne:
    """Une page, un état, un geste, et ce que chaque rôle obtient."""

    nom: str
    etat: str
    geste: str
    attendu: dict[str, str]

    def __str__(self) -> str:
        return f"{self.geste} {self.nom} ({self.etat})"


def _lire() -> list[Ligne]:
    lignes = []
    for texte in Path(__file__).with_name("table.txt").read_text(encoding="utf-8").splitlines():
        if not texte.strip() or texte.startswith("#"):
            continue
        nom, etat, geste, *reponses = texte.split()
        assert len(reponses) == len(ROLES), f"{len(reponses)} réponses au lieu de {len(ROLES)} : {texte}"
        assert set(reponses) <= REPONSES, texte
        lignes.append(Ligne(nom, etat, geste, dict(zip(ROLES, reponses, strict=True))))
    doubles = [cle for cle, n in Counter(str(ligne) for ligne in lignes).items() if n > 1]
    assert not doubles, doubles
    return lignes


LIGNES = _lire()
