"""Ce que les données ne disent pas se demande ; la réponse compte, et reste marquée « déclarée »."""

from html import unescape

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import Refus
from esperluette.equipes import lectures, questions
from esperluette.equipes.declarations import declarer
from esperluette.equipes.enums import SorteDeclaration
from esperluette.equipes.models import Declaration, Equipe
from esperluette.equipes.situation import Classement
from esperluette.journal.lectures import evenements_de
from esperluette.referentiel.modele import Reponse3
from tests.dossiers import essai
from tests.dossiers.ecrans import requetes, sous, texte
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.dossiers import equipe_complete
from tests.fabriques.equipes import EquipeFabrique, commune
from tests.fabriques.territoires import communes_reelles

pytestmark = pytest.mark.django_db
ZIP = (SorteDeclaration.ZONAGE.value, "zip")
PATIENTELE = (SorteDeclaration.PROJET.value, "patientele_commune")


@pytest.fixture
def equipe(settings):
    settings.EDITIONS_SUPPLEMENTAIRES = [essai.EDITIONS]
    return essai.equipe_d_essai()


@pytest.fixture
def classe(monkeypatch):
    """Ce que les jeux chargés disent du territoire."""

    def poser(**classement):
        for module in (lectures, questions):
            monkeypatch.setattr(module, "classement_de", lambda _equipe: Classement(**classement))

    return poser


def relue(equipe):
    return Equipe.objects.avec_regles().get(pk=equipe.pk)


def aide(equipe):
    return lectures.composition(relue(equipe)).aides[0]


def dire(equipe, **reponses):
    cles = {"zip": ZIP, "patientele": PATIENTELE}
    return declarer(equipe, acteur=essai.porteuse(equipe), reponses={cles[c]: v for c, v in reponses.items()})


def test_sans_donnee_le_zonage_et_le_projet_se_demandent(equipe):
    posees = questions.a_poser(relue(equipe))
    assert [(q.sorte, q.cle) for q in posees] == [ZIP, PATIENTELE]
    assert posees[0].libelle == "Zone d'intervention prioritaire"
    assert posees[1].libelle == "Les membres suivent des patients communs."
    assert aide(equipe).etat.verdict.reponse is Reponse3.A_PRECISER


@pytest.mark.parametrize(("reponse", "attendu"), [(True, Reponse3.SATISFAIT), (False, Reponse3.NON_SATISFAIT)])
def test_la_reponse_compte_et_se_dit_declaree(equipe, reponse, attendu):
    dire(equipe, zip=reponse)
    faits = lectures.faits(relue(equipe))
    assert (dict(faits.zonages), faits.zonages_declares) == ({"zip": reponse}, frozenset({"zip"}))
    verdict = aide(equipe).etat.verdict
    assert verdict.reponse is attendu
    critere = next(c for c in aide(equipe).conditions if c.critere.id == "zone-zip")
    assert "(déclaré)" in critere.verdict.motif


def test_une_declaration_du_projet_se_lit_dans_les_faits(equipe):
    dire(equipe, patientele=True)
    assert dict(lectures.faits(relue(equipe)).declaratifs) == {"patientele_commune": True}
    etats = {e.critere.id: e.verdict.reponse for e in lectures.composition(relue(equipe)).evaluation.criteres}
    assert etats["patientele"] is Reponse3.SATISFAIT


def test_ce_que_le_projet_decrira_ne_se_demande_pas_ici(db):
    equipe = relue(EquipeFabrique())
    posees = {q.cle for q in questions.questions_de(equipe)}
    decrites = lectures.composition(equipe).declarations
    assert decrites
    assert not posees & {str(e.critere.parametres.get("cle")) for e in decrites}


def test_une_donnee_chargee_l_emporte_sur_la_declaration(equipe, classe):
    dire(equipe, zip=True)
    classe(zonages={"zip": False}, sources={"zip": "Zonage médecins, 2025"})
    faits = lectures.faits(relue(equipe))
    assert (dict(faits.zonages), faits.zonages_declares) == ({"zip": False}, frozenset())
    assert ZIP not in [(q.sorte, q.cle) for q in questions.a_poser(relue(equipe))]
    connue = questions.questions_de(relue(equipe))[0]
    assert (connue.connu, connue.source) == (False, "Zonage médecins, 2025")


def test_un_classement_partiel_pose_la_question_et_la_reponse_tranche(equipe, classe):
    classe(partiels={"zip": "Koungou est dans cette zone, pas Mamoudzou : laquelle compte ?"})
    question = questions.a_poser(relue(equipe))[0]
    assert question.precision.startswith("Koungou est dans cette zone")
    assert aide(equipe).etat.verdict.reponse is Reponse3.A_PRECISER
    dire(equipe, zip=True)
    assert aide(equipe).etat.verdict.reponse is Reponse3.SATISFAIT


