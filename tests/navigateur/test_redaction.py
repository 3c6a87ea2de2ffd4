"""Rédiger à plusieurs dans un vrai navigateur : rien ne se perd, même sans réseau, même à deux sur un champ."""

import re

import pytest
from playwright.sync_api import Page, expect

from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.models import Dossier, Reponse, TexteEnConflit, VersionReponse
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
DESCRIPTION, ECHANGE, TABLEAU = "territoire_description", "territoire_echange_ars", "axes_thematiques"
TERRITOIRE, AXES = "territoire", "axes"


@pytest.fixture
def dossier(site):
    """Un brouillon d'une équipe de deux : Marie la porte, Paul en est."""
    marie = CompteFabrique(courriel="marie@essais.example", prenom="Marie", nom="Le Bihan")
    paul = CompteFabrique(courriel="paul@essais.example", prenom="Paul", nom="Kerbrat")
    equipe = EquipeFabrique(association=True, nom="Équipe du Lié", cree_par=marie)
    MembreFabrique(equipe=equipe, confirme=True, compte=paul)
    return fabrique.brouillon(equipe)


@pytest.fixture
def ouvrir(site, dossier, nouvelle_personne):
    """`ouvrir("marie")` : une page de rédaction, sous ce compte, dans son propre navigateur."""

    def faire(prenom: str, rubrique: str = TERRITOIRE, **options: object) -> Page:
        page = nouvelle_personne(**options)
        ouvrir_session(page, site, f"{prenom}@essais.example")
        page.goto(f"{site}/dossiers/{dossier.reference}/redaction/{rubrique}/")
        return page

    return faire


def champ(page: Page, chemin: str):
    return page.locator(f"[data-esp-champ='{chemin}']")


def editeur(page: Page, chemin: str):
    return champ(page, chemin).locator(".ProseMirror")


def etat(page: Page, chemin: str):
    return champ(page, chemin).locator("[data-esp-etat]").first


def attendre_enregistre(page: Page, chemin: str) -> None:
    expect(etat(page, chemin)).to_contain_text(re.compile(r"Enregistré à \d+ h \d\d$"), timeout=15_000)


def valeur(chemin: str):
    return Reponse.objects.get(champ=chemin).valeur


# --- Enregistrer ----------------------------------------------------------------------------------


def test_ce_qu_on_ecrit_s_enregistre_seul_avec_sa_mise_en_forme(ouvrir):
    page = ouvrir("marie")
    editeur(page, DESCRIPTION).click()
    page.keyboard.type("Un bourg et ")
    page.keyboard.press("Control+b")
    page.keyboard.type("quatre")
    page.keyboard.press("Control+b")
    page.keyboard.type(" communes.")
    attendre_enregistre(page, DESCRIPTION)
    assert valeur(DESCRIPTION) == "<p>Un bourg et <strong>quatre</strong> communes.</p>"
    assert VersionReponse.objects.count() == 1
    page.reload()
    expect(editeur(page, DESCRIPTION)).to_contain_text("Un bourg et quatre communes.")


def test_une_case_cochee_s_enregistre_et_fait_paraitre_le_champ_qui_en_depend(ouvrir):
    page = ouvrir("marie")
    expect(champ(page, "territoire_qpv")).to_be_hidden()
    page.get_by_label("Quartier prioritaire de la politique de la ville (QPV)").check(force=True)
    expect(champ(page, "territoire_qpv")).to_be_visible(timeout=15_000)
    assert valeur("territoire_qualification") == ["qpv"]


def test_une_saisie_refusee_le_dit_et_se_repare(ouvrir, surveillance):
    surveillance.admettre("422")
    page = ouvrir("marie")
    zone = champ(page, ECHANGE).locator("textarea[data-esp-saisie]")
    zone.fill("x" * 1001)
    expect(etat(page, ECHANGE)).to_contain_text("1000 au plus")
    expect(zone).to_have_attribute("aria-invalid", "true")
    zone.fill("Rencontre le 3 mars.")
    attendre_enregistre(page, ECHANGE)
    expect(zone).not_to_have_attribute("aria-invalid", "true")
    assert valeur(ECHANGE) == "Rencontre le 3 mars."


def test_suivre_un_lien_enregistre_d_abord(ouvrir):
    page = ouvrir("marie")
    champ(page, ECHANGE).locator("textarea[data-esp-saisie]").type("Juste avant de partir")
    page.locator("[data-esp-suivant]").click()
    page.wait_for_url("**/redaction/patientele/")
    assert valeur(ECHANGE) == "Juste avant de partir"


