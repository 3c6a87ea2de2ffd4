"""Le gabarit : strict, en bac à sable, sans rien évaluer de ce qui est saisi."""

from dataclasses import fields

import pytest
from jinja2 import DictLoader, meta, nodes

from esperluette.documents.contextes import AnnexeImprimee, ContexteAccuse, ContexteTrame
from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.rendu import (
    avec_deux_points,
    date_heure,
    date_longue,
    empreinte_gabarit,
    environnement,
    heure,
    nombre,
    octets,
    rendre,
)
from tests.fabriques.documents import MEMBRES, accuse, champ, rubrique, trame, trame_de

ESPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def variables(gabarit: str) -> set[str]:
    """Les variables que le gabarit et ses parents attendent du contexte."""
    env = environnement()
    arbre = env.parse(env.loader.get_source(env, gabarit)[0])
    parents = [nom for nom in meta.find_referenced_templates(arbre) if not nom.rpartition("/")[2].startswith("_")]
    importees = {nom if isinstance(nom, str) else nom[1] for n in arbre.find_all(nodes.FromImport) for nom in n.names}
    return (meta.find_undeclared_variables(arbre) - importees).union(*(variables(parent) for parent in parents))


@pytest.mark.parametrize(
    ("gabarit", "contexte"), [("documents/trame.html", ContexteTrame), ("documents/accuse.html", ContexteAccuse)]
)
def test_le_gabarit_imprime_tout_son_contexte_et_rien_d_autre(gabarit, contexte):
    assert variables(gabarit) == {champ.name for champ in fields(contexte)}


@pytest.mark.parametrize(
    ("gabarit", "contexte", "nom"),
    [("documents/trame.html", trame, f.name) for f in fields(ContexteTrame)]
    + [("documents/accuse.html", accuse, f.name) for f in fields(ContexteAccuse)],
)
def test_une_variable_manquante_est_une_erreur(gabarit, contexte, nom):
    incomplet = contexte()
    del incomplet[nom]
    with pytest.raises(GabaritInvalide, match=nom):
        rendre(gabarit, incomplet)


def test_une_cle_manquante_au_fond_du_contexte_est_une_erreur():
    contexte = trame()
    del contexte["rubriques"][1]["champs"][0]["valeur"]
    with pytest.raises(GabaritInvalide, match="valeur"):
        rendre("documents/trame.html", contexte)


@pytest.mark.parametrize(
    "nom", ["documents/absent.html", "absente/trame.html", "../settings.py", "documents/../apps.py"]
)
def test_un_gabarit_introuvable_est_une_erreur_claire(nom):
    with pytest.raises(GabaritInvalide, match="ne peut pas être rempli"):
        rendre(nom, trame())


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ titre.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{% include '/etc/passwd' %}",
        "{{ range(10) }}",
        "{{ liste.append(1) }}",
        "{{ inconnue }}",
        "{% if %}",
    ],
)
def test_un_gabarit_ne_sort_pas_de_son_bac_a_sable(source, monkeypatch):
    monkeypatch.setitem(environnement().loader.mapping, "essai", DictLoader({"x.html": source}))
    with pytest.raises(GabaritInvalide):
        rendre("essai/x.html", {"titre": "a", "liste": []})


HOSTILES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    "</p></div><h1>Faux titre</h1>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "&lt;b&gt; & &amp;",
]


@pytest.mark.parametrize("texte", HOSTILES)
@pytest.mark.parametrize("type", ["texte", "choix"])
def test_tout_texte_saisi_est_echappe(texte, type):
    temoin, page = (
        rendre("documents/trame.html", trame_de(champ(t, type, t * 30), titre=t, reference=t))
        for t in ("x" * len(texte), texte)
    )
    assert page.count("<") == temoin.count("<")
    assert "49" not in page
    assert "root:" not in page


def test_le_texte_riche_est_nettoye_meme_si_le_contexte_ne_l_est_pas():
    pieges = (
        '<p onclick="x()" style="color:red" data-custom-style="Title">a</p><script>b</script><h1>c</h1>'
        '<a href="javascript:d()">e</a><iframe src="file:/etc/passwd"></iframe><img src="/etc/passwd">'
        "<table></table>"
    )
    temoin = rendre("documents/trame.html", trame_de(champ("", "texte_riche", "<p>a</p>")))
    page = rendre("documents/trame.html", trame_de(champ("", "texte_riche", pieges)))
    for interdit in ("onclick", "style=", "data-custom", "<script", "javascript", "<iframe", "<img", "<table"):
        assert interdit not in page
    assert page.count("<h1") == temoin.count("<h1")


def test_l_aide_ne_parait_qu_en_brouillon():
    aide = "Décrivez le territoire de proximité."
    assert aide in rendre("documents/trame.html", trame(brouillon=True))
    assert aide not in rendre("documents/trame.html", trame())
    assert "De nombreux indicateurs sont publiés." not in rendre("documents/trame.html", trame())


