"""Ce que chaque page reçoit quand on l'envoie : de quoi réussir, si l'on en a le droit."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from esperluette.comptes.models import Fonction
from esperluette.reconnaissances.models import Reconnaissance
from tests.fabriques.fichiers import pdf, upload
from tests.matrice.monde import CHAMP, RUBRIQUE, RUBRIQUE_TABLEAU, TABLEAU

MOI = {
    "moi-prenom": "Anne",
    "moi-nom": "Nouvelle",
    "moi-profession": "10",
    "moi-savoir_faire": "SM54",
    "moi-exercice": "liberal",
}
FICHE = {"prenom": "Zoé", "nom": "Nouvelle", "profession": "60", "exercice": "liberal"}
EQUIPE = {"nom": "Équipe renommée", "forme_visee": "esp", "implantation": "22136", "implantation_code": "22136"}
REPONSE = {CHAMP: "<p>Autre texte.</p>", f"version:{CHAMP}": "1", f"forme:{CHAMP}": "html"}

FICHE_SOURCEE = {
    "role": "Référente",
    "organisme": "ARS Bretagne",
    "toute_la_region": "on",
    "source_document": "Courriel",
    "source_date": "2026-11-02",
}
DECISION = {"debut": "2025-03-01", "decision_texte": "Décision 2025-18", "publiee": "on"}

JETON = "7e1d1f7e-5a0c-4f0e-9c1d-0d6f6b0a1b2c"

ENVOIS: dict[str, dict[str, Any]] = {
    "deliberations:lecture": {"geste": "champ", "champ": "texte", "valeur": "Un projet utile.", "version": "0"},
    "deliberations:deport": {"motif": "Un proche exerce dans cette équipe."},
    "deliberations:saisies": {
        "geste": "observations",
        "cle": "3f0f2c5e-9a51-4f0b-8d3e-1d2c3b4a5f60",
        "valeur": "Rien.",
    },
    "deliberations:ouvrir": {},
    "deliberations:options": {"apres_le_sien": "oui"},
    "deliberations:clore": {},
    "deliberations:corriger": {"point": "", "version": "1", "texte": "Le porteur est entendu."},
    "deliberations:valider": {"etape": "code"},
    "instruction:reserve_suivre": {"geste": "lever"},
    "account_login": {"email": "quelqu.un@essais.example"},
    "account_request_login_code": {"email": "quelqu.un@essais.example"},
    "account_confirm_login_code": {"code": "123456"},
    "comptes:presentation": {"prenom": "Anne", "nom": "Autre"},
    "comptes:profil": {"prenom": "Anne", "nom": "Autre"},
    "administration:ajouter": FICHE_SOURCEE,
    "administration:fiche": FICHE_SOURCEE,
    "administration:activer": {"actif": "non"},
    "administration:reconnaitre": {"equipe": "", "forme": "esp"},
    "administration:reconnaissance": DECISION,
    "commissions:ajouter_siege": {"libelle": "Conseil de l’ordre", "votant": "on"},
    "commissions:modifier_siege": {"libelle": "Conseil de l’ordre", "votant": "on"},
    "commissions:regles": {"quorum": "2/3", "document": "Règlement intérieur", "date": "2026-03-01"},
    "commissions:creer_seance": {"date": "2999-02-01", "modalite": "presentiel"},
    "commissions:modifier_seance": {"date": "2999-02-01", "modalite": "presentiel"},
    "commissions:annuler_seance": {"motif": "Salle indisponible."},
    "commissions:seconde": {"date": "2999-02-01", "modalite": "presentiel"},
    "commissions:convoquer": {"est_urgent": "on", "urgence": "Crédits à engager."},
    "commissions:point": {"duree_minutes": "20"},
    "commissions:deplacer": {"sens": "bas"},
    "commissions:retirer": {"motif": "Pièce manquante."},
    "commissions:annuler_deport": {"motif": "Déclaré par erreur."},
    "commissions:convocation": {"reponse": "vient"},
    "commissions:se_deporter": {"motif": "Associé d’un membre."},
    "commissions:demander_livret": {"format": "pdf"},
    "commissions:demander_mon_livret": {"format": "pdf"},
    "instruction:commission_retirer": {"motif": "Pièce manquante."},
    "interlocuteurs:demander": {
        "commune_code": "22136",
        "sorte": "rencontre",
        "qualite": "elu",
        "nom": "Ange",
        "courriel": "ange@essais.example",
        "message": "Bonjour.",
    },
    "interlocuteurs:suivi": {"geste": "annuler", "motif": "Plus tard."},
    "interlocuteurs:geste#fixer": {"jour": "2999-01-12", "heure": "14:30", "lieu": "Mairie"},
    "interlocuteurs:geste#rendre-compte": {"implication": "Oui.", "coherence": "Oui.", "finalites": "Oui."},
    "interlocuteurs:geste#repondre": {"reponse": "Appelez-moi."},
    "interlocuteurs:geste#annuler": {"motif": "Plus tard."},
    "equipes:creer": EQUIPE | {"nom": "Équipe toute neuve"} | MOI,
    "equipes:modifier": EQUIPE,
    "equipes:territoire": {"communes": "22136"},
    "diagnostics:constat": {"geste": "ecarter"},
    "equipes:site_ajouter": {"nom": "Cabinet du port", "commune": "22136", "commune_code": "22136"},
    "equipes:membre_ajouter": FICHE,
    "equipes:membre_modifier": FICHE,
    "equipes:accompagnateur_inviter": {
        "nom": "Nina Conseil",
        "courriel": "nina@essais.example",
        "portee": "lecture",
        "duree": "3",
    },
    "dossiers:nouveau": {"demarche": "projet-de-sante"},
    "dossiers:rubrique": REPONSE,
    "dossiers:rubrique#commenter": {"geste": f"commenter:{CHAMP}", f"commentaire:{CHAMP}": "À préciser."},
    "dossiers:rubrique#ajouter": {"geste": f"ajouter:{TABLEAU}"},
    "dossiers:champ": REPONSE,
    "dossiers:signer": {"etape": "code"},
    "echanges:fil": {"texte": "Bonjour.", "jeton": JETON},
    "echanges:brouillon": {"texte": "Bonjour.", "jeton": JETON},
    "sollicitations:chiffres": {"rubrique": RUBRIQUE, "libelle": "Patients sans médecin traitant", "jeton": JETON},
    "chiffres:demande": {"geste": "indisponible", "motif": "Cette donnée ne se compte pas à la commune."},
    "instruction:echanges": {"texte": "Bonjour.", "jeton": JETON},
    "instruction:echanges_brouillon": {"texte": "Bonjour.", "jeton": JETON},
    "instruction:notes": {"texte": "À revoir.", "jeton": JETON},
    "instruction:notes_brouillon": {"texte": "À revoir.", "jeton": JETON},
    "instruction:reponse_type_nouvelle": {"intitule": "Rendez-vous", "texte": "Bonjour {equipe}."},
    "instruction:reponse_type": {"intitule": "Rendez-vous", "texte": "Bonjour {equipe}."},
    "instruction:reponse_type_activer": {"actif": "non"},
    "instruction:colonnes": {"colonnes": "equipe", "requete": "etat=depose"},
    "instruction:vues": {"nom": "Les miens", "requete": "agent=moi"},
    "instruction:vue": {"supprimer": "oui"},
    "instruction:lots": {"geste": "prendre", "tous": "oui"},
    "notifications:choix": {"rythme-membres": "quotidien"},
    "decisions:rediger": {"sens": "accord", "version": "0"},
    "decisions:courrier": {"objet": "Votre dossier", "corps": "Madame, Monsieur, oui.", "version": "1"},
    "decisions:viser": {"version": "1"},
    "decisions:abandonner": {"motif": "Autre chose."},
    "decisions:rouvrir": {"motif": "Une faute."},
    "decisions:reexaminer": {"motif": "Une pièce nouvelle."},
    "decisions:retirer": {"etape": "code"},
    "instruction:lu": {"numero": "1"},
    "instruction:ligne_de_grille": {"valeur": "", "texte": "Complet.", "version": "0"},
    "instruction:ranger": {"choix": "place"},
    "instruction:reunion_prevoir": {"prevue_le": "2999-01-12", "lieu": "Mairie"},
    "instruction:reunion_tenir": {"tenue_le": "2026-01-12", "lieu": "Mairie"},
    "instruction:reunion_compte_rendu": {"texte": "Vu.", "participants": ""},
    "preparation:brouillon": {"geste": "ouvrir"},
    "instruction:remarquer": {"champ": CHAMP, "texte": "Précisez."},
    "instruction:complements_preparer": {"version": "0", "neuve-champ": CHAMP, "neuve-texte": "Précisez."},
    "instruction:complements_prolonger": {"avant_le": f"{timezone.localdate() + timedelta(days=90)}"},
    "instruction:complements_annuler": {"motif": "Par erreur."},
    "instruction:complements_relire": {"geste": "lever"},
    "complements:remarque": {"reponse": "C’est précisé.", "version": "0"},
    "dossiers:piece_validite": {"valable_jusqu_au": "2030-01-31"},
    "dossiers:retirer": {"motif": "Nous recommencerons."},
    "reconnaissances:suspendre": {"debut": "2026-11-01", "motif": "Trop peu de médecins."},
    "reconnaissances:envisager": {"motif": "Aucune réunion.", "reponse_avant_le": "2999-01-12"},
    "reconnaissances:ouvrir_avenant": {"porte_sur": "membre"},
}


def envoi_de(nom: str) -> dict[str, Any]:
    """Un envoi neuf (un fichier ne se relit pas)."""
    if nom == "dossiers:piece_remplacer":
        return {"fichier": upload("statuts-2.pdf", pdf() + b"%%%%")}
    if nom == "dossiers:pieces":
        return {"libelle": "Carte", "fichier": upload("carte.pdf", pdf() + b"%")}
    if nom == "reconnaissances:equipe":
        return {"reconnaissance": Reconnaissance.objects.values_list("pk", flat=True).first(), "coordonnees": "oui"}
    if nom in {"instruction:affecter", "instruction:absences"}:
        return _entre_agents()
    return dict(ENVOIS.get(nom, {"rien": "rien"}))


def _entre_agents() -> dict[str, Any]:
    """La référente confie, ou se fait relayer ; l'autorité de la région voit tout ce qu'elle voit."""
    par_role = dict(Fonction.objects.order_by("-pk").values_list("role", "compte"))
    jour = timezone.localdate().isoformat()
    return {"agent": par_role["referent"], "relais": par_role["autorite"], "debut": jour, "fin": jour}


__all__ = ["ENVOIS", "RUBRIQUE_TABLEAU", "envoi_de"]
