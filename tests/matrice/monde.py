"""Le monde de la matrice : quinze rôles, et une équipe devant eux à chaque moment de son dossier."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.diagnostics.models import PatienteleCommune
from esperluette.dossiers.actions.redaction import joindre_piece
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.taches import produire_documents
from esperluette.equipes.actions import inviter
from esperluette.equipes.models import DelegationDeDepot, Equipe, Membre
from esperluette.fichiers.analyses import examiner
from esperluette.instruction import absences, filtres, lots, reunions
from esperluette.instruction.brouillons import ouvrir
from esperluette.interlocuteurs import jetons
from esperluette.interlocuteurs.models import Contact, DemandeDeRencontre
from esperluette.notifications.models import Courriel
from esperluette.reconnaissances.actions.retrait import envisager
from esperluette.reconnaissances.actions.suspension import suspendre
from esperluette.reconnaissances.models import Alerte, Reconnaissance
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.fabriques.commissions import dossier_recu
from tests.fabriques.complements import dans, demande
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.diagnostics import constat_garde
from tests.fabriques.documents import un_pdf
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique, MembreFabrique, SiteFabrique
from tests.fabriques.fiche import reunion_tenue
from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.importations import importation
from tests.fabriques.interlocuteurs import ContactFabrique, DemandeFabrique
from tests.fabriques.patienteles import patientele
from tests.fabriques.reconnaissances import ReconnaissanceFabrique
from tests.fabriques.sollicitations import sollicitation

CHAMP, RUBRIQUE, TABLEAU, RUBRIQUE_TABLEAU = "territoire_description", "territoire", "axes_thematiques", "axes"
JETON = "jeton-de-la-matrice"


@dataclass
class Lieu:
    """Une équipe et son dossier, à un moment de sa vie, et les objets que les adresses désignent."""

    equipe: Equipe
    dossier: Dossier
    objets: dict[str, Model] = field(default_factory=dict)


@dataclass
class Monde:
    """Les comptes par rôle, leur session, et les lieux par état."""

    comptes: dict[str, Compte | None]
    sessions: dict[str, str]
    lieux: dict[str, Lieu]
    courriel: Courriel
    contact: Contact
    reconnaissance: Reconnaissance
    demandes: dict[str, DemandeDeRencontre]

    def client(self, role: str, **options: Any) -> Client:
        """Un navigateur neuf, déjà connecté sous ce rôle."""
        client = Client(**options)
        if role in self.sessions:
            client.cookies["sessionid"] = self.sessions[role]
        return client


def monde() -> Monde:
    """Les mêmes personnes dans six équipes : E au travail, B prête à figer, S à signer, G signée, D déposée, C à
    compléter.

    B montre son brouillon à l'ARS ; D est reconnue ; G l'est aussi, suspendue et menacée de retrait.
    """
    comptes = {
        "por": CompteFabrique(prenom="Anne", nom="Porteuse"),
        "mem": CompteFabrique(prenom="Yann", nom="Membre"),
        "inv": CompteFabrique(prenom="Inès", nom="Invitée"),
        "par": CompteFabrique(prenom="Paul", nom="Parti"),
        "lec": CompteFabrique(prenom="Lise", nom="Lectrice"),
        "com": CompteFabrique(prenom="Cléa", nom="Commentatrice"),
        "fin": CompteFabrique(prenom="Fine", nom="Finie"),
    }
    lieux = {etat: _lieu(etat, comptes) for etat in "EBSGD"}
    comptes |= _agents(lieux["E"].equipe)
    lieux["D"].objets |= _a_la_referente(lieux["D"].dossier, comptes["ref"], comptes["aut"])
    lieux["D"].objets |= _en_instruction(lieux["D"].dossier, comptes)
    ouvrir(lieux["B"].dossier, acteur=comptes["por"])
    lieux["C"] = _a_completer(comptes)
    comptes["voi"] = EquipeFabrique(nom="Équipe voisine").porteur.compte
    sessions = {role: connecter(Client(), compte).cookies["sessionid"].value for role, compte in comptes.items()}
    contact = ContactFabrique(region=lieux["E"].equipe.region)
    reconnaissance = ReconnaissanceFabrique(equipe=lieux["D"].equipe, attestation=un_pdf())
    lieux["G"].objets |= _mesures(lieux["G"].equipe, comptes)
    courriel, demandes = Courriel.objects.first(), _demandes(lieux["E"], comptes)
    return Monde({"vis": None, **comptes}, sessions, lieux, courriel, contact, reconnaissance, demandes)


def _demandes(lieu: Lieu, comptes: dict[str, Compte]) -> dict[str, DemandeDeRencontre]:
    """Ce que la porteuse a écrit au nom de l'équipe E ; la référente répond."""
    commun = {"demandeur": comptes["por"], "lie": lieu.equipe, "equipe_nom": str(lieu.equipe)}
    commun["commune"] = lieu.equipe.implantation
    return {
        "fixer": DemandeFabrique(**commun),
        "rendre-compte": DemandeFabrique(passee=True, **commun),
        "repondre": DemandeFabrique(ecrite=True, **commun),
        "annuler": DemandeFabrique(**commun),
        "relancer": DemandeFabrique(ancienne=True, **commun),
        "confirmer": DemandeFabrique(a_confirmer=True, commune=lieu.equipe.implantation),
    }