@pytest.mark.parametrize("valeur", [None, "", []])
@pytest.mark.parametrize("type", ["texte", "texte_riche", "nombre", "date", "choix", "cases", "membres", "communes"])
def test_un_champ_vide_se_dit_en_brouillon_et_reste_sobre_ensuite(type, valeur):
    page = trame_de(champ("Libellé", type, valeur))
    assert "Non renseigné" in rendre("documents/trame.html", page | {"brouillon": True})
    final = rendre("documents/trame.html", page)
    assert "Non renseigné" not in final
    assert "None" not in final
    assert '<div class="vide">—</div>' in final


def test_les_signatures_se_rangent_sous_la_rubrique_qui_les_annonce_ou_a_la_fin():
    signature = rubrique("3.", "Signature du projet de sante", 1, champ("Établi le", "date", "2026-11-21"))
    corps = rubrique("1.", "Autre", 1)
    annoncee = rendre("documents/trame.html", trame(rubriques=(signature, corps), annexes=()))
    seule = rendre("documents/trame.html", trame(rubriques=(corps,), annexes=()))
    assert annoncee.count('<table class="signatures">') == seule.count('<table class="signatures">') == 1
    assert annoncee.index('<table class="signatures">') < annoncee.index("1. Autre")
    assert '<h1 id="signatures">Signatures</h1>' not in annoncee
    assert seule.index("1. Autre") < seule.index('<h1 id="signatures">Signatures</h1>')


def test_l_intitule_annexes_et_le_mot_annexe_ne_se_repetent_pas():
    annexe = AnnexeImprimee(numero="Annexe 1", titre="Liste", champs=(champ("Liste", "membres", MEMBRES),))
    page = rendre("documents/trame.html", trame(rubriques=(rubrique("", "Annexes", 1),), annexes=(annexe,)))
    assert page.count("Annexes</h1>") == 1
    assert "Annexe 1\u00a0: Liste</h2>" in page
    assert "Annexe Annexe" not in page
    assert '<div class="libelle">Liste</div>' not in page


def test_un_libelle_qui_repete_sa_rubrique_est_tu():
    page = trame(rubriques=(rubrique("1.2", "La patientèle", 2, champ("La Patientèle", "texte", "x" * 99)),))
    assert rendre("documents/trame.html", page).lower().count("la patientèle") == 1


def test_un_document_sans_date_n_en_invente_pas():
    page = rendre("documents/trame.html", trame(le="", etat="", version="", empreinte=""))
    assert "Déposé" not in page
    assert "2026" not in page.partition('<div class="sommaire">')[0].replace("ESP-22-2026-00042", "")


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [(4200, "4 200"), (1234567, "1 234 567"), (12.5, "12,5"), (0, "0"), (-3, "-3"), (12.0, "12"), (0.25, "0,25")],
)
def test_les_nombres_s_ecrivent_en_francais(valeur, attendu):
    assert nombre(valeur).translate(ESPACES) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        ("2026-11-01", "1er novembre 2026"),
        ("2026-02-11", "11 février 2026"),
        ("2026-08-31", "31 août 2026"),
        ("2026-12-31T23:30:00+00:00", "1er janvier 2027"),
    ],
)
def test_les_dates_s_ecrivent_en_francais_a_l_heure_de_paris(valeur, attendu):
    assert date_longue(valeur) == attendu


def test_un_instant_dit_son_heure_de_paris():
    assert heure("2026-07-01T06:05:00+00:00").translate(ESPACES) == "8 h 05"
    assert date_heure("2026-07-01T12:05:00+00:00").translate(ESPACES) == "1er juillet 2026 à 14 h 05"


@pytest.mark.parametrize(("valeur", "attendu"), [(12, "12 octets"), (2048, "2 Ko"), (1_300_000, "1,2 Mo")])
def test_les_tailles_se_lisent(valeur, attendu):
    assert octets(valeur).translate(ESPACES) == attendu


@pytest.mark.parametrize(
    ("libelle", "attendu"), [("Depuis", "Depuis :"), ("Qui ? ", "Qui ?"), ("Enjeu :", "Enjeu :"), ("Fin.", "Fin.")]
)
def test_un_libelle_ne_prend_pas_deux_ponctuations(libelle, attendu):
    assert avec_deux_points(libelle) == attendu


def test_l_empreinte_du_gabarit_couvre_ceux_dont_il_herite(monkeypatch):
    avant = empreinte_gabarit("documents/trame.html")
    assert avant != empreinte_gabarit("documents/accuse.html")
    env = environnement()
    source = env.loader.get_source(env, "documents/base.html")[0]
    autres = {
        nom: env.loader.get_source(env, f"documents/{nom}")[0]
        for nom in ("trame.html", "_champs.html", "_chiffres.html")
    }
    monkeypatch.setitem(env.loader.mapping, "documents", DictLoader(autres | {"base.html": source + " "}))
    assert empreinte_gabarit("documents/trame.html") != avant
    with pytest.raises(GabaritInvalide, match="introuvable"):
        empreinte_gabarit("documents/absent.html")
