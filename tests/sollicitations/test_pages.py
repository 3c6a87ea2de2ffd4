"""Les pages des chiffres demandés, des deux côtés : demander, suivre, répondre, insérer."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.sollicitations.enums import EtatSollicitation
from esperluette.sollicitations.models import Sollicitation
from tests.dossiers.ecrans import HOSTILE, requetes, sous, texte
from tests.fabriques import dossiers as fabrique
from tests.fabriques.sollicitations import LIBELLE, fournie, indisponible, sollicitation

pytestmark = pytest.mark.django_db
REPONSE = {
    "geste": "fournir", "valeur": "1 234,5", "unite": "patients", "source": "Assurance maladie, SNDS",
    "millesime": "2024", "commentaire": "",
}  # fmt: skip


def page(dossier, nom="chiffres", *suite):
    return reverse(f"sollicitations:{nom}", args=[dossier.reference, *suite])


def chez_l_agent(demande):
    return reverse("chiffres:demande", args=[demande.pk])


def demander(client, dossier, **suite):
    jeton = re.search(r'name="jeton" value="([0-9a-f-]{36})"', client.get(page(dossier)).content.decode())
    envoi = {"rubrique": "territoire", "libelle": LIBELLE, "precisions": "", "jeton": jeton[1] if jeton else ""}
    return client.post(page(dossier), envoi | suite)


# --- L'équipe --------------------------------------------------------------------------------------


def test_une_membre_demande_un_chiffre_et_le_suit(brouillon, acteurs):
    client = sous(acteurs["membre"])
    reponse = demander(client, brouillon, precisions="Pour 2024.")
    faite = Sollicitation.objects.get()
    assert reponse["Location"] == f"{page(brouillon)}#demande-{faite.pk}"
    lue = texte(client.get(page(brouillon)))
    for dit in (LIBELLE, "Pour 2024.", faite.rubrique_intitule, "Demandé", "vous pourrez la relancer le"):
        assert dit in lue
    assert str(acteurs["referente"]) in lue  # qui sera prévenu
    assert "Relancer l’ARS" not in lue


def test_l_onglet_s_ouvre_a_qui_peut_demander(brouillon, acteurs):
    onglet = f'href="{page(brouillon)}"'
    fiche = reverse("dossiers:fiche", args=[brouillon.reference])
    assert onglet in texte(sous(acteurs["porteuse"]).get(fiche))
    assert onglet not in texte(sous(acteurs["accompagnatrice"]).get(fiche))
    sollicitation(brouillon)
    assert onglet in texte(sous(acteurs["accompagnatrice"]).get(fiche))


@pytest.mark.parametrize(
    ("champs", "erreur"),
    [
        ({"libelle": ""}, "Dites quel chiffre vous demandez."),
        ({"libelle": "é" * 201}, "Ce texte compte 201 signes"),
        ({"precisions": "é" * 10_000}, "Ce texte compte 10000 signes"),
        ({"libelle": "a\x00b"}, "Ce texte contient un signe illisible"),
        ({"rubrique": "inconnue"}, "Choisissez une rubrique."),
        ({"rubrique": "a\x00b"}, "Choisissez une rubrique."),
        ({"jeton": "trafiqué"}, "il n’a pas été reconnu"),
    ],
)
def test_une_demande_refusee_dit_pourquoi_et_garde_ce_qui_etait_ecrit(champs, erreur, brouillon, acteurs):
    reponse = demander(sous(acteurs["porteuse"]), brouillon, **({"precisions": "À garder."} | champs))
    assert reponse.status_code == 422
    assert erreur in texte(reponse)
    assert champs.get("precisions", "À garder.") in texte(reponse)
    assert not Sollicitation.objects.exists()


def test_un_texte_hostile_s_affiche_sans_s_executer(brouillon, acteurs):
    demande = sollicitation(brouillon, libelle=HOSTILE, precisions=HOSTILE)
    indisponible(demande, acteurs["referente"])
    Sollicitation.objects.update(motif=HOSTILE)
    for client, adresse in (
        (sous(acteurs["porteuse"]), page(brouillon)),
        (sous(acteurs["referente"]), chez_l_agent(demande)),
        (sous(acteurs["referente"]), reverse("chiffres:liste")),
    ):
        lue = client.get(adresse).content.decode()
        assert "<script>alert" not in lue
        assert "&lt;script&gt;" in lue


@pytest.mark.parametrize("qui", ["referente", "referent_ailleurs", "porteuse_ailleurs", "presidente", "inconnue"])
def test_les_autres_n_ont_pas_la_page_de_l_equipe(qui, demande, acteurs):
    client = sous(acteurs[qui])
    dossier = demande.dossier
    assert client.get(page(dossier)).status_code == 404
    assert client.post(page(dossier), {"libelle": "x"}).status_code == 404
    for geste in ("relancer", "retirer", "inserer"):
        assert client.post(page(dossier, geste, demande.pk)).status_code == 404


def test_une_accompagnatrice_lit_sans_demander(demande, acteurs):
    client = sous(acteurs["accompagnatrice"])
    lue = texte(client.get(page(demande.dossier)))
    assert LIBELLE in lue
    assert "Envoyer la demande" not in lue
    assert "Retirer la demande" not in lue
    assert "Seuls les membres de l’équipe écrivent dans son projet." in lue
    for adresse in (page(demande.dossier), page(demande.dossier, "retirer", demande.pk)):
        refus = client.post(adresse, {"libelle": "x"})
        assert refus.status_code == 403
        assert "Seuls les membres de l’équipe" in texte(refus)


def test_la_demande_d_un_autre_dossier_n_est_pas_a_cette_adresse(demande, acteurs):
    autre = fabrique.brouillon(fabrique.equipe_complete(nom="Équipe du Blavet"))
    client = sous(autre.equipe.porteur.compte)
    assert client.post(page(autre, "retirer", demande.pk)).status_code == 404
    assert client.post(page(demande.dossier, "retirer", demande.pk)).status_code == 404


def test_retirer_demande_confirmation_et_se_rejoue_sans_effet(demande, acteurs):
    client, adresse = sous(acteurs["membre"]), page(demande.dossier, "retirer", demande.pk)
    assert "Retirer cette demande ?" in texte(client.get(adresse))
    assert Sollicitation.objects.get().est_en_attente
    for _ in range(2):
        assert client.post(adresse).status_code == 302
    assert Sollicitation.objects.get().etat == EtatSollicitation.RETIRE
    assert "Retirée par" in texte(client.get(page(demande.dossier)))


def test_une_relance_trop_proche_se_refuse_avec_sa_date(demande, acteurs):
    client, adresse = sous(acteurs["membre"]), page(demande.dossier, "relancer", demande.pk)
    assert "vous pourrez la relancer le" in texte(client.post(adresse, follow=True))
    Sollicitation.objects.update(demandee_le=timezone.now() - timedelta(days=30))
    assert "Relancer l’ARS" in texte(client.get(page(demande.dossier)))
    assert "L’ARS est relancée." in texte(client.post(adresse, follow=True))
    assert Sollicitation.objects.get().relances == 1


# --- L'agent ---------------------------------------------------------------------------------------


def test_l_agent_ne_voit_du_brouillon_que_la_question_l_equipe_la_commune_et_la_rubrique(demande, acteurs):
    client = sous(acteurs["referente"])
    liste, lue = texte(client.get(reverse("chiffres:liste"))), texte(client.get(chez_l_agent(demande)))
    for vue in (liste, lue):
        for dit in (LIBELLE, demande.dossier.equipe.nom, demande.dossier.equipe.implantation.nom):
            assert dit in vue
        assert demande.rubrique_intitule in vue
        assert demande.dossier.reference not in vue
        assert str(acteurs["porteuse"]) not in vue
    assert "son brouillon ne vous est pas montré" in lue
    assert client.get(reverse("instruction:fiche", args=[demande.dossier.reference])).status_code == 404


@pytest.mark.parametrize(
    "qui", ["porteuse", "membre", "accompagnatrice", "referent_ailleurs", "presidente", "secretaire", "inconnue"]
)
def test_la_page_de_l_agent_n_est_qu_aux_agents_du_territoire(qui, demande, acteurs):
    client = sous(acteurs[qui])
    assert client.get(chez_l_agent(demande)).status_code == 404
    assert client.post(chez_l_agent(demande), REPONSE).status_code == 404
    assert client.get(reverse("chiffres:liste")).status_code == (200 if qui == "referent_ailleurs" else 403)
    assert Sollicitation.objects.get().est_en_attente


def test_l_administrateur_lit_sans_repondre(demande, acteurs):
    client = sous(acteurs["administrateur"])
    assert "Seuls les agents de l’ARS qui instruisent" in texte(client.get(chez_l_agent(demande)))
    assert client.post(chez_l_agent(demande), REPONSE).status_code == 403


def test_l_agent_donne_le_chiffre_et_l_equipe_le_lit_avec_sa_source(demande, acteurs):
    reponse = sous(acteurs["referente"]).post(chez_l_agent(demande), REPONSE | {"commentaire": "Deux communes."})
    assert reponse["Location"] == reverse("chiffres:liste")
    lue = texte(sous(acteurs["membre"]).get(page(demande.dossier)))
    for dit in ("1\u202f234,5 patients", "Assurance maladie, SNDS, 2024", "Deux communes.", str(acteurs["referente"])):
        assert dit in lue


def test_l_agent_dit_qu_il_ne_l_a_pas(demande, acteurs):
    envoi = {"geste": "indisponible", "motif": "Le secret statistique l’interdit."}
    sous(acteurs["referente"]).post(chez_l_agent(demande), envoi)
    lue = texte(sous(acteurs["membre"]).get(page(demande.dossier)))
    assert "L’ARS n’a pas ce chiffre." in lue
    assert "Le secret statistique l’interdit." in lue


@pytest.mark.parametrize(
    ("champs", "erreur"),
    [
        ({"valeur": "beaucoup"}, "Écrivez un nombre seul"),
        ({"valeur": "12 %"}, "Écrivez un nombre seul"),
        ({"valeur": "1e5"}, "Écrivez un nombre seul"),
        ({"valeur": "9" * 30}, "Écrivez un nombre d’au plus"),
        ({"valeur": "9" * 10_000}, "la limite est de 40"),
        ({"valeur": "1\x00"}, "signe illisible"),
        ({"source": ""}, "Dites d’où vient ce chiffre."),
        ({"millesime": ""}, "Dites de quand est ce chiffre."),
        ({"geste": "indisponible", "motif": ""}, "Dites à l’équipe pourquoi"),
    ],
)
def test_une_reponse_refusee_dit_pourquoi_et_garde_le_reste(champs, erreur, demande, acteurs):
    reponse = sous(acteurs["referente"]).post(chez_l_agent(demande), REPONSE | {"commentaire": "À garder."} | champs)
    assert reponse.status_code == 422
    assert erreur in texte(reponse)
    assert "motif" in champs or "À garder." in texte(reponse)
    assert Sollicitation.objects.get().est_en_attente


def test_un_collegue_a_repondu_le_premier(demande, acteurs):
    fournie(demande, acteurs["collegue"])
    reponse = sous(acteurs["referente"]).post(chez_l_agent(demande), REPONSE | {"valeur": "3"})
    assert reponse.status_code == 422
    assert "L’ARS a déjà répondu à cette demande. La vôtre n’a pas été enregistrée." in texte(reponse)
    assert str(acteurs["collegue"]) in texte(reponse)


def test_une_demande_retiree_le_dit_a_l_agent_qui_suit_son_courriel(demande, acteurs):
    sous(acteurs["porteuse"]).post(page(demande.dossier, "retirer", demande.pk))
    client = sous(acteurs["referente"])
    assert "L’équipe a retiré cette demande." in texte(client.get(chez_l_agent(demande)))
    refus = client.post(chez_l_agent(demande), REPONSE)
    assert refus.status_code == 403


def test_le_tableau_et_la_fiche_disent_ce_qui_est_attendu(brouillon, acteurs):
    sollicitation(brouillon)
    client = sous(acteurs["referente"])
    assert re.search(
        r'esp-corbeille__nombre">1</span> <span>Chiffre demandé', texte(client.get(reverse("instruction:liste")))
    )
    fabrique.remplir(brouillon, acteur=acteurs["porteuse"])
    recu = fabrique.deposer(fabrique.signe_ce(brouillon).dossier, acteur=acteurs["porteuse"]).dossier
    fiche = texte(client.get(reverse("instruction:fiche", args=[recu.reference])))
    assert "L’équipe vous demande un chiffre" in fiche
    assert LIBELLE in fiche
    demande = Sollicitation.objects.get()
    assert recu.reference in texte(client.get(chez_l_agent(demande)))  # déposé, le dossier est à l'agent
    fournie(demande, acteurs["referente"])
    assert "L’équipe vous demande" not in texte(client.get(reverse("instruction:fiche", args=[recu.reference])))


def test_les_pages_coutent_autant_a_une_et_a_trois_demandes(brouillon, acteurs):
    pages = [
        (sous(acteurs["porteuse"]), page(brouillon)),
        (sous(acteurs["porteuse"]), reverse("dossiers:fiche", args=[brouillon.reference])),
        (sous(acteurs["referente"]), reverse("chiffres:liste")),
        (sous(acteurs["referente"]), reverse("instruction:liste")),
    ]
    fournie(sollicitation(brouillon), acteurs["referente"])
    sollicitation(brouillon)
    avant = [requetes(*p) for p in pages]
    for _ in range(2):
        fournie(sollicitation(brouillon), acteurs["referente"])
        sollicitation(brouillon)
    assert [requetes(*p) for p in pages] == avant
