"""La réunion sur site : prévoir, déplacer, tenir, raconter ; et ce qu'elle ouvre."""

from datetime import date, time, timedelta

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.dossiers.cycle import permission
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import actions, reunions
from esperluette.instruction.models_fiche import PieceDeReunion, ReunionSurSite
from esperluette.instruction.reunions_ics import invitation
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import connecter
from tests.fabriques.fiche import reunion_tenue
from tests.fabriques.fichiers import pdf, upload

pytestmark = pytest.mark.django_db
DEMAIN = timezone.localdate() + timedelta(days=10)
SAISIE = {"prevue_le": DEMAIN.isoformat(), "heure": "14:30", "lieu": "Mairie de Loudéac", "participants": "Anne"}


@pytest.fixture
def agente(acteurs, dossier):
    actions.prendre_en_instruction(dossier, acteur=acteurs["referente"])
    dossier.refresh_from_db()
    return acteurs["referente"]


def prevoir(dossier, agente, **saisie):
    champs = {"prevue_le": DEMAIN, "heure": time(14, 30), "lieu": "Mairie", "participants": "Anne"} | saisie
    return reunions.prevoir(dossier, acteur=agente, **champs)


def adresse(dossier, nom="reunion", *suite):
    return reverse(f"instruction:{nom}", args=[dossier.reference, *suite])


def contenu(reponse):
    return b"".join(reponse.streaming_content)


def courriels(gabarit):
    return Courriel.objects.filter(gabarit=f"instruction/{gabarit}")


def test_prevoir_invite_chaque_membre_sans_rien_divulguer(dossier, agente):
    prevoir(dossier, agente, lieu="Maison de Mme Le Bris")
    prevenus = set(courriels("reunion_prevue").values_list("destinataire", flat=True))
    assert prevenus == {m.courriel for m in dossier.equipe.membres.presents()}
    assert not courriels("reunion_prevue").filter(texte__contains="Le Bris").exists()
    assert "reunion_prevue" in {e.sorte for e in evenements_de(dossier)}
    for courriel in courriels("reunion_prevue"):
        (piece,) = courriel.pieces.all()
        assert piece.nom == f"reunion-{dossier.reference}.ics"
        (evenement,) = icalendar.Calendar.from_ical(bytes(piece.contenu)).walk("VEVENT")
        assert "Le Bris" in str(evenement["LOCATION"])


def test_prevoir_deux_fois_la_meme_chose_n_ecrit_qu_une_fois(dossier, agente):
    for _ in range(2):
        prevoir(dossier, agente)
    assert ReunionSurSite.objects.count() == 1
    assert courriels("reunion_prevue").count() == dossier.equipe.membres.presents().count()


def test_prevoir_ailleurs_deplace_la_meme_reunion(dossier, agente):
    premiere = prevoir(dossier, agente)
    deplacee = prevoir(dossier, agente, prevue_le=DEMAIN + timedelta(days=1))
    assert (deplacee.pk, deplacee.sequence) == (premiere.pk, 1)
    assert "reunion_deplacee" in {e.sorte for e in evenements_de(dossier)}


def test_un_jour_passe_ne_se_prevoit_pas_un_jour_a_venir_ne_s_est_pas_tenu(dossier, agente):
    with pytest.raises(ErreurMetier, match="passé"):
        prevoir(dossier, agente, prevue_le=date(2020, 1, 1))
    with pytest.raises(ErreurMetier, match="pas encore venu"):
        reunions.tenir(dossier, acteur=agente, tenue_le=DEMAIN, lieu="Mairie")
    with pytest.raises(ErreurMetier, match="Dites où"):
        prevoir(dossier, agente, lieu="  ")
    assert not ReunionSurSite.objects.exists()


def test_sans_reunion_on_n_inscrit_pas_et_la_raison_dit_quoi_faire(dossier, agente):
    refus = permission(dossier, "inscrire", agente)
    assert not refus
    assert "prévoyez-la dans l’onglet « Réunion »" in refus.motif
    prevoir(dossier, agente)
    assert f"prévue le {DEMAIN:%d/%m/%Y}" in permission(dossier, "inscrire", agente).motif
    reunions.tenir(dossier, acteur=agente, tenue_le=timezone.localdate(), lieu="Mairie", compte_rendu="Tous là.")
    assert reunions.reunion_tenue(dossier, agente)


