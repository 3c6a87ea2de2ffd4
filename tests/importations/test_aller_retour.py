"""Ce qu'Esperluette exporte, elle sait le relire : mêmes réponses, pour chaque trame de chaque région."""

import pytest
from django.utils import timezone

from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.documents import exporter, trame_vierge
from esperluette.dossiers.lectures import contexte_de, edition_de, membres_de, trame_de, valeurs_de
from esperluette.importations.lecteur.analyse import en_json
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.trames import est_vide, est_visible, valeur_effective
from esperluette.territoires.models import Commune
from tests.dossiers import essai
from tests.dossiers.test_toutes_les_demarches import en_ligne, equipe_large
from tests.fabriques import dossiers as fabrique
from tests.fabriques.territoires import communes_reelles

RICHES = (
    "<p>Premier constat, chiffré : 2 300 patients « suivis » &amp; connus.</p>"
    "<p>Second paragraphe, à <strong>retenir</strong>.</p>",
    "<p>Nous prévoyons :</p><ul><li><p>une réunion par mois ;</p></li>"
    "<li><p>un compte rendu <em>partagé</em>.</p></li></ul>",
    "<p>D’abord ceci.<br>Puis cela.</p><ol><li><p>un</p></li><li><p>deux</p></li></ol><p>Et enfin.</p>",
    "<h4>Ce qui change</h4><p>Un texte après un intertitre, "
    '<a href="https://exemple.example/page" rel="noopener noreferrer">et un lien</a>.</p>',
)
TEXTES = (
    "Réponse brève",
    "Une réponse un peu plus longue, qui tient encore sur sa ligne de texte sans la dépasser.\nEt une seconde ligne.",
)
DATES = ("2027-03-01", "2027-11-30", "2028-08-12")


def reponse_variee(champ, rang):
    """Une réponse qui ne ressemble pas à sa voisine."""
    if champ.type == "texte_riche":
        return RICHES[rang % len(RICHES)].replace("constat", f"constat {rang}")
    if champ.type == "texte":
        texte = f"{TEXTES[rang % 2]} ({rang})"
        return texte if len(texte) <= (champ.longueur_max or 5000) else f"Brève {rang}"
    if champ.type == "date":
        return DATES[rang % 3]
    if champ.type == "nombre":
        return int(min(champ.maximum, 12_000 + rang)) if champ.maximum else 12_000 + rang
    if champ.type == "choix":
        return champ.options[rang % len(champ.options)].id
    if champ.type == "cases":
        return [o.id for o in champ.options][rang % 2 :: 2]
    if champ.type == "communes":
        return ["22136", "22219"]
    return None


def remplir(dossier, acteur):
    """Répond à toutes les questions, trois fiches ou lignes par tableau."""
    for rang, (_, champ) in enumerate(trame_de(dossier).champs()):
        if champ.type == "tableau":
            for n in range(3):
                ligne = fabrique.ajouter_ligne(dossier, champ.id, acteur=acteur)
                for k, colonne in enumerate(champ.colonnes):
                    chemin = f"{champ.id}/{ligne}/{colonne.id}"
                    fabrique.ecrire(dossier, chemin, reponse_variee(colonne, rang + 3 * n + k), acteur)
        elif champ.type != "membres":
            fabrique.ecrire(dossier, champ.id, reponse_variee(champ, rang), acteur)


def attendues(dossier):
    """Les réponses que le document imprime : celles des questions visibles."""
    trame, valeurs = trame_de(dossier), valeurs_de(dossier)
    contexte = contexte_de(dossier, membres_de(dossier))
    noms = dict(Commune.objects.values_list("pk", "nom"))
    rendues = {}
    for _, champ in trame.champs():
        valeur = valeur_effective(champ, valeurs, contexte)
        if champ.type == "membres" or est_vide(champ, valeur) or not est_visible(trame, champ, valeurs, contexte):
            continue
        if champ.type == "communes":
            valeur = [noms[code] for code in valeur]
        if champ.type == "tableau":
            valeur = [{c: v for c, v in li.items() if c != "id" and not est_vide_ici(champ, c, v)} for li in valeur]
        rendues[champ.id] = valeur
    return rendues


def est_vide_ici(champ, colonne, valeur):
    return est_vide(next(c for c in champ.colonnes if c.id == colonne), valeur)


@pytest.mark.django_db
@pytest.mark.parametrize(("region", "forme", "demarche"), list(en_ligne()))
def test_l_export_rempli_se_relit_a_l_identique(region, forme, demarche):
    equipe = equipe_large(region, forme)
    acteur = essai.porteuse(equipe)
    communes_reelles("22136", "22219")
    dossier = creer_dossier(equipe, demarche, acteur=acteur)
    remplir(dossier, acteur)
    voulues = attendues(dossier)
    for format in ("docx", "odt"):
        octets = exporter(dossier, format)
        analyse = analyser(f"trame.{format}", octets, trame=trame_de(dossier), edition=edition_de(dossier))
        lues = {p.champ: en_json(p.valeur) for p in analyse.propositions}
        assert lues == voulues, format
        if any(c.type == "membres" for _, c in trame_de(dossier).champs()):
            assert {(m.prenom, m.nom) for m in analyse.membres} == {(m.prenom, m.nom) for m in membres_de(dossier)}


@pytest.mark.parametrize("format", ["docx", "odt"])
@pytest.mark.parametrize("region", regions())
def test_la_trame_vierge_ne_repond_a_rien(region, format):
    edition = edition_en_vigueur(region, timezone.localdate())
    for demarche in edition.demarches if edition else ():
        if not demarche.en_ligne:
            continue
        octets, trame = trame_vierge(edition, demarche, format), edition.trame(demarche.id)
        analyse = analyser(f"vierge.{format}", octets, trame=trame, edition=edition)
        assert (analyse.propositions, analyse.morceaux, analyse.membres) == ([], [], [])
        trouvees = {r.rubrique for r in analyse.rubriques}
        assert trouvees == {r.id for r in trame.rubriques}
