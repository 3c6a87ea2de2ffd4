"""La preuve d'une signature : figée, empreinte, ancrée au journal, recalculée ; chaque altération se dit."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.utils import timezone

from esperluette.commun.requetes import AGENT_MAXIMUM, adresse_ip, agent_utilisateur
from esperluette.documents.actions import signer
from esperluette.documents.canonique import empreinte
from esperluette.documents.models import PreuveDeSignature, PreuveFigee, Signature
from esperluette.documents.preuves import (
    FORMAT_ANCIEN,
    CodeReleve,
    Conditions,
    Constat,
    complete,
    constater,
    export_de,
    fichier,
    garder,
    incoherences,
)
from esperluette.journal.actions import consigner
from esperluette.journal.models import Evenement
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db
CONTENU = "a" * 64
INSTANT = datetime(2026, 11, 22, 22, 59, 59, 123456, tzinfo=UTC)
CONDITIONS = Conditions("essai", "J’approuve <b>tout</b>.")
SUJET = {"dossier": {"reference": "ESP-22-1"}}


@pytest.fixture
def signature():
    """Une signature et sa preuve, sur un compte qui sert d'objet."""
    compte = CompteFabrique(prenom="Anne", nom="Morvan")
    code = CodeReleve("a•••@essais.example", INSTANT - timedelta(minutes=2), INSTANT, 2)
    constat = Constat(CONDITIONS, code, "2001:db8::1", "Navigateur d’essai")
    posee = signer(
        compte, empreinte=CONTENU, acteur=compte, nom="Anne Morvan", qualite="médecin", methode="code_courriel",
        le=INSTANT,
    )  # fmt: skip
    faits, connexion = constater(posee, constat, sujet=SUJET)
    acte = consigner("signature", compte, acteur=compte, signature=posee.pk, preuve=empreinte(faits))
    garder(posee, faits, connexion, acte)
    return Signature.objects.select_related("preuve").get()


def ecarts(signature):
    signature = Signature.objects.select_related("preuve").get(pk=signature.pk)
    preuve = getattr(signature, "preuve", None)
    acte = Evenement.objects.filter(chaine_id=preuve.chaine, numero=preuve.numero).first() if preuve else None
    return incoherences(signature, acte)


def test_tout_ce_qui_est_releve_est_dans_la_preuve(signature):
    faits = signature.preuve.faits
    assert faits["instant"] == {
        "utc": "2026-11-22T22:59:59.123456+00:00", "paris": "2026-11-22T23:59:59.123456+01:00",
    }  # fmt: skip
    assert faits["contenu"] == {"algorithme": "sha256", "empreinte": CONTENU}
    assert faits["signataire"]["nom"] == "Anne Morvan"
    assert faits["code"]["envoye_a"] == "a•••@essais.example"
    assert faits["code"]["essais"] == 2
    assert faits["conditions"]["texte"] == CONDITIONS.texte
    assert signature.preuve.numero == 1
    assert ecarts(signature) == []


def test_le_fichier_exporte_a_l_empreinte_imprimee_et_ne_dit_pas_l_adresse_ip(signature):
    octets = fichier(export_de(signature, SUJET))
    assert hashlib.sha256(octets).hexdigest() == signature.preuve.empreinte
    assert b"2001:db8" not in octets
    assert "Navigateur" not in octets.decode()
    connexion = fichier(signature.preuve.connexion)
    assert hashlib.sha256(connexion).hexdigest() == json.loads(octets)["connexion_empreinte"]


def test_la_meme_connexion_ne_donne_pas_deux_fois_la_meme_empreinte(signature):
    """Sans sel, une adresse IP se retrouverait en les essayant toutes."""
    constat = Constat(CONDITIONS, None, "192.0.2.1", "")
    une, _ = constater(signature, constat, sujet={})
    autre, _ = constater(signature, constat, sujet={})
    assert une["connexion_empreinte"] != autre["connexion_empreinte"]


