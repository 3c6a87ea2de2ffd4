"""La recherche de commune, pour le champ de saisie."""

from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control

from esperluette.commun.vues import lecture_seule
from esperluette.territoires.champs import detail
from esperluette.territoires.lectures import rechercher_communes
from esperluette.territoires.texte import ressemble_a_un_code

LONGUEUR_MINIMALE = 2


@lecture_seule
def chercher(request: HttpRequest) -> JsonResponse:
    """Les communes qui répondent à `?q=`, en JSON : code, libellé à écrire dans le champ, nom, détail."""
    saisie = request.GET.get("q", "").replace("\x00", "").strip()
    limite = 60 if ressemble_a_un_code(saisie) else 10
    trouvees = rechercher_communes(saisie, limite=limite) if len(saisie) >= LONGUEUR_MINIMALE else []
    reponse = JsonResponse(
        {
            "resultats": [
                {"code": c.pk, "libelle": str(c), "nom": c.nom, "detail": detail(c), "approchee": c.approchee}
                for c in trouvees
            ]
        }
    )
    patch_cache_control(reponse, public=True, max_age=3600)
    return reponse
