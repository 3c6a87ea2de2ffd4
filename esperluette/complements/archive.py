"""La part des compléments dans une archive : ce que l'ARS a demandé, ce que l'équipe a répondu."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.complements.lectures import demandes_de
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.documents.emport import Piece, Regard, Section, piece_json, piece_page
from esperluette.dossiers.models import Dossier


def pieces(dossier: Dossier, _regard: Regard) -> Iterator[Piece]:
    """Les demandes envoyées, annulées comprises ; une demande qui se prépare n'est à personne."""
    for rang, demande in enumerate(reversed(demandes_de(dossier)), start=1):
        nom, titre = f"complements/demande-{rang}", f"Demande de compléments n° {rang}"
        yield piece_json(f"{nom}.json", f"{titre} (données)", _donnees(demande), le=demande.demandee_le)
        yield piece_page(f"{nom}.html", titre, _sections(demande), le=demande.demandee_le)


def _donnees(demande: DemandeDeComplements) -> dict[str, Any]:
    return {
        "etat": demande.etat, "version_relue": demande.depot.numero, "message": demande.message,
        "demandee_par": str(demande.demandee_par), "demandee_le": demande.demandee_le, "avant_le": demande.avant_le,
        "repondue_le": demande.repondue_le, "annulee_le": demande.annulee_le, "motif": demande.motif,
        "remarques": [_remarque(r) for r in demande.remarques.all()],
    }  # fmt: skip


def _remarque(remarque: Remarque) -> dict[str, Any]:
    return {
        "champ": remarque.champ, "libelle": remarque.libelle, "extrait": remarque.extrait, "texte": remarque.texte,
        "reponse": remarque.reponse, "repondue_le": remarque.repondue_le, "levee_le": remarque.levee_le,
    }  # fmt: skip


def _sections(demande: DemandeDeComplements) -> Iterator[Section]:
    demandee = en_lettres(timezone.localtime(demande.demandee_le)) if demande.demandee_le else ""
    avant = en_lettres(demande.avant_le) if demande.avant_le else ""
    lignes = [
        ("Demandée le", demandee), ("Par", demande.demandee_par), ("À compléter avant le", avant),
        ("État", demande.etat.label),
    ]  # fmt: skip
    yield Section("La demande", lignes, demande.message)
    for remarque in demande.remarques.all():
        yield Section(remarque.libelle, [("Passage", remarque.extrait)] if remarque.extrait else [], remarque.texte)
        if remarque.reponse:
            yield Section(f"Réponse de l’équipe : {remarque.libelle}", [], remarque.reponse)
