"""Huit personnes écrivent en même temps dans le même dossier : rien ne se perd, personne n'est bloqué."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from esperluette.dossiers.actions.redaction import ajouter_ligne
from esperluette.dossiers.models import Dossier, TexteEnConflit, VersionReponse
from esperluette.fichiers.models import Fichier
from esperluette.journal.lectures import verifier
from tests.concurrence.ensemble import ensemble, poster, sous, version_annoncee
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique
from tests.fabriques.fichiers import pdf, upload

pytestmark = pytest.mark.django_db(transaction=True)

ECRIVAINS, ENREGISTREMENTS = 8, 50
DIFFERENTS = [
    "territoire_description", "patientele_description", "offre_ambulatoire", "offre_hospitaliere",
    "difficultes_ruptures", "pilote", "coordination", "organisation_existante",
]  # fmt: skip


@pytest.fixture
def dossier() -> Dossier:
    """Un brouillon et huit membres confirmés."""
    equipe = fabrique.equipe_complete()
    for _ in range(ECRIVAINS - 2):
        MembreFabrique(equipe=equipe, confirme=True)
    return fabrique.brouillon(equipe)


def navigateurs(dossier: Dossier) -> list[Client]:
    return [sous(m.compte) for m in dossier.equipe.membres.confirmes().select_related("compte").order_by("pk")]


def texte(rang: int, n: int) -> str:
    return f"<p>Écrivain {rang}, texte {n}.</p>"


def ecrire(client: Client, dossier: Dossier, chemin: str, rang: int) -> Callable[[], Counter[int]]:
    """Cinquante enregistrements de suite, comme le script de la page : il repart de la version qu'on lui rend."""
    adresse = reverse("dossiers:champ", args=[dossier.reference, chemin])

    def geste() -> Counter[int]:
        statuts: Counter[int] = Counter()
        version = 0
        for n in range(ENREGISTREMENTS):
            envoi = {chemin: texte(rang, n), f"version:{chemin}": version, f"forme:{chemin}": "html"}
            reponse = client.post(adresse, envoi, headers={"X-Esperluette": "fragment"})
            statuts[reponse.status_code] += 1
            version = version_annoncee(reponse.content.decode())
        return statuts

    return geste


def gardes(dossier: Dossier) -> list[Any]:
    """Tous les textes gardés : dans les versions, ou dans un conflit."""
    versions = VersionReponse.objects.filter(reponse__dossier=dossier).values_list("valeur", flat=True)
    conflits = TexteEnConflit.objects.filter(reponse__dossier=dossier).values_list("valeur", flat=True)
    return [*versions, *conflits]


TOUS = sorted(texte(rang, n) for rang in range(ECRIVAINS) for n in range(ENREGISTREMENTS))


def test_sur_des_champs_differents_chacun_enregistre_tout_sans_aucun_conflit(dossier: Dossier):
    clients = navigateurs(dossier)
    gestes = [ecrire(c, dossier, DIFFERENTS[rang], rang) for rang, c in enumerate(clients)]
    statuts = sum(ensemble(*gestes), Counter())
    assert statuts == {200: ECRIVAINS * ENREGISTREMENTS}
    assert not TexteEnConflit.objects.exists()
    assert sorted(gardes(dossier)) == TOUS
    for rang, chemin in enumerate(DIFFERENTS):
        reponse = dossier.reponses.get(champ=chemin)
        assert (reponse.version, reponse.valeur) == (ENREGISTREMENTS, texte(rang, ENREGISTREMENTS - 1))


def test_sur_le_meme_champ_chaque_texte_est_une_version_ou_un_conflit_garde(dossier: Dossier):
    chemin = DIFFERENTS[0]
    statuts = sum(ensemble(*[ecrire(c, dossier, chemin, r) for r, c in enumerate(navigateurs(dossier))]), Counter())
    assert statuts[200] + statuts[409] == ECRIVAINS * ENREGISTREMENTS
    assert sorted(gardes(dossier)) == TOUS
    reponse = dossier.reponses.get(champ=chemin)
    versions = list(reponse.versions.order_by("numero"))
    assert [v.numero for v in versions] == list(range(1, reponse.version + 1))
    assert (statuts[200], statuts[409]) == (reponse.version, reponse.conflits.count())
    assert reponse.valeur == versions[-1].valeur
    # Huit écrivains qui s'ignorent : il y a forcément eu des deux.
    assert statuts[200] > 0
    assert statuts[409] > 0


def test_huit_lignes_ajoutees_ensemble_sont_huit_lignes(dossier: Dossier):
    membres = [m.compte for m in dossier.equipe.membres.confirmes().select_related("compte")]
    ajouts = [lambda m=m: ajouter_ligne(dossier, "axes_thematiques", acteur=m) for m in membres]
    lignes = ensemble(*ajouts)
    assert sorted(dossier.reponses.get(champ="axes_thematiques").valeur) == sorted(lignes)
    assert len(set(lignes)) == ECRIVAINS


def test_le_meme_commentaire_envoye_huit_fois_ensemble_n_en_fait_qu_un(dossier: Dossier):
    adresse = reverse("dossiers:rubrique", args=[dossier.reference, "territoire"])
    chemin = DIFFERENTS[0]
    envoi = {"geste": f"commenter:{chemin}", f"commentaire:{chemin}": "Précisez le nombre de communes."}
    client = navigateurs(dossier)[0]
    assert [statut for statut, _ in ensemble(*[poster(client, adresse, envoi)] * 8)] == [302] * 8
    assert dossier.commentaires.count() == 1


def test_la_meme_piece_jointe_huit_fois_ensemble_n_en_fait_qu_une(dossier: Dossier):
    adresse, client = reverse("dossiers:pieces", args=[dossier.reference]), navigateurs(dossier)[0]

    def joindre() -> int:
        return int(client.post(adresse, {"libelle": "Statuts", "fichier": upload("s.pdf", pdf())}).status_code)

    assert ensemble(*[joindre] * 8) == [302] * 8
    assert dossier.pieces.count() == 1
    assert Fichier.objects.count() == 1
    assert verifier().intact


def test_une_piece_remplacee_au_meme_instant_par_deux_fichiers_n_a_qu_une_suite(dossier: Dossier):
    client = navigateurs(dossier)[0]
    client.post(reverse("dossiers:pieces", args=[dossier.reference]), {"fichier": upload("a.pdf", pdf())})
    adresse = reverse("dossiers:piece_remplacer", args=[dossier.reference, dossier.pieces.get().pk])

    def remplacer(rang: int) -> Callable[[], int]:
        return lambda: client.post(adresse, {"fichier": upload("b.pdf", pdf() + b"%" * rang)}).status_code

    assert ensemble(*[remplacer(rang % 2 + 1) for rang in range(6)]) == [302] * 6
    assert dossier.pieces.count() == 2
    assert dossier.pieces.filter(retiree_le=None).count() == 1
    assert Fichier.objects.count() == 2
    assert verifier().intact
