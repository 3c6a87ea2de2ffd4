"""La part des dossiers dans une archive : la fiche, les versions figées, les pièces, les signatures ; le brouillon.

L'équipe emporte tout ce qui est à elle. L'ARS emporte ce qui lui a été transmis, et rien de ce qui s'écrit encore.
"""

from collections.abc import Iterator
from typing import Any

from esperluette.documents.canonique import canonique
from esperluette.documents.emport import Piece, Regard, piece_gardee, piece_json, piece_produite
from esperluette.documents.moteur import produire
from esperluette.documents.preuves import complete, preuve_de
from esperluette.documents.preuves import fichier as fichier_de_preuve
from esperluette.dossiers.contenu import document_du_depot
from esperluette.dossiers.documents import GABARIT
from esperluette.dossiers.droits import peut_voir_preuve
from esperluette.dossiers.models import Commentaire, Depot, Dossier, PieceJointe
from esperluette.fichiers.droits import retenue


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """Ce que ce regard emporte du dossier lui-même."""
    yield _fiche(dossier, regard)
    depots = dossier.depots.order_by("numero").select_related("document", "accuse")
    if regard.est_ars:
        depots = depots.filter(depose_le__isnull=False)
    recus = list(depots)
    for depot in recus:
        depot.dossier = dossier
        yield from _version(depot, regard)
    yield from _pieces_jointes(dossier, recus, regard)
    if not regard.est_ars:
        yield from _redaction(dossier)


def _fiche(dossier: Dossier, regard: Regard) -> Piece:
    equipe = dossier.equipe
    passages = dossier.passages.order_by("le", "pk").values("geste", "de", "vers", "le", "avant_le")
    return piece_json(
        "dossier.json",
        "La fiche du dossier et ses changements d’état",
        {
            "reference": dossier.reference, "demarche": dossier.demarche, "demarche_libelle": dossier.demarche_libelle,
            "region": dossier.region, "edition": dossier.edition, "etat": dossier.etat,
            "etat_depuis": dossier.etat_depuis, "cree_le": dossier.cree_le, "depose_le": dossier.depose_le,
            "reprise": dossier.reprise, "avenant_de": dossier.avenant_de.reference if dossier.avenant_de else None,
            "equipe": {
                "nom": equipe.nom, "forme_visee": equipe.forme_visee, "implantation": equipe.implantation_id,
                "statut_juridique": equipe.statut_juridique, "nom_juridique": equipe.nom_juridique,
            },
            "passages": list(passages),
        },
        le=dossier.etat_depuis,
    )  # fmt: skip


def _version(depot: Depot, regard: Regard) -> Iterator[Piece]:
    """Le contenu tel que son empreinte l'engage, ses signatures, et les documents qu'on en tire."""
    ici, nom = f"depots/version-{depot.numero}", depot.dossier.reference
    le = depot.depose_le or depot.fige_le
    titre = f"version {depot.numero}" + (", rouverte" if depot.annule_le else "")
    contenu = canonique(depot.contenu)
    yield Piece(f"{ici}/contenu.json", f"Contenu signé, {titre}", lambda: [contenu], le, len(contenu), depot.empreinte)
    yield piece_json(f"{ici}/signatures.json", f"Signatures, {titre}", _signatures(depot), le=le)
    yield from _preuves(depot, regard)
    if depot.annule_le is not None:
        return
    if depot.document is not None:
        document = depot.document
        yield piece_gardee(
            f"{ici}/{nom}-v{depot.numero}.pdf", f"Projet en PDF, {titre}", document.fichier,
            empreinte=document.empreinte, le=le,
        )  # fmt: skip
    for format in ("docx", "odt") if depot.document is not None else ("pdf", "docx", "odt"):
        yield piece_produite(
            f"{ici}/{nom}-v{depot.numero}.{format}", f"Projet en {format.upper()}, {titre}",
            lambda format=format: produire(GABARIT, document_du_depot(depot), format, le=le), le=le,  # type: ignore[misc]
        )  # fmt: skip
    if depot.accuse is not None:
        yield piece_gardee(
            f"{ici}/accuse-de-reception.pdf", f"Accusé de réception, {titre}", depot.accuse.fichier,
            empreinte=depot.accuse.empreinte, le=le,
        )  # fmt: skip


