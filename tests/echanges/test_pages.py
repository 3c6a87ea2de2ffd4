"""Les pages des échanges, des deux côtés : lire, écrire, garder, insérer, joindre."""

import re

import pytest
from django.urls import reverse

from esperluette.complements.models import Remarque
from esperluette.echanges import lectures
from esperluette.echanges.enums import Ecrit
from esperluette.echanges.models import LONGUEUR, Message, NoteInterne, ReponseType
from esperluette.instruction.actions import prendre_en_instruction
from tests.dossiers.ecrans import HOSTILE, octets, requetes, sous, texte
from tests.fabriques import fichiers
from tests.fabriques.echanges import SECRET, message, message_de_l_ars, note, reponse_type

pytestmark = pytest.mark.django_db
EQUIPE, ARS = "echanges:fil", "instruction:echanges"


def url(dossier, nom=EQUIPE, *suite):
    return reverse(nom, args=[dossier.reference, *suite])


def jeton(client, adresse):
    """Le jeton du formulaire affiché."""
    return re.search(r'name="jeton" value="([0-9a-f-]{36})"', client.get(adresse).content.decode())[1]


def envoyer(client, adresse, contenu=SECRET, **suite):
    envoi = {"texte": contenu, "rubrique": "", "jeton": jeton(client, adresse), "geste": "envoyer"} | suite
    return client.post(adresse, envoi)


# --- Lire -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("qui", ["porteuse", "membre", "accompagnatrice"])
def test_l_equipe_et_qui_l_accompagne_lisent_le_fil(qui, dossier, acteurs):
    message_de_l_ars(dossier, acteurs["referente"], texte="Bonjour, une question.")
    page = texte(sous(acteurs[qui]).get(url(dossier)))
    assert "Bonjour, une question." in page
    assert ("Envoyer le message" in page) is (qui != "accompagnatrice")


@pytest.mark.parametrize("qui", ["referente", "referent_ailleurs", "porteuse_ailleurs", "presidente", "inconnue"])
def test_les_autres_n_ont_pas_la_page_de_l_equipe(qui, dossier, acteurs):
    piece = message(dossier, acteurs["porteuse"], pieces=[fichiers.upload("a.pdf", fichiers.pdf())]).pieces.get()
    client = sous(acteurs[qui])
    assert client.get(url(dossier)).status_code == 404
    assert client.post(url(dossier), {"texte": "x"}).status_code == 404
    assert client.post(url(dossier, "echanges:brouillon"), {"texte": "x"}).status_code == 404
    assert client.get(url(dossier, "echanges:piece", piece.pk)).status_code == 404


@pytest.mark.parametrize(
    "qui",
    ["porteuse", "membre", "accompagnatrice", "referent_ailleurs", "presidente", "membre_commission", "inconnue"],
)
@pytest.mark.parametrize("nom", [ARS, "instruction:notes"])
def test_les_pages_des_agents_ne_sont_qu_a_eux(nom, qui, dossier, acteurs):
    client = sous(acteurs[qui])
    assert client.get(url(dossier, nom)).status_code == 404
    assert client.post(url(dossier, nom), {"texte": "x"}).status_code == 404
    assert client.post(url(dossier, f"{nom}_brouillon"), {"texte": "x"}).status_code == 404


def test_sans_connexion_rien_ne_se_lit(client, dossier):
    for nom in (EQUIPE, ARS, "instruction:notes"):
        assert client.get(url(dossier, nom)).status_code == 302
    for nom in ("instruction:messages", "instruction:reponses_types"):
        assert client.get(reverse(nom)).status_code == 302


def test_le_nombre_de_non_lus_se_voit_et_disparait_a_la_lecture(dossier, acteurs):
    message_de_l_ars(dossier, acteurs["referente"])
    client = sous(acteurs["porteuse"])
    fiche = texte(client.get(reverse("dossiers:fiche", args=[dossier.reference])))
    assert "Échanges (1)" in fiche
    assert "1 message à lire" in fiche
    page = texte(client.get(url(dossier)))
    assert "Nouveau" in page
    assert "Échanges (1)" not in page
    assert "Nouveau" not in texte(client.get(url(dossier)))
    assert "1 message à lire" not in texte(client.get(reverse("dossiers:fiche", args=[dossier.reference])))


