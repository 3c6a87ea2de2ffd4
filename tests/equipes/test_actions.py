"""Les gestes : ce qu'ils écrivent, consignent, refusent, et qu'un double envoi ne fait rien deux fois."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import non
from esperluette.equipes import actions, droits
from esperluette.equipes.enums import Changement, EtatMembre, Exercice
from esperluette.equipes.models import Equipe, Membre, Site
from esperluette.equipes.registres import GARDES_COMPOSITION
from esperluette.equipes.saisie import SaisieRefusee
from esperluette.journal.lectures import evenements_de
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

pytestmark = pytest.mark.django_db

PORTEUSE = {"prenom": "Claire", "nom": "Le Goff", "profession": "10", "savoir_faire": "SM54", "exercice": "liberal"}
NOUVEAU = {"prenom": "Yann", "nom": "Kerbrat", "courriel": "yann@cabinet.example", "profession": "60"}


@pytest.fixture
def equipe():
    return EquipeFabrique()


@pytest.fixture
def porteur(equipe):
    return equipe.porteur.compte


@pytest.fixture
def figee():
    """Toute composition est figée par une app du dessus, le temps de l'essai."""

    def garde(_equipe, *, changement, membre, acteur):
        return non("Le projet attend des signatures : rouvrez-le d’abord.")

    droits.inscrire_garde_composition(garde)
    yield garde
    GARDES_COMPOSITION.retirer(garde)


def sortes(objet):
    return [e.sorte for e in evenements_de(objet).order_by("numero")]


def creer(acteur, **champs):
    return actions.creer_equipe(
        acteur=acteur,
        membre=PORTEUSE,
        **{"nom": "Équipe du Lié", "forme_visee": "esp", "implantation": commune(), **champs},
    )


def test_creer_une_equipe_fait_de_son_auteur_un_porteur_confirme():
    compte = CompteFabrique(courriel="claire@cabinet.example")
    equipe = creer(compte, communes=[commune("22219")], telephone="02 96 00 00 00")
    porteur = equipe.porteur
    assert (porteur.compte, porteur.courriel, porteur.etat) == (compte, "claire@cabinet.example", EtatMembre.CONFIRME)
    assert (porteur.profession, porteur.savoir_faire, porteur.exercice) == ("10", "SM54", Exercice.LIBERAL)
    assert {c.code for c in equipe.communes.all()} == {"22136", "22219"}
    assert (equipe.cree_par, equipe.telephone, equipe.fictive) == (compte, "02 96 00 00 00", False)
    assert sortes(equipe) == ["equipe_creee"]


def test_creer_deux_fois_la_meme_equipe_n_en_fait_qu_une():
    compte = CompteFabrique()
    premiere, seconde = creer(compte), creer(compte, nom="équipe du lié")
    assert premiere.pk == seconde.pk
    assert Equipe.objects.count() == 1
    assert sortes(premiere) == ["equipe_creee"]


def test_la_meme_personne_peut_creer_une_autre_equipe():
    compte = CompteFabrique()
    assert creer(compte).pk != creer(compte, nom="Équipe du Blavet").pk
    assert creer(compte, implantation=commune("22266")).pk != creer(compte).pk


@pytest.mark.parametrize(
    ("champs", "champ"), [({"nom": " "}, "nom"), ({"statut_juridique": "sisa"}, "statut_avancement")]
)
def test_creer_une_equipe_mal_remplie_n_ecrit_rien(champs, champ):
    with pytest.raises(SaisieRefusee) as refus:
        creer(CompteFabrique(), **champs)
    assert refus.value.champ == champ
    assert not Equipe.objects.exists()


def test_modifier_une_equipe_n_ecrit_que_ce_qui_change(equipe, porteur):
    change = actions.modifier_equipe(
        equipe,
        acteur=porteur,
        nom="Équipe du Blavet",
        statut_juridique="association",
        statut_avancement="en_cours",
        communes=[commune("22219")],
    )
    assert (change.nom, change.statut_avancement) == ("Équipe du Blavet", "en_cours")
    assert {c.code for c in change.communes.all()} == {"22136", "22219"}
    (evenement,) = evenements_de(equipe)
    assert evenement.donnees == {"champs": ["communes", "nom", "statut_avancement", "statut_juridique"]}


