"""Ce que les gabarits de la rédaction affichent d'un champ."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from esperluette.commun.texte_riche import nettoyer
from esperluette.diagnostics import encart_ecrit
from esperluette.dossiers import affichage, saisie
from esperluette.dossiers.contenu import metier_de
from esperluette.dossiers.contributions import GESTES_DU_CHAMP, Geste
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.lectures_ecran import ChampEnRedaction, RubriqueEnRedaction
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import Ouverture, ouvertures_de
from esperluette.equipes.models import Membre
from esperluette.referentiel.modele import Champ, Demarche, Edition, Trame
from esperluette.territoires.champs import ChampCommunes, WidgetCommunes

register = template.Library()
COURT = 200


class WidgetCommunesAvecLibelle(WidgetCommunes):
    """Le même contrôle, son libellé contre la zone où l'on tape."""

    template_name = "dossiers/_communes.html"


@register.filter
def moment(instant: datetime | None) -> str:
    """« à 14 h 32 », « le 12 novembre à 9 h 05 »."""
    return affichage.moment(instant) if instant else ""


@register.filter
def trame(demarche: Demarche, edition: Edition) -> Trame:
    """La trame d'une démarche en ligne."""
    return edition.trame(demarche.id)


@register.filter
def qui_regarde(dossier: Dossier) -> str:
    """« la commission », ou « l’ARS » quand la démarche ne passe devant aucune commission."""
    return "la commission" if demarche_de(dossier).instance else "l’ARS"


@register.filter
def ouvertures(dossier: Dossier) -> list[Ouverture]:
    """Ce qui reste ouvert à l'écriture pendant un complément, et où y répondre."""
    return ouvertures_de(dossier)


@register.filter
def signature_lue(regle: str) -> str:
    """« le porteur, au nom de l'équipe » : qui signe, d'après la règle de l'édition."""
    return affichage.SIGNATURES[regle]


@register.filter
def origine(dossier: Dossier) -> str:
    """« Repris de votre dossier « Lettre d’intention » du 12 mai 2026. », pour une réponse reprise."""
    return affichage.origine(dossier)


@register.simple_tag(takes_context=True)
def commentaire_saisi(context: Any, champ: ChampEnRedaction) -> str:
    """Le commentaire qu'on tapait quand la page revient : refusé, ou pas encore envoyé ; posé, il n'y est plus."""
    pose = context.get("effet") and context["request"].POST.get("geste") == f"commenter:{champ.chemin}"
    return "" if pose else str(context["request"].POST.get(f"commentaire:{champ.chemin}", ""))


@register.simple_tag
def gestes_du_champ(dossier: Dossier, compte: Any, champ: ChampEnRedaction) -> list[Geste]:
    """Ce que d'autres apps proposent de faire depuis ce champ."""
    return [] if champ.cellule else [g for inscrits in GESTES_DU_CHAMP for g in inscrits(dossier, compte, champ.champ)]


@register.filter
def texte_simple(contenu_html: str) -> str:
    """Un texte riche sans ses balises."""
    return saisie.texte_simple(contenu_html or "")


@register.filter
def texte_affiche(champ: ChampEnRedaction) -> str:
    """Ce que montre le contrôle sans JavaScript ; une saisie refusée revient telle quelle."""
    valeur = champ.affichee
    if valeur is None:
        return ""
    if champ.champ.type == "texte_riche":
        return saisie.texte_simple(str(valeur))
    if champ.saisie is None and champ.champ.type == "date":
        return affichage.date_lisible(str(valeur))
    if champ.saisie is None and champ.champ.type == "nombre":
        return affichage.nombre_lisible(valeur)
    return str(valeur)


@register.filter
def html_affiche(champ: ChampEnRedaction) -> str:
    """Le texte riche que l'éditeur reprendra ; l'attribut l'échappe, nh3 l'a désinfecté."""
    return nettoyer(str(champ.affichee or ""))


@register.filter
def valeur_lue(champ: ChampEnRedaction) -> str:
    """La valeur en texte, hors saisie."""
    return affichage.valeur_lisible(champ.champ, champ.affichee)


@register.filter
def est_retenue(champ: ChampEnRedaction, option: str) -> bool:
    """Vrai si cette case est cochée, ou ce choix fait."""
    valeur = champ.affichee
    return option in valeur if isinstance(valeur, list | tuple) else option == valeur


@register.filter
def est_court(champ: ChampEnRedaction) -> bool:
    """Vrai si une seule ligne suffit."""
    return bool(champ.champ.longueur_max and champ.champ.longueur_max <= COURT)


@register.simple_tag
def valeur_en_lecture(*, champ: Champ, valeur: Any) -> SafeString:
    """Une valeur à lire, sa mise en forme comprise ; tout est échappé ou désinfecté."""
    if champ.type == "texte_riche" and valeur:
        return mark_safe(nettoyer(valeur))  # noqa: S308 — nettoyé par nh3 à l'instant
    texte = affichage.valeur_lisible(champ, valeur)
    return SafeString(linebreaks(texte, autoescape=True)) if texte else SafeString("<p>Sans réponse.</p>")


@register.simple_tag
def champ_communes(*, champ: ChampEnRedaction) -> SafeString:
    """Le champ « communes » de l'app territoires, avec les propositions si la saisie était ambiguë."""
    controle = ChampCommunes(required=False, widget=WidgetCommunesAvecLibelle)
    controle.widget.candidates = champ.candidates
    valeur = controle.prepare_value(champ.affichee)
    return controle.widget.render(
        champ.chemin, valeur, {"id": f"{champ.id}-ajout", "aria-describedby": f"{champ.id}-etat"}
    )


@register.simple_tag
def formulaire_des_chiffres(*, champ: ChampEnRedaction) -> encart_ecrit.Formulaire:
    """Ce qui se saisit autour de chiffres publics : le commentaire et les contestations."""
    return encart_ecrit.formulaire(champ.encart.ecrit if champ.encart else None, champ.affichee)


@register.simple_tag
def geste(*, champ: ChampEnRedaction, dossier: Dossier, page: RubriqueEnRedaction) -> SafeString:
    """Les attributs htmx d'un bouton de geste : avec JavaScript, seul le champ touché se recharge."""
    cible = champ.chemin.split("/")[0]
    return format_html(
        'hx-post="{}" hx-target="#{}" hx-swap="outerHTML" data-esp-geste formnovalidate',
        reverse("dossiers:rubrique", args=[dossier.reference, page.rubrique.id]),
        affichage.identifiant_html(cible),
    )


@register.simple_tag
def titre_nouvelle(*, champ: ChampEnRedaction) -> str:
    """« Axe thématique 3 », ou « une ligne »."""
    if champ.champ.titre_ligne:
        return champ.champ.titre_ligne.replace("{n}", str(len(champ.lignes) + 1))
    return "une ligne"


@register.simple_tag
def profession(*, membre: Membre, dossier: Dossier) -> str:
    """La profession d'un membre, dans les mots de l'édition du dossier."""
    return metier_de(edition_de(dossier), membre)
