"""Le journal d'un dossier dans son archive : un fichier par maillon, qui se vérifie avec sha256sum.

`000012.json` est l'enveloppe : son SHA-256 est l'empreinte de l'événement, et elle contient celle du précédent.
`000012.contenu.json` et `000012.auteur.json` ont leur SHA-256 dans l'enveloppe. Un acte qu'on n'a pas à lire n'a
que son enveloppe ; un nom effacé n'a plus d'auteur. Voir docs/adr/0008.
"""

from collections.abc import Iterator

from esperluette.documents.emport import Piece, Regard, Section, piece_octets, piece_page
from esperluette.dossiers.models import Dossier
from esperluette.echanges.archive import date_entiere
from esperluette.journal.chaine import PREMIER, auteur, canonique, cle_de, contenu
from esperluette.journal.libelles import internes, libelle
from esperluette.journal.models import Chaine, Evenement

TU = "Acte interne de l’ARS, non communiqué : son enveloppe est là, pour que la chaîne se vérifie."


def longueur_de(dossier: Dossier) -> int:
    """Combien d'événements a le journal de ce dossier."""
    return Chaine.objects.filter(cle=cle_de(dossier)).values_list("longueur", flat=True).first() or 0


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """Tous les maillons, dans l'ordre, puis la tête et la page lisible. Un par un : un journal peut être long."""
    muettes = frozenset() if regard.est_ars else internes()
    tete, sections = "", []
    for evenement in Evenement.objects.filter(chaine_id=cle_de(dossier)).order_by("numero").iterator(chunk_size=500):
        tu = evenement.sorte in muettes
        yield from _maillon(evenement, tu=tu)
        sections.append(_section(evenement, tu=tu))
        tete = f"{evenement.numero} {evenement.empreinte}\n"
    if tete:
        yield piece_octets("journal/TETE.txt", "La tête de la chaîne : son numéro et son empreinte", tete.encode())
    yield piece_page("journal/journal.html", "Le journal du dossier", sections)


def _maillon(evenement: Evenement, *, tu: bool) -> Iterator[Piece]:
    nom, titre, le = f"journal/{evenement.numero:06d}", f"Journal, n° {evenement.numero}", evenement.le
    if evenement.format == PREMIER and (tu or not evenement.acteur_nom):
        # L'enveloppe d'alors dit tout : il n'en reste que l'empreinte, que le suivant cite.
        yield piece_octets(f"{nom}.empreinte", f"{titre} (empreinte)", evenement.empreinte.encode() + b"\n", le=le)
        if not tu:
            yield piece_octets(f"{nom}.sans-nom.json", f"{titre} (nom effacé)", canonique(evenement).encode(), le=le)
        return
    yield piece_octets(f"{nom}.json", titre, canonique(evenement).encode(), le=None if tu else le)
    if evenement.format == PREMIER or tu:
        return
    yield piece_octets(f"{nom}.contenu.json", f"{titre} (contenu)", contenu(evenement).encode(), le=le)
    if evenement.acteur_nom:
        yield piece_octets(f"{nom}.auteur.json", f"{titre} (auteur)", auteur(evenement).encode(), le=le)


def _section(evenement: Evenement, *, tu: bool) -> Section:
    titre = f"n° {evenement.numero}"
    if tu:
        return Section(titre, [("Empreinte", evenement.empreinte)], TU)
    lignes = [("Le", date_entiere(evenement.le)), ("Empreinte", evenement.empreinte)]
    return Section(titre, lignes, f"{evenement.auteur} {libelle(evenement)}")