def test_une_commune_choisie_s_enregistre(ouvrir):
    petite_bretagne()
    page = ouvrir("marie")
    saisie = champ(page, "territoire_communes").locator("input[type=text]")
    saisie.type("Plouguenast")
    expect(page.get_by_role("option").first).to_contain_text("Plouguenast-Langast")
    saisie.press("ArrowDown")
    saisie.press("Enter")
    attendre_enregistre(page, "territoire_communes")
    assert valeur("territoire_communes") == ["22136", "22219"]


# --- Deux personnes sur le même champ ---------------------------------------------------------------


def test_deux_personnes_sur_le_meme_champ_ne_perdent_rien(ouvrir, surveillance):
    surveillance.admettre("409")
    marie, paul = ouvrir("marie"), ouvrir("paul")
    editeur(paul, DESCRIPTION).click()
    editeur(marie, DESCRIPTION).click()
    marie.keyboard.type("Le texte de Marie.")
    attendre_enregistre(marie, DESCRIPTION)
    paul.keyboard.type("Le texte de Paul.")
    conflit = paul.locator(".esp-conflit")
    expect(conflit).to_contain_text("Le texte de Marie.", timeout=15_000)
    expect(conflit).to_contain_text("Le texte de Paul.")
    expect(conflit.locator("h3")).to_be_focused()
    capturer(paul, "redaction-conflit")
    axe(paul)
    conflit.get_by_text("Les mélanger").click()
    melange = conflit.locator(".ProseMirror")
    expect(melange).to_contain_text("Le texte de Paul.")
    melange.press("Control+a")
    paul.keyboard.type("Le texte des deux.")
    conflit.get_by_role("button", name="Garder ce mélange").click()
    expect(paul.locator(".esp-conflit")).to_have_count(0)
    expect(editeur(paul, DESCRIPTION)).to_contain_text("Le texte des deux.")
    textes = {v.valeur for v in VersionReponse.objects.all()}
    assert textes == {"<p>Le texte de Marie.</p>", "<p>Le texte de Paul.</p>", "<p>Le texte des deux.</p>"}
    restants = TexteEnConflit.objects.filter(range_le=None).values_list("valeur", "version_lue")
    assert list(restants) == []


@pytest.mark.parametrize(("bouton", "reste"), [("Garder le mien", "de Paul"), ("Garder celui de Marie", "de Marie")])
def test_on_garde_l_un_ou_l_autre(bouton, reste, ouvrir, surveillance):
    surveillance.admettre("409")
    marie, paul = ouvrir("marie"), ouvrir("paul")
    # La page de Paul est ouverte avant que Marie n'enregistre : il écrit sur une version qui n'est plus la bonne.
    champ(marie, ECHANGE).locator("textarea[data-esp-saisie]").fill("Le texte de Marie")
    attendre_enregistre(marie, ECHANGE)
    champ(paul, ECHANGE).locator("textarea[data-esp-saisie]").fill("Le texte de Paul")
    paul.get_by_role("button", name=re.compile(bouton)).click(timeout=15_000)
    expect(paul.locator(".esp-conflit")).to_have_count(0)
    expect(champ(paul, ECHANGE).locator("textarea[data-esp-saisie]")).to_have_value(f"Le texte {reste}")


def test_deux_personnes_sur_deux_champs_ne_se_genent_pas_et_se_voient(ouvrir):
    marie, paul = ouvrir("marie"), ouvrir("paul")
    champ(paul, ECHANGE).locator("textarea[data-esp-saisie]").fill("Paul est là")
    attendre_enregistre(paul, ECHANGE)
    editeur(marie, DESCRIPTION).click()
    marie.keyboard.type("Marie aussi")
    attendre_enregistre(marie, DESCRIPTION)
    expect(champ(marie, ECHANGE)).to_contain_text("Paul écrit ici", timeout=15_000)
    expect(champ(marie, ECHANGE).locator("textarea[data-esp-saisie]")).to_have_value("Paul est là")
    expect(editeur(marie, DESCRIPTION)).to_be_focused()
    assert not TexteEnConflit.objects.exists()


# --- Réseau coupé, session expirée ------------------------------------------------------------------


