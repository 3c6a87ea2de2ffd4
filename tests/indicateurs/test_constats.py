"""Les constats : ils paraissent quand l'écart compte, se taisent sinon, et disent toujours d'où ils viennent."""

import re
from datetime import date
from string import Formatter

import pytest

from esperluette.indicateurs.alentours import offres
from esperluette.indicateurs.calcul import Etat
from esperluette.indicateurs.constats import Regle, Regles, constats, enumerer, regles
from esperluette.indicateurs.definitions import definitions
from esperluette.indicateurs.instantane import (
    CommuneLue,
    DistanceLue,
    Instantane,
    LigneLue,
    NiveauLu,
    ThemeLu,
    ValeurLue,
    ZonageLu,
)
from esperluette.territoires.jeux import jeux as jeux_de_zonage

NIVEAUX = {"epci": "CC d'ici", "departement": "Côtes-d'Armor", "region": "Bretagne", "france": "France"}


def ligne(cle, decimales=1, comptees=2, **valeurs):
    """Une ligne dont le territoire compte deux communes, les autres niveaux dix."""
    dites = {
        niveau: ValeurLue(
            valeur=v, etat=Etat.MANQUANT if v is None else Etat.CONNU, communes=2 if niveau == "territoire" else 10,
            comptees=comptees if niveau == "territoire" else 10,
        )
        for niveau, v in valeurs.items()
    }  # fmt: skip
    return LigneLue(
        id=cle, libelle=cle, unite="u", decimales=decimales, methode="m.", valeurs=dites, sources=("Insee, 2021",)
    )


