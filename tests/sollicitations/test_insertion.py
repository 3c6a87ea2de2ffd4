"""La réponse de l'ARS entre dans le champ de chiffres de la rubrique, avec sa source ; sinon elle attend et le dit."""

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.dossiers.actions.chiffres import agir
from esperluette.dossiers.actions.depot import figer, retirer, rouvrir
from esperluette.dossiers.actions.redaction import restaurer_version
from esperluette.dossiers.models import Dossier, Reponse, VersionReponse
from esperluette.journal.models import Evenement
from esperluette.sollicitations import actions
from esperluette.sollicitations.enums import EtatSollicitation
from esperluette.sollicitations.lectures import demandes_de
from esperluette.sollicitations.models import Sollicitation
from tests.dossiers.ecrans import HOSTILE, requetes, sous, texte
from tests.fabriques import dossiers as fabrique
from tests.fabriques.sollicitations import LIBELLE, fournie, sollicitation

pytestmark = pytest.mark.django_db
CHAMP = "chiffres_territoire"


def fournis(dossier):
    reponse = Reponse.objects.filter(dossier=dossier, champ=CHAMP).first()
    return reponse.valeur["fournis"] if reponse and reponse.valeur else []


@pytest.fixture
def en_signature(equipe, acteurs):
    """Une demande dont le dossier est parti à la signature, et la réponse arrivée trop tard."""
    dossier = fabrique.brouillon(equipe, rempli=True)
    demande = sollicitation(dossier)
    figer(dossier, acteur=acteurs["porteuse"])
    return fournie(demande, acteurs["referente"])


def test_le_chiffre_entre_dans_la_rubrique_avec_sa_source_au_nom_de_qui_le_donne(demande, acteurs):
    assert demande.champ == CHAMP
    assert fournie(demande, acteurs["referente"]).etat == EtatSollicitation.INSERE
    (insere,) = fournis(demande.dossier)
    assert {cle: insere[cle] for cle in ("libelle", "valeur", "unite", "source", "le")} == {
        "libelle": LIBELLE, "valeur": "1\u202f234,5", "unite": "patients",
        "source": "Assurance maladie, SNDS, 2024", "le": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert VersionReponse.objects.get(reponse__champ=CHAMP).auteur == acteurs["referente"]
    lue = texte(
        sous(acteurs["membre"]).get(reverse("dossiers:rubrique", args=[demande.dossier.reference, "territoire"]))
    )
    for dit in (LIBELLE, "1\u202f234,5", "Assurance maladie, SNDS, 2024"):
        assert dit in lue
    assert "écrit ici" not in lue  # l'agent a répondu à une question, il n'est pas dans le brouillon


def test_ce_que_l_equipe_avait_ecrit_dans_le_champ_reste(demande, acteurs):
    fabrique.ecrire(demande.dossier, CHAMP, {"commentaire": "À lire avec prudence."}, acteurs["membre"])
    fournie(demande, acteurs["referente"])
    valeur = Reponse.objects.get(dossier=demande.dossier, champ=CHAMP).valeur
    assert valeur["commentaire"] == "À lire avec prudence."
    assert len(valeur["fournis"]) == 1


def test_deux_chiffres_se_suivent_et_un_double_clic_n_en_met_qu_un(demande, acteurs):
    autre = sollicitation(demande.dossier, libelle="Passages aux urgences")
    for _ in range(2):
        fournie(demande, acteurs["referente"])
        fournie(autre, acteurs["referente"])
    assert [f["libelle"] for f in fournis(demande.dossier)] == [LIBELLE, "Passages aux urgences"]


def test_un_dossier_a_signer_ne_bouge_pas_le_chiffre_attend_et_le_dit(en_signature, acteurs):
    assert en_signature.etat == EtatSollicitation.A_INSERER
    assert fournis(en_signature.dossier) == []
    client = sous(acteurs["membre"])
    page = texte(client.get(reverse("sollicitations:chiffres", args=[en_signature.dossier.reference])))
    assert "Ce chiffre n’est pas encore dans votre projet." in page
    assert "ses réponses ne changent plus" in page
    assert "Mettre dans le projet" not in page
    fiche = texte(client.get(reverse("dossiers:fiche", args=[en_signature.dossier.reference])))
    assert "Un chiffre demandé à l’ARS est arrivé" in fiche
    assert "Chiffres (1)" in fiche
    with pytest.raises(Refus, match="ses réponses ne changent plus"):
        actions.inserer(en_signature, acteur=acteurs["porteuse"])


def test_le_dossier_rouvert_un_membre_le_met_dans_le_projet(en_signature, acteurs):
    dossier = rouvrir(en_signature.dossier, acteur=acteurs["porteuse"])
    client, geste = sous(acteurs["membre"]), [dossier.reference, en_signature.pk]
    page = reverse("sollicitations:chiffres", args=[dossier.reference])
    assert "Mettre dans le projet" in texte(client.get(page))
    for _ in range(2):
        reponse = client.post(reverse("sollicitations:inserer", args=geste))
        assert reponse["Location"].startswith(reverse("dossiers:rubrique", args=[dossier.reference, "territoire"]))
    assert [f["libelle"] for f in fournis(dossier)] == [LIBELLE]
    assert "Il est entré dans votre projet" in texte(client.get(page))
    assert "est arrivé" not in texte(client.get(reverse("dossiers:fiche", args=[dossier.reference])))


@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "inconnue"])
def test_seuls_les_membres_mettent_le_chiffre_dans_le_projet(qui, en_signature, acteurs):
    rouvrir(en_signature.dossier, acteur=acteurs["porteuse"])
    with pytest.raises(Refus):
        actions.inserer(en_signature, acteur=acteurs[qui])
    assert fournis(en_signature.dossier) == []