def test_le_reseau_coupe_garde_le_texte_et_l_enregistre_au_retour(ouvrir, surveillance):
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    page = ouvrir("marie")
    page.context.set_offline(True)
    zone = champ(page, ECHANGE).locator("textarea[data-esp-saisie]")
    zone.fill("Écrit dans le train")
    expect(etat(page, ECHANGE)).to_contain_text(
        "Hors connexion : votre texte est gardé sur cet appareil", timeout=15_000
    )
    expect(page.locator("[data-esp-etat-general]")).to_contain_text("1 champ en attente")
    zone.fill("Écrit dans le train, puis complété")
    assert not Reponse.objects.exists()
    page.context.set_offline(False)
    attendre_enregistre(page, ECHANGE)
    assert valeur(ECHANGE) == "Écrit dans le train, puis complété"
    assert not TexteEnConflit.objects.exists()
    assert page.evaluate("Object.keys(localStorage).filter((c) => c.startsWith('esp:')).length") == 0


def test_une_copie_gardee_se_reprend_au_rechargement(ouvrir):
    page = ouvrir("marie")
    page.on("dialog", lambda dialogue: dialogue.accept())
    # Plus sévère que `set_offline`, qui laisse passer le dernier envoi d'une page qu'on quitte.
    page.evaluate("() => { window.fetch = async () => { throw new TypeError('réseau coupé'); }; }")
    editeur(page, DESCRIPTION).click()
    page.keyboard.type("Pas encore parti.")
    expect(etat(page, DESCRIPTION)).to_contain_text("Hors connexion", timeout=15_000)
    adresse = page.url
    page.goto("about:blank")
    page.goto(adresse)
    rappel = page.locator("[data-esp-copie]")
    expect(rappel).to_contain_text("Un texte pas encore enregistré est gardé sur cet appareil")
    axe(page)
    rappel.get_by_role("button", name="Reprendre ce texte").click()
    attendre_enregistre(page, DESCRIPTION)
    assert valeur(DESCRIPTION) == "<p>Pas encore parti.</p>"
    expect(page.locator("[data-esp-copie]")).to_have_count(0)


def test_une_copie_gardee_s_oublie(ouvrir, dossier):
    page = ouvrir("marie")
    page.evaluate(
        """([chemin, reference]) => {
          const compte = document.querySelector("[data-esp-redaction]").dataset.espCompte;
          localStorage.setItem(`esp:${compte}:${reference}:${chemin}`,
            JSON.stringify({ entrees: [[chemin, "Vieux"]], version: "0", le: Date.now() }));
        }""",
        [ECHANGE, dossier.reference],
    )
    page.reload()
    page.get_by_role("button", name="L’oublier").click()
    page.reload()
    expect(page.locator("[data-esp-copie]")).to_have_count(0)
    assert not Reponse.objects.exists()


def test_la_session_expiree_le_dit_et_reprend_apres_reconnexion(ouvrir, site, surveillance):
    surveillance.admettre("401")
    page = ouvrir("marie")
    page.context.clear_cookies(name="sessionid")
    zone = champ(page, ECHANGE).locator("textarea[data-esp-saisie]")
    zone.fill("Écrit après la pause")
    expect(etat(page, ECHANGE)).to_contain_text("Votre session a expiré", timeout=15_000)
    expect(etat(page, ECHANGE).get_by_role("link")).to_have_attribute("target", "_blank")
    ouvrir_session(page, site, "marie@essais.example")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    attendre_enregistre(page, ECHANGE)
    assert valeur(ECHANGE) == "Écrit après la pause"


def test_un_dossier_fige_entre_temps_garde_le_texte_et_dit_pourquoi(ouvrir, dossier, surveillance):
    surveillance.admettre("403")
    page = ouvrir("paul")
    fabrique.remplir(dossier, acteur=dossier.equipe.porteur.compte)
    fabrique.figer(Dossier.objects.get(), acteur=dossier.equipe.porteur.compte)
    champ(page, ECHANGE).locator("textarea[data-esp-saisie]").fill("Trop tard")
    expect(etat(page, ECHANGE)).to_contain_text("ses réponses ne changent plus", timeout=15_000)
    expect(etat(page, ECHANGE)).to_contain_text("gardé sur cet appareil")


# --- Tableaux, commentaires, clavier ----------------------------------------------------------------


