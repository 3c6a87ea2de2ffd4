"""Lire la patientèle d'une équipe : celle de chacun, celle de tous, et ce qu'ils partagent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, islice

from esperluette.diagnostics.models import Patientele, PatienteleCommune, TrancheDePatientele
from esperluette.diagnostics.patienteles.agregation import Trouver
from esperluette.diagnostics.patienteles.partage import Encadrement, au_plus, suivis_a_plusieurs
from esperluette.diagnostics.patienteles.territoire import Place, Rang, places
from esperluette.equipes.models import Equipe
from esperluette.territoires.rapprochement import Communes, propre


class Base(StrEnum):
    """D'où viennent les effectifs réunis de l'équipe."""

    EQUIPE = "equipe"  # un tableau pour toute l'équipe : chaque patient y compte une fois
    MEMBRES = "membres"  # la somme de ceux des membres : un patient suivi par deux y compte deux fois
    AUCUNE = "aucune"


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Les effectifs réunis de l'équipe : `communes` (code → patients) ; `total` compte aussi celles qu'on tait."""

    base: Base
    total: int = 0
    ald: int | None = None
    communes: Mapping[str, int] = field(default_factory=dict)
    autres_communes: int = 0
    autres_effectif: int = 0
    patienteles: Sequence[Patientele] = ()

    @property
    def autres_part(self) -> float:
        """La part (%) des patients dont la commune n'est pas nommée."""
        return 100 * self.autres_effectif / self.total if self.total else 0.0

    @property
    def places(self) -> list[Place]:
        """Chaque commune nommée, à sa place dans le territoire."""
        return places(self.communes, self.total)


def chercheur() -> Trouver:
    """De quoi retrouver une commune par son code, ou par son nom et son code postal ; deux requêtes."""
    communes = Communes.en_base()

    def trouver(code: str, nom: str, code_postal: str) -> tuple[str, str]:
        if code:
            net = propre(code)
            if net in communes.actives:
                return net, ""
            if net in communes.anciennes:
                return communes.anciennes[net][0], net
            raise LookupError("le code INSEE n’est, ni n’a été, celui d’une commune")
        if not nom:
            raise LookupError("commune absente")
        if not code_postal:
            raise LookupError("code postal absent : le nom d’une commune ne suffit pas")
        try:
            return communes.par_nom(code_postal, nom)
        except LookupError:
            raise LookupError(
                "aucune commune, ou plusieurs, de ce nom à ce code postal : donnez le code INSEE"
            ) from None

    return trouver


def patienteles_en_cours(equipe: Equipe) -> list[Patientele]:
    """Celle de l'équipe d'abord, puis celles des membres présents ; quatre requêtes."""
    lues = Patientele.objects.en_cours().filter(equipe=equipe).select_related("membre", "importee_par")
    return sorted(
        lues.prefetch_related("communes__commune", "tranches"),
        key=lambda p: (p.membre is not None, str(p.membre).casefold(), p.pk),
    )


def ensemble(equipe: Equipe, lues: Sequence[Patientele] | None = None) -> Ensemble:
    """Ce que l'équipe sait de ses patients : son propre tableau s'il existe, sinon la somme de ceux de ses membres."""
    lues = patienteles_en_cours(equipe) if lues is None else lues
    commune = [p for p in lues if p.membre_id is None]
    retenues = commune or list(lues)
    if not retenues:
        return Ensemble(Base.AUCUNE)
    communes: dict[str, int] = defaultdict(int)
    for patientele in retenues:
        for part in patientele.communes.all():
            communes[part.commune_id] += part.effectif
    alds = [p.ald for p in retenues if p.ald is not None]
    return Ensemble(
        Base.EQUIPE if commune else Base.MEMBRES,
        total=sum(p.total or 0 for p in retenues),
        ald=sum(alds) if len(alds) == len(retenues) else None,
        communes=dict(communes),
        autres_communes=max(p.autres_communes for p in retenues),
        autres_effectif=sum(p.autres_effectif for p in retenues),
        patienteles=tuple(retenues),
    )


def communes_declarees(equipe: Equipe) -> list[PatienteleCommune]:
    """Les patientèles communes déclarées, dont les deux membres sont toujours là ; celle de l'équipe d'abord."""
    lues = PatienteleCommune.objects.filter(equipe=equipe).select_related("membre", "autre", "declaree_par")
    presentes = [c for c in lues if all(m is None or m.est_present for m in (c.membre, c.autre))]
    return sorted(presentes, key=lambda c: (c.membre is not None, str(c.membre), str(c.autre)))


def historique(equipe: Equipe) -> list[Patientele]:
    """Les versions remplacées ou retirées, la plus récente d'abord ; une requête."""
    passees = Patientele.objects.filter(equipe=equipe, courante=False)
    return list(passees.select_related("membre", "importee_par", "retiree_par"))