def test_regarder_l_en_tete_ne_marque_pas_lu(dossier, acteurs):
    message_de_l_ars(dossier, acteurs["referente"])
    sous(acteurs["porteuse"]).head(url(dossier))
    assert lectures.non_lus(dossier, acteurs["porteuse"]) == 1


def test_avant_le_depot_l_agent_lit_le_fil_et_rien_du_brouillon(brouillon, acteurs):
    agent = sous(acteurs["referente"])
    assert agent.get(url(brouillon, ARS)).status_code == 404
    message(brouillon, acteurs["porteuse"])
    page = texte(agent.get(url(brouillon, ARS)))
    assert SECRET in page
    assert "Ce dossier n’est pas déposé" in page
    assert f'href="/instruction/{brouillon.reference}/"' not in page
    assert agent.get(reverse("instruction:fiche", args=[brouillon.reference])).status_code == 404
    assert agent.get(url(brouillon)).status_code == 404
    assert envoyer(agent, url(brouillon, ARS), "Bonjour.").status_code == 302
    assert "Bonjour." in texte(sous(acteurs["membre"]).get(url(brouillon)))


# --- Écrire -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("nom", "qui"), [(EQUIPE, "porteuse"), (ARS, "referente")])
def test_ecrire_montre_le_message_aux_deux_cotes(nom, qui, dossier, acteurs):
    reponse = envoyer(sous(acteurs[qui]), url(dossier, nom), rubrique=lectures.rubriques_de(dossier)[0][0])
    assert reponse["Location"] == f"{url(dossier, nom)}#dernier"
    for lecteur, page in (("membre", EQUIPE), ("collegue", ARS)):
        vue = texte(sous(acteurs[lecteur]).get(url(dossier, page)))
        assert SECRET in vue
        assert f"À propos de « {lectures.rubriques_de(dossier)[0][1]} »" in vue


def test_un_double_clic_n_envoie_qu_un_message(dossier, acteurs):
    client = sous(acteurs["porteuse"])
    envoi = {"texte": SECRET, "jeton": jeton(client, url(dossier)), "geste": "envoyer"}
    assert [client.post(url(dossier), envoi).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"texte": "  "}, "Écrivez votre texte"),
        ({"texte": "é" * (LONGUEUR + 1)}, f"compte {LONGUEUR + 1} signes"),
        ({"texte": f"{SECRET}\x00"}, "signe illisible"),
        ({"rubrique": "inventee"}, "rubrique"),
        ({"jeton": "pas-un-jeton"}, ""),
    ],
)
def test_un_envoi_faux_garde_ce_qui_etait_ecrit(envoi, phrase, dossier, acteurs):
    client = sous(acteurs["porteuse"])
    reponse = envoyer(client, url(dossier), **({"contenu": envoi.pop("texte")} if "texte" in envoi else {}), **envoi)
    assert reponse.status_code == 422
    assert phrase in texte(reponse)
    assert not Message.objects.exists()
    if "texte" not in envoi and phrase != "Écrivez votre texte" and "compte" not in phrase:
        assert SECRET in texte(client.get(url(dossier)))


@pytest.mark.parametrize(
    ("nom", "contenu"),
    [("virus.pdf", fichiers.PROGRAMME), ("dessin.svg", fichiers.SVG), ("page.html", fichiers.HTML)],
)
def test_une_piece_refusee_se_dit_et_le_texte_reste(nom, contenu, dossier, acteurs):
    client = sous(acteurs["porteuse"])
    reponse = envoyer(client, url(dossier), pieces=[fichiers.upload(nom, contenu)])
    assert reponse.status_code == 422
    page = texte(reponse)
    assert SECRET in page
    assert "accepté" in page
    assert lectures.brouillon_de(dossier, acteurs["porteuse"]).texte == SECRET


