"""Le calendrier public des commissions, par région et par département, et son abonnement."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from esperluette.commun.vues import lecture_seule
from esperluette.interlocuteurs.calendrier import Calendrier, RegionInconnue, calendrier_de
from esperluette.portail.cache import empreinte, fichier_public, publique
from esperluette.portail.plan import editions_du_jour
from esperluette.portail.views.commun import adresse_lue

# La date d'écriture d'un événement change à chaque lecture, pas son contenu.
_ECRIT_LE = re.compile(r"DTSTAMP:[^\r\n]*")


@publique
def calendrier(request: HttpRequest) -> HttpResponse:
    """Les séances à venir, région par région ; sinon ce qu'on sait, et auprès de qui confirmer."""
    donnees = adresse_lue(request)
    cle, departement = donnees.get("region", ""), donnees.get("departement", "")
    editions = editions_du_jour()
    retenues = [e for e in editions if cle in ("", e.region)]
    calendriers = [calendrier_de(edition.region) for edition in retenues]
    contexte = {
        "toutes": [e.entete.region for e in editions],
        "region": cle,
        "departement": departement,
        "departements": _departements(calendriers),
        "calendriers": [(c, _seances(c, departement)) for c in calendriers],
        "le": timezone.localdate(),
    }
    return render(request, "portail/calendrier.html", contexte)


@lecture_seule
def ics(request: HttpRequest, cle: str) -> HttpResponse:
    """Le même calendrier, pour s'y abonner depuis son agenda."""
    try:
        contenu = calendrier_de(cle).en_ics()
    except RegionInconnue as erreur:
        raise Http404(str(erreur)) from erreur

    def reponse() -> HttpResponse:
        fichier = HttpResponse(contenu, content_type="text/calendar; charset=utf-8")
        fichier["Content-Disposition"] = f'inline; filename="commissions-{cle}.ics"'
        return fichier

    return fichier_public(request, empreinte(_ECRIT_LE.sub("", contenu).encode()), reponse)


def _departements(calendriers: list[Calendrier]) -> list[str]:
    """Les départements qui ont une commission à eux."""
    return sorted({s.departement for c in calendriers for s in c.a_venir if s.departement})


def _seances(calendrier: Calendrier, departement: str) -> list[object]:
    """Celles du département voulu, et celles qui valent pour toute la région."""
    return [s for s in calendrier.a_venir if not departement or s.departement in ("", departement)]
