"""Le président écarté d'un point : ce qu'il lit du cockpit et du procès-verbal, et qui valide (docs/adr/0009)."""

import pytest
from django.urls import reverse

from esperluette.commissions.models import Deport
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.cloture import clore, confier_la_validation, corriger, valider
from esperluette.deliberations.actions.deports import deporter_en_seance
from esperluette.deliberations.droits import peut_valider
from esperluette.deliberations.models import ProcesVerbal, Voix
from esperluette.journal.models import Evenement
from esperluette.notifications.models import Courriel
from tests.fabriques.commissions import ConvocationFabrique, DeportFabrique, MandatFabrique
from tests.fabriques.deliberations import commission
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db
SECRET = "La sage-femme part en mars."


def adresse(nom, c, *args):
    return reverse(f"deliberations:{nom}", args=[c.seance.pk, *args])


def seance_close(*, deporte=True, autres=()):
    """Deux points ; la présidente est écartée du second, qui a son motif ; `autres` : des rangs déportés aussi."""
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1, 2, 3)
    if deporte:
        deporter_en_seance(c.points[1], c.presidente, acteur=c.secretaire, motif="Sa sœur")
    for rang in autres:
        deporter_en_seance(c.points[0], c.membres[rang], acteur=c.secretaire, motif="Voisin")
    c.rend("favorable", 0, motif="Beau projet.")
    c.rend("favorable", 1, motif=SECRET)
    return c, clore(c.seance, acteur=c.secretaire)


def valide_par(pv, compte):
    pv.refresh_from_db()
    return valider(pv, empreinte_lue=pv.empreinte, acteur=compte)


# --- Le cockpit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ouverte", [False, True])
def test_un_interet_que_personne_n_a_declare_masque_le_point_au_president(sous, ouverte):
    c = commission(points=2, ouverte=ouverte)
    dossier = c.points[0].dossier
    MembreFabrique(equipe=dossier.equipe, confirme=True, compte=c.presidente)
    for nom in ("cockpit", "clore") if ouverte else ("cockpit",):
        page = sous(c.presidente).get(adresse(nom, c)).text
        assert dossier.reference not in page
        assert dossier.equipe.nom not in page
        assert c.points[1].dossier.reference in page


def test_le_president_interesse_ne_saisit_rien_sur_ce_point(saisir):
    c = commission(ouverte=True)
    MembreFabrique(equipe=c.points[0].dossier.equipe, confirme=True, compte=c.presidente)
    reponse = saisir(c, "champ", par=c.presidente, point=c.points[0].pk, champ="avis", valeur="favorable", version=0)
    assert reponse.status_code == 422
    assert "déporté sur ce point" in reponse.json()["message"]


def test_un_interet_ne_seance_ouverte_se_constate_quand_l_avis_se_rend():
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    point = c.propose("favorable")
    for rang in (1, 2):
        sur_le_point.saisir_voix(point, c.sieges[rang], "pour", version_lue=0, acteur=c.secretaire)
    MembreFabrique(equipe=point.dossier.equipe, confirme=True, compte=c.membres[1])
    sur_le_point.rendre_avis(point, acteur=c.secretaire)
    assert list(Deport.objects.values_list("compte", "deduit")) == [(c.membres[1].pk, True)]
    assert list(Voix.objects.values_list("siege", flat=True)) == [c.sieges[2].pk]
    pv = clore(c.seance, acteur=c.secretaire)
    assert pv.contenu["points"][0]["deports"] == [str(c.membres[1])]


def test_la_voix_d_un_interesse_ne_se_saisit_pas():
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    point = c.propose("favorable")
    MembreFabrique(equipe=point.dossier.equipe, confirme=True, compte=c.membres[1])
    with pytest.raises(ErreurMetier, match="ne vote pas sur ce point"):
        sur_le_point.saisir_voix(point, c.sieges[1], "pour", version_lue=0, acteur=c.secretaire)


# --- Lire le procès-verbal --------------------------------------------------------------------------------


def test_la_presidente_deportee_lit_le_proces_verbal_sans_son_point(sous):
    c, _ = seance_close()
    client = sous(c.presidente)
    page = client.get(adresse("proces_verbal", c)).text
    assert "Beau projet." in page
    assert "Un dossier dont vous êtes écarté" in page
    for secret in (SECRET, c.points[1].dossier.reference, c.points[1].dossier.equipe.nom):
        assert secret not in page
    assert client.get(adresse("document", c, "pdf")).status_code == 403
    assert client.get(adresse("extrait", c, c.points[1].pk, "pdf")).status_code == 404
    assert client.get(adresse("extrait", c, c.points[0].pk, "docx")).status_code == 200
    assert SECRET in sous(c.secretaire).get(adresse("proces_verbal", c)).text


def test_une_fois_valide_un_membre_deporte_lit_le_reste(sous):
    c, pv = seance_close(deporte=False, autres=(3,))
    valide_par(pv, c.presidente)
    page = sous(c.membres[3]).get(adresse("proces_verbal", c)).text
    assert "Beau projet." not in page
    assert SECRET in page


