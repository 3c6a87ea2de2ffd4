"""Les gestes de la patientèle. Chacun vérifie le droit, écrit et consigne, en une transaction.

Refaire un geste déjà fait rend le même résultat et n'écrit rien.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.comptes.models import Compte
from esperluette.diagnostics.models import CommuneDePatientele, Patientele, PatienteleCommune, TrancheDePatientele
from esperluette.diagnostics.patienteles import droits
from esperluette.diagnostics.patienteles.agregation import Agregat
from esperluette.diagnostics.patienteles.reglages import effectif_minimal, reglages
from esperluette.equipes.models import Equipe, Membre
from esperluette.journal.actions import consigner


@transaction.atomic
def enregistrer_la_patientele(
    equipe: Equipe, *, acteur: Compte, membre: Membre | None, agregat: Agregat, periode: str = ""
) -> Patientele:
    """Garde cet import à la place du précédent, qui reste dans l'histoire. Le même aperçu, envoyé deux fois, n'en fait
    qu'un.
    """
    equipe = _verrouiller(equipe)
    membre = _le_membre(equipe, membre)
    _exiger(droits.peut_tenir_la_patientele(acteur, equipe, membre))
    deja = Patientele.objects.filter(jeton=agregat.jeton).first()
    if deja is not None:
        if (deja.equipe_id, deja.membre_id) != (equipe.pk, membre.pk if membre else None):
            raise Refus("Cet aperçu a déjà servi ailleurs : déposez de nouveau le tableau.")
        return deja
    precedentes = Patientele.objects.filter(equipe=equipe, membre=membre)
    version = precedentes.count() + 1
    precedentes.filter(courante=True).update(courante=False)
    patientele = Patientele.objects.create(
        equipe=equipe, membre=membre, version=version, jeton=agregat.jeton, periode=" ".join(periode.split())[:80],
        total=agregat.total, ald=agregat.ald, autres_communes=agregat.autres_communes,
        autres_effectif=agregat.autres_effectif, lignes=agregat.lignes, rejetees=agregat.rejetees, importee_par=acteur,
    )  # fmt: skip
    CommuneDePatientele.objects.bulk_create(
        CommuneDePatientele(patientele=patientele, commune_id=code, effectif=n) for code, n in agregat.communes
    )
    TrancheDePatientele.objects.bulk_create(
        TrancheDePatientele(patientele=patientele, debut=t.debut, fin=t.fin, effectif=t.effectif, ald=t.ald)
        for t in agregat.tranches
    )
    consigner(
        "patientele_enregistree", equipe, acteur=acteur, patientele=patientele.pk, version=version,
        membre=membre.pk if membre else None,
    )  # fmt: skip
    return patientele


@transaction.atomic
def retirer_la_patientele(patientele: Patientele, *, acteur: Compte) -> Patientele:
    """Efface les effectifs de ce membre, ou de l'équipe, ceux d'avant compris ; l'histoire garde les dates."""
    equipe = _verrouiller(patientele.equipe)
    membre = _le_membre(equipe, patientele.membre)
    _exiger(droits.peut_tenir_la_patientele(acteur, equipe, membre))
    patientele = Patientele.objects.select_for_update(of=("self",)).get(pk=patientele.pk)
    if patientele.retiree_le is not None:
        return patientele
    if not patientele.courante:
        raise ErreurMetier("Cette version a été remplacée : retirez celle qui est en vigueur.")
    _effacer(Patientele.objects.filter(equipe=equipe, membre=membre, retiree_le=None), acteur)
    patientele.refresh_from_db()
    consigner(
        "patientele_retiree", equipe, acteur=acteur, patientele=patientele.pk, membre=membre.pk if membre else None
    )
    return patientele