def _a_la_referente(dossier: Dossier, referente: Compte, autorite: Compte) -> dict[str, Model]:
    """Ses filtres, un geste par lot qu'elle n'a pas confirmé, son absence à venir."""
    demain = timezone.localdate() + timedelta(days=1)
    recus = Dossier.objects.filter(pk=dossier.pk)
    return {
        "vue": filtres.enregistrer(referente, nom="À prendre", requete="etat=depose", partager=True),
        "lot": lots.preparer(referente, "prendre", recus),
        "absence": absences.poser(referente, acteur=referente, debut=demain, fin=demain, relais=autorite),
    }


def _en_instruction(dossier: Dossier, comptes: dict[str, Compte]) -> dict[str, Model]:
    """Un message et sa pièce, une note, une réponse type, une réunion tenue et son document, une autre à venir."""
    referente, region = comptes["ref"], dossier.equipe.implantation.region
    fil = echanges.message(dossier, comptes["por"], pieces=[upload("plan.pdf", pdf() + b"%%")])
    echanges.note(dossier, referente)
    tenue = reunion_tenue(dossier, referente)
    return {
        "piece_de_message": fil.pieces.get(),
        "reponse_type": echanges.reponse_type(region, referente),
        "reunion": tenue,
        "piece_de_reunion": reunions.joindre(tenue, upload("cr.pdf", pdf() + b"%%%"), acteur=referente),
        "a_venir": reunions.prevoir(dossier, acteur=referente, prevue_le=dans(9), lieu="Mairie"),
    }


def _a_completer(comptes: dict[str, Compte]) -> Lieu:
    """C : un dossier reçu, que la référente a demandé de compléter sur un champ."""
    porteuse = comptes["por"]
    equipe = EquipeFabrique(nom="Équipe C", association=True, porteur=porteuse, cree_par=porteuse)
    MembreFabrique(equipe=equipe, confirme=True, compte=comptes["mem"])
    MembreFabrique(equipe=equipe, confirme=True, parti=True, compte=comptes["par"])
    AccesFabrique(equipe=equipe, rattache=True, compte=comptes["lec"])
    AccesFabrique(equipe=equipe, rattache=True, commentaire=True, compte=comptes["com"])
    AccesFabrique(equipe=equipe, rattache=True, revoque=True, compte=comptes["fin"])
    demandee = demande(dossier_recu(equipe, etat=Etat.DEPOSE), comptes["ref"], champs=(CHAMP,))
    return Lieu(equipe, demandee.dossier, {"remarque": demandee.remarques.get()})


def _mesures(equipe: Equipe, comptes: dict[str, Compte]) -> dict[str, Model]:
    """Une reconnaissance suspendue, qu'on envisage de retirer, et dont la composition est tombée sous le minimum."""
    sienne = ReconnaissanceFabrique(equipe=equipe)
    return {
        "reconnaissance": sienne,
        "suspension": suspendre(sienne, acteur=comptes["aut"], debut=dans(0), motif="Trop peu de médecins."),
        "retrait": envisager(sienne, acteur=comptes["ref"], motif="Aucune réunion.", reponse_avant_le=dans(15)),
        "alerte": Alerte.objects.create(reconnaissance=sienne, constats=["Un second médecin."]),
    }


