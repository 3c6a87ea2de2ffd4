"""Un dossier auquel il ne manque qu'une réponse, et les trois personnes qui vont le mener jusqu'à l'instruction."""

from esperluette.dossiers.models import Dossier
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique

MARIE, PAUL, NOLWENN = "marie@essais.example", "paul@essais.example", "nolwenn@ars.example"
RUBRIQUE, CHAMP = "territoire", "territoire_description"


def presque_fini() -> Dossier:
    """Marie porte l'équipe, Paul en est ; Nolwenn est référente du département. Tout est rempli, sauf `CHAMP`."""
    marie = CompteFabrique(courriel=MARIE, prenom="Marie", nom="Le Bihan")
    paul = CompteFabrique(courriel=PAUL, prenom="Paul", nom="Kerbrat")
    equipe = EquipeFabrique(association=True, nom="Équipe du Lié", cree_par=marie)
    MembreFabrique(equipe=equipe, confirme=True, compte=paul, prenom="Paul", nom="Kerbrat", courriel=PAUL)
    FonctionFabrique(
        referent=True,
        region=equipe.implantation.region,
        departement=equipe.implantation.departement,
        compte=CompteFabrique(courriel=NOLWENN, prenom="Nolwenn", nom="Référente"),
    )
    dossier = fabrique.brouillon(equipe, rempli=True)
    fabrique.ecrire(dossier, CHAMP, "", marie)
    return dossier
