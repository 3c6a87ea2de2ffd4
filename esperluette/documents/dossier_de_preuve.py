"""Le dossier de preuve : une ou plusieurs signatures d'un même contenu, mises en mots pour l'impression."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from esperluette.documents.contextes import ContexteBase
from esperluette.documents.preuves import SANS_PREUVE, SignatureMontree

GABARIT = "documents/preuve.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProuvee:
    """Une signature électronique et ses faits, déjà en mots ; une date est un instant ISO."""

    nom: str
    qualite: str
    au_nom_de: str
    signee_utc: str
    signee_paris: str
    methode: str
    relevee: bool
    avertissement: str
    code_envoye_a: str
    code_envoye_le: str
    code_verifie_le: str
    code_essais: int
    conditions: str
    conditions_version: str
    conditions_empreinte: str
    connexion_montree: bool
    adresse_ip: str
    agent_utilisateur: str
    connexion_empreinte: str
    journal_numero: int
    journal_empreinte: str
    fichier: str
    sha256: str
    annulee_le: str
    annulation: str
    ecarts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSignee:
    """Une page signée à la main, numérisée et jointe en reprise."""

    nom: str
    qualite: str
    signee_le: str
    mention: str
    scan: str
    scan_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextePreuve(ContexteBase):
    """Le dossier de preuve d'une ou de plusieurs signatures sur un même contenu : `documents/preuve.html`."""

    demarche: str
    version: str
    empreinte: str
    fige_le: str
    depose_le: str
    etabli_le: str
    ensemble: bool
    signatures: tuple[SignatureProuvee, ...]
    pages_signees: tuple[PageSignee, ...]
    sans_signature: tuple[str, ...]
    fichier: str
    sha256: str


def signature_prouvee(montree: SignatureMontree, *, fichier: str, sha256: str) -> SignatureProuvee:
    """Une signature et ses faits, en mots ; `fichier` et `sha256` : son export."""
    signature, preuve, faits = montree.signature, montree.preuve, montree.faits
    code: dict[str, Any] = faits.get("code") or {}
    conditions: dict[str, Any] = faits.get("conditions") or {}
    connexion: dict[str, Any] = preuve.connexion if preuve and montree.connexion else {}
    instant = faits.get("instant") or {}
    signataire = faits.get("signataire") or {"nom": signature.nom, "qualite": signature.qualite}
    return SignatureProuvee(
        nom=signataire["nom"],
        qualite=signataire["qualite"],
        au_nom_de=faits.get("membre", {}).get("au_nom_de", ""),
        signee_utc=instant.get("utc") or signature.signee_le.isoformat(),
        signee_paris=instant.get("paris") or timezone.localtime(signature.signee_le).isoformat(),
        methode=str(signature.get_methode_display()),
        relevee=preuve is not None,
        avertissement="" if preuve else SANS_PREUVE,
        code_envoye_a=code.get("envoye_a", ""),
        code_envoye_le=code.get("envoye_le", ""),
        code_verifie_le=code.get("verifie_le", ""),
        code_essais=code.get("essais", 0),
        conditions=conditions.get("texte", ""),
        conditions_version=conditions.get("version", ""),
        conditions_empreinte=conditions.get("empreinte", ""),
        connexion_montree=bool(connexion),
        adresse_ip=connexion.get("adresse_ip", ""),
        agent_utilisateur=connexion.get("agent_utilisateur", ""),
        connexion_empreinte=faits.get("connexion_empreinte", ""),
        journal_numero=preuve.numero if preuve else 0,
        journal_empreinte=preuve.maillon if preuve else "",
        fichier=fichier,
        sha256=sha256,
        annulee_le=signature.annulee_le.isoformat() if signature.annulee_le else "",
        annulation=signature.annulation_motif,
        ecarts=montree.ecarts,
    )
