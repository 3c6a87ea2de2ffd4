"""Les sous-commandes de `esperluette referentiel`. Une autre app en ajoute une avec `inscrire`."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from esperluette.referentiel import empreintes, lecture, schemas
from esperluette.referentiel.fichiers import FICHIERS_D_UNE_EDITION
from esperluette.referentiel.verification import Rapport, verifier_tout

ENTREE_FAUSSE = 2


class Sortie(Protocol):
    """Où écrire : les flux d'une commande Django."""

    def write(self, msg: str) -> Any: ...


@dataclass(frozen=True)
class SousCommande:
    """Un nom, une phrase d'aide, ses arguments, et ce qu'elle fait : rendre le code de sortie."""

    nom: str
    aide: str
    executer: Callable[[dict[str, Any], Sortie, Sortie], int]
    arguments: Callable[[ArgumentParser], None] = lambda parser: None


SOUS_COMMANDES: dict[str, SousCommande] = {}


def inscrire(sous_commande: SousCommande) -> None:
    """Ajoute une sous-commande ; deux du même nom sont une erreur de programme."""
    if sous_commande.nom in SOUS_COMMANDES:
        raise ValueError(f"sous-commande déjà inscrite : {sous_commande.nom}")
    SOUS_COMMANDES[sous_commande.nom] = sous_commande


# --- verifier -----------------------------------------------------------------------------------------


def _arguments_verifier(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="réponse en JSON")


def _verifier(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    rapport = verifier_tout()
    if options["json"]:
        sortie.write(json.dumps(_en_json(rapport), ensure_ascii=False, indent=2))
    else:
        for ligne in _lignes(rapport):
            sortie.write(ligne)
        for probleme in rapport.problemes:
            erreurs.write(str(probleme))
    return 0 if rapport.valide else ENTREE_FAUSSE


def _lignes(rapport: Rapport) -> list[str]:
    lignes = [f"national/{numero} : lu" for numero in rapport.socles]
    for e in rapport.editions:
        nom = f"{e.region}/{e.numero}"
        lignes.append(
            f"{nom} : critères {len(e.criteres)}, démarches {len(e.demarches)}, aides {len(e.aides)}, "
            f"trames {len(e.trames)}, contacts {len(e.local.contacts)}, cas {rapport.cas.get(nom, 0)}"
        )
    nombre = len(rapport.problemes)
    conclusion = f"{nombre} problème{'s' if nombre > 1 else ''}." if nombre else "Tout est en ordre."
    return [*lignes, conclusion]


def _en_json(rapport: Rapport) -> dict[str, Any]:
    return {
        "valide": rapport.valide,
        "socles": rapport.socles,
        "editions": [
            {
                "region": e.region,
                "numero": e.numero,
                "empreinte": e.empreinte,
                "en_vigueur_du": e.en_vigueur_du.isoformat(),
                "en_vigueur_au": e.en_vigueur_au.isoformat() if e.en_vigueur_au else None,
                "cas": rapport.cas.get(f"{e.region}/{e.numero}", 0),
            }
            for e in rapport.editions
        ],
        "problemes": [{"fichier": p.fichier, "ligne": p.ligne, "cause": p.cause} for p in rapport.problemes],
    }


# --- sceller ------------------------------------------------------------------------------------------


def _arguments_sceller(parser: ArgumentParser) -> None:
    parser.add_argument("editions", nargs="*", metavar="REGION/NUMERO", help="toutes, si aucune n'est dite")
    parser.add_argument("--dossier", help="le dossier d'éditions (celui du paquet par défaut)")
    parser.add_argument(
        "--remplacer", action="store_true", help="changer une empreinte déjà inscrite (édition jamais servie)"
    )


def _sceller(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    racine = next((r for r in lecture.racines() if str(r) == options["dossier"]), lecture.DOSSIER_DU_PAQUET)
    try:
        inscrites = empreintes.sceller(racine, options["editions"], remplacer=options["remplacer"])
    except (LookupError, OSError) as erreur:
        erreurs.write(str(erreur))
        return ENTREE_FAUSSE
    sortie.write("\n".join(f"{nom} : empreinte inscrite" for nom in inscrites) or "Rien à inscrire.")
    return 0


# --- schema -------------------------------------------------------------------------------------------


def _arguments_schema(parser: ArgumentParser) -> None:
    parser.add_argument("fichier", choices=[*sorted(FICHIERS_D_UNE_EDITION), *sorted(schemas.MODELES)])


def _schema(options: dict[str, Any], sortie: Sortie, erreurs: Sortie) -> int:
    sortie.write(schemas.texte(options["fichier"].removesuffix(".yaml")))
    return 0


inscrire(SousCommande("verifier", "lit et vérifie toutes les éditions", _verifier, _arguments_verifier))
inscrire(
    SousCommande("sceller", "inscrit au registre l'empreinte des éditions publiées", _sceller, _arguments_sceller)
)
inscrire(SousCommande("schema", "écrit le JSON Schema d'un fichier d'édition", _schema, _arguments_schema))
