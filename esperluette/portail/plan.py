"""Le plan du site public : une seule liste, pour la page, le plan XML et les essais."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from esperluette.portail.aide import ROLES
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import Edition


@dataclass(frozen=True, slots=True)
class Page:
    """Une page publique : son titre, son adresse, et ce qu'on y trouve."""

    titre: str
    adresse: str
    resume: str = ""
    sous_pages: tuple["Page", ...] = ()


@dataclass(frozen=True, slots=True)
class Partie:
    """Un groupe de pages, sous un titre."""

    titre: str
    pages: tuple[Page, ...]


def editions_du_jour() -> list[Edition]:
    """L'édition en vigueur aujourd'hui de chaque région décrite, dans l'ordre des noms."""
    le = timezone.localdate()
    presentes = (edition_en_vigueur(cle, le) for cle in regions())
    return sorted((e for e in presentes if e), key=lambda e: e.entete.region.nom)


def plan() -> list[Partie]:
    """Tout le site public, par parties."""
    return [
        Partie("Savoir si l’on peut", _se_lancer()),
        Partie("Trouver le bon interlocuteur", _trouver()),
        Partie("S’aider du site", _aide()),
        Partie("À propos", _a_propos()),
    ]


def adresses() -> list[str]:
    """Les adresses de toutes les pages du plan, sans répétition."""
    toutes: list[str] = []
    for partie in plan():
        for page in partie.pages:
            toutes += [page.adresse, *(sous.adresse for sous in page.sous_pages)]
    return list(dict.fromkeys(toutes))


def _page(titre: str, nom: str, resume: str = "", sous_pages: tuple[Page, ...] = ()) -> Page:
    return Page(titre, reverse(f"portail:{nom}"), resume, sous_pages)


def _se_lancer() -> tuple[Page, ...]:
    return (
        _page("Accueil", "accueil", "Votre commune, et ce qui vous y attend."),
        _page("Simuler une équipe", "simulateur", "Dites qui vous êtes : la réponse suit chacun de vos choix."),
        _page("Comprendre", "comprendre", "ESP, MSP : ce que c’est, ce que cela apporte, en quoi elles diffèrent."),
        _page(
            "Diagnostic d’un territoire",
            "territoires",
            "Les chiffres publics d’une intercommunalité, sourcés.",
        ),
        _page("Le chemin, région par région", "regions", "Étapes, démarches, aides, commission.", _regions()),
    )


def _regions() -> tuple[Page, ...]:
    pages = []
    for edition in editions_du_jour():
        region = edition.entete.region
        pages.append(Page(region.nom, reverse("portail:region", args=[region.cle])))
        pages += [
            Page(
                f"{region.nom}, en {edition.socle.formes[forme].sigle}",
                reverse("portail:chemin", args=[region.cle, forme]),
            )
            for forme in list(edition.entete.formes)[1:]
        ]
    return tuple(pages)


def _trouver() -> tuple[Page, ...]:
    return (
        _page("Contacts", "contacts", "Par commune et par département, avec source et date."),
        Page("Demander une rencontre", reverse("interlocuteurs:demander"), "Écrire à son interlocuteur."),
        _page("Calendrier des commissions", "calendrier", "Séances connues, dates limites, abonnement."),
        _page("Structures d’appui", "structures", "Qui peut vous aider à écrire le projet."),
        _page("Équipes reconnues", "annuaire", "La liste et la carte des équipes de votre région."),
        _page(
            "Vérifier un document", "verifier", "Un PDF reçu, ou le code imprimé : est-il intact, vaut-il toujours ?"
        ),
        _page("Agents et membres de commission", "agents", "La porte des agents de l’ARS."),
        _page("Élus et partenaires", "partenaires", "Ce que vous pouvez faire pour une équipe."),
    )


def _aide() -> tuple[Page, ...]:
    roles = tuple(Page(role.titre, reverse("portail:aide_role", args=[role.cle]), role.resume) for role in ROLES)
    return (
        _page("Aide", "aide", "Une page par rôle.", roles),
        _page("Glossaire", "glossaire", "Une notion, un mot."),
        _page("Écrire à mon référent", "referent", "Le bon contact, et le message déjà commencé."),
    )


def _a_propos() -> tuple[Page, ...]:
    return (
        _page("Sources", "sources", "Les documents lus, leurs dates, leurs erreurs ; les jeux de données."),
        _page("Plan du site", "plan"),
        _page("Accessibilité", "accessibilite"),
        _page("Mentions légales", "mentions"),
        _page("Données personnelles", "donnees_personnelles"),
    )
