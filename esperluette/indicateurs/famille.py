"""Les jeux de chiffres, tels qu'« esperluette donnees » les connaît."""

from esperluette.indicateurs.imports import importer_chiffres
from esperluette.indicateurs.jeux import jeux
from esperluette.territoires.familles import Famille

FAMILLE = Famille("chiffres", jeux, importer_chiffres)