def _preuves(depot: Depot, regard: Regard) -> Iterator[Piece]:
    """La preuve de chaque signature, pour qui a le droit de la voir ; son SHA-256 est l'empreinte imprimée."""
    signatures = depot.signatures.select_related("preuve").order_by("signee_le", "pk")
    for rang, signature in enumerate(signatures, start=1):
        preuve = preuve_de(signature)
        if preuve is None or (regard.compte and not peut_voir_preuve(regard.compte, signature, depot)):
            continue
        octets = fichier_de_preuve(complete(preuve))
        yield Piece(
            f"depots/version-{depot.numero}/preuves/signature-{rang}.json", f"Preuve de signature, {signature.nom}",
            lambda octets=octets: [octets], signature.signee_le, len(octets), preuve.empreinte,  # type: ignore[misc]
        )  # fmt: skip


def _signatures(depot: Depot) -> dict[str, Any]:
    posees = depot.signatures.order_by("signee_le", "pk")
    return {
        "empreinte_signee": depot.empreinte,
        "attendues": depot.contenu["signataires"],
        "posees": list(
            posees.values("nom", "qualite", "empreinte", "signee_le", "methode", "annulee_le", "annulation_motif")
        ),
        "manuscrites": list(
            depot.manuscrites.order_by("pk").values("nom", "qualite", "signee_le", "jointe_le", "retiree_le")
        ),
    }


def _pieces_jointes(dossier: Dossier, depots: list[Depot], regard: Regard) -> Iterator[Piece]:
    """Les fichiers d'origine, retirés compris s'ils sont dans une version ; pour l'ARS, ceux qu'elle a reçus."""
    jointes = PieceJointe.objects.filter(dossier=dossier).select_related("fichier").order_by("jointe_le", "pk")
    recues = {p["piece"] for depot in depots for p in depot.contenu["pieces"]}
    liste = []
    for rang, jointe in enumerate((j for j in jointes if not regard.est_ars or j.pk in recues), start=1):
        fichier = jointe.fichier
        chemin = f"pieces/{rang:02d}-{fichier.nom}"
        liste.append(
            {
                "fichier": chemin, "libelle": jointe.libelle, "nature": jointe.nature, "nom": fichier.nom,
                "empreinte": fichier.empreinte, "taille": fichier.taille, "jointe_le": jointe.jointe_le,
                "retiree_le": jointe.retiree_le,
            }
        )  # fmt: skip
        yield piece_gardee(
            chemin, f"Pièce jointe : {jointe.libelle}", fichier.contenu, empreinte=fichier.empreinte,
            le=jointe.jointe_le, retenue=retenue(fichier),
        )  # fmt: skip
    yield piece_json("pieces/liste.json", "Les pièces jointes, avec leur empreinte", liste)


def _redaction(dossier: Dossier) -> Iterator[Piece]:
    """Ce que l'équipe est en train d'écrire, et ce qu'elle s'en dit."""
    reponses = dossier.reponses.order_by("champ").values("champ", "valeur", "version", "modifie_le")
    yield piece_json("redaction/reponses.json", "Les réponses telles qu’elles sont aujourd’hui", list(reponses))
    mots = Commentaire.objects.filter(dossier=dossier).select_related("auteur").order_by("le", "pk")
    yield piece_json(
        "redaction/commentaires.json", "Les commentaires de l’équipe sur la rédaction",
        [{"champ": c.champ, "texte": c.texte, "auteur": str(c.auteur), "le": c.le, "regle_le": c.regle_le}
         for c in mots],
    )  # fmt: skip
