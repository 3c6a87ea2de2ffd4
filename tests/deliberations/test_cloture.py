"""La clôture : tout ou rien, une échéance comptée de la séance, l'équipe prévenue, un procès-verbal fidèle."""

import datetime
import html
import io
import re
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.cloture import PointsSansIssue, clore, corriger, reponse_attendue_le, valider
from esperluette.deliberations.actions.deports import deporter_en_seance
from esperluette.deliberations.actions.seance import donner_mandat
from esperluette.deliberations.models import EtapeDeReserve, ProcesVerbal, Reserve
from esperluette.deliberations.taches import garder_le_proces_verbal
from esperluette.documents.lectures import est_intact
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.notifications.models import Courriel
from tests.documents.outils import texte_pdf
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


def tenue(**voulu):
    """Une séance de trois points : favorable, réserves, ajourné ; un déport, un mandat, des voix."""
    c = commission(points=3, ouverte=True, **voulu)
    c.arrivent(0, 1)
    m = c.mandats[2]
    donner_mandat(c.seance, m.siege, c.sieges[0], mandant=m.compte, acteur=c.secretaire)
    deporter_en_seance(c.points[1], c.membres[1], acteur=c.secretaire, motif="Secret de famille")
    c.propose("favorable", 0)
    for rang, sens in ((0, "pour"), (1, "contre"), (2, "pour")):
        sur_le_point.saisir_voix(c.points[0], c.sieges[rang], sens, version_lue=0, acteur=c.secretaire)
    sur_le_point.noter_desaccord(c.points[0], c.sieges[1], "Zone mal choisie.", demande=True, acteur=c.secretaire)
    sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)
    c.rend("favorable-avec-reserves", 1, reserves=("Préciser le territoire d’intervention.",))
    sur_le_point.ajourner(c.points[2], motif="Statuts absents.", acteur=c.secretaire)
    return c


def close(**voulu):
    c = tenue(**voulu)
    return c, clore(c.seance, acteur=c.secretaire)


def test_un_point_sans_issue_empeche_de_clore(sous):
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable", 0)
    with pytest.raises(PointsSansIssue, match="1 point n’a pas d’issue"):
        clore(c.seance, acteur=c.secretaire)
    page = sous(c.secretaire).get(reverse("deliberations:clore", args=[c.seance.pk])).content.decode()
    assert "1 point sans issue" in page
    assert sous(c.secretaire).post(reverse("deliberations:clore", args=[c.seance.pk])).status_code == 422
    c.seance.refresh_from_db()
    assert c.seance.etat == EtatDeSeance.OUVERTE


def test_clore_fait_avancer_chaque_dossier():
    c, pv = close()
    for point in c.points:
        point.refresh_from_db()
    assert [p.issue for p in c.points] == [Issue.AVIS_RENDU, Issue.AVIS_RENDU, Issue.AJOURNE]
    assert [p.dossier.etat for p in c.points] == [Etat.AVIS_RENDU, Etat.AVIS_RENDU, Etat.EN_INSTRUCTION]
    assert c.points[2].dossier.motif == "Statuts absents."
    reserve = Reserve.objects.get()
    assert reserve.definitive_le is not None
    assert EtapeDeReserve.objects.get().geste == "posee"
    assert pv.extraits.count() == 3


def test_clore_deux_fois_ne_fait_rien_de_plus():
    c, pv = close()
    assert clore(c.seance, acteur=c.secretaire) == pv
    assert ProcesVerbal.objects.count() == 1
    assert EtapeDeReserve.objects.count() == 1


def test_la_presidente_clot_par_son_seul_mandat():
    c = tenue()
    clore(c.seance, acteur=c.presidente)
    c.points[0].dossier.refresh_from_db()
    assert c.points[0].dossier.etat == Etat.AVIS_RENDU


def test_un_membre_ne_clot_pas():
    c = tenue()
    with pytest.raises(Refus):
        clore(c.seance, acteur=c.membres[1])


def test_un_dossier_retire_par_l_equipe_quitte_la_seance():
    c = tenue()
    dossier = c.points[0].dossier
    franchir(dossier, "retirer", acteur=dossier.equipe.porteur.compte)
    pv = clore(c.seance, acteur=c.secretaire)
    assert [p["issue"] for p in pv.contenu["points"]] == ["avis", "ajournement", "retire"]
    assert pv.extraits.count() == 2