def test_les_pieces_se_telechargent_des_deux_cotes_et_seulement_par_leur_dossier(dossier, acteurs, brouillon_voisin):
    envoyer(sous(acteurs["porteuse"]), url(dossier), pieces=[
        fichiers.upload("statuts.pdf", fichiers.pdf()), fichiers.upload("carte.png", fichiers.png()),
    ])  # fmt: skip
    piece = Message.objects.get().pieces.get(fichier__nom="statuts.pdf")
    for qui, nom in (("membre", "echanges:piece"), ("collegue", "instruction:echanges_piece")):
        reponse = sous(acteurs[qui]).get(url(dossier, nom, piece.pk))
        assert octets(reponse).startswith(b"%PDF-")
        assert reponse["Content-Disposition"].startswith("attachment")
    voisine = sous(brouillon_voisin.equipe.porteur.compte)
    assert voisine.get(url(brouillon_voisin, "echanges:piece", piece.pk)).status_code == 404


@pytest.fixture
def brouillon_voisin():
    from tests.fabriques import dossiers as fabrique

    return fabrique.brouillon(fabrique.equipe_complete(nom="Les voisins"))


@pytest.mark.parametrize("nom", [EQUIPE, ARS, "instruction:notes"])
def test_un_texte_hostile_s_affiche_sans_s_executer(nom, dossier, acteurs):
    auteur = acteurs["porteuse"] if nom == EQUIPE else acteurs["referente"]
    piege = f"{HOSTILE} #set page() $x$ @ref {{{{ settings }}}} javascript:alert(1) https://exemple.example/a?b=1&c=2"
    envoyer(sous(auteur), url(dossier, nom), piege)
    page = sous(auteur).get(url(dossier, nom)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ settings }}" in page
    assert 'href="https://exemple.example/a?b=1&amp;c=2"' in page
    assert 'href="javascript:' not in page


def test_ce_qui_ressemble_a_un_patient_avertit_sans_empecher(dossier, acteurs):
    client = sous(acteurs["porteuse"])
    envoyer(client, url(dossier), "Mme X, née le 3 mars 1951, attend.")
    assert "date de naissance" in texte(client.get(url(dossier)))
    assert Message.objects.exists()


@pytest.mark.parametrize("qui", ["accompagnatrice"])
def test_lire_n_est_pas_ecrire(qui, dossier, acteurs):
    client = sous(acteurs[qui])
    reponse = client.post(url(dossier), {"texte": "x"})
    assert reponse.status_code == 403
    assert "seuls les membres de l’équipe" in texte(reponse)
    assert client.post(url(dossier, "echanges:brouillon"), {"texte": "x"}).status_code == 403


def test_l_administratrice_lit_sans_ecrire(dossier, acteurs):
    client = sous(acteurs["administratrice"])
    assert "Vous lisez" in texte(client.get(url(dossier, ARS)))
    assert client.post(url(dossier, ARS), {"texte": "x"}).status_code == 403
    assert client.post(url(dossier, "instruction:notes"), {"texte": "x"}).status_code == 403


# --- Garder, insérer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "qui", "ecrit"),
    [
        (EQUIPE, "porteuse", Ecrit.MESSAGE),
        (ARS, "referente", Ecrit.MESSAGE),
        ("instruction:notes", "referente", Ecrit.NOTE),
    ],
)
def test_le_brouillon_se_garde_avec_et_sans_script(nom, qui, ecrit, dossier, acteurs):
    client, brouillon = sous(acteurs[qui]), "echanges:brouillon" if nom == EQUIPE else f"{nom}_brouillon"
    envoi = {"texte": SECRET, "jeton": jeton(client, url(dossier, nom)), "rubrique": "inventee"}
    reponse = client.post(url(dossier, brouillon), envoi)
    assert re.fullmatch(r"Brouillon gardé à \d\d h \d\d\.", reponse.content.decode())
    assert SECRET in texte(client.get(url(dossier, nom)))
    assert client.post(url(dossier, nom), envoi | {"geste": "garder", "texte": "Repris."}).status_code == 302
    assert lectures.brouillon_de(dossier, acteurs[qui], ecrit).texte == "Repris."
    assert SECRET not in texte(sous(acteurs["collegue"]).get(url(dossier, ARS)))
    assert client.post(url(dossier, brouillon), envoi | {"texte": ""}).content == b""
    assert not Message.objects.exists()
    assert not NoteInterne.objects.exists()


