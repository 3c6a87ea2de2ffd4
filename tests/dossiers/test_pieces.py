"""Les pièces dans le temps : remplacées sans rien perdre, datées, signalées, retenues par l'antivirus."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.actions.depot import deposer, figer
from esperluette.dossiers.actions.pieces import dater_piece, garder_la_piece, remplacer_piece
from esperluette.dossiers.actions.redaction import joindre_piece, retirer_piece
from esperluette.dossiers.cycle import GardeFermee
from esperluette.dossiers.lectures import ce_qui_manque
from esperluette.dossiers.lectures_pieces import pieces_deposees, pieces_en_place
from esperluette.dossiers.models import PieceJointe
from esperluette.dossiers.peremptions import alerter_des_peremptions
from esperluette.fichiers import taches
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.enums import Rythme
from esperluette.notifications.models import Courriel, Preference
from tests.dossiers import essai
from tests.dossiers.ecrans import HOSTILE, octets, requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques import fichiers as f
from tests.fabriques.complements import demande, redeposer, repondre_a_tout
from tests.fichiers.faux_clamd import EICAR, faux_clamd
from tests.fichiers.test_vigilance import JUSTE

pytestmark = pytest.mark.django_db


def pdf(rang=0):
    """Un PDF valable, différent pour chaque rang."""
    return f.pdf() + b"%" * (rang + 1)


def joindre(dossier, acteur, rang=0, **champs):
    champs = {"libelle": "Statuts", **champs}
    return joindre_piece(dossier, f.upload(f"statuts-{rang}.pdf", pdf(rang)), acteur=acteur, **champs)


def remplacer(piece, acteur, rang, **champs):
    return remplacer_piece(piece, f.upload(f"statuts-{rang}.pdf", pdf(rang)), acteur=acteur, **champs)


def actes(dossier):
    return [e.sorte for e in evenements_de(dossier)]


def courriels():
    """Ce qui est parti au sujet des pièces."""
    return Courriel.objects.filter(gabarit__regex="quarantaine|perimee").exclude(etat="non_voulu")


@pytest.fixture
def porteuse(acteurs):
    return acteurs["porteuse"]


@pytest.fixture
def piece(dossier, porteuse):
    return joindre(dossier, porteuse)


@pytest.fixture
def clamd(settings):
    with faux_clamd() as serveur:
        settings.CLAMD, settings.CLAMD_DELAI = serveur.adresse, 5
        yield serveur


# --- Remplacer ------------------------------------------------------------------------------------


def test_remplacer_garde_l_ancienne_et_dit_qui_et_quand(dossier, piece, porteuse, acteurs):
    neuve = remplacer(piece, acteurs["membre"], 1)
    piece.refresh_from_db()
    assert piece.retiree_le is not None
    assert (neuve.remplace, neuve.libelle, neuve.jointe_par) == (piece, "Statuts", acteurs["membre"])
    (lue,) = pieces_en_place(dossier, porteuse)
    assert (lue.piece, lue.anciennes) == (neuve, (piece,))
    assert "piece_remplacee" in actes(dossier)


def test_trois_versions_se_suivent_de_la_plus_recente_a_la_premiere(dossier, piece, porteuse):
    autre = joindre(dossier, porteuse, 9, libelle="Carte")
    deux = remplacer(piece, porteuse, 1, libelle="Statuts signés")
    trois = remplacer(deux, porteuse, 2)
    lues = pieces_en_place(dossier, porteuse)
    assert [lue.piece for lue in lues] == [trois, autre], "une pièce remplacée garde sa place"
    assert lues[0].anciennes == (deux, piece)
    assert trois.libelle == "Statuts signés"


def test_un_double_clic_ne_fait_qu_une_version(piece, porteuse):
    assert remplacer(piece, porteuse, 1) == remplacer(piece, porteuse, 1)
    assert PieceJointe.objects.count() == 2
    assert Fichier.objects.count() == 2


def test_dans_deux_onglets_le_second_apprend_qui_l_a_devance_et_rien_n_est_perdu(piece, porteuse, acteurs):
    remplacer(piece, acteurs["membre"], 1)
    with pytest.raises(Conflit, match="remplacée entre-temps par"):
        remplacer(piece, porteuse, 2)
    assert Fichier.objects.count() == 2


def test_une_piece_retiree_entre_temps_ne_se_remplace_plus(piece, porteuse):
    retirer_piece(piece, acteur=porteuse)
    with pytest.raises(Conflit, match="retirée entre-temps"):
        remplacer(piece, porteuse, 1)


def test_le_meme_fichier_ou_un_fichier_refuse_ne_change_rien(piece, porteuse):
    with pytest.raises(FichierRefuse, match="rien n’a changé"):
        remplacer(piece, porteuse, 0)
    with pytest.raises(FichierRefuse, match="programme"):
        remplacer_piece(piece, f.upload("a.pdf", f.PROGRAMME), acteur=porteuse)
    piece.refresh_from_db()
    assert piece.retiree_le is None


def test_qui_n_ecrit_pas_ne_remplace_ni_ne_date_ni_ne_garde(piece, acteurs):
    for faire in (
        lambda c: remplacer(piece, c, 1),
        lambda c: dater_piece(piece, date(2030, 1, 1), acteur=c),
        lambda c: garder_la_piece(piece, acteur=c),
    ):
        for qui in ("accompagnatrice", "referente", "inconnue"):
            with pytest.raises(Refus):
                faire(acteurs[qui])


def test_joindre_deux_fois_le_meme_fichier_n_en_garde_qu_un(dossier, piece, porteuse):
    assert joindre(dossier, porteuse) == piece
    assert Fichier.objects.count() == 1


# --- À l'écran ------------------------------------------------------------------------------------


def test_l_ecran_remplace_et_montre_les_versions(dossier, piece, porteuse):
    client = sous(porteuse)
    formulaire = texte(client.get(url(dossier, "piece_remplacer", piece.pk)))
    assert "Remplacer « Statuts »" in formulaire
    assert "statuts-0.pdf" in formulaire
    reponse = client.post(
        url(dossier, "piece_remplacer", piece.pk),
        {"fichier": f.upload("statuts-1.pdf", pdf(1)), "valable_jusqu_au": "2031-01-31"}, follow=True,
    )  # fmt: skip
    page = texte(reponse)
    assert "1 version précédente" in page
    assert "statuts-0.pdf" in page
    assert "Valable jusqu’au 31 janvier 2031" in page
    assert octets(client.get(url(dossier, "piece", piece.pk))) == pdf(0)


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({}, "Choisissez le fichier"),
        ({"fichier": ("a.exe", f.PROGRAMME)}, "programme"),
        ({"fichier": ("statuts-0.pdf", pdf(0))}, "rien n’a changé"),
        ({"fichier": ("b.pdf", pdf(3)), "valable_jusqu_au": "2031-02-30"}, "Cette date n’existe pas"),
        ({"fichier": ("b.pdf", pdf(3)), "valable_jusqu_au": "9999-01-01"}, "faute de frappe"),
        ({"fichier": ("b.pdf", pdf(3)), "libelle": "x" * 201}, "au plus 200"),
        ({"fichier": ("b.pdf", pdf(3)), "libelle": "a\x00b"}, "nul"),
    ],
)
def test_un_envoi_fautif_se_dit_a_cote_du_champ(envoi, phrase, dossier, piece, porteuse):
    envoi = {nom: f.upload(*v) if isinstance(v, tuple) else v for nom, v in envoi.items()}
    reponse = sous(porteuse).post(url(dossier, "piece_remplacer", piece.pk), envoi)
    assert reponse.status_code == 422
    assert phrase in texte(reponse)
    assert PieceJointe.objects.count() == 1


def test_un_second_onglet_revient_aux_pieces_avec_l_explication(dossier, piece, porteuse, acteurs):
    remplacer(piece, acteurs["membre"], 1)
    client = sous(porteuse)
    for reponse in (
        client.get(url(dossier, "piece_remplacer", piece.pk), follow=True),
        client.post(url(dossier, "piece_remplacer", piece.pk), {"fichier": f.upload("x.pdf", pdf(5))}, follow=True),
    ):
        assert reponse.status_code == 200
        assert "n’est plus la version en place" in texte(reponse) or "remplacée entre-temps" in texte(reponse)


def test_un_intitule_hostile_reste_du_texte(dossier, porteuse):
    joindre(dossier, porteuse, libelle=HOSTILE, valable_jusqu_au=date(2020, 1, 1))
    client = sous(porteuse)
    for nom in ("pieces", "signature", "fiche"):
        assert "<script>alert" not in texte(client.get(url(dossier, nom)))
    piece = PieceJointe.objects.get()
    for nom in ("piece_remplacer", "piece_validite"):
        assert "<script>alert" not in texte(client.get(url(dossier, nom, piece.pk)))


def test_une_piece_d_un_autre_dossier_n_existe_pas_ici(dossier, porteuse):
    ailleurs = fabrique.brouillon()
    autre = joindre(ailleurs, ailleurs.equipe.porteur.compte)
    client = sous(porteuse)
    for nom in ("piece_remplacer", "piece_validite", "piece_vignette", "piece"):
        assert client.get(url(dossier, nom, autre.pk)).status_code == 404
    assert client.post(url(dossier, "piece_garder", autre.pk)).status_code == 404


def test_un_accompagnateur_voit_la_vignette_et_ne_remplace_pas(dossier, piece, acteurs):
    taches.examiner.call(piece.fichier_id)
    client = sous(acteurs["accompagnatrice"])
    assert client.get(url(dossier, "piece_remplacer", piece.pk)).status_code == 403
    vignette = client.get(url(dossier, "piece_vignette", piece.pk))
    assert octets(vignette).startswith(b"\x89PNG")
    assert vignette["Cache-Control"].startswith("private")
    assert 'alt="Première page de « Statuts »"' in texte(client.get(url(dossier, "pieces")))


def test_la_page_coute_autant_a_une_piece_qu_a_trois_avec_leurs_versions(dossier, porteuse):
    client = sous(porteuse)
    remplacer(joindre(dossier, porteuse), porteuse, 1)
    une = {nom: requetes(client, url(dossier, nom)) for nom in ("pieces", "fiche", "signature", "manques")}
    for rang in (10, 20):
        remplacer(remplacer(joindre(dossier, porteuse, rang), porteuse, rang + 1), porteuse, rang + 2)
    assert {nom: requetes(client, url(dossier, nom)) for nom in une} == une


# --- D'un dépôt à l'autre -------------------------------------------------------------------------


def test_l_agent_voit_ce_qui_est_neuf_remplace_ou_parti_depuis_le_depot_precedent(acteurs, equipe, porteuse):
    dossier = fabrique.brouillon(equipe, rempli=True)
    gardee, changee, partie = (joindre(dossier, porteuse, r, libelle=n) for r, n in enumerate(("Un", "Deux", "Trois")))
    avant = redeposer(dossier)
    demande_faite = demande(dossier, acteurs["referente"], generale=("@pieces",))
    dossier.refresh_from_db()
    repondre_a_tout(demande_faite, porteuse)
    intermediaire = remplacer(changee, porteuse, 10)
    remplacee = remplacer(intermediaire, porteuse, 11)
    retirer_piece(partie, acteur=porteuse)
    neuve = joindre(dossier, porteuse, 12, libelle="Quatre")
    apres = redeposer(dossier)
    lues, retirees = pieces_deposees(apres, acteurs["referente"], precedent=avant)
    assert {lue.piece: lue.etat for lue in lues} == {gardee: "", remplacee: "remplacee", neuve: "nouvelle"}
    assert next(lue.avant["nom"] for lue in lues if lue.piece == remplacee) == "statuts-1.pdf"
    assert [p["libelle"] for p in retirees] == ["Trois"]
    page = texte(sous(acteurs["referente"]).get(f"/instruction/{dossier.reference}/"))
    assert "Remplacée" in page
    assert "Le dépôt précédent portait « statuts-1.pdf »" in page
    assert "Ne font plus partie du dossier" in page
    client = sous(acteurs["referente"])
    assert client.get(f"/instruction/{dossier.reference}/pieces/{intermediaire.pk}/").status_code == 404
    assert client.get(f"/instruction/{dossier.reference}/pieces/{changee.pk}/").status_code == 200


# --- Validité -------------------------------------------------------------------------------------


def dans(jours):
    return timezone.localdate() + timedelta(days=jours)


def test_la_duree_vient_d_un_texte_sinon_de_la_personne(equipe_d_essai):
    dossier, moi = essai.ouvrir(equipe_d_essai, essai.DEMANDE), essai.porteuse(equipe_d_essai)
    rib = joindre(dossier, moi, 1, nature="rib")
    assert rib.valable_jusqu_au > dans(80)
    assert joindre(dossier, moi, 2, nature="rib", valable_jusqu_au=dans(5)).valable_jusqu_au == dans(5)
    assert joindre(dossier, moi, 3, nature="statuts").valable_jusqu_au is None, "un texte sans durée n'en invente pas"
    assert joindre(dossier, moi, 4).valable_jusqu_au is None
    assert "À chaque modification." in texte(sous(moi).get(url(dossier, "pieces")))


def test_dater_se_corrige_se_retire_et_ne_se_consigne_qu_une_fois(dossier, piece, porteuse):
    client = sous(porteuse)
    adresse = url(dossier, "piece_validite", piece.pk)
    assert client.post(adresse, {"valable_jusqu_au": "2020-02-03"}, follow=True).status_code == 200
    client.post(adresse, {"valable_jusqu_au": "2020-02-03"})
    assert "n’est plus valable depuis le 3 février 2020" in texte(client.get(url(dossier, "pieces")))
    assert 'value="2020-02-03"' in texte(client.get(adresse))
    assert actes(dossier).count("piece_datee") == 1
    client.post(adresse, {"valable_jusqu_au": ""})
    piece.refresh_from_db()
    assert piece.valable_jusqu_au is None
    assert client.post(adresse, {"valable_jusqu_au": "demain"}).status_code == 422


def test_le_dernier_jour_une_piece_vaut_encore(dossier, piece, porteuse):
    piece.valable_jusqu_au = dans(0)
    assert not piece.est_perimee(dans(0))
    assert piece.est_perimee(dans(1))


def test_l_equipe_est_prevenue_une_fois_par_palier(dossier, piece, porteuse, django_capture_on_commit_callbacks):
    dater_piece(piece, dans(20), acteur=porteuse)
    with django_capture_on_commit_callbacks(execute=True):
        assert alerter_des_peremptions() == 1
        assert alerter_des_peremptions() == 0
    assert set(courriels().values_list("destinataire", flat=True)) == set(
        dossier.equipe.membres.confirmes().values_list("compte__courriel", flat=True)
    )
    lettre = courriels().first().texte
    assert "dans 20 jours" in lettre
    assert "statuts" not in lettre.lower(), "ni le nom ni l'intitulé ne partent"
    PieceJointe.objects.update(valable_jusqu_au=dans(6))
    assert alerter_des_peremptions() == 1, "le palier suivant"
    dater_piece(piece, dans(25), acteur=porteuse)
    assert alerter_des_peremptions() == 1, "une autre date repart de zéro"


@pytest.mark.parametrize("jours", [-1, 31, 400])
def test_hors_des_paliers_personne_n_est_prevenu(jours, piece, porteuse):
    dater_piece(piece, dans(jours), acteur=porteuse)
    assert alerter_des_peremptions() == 0


def test_une_piece_remplacee_ou_un_dossier_clos_ne_previennent_plus(dossier, piece, porteuse):
    dater_piece(piece, dans(5), acteur=porteuse)
    neuve = remplacer(piece, porteuse, 1, valable_jusqu_au=dans(5))
    type(dossier).objects.update(etat="retire")
    assert alerter_des_peremptions() == 0
    assert neuve.rappel is None


def test_les_preferences_sont_respectees(dossier, piece, porteuse, acteurs):
    Preference.objects.create(compte=acteurs["membre"], sorte="pieces", rythme=Rythme.JAMAIS)
    dater_piece(piece, dans(5), acteur=porteuse)
    alerter_des_peremptions()
    etats = dict(Courriel.objects.filter(gabarit="dossiers/piece_bientot_perimee").values_list("destinataire", "etat"))
    assert etats[acteurs["membre"].courriel] == "non_voulu"
    assert etats[porteuse.courriel] != "non_voulu"


def test_deposer_une_piece_perimee_avertit_sans_interdire_et_l_agent_le_sait(equipe, acteurs, porteuse):
    dossier = fabrique.brouillon(equipe, rempli=True)
    joindre(dossier, porteuse, valable_jusqu_au=dans(-3))
    client = sous(porteuse)
    assert "Des pièces à revoir" in texte(client.get(url(dossier, "signature")))
    assert "Des pièces à revoir" in texte(client.get(url(dossier, "fiche")))
    depot = redeposer(dossier)
    assert depot.contenu["pieces"][0]["valable_jusqu_au"] == dans(-3).isoformat()
    page = texte(sous(acteurs["referente"]).get(f"/instruction/{dossier.reference}/"))
    assert "Pièce périmée" in page
    assert "Périmée" in page


# --- L'avertissement ------------------------------------------------------------------------------


def test_un_avertissement_se_lit_se_confirme_et_se_journalise_sans_le_contenu(dossier, porteuse):
    piece = joindre_piece(dossier, f.upload("a.pdf", f.pdf_texte(f"No {JUSTE}")), libelle="Liste", acteur=porteuse)
    taches.examiner.call(piece.fichier_id)
    client = sous(porteuse)
    page = texte(client.get(url(dossier, "pieces")))
    assert "Ce fichier semble contenir un numéro de sécurité sociale" in page
    assert JUSTE not in page
    assert "à revoir" in texte(client.get(url(dossier, "signature")))
    client.post(url(dossier, "piece_garder", piece.pk))
    client.post(url(dossier, "piece_garder", piece.pk))
    assert "semble contenir" not in texte(client.get(url(dossier, "pieces")))
    evenements = {e.sorte: e.donnees for e in evenements_de(dossier)}
    assert evenements["piece_avertie"] == evenements["piece_verifiee"] == {"piece": piece.pk, "sortes": ["nir"]}
    assert actes(dossier).count("piece_verifiee") == 1
    assert JUSTE not in str(evenements)


def test_un_avertissement_n_interdit_pas_de_deposer(equipe, porteuse):
    dossier = fabrique.brouillon(equipe, rempli=True)
    piece = joindre_piece(dossier, f.upload("née le 12-03-1950.pdf", pdf()), libelle="x", acteur=porteuse)
    assert piece.fichier.avertissement_a_lire
    assert redeposer(dossier).depose_le


# --- L'antivirus ----------------------------------------------------------------------------------


def test_une_piece_en_attente_ne_part_pas_et_ne_se_lit_que_de_qui_l_a_jointe(equipe, acteurs, porteuse, clamd):
    dossier = fabrique.brouillon(equipe, rempli=True)
    piece = joindre(dossier, porteuse)
    assert [m.message for m in ce_qui_manque(dossier)] == ["Elle attend l’antivirus : revenez dans quelques minutes."]
    with pytest.raises(GardeFermee):
        figer(dossier, acteur=porteuse)
    assert octets(sous(porteuse).get(url(dossier, "piece", piece.pk))) == pdf()
    refus = sous(acteurs["membre"]).get(url(dossier, "piece", piece.pk))
    assert refus.status_code == 403
    assert "antivirus" in texte(refus)
    assert "Rechargez cette page" in texte(sous(acteurs["membre"]).get(url(dossier, "pieces")))
    taches.examiner.call(piece.fichier_id)
    assert octets(sous(acteurs["membre"]).get(url(dossier, "piece", piece.pk))) == pdf()
    assert redeposer(dossier).depose_le


def test_une_piece_en_quarantaine_ne_part_pas_personne_ne_la_lit_et_qui_l_a_jointe_le_sait(
    equipe, acteurs, porteuse, clamd, django_capture_on_commit_callbacks
):
    dossier = fabrique.brouillon(equipe, rempli=True)
    with django_capture_on_commit_callbacks(execute=True):
        piece = joindre_piece(dossier, f.upload("a.pdf", pdf() + EICAR), libelle="Plan", acteur=acteurs["membre"])
    assert Fichier.objects.get().analyse == Analyse.INFECTE
    (courriel,) = courriels()
    assert courriel.destinataire == acteurs["membre"].courriel
    assert "Plan" not in courriel.texte
    assert "a.pdf" not in courriel.texte
    assert f"/dossiers/{dossier.reference}/pieces/" in courriel.texte
    for qui in ("membre", "porteuse"):
        client = sous(acteurs[qui])
        assert client.get(url(dossier, "piece", piece.pk)).status_code == 403
        assert "En quarantaine" in texte(client.get(url(dossier, "pieces")))
        assert "Une pièce est en quarantaine" in texte(client.get(url(dossier, "fiche")))
    with pytest.raises(GardeFermee):
        figer(dossier, acteur=porteuse)
    assert "piece_en_quarantaine" in actes(dossier)
    remplacer(piece, porteuse, 4)
    taches.examiner.call(Fichier.objects.latest("pk").pk)
    assert redeposer(dossier).depose_le


def test_un_danger_trouve_apres_coup_arrete_un_depot_deja_signe_et_previent_l_agent_d_un_depot_fait(
    equipe, acteurs, porteuse, settings, django_capture_on_commit_callbacks
):
    dossier = fabrique.brouillon(equipe, rempli=True)
    joindre_piece(dossier, f.upload("a.pdf", pdf() + EICAR), libelle="Plan", acteur=porteuse)
    depot = redeposer(dossier)
    with faux_clamd() as clamd, django_capture_on_commit_callbacks(execute=True):
        settings.CLAMD = clamd.adresse
        Fichier.objects.update(analyse=Analyse.EN_ATTENTE)
        taches.examiner.call(Fichier.objects.get().pk)
    assert set(courriels().values_list("destinataire", flat=True)) == {
        porteuse.courriel,
        acteurs["referente"].courriel,
    }
    agent = sous(acteurs["referente"])
    page = texte(agent.get(f"/instruction/{dossier.reference}/"))
    assert "Pièce en quarantaine" in page
    piece = depot.contenu["pieces"][0]["piece"]
    assert agent.get(f"/instruction/{dossier.reference}/pieces/{piece}/").status_code == 403
    assert agent.get(f"/instruction/{dossier.reference}/pieces/{piece}/vignette.png").status_code == 403


def test_deposer_apres_signature_refuse_une_piece_jugee_dangereuse_entre_temps(equipe, porteuse):
    dossier = fabrique.brouillon(equipe, rempli=True)
    joindre(dossier, porteuse)
    fabrique.signe_ce(dossier)
    Fichier.objects.update(analyse=Analyse.INFECTE)
    dossier.refresh_from_db()
    with pytest.raises(ErreurMetier, match="ne peut pas partir"):
        deposer(dossier, acteur=porteuse)
