"""Confronter une équipe aux règles d'une édition : un verdict, ses raisons, et ce qui s'ouvre à elle."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from esperluette.referentiel.comprendre import Phase, SansFinancement
from esperluette.referentiel.criteres import Situation
from esperluette.referentiel.faits import Faits
from esperluette.referentiel.modele import Aide, Critere, Demarche, Edition
from esperluette.referentiel.socle import Forme
from esperluette.referentiel.sources import suggestion
from esperluette.referentiel.verdicts import Reponse3, Verdict, tous


class FormeNonCouverte(LookupError):
    """L'édition ne dit rien de cette forme ; `str(erreur)` se montre."""


class DemarcheInconnue(LookupError):
    """L'édition n'a pas cette démarche ; `str(erreur)` se montre."""


@dataclass(frozen=True, slots=True)
class EtatCritere:
    critere: Critere
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EtatAide:
    aide: Aide
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EtatDemarche:
    demarche: Demarche
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Le résultat : le verdict de tête (composition seule), puis chaque critère, aide et démarche avec sa raison."""

    edition: Edition
    forme: Forme
    le: datetime.date
    verdict: Verdict
    criteres: tuple[EtatCritere, ...]
    attentions: tuple[EtatCritere, ...]  # points d'attention : hors de tout verdict
    aides: tuple[EtatAide, ...]
    demarches: tuple[EtatDemarche, ...]

    @property
    def phrase(self) -> str:
        """Le verdict de tête, pour l'écran."""
        quoi = f"{self.forme.article} {self.edition.entete.region.dans}"
        match self.verdict.reponse:
            case Reponse3.SATISFAIT:
                return f"Oui, vous pouvez former {quoi}."
            case Reponse3.A_PRECISER:
                return f"Peut-être : il manque une précision pour savoir si vous pouvez former {quoi}."
            case Reponse3.NON_SATISFAIT:
                manquantes = sum(e.verdict.reponse is Reponse3.NON_SATISFAIT for e in self.par_nature("composition"))
                conditions = "une condition manque" if manquantes == 1 else f"{manquantes} conditions manquent"
                return f"Pas encore : {conditions} pour former {quoi}."

    @property
    def conseils(self) -> list[str]:
        """Ce qui vous en rapproche : le conseil de chaque critère de composition qui n'est pas satisfait."""
        return [
            e.critere.conseil
            for e in self.criteres
            if e.critere.conseil and e.critere.nature == "composition" and e.verdict.reponse is not Reponse3.SATISFAIT
        ]

    @property
    def sans_financement(self) -> tuple[SansFinancement, ...]:
        """Ce que l'équipe garde et perd à se former sans l'ARS : quand elle le peut, et qu'une aide lui est fermée."""
        fermee = any(e.verdict.reponse is not Reponse3.SATISFAIT for e in self.aides) or not self.aides
        if self.verdict.reponse is not Reponse3.SATISFAIT or not fermee:
            return ()
        return self.edition.comprendre.pour(self.forme.id).sans_financement

    @property
    def a_regarder(self) -> tuple[EtatCritere, ...]:
        """Les points d'attention que les faits ne lèvent pas. Sans commune dite, rien n'est à cheval."""
        return tuple(
            e
            for e in self.attentions
            if e.verdict.reponse is Reponse3.NON_SATISFAIT
            or (e.verdict.reponse is Reponse3.A_PRECISER and e.critere.fonction != "meme_region")
        )

    @property
    def signalees(self) -> tuple[EtatCritere, ...]:
        """Parmi eux, ceux que les faits confirment."""
        return tuple(e for e in self.a_regarder if e.verdict.reponse is Reponse3.NON_SATISFAIT)

    @property
    def points_d_attention(self) -> tuple[Phase, ...]:
        """Ceux que la région dit à toutes les équipes de cette forme, sauf s'ils sont déjà un critère."""
        deja = {e.critere.id for e in self.attentions}
        return tuple(p for p in self.edition.comprendre.pour(self.forme.id).attentions if p.id not in deja)

    def par_nature(self, nature: str) -> list[EtatCritere]:
        return [e for e in self.criteres if e.critere.nature == nature]

    def en_json(self) -> dict[str, Any]:
        """La réponse de `eligibilite --json`, sans séance ni contacts : l'appelant les ajoute."""
        return {
            "region": self.edition.region,
            "edition": self.edition.numero,
            "empreinte": self.edition.empreinte,
            "forme": self.forme.id,
            "le": self.le.isoformat(),
            "verdict": str(self.verdict.reponse),
            "motif": self.verdict.motif,
            "phrase": self.phrase,
            "criteres": [_critere_en_json(e) for e in self.criteres],
            "aides": [_aide_en_json(e) for e in self.aides],
            "demarches": [_demarche_en_json(e) for e in self.demarches],
            "attentions": [
                *(_critere_en_json(e) for e in self.a_regarder),
                *(_point_en_json(p) for p in self.points_d_attention),
            ],
            "sans_financement": [
                {"id": s.id, "effet": s.effet, "texte": s.texte, "source": s.source.en_json()}
                for s in self.sans_financement
            ],
        }


