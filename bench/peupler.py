"""Peupler la base du banc : des équipes et des dossiers réalistes, par lots."""

from datetime import timedelta

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Depot, Dossier, Passage, Reponse, VersionReponse
from esperluette.equipes.models import Equipe, Membre
from esperluette.instruction.models import Affectation
from esperluette.territoires.models import Commune
from tests.fabriques import dossiers as fabrique

# Le chemin de chaque dossier : geste, état d'arrivée, jours depuis le dépôt. Le dernier état est celui du dossier.
_DEBUT = (("deposer", Etat.DEPOSE, 0),)
_PRIS = (*_DEBUT, ("prendre_en_instruction", Etat.EN_INSTRUCTION, 3))
_AVIS = (*_PRIS, ("inscrire", Etat.INSCRIT, 20), ("rendre_avis", Etat.AVIS_RENDU, 45))
PARCOURS = (
    _DEBUT,
    _PRIS,
    (*_PRIS, ("demander_complements", Etat.A_COMPLETER, 12)),
    _AVIS,
    (*_AVIS, ("accepter", Etat.ACCEPTE, 60)),
    (*_AVIS, ("refuser", Etat.REFUSE, 60)),
)
SILENCE = 61  # jours


def modele() -> Depot:
    """Un dossier déposé par les vraies actions ; les autres en sont des copies."""
    return fabrique.depose()


def jusqu_a(nombre: int, depot: Depot, agents: list[Compte]) -> None:
    """Complète la base jusqu'à `nombre` dossiers reçus, chacun avec son équipe, ses réponses, son dépôt, ses passages,
    son affectation et ses échéances."""
    manque = nombre - Dossier.objects.count()
    if manque > 0:
        _passages(_dossiers(depot, _equipes(depot, manque), agents), agents)


def a_inscrire(nombre: int, depot: Depot) -> list[Dossier]:
    """De quoi remplir un ordre du jour : des dossiers complets, à l'état inscrit."""
    dossiers = _dossiers(depot, _equipes(depot, nombre), [])
    Dossier.objects.filter(pk__in=[d.pk for d in dossiers]).update(
        etat=Etat.INSCRIT, echeance=None, echeance_nature=""
    )
    return list(Dossier.objects.filter(pk__in=[d.pk for d in dossiers]).order_by("pk"))


def _equipes(depot: Depot, nombre: int) -> list[Equipe]:
    communes = list(Commune.objects.filter(region_id=depot.dossier.equipe.implantation.region_id, active=True)[:400])
    porteuse = depot.dossier.equipe.porteur
    debut = Equipe.objects.count()
    equipes = Equipe.objects.bulk_create(
        Equipe(
            nom=f"Équipe {debut + i}", implantation=communes[i % len(communes)], cree_par=porteuse.compte,
            statut_juridique=depot.dossier.equipe.statut_juridique,
            statut_avancement=depot.dossier.equipe.statut_avancement,
        )
        for i in range(nombre)
    )  # fmt: skip
    Membre.objects.bulk_create(
        Membre(
            equipe=e, prenom="Anne", nom=f"Martin {e.pk}", profession=porteuse.profession,
            savoir_faire=porteuse.savoir_faire, exercice=porteuse.exercice, commune=e.implantation,
        )
        for e in equipes
    )  # fmt: skip
    return equipes


def _dossier(source: Dossier, equipe: Equipe, rang: int, agents: list[Compte]) -> Dossier:
    """Un dossier à une étape de son chemin, déposé il y a de un à trois cents jours."""
    *_, (_, etat, jours) = PARCOURS[rang % len(PARCOURS)]
    depose_le = timezone.now() - timedelta(days=jours + rang % 240, minutes=rang)
    agent = agents[rang % len(agents)] if agents else None
    dossier = Dossier(
        reference=f"BANC-{equipe.pk:07d}", equipe=equipe, region=source.region, edition=source.edition,
        demarche=source.demarche, demarche_libelle=source.demarche_libelle, cree_par=source.cree_par,
        depose_le=depose_le, etat_depuis=depose_le + timedelta(days=jours),
        mouvement_le=depose_le + timedelta(days=jours), affecte_a=agent,
        instruit_par=None if etat == Etat.DEPOSE else agent, **{"etat": etat},
    )  # fmt: skip
    if etat == Etat.A_COMPLETER:
        dossier.echeance = dossier.etat_depuis.date() + timedelta(days=30)
        dossier.echeance_nature = NatureEcheance.COMPLEMENTS
    elif etat in Etat.CHEZ_L_ARS:
        dossier.silence_le = dossier.echeance = depose_le.date() + timedelta(days=SILENCE)
        dossier.echeance_nature = NatureEcheance.SILENCE
    return dossier


def _passages(dossiers: list[Dossier], agents: list[Compte]) -> None:
    """Ce que le cycle aurait écrit : un passage par geste, et à qui le dossier est revenu."""
    passages = []
    for rang, dossier in enumerate(dossiers):
        de, debut = Etat.BROUILLON, dossier.depose_le
        assert debut is not None
        for geste, vers, jours in PARCOURS[rang % len(PARCOURS)]:
            acteur = dossier.cree_par if geste == "deposer" else agents[rang % len(agents)]
            le = debut + timedelta(days=jours)
            passages.append(Passage(dossier=dossier, geste=geste, de=de, vers=vers, le=le, acteur=acteur))
            de = vers
    Passage.objects.bulk_create(passages, batch_size=2000)
    Affectation.objects.bulk_create(Affectation(dossier=d, agent=d.affecte_a, le=d.depose_le) for d in dossiers)


def _dossiers(depot: Depot, equipes: list[Equipe], agents: list[Compte]) -> list[Dossier]:
    source = depot.dossier
    dossiers = Dossier.objects.bulk_create(_dossier(source, e, rang, agents) for rang, e in enumerate(equipes))
    reponses = list(source.reponses.all())
    for debut in range(0, len(dossiers), 500):
        lot = Reponse.objects.bulk_create(
            Reponse(dossier=d, champ=r.champ, valeur=r.valeur, modifie_par=source.cree_par)
            for d in dossiers[debut : debut + 500]
            for r in reponses
        )
        VersionReponse.objects.bulk_create(
            VersionReponse(reponse=r, numero=1, valeur=r.valeur, auteur=source.cree_par) for r in lot
        )
    Depot.objects.bulk_create(
        (
            Depot(
                dossier=d, numero=1, contenu=depot.contenu, empreinte=depot.empreinte, fige_par=source.cree_par,
                depose_le=d.depose_le,
            )
            for d in dossiers
        ),
        batch_size=500,
    )  # fmt: skip
    return dossiers
