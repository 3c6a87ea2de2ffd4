"""Lire un dossier : sa trame, ses valeurs, ce qui manque, la phrase qui dit où il en est."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Model, Prefetch, prefetch_related_objects
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.comptes.lectures import referents_de
from esperluette.diagnostics import encart
from esperluette.dossiers import phrases
from esperluette.dossiers.chemins import assembler
from esperluette.dossiers.delais import DELAI_DE_REPONSE, effet_du_silence, en_attente_de_l_equipe
from esperluette.dossiers.droits import peut_deposer, peut_rediger
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier, Reponse
from esperluette.dossiers.registre import PRECHARGES, ouvert_a_l_ecriture, ouvertures_de
from esperluette.equipes.droits import delegations_en_cours
from esperluette.equipes.lectures import faits, zonages_connus
from esperluette.equipes.models import DelegationDeDepot, Membre
from esperluette.fichiers.droits import retenue
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.referentiel.avenants import trame_d_avenant
from esperluette.referentiel.evaluation import FormeNonCouverte, evaluer
from esperluette.referentiel.lecture import edition
from esperluette.referentiel.modele import Champ, Demarche, Edition, Reponse3, Trame
from esperluette.referentiel.trames import ContexteTrame, completude, manques, valeur_effective


def edition_de(dossier: Dossier) -> Edition:
    """L'édition gardée à la création du dossier, même si une plus récente est en vigueur."""
    return edition(dossier.region, dossier.edition)


def demarche_de(dossier: Dossier) -> Demarche:
    return edition_de(dossier).demarche(dossier.demarche)


def trame_de(dossier: Dossier) -> Trame:
    """Le questionnaire du dossier ; d'un avenant, la trame courte et les rubriques du projet qu'il rouvre."""
    edition = edition_de(dossier)
    if dossier.avenant_de_id is not None:
        return trame_d_avenant(edition, dossier.demarche, tuple(dossier.avenant_porte_sur))
    return edition.trame(dossier.demarche)


def valeurs_de(dossier: Dossier) -> dict[str, Any]:
    """Les réponses par champ, en une requête ; aucune si elles sont préchargées."""
    if _precharge(dossier, "reponses"):
        return assembler(trame_de(dossier), {r.champ: r.valeur for r in dossier.reponses.all()})
    return assembler(trame_de(dossier), dict(dossier.reponses.values_list("champ", "valeur")))


def precharger(dossiers: Sequence[Dossier]) -> None:
    """Lit d'un coup ce que disent les phrases de plusieurs dossiers : réponses, pièces, versions, signatures."""
    reponses = Prefetch("reponses", Reponse.objects.only("dossier_id", "champ", "valeur"))
    en_redaction = [d for d in dossiers if d.est_modifiable]
    prefetch_related_objects(en_redaction, reponses)
    confiees = Prefetch("equipe__delegations", DelegationDeDepot.objects.select_related("delegataire"))
    prefetch_related_objects(dossiers, "equipe", confiees)
    prefetch_related_objects(en_redaction, "pieces__fichier")
    for precharge in PRECHARGES:
        precharge(en_redaction)
    figes = [d for d in dossiers if not d.est_modifiable]
    prefetch_related_objects(figes, "depots__signatures")
    for dossier in figes:
        for depot in dossier.depots.all():
            depot.dossier = dossier


def _precharge(objet: Model, relation: str) -> bool:
    return relation in getattr(objet, "_prefetched_objects_cache", {})


def membres_de(dossier: Dossier) -> list[Membre]:
    """Les membres présents, porteur d'abord, avec leur compte et leur commune."""
    return list(
        dossier.equipe.membres.presents()
        .select_related("compte", "commune")
        .order_by("-porteur", "nom", "prenom", "pk")
    )