# --- La patientèle commune --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partage:
    """Ce que les tableaux disent des patients communs à deux membres, ou à l'équipe (`qui`)."""

    qui: str
    phrase: str
    methode: str


PAIRES_MAXIMALES = 15


def partages(equipe: Equipe, lues: Sequence[Patientele]) -> list[Partage]:
    """Ce qui se calcule sans savoir qui est qui : l'équipe si tous ont déposé, puis au plus, deux à deux."""
    des_membres = [p for p in lues if p.membre_id is not None]
    commune = next((p for p in lues if p.membre_id is None), None)
    calcules = []
    attendus = {m.pk for m in equipe.presents if m.professionnel}
    if commune is not None and attendus and attendus <= {p.membre_id for p in des_membres}:
        encadrement = suivis_a_plusieurs(commune.total or 0, [p.total or 0 for p in des_membres])
        if encadrement is not None:
            calcules.append(
                Partage(
                    "Au moins deux membres de l’équipe", encadrement.phrase,
                    "Somme des tableaux des membres, moins celui de l’équipe ; à quelques patients près, les "
                    "effectifs faibles n’étant pas tous comptés.",
                )
            )  # fmt: skip
    for un, autre in islice(combinations(des_membres, 2), PAIRES_MAXIMALES):
        plafond = au_plus(
            *({part.commune_id: part.effectif for part in p.communes.all()} for p in (un, autre)),
            tus_un=un.autres_effectif, tus_autre=autre.autres_effectif,
        )  # fmt: skip
        calcules.append(
            Partage(
                f"{un.membre} et {autre.membre}", Encadrement(0, plafond).phrase,
                "Dans chaque commune, pas plus que le moins fourni des deux tableaux.",
            )
        )  # fmt: skip
    return calcules


def part_en_commun(declaree: PatienteleCommune, lues: Sequence[Patientele]) -> str:
    """« 40 % de la patientèle d'Anne Morvan, 25 % de celle de Yann Kerbrat » ; vide si on ne peut pas le dire."""
    if not declaree.effectif:
        return ""
    totaux = {p.membre_id: p.total or 0 for p in lues}
    dites = []
    for membre in (declaree.membre, declaree.autre) if declaree.membre_id else (None,):
        total = totaux.get(membre.pk if membre else None, 0)
        if total >= declaree.effectif:
            dites.append(f"{100 * declaree.effectif / total:.0f} % de celle de {membre or 'l’équipe'}")
    return ", ".join(dites)


def libelle_de_tranche(debut: int, fin: int | None) -> str:
    """« 15 à 29 ans », « 75 ans et plus »."""
    return TrancheDePatientele(debut=debut, fin=fin).libelle


# --- En phrases -------------------------------------------------------------------------------


def phrases(lu: Ensemble, noms: Mapping[str, str], declarees: Sequence[PatienteleCommune] = ()) -> list[str]:
    """La patientèle en quelques phrases, à reprendre dans un projet : aucun effectif faible, aucun patient."""
    if lu.base == Base.AUCUNE:
        return []
    compte = "chaque patient compté une fois" if lu.base == Base.EQUIPE or len(lu.patienteles) == 1 else _SOMME
    dites = [f"{nombre(lu.total)} patients ({compte})."]
    if lu.ald:
        dites.append(f"{nombre(lu.ald)} sont en affection de longue durée, soit {100 * lu.ald / lu.total:.0f} %.")
    proches = [p for p in lu.places if p.rang != Rang.AU_DELA]
    if proches:
        detail = ", ".join(f"{noms.get(p.code, p.code)} ({p.part:.0f} %)" for p in proches)
        dites.append(f"{proches[-1].cumul:.0f} % viennent de {detail}.")
    if ages := _ages(lu):
        dites.append(f"Par âge : {', '.join(f'{libelle} {100 * n / lu.total:.0f} %' for libelle, n in ages)}.")
    for declaree in declarees:
        if declaree.effectif and declaree.membre_id is None:
            dites.append(f"{nombre(declaree.effectif)} patients sont suivis par au moins deux membres de l’équipe.")
        elif declaree.effectif:
            suivis = f"{declaree.membre} et {declaree.autre}"
            dites.append(f"{nombre(declaree.effectif)} patients sont suivis par {suivis}.")
    return dites


_SOMME = "somme des membres : un patient suivi par deux membres y compte deux fois"


def nombre(n: int) -> str:
    """« 1 891 », avec une espace insécable."""
    return f"{n:,}".replace(",", "\u202f")


def _ages(lu: Ensemble) -> list[tuple[str, int]]:
    """Les âges, si tous les tableaux ont le même découpage."""
    decoupages = {tuple((t.debut, t.fin) for t in p.tranches.all()) for p in lu.patienteles}
    if len(decoupages) != 1:
        return []
    sommes: dict[str, int] = defaultdict(int)
    for patientele in lu.patienteles:
        for tranche in patientele.tranches.all():
            sommes[tranche.libelle] += tranche.effectif
    return list(sommes.items())