def test_un_axe_s_ajoute_se_deplace_se_retire_et_revient(ouvrir):
    page = ouvrir("marie", AXES)
    page.get_by_role("button", name="Ajouter « Axe thématique 1 »").click()
    premier = page.locator(".esp-ligne").first.locator("[data-esp-saisie]").first
    expect(premier).to_be_focused()
    page.keyboard.type("La douleur")
    page.get_by_role("button", name="Ajouter « Axe thématique 2 »").click()
    expect(page.locator(".esp-ligne").last.locator("[data-esp-saisie]").first).to_be_focused()
    page.keyboard.type("Le diabète")
    page.get_by_role("button", name="Monter Axe thématique 2").click()
    themes = page.locator("[data-esp-saisie][name$='/thematique']")
    expect(themes.first).to_have_value("Le diabète")
    expect(themes.last).to_have_value("La douleur")
    page.get_by_role("button", name="Retirer Axe thématique 1").click()
    expect(page.locator(".esp-ligne")).to_have_count(1)
    expect(page.locator("[id^=annuler-]")).to_be_focused()
    axe(page)
    capturer(page, "redaction-axes")
    page.locator("[id^=annuler-]").press("Enter")
    expect(page.locator(".esp-ligne")).to_have_count(2)
    expect(themes.last).to_have_value("Le diabète")


ECRIRE_AUSSITOT = """document.body.addEventListener("htmx:afterSwap", () => {
  const theme = [...document.querySelectorAll("[data-esp-champ$='/thematique'] [data-esp-saisie]")].at(-1);
  if (theme && !theme.value) theme.value = "Écrit aussitôt";
})"""


def test_ce_qu_on_ecrit_dans_une_ligne_a_peine_arrivee_s_enregistre(ouvrir):
    page = ouvrir("marie", AXES)
    page.evaluate(ECRIRE_AUSSITOT)  # avant que le champ soit suivi
    page.get_by_role("button", name=re.compile("^Ajouter")).first.click()
    theme = page.locator("[data-esp-champ$='/thematique']").last
    expect(theme.locator("[data-esp-etat]").first).to_contain_text(re.compile("Enregistré à"), timeout=15_000)
    assert Reponse.objects.get(champ__endswith="/thematique").valeur == "Écrit aussitôt"


def test_un_geste_emporte_la_saisie_en_cours(ouvrir, dossier):
    r.ajouter_ligne(dossier, TABLEAU, acteur=dossier.equipe.porteur.compte)
    page = ouvrir("marie", AXES)
    page.locator(".esp-ligne").first.locator("[data-esp-saisie]").first.type("Tapé juste avant")
    page.get_by_role("button", name="Ajouter « Axe thématique 2 »").click()
    expect(page.locator(".esp-ligne")).to_have_count(2)
    assert Reponse.objects.get(champ__endswith="/thematique").valeur == "Tapé juste avant"
    assert VersionReponse.objects.filter(reponse__champ__endswith="/thematique").count() == 1


def test_commenter_puis_regler(ouvrir):
    page = ouvrir("marie")
    bloc = champ(page, DESCRIPTION)
    bloc.get_by_text("Commenter", exact=True).click()
    bloc.get_by_label("Votre commentaire").fill("Et la maison de santé ?")
    bloc.get_by_role("button", name="Ajouter ce commentaire").click()
    expect(champ(page, DESCRIPTION)).to_contain_text("Marie Le Bihan")
    champ(page, DESCRIPTION).get_by_role("button", name=re.compile("Marquer réglé")).click()
    expect(champ(page, DESCRIPTION)).to_contain_text("1 commentaire réglé")


