"""L'avenant : rouvrir un projet accepté, voir ce qui change, et ce qui fait référence ensuite."""

import pytest

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.actions.depot import deposer, figer, retirer, signer
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.lectures import demarche_de, qui_signe, trame_de, valeurs_de
from esperluette.dossiers.models import Dossier, VersionReponse
from esperluette.equipes import actions as equipes
from esperluette.journal.lectures import evenements_de
from esperluette.reconnaissances.actions.avenants import ouvrir_un_avenant
from esperluette.reconnaissances.actions.reconnaissance import reconnaitre_par_decision
from esperluette.reconnaissances.avenants import depot_de_reference, differences, versions_acceptees
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.referentiel.avenants import trame_d_avenant
from esperluette.referentiel.lecture import edition, editions
from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db


@pytest.fixture
def projet(equipe, acteurs):
    dossier = fabrique.projet_examine(acteurs, equipe)
    fabrique.notifiee(dossier, acteurs)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def porteuse(acteurs):
    return acteurs["porteuse"]


def ouvrir(projet, porteuse, *natures):
    return ouvrir_un_avenant(projet, acteur=porteuse, porte_sur=natures or ("territoire",))


def accepter(avenant, acteurs):
    """Jusqu'à l'acceptation, par les vraies actions ; sans commission."""
    fabrique_dossiers.remplir(avenant, acteur=acteurs["porteuse"])
    depot = figer(avenant, acteur=acteurs["porteuse"])
    for membre in avenant.equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    deposer(avenant, acteur=acteurs["porteuse"])
    franchir(avenant, "prendre_en_instruction", acteur=acteurs["referente"])
    fabrique.notifiee(Dossier.objects.get(pk=avenant.pk), acteurs)
    return Dossier.objects.get(pk=avenant.pk)


def test_l_avenant_ne_rouvre_que_ce_qu_il_change_prerempli(projet, porteuse):
    avenant = ouvrir(projet, porteuse)
    assert avenant.avenant_de == projet
    assert avenant.demarche_libelle == "Avenant au projet de santé (le territoire)"
    rubriques = [r.id for r in trame_de(avenant).rubriques]
    assert rubriques == ["avenant-objet", "avenant-projet", "territoire"]
    reprises = valeurs_de(avenant)
    assert reprises["avenant_changement"] is None
    champs = [c.id for c in trame_de(avenant).rubrique("territoire").champs]
    assert {c: reprises[c] for c in champs} == {c: valeurs_de(projet)[c] for c in champs}
    assert set(VersionReponse.objects.filter(reponse__dossier=avenant).values_list("repris_de", flat=True)) == {
        projet.pk
    }
    assert evenements_de(avenant).filter(sorte="avenant_ouvert").exists()


def test_sans_commission_et_signe_comme_le_projet(projet, porteuse):
    avenant = ouvrir(projet, porteuse, "membre")
    assert demarche_de(avenant).instance is None
    assert qui_signe(avenant) == qui_signe(projet) == "tous_les_membres"
    assert demarche_de(avenant).regime == demarche_de(projet).regime
    assert demarche_de(avenant).source.interprete


def test_le_projet_reste_la_reference_jusqu_a_l_acceptation(projet, porteuse, acteurs):
    avant = depot_de_reference(projet)
    avenant = ouvrir(projet, porteuse)
    assert differences(avenant) == []
    accepte = accepter(avenant, acteurs)
    projet.refresh_from_db()
    assert (projet.etat, accepte.etat) == ("accepte", "accepte")
    assert depot_de_reference(projet).dossier == accepte
    assert depot_de_reference(projet).pk != avant.pk
    assert [d.pk for d in versions_acceptees(projet)] == [projet.pk, accepte.pk]
    assert Reconnaissance.objects.count() == 1
    assert evenements_de(projet.equipe).filter(sorte="reference_changee").exists()


def un_texte(avenant):
    """Un champ de texte du projet que l'avenant rouvre."""
    rubrique = trame_de(avenant).rubrique("territoire")
    return next(c for c in rubrique.champs if c.type in ("texte", "texte_riche"))


def test_les_differences_se_lisent_mot_a_mot(projet, porteuse, acteurs, client):
    avenant = ouvrir(projet, porteuse)
    champ = un_texte(avenant)
    fabrique_dossiers.ecrire(avenant, champ.id, "<p>Nous partageons une patientèle rajeunie.</p>", porteuse)
    (difference,) = [d for d in differences(avenant) if d.champ == champ.libelle]
    assert {s.sorte for s in difference.segments} >= {"ajout", "retrait"}
    assert "rajeunie" in "".join(s.texte for s in difference.segments if s.sorte == "ajout")
    page = connecter(client, porteuse).get(f"/dossiers/{avenant.reference}/avenant/").content.decode()
    assert "rajeunie" in page
    assert "<ins>" in page
    # Un brouillon n'appartient qu'à l'équipe.
    assert connecter(client, acteurs["referente"]).get(f"/instruction/{avenant.reference}/avenant/").status_code == 404
    accepte = accepter(avenant, acteurs)
    page = client.get(f"/instruction/{accepte.reference}/avenant/").content.decode()
    assert "rajeunie" in page