@pytest.mark.parametrize("script", [True, False])
def test_une_reponse_type_s_insere_apres_ce_qui_est_ecrit(script, dossier, acteurs):
    reponse_type = ReponseType.objects.create(
        region=dossier.equipe.implantation.region, intitule="Pièce", texte="Dossier {reference}.",
        modifiee_par=acteurs["referente"],
    )  # fmt: skip
    client = sous(acteurs["referente"])
    envoi = {
        "texte": "Bonjour,",
        "geste": "inserer",
        "reponse_type": reponse_type.pk,
        "jeton": jeton(client, url(dossier, ARS)),
    }
    reponse = client.post(url(dossier, ARS), envoi, headers={"HX-Request": "true"} if script else {})
    page = texte(reponse)
    assert f"Bonjour,\n\nDossier {dossier.reference}." in page
    assert ("<html" in page) is not script
    assert not Message.objects.exists()


@pytest.mark.parametrize("choix", ["", "999999", "a", "\x00"])
def test_inserer_une_reponse_inconnue_ne_change_rien(choix, dossier, acteurs):
    client = sous(acteurs["referente"])
    reponse = client.post(url(dossier, ARS), {"texte": SECRET, "geste": "inserer", "reponse_type": choix})
    assert SECRET in texte(reponse)
    assert reponse.status_code == 200