def test_faute_de_quorum_les_points_attendent_la_seconde_convocation(sous):
    c = commission(points=2, ouverte=True)
    c.arrivent(0)
    page = sous(c.secretaire).get(reverse("deliberations:clore", args=[c.seance.pk])).content.decode()
    assert "reporter 2 points" in page
    pv = clore(c.seance, acteur=c.secretaire, reporter=True)
    assert [p["libelle"] for p in pv.contenu["points"]] == ["Reporté, faute de quorum"] * 2
    c.points[0].refresh_from_db()
    assert (c.points[0].issue, c.points[0].dossier.etat) == (Issue.A_EXAMINER, Etat.INSCRIT)


def test_on_ne_reporte_pas_quand_le_quorum_est_la():
    c = commission(ouverte=True)
    c.arrivent(0, 1)
    with pytest.raises(ErreurMetier, match="Le quorum est atteint"):
        clore(c.seance, acteur=c.secretaire, reporter=True)


def test_la_seconde_convocation_rend_un_avis_sans_quorum():
    premiere = commission(points=1)
    c = commission(points=1, ouverte=True, seconde_de=premiere.seance)
    c.arrivent(0)
    assert "aucun quorum n’est exigé" in c.rend("favorable").quorum["phrase"]


def test_l_equipe_apprend_que_la_commission_l_a_examinee_pas_le_sens():
    c = tenue()
    dossier = c.points[1].dossier
    assert not Courriel.objects.filter(gabarit__startswith="deliberations/").exists()
    clore(c.seance, acteur=c.secretaire)
    recus = Courriel.objects.filter(gabarit="deliberations/avis_connu", lie_id=str(dossier.pk))
    assert recus.count() == dossier.equipe.membres.confirmes().count() > 0
    texte = recus[0].objet + recus[0].texte
    assert "favorable" not in texte.lower()
    assert "Préciser" not in texte
    assert "Ce n’est pas la décision" in texte
    assert Courriel.objects.filter(gabarit="deliberations/pv_a_valider", compte=c.presidente).exists()


def test_en_paca_la_reponse_est_attendue_un_mois_apres_la_seance():
    c, _ = close()
    dossier, seance = c.points[0].dossier, c.seance
    assert reponse_attendue_le(dossier, seance) is None  # la Bretagne ne compte rien de la séance
    dossier.region, dossier.edition, dossier.demarche = "provence-alpes-cote-d-azur", "2022-02", "lettre-intention"
    seance.date = datetime.date(2026, 1, 31)
    assert reponse_attendue_le(dossier, seance) == datetime.date(2026, 2, 28)


def test_la_cloture_pose_l_echeance_de_reponse():
    c = commission(points=1, ouverte=True, departementale=True)
    dossier = c.points[0].dossier
    type(dossier).objects.filter(pk=dossier.pk).update(
        region="provence-alpes-cote-d-azur", edition="2022-02", demarche="lettre-intention"
    )
    c.arrivent(0, 1)
    c.rend("favorable")
    clore(c.seance, acteur=c.secretaire)
    dossier.refresh_from_db()
    assert dossier.echeance_nature == NatureEcheance.REPONSE
    assert 28 <= (dossier.echeance - c.seance.date).days <= 31


# --- Le procès-verbal ------------------------------------------------------------------------------------


def test_le_proces_verbal_dit_ce_que_la_regle_demande():
    c, pv = close()
    contenu = pv.contenu
    assert [(p["nom"], p["siege"], p["qualite"]) for p in contenu["presents"]] == [
        (str(m.compte), str(m.siege), "titulaire") for m in c.mandats[:2]
    ]
    assert len(contenu["absents"]) == 3
    assert contenu["mandats"] == [
        {"mandant": str(c.membres[2]), "de": "Institution 3", "a": "Institution 1"},
    ]
    assert contenu["preside_par"] == f"{c.presidente}, Institution 1"
    un, deux, trois = contenu["points"]
    assert (un["libelle"], un["voix"]) == ("Favorable", "2 pour, 1 contre, 0 abstention.")
    assert un["desaccords"] == [{"siege": "Institution 2", "texte": "Zone mal choisie."}]
    assert un["quorum"].startswith("Quorum atteint : 2 sièges présents et 1 représenté par mandat")
    assert deux["deports"] == [str(c.membres[1])]
    assert deux["reserves"][0]["texte"] == "Préciser le territoire d’intervention."
    assert (trois["issue"], trois["motif"]) == ("ajournement", "Statuts absents.")
    assert "Secret de famille" not in str(contenu)


