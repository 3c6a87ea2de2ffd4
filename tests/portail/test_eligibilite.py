"""`esperluette eligibilite` : forme, codes de sortie, entrées fausses, avec et sans base."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from esperluette.portail.eligibilite import EquipeDecrite, MembreDecrit
from esperluette.referentiel.lecture import edition

COMPLETE = """\
statut_juridique: association
statut_avancement: cree
implantation: "22136"
communes: ["22136", "22219"]
membres:
  - {profession: "10", savoir_faire: "SM54", exercice: liberal, commune: "22136"}
  - {profession: "60", exercice: liberal, commune: "22136"}
"""
CLES = [
    "region", "edition", "forme", "le", "verdict", "criteres", "aides", "demarches", "prochaine_seance",
    "a_confirmer_aupres_de", "contacts",
]  # fmt: skip


@pytest.fixture
def fichier(tmp_path):
    def ecrire(contenu=COMPLETE, nom="equipe.yaml"):
        chemin = tmp_path / nom
        chemin.write_bytes(contenu if isinstance(contenu, bytes) else contenu.encode())
        return chemin

    return ecrire


def lancer(*arguments, region="bretagne", forme="esp"):
    """(code, sortie, erreurs)"""
    sortie, erreurs = StringIO(), StringIO()
    options = [f"--region={region}"] * (region is not None) + [f"--forme={forme}"] * (forme is not None)
    try:
        call_command("eligibilite", *options, *map(str, arguments), stdout=sortie, stderr=erreurs)
    except SystemExit as fin:
        return fin.code, sortie.getvalue(), erreurs.getvalue()
    return 0, sortie.getvalue(), erreurs.getvalue()


def repondre(chemin, *arguments, **options):
    code, sortie, _ = lancer(f"--equipe={chemin}", "--json", *arguments, **options)
    assert code == 0
    return json.loads(sortie)


def refuser(*arguments, **options):
    code, sortie, erreurs = lancer(*arguments, **options)
    assert (code, sortie) == (2, "")
    assert "Traceback" not in erreurs
    return erreurs.strip()


# --- La forme ----------------------------------------------------------------------------------------


def test_la_reponse_a_exactement_la_forme_promise(fichier, charges):
    reponse = repondre(fichier(), "--le=2026-11-21")
    assert [cle for cle in reponse if cle in CLES] == CLES
    assert {cle: reponse[cle] for cle in CLES[:5]} == {
        "region": "bretagne", "edition": "2024-10", "forme": "esp", "le": "2026-11-21", "verdict": "satisfait",
    }  # fmt: skip
    for critere in reponse["criteres"]:
        assert {"id", "enonce", "verdict", "motif", "source"} <= set(critere)
        assert {"document", "passage", "date"} <= set(critere["source"])
    assert "indemnisation-elaboration" in [a["id"] for a in reponse["aides"]]
    for aide in reponse["aides"]:
        assert {"id", "libelle", "montant", "beneficiaire", "verdict", "motif", "source"} <= set(aide)
        assert aide["montant"] is None
    assert [d["id"] for d in reponse["demarches"]] == ["demande-accompagnement", "projet-de-sante"]
    assert (reponse["prochaine_seance"], reponse["a_confirmer_aupres_de"][:17]) == (None, "l'ARS Bretagne, s")
    (contact,) = reponse["contacts"]
    assert {"nom", "role", "courriel", "telephone", "territoire", "source"} <= set(contact)
    assert contact["nom"] == "Manon MULLER"


def test_avant_la_fin_du_calendrier_la_prochaine_seance_est_donnee(fichier, charges):
    reponse = repondre(fichier(), "--le=2025-02-14")
    assert reponse["prochaine_seance"]["date"] == "2025-04-03"
    assert reponse["prochaine_seance"]["instance"] == "carpec"
    assert reponse["a_confirmer_aupres_de"] is None


def test_une_demarche_restreint_la_reponse(fichier, charges):
    reponse = repondre(fichier(), "--demarche=projet-de-sante")
    assert [d["id"] for d in reponse["demarches"]] == ["projet-de-sante"]
    assert reponse["aides"] == []


@pytest.mark.parametrize(
    ("remplacement", "attendu"),
    [
        (("SM54", "SM54"), "satisfait"),
        ((', savoir_faire: "SM54"', ""), "a_preciser"),
        (('"SM54"', '"SM04"'), "non_satisfait"),
        (('profession: "60"', 'profession: "93"'), "non_satisfait"),
        (('profession: "60"', 'profession: "60", professionnel: false'), "non_satisfait"),
        (('profession: "60", exercice: liberal', 'profession: "60", exercice: salarie'), "a_preciser"),
        (('profession: "60"', 'profession: "35"'), "non_satisfait"),
    ],
)
def test_le_code_est_zero_quel_que_soit_le_verdict(fichier, charges, remplacement, attendu):
    assert repondre(fichier(COMPLETE.replace(*remplacement)))["verdict"] == attendu


def test_une_association_en_projet_ne_fait_pas_tomber_l_equipe_mais_l_aide(fichier, charges):
    reponse = repondre(fichier(COMPLETE.replace("avancement: cree", "avancement: en_projet")))
    assert reponse["verdict"] == "satisfait"
    assert _aide(reponse, "indemnisation-elaboration")["verdict"] == "a_preciser"
    reponse = repondre(fichier(COMPLETE.replace("association", "aucun")))
    assert reponse["verdict"] == "satisfait"
    assert _aide(reponse, "indemnisation-elaboration")["verdict"] == "non_satisfait"


def _aide(reponse, cle):
    return next(a for a in reponse["aides"] if a["id"] == cle)


def test_la_sortie_lisible_dit_la_meme_chose(fichier, charges):
    code, sortie, erreurs = lancer(f"--equipe={fichier()}")
    assert code == 0
    assert sortie.startswith("Oui, vous pouvez former une équipe de soins primaires (ESP) en Bretagne.")
    for morceau in ("✓ L'équipe compte", "Source :", "(montant non publié)", "À confirmer auprès de", "Manon MULLER"):
        assert morceau in sortie
    assert erreurs.startswith("Attention : Ces coordonnées viennent d'un document du 2 octobre 2024")


def test_une_maison_de_sante_se_juge_aussi(fichier, charges):
    assert repondre(fichier(), forme="msp")["verdict"] == "non_satisfait"


def test_l_implantation_se_deduit_de_la_commune_d_exercice_la_plus_frequente():
    def equipe(*codes):
        return EquipeDecrite(membres=tuple(MembreDecrit(commune=c) for c in codes)).commune_d_implantation

    assert equipe("22136", "35115", "22136") == "22136"
    assert equipe("22136", "35115") is None
    assert equipe(None) is None
    assert equipe() is None


def test_sans_implantation_les_contacts_sont_vides_et_on_le_dit(fichier, charges):
    reponse = repondre(fichier("membres: []"))
    assert (reponse["verdict"], reponse["contacts"]) == ("non_satisfait", [])
    assert "implantation" in reponse["avertissements"][0]


def test_une_equipe_d_une_autre_region_est_signalee(fichier, charges):
    reponse = repondre(fichier(COMPLETE.replace("22136", "75056")))
    assert "Paris (75) n'est pas dans la région Bretagne" in reponse["avertissements"][0]


# --- Sans base ---------------------------------------------------------------------------------------


def test_sans_decoupage_on_repond_quand_meme(fichier, db):
    reponse = repondre(fichier())
    assert (reponse["verdict"], reponse["contacts"]) == ("satisfait", [])
    assert "le découpage n'est pas chargé" in reponse["avertissements"][0]


@pytest.mark.parametrize("var", ["absent", "vide"])
def test_sans_base_la_commande_repond_et_n_en_cree_pas(fichier, tmp_path, var):
    dossier = tmp_path / "var"
    if var == "vide":
        dossier.mkdir()
    environnement = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    fini = subprocess.run(
        [sys.executable, "-m", "esperluette", "eligibilite", "--region", "bretagne", "--forme", "esp", "--json",
         "--equipe", str(fichier())],
        env={**environnement, "ESPERLUETTE_VAR": str(dossier)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert fini.returncode == 0, fini.stderr
    assert json.loads(fini.stdout)["verdict"] == "satisfait"
    assert "la base de données n'est pas prête" in fini.stderr
    assert not (dossier / "esperluette.sqlite3").exists()


@pytest.mark.django_db
def test_une_base_sans_tables_ne_fait_pas_planter(fichier, monkeypatch):
    from django.db.utils import OperationalError

    from esperluette.portail import reponse

    def absente(*_):
        raise OperationalError("no such table: territoires_decoupage")

    monkeypatch.setattr(reponse, "decoupage_charge", absente)
    assert "n'est pas prête" in repondre(fichier())["avertissements"][0]
    assert connection.vendor in {"sqlite", "postgresql"}


# --- Entrées fausses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contenu", "ligne", "cause"),
    [
        ("", 1, "fichier vide"),
        ("membres: [", 1, "YAML illisible"),
        ("membres:\n\t- x", 2, "YAML illisible"),
        ("- 1\n- 2", 1, "ce fichier doit décrire une équipe"),
        ("juste un texte", 1, "ce fichier doit décrire une équipe"),
        ("statut_juridique: association", 1, "il manque « membres »"),
        ("membres: 3", 1, "« membres » doit être une liste"),
        ("membres:\n  - medecin", 2, "doit être un groupe de clés"),
        ('membres:\n  - {profession: "999"}', 2, "profession inconnue « 999 »"),
        ("membres:\n  - {profession: 10}", 2, 'écrivez "10" entre guillemets'),
        ('membres:\n  - {profession: "10", exercice: benevole}', 2, "« benevole » n'est pas admis"),
        ('membres:\n  - {profession: "10", savoir_faire: "gé"}', 2, "n'a pas la forme attendue"),
        ('membres:\n  - {profession: "10", commune: 22136}', 2, 'écrivez "22136" entre guillemets'),
        ('membres:\n  - {profession: "10"}\nstatut_juridique: sarl', 3, "« sarl » n'est pas admis"),
        ("membres: []\nmembres: []", 2, "clé « membres » écrite deux fois"),
        ("membres: []\nmembre: []", 2, "clé inconnue « membre »"),
        ("membres: []\nzonages: {zip: peut-etre}", 2, "vaut true ou false"),
        ("a: &a [*a]\nmembres: []", 1, "renvois YAML"),
        ("membres: []\nx: !!python/object/apply:os.system [ls]", 2, ""),
        (COMPLETE.encode("utf-16"), 1, "UTF-16"),
        ("membres: []\n# é".encode("latin-1"), 2, "n'est pas en UTF-8"),
        (b"\x00\x01\x02", 1, "YAML illisible"),
        (b"x" * (1024 * 1024 + 1), None, "dépasse un mégaoctet"),
        ("[" * 5000, 1, "YAML"),
    ],
)
def test_un_fichier_faux_dit_ou_et_pourquoi(fichier, contenu, ligne, cause):
    chemin = fichier(contenu)
    erreur = refuser(f"--equipe={chemin}")
    assert erreur.startswith(f"{chemin}, ligne {ligne} : " if ligne else f"{chemin} : ")
    assert cause in erreur


def test_un_fichier_en_utf_8_avec_marque_se_lit(fichier, db):
    assert repondre(fichier(COMPLETE.encode("utf-8-sig")))["verdict"] == "satisfait"


def test_toutes_les_fautes_sont_dites_ensemble(fichier):
    erreur = refuser(f"--equipe={fichier('statut_juridique: x' + chr(10) + 'communes: [1]' + chr(10) + 'membres: 3')}")
    assert [ligne.split(" : ")[0][-7:] for ligne in erreur.splitlines()] == ["ligne 3", "ligne 1", "ligne 2"]


def test_une_commune_qui_n_existe_pas_est_refusee_avec_sa_ligne(fichier, charges):
    chemin = fichier(COMPLETE.replace('"22219"', '"22999"'))
    assert refuser(f"--equipe={chemin}") == f"{chemin}, ligne 4 : commune inconnue « 22999 »"


@pytest.mark.parametrize("chemin", ["absent.yaml", ".", ""])
def test_un_fichier_absent_ou_qui_n_en_est_pas_un(chemin):
    assert any(phrase in refuser(f"--equipe={chemin}") for phrase in ("n'existe pas", "c'est un dossier"))


@pytest.mark.parametrize(
    ("arguments", "options", "cause"),
    [
        ([], {"region": "bretange"}, "vouliez-vous dire « bretagne » ?"),
        ([], {"region": "national"}, "aucune édition pour « national »"),
        ([], {"region": ""}, "dites la région"),
        ([], {"region": None}, "Il manque --region"),
        ([], {"forme": None}, "Il manque --forme"),
        ([], {"forme": "cpts"}, "« cpts » n'est pas admis"),
        (["--le=21/11/2026"], {}, "« 21/11/2026 » n'est pas une date AAAA-MM-JJ"),
        (["--le=2026-02-30"], {}, "« 2026-02-30 » n'est pas une date"),
        (["--le=20261121"], {}, "« 20261121 » n'est pas une date"),
        (["--le=2019-01-01"], {}, "aucune édition de « bretagne » n'est en vigueur le 01/01/2019"),
        (["--demarche=projet-de-sant"], {}, "vouliez-vous dire « projet-de-sante » ?"),
        (["--demarche=projet-de-sante"], {"forme": "msp"}, "n'est pas une démarche de cette forme"),
    ],
)
def test_une_option_fausse_est_refusee_en_francais(fichier, arguments, options, cause):
    assert cause in refuser(f"--equipe={fichier()}", *arguments, **options)


@pytest.mark.parametrize(
    ("argument", "cause"),
    [
        ("--le", "--le attend une valeur."),
        ("--sans-rien", "Option inconnue : --sans-rien"),
        ("en-trop", "Option inconnue : en-trop"),
    ],
)
def test_une_faute_d_option_est_dite_en_francais(fichier, capsys, argument, cause):
    assert lancer(f"--equipe={fichier()}", argument)[0] == 2
    assert capsys.readouterr().err.strip() == cause


def test_sans_fichier_on_dit_ce_qui_manque():
    assert refuser() == "Il manque --equipe ; par exemple : --equipe equipe.yaml."


def test_une_edition_invalide_est_dite_avec_son_fichier_et_sa_ligne(fichier, region_zonee):
    criteres = region_zonee / "criteres.yaml"
    criteres.write_text(criteres.read_text(encoding="utf-8").replace("fonction: zonage", "fonction: zonnage"), "utf-8")
    erreur = refuser(f"--equipe={fichier()}", region="essai")
    assert "criteres.yaml, ligne" in erreur
    assert "zonnage" in erreur


def test_un_zonage_declare_compte_et_se_dit_declare(fichier, region_zonee, db):
    reponse = repondre(fichier(COMPLETE + "zonages: {zip: true}\n"), region="essai")
    assert reponse["verdict"] == "satisfait"
    assert any("(déclaré)" in c["motif"] for c in reponse["criteres"])
    assert repondre(fichier(), region="essai")["verdict"] == "a_preciser"


# --- Ce qui s'y ajoute ---------------------------------------------------------------------------------

SEUL = COMPLETE.replace('  - {profession: "60", exercice: liberal, commune: "22136"}\n', "")
ATTENTIONS = """
  - id: une-region
    enonce: Le territoire est dans une seule région.
    nature: attention
    formes: [esp]
    fonction: meme_region
    source: {document: portail-esp-2024, passage: "Écrit pour l'essai"}
