"""L'édition bretonne dit ce que disent ses trois documents, avec ses sources, et rien de plus."""

import datetime

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.comprendre import SECTIONS
from esperluette.territoires.decoupage import lire as lire_decoupage


def _sources(edition):
    yield from (c.source for c in edition.criteres)
    yield from (e.source for e in edition.chemin)
    for d in edition.demarches:
        yield from (d.source, d.regime.source, d.regime.silence.source, d.regime.signatures.source)
        yield from (delai.source for delai in d.regime.delais)
    yield from (a.source for a in edition.aides)
    for i in edition.instances:
        yield from (i.source, i.avis.source, i.fonctionnement.source)
    yield from (c.source for c in edition.local.contacts)
    yield from (s.source for s in edition.local.seances)
    yield from (s.source for s in edition.local.structures)
    for trame in edition.trames.values():
        yield trame.source
        yield from (r.source for r in trame.rubriques if r.source is not None)
    for section in SECTIONS:
        yield from (p.source for p in getattr(edition.comprendre, section))
    yield from (p.source for d in edition.demarches for p in d.pieces)


@pytest.mark.parametrize("numero", ["2019-10", "2024-10"])
def test_chaque_regle_cite_un_document_date_et_un_passage(numero):
    edition = lecture.edition("bretagne", numero)
    for source in _sources(edition):
        assert source.document_id in edition.documents
        assert source.document == edition.documents[source.document_id].titre
        assert source.passage
        assert source.date <= datetime.date(2026, 11, 21)
        assert bool(source.note) or not source.interprete


def test_un_document_non_date_le_dit(bretagne):
    source = bretagne.aide("indemnisation-elaboration").source
    assert source.en_json()["date_de_lecture"] is True
    assert bretagne.critere("paramedical").source.en_json()["date_de_lecture"] is False


def test_le_chemin_suit_les_etapes_du_portail(bretagne):
    assert [e.id for e in bretagne.chemin_de("esp")] == [
        "rencontre",
        "constitution",
        "association",
        "demande-accompagnement",
        "elaboration",
        "reunion-sur-site",
        "validation",
        "reconnaissance",
    ]


def test_le_chemin_d_une_maison_de_sante_suit_les_trois_phases(bretagne):
    assert [e.id for e in bretagne.chemin_de("msp")] == [
        "rencontre",
        "constitution-msp",
        "association-msp",
        "demande-accompagnement-msp",
        "elaboration-msp",
        "reunion-sur-site",
        "validation-msp",
        "reconnaissance-msp",
        "mise-en-oeuvre-msp",
        "adhesion-aci",
    ]


def test_les_demarches_s_enchainent_jusqu_a_la_mise_en_oeuvre(bretagne):
    suites = {d.id: d.suites for d in bretagne.demarches}
    assert suites == {
        "demande-accompagnement": ("projet-de-sante",),
        "projet-de-sante": (),
        "demande-accompagnement-msp": ("projet-de-sante-msp",),
        "projet-de-sante-msp": ("mise-en-oeuvre-msp",),
        "mise-en-oeuvre-msp": (),
    }
    assert all(d.en_ligne for d in bretagne.demarches)


def test_l_erreur_de_copie_du_portail_est_signalee(bretagne):
    passages = [e.passage for e in bretagne.documents["portail-esp-2024"].erreurs]
    assert any("maison de santé" in p for p in passages)
    validation = next(e for e in bretagne.chemin if e.id == "validation")
    assert validation.source.interprete


@pytest.mark.parametrize(
    ("demarche", "fondement"),
    [
        ("demande-accompagnement", "pratique_regionale"),
        ("projet-de-sante", "pratique_regionale"),
        ("demande-accompagnement-msp", "pratique_regionale"),
        ("projet-de-sante-msp", "loi"),
        ("mise-en-oeuvre-msp", "pratique_regionale"),
    ],
)
def test_le_silence_vaut_rejet_au_bout_de_deux_mois(bretagne, demarche, fondement):
    regime = bretagne.demarche(demarche).regime
    assert (regime.silence.effet, regime.silence.delai_mois) == ("rejet", 2)
    assert "L. 231-4" in regime.silence.source.passage
    assert [bretagne.socle.recours[r].id for r in regime.recours] == ["gracieux", "hierarchique", "contentieux"]
    assert regime.fondement == fondement


