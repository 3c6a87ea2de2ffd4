"""Point d'entrée WSGI, servi par granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esperluette.config.settings")
application = get_wsgi_application()