def contexte_de(dossier: Dossier, membres: Sequence[Membre]) -> ContexteTrame:
    """Ce que la fiche de l'équipe apporte à la trame tant que l'équipe n'a pas répondu autrement."""
    equipe = dossier.equipe
    return ContexteTrame(
        membres=len(membres),
        preremplis={
            "nom_equipe": equipe.nom,
            "jour": timezone.localdate().isoformat(),
            "statut_juridique": equipe.statut_juridique or None,
            "statut_avancement": equipe.statut_avancement or None,
            "communes": [c.pk for c in equipe.communes.all()] or [equipe.implantation_id],
            "zonages": zonages_connus(equipe),
        },
    )


def communes_du_projet(trame: Trame, valeurs: Mapping[str, Any], contexte: ContexteTrame) -> list[str]:
    """Les communes du projet : celles qu'il dit, sinon celles de l'équipe."""
    champ = next((c for _, c in trame.champs() if c.type == "communes"), None)
    dites = valeur_effective(champ, valeurs, contexte) if champ else None
    return list(dites or contexte.preremplis["communes"])


def chiffres_a_jour(
    dossier: Dossier, valeurs: dict[str, Any], contexte: ContexteTrame, voulus: Collection[Champ] | None = None
) -> dict[str, Any]:
    """Les valeurs, les chiffres publics suivis de ces champs recalculés, tant qu'ils s'écrivent."""
    trame = trame_de(dossier)
    champs = [c for _, c in trame.champs()] if voulus is None else voulus
    suivis = [c for c in champs if c.type == "chiffres" and valeurs.get(c.id) and ouvert_a_l_ecriture(dossier, c.id)]
    if not suivis or not dossier.est_modifiable:
        return valeurs
    codes = communes_du_projet(trame, valeurs, contexte)
    return valeurs | {c.id: encart.a_jour(valeurs[c.id], codes, c.themes) for c in suivis}


@dataclass(frozen=True, slots=True)
class AFaire:
    """Une chose qui empêche de figer. `ou` dit où la faire ; `rubrique` et `chemin` mènent au champ."""

    libelle: str
    message: str
    ou: Literal["champ", "membres", "equipe", "pieces"]
    rubrique: str = ""
    chemin: str = ""


def ce_qui_manque(
    dossier: Dossier, *, membres: Sequence[Membre] | None = None, valeurs: dict[str, Any] | None = None
) -> list[AFaire]:
    """Tout ce qui empêche de figer le dossier, dans l'ordre où on le ferait. Vide : prêt.

    `membres` et `valeurs` évitent de les relire à qui les a déjà.
    """
    trame = trame_de(dossier)
    membres = membres_de(dossier) if membres is None else membres
    valeurs = valeurs_de(dossier) if valeurs is None else valeurs
    reponses = [
        AFaire(
            m.libelle,
            m.message,
            "champ",
            m.rubrique_id,
            "/".join(filter(None, (m.champ_id, m.ligne_id, m.colonne_id))),
        )
        for m in manques(trame, valeurs, contexte_de(dossier, membres))
    ]
    return [*reponses, *_pieces_manquantes(dossier), *_membres_a_confirmer(membres), *_composition(dossier)]


def _pieces_manquantes(dossier: Dossier) -> list[AFaire]:
    """Les pièces exigées qui manquent, puis celles que l'antivirus n'a pas admises."""
    if _precharge(dossier, "pieces"):
        jointes = [p for p in dossier.pieces.all() if p.retiree_le is None]
    else:
        jointes = list(dossier.pieces.filter(retiree_le=None).select_related("fichier"))
    natures = {p.nature for p in jointes}
    absentes = [p for p in demarche_de(dossier).pieces if p.obligatoire and p.id not in natures]
    return [
        *(AFaire(p.libelle, "Joignez cette pièce.", "pieces") for p in absentes),
        *(AFaire(p.libelle, raison, "pieces") for p in jointes if (raison := retenue(p.fichier))),
    ]


def _membres_a_confirmer(membres: Sequence[Membre]) -> list[AFaire]:
    return [
        AFaire(str(m), "Cette personne n’a pas confirmé son appartenance : relancez-la, ou retirez-la.", "membres")
        for m in membres
        if m.confirme_le is None
    ]


