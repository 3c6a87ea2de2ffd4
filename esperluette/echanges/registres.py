"""Ce que les apps du dessus apportent au fil d'un dossier ; elles s'y inscrivent depuis `AppConfig.ready()`.

from esperluette.echanges import registres
registres.OUVERTURES.inscrire(brouillon_ouvert_a)   # (compte) -> Q sur Dossier

Un agent voit le fil d'un dossier de son périmètre quand le dossier a été reçu, quand l'équipe lui a écrit, ou
quand une fonction inscrite ici le dit (l'équipe lui a ouvert son brouillon). Le périmètre s'applique toujours.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from esperluette.equipes.registres import Registre

OUVERTURES: Registre[Callable[[Any], Q]] = Registre("Q des dossiers dont un agent peut ouvrir le fil avant le dépôt")
