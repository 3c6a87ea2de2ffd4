"""Déposer, prendre, garder, mettre à la suite, ranger, annuler : rien ne s'écrase sans le dire, tout se défait."""

import pytest

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.actions.redaction import ajouter_ligne
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import valeurs_de
from esperluette.dossiers.models import Reponse, TexteEnConflit, VersionReponse
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.importations import actions, taches
from esperluette.importations.enums import Choix, EtatImportation
from esperluette.importations.lectures import a_relire
from esperluette.importations.models import Importation
from esperluette.journal.lectures import evenements_de
from tests.fabriques import dossiers as fabrique
from tests.fabriques import importations
from tests.fabriques.fichiers import pandoc, pdf, upload

pytestmark = pytest.mark.django_db


def proposition(importation, champ):
    return importation.propositions.get(champ=champ)


def valeur(dossier, champ):
    return valeurs_de(dossier)[champ]


def prendre(importation, champ, acteur, choix=Choix.PRENDRE):
    place = next(r.en_place for r in a_relire(importation).relectures if r.champ.id == champ)
    return actions.decider(proposition(importation, champ), choix, version_lue=place.version, acteur=acteur)


def test_deposer_lit_le_fichier_et_ne_change_aucune_reponse(dossier, importation):
    assert importation.etat == EtatImportation.A_RELIRE
    trouves = {p.champ: p.valeur for p in importation.propositions.all()}
    assert trouves["patientele_description"] == "<p>Nous suivons 2 300 patients.</p>"
    assert trouves["modalites"] == ["telephone", "protocoles"]
    assert trouves["calendrier_depot"] == "2027-03-01"
    assert [ligne["thematique"] for ligne in trouves["axes_thematiques"]] == ["Le retour à domicile", "Le diabète"]
    assert not Reponse.objects.filter(dossier=dossier).exists()
    assert importation.piece.fichier.nom == "projet.docx"
    assert [m.texte for m in importation.morceaux.all()] == ["Un passage sans question."]


def test_les_communes_deviennent_des_codes(importation):
    assert proposition(importation, "territoire_communes").valeur == ["22222", "22001"]


def test_prendre_ecrit_une_version_marquee_import(dossier, importation, acteur):
    prendre(importation, "patientele_description", acteur)
    version = VersionReponse.objects.get(reponse__champ="patientele_description")
    assert (version.sorte, version.auteur, version.numero) == (SorteVersion.IMPORT, acteur, 1)
    assert valeur(dossier, "patientele_description") == "<p>Nous suivons 2 300 patients.</p>"


def test_le_double_clic_n_ecrit_qu_une_fois(importation, acteur):
    prendre(importation, "patientele_description", acteur)
    prendre(importation, "patientele_description", acteur)
    assert VersionReponse.objects.filter(reponse__champ="patientele_description").count() == 1


def test_garder_ne_change_rien(dossier, importation, acteur):
    fabrique.ecrire(dossier, "patientele_description", "<p>Le nôtre.</p>", acteur)
    prendre(importation, "patientele_description", acteur, Choix.GARDER)
    assert valeur(dossier, "patientele_description") == "<p>Le nôtre.</p>"


def test_mettre_a_la_suite_garde_les_deux_textes(dossier, importation, acteur):
    fabrique.ecrire(dossier, "patientele_description", "<p>Le nôtre.</p>", acteur)
    prendre(importation, "patientele_description", acteur, Choix.SUITE)
    assert valeur(dossier, "patientele_description") == "<p>Le nôtre.</p><p>Nous suivons 2 300 patients.</p>"


def test_des_cases_a_la_suite_se_reunissent(dossier, importation, acteur):
    fabrique.ecrire(dossier, "modalites", ["si_commun", "telephone"], acteur)
    prendre(importation, "modalites", acteur, Choix.SUITE)
    assert valeur(dossier, "modalites") == ["telephone", "si_commun", "protocoles"]


def test_a_la_suite_garde_ce_que_la_fiche_de_l_equipe_preremplit(equipe, dossier, importation, acteur):
    prendre(importation, "territoire_communes", acteur, Choix.SUITE)
    assert valeur(dossier, "territoire_communes") == [equipe.implantation_id, "22222", "22001"]


def test_une_reponse_changee_entre_temps_ne_s_ecrase_pas(dossier, importation, acteur, acteurs):
    fabrique.ecrire(dossier, "patientele_description", "<p>Écrit pendant la relecture.</p>", acteurs["membre"])
    with pytest.raises(Conflit, match="a changé pendant votre relecture"):
        actions.decider(
            proposition(importation, "patientele_description"), Choix.PRENDRE, version_lue=0, acteur=acteur
        )
    assert valeur(dossier, "patientele_description") == "<p>Écrit pendant la relecture.</p>"
    assert not TexteEnConflit.objects.exists()


