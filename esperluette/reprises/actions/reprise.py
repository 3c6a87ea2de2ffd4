"""Reprendre l'existant : des équipes entières, d'un coup ou pas du tout."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.comptes.models import Compte
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.models import Depot, Dossier, Passage
from esperluette.equipes.models import Equipe, Membre
from esperluette.journal.actions import consigner_ensemble
from esperluette.reconnaissances.actions.reprises import reprendre_des_reconnaissances
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.reprises import courriels
from esperluette.reprises.contenu import contenu_repris
from esperluette.reprises.controle import LigneValide
from esperluette.reprises.cycle import poser_le_passe
from esperluette.reprises.droits import peut_reprendre
from esperluette.reprises.models import Reprise

LOT = 200
Paires = list[tuple[LigneValide, Equipe]]


def reprendre(
    lignes: Sequence[LigneValide], *, acteur: Compte, importee: bool = False, inviter: bool = True
) -> list[Reprise]:
    """Reprend toutes ces équipes, ou aucune. Une clé déjà reprise dans la région est laissée telle quelle.

    `inviter` : chaque porteur reçoit un courriel qui lui ouvre son équipe. Lève Refus (hors du périmètre), Conflit
    (la même équipe, reprise au même instant), ErreurMetier ; rien n'est alors écrit. Par lots : cinq mille lignes
    tiennent en quelques secondes de base.
    """
    for ligne in lignes:
        permission = peut_reprendre(acteur, ligne.implantation)
        if not permission:
            raise Refus(f"Ligne {ligne.numero} : {permission.motif}")
    try:
        with transaction.atomic():
            return _reprendre(lignes, acteur, importee=importee, inviter=inviter)
    except IntegrityError as erreur:
        raise Conflit("Une de ces équipes vient d’être reprise. Rechargez la page : rien n’a été écrit.") from erreur


def _reprendre(lignes: Sequence[LigneValide], acteur: Compte, *, importee: bool, inviter: bool) -> list[Reprise]:
    regions = {ligne.implantation.region_id for ligne in lignes}
    deja = set(Reprise.objects.filter(region__in=regions).values_list("region_id", "cle"))
    nouvelles = [ligne for ligne in lignes if (ligne.implantation.region_id, ligne.cle) not in deja]
    paires = _equipes(nouvelles, acteur)
    membres = _membres(paires, _comptes(nouvelles, acteur))
    dossiers = _dossiers(paires, membres, acteur)
    reprises = Reprise.objects.bulk_create(
        (
            Reprise(
                region_id=ligne.implantation.region_id, cle=ligne.cle, equipe=equipe, dossier=dossiers.get(equipe.pk),
                importee=importee, par=acteur, ligne={nom: valeur for nom, valeur in ligne.textes.items() if valeur},
            )
            for ligne, equipe in paires
        ),
        batch_size=LOT,
    )  # fmt: skip
    consigner_ensemble(
        "equipe_reprise", [(r.equipe, {"reprise": r.pk, "dossier": r.dossier_id}) for r in reprises], acteur=acteur
    )
    _reconnaissances(paires, dossiers, acteur)
    for _, equipe in paires:
        equipe._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # l'appelant relira ce qu'il veut
    if inviter:
        for _, equipe in paires:
            courriels.equipe_reprise(equipe, membres[equipe.pk][0])
    return reprises


def _comptes(lignes: Sequence[LigneValide], acteur: Compte) -> dict[str, Compte]:
    """Le compte de chaque porteur, par adresse : celui qui existe, inchangé, ou un nouveau."""
    noms = {
        ligne.textes["porteur_courriel"].lower(): (ligne.textes["porteur_prenom"], ligne.textes["porteur_nom"])
        for ligne in reversed(lignes)
    }
    adresses, connus = list(noms), dict[str, Compte]()
    for debut in range(0, len(adresses), LOT):
        trouves = Compte.objects.filter(courriel__in=adresses[debut : debut + LOT])
        connus |= {compte.courriel.lower(): compte for compte in trouves}
    nouveaux = []
    for adresse, (prenom, nom) in noms.items():
        if adresse not in connus:
            compte = Compte(courriel=adresse, prenom=prenom, nom=nom)
            compte.set_unusable_password()
            nouveaux.append(compte)
    crees = Compte.objects.bulk_create(nouveaux, batch_size=LOT)
    consigner_ensemble("compte_cree", [(compte, {}) for compte in crees], acteur=acteur)
    return connus | {compte.courriel: compte for compte in crees}


def _equipes(lignes: Sequence[LigneValide], acteur: Compte) -> Paires:
    equipes = Equipe.objects.bulk_create(
        (
            Equipe(
                nom=t["equipe"], forme_visee=t["forme"], implantation=ligne.implantation,
                courriel=t["courriel"].lower(), telephone=t["telephone"], adresse=t["adresse"],
                statut_juridique=t["statut_juridique"],
                statut_avancement=t["statut_avancement"], nom_juridique=t["nom_juridique"], cree_par=acteur,
            )
            for ligne in lignes
            for t in (ligne.textes,)
        ),
        batch_size=LOT,
    )  # fmt: skip
    paires = list(zip(lignes, equipes, strict=True))
    lien = Equipe.communes.through
    lien.objects.bulk_create(
        (lien(equipe_id=e.pk, commune_id=commune.pk) for ligne, e in paires for commune in ligne.communes),
        batch_size=LOT,
    )
    return paires


def _membres(paires: Paires, comptes: dict[str, Compte]) -> dict[int, list[Membre]]:
    """Le porteur d'abord, puis les autres, par équipe ; ceux-ci restent à inviter par lui.

    Une équipe a toujours un porteur confirmé : ici, les actes signés en tiennent lieu, et lui seul reçoit le courriel.
    """
    tous: dict[int, list[Membre]] = {}
    aujourd_hui = timezone.localdate()
    for ligne, equipe in paires:
        t = ligne.textes
        compte = comptes[t["porteur_courriel"].lower()]
        commun: dict[str, Any] = {
            "equipe": equipe, "entre_le": min([*ligne.dates.values(), aujourd_hui]),
        }  # fmt: skip
        porteur = Membre(
            **commun, commune=ligne.implantation, compte=compte, porteur=True, confirme_le=timezone.now(),
            prenom=t["porteur_prenom"],
            nom=t["porteur_nom"], courriel=compte.courriel, profession=t["porteur_profession"],
            savoir_faire=t["porteur_savoir_faire"], exercice=t["porteur_exercice"],
        )  # fmt: skip
        autres = [
            Membre(**commun, prenom=m.prenom, nom=m.nom, courriel=m.courriel, profession=m.profession)
            for m in ligne.membres
        ]
        tous[equipe.pk] = [porteur, *autres]
        # Ce que les règles liront de l'équipe, sans la relire.
        equipe._prefetched_objects_cache = {  # type: ignore[attr-defined]
            "membres": tous[equipe.pk], "communes": list(ligne.communes), "declarations": [],
        }  # fmt: skip
    Membre.objects.bulk_create((m for siens in tous.values() for m in siens), batch_size=LOT)
    return tous


def _dossiers(paires: Paires, membres: dict[int, list[Membre]], acteur: Compte) -> dict[int, Dossier]:
    """Le dossier de chaque équipe qui en a un : son état, ses passages à leurs dates, le dépôt qui dit où il est."""
    passages: list[Passage] = []
    dossiers: list[Dossier] = []
    editions = {}
    for ligne, equipe in paires:
        edition, demarche, etat = ligne.edition, ligne.demarche, ligne.etat
        if edition is None or demarche is None or etat is None:
            continue
        dossier = Dossier(
            reference=f"provisoire-reprise-{equipe.pk}", equipe=equipe, region=edition.region, edition=edition.numero,
            demarche=demarche.id, demarche_libelle=demarche.libelle, cree_par=acteur, reprise=True,
        )  # fmt: skip
        commission = demarche.instance is not None
        passages += poser_le_passe(dossier, etat, ligne.dates, commission=commission, acteur=acteur)
        editions[equipe.pk] = edition
        dossiers.append(dossier)
    Dossier.objects.bulk_create(dossiers, batch_size=LOT)
    for dossier in dossiers:
        equipe = dossier.equipe
        ou = editions[equipe.pk].entete.region.prefixe or equipe.implantation.departement_id
        dossier.reference = f"{equipe.sigle}-{ou}-{dossier.cree_le:%Y}-{dossier.pk:05d}"
    Dossier.objects.bulk_update(dossiers, ["reference"], batch_size=LOT)
    for passage in passages:
        passage.dossier = passage.dossier  # la clé du dossier vient d'être donnée
    Passage.objects.bulk_create(passages, batch_size=LOT)
    depots = []
    for dossier in dossiers:
        if dossier.depose_le is not None:
            contenu = contenu_repris(dossier, editions[dossier.equipe_id], membres[dossier.equipe_id])
            depots.append(
                Depot(
                    dossier=dossier,
                    numero=1,
                    contenu=contenu,
                    empreinte=empreinte(contenu),
                    fige_par=acteur,
                    fige_le=dossier.depose_le,
                    depose_le=dossier.depose_le,
                )
            )
    Depot.objects.bulk_create(depots, batch_size=LOT)
    actes = [(d, {"etat": str(d.etat), "demarche": d.demarche}) for d in dossiers]
    consigner_ensemble("dossier_repris", actes, acteur=acteur)
    return {d.equipe_id: d for d in dossiers}


def _reconnaissances(paires: Paires, dossiers: dict[int, Dossier], acteur: Compte) -> None:
    reprendre_des_reconnaissances(
        [
            Reconnaissance(
                equipe=equipe, forme=equipe.forme_visee, region=ligne.implantation.region,
                dossier=dossiers.get(equipe.pk), debut=ligne.dates["reconnue_le"],
                fin=ligne.dates.get("reconnue_jusqu_au"), decision_texte=ligne.textes["decision"],
                decision_le=ligne.dates.get("decision_le"),
            )
            for ligne, equipe in paires
            if "reconnue_le" in ligne.dates
        ],
        acteur=acteur,
    )  # fmt: skip
