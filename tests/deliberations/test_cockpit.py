"""Le cockpit : chaque saisie part seule, une seule fois, sans écraser celle d'un autre poste ; sans script aussi."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.deliberations.models import (
    AvisRendu,
    Desaccord,
    Pouvoir,
    Presence,
    Reserve,
    Saisie,
    Tenue,
    Voix,
)
from tests.fabriques.deliberations import commission, demain

pytestmark = pytest.mark.django_db


def cockpit(c, client, **point):
    return client.get(reverse("deliberations:cockpit", args=[c.seance.pk]), point)


def test_avant_l_ouverture_on_voit_ce_qui_est_prevu_puis_on_ouvre(sous):
    c = commission(points=2)
    client = sous(c.secretaire)
    html = cockpit(c, client).content.decode()
    assert "2 points à l’ordre du jour, 4 sièges votants pourvus" in html
    assert "Ouvrir la séance" in html
    assert client.post(reverse("deliberations:ouvrir", args=[c.seance.pk])).status_code == 302
    html = cockpit(c, client).content.decode()
    assert "Quorum perdu : 0 siège présent, il en faut 2 sur 4. Il en manque 2." in html
    assert Tenue.objects.get().preside_par == c.presidente


def requetes(client, adresse):
    client.get(adresse)  # la première fois lit l'édition
    with CaptureQueriesContext(connection) as lues:
        assert client.get(adresse).status_code == 200
    return len(lues)


def test_le_cockpit_coute_autant_a_quarante_points_qu_a_un(sous):
    nombres = {}
    for points in (1, 3, 40):
        c = commission(points=points, ouverte=True, sieges=3)
        c.arrivent(0, 1)
        nombres[points] = [
            requetes(sous(c.secretaire), reverse(f"deliberations:{nom}", args=[c.seance.pk]))
            for nom in ("cockpit", "etat", "clore")
        ]
    assert nombres[1] == nombres[3] == nombres[40]
    assert max(nombres[40]) <= 22


def test_la_file_et_la_fiche_coutent_autant_a_trois_dossiers_qu_a_un(sous):
    nombres = {}
    for points in (1, 3):
        c = commission(points=points)
        pages = (("liste", []), ("seance", [c.seance.pk]), ("lecture", [c.seance.pk, c.points[0].pk]))
        nombres[points] = [
            requetes(sous(c.membres[1]), reverse(f"deliberations:{nom}", args=args)) for nom, args in pages
        ]
    assert nombres[1] == nombres[3]
    assert nombres[3][0] <= 8


# --- Présences, mandats, quorum en direct ----------------------------------------------------------------


def test_le_quorum_suit_les_arrivees_et_les_departs(sous, saisir):
    c = commission(ouverte=True)
    client = sous(c.secretaire)

    def noter(rang, mode):
        m = c.mandats[rang]
        return saisir(c, "presence", siege=m.siege_id, compte=m.compte_id, mode=mode).json()["statut"]

    def phrase():
        return cockpit(c, client).context["ecran"].quorum.phrase

    assert (noter(0, "present"), noter(1, "distance")) == ("ok", "ok")
    assert phrase() == "Quorum atteint : 2 sièges présents, 2 nécessaires sur 4."
    assert noter(1, "parti") == "ok"
    assert phrase() == "Quorum perdu : 1 siège présent, il en faut 2 sur 4. Il en manque 1."
    assert noter(1, "present") == "ok"
    assert phrase().startswith("Quorum atteint")
    assert Presence.objects.filter(compte=c.membres[1]).count() == 2
    assert noter(2, "parti") == "refus"


def test_un_mandat_se_donne_se_limite_et_se_retire(sous, saisir):
    c = commission(ouverte=True)
    c.arrivent(0)

    def donner(de, a):
        m = c.mandats[de]
        vers = c.sieges[a].pk if a is not None else ""
        return saisir(c, "mandat", de=m.siege_id, compte=m.compte_id, a=vers).json()

    assert donner(1, 0)["statut"] == "ok"
    assert cockpit(c, sous(c.secretaire)).context["ecran"].quorum.atteint
    assert donner(2, 0)["message"] == "« Institution 1 » détient déjà 1 mandat : la règle est de 1 par membre."
    assert donner(2, 2)["statut"] == "refus"
    assert donner(1, None)["statut"] == "ok"
    assert Pouvoir.objects.filter(retire_le=None).count() == 0


def test_on_dit_qui_preside_et_l_on_observe(saisir):
    c = commission(ouverte=True)
    assert saisir(c, "presider", compte=c.membres[2].pk).json()["statut"] == "ok"
    assert saisir(c, "presider", compte=c.observateur.compte_id).json()["statut"] == "refus"
    assert saisir(c, "observations", valeur="Entendu : le porteur.", version=0).json()["version"] == 1
    tenue = Tenue.objects.get()
    assert (tenue.preside_par, tenue.observations) == (c.membres[2], "Entendu : le porteur.")


# --- Délibérer -------------------------------------------------------------------------------------------


def prete(c, avis="favorable"):
    c.arrivent(0, 1)
    c.propose(avis)
    return c.points[0].pk


def test_rendre_un_avis_de_bout_en_bout(sous, saisir):
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1)
    point = c.points[0].pk
    assert saisir(c, "rendre", point=point).json()["message"] == "Choisissez l’avis de la commission."
    assert saisir(c, "champ", point=point, champ="avis", valeur="favorable", version=0).json()["version"] == 1
    assert saisir(c, "rendre", point=point).json()["statut"] == "ok"
    avis = AvisRendu.objects.get(point=point)
    assert (avis.libelle, avis.quorum["comptes"]) == ("Favorable", 2)
    assert saisir(c, "champ", point=point, champ="motif", valeur="Non", version=0).status_code == 409
    ecran = cockpit(c, sous(c.secretaire)).context["ecran"]
    assert (ecran.courant.point.pk, ecran.restants) == (c.points[1].pk, 1)


@pytest.mark.parametrize(
    ("avis", "manque"),
    [
        ("defavorable", "Indiquez le motif : l’équipe le lira."),
        ("ajournement", "Indiquez le motif : l’équipe le lira."),
        ("favorable-avec-reserves", "Saisissez au moins une réserve, ou choisissez un avis sans réserve."),
    ],
)
def test_un_avis_incomplet_dit_ce_qui_manque(saisir, avis, manque):
    c = commission(ouverte=True)
    point = prete(c, avis)
    assert saisir(c, "rendre", point=point).json() == {
        "statut": "refus", "message": manque, "version": None, "point": None,
    }  # fmt: skip


def test_une_reserve_ne_va_pas_avec_un_avis_sans_reserve(saisir):
    c = commission(ouverte=True)
    point = prete(c)
    saisir(
        c, "nouvelle_reserve", point=point, reserve=uuid.uuid4(), texte="Préciser", cote="ars", avant_le="2027-01-31"
    )
    reponse = saisir(c, "rendre", point=point).json()
    assert reponse["message"].startswith("« Favorable » ne porte pas de réserve")
    reserve = Reserve.objects.get()
    assert (reserve.cote, str(reserve.avant_le), reserve.etat) == ("ars", "2027-01-31", "a_lever")
    assert saisir(c, "retirer_reserve", point=point, reserve=reserve.cle).json()["statut"] == "ok"
    assert saisir(c, "rendre", point=point).json()["statut"] == "ok"


def test_chaque_champ_d_une_reserve_a_sa_version(saisir):
    c = commission(ouverte=True)
    point, cle = prete(c, "favorable-avec-reserves"), uuid.uuid4()
    assert saisir(c, "reserve", point=point, reserve=cle, champ="cote", valeur="ars", version=0).status_code == 422
    assert saisir(c, "reserve", point=point, reserve=cle, champ="texte", valeur="Un", version=0).json()["version"] == 1
    for champ, valeur in (("cote", "ars"), ("responsable", "Mme Le Goff"), ("avant_le", "31/01/2027")):
        assert saisir(c, "reserve", point=point, reserve=cle, champ=champ, valeur=valeur, version=0).status_code == 200
    conflit = saisir(c, "reserve", point=point, reserve=cle, champ="texte", valeur="Deux", version=0)
    assert (conflit.status_code, conflit.json()["valeur"]) == (409, "Un")
    for champ, valeur in (("avant_le", "31/02/2027"), ("cote", "personne"), ("texte", " ")):
        reponse = saisir(c, "reserve", point=point, reserve=cle, champ=champ, valeur=valeur, version=1)
        assert reponse.status_code == 422, champ


def test_les_voix_portent_l_avis_ou_le_refusent(saisir):
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    c.propose("favorable")
    point = c.points[0].pk

    def voter(rang, sens, version=0):
        return saisir(c, "voix", point=point, siege=c.sieges[rang].pk, sens=sens, version=version)

    voter(0, "pour"), voter(1, "contre"), voter(2, "contre")
    assert saisir(c, "rendre", point=point).json()["message"].startswith("Les voix ne portent pas cet avis.")
    assert voter(2, "pour", 0).status_code == 409
    assert voter(2, "abstention", 1).status_code == 200
    assert voter(3, "pour").json()["message"] == (
        "« Institution 4 » ne vote pas sur ce point : absent, sans mandat, ou déporté."
    )
    assert saisir(c, "champ", point=point, champ="avis", valeur="defavorable", version=1).status_code == 422
    assert saisir(c, "rendre", point=point).json()["statut"] == "ok"  # 1 pour, 1 contre : la présidente l'emporte
    avis = AvisRendu.objects.get()
    assert avis.voix["phrase"].endswith("Partage égal : la voix du président, pour, l’emporte.")
    saisir(c, "reprendre", point=point)
    saisir(c, "effacer_voix", point=point)
    assert Voix.objects.count() == 0


def test_un_deport_en_seance_retire_la_voix_et_peut_faire_perdre_le_quorum(sous, saisir):
    c = commission(ouverte=True)
    point = prete(c)
    saisir(c, "voix", point=point, siege=c.sieges[1].pk, sens="pour", version=0)
    assert saisir(c, "deport", point=point, compte=c.membres[1].pk, motif="Parent").json()["statut"] == "ok"
    assert Voix.objects.count() == 0
    reponse = saisir(c, "rendre", point=point).json()
    assert reponse["message"].startswith("On ne rend pas d’avis sans quorum. Quorum perdu : 1 siège présent")
    html = cockpit(c, sous(c.secretaire)).content.decode()
    assert "Se déporte et quitte la salle" in html
    assert str(c.membres[1]) in html


def test_le_president_deporte_ne_voit_pas_le_point_et_n_y_saisit_rien(sous, saisir):
    c = commission(points=1, ouverte=True)
    point = prete(c)
    saisir(c, "deport", point=point, compte=c.presidente.pk, motif="Parent")
    html = cockpit(c, sous(c.presidente)).content.decode()
    assert "Vous êtes déporté sur ce point." in html
    assert c.points[0].dossier.equipe.nom not in html
    refus = saisir(c, "champ", par=c.presidente, point=point, champ="motif", valeur="x", version=0).json()
    assert refus["message"].startswith("Vous êtes déporté sur ce point")


def test_reprendre_un_point_laisse_une_trace(sous, saisir):
    c = commission(ouverte=True)
    point = prete(c)
    saisir(c, "rendre", point=point)
    assert saisir(c, "reprendre", point=point).json()["statut"] == "ok"
    avis = AvisRendu.objects.get()
    assert (avis.rendu_le, avis.historique[0]["libelle"]) == (None, "Favorable")
    heure = timezone.localtime(avis.avis_repris[0]["rendu_le"])
    html = cockpit(c, sous(c.secretaire)).content.decode()
    assert "Ce point a été repris" in html
    assert f"noté à {heure.hour} h {heure:%M}, repris par" in html, "l’heure d’ici, pas le temps universel"


def test_un_desaccord_se_mentionne_puis_se_retire(saisir):
    c = commission(ouverte=True)
    point = prete(c)
    saisir(c, "desaccord", point=point, siege=c.sieges[1].pk, texte="Zone mal choisie.")
    assert Desaccord.objects.get().texte == "Zone mal choisie."
    saisir(c, "desaccord", point=point, siege=c.sieges[1].pk, demande="non")
    assert not Desaccord.objects.exists()
    assert saisir(c, "desaccord", point=point, siege=c.observateur.siege_id, texte="x").status_code == 422


# --- Une saisie, une seule fois --------------------------------------------------------------------------


def test_une_saisie_rejouee_ne_compte_qu_une_fois(saisir):
    c = commission(ouverte=True)
    point, cle = prete(c), uuid.uuid4()
    donnees = {"point": point, "champ": "motif", "valeur": "Un", "version": 0}
    premiere = saisir(c, "champ", cle=cle, **donnees).json()
    assert saisir(c, "champ", cle=cle, **donnees).json() == premiere
    assert saisir(c, "champ", cle=cle, **donnees | {"valeur": "Autre"}).json() == premiere
    assert AvisRendu.objects.get().motif == "Un"
    assert Saisie.objects.filter(geste="champ").count() == 1


def test_la_saisie_d_un_autre_ne_se_rejoue_pas(saisir):
    c = commission(ouverte=True)
    point, cle = prete(c), uuid.uuid4()
    saisir(c, "champ", cle=cle, point=point, champ="motif", valeur="Un", version=0)
    reponse = saisir(c, "champ", par=c.presidente, cle=cle, point=point, champ="motif", valeur="Un", version=0)
    assert reponse.json()["message"] == "Cette saisie est celle d’un autre. Rechargez la page."


def test_deux_postes_sur_le_meme_champ_gardent_les_deux_textes(saisir):
    c = commission(ouverte=True)
    point = prete(c)
    saisir(c, "champ", point=point, champ="motif", valeur="Premier poste", version=0)
    conflit = saisir(c, "champ", par=c.presidente, point=point, champ="motif", valeur="Second poste", version=0)
    assert conflit.status_code == 409
    assert conflit.json()["valeur"] == "Premier poste"
    assert conflit.json()["version"] == 1
    assert (
        saisir(c, "champ", par=c.presidente, point=point, champ="motif", valeur="Second poste", version=1).status_code
        == 200
    )


def test_deux_postes_sur_des_champs_differents_ne_se_genent_pas(saisir):
    c = commission(ouverte=True)
    c.arrivent(0, 1)
    point = c.points[0].pk
    assert saisir(c, "champ", point=point, champ="avis", valeur="defavorable", version=0).status_code == 200
    assert saisir(c, "champ", par=c.presidente, point=point, champ="motif", valeur="Non", version=0).status_code == 200


@pytest.mark.parametrize(
    ("geste", "donnees", "message"),
    [
        ("danser", {}, "Ce geste n’existe pas. Rechargez la page."),
        ("rendre", {"point": "999999"}, "Ce point n’est pas de cette séance. Rechargez la page."),
        ("rendre", {"point": "9" * 30}, "Ce point n’est pas de cette séance. Rechargez la page."),
        ("presence", {"siege": "x", "mode": "present"}, "Ce siège n’est pas de cette séance. Rechargez la page."),
        ("champ", {"cle": "pas-une-clé"}, "Cette saisie n’a pas de clé. Rechargez la page."),
    ],
)  # fmt: skip
def test_une_saisie_malformee_est_refusee_sans_rien_ecrire(saisir, geste, donnees, message):
    c = commission(ouverte=True)
    reponse = saisir(c, geste, **donnees)
    assert (reponse.status_code, reponse.json()["message"]) == (422, message)
    assert not Saisie.objects.exists()


def test_le_point_d_une_autre_seance_reste_hors_d_atteinte(saisir):
    c, autre = commission(ouverte=True), commission(ouverte=True, departementale=True)
    assert saisir(c, "rendre", point=autre.points[0].pk).status_code == 422


def test_avant_l_ouverture_on_ne_saisit_rien(saisir):
    c = commission()
    reponse = saisir(c, "champ", point=c.points[0].pk, champ="motif", valeur="x", version=0)
    assert reponse.json()["message"] == "La séance est « Convoquée » : on n’y saisit rien."


def test_sans_script_le_formulaire_revient_au_point_et_garde_le_texte_refuse(sous):
    c = commission(points=2, ouverte=True)
    client, adresse = sous(c.secretaire), reverse("deliberations:saisies", args=[c.seance.pk])
    donnees = {"geste": "champ", "cle": str(uuid.uuid4()), "point": c.points[1].pk, "champ": "motif", "version": "7"}
    reponse = client.post(adresse, donnees | {"valeur": "Premier"})
    assert reponse.url == reverse("deliberations:cockpit", args=[c.seance.pk]) + f"?point={c.points[1].pk}"
    html = client.get(reponse.url).content.decode()
    assert "Un autre poste a modifié ce champ avant vous." in html
    assert "Votre texte : « Premier »" in html


def test_l_heure_d_une_arrivee_saisie_hors_connexion_est_la_bonne(saisir):
    c = commission(ouverte=True)
    m = c.mandats[0]
    saisir(c, "presence", siege=m.siege_id, compte=m.compte_id, mode="present", le="1999-01-01T00:00:00Z")
    assert Presence.objects.get().arrive_le == c.seance.ouverte_le
    saisir(c, "presence", siege=m.siege_id, compte=m.compte_id, mode="parti", le=demain().isoformat())
    assert Presence.objects.get().parti_le < demain()


HOSTILE = "<script>alert(1)</script> #set page() $x$ @ref \x00 \"'>"


def test_un_texte_hostile_s_affiche_tel_quel_et_s_echappe(sous, saisir):
    c = commission(ouverte=True)
    point = prete(c, "favorable-avec-reserves")
    saisir(c, "champ", point=point, champ="motif", valeur=HOSTILE, version=0)
    saisir(c, "nouvelle_reserve", point=point, reserve=uuid.uuid4(), texte=HOSTILE, responsable=HOSTILE)
    saisir(c, "desaccord", point=point, siege=c.sieges[1].pk, texte=HOSTILE)
    saisir(c, "observations", valeur=HOSTILE, version=0)
    html = cockpit(c, sous(c.secretaire)).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "\x00" not in AvisRendu.objects.get().motif


@pytest.mark.parametrize("geste", ["champ", "nouvelle_reserve", "observations", "desaccord"])
def test_un_texte_trop_long_est_refuse_avec_sa_raison(saisir, geste):
    c = commission(ouverte=True)
    point, long = prete(c), "x" * 10_001
    donnees = {"champ": "motif", "valeur": long, "texte": long, "version": 0, "siege": c.sieges[0].pk}
    reponse = saisir(c, geste, point=point, reserve=uuid.uuid4(), **donnees)
    assert reponse.status_code == 422
    assert "Raccourcissez-le." in reponse.json()["message"]
