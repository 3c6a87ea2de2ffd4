"""Ce que chacun emporte : l'équipe sa part, l'ARS la sienne ; jamais une note interne ni un brouillon de décision."""

import pytest
from django.utils import timezone

from esperluette.archives.lectures import peut_emporter
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.decisions.enums import Sens
from esperluette.deliberations.models import AvisRendu, EtapeDeReserve, Extrait, ProcesVerbal, Reserve
from esperluette.documents.canonique import empreinte
from esperluette.documents.emport import Public
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.instruction.models import Affectation
from esperluette.instruction.models_fiche import LigneDeGrille
from tests.archives.outils import chemins, fichier, lire
from tests.fabriques import decisions, echanges
from tests.fabriques import dossiers as fabrique
from tests.fabriques.commissions import DeportFabrique, PointFabrique
from tests.fabriques.equipes import MembreFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
EQUIPE, ARS = Public.EQUIPE, Public.ARS
# Ce que l'équipe n'emporte jamais, dans aucun fichier.
SECRETS = ("Note de l’agent", "Vu avec la direction", "Le second agent a visé", "brouillon secret", "grille secrète")


def tout(dossier, pour, compte=None):
    """Tous les textes de la part, mis bout à bout ; ce qui est à produire est laissé de côté."""
    noms = sorted(c for c in chemins(dossier, pour, compte) if c.endswith((".json", ".html")))
    return "".join(lire(dossier, nom, pour, compte) for nom in noms)


@pytest.fixture
def instruit(dossier, acteurs):
    """L'ARS y a travaillé : notes, grille, affectation, compléments envoyés et en préparation."""
    agent = acteurs["referente"]
    echanges.message(dossier, acteurs["porteuse"], "Bonjour <b>l’ARS</b>")
    echanges.message_de_l_ars(dossier, agent, "Bonjour l’équipe")
    echanges.note(dossier, agent, "Note de l’agent")
    LigneDeGrille.objects.create(dossier=dossier, grille="g", critere="c", texte="grille secrète", modifie_par=agent)
    Affectation.objects.create(dossier=dossier, agent=agent, motif="Vu avec la direction")
    depot = dossier.depots.get()
    commun = {"dossier": dossier, "depot": depot, "preparee_par": agent}
    envoyee = DemandeDeComplements.objects.create(
        **commun, message="Il manque un point.", demandee_par=agent, demandee_le=timezone.now(),
        avant_le=timezone.localdate(),
    )  # fmt: skip
    Remarque.objects.create(demande=envoyee, libelle="Territoire", texte="Précisez.", reponse="C’est fait.")
    brouillon = DemandeDeComplements.objects.create(**commun, message="brouillon secret")
    Remarque.objects.create(demande=brouillon, libelle="Territoire", texte="brouillon secret")
    return dossier


def test_l_equipe_emporte_le_fil_et_les_complements_jamais_ce_que_les_agents_se_disent(instruit):
    parts = chemins(instruit, EQUIPE)
    assert {"echanges/messages.html", "complements/demande-1.json", "redaction/reponses.json"} <= parts
    assert not any(c.startswith("ars/") for c in parts)
    textes = tout(instruit, EQUIPE)
    for secret in SECRETS:
        assert secret not in textes
    assert "C’est fait." in textes
    assert "Bonjour &lt;b&gt;l’ARS&lt;/b&gt;" in lire(instruit, "echanges/messages.html")


def test_l_ars_emporte_son_travail_mais_ni_un_brouillon_ni_la_redaction_de_l_equipe(instruit, acteurs):
    agent = acteurs["referente"]
    parts = chemins(instruit, ARS, agent)
    assert {"ars/notes-internes.json", "ars/grille.json", "ars/affectations.json", "echanges/messages.json"} <= parts
    assert not any(c.startswith("redaction/") for c in parts)
    textes = tout(instruit, ARS, agent)
    assert "Note de l’agent" in textes
    assert "brouillon secret" not in textes