def test_l_extrait_ne_dit_rien_des_autres_dossiers():
    c, pv = close()
    for point in c.points:
        dit = str(pv.extraits.get(point=point).contenu)
        assert point.dossier.reference in dit
        for autre in c.points:
            if autre != point:
                assert autre.dossier.reference not in dit
                assert autre.dossier.equipe.nom not in dit


def test_on_corrige_un_motif_pas_le_sens_et_deux_corrections_ne_s_ecrasent_pas(sous):
    c, pv = close()
    point = c.points[2]
    relu = corriger(pv, point=point.pk, texte="Les statuts manquent.", version_lue=1, acteur=c.secretaire)
    assert (relu.version, relu.contenu["points"][2]["motif"]) == (2, "Les statuts manquent.")
    assert relu.empreinte != pv.empreinte
    assert pv.extraits.get(point=point).contenu["sujet"]["motif"] == "Les statuts manquent."
    point.avis_rendu.refresh_from_db()
    assert point.avis_rendu.motif == "Les statuts manquent."
    with pytest.raises(Conflit):
        corriger(pv, point=point.pk, texte="Autre", version_lue=1, acteur=c.secretaire)
    with pytest.raises(ErreurMetier, match="ne peut pas être vide"):
        corriger(pv, point=point.pk, texte=" ", version_lue=2, acteur=c.secretaire)
    with pytest.raises(ErreurMetier):
        corriger(pv, point=999_999, texte="x", version_lue=2, acteur=c.secretaire)
    reponse = sous(c.secretaire).post(
        reverse("deliberations:corriger", args=[c.seance.pk]),
        {"point": point.pk, "version": "1", "texte": "Ma version"},
    )
    assert reponse.status_code == 422
    assert "Ma version" in reponse.content.decode()


def test_la_presidente_valide_avec_un_code_et_plus_rien_ne_change(sous):
    c, pv = close()
    client = sous(c.presidente)
    adresse = reverse("deliberations:valider", args=[c.seance.pk])
    assert "Recevoir mon code" in client.get(adresse).content.decode()
    client.post(adresse, {"etape": "code"})
    recu = Courriel.objects.filter(gabarit="comptes/code_confirmation").latest("pk")
    code = re.search(r"\b(\d{3}) (\d{3})\b", recu.texte).expand(r"\1\2")
    pv.refresh_from_db()
    assert client.post(adresse, {"etape": "valider", "code": "000000", "empreinte": pv.empreinte}).status_code == 422
    assert client.post(adresse, {"etape": "valider", "code": code, "empreinte": pv.empreinte}).status_code == 302
    pv.refresh_from_db()
    assert pv.est_fige
    assert pv.valide_par == c.presidente
    assert pv.signatures.get().empreinte == pv.empreinte
    with pytest.raises(Refus):
        corriger(pv, point=c.points[2].pk, texte="Trop tard", version_lue=pv.version, acteur=c.secretaire)
    assert client.get(adresse).status_code == 302


def test_le_secretariat_ne_valide_pas(sous):
    c, pv = close()
    assert sous(c.secretaire).get(reverse("deliberations:valider", args=[c.seance.pk])).status_code == 403
    with pytest.raises(Refus):
        valider(pv, empreinte_lue=pv.empreinte, acteur=c.secretaire)


def test_on_ne_valide_que_ce_qu_on_a_lu():
    c, pv = close()
    lue = pv.empreinte
    corriger(pv, point=None, texte="Entendu : le porteur.", version_lue=1, acteur=c.secretaire)
    with pytest.raises(Conflit):
        valider(pv, empreinte_lue=lue, acteur=c.presidente)


def test_valide_il_est_garde_en_trois_formats_avec_ses_extraits():
    c = commission(points=1, ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable")
    pv = valider_(clore(c.seance, acteur=c.secretaire), c)
    garder_le_proces_verbal.call(pv.pk)
    garder_le_proces_verbal.call(pv.pk)
    for objet in (pv, pv.extraits.get()):
        assert sorted(objet.documents.values_list("format", flat=True)) == ["docx", "odt", "pdf"]
        assert all(est_intact(d) for d in objet.documents.all())


def valider_(pv, c):
    return valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)


