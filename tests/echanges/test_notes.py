"""Les notes internes : entre agents, jamais ailleurs. Les réponses types : des mots remplacés, rien d'évalué."""

import json
import uuid

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import get_resolver, reverse
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.exports import donnees_de
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.echanges import actions, lectures
from esperluette.echanges.droits import peut_lire_les_notes, peut_noter, regions_tenues
from esperluette.echanges.models import NoteInterne, ReponseType
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Membre
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from esperluette.territoires.models import Commune, Region
from tests.dossiers.ecrans import sous
from tests.fabriques.echanges import SECRET, message, note, reponse_type

pytestmark = pytest.mark.django_db


# --- Qui note, qui lit ------------------------------------------------------------------------------


@pytest.mark.parametrize("qui", ["referente", "autorite", "collegue"])
def test_un_agent_du_perimetre_note_et_lit(qui, dossier, acteurs):
    assert note(dossier, acteurs[qui]).texte == SECRET
    assert peut_lire_les_notes(acteurs[qui], dossier)


@pytest.mark.parametrize(
    "qui",
    [
        "porteuse", "membre", "accompagnatrice", "referent_ailleurs", "presidente", "secretaire", "membre_commission",
        "administrateur_regional", "porteuse_ailleurs", "inconnue",
    ],
)  # fmt: skip
def test_les_autres_ne_notent_ni_ne_lisent(qui, dossier, acteurs):
    assert not peut_lire_les_notes(acteurs[qui], dossier)
    with pytest.raises(Refus):
        note(dossier, acteurs[qui])
    assert not NoteInterne.objects.exists()


def test_l_administratrice_lit_sans_ecrire(dossier, acteurs):
    assert peut_lire_les_notes(acteurs["administratrice"], dossier)
    assert not peut_noter(acteurs["administratrice"], dossier)


@pytest.mark.parametrize("lien", ["membre", "accompagnateur"])
def test_un_agent_lie_a_l_equipe_ne_lit_pas_les_notes(lien, dossier, acteurs):
    if lien == "membre":
        Membre.objects.filter(compte=acteurs["membre"]).update(compte=acteurs["referente"])
    else:
        AccesAccompagnateur.objects.update(compte=acteurs["referente"])
    dossier = Dossier.objects.get(pk=dossier.pk)
    refus = peut_lire_les_notes(acteurs["referente"], dossier)
    assert "Vous faites partie de cette équipe" in refus.motif
    note(dossier, acteurs["autorite"])
    assert (
        lectures.nombre_de_notes(dossier, acteurs["referente"]),
        lectures.nombre_de_notes(dossier, acteurs["autorite"]),
    ) == (0, 1)
    assert sous(acteurs["referente"]).get(reverse("instruction:notes", args=[dossier.reference])).status_code == 403
    assert acteurs["referente"] not in lectures.collegues_de(dossier, acteurs["autorite"]) or lien == "accompagnateur"


def test_un_brouillon_sans_message_n_a_pas_de_notes(brouillon, acteurs):
    with pytest.raises(Refus, match="ni déposé"):
        note(brouillon, acteurs["referente"])
    message(brouillon, acteurs["porteuse"])
    assert note(brouillon, acteurs["referente"])


# --- Appeler un collègue ----------------------------------------------------------------------------


def test_une_mention_previent_le_collegue_sans_le_contenu(dossier, acteurs):
    Compte.objects.filter(pk=acteurs["collegue"].pk).update(prenom="Solène", nom="Le Bihan")
    ecrite = note(dossier, acteurs["referente"], texte=f"{SECRET} @solene le bihan, ton avis ?")
    assert [c.pk for c in ecrite.prevenus.all()] == [acteurs["collegue"].pk]
    (courriel,) = Courriel.objects.filter(gabarit="echanges/mention")
    assert courriel.destinataire == acteurs["collegue"].courriel
    assert SECRET not in courriel.texte + courriel.objet
    assert f"/instruction/{dossier.reference}/notes/" in courriel.texte


def test_on_ne_previent_que_des_collegues_du_territoire(dossier, acteurs):
    ecrite = note(
        dossier,
        acteurs["referente"],
        prevenir=[acteurs["referent_ailleurs"], acteurs["porteuse"], acteurs["autorite"]],
    )
    assert [c.pk for c in ecrite.prevenus.all()] == [acteurs["autorite"].pk]


def test_le_meme_envoi_fait_deux_fois_ne_note_et_ne_previent_qu_une(dossier, acteurs):
    jeton = uuid.uuid4()
    for _ in range(2):
        note(dossier, acteurs["referente"], prevenir=[acteurs["collegue"]], jeton=jeton)
    assert NoteInterne.objects.count() == Courriel.objects.filter(gabarit="echanges/mention").count() == 1


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("@Anne Le Gall", True),
        ("voir avec @anne  le gall.", True),
        ("@ANNE LE GÂLL", True),
        ("Anne Le Gall", False),
        ("@Anne", False),
        ("anne@le gall", False),
    ],
)
def test_une_mention_est_un_nom_entier(texte, attendu):
    assert bool(lectures.mentionnes(texte, [Compte(prenom="Anne", nom="Le Gall")])) is attendu


# --- Aucune fuite -----------------------------------------------------------------------------------


@pytest.fixture
def note_secrete(dossier, acteurs):
    return note(dossier, acteurs["referente"], prevenir=[acteurs["collegue"]])


def adresses_du_dossier(reference):
    """Toutes les pages qui ne demandent qu'une référence."""
    for nom, (formes, _motif, _defauts, _convertisseurs) in _adresses():
        if formes and formes[0][1] == ["reference"]:
            yield nom, reverse(nom, args=[reference])


