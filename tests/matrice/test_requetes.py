"""Aucune page ne coûte plus de requêtes avec trois objets qu'avec un seul, de quoi que ce soit."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from esperluette.comptes.models import Compte
from esperluette.dossiers.actions import redaction
from esperluette.dossiers.cycle import franchir
from esperluette.equipes.actions import consigner_consultation, inviter
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.fabriques.complements import CHAMPS
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique, MembreFabrique, SiteFabrique
from tests.fabriques.fiche import reunion_tenue
from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.territoires import communes_reelles
from tests.matrice.monde import CHAMP, TABLEAU, Lieu, Monde, adresse, monde
from tests.matrice.table import LIGNES

pytestmark = pytest.mark.django_db

COMMUNES = ["22219", "22266", "22278", "22094"]
# La page de rédaction du tableau, et les réponses qu'attend le JavaScript : les mêmes vues, avec d'autres objets.
AUTRES = {
    "por": [("dossiers:rubrique#ajouter", "E"), ("dossiers:signature", "B"), ("dossiers:rubrique#ajouter", "D")],
    "ref": [],
}
PAGES = [
    (role, nom, etat)
    for role, colonne in (("por", "por"), ("ref", "ref"))
    for nom, etat in [*[(x.nom, x.etat) for x in LIGNES if x.geste == "GET" and x.attendu[colonne] == "ok"]]
    + AUTRES[role]
    if role == "por"
    or nom.startswith(("instruction:", "reconnaissances:"))
    or nom in {"notifications:boite", "comptes:profil"}
]


def mesurer(le_monde: Monde) -> dict[str, int]:
    """Le nombre de requêtes de chaque page, caches chauds."""
    couts = {}
    for role, nom, etat in PAGES:
        client, page = le_monde.client(role), adresse(nom, le_monde, etat)
        _lire(client, page)
        with CaptureQueriesContext(connection) as capture:
            _lire(client, page)
        couts[f"{role} {nom} ({etat})"] = len(capture)
    return couts


def _lire(client: Any, page: str) -> None:
    reponse = client.get(page)
    assert reponse.status_code == 200, page
    if reponse.streaming:
        reponse.getvalue()


def grandir(le_monde: Monde, rang: int) -> None:
    """Un objet de plus, de chaque sorte, partout."""
    territoire = communes_reelles(*COMMUNES)
    moi = le_monde.comptes["por"]
    for lieu in le_monde.lieux.values():
        lieu.equipe.communes.add(territoire[COMMUNES[rang]])
    _grandir_l_equipe(le_monde.lieux["E"], moi, rang)
    for etat in "ED":
        _grandir_le_brouillon(le_monde.lieux[etat], moi, rang)
    _grandir_le_depot(le_monde.lieux["D"], le_monde.comptes["ref"])
    _grandir_l_instruction(le_monde, rang)
    _grandir_autour(le_monde, territoire[COMMUNES[rang]])


def _grandir_l_equipe(lieu: Lieu, moi: Compte, rang: int) -> None:
    equipe = lieu.equipe
    MembreFabrique(equipe=equipe, confirme=True)
    MembreFabrique(equipe=equipe, confirme=True, parti=True)
    MembreFabrique(equipe=equipe, non_professionnel=True)
    inviter(MembreFabrique(equipe=equipe), acteur=moi)
    SiteFabrique(equipe=equipe)
    for traits in ({}, {"revoque": True}):
        acces = AccesFabrique(equipe=equipe, rattache=True, **traits)
        consigner_consultation(equipe, acteur=acces.compte, page="essai")


def _grandir_le_brouillon(lieu: Lieu, moi: Compte, rang: int) -> None:
    dossier = lieu.dossier
    if not dossier.est_modifiable:
        franchir(dossier, "prendre_en_instruction", acteur=lieu.referente)  # type: ignore[attr-defined]
        dossier = franchir(dossier, "demander_complements", acteur=lieu.referente, motif="Précisez.")  # type: ignore[attr-defined]
    auteur = CompteFabrique()
    MembreFabrique(equipe=lieu.equipe, confirme=True, compte=auteur)
    ligne = redaction.ajouter_ligne(dossier, TABLEAU, acteur=auteur)
    for champ in (TABLEAU, CHAMP):
        redaction.commenter(dossier, champ, f"Remarque {rang}.", acteur=auteur)
        redaction.regler_commentaire(redaction.commenter(dossier, champ, f"Réglée {rang}.", acteur=auteur), acteur=moi)
    for colonne in fabrique.trame_de(dossier).rubrique_de(TABLEAU).champs[0].colonnes:
        if colonne.type in {"texte", "texte_riche"}:
            fabrique.ecrire(dossier, f"{TABLEAU}/{ligne}/{colonne.id}", f"<p>Texte {rang}.</p>", auteur)
    fabrique.ecrire(dossier, CHAMP, f"<p>Texte {rang}.</p>", auteur)
    redaction.enregistrer_reponse(dossier, CHAMP, f"<p>Trop tard {rang}.</p>", version_lue=1, acteur=auteur)
    contenu = pdf() + b"%" * (rang + 1)
    redaction.joindre_piece(dossier, upload(f"{rang}.pdf", contenu), libelle=f"Pièce {rang}", acteur=auteur)


def _grandir_le_depot(lieu: Lieu, referente: Compte) -> None:
    """Un dépôt de plus : chaque version signée et envoyée s'ajoute à la fiche."""
    porteuse = lieu.equipe.porteur.compte
    for membre in lieu.equipe.membres.presents().filter(confirme_le=None):
        membre.invitations.all().delete()
        membre.delete()
    fabrique.remplir(lieu.dossier, acteur=porteuse)
    depot = fabrique.figer(lieu.dossier, acteur=porteuse)
    for membre in lieu.equipe.membres.confirmes().select_related("compte"):
        if depot.signatures.filter(signataire=membre.compte).exists():
            continue
        fabrique.signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    fabrique.deposer(lieu.dossier, acteur=porteuse)
    lieu.dossier.refresh_from_db()