def releve(*lignes, habitants=10_000, **reste):
    communes = tuple(CommuneLue(code=c, nom=n, population=habitants // 2) for c, n in (("1", "Ici"), ("2", "Là")))
    niveaux = tuple(NiveauLu(cle=c, nom=n) for c, n in NIVEAUX.items())
    theme = ThemeLu(id="t", titre="T", lignes=lignes)
    return Instantane(calcule_le=date(2026, 1, 1), communes=communes, niveaux=niveaux, themes=(theme,), **reste)


def dits(*lignes, **options):
    return {c.id: c for c in constats(releve(*lignes, **options))}


# --- Les règles --------------------------------------------------------------------------------------------


def test_chaque_regle_porte_sur_ce_qui_existe():
    connues = {d.id for d in definitions()}
    for r in regles().regles:
        assert {cle + r.suffixe for cle in r.lignes} <= connues, r.id
        assert set(r.offres) <= {o.id for o in offres()}, r.id
        if r.ecarts_types:
            assert set(r.lignes) <= connues, r.id
        if r.zonage:
            libelles = {c.libelle for c in jeux_de_zonage()[r.zonage].classes.values()}
            assert set(r.classes) <= libelles, r.id
    assert len({r.id for r in regles().regles}) == len(regles().regles)


def test_chaque_regle_dit_sa_source_ou_son_choix_et_n_ecrit_que_ce_qu_elle_sait():
    for r in regles().regles:
        assert bool(r.source) != bool(r.choix), r.id
        mots = {mot for _, mot, _, _ in Formatter().parse(r.phrase + r.phrase_zero) if mot}
        permis = {"nom", "valeur", "unite"} | ({"reference", "niveau", "ecart"} if r.ecart else set())
        if r.offres:
            permis = {"nom", "km", "commune"}
        if r.zonage:
            permis = {"nombre", "total", "noms", "classes"}
        assert mots <= permis, r.id


@pytest.mark.parametrize(
    "faute",
    [
        {"lignes": {"a": "a"}},
        {"lignes": {"a": "a"}, "source": "s", "choix": "c"},
        {"lignes": {"a": "a"}, "zonage": "qpv", "choix": "c"},
        {"choix": "c"},
        {"lignes": {"a": "a"}, "choix": "c", "ecart": 20},
    ],
    ids=["sans source", "source et choix", "deux sujets", "aucun sujet", "écart sans niveau"],
)
def test_une_regle_mal_faite_est_refusee(faute):
    with pytest.raises(ValueError, match="r »"):
        Regle(id="r", genre="force", phrase="p", **faute)


# --- Les chiffres ------------------------------------------------------------------------------------------


def test_un_ecart_qui_compte_se_dit_avec_son_chiffre_et_sa_source():
    (constat,) = dits(ligne("pauvrete", territoire=18.0, region=10.0)).values()
    assert (constat.genre, constat.ligne, constat.source) == ("fragilite", "pauvrete", "Insee, 2021")
    assert constat.phrase == "Le taux de pauvreté est de 18,0 %, contre 10,0 % dans la région (Bretagne)."
    assert constat.regle.startswith("Choix d'Esperluette : ")


@pytest.mark.parametrize(("valeur", "attendu"), [(11.9, ()), (12.0, ("pauvrete_forte:pauvrete",)), (8.1, ())])
def test_en_deca_du_seuil_rien_ne_se_dit(valeur, attendu):
    assert tuple(dits(ligne("pauvrete", territoire=valeur, region=10.0))) == attendu


def test_un_chiffre_inconnu_ou_trop_partiel_ne_se_commente_pas():
    assert not dits(ligne("pauvrete", territoire=None, region=10.0))
    assert not dits(ligne("pauvrete", comptees=1, territoire=30.0, region=10.0))
    assert not dits(ligne("pauvrete", territoire=30.0, region=None, france=None))


@pytest.mark.parametrize(("poids", "dit"), [(0.95, True), (0.8, True), (0.79, False), (None, False)])
def test_la_couverture_se_compte_en_habitants_quand_on_les_connait(poids, dit):
    """Une commune sur deux est connue : c'est presque tout le territoire si c'est la ville, presque rien sinon."""
    lue = ligne("pauvrete", comptees=1, territoire=30.0, region=10.0)
    propre = lue.valeurs["territoire"].model_copy(update={"etat": Etat.INCOMPLET, "poids": poids})
    lue = lue.model_copy(update={"valeurs": lue.valeurs | {"territoire": propre}})
    assert bool(dits(lue)) == dit


def test_sans_la_region_on_se_compare_a_la_france():
    (constat,) = dits(ligne("pauvrete", territoire=30.0, region=None, france=15.0)).values()
    assert constat.phrase.endswith("contre 15,0 % en France.")


def test_un_territoire_ne_se_compare_pas_a_lui_meme():
    """Une région entière, prise comme territoire, est sa propre référence : la suivante est la France."""
    propre = ligne("pauvrete", territoire=30.0, region=10.0, france=15.0)
    valeurs = propre.valeurs | {"region": propre.valeurs["territoire"]}
    (constat,) = dits(propre.model_copy(update={"valeurs": valeurs})).values()
    assert "en France" in constat.phrase


def test_une_reference_partielle_le_dit():
    propre = ligne("pauvrete", territoire=30.0, region=15.0)
    partielle = propre.valeurs["region"].model_copy(update={"etat": Etat.INCOMPLET, "comptees": 9})
    (constat,) = dits(propre.model_copy(update={"valeurs": propre.valeurs | {"region": partielle}})).values()
    assert constat.phrase.endswith("contre 15,0 % dans la région (Bretagne), chiffre partiel.")


@pytest.mark.parametrize(("evolution", "dit"), [(-0.19, False), (-0.2, True), (-0.21, True)])
def test_une_baisse_d_au_moins_deux_dixiemes_se_dit_borne_comprise(evolution, dit):
    assert ("population_en_baisse:evolution" in dits(ligne("evolution", 2, territoire=evolution))) is dit


def test_un_effectif_partiel_s_attend_a_proportion_des_communes_comptees():
    """Quarante kinés attendus ; trente-deux pour les huit communes comptées sur dix : vingt-quatre n'étonnent pas."""

    def lues(comptees):
        for lue in (
            ligne("kines", 0, territoire=24, region=500),
            ligne("kines_pour_10_000", territoire=7.5, region=10.0),
        ):
            propre = lue.valeurs["territoire"].model_copy(update={"communes": 10, "comptees": comptees})
            region = lue.valeurs["region"].model_copy(update={"communes": 100, "comptees": 100})
            yield lue.model_copy(update={"valeurs": {"territoire": propre, "region": region}})

    assert dits(*lues(10), habitants=40_000)
    assert not dits(*lues(8), habitants=40_000)


def test_le_hasard_d_un_petit_nombre_ne_fait_pas_un_constat():
    """Un kiné de moins que prévu sur deux n'apprend rien ; vingt de moins que quarante, si."""
    peu = (ligne("kines", 0, territoire=1, region=500), ligne("kines_pour_10_000", territoire=5.0, region=10.0))
    assert not dits(*peu, habitants=2_000)
    assert tuple(dits(*peu[1:], ligne("kines", 0, territoire=20, region=500), habitants=40_000)) == (
        "offre_faible:kines",
    )


def test_aucun_professionnel_se_dit_en_toutes_lettres():
    lues = (ligne("kines", 0, territoire=0, region=500), ligne("kines_pour_10_000", territoire=0.0, region=10.0))
    assert dits(*lues)["offre_faible:kines"].phrase == (
        "Pas de masseurs-kinésithérapeutes dans le territoire, contre 10,0 pour 10 000 habitants dans la région "
        "(Bretagne)."
    )


def test_aucun_ne_se_dit_que_si_toutes_les_communes_sont_connues():
    lues = [
        ligne(cle, comptees=9, territoire=0.0, region=v) for cle, v in (("kines", 500), ("kines_pour_10_000", 10.0))
    ]
    dix = [v.model_copy(update={"communes": 10}) for v in (x.valeurs["territoire"] for x in lues)]
    lues = [
        x.model_copy(update={"valeurs": {"territoire": v, "region": x.valeurs["region"].model_copy(update={
            "communes": 50, "comptees": 50})}})
        for x, v in zip(lues, dix, strict=True)
    ]  # fmt: skip
    phrase = dits(*lues)["offre_faible:kines"].phrase
    assert phrase.startswith("Moins de masseurs-kinésithérapeutes que dans la région (Bretagne) : 0,0 pour 10 000")


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("infirmiers", "Plus d'infirmiers qu'en France."),
        ("Éducateurs", "Plus d'Éducateurs qu'en France."),
        ("kinés de Allaire", "Plus de kinés de Allaire qu'en France."),
        ("handicapés", "Plus de handicapés qu'en France."),
    ],
)
def test_de_et_que_s_elident_devant_une_voyelle(nom, attendu):
    seule = Regle(
        id="x", genre="force", phrase="Plus de {nom} que {niveau}.", lignes={"a": nom}, face_a=("france",), ecart=20,
        choix="c",
    )  # fmt: skip
    lues = Regles(couverture=50, niveaux={"france": "en France"}, regles=(seule,))
    (constat,) = constats(releve(ligne("a", territoire=30.0, france=10.0)), lues)
    assert constat.phrase == attendu