def _adresses():
    racine = get_resolver()
    for espace, (_prefixe, sous_resolveur) in racine.namespace_dict.items():
        for nom, details in sous_resolveur.reverse_dict.lists():
            if isinstance(nom, str):
                yield f"{espace}:{nom}", (details[0][0], *details[0][1:])


@pytest.mark.parametrize("qui", ["porteuse", "membre", "accompagnatrice", "membre_commission", "presidente"])
def test_aucune_page_n_en_dit_rien_a_l_equipe_ni_a_la_commission(qui, note_secrete, dossier, acteurs):
    client, vues = sous(acteurs[qui]), 0
    adresses = [
        *adresses_du_dossier(dossier.reference),
        ("equipe", reverse("equipes:fiche", args=[dossier.equipe_id])),
    ]
    for nom, adresse in adresses:
        reponse = client.get(adresse)
        if reponse.status_code == 200:
            contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
            assert SECRET.encode() not in contenu, nom
            assert b"note interne" not in contenu.lower(), nom
            vues += 1
        assert not (nom.startswith("instruction:") and reponse.status_code == 200), nom
    assert vues >= (5 if qui in ("porteuse", "membre") else 0)


def test_ni_export_ni_courriel_ni_journal_du_dossier_n_en_portent_le_texte(note_secrete, dossier, acteurs):
    for compte in acteurs.values():
        assert SECRET not in json.dumps(donnees_de(compte), cls=DjangoJSONEncoder, ensure_ascii=False)
    assert not any(SECRET in c.texte + c.html + c.objet for c in Courriel.objects.all())
    assert "note_interne" not in {e.sorte for e in evenements_de(dossier)}
    assert SECRET not in str([e.donnees for e in evenements_de(note_secrete)])


# --- Les réponses types -----------------------------------------------------------------------------


@pytest.fixture
def region(equipe):
    return equipe.implantation.region


@pytest.mark.parametrize("qui", ["referente", "autorite", "administrateur_regional"])
def test_agents_et_administrateur_de_la_region_les_tiennent(qui, region, acteurs):
    assert regions_tenues(acteurs[qui]) == [region]
    assert reponse_type(region, acteurs[qui]).region == region


@pytest.mark.parametrize("qui", ["porteuse", "presidente", "membre_commission", "administratrice", "inconnue"])
def test_les_autres_ne_les_tiennent_pas(qui, region, acteurs):
    with pytest.raises(Refus):
        reponse_type(region, acteurs[qui])


def test_on_ne_touche_pas_celles_d_une_autre_region(region, acteurs):
    ailleurs = Region.objects.create(code="93", nom="Provence-Alpes-Côte d’Azur", cle="provence-alpes-cote-d-azur")
    with pytest.raises(Refus, match="autre région"):
        reponse_type(ailleurs, acteurs["referente"])


def test_un_intitule_ne_sert_qu_une_fois_par_region(region, acteurs):
    premiere = reponse_type(region, acteurs["referente"])
    autre = reponse_type(region, acteurs["referente"], intitule="Rendez-vous")
    with pytest.raises(Conflit, match="déjà cet intitulé"):
        actions.modifier_reponse_type(autre, acteur=acteurs["referente"], intitule=premiere.intitule, texte="x")
    with pytest.raises(ErreurMetier, match="un intitulé et un texte"):
        actions.modifier_reponse_type(autre, acteur=acteurs["referente"], intitule=" ", texte="x")


def test_desactivee_elle_ne_se_propose_plus_et_revient(dossier, region, acteurs):
    reponse = reponse_type(region, acteurs["referente"])
    for actif in (False, False, True):
        actions.activer_reponse_type(reponse, acteur=acteurs["referente"], actif=actif)
        assert lectures.reponses_types_pour(dossier).exists() is actif
    sortes = [e.sorte for e in evenements_de(reponse)]
    assert sorted(sortes) == ["reponse_type_creee", "reponse_type_desactivee", "reponse_type_reactivee"]


def test_les_mots_se_remplacent_et_rien_n_est_evalue(dossier, region, acteurs):
    pieges = "{{ dossier.equipe }} {% now 'Y' %} {equipe.nom} {0} {} %(equipe)s ${equipe} {inconnu}"
    reponse = reponse_type(region, acteurs["referente"], texte="{equipe}, {reference}, {commune} : " + pieges)
    texte = lectures.mettre_en_mots(reponse, dossier, acteurs["referente"])
    assert texte.startswith(f"Équipe du Lié, {dossier.reference}, Loudéac : ")
    assert texte.endswith(pieges.replace("${equipe}", "$Équipe du Lié"))


def test_un_nom_d_equipe_piege_n_est_pas_relu(dossier, region, acteurs):
    Equipe.objects.update(nom="{agent} {reference}")
    dossier = Dossier.objects.select_related("equipe__implantation").get(pk=dossier.pk)
    reponse = reponse_type(region, acteurs["referente"], texte="À {equipe}.")
    assert lectures.mettre_en_mots(reponse, dossier, acteurs["referente"]) == "À {agent} {reference}."


@given(st.text(alphabet="{}ab equipe", max_size=60))
def test_tout_texte_sans_mot_reste_intact(texte):
    commune = Commune(nom="Loudéac")
    dossier = Dossier(reference="R", demarche_libelle="D", equipe=Equipe(nom="É", implantation=commune))
    rendu = lectures.mettre_en_mots(ReponseType(texte=texte), dossier, "A")
    assert rendu == texte.replace("{equipe}", "É")
