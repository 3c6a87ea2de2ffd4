"""La part des sollicitations dans une archive : les chiffres demandés à l'ARS, et ses réponses."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.documents.emport import Piece, Regard, Section, piece_json, piece_page
from esperluette.dossiers.models import Dossier
from esperluette.sollicitations.lectures import avec_le_projet
from esperluette.sollicitations.models import Sollicitation


def pieces(dossier: Dossier, _regard: Regard) -> Iterator[Piece]:
    """Toutes les demandes, retirées comprises, de la plus ancienne à la plus récente ; les deux côtés les voient."""
    siennes = Sollicitation.objects.filter(dossier=dossier).order_by("demandee_le", "pk")
    demandes = avec_le_projet(list(siennes.select_related("demandee_par", "repondue_par")))
    if not demandes:
        return
    le = max(filter(None, (d for s in demandes for d in (s.demandee_le, s.retiree_le, s.repondue_le))))
    yield piece_json("chiffres-demandes.json", "Les chiffres demandés à l’ARS (données)", _donnees(demandes), le=le)
    yield piece_page("chiffres-demandes.html", "Les chiffres demandés à l’ARS", map(_section, demandes), le=le)


def _donnees(demandes: list[Sollicitation]) -> list[dict[str, Any]]:
    """Chaque demande et sa réponse, telles que gardées."""
    return [
        {
            "rubrique": s.rubrique_intitule, "libelle": s.libelle, "precisions": s.precisions,
            "demandee_par": str(s.demandee_par), "demandee_le": s.demandee_le, "etat": s.etat.value,
            "valeur": None if s.valeur is None else str(s.valeur), "unite": s.unite, "source": s.source,
            "millesime": s.millesime, "commentaire": s.commentaire, "motif": s.motif,
            "repondue_par": str(s.repondue_par or ""), "repondue_le": s.repondue_le, "retiree_le": s.retiree_le,
        }
        for s in demandes
    ]  # fmt: skip


def _section(s: Sollicitation) -> Section:
    lignes: list[tuple[str, object]] = [
        ("Rubrique", s.rubrique_intitule),
        ("Demandé le", en_lettres(timezone.localtime(s.demandee_le))),
        ("Par", s.demandee_par),
        ("État", s.etat.label),
    ]
    if s.issue:
        lignes += [("Réponse", s.valeur_lue or s.motif), ("Source", s.source_datee), ("Répondu par", s.repondue_par)]
    texte = "\n\n".join(filter(None, (s.precisions, s.commentaire)))
    return Section(s.libelle, [(nom, dit) for nom, dit in lignes if dit], texte)
