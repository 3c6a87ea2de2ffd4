"""La commande `esperluette` : les commandes Django, avec des erreurs lisibles."""

import os
import sys
from pathlib import Path

# Ces commandes préparent l'installation : elles seules créent le dossier des données locales.
COMMANDES_QUI_INSTALLENT = {"migrate", "demo", "installer", "restaurer"}

BASE_ABSENTE = """\
La base de données n'est pas prête : {cause}
Pour la créer : « make installer », ou « esperluette migrate » puis « esperluette territoires charger ».
"""


def principal(arguments: list[str] | None = None) -> None:
    """Exécute une sous-commande ; sort avec le code 2 et une phrase si la base n'est pas prête."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esperluette.config.settings")
    ligne = list(sys.argv if arguments is None else arguments)
    if len(ligne) > 1 and ligne[1] in COMMANDES_QUI_INSTALLENT:
        Path(os.environ.get("ESPERLUETTE_VAR", "var")).mkdir(parents=True, exist_ok=True)

    from django.core.management import execute_from_command_line  # noqa: PLC0415 — après le réglage
    from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415

    try:
        execute_from_command_line(ligne)
        sys.stdout.flush()
    except (OperationalError, ProgrammingError) as erreur:
        sys.stderr.write(BASE_ABSENTE.format(cause=erreur))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)  # Ctrl-C : la convention des terminaux, sans pile d'appels
    except BrokenPipeError:
        # « esperluette contacts 22136 | head » : qui lisait n'en veut plus, ce n'est pas une erreur.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