def test_modifier_sans_rien_changer_n_ecrit_rien(equipe, porteur):
    actions.modifier_equipe(equipe, acteur=porteur, nom=equipe.nom, communes=[commune()])
    assert sortes(equipe) == []


def test_l_avancement_seul_garde_la_structure(porteur, equipe):
    actions.modifier_equipe(equipe, acteur=porteur, statut_juridique="sisa", statut_avancement="en_projet")
    assert actions.modifier_equipe(equipe, acteur=porteur, statut_avancement="cree").statut_avancement == "cree"


def test_changer_de_commune_d_implantation_se_refuse_quand_un_projet_est_fige(equipe, porteur, figee):
    with pytest.raises(Refus, match="attend des signatures"):
        actions.modifier_equipe(equipe, acteur=porteur, implantation=commune("76540"))
    assert actions.modifier_equipe(equipe, acteur=porteur, telephone="02 96 00 00 00").telephone


def test_un_membre_ne_modifie_pas_l_equipe(equipe):
    with pytest.raises(Refus, match="Seul le porteur"):
        actions.modifier_equipe(equipe, acteur=MembreFabrique(equipe=equipe, confirme=True).compte, nom="X")


def test_un_site_s_ajoute_une_fois_et_se_retire(equipe, porteur):
    site = actions.ajouter_site(equipe, acteur=porteur, nom="Cabinet du centre", commune=commune())
    assert actions.ajouter_site(equipe, acteur=porteur, nom=" Cabinet du centre ", commune=commune()) == site
    with pytest.raises(SaisieRefusee, match="déjà ce nom"):
        actions.ajouter_site(equipe, acteur=porteur, nom="cabinet du centre", commune=commune("22219"))
    actions.retirer_site(site, acteur=porteur)
    actions.retirer_site(site, acteur=porteur)
    assert not Site.objects.exists()
    assert sortes(equipe) == ["site_ajoute", "site_retire"]


def test_un_site_a_un_nom(equipe, porteur):
    with pytest.raises(SaisieRefusee) as refus:
        actions.ajouter_site(equipe, acteur=porteur, nom=" ", commune=commune())
    assert refus.value.champ == "nom"


def test_ajouter_un_membre_ne_l_invite_pas_encore(equipe, porteur):
    membre = actions.ajouter_membre(equipe, acteur=porteur, **NOUVEAU, commune=commune("22219"))
    assert (membre.etat, membre.entre_le) == (EtatMembre.A_INVITER, timezone.localdate())
    assert not membre.invitations.exists()
    assert sortes(equipe) == ["membre_ajoute"]


def test_ajouter_une_personne_qui_n_est_pas_professionnelle_de_sante(equipe, porteur):
    membre = actions.ajouter_membre(
        equipe, acteur=porteur, prenom="Anne", nom="Morvan", professionnel=False, metier="coordinatrice"
    )
    assert (membre.professionnel, membre.profession, membre.metier) == (False, "", "coordinatrice")


@pytest.mark.parametrize(
    ("existant", "ajoute", "champ", "phrase"),
    [
        (
            {"courriel": "yann@cabinet.example"},
            {"courriel": "YANN@cabinet.example"},
            "courriel",
            "Cette adresse est déjà celle de Yann Kerbrat dans l’équipe. Chaque personne a la sienne : "
            "elle y reçoit ses codes et signe avec.",
        ),
        (
            {"rpps": "99700218896"},
            {"rpps": "9970 0218 896"},
            "rpps",
            "Ce numéro RPPS est déjà celui de Yann Kerbrat, membre de l’équipe.",
        ),
    ],
)
def test_un_membre_en_double_est_refuse_avec_explication(equipe, porteur, existant, ajoute, champ, phrase):
    MembreFabrique(equipe=equipe, prenom="Yann", nom="Kerbrat", **existant)
    with pytest.raises(SaisieRefusee) as refus:
        actions.ajouter_membre(equipe, acteur=porteur, **{"prenom": "Y.", "nom": "K.", "profession": "60", **ajoute})
    assert (refus.value.champ, str(refus.value)) == (champ, phrase)
    assert equipe.membres.count() == 2


