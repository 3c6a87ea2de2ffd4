"""Rappeler une signature : un rappel par personne et par jour, à la main ou tout seul, et jamais pour rien."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.dossiers.actions.depot import deposer, retirer, rouvrir
from esperluette.dossiers.actions.relances import relancer
from esperluette.dossiers.cycle import TransitionImpossible
from esperluette.dossiers.models import Depot, Dossier, RelanceDeSignature
from esperluette.dossiers.relances import seuil_atteint
from esperluette.dossiers.taches import rappeler_les_signatures
from esperluette.equipes.actions import quitter
from esperluette.equipes.delegations import confier_le_depot
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.actions import choisir
from esperluette.notifications.enums import Etat as EtatCourriel
from esperluette.notifications.models import Courriel
from tests.dossiers.ecrans import requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db
AUTO, MAIN = "dossiers/signature_rappel", "dossiers/signature_relance"


@pytest.fixture
def fige(equipe, settings):
    settings.RAPPELS_DE_SIGNATURE = (3, 7)
    return fabrique.fige(equipe)


@pytest.fixture
def le(monkeypatch, fige):
    """`le(jour, heure)` : l'horloge de Paris, la version ayant été figée le 1er décembre 2026 à midi."""
    Depot.objects.update(fige_le=datetime(2026, 12, 1, 11, 0, tzinfo=UTC))

    def poser(jour, heure="12:00"):
        h, m = map(int, heure.split(":"))
        moment = datetime(2026, 12, jour, h, m, tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(UTC))

    return poser


def partis(gabarit):
    return sorted(Courriel.objects.filter(gabarit=gabarit).values_list("destinataire", flat=True))


# --- À la main ------------------------------------------------------------------------------------


def test_un_second_rappel_le_meme_jour_ne_part_pas_et_le_dit(fige, acteurs):
    client = sous(acteurs["porteuse"])
    assert "Rappel envoyé à 2 personnes." in texte(client.post(url(fige.dossier, "relancer"), follow=True))
    page = texte(client.post(url(fige.dossier, "relancer"), follow=True))
    assert "Déjà rappelé aujourd’hui" in page
    assert "Rappel envoyé" not in page
    assert len(partis(MAIN)) == 2
    assert "Relancer" not in texte(client.get(url(fige.dossier, "signature"))).split("Chacun a déjà reçu")[0][-400:]
    actes = [e for e in evenements_de(fige.dossier) if e.sorte == "signatures_relancees"]
    assert len(actes) == 1


def test_la_page_dit_quand_le_dernier_rappel_est_parti_par_personne(fige, acteurs):
    relancer(fige.dossier, acteur=acteurs["porteuse"])
    RelanceDeSignature.objects.filter(membre__porteur=True).update(par=None)
    page = texte(sous(acteurs["membre"]).get(url(fige.dossier, "signature")))
    assert page.count("Dernier rappel") == 2
    assert f"envoyé par {acteurs['porteuse']}" in page
    assert "automatique" in page


def test_le_lendemain_on_peut_relancer_de_nouveau(fige, acteurs, le):
    le(2, "23:59")
    relancer(fige.dossier, acteur=acteurs["porteuse"])
    le(2, "23:59")
    assert relancer(fige.dossier, acteur=acteurs["porteuse"]).parties == ()
    le(3, "00:00")
    assert len(relancer(fige.dossier, acteur=acteurs["porteuse"]).parties) == 2


def test_qui_a_signe_n_est_plus_relance(fige, acteurs):
    fabrique.signer(fige, acteur=acteurs["membre"], empreinte=fige.empreinte)
    relances = relancer(fige.dossier, acteur=acteurs["porteuse"])
    assert [m.compte for m in relances.parties] == [acteurs["porteuse"]]