def test_ne_plus_savoir_efface_la_reponse(equipe):
    dire(equipe, zip=True)
    dire(equipe, zip=None)
    assert not Declaration.objects.exists()


def test_repondre_deux_fois_n_ecrit_qu_une_fois(equipe):
    for _ in range(2):
        dire(equipe, zip=True, patientele=None)
    assert Declaration.objects.count() == 1
    assert [e.donnees for e in evenements_de(equipe) if e.sorte == "declarations_faites"] == [{"cles": ["zip"]}]
    dire(equipe, zip=False)
    assert Declaration.objects.get().reponse is False


@pytest.mark.parametrize("qui", ["membre", "inconnue"])
def test_seul_le_porteur_repond(equipe, qui):
    compte = equipe.membres.get(porteur=False).compte if qui == "membre" else CompteFabrique()
    with pytest.raises(Refus):
        declarer(equipe, acteur=compte, reponses={ZIP: True})
    assert (
        sous(compte).get(reverse("equipes:questions", args=[equipe.pk])).status_code
        == {
            "membre": 403,
            "inconnue": 404,
        }[qui]
    )


def test_une_region_sans_regles_ne_demande_rien(db):
    equipe = EquipeFabrique(implantation=commune("76540"))
    assert questions.questions_de(relue(equipe)) == []


# --- Les régions du territoire ------------------------------------------------------------------------------------


def test_un_territoire_a_cheval_dit_ses_regions(db):
    communes = communes_reelles("35236", "44185")
    equipe = EquipeFabrique(implantation=communes["35236"], territoire=list(communes.values()))
    assert lectures.faits(relue(equipe)).regions == ("Bretagne", "Pays de la Loire")
    assert lectures.faits(relue(EquipeFabrique())).regions == ("Bretagne",)


# --- À l'écran ----------------------------------------------------------------------------------------------------


def test_la_question_se_pose_depuis_le_tableau_de_bord_et_la_reponse_se_voit(equipe):
    client = sous(essai.porteuse(equipe))
    adresse = reverse("equipes:questions", args=[equipe.pk])
    assert adresse in texte(client.get(reverse("equipes:fiche", args=[equipe.pk])))
    page = unescape(texte(client.get(adresse)))
    assert "Zone d'intervention prioritaire" in page
    assert "Je ne sais pas" in page
    envoi = {"zonage-zip": "oui", "projet-patientele_commune": ""}
    assert client.post(adresse, envoi).url == reverse("equipes:fiche", args=[equipe.pk])
    assert "Répondre</a>" not in texte(client.get(reverse("equipes:fiche", args=[equipe.pk])))
    informations = texte(client.get(reverse("equipes:informations", args=[equipe.pk])))
    assert '<dd>oui <span class="esp-discret">(déclaré)</span></dd>' in informations


def test_une_reponse_hors_des_choix_se_dit_a_cote(equipe):
    reponse = sous(essai.porteuse(equipe)).post(reverse("equipes:questions", args=[equipe.pk]), {"zonage-zip": "x"})
    assert reponse.status_code == 422
    assert "Répondez par oui, par non" in texte(reponse)
    assert not Declaration.objects.exists()


def test_le_tableau_de_bord_montre_ce_qui_rapproche_et_les_aides(equipe):
    equipe.membres.filter(porteur=True).update(profession="60", savoir_faire="")
    page = unescape(texte(sous(essai.porteuse(equipe)).get(reverse("equipes:fiche", args=[equipe.pk]))))
    assert "Ce qui vous en rapproche" in page
    assert "médecin généraliste" in page.split("Ce qui vous en rapproche")[1][:400].lower()
    assert "Aide au démarrage" in page
    assert "Versée à : L'association." in page


def test_une_equipe_complete_lit_ce_qu_elle_garde_sans_financement(db):
    equipe = equipe_complete()
    page = texte(sous(equipe.porteur.compte).get(reverse("equipes:fiche", args=[equipe.pk])))
    assert "Se former sans financement" in page
    assert "Vous gardez" in page
    assert "Ce qui vous en rapproche" not in page


def test_trois_declarations_ne_coutent_pas_plus_qu_une(equipe):
    client, adresse = sous(essai.porteuse(equipe)), reverse("equipes:fiche", args=[equipe.pk])
    dire(equipe, zip=True)
    une = requetes(client, adresse)
    dire(equipe, patientele=True)
    Declaration.objects.create(equipe=equipe, sorte="zonage", cle="qpv", reponse=True, par=essai.porteuse(equipe))
    assert requetes(client, adresse) == une
