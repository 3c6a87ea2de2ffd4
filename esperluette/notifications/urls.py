"""Adresses de l'app `notifications` : la boîte locale de démonstration."""

from django.urls import path

from esperluette.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.boite, name="boite"),
    path("<int:pk>/", views.courriel, name="courriel"),
]
