"""La couverture des sources dit vrai : chaque passage est quelque part, et ce qu'elle cite existe."""

import os
from pathlib import Path

import pytest

from tests.coherence import couverture
from tests.coherence.couverture import ETATS, SOMMAIRE, Ligne, lire, tableaux

TABLEAUX = pytest.mark.parametrize("tableau", tableaux(), ids=lambda chemin: chemin.stem)
SOURCES = os.environ.get("ESPERLUETTE_SOURCES")
AVEC_LES_DOCUMENTS = pytest.mark.skipif(not SOURCES, reason="ESPERLUETTE_SOURCES ne dit pas où sont les documents")


def _document(tableau: Path) -> str:
    return (Path(SOURCES) / f"{tableau.stem}.txt").read_text(encoding="utf-8")


@TABLEAUX
def test_chaque_passage_a_un_etat_et_ce_qui_le_justifie(tableau):
    lignes = lire(tableau)
    assert lignes, "le tableau est vide"
    assert [str(ligne) for ligne in lignes if ligne.etat not in ETATS or not ligne.passage] == []
    assert [str(ligne) for ligne in lignes if ligne.etat == "porté" and not ligne.ou] == [], "porté, mais où ?"
    assert [str(ligne) for ligne in lignes if ligne.etat != "porté" and not ligne.remarque] == [], "et pourquoi ?"


@TABLEAUX
def test_chaque_renvoi_mene_quelque_part(tableau):
    perdus = []
    for ligne in lire(tableau):
        for renvoi in ligne.ou:
            try:
                couverture.suivre(renvoi)
            except couverture.RenvoiPerdu as erreur:
                perdus.append(f"{ligne} : {erreur}")
    assert perdus == []


@TABLEAUX
def test_un_courriel_une_date_un_telephone_un_montant_se_retrouvent_la_ou_le_tableau_le_dit(tableau):
    ecarts = []
    for ligne in lire(tableau):
        if ligne.etat == "porté" and (voulues := couverture.precisions(ligne.passage)):
            trouvees = set().union(*(couverture.precisions(couverture.suivre(renvoi)) for renvoi in ligne.ou))
            # un montant s'écrit dans une édition sans son unité : "10000.00"
            textes = " ".join(couverture.suivre(renvoi) for renvoi in ligne.ou)
            trouvees |= {v for v in voulues if v.endswith(" €") and f"{v.removesuffix(' €')}.00" in textes}
            ecarts.extend(f"{ligne} : {manque}" for manque in sorted(voulues - trouvees))
    assert ecarts == []


def test_le_compte_du_sommaire_est_juste():
    texte = SOMMAIRE.read_text(encoding="utf-8")
    assert texte == couverture.sommaire_a_jour(texte), "refaites-le : python -m tests.coherence.couverture --sommaire"


@AVEC_LES_DOCUMENTS
def test_chaque_document_recu_a_son_tableau():
    assert {t.stem for t in tableaux()} == {d.stem for d in Path(SOURCES).glob("*.txt")}


@AVEC_LES_DOCUMENTS
@TABLEAUX
def test_rien_de_ce_que_dit_le_document_n_est_oublie(tableau):
    assert couverture.oublies(_document(tableau), lire(tableau)) == []


@AVEC_LES_DOCUMENTS
@TABLEAUX
def test_chaque_nombre_date_courriel_ou_montant_du_document_est_dans_une_ligne(tableau):
    document, passages = _document(tableau), " \n".join(ligne.passage for ligne in lire(tableau))
    assert couverture.nombres(document) - couverture.nombres(passages) == {}
    assert couverture.precisions(document) - couverture.precisions(passages) == set()


# --- L'outil lui-même : il voit ce qui manque -------------------------------------------------------

DOCUMENT = (
    "**Deux** professionnels.\n- [bookmark: _T1]une aide de 10 000 €\n- avant le 5 décembre 2024\nContact : a.b@ars.fr"
)


