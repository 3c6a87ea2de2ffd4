"""La lecture d'un membre : sa file, sa fiche, son avis, son déport ; et qui n'y entre pas."""

import pytest
from django.urls import reverse

from esperluette.commissions.models import Convocation, Deport, MandatDeSiege
from esperluette.commun.erreurs import Conflit
from esperluette.deliberations.actions import lecture as actions
from esperluette.deliberations.actions.deports import se_deporter
from esperluette.deliberations.actions.seance import choisir_la_lecture
from esperluette.deliberations.lectures import file_de
from esperluette.deliberations.models import Evaluation
from esperluette.dossiers.actions.redaction import joindre_piece
from esperluette.fichiers.analyses import examiner
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from esperluette.territoires.models import Departement, Region
from tests.fabriques.commissions import PointFabrique
from tests.fabriques.complements import redeposer
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.dossiers import brouillon, depose, equipe_complete
from tests.fabriques.fichiers import pdf, servi, upload

pytestmark = pytest.mark.django_db


def page(c, rang=0):
    return reverse("deliberations:lecture", args=[c.seance.pk, c.points[rang].pk])


def test_la_file_dit_ou_l_on_en_est_et_ou_reprendre(sous):
    c = commission(points=3)
    membre = c.membres[1]
    accueil = sous(membre).get(reverse("deliberations:seance", args=[c.seance.pk])).content.decode()
    assert "Vos lectures&nbsp;: 0 sur 3" in accueil
    assert page(c, 0) in accueil
    actions.enregistrer(c.points[0], "avis_propose", "favorable", version_lue=0, acteur=membre)
    actions.rendre(c.points[0], acteur=membre)
    actions.passer(c.points[1], acteur=membre)
    accueil = sous(membre).get(reverse("deliberations:seance", args=[c.seance.pk]))
    assert "1 sur 3" in accueil.content.decode()
    assert accueil.context["suivant"] == c.points[2]


def test_ce_qu_on_a_passe_revient_a_la_fin():
    c = commission(points=2)
    membre, siege = c.membres[1], c.sieges[1]
    actions.passer(c.points[0], acteur=membre)
    assert file_de(membre, c.seance, siege).suivant() == c.points[1]
    actions.enregistrer(c.points[1], "avis_propose", "favorable", version_lue=0, acteur=membre)
    actions.rendre(c.points[1], acteur=membre)
    assert file_de(membre, c.seance, siege).suivant() == c.points[0]


def test_la_liste_des_seances_et_son_etat_vide(sous):
    c = commission()
    assert "CARPEC" in sous(c.membres[0]).get(reverse("deliberations:liste")).content.decode()
    assert (
        "Aucune séance pour l’instant" in sous(CompteFabrique()).get(reverse("deliberations:liste")).content.decode()
    )


def test_le_secretariat_trouve_la_seance_a_mener(sous):
    c = commission()
    page = sous(c.secretaire).get(reverse("deliberations:liste")).content.decode()
    assert reverse("deliberations:cockpit", args=[c.seance.pk]) in page
    ailleurs = FonctionFabrique(secretariat=True, region=_autre_region()).compte
    assert "CARPEC" not in sous(ailleurs).get(reverse("deliberations:liste")).content.decode()


def test_rendu_un_avis_ne_change_plus_sans_etre_repris(sous):
    c = commission()
    _donne(c, 1, "Le mien.")
    with pytest.raises(Conflit, match="reprenez-le d’abord"):
        actions.enregistrer(c.points[0], "texte", "Autre chose.", version_lue=1, acteur=c.membres[1])
    actions.enregistrer(c.points[0], "texte", "Le mien.", version_lue=0, acteur=c.membres[1])  # rejoué : sans effet
    assert Evaluation.objects.get().texte == "Le mien."


def test_la_fiche_montre_le_depot_ses_pieces_et_ma_lecture(sous):
    c = commission(points=0)
    c.points.append(PointFabrique(seance=c.seance, dossier=depose().dossier))
    reponse = sous(c.membres[1]).get(page(c))
    assert reponse.status_code == 200
    html = reponse.content.decode()
    assert "1 sur 1" in html
    assert "Lire le dossier ici" in html
    assert "L’avis que vous proposez" in html
    assert "Vous verrez les avis des autres membres après avoir rendu le vôtre" in html


def test_sans_script_on_enregistre_puis_on_rend_et_l_on_passe_au_suivant(sous):
    c = commission(points=2)
    client = sous(c.membres[1])
    champs = {
        "champ-avis_propose": "favorable",
        "version-avis_propose": "0",
        "champ-texte": "Bien.",
        "version-texte": "0",
    }
    reponse = client.post(page(c), {"geste": "enregistrer", **champs})
    assert reponse.status_code == 302
    evaluation = Evaluation.objects.get()
    assert (evaluation.avis_propose, evaluation.texte, evaluation.rendue_le) == ("favorable", "Bien.", None)
    champs |= {"version-avis_propose": "1", "version-texte": "1"}
    assert client.post(page(c), {"geste": "rendre", **champs}).url == page(c, 1)
    evaluation.refresh_from_db()
    assert evaluation.rendue_le is not None
    assert "Votre avis est rendu" in client.get(page(c)).content.decode()
    client.post(page(c), {"geste": "reprendre"})
    evaluation.refresh_from_db()
    assert evaluation.rendue_le is None