def test_qui_a_quitte_l_equipe_n_est_pas_relance_et_la_page_dit_quoi_faire(fige, acteurs, equipe):
    membre = equipe.membres.get(compte=acteurs["membre"])
    quitter(membre, acteur=acteurs["membre"])
    client = sous(acteurs["porteuse"])
    page = texte(client.post(url(fige.dossier, "relancer"), follow=True))
    assert f"Plus dans l’équipe : {membre}" in page
    assert "sans signer" in page
    assert "rouvrez la rédaction" in page
    assert acteurs["membre"].courriel not in partis(MAIN)
    fiche = texte(client.get(url(fige.dossier, "fiche")))
    assert f"{membre} a quitté l’équipe et ne signera plus cette version" in fiche


def test_relancer_demande_le_droit_de_deposer(fige, acteurs, equipe):
    with pytest.raises(Refus, match="Seul le porteur"):
        relancer(fige.dossier, acteur=acteurs["membre"])
    membre = equipe.membres.get(compte=acteurs["membre"])
    fin = timezone.localdate() + timedelta(days=3)
    confier_le_depot(equipe, acteur=acteurs["porteuse"], membres=[membre], fin=fin)
    assert len(relancer(fige.dossier, acteur=acteurs["membre"]).parties) == 2


def test_rien_a_relancer_hors_d_une_version_a_signer(equipe, acteurs):
    dossier = fabrique.brouillon(equipe)
    with pytest.raises(TransitionImpossible, match="Aucune version"):
        relancer(dossier, acteur=acteurs["porteuse"])


def test_la_base_refuse_deux_rappels_le_meme_jour(fige, equipe):
    champs = {"depot": fige, "membre": equipe.porteur, "jour": date(2026, 12, 4)}
    RelanceDeSignature.objects.create(**champs)
    with pytest.raises(IntegrityError), transaction.atomic():
        RelanceDeSignature.objects.create(**champs)


# --- Tout seuls -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jour", "seuil"), [(1, None), (3, None), (4, 4), (7, 4), (8, 8), (30, 8)],
)  # fmt: skip
def test_le_dernier_jour_de_rappel_passe(jour, seuil):
    attendu = date(2026, 12, seuil) if seuil else None
    assert seuil_atteint(date(2026, 12, 1), date(2026, 12, jour), (3, 7)) == attendu
    assert seuil_atteint(date(2026, 12, 1), date(2026, 12, jour), ()) is None


def test_les_rappels_partent_aux_jours_dits_et_une_seule_fois(fige, le):
    envoyes = {}
    for jour in range(1, 12):
        le(jour)
        envoyes[jour] = rappeler_les_signatures() + rappeler_les_signatures()
    assert {j: n for j, n in envoyes.items() if n} == {4: 2, 8: 2}


@pytest.mark.parametrize(("heure", "jour", "part"), [("23:59", 3, 0), ("00:00", 4, 2), ("00:30", 4, 2)])
def test_le_jour_est_celui_de_paris(heure, jour, part, fige, le):
    """Le 4 à 00 h 30 à Paris, il est encore le 3 en temps universel."""
    le(jour, heure)
    assert rappeler_les_signatures() == part


def test_une_version_figee_juste_avant_minuit_compte_de_ce_jour_la(fige, le):
    Depot.objects.update(fige_le=datetime(2026, 12, 1, 22, 59, tzinfo=UTC))  # 23 h 59 à Paris, le 1er
    le(3, "23:59")
    assert rappeler_les_signatures() == 0
    le(4, "00:01")
    assert rappeler_les_signatures() == 2


def test_un_travailleur_arrete_rattrape_sans_doubler(fige, le):
    le(6)
    assert rappeler_les_signatures() == 2
    le(7)
    assert rappeler_les_signatures() == 0


def test_un_rappel_a_la_main_compte_pour_le_jour_et_pour_ceux_qui_le_suivent(fige, le, acteurs):
    le(4)
    relancer(fige.dossier, acteur=acteurs["porteuse"])
    assert rappeler_les_signatures() == 0
    le(5)
    assert rappeler_les_signatures() == 0
    le(8)
    assert rappeler_les_signatures() == 2


