"""L'état du simulateur tient dans l'adresse : lisible, partageable, et qu'on peut trafiquer sans rien casser.

    ?forme=esp&commune=22136&communes=22219&profession1=10&qualification1=SM54&exercice1=liberal
    &profession2=60&exercice2=liberal&statut=association&avancement=cree

`commune` est la commune d'implantation, `communes` les autres du territoire ; sans commune, `region` dit quelles
règles suivre. Une personne par numéro ; `profession` vaut un code de la nomenclature nationale, ou `autre` pour une
personne qui n'est pas professionnelle de santé. `zone-zip=oui` déclare un zonage que les données ne disent pas.
Tout est facultatif.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from django.http import QueryDict

from esperluette.equipes.lectures import AUTRE_QUALIFICATION
from esperluette.referentiel.faits import AVANCEMENTS, EXERCICES, STATUTS, Avancement, Exercice, StatutJuridique
from esperluette.referentiel.modele import FaitMembre, Faits, Socle

MEMBRES_MAXIMUM = 40
LIGNES_MINIMUM = 2
AUTRE = "autre"  # une personne qui ne soigne pas
OUI, NON = "oui", "non"
CHAMPS_MEMBRE = ("profession", "qualification", "exercice")
_CLE_MEMBRE = re.compile(r"(profession|qualification|exercice)([1-9]\d{0,3})")


@dataclass(frozen=True, slots=True)
class MembreSimule:
    """Une personne de l'équipe imaginée."""

    profession: str = ""
    qualification: str = ""
    exercice: str = ""

    @classmethod
    def de(cls, fait: FaitMembre) -> "MembreSimule":
        """La personne que les règles ont imaginée."""
        if not fait.professionnel:
            return cls(AUTRE, "", fait.exercice)
        return cls(fait.profession, fait.savoir_faire or "", fait.exercice)

    @property
    def vide(self) -> bool:
        """Une ligne dont la profession n'est pas choisie n'est encore personne."""
        return not self.profession

    def fait(self, commune: str | None) -> FaitMembre:
        """Ce que les règles en lisent."""
        if self.profession == AUTRE:
            return FaitMembre(exercice=cast(Exercice, self.exercice), commune=commune, professionnel=False)
        return FaitMembre(
            profession=self.profession,
            savoir_faire=self.qualification or None,
            exercice=cast(Exercice, self.exercice),
            commune=commune,
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """Des réponses déjà vérifiées. `communes` : les codes, celui de la commune d'implantation d'abord."""

    forme: str = "esp"
    region: str = ""
    communes: tuple[str, ...] = ()
    membres: tuple[MembreSimule, ...] = ()
    statut: str = ""
    avancement: str = ""
    zonages: tuple[tuple[str, bool], ...] = ()

    @property
    def presents(self) -> list[MembreSimule]:
        return [m for m in self.membres if not m.vide]

    def faits(self) -> Faits:
        """Ce que les règles lisent, avant ce que les données savent du territoire."""
        implantation = self.communes[0] if self.communes else None
        return Faits(
            membres=tuple(m.fait(implantation) for m in self.presents),
            statut_juridique=cast(StatutJuridique, self.statut) if self.statut else None,
            statut_avancement=cast(Avancement, self.avancement or "cree"),
            implantation=implantation,
            communes=list(self.communes),
            zonages=dict(self.zonages),
            zonages_declares=frozenset(zone for zone, _ in self.zonages),
        )

    def selon(self, faits: Faits) -> "Simulation":
        """La même simulation, l'équipe changée : ce que donnerait un rapprochement."""
        return replace(
            self,
            membres=tuple(MembreSimule.de(m) for m in faits.membres),
            statut=faits.statut_juridique or "",
            avancement=faits.statut_avancement if faits.statut_juridique not in {None, "aucun"} else "",
            zonages=tuple((zone, vrai) for zone, vrai in faits.zonages.items() if zone in faits.zonages_declares),
        )

    def avec(self, *ajouts: MembreSimule) -> "Simulation":
        """La même simulation, des personnes en plus."""
        return replace(self, membres=(*self.presents, *ajouts))

    def requete(self, **changements: str) -> str:
        """La chaîne de requête de cet état, sans rien de vide."""
        return urlencode(list(self._paires(changements)))

    def _paires(self, changements: dict[str, str]) -> Iterator[tuple[str, str]]:
        yield "forme", changements.get("forme", self.forme)
        if self.communes:
            yield "commune", self.communes[0]
            yield from (("communes", code) for code in self.communes[1:])
        elif self.region:
            yield "region", self.region
        for numero, membre in enumerate(self.presents, start=1):
            for champ in CHAMPS_MEMBRE:
                if valeur := getattr(membre, champ):
                    yield f"{champ}{numero}", valeur
        if self.statut:
            yield "statut", self.statut
        if self.statut not in {"", "aucun"} and self.avancement:
            yield "avancement", self.avancement
        for zone, reponse in self.zonages:
            yield f"zone-{zone}", OUI if reponse else NON


@dataclass(frozen=True, slots=True)
class LigneSaisie:
    """Une ligne telle qu'elle est arrivée ; `numero` est celui de l'adresse."""

    numero: int
    profession: str
    qualification: str
    exercice: str


def lignes_de(donnees: QueryDict) -> list[LigneSaisie]:
    """Les lignes de membres d'une adresse, dans l'ordre de leur numéro ; au-delà du maximum, ignorées."""
    par_numero: dict[int, dict[str, str]] = {}
    for cle in donnees:
        if trouve := _CLE_MEMBRE.fullmatch(cle):
            valeur = (donnees.get(cle) or "").strip()
            par_numero.setdefault(int(trouve[2]), {})[trouve[1]] = valeur
    return [
        LigneSaisie(
            numero=numero,
            profession=champs.get("profession", ""),
            qualification=champs.get("qualification", ""),
            exercice=champs.get("exercice", ""),
        )
        for numero, champs in sorted(par_numero.items())
    ]


def membre_de(ligne: LigneSaisie, socle: Socle) -> tuple[MembreSimule, dict[str, str]]:
    """La personne que décrit une ligne, et une phrase par valeur qu'on n'a pas comprise (par champ).

    Une valeur refusée est écartée : le reste de la ligne compte quand même.
    """
    refus: dict[str, str] = {}
    profession, qualification, exercice = ligne.profession, ligne.qualification, ligne.exercice
    if profession and profession != AUTRE and profession not in socle.professions:
        refus["profession"] = f"Profession inconnue : « {profession[:40]} ». Choisissez-la dans la liste."
        profession = qualification = ""
    if qualification and qualification not in qualifications(profession, socle):
        # La qualification d'une profession qu'on vient de quitter n'est pas une faute.
        if not any(qualification in qualifications(p, socle) for p in socle.professions):
            refus["qualification"] = f"Qualification inconnue : « {qualification[:40]} »."
        qualification = ""
    if exercice not in EXERCICES:
        refus["exercice"] = f"Mode d’exercice inconnu : « {exercice[:40]} »."
        exercice = ""
    return MembreSimule(profession, qualification, exercice), refus


def qualifications(profession: str, socle: Socle) -> dict[str, str]:
    """Les qualifications admises : code et libellé. Vide si la profession n'en a pas, ou est inconnue."""
    connue = socle.professions.get(profession)
    if connue is None or not connue.savoir_faire:
        return {}
    return {**{s.code: s.libelle for s in connue.savoir_faire}, AUTRE_QUALIFICATION: "Autre qualification"}


def qualifications_proposees(membre: MembreSimule, socle: Socle) -> dict[str, str]:
    """La liste à montrer : les codes que les règles confondent n'y font qu'une ligne (« médecin généraliste »)."""
    proposees = qualifications(membre.profession, socle)
    for groupe in socle.groupes.values():
        if membre.profession not in groupe.professions or not groupe.savoir_faire:
            continue
        retenu = membre.qualification if membre.qualification in groupe.savoir_faire else groupe.savoir_faire[-1]
        reste = {code: libelle for code, libelle in proposees.items() if code not in groupe.savoir_faire}
        proposees = {retenu: groupe.singulier.capitalize(), **reste}
    return proposees


def choix_connu(valeur: Any, connus: Collection[str]) -> str:
    """La valeur si elle est admise, sinon rien."""
    return valeur if isinstance(valeur, str) and valeur in connus else ""


def statut_de(donnees: QueryDict) -> tuple[str, str]:
    """Le statut juridique et son avancement ; sans structure, pas d'avancement."""
    statut = choix_connu(donnees.get("statut"), STATUTS)
    avancement = choix_connu(donnees.get("avancement"), AVANCEMENTS)
    return statut, avancement if statut not in {"", "aucun"} else ""


def zonages_de(donnees: QueryDict, zones: Collection[str]) -> tuple[tuple[str, bool], ...]:
    """Les zonages déclarés, parmi ceux que l'édition interroge."""
    reponses = ((zone, choix_connu(donnees.get(f"zone-{zone}"), (OUI, NON))) for zone in zones)
    return tuple((zone, reponse == OUI) for zone, reponse in reponses if reponse)