def test_l_enregistrement_automatique_dit_sa_version_et_n_ecrase_rien(sous):
    c = commission()
    entete = {"X-Esperluette": "saisie"}
    client = sous(c.membres[1])

    def envoyer(valeur, version):
        donnees = {"geste": "champ", "champ": "texte", "valeur": valeur, "version": version}
        return client.post(page(c), donnees, headers=entete)

    assert envoyer("Un", 0).json() == {"statut": "ok", "message": "", "version": 1, "point": None}
    assert envoyer("Un", 0).json()["version"] == 1  # rejoué : sans effet
    reponse = envoyer("Deux", 0)
    assert (reponse.status_code, reponse.json()["valeur"], reponse.json()["version"]) == (409, "Un", 1)
    assert Evaluation.objects.get().texte == "Un"
    assert envoyer("Deux", 1).json()["version"] == 2


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("avis_propose", "sublime", "Cet avis n’est pas de ceux que l’instance peut rendre."),
        ("inconnu", "x", "Cette question n’est pas dans la grille de la commission."),
        ("texte", "x" * 10_001, "Ce texte compte 10001 signes : la limite est de 10000. Raccourcissez-le."),
    ],
)
def test_une_saisie_impossible_dit_pourquoi(sous, champ, valeur, message):
    c = commission()
    donnees = {"geste": "champ", "champ": champ, "valeur": valeur, "version": "0"}
    reponse = sous(c.membres[1]).post(page(c), donnees, headers={"X-Esperluette": "saisie"})
    assert (reponse.status_code, reponse.json()["message"]) == (422, message)


def test_on_ne_rend_pas_un_avis_sans_dire_lequel(sous):
    c = commission()
    reponse = sous(c.membres[1]).post(page(c), {"geste": "rendre", "champ-texte": "Mon texte", "version-texte": "0"})
    assert reponse.status_code == 422
    html = reponse.content.decode()
    assert "Choisissez d’abord l’avis que vous proposez." in html
    assert "Mon texte" in html


# --- Voir l'avis des autres ------------------------------------------------------------------------------


def test_l_avis_des_autres_se_voit_apres_le_sien(sous):
    c = commission()
    _donne(c, 0, "Avis de la présidente.")
    client = sous(c.membres[1])
    assert "Avis de la présidente." not in client.get(page(c)).content.decode()
    _donne(c, 1, "Le mien.")
    assert "Avis de la présidente." in client.get(page(c)).content.decode()


def test_l_instance_peut_montrer_les_avis_tout_de_suite(sous):
    c = commission()
    _donne(c, 0, "Avis de la présidente.")
    choisir_la_lecture(c.seance.instance, apres_le_sien=False, acteur=c.secretaire)
    assert "Avis de la présidente." in sous(c.membres[1]).get(page(c)).content.decode()


def test_l_avis_d_un_deporte_disparait(sous):
    c = commission()
    _donne(c, 0, "Avis de la présidente.")
    _donne(c, 1, "Le mien.")
    se_deporter(c.points[0], acteur=c.presidente, motif="Parente d’un membre")
    assert "Avis de la présidente." not in sous(c.membres[1]).get(page(c)).content.decode()


def _donne(c, rang, texte):
    membre = c.membres[rang]
    actions.enregistrer(c.points[0], "texte", texte, version_lue=0, acteur=membre)
    actions.enregistrer(c.points[0], "avis_propose", "favorable", version_lue=0, acteur=membre)
    actions.rendre(c.points[0], acteur=membre)


def test_l_observateur_lit_sans_donner_d_avis(sous):
    c = commission(points=2)
    client = sous(c.observateur.compte)
    html = client.get(page(c)).content.decode()
    assert "Vous siégez en observateur : vous lisez les dossiers, sans donner d’avis." in html
    donnees = {"geste": "champ", "champ": "texte", "valeur": "Avis", "version": "0"}
    assert client.post(page(c), donnees, headers={"X-Esperluette": "saisie"}).status_code == 422
    assert client.post(page(c), donnees).status_code == 403
    assert client.post(page(c), {"geste": "passer"}).url == page(c, 1)
    assert "1 sur 2" in client.get(reverse("deliberations:seance", args=[c.seance.pk])).content.decode()


# --- Le déport -------------------------------------------------------------------------------------------


