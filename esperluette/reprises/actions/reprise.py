"""Reprendre l'existant : des équipes entières, d'un coup ou pas du tout."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.actions import compte_pour
from esperluette.comptes.models import Compte
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.models import Depot, Dossier, Passage
from esperluette.equipes.models import Equipe, Membre
from esperluette.journal.actions import consigner
from esperluette.reconnaissances.actions.reconnaissance import reprendre_une_reconnaissance
from esperluette.reprises import courriels
from esperluette.reprises.contenu import contenu_repris
from esperluette.reprises.controle import LigneValide
from esperluette.reprises.cycle import poser_le_passe
from esperluette.reprises.droits import peut_reprendre
from esperluette.reprises.models import Reprise


@transaction.atomic
def reprendre(
    lignes: Sequence[LigneValide], *, acteur: Compte, importee: bool = False, inviter: bool = True
) -> list[Reprise]:
    """Reprend toutes ces équipes, ou aucune. Une clé déjà reprise dans la région est laissée telle quelle.

    `inviter` : chaque porteur reçoit un courriel qui lui ouvre son équipe. Lève Refus (hors du périmètre), Conflit
    (la même clé, reprise au même instant), ErreurMetier ; rien n'est alors écrit.
    """
    regions = {ligne.implantation.region_id for ligne in lignes}
    deja = set(Reprise.objects.filter(region__in=regions).values_list("region_id", "cle"))
    reprises = []
    for ligne in lignes:
        permission = peut_reprendre(acteur, ligne.implantation)
        if not permission:
            raise Refus(f"Ligne {ligne.numero} : {permission.motif}")
        if (ligne.implantation.region_id, ligne.cle) in deja:
            continue
        try:
            reprises.append(_reprendre(ligne, acteur=acteur, importee=importee, inviter=inviter))
        except IntegrityError as erreur:
            raise Conflit(f"Ligne {ligne.numero} : cette équipe vient d’être reprise. Rechargez la page.") from erreur
        except Refus:
            raise
        except ErreurMetier as erreur:
            raise ErreurMetier(f"Ligne {ligne.numero} : {erreur}") from erreur
    return reprises


def _reprendre(ligne: LigneValide, *, acteur: Compte, importee: bool, inviter: bool) -> Reprise:
    equipe, membres = _equipe(ligne, acteur)
    dossier = _dossier(ligne, equipe, membres, acteur) if ligne.demarche is not None else None
    reprise = Reprise.objects.create(
        region=equipe.region, cle=ligne.cle, equipe=equipe, dossier=dossier, importee=importee, par=acteur,
        ligne={nom: valeur for nom, valeur in ligne.textes.items() if valeur},
    )  # fmt: skip
    consigner("equipe_reprise", equipe, acteur=acteur, reprise=reprise.pk, dossier=dossier.pk if dossier else None)
    if (debut := ligne.dates.get("reconnue_le")) is not None:
        reprendre_une_reconnaissance(
            equipe, acteur=acteur, forme=equipe.forme_visee, debut=debut, fin=ligne.dates.get("reconnue_jusqu_au"),
            decision=ligne.textes["decision"], decision_le=ligne.dates.get("decision_le"), dossier=dossier,
        )  # fmt: skip
    if inviter:
        courriels.equipe_reprise(equipe, membres[0])
    return reprise


def _equipe(ligne: LigneValide, acteur: Compte) -> tuple[Equipe, list[Membre]]:
    """L'équipe, son porteur et ses autres membres ; ceux-ci restent à inviter par le porteur.

    Une équipe a toujours un porteur confirmé : ici, les actes signés en tiennent lieu, et lui seul reçoit le courriel.
    """
    t = ligne.textes
    equipe = Equipe.objects.create(
        nom=t["equipe"], forme_visee=t["forme"], implantation=ligne.implantation, courriel=t["courriel"].lower(),
        telephone=t["telephone"], adresse=t["adresse"], statut_juridique=t["statut_juridique"],
        statut_avancement=t["statut_avancement"], nom_juridique=t["nom_juridique"], cree_par=acteur,
    )  # fmt: skip
    equipe.communes.set(ligne.communes)
    entre_le = min(ligne.dates.values(), default=timezone.localdate())
    entre_le = min(entre_le, timezone.localdate())
    compte = compte_pour(t["porteur_courriel"], prenom=t["porteur_prenom"], nom=t["porteur_nom"], acteur=acteur)
    commun: dict[str, Any] = {"equipe": equipe, "entre_le": entre_le}
    membres = [
        Membre(
            **commun, compte=compte, porteur=True, confirme_le=timezone.now(), prenom=t["porteur_prenom"],
            nom=t["porteur_nom"], courriel=compte.courriel, profession=t["porteur_profession"],
            savoir_faire=t["porteur_savoir_faire"], exercice=t["porteur_exercice"], commune=ligne.implantation,
        ),
        *(
            Membre(**commun, prenom=m.prenom, nom=m.nom, courriel=m.courriel, profession=m.profession)
            for m in ligne.membres
        ),
    ]  # fmt: skip
    return equipe, Membre.objects.bulk_create(membres)


def _dossier(ligne: LigneValide, equipe: Equipe, membres: list[Membre], acteur: Compte) -> Dossier:
    """Le dossier dans son état, avec ses passages à leurs dates et le dépôt qui dit où est le projet."""
    edition, demarche, etat = ligne.edition, ligne.demarche, ligne.etat
    assert edition is not None and demarche is not None and etat is not None  # noqa: S101, PT018 — vérifié avant
    dossier = Dossier(
        reference=f"provisoire-{timezone.now().timestamp()}-{equipe.pk}", equipe=equipe, region=edition.region,
        edition=edition.numero, demarche=demarche.id, demarche_libelle=demarche.libelle, cree_par=acteur, reprise=True,
    )  # fmt: skip
    passages = poser_le_passe(dossier, etat, ligne.dates, commission=demarche.instance is not None, acteur=acteur)
    dossier.save()
    ou = edition.entete.region.prefixe or ligne.implantation.departement_id
    dossier.reference = f"{equipe.sigle}-{ou}-{dossier.cree_le:%Y}-{dossier.pk:05d}"
    dossier.save(update_fields=["reference"])
    for passage in passages:
        passage.dossier = dossier
    Passage.objects.bulk_create(passages)
    if dossier.depose_le is not None:
        contenu = contenu_repris(dossier, edition, membres)
        Depot.objects.create(
            dossier=dossier, numero=1, contenu=contenu, empreinte=empreinte(contenu), fige_par=acteur,
            fige_le=dossier.depose_le, depose_le=dossier.depose_le,
        )  # fmt: skip
    consigner("dossier_repris", dossier, acteur=acteur, etat=etat.value, demarche=demarche.id)
    return dossier