def test_la_meme_fiche_envoyee_deux_fois_ne_fait_qu_un_membre(equipe, porteur):
    sans_adresse = {"prenom": "Anne", "nom": "Morvan", "profession": "70"}
    for fiche in (NOUVEAU, sans_adresse):
        premier, second = (actions.ajouter_membre(equipe, acteur=porteur, **fiche) for _ in range(2))
        assert premier == second
    assert sortes(equipe) == ["membre_ajoute", "membre_ajoute"]
    homonyme = actions.ajouter_membre(equipe, acteur=porteur, **{**sans_adresse, "rpps": "99700218896"})
    assert homonyme.pk != premier.pk


def test_un_membre_parti_peut_revenir(equipe, porteur):
    MembreFabrique(equipe=equipe, courriel=NOUVEAU["courriel"], parti=True)
    assert actions.ajouter_membre(equipe, acteur=porteur, **NOUVEAU).est_present


@pytest.mark.parametrize("geste", ["ajouter", "modifier", "retirer", "quitter"])
def test_la_composition_ne_change_pas_quand_une_app_du_dessus_s_y_oppose(equipe, porteur, figee, geste):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    gestes = {
        "ajouter": lambda: actions.ajouter_membre(equipe, acteur=porteur, **NOUVEAU),
        "modifier": lambda: actions.modifier_membre(membre, acteur=porteur, profession="70"),
        "retirer": lambda: actions.retirer_membre(membre, acteur=porteur),
        "quitter": lambda: actions.quitter(membre, acteur=membre.compte),
    }
    with pytest.raises(Refus, match="attend des signatures"):
        gestes[geste]()
    membre.refresh_from_db()
    assert membre.est_present
    assert membre.profession == "60"
    assert equipe.membres.count() == 2
    assert sortes(equipe) == []


def test_changer_un_telephone_ne_demande_rien_aux_apps_du_dessus(equipe, porteur, figee):
    membre = MembreFabrique(equipe=equipe)
    assert actions.modifier_membre(membre, acteur=porteur, telephone="02 96 00 00 00").telephone


def test_les_gardes_savent_ce_qui_change(equipe, porteur):
    vus = []

    def garde(_equipe, *, changement, membre, acteur):
        vus.append((changement, membre and membre.pk, acteur))
        return non("Non.") if len(vus) > 9 else droits.OUI

    droits.inscrire_garde_composition(garde)
    try:
        membre = actions.ajouter_membre(equipe, acteur=porteur, **NOUVEAU)
        actions.modifier_membre(membre, acteur=porteur, profession="70")
        actions.retirer_membre(membre, acteur=porteur)
    finally:
        GARDES_COMPOSITION.retirer(garde)
    assert vus == [
        (Changement.AJOUT, None, porteur),
        (Changement.MODIFICATION, membre.pk, porteur),
        (Changement.RETRAIT, membre.pk, porteur),
    ]


def test_modifier_un_membre_n_ecrit_que_ce_qui_change(equipe, porteur):
    membre = MembreFabrique(equipe=equipe)
    actions.modifier_membre(membre, acteur=porteur, prenom=membre.prenom)
    assert sortes(equipe) == []
    change = actions.modifier_membre(membre, acteur=porteur, prenom="Erwan", rpps="9970 0218 896")
    assert (change.prenom, change.rpps) == ("Erwan", "99700218896")
    (evenement,) = evenements_de(equipe)
    assert evenement.donnees == {"membre": membre.pk, "champs": ["prenom", "rpps"]}


