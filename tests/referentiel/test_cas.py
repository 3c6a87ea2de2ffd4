"""Les cas écrits par le métier, un essai chacun ; et le refus d'un cas qui ment."""

import pytest

from esperluette.referentiel import cas as les_cas
from esperluette.referentiel import lecture

SITUES = [(edition, situe) for edition in lecture.editions() for situe in les_cas.lire_cas(edition)]


@pytest.mark.parametrize(("edition", "situe"), SITUES, ids=[f"{e.region}-{e.numero}-{s.cas.nom}" for e, s in SITUES])
def test_l_edition_repond_comme_le_metier_l_attend(edition, situe):
    assert les_cas.ecarts(edition, situe) == []


def test_la_bretagne_a_au_moins_quinze_cas(bretagne):
    assert len(les_cas.lire_cas(bretagne)) >= 15


def test_les_cas_couvrent_les_trois_reponses_de_chaque_critere_de_composition(bretagne):
    """Un critère dont un cas ne montre pas chaque réponse n'est pas vraiment éprouvé."""
    vues: dict[str, set[str]] = {}
    for situe in les_cas.lire_cas(bretagne):
        for cle, reponse in situe.cas.attendu.criteres.items():
            vues.setdefault(cle, set()).add(reponse)
    for critere in bretagne.criteres:
        if critere.nature == "composition" and "esp" in critere.formes:
            assert vues[critere.id] == {"satisfait", "non_satisfait", "a_preciser"}, critere.id


@pytest.mark.parametrize(
    ("ancien", "nouveau", "cause"),
    [
        (
            "attendu: {verdict: satisfait}",
            "attendu: {verdict: non_satisfait}",
            "attendu non_satisfait, obtenu satisfait",
        ),
        ("{paramedical: profession de la pharmacie}", "{paramedical: licorne}", "le motif de « paramedical » est"),
        (
            "{projet-de-sante: non_satisfait}",
            "{projet-de-santé: non_satisfait}",
            "vouliez-vous dire « projet-de-sante »",
        ),
        (
            '{profession: "70", exercice: liberal}',
            '{profession: "99", exercice: liberal}',
            "profession inconnue « 99 »",
        ),
    ],
)
def test_un_cas_qui_ment_est_dit_avec_sa_ligne(atelier, ancien, nouveau, cause):
    ligne = atelier.remplacer("cas/composition.yaml", ancien, nouveau)
    edition = atelier.charger()
    problemes = [p for situe in les_cas.lire_cas(edition) for p in les_cas.ecarts(edition, situe)]
    assert [(p.fichier, p.ligne) for p in problemes] == [("bretagne/2024-10/cas/composition.yaml", ligne)]
    assert cause in problemes[0].cause


def test_un_fichier_de_cas_illisible_est_dit_avec_sa_ligne(atelier):
    ligne = atelier.remplacer("cas/demarches.yaml", "    forme: esp", "    form: esp")
    with pytest.raises(lecture.EditionInvalide) as refus:
        les_cas.lire_cas(atelier.charger())
    causes = {(p.ligne, p.cause) for p in refus.value.problemes}
    assert (ligne, "clé inconnue « form » (« cas.1.form »)") in causes