def _composition(dossier: Dossier) -> list[AFaire]:
    """Une condition certainement manquante empêche de figer ; « à préciser » n'empêche rien.

    La composition, et les conditions propres à la démarche (l'association créée, par exemple).
    """
    try:
        evaluation = evaluer(
            edition_de(dossier), forme=dossier.equipe.forme_visee, faits=faits(dossier.equipe), le=timezone.localdate()
        )
    except FormeNonCouverte as erreur:
        return [AFaire("La forme visée par l’équipe", str(erreur), "equipe")]
    conditions = demarche_de(dossier).conditions
    return [
        AFaire(e.critere.enonce, e.verdict.motif, "membres" if e.critere.nature == "composition" else "equipe")
        for e in evaluation.criteres
        if (e.critere.nature == "composition" or e.critere.id in conditions)
        and e.verdict.reponse is Reponse3.NON_SATISFAIT
    ]


def completude_de(dossier: Dossier) -> dict[str, tuple[int, int]]:
    """Par rubrique : réponses obligatoires données, et attendues."""
    return completude(trame_de(dossier), valeurs_de(dossier), contexte_de(dossier, membres_de(dossier)))


def qui_signe(dossier: Dossier) -> str:
    """La règle de signature de ce dépôt : « tous_les_membres », « professionnels », « porteur » ou « aucune »."""
    signatures = demarche_de(dossier).regime.signatures
    return signatures.depot if dossier.depose_le is None else signatures.complement


def signataires(dossier: Dossier, membres: Sequence[Membre]) -> list[Membre]:
    """Les membres dont la signature est exigée."""
    regle = qui_signe(dossier)
    if regle == "aucune":
        return []
    if regle == "porteur":
        return [m for m in membres if m.porteur]
    return [m for m in membres if regle == "tous_les_membres" or m.professionnel]


def depot_en_attente(dossier: Dossier) -> Depot | None:
    """La version figée qui attend des signatures, s'il y en a une."""
    if _precharge(dossier, "depots"):
        return next((d for d in dossier.depots.all() if d.depose_le is None and d.annule_le is None), None)
    return dossier.depots.filter(depose_le=None, annule_le=None).first()


def echeance_de(dossier: Dossier) -> date | None:
    """La date à surveiller, telle que le cycle la tient ; la même pour l'équipe, l'agent et la liste. Sans requête."""
    if dossier.etat in Etat.CHEZ_L_ARS:
        return dossier.echeance or dossier.silence_le
    return dossier.echeance if en_attente_de_l_equipe(dossier) else None


@dataclass(frozen=True, slots=True)
class ReponseAttendue:
    """Ce que la région s'engage à faire, et le jour où on l'attend, compté du premier dépôt."""

    texte: str
    le: date


def reponse_attendue(dossier: Dossier) -> ReponseAttendue | None:
    """Le délai que la région annonce (« reponse », dans le régime de la démarche), tant que l'ARS a la main."""
    if dossier.depose_le is None or dossier.etat not in Etat.CHEZ_L_ARS:
        return None
    delai = next((d for d in demarche_de(dossier).regime.delais if d.id == DELAI_DE_REPONSE), None)
    # Compté de la séance, le délai n'a pas de date tant qu'elle n'est pas tenue.
    if delai is None or delai.depuis != "depot" or not (delai.mois or delai.jours):
        return None
    jour = ajouter_mois(timezone.localdate(dossier.depose_le), delai.mois or 0) + timedelta(days=delai.jours or 0)
    return ReponseAttendue(delai.libelle, jour)


@dataclass(frozen=True, slots=True)
class Destinataire:
    """À qui le dossier est adressé : l'agent en fonction pour ce territoire, sinon le contact publié par l'ARS."""

    nom: str
    organisme: str
    courriel: str = ""
    telephone: str = ""
    note: str = ""
    en_fonction: bool = False


