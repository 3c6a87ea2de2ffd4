"""Les durées de conservation : des données avec leur statut, un préavis à qui appartient la donnée, une trace."""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from esperluette.archives.checks import durees_lisibles
from esperluette.archives.conservation import orphelins
from esperluette.archives.conservation.purge import appliquer, etat
from esperluette.archives.conservation.regles import REGLES
from esperluette.archives.models import Preavis, Purge
from esperluette.comptes.durees import DureesInvalides, durees
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.models import Fichier
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.journal.lectures import evenements_de, verifier
from esperluette.journal.models import Evenement
from esperluette.notifications.enums import Etat
from esperluette.notifications.models import Courriel
from tests.archives.outils import fichier, joindre
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import InvitationFabrique
from tests.fabriques.interlocuteurs import DemandeFabrique

pytestmark = pytest.mark.django_db
ANNEES = timedelta(days=5000)


def de(cle, resultats):
    return next(r for r in resultats if r.cle == cle)


def vieillir(objet, *champs, de=ANNEES):
    type(objet)._base_manager.filter(pk=objet.pk).update(**{c: timezone.now() - de for c in champs})


@pytest.fixture
def propre(settings, tmp_path):
    """Le fichier du responsable du traitement."""

    def ecrire(texte):
        settings.CONSERVATION = tmp_path / "conservation.yaml"
        settings.CONSERVATION.write_text(texte, encoding="utf-8")

    return ecrire


class TestDurees:
    def test_aucune_duree_ne_se_fait_passer_pour_une_regle_de_droit(self):
        """Rien de ce qui a été lu ne les fixe : elles sont techniques, et disent pourquoi, ou proposées."""
        for duree in durees().values():
            assert duree.statut in ("technique", "proposee")
            assert duree.source or duree.statut == "proposee"

    def test_chaque_duree_chiffree_a_sa_regle_et_inversement(self):
        assert {d.cle for d in durees().values() if d.jours is not None} == set(REGLES)

    @pytest.mark.parametrize("cle", ["dossiers", "signatures"])
    def test_ce_qui_fait_preuve_n_a_pas_de_duree(self, cle):
        assert durees()[cle].jours is None

    def test_ce_qui_est_a_quelqu_un_a_un_preavis(self):
        for cle, regle in REGLES.items():
            assert (regle.a_qui is not None) == bool(durees()[cle].preavis), cle

    def test_le_responsable_fixe_les_siennes_avec_leur_source(self, propre):
        propre("regles:\n  - cle: rencontres\n    jours: 365\n    source: Registre, fiche 12\n")
        assert (durees()["rencontres"].jours, durees()["rencontres"].statut) == (365, "fixee")
        assert durees()["rencontres"].preavis == 30
        assert durees()["comptes"].statut == "proposee"

    @pytest.mark.parametrize(
        "texte",
        [
            "", "regles: 3", "- a", "regles: [3]", "regles:\n  - cle: [", "regles:\n  - cle: inconnue\n    source: x",
            "regles:\n  - cle: rencontres\n    jours: 12",
            "regles:\n  - cle: rencontres\n    jours: -1\n    source: x",
            "regles:\n  - cle: rencontres\n    jours: yes\n    source: x",
            "regles:\n  - cle: rencontres\n    jours: un an\n    source: x",
        ],
    )  # fmt: skip
    def test_un_fichier_faux_arrete_tout_au_demarrage(self, propre, texte):
        propre(texte)
        with pytest.raises(DureesInvalides):
            durees()
        assert [e.id for e in durees_lisibles()] == ["archives.E001"]
        with pytest.raises(CommandError) as erreur:
            call_command("conservation", "etat")
        assert erreur.value.returncode == 2

    def test_un_fichier_absent_se_dit(self, settings, tmp_path):
        settings.CONSERVATION = tmp_path / "absent.yaml"
        assert "ne se lit pas" in durees_lisibles()[0].msg


def test_rien_a_faire_ne_laisse_aucune_trace(db):
    avant = Evenement.objects.count()
    appliquer()
    assert (Purge.objects.count(), Evenement.objects.count()) == (0, avant)


