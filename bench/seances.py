"""Une séance de quarante points, de sa préparation à son procès-verbal, puis la notification d'une décision."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from bench import peupler
from bench.chrono import Mesure, mesurer
from esperluette.commissions.synthese import contexte_du_livret, points_du_livret
from esperluette.commissions.taches import GABARIT
from esperluette.comptes.models import Compte
from esperluette.decisions.actions.depart import notifier
from esperluette.deliberations.actions.cloture import clore
from esperluette.deliberations.actions.seance import ouvrir
from esperluette.deliberations.models import AvisRendu, ProcesVerbal
from esperluette.deliberations.taches import octets_de
from esperluette.documents.moteur import produire
from esperluette.dossiers.models import Depot
from tests.fabriques import decisions
from tests.fabriques.commissions import PointFabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.deliberations import Commission, commission
from tests.fabriques.dossiers import equipe_complete

POINTS, SIEGES = 40, 7


class Banc:
    """La séance du banc, montée une fois ; ses points sont des copies du dossier modèle."""

    def __init__(self, depot: Depot) -> None:
        self.commission: Commission = commission(sieges=SIEGES, points=0)
        for rang, dossier in enumerate(peupler.a_inscrire(POINTS, depot), start=1):
            point = PointFabrique(seance=self.commission.seance, dossier=dossier, ordre=rang)
            self.commission.points.append(point)

    def convoquee(self, fois: int) -> Iterator[Mesure]:
        """Avant la séance : la préparation du secrétariat, la file d'un membre, la lecture d'un dossier, le livret."""
        c, detail = self.commission, f"{POINTS} points"
        secretaire, membre = connecter(Client(), c.secretaire), connecter(Client(), c.membres[1])
        seance = reverse("deliberations:seance", args=[c.seance.pk])
        lecture = reverse("deliberations:lecture", args=[c.seance.pk, c.points[3].pk])
        pages = {
            "séance : préparation": (secretaire, reverse("commissions:seance", args=[c.seance.pk])),
            "séance : la file d'un membre": (membre, seance),
            "séance : lecture d'un dossier": (membre, lecture),
        }
        for nom, (client, adresse) in pages.items():
            yield mesurer(nom, lambda u=client, a=adresse: lire(u, a), fois=fois, detail=detail)
        octets = len(self._livret())
        yield mesurer("séance : livret PDF", self._livret, fois=2, detail=f"{detail}, {octets / 1024:.0f} Ko")

    def _livret(self) -> bytes:
        points = points_du_livret(self.commission.seance, [p.pk for p in self.commission.points])
        return produire(GABARIT, contexte_du_livret(self.commission.seance, points), "pdf")

    def ouverte(self, fois: int) -> Iterator[Mesure]:
        """Pendant : le cockpit, ses zones relues, une saisie ; puis la clôture et le procès-verbal."""
        c, detail = self.commission, f"{POINTS} points"
        c.seance = ouvrir(c.seance, acteur=c.secretaire)
        c.arrivent(*range(SIEGES))
        client = connecter(Client(), c.secretaire)
        for nom, page in (("séance : cockpit", "cockpit"), ("séance : cockpit, relu par nos scripts", "etat")):
            adresse = reverse(f"deliberations:{page}", args=[c.seance.pk])
            yield mesurer(nom, lambda a=adresse: lire(client, a), fois=fois, detail=detail)
        yield mesurer("séance : enregistrer une saisie", self._saisie(client), fois=fois, detail=detail)
        for rang in range(POINTS):
            if rang:
                c.rend("favorable", rang)
            else:
                c.rend("favorable-avec-reserves", rang, reserves=("Préciser le calendrier.",))
        yield mesurer("séance : clore, établir le procès-verbal", annulee(self._clore), fois=3, detail=detail)
        pv = self._clore()
        octets = len(octets_de(pv, pv, "pdf"))
        poids = f"{detail}, {octets / 1024:.0f} Ko"
        yield mesurer("séance : procès-verbal PDF", lambda: octets_de(pv, pv, "pdf"), fois=2, detail=poids)
        adresse = reverse("deliberations:proces_verbal", args=[c.seance.pk])
        yield mesurer("séance : page du procès-verbal", lambda: lire(client, adresse), fois=fois, detail=detail)

    def _clore(self) -> ProcesVerbal:
        return clore(self.commission.seance, acteur=self.commission.secretaire)

    def _saisie(self, client: Client) -> Callable[[], None]:
        c, point = self.commission, self.commission.points[5]
        adresse = reverse("deliberations:saisies", args=[c.seance.pk])

        def saisir() -> None:
            avis = AvisRendu.objects.filter(point=point).first()
            version = avis.versions.get("motif", 0) if avis else 0
            donnees = {
                "geste": "champ", "cle": str(uuid.uuid4()), "point": point.pk, "champ": "motif", "version": version,
                "valeur": f"Motif saisi en séance, {uuid.uuid4()}",
            }  # fmt: skip
            reponse = client.post(adresse, donnees, headers={"x-esperluette": "saisie"})
            assert reponse.json()["statut"] == "ok", reponse.content

        return saisir


def notification() -> Iterator[Mesure]:
    """Notifier une décision signée : le PDF, l'état, la reconnaissance, les courriels."""
    equipe = equipe_complete()
    region, departement = equipe.implantation.region, equipe.implantation.departement
    acteurs: dict[str, Compte] = {
        "referente": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "autorite": FonctionFabrique(autorite=True, region=region).compte,
        "presidente": FonctionFabrique(president=True, region=region).compte,
    }
    decision = decisions.signee(decisions.avis_rendu(acteurs, equipe), acteurs)
    yield mesurer(
        "décision : notifier, PDF compris", annulee(lambda: notifier(decision, acteur=acteurs["referente"])), fois=5
    )


def annulee(geste: Callable[[], Any]) -> Callable[[], None]:
    """Le geste, défait aussitôt : il se mesure autant de fois qu'on veut."""

    def jouer() -> None:
        with transaction.atomic():
            geste()
            transaction.set_rollback(True)

    return jouer


def lire(client: Client, adresse: str) -> None:
    """Une page, qui doit répondre."""
    reponse = client.get(adresse)
    assert reponse.status_code == 200, f"{adresse} : {reponse.status_code}"
    if reponse.streaming:
        reponse.getvalue()
