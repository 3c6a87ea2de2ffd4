"""Effacer un nom : l'événement reste, la chaîne se vérifie encore, et l'on voit que c'est un effacement."""

import hashlib
import json

import pytest
from django.utils import timezone

from esperluette.journal import chaine as maillons
from esperluette.journal.actions import consigner, effacer_les_noms
from esperluette.journal.lectures import evenements_de, retrouver, verifier
from esperluette.journal.models import NOM_EFFACE, SANS_NOM, Chaine, Evenement
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire():
    return CompteFabrique(prenom="Claire", nom="Le Goff")


@pytest.fixture
def objet():
    return CompteFabrique()


def au_premier_format(sorte, objet, acteur, **donnees):
    """Un maillon tel que les premières versions l'écrivaient : le nom en clair dans l'empreinte."""
    tete, _ = Chaine.objects.get_or_create(cle=maillons.cle_de(objet))
    le = timezone.now()
    texte = json.dumps(
        [tete.cle, tete.longueur + 1, sorte, acteur.pk, str(acteur), le.isoformat(), donnees, tete.tete],
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    evenement = Evenement.objects.create(
        chaine=tete, numero=tete.longueur + 1, sorte=sorte, acteur=acteur, acteur_nom=str(acteur), le=le,
        donnees=donnees, precedente=tete.tete, empreinte=hashlib.sha256(texte.encode()).hexdigest(),
    )  # fmt: skip
    tete.longueur, tete.tete = evenement.numero, evenement.empreinte
    tete.save()
    return evenement


def anciens_et_neufs(claire, objet):
    autre = CompteFabrique(prenom="Yann", nom="Kerbrat")
    au_premier_format("acte_1", objet, claire, rang=1)
    au_premier_format("acte_2", objet, autre, rang=2)
    consigner("acte_3", objet, acteur=claire, rang=3)
    consigner("acte_4", objet, acteur=autre, rang=4)


def test_une_chaine_du_premier_format_se_verifie_et_se_continue(claire, objet):
    anciens_et_neufs(claire, objet)
    assert [e.format for e in objet_de(objet)] == [1, 1, 2, 2]
    assert verifier().intact


def objet_de(objet):
    return list(evenements_de(objet).order_by("numero"))


@pytest.mark.parametrize("numero", [1, 2, 3, 4])
def test_un_nom_change_se_voit_dans_les_deux_formats(claire, objet, numero):
    anciens_et_neufs(claire, objet)
    Evenement.objects.filter(numero=numero).update(acteur_nom="Quelqu’un d’autre")
    assert [m.numero for m in verifier().maillons] == [numero]


def test_effacer_un_nom_garde_l_evenement_et_la_chaine(claire, objet):
    anciens_et_neufs(claire, objet)
    avant = {e.numero: (e.sorte, e.donnees, e.empreinte) for e in objet_de(objet)}
    assert effacer_les_noms(claire) == 2
    apres = objet_de(objet)
    assert {e.numero: (e.sorte, e.donnees, e.empreinte) for e in apres[:4]} == avant
    assert [e.auteur for e in apres] == [SANS_NOM, "Yann Kerbrat", SANS_NOM, "Yann Kerbrat", "Esperluette"]
    assert verifier().intact


def test_la_ligne_tombe_dit_quels_maillons_et_jamais_le_nom(claire, objet):
    anciens_et_neufs(claire, objet)
    effacer_les_noms(claire)
    tombe = Evenement.objects.get(sorte=NOM_EFFACE)
    assert (tombe.numero, tombe.donnees["numeros"], list(tombe.donnees["sans_nom"])) == (5, [1, 3], ["1"])
    assert "Le Goff" not in json.dumps(list(Evenement.objects.values()), default=str)


def test_effacer_deux_fois_ne_fait_rien_de_plus(claire, objet):
    anciens_et_neufs(claire, objet)
    effacer_les_noms(claire)
    avant = list(Evenement.objects.values())
    assert effacer_les_noms(claire) == 0
    assert list(Evenement.objects.values()) == avant


def test_chaque_chaine_touchee_a_sa_ligne_tombe(claire):
    objets = CompteFabrique.create_batch(3)
    for cible in objets:
        consigner("vu", cible, acteur=claire)
    assert effacer_les_noms(claire) == 3
    assert Evenement.objects.filter(sorte=NOM_EFFACE).count() == 3
    assert verifier().intact


@pytest.mark.parametrize("numero", [1, 3])
def test_un_nom_efface_sans_ligne_tombe_est_une_anomalie(claire, objet, numero):
    anciens_et_neufs(claire, objet)
    Evenement.objects.filter(numero=numero).update(acteur_nom="", acteur_sel="")
    (anomalie,) = verifier().maillons
    assert anomalie.numero == numero
    assert "sans ligne-tombe" in anomalie.cause


@pytest.mark.parametrize("champ", ["sorte", "donnees", "acteur_id", "le"])
@pytest.mark.parametrize("numero", [1, 3])
def test_sans_son_nom_un_maillon_prouve_encore_le_reste(claire, objet, numero, champ):
    anciens_et_neufs(claire, objet)
    effacer_les_noms(claire)
    neuf = {"sorte": "autre", "donnees": {"rang": 9}, "acteur_id": objet.pk, "le": timezone.now()}[champ]
    Evenement.objects.filter(numero=numero).update(**{champ: neuf})
    assert [m.numero for m in verifier().maillons] == [numero]


def test_le_nom_efface_ne_se_devine_pas_de_sa_marque(claire, objet):
    """Même en essayant le bon nom : sans le sel, la marque ne dit rien."""
    acte = consigner("vu", objet, acteur=claire)
    effacer_les_noms(claire)
    acte.refresh_from_db()
    essais = [f'{{"nom":"Claire Le Goff","sel":"{sel}"}}' for sel in ("", acte.sel, acte.acteur_sel)]
    assert acte.acteur_marque not in {hashlib.sha256(e.encode()).hexdigest() for e in essais}
    assert acte.acteur_sel == ""


def test_deux_actes_de_la_meme_personne_n_ont_pas_la_meme_marque(claire, objet):
    un, deux = (consigner("vu", objet, acteur=claire) for _ in range(2))
    assert un.acteur_marque != deux.acteur_marque


def test_une_tete_imprimee_avant_l_effacement_se_retrouve_apres(claire, objet):
    anciens_et_neufs(claire, objet)
    imprimee = objet_de(objet)[2].empreinte
    effacer_les_noms(claire)
    evenement, rapport = retrouver(imprimee)
    assert (evenement.numero, rapport.intact) == (3, True)
    assert retrouver("f" * 64) is None


def test_ce_que_sha256sum_refait_avec_les_trois_textes_d_un_maillon(claire, objet):
    acte = consigner("vu", objet, acteur=claire, rang=1)
    acte.refresh_from_db()
    enveloppe = json.loads(maillons.canonique(acte))
    assert hashlib.sha256(maillons.canonique(acte).encode()).hexdigest() == acte.empreinte
    assert hashlib.sha256(maillons.contenu(acte).encode()).hexdigest() == enveloppe["contenu"]
    assert hashlib.sha256(maillons.auteur(acte).encode()).hexdigest() == enveloppe["auteur"]
    assert enveloppe["precedente"] == ""