def test_tout_se_fait_au_clavier(ouvrir):
    page = ouvrir("marie")
    editeur(page, DESCRIPTION).focus()
    page.keyboard.type("Au clavier")
    page.keyboard.press("Alt+F10")
    expect(champ(page, DESCRIPTION).get_by_role("button", name="Gras")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(editeur(page, DESCRIPTION).locator("li")).to_have_count(1)
    page.keyboard.press("Control+s")
    attendre_enregistre(page, DESCRIPTION)
    assert valeur(DESCRIPTION) == "<ul><li><p>Au clavier</p></li></ul>"
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url("**/redaction/patientele/")
    page.keyboard.press("Alt+PageUp")
    page.wait_for_url("**/redaction/territoire/")
    page.keyboard.press("Alt+m")
    page.wait_for_url("**/manques/")
    axe(page)


def test_la_tabulation_mene_de_l_editeur_au_champ_suivant(ouvrir):
    page = ouvrir("marie")
    editeur(page, DESCRIPTION).focus()
    champ(page, DESCRIPTION).get_by_role("button", name="Liste à puces").click()
    page.keyboard.type("un")
    page.keyboard.press("Enter")
    page.keyboard.type("deux")
    expect(editeur(page, DESCRIPTION).locator("li")).to_have_count(2)
    page.keyboard.press("Tab")
    assert not editeur(page, DESCRIPTION).evaluate("e => e === document.activeElement")


def test_un_geste_hors_connexion_le_dit_et_ne_perd_rien(ouvrir, surveillance):
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    surveillance.admettre("htmx:")
    page = ouvrir("marie", AXES)
    page.context.set_offline(True)
    page.get_by_role("button", name="Ajouter « Axe thématique 1 »").click()
    expect(page.locator("[data-esp-etat-general]")).to_contain_text("ce geste n’a pas été fait")
    page.context.set_offline(False)
    page.get_by_role("button", name="Ajouter « Axe thématique 1 »").click()
    expect(page.locator(".esp-ligne")).to_have_count(1)


# --- Sans JavaScript, petits écrans, accessibilité ----------------------------------------------------


def test_sans_javascript_on_redige_et_on_construit_un_tableau(ouvrir):
    page = ouvrir("marie", java_script_enabled=False)
    page.locator(f"textarea[name={DESCRIPTION}]").fill("Un bourg.\n\n- Plémet\n- La Chèze")
    page.get_by_role("button", name="Enregistrer cette rubrique").click()
    expect(page.locator("main")).to_contain_text("Rubrique enregistrée à")
    assert valeur(DESCRIPTION) == "<p>Un bourg.</p><ul><li><p>Plémet</p></li><li><p>La Chèze</p></li></ul>"
    page.goto(page.url.replace("/territoire/", "/axes/"))
    page.get_by_role("button", name="Ajouter « Axe thématique 1 »").click()
    page.locator("[data-esp-saisie][name$='/thematique']").fill("La douleur")
    page.get_by_role("button", name="Ajouter « Axe thématique 2 »").click()
    expect(page.locator(".esp-ligne")).to_have_count(2)
    expect(page.locator("[data-esp-saisie][name$='/thematique']").first).to_have_value("La douleur")


RUBRIQUES = ["territoire", "professionnels", "pilotage", "modalites-existantes", "axes", "calendrier"]


@pytest.mark.parametrize("rubrique", RUBRIQUES)
def test_chaque_sorte_de_rubrique_est_accessible_et_tient_a_375_pixels(rubrique, ouvrir, dossier):
    if rubrique == AXES:
        r.ajouter_ligne(dossier, TABLEAU, acteur=dossier.equipe.porteur.compte)
    page = ouvrir("marie", rubrique)
    axe(page)
    capturer(page, f"redaction-{rubrique}")
    page.set_viewport_size({"width": 375, "height": 800})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    expect(page.locator(".esp-menu-redaction")).not_to_have_attribute("open", "")
    axe(page)


@pytest.mark.parametrize(
    "nom", ["", "manques/", "pieces/", "signature/", "retirer/", f"champs/{DESCRIPTION}/historique/"]
)
def test_les_autres_pages_du_dossier_sont_accessibles_et_tiennent_a_375_pixels(nom, ouvrir, site, dossier):
    for phrase in ("Douze patients.", "Quinze patients."):
        fabrique.ecrire(dossier, DESCRIPTION, f"<p>{phrase}</p>", dossier.equipe.porteur.compte)
    page = ouvrir("marie")
    page.goto(f"{site}/dossiers/{dossier.reference}/{nom}")
    axe(page)
    capturer(page, f"dossier-{nom.strip('/').split('/')[-1] or 'fiche'}")
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("nom", ["", "signature/", "signer/", "rouvrir/", "versions/1/"])
def test_les_pages_de_signature_sont_accessibles_et_tiennent_a_375_pixels(nom, ouvrir, site, dossier):
    fabrique.remplir(dossier, acteur=dossier.equipe.porteur.compte)
    fabrique.figer(Dossier.objects.get(), acteur=dossier.equipe.porteur.compte)
    page = ouvrir("marie")
    page.goto(f"{site}/dossiers/{dossier.reference}/{nom}")
    axe(page)
    capturer(page, f"signature-{nom.strip('/').split('/')[0] or 'fiche'}")
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
