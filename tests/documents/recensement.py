"""Tous les documents que le service produit, chacun avec un contexte venu des vraies actions.

`RECENSEMENT` les nomme ; `piece(nom)` rend le gabarit et le contexte JSON, faits une seule fois par session (la
base de l'essai qui le demande sert, puis s'efface : il ne reste que du JSON).
"""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils import timezone

from esperluette.commissions.synthese import contexte_du_livret, points_du_livret
from esperluette.decisions.actions import apres
from esperluette.decisions.avis import avis_lu
from esperluette.decisions.documents import a_imprimer as courrier_a_imprimer
from esperluette.decisions.documents import contexte_de as contexte_du_courrier
from esperluette.decisions.enums import NatureDeCourrier, Sens
from esperluette.decisions.lectures import courrier_de, valeurs_de
from esperluette.decisions.models import Courrier, Decision
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.cloture import clore, valider
from esperluette.deliberations.actions.deports import deporter_en_seance
from esperluette.deliberations.actions.seance import donner_mandat
from esperluette.deliberations.proces_verbal import a_imprimer as pv_a_imprimer
from esperluette.documents.contextes import en_contexte
from esperluette.dossiers.contenu import document_de, document_du_depot
from esperluette.dossiers.documents import contexte_accuse
from esperluette.dossiers.dossier_de_preuve import contexte as contexte_de_la_preuve
from esperluette.dossiers.lectures import edition_de, membres_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.preuves import preuves_de
from esperluette.dossiers.vierge import contexte_vierge
from esperluette.indicateurs.document import GABARIT as DIAGNOSTIC
from esperluette.indicateurs.document import contexte_de as contexte_du_diagnostic
from esperluette.reconnaissances.actions.avenants import ouvrir_un_avenant
from esperluette.reconnaissances.attestation import contexte_de as contexte_de_l_attestation
from esperluette.referentiel.courriers import composer
from esperluette.referentiel.lecture import edition_en_vigueur
from tests.dossiers.test_toutes_les_demarches import en_ligne, equipe_large
from tests.fabriques import decisions as fabrique_decisions
from tests.fabriques import dossiers as fabrique
from tests.fabriques.commissions import PointFabrique, SeanceFabrique, dossier_recu
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.documents import accuse, trame
from tests.fabriques.indicateurs import instantane
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

Contexte = dict[str, Any]
TRAME, VIERGE, ACCUSE = "documents/trame.html", "dossiers/trame_vierge.html", "documents/accuse.html"
LIVRET, COURRIER = "commissions/livret.html", "decisions/courrier.html"
PROCES_VERBAL, EXTRAIT = "deliberations/proces_verbal.html", "deliberations/extrait.html"
ATTESTATION, PREUVE = "reconnaissances/attestation.html", "documents/preuve.html"
ILLEGALE = "La décision est illégale : la pièce sur laquelle elle se fonde est fausse."


def _trame_remplie(region: str, forme: str, demarche: str) -> Contexte:
    """La trame de cette démarche, remplie par les vraies actions et figée en dépôt."""
    dossier = dossier_recu(equipe_large(region, forme), demarche=demarche, rempli=True)
    return document_du_depot(dossier.depots.get())


def _brouillon() -> Contexte:
    dossier = fabrique.brouillon()
    contexte: Contexte = en_contexte(document_de(dossier, membres_de(dossier), brouillon=True))
    return contexte


def _avenant() -> Contexte:
    equipe = fabrique.equipe_complete(nom="Équipe du Lié")
    acteurs = fabrique.acteurs_de(equipe)
    projet = fabrique_decisions.projet_examine(acteurs, equipe)
    fabrique_decisions.notifiee(projet, acteurs)
    projet = Dossier.objects.get(pk=projet.pk)
    avenant = ouvrir_un_avenant(projet, acteur=acteurs["porteuse"], porte_sur=("territoire", "membre"))
    fabrique.remplir(avenant, acteur=acteurs["porteuse"])
    contexte: Contexte = en_contexte(document_de(avenant, membres_de(avenant), brouillon=False))
    return contexte