def test_le_projet_de_sante_se_signe_par_tous(bretagne):
    signatures = bretagne.demarche("projet-de-sante").regime.signatures
    assert (signatures.depot, signatures.complement) == ("tous_les_membres", "tous_les_membres")


def test_une_demande_se_signe_par_le_porteur_et_un_projet_de_msp_par_ses_professionnels(bretagne):
    depots = {d.id: d.regime.signatures.depot for d in bretagne.demarches}
    assert depots == {
        "demande-accompagnement": "porteur",
        "projet-de-sante": "tous_les_membres",
        "demande-accompagnement-msp": "porteur",
        "projet-de-sante-msp": "professionnels",
        "mise-en-oeuvre-msp": "porteur",
    }
    assert "pour information" in bretagne.demarche("projet-de-sante-msp").regime.texte


def test_aucune_piece_n_est_exigee_sans_document(bretagne):
    """Aucun document ne liste les pièces : celles d'ici sont proposées, et disent si un passage les nomme."""
    pieces = [p for d in bretagne.demarches for p in d.pieces]
    assert [p.id for p in pieces if p.obligatoire] == []
    assert {p.id for p in pieces if not p.source.interprete} == {"dossier-de-candidature"}
    assert "pieces" in [i.id for i in bretagne.inconnues]


def test_aucune_aide_n_a_de_montant_publie(bretagne):
    assert {a.montant for a in bretagne.aides} == {None}
    assert [a.id for a in bretagne.aides if not a.montant_note or not a.objets] == []
    assert "montants" in [i.id for i in bretagne.inconnues]


def test_les_trois_modes_d_accompagnement_ont_leurs_jours(bretagne):
    modes = ["msp-consultant-labellise", "msp-pool-de-coordinateurs", "msp-redaction-par-les-professionnels"]
    quantites = [bretagne.aide(m).quantite for m in modes]
    assert [(q.minimum, q.maximum, q.unite) for q in quantites] == [
        (7, 12, "jours de travail"),
        (8, 13, "jours de travail"),
        (8, 13, "jours de travail"),
    ]
    assert {bretagne.aide(m).demarche for m in modes} == {"demande-accompagnement-msp"}


def test_l_aci_est_une_evolution_jamais_une_aide(bretagne):
    assert [a.id for a in bretagne.aides if "aci" in a.id] == []
    aci = [e for e in bretagne.comprendre.evolutions if "(ACI)" in e.vers]
    assert [e.id for e in aci if "msp" in e.formes] == [
        "bretagne-vers-aci",
        "bretagne-aci-contrat",
        "bretagne-aci-avenant-2",
    ]
    secondaires = [e for e in aci if e.source.document_id.startswith("aci-")]
    assert [e.id for e in secondaires if not e.source.interprete] == []
    assert "€" not in " ".join(e.texte for e in aci)


def test_les_quatre_objectifs_de_la_mise_en_oeuvre(bretagne):
    phase = [o.texte for o in bretagne.comprendre.objectifs if o.id.startswith("mise-en-oeuvre-")]
    assert len(phase) == 4
    assert [p.id for p in bretagne.comprendre.pour("esp").phases] == ["phase-1-rencontre", "phase-2-elaboration-esp"]
    assert [p.id for p in bretagne.comprendre.pour("msp").phases] == [
        "phase-1-rencontre",
        "phase-2-elaboration-msp",
        "phase-3-mise-en-oeuvre",
    ]


def test_se_former_sans_financement_dit_ce_qu_on_garde_et_ce_qu_on_perd(bretagne):
    assert {s.effet for s in bretagne.comprendre.pour("esp").sans_financement} == {"garde", "perd"}


def test_l_indemnisation_n_a_pas_de_montant_publie(bretagne):
    aide = bretagne.aide("indemnisation-elaboration")
    assert aide.montant is None
    assert "non publié" in aide.montant_note
    assert (aide.quantite.minimum, aide.quantite.maximum, aide.quantite.unite) == (3, 7, "réunions")


