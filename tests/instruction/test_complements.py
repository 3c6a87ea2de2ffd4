"""Les compléments côté agent, par les vues : composer, relire, envoyer, suivre, relire le retour."""

import pytest
from django.urls import reverse

from esperluette.complements.actions import demandes as actions
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import PIECES
from esperluette.instruction.actions import prendre_en_instruction
from tests.complements.test_delais import vieillir
from tests.dossiers.ecrans import HOSTILE, requetes, sous, texte
from tests.fabriques import complements as fabrique
from tests.fabriques import dossiers as fabrique_dossier
from tests.fabriques.complements import CHAMPS, dans

pytestmark = pytest.mark.django_db
CHAMP, AUTRE, _ = CHAMPS


def adresse(dossier, nom="complements", *suite):
    return reverse(f"instruction:{nom}", args=[dossier.reference, *suite])


@pytest.fixture
def agent(acteurs):
    return sous(acteurs["referente"])


@pytest.fixture
def pris(dossier, acteurs):
    return prendre_en_instruction(dossier, acteur=acteurs["referente"])


def brouillon(version=0, **autres):
    return {"version": version, "message": "Bonjour.", "avant_le": dans(30).isoformat(), "neuve-champ": "",
            "neuve-texte": "", **autres}  # fmt: skip


