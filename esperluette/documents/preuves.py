"""La preuve d'une signature : ce qui est constaté en signant, figé, et ancré au journal.

    faits, connexion = constater(signature, constat, sujet={"dossier": …, "depot": …})
    acte = consigner("signature", objet, acteur=…, preuve=empreinte(faits))
    garder(signature, faits, connexion, acte)     # dans la même transaction

Les faits ne portent de la connexion (adresse IP, agent utilisateur) que l'empreinte, salée : une preuve se montre et
se vérifie sans dire d'où la personne s'est connectée. `incoherences` refait tout depuis la base.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from esperluette.commun.permissions import Permission
from esperluette.documents.canonique import canonique, empreinte
from esperluette.documents.models import PreuveDeSignature, Signature
from esperluette.journal.chaine import PREMIER, empreinte_de
from esperluette.journal.models import Evenement

FORMAT = "esperluette/preuve-de-signature/1"
FORMAT_ANCIEN = "esperluette/signature-sans-preuve/1"
SANS_PREUVE = (
    "Cette signature a été posée avant que les preuves ne soient relevées : ni le code, ni la connexion, ni le texte "
    "approuvé n’ont été gardés avec elle."
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Le texte exact que la personne a eu sous les yeux et approuvé."""

    version: str
    texte: str

    @property
    def empreinte(self) -> str:
        return empreinte(self.texte)


@dataclass(frozen=True, slots=True)
class CodeReleve:
    """Le code recopié : l'adresse, masquée, où il est parti, les heures, le nombre d'essais."""

    envoye_a: str
    envoye_le: datetime
    verifie_le: datetime
    essais: int


@dataclass(frozen=True, slots=True)
class Constat:
    """Ce que la page de signature sait de ce qui vient de se passer. Sans code : signée par programme (essais)."""

    conditions: Conditions
    code: CodeReleve | None = None
    adresse_ip: str = ""
    agent_utilisateur: str = ""


@dataclass(frozen=True, slots=True)
class SignatureMontree:
    """Une signature, sa preuve si elle en a une, et ce que la base en confirme.

    `visible` : cette personne peut l'exporter ; `connexion` : et voir d'où l'on a signé.
    """

    signature: Signature
    preuve: PreuveDeSignature | None
    ecarts: tuple[str, ...]
    visible: Permission
    connexion: Permission

    @property
    def faits(self) -> dict[str, Any]:
        return self.preuve.faits if self.preuve is not None else {}


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _paris(instant: datetime) -> str:
    return timezone.localtime(instant).isoformat(timespec="microseconds")


def _base(signature: Signature) -> dict[str, Any]:
    """Ce que la signature elle-même dit, et qu'on doit retrouver dans les faits."""
    return {
        "signataire": {"compte": signature.signataire_id, "nom": signature.nom, "qualite": signature.qualite},
        "contenu": {"algorithme": "sha256", "empreinte": signature.empreinte},
        "instant": {"utc": _utc(signature.signee_le), "paris": _paris(signature.signee_le)},
        "methode": {"cle": str(signature.methode), "libelle": str(signature.get_methode_display())},
    }


