"""Le monde d'une commission : quatorze rôles autour de cinq séances d'une même instance, une par état."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.models import Convocation, Instance, InvitationDePorteur, Livret, Point, Seance
from esperluette.comptes.models import Compte
from esperluette.decisions.lectures import courrier_de
from esperluette.decisions.models import Decision
from esperluette.deliberations.actions import reserves
from esperluette.deliberations.actions.cloture import clore, valider
from esperluette.deliberations.actions.seance import ouvrir
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.actions.redaction import joindre_piece
from esperluette.dossiers.contenu import contenu_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.analyses import examiner
from esperluette.reprises.models import Reprise, TableurDepose
from tests.fabriques import commissions as fabrique
from tests.fabriques import decisions
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.deliberations import Commission
from tests.fabriques.documents import un_pdf
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.reprises import en_csv, ligne

# Un siège chacun ; « tit » est là pour le quorum. nco n'est pas convoqué, le mandat d'anc est fini depuis.
VOTANTS = ("pre", "mem", "dep", "nco", "anc", "tit")
CONVOQUES = ("pre", "mem", "dep", "anc", "tit", "obs")
SEANCES = {"P": 40, "C": 20, "O": 0, "K": 0, "V": 0}  # dans combien de jours


@dataclass
class Passage:
    """Un dossier, la séance qui l'examine, et les objets que les adresses désignent."""

    dossier: Dossier
    seance: Seance | None = None
    point: Point | None = None
    decision: Decision | None = None
    objets: dict[str, Model] = field(default_factory=dict)


@dataclass
class MondeDeCommission:
    """Les comptes par rôle, leur session, et ce qui se passe à chaque état."""

    comptes: dict[str, Compte | None]
    sessions: dict[str, str]
    instance: Instance
    mandats: dict[str, Any]
    passages: dict[str, Passage]
    reprise: Reprise
    tableur: TableurDepose
    pret: Dossier

    def client(self, role: str, **options: Any) -> Client:
        """Un navigateur neuf, déjà connecté sous ce rôle."""
        client = Client(**options)
        if role in self.sessions:
            client.cookies["sessionid"] = self.sessions[role]
        return client

    def convocation(self, role: str, etat: str) -> Convocation:
        """La convocation de ce rôle à cette séance."""
        return Convocation.objects.get(seance=self.passages[etat].seance, compte=self.comptes[role])


def monde_de_commission() -> MondeDeCommission:
    """P prévue, C convoquée, O ouverte, K close (décision en préparation), V close et validée (décision notifiée).

    S n'a pas de séance : son avis est rendu, sa décision est signée et attend d'être notifiée.
    """
    comptes = {role: CompteFabrique(prenom=role.title(), nom="Commission") for role in ("por", *VOTANTS, "obs")}
    equipe = _equipe(comptes["por"])
    comptes |= _agents(equipe)
    instance = fabrique.InstanceFabrique(region=equipe.implantation.region)
    mandats = _mandats(instance, comptes)
    passages = {
        etat: _passage(etat, dans, instance, comptes, mandats, equipe if etat == "P" else _equipe(comptes["por"]))
        for etat, dans in SEANCES.items()
    }
    mandats["anc"].fin = timezone.localdate() - timedelta(days=1)
    mandats["anc"].debut = mandats["anc"].fin - timedelta(days=300)
    mandats["anc"].save()
    acteurs = {"referente": comptes["ref"], "autorite": comptes["aut"]}
    _decider(passages, acteurs, comptes)
    sessions = {role: connecter(Client(), compte).cookies["sessionid"].value for role, compte in comptes.items()}
    octets = en_csv(ligne())
    return MondeDeCommission(
        {"vis": None, **comptes}, sessions, instance, mandats, passages,
        Reprise.objects.create(
            region=equipe.implantation.region, cle="22-000", equipe=EquipeFabrique(), par=comptes["reg"]
        ),
        TableurDepose.objects.create(nom="e.csv", octets=octets, empreinte="0" * 64, depose_par=comptes["reg"]),
        fabrique.dossier_recu(_equipe(comptes["por"]), etat=Etat.EN_INSTRUCTION),
    )  # fmt: skip


def _equipe(porteuse: Compte) -> Any:
    equipe = EquipeFabrique(association=True, porteur=porteuse, cree_par=porteuse)
    MembreFabrique(equipe=equipe, confirme=True)
    return equipe