def test_se_deporter_fait_disparaitre_le_dossier(sous):
    c = commission(points=2)
    client, adresse = sous(c.membres[1]), reverse("deliberations:deport", args=[c.seance.pk, c.points[0].pk])
    assert "R. 133-12" in client.get(adresse).content.decode()
    assert client.post(adresse, {"motif": " "}).status_code == 422
    assert client.post(adresse, {"motif": "Je travaille avec eux."}).status_code == 302
    deport = Deport.objects.get()
    assert (deport.compte, deport.motif) == (c.membres[1], "Je travaille avec eux.")
    assert client.get(page(c)).status_code == 404
    assert client.post(page(c), {"geste": "passer"}).status_code == 404
    assert client.get(adresse).status_code == 404
    assert c.points[0].dossier.equipe.nom not in client.get(
        reverse("deliberations:seance", args=[c.seance.pk])
    ).content.decode().replace(c.points[1].dossier.equipe.nom, "")


# --- Qui n'entre pas --------------------------------------------------------------------------------------


def _ancien(c):
    MandatDeSiege.objects.filter(pk=c.mandats[1].pk).update(debut="2024-01-01", fin="2025-01-01")
    return c.membres[1]


def _non_convoque(c):
    Convocation.objects.filter(compte=c.membres[1]).delete()
    return c.membres[1]


def _autre_region():
    return Region.objects.create(code="93", nom="Provence", cle="provence-alpes-cote-d-azur")


def _agent_d_un_autre_departement(_c):
    autre = _autre_region()
    departement = Departement.objects.create(code="13", nom="Bouches-du-Rhône", region=autre)
    return FonctionFabrique(referent=True, region=autre, departement=departement).compte


def _inconnue(_c):
    return CompteFabrique()


def _membre_de_l_equipe(c):
    return c.points[0].dossier.equipe.porteur.compte


@pytest.mark.parametrize(
    "qui", [_ancien, _non_convoque, _agent_d_un_autre_departement, _inconnue, _membre_de_l_equipe]
)
@pytest.mark.parametrize("nom", ["seance", "lecture", "depot", "deport", "cockpit", "saisies", "etat", "clore"])
def test_ces_portes_restent_fermees(sous, qui, nom):
    c = commission(ouverte=True)
    compte = qui(c)
    args = [c.seance.pk] + ([c.points[0].pk] if nom in ("lecture", "depot", "deport") else [])
    client = sous(compte)
    adresse = reverse(f"deliberations:{nom}", args=args)
    reponse = client.post(adresse, {"geste": "rendre"}) if nom == "saisies" else client.get(adresse)
    assert reponse.status_code == 404


def test_un_membre_ne_mene_pas_la_seance(sous):
    c = commission(ouverte=True)
    for nom in ("cockpit", "etat", "clore"):
        assert sous(c.membres[1]).get(reverse(f"deliberations:{nom}", args=[c.seance.pk])).status_code == 403


def test_un_anonyme_est_renvoye_a_la_connexion(client):
    c = commission()
    assert client.get(page(c)).status_code == 302


def test_le_depot_et_ses_pieces_se_telechargent(sous):
    c = commission(points=0)
    c.points.append(PointFabrique(seance=c.seance, dossier=depose().dossier))
    client = sous(c.membres[1])
    reponse = client.get(reverse("deliberations:depot", args=[c.seance.pk, c.points[0].pk]))
    assert reponse.status_code in (200, 404)
    assert client.get(reverse("deliberations:piece", args=[c.seance.pk, c.points[0].pk, 999])).status_code == 404


def test_la_vignette_d_une_piece_suit_le_droit_de_la_lire(sous):
    c, equipe = commission(points=0), equipe_complete()
    dossier = brouillon(equipe, rempli=True)
    piece = joindre_piece(dossier, upload("s.pdf", pdf()), libelle="Statuts", acteur=equipe.porteur.compte)
    examiner(piece.fichier)
    redeposer(dossier)
    c.points.append(PointFabrique(seance=c.seance, dossier=dossier))
    adresse = reverse("deliberations:piece_vignette", args=[c.seance.pk, c.points[0].pk, piece.pk])
    client = sous(c.membres[1])
    assert servi(client.get(adresse)).startswith(b"\x89PNG")
    assert adresse in client.get(page(c)).content.decode()
    assert sous(CompteFabrique()).get(adresse).status_code == 404
    Fichier.objects.update(analyse=Analyse.INFECTE)
    assert client.get(adresse).status_code == 403
    assert adresse not in client.get(page(c)).content.decode()


def test_une_version_de_cinq_mille_chiffres_ne_casse_pas_la_page(sous):
    c = commission()
    adresse = reverse("deliberations:lecture", args=[c.seance.pk, c.points[0].pk])
    envoi = {"geste": "enregistrer", "champ-texte": "Bon projet.", "version-texte": "9" * 5000}
    assert sous(c.membres[1]).post(adresse, envoi).status_code in (302, 409, 422)