def test_la_carpec_a_sept_sieges(bretagne):
    carpec = bretagne.instance("carpec")
    assert [s.id for s in carpec.sieges] == [
        "ars",
        "urps",
        "assurance-maladie",
        "region",
        "geco-lib",
        "essort",
        "centres-de-sante",
    ]
    assert [len(a.demarches) for a in carpec.affaires] == [2, 2, 1]
    assert {d for a in carpec.affaires for d in a.demarches} == {d.id for d in bretagne.demarches}
    assert carpec.reunion_sur_site
    assert carpec.fonctionnement.convocation_jours == 5
    assert carpec.avis.source.interprete


def test_le_calendrier_connu_s_arrete_en_decembre_2025(bretagne):
    dates = [s.date.isoformat() for s in bretagne.local.seances]
    assert dates == ["2024-12-05", "2025-02-13", "2025-04-03", "2025-06-05", "2025-10-02", "2025-12-04"]
    assert [s.date.isoformat() for s in bretagne.local.seances_a_venir(datetime.date(2025, 6, 5))] == dates[3:]
    assert bretagne.local.seances_a_venir(datetime.date(2026, 11, 21)) == []
    assert bretagne.local.seances_a_venir(datetime.date(2024, 1, 1), "autre") == []
    assert "ARS Bretagne" in bretagne.local.a_confirmer.texte


def test_les_telephones_sans_titre_sont_attribues_et_dits_interpretes(bretagne):
    structures = {s.sigle: s for s in bretagne.local.structures}
    assert structures["ESSORT"].telephones == ("06 61 36 56 25", "06 63 03 12 56")
    assert structures["GECO Lib'"].telephones == ("02 99 30 36 45",)
    assert all(s.source.interprete for s in structures.values())


def test_seules_les_adresses_du_document_sont_publiees(bretagne):
    assert {c.courriel for c in bretagne.local.contacts if c.courriel} == {
        "molka.nouira-halevy@ars.sante.fr",
        "jean-paul.leroux@ars.sante.fr",
        "ronan.derieux@ars.sante.fr",
    }
    assert [c.telephone for c in bretagne.local.contacts if c.telephone] == []
    assert [s.courriel for s in bretagne.local.structures if s.courriel] == []


def test_les_deux_editions_s_enchainent_sans_jour_perdu():
    ancienne, nouvelle = lecture.editions("bretagne")
    assert ancienne.en_vigueur_au + datetime.timedelta(days=1) == nouvelle.en_vigueur_du


def test_un_meme_territoire_n_a_pas_deux_referents(bretagne):
    codes = [code for c in bretagne.local.contacts for code in c.territoire.epci]
    assert len(codes) == len(set(codes)) == 26


def test_les_siren_ecrits_sont_ceux_du_decoupage_et_dans_le_bon_departement(bretagne):
    decoupage = lire_decoupage()
    departements: dict[str, set[str]] = {}
    for commune in decoupage.communes:
        departements.setdefault(commune.epci, set()).add(commune.departement)
    for contact in bretagne.local.contacts:
        for code in contact.territoire.epci:
            assert contact.territoire.rubrique in departements[code], code
    assert dict(decoupage.regions)[bretagne.entete.region.code] == bretagne.entete.region.nom


def test_broceliande_est_une_lecture_et_le_dit(bretagne):
    derieux = next(c for c in bretagne.local.contacts if c.id == "ars-siege-derieux")
    assert derieux.territoire.interpretes.keys() == set(derieux.territoire.epci)
    assert all("Pays de Brocéliande" in note for note in derieux.territoire.interpretes.values())


@pytest.mark.parametrize("departement", ["29", "56"])
def test_un_departement_sans_nom_publie_le_dit(bretagne, departement):
    contact = next(c for c in bretagne.local.contacts if c.territoire.departements == (departement,))
    assert (contact.nom, contact.role, contact.courriel) == ("", "Référent non publié", None)
