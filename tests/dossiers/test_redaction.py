"""Écrire dans un dossier : versions, conflits, lignes, pièces, commentaires. Rien ne se perd."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.chemins import CheminInconnu
from esperluette.dossiers.enums import Etat, SorteVersion
from esperluette.dossiers.lectures import trame_de, valeurs_de
from esperluette.dossiers.models import Dossier, Reponse, TexteEnConflit, VersionReponse
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.referentiel.trames import ValeurRefusee
from tests.fabriques.dossiers import saisie_valide

pytestmark = pytest.mark.django_db


def champ_de_type(dossier, *types):
    return next(c for _, c in trame_de(dossier).champs() if c.type in types)


@pytest.fixture
def texte(dossier):
    return champ_de_type(dossier, "texte_riche", "texte").id


@pytest.fixture
def tableau(dossier):
    return champ_de_type(dossier, "tableau")


def test_une_premiere_saisie_fait_la_version_1(dossier, texte, acteurs):
    resultat = r.enregistrer_reponse(dossier, texte, "Bonjour", version_lue=0, acteur=acteurs["membre"])
    assert (resultat.version, resultat.change, resultat.conflit) == (1, True, None)
    reponse = Reponse.objects.get()
    assert (reponse.modifie_par, reponse.versions.get().auteur) == (acteurs["membre"], acteurs["membre"])


def test_la_meme_saisie_envoyee_deux_fois_ne_fait_qu_une_version(dossier, texte, acteurs):
    for _ in range(2):
        resultat = r.enregistrer_reponse(dossier, texte, "Bonjour", version_lue=0, acteur=acteurs["membre"])
    assert (resultat.version, resultat.change) == (1, False)
    assert VersionReponse.objects.count() == 1


def test_deux_personnes_sur_le_meme_champ_gardent_leurs_deux_textes(dossier, texte, acteurs):
    r.enregistrer_reponse(dossier, texte, "Le texte de Claire", version_lue=0, acteur=acteurs["porteuse"])
    resultat = r.enregistrer_reponse(dossier, texte, "Le texte de Yann", version_lue=0, acteur=acteurs["membre"])
    assert "Claire" in resultat.valeur
    assert "Yann" in resultat.conflit.valeur
    assert Reponse.objects.get().version == 1


def test_un_conflit_renvoye_ne_se_double_pas(dossier, texte, acteurs):
    r.enregistrer_reponse(dossier, texte, "A", version_lue=0, acteur=acteurs["porteuse"])
    for _ in range(3):
        r.enregistrer_reponse(dossier, texte, "B", version_lue=0, acteur=acteurs["membre"])
    assert TexteEnConflit.objects.count() == 1


@pytest.mark.parametrize("choix", ["Le texte de Claire", "Le texte de Yann", "Un mélange"])
def test_ranger_un_conflit_garde_les_deux_textes_en_historique(choix, dossier, texte, acteurs):
    r.enregistrer_reponse(dossier, texte, "Le texte de Claire", version_lue=0, acteur=acteurs["porteuse"])
    conflit = r.enregistrer_reponse(
        dossier, texte, "Le texte de Yann", version_lue=0, acteur=acteurs["membre"]
    ).conflit
    reponse = r.ranger_conflit(conflit, choix, acteur=acteurs["membre"])
    assert choix in reponse.valeur
    historique = " ".join(v.valeur for v in reponse.versions.all())
    assert "Claire" in historique
    assert "Yann" in historique
    assert not reponse.conflits.filter(range_le=None).exists()


def test_deux_cellules_du_meme_tableau_ne_se_genent_pas(dossier, tableau, acteurs):
    ligne = r.ajouter_ligne(dossier, tableau.id, acteur=acteurs["porteuse"])
    premiere, seconde = tableau.colonnes[0], tableau.colonnes[1]
    for colonne, qui in ((premiere, "porteuse"), (seconde, "membre")):
        resultat = r.enregistrer_reponse(
            dossier, f"{tableau.id}/{ligne}/{colonne.id}", saisie_valide(colonne), version_lue=0, acteur=acteurs[qui]
        )
        assert resultat.conflit is None
    (assemblee,) = valeurs_de(dossier)[tableau.id]
    assert assemblee["id"] == ligne
    assert assemblee[premiere.id]
    assert assemblee[seconde.id]


def test_une_ligne_retiree_se_retablit_avec_son_contenu(dossier, tableau, acteurs):
    colonne = tableau.colonnes[0]
    ligne = r.ajouter_ligne(dossier, tableau.id, acteur=acteurs["membre"])
    r.enregistrer_reponse(
        dossier, f"{tableau.id}/{ligne}/{colonne.id}", saisie_valide(colonne), version_lue=0, acteur=acteurs["membre"]
    )
    r.retirer_ligne(dossier, tableau.id, ligne, acteur=acteurs["membre"])
    assert valeurs_de(dossier)[tableau.id] == []
    r.retablir_ligne(dossier, tableau.id, ligne, acteur=acteurs["membre"])
    assert valeurs_de(dossier)[tableau.id][0][colonne.id]


def test_une_ligne_inconnue_ne_se_retablit_pas(dossier, tableau, acteurs):
    with pytest.raises(ErreurMetier, match="jamais fait partie"):
        r.retablir_ligne(dossier, tableau.id, "abcd1234", acteur=acteurs["membre"])


def test_les_lignes_se_deplacent_sans_sortir_du_tableau(dossier, tableau, acteurs):
    a, b, c = (r.ajouter_ligne(dossier, tableau.id, acteur=acteurs["membre"]) for _ in range(3))
    r.deplacer_ligne(dossier, tableau.id, c, de=-1, acteur=acteurs["membre"])
    r.deplacer_ligne(dossier, tableau.id, a, de=-1, acteur=acteurs["membre"])
    assert [ligne["id"] for ligne in valeurs_de(dossier)[tableau.id]] == [a, c, b]


def test_restaurer_fait_une_nouvelle_version(dossier, texte, acteurs):
    r.enregistrer_reponse(dossier, texte, "Premier", version_lue=0, acteur=acteurs["membre"])
    r.enregistrer_reponse(dossier, texte, "Second", version_lue=1, acteur=acteurs["membre"])
    reponse = r.restaurer_version(dossier, texte, 1, acteur=acteurs["porteuse"])
    assert "Premier" in reponse.valeur
    assert [v.sorte for v in reponse.versions.all()] == [
        SorteVersion.RESTAURATION,
        SorteVersion.SAISIE,
        SorteVersion.SAISIE,
    ]


def test_restaurer_une_version_inconnue_est_refuse(dossier, texte, acteurs):
    with pytest.raises(ErreurMetier, match="n’existe pas"):
        r.restaurer_version(dossier, texte, 4, acteur=acteurs["porteuse"])


@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "porteuse_ailleurs", "inconnue", "administratrice"])
def test_seuls_les_membres_ecrivent(qui, dossier, texte, acteurs):
    with pytest.raises(Refus):
        r.enregistrer_reponse(dossier, texte, "Bonjour", version_lue=0, acteur=acteurs[qui])
    assert not Reponse.objects.exists()


@pytest.mark.parametrize("etat", [e for e in Etat if e not in Etat.MODIFIABLES])
def test_un_dossier_fige_ne_s_ecrit_plus(etat, dossier_depose, texte_depose, acteurs):
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=etat)
    avant = VersionReponse.objects.count()
    with pytest.raises(Refus, match="ne changent plus"):
        r.enregistrer_reponse(dossier_depose, texte_depose, "Autre chose", version_lue=1, acteur=acteurs["membre"])
    assert VersionReponse.objects.count() == avant


@pytest.fixture
def texte_depose(dossier_depose):
    return champ_de_type(dossier_depose, "texte_riche", "texte").id


@pytest.mark.parametrize("chemin", ["inconnu", "a/b", "a/b/c/d", "../etc", "", "axes/ZZZ/<b>"])
def test_un_chemin_inconnu_est_refuse(chemin, dossier, acteurs):
    with pytest.raises(CheminInconnu):
        r.enregistrer_reponse(dossier, chemin, "x", version_lue=0, acteur=acteurs["membre"])


def test_une_date_mal_formee_est_refusee_avec_une_phrase(dossier, acteurs):
    champ = champ_de_type(dossier, "date")
    with pytest.raises(ValeurRefusee) as erreur:
        r.enregistrer_reponse(dossier, champ.id, "31/02/2027", version_lue=0, acteur=acteurs["membre"])
    assert str(erreur.value).endswith(".")
    assert not Reponse.objects.exists()


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>Bonjour", "<p onclick=x>Bonjour</p>", "#eval(1) Bonjour"]
)
def test_un_texte_hostile_est_garde_sans_danger(hostile, dossier, acteurs):
    champ = champ_de_type(dossier, "texte_riche")
    resultat = r.enregistrer_reponse(dossier, champ.id, hostile, version_lue=0, acteur=acteurs["membre"])
    assert "<script" not in resultat.valeur
    assert "onclick" not in resultat.valeur
    assert "Bonjour" in resultat.valeur


def test_un_numero_de_securite_sociale_avertit_sans_empecher(dossier, texte, acteurs):
    resultat = r.enregistrer_reponse(
        dossier, texte, "Patient 1 84 12 76 451 089 46, suivi", version_lue=0, acteur=acteurs["membre"]
    )
    assert resultat.change
    assert len(resultat.avertissements) == 1


@pytest.mark.parametrize("nombre", [1, 3])
def test_enregistrer_un_champ_coute_un_nombre_fixe_de_requetes(
    nombre, dossier, acteurs, django_assert_max_num_queries
):
    textes = [c.id for _, c in trame_de(dossier).champs() if c.type in ("texte", "texte_riche")]
    for champ in textes[1 : nombre + 1]:
        r.enregistrer_reponse(dossier, champ, "Autre", version_lue=0, acteur=acteurs["membre"])
    with django_assert_max_num_queries(8):
        r.enregistrer_reponse(dossier, textes[0], "Bonjour", version_lue=0, acteur=acteurs["membre"])


def pdf(contenu=b""):
    return SimpleUploadedFile("statuts.pdf", b"%PDF-1.7\n" + contenu + b"\n%%EOF\n", "application/pdf")


def test_une_piece_jointe_deux_fois_ne_se_double_pas(dossier, acteurs):
    for _ in range(2):
        piece = r.joindre_piece(dossier, pdf(), libelle="Statuts", acteur=acteurs["membre"])
    assert dossier.pieces.count() == 1
    assert piece.fichier.nom == "statuts.pdf"


def test_un_fichier_deguise_est_refuse_et_rien_ne_reste(dossier, acteurs):
    faux = SimpleUploadedFile("statuts.pdf", b"MZ\x90\x00" + b"\x00" * 200, "application/pdf")
    with pytest.raises(FichierRefuse):
        r.joindre_piece(dossier, faux, libelle="Statuts", acteur=acteurs["membre"])
    assert dossier.pieces.count() == 0


def test_retirer_une_piece_deux_fois_ne_la_journalise_qu_une_fois(dossier, acteurs):
    piece = r.joindre_piece(dossier, pdf(), libelle="Statuts", acteur=acteurs["membre"])
    r.retirer_piece(piece, acteur=acteurs["membre"])
    r.retirer_piece(piece, acteur=acteurs["membre"])
    assert dossier.pieces.filter(retiree_le=None).count() == 0


def test_un_accompagnateur_commente_mais_n_ecrit_pas(dossier, texte, acteurs):
    commentaire = r.commenter(dossier, texte, "Précisez la population.", acteur=acteurs["accompagnatrice"])
    assert commentaire.auteur == acteurs["accompagnatrice"]
    r.regler_commentaire(commentaire, acteur=acteurs["membre"])
    commentaire.refresh_from_db()
    assert commentaire.regle_par == acteurs["membre"]


def test_un_commentaire_envoye_deux_fois_n_en_fait_qu_un(dossier, texte, acteurs):
    for _ in range(2):
        r.commenter(dossier, texte, "Précisez.", acteur=acteurs["membre"])
    assert dossier.commentaires.count() == 1


def test_un_commentaire_vide_est_refuse(dossier, texte, acteurs):
    with pytest.raises(ErreurMetier, match="Écrivez"):
        r.commenter(dossier, texte, "  ", acteur=acteurs["membre"])


@pytest.mark.parametrize("qui", ["referente", "inconnue", "porteuse_ailleurs"])
def test_les_autres_ne_commentent_pas(qui, dossier, texte, acteurs):
    with pytest.raises(Refus):
        r.commenter(dossier, texte, "Bonjour", acteur=acteurs[qui])
