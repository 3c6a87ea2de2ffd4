"""Le fil d'un dossier : qui y écrit, ce qui s'y garde, qui en est prévenu."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.echanges import actions, lectures, registres
from esperluette.echanges.droits import fils_des_agents, peut_ecrire
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.echanges.models import LONGUEUR, BrouillonDeMessage, Message, PieceDeMessage
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.models import Fichier
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques import fichiers
from tests.fabriques.echanges import SECRET, message, message_de_l_ars

pytestmark = pytest.mark.django_db


def prevenus():
    """Les adresses prévenues d'un message, dans l'ordre."""
    courriels = Courriel.objects.filter(gabarit__startswith="echanges/")
    return sorted(courriels.values_list("destinataire", flat=True))


# --- Qui écrit --------------------------------------------------------------------------------------


@pytest.mark.parametrize("qui", ["porteuse", "membre"])
def test_un_membre_confirme_ecrit_avant_meme_le_depot(qui, brouillon, acteurs):
    ecrit = message(brouillon, acteurs[qui])
    assert (ecrit.cote, ecrit.texte, ecrit.auteur) == (Cote.EQUIPE, SECRET, acteurs[qui])


@pytest.mark.parametrize(
    ("qui", "raison"),
    [
        ("accompagnatrice", "seuls les membres de l’équipe"),
        ("porteuse_ailleurs", "seuls les membres de l’équipe"),
        ("inconnue", "seuls les membres de l’équipe"),
        ("referente", "seuls les membres de l’équipe"),
    ],
)
def test_les_autres_n_ecrivent_pas_au_nom_de_l_equipe(qui, raison, brouillon, acteurs):
    with pytest.raises(Refus, match=raison):
        message(brouillon, acteurs[qui], cote=Cote.EQUIPE)
    assert not Message.objects.exists()


def test_un_membre_qui_n_a_pas_confirme_attend(brouillon, acteurs):
    membre = brouillon.equipe.membres.get(compte=acteurs["membre"])
    membre.confirme_le = None
    membre.save()
    with pytest.raises(Refus, match="Confirmez d’abord"):
        message(brouillon, acteurs["membre"], cote=Cote.EQUIPE)


@pytest.mark.parametrize("qui", ["referente", "autorite", "collegue"])
def test_un_agent_du_perimetre_ecrit_sur_un_dossier_recu(qui, dossier, acteurs):
    assert message_de_l_ars(dossier, acteurs[qui]).cote == Cote.ARS


@pytest.mark.parametrize(
    "qui", ["referent_ailleurs", "administratrice", "administrateur_regional", "presidente", "membre_commission"]
)
def test_les_autres_n_ecrivent_pas_pour_l_ars(qui, dossier, acteurs):
    with pytest.raises(Refus, match="seuls les agents"):
        message_de_l_ars(dossier, acteurs[qui])


def test_l_agent_n_ouvre_pas_le_fil_d_un_brouillon_mais_repond_a_l_equipe(brouillon, acteurs):
    with pytest.raises(Refus, match="ni déposé ce dossier"):
        message_de_l_ars(brouillon, acteurs["referente"])
    message(brouillon, acteurs["porteuse"])
    assert message_de_l_ars(brouillon, acteurs["referente"]).cote == Cote.ARS


@pytest.fixture
def brouillon_ouvert(brouillon):
    """Ce qu'une app du dessus inscrit quand l'équipe ouvre son brouillon."""
    from django.db.models import Q

    def ouvert(_compte):
        return Q(pk=brouillon.pk)

    registres.OUVERTURES.inscrire(ouvert)
    yield brouillon
    registres.OUVERTURES.retirer(ouvert)


def test_un_brouillon_ouvert_se_discute_dans_le_perimetre_seulement(brouillon_ouvert, acteurs):
    assert message_de_l_ars(brouillon_ouvert, acteurs["referente"])
    assert list(fils_des_agents(acteurs["referente"])) == [brouillon_ouvert]
    assert not fils_des_agents(acteurs["referent_ailleurs"]).exists()
    assert not peut_ecrire(acteurs["referent_ailleurs"], brouillon_ouvert, Cote.ARS)


def test_l_agent_voit_le_fil_que_l_equipe_ouvre_sans_voir_le_brouillon(brouillon, acteurs):
    assert not fils_des_agents(acteurs["referente"]).exists()
    message(brouillon, acteurs["porteuse"])
    assert list(fils_des_agents(acteurs["referente"])) == [brouillon]
    assert not Dossier.objects.visibles_par(acteurs["referente"]).exists()


def test_on_ecrit_encore_quand_le_dossier_est_clos(dossier, acteurs):
    Dossier.objects.filter(pk=dossier.pk).update(etat="retire")
    assert message(dossier, acteurs["porteuse"])
    assert message_de_l_ars(dossier, acteurs["referente"])


def test_un_agent_membre_de_l_equipe_parle_pour_elle_sauf_si_la_page_dit_l_inverse(dossier, acteurs):
    dossier.equipe.membres.filter(compte=acteurs["membre"]).update(compte=acteurs["referente"])
    assert message(dossier, acteurs["referente"]).cote == Cote.EQUIPE


# --- Ce qui s'écrit ---------------------------------------------------------------------------------


def test_le_meme_envoi_fait_deux_fois_n_ecrit_et_ne_previent_qu_une(brouillon, acteurs):
    jeton = uuid.uuid4()
    premier = message(brouillon, acteurs["porteuse"], jeton=jeton)
    assert message(brouillon, acteurs["porteuse"], texte="Autre chose", jeton=jeton) == premier
    assert Message.objects.count() == 1
    assert len(prevenus()) == len(set(prevenus())) == 2


def test_la_base_refuse_aussi_le_doublon(brouillon, acteurs):
    premier = message(brouillon, acteurs["porteuse"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            dossier=brouillon, auteur=acteurs["porteuse"], cote=Cote.EQUIPE, texte="x", jeton=premier.jeton
        )


@pytest.mark.parametrize("texte", ["", "   \n\t", "\x00"])
def test_un_message_vide_ne_part_pas(texte, brouillon, acteurs):
    with pytest.raises(ErreurMetier, match="Écrivez votre message"):
        message(brouillon, acteurs["porteuse"], texte=texte)
    assert not Courriel.objects.filter(gabarit__startswith="echanges/").exists()


def test_dix_mille_signes_passent_et_pas_un_de_plus(brouillon, acteurs):
    assert len(message(brouillon, acteurs["porteuse"], texte="é" * LONGUEUR).texte) == LONGUEUR
    with pytest.raises(ErreurMetier, match=f"compte {LONGUEUR + 1} signes"):
        message(brouillon, acteurs["porteuse"], texte="é" * (LONGUEUR + 1))


def test_un_octet_nul_disparait_et_le_reste_est_garde_tel_quel(brouillon, acteurs):
    piege = '#set page(width: 1pt)\r\n$x$ @ref <script>alert("x")</script> {{ settings }} {% now %}\x00'
    texte = message(brouillon, acteurs["porteuse"], texte=piege).texte
    assert texte == piege.replace("\x00", "").replace("\r\n", "\n")


def test_ecrire_est_un_mouvement_et_va_au_journal_sans_le_texte(brouillon, acteurs):
    Dossier.objects.filter(pk=brouillon.pk).update(mouvement_le="2020-01-01T00:00:00Z")
    message(brouillon, acteurs["porteuse"])
    brouillon.refresh_from_db()
    assert brouillon.mouvement_le.year > 2020
    (acte,) = [e for e in evenements_de(brouillon) if e.sorte == "message_envoye"]
    assert SECRET not in str(acte.donnees)


# --- Les pièces -------------------------------------------------------------------------------------


def test_les_pieces_suivent_le_message(brouillon, acteurs):
    pieces = [fichiers.upload("statuts.pdf", fichiers.pdf()), fichiers.upload("carte.png", fichiers.png())]
    ecrit = message(brouillon, acteurs["porteuse"], pieces=pieces)
    assert [p.fichier.nom for p in ecrit.pieces.all()] == ["statuts.pdf", "carte.png"]


@pytest.mark.parametrize(
    ("nom", "octets"),
    [
        ("facture.pdf", fichiers.PROGRAMME),
        ("dessin.svg", fichiers.SVG),
        ("page.pdf", fichiers.HTML),
        ("vide.pdf", b""),
    ],
)
def test_une_piece_piegee_arrete_tout_et_ne_laisse_rien(nom, octets, brouillon, acteurs, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pieces = [fichiers.upload("statuts.pdf", fichiers.pdf()), fichiers.upload(nom, octets)]
    with pytest.raises(FichierRefuse):
        message(brouillon, acteurs["porteuse"], pieces=pieces)
    assert (Message.objects.count(), PieceDeMessage.objects.count(), Fichier.objects.count()) == (0, 0, 0)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_cinq_pieces_au_plus(brouillon, acteurs):
    pieces = [fichiers.upload(f"p{n}.pdf", fichiers.pdf()) for n in range(actions.PIECES_AU_PLUS + 1)]
    with pytest.raises(FichierRefuse, match="5 fichiers au plus"):
        message(brouillon, acteurs["porteuse"], pieces=pieces)


# --- Prévenir ---------------------------------------------------------------------------------------


def test_l_equipe_ecrit_les_referents_sont_prevenus_puis_le_seul_instructeur(dossier, acteurs):
    message(dossier, acteurs["porteuse"])
    assert prevenus() == sorted([acteurs["referente"].courriel, acteurs["collegue"].courriel])
    Courriel.objects.all().delete()
    Dossier.objects.filter(pk=dossier.pk).update(instruit_par=acteurs["collegue"])
    message(dossier, acteurs["porteuse"])
    assert prevenus() == [acteurs["collegue"].courriel]


def test_un_dossier_affecte_previent_celui_a_qui_il_revient(dossier, acteurs):
    Dossier.objects.filter(pk=dossier.pk).update(affecte_a=acteurs["autorite"])
    message(dossier, acteurs["porteuse"])
    assert prevenus() == [acteurs["autorite"].courriel]


def test_un_instructeur_parti_ne_cache_pas_le_message(dossier, acteurs):
    Compte.objects.filter(pk=acteurs["autorite"].pk).update(is_active=False)
    Dossier.objects.filter(pk=dossier.pk).update(instruit_par=acteurs["autorite"])
    message(dossier, acteurs["porteuse"])
    assert acteurs["referente"].courriel in prevenus()


def test_l_ars_ecrit_chaque_membre_confirme_est_prevenu_une_fois(dossier, acteurs):
    message_de_l_ars(dossier, acteurs["referente"])
    assert prevenus() == sorted([acteurs["porteuse"].courriel, acteurs["membre"].courriel])


def test_personne_n_est_prevenu_de_son_propre_message(dossier, acteurs):
    dossier.equipe.membres.filter(compte=acteurs["membre"]).update(compte=acteurs["referente"])
    message_de_l_ars(dossier, acteurs["referente"])
    assert prevenus() == [acteurs["porteuse"].courriel]


def test_le_courriel_dit_qui_et_ou_jamais_quoi(dossier, acteurs):
    message(dossier, acteurs["porteuse"], pieces=[fichiers.upload("statuts-secrets.pdf", fichiers.pdf())])
    message_de_l_ars(dossier, acteurs["referente"], texte=SECRET)
    courriels = list(Courriel.objects.filter(gabarit__startswith="echanges/"))
    assert courriels
    for courriel in courriels:
        entier = courriel.objet + courriel.texte + courriel.html
        assert SECRET not in entier
        assert "statuts-secrets" not in entier
        assert dossier.reference in entier
    assert any(str(acteurs["porteuse"]) in c.texte for c in courriels)


# --- Lu, non lu -------------------------------------------------------------------------------------


def test_les_messages_des_autres_se_comptent_jusqu_a_la_lecture(dossier, acteurs):
    recus = [message_de_l_ars(dossier, acteurs["referente"], texte=str(n)) for n in range(3)]
    message(dossier, acteurs["membre"])
    assert lectures.non_lus(dossier, acteurs["porteuse"]) == 4
    assert lectures.non_lus(dossier, acteurs["referente"]) == 1
    actions.marquer_lu(dossier, acteur=acteurs["porteuse"], messages=recus)
    lectures.oublier_les_non_lus(dossier)
    assert lectures.non_lus(dossier, acteurs["porteuse"]) == 1
    assert lectures.non_lus(dossier, acteurs["membre"]) == 3


def test_relire_le_debut_ne_rend_pas_la_suite_non_lue(dossier, acteurs):
    premier, second = message_de_l_ars(dossier, acteurs["referente"]), message_de_l_ars(dossier, acteurs["referente"])
    actions.marquer_lu(dossier, acteur=acteurs["porteuse"], messages=[premier, second])
    actions.marquer_lu(dossier, acteur=acteurs["porteuse"], messages=[premier])
    actions.marquer_lu(dossier, acteur=acteurs["porteuse"], messages=[])
    assert lectures.non_lus(dossier, acteurs["porteuse"]) == 0


def test_la_liste_des_agents_met_les_non_lus_d_abord(dossier, acteurs):
    assert not lectures.fils_a_suivre(acteurs["referente"]).exists()
    message(dossier, acteurs["porteuse"])
    message(dossier, acteurs["membre"])
    (ligne,) = lectures.fils_a_suivre(acteurs["referente"])
    assert (ligne.pk, ligne.a_lire) == (dossier.pk, 2)
    assert list(lectures.fils_a_suivre(acteurs["referent_ailleurs"])) == []


# --- Le brouillon -----------------------------------------------------------------------------------


def garder(dossier, acteur, texte, jeton=None, ecrit=Ecrit.MESSAGE):
    return actions.garder_le_brouillon(dossier, acteur=acteur, texte=texte, ecrit=ecrit, jeton=jeton or uuid.uuid4())


def test_le_brouillon_est_a_chacun_et_disparait_a_l_envoi(brouillon, acteurs):
    garder(brouillon, acteurs["porteuse"], "Mon début")
    garder(brouillon, acteurs["membre"], "Le sien")
    garder(brouillon, acteurs["porteuse"], "Mon début, plus long")
    assert lectures.brouillon_de(brouillon, acteurs["porteuse"]).texte == "Mon début, plus long"
    message(brouillon, acteurs["porteuse"])
    assert [b.texte for b in BrouillonDeMessage.objects.all()] == ["Le sien"]


def test_un_brouillon_efface_s_oublie(brouillon, acteurs):
    garder(brouillon, acteurs["porteuse"], "Mon début")
    garder(brouillon, acteurs["porteuse"], "  ")
    assert lectures.brouillon_de(brouillon, acteurs["porteuse"]) is None


def test_l_echo_tardif_d_un_envoi_ne_revient_pas_en_brouillon(brouillon, acteurs):
    jeton = uuid.uuid4()
    message(brouillon, acteurs["porteuse"], jeton=jeton)
    assert garder(brouillon, acteurs["porteuse"], SECRET, jeton) is None
    assert not BrouillonDeMessage.objects.exists()


def test_un_brouillon_demesure_est_coupe_pas_perdu(brouillon, acteurs):
    assert len(garder(brouillon, acteurs["porteuse"], "é\x00" * (LONGUEUR * 2)).texte) == LONGUEUR