def test_les_notes_suivent_le_droit_de_les_lire(instruit, acteurs):
    assert "ars/notes-internes.json" in chemins(instruit, ARS)
    assert "ars/notes-internes.json" not in chemins(instruit, ARS, acteurs["referent_ailleurs"])


def test_l_ars_n_emporte_que_les_pieces_qu_elle_a_recues(instruit, acteurs):
    """Une pièce jointe depuis le dépôt est encore à l'équipe."""
    PieceJointe.objects.create(
        dossier=instruit, fichier=fichier("neuve.pdf", acteurs["porteuse"]), libelle="Neuve",
        jointe_par=acteurs["porteuse"],
    )  # fmt: skip
    assert "pieces/01-neuve.pdf" in chemins(instruit, EQUIPE)
    assert not any("neuve" in c for c in chemins(instruit, ARS))


def test_une_version_jamais_deposee_reste_a_l_equipe(equipe):
    depot = fabrique.fige(equipe)
    assert "depots/version-1/contenu.json" in chemins(depot.dossier, EQUIPE)
    assert "depots/version-1/contenu.json" not in chemins(depot.dossier, ARS)


class TestDecisions:
    @pytest.fixture
    def decide(self, equipe, acteurs):
        return decisions.avis_rendu(acteurs, equipe)

    def test_un_brouillon_de_decision_ne_va_pas_a_l_equipe(self, decide, acteurs):
        decisions.preparee(decide, acteurs, Sens.REFUS)
        assert not any(c.startswith("decisions/") for c in chemins(decide, EQUIPE))
        assert "decisions/decision-1.json" in chemins(decide, ARS)
        assert decisions.MOTIF not in tout(decide, EQUIPE)

    def test_une_decision_recue_va_aux_deux_sans_son_visa_pour_l_equipe(self, decide, acteurs):
        decisions.notifiee(decide, acteurs, Sens.ACCORD)
        assert "decisions/decision-1.json" in chemins(decide, EQUIPE)
        assert "preparee_par" not in lire(decide, "decisions/decision-1.json", EQUIPE)
        assert "preparee_par" in lire(decide, "decisions/decision-1.json", ARS)

    def test_la_reconnaissance_et_ses_suites_vont_aux_deux(self, decide):
        reconnaissance = ReconnaissanceFabrique(equipe=decide.equipe, dossier=decide)
        for pour in Public:
            assert f"reconnaissance/{reconnaissance.numero}.json" in chemins(decide, pour)


