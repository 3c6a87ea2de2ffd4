"""Les documents d'un dossier : l'aperçu, le projet (PDF, DOCX, ODT), l'accusé de réception ; et la trame vierge."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone
from markupsafe import Markup

from esperluette.commun.dates import ajouter_mois
from esperluette.documents.actions import conserver
from esperluette.documents.contextes import ContexteAccuse, EquipeImprimee, PieceImprimee, ServiceCharge, en_contexte
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import apercu, produire
from esperluette.dossiers.contenu import document_de, document_du_depot
from esperluette.dossiers.lectures import DELAI_DE_REPONSE, demarche_de, depot_en_attente, edition_de, membres_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.vierge import contexte_vierge
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.journal.lectures import tete_de
from esperluette.referentiel.modele import Demarche, Edition, Silence

GABARIT = "documents/trame.html"
GABARIT_ACCUSE = "documents/accuse.html"
GABARIT_VIERGE = "dossiers/trame_vierge.html"
FORMATS = ("pdf", "docx", "odt")


def contexte_courant(dossier: Dossier) -> dict[str, Any]:
    """Le document de la version figée ou déposée la plus récente ; sinon celui du brouillon, aides comprises."""
    depot = depot_en_attente(dossier)
    if depot is None and not dossier.est_modifiable:
        depot = dossier.depots.filter(depose_le__isnull=False).first()
    if depot is not None:
        return document_du_depot(depot)
    contexte: dict[str, Any] = en_contexte(document_de(dossier, membres_de(dossier), brouillon=True))
    return contexte


def exporter(dossier: Dossier, format: str) -> bytes:
    """Le document courant dans un format de `FORMATS`. Lève `ProductionImpossible`."""
    return produire(GABARIT, contexte_courant(dossier), format)


def trame_vierge(edition: Edition, demarche: Demarche, format: str) -> bytes:
    """La trame d'une démarche en ligne, à remplir hors ligne ; mêmes règles, mêmes octets, sans base de données.

    Lève `KeyError` si la démarche n'a pas de trame, `ProductionImpossible`.
    """
    le = datetime.combine(edition.en_vigueur_du, time(12), UTC)
    return produire(GABARIT_VIERGE, en_contexte(contexte_vierge(edition, demarche)), format, le=le)


def apercu_du_dossier(dossier: Dossier) -> Markup:
    """Le document courant, à poser dans une page."""
    return apercu(GABARIT, contexte_courant(dossier))


def apercu_du_depot(depot: Depot) -> Markup:
    """Un dépôt tel qu'il a été signé, à poser dans une page."""
    return apercu(GABARIT, document_du_depot(depot))


def pieces_du_depot(depot: Depot) -> list[dict[str, Any]]:
    """Les pièces figées avec ce dépôt : `piece` (clé), `libelle`, `nom`, `taille` (octets), `empreinte`."""
    pieces: list[dict[str, Any]] = depot.contenu["pieces"]
    return pieces


def produire_projet(depot: Depot) -> DocumentProduit:
    """Le PDF du dépôt, gardé avec son contexte et l'empreinte de son gabarit."""
    return conserver(
        GABARIT, document_du_depot(depot), "pdf", objet=depot, edition=_edition(depot), acteur=depot.fige_par,
        nom=f"{depot.dossier.reference}-v{depot.numero}.pdf", le=depot.depose_le,
    )  # fmt: skip


def produire_accuse(depot: Depot) -> DocumentProduit:
    """L'accusé de réception (CRPA, art. L. 112-3 et R. 112-5), gardé avec son contexte."""
    return conserver(
        GABARIT_ACCUSE, en_contexte(contexte_accuse(depot)), "pdf", objet=depot, edition=_edition(depot),
        acteur=depot.fige_par, nom=f"{depot.dossier.reference}-accuse-v{depot.numero}.pdf", le=depot.depose_le,
    )  # fmt: skip


def _edition(depot: Depot) -> str:
    return f"{depot.contenu['region']}/{depot.contenu['edition']}"


def contexte_accuse(depot: Depot) -> ContexteAccuse:
    """Ce que dit l'accusé. Délais, effet du silence et recours viennent du régime de décision de l'édition."""
    dossier = depot.dossier
    edition, demarche, equipe = edition_de(dossier), demarche_de(dossier), dossier.equipe
    silence = demarche.regime.silence
    reponse = contacts_de(equipe.implantation)
    premier = reponse.contacts[0] if reponse.contacts else None
    recu = depot.depose_le or timezone.now()
    echeance = _echeance(recu, silence)
    return ContexteAccuse(
        titre="Accusé de réception",
        reference=dossier.reference,
        equipe=EquipeImprimee(
            nom=equipe.nom, commune=equipe.implantation.nom, departement=equipe.implantation.departement.nom,
            region=equipe.implantation.region.nom,
        ),
        brouillon=False,
        demarche=dossier.demarche_libelle,
        deposant=str(equipe.porteur),
        recu_le=recu.isoformat(),
        service=ServiceCharge(
            nom=premier.organisme if premier else f"ARS {equipe.implantation.region.nom}",
            courriel=(premier.courriel or "") if premier else "",
            telephone=(premier.telephone or "") if premier else "",
        ),
        contact=", ".join(filter(None, (premier.nom, premier.role))) if premier else "Référent non publié",
        pieces=tuple(
            PieceImprimee(nom=p["libelle"], taille=p["taille"], empreinte=p["empreinte"])
            for p in pieces_du_depot(depot)
        ),
        pieces_manquantes=(),
        delai_manquantes="",
        echeance=echeance.isoformat() if echeance else "",
        delai=f"{silence.delai_mois} mois" if echeance else "",
        effet_du_silence=silence.texte,
        voies_de_recours=tuple(edition.socle.recours[cle].texte for cle in demarche.regime.recours),
        fondement=demarche.regime.texte,
        depot=str(depot.numero),
        empreinte=depot.empreinte,
        journal=tete_de(dossier),
        suite=tuple(_suite(edition, equipe.forme_visee, dossier.demarche)),
        delais=tuple(d.libelle for d in demarche.regime.delais if d.id == DELAI_DE_REPONSE),
    )  # fmt: skip


def _echeance(recu: datetime, silence: Silence) -> date | None:
    """Le jour où naît la décision implicite ; aucun si le silence ne vaut rien."""
    return None if silence.effet == "aucun" else ajouter_mois(timezone.localdate(recu), silence.delai_mois)


def _suite(edition: Edition, forme: str, demarche: str) -> list[str]:
    """Les étapes du chemin qui suivent cette démarche ; tout le chemin sans démarche s'il ne la nomme pas."""
    chemin = edition.chemin_de(forme)
    rangs = [n for n, etape in enumerate(chemin) if etape.demarche == demarche]
    suivantes = chemin[rangs[-1] + 1 :] if rangs else [e for e in chemin if e.demarche is None]
    return [etape.titre for etape in suivantes]
