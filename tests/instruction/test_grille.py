"""La grille d'instruction : la machine dit, l'agent confirme ou contredit ; deux agents ne se perdent rien."""

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import grille as grilles
from esperluette.instruction.models_fiche import LigneDeGrille, LigneEnConflit
from esperluette.journal.lectures import evenements_de
from tests.fabriques.comptes import connecter
from tests.fabriques.fiche import collegue

pytestmark = pytest.mark.django_db
REQUETES = 28
CRITERE, TEXTE, REGLE = "trame-suivie", "synthese", "regle:territoire-d-une-seule-region"


def repondre(dossier, agent, critere=CRITERE, valeur="oui", texte="", version=0):
    return grilles.enregistrer_ligne(dossier, critere, valeur=valeur, texte=texte, version_lue=version, acteur=agent)


def adresse(dossier, critere=CRITERE):
    return reverse("instruction:ligne_de_grille", args=[dossier.reference, critere])


def page_de(dossier):
    return reverse("instruction:grille", args=[dossier.reference])


@pytest.fixture
def agente(acteurs):
    return acteurs["referente"]


def test_la_grille_de_la_demarche_et_les_verdicts_de_la_machine(dossier, agente):
    lue = grilles.grille_du_dossier(dossier, agente)
    assert [titre for titre, _ in lue.volets] == ["Ce que l’édition demande", "Complétude", "Pertinence"]
    medecin = grilles.ligne_a_montrer(lue, "medecin-generaliste")
    assert medecin.verdict.reponse == "satisfait"
    assert medecin.verdict.motif
    assert medecin.champs == [("professionnels", "Professionnels impliqués dans la démarche")]
    # Une règle que la grille reprend ne se pose pas deux fois ; les autres restent à confirmer.
    assert "regle:medecin-generaliste" not in {ligne.cle for ligne in lue.lignes()}
    assert grilles.ligne_a_montrer(lue, REGLE).valeurs == grilles.CONFIRMER
    assert (lue.repondues, lue.ecriture.accordee) == (0, True)


def test_un_critere_se_repond_et_se_retrouve(dossier, agente):
    fait = repondre(dossier, agente, texte="La partie 1.3 manque.", valeur="en_partie")
    assert (fait.change, fait.conflit, fait.ligne.version) == (True, None, 1)
    ligne = grilles.ligne_a_montrer(grilles.grille_du_dossier(dossier, agente), CRITERE)
    assert (ligne.reponse, ligne.texte, ligne.modifie_par) == ("En partie", "La partie 1.3 manque.", str(agente))
    assert grilles.grille_du_dossier(dossier, agente).repondues == 1


def test_rejouer_le_meme_envoi_n_ecrit_rien(dossier, agente):
    repondre(dossier, agente)
    assert repondre(dossier, agente).change is False
    assert LigneDeGrille.objects.get().version == 1


def test_contredire_la_machine_demande_un_mot(dossier, agente):
    with pytest.raises(ErreurMetier, match="quelques mots"):
        repondre(dossier, agente, REGLE, "contredit")
    repondre(dossier, agente, REGLE, "contredit", "La commune de Redon est en Loire-Atlantique.")
    assert LigneDeGrille.objects.get().valeur == "contredit"


@pytest.mark.parametrize("version", [0, 7])
def test_deux_agents_au_meme_moment_les_deux_reponses_sont_gardees(version, dossier, agente):
    autre = collegue(dossier)
    repondre(dossier, agente, texte="Complet.")
    fait = repondre(dossier, autre, valeur="non", texte="Il manque l’annexe.", version=version)
    assert fait.change is False
    assert (fait.conflit.valeur, fait.conflit.texte, fait.conflit.auteur) == ("non", "Il manque l’annexe.", autre)
    ligne = grilles.ligne_a_montrer(grilles.grille_du_dossier(dossier, autre), CRITERE)
    assert (ligne.texte, ligne.conflits[0].texte, ligne.conflits[0].le_mien) == (
        "Complet.",
        "Il manque l’annexe.",
        True,
    )


