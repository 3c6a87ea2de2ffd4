"""La part des échanges dans une archive : le fil, ses pièces ; pour l'ARS seule, les notes internes."""

from collections.abc import Iterator

from django.utils import timezone

from esperluette.documents.emport import Piece, Regard, Section, piece_gardee, piece_json, piece_page
from esperluette.dossiers.models import Dossier
from esperluette.echanges.droits import peut_lire_les_notes
from esperluette.echanges.lectures import notes_de
from esperluette.echanges.models import Message
from esperluette.fichiers.droits import retenue
from esperluette.journal.dates import moment


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """Le fil, le même pour les deux côtés ; les notes internes ne sortent que pour qui a le droit de les lire."""
    yield from _fil(dossier)
    if regard.est_ars and (regard.compte is None or peut_lire_les_notes(regard.compte, dossier)):
        yield from _notes(dossier)


def _fil(dossier: Dossier) -> Iterator[Piece]:
    messages = list(
        Message.objects.filter(dossier=dossier).select_related("auteur").prefetch_related("pieces__fichier")
    )
    if not messages:
        return
    donnees, sections = [], []
    for rang, message in enumerate(messages, start=1):
        joints = []
        for numero, piece in enumerate(message.pieces.all(), start=1):
            fichier = piece.fichier
            chemin = f"echanges/pieces/message-{rang:03d}-{numero}-{fichier.nom}"
            joints.append(chemin)
            yield piece_gardee(
                chemin, f"Pièce du message n° {rang} : {fichier.nom}", fichier.contenu, empreinte=fichier.empreinte,
                le=message.envoye_le, retenue=retenue(fichier),
            )  # fmt: skip
        donnees.append(
            {
                "numero": rang, "auteur": str(message.auteur), "cote": message.cote, "rubrique": message.rubrique,
                "texte": message.texte, "envoye_le": message.envoye_le, "pieces": joints,
            }
        )  # fmt: skip
        lignes = [("Côté", message.get_cote_display()), *(("Pièce", joint) for joint in joints)]
        sections.append(Section(f"{message.auteur}, le {date_entiere(message.envoye_le)}", lignes, message.texte))
    le = messages[-1].envoye_le
    yield piece_json("echanges/messages.json", "Les échanges (données)", donnees, le=le)
    yield piece_page("echanges/messages.html", "Les échanges entre l’équipe et l’ARS", sections, le=le)


def _notes(dossier: Dossier) -> Iterator[Piece]:
    notes = list(notes_de(dossier))
    if not notes:
        return
    donnees = [{"auteur": str(n.auteur), "rubrique": n.rubrique, "texte": n.texte, "le": n.le} for n in notes]
    sections = [Section(f"{n.auteur}, le {date_entiere(n.le)}", [], n.texte) for n in notes]
    le = notes[-1].le
    yield piece_json("ars/notes-internes.json", "Les notes internes des agents (données)", donnees, le=le)
    yield piece_page("ars/notes-internes.html", "Les notes internes des agents", sections, le=le)


def date_entiere(quand: object) -> str:
    """La date entière, année comprise : une archive se lit des années après."""
    return moment(quand, maintenant=timezone.now().replace(year=1))  # type: ignore[arg-type]