def _agents(equipe: Equipe) -> dict[str, Compte]:
    region, departement = equipe.implantation.region, equipe.implantation.departement
    autre = fabrique._autre_departement(region)
    return {
        "ref": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "r29": FonctionFabrique(referent=True, region=region, departement=autre).compte,
        "aut": FonctionFabrique(autorite=True, region=region).compte,
        "sec": FonctionFabrique(secretariat=True, region=region).compte,
        "reg": FonctionFabrique(admin_regional=True, region=region).compte,
        "adm": FonctionFabrique(admin=True).compte,
    }


def _lieu(etat: str, comptes: dict[str, Compte]) -> Lieu:
    porteuse = comptes["por"]
    equipe = EquipeFabrique(nom=f"Équipe {etat}", association=True, porteur=porteuse, cree_par=porteuse)
    membre = MembreFabrique(equipe=equipe, confirme=True, compte=comptes["mem"])
    MembreFabrique(equipe=equipe, confirme=True, parti=True, compte=comptes["par"])
    AccesFabrique(equipe=equipe, rattache=True, compte=comptes["lec"])
    acces = AccesFabrique(equipe=equipe, rattache=True, commentaire=True, compte=comptes["com"])
    # Fini dans les unes, révoqué dans les autres : l'effet est le même.
    AccesFabrique(equipe=equipe, rattache=True, fini=etat in "ES", revoque=etat not in "ES", compte=comptes["fin"])
    dossier = fabrique.brouillon(equipe)
    piece = joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", acteur=porteuse)
    examiner(piece.fichier)
    fabrique.ecrire(dossier, CHAMP, "<p>Première version.</p>", porteuse)
    lieu = Lieu(equipe, dossier, {"membre": membre, "acces": acces, "piece": piece})
    if etat == "E":
        _completer_l_equipe(lieu, comptes)
    else:
        _faire_avancer(lieu, etat)
        if etat == "D":
            _inviter(lieu, comptes["inv"])
    lieu.dossier.refresh_from_db()
    return lieu


def _completer_l_equipe(lieu: Lieu, comptes: dict[str, Compte]) -> None:
    lieu.objets["site"] = SiteFabrique(equipe=lieu.equipe)
    lieu.objets["sollicitation"] = sollicitation(lieu.dossier)
    constat_garde(lieu.equipe, "constat")
    lieu.objets["patientele"] = patientele(lieu.equipe)
    lieu.objets["patientele_commune"] = PatienteleCommune.objects.create(
        equipe=lieu.equipe, effectif=40, declaree_par=lieu.equipe.porteur.compte
    )
    lieu.objets["a_inviter"] = MembreFabrique(equipe=lieu.equipe)
    # Échue : elle se lit, et n'ouvre rien.
    hier = timezone.localdate() - timedelta(days=1)
    lieu.objets["delegation"] = DelegationDeDepot.objects.create(
        equipe=lieu.equipe, delegant=lieu.equipe.porteur, delegataire=lieu.objets["membre"], debut=hier, fin=hier
    )
    _inviter(lieu, comptes["inv"])


def _inviter(lieu: Lieu, compte: Compte) -> None:
    import hashlib

    invite = MembreFabrique(equipe=lieu.equipe, invite=True, courriel=compte.courriel)
    empreinte = hashlib.sha256(f"{JETON}-{lieu.equipe.pk}".encode()).hexdigest()
    lieu.objets["invitation"] = InvitationFabrique(membre=invite, jeton_empreinte=empreinte)
    # Un vrai courriel, pour la boîte locale.
    inviter(MembreFabrique(equipe=lieu.equipe), acteur=lieu.equipe.porteur.compte)


def _faire_avancer(lieu: Lieu, etat: str) -> None:
    porteuse = lieu.equipe.porteur.compte
    fabrique.remplir(lieu.dossier, acteur=porteuse)
    if etat == "B":
        # Une trame que le travailleur n'a pas encore lue.
        lieu.objets["importation"] = importation(lieu.dossier, acteur=porteuse)
        return
    depot = fabrique.figer(lieu.dossier, acteur=porteuse)
    if etat == "S":
        return
    for membre in Membre.objects.filter(equipe=lieu.equipe).confirmes().select_related("compte"):
        lieu.objets["signature"] = fabrique.signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    if etat == "D":
        fabrique.deposer(lieu.dossier, acteur=porteuse)
        # Le module est une seule transaction : la tâche d'après transaction se joue à la main.
        produire_documents.call(depot.pk)