def lu(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def test_de_la_premiere_remarque_a_l_envoi(agent, pris):
    page = texte(agent.get(adresse(pris, "complements_preparer")))
    assert "Demander des compléments" in page
    ajout = brouillon(**{"geste": "ajouter", "neuve-champ": CHAMP, "neuve-texte": "Précisez les communes."})
    agent.post(adresse(pris, "complements_preparer"), ajout)
    demande = DemandeDeComplements.objects.get()
    remarque = demande.remarques.get()
    suite = brouillon(demande.version, **{"geste": "apercu", f"texte:{remarque.pk}": "Précisez les trois communes."})
    apercu = agent.post(adresse(pris, "complements_preparer"), suite, follow=True)
    assert "Précisez les trois communes." in texte(apercu)
    assert "Rouvre ce champ seul." in texte(apercu)
    assert lu(pris).etat == Etat.EN_INSTRUCTION
    demande.refresh_from_db()
    for _ in range(2):
        envoye = agent.post(adresse(pris, "complements_apercu"), {"version": demande.version}, follow=True)
    assert "déjà partie" in texte(envoye)
    dossier = lu(pris)
    assert (dossier.etat, dossier.echeance) == (Etat.A_COMPLETER, dans(30))
    fiche = texte(agent.get(adresse(pris, "fiche")))
    assert "suspendue depuis le" in fiche
    assert "Réponse attendue avant le" in fiche


def test_le_brouillon_ne_se_perd_pas_quand_une_saisie_est_refusee(agent, pris):
    envoi = brouillon(avant_le="31/02/2027", message="Un long message.", **{"neuve-texte": "Une remarque."})
    reponse = agent.post(adresse(pris, "complements_preparer"), envoi)
    assert reponse.status_code == 422
    page = texte(reponse)
    assert "Écrivez une date" in page
    assert "Un long message." in page
    assert "Une remarque." in page
    assert not DemandeDeComplements.objects.exists()


def test_deux_onglets_le_second_garde_son_texte_et_lit_ce_qui_est_en_place(agent, pris):
    agent.post(adresse(pris, "complements_preparer"), brouillon(**{"neuve-champ": CHAMP, "neuve-texte": "Le mien."}))
    remarque = Remarque.objects.get()
    agent.post(adresse(pris, "complements_preparer"), brouillon(2, **{f"texte:{remarque.pk}": "Premier onglet."}))
    reponse = agent.post(
        adresse(pris, "complements_preparer"), brouillon(2, **{f"texte:{remarque.pk}": "Second onglet."})
    )
    assert reponse.status_code == 409
    page = texte(reponse)
    assert "Second onglet." in page
    assert "Premier onglet." in page
    assert Remarque.objects.get().texte == "Premier onglet."
    encore = brouillon(DemandeDeComplements.objects.get().version, **{f"texte:{remarque.pk}": "Second onglet."})
    assert agent.post(adresse(pris, "complements_preparer"), encore).status_code == 302
    assert Remarque.objects.get().texte == "Second onglet."


def test_le_texte_d_une_remarque_retiree_ailleurs_revient_a_l_ecran(agent, pris):
    agent.post(adresse(pris, "complements_preparer"), brouillon(**{"neuve-champ": CHAMP, "neuve-texte": "Le mien."}))
    pk = Remarque.objects.get().pk
    agent.post(adresse(pris, "complements_preparer"), brouillon(2, geste=f"retirer:{pk}"))
    reponse = agent.post(adresse(pris, "complements_preparer"), brouillon(2, **{f"texte:{pk}": "Mon long texte."}))
    assert reponse.status_code == 409
    assert "Mon long texte." in texte(reponse)


def test_une_remarque_generale_garde_ce_qu_elle_rouvre(agent, pris):
    rubrique = trame_de(pris).rubrique_de(CHAMP).id
    envoi = brouillon(**{"neuve-texte": "Reprenez tout.", "neuve-ouvre": [rubrique, PIECES], "geste": "ajouter"})
    agent.post(adresse(pris, "complements_preparer"), envoi)
    assert Remarque.objects.get().ouvre == [rubrique, PIECES]
    assert "Pièces jointes" in texte(agent.get(adresse(pris, "complements_apercu")))


def test_remarquer_un_passage_depuis_le_dossier(agent, pris):
    page = texte(agent.get(adresse(pris, "remarquer"), {"champ": CHAMP, "extrait": "patientèle âgée"}))
    assert "patientèle âgée" in page
    envoi = {"champ": CHAMP, "extrait": "patientèle âgée", "texte": "Combien ?"}
    assert agent.post(adresse(pris, "remarquer"), envoi).status_code == 302
    remarque = Remarque.objects.get()
    assert (remarque.champ, remarque.extrait, remarque.texte) == (CHAMP, "patientèle âgée", "Combien ?")


@pytest.mark.parametrize("champ", ["inconnu", "x" * 300, "../.."])
def test_un_champ_inconnu_ne_se_remarque_pas(champ, agent, pris):
    assert agent.get(adresse(pris, "remarquer"), {"champ": champ}).status_code == 404
    assert agent.post(adresse(pris, "remarquer"), {"champ": champ, "texte": "Non."}).status_code == 422
    assert not Remarque.objects.exists()


@pytest.mark.parametrize("saisie", [HOSTILE, "#set page() $x$ @ref", "é" * 10_000])
def test_une_remarque_hostile_s_affiche_sans_agir(saisie, agent, pris, acteurs):
    agent.post(adresse(pris, "remarquer"), {"champ": CHAMP, "texte": saisie, "extrait": saisie})
    DemandeDeComplements.objects.update(avant_le=dans(5), message=saisie)
    agent.post(adresse(pris, "complements_apercu"), {"version": DemandeDeComplements.objects.get().version})
    assert lu(pris).etat == Etat.A_COMPLETER
    equipe = sous(acteurs["membre"]).get(reverse("complements:remarques", args=[pris.reference]))
    for page in (texte(agent.get(adresse(pris))), texte(equipe)):
        assert "<script>alert" not in page


@pytest.mark.parametrize("saisie", ["a\x00b", "é" * 10_001])
def test_un_octet_nul_ou_un_texte_sans_fin_se_refuse_a_cote_du_champ(saisie, agent, pris):
    reponse = agent.post(adresse(pris, "remarquer"), {"champ": CHAMP, "texte": saisie})
    assert reponse.status_code == 422
    assert "fr-error-text" in texte(reponse)
    trop = brouillon(message=saisie)
    assert agent.post(adresse(pris, "complements_preparer"), trop).status_code == 422


def test_le_retour_montre_chaque_reponse_et_les_mots_changes(agent, pris, acteurs):
    demande = fabrique.demande(pris, acteurs["referente"], champs=[CHAMP, AUTRE])
    fabrique_dossier.ecrire(pris, CHAMP, "<p>Nous partageons une patientèle jeune.</p>", acteurs["membre"])
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    fabrique.redeposer(pris)
    page = texte(agent.get(adresse(pris)))
    assert "<ins>" in page
    assert "jeune" in page
    assert "<del>" in page
    assert "C’est précisé." in page
    assert "Ce qui est remarqué n’a pas changé." in page
    assert "Compléments (2)" in page
    premiere, seconde = demande.remarques.all()
    agent.post(adresse(pris, "complements_relire", premiere.pk), {"geste": "lever"})
    suite = agent.post(adresse(pris, "complements_relire", seconde.pk), {"geste": "redemander"}, follow=True)
    assert "Redemandée" in texte(suite)
    assert "Compléments (1)" in texte(agent.get(adresse(pris)))
    agent.post(adresse(pris, "prendre"))
    version = DemandeDeComplements.objects.en_preparation().get().version
    agent.post(adresse(pris, "complements_preparer"), brouillon(version))
    agent.post(adresse(pris, "complements_apercu"), {"version": version + 1})
    assert lu(pris).etat == Etat.A_COMPLETER
    assert DemandeDeComplements.objects.actives().get().remarques.get().champ == AUTRE


def test_l_apercu_rappelle_les_remarques_laissees_de_cote(agent, pris, acteurs):
    demande = fabrique.demande(pris, acteurs["referente"], champs=[CHAMP])
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    fabrique.redeposer(pris)
    agent.post(adresse(pris, "prendre"))
    agent.post(adresse(pris, "remarquer"), {"champ": AUTRE, "texte": "Et ceci ?"})
    assert "ni levée ni redemandée" in texte(agent.get(adresse(pris, "complements_apercu")))


def test_prolonger_puis_annuler(agent, pris, acteurs):
    fabrique.demande(pris, acteurs["referente"])
    agent.post(adresse(pris, "complements_prolonger"), {"avant_le": dans(45).isoformat()})
    assert lu(pris).echeance == dans(45)
    refus = agent.post(adresse(pris, "complements_prolonger"), {"avant_le": dans(2).isoformat()}, follow=True)
    assert "ne se raccourcit pas" in texte(refus)
    assert agent.post(adresse(pris, "complements_annuler"), {"motif": ""}).status_code == 422
    agent.post(adresse(pris, "complements_annuler"), {"motif": "Mauvais dossier."})
    assert lu(pris).etat == Etat.EN_INSTRUCTION
    perdu = agent.post(adresse(pris, "complements_annuler"), {"motif": "Encore."}, follow=True)
    assert "elle a peut-être répondu entre-temps" in texte(perdu)
    assert "Mauvais dossier." in texte(agent.get(adresse(pris)))


def test_un_dossier_parti_ailleurs_n_ecrit_rien_et_le_dit(agent, pris, acteurs):
    fabrique.demande(pris, acteurs["referente"])
    reponse = agent.post(
        adresse(pris, "complements_preparer"), brouillon(**{"neuve-texte": "Trop tard."}), follow=True
    )
    assert "on n’y prépare pas de compléments" in texte(reponse)
    assert Remarque.objects.count() == 1


def test_la_date_passee_et_le_silence_se_signalent_sur_la_fiche(agent, pris, acteurs):
    fabrique.demande(pris, acteurs["referente"], avant_le=dans(3))
    vieillir(pris, 4)
    assert "Les compléments ne sont pas arrivés" in texte(agent.get(adresse(pris, "fiche")))
    demande = DemandeDeComplements.objects.get()
    actions.annuler(demande, acteur=acteurs["referente"], motif="Par erreur.")
    vieillir_le_dossier = vieillir(lu(pris), 90)
    page = texte(agent.get(adresse(vieillir_le_dossier, "fiche")))
    assert "Le délai est passé" in page
    assert "réputée rejetée" in page
    assert lu(pris).etat == Etat.EN_INSTRUCTION


PAGES = ["complements", "complements_preparer", "complements_apercu", "complements_annuler", "remarquer"]


@pytest.mark.parametrize("qui", ["referent_ailleurs", "porteuse", "membre", "inconnue", "secretaire"])
@pytest.mark.parametrize("nom", PAGES)
def test_les_autres_ne_trouvent_pas_la_page(nom, qui, pris, acteurs):
    assert sous(acteurs[qui]).get(adresse(pris, nom)).status_code == 404


@pytest.mark.parametrize("nom", [n for n in PAGES if n != "complements"])
def test_l_administratrice_lit_sans_agir(nom, pris, acteurs):
    client = sous(acteurs["administratrice"])
    assert client.get(adresse(pris)).status_code == 200
    assert client.post(adresse(pris, nom), {}).status_code == 403


def test_la_remarque_d_un_autre_dossier_est_introuvable(agent, pris, acteurs):
    autre = fabrique_dossier.depose(fabrique_dossier.equipe_complete()).dossier
    demande = fabrique.demande(autre, acteurs["referente"])
    pk = demande.remarques.get().pk
    assert agent.post(adresse(pris, "complements_relire", pk), {"geste": "lever"}).status_code == 404
    assert agent.post(adresse(autre, "complements_relire", pk), {"geste": "rien"}).status_code == 404


def test_autant_de_requetes_pour_une_et_trois_remarques(agent, pris, acteurs):
    mesures = []
    for champs in (CHAMPS[:1], CHAMPS):
        demande = fabrique.demande(pris, acteurs["referente"], champs=champs)
        fabrique.repondre_a_tout(demande, acteurs["membre"])
        fabrique.redeposer(pris)
        agent.post(adresse(pris, "prendre"))
        Remarque.objects.filter(demande__dossier=pris).exclude(demande=demande).delete()
        DemandeDeComplements.objects.filter(dossier=pris).exclude(pk=demande.pk).delete()
        mesures.append(
            [requetes(agent, adresse(pris, nom)) for nom in ("complements", "complements_preparer", "fiche")]
        )
    assert mesures[0] == mesures[1]