def test_tout_prendre_ne_remplit_que_le_vide(dossier, importation, acteur):
    fabrique.ecrire(dossier, "patientele_description", "<p>Le nôtre.</p>", acteur)
    prises = actions.tout_prendre(importation, acteur=acteur)
    assert prises == importation.propositions.exclude(choix="").count() > 3
    assert valeur(dossier, "patientele_description") == "<p>Le nôtre.</p>"
    assert valeur(dossier, "territoire_description") == "<p>Cinq communes autour du bourg.</p>"
    assert actions.tout_prendre(importation, acteur=acteur) == 0


def test_un_tableau_pris_remplace_les_fiches_qui_restent_restaurables(dossier, importation, acteur):
    ancienne = ajouter_ligne(dossier, "axes_thematiques", acteur=acteur)
    fabrique.ecrire(dossier, f"axes_thematiques/{ancienne}/thematique", "La nôtre", acteur)
    prendre(importation, "axes_thematiques", acteur)
    assert [f["thematique"] for f in valeur(dossier, "axes_thematiques")] == ["Le retour à domicile", "Le diabète"]
    actions.revenir(proposition(importation, "axes_thematiques"), acteur=acteur)
    assert [f["thematique"] for f in valeur(dossier, "axes_thematiques")] == ["La nôtre"]


def test_un_tableau_mis_a_la_suite_garde_les_fiches_en_place(dossier, importation, acteur):
    ancienne = ajouter_ligne(dossier, "axes_thematiques", acteur=acteur)
    fabrique.ecrire(dossier, f"axes_thematiques/{ancienne}/thematique", "La nôtre", acteur)
    prendre(importation, "axes_thematiques", acteur, Choix.SUITE)
    titres = [f["thematique"] for f in valeur(dossier, "axes_thematiques")]
    assert titres == ["La nôtre", "Le retour à domicile", "Le diabète"]


def test_changer_d_avis_defait_d_abord_le_premier_choix(dossier, importation, acteur):
    fabrique.ecrire(dossier, "patientele_description", "<p>Le nôtre.</p>", acteur)
    prendre(importation, "patientele_description", acteur)
    prendre(importation, "patientele_description", acteur, Choix.GARDER)
    assert valeur(dossier, "patientele_description") == "<p>Le nôtre.</p>"


def test_annuler_un_choix_rend_la_reponse_d_avant(dossier, importation, acteur):
    prendre(importation, "patientele_description", acteur)
    actions.revenir(proposition(importation, "patientele_description"), acteur=acteur)
    assert valeur(dossier, "patientele_description") == ""
    assert proposition(importation, "patientele_description").choix == ""


def test_on_n_annule_pas_ce_que_quelqu_un_a_change_depuis(dossier, importation, acteur, acteurs):
    prendre(importation, "patientele_description", acteur)
    fabrique.ecrire(dossier, "patientele_description", "<p>Retouché.</p>", acteurs["membre"])
    with pytest.raises(Conflit):
        actions.revenir(proposition(importation, "patientele_description"), acteur=acteur)
    assert valeur(dossier, "patientele_description") == "<p>Retouché.</p>"


def test_tout_annuler_rend_le_dossier_comme_avant(dossier, importation, acteur, acteurs):
    fabrique.ecrire(dossier, "patientele_description", "<p>Le nôtre.</p>", acteur)
    avant = valeurs_de(dossier)
    actions.tout_prendre(importation, acteur=acteur)
    prendre(importation, "patientele_description", acteur)
    actions.ranger(importation.morceaux.get(), "offre_appui", acteur=acteur)
    fabrique.ecrire(dossier, "territoire_description", "<p>Retouché.</p>", acteurs["membre"])
    rendues, laissees = actions.tout_annuler(importation, acteur=acteur)
    assert rendues > 3
    assert laissees == 1
    apres = valeurs_de(dossier)
    assert apres.pop("territoire_description") == "<p>Retouché.</p>"
    vides = (None, "", [])
    assert all(apres[c] == v or (apres[c] in vides and v in vides) for c, v in avant.items() if c in apres)


def test_un_morceau_se_range_puis_se_reprend(dossier, importation, acteur):
    morceau = importation.morceaux.get()
    actions.ranger(morceau, "offre_appui", acteur=acteur)
    actions.ranger(morceau, "offre_appui", acteur=acteur)
    assert valeur(dossier, "offre_appui") == "<p>Un passage sans question.</p>"
    actions.reprendre(morceau, acteur=acteur)
    assert valeur(dossier, "offre_appui") == ""
    actions.ecarter(morceau, acteur=acteur)
    assert importation.morceaux.get().sort == "ecarte"


@pytest.mark.parametrize("champ", ["", "inconnu", "modalites", "professionnels", "axes_thematiques"])
def test_un_morceau_ne_se_range_que_dans_une_question_a_texte(importation, acteur, champ):
    with pytest.raises(ErreurMetier, match="Choisissez une question"):
        actions.ranger(importation.morceaux.get(), champ, acteur=acteur)