def test_une_rencontre_close_se_previent_puis_s_efface():
    demande, recente = DemandeFabrique(tenue=True), DemandeFabrique(tenue=True)
    vieillir(demande, "close_le")
    vieillir(recente, "close_le", de=timedelta(days=3))
    fait = de("rencontres", appliquer())
    assert (fait.concernes, fait.prevenus, fait.effaces) == (1, 1, 0)
    courriel = Courriel.objects.get(gabarit="archives/effacement_prevu")
    assert courriel.destinataire == demande.courriel
    assert "effacer votre demande" in courriel.objet
    assert de("rencontres", appliquer()).prevenus == 0, "on ne prévient qu'une fois"
    vieillir(Preavis.objects.get(), "envoye_le", de=timedelta(days=31))
    fait = de("rencontres", appliquer())
    assert (fait.effaces, list(DemandeDeRencontre.objects.all()), Preavis.objects.count()) == (1, [recente], 0)
    purge = Purge.objects.first()
    (ligne,) = evenements_de(purge)
    assert (ligne.sorte, ligne.donnees["effaces"]) == ("conservation_appliquee", 1)
    assert verifier().intact


def test_a_blanc_et_l_etat_disent_tout_et_n_ecrivent_rien(capsys):
    vieillir(DemandeFabrique(tenue=True), "close_le")
    vieillir(InvitationFabrique(perimee=True), "envoyee_le", "echeance")
    perdu = fichier("perdu.pdf", CompteFabrique())
    vieillir(perdu, "depose_le")
    avant = Evenement.objects.count(), Courriel.objects.count()
    for arguments in (["etat"], ["appliquer", "--a-blanc"]):
        call_command("conservation", *arguments, "--json")
        dit = json.loads(capsys.readouterr().out)
        regles = {r["cle"]: r for r in dit["regles"]}
        assert dit["a_blanc"] is True
        assert (regles["rencontres"]["a_prevenir"], regles["fichiers_orphelins"]["a_effacer"]) == (1, 1)
    assert (Evenement.objects.count(), Courriel.objects.count()) == avant
    assert not Preavis.objects.exists()
    assert Fichier.objects.filter(pk=perdu.pk).exists()
    call_command("conservation", "etat")
    assert "proposée, à fixer par le responsable du traitement" in capsys.readouterr().out


def test_qui_reprend_son_brouillon_le_garde(brouillon, acteurs):
    vieillir(brouillon, "cree_le", "mouvement_le")
    assert de("brouillons", appliquer()).prevenus == 1
    vieillir(Preavis.objects.get(), "envoye_le")
    champ = next(iter(brouillon.reponses.values_list("champ", flat=True)), None) or "territoire"
    brouillon.reponses.update_or_create(
        champ=champ, defaults={"valeur": "Repris.", "modifie_par": acteurs["porteuse"], "modifie_le": timezone.now()}
    )
    fait = de("brouillons", appliquer())
    assert (fait.concernes, fait.effaces, Preavis.objects.count()) == (0, 0, 0)
    assert Dossier.objects.filter(pk=brouillon.pk).exists()


def test_un_brouillon_abandonne_s_efface_avec_ses_pieces(brouillon, acteurs):
    piece = joindre(brouillon, acteurs["porteuse"], "plan.pdf")
    nom = piece.fichier.contenu.name
    vieillir(brouillon, "cree_le", "mouvement_le")
    brouillon.reponses.update(modifie_le=timezone.now() - ANNEES)
    appliquer()
    vieillir(Preavis.objects.get(), "envoye_le")
    assert de("brouillons", appliquer()).effaces == 1
    assert not Dossier.objects.filter(pk=brouillon.pk).exists()
    assert not default_storage.exists(nom)
    assert evenements_de(brouillon.equipe).filter(sorte="brouillon_efface").count() == 1
    assert verifier().intact


@pytest.mark.parametrize("cas", ["depose", "message", "fige"])
def test_un_dossier_qui_a_servi_n_est_jamais_un_brouillon_abandonne(cas, equipe, acteurs, dossier):
    if cas == "fige":
        dossier = fabrique.fige(fabrique.equipe_complete()).dossier
    if cas == "message":
        dossier = fabrique.brouillon(fabrique.equipe_complete())
        echanges.message(dossier, dossier.equipe.porteur.compte)
    vieillir(dossier, "cree_le", "mouvement_le", "etat_depuis")
    dossier.reponses.update(modifie_le=timezone.now() - ANNEES)
    assert de("brouillons", etat()).concernes == 0


