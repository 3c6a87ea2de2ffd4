"""Un petit pays : deux régions, trois départements, deux intercommunalités dont une à cheval."""

from types import SimpleNamespace

import pytest

from esperluette.territoires.models import Commune, Departement, Epci, Region


@pytest.fixture
def pays(db):
    bretagne = Region.objects.create(code="53", nom="Bretagne", cle="bretagne")
    loire = Region.objects.create(code="52", nom="Pays de la Loire", cle="pays-de-la-loire")
    ille = Departement.objects.create(code="35", nom="Ille-et-Vilaine", region=bretagne)
    cotes = Departement.objects.create(code="22", nom="Côtes-d’Armor", region=bretagne)
    atlantique = Departement.objects.create(code="44", nom="Loire-Atlantique", region=loire)
    redon = Epci.objects.create(code="243500741", nom="Redon Agglomération", type="CA")
    loudeac = Epci.objects.create(code="200067460", nom="Loudéac Communauté", type="CC")

    def commune(code, nom, departement, epci):
        return Commune.objects.create(
            code=code, nom=nom, departement=departement, region=departement.region, epci=epci, recherche=nom.lower()
        )

    return SimpleNamespace(
        bretagne=bretagne,
        loire=loire,
        ille=ille,
        cotes=cotes,
        atlantique=atlantique,
        redon=redon,
        loudeac=loudeac,
        communes={
            "Redon": commune("35236", "Redon", ille, redon),
            "Rennes": commune("35238", "Rennes", ille, None),
            "Loudéac": commune("22136", "Loudéac", cotes, loudeac),
            "Bréhat": commune("22016", "Île-de-Bréhat", cotes, None),
            "Avessac": commune("44007", "Avessac", atlantique, redon),
        },
    )