def test_les_personnes_sont_proposees_pas_creees(equipe, importation, acteur):
    assert [str(m) for m in importation.membres.all()] == ["Maëlle TANGUY", "Paul RIOU"]
    avant = equipe.membres.count()
    infirmiere, coordinateur = importation.membres.all()
    membre = actions.ajouter_a_l_equipe(infirmiere, acteur=acteur)
    actions.ajouter_a_l_equipe(infirmiere, acteur=acteur)
    assert (membre.profession, membre.commune_id, membre.professionnel) == ("60", "22222", True)
    autre = actions.ajouter_a_l_equipe(coordinateur, acteur=acteur)
    assert (autre.metier, autre.professionnel) == ("Coordinateur", False)
    assert equipe.membres.count() == avant + 2


def test_ajouter_une_personne_demande_le_droit_de_l_equipe(importation, acteurs):
    with pytest.raises(Refus):
        actions.ajouter_a_l_equipe(importation.membres.first(), acteur=acteurs["membre"])


def test_le_meme_fichier_depose_deux_fois_ne_fait_qu_une_importation(dossier, importation):
    assert importations.importation(dossier).pk == importation.pk
    assert Importation.objects.count() == 1


def test_une_seule_relecture_a_la_fois(dossier, importation, acteur):
    autre = importations.trame_bretonne(patientele="Autre chose.")
    with pytest.raises(ErreurMetier, match="déjà en cours de relecture"):
        actions.deposer(dossier, upload("autre.docx", autre), acteur=acteur)
    actions.terminer(importation, acteur=acteur)
    assert importations.importation(dossier, octets=autre).pk != importation.pk


def test_une_relecture_close_ne_prend_plus_mais_s_annule(dossier, importation, acteur):
    prendre(importation, "patientele_description", acteur)
    actions.terminer(importation, acteur=acteur)
    with pytest.raises(Refus, match="close"):
        prendre(importation, "territoire_description", acteur)
    actions.revenir(proposition(importation, "patientele_description"), acteur=acteur)
    assert valeur(dossier, "patientele_description") == ""


def test_abandonner_retire_le_fichier_et_garde_les_reponses_prises(dossier, importation, acteur):
    prendre(importation, "patientele_description", acteur)
    actions.abandonner(importation, acteur=acteur)
    assert dossier.pieces.filter(retiree_le=None).count() == 0
    assert valeur(dossier, "patientele_description") != ""


@pytest.mark.parametrize(
    ("nom", "octets", "erreur"),
    [
        ("projet.pdf", pdf, "n’est pas une trame Word"),
        ("projet.docx", lambda: b"PK\x03\x04 tronque", "abîmé"),
        ("projet.odt", lambda: pandoc("docx"), "porte l'extension .odt"),
        ("projet.docx", lambda: b"", "est vide"),
    ],
)
def test_un_fichier_refuse_ne_laisse_rien(dossier, acteur, nom, octets, erreur):
    with pytest.raises((ErreurMetier, FichierRefuse), match=erreur):
        actions.deposer(dossier, upload(nom, octets()), acteur=acteur)
    assert not dossier.importations.exists()
    assert not dossier.pieces.exists()


def test_qui_ne_redige_pas_n_importe_pas(dossier, acteurs):
    with pytest.raises(Refus):
        importations.importation(dossier, acteur=acteurs["accompagnatrice"])


def test_un_dossier_fige_ne_s_importe_plus(importation, acteur, dossier):
    dossier.etat = "a_signer"
    dossier.save(update_fields=["etat"])
    with pytest.raises(Refus):
        actions.tout_prendre(importation, acteur=acteur)


def test_un_gros_fichier_se_lit_en_tache_de_fond(dossier, acteur, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions, "TOUT_DE_SUITE", 10)
    with django_capture_on_commit_callbacks() as suites:
        importation = importations.importation(dossier)
    assert importation.etat == EtatImportation.EN_LECTURE
    for suite in suites:
        suite()
    importation.refresh_from_db()
    assert importation.etat == EtatImportation.A_RELIRE
    nombre = importation.propositions.count()
    taches.lire_le_fichier.call(importation.pk)
    assert importation.propositions.count() == nombre


def test_une_lecture_oubliee_reprend(importation):
    Importation.objects.update(etat=EtatImportation.EN_LECTURE)
    importation.propositions.all().delete()
    importation.morceaux.all().delete()
    importation.membres.all().delete()
    assert taches.reprendre_les_lectures() == 0
    Importation.objects.update(deposee_le=importation.deposee_le - 2 * taches.PATIENCE)
    assert taches.reprendre_les_lectures() == 1
    importation.refresh_from_db()
    assert importation.etat == EtatImportation.A_RELIRE


def test_le_journal_dit_le_depot_et_la_reprise_sans_texte(dossier, importation, acteur):
    actions.tout_prendre(importation, acteur=acteur)
    sortes = [e.sorte for e in evenements_de(dossier)]
    assert {"trame_deposee", "trame_lue", "trame_reprise"} <= set(sortes)


def test_une_reponse_deja_identique_n_attend_rien(dossier, importation, acteur):
    prises = actions.tout_prendre(importation, acteur=acteur)
    assert prises
    actions.terminer(importation, acteur=acteur)
    autre = importations.importation(dossier)
    tout = a_relire(autre)
    assert [r.champ.id for r in tout.a_decider] in ([], ["territoire_communes"])