def test_invitations_courriels_et_fichiers_s_effacent_sans_prevenir():
    vieillir(InvitationFabrique(perimee=True), "envoyee_le", "echeance")
    InvitationFabrique()
    courriels = [Courriel.objects.create(destinataire="a@b.example", gabarit="x", objet="y") for _ in range(3)]
    for courriel, sien in zip(courriels, (Etat.ENVOYE, Etat.ENVOYE, Etat.A_ENVOYER), strict=True):
        Courriel.objects.filter(pk=courriel.pk).update(etat=sien, envoye_le=timezone.now())
    vieillir(courriels[0], "envoye_le")
    vieillir(courriels[2], "envoye_le", "cree_le")
    fait = appliquer()
    assert de("invitations", fait).effaces == 1
    assert de("courriels", fait).effaces == 1
    assert {c.pk for c in Courriel.objects.filter(gabarit="x")} == {courriels[1].pk, courriels[2].pk}


class TestOrphelins:
    def test_un_fichier_designe_par_n_importe_quel_modele_reste(self, brouillon, acteurs):
        piece = joindre(brouillon, acteurs["porteuse"], "plan.pdf")
        seul = fichier("seul.pdf", acteurs["porteuse"])
        demain = timezone.now() + timedelta(days=1)
        restes = set(orphelins.sans_usage(demain).values_list("pk", flat=True))
        assert (seul.pk in restes, piece.fichier_id in restes) == (True, False)

    def test_on_regarde_jusqu_aux_liens_sans_retour(self):
        """Presque tous les liens vers un fichier sont sans nom de retour : Django ne les liste pas d'office."""
        vus = {f"{modele._meta.label}.{champ}" for modele, champ in orphelins.liens()}
        assert {
            "dossiers.PieceJointe.fichier", "echanges.PieceDeMessage.fichier", "deliberations.EtapeDeReserve.fichier",
            "instruction.PieceDeReunion.fichier",
        } <= vus  # fmt: skip

    def test_ce_qui_n_est_pas_a_esperluette_dans_le_stockage_reste(self, db):
        autre = default_storage.save("base-du-voisin/donnees.sqlite3", ContentFile(b"x"))
        assert autre not in set(orphelins.hors_base(timezone.now() + timedelta(days=1)))
        default_storage.delete(autre)

    def test_un_fichier_sans_ligne_en_base_se_trouve(self, db):
        garde = fichier("garde.pdf", CompteFabrique())
        perdu = default_storage.save("fichiers/2020/01/perdu", ContentFile(b"x"))
        trouves = set(orphelins.hors_base(timezone.now() + timedelta(days=1)))
        assert perdu in trouves
        assert garde.contenu.name not in trouves
        assert perdu not in set(orphelins.hors_base(timezone.now() - timedelta(days=1)))
        default_storage.delete(perdu)


class TestComptesInactifs:
    @pytest.fixture
    def parti(self):
        compte = CompteFabrique(prenom="Yann", nom="Kerbrat")
        vieillir(compte, "last_login", "cree_le")
        return compte

    def test_on_le_previent_puis_on_l_efface(self, parti):
        assert de("comptes", appliquer()).prevenus == 1
        assert Courriel.objects.get(gabarit="archives/effacement_prevu").destinataire == parti.courriel
        vieillir(Preavis.objects.get(regle="comptes"), "envoye_le")
        assert de("comptes", appliquer()).effaces == 1
        parti.refresh_from_db()
        assert (parti.is_active, str(parti)) == (False, "Compte effacé")

    def test_s_il_revient_il_reste(self, parti):
        appliquer()
        vieillir(Preavis.objects.get(regle="comptes"), "envoye_le")
        Compte.objects.filter(pk=parti.pk).update(last_login=timezone.now())
        assert de("comptes", appliquer()).concernes == 0
        assert not Preavis.objects.exists()

    def test_un_agent_en_fonction_se_garde_et_n_est_pas_alarme(self):
        agent = FonctionFabrique(admin=True).compte
        vieillir(agent, "last_login", "cree_le")
        fait = de("comptes", appliquer())
        assert (fait.concernes, fait.prevenus, len(fait.retenus)) == (1, 0, 1)
        assert "fonction est ouverte" in fait.retenus[0]

    def test_un_compte_de_demonstration_n_est_jamais_concerne(self):
        vieillir(CompteFabrique(fictif=True), "last_login", "cree_le")
        assert de("comptes", etat()).concernes == 0
