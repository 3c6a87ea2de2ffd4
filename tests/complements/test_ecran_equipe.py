"""La page « Remarques de l'ARS », par les vues : deux tours, ce qui est verrouillé, deux onglets, les autres."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.complements.actions import demandes as actions
from esperluette.complements.models import Remarque
from esperluette.dossiers.actions.depot import figer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import precharger
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import ouvertures_de
from esperluette.equipes.enums import Portee
from esperluette.equipes.models import AccesAccompagnateur
from tests.dossiers.ecrans import HOSTILE, enregistrer, requetes, sous, texte, url
from tests.fabriques import complements as fabrique
from tests.fabriques import dossiers as fabrique_dossier
from tests.fabriques.complements import CHAMPS
from tests.fabriques.equipes import AccesFabrique

pytestmark = pytest.mark.django_db
CHAMP, AUTRE, _ = CHAMPS
TEXTE = "<p>Un territoire rural & vieillissant.</p>"


def page_de(dossier, *suite):
    return reverse(f"complements:{'remarque' if suite else 'remarques'}", args=[dossier.reference, *suite])


def envoi(remarque, reponse="C’est précisé.", version=0, **autres):
    return {f"reponse:{remarque.pk}": reponse, f"reponse-version:{remarque.pk}": version, **autres}


def test_la_page_montre_la_remarque_et_le_champ_juste_dessous(demande, dossier, acteurs):
    page = texte(sous(acteurs["membre"]).get(page_de(dossier)))
    assert "Il reste 1 remarque à traiter sur 1" in page
    assert page.index("Précisez « territoire_description ».") < page.index(f'id="champ-{CHAMP}"')
    assert f'name="{CHAMP}"' in page
    assert f'name="{AUTRE}"' not in page
    assert "Ma réponse" in page


def test_la_fiche_dit_a_vous_et_mene_aux_remarques(demande, dossier, acteurs):
    page = texte(sous(acteurs["porteuse"]).get(url(dossier, "fiche")))
    assert "À vous : 1 remarque de l’ARS, avant le" in page
    assert page_de(dossier) in page
    assert "suspendue depuis le" in page
    assert "Remarques de l’ARS (1)" in page


def test_sans_javascript_on_repond_et_on_ecrit_d_un_seul_envoi(demande, dossier, acteurs):
    remarque = demande.remarques.get()
    client = sous(acteurs["membre"])
    reponse = client.post(
        page_de(dossier), envoi(remarque, **{CHAMP: TEXTE, f"version:{CHAMP}": 1, f"forme:{CHAMP}": "html"})
    )
    assert reponse.status_code == 302
    assert Remarque.objects.get().reponse == "C’est précisé."
    assert "vieillissant" in dossier.reponses.get(champ=CHAMP).valeur
    page = texte(client.get(page_de(dossier)))
    assert "Chaque remarque a sa réponse" in page
    assert "Seul le porteur" in page


def test_le_porteur_est_mene_a_la_signature_puis_le_depot_clot_le_tour(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    client = sous(acteurs["porteuse"])
    assert "Relire et figer la version" in texte(client.get(page_de(dossier)))
    fabrique.redeposer(dossier)
    page = texte(client.get(page_de(dossier)))
    assert "Vous avez répondu aux remarques de l’ARS. Vous n’avez rien à faire." in page
    assert "C’est précisé." in page


@pytest.mark.parametrize("comment", ["champ", "rubrique", "remarques", "geste", "pieces", "restaurer"])
def test_un_champ_verrouille_se_refuse_aussi_par_envoi_direct(comment, demande, dossier, acteurs):
    client, avant = sous(acteurs["membre"]), dossier.reponses.get(champ=AUTRE).valeur
    forge = {AUTRE: "<p>Forcé.</p>", f"version:{AUTRE}": 1, f"forme:{AUTRE}": "html"}
    match comment:
        case "champ":
            reponse = enregistrer(client, dossier, AUTRE, "<p>Forcé.</p>", version=1)
        case "rubrique":
            reponse = client.post(url(dossier, "rubrique", "territoire"), forge)
        case "remarques":
            reponse = client.post(page_de(dossier), envoi(demande.remarques.get(), **forge))
        case "geste":
            reponse = client.post(page_de(dossier), {"geste": "ajouter:axes_thematiques"})
        case "pieces":
            reponse = client.post(url(dossier, "pieces"), {"libelle": "Statuts"})
        case "restaurer":
            reponse = client.post(url(dossier, "restaurer", AUTRE, 1))
    assert reponse.status_code == 403
    assert "reste tel que déposé" in texte(reponse)
    assert dossier.reponses.get(champ=AUTRE).valeur == avant


def test_la_redaction_verrouille_et_le_dit(demande, dossier, acteurs):
    page = texte(sous(acteurs["membre"]).get(url(dossier, "rubrique", "territoire")))
    assert "seuls les champs remarqués se rouvrent" in page
    assert "ce champ reste tel que déposé" in page
    assert f'name="version:{CHAMP}"' in page
    assert f'name="version:{AUTRE}"' not in page
    assert "1 remarque de l’ARS" in page


def test_la_reponse_s_enregistre_d_elle_meme(demande, dossier, acteurs):
    remarque = demande.remarques.get()
    client = sous(acteurs["membre"])
    adresse, entetes = page_de(dossier, remarque.pk), {"X-Esperluette": "fragment"}
    reponse = client.post(adresse, {"reponse": "Un.", "version": 0}, headers=entetes)
    assert 'data-esp-version-ecrite="1"' in texte(reponse)
    tardive = sous(acteurs["porteuse"]).post(adresse, {"reponse": "Deux.", "version": 0}, headers=entetes)
    assert tardive.status_code == 409
    assert "Un." in texte(tardive)
    assert Remarque.objects.get().reponse == "Un."


def test_deux_onglets_la_seconde_reponse_ne_se_perd_pas(demande, dossier, acteurs):
    remarque = demande.remarques.get()
    sous(acteurs["membre"]).post(page_de(dossier), envoi(remarque, "La première."))
    reponse = sous(acteurs["porteuse"]).post(page_de(dossier), envoi(remarque, "La seconde."))
    assert reponse.status_code == 422
    page = texte(reponse)
    assert "La seconde." in page
    assert "La première." in page
    assert Remarque.objects.get().reponse == "La première."


def test_une_page_restee_ouverte_apres_l_annulation_n_ecrit_rien_et_le_dit(demande, dossier, acteurs):
    remarque = demande.remarques.get()
    actions.annuler(demande, acteur=acteurs["referente"], motif="Par erreur.")
    reponse = sous(acteurs["membre"]).post(page_de(dossier), envoi(remarque), follow=True)
    assert "rien n’a été enregistré" in texte(reponse)
    assert "Par erreur." in texte(reponse)
    assert Remarque.objects.get().reponse == ""


def test_une_page_restee_ouverte_pendant_la_signature_rend_ce_qui_etait_saisi(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    figer(Dossier.objects.get(pk=dossier.pk), acteur=acteurs["porteuse"])
    reponse = sous(acteurs["membre"]).post(page_de(dossier), envoi(demande.remarques.get(), "Un texte long.", 1))
    assert reponse.status_code == 403
    assert "Un texte long." in texte(reponse)


@pytest.mark.parametrize("saisie", [HOSTILE, "#set page() $x$ @ref", "a\x00b", "é" * 10_000])
def test_une_reponse_hostile_s_affiche_sans_agir(saisie, demande, dossier, acteurs):
    client = sous(acteurs["membre"])
    assert client.post(page_de(dossier), envoi(demande.remarques.get(), saisie)).status_code == 302
    page = texte(client.get(page_de(dossier)))
    assert "<script>alert" not in page
    assert "\x00" not in page


def test_une_reponse_trop_longue_revient_avec_sa_raison(demande, dossier, acteurs):
    reponse = sous(acteurs["membre"]).post(page_de(dossier), envoi(demande.remarques.get(), "é" * 10_001))
    assert reponse.status_code == 422
    assert "10000 caractères" in texte(reponse)


def test_un_accompagnateur_lit_et_commente_selon_sa_portee_sans_repondre(demande, dossier, equipe, acteurs):
    commente = sous(acteurs["accompagnatrice"])
    page = texte(commente.get(page_de(dossier)))
    assert "Vous lisez, sans pouvoir répondre." in page
    assert "Ajouter ce commentaire" in page
    assert commente.post(page_de(dossier), envoi(demande.remarques.get())).status_code == 403
    lecteur = AccesFabrique(equipe=equipe, rattache=True)
    AccesAccompagnateur.objects.filter(pk=lecteur.pk).update(portee=Portee.LECTURE)
    assert "Ajouter ce commentaire" not in texte(sous(lecteur.compte).get(page_de(dossier)))


@pytest.mark.parametrize("qui", ["porteuse_ailleurs", "inconnue", "referente"])
def test_les_autres_ne_trouvent_pas_la_page(qui, demande, dossier, acteurs):
    client, remarque = sous(acteurs[qui]), demande.remarques.get()
    assert client.get(page_de(dossier)).status_code == 404
    assert client.post(page_de(dossier, remarque.pk), {"reponse": "Moi."}).status_code == 404


def test_la_remarque_d_un_autre_dossier_est_introuvable(demande, dossier, acteurs):
    autre = fabrique_dossier.depose(fabrique_dossier.equipe_complete())
    client = sous(autre.dossier.equipe.porteur.compte)
    reponse = client.post(page_de(autre.dossier, demande.remarques.get().pk), {"reponse": "Moi.", "version": 0})
    assert reponse.status_code == 404


def test_sans_remarque_la_page_explique(dossier, acteurs):
    assert "n’a fait aucune remarque" in texte(sous(acteurs["membre"]).get(page_de(dossier)))


def test_un_brouillon_de_l_agent_ne_se_voit_pas(dossier, acteurs):
    from esperluette.instruction.actions import prendre_en_instruction

    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    actions.remarquer(dossier, actions.RemarqueSaisie(CHAMP, "Confidentiel."), acteur=acteurs["referente"])
    client = sous(acteurs["membre"])
    for adresse in (page_de(dossier), url(dossier, "fiche")):
        page = texte(client.get(adresse))
        assert "Confidentiel." not in page
    assert "Remarques de l’ARS" not in texte(client.get(url(dossier, "fiche")))


@pytest.mark.parametrize("qui", ["membre", "accompagnatrice"])
def test_autant_de_requetes_pour_une_et_trois_remarques(qui, dossier, acteurs):
    agent, compte = acteurs["referente"], acteurs[qui]
    demande = fabrique.demande(dossier, agent, champs=CHAMPS[:1])
    une = requetes(sous(compte), page_de(dossier))
    fiche = requetes(sous(compte), url(dossier, "fiche"))
    actions.annuler(demande, acteur=agent, motif="Essai.")
    demande.refresh_from_db()
    fabrique.demande(dossier, agent, champs=CHAMPS)
    Remarque.objects.filter(demande=demande).delete()
    type(demande).objects.filter(pk=demande.pk).delete()
    assert requetes(sous(compte), page_de(dossier)) == une
    assert requetes(sous(compte), url(dossier, "fiche")) == fiche
    assert Dossier.objects.get(pk=dossier.pk).etat == Etat.A_COMPLETER


def test_autant_de_requetes_pour_un_et_trois_dossiers_a_completer(dossier, acteurs):
    dossiers = [dossier]
    for _ in range(2):
        autre = fabrique_dossier.depose(fabrique_dossier.equipe_complete()).dossier
        dossiers.append(autre)
    for d in dossiers:
        fabrique.demande(d, acteurs["referente"])
    mesures = []
    for combien in (1, 3):
        lus = list(Dossier.objects.filter(pk__in=[d.pk for d in dossiers[:combien]]))
        with CaptureQueriesContext(connection) as capture:
            precharger(lus)
            assert all(ouvertures_de(lu)[0].restantes == 1 for lu in lus)
        mesures.append(len(capture))
    assert mesures[0] == mesures[1]