def _vierge(region: str, demarche: str) -> Contexte:
    lue = edition_en_vigueur(region, timezone.localdate())
    contexte: Contexte = en_contexte(contexte_vierge(lue, lue.demarche(demarche)))
    return contexte


def _accuse() -> Contexte:
    contexte: Contexte = en_contexte(contexte_accuse(fabrique.depose()))
    return contexte


def _accuse_d_un_complement() -> Contexte:
    depot: Depot = fabrique.depose()
    suivant = Depot.objects.create(
        dossier=depot.dossier, numero=2, contenu=depot.contenu, empreinte="c" * 64, fige_par=depot.fige_par,
        depose_le=timezone.now(),
    )  # fmt: skip
    contexte: Contexte = en_contexte(contexte_accuse(suivant))
    return contexte


def _livret() -> Contexte:
    seance = SeanceFabrique(
        date=timezone.localdate() + datetime.timedelta(days=40), heure=datetime.time(14), lieu="Rennes"
    )
    for n, nom in enumerate(("Équipe du Lié", "Équipe de Brocéliande", "Équipe du Trégor"), start=1):
        PointFabrique(seance=seance, ordre=n, dossier=dossier_recu(fabrique.equipe_complete(nom=nom), rempli=n == 1))
    return contexte_du_livret(seance, points_du_livret(seance, seance.points.values_list("pk", flat=True)))


def _seance_close() -> Any:
    """Trois points : favorable, favorable avec réserves, ajourné ; des voix, un déport, un mandat, un désaccord."""
    c = commission(points=3, ouverte=True)
    c.arrivent(0, 1)
    m = c.mandats[2]
    donner_mandat(c.seance, m.siege, c.sieges[0], mandant=m.compte, acteur=c.secretaire)
    deporter_en_seance(c.points[1], c.membres[1], acteur=c.secretaire, motif="Secret de famille")
    c.propose("favorable", 0)
    for rang, sens in ((0, "pour"), (1, "contre"), (2, "pour")):
        sur_le_point.saisir_voix(c.points[0], c.sieges[rang], sens, version_lue=0, acteur=c.secretaire)
    sur_le_point.noter_desaccord(c.points[0], c.sieges[1], "Zone mal choisie.", demande=True, acteur=c.secretaire)
    sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)
    c.rend("favorable-avec-reserves", 1, reserves=("Préciser le territoire d’intervention.",))
    sur_le_point.ajourner(c.points[2], motif="Statuts absents.", acteur=c.secretaire)
    return c, clore(c.seance, acteur=c.secretaire)


def _proces_verbal(*, valide: bool) -> Contexte:
    c, pv = _seance_close()
    if valide:
        pv = valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)
    return pv_a_imprimer(pv.contenu, empreinte=pv.empreinte)


def _extrait() -> Contexte:
    c, pv = _seance_close()
    pv = valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)
    extrait = pv.extraits.order_by("pk").first()
    return pv_a_imprimer(extrait.contenu, empreinte=extrait.empreinte)


def _decision(sens: str, *, signee: bool = True) -> tuple[Decision, dict[str, Any]]:
    equipe = fabrique.equipe_complete(nom="Équipe du Lié", adresse="3 rue du Four\n22600 Loudéac")
    acteurs = fabrique.acteurs_de(equipe)
    dossier = fabrique_decisions.avis_rendu(acteurs, equipe)
    agir = fabrique_decisions.notifiee if signee else fabrique_decisions.preparee
    return agir(dossier, acteurs, sens), acteurs


def _courrier(sens: str, *, signee: bool = True) -> Contexte:
    decision, _ = _decision(sens, signee=signee)
    return contexte_du_courrier(decision, courrier_de(decision))


def _courrier_de_retrait() -> Contexte:
    decision, acteurs = _decision(Sens.ACCORD)
    decision = apres.retirer(
        decision, acteur=acteurs["autorite"], motif=ILLEGALE, observations_le=timezone.localdate(),
        qualite="Directrice générale",
    )  # fmt: skip
    return contexte_du_courrier(decision, decision.courriers.get(nature=NatureDeCourrier.RETRAIT))