def test_la_corbeille_de_la_commission_attend_la_reunion(dossier, agente):
    assert Dossier.objects.filter(reunions.sans_reunion()).count() == 1
    reunion_tenue(dossier, agente)
    assert Dossier.objects.filter(reunions.sans_reunion()).count() == 0


def test_une_region_qui_ne_la_demande_pas_n_attend_rien(dossier, agente):
    Dossier.objects.filter(pk=dossier.pk).update(
        region="provence-alpes-cote-d-azur", edition="2022-02", demarche="lettre-intention"
    )
    dossier.refresh_from_db()
    assert reunions.est_exigee(dossier) is False
    assert reunions.reunion_tenue(dossier, agente)
    assert not Dossier.objects.filter(reunions.sans_reunion()).exists()


def test_annuler_previent_et_l_agenda_s_efface(dossier, agente):
    reunion = prevoir(dossier, agente)
    for _ in range(2):
        reunion = reunions.annuler(reunion, acteur=agente)
    assert courriels("reunion_annulee").count() == dossier.equipe.membres.presents().count()
    (evenement,) = icalendar.Calendar.from_ical(invitation(reunion)).walk("VEVENT")
    assert (str(evenement["STATUS"]), int(evenement["SEQUENCE"])) == ("CANCELLED", 1)
    assert prevoir(dossier, agente).pk != reunion.pk


def test_une_reunion_tenue_ne_s_annule_plus(dossier, agente):
    with pytest.raises(ErreurMetier, match="ne s’annule plus"):
        reunions.annuler(reunion_tenue(dossier, agente), acteur=agente)


def test_tenir_deux_fois_n_ecrit_qu_une_fois_et_le_compte_rendu_se_complete(dossier, agente):
    prevoir(dossier, agente)
    for _ in range(2):
        tenue = reunions.tenir(dossier, acteur=agente, tenue_le=timezone.localdate(), lieu="Mairie")
    assert ReunionSurSite.objects.count() == 1
    reunions.rediger_compte_rendu(tenue, acteur=agente, texte="Tout est dit.", participants="Anne\nYann")
    tenue.refresh_from_db()
    assert (tenue.compte_rendu, tenue.participants) == ("Tout est dit.", "Anne\nYann")


@pytest.mark.parametrize("heure", [time(14, 30), None])
def test_l_invitation_se_relit_par_un_autre_agenda(heure, dossier, agente):
    reunion = prevoir(dossier, agente, heure=heure, lieu="Mairie ; salle 2, étage\nBEGIN:VEVENT")
    agenda = icalendar.Calendar.from_ical(invitation(reunion))
    (evenement,) = agenda.walk("VEVENT")
    debut = evenement.decoded("DTSTART")
    if heure:
        assert (debut.date(), debut.hour, str(debut.tzinfo)) == (DEMAIN, 14, "Europe/Paris")
    else:
        assert debut == DEMAIN
    assert dossier.equipe.nom in str(evenement["SUMMARY"])
    assert str(evenement["LOCATION"]).startswith("Mairie ; salle 2")


def test_l_agent_et_l_equipe_telechargent_l_invitation(client, acteurs, dossier, agente):
    reunion = prevoir(dossier, agente)
    pour_l_agent = connecter(client, agente).get(adresse(dossier, "reunion_agenda", reunion.pk))
    assert pour_l_agent.headers["Content-Type"].startswith("text/calendar")
    equipe = reverse("preparation:agenda", args=[dossier.reference, reunion.pk])
    assert connecter(client, acteurs["membre"]).get(equipe).status_code == 200
    assert connecter(client, acteurs["inconnue"]).get(equipe).status_code == 404
    assert client.get(adresse(dossier, "reunion_agenda", reunion.pk)).status_code == 404