def test_sans_reponse_il_n_y_a_rien_a_inserer(demande, acteurs):
    with pytest.raises(ErreurMetier, match="n’a pas donné de chiffre"):
        actions.inserer(demande, acteur=acteurs["porteuse"])


def test_une_rubrique_sans_champ_de_chiffres_garde_la_reponse_a_citer(brouillon, acteurs):
    demande = fournie(sollicitation(brouillon, rubrique="difficultes"), acteurs["referente"])
    assert (demande.champ, demande.etat) == ("", EtatSollicitation.FOURNI)
    page = texte(sous(acteurs["membre"]).get(reverse("sollicitations:chiffres", args=[brouillon.reference])))
    assert "citez-le dans votre texte" in page


def test_un_champ_plein_garde_le_chiffre_hors_du_projet_et_le_dit(demande, acteurs, monkeypatch):
    monkeypatch.setattr("esperluette.referentiel.normalisation.FOURNIS_MAX", 0)
    attend = fournie(demande, acteurs["referente"])
    assert attend.etat == EtatSollicitation.A_INSERER
    assert "chiffres fournis au plus" in attend.attend
    with pytest.raises(ErreurMetier, match="chiffres fournis au plus"):
        actions.inserer(attend, acteur=acteurs["membre"])
    attend.refresh_from_db()
    assert attend.inseree_le is None


def test_le_champ_mene_a_la_demande_deja_rangee_dans_sa_rubrique(brouillon, acteurs):
    client = sous(acteurs["membre"])
    lien = f"{reverse('sollicitations:chiffres', args=[brouillon.reference])}?rubrique=patientele#demander"
    page = texte(client.get(reverse("dossiers:rubrique", args=[brouillon.reference, "patientele"])))
    assert f'href="{lien}">Demander un chiffre à l’ARS' in page
    assert '<option value="patientele" selected' in texte(client.get(lien))
    sollicitation(brouillon, rubrique="patientele")
    page = texte(client.get(reverse("dossiers:rubrique", args=[brouillon.reference, "patientele"])))
    assert "1 chiffre attendu de l’ARS" in page
    lectrice = sous(acteurs["accompagnatrice"])
    page = texte(lectrice.get(reverse("dossiers:rubrique", args=[brouillon.reference, "patientele"])))
    assert "Demander un chiffre" not in page


def test_la_rubrique_coute_autant_a_une_et_a_trois_demandes(brouillon, acteurs):
    client, page = sous(acteurs["membre"]), reverse("dossiers:rubrique", args=[brouillon.reference, "territoire"])
    fournie(sollicitation(brouillon), acteurs["referente"])
    sollicitation(brouillon)
    avant = requetes(client, page)
    for _ in range(2):
        fournie(sollicitation(brouillon, libelle=HOSTILE), acteurs["referente"])
        sollicitation(brouillon)
    assert requetes(client, page) == avant
    assert "<script>alert" not in client.get(page).content.decode()


def test_un_dossier_retire_ne_recoit_plus_rien(en_signature, acteurs):
    retirer(en_signature.dossier, acteur=acteurs["porteuse"], motif="Nous recommencerons.")
    with pytest.raises(Refus):
        actions.inserer(en_signature, acteur=acteurs["porteuse"])


# --- Ôté, remis ------------------------------------------------------------------------------------


def oter(demande, acteur, geste="oter-fourni"):
    details = [f["id"] for f in fournis(demande.dossier)] if geste == "oter-fourni" else []
    return agir(demande.dossier, CHAMP, geste, *details, acteur=acteur)


def etat(demande):
    return Sollicitation.objects.get(pk=demande.pk).etat


