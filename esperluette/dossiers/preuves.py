"""La preuve des signatures d'un dépôt : ce que l'on a approuvé, ce qui s'exporte, et ce que la base en confirme."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from esperluette.commun.permissions import non
from esperluette.documents.canonique import empreinte
from esperluette.documents.preuves import Conditions, SignatureMontree, export_de, incoherences, preuve_de
from esperluette.dossiers.droits import peut_voir_la_connexion, peut_voir_preuve
from esperluette.dossiers.lectures import qui_signe
from esperluette.dossiers.models import Depot, SignatureManuscrite
from esperluette.journal.chaine import cle_de
from esperluette.journal.lectures import anomalies
from esperluette.journal.models import Chaine, Evenement

FORMAT_ENSEMBLE = "esperluette/preuves-d-un-depot/1"
# À changer avec le texte ci-dessous : chaque preuve dit lequel a été approuvé.
VERSION_DES_CONDITIONS = "2026-11"
SANS_LECTEUR = non("Personne ne lit : rien de personnel n’en sort.")


def conditions_de(depot: Depot, ligne: Mapping[str, Any]) -> Conditions:
    """Le texte que le signataire approuve, mot pour mot. `ligne` : lui, dans la version figée."""
    dossier = depot.dossier
    titre = au_nom_de(depot)
    qui = f"au nom de : {titre}" if titre else "en mon nom"
    qualite = f" Ma qualité : {ligne['profession']}." if ligne["profession"] else ""
    return Conditions(
        VERSION_DES_CONDITIONS,
        f"J’approuve le contenu de la version {depot.numero} du dossier {dossier.reference} "
        f"({dossier.demarche_libelle}, équipe « {dossier.equipe.nom} »), tel qu’il est affiché dans l’aperçu et dont "
        f"l’empreinte SHA-256 est {depot.empreinte}. Je signe {qui}.{qualite} Si la rédaction est rouverte, ma "
        "signature est annulée et un courriel me le dit.",
    )


def au_nom_de(depot: Depot) -> str:
    """Pour qui signe le porteur quand il signe seul : la structure, si elle est nommée, ou l'équipe ; vide : soi."""
    if qui_signe(depot.dossier) != "porteur":
        return ""
    equipe = depot.dossier.equipe
    return equipe.nom_juridique or f"l’équipe « {equipe.nom} »"


def sujet_de(depot: Depot, ligne: Mapping[str, Any]) -> dict[str, Any]:
    """De quoi il s'agit, dans la preuve : le dossier, la version, le membre et pour qui il signe."""
    return {
        **_depot(depot),
        "membre": {"identifiant": ligne["membre"], "au_nom_de": au_nom_de(depot)},
    }


def _depot(depot: Depot) -> dict[str, Any]:
    dossier = depot.dossier
    return {
        "dossier": {
            "reference": dossier.reference, "demarche": dossier.demarche_libelle, "equipe": dossier.equipe.nom,
        },
        "depot": {
            "version": depot.numero, "empreinte": depot.empreinte,
            "fige_le": depot.fige_le.astimezone(UTC).isoformat(),
        },
    }  # fmt: skip


def preuves_de(depot: Depot, compte: Any = None) -> list[SignatureMontree]:
    """Les signatures d'une version, annulées comprises, dans l'ordre ; quatre requêtes et celles des droits.

    Sans compte (une archive), tout se vérifie, et rien ne dit d'où l'on a signé.
    """
    signatures = list(depot.signatures.select_related("preuve").order_by("signee_le", "pk"))
    numeros = [p.numero for s in signatures if (p := preuve_de(s)) is not None]
    chaine = cle_de(depot.dossier)
    actes = {e.numero: e for e in Evenement.objects.filter(chaine_id=chaine, numero__in=numeros)}
    communs = ecarts_du_depot(depot)
    rendues = []
    for signature in signatures:
        preuve = preuve_de(signature)
        propres = incoherences(signature, actes.get(preuve.numero) if preuve else None)
        if signature.empreinte != depot.empreinte:
            propres.append("L’empreinte signée n’est pas celle de cette version.")
        rendues.append(
            SignatureMontree(
                signature, preuve, (*propres, *communs),
                peut_voir_preuve(compte, signature, depot) if compte is not None else SANS_LECTEUR,
                peut_voir_la_connexion(compte, signature, depot) if compte is not None else SANS_LECTEUR,
            )
        )  # fmt: skip
    return rendues


def ecarts_du_depot(depot: Depot) -> list[str]:
    """Ce qui ne va pas dans la version elle-même, ou dans le journal du dossier."""
    ecarts = []
    if empreinte(depot.contenu) != depot.empreinte:
        ecarts.append("Le contenu gardé de cette version ne donne plus son empreinte : il a été changé.")
    chaine = Chaine.objects.filter(cle=cle_de(depot.dossier)).first()
    if chaine is None or anomalies(chaine):
        ecarts.append("Le journal du dossier n’est plus intact.")
    return ecarts


def export(depot: Depot, montree: SignatureMontree) -> dict[str, Any]:
    """Ce qui s'exporte d'une signature, sans sa connexion."""
    lignes = {s["membre"]: s for s in depot.contenu["signataires"]}
    inconnue = {"membre": None}
    ligne = lignes.get(montree.faits.get("membre", {}).get("identifiant"), inconnue)
    return export_de(montree.signature, sujet_de(depot, ligne))


def export_d_ensemble(
    depot: Depot, montrees: Sequence[SignatureMontree], manuscrites: Sequence[SignatureManuscrite]
) -> dict[str, Any]:
    """Tout ce qu'on sait des signatures d'une version ; les pages signées à la main y sont à part."""
    return {
        "format": FORMAT_ENSEMBLE,
        **_depot(depot),
        "signatures_electroniques": [
            {
                "preuve": export(depot, m),
                "preuve_sha256": empreinte(export(depot, m)),
                "annulee_le": m.signature.annulee_le.astimezone(UTC).isoformat() if m.signature.annulee_le else None,
                "annulation_motif": m.signature.annulation_motif,
                "incoherences": list(m.ecarts),
            }
            for m in montrees
        ],
        "signatures_manuscrites_numerisees": [
            {
                "nom": s.nom, "qualite": s.qualite, "signee_le": s.signee_le.isoformat(),
                "jointe_par": str(s.jointe_par), "jointe_le": s.jointe_le.astimezone(UTC).isoformat(),
                "scan": {"nom": s.scan.fichier.nom, "sha256": s.scan.fichier.empreinte},
            }
            for s in manuscrites
        ],
        "sans_signature": sans_signature(depot, montrees),
    }  # fmt: skip


def sans_signature(depot: Depot, montrees: Sequence[SignatureMontree]) -> list[str]:
    """Les signataires nommés dans la version dont aucune signature active n'est là."""
    signes = {m.faits.get("membre", {}).get("identifiant") for m in montrees if m.signature.annulee_le is None}
    noms = {m.signature.nom for m in montrees if m.signature.annulee_le is None}
    return [
        nom
        for s in depot.contenu["signataires"]
        if s["membre"] not in signes and (nom := f"{s['prenom']} {s['nom']}") not in noms
    ]
