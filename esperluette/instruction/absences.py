"""Être absent, et qui relaie : les nouveaux dossiers et les rappels vont au relais, jamais en rond."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, agents_en_fonction, fonctions_actives, perimetre
from esperluette.comptes.models import Compte, Fonction
from esperluette.comptes.perimetres import Perimetre, Secteur
from esperluette.instruction.models import Absence
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer

# Un relais peut être absent à son tour : on le suit jusque-là, pas au-delà.
MAILLONS = 3


# --- Qui ------------------------------------------------------------------------------------------


def regions_exercees(compte: Any) -> frozenset[str] | None:
    """Les codes des régions où ce compte exerce une fonction ; None pour l'administrateur : toutes."""
    fonctions = fonctions_actives(compte)
    if any(f.role == Role.ADMIN for f in fonctions):
        return None
    codes = (f.region_id or (f.departement.region_id if f.departement else None) for f in fonctions)
    return frozenset(code for code in codes if code)


def peut_tenir(acteur: Any, agent: Compte) -> Permission:
    """L'agent tient son absence lui-même ; sinon, l'administrateur d'une région où il exerce."""
    if not a_un_role(agent, *Role.INSTRUCTEURS):
        return non("Les absences sont celles des agents qui instruisent des dossiers.")
    if acteur == agent:
        return OUI
    territoire = perimetre(acteur, Role.ADMINISTRATEURS)
    if territoire.tout or territoire.regions & (regions_exercees(agent) or frozenset()):
        return OUI
    return non("Une absence est tenue par l’agent lui-même, ou par l’administrateur de sa région.")


def agents_tenus_par(compte: Any) -> list[Compte]:
    """Ceux dont ce compte tient l'absence : lui-même, et s'il administre, les agents de ses régions."""
    agents = [compte] if a_un_role(compte, *Role.INSTRUCTEURS) else []
    territoire = perimetre(compte, Role.ADMINISTRATEURS)
    if not territoire.vide:
        agents += agents_en_fonction(None if territoire.tout else territoire.regions)
    return list(dict.fromkeys(agents))


def relais_possibles(agent: Compte) -> list[Compte]:
    """Les collègues qui voient tout ce que voit cet agent : les seuls qui puissent le relayer."""
    miennes = [f for f in fonctions_actives(agent) if f.role in Role.INSTRUCTEURS]
    collegues = agents_en_fonction(regions_exercees(agent))
    return [c for c, territoire in collegues.items() if c != agent and all(_couvre(territoire, f) for f in miennes)]


def _couvre(territoire: Perimetre, fonction: Fonction) -> bool:
    """Ce périmètre contient-il tout celui de cette fonction ?"""
    region = fonction.region_id or (fonction.departement.region_id if fonction.departement else None)
    if region in territoire.regions or (
        fonction.departement_id and fonction.departement_id in territoire.departements
    ):
        return True
    epcis = frozenset(e.pk for e in fonction.epcis.all())
    return bool(epcis) and any(_secteur_couvre(s, fonction, epcis) for s in territoire.secteurs)


def _secteur_couvre(secteur: Secteur, fonction: Fonction, epcis: frozenset[str]) -> bool:
    meme_lieu = secteur.departement in (None, fonction.departement_id) and secteur.region in (None, fonction.region_id)
    return meme_lieu and epcis <= secteur.epcis


# --- Lire -----------------------------------------------------------------------------------------


def absence_de(compte: Any, le: date | None = None) -> Absence | None:
    """L'absence de ce jour-là, avec son relais."""
    return Absence.objects.en_cours(le).filter(compte=compte).select_related("relais").first()


def relais_de(compte: Compte) -> Compte:
    """Qui répond aujourd'hui pour ce compte : lui-même s'il est là, sinon son relais, ou le relais du relais.

    Une requête. Si tous sont absents, ou si le relais n'a plus de compte, on s'arrête au dernier joignable.
    """
    return relais_de_chacun([compte])[0]


def relais_de_chacun(comptes: Sequence[Compte]) -> list[Compte]:
    """De même pour plusieurs, dans le même ordre ; une requête, aucune s'il n'y a personne."""
    if not comptes:
        return []
    en_cours = {a.compte_id: a.relais for a in Absence.objects.en_cours().select_related("relais")}
    return [_au_bout(compte, en_cours) for compte in comptes]