def _agents(equipe: Any) -> dict[str, Compte]:
    region, departement = equipe.implantation.region, equipe.implantation.departement
    autre = fabrique_dossiers._autre_departement(region)
    return {
        "ref": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "r29": FonctionFabrique(referent=True, region=region, departement=autre).compte,
        "aut": FonctionFabrique(autorite=True, region=region, compte__prenom="Aude", compte__nom="Autorité").compte,
        "sec": FonctionFabrique(secretariat=True, region=region).compte,
        "reg": FonctionFabrique(admin_regional=True, region=region).compte,
        "adm": FonctionFabrique(admin=True).compte,
    }


def _mandats(instance: Instance, comptes: dict[str, Compte]) -> dict[str, Any]:
    mandats = {}
    for rang, role in enumerate((*VOTANTS, "obs")):
        siege = fabrique.SiegeFabrique(instance=instance, libelle=f"Siège {role}", ordre=rang, votant=role != "obs")
        mandats[role] = fabrique.MandatFabrique(siege=siege, compte=comptes[role], presidence=role == "pre")
    return mandats


def _passage(
    etat: str, dans: int, instance: Instance, comptes: dict[str, Compte], mandats: dict[str, Any], equipe: Any
) -> Passage:
    """Une séance, du jour où on la prévoit à l'état voulu, par les vraies actions."""
    jour = timezone.localdate() + timedelta(days=dans)
    seance = fabrique.SeanceFabrique(instance=instance, convoquee=etat != "P", date=jour)
    dossier = fabrique.dossier_recu(equipe, instruit_par=comptes["ref"])
    passage = Passage(dossier, seance, fabrique.PointFabrique(seance=seance, dossier=dossier, ordre=1))
    _completer(passage, comptes)
    if etat == "P":
        return passage
    for role in CONVOQUES:
        fabrique.ConvocationFabrique(seance=seance, mandat=mandats[role])
    passage.objets["deport"] = fabrique.DeportFabrique(point=passage.point, compte=comptes["dep"])
    if etat == "C":
        return passage
    tenue = Commission(seance, comptes["sec"], [mandats[r] for r in VOTANTS], mandats["obs"], [passage.point])
    tenue.seance = passage.seance = ouvrir(seance, acteur=comptes["sec"])
    tenue.arrivent(0, 1, 2, 5)
    if etat == "O":
        return passage
    tenue.rend("favorable-avec-reserves", reserves=("Préciser le territoire.",))
    pv = clore(tenue.seance, acteur=comptes["sec"])
    passage.seance.refresh_from_db()
    passage.point.refresh_from_db()
    passage.dossier = passage.point.dossier = Dossier.objects.get(pk=dossier.pk)
    reserve = passage.objets["reserve"] = passage.dossier.reserves.get()
    passage.objets["etape"] = reserves.prouver(
        reserve, acteur=comptes["por"], texte="Voici.", upload=upload("carte.pdf", pdf())
    )
    if etat == "V":
        pv = valider(pv, empreinte_lue=pv.empreinte, acteur=comptes["pre"])
    passage.objets["pv"], passage.objets["extrait"] = pv, pv.extraits.get()
    return passage


def _completer(passage: Passage, comptes: dict[str, Compte]) -> None:
    """Une pièce au dossier, son PDF, l'invitation de la porteuse à présenter, le livret du secrétariat."""
    dossier, point = passage.dossier, passage.point
    assert point is not None
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.BROUILLON)
    dossier.refresh_from_db()
    piece = joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", acteur=comptes["por"])
    examiner(piece.fichier)
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.INSCRIT)
    dossier.refresh_from_db()
    depot, document = dossier.depots.get(), un_pdf()
    depot.contenu = contenu_de(dossier, version=1)
    depot.empreinte, depot.document = empreinte(depot.contenu), document
    depot.save()
    passage.objets |= {
        "piece": piece,
        "presentation": InvitationDePorteur.objects.create(point=point, compte=comptes["por"]),
        "livret": Livret.objects.create(
            seance=passage.seance, variante="0" * 64, points=[point.pk], document=document
        ),
    }


