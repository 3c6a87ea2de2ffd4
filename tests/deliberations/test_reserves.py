"""Les réserves : connues à la clôture, prouvées par l'équipe, levées ou abandonnées par l'agent, jamais sans état."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.deliberations.actions import reserves as actions
from esperluette.deliberations.actions.cloture import clore, valider
from esperluette.deliberations.cycle import ReserveImpossible
from esperluette.deliberations.lectures import avis_de, en_commission, reserves_a_lever, reserves_de
from esperluette.deliberations.models import EtapeDeReserve, Reserve
from esperluette.deliberations.taches import relancer_les_lectures, relancer_les_reserves
from esperluette.dossiers.contributions import blocs_de, onglets_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.fichiers import pdf

pytestmark = pytest.mark.django_db


def posees(*textes, close=True):
    """Un dossier sur lequel la commission a posé ces réserves ; sa porteuse, et son agente."""
    c = commission(ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable-avec-reserves", reserves=textes or ("Préciser le territoire.",))
    if close:
        clore(c.seance, acteur=c.secretaire)
    dossier = c.points[0].dossier
    dossier.refresh_from_db()
    implantation = dossier.equipe.implantation
    agente = FonctionFabrique(referent=True, region=implantation.region, departement=implantation.departement).compte
    return c, dossier, dossier.equipe.porteur.compte, agente


def page_equipe(dossier):
    return reverse("deliberations_equipe:reserves", args=[dossier.reference])


def page_agent(dossier):
    return reverse("instruction:reserves", args=[dossier.reference])


def test_avant_la_cloture_personne_ne_les_connait(sous):
    _, dossier, porteuse, agente = posees(close=False)
    assert not reserves_de(dossier).exists()
    assert avis_de(dossier) is None
    assert "Préciser" not in sous(porteuse).get(page_equipe(dossier)).content.decode()
    assert "Préciser" not in sous(agente).get(page_agent(dossier)).content.decode()


def test_apres_la_cloture_l_equipe_lit_l_avis_et_ses_reserves(sous):
    _, dossier, porteuse, _ = posees()
    assert avis_de(dossier).libelle == "Favorable avec réserves"
    titres = {b.cle: b.titre for b in blocs_de(dossier, porteuse)}
    assert titres["avis"] == "Avis de la commission : favorable avec réserves"
    assert titres["reserves"] == "1 réserve à lever"
    assert [(o.cle, o.nombre) for o in onglets_de(dossier, porteuse) if o.cle == "reserves"] == [("reserves", 1)]
    page = sous(porteuse).get(page_equipe(dossier)).content.decode()
    assert "Préciser le territoire." in page
    assert "À lever" in page
    assert "Déposer cette réponse" in page


def test_l_equipe_prouve_l_agente_leve(sous):
    _, dossier, porteuse, agente = posees()
    reserve = Reserve.objects.get()
    adresse = reverse("deliberations_equipe:preuve", args=[dossier.reference, reserve.pk])
    client = sous(porteuse)
    assert client.post(adresse, {}).status_code == 422
    fichier = SimpleUploadedFile("carte.pdf", pdf(), content_type="application/pdf")
    envoi = {f"r{reserve.pk}-texte": "Voici la carte.", f"r{reserve.pk}-fichier": fichier}
    assert client.post(adresse, envoi).status_code == 302
    etape = EtapeDeReserve.objects.get(geste="preuve")
    assert (etape.texte, etape.fichier.nom, etape.par) == ("Voici la carte.", "carte.pdf", porteuse)
    assert Courriel.objects.filter(gabarit="deliberations/preuve_deposee", compte=agente).exists()
    for qui, nom in ((porteuse, "deliberations_equipe:fichier"), (agente, "instruction:reserve_fichier")):
        recu = sous(qui).get(reverse(nom, args=[dossier.reference, etape.pk]))
        assert recu.getvalue() == pdf()
    lever = reverse("instruction:reserve_suivre", args=[dossier.reference, reserve.pk])
    assert sous(agente).post(lever, {"geste": "lever", "motif": "Carte reçue."}).status_code == 302
    reserve.refresh_from_db()
    assert (reserve.etat, reserve.levee_par) == ("levee", agente)
    assert reserves_a_lever(dossier) == 0
    assert Courriel.objects.filter(gabarit="deliberations/reserve_suivie", compte=porteuse).exists()
    tard = client.post(adresse, {f"r{reserve.pk}-texte": "Encore."}, follow=True).content.decode()
    assert "Cette réserve est maintenant « Levée »" in tard
    page = client.get(page_equipe(dossier)).content.decode()
    assert "Carte reçue." in page
    assert "Déposer cette réponse" not in page


def test_abandonner_et_rouvrir_disent_pourquoi(sous):
    _, dossier, _, agente = posees("Un.", "Deux.")
    un, deux = Reserve.objects.order_by("pk")
    suivre = reverse("instruction:reserve_suivre", args=[dossier.reference, un.pk])
    assert sous(agente).post(suivre, {"geste": "abandonner", "motif": ""}).status_code == 422
    actions.abandonner(un, acteur=agente, motif="Sans objet.")
    actions.lever(deux, acteur=agente)
    actions.rouvrir(deux, acteur=agente, motif="Levée par erreur.")
    un.refresh_from_db()
    deux.refresh_from_db()
    assert (un.etat, deux.etat, deux.levee_le) == ("abandonnee", "a_lever", None)
    assert [e.geste for e in deux.etapes.all()] == ["posee", "levee", "rouverte"]
    with pytest.raises(ReserveImpossible):
        actions.lever(un, acteur=agente)
    assert sous(agente).post(suivre, {"geste": "danser"}).status_code == 422


def test_un_double_clic_ne_fait_rien_de_plus():
    _, _, porteuse, agente = posees()
    reserve = Reserve.objects.get()
    assert actions.prouver(reserve, acteur=porteuse, texte="Voilà.") == actions.prouver(
        reserve, acteur=porteuse, texte="Voilà."
    )
    actions.lever(reserve, acteur=agente, texte="Bien.")
    actions.lever(reserve, acteur=agente, texte="Bien.")
    assert EtapeDeReserve.objects.count() == 3


def test_aucune_reserve_sans_etat():
    _, _, _, agente = posees()
    for valeurs in ({"etat": ""}, {"etat": "oubliee"}, {"levee_le": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reserve.objects.all().update(**valeurs)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reserve.objects.all().update(levee_par=agente)


def test_qui_n_a_pas_le_droit(sous):
    c, dossier, porteuse, _ = posees()
    reserve = Reserve.objects.get()
    lever = reverse("instruction:reserve_suivre", args=[dossier.reference, reserve.pk])
    preuve = reverse("deliberations_equipe:preuve", args=[dossier.reference, reserve.pk])
    for compte in (c.membres[1], c.secretaire, CompteFabrique()):
        assert sous(compte).get(page_agent(dossier)).status_code == 404
        assert sous(compte).post(lever, {"geste": "lever"}).status_code == 404
        assert sous(compte).get(page_equipe(dossier)).status_code == 404
        assert sous(compte).post(preuve, {}).status_code == 404
    with pytest.raises(Refus):
        actions.lever(reserve, acteur=porteuse)
    with pytest.raises(Refus):
        actions.prouver(reserve, acteur=c.secretaire, texte="x")
    with pytest.raises(ErreurMetier):
        actions.prouver(reserve, acteur=porteuse)


def test_une_preuve_hostile_s_affiche_echappee(sous):
    _, dossier, porteuse, agente = posees()
    actions.prouver(Reserve.objects.get(), acteur=porteuse, texte="<script>alert(1)</script>\x00 #set page()")
    for compte, adresse in ((porteuse, page_equipe(dossier)), (agente, page_agent(dossier))):
        page = sous(compte).get(adresse).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; #set page()" in page


def requetes(client, adresse):
    client.get(adresse)  # la première fois lit l'édition
    with CaptureQueriesContext(connection) as lues:
        assert client.get(adresse).status_code == 200
    return len(lues)


def test_le_nombre_de_requetes_ne_depend_pas_des_reserves(sous):
    _, dossier, porteuse, agente = posees("Une.", "Deux.", "Trois.")
    pages = ((sous(porteuse), page_equipe(dossier)), (sous(agente), page_agent(dossier)))
    a_trois = [requetes(*page) for page in pages]
    EtapeDeReserve.objects.exclude(reserve__texte="Une.").delete()
    Reserve.objects.exclude(texte="Une.").delete()
    assert [requetes(*page) for page in pages] == a_trois
    assert max(a_trois) <= 20


# --- L'extrait, et ce que la fiche en dit --------------------------------------------------------------


def test_l_extrait_va_a_l_equipe_avec_la_decision(sous):
    c, dossier, porteuse, agente = posees()
    pv = c.seance.proces_verbal
    extrait = pv.extraits.get()
    chez_l_equipe = reverse("deliberations_equipe:extrait", args=[dossier.reference, extrait.pk, "docx"])
    chez_l_agent = reverse("instruction:extrait", args=[dossier.reference, extrait.pk, "docx"])
    assert sous(agente).get(chez_l_agent).status_code == 200
    valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)
    assert sous(porteuse).get(chez_l_equipe).status_code == 404
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.ACCEPTE)
    assert sous(porteuse).get(chez_l_equipe).status_code == 200
    assert sous(CompteFabrique()).get(chez_l_equipe).status_code == 404
    assert "Extrait du procès-verbal" in sous(porteuse).get(page_equipe(dossier)).content.decode()
    dossier.refresh_from_db()
    EtapeDeReserve.objects.all().delete()
    Reserve.objects.all().delete()
    assert [o.libelle for o in onglets_de(dossier, porteuse) if o.cle == "reserves"] == ["Commission"]


def test_la_fiche_de_l_agent_lit_tout_d_un_bloc(sous):
    _, dossier, _, agente = posees()
    dit = en_commission(dossier)
    assert (len(dit.passages), len(dit.reserves), len(dit.extraits)) == (1, 1, 1)
    page = render_to_string("deliberations/_en_commission.html", {"commission": dit, "dossier": dossier})
    assert "Favorable avec réserves" in page
    assert "Suivre les réserves" in page
    onglet = reverse("instruction:commission", args=[dossier.reference])
    assert "Ce que la commission en a dit" in sous(agente).get(onglet).content.decode()


# --- Les relances ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("jours", "part"), [(8, 0), (7, 1), (5, 1), (2, 1), (1, 1), (0, 0), (-1, 0)])
def test_une_reserve_se_rappelle_a_j_7_et_j_2(jours, part):
    _, _, porteuse, _ = posees()
    jour = timezone.localdate() + datetime.timedelta(days=jours)
    Reserve.objects.all().update(avant_le=jour)
    assert relancer_les_reserves() == part
    assert relancer_les_reserves() == 0
    recus = Courriel.objects.filter(gabarit="deliberations/reserve_a_lever", compte=porteuse)
    assert recus.count() == part
    assert "Préciser" not in "".join(recus.values_list("texte", flat=True))


def test_les_deux_paliers_font_deux_rappels():
    posees()
    jour = timezone.localdate() + datetime.timedelta(days=6)
    Reserve.objects.all().update(avant_le=jour)
    assert relancer_les_reserves() == 1
    Reserve.objects.all().update(avant_le=jour - datetime.timedelta(days=4))
    assert relancer_les_reserves() == 1


def test_l_ars_est_relancee_de_ce_qui_lui_revient():
    _, _, _, agente = posees()
    Reserve.objects.all().update(cote="ars", avant_le=timezone.localdate() + datetime.timedelta(days=1))
    assert relancer_les_reserves() == 1
    assert Courriel.objects.get(gabarit="deliberations/reserve_a_lever").compte == agente


@pytest.mark.parametrize(("jours", "part"), [(8, 0), (7, 4), (2, 4), (0, 0)])
def test_la_lecture_se_rappelle_aux_votants_qui_n_ont_pas_fini(jours, part):
    c = commission(points=2, date=timezone.localdate() + datetime.timedelta(days=jours))
    assert relancer_les_lectures() == part
    assert relancer_les_lectures() == 0
    assert not Courriel.objects.filter(gabarit="deliberations/lecture_attendue", compte=c.observateur.compte).exists()
