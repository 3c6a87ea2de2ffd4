"""Lire les matrices écrites à la main : `table.txt`, et `table_commission.txt`."""

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
    "J": "Vous lisez ces échanges ; seuls les membres de l’équipe y écrivent.",
    "B": "Vous lisez ces échanges ; seuls les agents qui instruisent dans ce territoire y écrivent.",
    "O": "Seuls les agents qui instruisent dans ce territoire écrivent des notes internes.",
    "Y": "Les réponses types sont tenues par les agents de l’ARS",
    "D": "Ce dossier n’est plus un brouillon",
    "U": "Seule l’autorité de l’ARS suspend ou retire une reconnaissance.",
    "G": "Ce geste revient aux référents et aux autorités de l’ARS.",
    "V": "Un avenant rouvre un projet accepté",
    "Q": "Le porteur répond au nom de l’équipe",
    "C": "seuls les membres de l’équipe l’emportent.",
    "Ch": "Seuls les agents de l’ARS qui instruisent dans ce territoire répondent",
    "Pr": "Chacun voit la preuve de sa signature",
}
ROLES_COMMISSION = (
    "vis", "por", "ref", "r29", "aut", "sec", "pre", "mem", "dep", "nco", "anc", "obs", "reg", "adm",
)  # fmt: skip
RAISONS_COMMISSION = {
    "C": "La composition est tenue par le secrétariat",
    "S": "Ce geste revient au secrétariat de cette commission.",
    "T": "son ordre du jour ne change plus.",
    "D": "Des dossiers sont inscrits à cette séance",
    "O": "Une commission s’ouvre par",
    "R": "« Réexaminer (recours gracieux) » demande un dossier « Refusé »",
    "U": "Seule l’autorité de l’ARS décide.",
    "W": "c’est à un autre agent de la relire.",
    "M": "La séance se mène par son président ou par le secrétariat.",
    "E": "Le procès-verbal entier se lit au siège de la commission",
    "N": "Le procès-verbal n’est pas encore validé par le président.",
    "V": "Le procès-verbal est validé : il ne change plus.",
    "P": "Vous êtes écarté d’un point",
    "B": "Vous siégez en observateur",
    "X": "les avis écrits ne changent plus.",
    "Q": "Le procès-verbal est validé par le président de la commission, ou par qui le supplée.",
    "G": "Le président, ou son suppléant, peut valider ce procès-verbal.",
    "J": "Le procès-verbal est déjà validé.",
    "K": "Ces chiffres sont ceux des agents de l’ARS",
    "Y": "Une équipe d’avant Esperluette est reprise par",
    "A": "Cette page est celle des agents de l’ARS.",
    "I": "Ce dossier n’est pas dans votre périmètre d’agent.",
    "F": "Seuls l’ARS et le secrétariat inscrivent à une séance.",
}
REPONSES = {"ok", "cnx", ">", "!", "nul", "no", "nn", "204", "409", "422"}


@dataclass(frozen=True)
class Ligne:
    """Une page, un état, un geste, et ce que chaque rôle obtient."""

    nom: str
    etat: str
    geste: str
    attendu: dict[str, str]

    def __str__(self) -> str:
        return f"{self.geste} {self.nom} ({self.etat})"


def _lire(fichier: str, roles: tuple[str, ...], raisons: dict[str, str]) -> list[Ligne]:
    lignes = []
    for texte in Path(__file__).with_name(fichier).read_text(encoding="utf-8").splitlines():
        if not texte.strip() or texte.startswith("#"):
            continue
        nom, etat, geste, *reponses = texte.split()
        assert len(reponses) == len(roles), f"{len(reponses)} réponses au lieu de {len(roles)} : {texte}"
        assert set(reponses) <= REPONSES | raisons.keys(), texte
        lignes.append(Ligne(nom, etat, geste, dict(zip(roles, reponses, strict=True))))
    doubles = [cle for cle, n in Counter(str(ligne) for ligne in lignes).items() if n > 1]
    assert not doubles, doubles
    return lignes


LIGNES = _lire("table.txt", ROLES, RAISONS)
LIGNES_COMMISSION = _lire("table_commission.txt", ROLES_COMMISSION, RAISONS_COMMISSION)
