"""La fiche d'un dossier, la liste, en ouvrir un, le retirer, télécharger."""

import re
import zipfile
from io import BytesIO

import pytest

from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import retirer
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import avancement_de
from esperluette.dossiers.lectures_fiche import action_principale, etapes_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.phrases import Avancement
from tests.dossiers.ecrans import HOSTILE, octets, requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import EquipeFabrique, commune

pytestmark = pytest.mark.django_db


# --- Ouvrir un dossier ----------------------------------------------------------------------------


def test_la_porteuse_ouvre_un_dossier_et_arrive_a_la_redaction(equipe, acteurs, porteuse):
    adresse = f"/dossiers/nouveau/{equipe.pk}/"
    assert "Commencer : Projet de santé" in texte(porteuse.get(adresse))
    reponse = porteuse.post(adresse, {"demarche": fabrique.DEMARCHE})
    dossier = Dossier.objects.get()
    assert reponse.url == url(dossier, "redaction")
    assert f"Reprendre le dossier {dossier.reference}" in texte(porteuse.get(adresse))


def test_un_double_clic_n_ouvre_qu_un_dossier(equipe, porteuse):
    for _ in range(2):
        porteuse.post(f"/dossiers/nouveau/{equipe.pk}/", {"demarche": fabrique.DEMARCHE})
    assert Dossier.objects.count() == 1


@pytest.mark.parametrize("demarche", ["", "inventee", "\x00", "é" * 5000])
def test_une_demarche_inconnue_est_refusee(demarche, equipe, porteuse):
    reponse = porteuse.post(f"/dossiers/nouveau/{equipe.pk}/", {"demarche": demarche})
    assert reponse.status_code == 422
    assert 'role="alert"' in texte(reponse)
    assert not Dossier.objects.exists()


def test_seule_la_porteuse_ouvre_un_dossier(equipe, acteurs):
    assert sous(acteurs["membre"]).get(f"/dossiers/nouveau/{equipe.pk}/").status_code == 403
    assert sous(acteurs["porteuse_ailleurs"]).get(f"/dossiers/nouveau/{equipe.pk}/").status_code == 404


def test_une_region_sans_edition_le_dit(db):
    equipe = EquipeFabrique(implantation=commune("76540"))
    assert "ne sont pas encore dans" in texte(sous(equipe.porteur.compte).get(f"/dossiers/nouveau/{equipe.pk}/"))


# --- La fiche -------------------------------------------------------------------------------------


def action(dossier: Dossier, compte: Compte):
    dossier = Dossier.objects.select_related("equipe").get(pk=dossier.pk)
    return action_principale(dossier, avancement_de(dossier), list(dossier.depots.all()), compte)


def test_au_brouillon_la_seule_chose_a_faire_est_de_rediger(dossier, acteurs, porteuse):
    contenu = texte(porteuse.get(url(dossier, "fiche")))
    assert "À vous : il manque" in contenu
    assert contenu.count('class="fr-btn"') == 1
    assert action(dossier, acteurs["porteuse"]).libelle == "Continuer la rédaction"
    assert action(dossier, acteurs["accompagnatrice"]).libelle == "Lire le projet"