def destinataire_de(dossier: Dossier) -> Destinataire:
    """Qui reçoit le dossier ; huit requêtes au plus."""
    implantation = dossier.equipe.implantation
    agent = dossier.instruit_par or dossier.affecte_a
    agents = [agent] if agent else referents_de(implantation)
    reponse = contacts_de(implantation)
    publie = reponse.contacts[0]
    if agents:
        noms = " et ".join(str(agent) for agent in agents)
        return Destinataire(noms, publie.organisme, en_fonction=True)
    note = "Personne n’a encore ouvert de compte d’agent pour ce territoire : prévenez ce contact de votre dépôt."
    return Destinataire(publie.nom or publie.role, publie.organisme, publie.courriel, publie.telephone, note)


def avancement_de(
    dossier: Dossier, compte: Any = None, *, signature: tuple[Depot, list[Membre]] | None = None
) -> phrases.Avancement:
    """Ce qui manque au brouillon, ou à la signature, vu par ce compte ; rien à lire dans les autres états.

    Sans compte, la phrase s'adresse à l'équipe entière. `signature` : la version en attente et ceux qui doivent
    encore la signer, quand l'appelant les a déjà lus.
    """
    regle = qui_signe(dossier)
    exige = regle != "aucune"
    if dossier.est_modifiable:
        a_lui = compte is None or bool(peut_rediger(compte, dossier))
        manques = ce_qui_manque(dossier, membres=dossier.equipe.presents)
        ouverture = next(iter(ouvertures_de(dossier)), None)
        return phrases.Avancement(
            manques=len(manques), exige_signatures=exige, porteur_seul=regle == "porteur", a_lui=a_lui,
            ouverture=ouverture, delegataires=() if manques else _delegataires(dossier),
        )  # fmt: skip
    if signature is None and (depot := depot_en_attente(dossier) if dossier.etat == Etat.A_SIGNER else None):
        signature = depot, restants_de(depot)
    if signature is None:
        return phrases.Avancement(exige_signatures=exige)
    attendus, restants = signature[0].contenu["signataires"], signature[1]
    a_lui = compte is None or any(m.compte_id == compte.pk for m in restants)
    if not restants and compte is not None:
        a_lui = bool(peut_deposer(compte, dossier))
    return phrases.Avancement(
        signees=len(attendus) - len(restants),
        attendues=len(attendus),
        exige_signatures=exige,
        porteur_seul=regle == "porteur",
        restants=tuple(str(m) for m in restants),
        a_lui=a_lui,
        doit_signer=compte is not None and any(m.compte_id == compte.pk for m in restants),
        delegataires=() if restants else _delegataires(dossier),
        partis=tuple(str(m) for m in restants if not m.est_present),
    )


def _delegataires(dossier: Dossier) -> tuple[str, ...]:
    return tuple(str(d.delegataire) for d in delegations_en_cours(dossier.equipe))


def restants_de(depot: Depot) -> list[Membre]:
    """Les membres dont la signature manque à cette version."""
    attendus = [s["membre"] for s in depot.contenu["signataires"]]
    equipe = depot.dossier.equipe
    if _precharge(depot, "signatures") and _precharge(equipe, "membres"):
        signes = {s.signataire_id for s in depot.signatures.all() if s.annulee_le is None}
        presents = sorted(equipe.membres.all(), key=lambda m: (not m.porteur, m.nom, m.pk))
        return [m for m in presents if m.pk in attendus and (m.compte_id is None or m.compte_id not in signes)]
    signes = set(depot.signatures.filter(annulee_le=None).values_list("signataire_id", flat=True))
    membres = Membre.objects.filter(pk__in=attendus).select_related("compte").order_by("-porteur", "nom", "pk")
    return [m for m in membres if m.compte_id is None or m.compte_id not in signes]


def phrase_pour(dossier: Dossier, public: Literal["equipe", "agent"], compte: Any = None) -> phrases.Phrase:
    """Où en est le dossier, qui a la main, la suite, le délai. Pour un agent : aucune requête."""
    echeance, effet = echeance_de(dossier), effet_du_silence(dossier)
    if public == "agent":
        return phrases.pour_l_agent(dossier, echeance=echeance, effet=effet)
    return phrases.pour_l_equipe(dossier, avancement_de(dossier, compte), echeance=echeance, effet=effet)