def _information_sur_l_avis() -> Contexte:
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    c.rend("favorable-avec-reserves", reserves=("Préciser les protocoles.",))
    clore(c.seance, acteur=c.secretaire)
    dossier = Dossier.objects.get(pk=c.points[0].dossier_id)
    avis = avis_lu(dossier)
    decision = Decision(dossier=dossier, avis=avis.libelle, reserves="\n".join(avis.reserves))
    compose = composer(edition_de(dossier).courrier("avis", dossier.demarche), valeurs_de(decision, avis))
    courrier = Courrier(decision=decision, objet=compose.objet, corps=compose.corps)
    return courrier_a_imprimer(decision, courrier, usage="avis")


def _attestation(**voulu: Any) -> Contexte:
    equipe = fabrique.equipe_complete(nom="Équipe du Lié")
    FonctionFabrique(autorite=True, region=equipe.implantation.region)
    return contexte_de_l_attestation(ReconnaissanceFabrique(equipe=equipe, **voulu))


def _preuve(*, ensemble: bool) -> Contexte:
    depot = fabrique.depose()
    montrees = preuves_de(depot, depot.dossier.equipe.porteur.compte)
    contexte: Contexte = en_contexte(
        contexte_de_la_preuve(depot, montrees if ensemble else montrees[:1], ensemble=ensemble)
    )
    return contexte


def _diagnostic() -> Contexte:
    contexte: Contexte = en_contexte(contexte_du_diagnostic(instantane(), nom="Le Val Fictif"))
    return contexte


def _tout() -> Iterator[tuple[str, str, Callable[[], Contexte]]]:
    for region, forme, demarche in en_ligne():
        yield f"{demarche} ({region})", TRAME, partial(_trame_remplie, region, forme, demarche)
        yield f"trame vierge {demarche} ({region})", VIERGE, partial(_vierge, region, demarche)
    yield "projet de douze pages", TRAME, partial(trame, lignes=60)
    yield "projet en brouillon", TRAME, _brouillon
    yield "avenant", TRAME, _avenant
    yield "accusé de réception", ACCUSE, _accuse
    yield "accusé complet", ACCUSE, accuse
    yield "accusé d’un complément", ACCUSE, _accuse_d_un_complement
    yield "livret de séance", LIVRET, _livret
    yield "procès-verbal", PROCES_VERBAL, partial(_proces_verbal, valide=True)
    yield "projet de procès-verbal", PROCES_VERBAL, partial(_proces_verbal, valide=False)
    yield "extrait", EXTRAIT, _extrait
    for sens in Sens.values:
        yield f"courrier : {sens}", COURRIER, partial(_courrier, sens)
    yield "courrier en brouillon", COURRIER, partial(_courrier, Sens.ACCORD, signee=False)
    yield "courrier : retrait", COURRIER, _courrier_de_retrait
    yield "courrier : information sur l’avis", COURRIER, _information_sur_l_avis
    yield "preuve d’une signature", PREUVE, partial(_preuve, ensemble=False)
    yield "preuves d’une version", PREUVE, partial(_preuve, ensemble=True)
    yield "diagnostic de territoire", DIAGNOSTIC, _diagnostic
    yield "attestation", ATTESTATION, _attestation
    yield "attestation d’une équipe de démonstration", ATTESTATION, partial(_attestation, inventee=True, finie=True)


RECENSEMENT: dict[str, tuple[str, Callable[[], Contexte]]] = {nom: (g, faire) for nom, g, faire in _tout()}
# Un exemple par gabarit, le plus fourni.
EXEMPLES = {
    TRAME: "projet de douze pages",
    VIERGE: "trame vierge projet-de-sante (bretagne)",
    ACCUSE: "accusé complet",
    LIVRET: "livret de séance",
    PROCES_VERBAL: "procès-verbal",
    EXTRAIT: "extrait",
    COURRIER: "courrier : refus",
    ATTESTATION: "attestation",
    PREUVE: "preuves d’une version",
    DIAGNOSTIC: "diagnostic de territoire",
}
_faits: dict[str, Contexte] = {}


def piece(nom: str) -> tuple[str, Contexte]:
    """Le gabarit et le contexte de ce document ; demande une base la première fois."""
    gabarit, faire = RECENSEMENT[nom]
    if nom not in _faits:
        _faits[nom] = faire()
    return gabarit, _faits[nom]