SUITES: dict[str, tuple[Any, ...]] = {
    "dossiers:rubrique": (RUBRIQUE,),
    "dossiers:presence": (RUBRIQUE,),
    "dossiers:champ": (CHAMP,),
    "dossiers:historique": (CHAMP,),
    "dossiers:restaurer": (CHAMP, 1),
    "dossiers:document": ("odt",),
    "dossiers:version": (1,),
    "dossiers:version_document": (1, "pdf"),
    "dossiers:accuse": (1,),
    "archives:equipe_zip": (1,),
    "archives:ars_zip": (1,),
    "dossiers:preuves": (1,),
    "dossiers:preuves_toutes": (1, "json"),
    "dossiers:rubrique#ajouter": (RUBRIQUE_TABLEAU,),
    "instruction:version": (1,),
    "instruction:document": (1, "pdf"),
    "instruction:preuves": (1,),
    "instruction:preuves_toutes": (1, "json"),
    "instruction:ligne_de_grille": ("synthese",),
    "instruction:ranger": (1,),
    "diagnostics:constat": ("constat",),
    "diagnostics:patientele_modele": ("csv",),
}
OBJETS = {
    "equipes:site_retirer": "site",
    "equipes:membre_modifier": "membre",
    "equipes:membre_inviter": "a_inviter",
    "equipes:membre_transmettre": "membre",
    "equipes:membre_retirer": "membre",
    "equipes:invitation_renvoyer": "invitation",
    "equipes:invitation_revoquer": "invitation",
    "equipes:accompagnateur_revoquer": "acces",
    "equipes:delegation_retirer": "delegation",
    "importations:relire": "importation",
    "importations:abandonner": "importation",
    "dossiers:piece": "piece",
    "dossiers:piece_retirer": "piece",
    "dossiers:piece_vignette": "piece",
    "dossiers:piece_remplacer": "piece",
    "dossiers:piece_validite": "piece",
    "dossiers:piece_garder": "piece",
    "instruction:piece": "piece",
    "instruction:piece_vignette": "piece",
    "echanges:piece": "piece_de_message",
    "instruction:echanges_piece": "piece_de_message",
    "instruction:reunion_annuler": "a_venir",
    "instruction:reunion_compte_rendu": "reunion",
    "instruction:reunion_joindre": "reunion",
    "instruction:reunion_agenda": "a_venir",
    "instruction:reunion_piece": "piece_de_reunion",
    "preparation:agenda": "a_venir",
    "preparation:piece": "piece_de_reunion",
    "complements:remarque": "remarque",
    "instruction:complements_relire": "remarque",
    "sollicitations:relancer": "sollicitation",
    "sollicitations:retirer": "sollicitation",
    "sollicitations:inserer": "sollicitation",
    "diagnostics:patientele_retirer": "patientele",
    "diagnostics:patientele_commune_retirer": "patientele_commune",
}
# Ce que la référente a à elle : ni l'adresse ni l'objet ne parlent d'un dossier.
A_LA_REFERENTE = {
    "instruction:vue": "vue",
    "instruction:lot": "lot",
    "instruction:absence_lever": "absence",
    "instruction:reponse_type": "reponse_type",
    "instruction:reponse_type_activer": "reponse_type",
}
SANS_OBJET = {
    "archives:effacer",
    "importations:choisir",
    "equipes:liste",
    "equipes:creer",
    "dossiers:liste",
    "instruction:liste",
    "instruction:exporter",
    "instruction:colonnes",
    "instruction:vues",
    "instruction:lots",
    "instruction:absences",
    "instruction:brouillons",
    "instruction:messages",
    "instruction:reponses_types",
    "instruction:reponse_type_nouvelle",
}


def _rencontre(nom: str, monde: Monde) -> str:
    page, _, geste = nom.partition("#")
    if page in {"interlocuteurs:suivi", "interlocuteurs:confirmer"}:
        cle = page.partition(":")[2]
        return urlsplit(jetons.lien(cle, monde.demandes["confirmer" if cle == "confirmer" else "annuler"].pk)).path
    if page == "interlocuteurs:geste":
        geste = geste or "fixer"
        return reverse(page, args=[monde.demandes[geste].pk, geste])
    return reverse(page, args=[monde.demandes["fixer"].pk] if page == "interlocuteurs:demande" else [])