def _lignes(*passages):
    lues = ((n, *c.split(" | ")) for n, c in enumerate(map(_cellules, passages), start=1))
    return tuple(Ligne("essai.md", n, repere, _fragments(empreinte), (), "porté", "") for n, repere, empreinte in lues)


def _cellules(passage):
    return f"{couverture.repere(passage)} | {couverture.empreinte(passage)}"


def _fragments(empreinte):
    return tuple((int(n), c) for n, c in (f.split(":") for f in empreinte.split()))


@pytest.mark.parametrize(
    ("passages", "probleme"),
    [
        (["Deux professionnels.", "une aide de 10 000 €", "avant le 5 décembre 2024", "Contact : a.b@ars.fr"], ""),
        (["Deux professionnels.", "une aide […] 5 décembre 2024", "Contact : a.b@ars.fr"], ""),
        (["Deux professionnels.", "avant le 5 décembre 2024", "Contact : a.b@ars.fr"], "une aide de 10 000"),
        (["Deux professionnels.", "une aide de 10 000 €", "avant le 5 décembre 2024"], "à la fin"),
        (["Trois professionnels."], "ne dit pas"),
    ],
)
def test_un_passage_oublie_ou_deforme_se_voit(passages, probleme):
    problemes = couverture.oublies(DOCUMENT, _lignes(*passages))
    assert problemes == [] if not probleme else any(probleme in p for p in problemes)


def test_les_precisions_ont_une_forme_unique():
    ecrites = "a.b@ars.fr, 06.61.36.56.25, 10 000 euros, le 2 octobre 2025 et le 02/10/2024"
    assert couverture.precisions(ecrites) == {"a.b@ars.fr", "0661365625", "10000 €", "2025-10-02", "2024-10-02"}
    assert couverture.precisions("06 61 36 56 25, 10 000 €, 2025-10-02") == {"0661365625", "10000 €", "2025-10-02"}


@pytest.mark.parametrize(
    ("renvoi", "cause"),
    [
        ("editions/bretagne/2024-10/absent.yaml", "n'existe pas"),
        ("editions/bretagne/2024-10/aides.yaml#absente", "rien ne s'appelle"),
        ("esperluette/referentiel/trames.py#absente", "ni fonction ni classe"),
        ("docs/referentiel.md#titre", "ne se cite que dans"),
    ],
)
def test_un_renvoi_perdu_se_voit(renvoi, cause):
    with pytest.raises(couverture.RenvoiPerdu, match=cause):
        couverture.suivre(renvoi)


def test_un_renvoi_suit_les_identifiants_les_cles_et_les_dates():
    dossier = "editions/bretagne/2024-10"
    assert "2025-02-13" in couverture.suivre(f"{dossier}/local.yaml#seances/2025-02-13")
    assert "tous_les_membres" in couverture.suivre(f"{dossier}/demarches.yaml#projet-de-sante/regime/signatures")
    assert "def normaliser" in couverture.suivre("esperluette/referentiel/normalisation.py#normaliser")


def test_le_squelette_d_un_document_le_couvre_en_entier(tmp_path):
    tableau = tmp_path / "essai.md"
    tableau.write_text("\n".join(couverture.squelette(DOCUMENT)), encoding="utf-8")
    assert couverture.oublies(DOCUMENT, lire(tableau)) == []
    assert couverture.precisions(DOCUMENT) == couverture.precisions(" ".join(li.passage for li in lire(tableau)))


def test_un_repere_ne_recopie_pas_le_passage_mais_garde_ce_qui_est_exact():
    passage = "Une aide au démarrage est versée avant le 5 décembre 2024 : 10 000 €, 3 à 7 réunions, à a.b@ars.fr."
    attendu = "Une aide au démarrage est… (5 décembre 2024, 10 000 €, 3, 7, a.b@ars.fr)"
    assert couverture.repere(passage) == attendu
    assert couverture.repere("Statut juridique") == "Statut juridique"