def test_tout_se_fait_a_l_ecran_et_l_equipe_le_lit(client, acteurs, dossier, agente):
    connecter(client, agente)
    assert client.post(adresse(dossier, "reunion_prevoir"), SAISIE).status_code == 302
    assert "Déplacer la réunion" in client.get(adresse(dossier)).content.decode()
    tenue = {"tenue_le": timezone.localdate().isoformat(), "lieu": "Mairie", "compte_rendu": "Bon accueil."}
    assert client.post(adresse(dossier, "reunion_tenir"), tenue).status_code == 302
    assert "le dossier peut être inscrit" in client.get(adresse(dossier)).content.decode()
    reunion = ReunionSurSite.objects.get()
    joindre = adresse(dossier, "reunion_joindre", reunion.pk)
    assert client.post(joindre, {"fichier": upload("presence.pdf", pdf())}).status_code == 302
    piece = PieceDeReunion.objects.get()
    assert contenu(client.get(adresse(dossier, "reunion_piece", piece.pk))).startswith(b"%PDF-")
    equipe = connecter(client, acteurs["membre"])
    html = equipe.get(reverse("preparation:reunion", args=[dossier.reference])).content.decode()
    assert "Bon accueil." in html
    assert "presence.pdf" in html
    assert contenu(equipe.get(reverse("preparation:piece", args=[dossier.reference, piece.pk]))).startswith(b"%PDF-")
    assert "Réunion sur site" in equipe.get(reverse("dossiers:fiche", args=[dossier.reference])).content.decode()


@pytest.mark.parametrize(("champ", "valeur"), [
    ("prevue_le", ""), ("prevue_le", "0001-01-01"), ("prevue_le", "demain"), ("prevue_le", "2020-01-01"),
    ("lieu", ""), ("lieu", "é" * 10_000), ("heure", "25:99"), ("participants", "é" * 20_000),
])  # fmt: skip
def test_une_saisie_fausse_revient_avec_son_erreur(champ, valeur, client, dossier, agente):
    page = connecter(client, agente).post(adresse(dossier, "reunion_prevoir"), SAISIE | {champ: valeur})
    assert page.status_code == 422
    assert "fr-error-text" in page.content.decode()
    assert not ReunionSurSite.objects.exists()


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", "#set page()", "$x$ @ref"])
def test_un_texte_hostile_se_montre_echappe(texte, client, acteurs, dossier, agente):
    prevoir(dossier, agente, lieu=texte, participants=texte)
    for qui, page in (
        (agente, adresse(dossier)),
        (acteurs["membre"], reverse("preparation:reunion", args=[dossier.reference])),
    ):
        html = connecter(client, qui).get(page).content.decode()
        assert "<script>alert" not in html
        assert texte.replace("<", "&lt;").replace(">", "&gt;") in html


def test_un_fichier_refuse_dit_pourquoi(client, dossier, agente):
    reunion = prevoir(dossier, agente)
    envoi = {"fichier": upload("virus.exe", b"MZ\x90\x00")}
    page = connecter(client, agente).post(adresse(dossier, "reunion_joindre", reunion.pk), envoi)
    assert page.status_code == 422
    assert not PieceDeReunion.objects.exists()


@pytest.mark.parametrize(("qui", "statut"), [
    ("referent_ailleurs", 404), ("porteuse", 404), ("membre", 404), ("secretaire", 404), ("inconnue", 404),
    ("administratrice", 403),
])  # fmt: skip
def test_les_autres_n_organisent_rien(qui, statut, client, acteurs, dossier, agente):
    reunion = prevoir(dossier, agente)
    connecter(client, acteurs[qui])
    assert client.post(adresse(dossier, "reunion_prevoir"), SAISIE).status_code == statut
    assert client.post(adresse(dossier, "reunion_annuler", reunion.pk)).status_code == statut
    reunion.refresh_from_db()
    assert reunion.annulee_le is None


@pytest.mark.parametrize("etat", sorted(Etat.CLOS))
def test_un_dossier_clos_ne_se_prepare_plus(etat, dossier, agente):
    Dossier.objects.filter(pk=dossier.pk).update(etat=etat)
    with pytest.raises(Refus, match="clos"):
        prevoir(dossier, agente)


def test_avant_le_depot_l_equipe_ne_lit_aucune_reunion(client, equipe):
    from tests.fabriques import dossiers as fabrique

    brouillon = fabrique.brouillon(equipe)
    page = connecter(client, equipe.porteur.compte).get(reverse("preparation:reunion", args=[brouillon.reference]))
    assert "Aucune réunion n’est prévue" in page.content.decode()


def test_l_onglet_coute_autant_pour_une_et_trois_reunions(client, dossier, agente, requetes):
    reunion_tenue(dossier, agente)
    connecter(client, agente).get(adresse(dossier))
    une = requetes(lambda: client.get(adresse(dossier)))
    for _ in range(2):
        reunion_tenue(dossier, agente)
    assert requetes(lambda: client.get(adresse(dossier))) == une <= 26
