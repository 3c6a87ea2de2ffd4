"""« Mes données » : tout ce qui vient d'une personne s'y trouve, et rien d'une autre."""

import json

import pytest
from django.apps import apps

from esperluette.comptes.exports import donnees_de
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import figer, signer
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.dossiers import creer_dossier, equipe_complete, remplir
from tests.fabriques.equipes import AccesFabrique, InvitationFabrique, MembreFabrique

pytestmark = pytest.mark.django_db

# Chaque lien d'un modèle vers un compte, et la part de « mes données » qui le porte. Une trace de gestion (« créé
# par », « envoyée par ») est dans le journal, que la part « actes » donne en entier.
PORTE_PAR = {
    "archives.Archive.demandee_par": "actes",
    "account.EmailAddress.user": "compte",
    "commissions.Convocation.compte": "seances",
    "commissions.Convocation.mandataire": "seances",
    "commissions.Deport.annule_par": "actes",
    "commissions.Deport.compte": "seances",
    "commissions.Deport.declare_par": "actes",
    "commissions.InvitationDePorteur.compte": "seances",
    "commissions.MandatDeSiege.compte": "seances",
    "commissions.Point.inscrit_par": "actes",
    "commissions.Point.rapporteur": "actes",
    "complements.DemandeDeComplements.demandee_par": "actes",
    "complements.DemandeDeComplements.preparee_par": "actes",
    "complements.Remarque.levee_par": "actes",
    "complements.Remarque.repondue_par": "complements",
    "comptes.CodeConfirmation.compte": "actes",
    "comptes.Fonction.compte": "fonctions",
    "decisions.Courrier.cree_par": "actes",
    "decisions.Decision.consultee_par": "actes",
    "decisions.Decision.finie_par": "actes",
    "decisions.Decision.notifiee_par": "actes",
    "decisions.Decision.preparee_par": "actes",
    "decisions.Decision.relue_par": "actes",
    "decisions.Decision.signee_par": "actes",
    "deliberations.AvisRendu.rendu_par": "actes",
    "deliberations.Desaccord.saisi_par": "actes",
    "deliberations.EtapeDeReserve.par": "actes",
    "deliberations.Evaluation.compte": "seances",
    "deliberations.Pouvoir.mandant": "seances",
    "deliberations.Pouvoir.saisi_par": "actes",
    "deliberations.Presence.compte": "seances",
    "deliberations.Presence.saisie_par": "actes",
    "deliberations.ProcesVerbal.confie_a": "seances",
    "deliberations.ProcesVerbal.etabli_par": "actes",
    "deliberations.ProcesVerbal.valide_par": "actes",
    "deliberations.Reserve.levee_par": "actes",
    "deliberations.Reserve.posee_par": "actes",
    "deliberations.Saisie.compte": "actes",
    "deliberations.Tenue.preside_par": "actes",
    "deliberations.Voix.compte": "seances",
    "diagnostics.ConstatRetenu.par": "constats_du_diagnostic",
    "diagnostics.Patientele.importee_par": "patienteles",
    "diagnostics.Patientele.retiree_par": "actes",
    "diagnostics.PatienteleCommune.declaree_par": "patienteles",
    "documents.DocumentProduit.produit_par": "actes",
    "documents.Signature.annulee_par": "actes",
    "documents.Signature.signataire": "dossiers",
    "dossiers.Commentaire.auteur": "dossiers",
    "dossiers.Commentaire.regle_par": "actes",
    "dossiers.Depot.fige_par": "actes",
    "dossiers.Dossier.affecte_a": "actes",
    "dossiers.Dossier.cree_par": "actes",
    "dossiers.Dossier.instruit_par": "actes",
    "dossiers.Passage.acteur": "actes",
    "dossiers.PieceJointe.jointe_par": "dossiers",
    "dossiers.RelanceDeSignature.par": "actes",
    "dossiers.Reponse.modifie_par": "dossiers",
    "dossiers.SignatureManuscrite.jointe_par": "actes",
    "dossiers.SignatureManuscrite.retiree_par": "actes",
    "dossiers.TexteEnConflit.auteur": "dossiers",
    "dossiers.VersionReponse.auteur": "dossiers",
    "echanges.BrouillonDeMessage.compte": "echanges",
    "echanges.Lecture.compte": "actes",
    "echanges.Message.auteur": "echanges",
    "echanges.NoteInterne.auteur": "actes",
    "echanges.ReponseType.modifiee_par": "actes",
    "equipes.AccesAccompagnateur.compte": "equipes",
    "equipes.AccesAccompagnateur.invite_par": "actes",
    "equipes.Declaration.par": "equipes",
    "equipes.Equipe.cree_par": "actes",
    "equipes.Invitation.envoyee_par": "actes",
    "equipes.Membre.compte": "equipes",
    "fichiers.Fichier.depose_par": "dossiers",
    "fichiers.Fichier.vigilance_vue_par": "dossiers",
    "importations.Importation.deposee_par": "importations",
    "importations.MorceauARanger.decide_par": "importations",
    "importations.Proposition.decidee_par": "importations",
    "instruction.Absence.compte": "instruction",
    "instruction.Absence.posee_par": "actes",
    "instruction.Absence.relais": "instruction",
    "instruction.Affectation.agent": "actes",
    "instruction.Affectation.ancien": "actes",
    "instruction.Affectation.par": "actes",
    "instruction.DerniereLecture.compte": "actes",
    "instruction.LigneDeGrille.modifie_par": "instruction",
    "instruction.LigneEnConflit.auteur": "instruction",
    "instruction.Lot.compte": "actes",
    "instruction.OuvertureDeBrouillon.ouvert_par": "actes",
    "instruction.PieceDeReunion.jointe_par": "actes",
    "instruction.PresenceSurDossier.compte": "actes",
    "instruction.ReunionSurSite.saisie_par": "actes",
    "instruction.VueDeListe.compte": "instruction",
    "interlocuteurs.DemandeDeRencontre.demandeur": "rencontres",
    "interlocuteurs.DemandeDeRencontre.traitee_par": "actes",
    "interlocuteurs.ModificationDeFiche.auteur": "actes",
    "journal.Evenement.acteur": "actes",
    "notifications.Courriel.compte": "courriels_recus",
    "notifications.Preference.compte": "preferences_de_notification",
    "reconnaissances.Alerte.delai_fixe_par": "actes",
    "reconnaissances.Reconnaissance.enregistree_par": "actes",
    "reconnaissances.Retrait.decide_par": "actes",
    "reconnaissances.Retrait.notifie_par": "actes",
    "reconnaissances.Retrait.observations_par": "reconnaissances",
    "reconnaissances.Suspension.levee_par": "actes",
    "reconnaissances.Suspension.prononcee_par": "actes",
    "reprises.Reprise.par": "actes",
    "reprises.TableurDepose.depose_par": "actes",
    "sollicitations.Sollicitation.demandee_par": "sollicitations",
    "sollicitations.Sollicitation.repondue_par": "sollicitations",
    "sollicitations.Sollicitation.retiree_par": "sollicitations",
}