def _grandir_l_instruction(le_monde: Monde, rang: int) -> None:
    """Un message de chaque côté, une note, une réponse type, une réunion tenue ; une remarque à traiter."""
    dossier, moi, referente = le_monde.lieux["D"].dossier, le_monde.comptes["por"], le_monde.comptes["ref"]
    echanges.message(dossier, moi, f"Message {rang}.", pieces=[upload(f"m{rang}.pdf", pdf() + b"%" * (rang + 9))])
    echanges.message_de_l_ars(dossier, referente, f"Réponse {rang}.")
    echanges.note(dossier, referente, f"Note {rang}.")
    echanges.reponse_type(dossier.equipe.implantation.region, referente, f"Modèle {rang}")
    reunion_tenue(dossier, referente)
    if rang < len(CHAMPS) - 1:
        une = le_monde.lieux["C"].objets["remarque"]
        champs = {"champ": CHAMPS[rang + 1], "rubrique": une.rubrique, "texte": f"Précisez {rang}."}  # type: ignore[attr-defined]
        type(une).objects.create(demande=une.demande, **champs)  # type: ignore[attr-defined]


def _grandir_autour(le_monde: Monde, commune: Any) -> None:
    """D'autres équipes, pour la porteuse et pour l'agent."""
    moi = le_monde.comptes["por"]
    depot = fabrique.signe(fabrique.equipe_complete(implantation=commune))
    fabrique.deposer(depot.dossier, acteur=depot.dossier.equipe.porteur.compte)
    agent = FonctionFabrique(referent=True, region=commune.region, departement=commune.departement).compte
    franchir(depot.dossier, "prendre_en_instruction", acteur=agent)
    sienne = EquipeFabrique(porteur=moi, cree_par=moi, association=True, implantation=commune)
    fabrique.brouillon(sienne)
    AccesFabrique(rattache=True, compte=moi, equipe=EquipeFabrique(implantation=commune))
    invite = MembreFabrique(invite=True, courriel=moi.courriel, equipe__implantation=commune)
    InvitationFabrique(membre=invite)


@pytest.fixture(scope="module")
def couts(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Les requêtes de chaque page à un objet de chaque sorte, puis à trois."""
    with django_db_blocker.unblock(), transaction.atomic():
        le_monde = monde()
        le_monde.lieux["D"].referente = le_monde.comptes["ref"]  # type: ignore[attr-defined]
        grandir(le_monde, 0)
        un = mesurer(le_monde)
        grandir(le_monde, 1)
        grandir(le_monde, 2)
        yield un, mesurer(le_monde)
        transaction.set_rollback(True)


def test_chaque_page_coute_autant_a_trois_objets_qu_a_un(couts):
    un, trois = couts
    assert {p: (un[p], trois[p]) for p in un if un[p] != trois[p]} == {}


# Ce que coûtent les pages qu'on ouvre le plus, session et compte compris.
PLAFONDS = {
    "ref instruction:liste (-)": 8,
    # Le dépôt, ses pièces, la grille, les autres dossiers de l’équipe, le recouvrement, les onglets de chaque app, les
    # chiffres que l’équipe conteste ou attend.
    "ref instruction:fiche (D)": 38,
    # La fiche, et ce que l'édition demande à la machine de vérifier.
    "ref instruction:grille (D)": 30,
    "ref instruction:echanges (D)": 25,
    "ref reconnaissances:fiche (D)": 12,
    # Dont cinq pour ce que les données et l'équipe disent du territoire, et trois pour ce que disent les actes :
    # reconnaissance, projet validé, délégations.
    "por equipes:fiche (E)": 24,
    "por dossiers:fiche (D)": 22,
    # Dont trois pour les pastilles des onglets : messages non lus, remarques à traiter, chiffres demandés.
    "por dossiers:rubrique (E)": 19,
    # Chaque champ rouvert est une page de rédaction : son histoire, ses commentaires, ses pièces.
    "por complements:remarques (C)": 33,
    "por echanges:fil (D)": 17,
    "por dossiers:liste (-)": 5,
}


@pytest.mark.parametrize(("page", "plafond"), PLAFONDS.items())
def test_les_pages_les_plus_ouvertes_restent_sous_leur_plafond(couts, page, plafond):
    assert couts[1][page] <= plafond