def test_un_brouillon_complet_se_fige(equipe, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    assert action(dossier, acteurs["porteuse"]).libelle == "Relire et figer la version"
    assert action(dossier, acteurs["membre"]).libelle == "Relire le projet"


def test_une_version_figee_se_signe_puis_se_depose(equipe, acteurs):
    depot = fabrique.fige(equipe)
    assert action(depot.dossier, acteurs["membre"]).libelle == "Relire et signer"
    fabrique.signer(depot, acteur=acteurs["membre"], empreinte=depot.empreinte)
    assert action(depot.dossier, acteurs["membre"]).libelle == "Voir les signatures"
    fabrique.signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    assert action(depot.dossier, acteurs["porteuse"]).libelle == "Déposer le dossier"


def test_apres_le_depot_l_equipe_lit_l_accuse_et_le_delai(
    equipe, acteurs, porteuse, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        depot = fabrique.depose(equipe)
    contenu = texte(porteuse.get(url(depot.dossier, "fiche")))
    assert "Votre dossier est reçu" in contenu
    assert "Date à surveiller" in contenu
    assert "Accusé de réception" in contenu
    assert depot.empreinte_courte in contenu
    assert "a déposé le dossier" in contenu


def test_tant_que_l_accuse_se_prepare_la_fiche_le_dit_et_se_rafraichit(equipe, acteurs, porteuse):
    dossier = fabrique.depose(equipe).dossier
    Depot.objects.update(accuse=None)
    contenu = texte(porteuse.get(url(dossier, "fiche")))
    assert "L’accusé de réception se prépare" in contenu
    assert 'hx-trigger="every 3s"' in contenu
    fragment = texte(porteuse.get(url(dossier, "fiche") + "?accuse=1", headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert porteuse.get(url(dossier, "accuse", 1)).status_code == 404


def test_un_dossier_retire_dit_qu_il_est_clos(dossier, acteurs, porteuse):
    retirer(dossier, acteur=acteurs["porteuse"], motif="Nous changeons de territoire.")
    contenu = texte(porteuse.get(url(dossier, "fiche")))
    assert "Ce dossier est clos" in contenu
    assert "Nous changeons de territoire." in contenu
    assert "Retirer le dossier" not in contenu


@pytest.mark.parametrize("etat", [e.value for e in Etat])
@pytest.mark.parametrize("instance", [True, False])
@pytest.mark.parametrize("exige", [True, False])
def test_la_frise_a_au_plus_une_etape_en_cours_dans_chaque_etat(etat, instance, exige, dossier):
    dossier.etat = etat
    etapes = etapes_de(dossier, Avancement(exige_signatures=exige, attendues=2), instance=instance)
    en_cours = [e for e in etapes if e.position == "en_cours"]
    assert len(en_cours) == (0 if etat in Etat.CLOS else 1)
    rangs = ["faite", "en_cours", "a_venir"]
    assert [e.position for e in etapes] == sorted((e.position for e in etapes), key=rangs.index)
    assert all(e.mot for e in etapes)


@pytest.mark.parametrize("etat", [e.value for e in Etat if e.value not in ("brouillon", "a_signer")])
def test_la_fiche_s_ouvre_dans_chaque_etat(etat, dossier_depose, acteurs, porteuse):
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=etat)
    assert porteuse.get(url(dossier_depose, "fiche")).status_code == 200
    assert porteuse.get(url(dossier_depose, "signature")).status_code == 200


def test_la_fiche_ne_depend_ni_des_versions_ni_du_journal_ni_des_pieces(equipe, acteurs, porteuse):
    dossier = fabrique.fige(equipe).dossier
    adresse = url(dossier, "fiche")
    une = requetes(porteuse, adresse)
    for _ in range(2):
        franchir(dossier, "rouvrir", acteur=acteurs["porteuse"])
        Depot.objects.filter(annule_le=None).update(annule_le="2026-01-01T00:00:00Z")
        fabrique.figer(Dossier.objects.get(), acteur=acteurs["porteuse"])
    assert Depot.objects.count() == 3
    assert requetes(porteuse, adresse) == une


# --- La liste -------------------------------------------------------------------------------------


def test_la_liste_montre_mes_dossiers_et_pas_ceux_des_autres(dossier, acteurs, porteuse):
    autre = fabrique.brouillon(acteurs["porteuse_ailleurs"].appartenances.get().equipe)
    contenu = texte(porteuse.get("/dossiers/"))
    assert dossier.reference in contenu
    assert autre.reference not in contenu


def test_la_liste_vide_propose_le_premier_geste(acteurs):
    assert "Voir mes équipes" in texte(sous(acteurs["inconnue"]).get("/dossiers/"))


def test_la_liste_ne_depend_pas_du_nombre_de_dossiers(equipe, acteurs, porteuse):
    fabrique.brouillon(equipe)
    un = requetes(porteuse, "/dossiers/")
    for _ in range(2):
        fabrique.brouillon(EquipeFabrique(association=True, cree_par=acteurs["porteuse"]))
    assert requetes(porteuse, "/dossiers/") == un


# --- Retirer --------------------------------------------------------------------------------------


def test_retirer_se_confirme_et_garde_tout(dossier, porteuse):
    adresse = url(dossier, "retirer")
    assert "Retirer ce dossier" in texte(porteuse.get(adresse))
    assert Dossier.objects.get().etat == Etat.BROUILLON
    reponse = porteuse.post(adresse, {"motif": HOSTILE}, follow=True)
    assert Dossier.objects.get().etat == Etat.RETIRE
    assert "<script>alert" not in texte(reponse)
    assert porteuse.post(adresse, {"motif": ""}, follow=True).status_code == 200


def test_aucun_signe_ne_commence_une_ligne_sur_une_page_de_confirmation(dossier, porteuse):
    page = porteuse.get(url(dossier, "retirer")).content.decode()
    dits = [re.search(r"<h1[^>]*>(.*?)</h1>", page)[1], re.search(r'<ul class="fr-mb-3w">(.*?)</ul>', page, re.S)[1]]
    assert "\u00a0;" in dits[1]
    assert not [dit for dit in dits if re.search(r" [;:?!»]|« ", dit)]


def test_un_motif_trop_long_revient_avec_son_erreur(dossier, porteuse):
    reponse = porteuse.post(url(dossier, "retirer"), {"motif": "x" * 2001})
    assert reponse.status_code == 422
    assert "2000 caractères au plus" in texte(reponse)
    assert Dossier.objects.get().etat == Etat.BROUILLON


@pytest.mark.parametrize("qui", ["membre", "accompagnatrice"])
def test_seule_la_porteuse_retire(qui, dossier, acteurs):
    client = sous(acteurs[qui])
    assert client.get(url(dossier, "retirer")).status_code == 403
    assert client.post(url(dossier, "retirer")).status_code == 403
    assert "Retirer le dossier" not in texte(client.get(url(dossier, "fiche")))


# --- Télécharger ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("format", "debut"), [("pdf", b"%PDF"), ("docx", b"PK"), ("odt", b"PK")])
def test_le_brouillon_se_telecharge_dans_les_trois_formats(format, debut, dossier, porteuse):
    reponse = porteuse.get(url(dossier, "document", format))
    assert reponse.content.startswith(debut)
    assert reponse["Content-Disposition"] == f'attachment; filename="{dossier.reference}-brouillon.{format}"'
    assert reponse["X-Content-Type-Options"] == "nosniff"
    if debut == b"PK":
        assert zipfile.ZipFile(BytesIO(reponse.content)).testzip() is None


@pytest.mark.parametrize("format", ["html", "exe", "PDF"])
def test_un_format_inconnu_rend_404(format, dossier, porteuse):
    assert porteuse.get(url(dossier, "document", format)).status_code == 404


def test_une_version_deposee_se_relit_et_se_telecharge(equipe, acteurs, porteuse, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        dossier = fabrique.depose(equipe).dossier
    contenu = texte(porteuse.get(url(dossier, "version", 1)))
    assert Depot.objects.get().empreinte in contenu
    assert contenu.count("a signé") == 2
    for nom, suite in (("version_document", (1, "pdf")), ("accuse", (1,))):
        reponse = porteuse.get(url(dossier, nom, *suite))
        assert octets(reponse).startswith(b"%PDF")
    assert porteuse.get(url(dossier, "version_document", 1, "odt")).content.startswith(b"PK")
    for nom, suite in (
        ("version", (2,)),
        ("version_document", (2, "pdf")),
        ("version_document", (1, "exe")),
        ("accuse", (2,)),
    ):
        assert porteuse.get(url(dossier, nom, *suite)).status_code == 404