@pytest.mark.parametrize(
    ("choix", "valeur", "texte"),
    [
        ("autre", "non", "Il manque l’annexe."),
        ("place", "oui", "Complet."),
        ("deux", "oui", "Complet.\n\nIl manque l’annexe."),
    ],
)
def test_un_conflit_se_range_une_fois(choix, valeur, texte, dossier, agente):
    autre = collegue(dossier)
    repondre(dossier, agente, texte="Complet.")
    conflit = repondre(dossier, autre, valeur="non", texte="Il manque l’annexe.").conflit
    for _ in range(2):
        grilles.ranger(conflit, choix, acteur=agente)
    ligne = LigneDeGrille.objects.get()
    assert (ligne.valeur, ligne.texte) == (valeur, texte)
    assert LigneEnConflit.objects.get().range_le is not None
    assert ligne.version == (1 if choix == "place" else 2)


def test_un_choix_inconnu_ne_range_rien(dossier, agente):
    repondre(dossier, agente)
    conflit = repondre(dossier, collegue(dossier), valeur="non").conflit
    with pytest.raises(ErreurMetier):
        grilles.ranger(conflit, "hasard", acteur=agente)
    assert LigneEnConflit.objects.get().range_le is None


@pytest.mark.parametrize("critere", ["inconnu", "regle:inconnue", "regle:", "../..", "é" * 500, "\x00"])
def test_un_critere_hors_de_la_grille_est_introuvable(critere, dossier, agente):
    with pytest.raises(grilles.CritereInconnu):
        repondre(dossier, agente, critere)


@pytest.mark.parametrize(
    ("critere", "valeur"), [(CRITERE, "peut-etre"), (TEXTE, "oui"), (REGLE, "oui"), (CRITERE, "x" * 99)]
)
def test_une_reponse_hors_de_l_echelle_se_refuse(critere, valeur, dossier, agente):
    with pytest.raises(ErreurMetier, match="réponses proposées"):
        repondre(dossier, agente, critere, valeur)


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", "#set page()", "$x$ @ref", "a\x00b", "é" * 4000])
def test_un_texte_hostile_se_garde_et_se_montre_echappe(texte, client, dossier, agente):
    page = connecter(client, agente).post(adresse(dossier, TEXTE), {"valeur": "", "texte": texte, "version": "0"})
    assert page.status_code == 302
    html = client.get(page_de(dossier)).content.decode()
    assert "<script>alert" not in html
    assert LigneDeGrille.objects.get().texte == texte.replace("\x00", "")


def test_un_texte_trop_long_revient_a_cote_de_la_question(client, dossier, agente):
    envoi = {"valeur": "", "texte": "é" * 10_000, "version": "0"}
    page = connecter(client, agente).post(adresse(dossier, TEXTE), envoi)
    assert page.status_code == 422
    html = page.content.decode()
    assert "Ce texte est trop long" in html
    assert "é" * 10_000 in html
    assert not LigneDeGrille.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.5"])
def test_une_version_impossible_ne_fait_rien_planter(version, client, dossier, agente):
    connecter(client, agente).post(adresse(dossier), {"valeur": "oui", "texte": "", "version": version})
    assert LigneDeGrille.objects.get().valeur == "oui"


@pytest.mark.parametrize("etat", sorted(Etat.CLOS))
def test_un_dossier_clos_garde_sa_grille(etat, client, dossier, agente):
    repondre(dossier, agente, texte="Complet.")
    Dossier.objects.filter(pk=dossier.pk).update(etat=etat)
    dossier.refresh_from_db()
    with pytest.raises(Refus, match="clos"):
        repondre(dossier, agente, valeur="non", version=1)
    assert connecter(client, agente).post(adresse(dossier), {"valeur": "non"}).status_code == 403
    html = client.get(page_de(dossier)).content.decode()
    assert "Complet." in html
    assert "<textarea" not in html