def journal(sorte):
    return Evenement.objects.filter(sorte=sorte).count()


@pytest.mark.parametrize("geste", ["oter-fourni", "oter"])
def test_ote_du_projet_le_chiffre_n_y_est_plus_dit_et_se_remet_d_un_geste(geste, demande, acteurs):
    fournie(demande, acteurs["referente"])
    oter(demande, acteurs["membre"], geste)
    assert etat(demande) == EtatSollicitation.OTE
    client, page = sous(acteurs["membre"]), reverse("sollicitations:chiffres", args=[demande.dossier.reference])
    lue = texte(client.get(page))
    assert "Reçu, plus dans le projet" in lue
    assert "Il est entré dans votre projet" not in lue
    assert "Remettre dans le projet" in lue
    # L'équipe l'a voulu : rien ne l'en presse.
    assert "est arrivé" not in texte(client.get(reverse("dossiers:fiche", args=[demande.dossier.reference])))
    for _ in range(2):
        client.post(reverse("sollicitations:inserer", args=[demande.dossier.reference, demande.pk]))
    assert [f["libelle"] for f in fournis(demande.dossier)] == [LIBELLE]
    assert etat(demande) == EtatSollicitation.INSERE
    assert "Il est entré dans votre projet" in texte(client.get(page))
    assert (journal("chiffre_ote"), journal("chiffre_fourni")) == (1, 2)


def test_oter_deux_fois_ne_s_ecrit_ni_ne_se_note_qu_une_fois(demande, acteurs):
    fournie(demande, acteurs["referente"])
    (insere,) = fournis(demande.dossier)
    for _ in range(2):
        agir(demande.dossier, CHAMP, "oter-fourni", insere["id"], acteur=acteurs["membre"])
    assert VersionReponse.objects.filter(reponse__champ=CHAMP).count() == 2
    assert journal("chiffre_ote") == 1


def test_l_historique_du_champ_remet_ou_ote_le_chiffre_et_la_demande_le_sait(demande, acteurs):
    fabrique.ecrire(demande.dossier, CHAMP, {"commentaire": "Avant la réponse."}, acteurs["membre"])
    fournie(demande, acteurs["referente"])
    restaurer_version(demande.dossier, CHAMP, 1, acteur=acteurs["membre"])
    assert etat(demande) == EtatSollicitation.OTE
    restaurer_version(demande.dossier, CHAMP, 2, acteur=acteurs["membre"])
    assert etat(demande) == EtatSollicitation.INSERE


def test_oter_un_chiffre_laisse_les_autres_dans_le_projet(demande, acteurs):
    autre = sollicitation(demande.dossier, libelle="Passages aux urgences")
    for attendue in (demande, autre):
        fournie(attendue, acteurs["referente"])
    (premier, _) = fournis(demande.dossier)
    agir(demande.dossier, CHAMP, "oter-fourni", premier["id"], acteur=acteurs["membre"])
    assert (etat(demande), etat(autre)) == (EtatSollicitation.OTE, EtatSollicitation.INSERE)
    lues = demandes_de(Dossier.objects.get(pk=demande.dossier_id))
    assert {s.pk: s.etat for s in lues} == {demande.pk: EtatSollicitation.OTE, autre.pk: EtatSollicitation.INSERE}


def test_un_libelle_aux_accents_decomposes_est_reconnu_dans_le_projet(brouillon, acteurs):
    """Le projet garde les accents composés ; certains claviers les envoient en deux signes."""
    demande = sollicitation(brouillon, libelle="Be\u0301ne\u0301ficiaires de la C2S")
    assert fournie(demande, acteurs["referente"]).etat == EtatSollicitation.INSERE
    actions.inserer(demande, acteur=acteurs["membre"])
    assert len(fournis(brouillon)) == 1


def test_ote_d_un_dossier_parti_a_la_signature_le_chiffre_ne_se_remet_pas(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    demande = fournie(sollicitation(dossier), acteurs["referente"])
    oter(demande, acteurs["membre"])
    figer(dossier, acteur=acteurs["porteuse"])
    page = texte(sous(acteurs["membre"]).get(reverse("sollicitations:chiffres", args=[dossier.reference])))
    assert "il n’y est plus" in page
    assert "Remettre dans le projet" not in page


def test_oter_puis_recevoir_coute_autant_a_une_et_a_trois_demandes(brouillon, acteurs):
    client, page = sous(acteurs["membre"]), reverse("sollicitations:chiffres", args=[brouillon.reference])
    couts = []
    for nombre in range(1, 4):
        oter(fournie(sollicitation(brouillon, libelle=f"Chiffre {nombre}"), acteurs["referente"]), acteurs["membre"])
        couts.append(requetes(client, page))
    assert couts[0] == couts[2]