def test_le_second_avenant_part_du_premier(projet, porteuse, acteurs):
    premier = ouvrir(projet, porteuse)
    champ = un_texte(premier)
    fabrique_dossiers.ecrire(premier, champ.id, "Le territoire s’est agrandi.", porteuse)
    accepter(premier, acteurs)
    second = ouvrir(projet, porteuse)
    assert "agrandi" in valeurs_de(second)[champ.id]
    assert differences(second) == []
    # Le premier se compare toujours au projet d'origine, pas à ce qui l'a suivi.
    assert any(d.champ == champ.libelle for d in differences(premier, premier.depots.first()))


def test_une_personne_entree_se_voit_dans_l_avenant(projet, porteuse):
    equipes.ajouter_membre(
        projet.equipe, acteur=porteuse, prenom="Lena", nom="Le Goff", profession="70", exercice="liberal"
    )
    avenant = Dossier.objects.get(pk=ouvrir(projet, porteuse, "membre").pk)
    (difference,) = differences(avenant)
    assert difference.champ == "Les membres"
    assert "Lena Le Goff" in "".join(s.texte for s in difference.segments if s.sorte == "ajout")


def test_un_seul_avenant_ouvert_a_la_fois(projet, porteuse):
    avenant = ouvrir(projet, porteuse)
    assert ouvrir(projet, porteuse) == avenant  # double clic
    with pytest.raises(Conflit, match="déjà ouvert"):
        ouvrir(projet, porteuse, "membre")
    retirer(avenant, acteur=porteuse)
    assert ouvrir(projet, porteuse, "membre").pk != avenant.pk


@pytest.mark.parametrize("role", ["membre", "referente", "autorite", "porteuse_ailleurs", "accompagnatrice"])
def test_le_porteur_seul_ouvre_un_avenant(projet, acteurs, role):
    with pytest.raises(Refus):
        ouvrir_un_avenant(projet, acteur=acteurs[role], porte_sur=["membre"])


@pytest.mark.parametrize("natures", [[], ["inconnue"], ["membre", "inconnue"], ["<script>"]])
def test_un_avenant_dit_ce_qu_il_change(projet, porteuse, natures):
    with pytest.raises(ErreurMetier, match="ce que l’avenant change"):
        ouvrir_un_avenant(projet, acteur=porteuse, porte_sur=natures)


def test_un_projet_pas_encore_accepte_ou_un_avenant_ne_s_avenantent_pas(equipe, acteurs, projet, porteuse):
    avenant = ouvrir(projet, porteuse)
    with pytest.raises(Refus, match="projet accepté"):
        ouvrir_un_avenant(avenant, acteur=porteuse, porte_sur=["membre"])


def test_la_page_ouvre_l_avenant_et_dit_l_erreur_a_cote_du_champ(projet, porteuse, client):
    connecter(client, porteuse)
    adresse = f"/dossiers/{projet.reference}/avenant/ouvrir/"
    assert "Ouvrir un avenant" in client.get(f"/dossiers/{projet.reference}/").content.decode()
    assert "pratique" in client.get(adresse).content.decode()
    assert client.post(adresse, {}).status_code == 422
    reponse = client.post(adresse, {"porte_sur": ["membre", "territoire"]})
    avenant = Dossier.objects.get(avenant_de=projet)
    assert reponse.url == f"/dossiers/{avenant.reference}/rediger/" or avenant.reference in reponse.url
    assert client.get(reponse.url, follow=True).status_code == 200


def test_la_demarche_d_avenant_est_nationale_et_marquee_interpretee():
    for lue in editions():
        reconnaissent = any(d.reconnait for d in lue.demarches)
        assert (lue.avenant is not None) == reconnaissent
        if lue.avenant is not None:
            assert lue.avenant is lue.socle.avenant
            assert lue.avenant.source.interprete
            assert lue.avenant.instance is None


@pytest.mark.parametrize("natures", [("membre",), ("axe",), ("territoire",), ("membre", "axe", "territoire")])
def test_chaque_nature_rouvre_des_rubriques_de_chaque_projet(natures):
    for lue in editions():
        for demarche in lue.demarches if lue.avenant else ():
            if demarche.reconnait is None:
                continue
            trame = trame_d_avenant(lue, f"avenant-{demarche.id}", natures)
            ids = [c.id for r in trame.rubriques for c in r.champs]
            assert len(ids) == len(set(ids))
            assert len(trame.rubriques) > 2, (lue.region, demarche.id, natures)


def test_une_demarche_d_avenant_inconnue_leve_keyerror():
    with pytest.raises(KeyError):
        edition("bretagne", "2024-10").demarche("avenant-inconnue")
    with pytest.raises(KeyError):
        edition("bretagne", "2019-10").demarche("avenant-projet-de-sante")


def test_reconnaitre_par_un_avenant_ne_reconnait_pas_deux_fois(projet, porteuse, acteurs):
    avenant = ouvrir(projet, porteuse)
    reconnue = reconnaitre_par_decision(avenant, acteur=acteurs["autorite"], decision="D")
    assert reconnue == Reconnaissance.objects.get()