def _dans_la_region(page: str, monde: Monde) -> tuple[Any, ...]:
    geste = page.partition(":")[2]
    if geste == "reconnaissance":
        return (monde.reconnaissance.pk,)
    if geste in {"table", "ajouter"}:
        return ("contacts",)
    return ("contacts", monde.contact.pk) if geste in {"fiche", "activer", "revenir"} else ()


def _equipe_reconnue(page: str, monde: Monde, etat: str) -> str:
    """Une page de la vie d'une équipe reconnue : D l'est, G est suspendue et menacée de retrait."""
    nom, lieu = page.partition(":")[2], monde.lieux.get(etat)
    if lieu is None:
        return reverse(page)
    if nom in {"avenant", "avenant_agent", "ouvrir_avenant"}:
        return reverse(page, args=[lieu.dossier.reference])
    sienne = lieu.objets.get("reconnaissance", monde.reconnaissance)
    mesures = {"lever": "suspension", "decider": "retrait", "repondre": "retrait", "delai": "alerte"}
    debut = lieu.equipe.pk if nom in {"equipe", "attestation", "repondre"} else sienne.pk
    if nom in mesures:
        return reverse(page, args=[debut, lieu.objets[mesures[nom]].pk])
    return reverse(page, args=[debut, sienne.pk] if nom == "attestation" else [debut])


# Les apps dont presque toute adresse parle d'une équipe ou de son dossier.
DU_DOSSIER = {
    "equipes", "dossiers", "instruction", "preparation", "echanges", "complements", "archives", "importations",
    "sollicitations", "diagnostics",
}  # fmt: skip
# De quelle région et de quelle page d'aide parle une adresse publique.
PUBLIQUES = {
    "instruction:exporter": ("csv",),
    "portail:region": ("bretagne",),
    "portail:chemin": ("bretagne", "msp"),
    "portail:calendrier_ics": ("bretagne",),
    "portail:aide_role": ("porteur",),
    "portail:territoire": ("200067460",),
    "portail:verifier_code": ("2222-2222-2222-2222",),
    "portail:trame": ("bretagne", "projet-de-sante", "odt"),
}


def adresse(nom: str, monde: Monde, etat: str) -> str:
    """L'adresse d'une page, pour le lieu de cet état. « app:page#geste » : la même page, un autre envoi."""
    page, _, _ = nom.partition("#")
    app = page.partition(":")[0]
    if page == "notifications:courriel":
        return reverse(page, args=[monde.courriel.pk])
    if app == "interlocuteurs":
        return _rencontre(nom, monde)
    if app == "administration" and page != "administration:accueil":
        return reverse(page, args=[monde.contact.region.cle, *_dans_la_region(page, monde)])
    if page == "chiffres:demande":
        return reverse(page, args=[monde.lieux[etat].objets["sollicitation"].pk])
    if app == "reconnaissances":
        return _equipe_reconnue(page, monde, etat)
    if app not in DU_DOSSIER or page in SANS_OBJET:
        return reverse(page, args=PUBLIQUES.get(page, ()))
    lieu = monde.lieux[etat]
    if page in A_LA_REFERENTE:
        return reverse(page, args=[monde.lieux["D"].objets[A_LA_REFERENTE[page]].pk])
    if page == "equipes:invitation":
        return reverse(page, args=[f"{JETON}-{lieu.equipe.pk}"])
    if page == "equipes:confirmer":
        return reverse(page, args=[lieu.objets["invitation"].pk])
    debut = (
        lieu.equipe.pk if app in {"equipes", "diagnostics"} or page == "dossiers:nouveau" else lieu.dossier.reference
    )
    suite = SUITES.get(nom, SUITES.get(page, ()))
    if page in {"dossiers:preuve", "instruction:preuve"}:
        return reverse(page, args=[debut, 1, lieu.objets["signature"].pk, "preuve.json"])
    if page in OBJETS:
        suite = (lieu.objets[OBJETS[page]].pk,)
    return reverse(page, args=[debut, *suite])
