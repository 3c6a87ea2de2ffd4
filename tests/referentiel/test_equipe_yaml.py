"""Lire l'équipe d'un fichier : la forme promise, et chaque entrée fausse avec sa ligne."""

import pytest

from esperluette.referentiel.equipe_yaml import EquipeInvalide, lire_equipe, lire_texte
from esperluette.referentiel.modele import FaitMembre, Faits

EXEMPLE = """\
statut_juridique: association        # aucun | association | sisa | autre
statut_avancement: cree              # cree (défaut) | en_cours | en_projet
implantation: "22136"
zonages: {zip: true}
communes: ["22136", "22219"]
membres:
  - {profession: "10", savoir_faire: "SM54", exercice: liberal, commune: "22136"}
  - {profession: "60", exercice: liberal, commune: "22136"}
"""
MEMBRE = "membres:\n  - "


def test_l_exemple_de_la_documentation_se_lit(socle):
    assert lire_texte(EXEMPLE, "f.yaml", socle) == Faits(
        membres=(
            FaitMembre("10", "SM54", "liberal", "22136"),
            FaitMembre("60", None, "liberal", "22136"),
        ),
        statut_juridique="association",
        statut_avancement="cree",
        implantation="22136",
        communes=("22136", "22219"),
        zonages={"zip": True},
        zonages_declares=frozenset({"zip"}),
    )


@pytest.mark.parametrize(
    ("communes", "implantation"),
    [(["22136", "22136", "22219"], "22136"), (["22136", "22219"], None), ([], None), (["2A004"], "2A004")],
)
def test_l_implantation_est_la_commune_la_plus_frequente_ou_reste_a_preciser(socle, communes, implantation):
    membres = "".join(f'\n  - {{profession: "60", commune: "{c}"}}' for c in communes) or " []"
    assert lire_texte(f"membres:{membres}", "f.yaml", socle).implantation == implantation


@pytest.mark.parametrize(
    "membre", ['{profession: "93"}', "{metier: psychologue}", '{profession: "60", metier: autre}']
)
def test_qui_n_est_pas_soignant_est_lu_comme_tel(socle, membre):
    (lu,) = lire_texte(MEMBRE + membre, "f.yaml", socle).membres
    assert (lu.professionnel, lu.profession) == (False, "")


@pytest.mark.parametrize(
    ("texte", "ligne", "cause"),
    [
        ("", 1, "fichier vide"),
        ("membres: [", 1, "YAML illisible"),
        ("- membres", 1, "doit être un groupe de clés"),
        ("statut_juridique: aucun", 1, "il manque « membres »"),
        ("membres: []\nmembre: []", 2, "clé inconnue « membre »"),
        ("membres: []\nstatut_juridique: sarl", 2, "« sarl » n'est pas admis"),
        ("membres: []\nstatut_avancement: bientot", 2, "« bientot » n'est pas admis"),
        ("membres: []\nimplantation: 22136", 2, 'écrivez "22136" entre guillemets'),
        ("membres: []\nimplantation: Loudéac", 2, "n'a pas la forme attendue"),
        ("membres: []\ncommunes: ['22136', 22219]", 2, 'écrivez "22219" entre guillemets'),
        ("membres: []\nzonages: {zit: true}", 2, "zonage inconnu « zit »"),
        ("membres: []\nzonages: {zip: oui}", 2, "vaut true ou false"),
        (MEMBRE + "{profession: 10}", 2, 'écrivez "10" entre guillemets'),
        (MEMBRE + '{profession: "99"}', 2, "profession inconnue « 99 »"),
        (MEMBRE + '{profession: "10", savoir_faire: généraliste}', 2, "n'a pas la forme attendue"),
        (MEMBRE + '{profession: "10", exercice: libéral}', 2, "« libéral » n'est pas admis"),
        (MEMBRE + '{profession: "10", communes: "22136"}', 2, "clé inconnue « communes »"),
        (MEMBRE + "{metier: astrologue}", 2, "métier inconnu « astrologue »"),
        (MEMBRE + "{exercice: liberal}", 2, "un membre a une « profession »"),
        ("membres:\n  a: 1", 1, "doit être une liste"),
    ],
)
def test_une_entree_fausse_dit_sa_ligne_et_sa_cause(socle, texte, ligne, cause):
    with pytest.raises(EquipeInvalide) as refus:
        lire_texte(texte, "f.yaml", socle)
    assert (refus.value.fichier, refus.value.ligne) == ("f.yaml", ligne)
    assert cause in refus.value.cause


def test_un_fichier_absent_illisible_ou_trop_gros_se_dit(socle, tmp_path):
    absent, latin, gros = tmp_path / "absent.yaml", tmp_path / "latin.yaml", tmp_path / "gros.yaml"
    latin.write_bytes("# été\nmembres: []".encode("latin-1"))
    gros.write_text("#" * 1_000_001, encoding="utf-8")
    for chemin, cause in ((absent, "illisible"), (tmp_path, "illisible"), (latin, "UTF-8"), (gros, "trop gros")):
        with pytest.raises(EquipeInvalide, match=cause):
            lire_equipe(chemin, socle)


def test_un_fichier_se_lit_depuis_le_disque(socle, tmp_path):
    fichier = tmp_path / "equipe.yaml"
    fichier.write_text(EXEMPLE, encoding="utf-8")
    assert len(lire_equipe(fichier, socle).membres) == 2
