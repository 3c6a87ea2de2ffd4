"""De vraies communes pour les essais, sans charger les 35 000 : `petite_bretagne()`, `communes_reelles(…)`."""

from dataclasses import dataclass
from functools import cache

from esperluette.referentiel.lecture import editions
from esperluette.referentiel.lecture import regions as regions_ecrites
from esperluette.territoires import texte as t
from esperluette.territoires.actions import cles_de
from esperluette.territoires.decoupage import Contenu, LigneCommune, cle_de_region, lire
from esperluette.territoires.models import (
    AncienneCommune,
    CleDeRecherche,
    Commune,
    Departement,
    Epci,
    Region,
)

# Les communes de l'issue et quelques voisines : chaque référent, chaque cas limite.
PETITE_BRETAGNE = (
    "22136",  # Loudéac, Loudéac Communauté
    "22219",  # Plouguenast-Langast, Loudéac Communauté
    "22266",  # Rostrenen, Kreiz-Breizh
    "22278",  # Saint-Brieuc
    "22016",  # Île-de-Bréhat, sans intercommunalité
    "22094",  # Lancieux, Côtes-d'Armor, dans la Côte d'Émeraude
    "29019",  # Brest
    "35115",  # Fougères
    "35188",  # Montfort-sur-Meu
    "35211",  # Paimpont, Brocéliande Communauté
    "35236",  # Redon
    "35238",  # Rennes
    "35288",  # Saint-Malo
    "35297",  # Saint-Méen-le-Grand
    "56001",  # Allaire, Morbihan, dans Redon Agglomération
    "56260",  # Vannes
)
HORS_BRETAGNE = (
    "44185",  # Saint-Nicolas-de-Redon, Pays de la Loire, dans Redon Agglomération
    "13055",  # Marseille, Provence-Alpes-Côte d'Azur
    "59350",  # Lille, Hauts-de-France
    "75056",  # Paris, région sans édition
)


@dataclass(frozen=True)
class PetiteBretagne:
    """Ce que `petite_bretagne()` a créé. Les communes les plus employées ont un nom."""

    region: Region
    communes: dict[str, Commune]

    @property
    def loudeac(self) -> Commune:
        return self.communes["22136"]

    @property
    def plouguenast(self) -> Commune:
        return self.communes["22219"]

    @property
    def rostrenen(self) -> Commune:
        return self.communes["22266"]

    @property
    def fougeres(self) -> Commune:
        return self.communes["35115"]

    @property
    def rennes(self) -> Commune:
        return self.communes["35238"]

    @property
    def brest(self) -> Commune:
        return self.communes["29019"]

    @property
    def vannes(self) -> Commune:
        return self.communes["56260"]


@cache
def decoupage() -> Contenu:
    """Le découpage embarqué, lu une fois par séance d'essais."""
    return lire()


@cache
def _ligne_de() -> dict[str, LigneCommune]:
    return {ligne.code: ligne for ligne in decoupage().communes}


def communes_reelles(*codes: str) -> dict[str, Commune]:
    """Crée ces communes et tout ce dont elles dépendent ; les rejoue sans erreur. Clé : le code INSEE."""
    lignes = [_ligne_de()[code] for code in codes]
    meres = [ligne.commune_mere for ligne in lignes if ligne.commune_mere and ligne.commune_mere not in codes]
    lignes = [_ligne_de()[mere] for mere in dict.fromkeys(meres)] + lignes
    departements = {ligne.departement for ligne in lignes}
    region_de = {code: region for code, _, region in decoupage().departements}
    regions = {region_de[code] for code in departements}
    Region.objects.bulk_create(
        [Region(code=c, nom=n, cle=cle_de_region(n)) for c, n in decoupage().regions if c in regions],
        ignore_conflicts=True,
    )
    Departement.objects.bulk_create(
        [Departement(code=c, nom=n, region_id=r) for c, n, r in decoupage().departements if c in departements],
        ignore_conflicts=True,
    )
    epci = {ligne.epci for ligne in lignes}
    Epci.objects.bulk_create(
        [Epci(code=c, nom=n, type=s) for c, n, s in decoupage().epci if c in epci], ignore_conflicts=True
    )
    Commune.objects.bulk_create(
        [
            Commune(
                code=ligne.code,
                nom=ligne.nom,
                departement_id=ligne.departement,
                region_id=region_de[ligne.departement],
                epci_id=ligne.epci or None,
                commune_mere_id=ligne.commune_mere or None,
                population=ligne.population,
                codes_postaux=list(ligne.codes_postaux),
                recherche=t.forme(ligne.nom),
            )
            for ligne in lignes
        ],
        ignore_conflicts=True,
    )
    _refaire_les_cles(lignes)
    return Commune.objects.select_related("region", "departement", "epci").in_bulk([x.code for x in lignes])


def departements_cites() -> None:
    """Crée les régions et les départements que citent les contacts des éditions : de quoi les charger toutes."""
    voulus = {
        code
        for edition in editions()
        for contact in edition.local.contacts
        for code in (*contact.territoire.departements, contact.territoire.rubrique)
    }
    departements = [(c, n, r) for c, n, r in decoupage().departements if c in voulus]
    cles = set(regions_ecrites())
    Region.objects.bulk_create(
        [Region(code=c, nom=n, cle=cle_de_region(n)) for c, n in decoupage().regions if cle_de_region(n) in cles],
        ignore_conflicts=True,
    )
    Departement.objects.bulk_create(
        [Departement(code=c, nom=n, region_id=r) for c, n, r in departements], ignore_conflicts=True
    )


def _refaire_les_cles(lignes: list[LigneCommune]) -> None:
    codes = {ligne.code for ligne in lignes}
    CleDeRecherche.objects.filter(commune_id__in=codes).delete()
    AncienneCommune.objects.filter(commune_id__in=codes).delete()
    anciennes = AncienneCommune.objects.bulk_create(
        [AncienneCommune(code=c, nom=n, commune_id=d) for c, n, d in decoupage().anciennes if d in codes]
    )
    CleDeRecherche.objects.bulk_create(cles_de(lignes, anciennes))


def petite_bretagne() -> PetiteBretagne:
    """La Bretagne réduite à seize communes réelles, plus quatre d'ailleurs ; en moins de 50 ms."""
    communes = communes_reelles(*PETITE_BRETAGNE, *HORS_BRETAGNE)
    return PetiteBretagne(region=communes["35238"].region, communes=communes)
