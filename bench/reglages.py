"""Réglages du banc : ceux du service, tâches et courriels neutralisés, base jetable."""

from esperluette.config.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver"]
DEMONSTRATION = True
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
