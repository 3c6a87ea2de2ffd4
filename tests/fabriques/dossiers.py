"""Dossiers d'essai : par les vraies actions, jusqu'à l'état voulu."""

from collections.abc import Mapping
from typing import Any

from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer, signer
from esperluette.dossiers.actions.redaction import ajouter_ligne, enregistrer_reponse
from esperluette.dossiers.lectures import trame_de, valeurs_de
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.models import Equipe
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.trames import est_vide
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique

DEMARCHE = "projet-de-sante"
SAISIES: Mapping[str, Any] = {
    "texte": "Nous partageons une patientèle âgée et peu mobile.",
    "texte_riche": "<p>Nous partageons une patientèle <strong>âgée</strong> & peu mobile.</p>",
    "nombre": "12",
    "date": "2027-03-01",
}


def equipe_complete(*, code: str | None = None, **champs: Any) -> Equipe:
    """Une porteuse médecin généraliste et un infirmier, confirmés : la composition bretonne est satisfaite."""
    equipe = EquipeFabrique(association=True, **champs)
    MembreFabrique(equipe=equipe, confirme=True)
    return equipe


def saisie_valide(champ: Champ) -> Any:
    """Une saisie qui répond à un champ, selon son type."""
    if champ.type == "choix":
        return champ.options[0].id
    if champ.type == "cases":
        return [champ.options[0].id]
    if champ.type == "communes":
        return ["22136"]
    if champ.type == "chiffres":
        return {"commentaire": "Notre territoire est plus âgé que ses voisins."}
    if champ.type == "nombre" and champ.minimum is not None:
        return str(champ.minimum)
    saisie = SAISIES[champ.type]
    return saisie[: champ.longueur_max] if champ.type == "texte" and champ.longueur_max else saisie


def ecrire(dossier: Dossier, chemin: str, brut: Any, acteur: Compte) -> None:
    """Écrit par-dessus la version en place."""
    reponse = dossier.reponses.filter(champ=chemin).first()
    enregistrer_reponse(dossier, chemin, brut, version_lue=reponse.version if reponse else 0, acteur=acteur)


def remplir(dossier: Dossier, *, acteur: Compte) -> None:
    """Répond à tous les champs vides de la trame, par les vraies actions."""
    valeurs = valeurs_de(dossier)
    for _, champ in trame_de(dossier).champs():
        if champ.type in {"membres", "chiffres"} or not est_vide(champ, valeurs.get(champ.id)):
            continue
        if champ.type != "tableau":
            ecrire(dossier, champ.id, saisie_valide(champ), acteur)
            continue
        for _ in range(int(champ.minimum or 1)):
            ligne = ajouter_ligne(dossier, champ.id, acteur=acteur)
            for colonne in champ.colonnes:
                ecrire(dossier, f"{champ.id}/{ligne}/{colonne.id}", saisie_valide(colonne), acteur)


def brouillon(equipe: Equipe | None = None, *, rempli: bool = False) -> Dossier:
    """Un brouillon bretonnant ; `rempli` répond à tout."""
    equipe = equipe or equipe_complete()
    dossier = creer_dossier(equipe, DEMARCHE, acteur=equipe.porteur.compte)
    if rempli:
        remplir(dossier, acteur=equipe.porteur.compte)
    return dossier


def fige(equipe: Equipe | None = None) -> Depot:
    """Une version figée, que personne n'a encore signée."""
    dossier = brouillon(equipe, rempli=True)
    return figer(dossier, acteur=dossier.equipe.porteur.compte)


def signe_ce(dossier: Dossier) -> Depot:
    """Ce dossier, figé puis signé par tous."""
    return _signer(figer(dossier, acteur=dossier.equipe.porteur.compte))


def signe(equipe: Equipe | None = None) -> Depot:
    """Une version figée, signée par tous."""
    return _signer(fige(equipe))


def _signer(depot: Depot) -> Depot:
    for membre in depot.dossier.equipe.membres.presents().select_related("compte"):
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    return depot


def depose(equipe: Equipe | None = None) -> Depot:
    """Un dossier déposé, avec son PDF et son accusé."""
    depot = signe(equipe)
    return deposer(depot.dossier, acteur=depot.dossier.equipe.porteur.compte)


def acteurs_de(equipe: Equipe) -> dict[str, Compte]:
    """Un compte par rôle, autour d'une équipe des Côtes-d'Armor ; et d'autres, qui n'y ont rien à faire."""
    ailleurs = EquipeFabrique()
    region, departement = equipe.implantation.region, equipe.implantation.departement
    return {
        "porteuse": equipe.porteur.compte,
        "membre": equipe.membres.confirmes().filter(porteur=False).first().compte,
        "accompagnatrice": AccesFabrique(equipe=equipe, commentaire=True, rattache=True).compte,
        "referente": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "referent_ailleurs": FonctionFabrique(
            referent=True, region=region, departement=_autre_departement(region)
        ).compte,
        "autorite": FonctionFabrique(autorite=True, region=region).compte,
        "presidente": FonctionFabrique(president=True, region=region).compte,
        "secretaire": FonctionFabrique(secretariat=True, region=region).compte,
        "administratrice": FonctionFabrique(admin=True).compte,
        "porteuse_ailleurs": ailleurs.porteur.compte,
        "inconnue": CompteFabrique(),
    }


def _autre_departement(region: Any) -> Any:
    from esperluette.territoires.models import Departement

    return Departement.objects.get_or_create(code="29", defaults={"nom": "Finistère", "region": region})[0]
