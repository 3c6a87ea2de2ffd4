"""Jouer le scénario par les gestes mêmes des écrans. Rejouable : ce qui existe ne change pas."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Instance, Seance
from esperluette.commun.dates import ajouter_mois
from esperluette.complements.actions.demandes import RemarqueSaisie, demander
from esperluette.comptes.actions import ouvrir_fonction
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer, signer
from esperluette.dossiers.actions.redaction import ajouter_ligne, enregistrer_reponse
from esperluette.dossiers.lectures import qui_signe
from esperluette.dossiers.lectures_ecran import PRESENCE
from esperluette.dossiers.models import Dossier, Reponse, VersionReponse
from esperluette.echanges.actions import ecrire, noter
from esperluette.equipes.actions import (
    ajouter_membre,
    ajouter_site,
    confirmer_appartenance,
    creer_equipe,
    inviter,
    inviter_accompagnateur,
)
from esperluette.equipes.declarations import declarer
from esperluette.equipes.models import Equipe
from esperluette.indicateurs.imports import charger_chiffres_de_demonstration
from esperluette.instruction.actions import prendre_en_instruction
from esperluette.instruction.brouillons import ouvrir as ouvrir_le_brouillon
from esperluette.instruction.reunions import tenir
from esperluette.interlocuteurs.actions.fiches import charger_depuis_editions
from esperluette.interlocuteurs.actions.rencontres import Demandeur
from esperluette.interlocuteurs.actions.rencontres import demander as demander_une_rencontre
from esperluette.interlocuteurs.models import Contact
from esperluette.portail.demonstration import commissions
from esperluette.portail.demonstration.personnes import compte_de as _compte
from esperluette.portail.demonstration.personnes import organisme_de
from esperluette.portail.demonstration.scenario import (
    DossierJoue,
    EquipeJouee,
    MembreJoue,
    ReconnaissanceJouee,
    Scenario,
    dater,
)
from esperluette.reconnaissances.actions.reconnaissance import choisir_la_publication, reconnaitre
from esperluette.sollicitations.actions import demander as demander_un_chiffre
from esperluette.territoires import actions as territoires
from esperluette.territoires.imports import charger_zonages_de_demonstration
from esperluette.territoires.lectures import decoupage_charge
from esperluette.territoires.models import Commune, Departement, Epci, Region


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce que la démonstration a créé ; les équipes déjà là n'ont pas été touchées."""

    creees: tuple[str, ...]
    gardees: tuple[str, ...]


def jouer(scenarios: Iterable[Scenario]) -> Bilan:
    """Charge ce qui manque (découpage, contacts, zonages, chiffres), puis les comptes, les séances et les équipes.

    Chaque équipe, tout ou rien.
    """
    if decoupage_charge() is None:
        territoires.charger()
    if not Contact.objects.exists():
        charger_depuis_editions()
    charger_zonages_de_demonstration()
    charger_chiffres_de_demonstration()
    creees: list[str] = []
    gardees: list[str] = []
    for scenario in scenarios:
        _ouvrir_les_fonctions(scenario)
        _annoncer_les_seances(scenario)
        for equipe in scenario.equipes:
            (creees if _jouer_equipe(equipe) else gardees).append(equipe.nom)
        for commission in scenario.commissions:
            commissions.sieger(scenario, commission)
    return Bilan(tuple(creees), tuple(gardees))


@transaction.atomic
def _annoncer_les_seances(scenario: Scenario) -> None:
    """Des séances fictives à venir, pour chaque instance qui n'en a plus."""
    aujourd_hui = timezone.localdate()
    fictives = Seance.objects.filter(region__cle=scenario.region, fictive=True, date__gte=aujourd_hui)
    deja = set(fictives.exclude(etat=EtatDeSeance.CLOSE).values_list("instance_id", flat=True))
    for voulue in scenario.seances:
        instance = Instance.objects.filter(
            region__cle=scenario.region, instance_edition=voulue.instance, departement=voulue.departement
        ).first()
        if instance is None or instance.pk in deja:
            continue
        jour = aujourd_hui + timedelta(days=voulue.dans_jours)
        avant = voulue.depot_avant_jours
        Seance.objects.create(
            region=instance.region,
            instance=instance,
            date=jour,
            lieu=voulue.lieu,
            depot_avant=None if avant is None else jour - timedelta(days=avant),
            fictive=True,
            source_document="Séance inventée pour la démonstration",
            source_date=aujourd_hui,
        )