def test_une_reponse_type_s_insere_dans_une_remarque(dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    reponse = reponse_type(dossier.equipe.implantation.region, acteurs["referente"], texte="Pièce de {reference}.")
    envoi = {"neuve-texte": "Bonjour,", "geste": "inserer", "reponse_type": reponse.pk, "version": "0"}
    page = texte(sous(acteurs["referente"]).post(url(dossier, "instruction:complements_preparer"), envoi))
    assert f"Bonjour,\n\nPièce de {dossier.reference}." in page
    assert not Remarque.objects.exists()


def test_l_equipe_ne_voit_pas_les_reponses_types(dossier, acteurs):
    reponse_type(dossier.equipe.implantation.region, acteurs["referente"])
    assert "Pièce manquante" not in texte(sous(acteurs["porteuse"]).get(url(dossier)))
    assert "Pièce manquante" in texte(sous(acteurs["referente"]).get(url(dossier, ARS)))


# --- Les notes internes -----------------------------------------------------------------------------


def test_une_note_s_ecrit_previent_et_se_lit_entre_agents(dossier, acteurs):
    client, adresse = sous(acteurs["referente"]), url(dossier, "instruction:notes")
    reponse = envoyer(client, adresse, prevenir=[str(acteurs["collegue"].pk)])
    assert reponse["Location"].endswith("#derniere")
    page = texte(sous(acteurs["collegue"]).get(adresse))
    assert SECRET in page
    assert f"Prévenus : {acteurs['collegue']}" in page
    assert "Jamais vues de l’équipe" in page
    assert "Notes internes (1)" in page


@pytest.mark.parametrize("envoi", [{"contenu": " "}, {"prevenir": ["0"]}, {"prevenir": ["x"]}])
def test_une_note_fausse_ne_s_ecrit_pas(envoi, dossier, acteurs):
    assert envoyer(sous(acteurs["referente"]), url(dossier, "instruction:notes"), **envoi).status_code == 422
    assert not NoteInterne.objects.exists()


# --- Réponses types, liste des messages -------------------------------------------------------------


def test_tenir_les_reponses_types(dossier, acteurs):
    client = sous(acteurs["administrateur_regional"])
    envoi = {"intitule": "Rendez-vous", "texte": f"{HOSTILE} {{agent}}"}
    assert client.post(reverse("instruction:reponse_type_nouvelle"), envoi).status_code == 302
    reponse = ReponseType.objects.get()
    assert client.post(reverse("instruction:reponse_type_nouvelle"), envoi).status_code == 422
    page = client.get(reverse("instruction:reponse_type", args=[reponse.pk])).content.decode()
    assert "<script>alert" not in page
    envoi["intitule"] = "Prendre rendez-vous"
    assert client.post(reverse("instruction:reponse_type", args=[reponse.pk]), envoi).status_code == 302
    activer = reverse("instruction:reponse_type_activer", args=[reponse.pk])
    assert client.post(activer, {"actif": "non"}).status_code == 302
    assert "N’est plus proposée" in texte(client.get(reverse("instruction:reponses_types")))


@pytest.mark.parametrize("qui", ["porteuse", "presidente", "membre_commission", "inconnue"])
def test_les_reponses_types_et_les_messages_sont_aux_agents(qui, acteurs):
    client = sous(acteurs[qui])
    for nom in ("instruction:reponses_types", "instruction:reponse_type_nouvelle", "instruction:messages"):
        assert client.get(reverse(nom)).status_code == 403


def test_une_reponse_type_d_ailleurs_est_introuvable(dossier, acteurs):
    from esperluette.territoires.models import Region

    ailleurs = Region.objects.create(code="93", nom="PACA", cle="provence-alpes-cote-d-azur")
    reponse = ReponseType.objects.create(
        region=ailleurs, intitule="x", texte="y", modifiee_par=acteurs["administratrice"]
    )
    client = sous(acteurs["referente"])
    assert client.get(reverse("instruction:reponse_type", args=[reponse.pk])).status_code == 404
    assert client.post(reverse("instruction:reponse_type_activer", args=[reponse.pk])).status_code == 404


def test_la_liste_des_messages_montre_aussi_ceux_d_avant_le_depot(brouillon, acteurs):
    client = sous(acteurs["referente"])
    assert "Aucun échange" in texte(client.get(reverse("instruction:messages")))
    message(brouillon, acteurs["porteuse"])
    page = texte(client.get(reverse("instruction:messages")))
    assert brouillon.reference in page
    assert "1 message" in page
    assert "avant le dépôt" in page
    assert SECRET not in page


# --- Le prix ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "qui", "plafond"),
    [(EQUIPE, "porteuse", 22), (ARS, "referente", 26), ("instruction:notes", "referente", 27)],
)
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_messages(nom, qui, plafond, dossier, acteurs):
    def ecrire(n):
        piece = fichiers.upload(f"p{n}.pdf", fichiers.pdf())
        message(dossier, acteurs["membre"], texte=str(n), pieces=[piece])
        message_de_l_ars(dossier, acteurs["collegue"], texte=str(n))
        note(dossier, acteurs["referente"], texte=str(n), prevenir=[acteurs["collegue"]])

    client = sous(acteurs[qui])
    ecrire(0)
    une = requetes(client, url(dossier, nom))
    for n in (1, 2):
        ecrire(n)
    assert requetes(client, url(dossier, nom)) == une <= plafond


def test_la_liste_des_messages_coute_autant_avec_un_ou_trois_fils(dossier, acteurs):
    from tests.fabriques import dossiers as fabrique

    client = sous(acteurs["referente"])
    message(dossier, acteurs["porteuse"])
    une = requetes(client, reverse("instruction:messages"))
    for n in range(2):
        autre = fabrique.brouillon(fabrique.equipe_complete(nom=f"Équipe {n}"))
        message(autre, autre.equipe.porteur.compte)
    assert requetes(client, reverse("instruction:messages")) == une <= 8
