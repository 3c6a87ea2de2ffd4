"""Les mesures : pages, enregistrement, documents, règles, imports."""

import io
import itertools
from collections.abc import Iterator
from typing import IO

from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import dessins, diagnostic, indicateurs_imports, peupler, seances, territoires
from bench.chrono import ENTETE, Mesure, mesurer
from bench.seances import lire
from esperluette.complements.models import DemandeDeComplements
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.actions.redaction import enregistrer_reponse
from esperluette.dossiers.documents import exporter, trame_vierge
from esperluette.dossiers.lectures import edition_de, trame_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.lectures import faits
from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.faits import Faits
from esperluette.referentiel.rapprochement import rapprocher
from esperluette.reprises.actions.reprise import reprendre
from esperluette.reprises.controle import controler
from esperluette.reprises.tableur import lire as lire_tableur
from esperluette.territoires.lectures import rechercher_communes
from tests.fabriques import dossiers as fabrique
from tests.fabriques.complements import demande
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import commune
from tests.fabriques.reprises import en_csv, ligne


def tout(tailles: list[int], fois: int, sortie: IO[str]) -> None:
    """Imprime chaque mesure dès qu'elle est faite."""
    call_command("migrate", verbosity=0)
    sortie.write(ENTETE + "\n")
    for mesure in itertools.chain(_imports(), _parcours(tailles, fois, sortie)):
        sortie.write(mesure.ligne() + "\n")
        sortie.flush()


def _imports() -> Iterator[Mesure]:
    silence = io.StringIO()
    yield mesurer(
        "découpage : charger 35 000 communes",
        lambda: call_command("territoires", "charger", forcer=True, stdout=silence),
        fois=1,
        base=False,
    )
    call_command("interlocuteurs", "charger", stdout=silence)
    yield mesurer("référentiel : relire toutes les éditions", _relire_les_editions, fois=3, base=False)
    yield from territoires.mesures()
    yield from diagnostic.mesures()
    yield from dessins.mesures()
    yield from indicateurs_imports.mesures()
    yield mesurer("communes : rechercher « saint »", lambda: list(rechercher_communes("saint")), fois=30)


def _relire_les_editions() -> None:
    lecture.vider_cache()
    lecture.editions()


def _parcours(tailles: list[int], fois: int, sortie: IO[str]) -> Iterator[Mesure]:
    depot = peupler.modele()
    region = depot.dossier.equipe.implantation.region
    agents = [FonctionFabrique(referent=True, region=region).compte for _ in range(5)]
    complements = demande(fabrique.depose().dossier, agents[0])
    brouillon = fabrique.brouillon(rempli=True)
    yield from _regles(brouillon)
    yield from _documents(depot.dossier)
    yield from _demarches()
    for taille in sorted(tailles):
        peupler.jusqu_a(taille, depot, agents)
        sortie.write(f"\n— {Dossier.objects.count()} dossiers —\n")
        yield from _pages(depot, agents[0], brouillon, fois)
        yield from _complements(complements, agents[0], fois)
        yield from seances.notification()
        yield from _reprises(min(taille, 5000))
        # Une séance neuve à chaque taille : celle d'avant est close.
        banc = seances.Banc(depot)
        yield from banc.convoquee(fois)
        yield from banc.ouverte(fois)


def _reprises(taille: int) -> Iterator[Mesure]:
    """Un tableur d'équipes d'avant Esperluette : le contrôler, puis le reprendre (défait aussitôt)."""
    administratrice = FonctionFabrique(admin_regional=True, region=commune("22136").region).compte
    octets = en_csv(
        *(
            ligne(cle=f"k{n}", equipe=f"Équipe {n}", porteur_courriel=f"p{n}@lie.example", membres="")
            for n in range(taille)
        )
    )
    detail = f"{taille} lignes"
    lues = controler(lire_tableur("e.csv", octets), acteur=administratrice).valides
    assert len(lues) == taille
    yield mesurer(
        "reprise : contrôler un tableur", lambda: controler(lire_tableur("e.csv", octets), acteur=administratrice),
        fois=1, detail=detail,
    )  # fmt: skip
    reprise = seances.annulee(lambda: reprendre(lues, acteur=administratrice, importee=True, inviter=False))
    yield mesurer("reprise : reprendre un tableur", reprise, fois=1, detail=detail)


def _complements(demande: DemandeDeComplements, agente: Compte, fois: int) -> Iterator[Mesure]:
    """Une demande de compléments, des deux côtés."""
    reference = demande.dossier.reference
    membre = connecter(Client(), demande.dossier.equipe.porteur.compte)
    pages = {
        "équipe : compléments demandés": (membre, reverse("complements:remarques", args=[reference])),
        "agent : compléments du dossier": (
            connecter(Client(), agente), reverse("instruction:complements", args=[reference])
        ),
    }  # fmt: skip
    for nom, (client, adresse) in pages.items():
        yield mesurer(nom, lambda c=client, a=adresse: lire(c, a), fois=fois)