@transaction.atomic
def _ouvrir_les_fonctions(scenario: Scenario) -> None:
    region = Region.objects.get(cle=scenario.region)
    organisme = organisme_de(scenario, region)
    for agent in scenario.agents:
        departement = Departement.objects.get(pk=agent.departement) if agent.departement else None
        ouvrir_fonction(
            _compte(agent),
            acteur=None,
            role=agent.role,
            organisme=organisme,
            region=region,
            departement=departement,
            epcis=Epci.objects.filter(pk__in=agent.epcis),
            prevenir=False,
        )


@transaction.atomic
def _jouer_equipe(voulue: EquipeJouee) -> bool:
    """Crée l'équipe et mène son dossier où le scénario le dit ; faux si son porteur en a déjà une."""
    porteur, *suite = voulue.membres
    acteur = _compte(porteur)
    if Equipe.objects.filter(fictive=True, cree_par=acteur).exists():
        return False
    lieux = [*(m.commune for m in voulue.membres), *(s.commune for s in voulue.sites)]
    communes = Commune.objects.select_related("region").in_bulk([voulue.implantation, *voulue.communes, *lieux])
    equipe = creer_equipe(
        acteur=acteur,
        membre=_fiche(porteur, communes),
        communes=[communes[code] for code in voulue.communes],
        fictive=True,
        nom=voulue.nom,
        forme_visee=voulue.forme,
        implantation=communes[voulue.implantation],
        courriel=voulue.courriel,
        telephone=voulue.telephone,
        adresse=voulue.adresse,
        statut_juridique=voulue.statut_juridique,
        statut_avancement=voulue.statut_avancement,
        nom_juridique=voulue.nom_juridique,
    )
    for site in voulue.sites:
        ajouter_site(equipe, acteur=acteur, nom=site.nom, commune=communes[site.commune], adresse=site.adresse)
    confirmes = [acteur]
    for personne in suite:
        membre = ajouter_membre(equipe, acteur=acteur, courriel=personne.courriel, **_fiche(personne, communes))
        inviter(membre, acteur=acteur)
        compte = _compte(personne)
        if personne.confirme:
            confirmer_appartenance(membre, acteur=compte)
            confirmes.append(compte)
    _ouvrir_a_l_accompagnateur(equipe, voulue, acteur)
    if voulue.zonages:
        declarer(equipe, acteur=acteur, reponses={("zonage", zone): oui for zone, oui in voulue.zonages.items()})
    for dossier in voulue.dossiers:
        _mener_le_dossier(equipe, dossier, confirmes)
    if voulue.reconnue:
        _reconnaitre(equipe, voulue.reconnue, acteur)
    # Les interlocuteurs publiés sont réels : hors d'un site de démonstration, on ne leur écrit pas.
    if voulue.prise_de_contact and settings.DEMONSTRATION:
        demander_une_rencontre(
            Demandeur(nom=str(acteur), qualite=porteur.metier, courriel=acteur.courriel, telephone=porteur.telephone),
            acteur=acteur, commune=equipe.implantation, message=voulue.prise_de_contact, equipe=equipe,
        )  # fmt: skip
    return True


def _reconnaitre(equipe: Equipe, voulue: ReconnaissanceJouee, porteur: Compte) -> None:
    reconnaissance = reconnaitre(
        Equipe.objects.avec_membres().get(pk=equipe.pk),
        acteur=Compte.objects.get(courriel=voulue.par),
        forme=equipe.forme_visee,
        debut=timezone.localdate() - timedelta(days=voulue.depuis_jours),
        decision=voulue.decision,
        reprise=True,
    )
    if voulue.coordonnees:
        choisir_la_publication(reconnaissance, acteur=porteur, coordonnees=True)


def _fiche(personne: MembreJoue, communes: dict[str, Commune]) -> Any:
    return {
        "prenom": personne.prenom,
        "nom": personne.nom,
        "telephone": personne.telephone,
        "professionnel": bool(personne.profession),
        "profession": personne.profession,
        "savoir_faire": personne.savoir_faire,
        "metier": personne.metier,
        "commune": communes[personne.commune],
        "exercice": personne.exercice,
    }


