"""Les adresses de `diagnostics` ; celle du territoire lui-même est `equipes:territoire`."""

from django.urls import path

from esperluette.diagnostics.patienteles import views as patienteles
from esperluette.diagnostics.patienteles import vues_suggestion as suggestions
from esperluette.diagnostics.views import constats

app_name = "diagnostics"
urlpatterns = [
    path("<int:pk>/territoire/constats/<str:identifiant>/", constats.constat, name="constat"),
    path("<int:pk>/patientele/", patienteles.patientele, name="patientele"),
    path("<int:pk>/patientele/deposer/", patienteles.deposer, name="patientele_deposer"),
    path("<int:pk>/patientele/enregistrer/", patienteles.enregistrer, name="patientele_enregistrer"),
    path("<int:pk>/patientele/<int:patientele>/retirer/", patienteles.retirer, name="patientele_retirer"),
    path("<int:pk>/patientele/commune/declarer/", patienteles.declarer, name="patientele_commune_declarer"),
    path("<int:pk>/patientele/commune/<int:commune>/retirer/", patienteles.oublier, name="patientele_commune_retirer"),
    path("<int:pk>/patientele/modele.<str:extension>", patienteles.modele, name="patientele_modele"),
    path("<int:pk>/patientele/territoire/", suggestions.suggestion, name="suggestion"),
    path("<int:pk>/patientele/territoire/retenir/", suggestions.retenir, name="retenir"),
]
