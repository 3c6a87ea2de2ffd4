"""Une région se monte sans toucher au Python : le squelette se charge, la commande le dit, le site la montre."""

import json
import re
import shutil
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from esperluette.referentiel import lecture
from esperluette.referentiel.nouvelle_region import SQUELETTE
from esperluette.referentiel.verification import verifier_tout

GUIDE = (Path(__file__).parents[2] / "docs" / "ajouter-une-region.md").read_text(encoding="utf-8")


def lancer(*arguments) -> tuple[int, str, str]:
    sortie, erreurs = StringIO(), StringIO()
    try:
        call_command("referentiel", *map(str, arguments), stdout=sortie, stderr=erreurs)
    except SystemExit as fin:
        return fin.code, sortie.getvalue(), erreurs.getvalue()
    return 0, sortie.getvalue(), erreurs.getvalue()


@pytest.fixture
def racine(tmp_path, settings):
    dossier = tmp_path / "regions"
    dossier.mkdir()
    settings.EDITIONS_SUPPLEMENTAIRES = [dossier]
    lecture.vider_cache()
    return dossier


def ouvrir(racine, cle="atlantide", *options):
    return lancer("nouvelle-region", cle, "--code=98", "--nom=L'Atlantide : « perdue »", f"--dans={racine}", *options)


def test_le_squelette_se_verifie_tel_quel_et_avoue_ce_qu_il_ignore(racine):
    code, sortie, _ = ouvrir(racine, "atlantide", "--debut=2026-01-01")
    assert code == 0
    assert "Il reste à écrire" in sortie
    lecture.vider_cache()
    rapport = verifier_tout()
    assert rapport.problemes == []
    edition = lecture.edition("atlantide", "2026-01")
    assert {i.id for i in edition.inconnues} == {"composition", "aides", "commission", "contacts"}
    assert edition.entete.region.nom == "L'Atlantide : « perdue »"
    assert rapport.cas["atlantide/2026-01"] >= 4
    assert not any("@" in p.read_text(encoding="utf-8").replace("@ars.example", "") for p in racine.rglob("*.yaml"))


def test_chaque_fichier_nomme_un_schema_qui_existe(racine):
    ouvrir(racine)
    fichiers = list(racine.rglob("*.yaml"))
    assert len(fichiers) == len(list(SQUELETTE.rglob("*.yaml"))) == 8
    for fichier in fichiers:
        (adresse,) = re.findall(r"\A# yaml-language-server: \$schema=(\S+)\n", fichier.read_text(encoding="utf-8"))
        assert json.loads((fichier.parent / adresse).resolve().read_text(encoding="utf-8"))["properties"]


@pytest.mark.parametrize(
    ("cle", "options", "morceau"),
    [
        ("Atlantide", (), "clé « Atlantide » refusée"),
        ("national", (), "clé « national » refusée"),
        ("../ailleurs", (), "refusée"),
        ("atlantide", ("--code=9",), "--code « 9 » refusé"),
        ("atlantide", ("--nom= ",), "--nom est vide"),
        ("atlantide", ("--numero=26",), "--numero « 26 » refusé"),
        ("atlantide", ("--debut=demain",), "demain"),
        ("bretagne", ("--numero=2024-10",), "l'édition bretagne/2024-10 existe déjà"),
    ],
)
def test_une_option_fausse_rend_deux_et_n_ecrit_rien(racine, cle, options, morceau):
    code, _, erreurs = ouvrir(racine, cle, *options)
    assert code == 2
    assert morceau in erreurs
    assert list(racine.iterdir()) == []


def test_rien_ne_s_ecrase(racine):
    ouvrir(racine)
    avant = {f: f.read_bytes() for f in racine.rglob("*.yaml")}
    code, _, erreurs = ouvrir(racine)
    assert (code, "existe déjà" in erreurs) == (2, True)
    assert {f: f.read_bytes() for f in racine.rglob("*.yaml")} == avant


def test_sans_dossier_dit_ni_reglage_on_demande_lequel(settings):
    settings.EDITIONS_SUPPLEMENTAIRES = []
    code, _, erreurs = lancer("nouvelle-region", "atlantide", "--code=98", "--nom=Atlantide")
    assert (code, "ESPERLUETTE_EDITIONS" in erreurs) == (2, True)


def test_le_guide_se_suit_a_la_lettre(racine, tmp_path):
    (ligne,) = re.findall(r"^esperluette referentiel (nouvelle-region .+)$", GUIDE, re.MULTILINE)
    mots = [m.strip('"') for m in re.findall(r'"[^"]+"|\S+', ligne.replace("/srv/regions", str(racine)))]
    if mots[1] in lecture.regions():
        mots += ["--numero", "2099-01"]
    assert lancer(*mots)[0] == 0
    for fichier in ("edition", "criteres", "demarches", "aides", "instances", "local", "comprendre"):
        assert f"`{fichier}.yaml`" in GUIDE
    for sous_commande in ("nouvelle-region", "verifier", "comparer", "schemas", "sceller"):
        assert f"esperluette referentiel {sous_commande}" in GUIDE


def test_une_region_entiere_montee_hors_du_paquet_se_voit_partout(racine, tmp_path, client, db):
    """Des règles, une aide, une commission : écrites en YAML, lues par la commande et par le site."""
    ouvrir(racine, "atlantide", "--debut=2026-01-01", "--en=en Atlantide")
    dossier = racine / "atlantide" / "2026-01"
    for fichier, avant, apres in (
        ("edition.yaml", "complete: false, note", "complete: true, note"),
        (
            "edition.yaml",
            "documents: []",
            "documents: [{id: guide-esp, titre: Guide, emetteur: ARS, date: 2026-01-01}]",
        ),
        ("criteres.yaml", "minimum: 1}", "minimum: 2}"),
    ):
        texte = (dossier / fichier).read_text(encoding="utf-8")
        assert avant in texte
        (dossier / fichier).write_text(texte.replace(avant, apres, 1), encoding="utf-8")
    for fichier, cle in (("aides.yaml", "aides"), ("instances.yaml", "instances"), ("local.yaml", "contacts")):
        texte = (dossier / fichier).read_text(encoding="utf-8")
        texte = texte.replace(f"{cle}: []", f"{cle}:").replace("seances: []", "seances:")
        (dossier / fichier).write_text(re.sub(r"^#  ", "  ", texte, flags=re.MULTILINE), encoding="utf-8")
    shutil.rmtree(dossier / "cas")
    lecture.vider_cache()
    assert verifier_tout().problemes == []
    assert "atlantide" in lecture.regions()
    assert lecture.edition("atlantide", "2026-01").instance("commission").fonctionnement.convocation_jours == 5

    equipe = tmp_path / "equipe.yaml"
    equipe.write_text('membres: [{profession: "10", savoir_faire: "SM54"}]\n', encoding="utf-8")
    sortie = StringIO()
    options = ("--region=atlantide", "--forme=esp", f"--equipe={equipe}", "--le=2026-03-01", "--json")
    call_command("eligibilite", *options, stdout=sortie, stderr=StringIO())
    reponse = json.loads(sortie.getvalue())
    assert reponse["rapprochements"][0]["phrase"] == "Ajoutez un second médecin généraliste."
    assert reponse["aides"][0]["objets"] == ["Le temps de coordination", "Le système d'information partagé"]

    page = unescape(client.get("/simulateur/?region=atlantide&profession1=10").content.decode()).replace("\xa0", " ")
    assert "conditions manquent pour former une équipe de soins primaires (ESP) en Atlantide" in page
    assert "Aide au démarrage" in page
