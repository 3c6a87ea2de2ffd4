"""Déclaration de l'app `notifications`."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "esperluette.notifications"
    label = "notifications"
