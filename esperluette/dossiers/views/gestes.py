"""Les boutons d'une page de rédaction : lignes de tableau, commentaires, conflits.

Un bouton s'appelle « geste » et porte « verbe:arguments ». Il part avec toute la page : la saisie en
cours est enregistrée d'abord, avec ou sans JavaScript.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from esperluette.comptes.models import Compte
from esperluette.diagnostics.encart import contestation_de
from esperluette.dossiers.actions import chiffres, redaction
from esperluette.dossiers.chemins import champ_du_chemin
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Commentaire, Dossier, TexteEnConflit
from esperluette.dossiers.saisie import Formulaire, extraire

NOM = "geste"


@dataclass(frozen=True, slots=True)
class Effet:
    """Ce qu'a fait un geste : le chemin concerné, où poser le curseur, et ce qu'on en dit."""

    chemin: str
    cible: str
    message: str = ""
    ligne_retiree: str = ""


def appliquer(dossier: Dossier, geste: str, envoi: Formulaire, *, acteur: Compte) -> Effet:
    """Fait le geste demandé. Lève `ErreurMetier` (dont `Refus`), ou Http404 s'il n'existe pas."""
    verbe, *arguments = geste.split(":")
    match verbe, arguments:
        case "ajouter", [tableau]:
            ligne = redaction.ajouter_ligne(dossier, tableau, acteur=acteur)
            return Effet(tableau, f"ligne-{ligne}", "Ligne ajoutée.")
        case "monter" | "descendre", [tableau, ligne]:
            redaction.deplacer_ligne(dossier, tableau, ligne, de=-1 if verbe == "monter" else 1, acteur=acteur)
            return Effet(tableau, f"ligne-{ligne}", "Ligne déplacée.")
        case "retirer", [tableau, ligne]:
            redaction.retirer_ligne(dossier, tableau, ligne, acteur=acteur)
            return Effet(tableau, f"annuler-{ligne}", "Ligne retirée.", ligne_retiree=ligne)
        case "retablir", [tableau, ligne]:
            redaction.retablir_ligne(dossier, tableau, ligne, acteur=acteur)
            return Effet(tableau, f"ligne-{ligne}", "Ligne remise.")
        case "commenter", [chemin]:
            pose = redaction.commenter(dossier, chemin, str(envoi.get(f"commentaire:{chemin}") or ""), acteur=acteur)
            return Effet(chemin, f"commentaire-{pose.pk}", "Commentaire ajouté.")
        case "regler", [pk]:
            commentaire = _ou_404(Commentaire.objects.select_related("dossier__equipe"), dossier=dossier, pk=pk)
            redaction.regler_commentaire(commentaire, acteur=acteur)
            champ = commentaire.champ.split("/")[0]
            return Effet(champ, f"commentaires-{champ}", "Commentaire réglé.")
        case "ranger", [pk, choix]:
            return _ranger(dossier, pk, choix, envoi, acteur)
        case "contester", [chemin]:
            conteste = contestation_de(chemin, envoi)
            return Effet(chemin, chemin, chiffres.agir(dossier, chemin, verbe, *conteste, acteur=acteur))
        case _, [chemin, *details] if verbe in chiffres.MESSAGES:
            return Effet(chemin, chemin, chiffres.agir(dossier, chemin, verbe, *details, acteur=acteur))
    raise Http404("Ce geste n’existe pas.")


def _ranger(dossier: Dossier, pk: str, choix: str, envoi: Formulaire, acteur: Compte) -> Effet:
    conflits = TexteEnConflit.objects.filter(range_le=None).select_related("reponse__dossier__equipe")
    conflit = _ou_404(conflits, reponse__dossier=dossier, pk=pk)
    chemin = conflit.reponse.champ
    champ = champ_du_chemin(trame_de(dossier), chemin)
    match choix:
        case "mien":
            retenu: Any = conflit.valeur
        case "sien":
            retenu = conflit.reponse.valeur
        case "melange":
            retenu = extraire(champ, f"melange:{pk}", envoi)
        case _:
            raise Http404("Ce choix n’existe pas.")
    redaction.ranger_conflit(conflit, retenu, acteur=acteur)
    return Effet(chemin, chemin, "Texte retenu. Les deux restent dans l’historique du champ.")


def _ou_404(objets: Any, **filtres: Any) -> Any:
    pk = filtres["pk"]
    objet = objets.filter(**filtres).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if objet is None:
        raise Http404("Ce texte n’existe plus, ou il est déjà rangé.")
    return objet
