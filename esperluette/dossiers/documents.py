"""Les documents d'un dossier : l'aperçu, le projet (PDF, DOCX, ODT), l'accusé de réception ; et la trame vierge."""

from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone
from markupsafe import Markup

from esperluette.commun.dates import en_lettres
from esperluette.comptes.lectures import organisme_de, referents_de
from esperluette.documents.actions import conserver
from esperluette.documents.contextes import ContexteAccuse, EquipeImprimee, PieceImprimee, ServiceCharge, en_contexte
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import apercu, produire
from esperluette.dossiers.contenu import document_de, document_du_depot
from esperluette.dossiers.delais import DELAI_DE_REPONSE, horloge_de
from esperluette.dossiers.horloge import Horloge
from esperluette.dossiers.lectures import demarche_de, depot_en_attente, edition_de, membres_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.vierge import contexte_vierge
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.journal.lectures import tete_de
from esperluette.referentiel.modele import Demarche, Edition

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
    recu = depot.depose_le or timezone.now()
    horloge = _horloge_au(depot, recu)
    echeance, complement = horloge.echeance, bool(horloge.suspendus) or _est_un_complement(depot)
    service, contact = _service(dossier)
    return ContexteAccuse(
        titre="Accusé de réception",
        reference=dossier.reference,
        equipe=EquipeImprimee(
            nom=equipe.nom, commune=equipe.implantation.nom, departement=equipe.implantation.departement.nom,
            region=equipe.implantation.region.nom,
        ),
        brouillon=False,
        demarche=dossier.demarche_libelle,
        deposant=deposant_de(depot),
        recu_le=recu.isoformat(),
        service=service,
        contact=contact,
        pieces=tuple(
            PieceImprimee(nom=p["libelle"], taille=p["taille"], empreinte=p["empreinte"])
            for p in pieces_du_depot(depot)
        ),
        pieces_manquantes=_pieces_manquantes(depot),
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
        depuis=horloge.debut.isoformat() if complement and horloge.debut else "",
        a_defaut=_a_defaut(horloge),
        reprise=_reprise(horloge) if complement else "",
    )  # fmt: skip


def deposant_de(depot: Depot) -> str:
    """Qui a déposé ; un membre à qui le dépôt était confié, et par qui."""
    equipe = depot.dossier.equipe
    passage = depot.dossier.passages.filter(geste="deposer", le=depot.depose_le).select_related("acteur").first()
    if passage is None or passage.acteur_id == equipe.porteur.compte_id:
        return str(equipe.porteur)
    confiees = equipe.delegations.filter(delegataire__compte=passage.acteur_id, donnee_le__lte=passage.le)
    valait = confiees.filter(Q(finie_le=None) | Q(finie_le__gte=passage.le)).select_related("delegant").first()
    return f"{passage.acteur}, par délégation de {valait.delegant}" if valait else str(passage.acteur)


def _horloge_au(depot: Depot, recu: datetime) -> Horloge:
    """L'horloge telle qu'elle était à ce dépôt : ce qui est venu ensuite ne change pas son accusé."""
    passages = depot.dossier.passages.filter(le__lte=recu)
    return horloge_de(depot.dossier, passages=passages, le=timezone.localdate(recu))


def _est_un_complement(depot: Depot) -> bool:
    return depot.dossier.depots.filter(depose_le__isnull=False, numero__lt=depot.numero).exists()


def _a_defaut(horloge: Horloge) -> str:
    """La date et le sens de la décision implicite, en une phrase."""
    sens = {"rejet": "rejetée", "acceptation": "acceptée"}.get(horloge.effet)
    if horloge.echeance is None or sens is None:
        return ""
    return f"À défaut de décision au plus tard le {en_lettres(horloge.echeance)}, votre demande est réputée {sens}."


def _reprise(horloge: Horloge) -> str:
    """Au dépôt d'un complément : l'horloge a repris, et voici la nouvelle date."""
    debut = "Ce dépôt complète votre dossier."
    if horloge.echeance is None:
        return debut
    suspendus = f"{horloge.suspendus} jour{'s' if horloge.suspendus > 1 else ''}"
    return (
        f"{debut} L’horloge, suspendue {suspendus}, a repris : {horloge.jours} jours ont couru sur {horloge.total}. "
        f"La nouvelle échéance est le {en_lettres(horloge.echeance)}."
    )


def _pieces_manquantes(depot: Depot) -> tuple[str, ...]:
    """Les pièces exigées par la démarche et absentes de ce dépôt."""
    jointes = {piece["nature"] for piece in depot.contenu["pieces"]}
    return tuple(p.libelle for p in demarche_de(depot.dossier).pieces if p.obligatoire and p.id not in jointes)


def _service(dossier: Dossier) -> tuple[ServiceCharge, str]:
    """Le service chargé du dossier et l'interlocuteur, tels qu'on les connaît ; un vide reste un vide."""
    implantation = dossier.equipe.implantation
    publie = contacts_de(implantation).contacts[0]
    agents = [dossier.instruit_par] if dossier.instruit_par else referents_de(implantation)
    organisme = organisme_de(implantation, agents)
    coordonnees = {
        "courriel": publie.courriel or (organisme.courriel if organisme else ""),
        "telephone": publie.telephone or (organisme.telephone if organisme else ""),
    }
    if agents and all(agent.fictif for agent in agents):
        # Démonstration : l'adresse d'une vraie personne ne s'imprime pas à côté d'un agent inventé.
        coordonnees = {"courriel": agents[0].courriel}
    service = ServiceCharge(
        nom=organisme.nom if organisme else publie.organisme,
        adresse=organisme.adresse if organisme else "", **coordonnees,
    )  # fmt: skip
    if agents:
        return service, " et ".join(str(agent) for agent in agents)
    return service, ", ".join(filter(None, (publie.nom, publie.role))) if publie.nom else ""


def _suite(edition: Edition, forme: str, demarche: str) -> list[str]:
    """Les étapes du chemin qui suivent cette démarche ; tout le chemin sans démarche s'il ne la nomme pas."""
    chemin = edition.chemin_de(forme)
    rangs = [n for n, etape in enumerate(chemin) if etape.demarche == demarche]
    suivantes = chemin[rangs[-1] + 1 :] if rangs else [e for e in chemin if e.demarche is None]
    return [etape.titre for etape in suivantes]