def test_une_preuve_ne_se_recrit_pas(signature):
    with pytest.raises(PreuveFigee):
        signature.preuve.save()
    seconde = PreuveDeSignature(
        signature=signature, faits={}, connexion={}, chaine=signature.preuve.chaine, numero=9, maillon="x",
        empreinte="y",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        seconde.save()


def changer_faits(signature, **faits):
    preuve = signature.preuve
    PreuveDeSignature.objects.filter(pk=preuve.pk).update(faits=preuve.faits | faits)


def refaire_l_empreinte(signature):
    """Un faussaire appliqué recalcule l'empreinte : il lui reste le journal."""
    preuve = PreuveDeSignature.objects.get(signature=signature)
    PreuveDeSignature.objects.filter(pk=preuve.pk).update(empreinte=empreinte(complete(preuve)))


@pytest.mark.parametrize(
    ("alterer", "attendu"),
    [
        (lambda s: changer_faits(s, code=None), "Les faits gardés ne donnent plus l’empreinte"),
        (
            lambda s: (changer_faits(s, code=None), refaire_l_empreinte(s)),
            "Le journal ne porte pas l’empreinte de ces faits",
        ),
        (
            lambda s: PreuveDeSignature.objects.update(connexion={**s.preuve.connexion, "adresse_ip": "192.0.2.9"}),
            "L’adresse IP ou l’agent utilisateur gardés ne sont plus ceux",
        ),
        (lambda s: Signature.objects.update(nom="Yann Kerbrat"), "ne dit plus la même chose que la preuve : le sign"),
        (lambda s: Signature.objects.update(empreinte="b" * 64), "la preuve : l’empreinte signée"),
        (lambda s: Signature.objects.update(signee_le=INSTANT + timedelta(seconds=1)), "la preuve : l’instant"),
        (lambda s: Evenement.objects.update(donnees={"preuve": "rien"}), "a été changé"),
        (lambda s: Evenement.objects.update(numero=7), "a disparu"),
        (lambda s: PreuveDeSignature.objects.update(maillon="0" * 64), "a été changé"),
    ],
)
def test_chaque_alteration_se_dit(signature, alterer, attendu):
    alterer(signature)
    assert any(attendu in ecart for ecart in ecarts(signature)), ecarts(signature)


def test_une_signature_anterieure_dit_ce_qu_on_n_en_a_pas():
    compte = CompteFabrique()
    ancienne = signer(compte, empreinte=CONTENU, acteur=compte, nom="Anne", qualite="médecin", methode="code_courriel")
    exporte = export_de(ancienne, SUJET)
    assert exporte["format"] == FORMAT_ANCIEN
    assert "antérieur" in exporte["avertissement"] or "avant que les preuves" in exporte["avertissement"]
    assert exporte["contenu"]["empreinte"] == CONTENU
    assert incoherences(ancienne, None) == []


@pytest.mark.parametrize("methode", ["manuscrite", "", "autre"])
def test_la_base_refuse_une_signature_qui_n_est_pas_electronique(methode):
    compte = CompteFabrique()
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            objet=compte, empreinte=CONTENU, signataire=compte, nom="Anne", methode=methode, signee_le=timezone.now()
        )


# --- Ce qu'on lit d'une requête -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adresse", "lue"),
    [("192.0.2.7", "192.0.2.7"), ("2001:DB8::7", "2001:db8::7"), ("", ""), ("<b>", ""), ("unix:", "")],
)
def test_une_adresse_ip_en_est_une_ou_rien(adresse, lue):
    assert adresse_ip(RequestFactory().get("/", REMOTE_ADDR=adresse)) == lue


@pytest.mark.parametrize(("mandataires", "lue"), [(0, "10.0.0.1"), (1, "192.0.2.7"), (2, "198.51.100.3")])
def test_l_adresse_se_lit_a_travers_les_seuls_mandataires_de_confiance(mandataires, lue, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = mandataires
    requete = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "198.51.100.3, 192.0.2.7"})
    assert adresse_ip(requete) == lue


@pytest.mark.parametrize(
    ("dit", "garde"),
    [
        ("Mozilla/5.0", "Mozilla/5.0"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("un\x00deux\ntrois\x1b[31m", "undeuxtrois[31m"),
        ("x" * 10_000, "x" * AGENT_MAXIMUM + "…"),
        ("", ""),
    ],
)
def test_un_agent_utilisateur_tient_sur_une_ligne(dit, garde):
    assert agent_utilisateur(RequestFactory().get("/", HTTP_USER_AGENT=dit)) == garde