def effacer_celles_des_partis(equipe: Equipe, *, acteur: Compte) -> None:
    """Qui quitte l'équipe n'y laisse ni ses effectifs, ni ce qu'il partageait. Dans la transaction de son départ."""
    parties = Patientele.objects.filter(equipe=equipe, membre__sorti_le__isnull=False, retiree_le=None)
    for membre in sorted(set(parties.values_list("membre_id", flat=True))):
        _effacer(parties.filter(membre=membre), acteur)
        consigner("patientele_retiree", equipe, acteur=acteur, membre=membre)
    partagees = PatienteleCommune.objects.filter(equipe=equipe).filter(
        Q(membre__sorti_le__isnull=False) | Q(autre__sorti_le__isnull=False)
    )
    if partagees.delete()[0]:
        consigner("patientele_commune_retiree", equipe, acteur=acteur)


def _effacer(patienteles: QuerySet[Patientele], acteur: Compte) -> None:
    """Ces versions ne gardent que leurs dates."""
    numeros = list(patienteles.values_list("pk", flat=True))
    CommuneDePatientele.objects.filter(patientele__in=numeros).delete()
    TrancheDePatientele.objects.filter(patientele__in=numeros).delete()
    Patientele.objects.filter(pk__in=numeros).update(
        courante=False, total=None, ald=None, autres_communes=0, autres_effectif=0, retiree_le=timezone.now(),
        retiree_par=acteur,
    )  # fmt: skip


@transaction.atomic
def declarer_la_patientele_commune(
    equipe: Equipe, *, acteur: Compte, membres: tuple[Membre, Membre] | None, effectif: int, methode: str = ""
) -> PatienteleCommune:
    """Garde combien de patients deux membres suivent l'un et l'autre ; sans membres, au moins deux de l'équipe.

    De 1 à 10, le nombre n'est pas gardé : on retient qu'il est faible.
    """
    equipe = _verrouiller(equipe)
    _exiger(droits.peut_declarer_la_patientele_commune(acteur, equipe))
    if not 0 <= effectif <= reglages().limites.effectif:
        raise ErreurMetier("Donnez un nombre de patients, zéro compris.")
    premier, second = sorted(membres, key=lambda m: m.pk) if membres else (None, None)
    choisis = {m.pk for m in (premier, second) if m is not None}
    if membres is not None and (len(choisis) != 2 or choisis - {m.pk for m in equipe.presents}):
        raise ErreurMetier("Choisissez deux membres différents, présents dans l’équipe.")
    garde = effectif if effectif == 0 or effectif >= effectif_minimal() else None
    methode = " ".join(methode.split())[:200]
    connue = PatienteleCommune.objects.filter(equipe=equipe, membre=premier, autre=second).first()
    if connue is not None and (connue.effectif, connue.methode) == (garde, methode):
        return connue
    commune, _ = PatienteleCommune.objects.update_or_create(
        equipe=equipe, membre=premier, autre=second,
        defaults={"effectif": garde, "methode": methode, "declaree_le": timezone.now(), "declaree_par": acteur},
    )  # fmt: skip
    consigner("patientele_commune_declaree", equipe, acteur=acteur, patientele_commune=commune.pk)
    return commune


@transaction.atomic
def retirer_la_patientele_commune(commune: PatienteleCommune, *, acteur: Compte) -> None:
    """Oublie ce nombre."""
    equipe = _verrouiller(commune.equipe)
    _exiger(droits.peut_declarer_la_patientele_commune(acteur, equipe))
    if PatienteleCommune.objects.filter(pk=commune.pk).delete()[0]:
        consigner("patientele_commune_retiree", equipe, acteur=acteur)


def _verrouiller(equipe: Equipe) -> Equipe:
    return Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)


def _le_membre(equipe: Equipe, membre: Membre | None) -> Membre | None:
    """Ce membre, tel que l'équipe verrouillée le connaît."""
    if membre is None:
        return None
    trouve = next((m for m in equipe.membres.all() if m.pk == membre.pk), None)
    if trouve is None:
        raise Refus("Cette personne n’est pas de l’équipe.")
    return trouve


def _exiger(permission: Permission) -> None:
    if not permission:
        raise Refus(permission.motif)