def test_les_observations_qui_peuvent_citer_un_dossier_ne_se_lisent_pas(sous):
    c, pv = seance_close()
    corriger(pv, point=None, texte="Entendue : Mme Le Goff.", version_lue=pv.version, acteur=c.secretaire)
    assert "Mme Le Goff" not in sous(c.presidente).get(adresse("proces_verbal", c)).text
    assert "Mme Le Goff" in sous(c.secretaire).get(adresse("proces_verbal", c)).text


def test_on_ne_corrige_ni_son_point_ni_les_observations(sous):
    c, pv = seance_close()
    for point in (c.points[1].pk, None):
        with pytest.raises(Refus, match="écarté de ce point"):
            corriger(pv, point=point, texte="Autrement.", version_lue=pv.version, acteur=c.presidente)
    corriger(pv, point=c.points[0].pk, texte="Autrement.", version_lue=pv.version, acteur=c.presidente)
    pv.refresh_from_db()
    assert [p["motif"] for p in pv.contenu["points"]] == ["Autrement.", SECRET]
    reponse = sous(c.presidente).post(
        adresse("corriger", c), {"point": c.points[1].pk, "texte": "X", "version": pv.version}
    )
    assert reponse.status_code == 403


# --- Valider ----------------------------------------------------------------------------------------------


def test_la_presidente_deportee_ne_valide_pas(sous):
    c, pv = seance_close()
    assert "qui vous supplée" in peut_valider(c.presidente, pv).motif
    assert sous(c.presidente).get(adresse("valider", c)).status_code == 403
    with pytest.raises(Refus):
        valide_par(pv, c.presidente)


def test_un_interet_jamais_declare_ote_aussi_la_validation():
    c, pv = seance_close(deporte=False)
    assert peut_valider(c.presidente, pv)
    MembreFabrique(equipe=c.points[1].dossier.equipe, confirme=True, compte=c.presidente)
    assert not peut_valider(c.presidente, pv)


def test_son_suppleant_valide_et_le_proces_verbal_dit_a_quel_titre(sous):
    c, pv = seance_close()
    mandat = MandatFabrique(siege=c.sieges[0], suppleant=True)
    assert not peut_valider(mandat.compte, pv), "pas convoqué : il n'a pas siégé"
    ConvocationFabrique(seance=c.seance, mandat=mandat)
    assert SECRET in sous(mandat.compte).get(adresse("proces_verbal", c)).text
    pv = valide_par(pv, mandat.compte)
    assert pv.contenu["valide"]["qualite"] == "Suppléant du président, écarté d’un point"


def test_a_defaut_le_secretariat_designe_un_membre_venu_et_libre(sous):
    c, pv = seance_close(autres=(2,))
    page = sous(c.secretaire).get(adresse("proces_verbal", c))
    assert [compte.pk for compte in page.context["confier"]] == [c.membres[1].pk, c.membres[3].pk]
    for compte in (c.membres[2], c.presidente):  # écartés
        reponse = sous(c.secretaire).post(adresse("confier", c), {"compte": compte.pk}, follow=True)
        assert "écarté d’aucun point" in reponse.text
    for _ in range(2):
        sous(c.secretaire).post(adresse("confier", c), {"compte": c.membres[3].pk})
    pv.refresh_from_db()
    assert pv.confie_a == c.membres[3]
    assert Evenement.objects.filter(sorte="pv_confie").count() == 1
    assert Courriel.objects.filter(gabarit="deliberations/pv_a_valider", compte=c.membres[3]).count() == 1
    assert SECRET in sous(c.membres[3]).get(adresse("proces_verbal", c)).text
    assert "membre désigné" in sous(c.membres[3]).get(adresse("valider", c)).text
    assert not peut_valider(c.membres[1], pv)
    assert valide_par(pv, c.membres[3]).contenu["valide"]["qualite"].startswith("Membre désigné")


def test_le_secretariat_ne_designe_personne_quand_la_presidente_peut_valider(sous):
    c, pv = seance_close(deporte=False)
    with pytest.raises(Refus, match="peut valider"):
        confier_la_validation(pv, c.membres[1], acteur=c.secretaire)
    assert sous(c.presidente).post(adresse("confier", c), {"compte": c.membres[1].pk}).status_code == 403
    assert ProcesVerbal.objects.get().confie_a is None


def test_si_chacun_est_ecarte_le_secretariat_valide_et_c_est_ecrit():
    c, pv = seance_close()
    assert not peut_valider(c.secretaire, pv)
    for compte in c.membres[1:]:
        DeportFabrique(point=c.points[0], compte=compte)
    pv = valide_par(pv, c.secretaire)
    assert "aucun membre" in pv.contenu["valide"]["qualite"]


def test_celui_qui_doit_valider_est_prevenu_a_la_cloture():
    c, _ = seance_close(deporte=False)
    assert Courriel.objects.filter(gabarit="deliberations/pv_a_valider", compte=c.presidente).exists()
    c, _ = seance_close()
    assert not Courriel.objects.filter(gabarit="deliberations/pv_a_valider", compte=c.presidente).exists()