def _regles(dossier: Dossier) -> Iterator[Mesure]:
    edition, situation = edition_de(dossier), faits(dossier.equipe)
    yield mesurer(
        "éligibilité : évaluer à chaud",
        lambda: evaluer(edition, forme="esp", faits=situation, le=timezone.localdate()),
        fois=200,
        base=False,
    )
    yield mesurer(
        "éligibilité : le plus petit changement d'une équipe vide",
        lambda: rapprocher(edition, forme="msp", faits=Faits(), le=timezone.localdate()),
        fois=50,
        base=False,
    )


def _demarches() -> Iterator[Mesure]:
    """Une seconde démarche : ouvrir un dossier qui reprend le premier, et la trame à remplir hors ligne."""
    equipe = fabrique.equipe_complete()
    acteur = equipe.porteur.compte
    premier = creer_dossier(equipe, "demande-accompagnement", acteur=acteur)
    fabrique.remplir(premier, acteur=acteur)

    def ouvrir() -> int:
        with transaction.atomic():
            reprises = creer_dossier(equipe, fabrique.DEMARCHE, acteur=acteur).reponses.count()
            transaction.set_rollback(True)
        return reprises

    yield mesurer("démarches : ouvrir un dossier qui reprend l'autre", ouvrir, fois=10, detail=f"{ouvrir()} réponses")
    edition = edition_de(premier)
    demarche = edition.demarche(fabrique.DEMARCHE)
    for format in ("pdf", "docx", "odt"):
        octets = len(trame_vierge(edition, demarche, format))
        yield mesurer(
            f"démarches : trame vierge, {format}",
            lambda f=format: trame_vierge(edition, demarche, f),
            fois=3,
            detail=f"{octets / 1024:.0f} Ko",
        )


def _documents(dossier: Dossier) -> Iterator[Mesure]:
    for format in ("pdf", "docx", "odt"):
        octets = len(exporter(dossier, format))
        yield mesurer(
            f"document : {format}", lambda f=format: exporter(dossier, f), fois=3, detail=f"{octets / 1024:.0f} Ko"
        )


def _pages(depot: Depot, agente: Compte, brouillon: Dossier, fois: int) -> Iterator[Mesure]:
    agent = connecter(Client(), agente)
    membre = connecter(Client(), brouillon.equipe.porteur.compte)
    champ = next(c for _, c in trame_de(brouillon).champs() if c.type in ("texte", "texte_riche"))
    rubrique = trame_de(brouillon).rubrique_de(champ.id)
    pages = {
        "agent : liste": (agent, reverse("instruction:liste")),
        "agent : liste, recherche « équipe »": (agent, reverse("instruction:liste") + "?q=équipe"),
        "agent : liste, par équipe": (agent, reverse("instruction:liste") + "?tri=equipe"),
        "agent : liste, mes échéances": (agent, reverse("instruction:liste") + "?agent=moi&echeance=15&tri=echeance"),
        "agent : export CSV": (agent, reverse("instruction:exporter", args=["csv"])),
        "agent : export XLSX": (agent, reverse("instruction:exporter", args=["xlsx"])),
        "agent : messages": (agent, reverse("instruction:messages")),
        "agent : grille d'instruction": (agent, reverse("instruction:grille", args=[depot.dossier.reference])),
        "agent : tableau de pilotage": (agent, reverse("pilotage:tableau")),
        "agent : boîte de départ": (agent, reverse("decisions:boite")),
        "agent : fiche": (agent, reverse("instruction:fiche", args=[depot.dossier.reference])),
        "équipe : fiche du dossier": (membre, reverse("dossiers:fiche", args=[brouillon.reference])),
        "équipe : rédaction d'une rubrique": (
            membre,
            reverse("dossiers:rubrique", args=[brouillon.reference, rubrique.id]),
        ),
        "équipe : tableau de bord": (membre, reverse("equipes:fiche", args=[brouillon.equipe.pk])),
    }
    for nom, (client, adresse) in pages.items():
        yield mesurer(nom, lambda c=client, a=adresse: lire(c, a), fois=fois)
    yield mesurer("équipe : enregistrer un champ", _enregistreur(brouillon, champ.id), fois=fois)


def _enregistreur(dossier: Dossier, chemin: str):
    compteur = itertools.count()
    acteur = dossier.equipe.porteur.compte
    version = dossier.reponses.get(champ=chemin).version

    def enregistrer() -> None:
        nonlocal version
        resultat = enregistrer_reponse(
            dossier, chemin, f"Texte numéro {next(compteur)}", version_lue=version, acteur=acteur
        )
        assert resultat.change
        version = resultat.version

    return enregistrer
