"""L'équipe reconnue passe sous le minimum : l'alerte s'ouvre, se relance, se ferme ; rien ne se décide seul."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.equipes import actions as equipes
from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import etapes
from esperluette.instruction.contributions import signalements_de
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from esperluette.reconnaissances.actions.composition import fixer_le_delai, surveiller
from esperluette.reconnaissances.enums import EtatReconnaissance
from esperluette.reconnaissances.models import Alerte, Reconnaissance
from esperluette.referentiel.lecture import edition
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
UN_JOUR = timedelta(days=1)


def partir(equipe):
    """L'infirmier, seul paramédical, s'en va."""
    membre = equipe.membres.presents().filter(porteur=False).get()
    return equipes.retirer_membre(membre, acteur=equipe.porteur.compte)


def test_le_depart_du_seul_paramedical_ouvre_l_alerte_des_deux_cotes(equipe, reconnaissance, acteurs):
    partir(equipe)
    alerte = Alerte.objects.get()
    assert any("paramédical" in constat.lower() for constat in alerte.constats)
    assert (alerte.delai_le, alerte.delai_origine) == (None, "")
    reconnaissance.refresh_from_db()
    assert reconnaissance.etat == EtatReconnaissance.EN_COURS  # rien ne se décide seul
    relue = Equipe.objects.avec_regles().get(pk=equipe.pk)
    (etape,) = [e for e in etapes(relue, acteurs["porteuse"]) if e.cle == "composition-reconnue"]
    assert "paramédical" in etape.phrase.lower()
    assert "n’a pas encore fixé de délai" in etape.phrase
    destinataires = set(
        Courriel.objects.filter(gabarit__startswith="reconnaissances/alerte").values_list("destinataire", flat=True)
    )
    assert {acteurs["porteuse"].courriel, acteurs["referente"].courriel} <= destinataires


def test_l_alerte_se_voit_sur_la_fiche_de_l_agent(equipe, reconnaissance, acteurs):
    depot = fabrique.depose(equipe)
    partir(equipe)
    depot.dossier.equipe = Equipe.objects.avec_regles().get(pk=equipe.pk)
    titres = [s.titre for s in signalements_de(depot.dossier, acteurs["referente"])]
    assert "Composition sous le minimum" in titres


def test_l_alerte_se_ferme_quand_la_composition_remonte_et_garde_sa_trace(equipe, reconnaissance):
    partir(equipe)
    equipes.ajouter_membre(
        equipe, acteur=equipe.porteur.compte, prenom="Lena", nom="Le Goff", profession="60", exercice="liberal"
    )
    alerte = Alerte.objects.get()
    assert alerte.close_le is not None
    sortes = list(evenements_de(equipe).filter(sorte__startswith="composition").values_list("sorte", flat=True))
    assert sorted(sortes) == ["composition_retablie", "composition_tombee"]
    partir(equipe)
    assert Alerte.objects.ouvertes().count() == 1


def test_surveiller_ouvre_une_fois_et_rejoue_sans_effet(equipe, reconnaissance):
    equipe.membres.filter(porteur=False).update(sorti_le=timezone.localdate())
    assert surveiller() == 1
    nombre = Courriel.objects.count()
    assert surveiller() == 1
    assert (Alerte.objects.count(), Courriel.objects.count()) == (1, nombre)


def test_une_equipe_jamais_vue_complete_n_est_pas_tombee(equipe):
    """Reprise sans tous ses membres : on ne crie pas au départ de ceux qu'on n'a jamais connus."""
    equipe.membres.filter(porteur=False).delete()
    ReconnaissanceFabrique(equipe=equipe)
    assert surveiller() == 0
    MembreFabrique(equipe=equipe, confirme=True)
    surveiller()
    assert Reconnaissance.objects.get().composition_vue_le is not None
    partir(equipe)
    assert Alerte.objects.ouvertes().count() == 1


@pytest.mark.parametrize("trait", ["finie", "retiree"])
def test_une_reconnaissance_passee_ne_s_alerte_pas(equipe, trait):
    ReconnaissanceFabrique(equipe=equipe, suffisante=True, **{trait: True})
    partir(equipe)
    assert surveiller() == 0


def test_le_delai_est_celui_de_l_agent_et_il_relance_deux_fois(equipe, reconnaissance, referente, acteurs):
    partir(equipe)
    alerte = Alerte.objects.get()
    for role in ("porteuse", "referent_ailleurs", "presidente"):
        with pytest.raises(Refus):
            fixer_le_delai(alerte, acteur=acteurs[role], delai_le=timezone.localdate() + UN_JOUR)
    with pytest.raises(ErreurMetier, match="à venir"):
        fixer_le_delai(alerte, acteur=referente, delai_le=timezone.localdate())
    fixer_le_delai(alerte, acteur=referente, delai_le=timezone.localdate() + 30 * UN_JOUR)
    alerte.refresh_from_db()
    assert (alerte.delai_origine, alerte.delai_fixe_par) == ("agent", referente)
    surveiller()
    alerte.refresh_from_db()
    assert alerte.relancee_le is None  # trop tôt
    Alerte.objects.update(delai_le=timezone.localdate() + 3 * UN_JOUR)
    nombre = Courriel.objects.count()
    surveiller()
    surveiller()
    premier = Courriel.objects.count() - nombre
    assert premier > 0
    Alerte.objects.update(delai_le=timezone.localdate() - UN_JOUR, relancee_le=timezone.now() - 4 * UN_JOUR)
    surveiller()
    surveiller()
    assert Courriel.objects.count() == nombre + 2 * premier
    reconnaissance.refresh_from_db()
    assert reconnaissance.etat == EtatReconnaissance.EN_COURS


def test_le_delai_de_l_edition_s_impose_s_il_existe(equipe, reconnaissance, monkeypatch):
    demarche = edition("bretagne", "2024-10").demarche("projet-de-sante")
    assert demarche.reconnait.delai_composition_jours is None  # la Bretagne n'en dit rien : on n'invente pas
    monkeypatch.setattr("esperluette.reconnaissances.lectures.Regles.delai_de_composition", property(lambda _: 60))
    partir(equipe)
    alerte = Alerte.objects.get()
    assert (alerte.delai_le, alerte.delai_origine) == (timezone.localdate() + 60 * UN_JOUR, "edition")


@pytest.mark.parametrize("nombre", [1, 3])
def test_surveiller_coute_autant_a_une_et_a_trois(django_assert_num_queries, nombre):
    for n in range(nombre):
        ReconnaissanceFabrique(equipe=fabrique.equipe_complete(nom=f"Équipe {n}"), suffisante=True)
    surveiller()
    with django_assert_num_queries(7):
        surveiller()