@pytest.mark.parametrize(("qui", "statut"), [
    ("referent_ailleurs", 404), ("porteuse", 404), ("membre", 404), ("secretaire", 404), ("inconnue", 404),
    ("administratrice", 403),
])  # fmt: skip
def test_les_autres_n_y_repondent_pas(qui, statut, client, acteurs, dossier):
    assert connecter(client, acteurs[qui]).post(adresse(dossier), {"valeur": "oui"}).status_code == statut
    assert client.get(page_de(dossier)).status_code == (200 if statut == 403 else 404)
    assert not LigneDeGrille.objects.exists()


def test_l_equipe_ne_voit_ni_la_grille_ni_son_journal(client, acteurs, dossier, agente):
    repondre(dossier, agente, texte="Un mot qui reste à l’ARS.")
    html = connecter(client, acteurs["porteuse"]).get(reverse("dossiers:fiche", args=[dossier.reference]))
    assert "qui reste" not in html.content.decode()
    assert "grille" not in html.content.decode().lower()
    assert "grille_renseignee" not in {e.sorte for e in evenements_de(dossier)}


def test_le_journal_de_l_agent_dit_la_question(client, dossier, agente):
    repondre(dossier, agente)
    journal = connecter(client, agente).get(reverse("instruction:journal", args=[dossier.reference]))
    assert "a répondu dans la grille à « Le projet suit la trame" in journal.content.decode()


def test_un_script_recoit_la_seule_ligne(client, dossier, agente):
    connecter(client, agente)
    script = {"HX-Request": "true"}
    html = client.post(adresse(dossier), {"valeur": "oui", "version": "0"}, headers=script).content.decode()
    assert html.lstrip().startswith("<li")
    assert "Réponse enregistrée." in html
    assert "<html" not in html
    refus = client.post(adresse(dossier, REGLE), {"valeur": "contredit"}, headers=script)
    assert refus.status_code == 200
    assert "Dites en quelques mots pourquoi" in refus.content.decode()


def test_sans_script_on_revient_a_la_question(client, dossier, agente):
    page = connecter(client, agente).post(adresse(dossier, REGLE), {"valeur": "confirme"})
    assert page.url == f"{page_de(dossier)}#critere-regle--territoire-d-une-seule-region"
    assert 'id="critere-regle--territoire-d-une-seule-region"' in client.get(page_de(dossier)).content.decode()


def test_le_conflit_se_range_a_l_ecran(client, dossier, agente):
    repondre(dossier, agente, texte="Complet.")
    conflit = repondre(dossier, collegue(dossier), valeur="non", texte="Incomplet.").conflit
    html = connecter(client, agente).get(page_de(dossier)).content.decode()
    assert "Deux réponses saisies en même temps" in html
    ranger = reverse("instruction:ranger", args=[dossier.reference, conflit.pk])
    assert client.post(ranger, {"choix": "autre"}).status_code == 302
    assert LigneDeGrille.objects.get().texte == "Incomplet."
    assert (
        client.post(reverse("instruction:ranger", args=[dossier.reference, 999]), {"choix": "autre"}).status_code
        == 404
    )


def test_la_grille_coute_autant_pour_une_et_trois_reponses(client, dossier, agente, requetes):
    lignes = [x for x in grilles.grille_du_dossier(dossier, agente).lignes() if not x.est_une_regle]
    connecter(client, agente).get(page_de(dossier))
    comptes = []
    for rang, ligne in enumerate(lignes[:3]):
        repondre(dossier, agente, ligne.cle, next(iter(ligne.valeurs), ""), "Un mot.")
        repondre(dossier, collegue(dossier), ligne.cle, next(iter(ligne.valeurs), ""), "Un autre mot.")
        if rang in (0, 2):
            comptes.append(requetes(lambda: client.get(page_de(dossier))))
    assert comptes[0] == comptes[1] <= REQUETES
