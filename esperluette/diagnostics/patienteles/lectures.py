"""Lire la patientèle d'une équipe : celle de chacun, celle de tous, et ce qu'ils partagent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from esperluette.diagnostics.models import Patientele, PatienteleCommune
from esperluette.diagnostics.patienteles.agregation import Trouver
from esperluette.diagnostics.patienteles.territoire import Place, places
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
    """Celle de l'équipe d'abord, puis celles des membres présents ; trois requêtes."""
    lues = Patientele.objects.en_cours().filter(equipe=equipe).select_related("membre", "importee_par")
    return sorted(
        lues.prefetch_related("communes", "tranches"),
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