def _decider(passages: dict[str, Passage], acteurs: dict[str, Compte], comptes: dict[str, Compte]) -> None:
    """Une décision en préparation (K), signée (S), notifiée (V)."""
    passages["K"].decision = decisions.preparee(passages["K"].dossier, acteurs, "accord_reserves")
    passages["V"].decision = decisions.notifiee(passages["V"].dossier, acteurs, "accord_reserves")
    dossier = fabrique.dossier_recu(_equipe(comptes["por"]), etat=Etat.AVIS_RENDU, instruit_par=comptes["ref"])
    passages["S"] = Passage(dossier, decision=decisions.signee(dossier, acteurs))
    for etat in "SV":
        courrier = courrier_de(passages[etat].decision)
        courrier.document = un_pdf()
        courrier.save(update_fields=["document"])


# Ce que chaque adresse désigne : i l'instance, s la séance, d le dossier ; puis les objets, par leur nom.
FORMES = {
    "commissions": {
        "i": {"instance", "composition", "ajouter_siege", "nommer", "regles", "creer_seance"},
        "i siege": {"modifier_siege", "retirer_siege"},
        "i mandat": {"finir_mandat"},
        "s": {
            "seance", "modifier_seance", "annuler_seance", "seconde", "convoquer", "relancer", "completer",
            "inscrire", "ordonner", "rapporteurs", "demander_livret",
        },
        "s point": {"point", "deplacer", "retirer", "deporter"},
        "s point deport": {"annuler_deport"},
        "livret": {"livret", "document"},
        "convocation": {"convocation", "agenda", "demander_mon_livret"},
        "convocation point": {"se_deporter"},
        "presentation": {"presentation"},
        "region": {"ouvrir"},
    },
    "deliberations": {
        "s": {
            "seance", "cockpit", "ouvrir", "options", "saisies", "etat", "clore", "proces_verbal", "corriger",
            "valider", "confier",
        },
        "s point": {"lecture", "deport", "depot"},
        "s point piece": {"piece", "piece_vignette"},
        "s odt": {"document"},
        "s point odt": {"extrait"},
    },
    "deliberations_equipe": {
        "d": {"reserves"}, "d reserve": {"preuve"}, "d etape": {"fichier"}, "d extrait odt": {"extrait"},
    },
    "instruction": {
        "d": {"commission", "commission_retirer", "reserves"}, "d reserve": {"reserve_suivre"},
        "d etape": {"reserve_fichier"}, "d extrait odt": {"extrait"},
    },
    "decisions": {
        "d": {
            "fiche", "rediger", "courrier", "viser", "abandonner", "rouvrir", "reexaminer", "retirer", "equipe",
        },
        "d decision nature pdf": {"document"},
        "d decision nature": {"equipe_document"},
        "d odt": {"avis"},
        "?decision": {"signer", "notifier", "courriers"},
    },
    "pilotage": {"etats": {"csv"}},
    "reprises": {"csv": {"modele"}, "tableur": {"confirmer"}, "reprise": {"fiche", "page_signee"},
        "reprise absente": {"acte", "page_signee_retirer"},},
}  # fmt: skip
FORME = {f"{app}:{nom}": forme for app, formes in FORMES.items() for forme, noms in formes.items() for nom in noms}


def adresse(nom: str, monde: MondeDeCommission, etat: str) -> str:
    """L'adresse d'une page à cet état. « app:page#role » : celle qui porte le jeton de ce rôle (mem, sinon)."""
    page, _, role = nom.partition("#")
    forme = FORME.get(page, "")
    if forme.startswith("?"):
        decision = monde.passages[etat].decision if etat in monde.passages else None
        return reverse(page) + (f"?d={decision.pk}" if decision else "")
    return reverse(page, args=[_designe(mot, monde, etat, role or "mem") for mot in forme.split()])


def _designe(mot: str, monde: MondeDeCommission, etat: str, role: str) -> Any:
    passage = monde.passages.get(etat)
    ailleurs = {
        "i": monde.instance.pk, "region": monde.instance.region.cle, "siege": monde.mandats["tit"].siege_id,
        "mandat": monde.mandats["tit"].pk, "tableur": monde.tableur.pk, "reprise": monde.reprise.pk,
        "absente": 1,
    }  # fmt: skip
    if mot in ailleurs:
        return ailleurs[mot]
    if mot == "nature":
        return "decision"
    if passage is None or mot in {"odt", "pdf", "csv", "etats"}:
        return mot
    if mot in {"convocation", "presentation"}:
        return (monde.convocation(role, etat) if mot == "convocation" else passage.objets[mot]).jeton
    ici = {"s": passage.seance, "point": passage.point, "decision": passage.decision, **passage.objets}
    if mot == "d":
        return passage.dossier.reference
    objet = ici.get(mot)
    return objet.pk if objet is not None else 1
