"""Adresses de l'app `notifications` : la boîte locale de démonstration, et le choix de ce qu'on reçoit."""

from django.urls import path

from esperluette.notifications import views

app_name = "notifications"
urlpatterns = [
    path("boite/", views.boite, name="boite"),
    path("boite/<int:pk>/", views.courriel, name="courriel"),
    path("compte/notifications/", views.choix, name="choix"),
]