def _au_bout(compte: Compte, en_cours: Mapping[int, Compte]) -> Compte:
    vus, personne = {compte.pk}, compte
    while (suivant := en_cours.get(personne.pk)) is not None and suivant.is_active and suivant.pk not in vus:
        vus.add(suivant.pk)
        personne = suivant
    return personne


def relayes_par(compte: Any) -> Q:
    """La condition, sur Dossier, des dossiers d'agents absents que ce compte relaie aujourd'hui."""
    chaine, relais = Q(), Q(relais=compte)
    for _ in range(MAILLONS):
        absents = Absence.objects.en_cours().filter(relais).values("compte")
        chaine |= Q(pk__in=absents)
        relais = Q(relais__in=absents)
    relayes = Compte.objects.filter(chaine).exclude(pk=compte.pk).values("pk")
    return Q(affecte_a__in=relayes) | Q(affecte_a=None, instruit_par__in=relayes)


# --- Écrire ---------------------------------------------------------------------------------------


@transaction.atomic
def poser(agent: Compte, *, acteur: Compte, debut: date, fin: date, relais: Compte) -> Absence:
    """Note une absence et prévient le relais. La même, rejouée, est rendue telle quelle.

    Lève `Refus` (ni lui, ni son administrateur), `Conflit` (déjà absent, ou les relais tourneraient en rond),
    `ErreurMetier` (dates, relais qui ne voit pas ses dossiers).
    """
    # Deux agents qui se nomment l'un l'autre au même instant passent l'un après l'autre.
    list(Compte.objects.select_for_update().filter(pk__in=(agent.pk, relais.pk)).order_by("pk"))
    permission = peut_tenir(acteur, agent)
    if not permission:
        raise Refus(permission.motif)
    if existante := Absence.objects.valables().filter(compte=agent, debut=debut, fin=fin, relais=relais).first():
        return existante
    _exiger_possible(agent, debut, fin, relais)
    absence = Absence.objects.create(compte=agent, debut=debut, fin=fin, relais=relais, posee_par=acteur)
    consigner("absence_posee", agent, acteur=acteur, absence=absence.pk, relais=str(relais))
    if relais != acteur:
        envoyer("instruction/relais_designe", a=relais, objet_lie=absence, contexte={"absence": absence})
    return absence


def _exiger_possible(agent: Compte, debut: date, fin: date, relais: Compte) -> None:
    if fin < debut:
        raise ErreurMetier("Une absence finit après avoir commencé : vérifiez les deux dates.")
    if fin < timezone.localdate():
        raise ErreurMetier("Cette absence est déjà finie : il n’y a plus rien à relayer.")
    if autre := Absence.objects.entre(debut, fin).filter(compte=agent).first():
        raise Conflit(f"Une absence est déjà notée du {autre.debut:%d/%m/%Y} au {autre.fin:%d/%m/%Y}.")
    if relais not in relais_possibles(agent):
        raise ErreurMetier(f"{relais} ne voit pas tous les dossiers de {agent} : choisissez un autre relais.")
    if _tourne_en_rond(agent, relais, debut, fin, frozenset()):
        raise Conflit(
            f"{relais} compte déjà, directement ou non, sur {agent} pendant ces jours : choisissez un autre relais."
        )


def _tourne_en_rond(agent: Compte, relais: Compte, debut: date, fin: date, vus: frozenset[int]) -> bool:
    """Suivre les relais pendant cette période ramène-t-il à l'agent ?"""
    if relais.pk == agent.pk:
        return True
    if relais.pk in vus:
        return False
    absences = Absence.objects.entre(debut, fin).filter(compte=relais).select_related("relais")
    return any(
        _tourne_en_rond(agent, a.relais, max(debut, a.debut), min(fin, a.fin), vus | {relais.pk}) for a in absences
    )


@transaction.atomic
def lever(absence: Absence, *, acteur: Compte) -> Absence:
    """L'agent est de retour, ou ne part plus : ses dossiers lui reviennent. Rejoué, sans effet. Lève `Refus`."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("compte", "relais").get(pk=absence.pk)
    permission = peut_tenir(acteur, absence.compte)
    if not permission:
        raise Refus(permission.motif)
    if absence.annulee_le is not None:
        return absence
    absence.annulee_le = timezone.now()
    absence.save(update_fields=["annulee_le"])
    consigner("absence_levee", absence.compte, acteur=acteur, absence=absence.pk)
    if absence.relais != acteur:
        envoyer("instruction/relais_leve", a=absence.relais, objet_lie=absence, contexte={"absence": absence})
    return absence