class TestCommission:
    @pytest.fixture
    def point(self, dossier, acteurs):
        point = PointFabrique(dossier=dossier, avis_rendu=True)
        AvisRendu.objects.create(
            point=point, avis="favorable", libelle="Favorable", motif="Motif de l’avis", rendu_le=timezone.now(),
            rendu_par=acteurs["presidente"], definitif_le=timezone.now(),
        )  # fmt: skip
        return point

    def pv(self, point, acteurs, *, valide):
        qui = {"valide_le": timezone.now(), "valide_par": acteurs["presidente"]} if valide else {}
        contenu = {"seance": 1}
        pv = ProcesVerbal.objects.create(
            seance=point.seance, contenu=contenu, empreinte=empreinte(contenu), etabli_par=acteurs["presidente"], **qui
        )
        return Extrait.objects.create(proces_verbal=pv, point=point, contenu=contenu, empreinte=empreinte(contenu))

    def extraits(self, dossier, pour, compte=None):
        return sorted(c for c in chemins(dossier, pour, compte) if c.startswith(("commission/ext", "commission/pro")))

    @pytest.mark.parametrize(
        ("valide", "etat", "pour", "attendu"),
        [
            (True, Etat.ACCEPTE, EQUIPE, 1), (True, Etat.AVIS_RENDU, EQUIPE, 0), (False, Etat.ACCEPTE, EQUIPE, 0),
            (True, Etat.AVIS_RENDU, ARS, 1), (False, Etat.AVIS_RENDU, ARS, 0),
        ],
    )  # fmt: skip
    def test_l_extrait_vient_a_son_heure(self, dossier, point, acteurs, valide, etat, pour, attendu):
        self.pv(point, acteurs, valide=valide)
        Dossier.objects.filter(pk=dossier.pk).update(etat=etat)
        assert len(self.extraits(Dossier.objects.get(pk=dossier.pk), pour)) == attendu

    def test_le_motif_de_l_avis_attend_la_decision(self, dossier, point):
        Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.AVIS_RENDU)
        dossier.refresh_from_db()
        assert "Motif de l’avis" not in lire(dossier, "commission/avis.json", EQUIPE)
        assert "Motif de l’avis" in lire(dossier, "commission/avis.json", ARS)
        dossier.etat = Etat.ACCEPTE
        assert "Motif de l’avis" in lire(dossier, "commission/avis.json", EQUIPE)

    def test_le_proces_verbal_entier_ne_va_qu_a_qui_mene_sans_etre_deporte(self, dossier, point, acteurs):
        self.pv(point, acteurs, valide=True)
        secretaire = acteurs["secretaire"]
        assert len(self.extraits(dossier, ARS, acteurs["referente"])) == 1
        assert len(self.extraits(dossier, ARS, secretaire)) == 2
        DeportFabrique(point=point, compte=secretaire)
        assert len(self.extraits(dossier, ARS, secretaire)) == 1

    def test_les_reserves_partent_avec_leurs_preuves_et_leur_empreinte(self, dossier, point, acteurs):
        reserve = Reserve.objects.create(
            dossier=dossier, point=point, texte="Préciser.", posee_par=acteurs["presidente"],
            definitive_le=timezone.now(),
        )  # fmt: skip
        EtapeDeReserve.objects.create(
            reserve=reserve, geste="preuve", fichier=fichier("preuve.pdf", acteurs["porteuse"]),
            par=acteurs["porteuse"],
        )  # fmt: skip
        for pour in Public:
            assert "commission/preuves/reserve-1-1-preuve.pdf" in chemins(dossier, pour)

    def test_une_reserve_en_deliberation_n_est_a_personne(self, dossier, point, acteurs):
        Reserve.objects.create(dossier=dossier, point=point, texte="En débat", posee_par=acteurs["presidente"])
        for pour in Public:
            assert "En débat" not in tout(dossier, pour)


# Qui emporte quoi : (l'équipe, l'ARS).
QUI = {
    "porteuse": (True, False),
    "membre": (True, False),
    "accompagnatrice": (False, False),
    "referente": (False, True),
    "referent_ailleurs": (False, False),
    "autorite": (False, True),
    "porteuse_ailleurs": (False, False),
    "inconnue": (False, False),
}


@pytest.mark.parametrize("qui", QUI)
def test_qui_emporte_quelle_part(dossier, acteurs, qui):
    assert tuple(bool(peut_emporter(acteurs[qui], dossier, pour)) for pour in (EQUIPE, ARS)) == QUI[qui]


def test_un_ancien_membre_un_membre_a_confirmer_et_un_compte_ferme_n_emportent_rien(dossier, equipe, acteurs):
    for membre in (MembreFabrique(equipe=equipe, confirme=True, parti=True), MembreFabrique(equipe=equipe)):
        if membre.compte is not None:
            assert not peut_emporter(membre.compte, dossier, EQUIPE)
    acteurs["porteuse"].is_active = False
    assert not peut_emporter(acteurs["porteuse"], dossier, EQUIPE)


def test_le_deport_l_emporte_et_tombe_avec_son_annulation(dossier, acteurs):
    agent = acteurs["referente"]
    deport = DeportFabrique(point=PointFabrique(dossier=dossier), compte=agent)
    permission = peut_emporter(agent, dossier, ARS)
    assert not permission
    assert "déporté" in permission.motif
    deport.annule_le = timezone.now()
    deport.save()
    assert peut_emporter(agent, dossier, ARS)


def test_un_agent_membre_de_l_equipe_n_emporte_pas_la_part_de_l_ars(dossier, equipe, acteurs):
    MembreFabrique(equipe=equipe, compte=acteurs["referente"], confirme=True)
    assert not peut_emporter(acteurs["referente"], Dossier.objects.get(pk=dossier.pk), ARS)
