"""Qui signe suit l'édition : tous, les professionnels, le porteur au nom de la structure, ou personne."""

import pytest

from esperluette.commun.erreurs import Refus
from esperluette.documents.models import Signature
from esperluette.dossiers.actions.depot import deposer, figer, signer
from esperluette.equipes.models import Equipe
from tests.dossiers import essai
from tests.dossiers.ecrans import sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db
METIER = "coordinatrice de parcours"


def coordinatrice(equipe):
    return MembreFabrique(equipe=equipe, confirme=True, non_professionnel=True)


def nommes(depot):
    return {s["membre"] for s in depot.contenu["signataires"]}


def test_quand_tous_signent_la_coordinatrice_signe_avec_son_metier(equipe):
    membre = coordinatrice(equipe)
    depot = fabrique.fige(equipe)
    assert nommes(depot) == set(equipe.membres.values_list("pk", flat=True))
    signature = signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    assert signature.qualite == METIER
    faits = signature.preuve.faits
    assert faits["signataire"]["qualite"] == METIER
    assert f"Je signe en mon nom. Ma qualité : {METIER}." in faits["conditions"]["texte"]
    assert faits["membre"] == {"identifiant": membre.pk, "au_nom_de": ""}


def test_quand_les_professionnels_signent_la_coordinatrice_ne_signe_pas(equipe_d_essai):
    membre = coordinatrice(equipe_d_essai)
    depot = figer(essai.complet(equipe_d_essai, essai.PROJET), acteur=essai.porteuse(equipe_d_essai))
    assert nommes(depot) == set(equipe_d_essai.membres.filter(professionnel=True).values_list("pk", flat=True))
    with pytest.raises(Refus, match="Seuls les membres nommés"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    page = texte(sous(membre.compte).get(url(depot.dossier, "signature")))
    assert url(depot.dossier, "signer") not in page
    for professionnel in equipe_d_essai.membres.filter(professionnel=True):
        signer(depot, acteur=professionnel.compte, empreinte=depot.empreinte)
    assert deposer(depot.dossier, acteur=essai.porteuse(equipe_d_essai)).depose_le


@pytest.mark.parametrize(
    ("structure", "au_nom_de"), [("Association du Lié", "Association du Lié"), ("", "l’équipe « Les Deux Rives »")]
)
def test_le_porteur_signe_seul_au_nom_de_la_structure(structure, au_nom_de, equipe_d_essai):
    Equipe.objects.filter(pk=equipe_d_essai.pk).update(nom_juridique=structure, nom="Les Deux Rives")
    equipe = Equipe.objects.get(pk=equipe_d_essai.pk)
    porteuse = essai.porteuse(equipe)
    depot = figer(essai.complet(equipe, essai.LETTRE), acteur=porteuse)
    assert nommes(depot) == {equipe.porteur.pk}
    assert f"Je signe au nom de : {au_nom_de}" in texte(sous(porteuse).get(url(depot.dossier, "signer"))).replace(
        "&#x27;", "’"
    )
    signature = signer(depot, acteur=porteuse, empreinte=depot.empreinte)
    assert signature.preuve.faits["membre"]["au_nom_de"] == au_nom_de
    assert f"au nom de {au_nom_de}" in texte(sous(porteuse).get(url(depot.dossier, "preuves", 1)))


def test_un_autre_membre_ne_signe_pas_pour_la_structure(equipe_d_essai):
    depot = figer(essai.complet(equipe_d_essai, essai.LETTRE), acteur=essai.porteuse(equipe_d_essai))
    membre = equipe_d_essai.membres.get(porteur=False)
    with pytest.raises(Refus, match="Seuls les membres nommés"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    assert not Signature.objects.exists()


def test_une_version_que_personne_n_a_signee_le_dit(equipe_d_essai):
    depot = figer(essai.complet(equipe_d_essai, essai.LETTRE), acteur=essai.porteuse(equipe_d_essai))
    page = texte(sous(essai.porteuse(equipe_d_essai)).get(url(depot.dossier, "preuves", 1)))
    assert "Personne n’a signé cette version." in page
    assert str(equipe_d_essai.porteur) in page.split("Sans signature")[1]