def liens_vers_un_compte():
    return {
        f"{modele._meta.label}.{champ.name}"
        for modele in apps.get_models()
        for champ in modele._meta.get_fields()
        if getattr(champ, "many_to_one", False) and champ.related_model is Compte
    }


def test_chaque_lien_vers_une_personne_est_porte_par_une_part():
    sans_part = liens_vers_un_compte() - PORTE_PAR.keys()
    assert sans_part == set(), "dites où « mes données » le donne"
    assert set(PORTE_PAR.values()) <= donnees_de(CompteFabrique()).keys()


def test_ce_qu_on_a_ecrit_et_signe_s_emporte(client):
    porteuse = CompteFabrique(courriel="porteuse@essais.example")
    equipe = equipe_complete(porteur=porteuse, nom="Équipe du Lié")
    dossier = creer_dossier(equipe, "projet-de-sante", acteur=porteuse)
    remplir(dossier, acteur=porteuse)
    depot = figer(dossier, acteur=porteuse)
    signer(depot, acteur=porteuse, empreinte=depot.empreinte)
    donnees = json.loads(connecter(client, porteuse).get("/compte/profil/mes-donnees.json").content)
    assert donnees["equipes"]["appartenances"][0]["equipe__nom"] == "Équipe du Lié"
    assert {texte["reponse__dossier__reference"] for texte in donnees["dossiers"]["textes_ecrits"]} == {
        dossier.reference
    }
    assert [s["empreinte"] for s in donnees["dossiers"]["signatures"]] == [depot.empreinte]
    assert "deposer" not in [acte["sorte"] for acte in donnees["actes"]]


def test_ce_qu_on_nous_a_ouvert_s_emporte_aussi():
    compte = CompteFabrique(courriel="conseil@essais.example")
    AccesFabrique(compte=compte, courriel=compte.courriel, equipe__nom="Équipe ouverte")
    InvitationFabrique(courriel="CONSEIL@essais.example", membre__equipe__nom="Équipe qui invite")
    equipes = donnees_de(compte)["equipes"]
    assert [a["equipe__nom"] for a in equipes["acces_ouverts"]] == ["Équipe ouverte"]
    assert [i["membre__equipe__nom"] for i in equipes["invitations_recues"]] == ["Équipe qui invite"]


def test_rien_d_une_autre_personne_ne_s_y_trouve():
    claire, paul = CompteFabrique(), CompteFabrique(nom="Autrui", courriel="autrui@essais.example")
    MembreFabrique(compte=paul, courriel=paul.courriel, nom="Autrui")
    texte = json.dumps(donnees_de(claire), default=str)
    assert "Autrui" not in texte
    assert "autrui@essais.example" not in texte
