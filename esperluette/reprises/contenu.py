"""Le dépôt d'un dossier repris : son contenu dit que le projet est dans les actes joints, et rien de plus."""

from typing import Any

from esperluette.documents.contextes import ContexteTrame, EquipeImprimee, RubriqueImprimee, en_contexte
from esperluette.dossiers.contenu import FORMAT, metier_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Membre
from esperluette.referentiel.modele import Edition

MENTION = (
    "Ce dossier a été instruit avant Esperluette. Son projet est celui des actes joints ; rien n’a été recopié ici."
)


def contenu_repris(dossier: Dossier, edition: Edition, membres: list[Membre]) -> dict[str, Any]:
    """Le contenu canonique, sans réponse ni signataire. Aucune requête si l'équipe est lue avec sa commune."""
    equipe, implantation = dossier.equipe, dossier.equipe.implantation
    document = ContexteTrame(
        titre=dossier.demarche_libelle,
        sous_titre="Dossier repris",
        reference=dossier.reference,
        equipe=EquipeImprimee(
            nom=equipe.nom, commune=implantation.nom, departement=implantation.departement.nom,
            region=implantation.region.nom,
        ),
        brouillon=False, etat="", version="", empreinte="", le="",
        rubriques=(
            RubriqueImprimee(numero="", titre="Un dossier repris", niveau=1, champs=(), aide="", mention=MENTION),
        ),
        modele="", annexes=(), signatures=(),
    )  # fmt: skip
    return {
        "format": FORMAT,
        "reference": dossier.reference,
        "version": 1,
        "region": edition.region,
        "edition": edition.numero,
        "edition_empreinte": edition.empreinte,
        "demarche": dossier.demarche,
        "membres": [
            {
                "membre": m.pk, "prenom": m.prenom, "nom": m.nom, "profession": metier_de(edition, m),
                "code_profession": m.profession, "professionnel": m.professionnel, "rpps": m.rpps,
                "exercice": m.exercice, "commune": m.commune_id, "porteur": m.porteur,
            }
            for m in membres
        ],
        "signataires": [],
        "reponses": {},
        "pieces": [],
        "document": en_contexte(document),
        "reprise": True,
    }  # fmt: skip