def test_un_rappel_automatique_empeche_celui_a_la_main_le_meme_jour(fige, le, acteurs):
    le(4)
    rappeler_les_signatures()
    assert relancer(fige.dossier, acteur=acteurs["porteuse"]).parties == ()


@pytest.mark.parametrize("comment", ["signe", "rouvert", "depose", "retire"])
def test_les_rappels_s_arretent(comment, fige, le, acteurs, equipe):
    le(1)
    porteuse = acteurs["porteuse"]
    if comment in ("signe", "depose"):
        for membre in equipe.membres.presents().select_related("compte"):
            fabrique.signer(fige, acteur=membre.compte, empreinte=fige.empreinte)
    if comment == "depose":
        deposer(fige.dossier, acteur=porteuse)
    elif comment == "rouvert":
        rouvrir(fige.dossier, acteur=porteuse)
    elif comment == "retire":
        retirer(fige.dossier, acteur=porteuse)
    le(4)
    assert rappeler_les_signatures() == 0
    assert partis(AUTO) == []


def test_qui_ne_veut_pas_de_rappel_automatique_n_en_recoit_pas(fige, le, acteurs):
    """Celui que le porteur envoie part quand même : sans cette signature, le dossier ne part pas."""
    choisir(acteurs["membre"], {"rappels_de_signature": "jamais"})
    le(4)
    assert rappeler_les_signatures() == 1
    assert partis(AUTO) == [acteurs["porteuse"].courriel]
    assert [m.compte for m in relancer(fige.dossier, acteur=acteurs["porteuse"]).parties] == [acteurs["membre"]]
    assert Courriel.objects.get(gabarit=MAIN).etat != EtatCourriel.NON_VOULU


def test_une_fois_par_jour_le_rappel_attend_le_recapitulatif(fige, le, acteurs):
    choisir(acteurs["membre"], {"rappels_de_signature": "quotidien"})
    le(4)
    rappeler_les_signatures()
    rappel = Courriel.objects.get(gabarit=AUTO, destinataire=acteurs["membre"].courriel)
    assert rappel.etat == EtatCourriel.A_REGROUPER


def test_les_rappels_s_eteignent_par_reglage(fige, le, settings):
    settings.RAPPELS_DE_SIGNATURE = ()
    le(20)
    assert rappeler_les_signatures() == 0


def test_qui_a_quitte_l_equipe_n_est_pas_rappele(fige, le, acteurs, equipe):
    quitter(equipe.membres.get(compte=acteurs["membre"]), acteur=acteurs["membre"])
    le(4)
    assert rappeler_les_signatures() == 1


def test_la_version_suivante_recommence_ses_jours(fige, le, acteurs):
    le(4)
    rappeler_les_signatures()
    rouvrir(fige.dossier, acteur=acteurs["porteuse"])
    from esperluette.dossiers.actions.depot import figer

    figer(Dossier.objects.get(), acteur=acteurs["porteuse"])
    Depot.objects.filter(numero=2).update(fige_le=timezone.now())
    le(6)
    assert rappeler_les_signatures() == 0
    le(7)
    assert rappeler_les_signatures() == 2


def test_la_page_de_signature_coute_autant_avec_trois_rappels(equipe, acteurs):
    for _ in range(2):
        MembreFabrique(equipe=equipe, confirme=True)
    depot = fabrique.fige(equipe)
    client, adresse = sous(acteurs["porteuse"]), url(depot.dossier, "signature")
    RelanceDeSignature.objects.create(depot=depot, membre=equipe.porteur, jour=date(2026, 12, 4))
    avant = requetes(client, adresse)
    relancer(depot.dossier, acteur=acteurs["porteuse"])
    assert requetes(client, adresse) == avant