"""


def test_ce_qui_rapproche_du_oui_de_chaque_aide_et_de_chaque_demarche(fichier, charges):
    reponse = repondre(fichier(SEUL), "--le=2026-11-21")
    assert reponse["verdict"] == "non_satisfait"
    vises = [r["vise"] for r in reponse["rapprochements"]]
    bretagne = edition("bretagne", "2024-10")
    aides = [f"aide:{a.id}" for a in bretagne.aides if "esp" in a.formes and a.conditions]
    demarches = [f"demarche:{d.id}" for d in bretagne.demarches if "esp" in d.formes and d.conditions]
    assert vises == [None, *aides, *demarches]
    sans_equipe = {f"aide:{a.id}" for a in bretagne.aides if "paramedical" not in a.conditions}
    phrases = [r["phrase"] for r in reponse["rapprochements"] if r["vise"] not in sans_equipe]
    assert all("paramédical" in phrase for phrase in phrases)
    complete = repondre(fichier(), "--le=2026-11-21")
    pas_encore = [f"aide:{a['id']}" for a in complete["aides"] if a["verdict"] != "satisfait"]
    assert [r["vise"] for r in complete["rapprochements"]] == pas_encore


def test_une_aide_dit_tout_d_elle(fichier, charges):
    aide = {a["id"]: a for a in repondre(fichier(), "--le=2026-11-21")["aides"]}["indemnisation-elaboration"]
    assert aide["sorte"] == "financement"
    assert aide["quantite"] == {"minimum": 3, "maximum": 7, "unite": "réunions"}
    assert aide["conditions"] == ["medecin-generaliste", "paramedical", "association-creee"]
    assert {"objets", "tranches", "echeance_note", "demarche", "description"} <= set(aide)


@pytest.mark.parametrize(("autre", "dite"), [("22219", False), ("75056", True)])
def test_un_territoire_a_cheval_se_lit_dans_le_decoupage(fichier, charges, region_zonee, autre, dite):
    criteres = region_zonee / "criteres.yaml"
    criteres.write_text(criteres.read_text(encoding="utf-8") + ATTENTIONS, encoding="utf-8")
    reponse = repondre(fichier(COMPLETE.replace("22219", autre)), "--le=2026-11-21", region="essai")
    motifs = {a["id"]: a["motif"] for a in reponse["attentions"]}
    assert ("une-region" in motifs) is dite
    assert not dite or "Bretagne, Île-de-France" in motifs["une-region"]


def test_un_zonage_inconnu_dans_le_fichier_se_refuse(fichier, charges):
    contenu = COMPLETE + "zonages: {zone_bleue: true}\n"
    assert "zonage inconnu « zone_bleue »" in refuser(f"--equipe={fichier(contenu)}")


def test_a_lire_la_reponse_dit_ce_qui_rapproche(fichier, charges):
    _, sortie, _ = lancer(f"--equipe={fichier(SEUL)}", "--le=2026-11-21")
    assert "Ce qui vous en rapproche\n  Ajoutez un paramédical (infirmier, " in sortie