def texte_de(octets, format, tmp_path):
    """Le texte du document rouvert, sans espaces : ni la mise en page ni les césures ne comptent."""
    if format == "pdf":
        lu = texte_pdf(octets, tmp_path)
    else:
        partie = "word/document.xml" if format == "docx" else "content.xml"
        lu = html.unescape(re.sub(r"<[^>]+>", "", zipfile.ZipFile(io.BytesIO(octets)).read(partie).decode()))
    return "".join(lu.split())


HOSTILE = "<script>alert(1)</script> #set page() $x$ @ref #panic() \\ {{ 7*7 }} ☒ & < >"


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_un_texte_hostile_s_imprime_tel_quel(sous, format, tmp_path):
    c = commission(points=1, ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable-avec-reserves", motif=HOSTILE, reserves=(HOSTILE, "x" * 9000))
    clore(c.seance, acteur=c.secretaire)
    for nom, args in (("document", [c.seance.pk, format]), ("extrait", [c.seance.pk, c.points[0].pk, format])):
        reponse = sous(c.secretaire).get(reverse(f"deliberations:{nom}", args=args))
        assert reponse.status_code == 200
        assert "attachment" in reponse["Content-Disposition"]
        lu = texte_de(reponse.content, format, tmp_path)
        assert "<script>alert(1)</script>#setpage()$x$@ref#panic()\\{{7*7}}☒&<>" in lu


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_l_extrait_imprime_ne_nomme_pas_un_autre_dossier(sous, format, tmp_path):
    c, _ = close()
    adresse = reverse("deliberations:extrait", args=[c.seance.pk, c.points[0].pk, format])
    reponse = sous(c.secretaire).get(adresse)
    lu = texte_de(reponse.content, format, tmp_path)
    assert c.points[0].dossier.reference in lu
    assert c.points[1].dossier.reference not in lu
    assert "Préciser" not in lu


# --- Qui lit le procès-verbal ----------------------------------------------------------------------------


def test_qui_lit_le_proces_verbal(sous):
    c, pv = close()
    adresse = reverse("deliberations:proces_verbal", args=[c.seance.pk])

    def statut(compte):
        return sous(compte).get(adresse).status_code

    assert (statut(c.secretaire), statut(c.presidente)) == (200, 200)
    assert statut(c.membres[3]) == 403  # pas encore validé
    valider_(pv, c)
    assert statut(c.membres[3]) == 200
    assert statut(c.observateur.compte) == 200
    assert statut(c.membres[1]) == 200  # déporté d'un point : il lit les autres (test_president_ecarte)
    assert statut(CompteFabrique()) == 404
    assert statut(c.points[0].dossier.equipe.porteur.compte) == 404
    assert sous(c.secretaire).get(reverse("deliberations:document", args=[c.seance.pk, "exe"])).status_code == 404


def test_close_le_cockpit_mene_au_proces_verbal(sous):
    c, _ = close()
    client = sous(c.secretaire)
    assert client.get(reverse("deliberations:cockpit", args=[c.seance.pk])).url == reverse(
        "deliberations:proces_verbal", args=[c.seance.pk]
    )
    assert client.get(reverse("deliberations:etat", args=[c.seance.pk])).status_code == 204
    saisie = client.post(reverse("deliberations:saisies", args=[c.seance.pk]), {"geste": "rendre", "cle": "x"})
    assert saisie.status_code == 302


def test_un_membre_interesse_que_personne_n_a_deporte_ne_lit_pas_son_point_au_proces_verbal(sous):
    """Entré dans l'équipe après la convocation : sa file n'a plus le dossier, le procès-verbal non plus."""
    c, pv = close()
    valider_(pv, c)
    MembreFabrique(equipe=c.points[0].dossier.equipe, compte=c.membres[3], confirme_le=timezone.now())
    page = sous(c.membres[3]).get(reverse("deliberations:proces_verbal", args=[c.seance.pk])).text
    assert c.points[0].dossier.reference not in page
    assert c.points[1].dossier.reference in page
