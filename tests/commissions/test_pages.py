"""Les pages de l'espace des commissions : qui entre, ce qu'on y lit, ce qu'on y fait."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Convocation, Instance, MandatDeSiege, Seance, Siege
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from tests.fabriques.commissions import (
    ConvocationFabrique,
    DeportFabrique,
    InstanceFabrique,
    MandatFabrique,
    PointFabrique,
    SeanceFabrique,
    SiegeFabrique,
    dossier_recu,
)
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> #set page() $x$ @ref"


@pytest.fixture
def seance(db):
    return SeanceFabrique(date=timezone.localdate() + datetime.timedelta(days=40), heure=datetime.time(14))


@pytest.fixture
def secretaire(seance):
    return FonctionFabrique(secretariat=True, region=seance.region).compte


@pytest.fixture
def chez_elle(client, secretaire):
    return connecter(client, secretaire)


def url(nom, *args):
    return reverse(f"commissions:{nom}", args=args)


def pages_de(seance, point):
    """Toutes les pages d'une instance et d'une séance."""
    siege = SiegeFabrique(instance=seance.instance)
    deport = DeportFabrique(point=point)
    return {
        "instance": url("instance", seance.instance_id),
        "composition": url("composition", seance.instance_id),
        "ajouter_siege": url("ajouter_siege", seance.instance_id),
        "modifier_siege": url("modifier_siege", seance.instance_id, siege.pk),
        "nommer": url("nommer", seance.instance_id),
        "regles": url("regles", seance.instance_id),
        "creer_seance": url("creer_seance", seance.instance_id),
        "seance": url("seance", seance.pk),
        "modifier_seance": url("modifier_seance", seance.pk),
        "annuler_seance": url("annuler_seance", seance.pk),
        "inscrire": url("inscrire", seance.pk),
        "convoquer": url("convoquer", seance.pk),
        "point": url("point", seance.pk, point.pk),
        "retirer": url("retirer", seance.pk, point.pk),
        "deporter": url("deporter", seance.pk, point.pk),
        "annuler_deport": url("annuler_deport", seance.pk, point.pk, deport.pk),
    }


LECTURE = {"instance", "composition", "seance"}
COMPOSITION = {
    "ajouter_siege", "modifier_siege", "nommer", "regles", "creer_seance", "modifier_seance",
}  # fmt: skip


def test_le_secretariat_ouvre_toutes_ses_pages(chez_elle, seance):
    MandatFabrique(siege__instance=seance.instance)
    for nom, adresse in pages_de(seance, PointFabrique(seance=seance)).items():
        assert chez_elle.get(adresse).status_code == 200, nom
    assert chez_elle.get(url("accueil")).status_code == 200


@pytest.mark.parametrize("role", ["referent", "admin_regional", "admin"])
def test_qui_lit_sans_preparer(client, seance, role):
    lieu = {} if role == "admin" else {"region": seance.region}
    connecter(client, FonctionFabrique(**{role: True}, **lieu).compte)
    permises = LECTURE | (COMPOSITION if role == "admin_regional" else set())
    for nom, adresse in pages_de(seance, PointFabrique(seance=seance)).items():
        assert client.get(adresse).status_code == (200 if nom in permises else 403), nom


def test_l_administrateur_annule_une_seance_vide_le_secretariat_celle_ou_passent_des_dossiers(client, seance):
    connecter(client, FonctionFabrique(admin_regional=True, region=seance.region).compte)
    page = url("annuler_seance", seance.pk)
    assert client.get(page).status_code == 200
    point = PointFabrique(seance=seance)
    for reponse in (client.get(page), client.post(page, {"motif": "Salle indisponible."})):
        assert reponse.status_code == 403
        assert "son secrétariat l’annule" in reponse.text
    point.delete()
    assert client.post(page, {"motif": "Salle indisponible."}).status_code == 302


@pytest.mark.parametrize("qui", ["membre", "ancien", "inconnu", "secretaire_ailleurs", "porteur"])
def test_les_autres_ne_savent_pas_que_la_page_existe(client, seance, qui):
    point = PointFabrique(seance=seance)
    if qui == "membre":
        compte = ConvocationFabrique(seance=seance).compte
    elif qui == "ancien":
        compte = MandatFabrique(siege__instance=seance.instance, ancien=True).compte
    elif qui == "porteur":
        compte = point.dossier.equipe.porteur.compte
    elif qui == "secretaire_ailleurs":
        from tests.fabriques.territoires import communes_reelles

        compte = FonctionFabrique(secretariat=True, region=communes_reelles("13055")["13055"].region).compte
    else:
        compte = CompteFabrique()
    connecter(client, compte)
    for nom, adresse in pages_de(seance, point).items():
        assert client.get(adresse).status_code == 404, nom


def test_sans_connexion_on_est_invite_a_se_connecter(client, seance):
    for adresse in (url("accueil"), url("seance", seance.pk)):
        assert client.get(adresse).status_code == 302


def test_l_accueil_d_un_inconnu_explique(client, db):
    assert "Aucune commission ne vous attend" in connecter(client, CompteFabrique()).get(url("accueil")).text


def test_fixer_une_seance_la_met_au_calendrier_public(chez_elle, seance):
    jour = seance.date + datetime.timedelta(days=60)
    envoi = {
        "date": jour.isoformat(), "heure": "09:30", "modalite": "visio", "lien_visio": "https://visio.example/abc",
        "depot_avant": (jour - datetime.timedelta(days=30)).isoformat(), "capacite": "8", "publique": "on",
    }  # fmt: skip
    reponse = chez_elle.post(url("creer_seance", seance.instance_id), envoi)
    nouvelle = Seance.objects.get(date=jour)
    assert reponse.url == url("seance", nouvelle.pk)
    assert (nouvelle.modalite, nouvelle.a_distance, nouvelle.capacite) == ("visio", True, 8)
    chez_elle.post(url("creer_seance", seance.instance_id), envoi)
    assert Seance.objects.filter(date=jour).count() == 1, "un double clic ne fixe pas deux séances"
    calendrier = chez_elle.get(reverse("portail:calendrier"), {"region": "bretagne"}).text
    assert "visio.example" not in calendrier


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"date": "2020-01-01"}, "passée"),
        ({"date": ""}, "obligatoire"),
        ({"depot_avant": "2099-01-01"}, "On dépose avant la séance"),
        ({"capacite": "0"}, "supérieure ou égale"),
        ({"modalite": "fusée"}, "choix"),
    ],
)
def test_une_seance_fausse_se_corrige_a_cote_du_champ(chez_elle, seance, champs, message):
    envoi = {"date": seance.date.isoformat(), "modalite": "presentiel"} | champs
    reponse = chez_elle.post(url("creer_seance", seance.instance_id), envoi)
    assert reponse.status_code == 422
    assert message in reponse.text


def test_deux_onglets_ne_s_ecrasent_pas(chez_elle, seance):
    lue_le = seance.modifie_le.isoformat()
    envoi = {"date": seance.date.isoformat(), "modalite": "presentiel", "lieu": "Rennes", "publique": "on"}
    assert chez_elle.post(url("modifier_seance", seance.pk), envoi | {"lue_le": lue_le}).status_code == 302
    reponse = chez_elle.post(url("modifier_seance", seance.pk), envoi | {"lue_le": lue_le, "lieu": "Brest"})
    assert reponse.status_code == 422
    assert "relisez-la" in reponse.text
    seance.refresh_from_db()
    assert seance.lieu == "Rennes"


def test_inscrire_depuis_la_seance_puis_ordonner_puis_retirer(chez_elle, seance):
    dossiers = [dossier_recu(etat=Etat.EN_INSTRUCTION) for _ in range(2)]
    for dossier in dossiers:
        assert dossier.reference in chez_elle.get(url("inscrire", seance.pk)).text
        assert chez_elle.post(url("inscrire", seance.pk), {"dossier": dossier.reference}).status_code == 302
    un, deux = seance.points.a_l_ordre_du_jour()
    chez_elle.post(url("deplacer", seance.pk, deux.pk), {"sens": "haut"})
    assert list(seance.points.a_l_ordre_du_jour()) == [deux, un]
    envoi = {"points": [un.pk, deux.pk]}
    assert chez_elle.post(url("ordonner", seance.pk), envoi, headers={"X-Esperluette": "fragment"}).status_code == 204
    assert list(seance.points.a_l_ordre_du_jour()) == [un, deux]
    perdu = chez_elle.post(
        url("ordonner", seance.pk), {"points": [un.pk, "x", "9" * 40]}, headers={"X-Esperluette": "fragment"}
    )
    assert perdu.status_code == 409
    assert chez_elle.post(url("retirer", seance.pk, un.pk), {"motif": ""}).status_code == 422
    assert chez_elle.post(url("retirer", seance.pk, un.pk), {"motif": HOSTILE}).status_code == 302
    un.dossier.refresh_from_db()
    assert un.dossier.etat == Etat.EN_INSTRUCTION


def test_convoquer_hors_delai_se_coche_et_se_motive(chez_elle, seance):
    MandatFabrique(siege__instance=seance.instance)
    PointFabrique(seance=seance)
    seance.date = timezone.localdate() + datetime.timedelta(days=2)
    seance.save()
    assert "Le délai est passé" in chez_elle.get(url("convoquer", seance.pk)).text
    for envoi in ({}, {"est_urgent": "on"}, {"urgence": "Crédits à engager"}):
        assert chez_elle.post(url("convoquer", seance.pk), envoi).status_code == 422
    envoi = {"est_urgent": "on", "urgence": "Crédits à engager"}
    assert chez_elle.post(url("convoquer", seance.pk), envoi).status_code == 302
    seance.refresh_from_db()
    assert (seance.etat, seance.urgence) == (EtatDeSeance.CONVOQUEE, "Crédits à engager")
    assert "Convoquée en urgence" in chez_elle.get(url("seance", seance.pk)).text


def test_le_convoque_lit_repond_et_se_deporte(client, chez_elle, seance):
    mandats = MandatFabrique.create_batch(2, siege__instance=seance.instance)
    points = [PointFabrique(seance=seance, ordre=n) for n in (1, 2)]
    seance.lien_visio = "https://visio.example/secret"
    seance.save()
    chez_elle.post(url("convoquer", seance.pk), {})
    moi, autre = (Convocation.objects.get(compte=m.compte) for m in mandats)
    connecter(client, moi.compte)
    page = client.get(url("convocation", moi.jeton))
    assert "visio.example/secret" in page.text
    assert all(p.dossier.reference in page.text for p in points)
    moi.refresh_from_db()
    assert moi.vue_le is not None
    assert client.post(url("convocation", moi.jeton), {"reponse": "pouvoir"}).status_code == 422
    envoi = {"reponse": "pouvoir", "mandataire": autre.compte_id}
    assert client.post(url("convocation", moi.jeton), envoi).status_code == 302
    moi.refresh_from_db()
    assert (moi.reponse, moi.mandataire) == ("pouvoir", autre.compte)
    adresse = url("se_deporter", moi.jeton, points[0].pk)
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, {"motif": HOSTILE}).status_code == 302
    page = client.get(url("convocation", moi.jeton))
    assert points[0].dossier.reference not in page.text
    assert "déporté de 1 dossier" in page.text
    assert client.get(adresse).status_code == 404, "le dossier n'existe plus pour lui"
    assert client.get(url("convocation", autre.jeton)).status_code == 404
    connecter(client, autre.compte)
    assert points[0].dossier.reference in client.get(url("convocation", autre.jeton)).text


def test_le_porteur_invite_ne_voit_que_son_creneau(client, chez_elle, seance):
    MandatFabrique(siege__instance=seance.instance)
    point = PointFabrique(seance=seance, porteur_invite=True)
    PointFabrique(seance=seance, ordre=2)
    chez_elle.post(url("convoquer", seance.pk), {})
    invitation = point.invitations.get()
    adresse = url("presentation", invitation.jeton)
    assert client.get(adresse).status_code == 404, "ce n'est pas au secrétariat"
    connecter(client, point.dossier.equipe.porteur.compte)
    page = client.get(adresse).text
    assert "vers 14:00" in page
    assert url("seance", seance.pk) not in page


def test_composer_confier_un_siege_par_courriel_puis_finir_le_mandat(chez_elle, seance):
    instance = seance.instance
    chez_elle.post(url("ajouter_siege", instance.pk), {"libelle": f"Ordre {HOSTILE}", "votant": "on"})
    siege = Siege.objects.get(instance=instance)
    assert chez_elle.post(url("ajouter_siege", instance.pk), {"libelle": siege.libelle}).status_code == 422
    envoi = {
        "siege": siege.pk, "courriel": "Nouvelle@membre.example", "prenom": "Ève", "nom": "Le Du", "titulaire": "oui",
        "president": "on", "debut": "2026-01-01",
    }  # fmt: skip
    assert chez_elle.post(url("nommer", instance.pk), envoi).status_code == 302
    mandat = MandatDeSiege.objects.get()
    assert (mandat.compte.courriel, mandat.president, mandat.titulaire) == ("nouvelle@membre.example", True, True)
    chez_elle.post(url("nommer", instance.pk), envoi)
    assert MandatDeSiege.objects.count() == 1
    autre = chez_elle.post(url("nommer", instance.pk), envoi | {"courriel": "autre@membre.example"})
    assert autre.status_code == 422
    assert "déjà un titulaire" in autre.text
    assert not Compte.objects.filter(courriel="autre@membre.example").exists(), "un refus ne crée pas de compte"
    page = chez_elle.get(url("composition", instance.pk)).text
    assert "<script>alert" not in page
    assert "Ève Le Du" in page
    assert "Ève Le Du (titulaire" not in chez_elle.get(url("composition", instance.pk), {"le": "2025-06-01"}).text
    for le in ("2026-02-31", "hier", "\x00"):
        assert chez_elle.get(url("composition", instance.pk), {"le": le}).status_code == 200
    chez_elle.post(url("finir_mandat", instance.pk, mandat.pk))
    mandat.refresh_from_db()
    assert mandat.fin == timezone.localdate() - datetime.timedelta(days=1)
    chez_elle.post(url("retirer_siege", instance.pk, siege.pk))
    siege.refresh_from_db()
    assert siege.actif is False


def test_une_regle_propre_cite_son_acte_et_l_ecran_dit_d_ou_elle_vient(chez_elle, seance):
    adresse = url("regles", seance.instance_id)
    sans_acte = chez_elle.post(adresse, {"quorum": "2/3"})
    assert sans_acte.status_code == 422
    assert "Citez l’acte" in sans_acte.text
    acte = {"document": "Règlement intérieur", "passage": "article 4", "date": "2026-03-01"}
    for fausse in ({"quorum": "3/2"}, {"quorum": "moitié"}, {"avis": "Favorable"}, {"avis": "A ; x\nB ; favorable"}):
        assert chez_elle.post(adresse, acte | fausse).status_code == 422, fausse
    assert chez_elle.post(adresse, acte | {"quorum": "2/3", "convocation_jours": "10"}).status_code == 302
    page = chez_elle.get(url("instance", seance.instance_id)).text
    assert "2/3 des membres votants" in page
    assert "Acte de la commission" in page
    assert "Édition&nbsp;:" in page, "les autres règles viennent encore de l'édition"
    assert chez_elle.post(adresse, {}).status_code == 302
    assert Instance.objects.get(pk=seance.instance_id).regles == {}


@pytest.mark.parametrize("nombre", [1, 3, 40])
def test_la_seance_se_lit_en_un_nombre_constant_de_requetes(chez_elle, seance, nombre, django_assert_max_num_queries):
    equipe = dossier_recu(etat=Etat.INSCRIT).equipe
    membres = MandatFabrique.create_batch(min(nombre, 10), siege__instance=seance.instance)
    for n in range(nombre):
        # Une équipe, plusieurs démarches : on ne veut que des lignes.
        dossier = dossier_recu(etat=Etat.INSCRIT) if n < 3 else _copie(equipe, n)
        PointFabrique(seance=seance, dossier=dossier, ordre=n + 1, rapporteur=membres[0].compte)
    for mandat in membres:
        ConvocationFabrique(seance=seance, mandat=mandat)
    chez_elle.get(url("seance", seance.pk))
    with django_assert_max_num_queries(14):
        assert chez_elle.get(url("seance", seance.pk)).status_code == 200


def _copie(equipe, n):
    from esperluette.dossiers.models import Dossier

    return Dossier.objects.create(
        reference=f"ESP-BRE-2026-9{n:04d}", equipe=equipe, region="bretagne", edition="2024-10",
        demarche=f"projet-{n}", demarche_libelle="Projet", etat=Etat.INSCRIT, depose_le=timezone.now(),
        cree_par=equipe.cree_par,
    )  # fmt: skip


def test_un_secretariat_departemental_voit_sa_ccopd_et_pas_celle_du_voisin(client, db):
    ici = InstanceFabrique(departementale=True)
    secretaire = FonctionFabrique(secretariat=True, region=ici.region, departement=ici.departement).compte
    connecter(client, secretaire)
    assert client.get(url("instance", ici.pk)).status_code == 200
    from tests.fabriques.dossiers import _autre_departement

    voisine = InstanceFabrique(departementale=True, departement=_autre_departement(ici.region))
    assert client.get(url("instance", voisine.pk)).status_code == 404