def constater(
    signature: Signature, constat: Constat, *, sujet: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Les faits, prêts à être empreints, et la connexion à part. `sujet` : de quoi il s'agit (dossier, version…)."""
    connexion = {
        "adresse_ip": constat.adresse_ip,
        "agent_utilisateur": constat.agent_utilisateur,
        "sel": secrets.token_hex(16),
    }
    code = constat.code
    faits = {
        "format": FORMAT,
        **sujet,
        **_base(signature),
        "code": {
            "envoye_a": code.envoye_a, "envoye_le": _utc(code.envoye_le), "verifie_le": _utc(code.verifie_le),
            "essais": code.essais,
        } if code is not None else None,
        "conditions": {
            "version": constat.conditions.version, "texte": constat.conditions.texte,
            "empreinte": constat.conditions.empreinte,
        },
        "connexion_empreinte": empreinte(connexion),
    }  # fmt: skip
    return faits, connexion


def garder(
    signature: Signature, faits: dict[str, Any], connexion: dict[str, Any], acte: Evenement
) -> PreuveDeSignature:
    """Fige la preuve, ancrée à l'acte du journal qui porte l'empreinte des faits."""
    preuve = PreuveDeSignature(
        signature=signature, faits=faits, connexion=connexion, chaine=acte.chaine_id, numero=acte.numero,
        maillon=acte.empreinte,
    )  # fmt: skip
    preuve.empreinte = empreinte(complete(preuve))
    preuve.save(force_insert=True)
    return preuve


def complete(preuve: PreuveDeSignature) -> dict[str, Any]:
    """Les faits et l'acte du journal : ce qui s'exporte, et dont l'empreinte s'imprime."""
    journal = {"chaine": preuve.chaine, "numero": preuve.numero, "empreinte": preuve.maillon}
    return {**preuve.faits, "journal": journal}


def preuve_de(signature: Signature) -> PreuveDeSignature | None:
    """La preuve relevée avec cette signature ; None pour une signature antérieure."""
    preuve: PreuveDeSignature | None = getattr(signature, "preuve", None)
    return preuve


def export_de(signature: Signature, sujet: Mapping[str, Any]) -> dict[str, Any]:
    """Ce qui s'exporte d'une signature ; une signature antérieure dit ce qu'on n'en a pas."""
    preuve = preuve_de(signature)
    if preuve is not None:
        return complete(preuve)
    return {"format": FORMAT_ANCIEN, **sujet, **_base(signature), "avertissement": SANS_PREUVE}


def fichier(contenu: Mapping[str, Any]) -> bytes:
    """Les octets d'un export : `sha256sum` du fichier rend l'empreinte imprimée."""
    return canonique(dict(contenu))


def incoherences(signature: Signature, acte: Evenement | None) -> list[str]:
    """Ce que la base ne confirme pas de la preuve ; vide si tout se retrouve. `acte` : celui qu'elle nomme."""
    preuve = preuve_de(signature)
    if preuve is None:
        return []
    ecarts = []
    if empreinte(complete(preuve)) != preuve.empreinte:
        ecarts.append("Les faits gardés ne donnent plus l’empreinte de la preuve : ils ont été changés.")
    if empreinte(preuve.connexion) != preuve.faits.get("connexion_empreinte"):
        ecarts.append("L’adresse IP ou l’agent utilisateur gardés ne sont plus ceux qui ont été relevés.")
    noms = {
        "signataire": "le signataire",
        "contenu": "l’empreinte signée",
        "instant": "l’instant",
        "methode": "la méthode",
    }
    dits = _base(signature)
    ecarts += [
        f"La signature en base ne dit plus la même chose que la preuve : {nom}."
        for cle, nom in noms.items()
        if not _memes(preuve.faits.get(cle), dits[cle])
    ]
    conditions = preuve.faits.get("conditions") or {}
    if empreinte(conditions.get("texte")) != conditions.get("empreinte"):
        ecarts.append("Le texte approuvé n’est plus celui qui a été affiché.")
    return ecarts + _ecarts_du_journal(preuve, acte)


def _memes(dans_la_preuve: Any, en_base: Mapping[str, Any]) -> bool:
    """Un libellé peut être récrit depuis : seul le fait se compare."""
    return isinstance(dans_la_preuve, dict) and all(
        dans_la_preuve.get(cle) == valeur for cle, valeur in en_base.items() if cle != "libelle"
    )


def _ecarts_du_journal(preuve: PreuveDeSignature, acte: Evenement | None) -> list[str]:
    if acte is None or (acte.chaine_id, acte.numero) != (preuve.chaine, preuve.numero):
        return ["L’acte du journal qui porte cette preuve a disparu."]
    # Un nom effacé d'un acte du premier format ne se vérifie qu'avec sa chaîne entière, ligne-tombe comprise.
    seul = acte.format != PREMIER or acte.acteur_nom != ""
    if preuve.maillon != acte.empreinte or (seul and empreinte_de(acte) != acte.empreinte):
        return ["L’acte du journal qui porte cette preuve a été changé."]
    if acte.donnees.get("preuve") != empreinte(preuve.faits):
        return ["Le journal ne porte pas l’empreinte de ces faits."]
    return []