def test_aucune_regle_n_oublie_une_elision():
    lues = [
        ligne(cle, territoire=valeur, france=10.0)
        for r in regles().regles for nom in r.lignes
        for cle, valeur in ((nom + r.suffixe, 30.0 if r.ecart > 0 else 0.0), (nom, 3000.0 if r.ecart > 0 else 0.0))
    ]  # fmt: skip
    for constat in dits(*lues, habitants=10**6).values():
        assert not re.search(r"\b([Dd]|[Qq]u)e [aeiouéèê]", constat.phrase), constat.phrase


def test_le_seuil_de_l_arrete_l_emporte_sur_l_ecart():
    sous = dits(ligne("apl_medecins", territoire=2.4, region=4.0))
    assert tuple(sous) == ("sous_dense:apl_medecins",)
    assert "Arrêté du 13 novembre 2017" in sous["sous_dense:apl_medecins"].regle
    assert tuple(dits(ligne("apl_medecins", territoire=2.5, region=4.0))) == ("acces_faible:apl_medecins",)


# --- Les distances et les zonages ----------------------------------------------------------------------------


@pytest.mark.parametrize(("km", "moyenne", "dit"), [(20.0, 25.0, True), (20.0, 24.9, False), (None, None, False)])
def test_une_offre_lointaine(km, moyenne, dit):
    loin = DistanceLue(offre="urgences", libelle="U", km=km, commune="Vannes", source="Insee", km_moyen=moyenne)
    assert bool(dits(distances=(loin,))) is dit


def zonages(*libelles, jeu="zonage-medecins"):
    return tuple(
        ZonageLu(code=str(n), zonage="Z", libelle=libelle, source="ARS, 2025", jeu=jeu)
        for n, libelle in enumerate(libelles, start=1)
    )


def test_un_classement_partage_se_dit_et_pose_une_question():
    lus = dits(zonages=zonages("ZIP (intervention prioritaire)", "Hors zone"))
    assert tuple(lus) == ("zone_prioritaire:zonage-medecins", "zonages_partages:zonage-medecins")
    assert "1 sur 2 (Ici)" in lus["zone_prioritaire:zonage-medecins"].phrase
    assert lus["zone_prioritaire:zonage-medecins"].source == "ARS, 2025"


def test_un_classement_inconnu_ne_fait_ni_constat_ni_partage():
    assert not dits(zonages=zonages("", "Hors zone"))


# --- Tous --------------------------------------------------------------------------------------------------


def test_les_identifiants_ne_changent_pas_d_un_calcul_a_l_autre_et_ne_se_repetent_pas():
    lues = (ligne("pauvrete", territoire=18.0, region=10.0), ligne("apl_medecins", territoire=2.0, region=4.0))
    premiers, seconds = constats(releve(*lues)), constats(releve(*reversed(lues)))
    assert premiers == seconds
    assert len({c.id for c in premiers}) == len(premiers)


def test_rien_de_charge_ne_fait_aucun_constat():
    assert not dits()


def test_un_autre_jeu_de_regles_s_essaie_sans_fichier():
    seule = Regle(id="x", genre="force", phrase="{valeur} {unite}", lignes={"a": "a"}, choix="c")
    lues = Regles(couverture=50, niveaux={}, regles=(seule,))
    (constat,) = constats(releve(ligne("a", 0, comptees=1, territoire=1234.0)), lues)
    assert constat.phrase == "1\u202f234 u"


@pytest.mark.parametrize(
    ("noms", "attendu"),
    [("", ""), ("A", "A"), ("AB", "A et B"), ("ABCDE", "A, B, C, D et E"), ("ABCDEF", "A, B, C, D et 2 autres")],
)
def test_une_enumeration_s_arrete_avant_d_ennuyer(noms, attendu):
    assert enumerer(noms) == attendu