def test_un_membre_modifie_sa_fiche_mais_pas_celle_d_un_autre(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    assert actions.modifier_membre(membre, acteur=membre.compte, telephone="06 00 00 00 00").telephone
    with pytest.raises(Refus):
        actions.modifier_membre(MembreFabrique(equipe=equipe), acteur=membre.compte, telephone="06 00 00 00 00")


def test_l_adresse_d_un_membre_confirme_est_celle_de_son_compte(equipe, porteur):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    with pytest.raises(SaisieRefusee, match="celle de son compte") as refus:
        actions.modifier_membre(membre, acteur=porteur, courriel="autre@cabinet.example")
    assert refus.value.champ == "courriel"


def test_on_ne_prend_pas_l_adresse_d_un_autre_membre_en_se_modifiant(equipe, porteur):
    membre = MembreFabrique(equipe=equipe)
    with pytest.raises(SaisieRefusee, match="déjà celle de"):
        actions.modifier_membre(membre, acteur=porteur, courriel=porteur.courriel)


def test_retirer_un_membre_garde_sa_ligne_dans_l_histoire(equipe, porteur):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    for _ in range(2):
        retire = actions.retirer_membre(membre, acteur=porteur)
        assert (retire.etat, retire.sorti_le) == (EtatMembre.PARTI, timezone.localdate())
    assert sortes(equipe) == ["membre_retire"]
    assert Membre.objects.filter(pk=membre.pk).exists()


def test_retirer_un_membre_invite_annule_son_invitation(equipe, porteur):
    membre = MembreFabrique(equipe=equipe)
    invitation = actions.inviter(membre, acteur=porteur)
    actions.retirer_membre(membre, acteur=porteur)
    invitation.refresh_from_db()
    assert invitation.revoquee_le is not None


def test_un_membre_entre_dans_le_futur_sort_au_plus_tot_ce_jour_la(equipe, porteur):
    demain = timezone.localdate() + timedelta(days=1)
    membre = MembreFabrique(equipe=equipe, entre_le=demain)
    assert actions.retirer_membre(membre, acteur=porteur).sorti_le == demain


def test_un_membre_quitte_l_equipe_une_seule_fois(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    for _ in range(2):
        assert actions.quitter(membre, acteur=membre.compte).etat == EtatMembre.PARTI
    assert sortes(equipe) == ["membre_parti"]
    assert not Equipe.objects.visibles_par(membre.compte)


def test_on_ne_quitte_pas_a_la_place_d_un_autre(equipe, porteur):
    with pytest.raises(Refus, match="que pour soi-même"):
        actions.quitter(MembreFabrique(equipe=equipe, confirme=True), acteur=porteur)


def test_le_porteur_ne_quitte_pas_et_ne_se_retire_pas(equipe, porteur):
    for geste in (actions.quitter, actions.retirer_membre):
        with pytest.raises(Refus, match="transmettez d’abord ce rôle"):
            geste(equipe.porteur, acteur=porteur)
    assert equipe.porteur.est_present


def test_transmettre_le_portage_garde_toujours_un_porteur(equipe, porteur):
    ancien, nouveau = equipe.porteur, MembreFabrique(equipe=equipe, confirme=True)
    for _ in range(2):
        actions.transmettre_portage(nouveau, acteur=porteur)
        assert list(equipe.membres.porteurs()) == [nouveau]
    assert sortes(equipe) == ["portage_transmis"]
    ancien.refresh_from_db()
    assert ancien.est_confirme
    with pytest.raises(Refus):
        actions.modifier_equipe(equipe, acteur=porteur, nom="X")
    assert actions.quitter(ancien, acteur=porteur).etat == EtatMembre.PARTI


def test_l_ancien_porteur_ne_transmet_plus(equipe, porteur):
    actions.transmettre_portage(MembreFabrique(equipe=equipe, confirme=True), acteur=porteur)
    with pytest.raises(Refus, match="Seul le porteur transmet"):
        actions.transmettre_portage(MembreFabrique(equipe=equipe, confirme=True), acteur=porteur)


@pytest.mark.parametrize("traits", [{}, {"invite": True}])
def test_le_portage_ne_va_pas_a_un_membre_qui_n_a_pas_confirme(equipe, porteur, traits):
    with pytest.raises(Refus, match="doit d’abord confirmer"):
        actions.transmettre_portage(MembreFabrique(equipe=equipe, **traits), acteur=porteur)
    assert list(equipe.membres.porteurs()) == [equipe.porteur]


@pytest.mark.parametrize("nom", ["<script>alert(1)</script>", "L’Hôpital & Cie", 'Ó\'Brien "x"', "🙂"])
def test_un_nom_hostile_se_garde_tel_quel(equipe, porteur, nom):
    assert actions.ajouter_membre(equipe, acteur=porteur, **{**NOUVEAU, "nom": nom}).nom == nom


def test_un_geste_refuse_n_ecrit_rien_du_tout(equipe):
    with pytest.raises(ErreurMetier):
        actions.ajouter_membre(equipe, acteur=CompteFabrique(), **NOUVEAU)
    assert equipe.membres.count() == 1
    assert sortes(equipe) == []