def _ouvrir_a_l_accompagnateur(equipe: Equipe, voulue: EquipeJouee, acteur: Compte) -> None:
    if (personne := voulue.accompagnateur) is None:
        return
    _compte(personne)
    inviter_accompagnateur(
        equipe,
        acteur=acteur,
        courriel=personne.courriel,
        nom=f"{personne.prenom} {personne.nom}",
        organisme=personne.organisme,
        portee=personne.portee,
        fin=ajouter_mois(timezone.localdate(), personne.mois),
    )


def _mener_le_dossier(equipe: Equipe, voulue: DossierJoue, membres: list[Compte]) -> None:
    porteur = membres[0]
    dossier = creer_dossier(equipe, voulue.demarche, acteur=porteur)
    _rediger(dossier, voulue.reponses, membres)
    if voulue.ouvert_au_referent:
        ouvrir_le_brouillon(dossier, acteur=porteur)
    if chiffre := voulue.chiffre_demande:
        demander_un_chiffre(dossier, acteur=porteur, **chiffre.model_dump())
    if voulue.jusqu_a == "brouillon":
        return
    if qui_signe(dossier) != "aucune":
        depot = figer(dossier, acteur=porteur)
        nommes = {m["membre"] for m in depot.contenu["signataires"]}
        signataires = set(equipe.membres.filter(pk__in=nommes).values_list("compte_id", flat=True))
        for membre in [m for m in membres if m.pk in signataires][: voulue.signatures]:
            signer(depot, acteur=membre, empreinte=depot.empreinte)
    if voulue.jusqu_a == "a_signer":
        return
    deposer(dossier, acteur=porteur)
    if voulue.instruit_par:
        _instruire(dossier, voulue, Compte.objects.get(courriel=voulue.instruit_par))


def _instruire(dossier: Dossier, voulue: DossierJoue, agent: Compte) -> None:
    """L'agent prend le dossier ; il se réunit avec l'équipe, lui écrit, lui demande des compléments."""
    prendre_en_instruction(dossier, acteur=agent)
    aujourd_hui = timezone.localdate()
    if reunion := voulue.reunion:
        tenir(
            dossier, acteur=agent, tenue_le=aujourd_hui - timedelta(days=reunion.il_y_a_jours), lieu=reunion.lieu,
            participants=reunion.participants, compte_rendu=reunion.compte_rendu,
        )  # fmt: skip
    for ecrit in voulue.echanges:
        (noter if ecrit.note else ecrire)(dossier, acteur=Compte.objects.get(courriel=ecrit.par), texte=ecrit.texte)
    if demande := voulue.complements:
        demander(
            dossier, acteur=agent, avant_le=aujourd_hui + timedelta(days=demande.sous_jours),
            remarques=[RemarqueSaisie(r.champ, r.texte, r.ouvre) for r in demande.remarques], message=demande.message,
        )  # fmt: skip


def _rediger(dossier: Dossier, reponses: dict[str, Any], membres: list[Compte]) -> None:
    """Chaque réponse, écrite par un membre à son tour."""
    auteurs = cycle(membres)
    versions = dict(dossier.reponses.values_list("champ", "version"))  # ce qui est repris d'un autre dossier
    for chemin, valeur in _chemins(dossier, reponses, membres[0]):
        if valeur not in ("", None, ()):
            lue = versions.get(chemin, 0)
            enregistrer_reponse(dossier, chemin, valeur, version_lue=lue, acteur=next(auteurs))
    # Personne n'écrit en ce moment : sans cela, l'écran annoncerait « écrit ici » partout au premier regard.
    avant = 2 * PRESENCE
    Reponse.objects.filter(dossier=dossier).update(modifie_le=F("modifie_le") - avant)
    VersionReponse.objects.filter(reponse__dossier=dossier).update(le=F("le") - avant)


def _chemins(dossier: Dossier, reponses: dict[str, Any], acteur: Compte) -> Iterator[tuple[str, Any]]:
    aujourd_hui = timezone.localdate()
    for champ, valeur in reponses.items():
        if not (isinstance(valeur, tuple) and valeur and isinstance(valeur[0], dict)):
            yield champ, dater(valeur, aujourd_hui)
            continue
        for fiche in valeur:
            ligne = ajouter_ligne(dossier, champ, acteur=acteur)
            for colonne, contenu in fiche.items():
                yield f"{champ}/{ligne}/{colonne}", dater(contenu, aujourd_hui)
