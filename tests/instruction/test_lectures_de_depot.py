"""Ce qui a changé d'un dépôt à l'autre, et depuis ma dernière lecture."""

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import Refus
from esperluette.instruction.lectures_de_depot import commencer_la_lecture, differences, ecarts_de, marquer_lu
from esperluette.instruction.models_fiche import DerniereLecture
from tests.fabriques.comptes import connecter
from tests.fabriques.fiche import collegue, second_depot

pytestmark = pytest.mark.django_db
REQUETES_DE_LA_FICHE = 34
TEXTE = "<p>Nous partageons une patientèle <strong>jeune</strong> & peu mobile.</p>"


def adresse(dossier, nom="fiche"):
    return reverse(f"instruction:{nom}", args=[dossier.reference])


def recus(dossier):
    return list(dossier.depots.filter(depose_le__isnull=False))


def mots(segments, sorte):
    return "".join(s.texte for s in segments if s.sorte == sorte)


def test_un_champ_change_se_montre_mot_a_mot(dossier, depot):
    apres = second_depot(dossier, patientele_description=TEXTE)
    (difference,) = differences(dossier, depot, apres)
    assert "patientèle" in difference.libelle
    assert difference.ancre == "champ-patientele_description"
    assert mots(difference.segments, "retrait") == "âgée"
    assert mots(difference.segments, "ajout") == "jeune"


def test_un_tableau_se_compare_ligne_a_ligne(dossier, depot):
    axes = [dict(ligne) for ligne in depot.contenu["reponses"]["axes_thematiques"]]
    axes[0]["referents"] = "Yann Kerbrat"
    apres = second_depot(dossier, axes_thematiques=[*axes, {"id": "neuve", "enjeu": "<p>Un second axe.</p>"}])
    (difference,) = differences(dossier, depot, apres)
    assert "Kerbrat" in mots(difference.segments, "ajout")
    assert "Un second axe." in mots(difference.segments, "ajout")


def test_un_membre_parti_et_une_commune_ajoutee_se_voient(dossier, depot):
    apres = second_depot(dossier, membres=depot.contenu["membres"][:1], territoire_communes=["22136", "22219"])
    trouvees = {d.libelle: d for d in differences(dossier, depot, apres)}
    assert "Infirmier" in mots(trouvees["Membres"].segments, "retrait")
    assert trouvees["Membres"].ancre == ""
    assert len(trouvees) == 2


def test_rien_n_a_change(dossier, depot):
    assert differences(dossier, depot, second_depot(dossier)) == []


@pytest.mark.parametrize("texte", ["<p>#set page(width: 1cm)</p>", "$x$ @ref", "é" * 10_000, "\x07", "<script>", ""])
def test_un_texte_hostile_se_compare_sans_dommage(texte, dossier, depot, client, acteurs):
    marquer_lu(dossier, depot, acteur=acteurs["referente"])
    second_depot(dossier, patientele_description=texte)
    page = connecter(client, acteurs["referente"]).get(adresse(dossier))
    assert page.status_code == 200
    assert "Depuis votre dernière lecture" in page.content.decode()


def test_la_premiere_visite_retient_ce_qu_on_a_sous_les_yeux(client, acteurs, dossier, depot):
    connecter(client, acteurs["referente"]).get(adresse(dossier))
    lecture = DerniereLecture.objects.get()
    assert (lecture.compte, lecture.depot) == (acteurs["referente"], depot)


def test_ce_qui_change_depuis_ma_lecture_vient_en_premier_jusqu_a_ce_que_je_dise_l_avoir_lu(client, acteurs, dossier):
    connecter(client, acteurs["referente"]).get(adresse(dossier))
    neuf = second_depot(dossier, patientele_description=TEXTE)
    for _ in range(2):  # relire ne suffit pas : on le dit
        html = client.get(adresse(dossier)).content.decode()
        assert html.index("Depuis votre dernière lecture") < html.index("Le dossier déposé")
    client.post(adresse(dossier, "lu"), {"numero": neuf.numero})
    html = client.get(adresse(dossier)).content.decode()
    assert "Depuis votre dernière lecture" not in html
    assert "Depuis le dépôt précédent" in html


def test_chacun_a_sa_lecture(acteurs, dossier, depot):
    autre = collegue(dossier)
    commencer_la_lecture(dossier, acteurs["referente"])
    second_depot(dossier, patientele_description=TEXTE)
    commencer_la_lecture(dossier, autre)
    depots = recus(dossier)
    mien, precedent = ecarts_de(dossier, depots, acteurs["referente"])
    assert (mien.avant.numero, mien.apres.numero, precedent) == (1, 2, None)
    sien, precedent = ecarts_de(dossier, depots, autre)
    assert sien is None
    assert precedent.avant.numero == 1


def test_deux_depots_plus_tard_les_deux_ecarts_se_lisent(acteurs, dossier, depot):
    commencer_la_lecture(dossier, acteurs["referente"])
    second_depot(dossier, patientele_description=TEXTE)
    second_depot(dossier, organisation_existante="<p>Deux cabinets.</p>")
    mien, precedent = ecarts_de(dossier, recus(dossier), acteurs["referente"])
    assert (mien.avant.numero, mien.apres.numero, len(mien.differences)) == (1, 3, 2)
    assert (precedent.avant.numero, len(precedent.differences)) == (2, 1)


def test_on_ne_revient_pas_en_arriere(acteurs, dossier, depot):
    neuf = second_depot(dossier, patientele_description=TEXTE)
    marquer_lu(dossier, neuf, acteur=acteurs["referente"])
    assert marquer_lu(dossier, depot, acteur=acteurs["referente"]).depot == neuf
    assert DerniereLecture.objects.count() == 1


def test_hors_du_perimetre_on_ne_marque_rien(acteurs, dossier, depot):
    with pytest.raises(Refus):
        marquer_lu(dossier, depot, acteur=acteurs["porteuse"])
    assert not DerniereLecture.objects.exists()


@pytest.mark.parametrize("numero", ["", "99", "x", "-1", "9" * 50])
def test_un_numero_de_depot_impossible_est_introuvable(numero, client, acteurs, dossier):
    assert connecter(client, acteurs["referente"]).post(adresse(dossier, "lu"), {"numero": numero}).status_code == 404


@pytest.mark.parametrize("qui", ["referent_ailleurs", "porteuse", "secretaire", "inconnue"])
def test_les_autres_ne_marquent_rien(qui, client, acteurs, dossier):
    assert connecter(client, acteurs[qui]).post(adresse(dossier, "lu"), {"numero": "1"}).status_code == 404
    assert not DerniereLecture.objects.exists()


def test_chaque_champ_lu_se_designe(client, acteurs, dossier):
    html = connecter(client, acteurs["referente"]).get(adresse(dossier)).content.decode()
    for champ in ("patientele_description", "axes_thematiques", "territoire_description"):
        assert f'id="champ-{champ}" data-esp-champ="{champ}"' in html


def test_la_fiche_coute_autant_pour_un_et_trois_depots(client, acteurs, dossier, depot, requetes):
    connecter(client, acteurs["referente"]).get(adresse(dossier))
    second_depot(dossier, patientele_description="<p>Version 2.</p>")
    second_depot(dossier, patientele_description="<p>Version 3.</p>")
    deux = requetes(lambda: client.get(adresse(dossier)))
    second_depot(dossier, patientele_description="<p>Version 4.</p>")
    second_depot(dossier, patientele_description="<p>Version 5.</p>")
    assert requetes(lambda: client.get(adresse(dossier))) == deux
    assert deux <= REQUETES_DE_LA_FICHE
