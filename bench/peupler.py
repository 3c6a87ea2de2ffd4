"""Peupler la base du banc : des équipes et des dossiers réalistes, par lots."""

from datetime import timedelta

from django.utils import timezone

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier, Reponse, VersionReponse
from esperluette.equipes.models import Equipe, Membre
from esperluette.territoires.models import Commune
from tests.fabriques import dossiers as fabrique

ETATS_RECUS = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER, Etat.ACCEPTE)


def modele() -> Depot:
    """Un dossier déposé par les vraies actions ; les autres en sont des copies."""
    return fabrique.depose()


def jusqu_a(nombre: int, depot: Depot) -> None:
    """Complète la base jusqu'à `nombre` dossiers reçus, chacun avec son équipe, ses réponses et son dépôt."""
    manque = nombre - Dossier.objects.count()
    if manque <= 0:
        return
    communes = list(Commune.objects.filter(region_id=depot.dossier.equipe.implantation.region_id, active=True)[:400])
    porteuse = depot.dossier.equipe.porteur
    debut = Dossier.objects.count()
    equipes = Equipe.objects.bulk_create(
        Equipe(
            nom=f"Équipe {debut + i}", implantation=communes[i % len(communes)], cree_par=porteuse.compte,
            statut_juridique=depot.dossier.equipe.statut_juridique,
            statut_avancement=depot.dossier.equipe.statut_avancement,
        )
        for i in range(manque)
    )  # fmt: skip
    Membre.objects.bulk_create(
        Membre(
            equipe=e, prenom="Anne", nom=f"Martin {e.pk}", profession=porteuse.profession,
            savoir_faire=porteuse.savoir_faire, exercice=porteuse.exercice, commune=e.implantation,
        )
        for e in equipes
    )  # fmt: skip
    _dossiers(depot, equipes)


def _dossiers(depot: Depot, equipes: list[Equipe]) -> None:
    source, maintenant = depot.dossier, timezone.now()
    dossiers = Dossier.objects.bulk_create(
        Dossier(
            reference=f"BANC-{e.pk:07d}", equipe=e, region=source.region, edition=source.edition,
            demarche=source.demarche, demarche_libelle=source.demarche_libelle, cree_par=source.cree_par,
            depose_le=maintenant - timedelta(hours=i), **{"etat": ETATS_RECUS[i % len(ETATS_RECUS)]},
        )
        for i, e in enumerate(equipes)
    )  # fmt: skip
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