def evaluer(
    edition: Edition, *, forme: str, faits: Faits, le: datetime.date, demarche: str | None = None
) -> Evaluation:
    """Applique l'édition à l'équipe. `demarche` restreint les critères, aides et démarches à celle-là.

    Lève `FormeNonCouverte` ou `DemarcheInconnue`.
    """
    if forme not in edition.entete.formes:
        raise FormeNonCouverte(f"L'édition {edition.region} {edition.numero} ne décrit pas la forme « {forme} ».")
    connues = {d.id: d for d in edition.demarches}
    if demarche is not None and demarche not in connues:
        raise DemarcheInconnue(f"Aucune démarche « {demarche} » ; {suggestion(demarche, connues)}")
    visee = connues[demarche] if demarche is not None else None
    situation = Situation(faits, edition.socle)
    etats = {
        c.id: EtatCritere(c, edition.regles[c.id](situation).avec(c.source))
        for c in edition.criteres
        if forme in c.formes
    }
    demarches = [d for d in edition.demarches if forme in d.formes and visee in (None, d)]
    aides = [a for a in edition.aides if forme in a.formes and (visee is None or a.demarche == visee.id)]
    utiles = {c for d in demarches for c in d.conditions} | {c for a in aides for c in a.conditions}
    retenus = [
        e for e in etats.values() if e.critere.nature in {"composition", "declaration"} or e.critere.id in utiles
    ]
    composition = [e.verdict for e in etats.values() if e.critere.nature == "composition"]
    return Evaluation(
        edition=edition,
        forme=edition.socle.formes[forme],
        le=le,
        verdict=tous(composition),
        criteres=tuple(retenus),
        attentions=tuple(e for e in etats.values() if e.critere.nature == "attention"),
        aides=tuple(EtatAide(a, _selon(a.conditions, etats).avec(a.source)) for a in aides),
        demarches=tuple(EtatDemarche(d, _selon(d.conditions, etats).avec(d.source)) for d in demarches),
    )


def _selon(conditions: Iterable[str], etats: dict[str, EtatCritere]) -> Verdict:
    """Le verdict de toutes les conditions qui s'appliquent à la forme."""
    return tous(etats[c].verdict for c in conditions if c in etats)


def _critere_en_json(etat: EtatCritere) -> dict[str, Any]:
    return {
        "id": etat.critere.id,
        "enonce": etat.critere.enonce,
        "nature": etat.critere.nature,
        "verdict": str(etat.verdict.reponse),
        "motif": etat.verdict.motif,
        "source": etat.critere.source.en_json(),
    }


def _point_en_json(point: Phase) -> dict[str, Any]:
    """Un point d'attention que la région dit à tous : aucun verdict."""
    return {
        "id": point.id,
        "enonce": point.titre,
        "nature": "attention",
        "verdict": None,
        "motif": point.texte,
        "source": point.source.en_json(),
    }


def _aide_en_json(etat: EtatAide) -> dict[str, Any]:
    aide = etat.aide
    return {
        "id": aide.id,
        "libelle": aide.libelle,
        "montant": None if aide.montant is None else f"{aide.montant:.2f}",
        "montant_note": aide.montant_note,
        "sorte": aide.sorte,
        "description": aide.description,
        "objets": list(aide.objets),
        "quantite": aide.quantite.model_dump() if aide.quantite else None,
        "tranches": [
            {
                "libelle": t.libelle,
                "montant": None if t.montant is None else f"{t.montant:.2f}",
                "declencheur": t.declencheur,
            }
            for t in aide.tranches
        ],
        "echeance_note": aide.echeance_note,
        "conditions": list(aide.conditions),
        "demarche": aide.demarche,
        "beneficiaire": aide.beneficiaire,
        "verdict": str(etat.verdict.reponse),
        "motif": etat.verdict.motif,
        "source": aide.source.en_json(),
    }


def _demarche_en_json(etat: EtatDemarche) -> dict[str, Any]:
    return {
        "id": etat.demarche.id,
        "libelle": etat.demarche.libelle,
        "en_ligne": etat.demarche.en_ligne,
        "verdict": str(etat.verdict.reponse),
        "motif": etat.verdict.motif,
        "source": etat.demarche.source.en_json(),
    }
